//! What people call a scheme: the words `assume` takes beside the ids, as they come in tickets and in `--assume`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use super::catalogue::{format_of, formats};
use super::stated::stated;
use super::systems::TOLD_APART;

/// Products' names and plain words, and the id each stands for.
static NAMES: [(&str, &str); 74] = [
    ("sha-1", "sha1"),
    ("sha-224", "sha224"),
    ("sha-256", "sha256"),
    ("sha2-256", "sha256"),
    ("sha-384", "sha384"),
    ("sha-512", "sha512"),
    ("sha2-512", "sha512"),
    ("raw-md5", "md5"),
    ("raw-sha1", "sha1"),
    ("raw-sha256", "sha256"),
    ("raw-sha512", "sha512"),
    ("plain", "plaintext"),
    ("plain-text", "plaintext"),
    ("clear", "plaintext"),
    ("cleartext", "plaintext"),
    ("clear-text", "plaintext"),
    ("nt", "nt-hash"),
    ("ntlm", "nt-hash"),
    ("nthash", "nt-hash"),
    ("lm", "lm-hash"),
    ("lanman", "lm-hash"),
    ("meteor", "meteor-bcrypt"),
    ("rocket.chat", "meteor-bcrypt"),
    ("rocketchat", "meteor-bcrypt"),
    ("wekan", "meteor-bcrypt"),
    ("freeipa", "nt-hash"),
    ("ipanthash", "nt-hash"),
    ("sambantpassword", "nt-hash"),
    ("samba", "nt-hash"),
    ("sambalmpassword", "lm-hash"),
    ("redmine", "redmine-sha1"),
    ("discuz", "vbulletin"),
    ("ucenter", "vbulletin"),
    ("forgejo", "gitea-pbkdf2"),
    ("devise", "devise-bcrypt"),
    ("discourse", "discourse-pbkdf2"),
    ("gitea", "gitea-pbkdf2"),
    ("grafana", "grafana-pbkdf2"),
    ("sonarqube", "sonarqube-pbkdf2"),
    ("sonar", "sonarqube-pbkdf2"),
    ("passport", "passport-local-mongoose"),
    ("mongoose", "passport-local-mongoose"),
    ("firebase", "firebase-scrypt"),
    ("mybb", "mybb-ipb"),
    ("ipb", "mybb-ipb"),
    ("invision", "mybb-ipb"),
    ("invision-power-board", "mybb-ipb"),
    ("xenforo", "xenforo1-sha256"),
    ("xenforo-1", "xenforo1-sha256"),
    ("restful-authentication", "restful-auth-sha1"),
    ("smf", "smf-sha1"),
    ("simple-machines-forum", "smf-sha1"),
    ("simple-machines", "smf-sha1"),
    ("cakephp", "site-salt-sha1"),
    ("cakephp-2", "site-salt-sha1"),
    ("prestashop", "site-salt-md5"),
    ("prestashop-1.6", "site-salt-md5"),
    ("magento-1", "magento1-md5"),
    ("zen-cart", "magento1-md5"),
    ("zencart", "magento1-md5"),
    ("xt-commerce", "magento1-md5"),
    ("oscommerce", "oscommerce-md5"),
    ("joomla-1.5", "joomla15-md5"),
    ("joomla-2.5", "joomla15-md5"),
    ("htdigest", "http-digest-ha1"),
    ("http-digest", "http-digest-ha1"),
    ("digest-auth", "http-digest-ha1"),
    ("ha1", "http-digest-ha1"),
    ("old-password", "mysql323"),
    ("mysql-old-password", "mysql323"),
    ("oracle-10", "oracle10"),
    ("oracle-10g", "oracle10"),
    ("ed25519", "mariadb-ed25519"),
    ("flask", "werkzeug"),
];

/// Products and methods whose values name themselves: known, and nothing more is said by them. Beside [`TOLD_APART`].
static THEMSELVES: [&str; 64] = [
    "bcrypt",
    "argon2",
    "scrypt",
    "pbkdf2",
    "phpass",
    "wordpress",
    "drupal",
    "laravel",
    "symfony",
    "rails",
    "php",
    "node",
    "go",
    "ruby",
    "ldap",
    "openldap",
    "389ds",
    "apacheds",
    "dovecot",
    "spring",
    "spring-security",
    "asp.net-identity",
    "aspnet-identity",
    "keycloak",
    "auth0",
    "supabase",
    "atlassian",
    "jira",
    "crowd",
    "nextcloud",
    "jenkins",
    "postgresql",
    "postgres",
    "mysql",
    "shiro",
    "crypt",
    "yescrypt",
    "argon2id",
    "argon2i",
    "magento-2",
    "opencart-3",
    "opencart-4",
    "prestashop-1.7",
    "prestashop-8",
    "joomla-3",
    "joomla-4",
    "flarum",
    "mattermost",
    "authelia",
    "liferay",
    "ofbiz",
    "ghost",
    "strapi",
    "directus",
    "gitlab",
    "mastodon",
    "typo3",
    "mediawiki",
    "invision-4",
    "odoo",
    "parse",
    "hasura",
    "grav",
    "craft",
];

/// The id that a word stands for, or the word itself where it is one that is known. `None` where nobody knows it.
pub(crate) fn scheme(word: &str) -> Option<Cow<'_, str>> {
    let word = word.trim();
    let ids = || formats().iter().flat_map(super::Format::ids).chain(stated().iter().map(|s| s.id));
    if ids().any(|id| id.eq_ignore_ascii_case(word)) {
        return Some(Cow::Borrowed(word));
    }
    let plain: String = word
        .to_ascii_lowercase()
        .split([' ', '_', '-', '/', ':'])
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    // `salted-sha1-prefix-hex-textsalt`, in any case.
    if plain.starts_with("salted-") && super::family::described::is_layout(&plain) {
        return Some(Cow::Owned(plain));
    }
    if let Some((_, id)) = NAMES.iter().find(|(name, _)| *name == plain) {
        return Some(Cow::Borrowed(id));
    }
    if let Some(id) = super::systems::id_of(&plain) {
        return Some(Cow::Borrowed(id));
    }
    if super::family::specified::is_specification(word) {
        return Some(Cow::Borrowed(word));
    }
    let layout = plain.starts_with("salted-");
    if TOLD_APART.contains(&plain.as_str())
        || THEMSELVES.contains(&plain.as_str())
        || (!layout && format_of(&plain).is_some())
    {
        return Some(Cow::Owned(plain));
    }
    let label = stated().iter().find(|statement| statement.label.eq_ignore_ascii_case(word));
    label.map(|statement| Cow::Borrowed(statement.id))
}

/// The scheme that the name of an attribute or column says its values are: directories name their hashes so.
pub fn of_attribute(name: &str) -> Option<&'static str> {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    match plain.as_str() {
        "ipanthash" | "sambantpassword" | "nthash" | "ntpassword" | "ntlmhash" | "ntlm" => Some("nt-hash"),
        "sambalmpassword" | "lmhash" | "lmpassword" => Some("lm-hash"),
        _ => None,
    }
}

/// Whether a word that stands in settings is known. Asked of everyone's password: the words there are, are gathered once.
pub(crate) fn is_known(word: &str) -> bool {
    static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let ids = formats().iter().flat_map(super::Format::ids).chain(stated().iter().map(|s| s.id));
        ids.map(str::to_ascii_lowercase).collect()
    });
    let plain = word.trim();
    KNOWN.contains(plain)
        || (plain.bytes().any(|byte| byte.is_ascii_uppercase())
            && KNOWN.contains(&plain.to_ascii_lowercase()))
        || knows(plain)
}

/// Whether `assume` can take this word: a scheme's id, a product's name, or what people call a digest.
pub fn knows(word: &str) -> bool {
    scheme(word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_ids_that_are_known() {
        for (_, id) in &NAMES {
            assert!(scheme(id).is_some(), "{id}");
        }
        for (word, id) in [
            ("SHA-256", "sha256"),
            (" md5 ", "md5"),
            ("Clear text", "plaintext"),
            ("NTLM", "nt-hash"),
            ("Simple Machines Forum", "smf-sha1"),
            ("NT hash (Windows)", "nt-hash"),
            ("hex_sha256", "hex-sha256"),
            ("389ds-pbkdf2_sha256", "389ds-pbkdf2_sha256"),
            ("Salted-SHA1-prefix-hex-textsalt", "salted-sha1-prefix-hex-textsalt"),
            ("Django", "django"),
        ] {
            assert_eq!(scheme(word).as_deref(), Some(id), "{word}");
        }
        for word in ["", "foo", "salted-sha3-prefix", "md55"] {
            assert_eq!(scheme(word), None, "{word}");
        }
    }
}
