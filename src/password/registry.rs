//! Every family, once, in the order they are asked.
//!
//! Families with marks of their own (a label, an id, a prefix) come first and never compete; what has no marks (bare
//! digests, clear text) comes last.

use super::family;
use super::scheme::Scheme;

/// All families.
pub(crate) static FAMILIES: &[&dyn Scheme] = &[
    &family::bcrypt::Bcrypt,
    &family::markers::Markers,
    &family::wrapped::Encoded,
    &family::prepared_bcrypt::PreparedBcrypt,
    &family::django::Django,
    &family::spring::Spring,
    &family::argon2::Argon2,
    &family::md5_crypt::Md5Crypt,
    &family::sha_crypt::ShaCrypt,
    &family::yescrypt::Yescrypt,
    &family::phpass::Phpass,
    &family::hex_colon::HexColon,
    &family::ldap::Ldap,
    &family::ldap_pbkdf2::LdapPbkdf2,
    &family::passlib::Passlib,
    &family::scrypt_text::ScryptText,
    &family::pbkdf2_text::Pbkdf2Text,
    &family::java::Shiro,
    &family::werkzeug::Werkzeug,
    &family::keycloak::Keycloak,
    &family::odd_crypts::OddCrypts,
    &family::des_crypt::DesCrypt,
    &family::folded::DigestMd5,
    &family::uncomputed::Labelled,
    &family::nested::Nested,
    &family::clear_text::Labelled,
    &family::wrapped::Labelled,
    &family::databases::Databases,
    &family::dollar_hex::DollarHex,
    &family::java::Tomcat,
    &family::magento::Magento,
    &family::aspnet::AspNet,
    &family::products::Products,
    &family::columns::Columns,
    &family::folded::Folded,
    &family::uncomputed::Stated,
    &family::bare_digest::BareDigest,
    &family::clear_text::Stated,
    &family::bare_digest::Misfit,
];

/// Ids of products that write the very same values as another: the id that [`super::read()`] gives, and the others.
static SAME: &[(&str, &[&str])] = &[
    ("bcrypt-2a", &["rails-has-secure-password", "devise-bcrypt"]),
    ("bcrypt-2b", &["bcrypt-2b-node"]),
    ("bcrypt-2y", &["laravel-bcrypt", "bcrypt-2y-htpasswd", "symfony-native-bcrypt"]),
    ("passlib-pbkdf2-sha512", &["odoo-pbkdf2-sha512"]),
    ("atlassian-pkcs5s2", &["apacheds-pkcs5s2"]),
    ("aspnet-identity-v2", &["dotnet-simplemembership"]),
    ("argon2id", &["php-argon2id", "laravel-argon2id", "symfony-sodium-argon2id"]),
    ("phpass-P", &["phpass-P-node"]),
    ("ldap-ssha", &["389ds-ssha", "apacheds-ssha", "dovecot-ssha"]),
    ("spring-ldap-ssha", &["spring-ldap-ssha-lower"]),
    ("crypt-gost-yescrypt", &["389ds-gost-yescrypt"]),
    ("hex-md5", &["hex-upper-md5"]),
    ("hex-sha1", &["hex-upper-sha1"]),
    ("hex-sha224", &["hex-upper-sha224"]),
    ("hex-sha256", &["hex-upper-sha256"]),
    ("hex-sha384", &["hex-upper-sha384"]),
    ("hex-sha512", &["hex-upper-sha512"]),
];

/// The scheme and every other id whose values look and are computed the same. The first is the scheme itself.
pub(crate) fn equivalents(scheme: &'static str) -> Vec<&'static str> {
    let others = SAME.iter().find(|(id, _)| *id == scheme).map_or(&[][..], |(_, others)| others);
    std::iter::once(scheme).chain(others.iter().copied()).collect()
}

/// The id as it is listed, if `stated` is the scheme or another id of the same values.
pub(crate) fn alias_of(stated: &str, scheme: &'static str) -> Option<&'static str> {
    equivalents(scheme).into_iter().find(|id| id.eq_ignore_ascii_case(stated))
}
