//! Every family, once, in the order they are asked.
//!
//! Families with marks of their own (a label, an id, a prefix) come first and never compete; what has no marks (bare
//! digests, clear text) comes last.

use super::family;
use super::scheme::Scheme;

/// All families.
pub(crate) static FAMILIES: &[&dyn Scheme] = &[
    &family::markers::Markers,
    &family::bcrypt::Bcrypt,
    &family::wrapped::Encoded,
    &family::prepared_bcrypt::PreparedBcrypt,
    &family::django::Django,
    &family::spring::Spring,
    &family::argon2::Argon2,
    &family::ldap::Ldap,
    &family::ldap_pbkdf2::LdapPbkdf2,
    &family::passlib::Passlib,
    &family::werkzeug::Werkzeug,
    &family::keycloak::Keycloak,
    &family::clear_text::Labelled,
    &family::wrapped::Labelled,
    &family::aspnet::AspNet,
    &family::bare_digest::BareDigest,
    &family::clear_text::Stated,
];
