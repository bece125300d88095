//! scrypt (RFC 7914). Okta can't take it.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::text::Bytes;

/// scrypt's cost parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameters {
    log_n: u8,
    r: u32,
    p: u32,
}

impl Parameters {
    /// From N itself; a power of two from 2 on.
    pub(crate) fn new(n: u64, r: u32, p: u32) -> Result<Self, &'static str> {
        if n < 2 || !n.is_power_of_two() {
            return Err("its N is not a power of two");
        }
        Self::from_log2(n.ilog2(), r, p)
    }

    /// From log2 N.
    pub(crate) fn from_log2(log_n: u32, r: u32, p: u32) -> Result<Self, &'static str> {
        match u8::try_from(log_n) {
            Ok(log_n @ 1..=63) if r > 0 && p > 0 => Ok(Self { log_n, r, p }),
            _ => Err("its cost parameters are none that scrypt has"),
        }
    }

    /// The three packed into hex, as lambdaworks and Spring write them: log2 N ‖ r ‖ p, a byte for r and for p.
    pub(crate) fn packed(hex: &[u8]) -> Result<Self, &'static str> {
        const BAD: &str = "its cost parameters are none that scrypt has";
        if !(5..=8).contains(&hex.len()) || hex[0] == b'0' {
            return Err(BAD);
        }
        let digits = std::str::from_utf8(hex).map_err(|_| BAD)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BAD);
        }
        let all = u32::from_str_radix(digits, 16).map_err(|_| BAD)?;
        Self::from_log2(all >> 16, all >> 8 & 0xff, all & 0xff)
    }

    /// The memory it takes, in bytes.
    pub(crate) fn memory(self) -> u64 {
        (1_u64 << self.log_n).saturating_mul(128).saturating_mul(u64::from(self.r))
    }

    /// Whether the caps allow it.
    pub(crate) fn cost(self) -> Cost {
        let n = 1_u64 << self.log_n;
        let memory = self.memory();
        let work = n.saturating_mul(u64::from(self.r)).saturating_mul(u64::from(self.p));
        if memory > limits::SCRYPT_MEMORY || work > limits::SCRYPT_WORK || self.p > limits::SCRYPT_PARALLEL {
            return Cost::Over(format!("scrypt with N 2^{}, r {}, p {}", self.log_n, self.r, self.p));
        }
        Cost::Fine
    }

    /// Derives a key. Only within the caps.
    pub(crate) fn derive(self, password: &[u8], salt: &[u8], len: usize) -> Option<Bytes> {
        let params = scrypt::Params::new(self.log_n, self.r, self.p).ok()?;
        let mut key = Zeroizing::new(vec![0; len]);
        scrypt::scrypt(password, salt, &params, &mut key).ok()?;
        Some(key)
    }
}

/// scrypt over the password.
pub(crate) struct Scrypt {
    pub(crate) parameters: Parameters,
    pub(crate) salt: Bytes,
    pub(crate) key: Bytes,
}

impl Method for Scrypt {
    fn explain(&self) -> String {
        let Parameters { log_n, r, p } = self.parameters;
        format!("scrypt with N 2^{log_n}, r {r}, p {p} over the password")
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta does not take scrypt".into() }
    }

    fn cost(&self) -> Cost {
        self.parameters.cost()
    }

    fn memory(&self) -> u64 {
        self.parameters.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let key = self.parameters.derive(plaintext, &self.salt, self.key.len());
        Ok(key.is_some_and(|key| same(&key, &self.key)))
    }
}

/// scrypt over the password in Unicode's form NFKC.
pub(crate) struct Normalised(pub(crate) Scrypt);

impl Method for Normalised {
    fn explain(&self) -> String {
        format!("{}, normalised (NFKC)", self.0.explain())
    }

    fn convert(&self) -> Conversion {
        self.0.convert()
    }

    fn cost(&self) -> Cost {
        self.0.cost()
    }

    fn memory(&self) -> u64 {
        self.0.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let Ok(password) = std::str::from_utf8(plaintext) else { return Ok(false) };
        let normal = Bytes::new(password.nfkc().collect::<String>().into_bytes());
        self.0.verify(&normal)
    }
}
