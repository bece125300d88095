//! One round of a digest over the password, with bytes before and after it.
//!
//! Okta computes H(password), H(salt ‖ password) or H(password ‖ salt), for MD5, SHA-1, SHA-256 and SHA-512; the salt is
//! any byte string, so fixed text around a salt folds into it.

use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::same;
use crate::password::method::Method;
use crate::password::method::{Conversion, VerifyError, Weakness};
use crate::password::okta_hash::{DigestAlgorithm, OktaHash};
use crate::password::text::Bytes;

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// How many bytes it gives.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Its name at Okta, if Okta knows it.
    pub(crate) fn okta(self) -> Option<DigestAlgorithm> {
        match self {
            Self::Md5 => Some(DigestAlgorithm::Md5),
            Self::Sha1 => Some(DigestAlgorithm::Sha1),
            Self::Sha256 => Some(DigestAlgorithm::Sha256),
            Self::Sha512 => Some(DigestAlgorithm::Sha512),
            Self::Sha224 | Self::Sha384 => None,
        }
    }

    /// The digest of some parts, one after the other.
    pub(crate) fn of(self, parts: &[&[u8]]) -> Bytes {
        fn run<D: sha2::Digest>(parts: &[&[u8]]) -> Bytes {
            let mut hasher = D::new();
            for part in parts {
                hasher.update(part);
            }
            Zeroizing::new(hasher.finalize().to_vec())
        }
        match self {
            Self::Md5 => run::<Md5>(parts),
            Self::Sha1 => run::<Sha1>(parts),
            Self::Sha224 => run::<Sha224>(parts),
            Self::Sha256 => run::<Sha256>(parts),
            Self::Sha384 => run::<Sha384>(parts),
            Self::Sha512 => run::<Sha512>(parts),
        }
    }
}

/// H(before ‖ password ‖ after).
pub(crate) struct Digest {
    hash: Hash,
    value: Bytes,
    before: Bytes,
    after: Bytes,
}

impl Digest {
    /// H(password).
    pub(crate) fn unsalted(hash: Hash, digest: Bytes) -> Self {
        Self { hash, value: digest, before: Bytes::default(), after: Bytes::default() }
    }

    /// H(before ‖ password ‖ after).
    pub(crate) fn around(hash: Hash, digest: Bytes, before: Bytes, after: Bytes) -> Self {
        Self { hash, value: digest, before, after }
    }

    /// H(salt ‖ password).
    pub(crate) fn prefix(hash: Hash, digest: Bytes, salt: Bytes) -> Self {
        Self { hash, value: digest, before: salt, after: Bytes::default() }
    }

    /// H(password ‖ salt).
    pub(crate) fn postfix(hash: Hash, digest: Bytes, salt: Bytes) -> Self {
        Self { hash, value: digest, before: Bytes::default(), after: salt }
    }
}

impl Method for Digest {
    fn explain(&self) -> String {
        let over = match (self.before.is_empty(), self.after.is_empty()) {
            (true, true) => "the password, without a salt",
            (false, true) => "the salt and then the password",
            (true, false) => "the password and then the salt",
            (false, false) => "salt, password, and salt again",
        };
        format!("one round of {} over {over}", self.hash.name())
    }

    fn convert(&self) -> Conversion {
        let Some(algorithm) = self.hash.okta() else {
            return Conversion::Hook {
                reason: format!("Okta takes MD5, SHA-1, SHA-256 and SHA-512, but not {}", self.hash.name())
                    .into(),
            };
        };
        Conversion::Import(match (self.before.is_empty(), self.after.is_empty()) {
            (true, true) => OktaHash::digest(algorithm, &self.value),
            (false, true) => OktaHash::digest_prefix(algorithm, &self.value, &self.before),
            (true, false) => OktaHash::digest_postfix(algorithm, &self.value, &self.after),
            (false, false) => {
                return Conversion::Hook {
                    reason: "Okta takes a salt on one side of the password only".into(),
                };
            }
        })
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(same(&self.hash.of(&[&self.before, plaintext, &self.after]), &self.value))
    }

    fn weakness(&self) -> Option<Weakness> {
        let unsalted = self.before.is_empty() && self.after.is_empty();
        Some(if unsalted { Weakness::Unsalted } else { Weakness::FastDigest })
    }
}
