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
    &family::clear_text::Labelled,
    &family::wrapped::Labelled,
    &family::databases::Databases,
    &family::dollar_hex::DollarHex,
    &family::java::Tomcat,
    &family::magento::Magento,
    &family::aspnet::AspNet,
    &family::products::Products,
    &family::bare_digest::BareDigest,
    &family::clear_text::Stated,
];
