//! Every family, once, in the order they are asked.
//!
//! Families with marks of their own (a label, an id, a prefix) come first and never compete; what has no marks (bare
//! digests, clear text) comes last.

use std::sync::LazyLock;

use super::family;
use super::scheme::Scheme;

/// A family whose values may begin with anything, or be empty.
const ANY: &[u8] = b"";
/// Hexadecimal digits.
const HEX: &[u8] = b"0123456789ABCDEFabcdef";

/// All families, each with the bytes that its values can begin with: a family that isn't asked takes no time.
pub(crate) static FAMILIES: &[(&[u8], &dyn Scheme)] = &[
    (b"$#{b1", &family::bcrypt::Bcrypt),
    (b"!*NRTX{nrtx", &family::markers::Markers),
    (b"\\0Je", &family::wrapped::Encoded),
    (b"a", &family::wrapped::Serialised),
    (b"#-0123456789", &family::markers::Spreadsheet),
    (b"$", &family::kratos::Kratos),
    (b"$b", &family::prepared_bcrypt::PreparedBcrypt),
    (b"mps", &family::django::Django),
    (b"{", &family::spring::Spring),
    (b"$23a{", &family::argon2::Argon2),
    (b"${", &family::md5_crypt::Md5Crypt),
    (b"${", &family::sha_crypt::ShaCrypt),
    (b"${", &family::yescrypt::Yescrypt),
    (b"$U", &family::phpass::Phpass),
    (b"U", &family::phpass::Upgraded),
    (b"{0123456789ABCDEFabcdef", &family::hex_colon::HexColon),
    (b"{", &family::ldap::Ldap),
    (b"A{", &family::ldap_pbkdf2::LdapPbkdf2),
    (b"$", &family::passlib::Passlib),
    (b"$s0123456789ABCDEFabcdef", &family::scrypt_text::ScryptText),
    (b"$:gps", &family::pbkdf2_text::Pbkdf2Text),
    (b"$", &family::java::Shiro),
    (b"ps", &family::werkzeug::Werkzeug),
    (b"{", &family::keycloak::Keycloak),
    (b"${", &family::odd_crypts::OddCrypts),
    (ANY, &family::des_crypt::DesCrypt),
    (b"{", &family::folded::DigestMd5),
    (b"{", &family::uncomputed::Labelled),
    (b"v{", &family::nested::Nested),
    (b"p{", &family::clear_text::Labelled),
    (b"{", &family::wrapped::Labelled),
    (b"*0HSTm", &family::databases::Databases),
    (b"ms", &family::dollar_hex::DollarHex),
    (HEX, &family::java::Tomcat),
    (HEX, &family::magento::Magento),
    (b"A", &family::aspnet::AspNet),
    (b"MNOQRYZ", &family::wrapped::Hexed),
    (ANY, &family::products::Products),
    (HEX, &family::specified::Specified),
    (ANY, &family::columns::Columns),
    (ANY, &family::folded::Folded),
    (ANY, &family::uncomputed::Stated),
    (ANY, &family::bare_digest::BareDigest),
    (ANY, &family::clear_text::Stated),
    (ANY, &family::bare_digest::Misfit),
];

/// The families to ask, in their order, by a value's first byte.
static BY_FIRST_BYTE: LazyLock<[Vec<&'static dyn Scheme>; 256]> = LazyLock::new(|| {
    std::array::from_fn(|first| {
        let asked = FAMILIES
            .iter()
            .filter(|(marks, _)| marks.is_empty() || marks.iter().any(|mark| usize::from(*mark) == first));
        asked.map(|(_, family)| *family).collect()
    })
});

/// The families that can know a value, in their order. What is empty has no first byte: the markers know it.
pub(crate) fn families(text: &[u8]) -> &'static [&'static dyn Scheme] {
    static NOTHING: [&dyn Scheme; 1] = [&family::markers::Markers];
    text.first().map_or(&NOTHING, |first| &BY_FIRST_BYTE[usize::from(*first)])
}

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
    ("magento1-md5", &["oscommerce-md5"]),
    ("spring-legacy-salt-column", &["symfony-messagedigest-1"]),
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
