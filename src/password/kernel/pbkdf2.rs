//! PBKDF2 with an HMAC (RFC 8018).
//!
//! Okta takes HMAC-SHA-256 and HMAC-SHA-512 from 4096 iterations on, any key size, a salt that is not empty.
//! The output is prefix-stable: a digest cut short would still verify if as many bytes were derived as are left. So
//! families check the length their format always has before they come here.

use zeroize::Zeroizing;

use super::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::okta_hash::{OktaHash, Pbkdf2Algorithm};
use crate::password::text::Bytes;

/// The digest inside the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

impl Prf {
    /// By the names products give them.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"sha1" => Some(Self::Sha1),
            b"sha256" => Some(Self::Sha256),
            b"sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Bytes of one block of output.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// A short name for tables.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Sha1 => "PBKDF2-SHA1",
            Self::Sha256 => "PBKDF2-SHA256",
            Self::Sha512 => "PBKDF2-SHA512",
        }
    }

    /// One of three, by digest: scheme ids.
    pub(crate) fn pick(self, sha1: &'static str, sha256: &'static str, sha512: &'static str) -> &'static str {
        match self {
            Self::Sha1 => sha1,
            Self::Sha256 => sha256,
            Self::Sha512 => sha512,
        }
    }

    fn okta(self) -> Option<Pbkdf2Algorithm> {
        match self {
            Self::Sha1 => None,
            Self::Sha256 => Some(Pbkdf2Algorithm::Sha256),
            Self::Sha512 => Some(Pbkdf2Algorithm::Sha512),
        }
    }

    /// Fills `out` with the derived key.
    pub(crate) fn derive(self, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, out),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, out),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, out),
        }
    }
}

/// PBKDF2 over the password.
pub(crate) struct Pbkdf2 {
    prf: Prf,
    rounds: u32,
    salt: Bytes,
    key: Bytes,
}

impl Pbkdf2 {
    /// Puts one together; tells what is wrong with the parts otherwise.
    pub(crate) fn new(prf: Prf, rounds: u32, salt: Bytes, key: Bytes) -> Result<Self, &'static str> {
        if rounds == 0 {
            return Err("it says zero iterations");
        }
        if key.is_empty() {
            return Err("its digest is missing");
        }
        Ok(Self { prf, rounds, salt, key })
    }
}

impl Method for Pbkdf2 {
    fn explain(&self) -> String {
        format!("{} with {} iterations over the password", self.prf.label(), self.rounds)
    }

    fn convert(&self) -> Conversion {
        let Some(prf) = self.prf.okta() else {
            return Conversion::Hook {
                reason: "Okta's PBKDF2 takes SHA-256 and SHA-512, but not SHA-1".into(),
            };
        };
        if self.rounds < limits::PBKDF2_IMPORT {
            let reason =
                format!("Okta wants 4096 iterations of PBKDF2 at least, and this has {}", self.rounds);
            return Conversion::Hook { reason: reason.into() };
        }
        if self.salt.is_empty() {
            return Conversion::Hook { reason: "Okta's PBKDF2 wants a salt, and this has none".into() };
        }
        Conversion::Import(OktaHash::pbkdf2(prf, self.rounds, &self.salt, &self.key))
    }

    fn cost(&self) -> Cost {
        let blocks = self.key.len().div_ceil(self.prf.len()) as u64;
        if self.key.len() > limits::PBKDF2_KEY {
            return Cost::Over(format!("a key of {} bytes is over {}", self.key.len(), limits::PBKDF2_KEY));
        }
        if u64::from(self.rounds) * blocks > limits::PBKDF2_WORK {
            return Cost::Over(format!("{} PBKDF2 iterations are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let mut key = Zeroizing::new(vec![0; self.key.len()]);
        self.prf.derive(plaintext, &self.salt, self.rounds, &mut key);
        Ok(same(&key, &self.key))
    }
}
