//! Which columns of a source hold secrets, beside the one that is mapped as the password: they are covered wherever a row is shown, and
//! left out of files.
//!
//! A column is told by its name, and a value by its looks: an old hash may stand in a column called anything.

use super::name_words::tokens;
use super::record::Value;

/// Words of names that hold something that opens something.
const WORDS: &[&str] = &[
    "pass",
    "passwd",
    "password",
    "passwords",
    "passwort",
    "passphrase",
    "passcode",
    "pw",
    "pwd",
    "kennwort",
    "contrasena",
    "haslo",
    "parola",
    "senha",
    "wachtwoord",
    "hash",
    "hashed",
    "salt",
    "pepper",
    "nonce",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "pin",
    "otp",
    "totp",
    "hotp",
    "mfa",
    "tfa",
    "apikey",
    "recovery",
    "пароль",
];

/// Pairs of words that do so together.
const PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("auth", "key"),
    ("private", "key"),
    ("access", "key"),
    ("security", "answer"),
    ("secret", "answer"),
    ("backup", "code"),
    ("backup", "codes"),
    ("reset", "key"),
    ("reset", "code"),
    ("activation", "key"),
    ("activation", "code"),
    ("verification", "code"),
    ("session", "key"),
];

/// Words beside which it is a moment, a flag or a count about a secret, and not the secret.
const ABOUT: &[&str] = &[
    "at",
    "on",
    "date",
    "time",
    "changed",
    "updated",
    "modified",
    "expires",
    "expired",
    "expiry",
    "expiration",
    "enabled",
    "required",
    "count",
    "attempts",
    "reset",
    "type",
    "algorithm",
    "algo",
    "method",
    "scheme",
    "format",
    "version",
    "policy",
    "question",
    "hint",
];

/// Whether a column's name says that it holds a secret: `old_password`, `resetToken`, `api_key`, `two_factor_secret`.
pub fn names_secrets(column: &str) -> bool {
    let words = tokens(column);
    let pair =
        |(first, second): &(&str, &str)| words.windows(2).any(|two| two[0] == *first && two[1] == *second);
    let glued =
        |word: &str| word.len() > 8 && ["password", "passwort", "passwd"].iter().any(|w| word.contains(w));
    let secret =
        words.iter().any(|word| WORDS.contains(&word.as_str()) || glued(word)) || PAIRS.iter().any(pair);
    // `password_changed_at` is a day. A reset token is a token: what the last word says counts.
    let about = words.last().is_some_and(|last| ABOUT.contains(&last.as_str()));
    secret && !about
}

/// Whether a value, or one in its list or its JSON text, is a secret by its looks.
pub fn holds_secrets(value: &Value) -> bool {
    match value {
        Value::Text(text) => is_secret(text),
        Value::List(values) => values.iter().any(holds_secrets),
        _ => false,
    }
}

/// Whether a text is a secret by its looks, or JSON with a member that is one or says so.
pub fn is_secret(text: &str) -> bool {
    let document = text.trim_start().starts_with(['{', '[']);
    let mut inside = text.split('"').skip(1).step_by(2);
    looks_stored(text.trim()) || (document && inside.any(|word| names_secrets(word) || looks_stored(word)))
}

/// A stored password that says how it was made. Bare hexadecimal is not enough: sessions and tokens look like that too.
pub fn looks_stored(text: &str) -> bool {
    const BEGINNINGS: [&str; 20] = [
        "$2a$",
        "$2b$",
        "$2y$",
        "$2x$",
        "$argon2",
        "$scrypt$",
        "$pbkdf2",
        "pbkdf2_",
        "pbkdf2:",
        "scrypt:",
        "bcrypt$",
        "argon2$",
        "$p$",
        "$h$",
        "$s$",
        "$6$",
        "$5$",
        "$1$",
        "scram-sha-256$",
        "sha1$",
    ];
    let small = text.get(..24).unwrap_or(text).to_ascii_lowercase();
    let prefixed = |text: &str| BEGINNINGS.iter().any(|b| text.starts_with(b));
    let braces = small.strip_prefix('{').and_then(|rest| rest.split_once('}')).is_some_and(|(id, rest)| {
        !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'@'))
            && !rest.is_empty()
    });
    let keycloak = text.starts_with("{\"secretData\"");
    text.len() >= 20 && (prefixed(&small) || (braces && !text.contains(' ')) || keycloak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_secrets_are_known_by_their_names_and_no_others() {
        for name in [
            "password",
            "old_password",
            "passwordHash",
            "pwd_hist",
            "userpassword2",
            "reset_token",
            "remember_token",
            "api_key",
            "otpSecret",
            "two_factor_secret",
            "recovery_codes",
            "security_answer",
            "temp_pw",
            "pin",
            "Kennwort",
            "password_salt",
        ] {
            assert!(names_secrets(name), "{name}");
        }
        for name in [
            "passport_no",
            "shipping_address",
            "opinion",
            "compass",
            "key",
            "employee_key",
            "password_changed_at",
            "pin_required",
            "token_expires",
            "hash_algorithm",
            "spin",
            "tokyo_office",
            "question",
            "id",
            "",
        ] {
            assert!(!names_secrets(name), "{name}");
        }
    }

    #[test]
    fn a_stored_password_says_how_it_was_made() {
        assert!(
            looks_stored("{bcrypt}$2a$10$GRLdNijSQMUvl/au9ofL.")
                && looks_stored("pbkdf2_sha256$600000$salt$hash")
        );
        assert!(
            looks_stored("{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3")
                && looks_stored("{\"secretData\":{},\"credentialData\":{}}")
        );
        assert!(
            !looks_stored("5f4dcc3b5aa765d61d8327deb882cf99")
                && !looks_stored("{a b} hello there, all of you")
        );
    }

    #[test]
    fn a_hash_is_a_secret_whatever_its_column_is_called() {
        let bcrypt = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        let text = |text: &str| Value::Text(text.to_owned());
        assert!(holds_secrets(&text(bcrypt)) && holds_secrets(&Value::List(vec![Value::Null, text(bcrypt)])));
        assert!(holds_secrets(&text(&format!("{{\"services\":{{\"x\":\"{bcrypt}\"}}}}"))));
        assert!(holds_secrets(&text("{\"reset_token\": \"abc\"}")));
        for plain in ["Anna", "{\"city\":\"Prague\"}", "[1,2]", "Department 7", ""] {
            assert!(!holds_secrets(&text(plain)), "{plain}");
        }
    }
}
