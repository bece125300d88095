//! What a column's name says.

use super::dictionary::{BANNED, BANNED_PARTS, Meaning, NEUTRAL, PREFIXES, look_up};
use crate::mapping::activity::{Says, meaning_of};
use crate::model::name_words::{singular, tokens};

/// The names around a column: its table's, and a word all columns begin with.
#[derive(Debug, Clone, Default)]
pub(in crate::mapping) struct Around {
    prefixes: Vec<String>,
}

impl Around {
    /// From the table's name, if there is one, and all its columns.
    pub(in crate::mapping) fn new<'a>(table: Option<&str>, columns: impl Iterator<Item = &'a str>) -> Self {
        let mut prefixes: Vec<String> = table.map(tokens).unwrap_or_default();
        prefixes.extend(table.map(tokens).unwrap_or_default().iter().map(|word| singular(word)));
        let firsts: Vec<_> = columns.filter_map(|name| tokens(name).into_iter().next()).collect();
        if let Some(common) = firsts.iter().max_by_key(|word| firsts.iter().filter(|w| w == word).count()) {
            let count = firsts.iter().filter(|w| *w == common).count();
            if count >= 3 && count * 10 >= firsts.len() * 6 {
                prefixes.push(common.clone());
            }
        }
        Self { prefixes }
    }

    fn is_prefix(&self, word: &str) -> bool {
        PREFIXES.contains(&word) || self.prefixes.iter().any(|prefix| prefix == word)
    }
}

/// Whether a column must never be suggested for anything.
pub(in crate::mapping) fn banned(name: &str) -> bool {
    let words = tokens(name);
    let joined = words.concat();
    words.iter().any(|word| BANNED.contains(&word.as_str()))
        || BANNED_PARTS.iter().any(|part| joined.contains(part))
}

/// What a column's name says it holds, and how surely (0 to 100).
pub(in crate::mapping) fn by_name(name: &str, around: &Around) -> Option<(Meaning, f64)> {
    // `Email Address [Required]`
    let plain = name.split_once('[').filter(|(plain, rest)| !plain.trim().is_empty() && rest.ends_with(']'));
    if let Some((plain, _)) = plain {
        return by_name(plain.trim(), around);
    }
    if banned(name) {
        return None;
    }
    by_words(name, around).or_else(|| of_path(name, around))
}

fn by_words(name: &str, around: &Around) -> Option<(Meaning, f64)> {
    let words = tokens(name);
    if words.is_empty() {
        return None;
    }
    let found = |words: &[String], score: f64| {
        let (meaning, rank) = look_up(&words.concat())?;
        Some((meaning, score - (rank as f64 * 0.1).min(9.0)))
    };
    if let Some(exact) = found(&words, 100.0) {
        return Some(exact);
    }
    let mut rest = words.as_slice();
    while rest.len() > 1 && around.is_prefix(&rest[0]) {
        rest = &rest[1..];
        if let Some(close) = found(rest, 90.0) {
            return Some(close);
        }
    }
    // kennwort_salt, hash_salt, user_account_salt
    if let [.., last] = words.as_slice()
        && matches!(last.as_str(), "salt" | "salz")
    {
        return Some((Meaning::Salt, 80.0));
    }
    // usrpassword, empfirstname
    if let [word] = words.as_slice() {
        for prefix in ["usr", "user", "emp", "member", "kunde"] {
            let rest = word.strip_prefix(prefix).and_then(look_up);
            if let Some((meaning, rank)) = rest {
                return Some((meaning, 85.0 - (rank as f64 * 0.1).min(9.0)));
            }
        }
    }
    let (neutral, telling): (Vec<String>, Vec<String>) =
        rest.iter().cloned().partition(|word| NEUTRAL.contains(&word.as_str()));
    if let Some((meaning, score)) = found(&telling, 75.0)
        && neutral.iter().all(|word| may_stand_beside(word, meaning))
    {
        return Some((meaning, score));
    }
    let meaning = match meaning_of(name)? {
        Says::Active => Meaning::Active,
        Says::Inactive => Meaning::Inactive,
        Says::InactiveSince => Meaning::InactiveSince,
    };
    Some((meaning, 70.0))
}

/// Members of documents whose members are another's, or are not what they are called.
const OTHERS: [&str; 22] = [
    "manager",
    "supervisor",
    "boss",
    "parent",
    "guardian",
    "spouse",
    "emergency",
    "creator",
    "owner",
    "sponsor",
    "referrer",
    "assistant",
    "company",
    "organization",
    "organisation",
    "tenant",
    "client",
    "recovery",
    "previous",
    "shipping",
    "billing",
    "meta",
];

/// What a member of a document holds, by the end of its path: `traits.name.first`, `user_metadata.department`,
/// `Attributes.custom:phone`.
fn of_path(path: &str, around: &Around) -> Option<(Meaning, f64)> {
    let parts: Vec<&str> = path.split(['.', ':']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let (last, holders) = parts.split_last().filter(|_| path.contains('.'))?;
    if holders.iter().any(|part| tokens(part).iter().any(|word| OTHERS.contains(&word.as_str()))) {
        return None;
    }
    // `name.first` is a first name, and `name` alone in it no full one.
    let holder = holders.last().map(|part| tokens(part)).unwrap_or_default();
    let turned = match holder.as_slice() {
        [name] if name == "name" => by_name(&format!("{last}_name"), around),
        _ => None,
    };
    let found = turned.or_else(|| by_name(last, around))?;
    Some((found.0, found.1 - 6.0))
}

/// `password_hash` is a password; `email_hash` is no e-mail address, and `last_date` no last name.
fn may_stand_beside(word: &str, meaning: Meaning) -> bool {
    match word {
        "hash" | "hashed" | "digest" | "bcrypt" | "crypt" | "encrypted" | "sha" | "md" | "256" | "512"
        | "5" => meaning == Meaning::Password,
        "at" | "on" | "date" | "time" | "timestamp" | "utc" => meaning == Meaning::LastSignIn,
        "flag" | "ind" | "indicator" | "yn" => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(name: &str, table: &str) -> Option<Meaning> {
        by_name(name, &Around::new(Some(table), std::iter::once(name))).map(|(meaning, _)| meaning)
    }

    #[test]
    fn habits_of_products_and_languages() {
        use Meaning::{
            Active, Attribute as A, FullName, Group, Inactive, InactiveSince, LastSignIn, Password, Phone,
            Salt,
        };
        for (name, table, expected) in [
            ("sAMAccountName", "ad", A("login")),
            ("userPrincipalName", "ad", A("login")),
            ("user_login", "wp_users", A("login")),
            ("user_email", "wp_users", A("email")),
            ("user_pass", "wp_users", Password),
            ("passwd", "x", Password),
            ("pwd_hash", "x", Password),
            ("usr_password", "x", Password),
            ("usrpassword", "x", Password),
            ("PasswordHash", "AspNetUsers", Password),
            ("password_bcrypt", "x", Password),
            ("pw_salt", "x", Salt),
            ("kennwort_salt", "x", Salt),
            ("vorname", "mitarbeiter", A("firstName")),
            ("Nachname", "mitarbeiter", A("lastName")),
            ("apellido", "usuarios", A("lastName")),
            ("imię", "pracownicy", A("firstName")),
            ("nazwisko", "pracownicy", A("lastName")),
            ("achternaam", "medewerkers", A("lastName")),
            ("prénom", "employes", A("firstName")),
            ("mot_de_passe", "utilisateurs", Password),
            ("student_email", "students", A("email")),
            ("FirstName", "x", A("firstName")),
            ("emp_last_name", "x", A("lastName")),
            ("name", "users", FullName),
            ("telefonnummer", "x", Phone),
            ("mobile_no", "x", A("mobilePhone")),
            ("office_phone", "x", A("primaryPhone")),
            ("zip_code", "x", A("zipCode")),
            ("is_active", "auth_user", Active),
            ("is_active_flag", "x", Active),
            ("is_deleted", "x", Inactive),
            ("deleted_at", "x", InactiveSince),
            ("last_login", "auth_user", LastSignIn),
            ("last_login_timestamp", "x", LastSignIn),
            ("role", "x", Group),
            ("work_email_address", "x", A("email")),
        ] {
            assert_eq!(meaning(name, table), Some(expected), "{name}");
        }
    }

    #[test]
    fn what_is_private_or_about_another_column_is_never_suggested() {
        for name in [
            "security_answer",
            "securityAnswer",
            "token",
            "remember_token",
            "pin",
            "user_pin",
            "ssn",
            "api_key",
            "password_reset",
            "password_hint",
            "password_changed_at",
            "email_verified",
            "email_verified_at",
            "email_hash",
            "last_date",
            "birth_date",
            "geburtsdatum",
            "totp_secret",
            "created_at",
            "user_activation_key",
            "recovery_email",
            "old_password",
            "fax_number",
            "mothers_maiden_name",
            "is_superuser",
            "last_login_ip",
            "badge_no",
            "legacy_blob",
            "",
        ] {
            assert_eq!(meaning(name, "users"), None, "{name}");
        }
    }

    #[test]
    fn a_word_all_columns_begin_with_tells_nothing() {
        let columns = ["mdl_id", "mdl_vorname", "mdl_nachname", "mdl_email"];
        let around = Around::new(None, columns.into_iter());
        assert_eq!(by_name("mdl_vorname", &around).map(|(m, _)| m), Some(Meaning::Attribute("firstName")));
        assert_eq!(by_name("mdl_vorname", &Around::default()), None);
    }
}
