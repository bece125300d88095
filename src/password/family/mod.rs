//! One file a family: the grammar of its values, and who writes them.

pub(crate) mod argon2;
pub(crate) mod aspnet;
pub(crate) mod bare_digest;
pub(crate) mod bcrypt;
pub(crate) mod clear_text;
pub(crate) mod django;
pub(crate) mod keycloak;
pub(crate) mod ldap;
pub(crate) mod ldap_pbkdf2;
pub(crate) mod markers;
pub(crate) mod passlib;
pub(crate) mod prepared_bcrypt;
pub(crate) mod spring;
pub(crate) mod werkzeug;
pub(crate) mod wrapped;
