//! The hash object Okta takes: `credentials.password.hash` of a create request, field by field.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::text::to_base64;

/// Text that is wiped when dropped and has no way onto a screen or into a log but through serialising it on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Base64 of these bytes, as Okta wants every digest, key and salt but bcrypt's.
    pub(crate) fn base64(bytes: &[u8]) -> Self {
        Self::new(to_base64(bytes))
    }

    /// Text of ASCII bytes; others become `?`, which no caller has.
    pub(crate) fn ascii(bytes: &[u8]) -> Self {
        Self::new(bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect())
    }

    /// The text itself. The caller must not copy it into anything that outlives the need.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(covered)")
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The digests Okta imports, one round of each, with Okta's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum DigestAlgorithm {
    /// MD5, 16 bytes.
    #[serde(rename = "MD5")]
    Md5,
    /// SHA-1, 20 bytes.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// SHA-256, 32 bytes.
    #[serde(rename = "SHA-256")]
    Sha256,
    /// SHA-512, 64 bytes.
    #[serde(rename = "SHA-512")]
    Sha512,
}

/// The pseudo-random functions Okta's PBKDF2 knows. HMAC-SHA-1 is not one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Pbkdf2Algorithm {
    /// HMAC-SHA-256.
    #[serde(rename = "SHA256_HMAC")]
    Sha256,
    /// HMAC-SHA-512.
    #[serde(rename = "SHA512_HMAC")]
    Sha512,
}

/// What kind of hash object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Algorithm {
    #[serde(rename = "BCRYPT")]
    Bcrypt,
    #[serde(rename = "PBKDF2")]
    Pbkdf2,
    #[serde(untagged)]
    Digest(DigestAlgorithm),
}

/// On which side of the password Okta puts the salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
enum Order {
    #[serde(rename = "PREFIX")]
    Prefix,
    #[serde(rename = "POSTFIX")]
    Postfix,
}

/// `credentials.password.hash`: serialises to exactly the object Okta takes, no field more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OktaHash {
    algorithm: Algorithm,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_factor: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<SecretText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt_order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest_algorithm: Option<Pbkdf2Algorithm>,
    value: SecretText,
}

impl OktaHash {
    fn of(algorithm: Algorithm, value: SecretText) -> Self {
        Self {
            algorithm,
            work_factor: None,
            salt: None,
            salt_order: None,
            iteration_count: None,
            key_size: None,
            digest_algorithm: None,
            value,
        }
    }

    /// bcrypt: the log2 cost, and the 22 and 31 characters of the modular-crypt string, verbatim.
    pub(crate) fn bcrypt(cost: u8, salt: &[u8], value: &[u8]) -> Self {
        Self {
            work_factor: Some(cost),
            salt: Some(SecretText::ascii(salt)),
            ..Self::of(Algorithm::Bcrypt, SecretText::ascii(value))
        }
    }

    /// One digest round over the password alone.
    pub(crate) fn digest(algorithm: DigestAlgorithm, digest: &[u8]) -> Self {
        Self::of(Algorithm::Digest(algorithm), SecretText::base64(digest))
    }

    /// One digest round over salt and then password.
    pub(crate) fn digest_prefix(algorithm: DigestAlgorithm, digest: &[u8], salt: &[u8]) -> Self {
        Self {
            salt: Some(SecretText::base64(salt)),
            salt_order: Some(Order::Prefix),
            ..Self::digest(algorithm, digest)
        }
    }

    /// One digest round over password and then salt.
    pub(crate) fn digest_postfix(algorithm: DigestAlgorithm, digest: &[u8], salt: &[u8]) -> Self {
        Self {
            salt: Some(SecretText::base64(salt)),
            salt_order: Some(Order::Postfix),
            ..Self::digest(algorithm, digest)
        }
    }

    /// PBKDF2; the key size is the key's own.
    pub(crate) fn pbkdf2(prf: Pbkdf2Algorithm, iterations: u32, salt: &[u8], key: &[u8]) -> Self {
        Self {
            salt: Some(SecretText::base64(salt)),
            iteration_count: Some(iterations),
            key_size: Some(key.len()),
            digest_algorithm: Some(prf),
            ..Self::of(Algorithm::Pbkdf2, SecretText::base64(key))
        }
    }

    /// Whether it is one round of a digest.
    pub(crate) fn is_digest(&self) -> bool {
        matches!(self.algorithm, Algorithm::Digest(_))
    }

    /// Whether a salt stands in front of the password.
    pub(crate) fn begins_with_a_salt(&self) -> bool {
        self.salt_order == Some(Order::Prefix)
    }

    /// The same object with value and salt replaced by dots, for screens.
    #[must_use]
    pub fn covered(&self) -> Self {
        Self {
            salt: self.salt.as_ref().map(|_| SecretText::dots()),
            value: SecretText::dots(),
            ..self.clone()
        }
    }
}
