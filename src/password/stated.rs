//! What an administrator can state about a column of passwords: the words `PasswordSettings::assume` takes.

/// One thing to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// What goes into `assume`.
    pub id: &'static str,
    /// What a list shows.
    pub label: &'static str,
    /// One sentence that helps to choose.
    pub help: &'static str,
    /// Whether it needs the salt column, its order and its encoding as well.
    pub salted: bool,
}

/// Everything that can be stated, commonest first. Longer ids of the same digests (`hex-sha256`,
/// `salted-sha256-prefix-hex-textsalt`) are taken too, and are stricter: values written otherwise stay undecided.
pub fn stated() -> &'static [Statement] {
    &STATEMENTS
}

const fn digest(id: &'static str, label: &'static str, help: &'static str) -> Statement {
    Statement { id, label, help, salted: false }
}

const fn salted(id: &'static str, label: &'static str, help: &'static str) -> Statement {
    Statement { id, label, help, salted: true }
}

static STATEMENTS: [Statement; 62] = [
    digest(
        "md5",
        "MD5, one round",
        "32 hex digits, or 24 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha1",
        "SHA-1, one round",
        "40 hex digits, or 28 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha256",
        "SHA-256, one round",
        "64 hex digits, or 44 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest(
        "sha512",
        "SHA-512, one round",
        "128 hex digits, or 88 characters of Base64. With a salt column, say where the salt stood.",
    ),
    digest("plaintext", "Clear text", "The column holds the passwords themselves."),
    digest("nt-hash", "NT hash (Windows)", "32 hex digits of MD4. The hook checks it."),
    digest(
        "meteor-bcrypt",
        "bcrypt from Meteor",
        "Looks like any bcrypt, but is computed over the SHA-256 of the password. The hook checks it.",
    ),
    digest(
        "devise-bcrypt-pepper",
        "bcrypt with a pepper (Devise)",
        "Looks like any bcrypt, but a secret of the application is mixed in. Say the pepper; the hook checks it.",
    ),
    digest(
        "vbulletin5",
        "vBulletin 5",
        "bcrypt or Argon2 over the MD5 of the password; what came from version 4 too. The hook checks it.",
    ),
    digest("matomo", "Matomo (Piwik)", "bcrypt over the MD5 of the password. The hook checks it."),
    digest("suitecrm", "SuiteCRM, SugarCRM", "bcrypt over the MD5 of the password. The hook checks it."),
    digest("woltlab", "WoltLab", "bcrypt over bcrypt, both with the same salt. The hook checks it."),
    digest(
        "phpbb3",
        "phpBB 3",
        "& < > \" were written as in HTML before the password was hashed. The hook checks it.",
    ),
    digest("nodebb", "NodeBB", "bcrypt over the SHA-512 of the password. The hook checks it."),
    digest(
        "flask-security",
        "Flask-Security",
        "Its SECURITY_PASSWORD_SALT is mixed in first: say it as the pepper. The hook checks it.",
    ),
    digest(
        "smf",
        "Simple Machines Forum 2.1",
        "bcrypt over user name and password; the user name has to be mapped. The hook checks it.",
    ),
    digest("django-sha1", "Django, sha1$salt$hex", "SHA-1 over salt and password."),
    digest("django-md5", "Django, md5$salt$hex", "MD5 over salt and password."),
    digest("werkzeug-legacy-hmac-sha1", "Werkzeug before 2.3, sha1$salt$hex", "An HMAC. The hook checks it."),
    digest(
        "werkzeug-legacy-hmac-sha256",
        "Werkzeug before 2.3, sha256$salt$hex",
        "An HMAC. The hook checks it.",
    ),
    digest("web2py-sha256", "web2py, sha256$salt$hex", "SHA-256 over password and salt."),
    digest("web2py-sha512", "web2py, sha512$salt$hex", "SHA-512 over password and salt."),
    digest("joomla15-md5", "Joomla 1.5 to 2.5, hex:salt", "MD5 over password and salt."),
    digest("magento1-md5", "Magento 1, osCommerce, hex:salt", "MD5 over salt and password."),
    digest(
        "tomcat-sha256-1",
        "Tomcat, MessageDigestCredentialHandler",
        "SHA-256 over salt and password, one round.",
    ),
    digest("tomcat-pbkdf2-sha512", "Tomcat, SecretKeyCredentialHandler", "PBKDF2-HMAC-SHA-512."),
    salted(
        "spring-legacy-salt-column",
        "Spring Security 3 and 4 with a salt column",
        "A digest over password{salt}.",
    ),
    salted(
        "symfony-messagedigest-1",
        "Symfony, one round, with a salt column",
        "A digest over password{salt}.",
    ),
    salted("symfony-messagedigest-5000", "Symfony, 5000 rounds of SHA-512", "The hook checks it."),
    salted("vbulletin", "vBulletin 3 and 4", "MD5 of an MD5 and the salt. The hook checks it."),
    salted("mybb-ipb", "MyBB, Invision Power Board", "MD5 of two MD5s. The hook checks it."),
    salted("opencart", "OpenCart 1.5 and 2", "Three rounds of SHA-1. The hook checks it."),
    salted("xenforo1-sha256", "XenForo 1", "SHA-256 of a SHA-256 and the salt. The hook checks it."),
    salted("redmine-sha1", "Redmine", "SHA-1 of the salt and a SHA-1. The hook checks it."),
    salted(
        "restful-auth-sha1",
        "Rails restful_authentication",
        "SHA-1 with hyphens between its parts. The hook checks it.",
    ),
    salted(
        "aspnet-membership-sha1",
        "ASP.NET Membership, SHA-1",
        "Over the password in UTF-16. The hook checks it.",
    ),
    salted(
        "aspnet-membership-sha256",
        "ASP.NET Membership, SHA-256",
        "Over the password in UTF-16. The hook checks it.",
    ),
    salted(
        "aspnet-membership-hmacsha256",
        "ASP.NET Membership of .NET 4",
        "An HMAC over the password in UTF-16. The hook checks it.",
    ),
    salted("sonarqube-pbkdf2", "SonarQube", "PBKDF2 with the salt in its own column."),
    digest(
        "smf-sha1",
        "Simple Machines Forum",
        "SHA-1 over user name and password; the user name has to be mapped.",
    ),
    digest("jasypt-basic-md5", "Jasypt, basic", "1000 rounds of MD5. The hook checks it."),
    digest("jasypt-strong-sha256", "Jasypt, strong", "100,000 rounds of SHA-256. The hook checks it."),
    digest("sha224", "SHA-224, one round", "56 hex digits. Okta can't take it; the hook can check it."),
    digest("sha384", "SHA-384, one round", "96 hex digits. Okta can't take it; the hook can check it."),
    digest(
        "flask-bcrypt-long",
        "bcrypt from Flask-Bcrypt, long passwords",
        "Looks like any bcrypt, but is computed over the SHA-256 of the password. The hook checks it.",
    ),
    digest("bcrypt-of-md5", "bcrypt put over an older MD5", "Looks like any bcrypt. The hook checks it."),
    digest("bcrypt-of-sha1", "bcrypt put over an older SHA-1", "Looks like any bcrypt. The hook checks it."),
    salted(
        "pbkdf2",
        "PBKDF2 in columns",
        "Say the digest, the iterations, and how the salt is written or how many bytes of it stand in front.",
    ),
    salted("symfony-pbkdf2", "Symfony, PBKDF2", "SHA-512, 1000 iterations unless you say otherwise."),
    salted(
        "passport-local-mongoose",
        "passport-local-mongoose",
        "PBKDF2 with 25,000 iterations; say SHA-256, or SHA-1 for versions before 5.",
    ),
    salted("discourse-pbkdf2", "Discourse", "PBKDF2-SHA256; say how many iterations (64,000 or 600,000)."),
    salted("gitea-pbkdf2", "Gitea", "PBKDF2-SHA256; say how many iterations (50,000, in old rows 10,000)."),
    salted("grafana-pbkdf2", "Grafana", "PBKDF2-SHA256 with 10,000 iterations."),
    digest(
        "spring-pbkdf2-bare-v5_8",
        "Spring Security 5.8, PBKDF2 without a label",
        "SHA-256, 310,000 iterations unless you say otherwise.",
    ),
    digest(
        "spring-pbkdf2-site-secret",
        "Spring Security, PBKDF2 with a site-wide secret",
        "Say the digest, the iterations and the secret.",
    ),
    digest("firebase-scrypt", "Firebase", "Scrypt with the project's parameters. The hook checks it."),
    digest(
        "http-digest-ha1",
        "HTTP digest (htdigest)",
        "A digest over user name, realm and password: map the one and say the other.",
    ),
    digest(
        "site-salt-sha1",
        "SHA-1 with one salt for everybody (CakePHP 2)",
        "Say the application's salt and where it stood.",
    ),
    digest(
        "site-salt-md5",
        "MD5 with one salt for everybody (PrestaShop 1.6)",
        "Say the application's salt and where it stood.",
    ),
    digest("jasypt-1-iteration", "Jasypt, one iteration", "A salted digest, the salt in front of it."),
    digest("mysql323", "MySQL before 4.1", "16 hex digits of OLD_PASSWORD. The hook checks it."),
    digest("peoplesoft", "PeopleSoft", "SHA-1 over the password in UTF-16. The hook checks it."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::format_of;

    /// What a screen offers to state is a word for a digest, or a scheme of the catalogue.
    #[test]
    fn every_statement_is_known_and_stands_once() {
        let words = ["md5", "sha1", "sha256", "sha512", "sha224", "sha384"];
        let mut ids = std::collections::BTreeSet::new();
        for statement in stated() {
            assert!(ids.insert(statement.id), "{} stands twice", statement.id);
            assert!(words.contains(&statement.id) || format_of(statement.id).is_some(), "{}", statement.id);
        }
    }
}
