//! Every scheme id there is, by format: what becomes of such passwords, and how sure one can be of it from the text alone.
//!
//! The README's table is made from this list, and tests compare it with what the room really answers.

/// What becomes of the passwords of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moves {
    /// Okta takes the hash.
    Import,
    /// Okta takes the hash from 4,096 iterations on; below, the hook checks it.
    ImportFrom4096,
    /// Okta takes the password itself.
    PlainText,
    /// The hook checks it.
    Hook,
    /// The person sets a new one.
    Reset,
}

/// How sure one can be of a format from the stored text alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sure {
    /// The text names it.
    Certain,
    /// The text fits others too: it is read so only when somebody says so.
    Stated,
    /// The text names it, but for something in it that lives elsewhere: user name, realm.
    Named,
    /// Taken at its word: a few products write the same text for something else, and stating them overrules it.
    AtItsWord,
}

/// One format: a row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name for people.
    pub name: &'static str,
    /// What becomes of it.
    pub moves: Moves,
    /// How sure.
    pub sure: Sure,
    /// The scheme ids it covers, separated by blanks.
    ids: &'static str,
}

impl Format {
    /// The scheme ids it covers.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.ids.split_ascii_whitespace()
    }
}

/// Every format, as the table lists them.
pub fn formats() -> &'static [Format] {
    &FORMATS
}

/// The format of a scheme id: any that [`formats`] lists, or one of the `salted-<digest>-<order>-<encoding>-<salt>` layouts.
pub fn format_of(id: &str) -> Option<&'static Format> {
    let id = if id.starts_with("salted-") { "salted-digest" } else { id };
    FORMATS.iter().find(|format| format.ids().any(|known| known == id))
}

/// The table of the README's section "Which passwords move", in Markdown.
pub fn table() -> String {
    let mut text =
        String::from("| Format | What becomes of it | How sure from the text alone |\n| --- | --- | --- |\n");
    for format in &FORMATS {
        let moves = match format.moves {
            Moves::Import => "✓ moves",
            Moves::ImportFrom4096 => "✓ moves from 4,096 iterations on, below ⇄ hook",
            Moves::PlainText => "✓ moves (the password itself)",
            Moves::Hook => "⇄ hook",
            Moves::Reset => "↺ reset",
        };
        let sure = match format.sure {
            Sure::Certain => "certain",
            Sure::Stated => "say so in the Map step, or prove it with a known password",
            Sure::Named => "certain, once the user name (and realm) is given",
            Sure::AtItsWord => "taken at its word; say so if it is a kind below",
        };
        text.push_str(&format!("| {} | {moves} | {sure} |\n", format.name));
    }
    text
}

const fn row(name: &'static str, moves: Moves, sure: Sure, ids: &'static str) -> Format {
    Format { name, moves, sure, ids }
}

use Moves::{Hook, Import, ImportFrom4096, PlainText, Reset};
use Sure::{AtItsWord, Certain, Named, Stated};

static FORMATS: [Format; 74] = [
    row(
        "bcrypt: PHP, Laravel, Symfony, Ruby, Rails, Devise, Node, Go, Auth0, Supabase, htpasswd (`$2a$`, `$2b$`, `$2y$`)",
        Import,
        AtItsWord,
        "bcrypt-2a bcrypt-2b bcrypt-2y bcrypt-2y-htpasswd bcrypt-2b-node laravel-bcrypt rails-has-secure-password \
         devise-bcrypt symfony-native-bcrypt",
    ),
    row(
        "bcrypt behind a label: Spring `{bcrypt}`, Django, LDAP `{CRYPT}`, Dovecot, Jenkins, Nextcloud",
        Import,
        Certain,
        "spring-bcrypt django-bcrypt ldap-crypt-bcrypt dovecot-blf-crypt jenkins-jbcrypt nextcloud-1-bcrypt",
    ),
    row(
        "bcrypt over a digest, told by its prefix: Django `bcrypt_sha256$`, passlib, WordPress from 6.8 on",
        Hook,
        Certain,
        "django-bcrypt-sha256 passlib-bcrypt-sha256-v1 passlib-bcrypt-sha256-v2 wordpress-68-bcrypt",
    ),
    row(
        "bcrypt over a digest or with a pepper, told by nothing: Meteor, Devise with a pepper, Flask-Bcrypt's long mode",
        Hook,
        Stated,
        "meteor-bcrypt devise-bcrypt-pepper flask-bcrypt-long bcrypt-of-md5 bcrypt-of-sha1 bcrypt-of-sha512",
    ),
    row(
        "bcrypt or Argon2 over what a product makes of the password first: vBulletin 5, Matomo, SuiteCRM, WoltLab, phpBB 3, NodeBB, Meteor, Flask-Security, SMF 2.1",
        Hook,
        Stated,
        "vbulletin5 matomo suitecrm woltlab phpbb3 nodebb meteor flask-security smf",
    ),
    row(
        "phpBB's bcrypt over its older hash (`$H\\2y$`); Django's PBKDF2 over an older digest (`pbkdf2_wrapped_sha1$`)",
        Hook,
        Certain,
        "phpbb-combined django-pbkdf2-wrapped",
    ),
    row("bcrypt with PHP's old fault (`$2x$`)", Hook, Certain, "bcrypt-2x"),
    row("bcrypt of 1997 (`$2$`)", Reset, Certain, "bcrypt-2"),
    row(
        "PBKDF2 with SHA-256 or SHA-512: Django, Werkzeug (Flask), passlib, Odoo, PHC strings, GRUB, Mattermost, web2py, MediaWiki, Cisco 8, macOS",
        ImportFrom4096,
        Certain,
        "django-pbkdf2-sha256 werkzeug-pbkdf2-sha256 werkzeug-pbkdf2-sha512 passlib-pbkdf2-sha256 passlib-pbkdf2-sha512 \
         odoo-pbkdf2-sha512 phc-pbkdf2 grub-pbkdf2-sha512 mattermost-pbkdf2 web2py-pbkdf2 mediawiki-pbkdf2 cisco-type8 \
         macos-pbkdf2 colon-pbkdf2-sha256 colon-pbkdf2-sha512",
    ),
    row(
        "PBKDF2 with SHA-256 or SHA-512 of Spring Security, ASP.NET Identity 3, Keycloak",
        ImportFrom4096,
        Certain,
        "spring-pbkdf2-v5_8 aspnet-identity-v3-sha256 aspnet-identity-v3-sha512 keycloak-pbkdf2-sha256 keycloak-pbkdf2-sha512",
    ),
    row(
        "PBKDF2 with SHA-256 or SHA-512 behind an LDAP label: OpenLDAP, 389 DS, OpenDJ, PingDS",
        ImportFrom4096,
        Certain,
        "openldap-pbkdf2-sha256 openldap-pbkdf2-sha512 389ds-pbkdf2-sha256 389ds-pbkdf2-sha512 389ds-pbkdf2_sha256 \
         opendj-pbkdf2-sha256 opendj-pbkdf2-sha512",
    ),
    row(
        "PBKDF2 in columns: Symfony, Passport (Mongoose), Discourse, Gitea, Grafana, SonarQube, Tomcat, bare Spring, any other as described",
        ImportFrom4096,
        Stated,
        "symfony-pbkdf2 symfony-pbkdf2-10k passport-local-mongoose discourse-pbkdf2 gitea-pbkdf2 grafana-pbkdf2 \
         sonarqube-pbkdf2 tomcat-pbkdf2-sha256 tomcat-pbkdf2-sha512 spring-pbkdf2-bare-v5_8 spring-pbkdf2-sha512 \
         spring-pbkdf2-base64 spring-pbkdf2-site-secret pbkdf2",
    ),
    row(
        "PBKDF2 with SHA-1: Django, Werkzeug, passlib, Cryptacular, Atlassian, ApacheDS, Spring up to 5.7, ASP.NET Identity 1 and 2, \
         SimpleMembership, Keycloak, LDAP, Dovecot, Defuse, Liferay",
        Hook,
        Certain,
        "django-pbkdf2-sha1 werkzeug-pbkdf2-sha1 passlib-pbkdf2-sha1 passlib-cta-pbkdf2-sha1 passlib-dlitz-pbkdf2-sha1 \
         atlassian-pkcs5s2 apacheds-pkcs5s2 spring-pbkdf2-v5_5 aspnet-identity-v2 dotnet-simplemembership \
         aspnet-identity-v3-sha1 keycloak-pbkdf2-sha1 openldap-pbkdf2-sha1 389ds-pbkdf2-sha1 opendj-pbkdf2-sha1 dovecot-pbkdf2 \
         colon-pbkdf2-sha1 defuse-passwordstorage liferay-pbkdf2-sha1",
    ),
    row(
        "PBKDF2 with SHA-1, told by nothing: bare Spring up to 5.7, Tomcat",
        Hook,
        Stated,
        "spring-pbkdf2-bare-v5_5 tomcat-pbkdf2-sha1",
    ),
    row("PBKDF2 over an NT hash (Azure AD Connect)", Hook, Certain, "azure-ad-connect"),
    row(
        "scrypt: Spring, lambdaworks, Django, Werkzeug, PHC strings, Ory Kratos, crypt(3) `$7$`, better-auth, Lucia, Ruby, Rust, Cisco 9",
        Hook,
        Certain,
        "spring-scrypt-v4_1 spring-scrypt-v5_8 lambdaworks-s0-scrypt django-scrypt werkzeug-scrypt phc-scrypt crypt-scrypt-7 \
         better-auth-scrypt lucia-scrypt ruby-scrypt rscrypt cisco-type9",
    ),
    row("Firebase's scrypt, with the project's parameters", Hook, Stated, "firebase-scrypt"),
    row(
        "Firebase's scrypt with the parameters in the string: Supabase (`$fbscrypt$`), Ory Kratos, Zitadel",
        Hook,
        Certain,
        "firebase-scrypt-string",
    ),
    row("Argon2 and scrypt in columns: Gitea, Forgejo", Hook, Stated, "gitea-argon2 gitea-scrypt"),
    row(
        "Argon2: PHP, Laravel, Symfony, libsodium, Spring, Django, Nextcloud, OpenLDAP, Dovecot, Keycloak, Shiro 2, Magento 2",
        Hook,
        Certain,
        "argon2id argon2i argon2d argon2-v16 php-argon2id laravel-argon2id symfony-sodium-argon2id spring-argon2-v5_2 \
         spring-argon2-v5_8 django-argon2 nextcloud-2-argon2i nextcloud-3-argon2id openldap-argon2 dovecot-argon2i \
         ldap-crypt-argon2 keycloak-argon2 shiro2-argon2 magento2-2 magento2-3",
    ),
    row(
        "MD5 crypt: `$1$`, Apache's `$apr1$`, bare and behind LDAP and Dovecot labels",
        Hook,
        Certain,
        "crypt-md5 apache-apr1 ldap-crypt-md5 dovecot-md5-is-md5crypt openldap-bsdmd5 openldap-apr1",
    ),
    row(
        "SHA crypt: `$5$`, `$6$`, bare and behind LDAP and Dovecot labels",
        Hook,
        Certain,
        "crypt-sha256 crypt-sha256-rounds crypt-sha512 crypt-sha512-rounds ldap-crypt-sha256 ldap-crypt-sha512 \
         dovecot-sha256-crypt dovecot-sha512-crypt",
    ),
    row("yescrypt (`$y$`)", Hook, Certain, "crypt-yescrypt"),
    row(
        "DES crypt, BSDi's DES crypt; NetBSD's `$sha1$`; FreeBSD's `$3$`",
        Hook,
        Certain,
        "crypt-des ldap-crypt-des dovecot-des-crypt django-crypt crypt-bsdi crypt-sha1-netbsd crypt-nthash-3",
    ),
    row(
        "SunMD5, gost-yescrypt, AIX' `{smd5}`, `{ssha1}`, `{ssha256}`, `{ssha512}`",
        Reset,
        Certain,
        "crypt-sunmd5 crypt-gost-yescrypt 389ds-gost-yescrypt aix-smd5 aix-ssha1 aix-ssha256 aix-ssha512",
    ),
    row("phpass: WordPress up to 6.7, phpBB 3", Hook, Certain, "phpass-P phpass-P-node phpass-H"),
    row("Drupal 7 to 10.0", Hook, Certain, "drupal7-S drupal7-U"),
    row(
        "MD5, SHA-1, SHA-256, SHA-512, one round, no salt, in hex or Base64",
        Import,
        Stated,
        "hex-md5 hex-sha1 hex-sha256 hex-sha512 hex-upper-md5 hex-upper-sha1 hex-upper-sha256 hex-upper-sha512 base64-md5 \
         base64-sha1 base64-sha256 base64-sha512",
    ),
    row(
        "The same with a salt from another column, in front or behind, as text, hex or Base64",
        Import,
        Stated,
        "salted-digest",
    ),
    row(
        "SHA-224, SHA-384",
        Hook,
        Stated,
        "hex-sha224 hex-sha384 hex-upper-sha224 hex-upper-sha384 base64-sha224 base64-sha384",
    ),
    row(
        "LDAP `{SSHA}`, `{SHA}`, `{SMD5}`, `{MD5}`, `{SSHA256}`, `{SSHA512}` … in Base64 or hex: OpenLDAP, 389 DS, ApacheDS, Dovecot, Spring",
        Import,
        Certain,
        "ldap-ssha ldap-sha ldap-smd5 ldap-md5 ldap-ssha256 ldap-sha256 ldap-ssha512 ldap-sha512 389ds-ssha apacheds-ssha \
         dovecot-ssha spring-ldap-ssha spring-ldap-ssha-lower ldap-hex-md5 ldap-hex-sha ldap-hex-sha512 dovecot-plain-md5 \
         dovecot-ssha-hex dovecot-smd5-hex dovecot-ssha256-hex dovecot-ssha512-hex",
    ),
    row("`{SHA256}` with 64 hex digits", Import, Stated, "ldap-hex-sha256"),
    row(
        "LDAP `{SSHA384}`, `{SHA384}`",
        Hook,
        Certain,
        "ldap-ssha384 ldap-sha384 dovecot-ssha384-hex ldap-hex-sha384",
    ),
    row(
        "Spring's message digests: `{MD5}`, `{SHA-1}`, `{SHA-256}`, `{SHA-512}`, with `{salt}` or without",
        Import,
        Certain,
        "spring-MD5 spring-SHA-1 spring-SHA-256 spring-SHA-512",
    ),
    row(
        "Spring's `{MD4}`, and `{sha256}` of its standard encoder",
        Hook,
        Certain,
        "spring-MD4 spring-sha256-standard",
    ),
    row(
        "Spring's message digests with a salt column, or without a label",
        Import,
        Stated,
        "spring-legacy-salt-column spring-SHA-256-base64 symfony-messagedigest-1",
    ),
    row(
        "Spring's digests in several rounds, or with a site-wide secret",
        Hook,
        Stated,
        "spring-SHA-256-iterated spring-sha256-standard-site-secret",
    ),
    row(
        "Django's unsalted digests (`sha1$$`, `md5$$`)",
        Import,
        Certain,
        "django-unsalted-sha1 django-unsalted-md5",
    ),
    row(
        "`sha1$salt$hex` of early Django or web2py",
        Import,
        Stated,
        "django-sha1 django-md5 web2py-md5 web2py-sha1 web2py-sha256 web2py-sha512",
    ),
    row("The same with SHA-224 or SHA-384", Hook, Stated, "web2py-sha224 web2py-sha384"),
    row(
        "`sha1$salt$hex` of Werkzeug before 2.3 (an HMAC)",
        Hook,
        Stated,
        "werkzeug-legacy-hmac-md5 werkzeug-legacy-hmac-sha1 werkzeug-legacy-hmac-sha224 werkzeug-legacy-hmac-sha256 \
         werkzeug-legacy-hmac-sha384 werkzeug-legacy-hmac-sha512",
    ),
    row(
        "Digests with a template or a side in the string: Ory Kratos (`$md5$pf=…`, `$sha256$pf=…`), Zitadel (`$md5salted-suffix$`)",
        Import,
        Certain,
        "kratos-md5 kratos-sha1 kratos-sha256 kratos-sha512 zitadel-md5salted",
    ),
    row(
        "Ory Kratos' HMACs, and templates with text on both sides; AuthMe; Apache OFBiz (`$SHA$`)",
        Hook,
        Certain,
        "kratos-template kratos-hmac authme-sha256 ofbiz-sha1",
    ),
    row("npm's password-hash", Hook, Certain, "npm-password-hash"),
    row(
        "`hex:salt` of Joomla 1.5 to 2.5, Magento 1, osCommerce, Zen Cart",
        Import,
        Stated,
        "joomla15-md5 joomla-sha256-bare magento1-md5 magento1-sha256 oscommerce-md5",
    ),
    row("Joomla's `{SHA256}hex:salt`", Import, Certain, "joomla-sha256"),
    row("Magento 2, versions 0 and 1", Import, Certain, "magento2-0 magento2-1"),
    row("Magento 2, upgraded values", Hook, Certain, "magento2-0+1 magento2-1+3"),
    row("MediaWiki `:A:`", Import, Certain, "mediawiki-A"),
    row("MediaWiki `:B:`", Hook, Certain, "mediawiki-B"),
    row(
        "Apache Shiro 1, one round",
        Import,
        Certain,
        "shiro1-md5-1 shiro1-sha1-1 shiro1-sha256-1 shiro1-sha512-1",
    ),
    row(
        "Apache Shiro 1, several rounds",
        Hook,
        Certain,
        "shiro1-md5 shiro1-sha1 shiro1-sha256-500000 shiro1-sha512-1024",
    ),
    row(
        "Tomcat's message digests, one round",
        Import,
        Stated,
        "tomcat-md5-1 tomcat-sha1-1 tomcat-sha256-1 tomcat-sha512-1",
    ),
    row(
        "Tomcat's message digests, several rounds",
        Hook,
        Stated,
        "tomcat-md5 tomcat-sha1 tomcat-sha256 tomcat-sha512-1000",
    ),
    row("Jasypt, one iteration", Import, Stated, "jasypt-1-iteration"),
    row("Jasypt basic and strong", Hook, Stated, "jasypt-basic-md5 jasypt-strong-sha256"),
    row(
        "vBulletin, MyBB, Invision, OpenCart, XenForo 1, Redmine, restful_authentication, Symfony with 5000 rounds",
        Hook,
        Stated,
        "vbulletin vbulletin-text mybb-ipb opencart xenforo1-sha256 xenforo1-sha1 redmine-sha1 restful-auth-sha1 symfony-messagedigest-5000",
    ),
    row(
        "Digests of digests, HMACs, salts on both sides, several rounds, other encodings of the password: as described",
        Hook,
        Stated,
        "md5-of-sha1 salt-sandwich-sha256 hmac-sha256-key-salt hmac-sha256-key-pass iterated-sha512-1000 \
         sha256-utf16le-prefix",
    ),
    row(
        "A digest described in the Map step: moves where it is one plain round over the password in UTF-8",
        Import,
        Stated,
        "stated-digest",
    ),
    row("Simple Machines Forum; HTTP digest", Import, Stated, "smf-sha1 http-digest-ha1"),
    row("Dovecot's `{DIGEST-MD5}`", Import, Named, "dovecot-digest-md5"),
    row(
        "One salt for everybody: CakePHP 2, PrestaShop 1.6",
        Import,
        Stated,
        "site-salt-md5 site-salt-sha1 site-salt-sha256 site-salt-sha512",
    ),
    row("FSHP", Hook, Certain, "fshp"),
    row("PostgreSQL `md5…`", Import, Named, "postgres-md5"),
    row("PostgreSQL SCRAM-SHA-256", Hook, Certain, "postgres-scram-sha-256"),
    row("MySQL 4.1 to 5.7 (`*…`), MySQL 8 (`$A$005$`)", Hook, Certain, "mysql41 mysql8-caching-sha2"),
    row("MySQL before 4.1", Hook, Stated, "mysql323"),
    row("Oracle 11 (`S:`)", Import, Certain, "oracle11-S"),
    row("Oracle 12 (`T:`)", Hook, Certain, "oracle12-T"),
    row("SQL Server 2000, 2005, 2012", Hook, Certain, "mssql2000 mssql2005 mssql2012"),
    row(
        "NT hash; ASP.NET Membership; PeopleSoft",
        Hook,
        Stated,
        "nt-hash aspnet-membership-sha1 aspnet-membership-sha256 aspnet-membership-hmacsha256 peoplesoft",
    ),
    row(
        "LM, Oracle 10, MariaDB ed25519; encrypted passwords (ASP.NET format 2, Cisco 7, `{AES}` …); keys of Dovecot's protocols",
        Reset,
        Stated,
        "lm-hash oracle10 mariadb-ed25519 aspnet-encrypted cisco-type7 reversible dovecot-cram-md5 dovecot-scram-sha1 \
         dovecot-scram-sha256 dovecot-otp dovecot-rpa",
    ),
    row(
        "Clear text behind a label: `{noop}`, `{PLAIN}`, `{CLEARTEXT}`, `plain$$`",
        PlainText,
        Certain,
        "spring-noop dovecot-plain ldap-cleartext werkzeug-plain",
    ),
    row("Clear text", PlainText, Stated, "plaintext"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_id_stands_twice() {
        let mut seen = BTreeSet::new();
        for id in FORMATS.iter().flat_map(Format::ids) {
            assert!(seen.insert(id), "{id} stands twice");
        }
    }

    /// The reference's list of format ids (`tests/data/password-schemes.txt`), each of which has to be known here.
    #[test]
    fn every_format_id_of_the_reference_is_listed() {
        let list = include_str!("../../tests/data/password-schemes.txt");
        let missing: Vec<&str> = list.split_ascii_whitespace().filter(|id| format_of(id).is_none()).collect();
        assert!(missing.is_empty(), "not listed: {}", missing.join(" "));
        assert!(list.split_ascii_whitespace().count() >= 240);
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../README.md");
        assert!(
            readme.contains(&table()),
            "README.md, section Which passwords move, should hold:\n{}",
            table()
        );
    }
}
