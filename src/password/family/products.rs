//! Digests in columns that only one product computes so. Nothing in the text says which: they are read this way only
//! when the administrator states the product's id (`assume`).
//!
//! | id | computed as | Okta |
//! | --- | --- | --- |
//! | `nt-hash` | MD4(password in UTF-16LE) | hook |
//! | `vbulletin` | MD5(hex MD5(password) ‖ salt) | hook |
//! | `mybb-ipb` | MD5(hex MD5(salt) ‖ hex MD5(password)) | hook |
//! | `opencart` | SHA-1(salt ‖ hex SHA-1(salt ‖ hex SHA-1(password))) | hook |
//! | `restful-auth-sha1` | SHA-1(`--` salt `--` password `--`) | hook |
//! | `redmine-sha1` | SHA-1(salt ‖ hex SHA-1(password)) | hook |
//! | `xenforo1-sha1` | SHA-1(hex SHA-1(password) ‖ salt) | hook |
//! | `xenforo1-sha256` | SHA-256(hex SHA-256(password) ‖ salt) | hook |
//! | `salt-sandwich-sha256` | SHA-256(salt ‖ password ‖ salt) | hook |
//! | `hmac-sha256-key-salt`, `-key-pass` | HMAC-SHA-256 with salt or password as key | hook |
//! | `md5-of-sha1` | MD5(hex SHA-1(password)) | hook |
//! | `iterated-sha512-1000` | SHA-512(salt ‖ password), then 999 times SHA-512 | hook |
//! | `sha256-utf16le-prefix`, `aspnet-membership-*`, `peoplesoft` | over UTF-16LE | hook |
//! | `symfony-messagedigest-5000` | SHA-512, 5000 rounds | hook |
//! | `jasypt-basic-md5`, `jasypt-strong-sha256` | salt in front of the digest, 1000 and 100,000 rounds, NFC | hook |
//! | `mysql323` | MySQL's `OLD_PASSWORD` | hook |

use unicode_normalization::UnicodeNormalization as _;

use crate::model::TextEncoding;
use crate::password::kernel::digest::Hash;
use crate::password::kernel::hmac::hmac;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::md4::{nt_hash, utf16};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Digests that only one product computes so.
pub(crate) struct Products;

/// What a product needs beside the digest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Salt {
    None,
    Text,
    Base64,
    /// In front of the digest, so many bytes.
    InFront(usize),
}

/// A product whose values only the hook can check.
struct Product {
    id: &'static str,
    label: &'static str,
    words: &'static str,
    base64: bool,
    len: usize,
    salt: Salt,
    rounds: u32,
    /// The digest from salt and password.
    compute: fn(&[u8], &[u8]) -> Bytes,
}

const NESTED: &str = "Okta computes one plain digest over the password, and this is not one";

fn hex(bytes: &[u8]) -> Bytes {
    Bytes::new(hex::encode(bytes).into_bytes())
}

fn nfc(password: &[u8]) -> Bytes {
    match std::str::from_utf8(password) {
        Ok(text) => Bytes::new(text.nfc().collect::<String>().into_bytes()),
        Err(_) => text::bytes(password),
    }
}

fn iterate(hash: Hash, first: Bytes, rounds: u32) -> Bytes {
    (1..rounds).fold(first, |digest, _| hash.of(&[&digest]))
}

/// MySQL before 4.1: two numbers of 31 bits; blanks and tabs don't count.
fn mysql323(password: &[u8]) -> Bytes {
    let (mut one, mut two, mut add) = (1_345_345_333_u32, 0x1234_5671_u32, 7_u32);
    for byte in password.iter().filter(|b| !b" \t".contains(b)) {
        let byte = u32::from(*byte);
        one ^= (one & 63).wrapping_add(add).wrapping_mul(byte).wrapping_add(one << 8);
        two = two.wrapping_add((two << 8) ^ one);
        add = add.wrapping_add(byte);
    }
    let mut out = Bytes::new(Vec::with_capacity(8));
    out.extend_from_slice(&(one & 0x7fff_ffff).to_be_bytes());
    out.extend_from_slice(&(two & 0x7fff_ffff).to_be_bytes());
    out
}

macro_rules! product {
    ($id:literal, $label:literal, $words:literal, $base64:literal, $len:literal, $salt:expr, $rounds:literal, $compute:expr) => {
        Product {
            id: $id,
            label: $label,
            words: $words,
            base64: $base64,
            len: $len,
            salt: $salt,
            rounds: $rounds,
            compute: $compute,
        }
    };
}

static PRODUCTS: [Product; 22] = [
    product!("nt-hash", "NT hash", "MD4 over the password in UTF-16", false, 16, Salt::None, 1, |_, p| {
        nt_hash(p)
    }),
    product!(
        "vbulletin",
        "vBulletin",
        "MD5 over the MD5 of the password in hex and the salt",
        false,
        16,
        Salt::Text,
        2,
        |s, p| { Hash::Md5.of(&[&hex(&Hash::Md5.of(&[p])), s]) }
    ),
    product!(
        "mybb-ipb",
        "MyBB",
        "MD5 over the MD5s of salt and password in hex",
        false,
        16,
        Salt::Text,
        3,
        |s, p| { Hash::Md5.of(&[&hex(&Hash::Md5.of(&[s])), &hex(&Hash::Md5.of(&[p]))]) }
    ),
    product!(
        "opencart",
        "OpenCart",
        "three rounds of SHA-1 over hex and salt",
        false,
        20,
        Salt::Text,
        3,
        |s, p| {
            let inner = hex(&Hash::Sha1.of(&[p]));
            Hash::Sha1.of(&[s, &hex(&Hash::Sha1.of(&[s, &inner]))])
        }
    ),
    product!(
        "restful-auth-sha1",
        "restful_authentication",
        "SHA-1 with hyphens between salt and password",
        false,
        20,
        Salt::Text,
        1,
        |s, p| { Hash::Sha1.of(&[b"--", s, b"--", p, b"--"]) }
    ),
    product!(
        "xenforo1-sha256",
        "XenForo 1",
        "SHA-256 over the SHA-256 of the password in hex and the salt",
        false,
        32,
        Salt::Text,
        2,
        |s, p| { Hash::Sha256.of(&[&hex(&Hash::Sha256.of(&[p])), s]) }
    ),
    product!(
        "xenforo1-sha1",
        "XenForo 1, SHA-1",
        "SHA-1 over the SHA-1 of the password in hex and the salt",
        false,
        20,
        Salt::Text,
        2,
        |s, p| { Hash::Sha1.of(&[&hex(&Hash::Sha1.of(&[p])), s]) }
    ),
    product!(
        "redmine-sha1",
        "Redmine",
        "SHA-1 over the salt and the SHA-1 of the password in hex",
        false,
        20,
        Salt::Text,
        2,
        |s, p| { Hash::Sha1.of(&[s, &hex(&Hash::Sha1.of(&[p]))]) }
    ),
    product!(
        "salt-sandwich-sha256",
        "SHA-256, salt on both sides",
        "SHA-256 over salt, password and salt again",
        false,
        32,
        Salt::Text,
        1,
        |s, p| { Hash::Sha256.of(&[s, p, s]) }
    ),
    product!(
        "hmac-sha256-key-salt",
        "HMAC-SHA256",
        "an HMAC-SHA-256 of the password, with the salt as its key",
        false,
        32,
        Salt::Text,
        1,
        |s, p| { hmac(Hash::Sha256, s, &[p]) }
    ),
    product!(
        "hmac-sha256-key-pass",
        "HMAC-SHA256",
        "an HMAC-SHA-256 of the salt, with the password as its key",
        false,
        32,
        Salt::Text,
        1,
        |s, p| { hmac(Hash::Sha256, p, &[s]) }
    ),
    product!(
        "md5-of-sha1",
        "MD5 of SHA-1",
        "MD5 over the SHA-1 of the password in hex",
        false,
        16,
        Salt::None,
        2,
        |_, p| { Hash::Md5.of(&[&hex(&Hash::Sha1.of(&[p]))]) }
    ),
    product!(
        "iterated-sha512-1000",
        "SHA-512 × 1000",
        "1000 rounds of SHA-512 over salt and password",
        false,
        64,
        Salt::Text,
        1000,
        |s, p| { iterate(Hash::Sha512, Hash::Sha512.of(&[s, p]), 1000) }
    ),
    product!(
        "sha256-utf16le-prefix",
        "SHA-256 over UTF-16",
        "SHA-256 over the salt and the password in UTF-16",
        false,
        32,
        Salt::Text,
        1,
        |s, p| { Hash::Sha256.of(&[s, &utf16(p)]) }
    ),
    product!(
        "aspnet-membership-sha1",
        "ASP.NET Membership",
        "SHA-1 over the salt and the password in UTF-16",
        true,
        20,
        Salt::Base64,
        1,
        |s, p| { Hash::Sha1.of(&[s, &utf16(p)]) }
    ),
    product!(
        "aspnet-membership-sha256",
        "ASP.NET Membership",
        "SHA-256 over the salt and the password in UTF-16",
        true,
        32,
        Salt::Base64,
        1,
        |s, p| { Hash::Sha256.of(&[s, &utf16(p)]) }
    ),
    product!(
        "aspnet-membership-hmacsha256",
        "ASP.NET Membership",
        "an HMAC-SHA-256 of the password in UTF-16",
        true,
        32,
        Salt::Base64,
        1,
        |s, p| {
            let key: Bytes =
                Bytes::new(s.iter().copied().cycle().take(if s.is_empty() { 0 } else { 64 }).collect());
            hmac(Hash::Sha256, &key, &[&utf16(p)])
        }
    ),
    product!(
        "peoplesoft",
        "PeopleSoft",
        "SHA-1 over the password in UTF-16",
        true,
        20,
        Salt::None,
        1,
        |_, p| { Hash::Sha1.of(&[&utf16(p)]) }
    ),
    product!(
        "symfony-messagedigest-5000",
        "SHA-512 × 5000 (Symfony)",
        "5000 rounds of SHA-512 over password and salt",
        true,
        64,
        Salt::Text,
        5000,
        |s, p| {
            let text: Bytes = Bytes::new([p, b"{", s, b"}"].concat());
            (1..5000).fold(Hash::Sha512.of(&[&text]), |digest, _| Hash::Sha512.of(&[&digest, &text]))
        }
    ),
    product!(
        "jasypt-basic-md5",
        "MD5 × 1000 (Jasypt)",
        "1000 rounds of MD5 over salt and password",
        true,
        16,
        Salt::InFront(8),
        1000,
        |s, p| { iterate(Hash::Md5, Hash::Md5.of(&[s, &nfc(p)]), 1000) }
    ),
    product!(
        "jasypt-strong-sha256",
        "SHA-256 × 100,000 (Jasypt)",
        "100,000 rounds of SHA-256 over salt and password",
        true,
        32,
        Salt::InFront(16),
        100_000,
        |s, p| { iterate(Hash::Sha256, Hash::Sha256.of(&[s, &nfc(p)]), 100_000) }
    ),
    product!("mysql323", "MySQL before 4.1", "MySQL's OLD_PASSWORD", false, 8, Salt::None, 1, |_, p| {
        mysql323(p)
    }),
];

const ORIGIN: &str = "As you stated";

impl Scheme for Products {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let stated = seen.settings.assume.as_deref()?.trim();
        // Version 5 keeps what it took from version 4 in the same columns.
        let stated = if stated.eq_ignore_ascii_case("vbulletin5") { "vbulletin" } else { stated };
        if let Some(product) = PRODUCTS.iter().find(|product| product.id.eq_ignore_ascii_case(stated)) {
            return product.read(seen).map(Reading::Recognised);
        }
        None
    }
}

impl Product {
    /// `None` where the value hasn't this product's shape.
    fn read(&'static self, seen: &Seen<'_>) -> Option<Parsed> {
        let base64 = seen.settings.encoding.map_or(self.base64, |stated| stated == TextEncoding::Base64);
        let bytes = if base64 {
            text::base64(seen.text)?
        } else {
            text::hex(seen.text).or_else(|| self.as_ldif(seen))?
        };
        let in_front = if let Salt::InFront(len) = self.salt { len } else { 0 };
        if bytes.len() != in_front + self.len {
            return None;
        }
        let (front, digest) = bytes.split_at(in_front);
        let salt = match self.salt {
            Salt::None => Bytes::default(),
            Salt::InFront(_) => text::bytes(front),
            Salt::Text | Salt::Base64 => {
                let default = if self.salt == Salt::Text { TextEncoding::Text } else { TextEncoding::Base64 };
                match seen.settings.salt_encoding.unwrap_or(default) {
                    TextEncoding::Text => text::bytes(seen.salt?),
                    TextEncoding::Hex => text::hex(seen.salt?)?,
                    TextEncoding::Base64 => text::base64(seen.salt?)?,
                }
            }
        };
        Some(self.parsed(ORIGIN, salt, text::bytes(digest)))
    }

    /// NT hashes come from directories as bytes, and in LDIF as Base64 of them.
    fn as_ldif(&self, seen: &Seen<'_>) -> Option<Bytes> {
        (self.id == "nt-hash" && seen.settings.encoding.is_none()).then(|| text::base64(seen.text))?
    }

    fn parsed(&'static self, origin: &'static str, salt: Bytes, digest: Bytes) -> Parsed {
        let method = HookOnly {
            words: self.words.into(),
            reason: NESTED,
            digest,
            rounds: self.rounds,
            compute: move |password: &[u8]| (self.compute)(&salt, password),
        };
        Parsed::new(self.id, self.label, origin, method)
    }
}

/// The products whose digests have this shape: what an undecided value may also be. Those that take a salt from its column
/// come first where there is one; others may stand beside one too, that has no part in them.
pub(super) fn of_shape<'a>(
    bytes: &'a Bytes,
    base64: bool,
    salt: Option<&'a [u8]>,
) -> impl Iterator<Item = Parsed> + 'a {
    let of = move |product: &'static Product| {
        let (salt, digest) = match (product.salt, salt) {
            (Salt::None, _) => (Bytes::default(), bytes.clone()),
            (Salt::Text, Some(salt)) => (text::bytes(salt), bytes.clone()),
            (Salt::Base64, Some(salt)) => (text::base64(salt)?, bytes.clone()),
            (Salt::InFront(len), _) => {
                let (salt, digest) = bytes.split_at_checked(len)?;
                (text::bytes(salt), text::bytes(digest))
            }
            _ => return None,
        };
        let fits = product.base64 == base64 && product.len == digest.len();
        fits.then(|| product.parsed("A digest of one product's kind", salt, digest))
    };
    let from_column = |product: &&'static Product| matches!(product.salt, Salt::Text | Salt::Base64);
    let salted = PRODUCTS.iter().filter(from_column).filter_map(of);
    salted.chain(PRODUCTS.iter().filter(move |product| !from_column(product)).filter_map(of))
}
