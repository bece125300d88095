//! A salt in a column of its own, beside a value that carries its own salt.
//!
//! bcrypt, Argon2 and crypt need no salt from elsewhere. Some applications mix one in all the same, before they hash (Authlogic, Metabase,
//! anybody's own code); others left the column there from before, and the value alone does not tell. So where the row fills one, the value
//! is imported only once somebody states or proves what it is.
//!
//! It is from before where the column holds a word for nothing, or the very salt that the value carries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::model::name_words::tokens;
use crate::model::{PasswordSettings, Preparation, SaltColumn, StoredPassword};

use super::altered;
use super::doubt::{Guarded, covers};
use super::reading::{Candidates, Parsed, Reading, SALT_COLUMN};
use super::scheme::Seen;
use super::systems::{self, Habit};
use super::text::{self, Bytes};

/// Words of columns whose value is mixed into passwords.
const WORDS: [&str; 5] = ["salt", "salz", "salts", "pepper", "nonce"];
/// Words that are written in one with those.
const ABOUT: [&str; 16] = [
    "password", "passwd", "pass", "pw", "pwd", "hash", "user", "usr", "auth", "login", "account", "member",
    "crypt", "passwort", "kennwort", "secret",
];
/// Words that say of what else it is a salt.
const OTHERS: [&str; 30] = [
    "form",
    "session",
    "csrf",
    "xsrf",
    "api",
    "apikey",
    "token",
    "otp",
    "totp",
    "mfa",
    "remember",
    "cookie",
    "mail",
    "email",
    "unsubscribe",
    "reset",
    "invite",
    "invitation",
    "activation",
    "confirm",
    "confirmation",
    "device",
    "oauth",
    "oidc",
    "jwt",
    "webauthn",
    "feed",
    "url",
    "link",
    "wallet",
];
/// Texts that stand for no salt.
const NOTHING: [&str; 20] = [
    "-",
    "--",
    "0",
    "none",
    "null",
    "nil",
    "n/a",
    "na",
    "no",
    "false",
    "unused",
    "empty",
    "nosalt",
    "legacy",
    "bcrypt",
    "argon2",
    "argon2id",
    "__salt__",
    "undefined",
    "deprecated",
];

/// Whether a column's name says that its value is mixed into passwords: `password_salt`, `pw_pepper`, `nonce`. Not `user_form_salt`.
pub fn names_salt(column: &str) -> bool {
    let words = tokens(column);
    let glued = |word: &str| {
        let about = WORDS.iter().find_map(|salt| word.strip_suffix(salt));
        about.is_some_and(|about| ABOUT.contains(&about))
    };
    let salt = words.iter().any(|word| WORDS.contains(&word.as_str()) || glued(word));
    salt && !words.iter().any(|word| OTHERS.contains(&word.as_str()))
}

/// The salt that is filled beside a value: the mapped column's, or another's that is called so.
fn filled<'a>(seen: &Seen<'a>) -> Option<&'a [u8]> {
    let named = seen.columns.iter().filter(|(name, _)| names_salt(name)).map(|(_, value)| value.as_bytes());
    seen.salt.into_iter().chain(named).find(|salt| !is_nothing(salt) && !is_carried(seen.text, salt))
}

/// The column that a row fills and that is called a salt, where none is mapped as the salt.
pub(super) fn named(stored: &StoredPassword) -> Option<&str> {
    let filled = |(name, value): &&(String, String)| names_salt(name) && !is_nothing(value.as_bytes());
    let column = || stored.columns.iter().find(filled).map(|(name, _)| name.as_str());
    if stored.salt.is_some() { None } else { column() }
}

/// Whether it stands for no salt: a word for none, nothing but zeros.
fn is_nothing(salt: &[u8]) -> bool {
    let salt = salt.trim_ascii();
    let word = |nothing: &&str| salt.eq_ignore_ascii_case(nothing.as_bytes());
    NOTHING.iter().any(word) || salt.iter().all(|byte| matches!(byte, b'0' | 0 | b'-'))
}

/// Whether it is the salt that the value carries itself, however it is written: some applications keep that once more.
fn is_carried(value: &[u8], salt: &[u8]) -> bool {
    const LEAST: usize = 8;
    const BCRYPT: usize = 22;
    let bytes = [Some(text::bytes(salt)), text::hex(salt), text::base64_either(salt), text::bcrypt64(salt)];
    let written = bytes.into_iter().flatten().flat_map(|bytes| {
        let hex = hex::encode(&*bytes).into_bytes();
        let base64 = STANDARD_NO_PAD.encode(&*bytes).into_bytes();
        let bcrypt = text::to_bcrypt64(&bytes).into_bytes();
        [bytes, Bytes::new(hex), Bytes::new(base64), Bytes::new(bcrypt)]
    });
    let within = |part: &[u8]| part.len() >= LEAST && value.windows(part.len()).any(|window| window == part);
    // bcrypt takes 22 characters of a longer salt, and counts two bits of the last of them.
    written.into_iter().any(|salt| within(&salt) || (salt.len() >= BCRYPT && within(&salt[..BCRYPT - 1])))
}

/// Whether what is stated says what the salt column is for, or that this value is what it looks like.
fn settles(settings: &PasswordSettings, scheme: &'static str) -> bool {
    let trusted =
        |word: &String| systems::system_of(word).is_some_and(|system| system.habit == Habit::AsTyped);
    settings.salt_column == SaltColumn::Unused
        || !settings.prepared.is_empty()
        || settings.made_by.as_ref().is_some_and(trusted)
        || settings.assume.as_ref().is_some_and(|word| covers(word.trim(), scheme) || trusted(word))
}

/// Whether a value is read so by its own text, whatever stands beside it or is stated.
fn carries_its_own(seen: &Seen<'_>, scheme: &'static str) -> bool {
    let nothing = PasswordSettings::default();
    let alone = Seen { salt: None, username: None, columns: &[], settings: &nothing, ..*seen };
    matches!(alone.recognise(), Reading::Recognised(parsed) if parsed.scheme() == scheme)
}

/// The reading, held against a salt column that is filled beside it.
pub(super) fn salted(reading: Reading, seen: &Seen<'_>) -> Reading {
    let Reading::Recognised(parsed) = reading else { return reading };
    let scheme = parsed.scheme();
    let beside = seen.salt.is_some() || !seen.columns.is_empty();
    if !beside || settles(seen.settings, scheme) || parsed.is_clear_text() || !parsed.conversion().is_sent() {
        return Reading::Recognised(parsed);
    }
    let salt = filled(seen).filter(|_| carries_its_own(seen, scheme));
    let Some(salt) = salt else { return Reading::Recognised(parsed) };
    let again = |prepared: &'static [Preparation]| match seen.recognise() {
        Reading::Recognised(parsed) => {
            Some(altered::over(prepared, parsed, &Seen { salt: Some(salt), ..*seen }))
        }
        _ => None,
    };
    let salted = [again(&[Preparation::SaltBefore]), again(&[Preparation::SaltAfter])];
    let plain: Parsed = parsed.map(|inner| Box::new(Guarded(inner)));
    let schemes = std::iter::once(plain).chain(salted.into_iter().flatten()).collect();
    Reading::Ambiguous(Candidates {
        shape: "Hashes beside a filled salt column".into(),
        ask: SALT_COLUMN,
        schemes,
    })
}
