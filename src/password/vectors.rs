//! The public vectors (`tests/data/password-vectors.jsonl`), row by row.
//!
//! Each row is a stored value, what the administrator knows about it, a password, and what has to come out: the
//! outcome, Okta's hash object, and whether the password fits.

use serde_json::Value;

use super::*;
use crate::model::{PasswordSettings, SecretBytes, StoredPassword};

const FILE: &str = include_str!("../../tests/data/password-vectors.jsonl");

/// Schemes of the file that the room covers: the file's id, and the id the room gives, where the string does not tell
/// the two apart.
const COVERED: &[(&str, &str)] = &[
    ("bcrypt-2b", "bcrypt-2b"),
    ("bcrypt-2a", "bcrypt-2a"),
    ("bcrypt-2y", "bcrypt-2y"),
    ("bcrypt-2y-htpasswd", "bcrypt-2y"),
    ("laravel-bcrypt", "bcrypt-2y"),
    ("bcrypt-2x", "bcrypt-2x"),
    ("spring-bcrypt", "spring-bcrypt"),
    ("django-bcrypt", "django-bcrypt"),
    ("ldap-crypt-bcrypt", "ldap-crypt-bcrypt"),
    ("dovecot-blf-crypt", "dovecot-blf-crypt"),
    ("jenkins-jbcrypt", "jenkins-jbcrypt"),
    ("nextcloud-1-bcrypt", "nextcloud-1-bcrypt"),
    ("meteor-bcrypt", "meteor-bcrypt"),
    ("django-pbkdf2-sha256", "django-pbkdf2-sha256"),
    ("django-pbkdf2-sha1", "django-pbkdf2-sha1"),
    ("django-scrypt", "django-scrypt"),
    ("django-unsalted-sha1", "django-unsalted-sha1"),
    ("django-unsalted-md5", "django-unsalted-md5"),
    ("django-bcrypt-sha256", "django-bcrypt-sha256"),
    ("werkzeug-pbkdf2-sha256", "werkzeug-pbkdf2-sha256"),
    ("werkzeug-pbkdf2-sha512", "werkzeug-pbkdf2-sha512"),
    ("werkzeug-pbkdf2-sha1", "werkzeug-pbkdf2-sha1"),
    ("werkzeug-scrypt", "werkzeug-scrypt"),
    ("passlib-pbkdf2-sha256", "passlib-pbkdf2-sha256"),
    ("passlib-pbkdf2-sha512", "passlib-pbkdf2-sha512"),
    ("passlib-pbkdf2-sha1", "passlib-pbkdf2-sha1"),
    ("passlib-cta-pbkdf2-sha1", "passlib-cta-pbkdf2-sha1"),
    ("passlib-dlitz-pbkdf2-sha1", "passlib-dlitz-pbkdf2-sha1"),
    ("phc-pbkdf2", "phc-pbkdf2"),
    ("passlib-bcrypt-sha256-v1", "passlib-bcrypt-sha256-v1"),
    ("passlib-bcrypt-sha256-v2", "passlib-bcrypt-sha256-v2"),
    ("wordpress-68-bcrypt", "wordpress-68-bcrypt"),
    ("ldap-ssha", "ldap-ssha"),
    ("ldap-sha", "ldap-sha"),
    ("ldap-smd5", "ldap-smd5"),
    ("ldap-md5", "ldap-md5"),
    ("ldap-ssha256", "ldap-ssha256"),
    ("ldap-ssha384", "ldap-ssha384"),
    ("ldap-ssha512", "ldap-ssha512"),
    ("ldap-sha256", "ldap-sha256"),
    ("ldap-sha384", "ldap-sha384"),
    ("ldap-sha512", "ldap-sha512"),
    ("spring-ldap-ssha", "spring-ldap-ssha"),
    ("ldap-hex-md5", "ldap-hex-md5"),
    ("openldap-pbkdf2-sha1", "openldap-pbkdf2-sha1"),
    ("openldap-pbkdf2-sha256", "openldap-pbkdf2-sha256"),
    ("openldap-pbkdf2-sha512", "openldap-pbkdf2-sha512"),
    ("389ds-pbkdf2_sha256", "389ds-pbkdf2_sha256"),
    ("389ds-pbkdf2-sha1", "389ds-pbkdf2-sha1"),
    ("389ds-pbkdf2-sha256", "389ds-pbkdf2-sha256"),
    ("389ds-pbkdf2-sha512", "389ds-pbkdf2-sha512"),
    ("dovecot-pbkdf2", "dovecot-pbkdf2"),
    ("atlassian-pkcs5s2", "atlassian-pkcs5s2"),
    ("spring-MD5", "spring-MD5"),
    ("spring-SHA-1", "spring-SHA-1"),
    ("spring-SHA-256", "spring-SHA-256"),
    ("spring-sha256-standard", "spring-sha256-standard"),
    ("spring-pbkdf2-v5_5", "spring-pbkdf2-v5_5"),
    ("spring-pbkdf2-v5_8", "spring-pbkdf2-v5_8"),
    ("spring-scrypt-v4_1", "spring-scrypt-v4_1"),
    ("spring-scrypt-v5_8", "spring-scrypt-v5_8"),
    ("argon2id", "argon2id"),
    ("argon2i", "argon2i"),
    ("argon2d", "argon2d"),
    ("argon2-v16", "argon2-v16"),
    ("spring-argon2-v5_2", "spring-argon2-v5_2"),
    ("spring-argon2-v5_8", "spring-argon2-v5_8"),
    ("django-argon2", "django-argon2"),
    ("nextcloud-3-argon2id", "nextcloud-3-argon2id"),
    ("openldap-argon2", "openldap-argon2"),
    ("keycloak-pbkdf2-sha256", "keycloak-pbkdf2-sha256"),
    ("keycloak-pbkdf2-sha512", "keycloak-pbkdf2-sha512"),
    ("keycloak-pbkdf2-sha1", "keycloak-pbkdf2-sha1"),
    ("aspnet-identity-v3-sha256", "aspnet-identity-v3-sha256"),
    ("aspnet-identity-v3-sha512", "aspnet-identity-v3-sha512"),
    ("aspnet-identity-v2", "aspnet-identity-v2"),
    ("crypt-md5", "crypt-md5"),
    ("apache-apr1", "apache-apr1"),
    ("ldap-crypt-md5", "ldap-crypt-md5"),
    ("dovecot-md5-is-md5crypt", "dovecot-md5-is-md5crypt"),
    ("crypt-sha256", "crypt-sha256"),
    ("crypt-sha512", "crypt-sha512"),
    ("crypt-sha512-rounds", "crypt-sha512-rounds"),
    ("ldap-crypt-sha512", "ldap-crypt-sha512"),
    ("crypt-yescrypt", "crypt-yescrypt"),
    ("phpass-P", "phpass-P"),
    ("phpass-H", "phpass-H"),
    ("drupal7-S", "drupal7-S"),
    ("drupal7-U", "drupal7-U"),
    ("phc-scrypt", "phc-scrypt"),
    ("lambdaworks-s0-scrypt", "lambdaworks-s0-scrypt"),
    ("crypt-scrypt-7", "crypt-scrypt-7"),
    ("ruby-scrypt", "ruby-scrypt"),
    ("better-auth-scrypt", "better-auth-scrypt"),
    ("django-sha1", "django-sha1"),
    ("django-md5", "django-md5"),
    ("werkzeug-legacy-hmac-sha256", "werkzeug-legacy-hmac-sha256"),
    ("werkzeug-legacy-hmac-sha1", "werkzeug-legacy-hmac-sha1"),
    ("werkzeug-legacy-hmac-md5", "werkzeug-legacy-hmac-md5"),
    ("web2py-sha512", "web2py-sha512"),
    ("web2py-sha256", "web2py-sha256"),
    ("web2py-md5", "web2py-md5"),
    ("npm-password-hash", "npm-password-hash"),
    ("joomla15-md5", "joomla15-md5"),
    ("joomla-sha256", "joomla-sha256"),
    ("magento1-md5", "magento1-md5"),
    ("oscommerce-md5", "oscommerce-md5"),
    ("magento2-0", "magento2-0"),
    ("magento2-1", "magento2-1"),
    ("magento2-2", "magento2-2"),
    ("magento2-3", "magento2-3"),
    ("magento2-0+1", "magento2-0+1"),
    ("magento2-1+3", "magento2-1+3"),
    ("grub-pbkdf2-sha512", "grub-pbkdf2-sha512"),
    ("mediawiki-pbkdf2", "mediawiki-pbkdf2"),
    ("mediawiki-A", "mediawiki-A"),
    ("mediawiki-B", "mediawiki-B"),
    ("colon-pbkdf2-sha256", "colon-pbkdf2-sha256"),
    ("colon-pbkdf2-sha512", "colon-pbkdf2-sha512"),
    ("colon-pbkdf2-sha1", "colon-pbkdf2-sha1"),
    ("defuse-passwordstorage", "defuse-passwordstorage"),
    ("web2py-pbkdf2", "web2py-pbkdf2"),
    ("cisco-type8", "cisco-type8"),
    ("postgres-md5", "postgres-md5"),
    ("postgres-scram-sha-256", "postgres-scram-sha-256"),
    ("mysql41", "mysql41"),
    ("oracle11-S", "oracle11-S"),
    ("oracle12-T", "oracle12-T"),
    ("mssql2005", "mssql2005"),
    ("mssql2000", "mssql2000"),
    ("mssql2012", "mssql2012"),
    ("shiro1-sha256-1", "shiro1-sha256-1"),
    ("shiro1-sha512-1", "shiro1-sha512-1"),
    ("shiro1-sha512-1024", "shiro1-sha512-1024"),
    ("shiro1-sha256-500000", "shiro1-sha256-500000"),
    ("tomcat-sha256-1", "tomcat-sha256-1"),
    ("tomcat-sha512-1000", "tomcat-sha512-1000"),
    ("tomcat-pbkdf2-sha1", "tomcat-pbkdf2-sha1"),
    ("tomcat-pbkdf2-sha512", "tomcat-pbkdf2-sha512"),
    ("nt-hash", "nt-hash"),
    ("vbulletin", "vbulletin"),
    ("mybb-ipb", "mybb-ipb"),
    ("opencart", "opencart"),
    ("restful-auth-sha1", "restful-auth-sha1"),
    ("xenforo1-sha256", "xenforo1-sha256"),
    ("salt-sandwich-sha256", "salt-sandwich-sha256"),
    ("hmac-sha256-key-salt", "hmac-sha256-key-salt"),
    ("hmac-sha256-key-pass", "hmac-sha256-key-pass"),
    ("md5-of-sha1", "md5-of-sha1"),
    ("iterated-sha512-1000", "iterated-sha512-1000"),
    ("sha256-utf16le-prefix", "sha256-utf16le-prefix"),
    ("aspnet-membership-sha1", "aspnet-membership-sha1"),
    ("aspnet-membership-sha256", "aspnet-membership-sha256"),
    ("aspnet-membership-hmacsha256", "aspnet-membership-hmacsha256"),
    ("peoplesoft", "peoplesoft"),
    ("symfony-messagedigest-5000", "symfony-messagedigest-5000"),
    ("jasypt-basic-md5", "jasypt-basic-md5"),
    ("jasypt-strong-sha256", "jasypt-strong-sha256"),
    ("mysql323", "mysql323"),
    ("spring-legacy-salt-column", "spring-legacy-salt-column"),
    ("symfony-messagedigest-1", "symfony-messagedigest-1"),
    ("smf-sha1", "smf-sha1"),
    ("sonarqube-pbkdf2", "sonarqube-pbkdf2"),
    ("crypt-nthash-3", "crypt-nthash-3"),
    ("crypt-sunmd5", "crypt-sunmd5"),
    ("spring-MD4", "spring-MD4"),
    ("hex-md5", "hex-md5"),
    ("hex-sha1", "hex-sha1"),
    ("hex-sha256", "hex-sha256"),
    ("hex-sha512", "hex-sha512"),
    ("hex-sha224", "hex-sha224"),
    ("hex-sha384", "hex-sha384"),
    ("hex-upper-sha1", "hex-sha1"),
    ("base64-md5", "base64-md5"),
    ("base64-sha1", "base64-sha1"),
    ("base64-sha256", "base64-sha256"),
    ("base64-sha512", "base64-sha512"),
    ("plaintext", "plaintext"),
    ("spring-noop", "spring-noop"),
    ("dovecot-plain", "dovecot-plain"),
    ("ldap-cleartext", "ldap-cleartext"),
    ("werkzeug-plain", "werkzeug-plain"),
    ("no-password", "none"),
];

/// The room's id for a scheme of the file, if it is covered.
fn covered(scheme: &str) -> Option<&str> {
    if scheme.starts_with("salted-") {
        return Some(scheme);
    }
    COVERED.iter().find(|(file, _)| *file == scheme).map(|(_, ours)| *ours)
}

struct Row(Value);

impl Row {
    fn all() -> impl Iterator<Item = Self> {
        FILE.lines().map(|line| Self(serde_json::from_str(line).unwrap()))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0[key].as_str()
    }

    fn id(&self) -> &str {
        self.text("id").unwrap()
    }

    fn stored(&self) -> StoredPassword {
        StoredPassword {
            text: SecretBytes::from(self.text("stored").unwrap()),
            salt: self.text("salt_column").map(SecretBytes::from),
            username: self.0["context"]["username"].as_str().map(str::to_owned),
        }
    }

    fn needs_hint(&self) -> bool {
        self.text("detect") == Some("needs_hint")
    }

    /// The row as a line of `causeway password explain --batch`.
    fn question(&self) -> Question {
        let mut line = self.0.clone();
        if self.needs_hint() {
            line["assume"] = line["scheme"].clone();
        }
        serde_json::from_value(line).unwrap()
    }

    /// What the administrator stated, where the string alone does not tell.
    fn settings(&self) -> PasswordSettings {
        if self.needs_hint() { self.question().settings().unwrap() } else { PasswordSettings::default() }
    }
}

/// A reading in the words of the file.
fn told(reading: &Reading) -> (&'static str, Value) {
    match reading {
        Reading::Recognised(parsed) => match parsed.conversion() {
            Conversion::Import(hash) => ("import", serde_json::to_value(hash).unwrap()),
            Conversion::PlainText(_) => ("plaintext", Value::Null),
            Conversion::Hook { .. } => ("hook", Value::Null),
            Conversion::Reset { .. } => ("reset", Value::Null),
        },
        Reading::Ambiguous(candidates) if candidates.checkable() => ("hook", Value::Null),
        Reading::Ambiguous(_) | Reading::Empty { .. } => ("reset", Value::Null),
        Reading::Malformed { .. } => ("malformed", Value::Null),
        Reading::Refused { .. } => ("refuse", Value::Null),
        Reading::Unknown => ("unknown", Value::Null),
    }
}

/// One part of four of the covered rows: derivations take their time, and parts run side by side.
fn covered_rows_come_out_as_the_file_says(part: usize) {
    for row in Row::all().skip(part).step_by(4) {
        let Some(ours) = covered(row.text("scheme").unwrap()) else { continue };
        let reading = read(&row.stored(), &row.settings());
        let id = row.id();
        assert_eq!(reading.scheme(), ours, "{id}: {reading:?}");
        let (word, okta) = told(&reading);
        assert_eq!(Some(word), row.text("okta_decision"), "{id}: {}", reading.sentence());
        assert_eq!(okta, row.0["okta_expected"], "{id}");
        let fits = reading.verify(row.text("password").unwrap().as_bytes());
        if ours == "crypt-sunmd5" {
            assert!(matches!(fits, Err(VerifyError::CannotCheck { .. })), "{id}");
            continue;
        }
        assert_eq!(fits, Ok((ours != "none").then(|| row.0["verifies"].as_bool().unwrap())), "{id}");
    }
}

#[test]
fn covered_rows_1() {
    covered_rows_come_out_as_the_file_says(0);
}

#[test]
fn covered_rows_2() {
    covered_rows_come_out_as_the_file_says(1);
}

#[test]
fn covered_rows_3() {
    covered_rows_come_out_as_the_file_says(2);
}

#[test]
fn covered_rows_4() {
    covered_rows_come_out_as_the_file_says(3);
}

#[test]
fn every_covered_scheme_has_rows() {
    let there: std::collections::BTreeSet<String> =
        Row::all().map(|row| row.text("scheme").unwrap().to_owned()).collect();
    for (scheme, _) in COVERED {
        assert!(there.contains(*scheme), "no row for {scheme}");
    }
}

#[test]
fn costs_over_the_caps_are_refused_before_any_work() {
    let rows: Vec<Row> = Row::all().filter(|row| row.text("scheme") == Some("over-cap")).collect();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let reading = read(&row.stored(), &PasswordSettings::default());
        assert!(matches!(reading, Reading::Refused { .. }), "{}: {reading:?}", row.id());
        assert!(matches!(reading.verify(b"password"), Err(VerifyError::TooCostly { .. })), "{}", row.id());
    }
}

#[test]
fn rows_of_other_schemes_are_never_importable() {
    for row in Row::all().filter(|row| covered(row.text("scheme").unwrap()).is_none()) {
        let (word, _) = told(&read(&row.stored(), &row.settings()));
        assert!(!matches!(word, "import" | "plaintext"), "{}: {word}", row.id());
    }
}

#[test]
fn what_the_string_does_not_tell_is_never_imported_unstated() {
    // A bare bcrypt is taken at its word: see the room's docs.
    for row in Row::all().filter(|row| row.needs_hint() && row.text("shape") != Some("bcrypt")) {
        let (word, _) = told(&read(&row.stored(), &PasswordSettings::default()));
        assert!(!matches!(word, "import" | "plaintext"), "{}: {word}", row.id());
    }
}

/// How Okta would compute a reading: everything of the hash object but its value, salt and costs.
fn computation(reading: &Reading) -> Option<String> {
    let (word, okta) = told(reading);
    let part = |key: &str| okta[key].as_str().unwrap_or_default().to_owned();
    let all = [word.to_owned(), part("algorithm"), part("saltOrder"), part("digestAlgorithm")];
    matches!(word, "import" | "plaintext").then(|| all.join(" "))
}

/// Cut short anywhere, or with one character changed, a value may still be whole (a salt has no checksum), but it is
/// never imported as a different computation.
#[test]
fn damaged_values_never_turn_into_something_else() {
    let mut wrong = Vec::new();
    let mut schemes = std::collections::BTreeSet::new();
    for row in Row::all() {
        // One row of each scheme; and a chain of Magento's that lost its last step looks like its first one alone.
        let scheme = row.text("scheme").unwrap();
        if scheme == "magento2-1+3" || !schemes.insert(scheme.to_owned()) {
            continue;
        }
        let text = row.text("stored").unwrap().as_bytes();
        let stored = row.stored();
        let before = computation(&read(&stored, &PasswordSettings::default()));
        let step = (text.len() / 100).max(1);
        let mut damaged: Vec<Vec<u8>> =
            (0..text.len()).step_by(step).map(|end| text[..end].to_vec()).collect();
        for at in (0..text.len()).step_by(step) {
            for byte in [b'$', b'}', b':', b'0', b'=', b'A', b' ', 0xc3] {
                let mut copy = text.to_vec();
                copy[at] = byte;
                damaged.push(copy);
            }
        }
        for copy in damaged {
            let stored = StoredPassword { text: SecretBytes::new(copy.clone()), ..stored.clone() };
            let after = read(&stored, &PasswordSettings::default());
            if computation(&after).is_some_and(|after| Some(after) != before) {
                wrong.push(format!("{} → {}: {}", row.id(), after.scheme(), String::from_utf8_lossy(&copy)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a screen offers to state has an effect: it settles the values of its scheme.
#[test]
fn every_statement_settles_something() {
    let words = ["md5", "sha1", "sha256", "sha512", "sha224", "sha384", "devise-bcrypt-pepper"];
    let mut ids = std::collections::BTreeSet::new();
    for statement in stated() {
        assert!(ids.insert(statement.id), "{} stands twice", statement.id);
        assert!(
            words.contains(&statement.id) || covered(statement.id) == Some(statement.id),
            "{}",
            statement.id
        );
    }
}
