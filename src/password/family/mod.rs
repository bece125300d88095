//! One file a family: the grammar of its values, and who writes them.

pub(crate) mod argon2;
pub(crate) mod aspnet;
pub(crate) mod bare_digest;
pub(crate) mod bcrypt;
pub(crate) mod clear_text;
pub(crate) mod databases;
pub(crate) mod django;
pub(crate) mod dollar_hex;
pub(crate) mod hex_colon;
pub(crate) mod java;
pub(crate) mod keycloak;
pub(crate) mod ldap;
pub(crate) mod ldap_pbkdf2;
pub(crate) mod magento;
pub(crate) mod markers;
pub(crate) mod md5_crypt;
pub(crate) mod passlib;
pub(crate) mod pbkdf2_text;
pub(crate) mod phpass;
pub(crate) mod prepared_bcrypt;
pub(crate) mod scrypt_text;
pub(crate) mod sha_crypt;
pub(crate) mod spring;
pub(crate) mod werkzeug;
pub(crate) mod wrapped;
pub(crate) mod yescrypt;
