//! `$y$`: yescrypt, the default of today's Linux. Hook. `$gy$` (over GOST digests): reset.
//!
//! `$y$` parameters `$` salt `$` 43 digits, all in crypt's radix-64.

use crate::password::kernel::hook_only::Uncomputed;
use crate::password::kernel::{crypt64, same};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// yescrypt.
pub(crate) struct Yescrypt;

const ORIGIN: &str = "A Unix password (yescrypt)";

const GOST: Uncomputed = Uncomputed {
    words: "yescrypt over GOST R 34.11-2012",
    reason: "neither Okta nor Causeway computes yescrypt over GOST digests",
};

impl Scheme for Yescrypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let inner = text::after_ignoring_case(seen.text, "{CRYPT}").unwrap_or(seen.text);
        if let Some(rest) = inner.strip_prefix(b"$gy$") {
            return Some(match parse(rest) {
                Ok(_) => {
                    Reading::Recognised(Parsed::new("crypt-gost-yescrypt", "gost-yescrypt", ORIGIN, GOST))
                }
                Err(reason) => Reading::malformed("gost-yescrypt", reason),
            });
        }
        let rest = inner.strip_prefix(b"$y$")?;
        Some(match parse(rest) {
            Ok(method) => Reading::Recognised(Parsed::new("crypt-yescrypt", "yescrypt", ORIGIN, method)),
            Err(reason) => Reading::malformed("yescrypt", reason),
        })
    }
}

struct Kernel {
    params: ::yescrypt::Params,
    /// Whether the text sets nothing but N, r and p. More passes over the memory would escape the caps.
    usual: bool,
    salt: Bytes,
    key: Bytes,
}

fn parse(rest: &[u8]) -> Result<Kernel, &'static str> {
    let [params, salt, key] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    if params.len() > 32 || !crypt64::is_crypt64(params) {
        return Err("its parameters are none that yescrypt has");
    }
    // One digit each for flavour, N and r; a fourth says what else follows: "." is p alone.
    let single = |c: &u8| crypt64::digit(*c).is_some_and(|d| d < 48);
    let usual =
        params.len() >= 3 && params[..3].iter().all(single) && params.get(3).is_none_or(|more| *more == b'.');
    let params = std::str::from_utf8(params).ok().and_then(|text| text.parse().ok());
    let salt = if salt.is_empty() { Some(Bytes::default()) } else { crypt64::decode(salt) };
    Ok(Kernel {
        usual,
        params: params.ok_or("its parameters are none that yescrypt has")?,
        salt: salt.filter(|salt| salt.len() <= 64).ok_or("its salt is not of its alphabet")?,
        key: crypt64::decode(key).filter(|key| key.len() == 32).ok_or("its digest has the wrong length")?,
    })
}

impl Method for Kernel {
    fn explain(&self) -> String {
        format!("yescrypt with N {} and r {} over the password", self.params.n(), self.params.r())
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta does not take yescrypt".into() }
    }

    fn cost(&self) -> Cost {
        let (n, r, p) = (self.params.n(), u64::from(self.params.r()), u64::from(self.params.p()));
        let memory = self.memory();
        if !self.usual {
            return Cost::Over("yescrypt with extra passes over its memory".to_owned());
        }
        if memory > limits::SCRYPT_MEMORY || n.saturating_mul(r).saturating_mul(p) > limits::SCRYPT_WORK {
            return Cost::Over(format!("yescrypt with N {n}, r {r}, p {p}"));
        }
        Cost::Fine
    }

    fn memory(&self) -> u64 {
        self.params.n().saturating_mul(128).saturating_mul(u64::from(self.params.r()))
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let mut key = Bytes::new(vec![0; self.key.len()]);
        let broken = |_| VerifyError::CannotCheck { why: "yescrypt refuses these parameters".into() };
        ::yescrypt::yescrypt(plaintext, &self.salt, &self.params, &mut key).map_err(broken)?;
        Ok(same(&key, &self.key))
    }
}
