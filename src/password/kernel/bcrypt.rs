//! bcrypt over the password, or over something made from it.
//!
//! `$2` `[aby]` `$` two digits of cost `$` 22 characters of salt, 31 of digest, in bcrypt's radix-64; 60 characters.
//! Only the first 72 bytes of the password count. Okta takes cost, salt and digest verbatim (Okta Management API,
//! `PasswordCredentialHash`), for costs 4 to 20.

use zeroize::Zeroizing;

use super::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::okta_hash::OktaHash;
use crate::password::text;

/// The parts of a modular-crypt bcrypt string.
pub(crate) struct Bcrypt {
    cost: u8,
    salt: Zeroizing<[u8; 22]>,
    value: Zeroizing<[u8; 31]>,
}

impl Bcrypt {
    /// Reads what follows the version: `10$` and 53 characters. Tells what is wrong with it otherwise.
    pub(crate) fn parse(rest: &[u8]) -> Result<Self, &'static str> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', b'$', body @ ..] = rest else {
            return Err("its cost is not two digits and a dollar sign");
        };
        let body: &[u8; 53] = body.try_into().map_err(|_| {
            if body.len() < 53 {
                "it is cut short: 53 characters have to follow the cost"
            } else {
                "it is too long: 53 characters have to follow the cost"
            }
        })?;
        if !body.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'.' || *b == b'/') {
            return Err("it holds characters that bcrypt never writes");
        }
        let (salt, value) = body.split_at(22);
        // 22 characters hold 132 bits, of which 128 are the salt; 31 hold 186, of which 184 are the digest.
        if !b".Oeu".contains(&salt[21]) || !last_two_bits_zero(value[30]) {
            return Err("the last character of its salt or digest is one that bcrypt never writes there");
        }
        let cost = (tens - b'0') * 10 + (ones - b'0');
        if !(limits::BCRYPT_MIN..=31).contains(&cost) {
            return Err("its cost is not between 4 and 31");
        }
        let mut parsed = Self { cost, salt: Zeroizing::new([0; 22]), value: Zeroizing::new([0; 31]) };
        parsed.salt.copy_from_slice(salt);
        parsed.value.copy_from_slice(value);
        Ok(parsed)
    }

    /// The same from its three parts, for formats that write them apart.
    pub(crate) fn from_parts(cost: u32, salt: &[u8], value: &[u8]) -> Result<Self, &'static str> {
        if cost > 31 {
            return Err("its cost is not between 4 and 31");
        }
        let mut joined = Zeroizing::new(Vec::with_capacity(64));
        joined.extend_from_slice(format!("{cost:02}$").as_bytes());
        joined.extend_from_slice(salt);
        joined.extend_from_slice(value);
        Self::parse(&joined)
    }

    /// The log2 cost.
    pub(crate) fn cost(&self) -> u8 {
        self.cost
    }

    /// The 22 characters of the salt.
    pub(crate) fn salt_text(&self) -> &[u8] {
        self.salt.as_slice()
    }

    /// bcrypt over a key of at most 72 bytes; nothing is appended to it.
    fn matches_raw(&self, key: &[u8]) -> bool {
        let (Some(salt), Some(value)) =
            (text::bcrypt64(self.salt.as_slice()), text::bcrypt64(self.value.as_slice()))
        else {
            return false;
        };
        let Ok(salt) = <[u8; 16]>::try_from(salt.as_slice()) else { return false };
        let output = Zeroizing::new(bcrypt::bcrypt(u32::from(self.cost), salt, key));
        same(&output[..23], &value)
    }

    /// bcrypt over a password: its bytes, a NUL, and of both the first 72.
    pub(crate) fn matches(&self, password: &[u8]) -> bool {
        let mut key = Zeroizing::new(Vec::with_capacity(73));
        key.extend_from_slice(&password[..password.len().min(72)]);
        key.push(0);
        key.truncate(72);
        self.matches_raw(&key)
    }

    /// The whole text that bcrypt with this cost and salt makes of a password, under a version's mark. Empty where it can't be made.
    pub(crate) fn text_of(&self, version: &str, password: &[u8]) -> Zeroizing<Vec<u8>> {
        let salt = text::bcrypt64(self.salt.as_slice());
        let Some(salt) = salt.and_then(|salt| <[u8; 16]>::try_from(salt.as_slice()).ok()) else {
            return Zeroizing::default();
        };
        let password = password.get(..72).unwrap_or(password);
        let Ok(parts) = bcrypt::hash_with_salt(password, u32::from(self.cost), salt) else {
            return Zeroizing::default();
        };
        let made = Zeroizing::new(parts.to_string());
        // The crate writes its own version; what follows is the same for all of them.
        let rest = made.get(4..).unwrap_or_default();
        let mut whole = Zeroizing::new(Vec::with_capacity(64));
        whole.extend_from_slice(version.as_bytes());
        whole.extend_from_slice(rest.as_bytes());
        whole
    }

    /// bcrypt as the early `crypt_blowfish` of PHP computed it: each byte of the key sign-extended before it is mixed
    /// in (CVE-2011-2483). The faulty key words, written out, are a 72-byte key for the right algorithm.
    pub(crate) fn matches_sign_extended(&self, password: &[u8]) -> bool {
        let mut source = password.iter().copied().chain(std::iter::once(0)).cycle();
        let mut key = Zeroizing::new(Vec::with_capacity(72));
        for _ in 0..18 {
            let word = source.by_ref().take(4).fold(0_u32, |word, byte| {
                let extended = i32::from(byte.cast_signed()).cast_unsigned();
                (word << 8) | extended
            });
            key.extend_from_slice(&word.to_be_bytes());
        }
        self.matches_raw(&key)
    }

    /// What checking a plaintext costs, for a value that Okta does not import.
    pub(crate) fn verify_cost(&self) -> Cost {
        if self.cost > limits::BCRYPT_VERIFY {
            Cost::Over(format!("bcrypt cost {} is over {}", self.cost, limits::BCRYPT_VERIFY))
        } else {
            Cost::Fine
        }
    }
}

/// Whether a radix-64 character stands for a multiple of four.
fn last_two_bits_zero(character: u8) -> bool {
    b".CGKOSWaeimquy26".contains(&character)
}

/// bcrypt over the password itself.
impl Method for Bcrypt {
    fn explain(&self) -> String {
        format!(
            "bcrypt with cost {} over the password, of which the first 72 bytes count, in Okta as before",
            self.cost
        )
    }

    fn convert(&self) -> Conversion {
        if self.cost > limits::BCRYPT_IMPORT {
            return Conversion::Reset { reason: "Okta takes bcrypt costs up to 20".into() };
        }
        Conversion::Import(OktaHash::bcrypt(self.cost, self.salt.as_slice(), self.value.as_slice()))
    }

    fn cost(&self) -> Cost {
        match self.verify_cost() {
            Cost::Over(what) if self.cost <= limits::BCRYPT_IMPORT => Cost::ImportOnly(what),
            cost => cost,
        }
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(self.matches(plaintext))
    }
}

/// How the key of a bcrypt is made from the password.
type Prepare = Box<dyn Fn(&Bcrypt, &[u8]) -> Zeroizing<Vec<u8>> + Send + Sync>;

/// bcrypt over something made from the password. Okta can't redo that.
pub(crate) struct Prepared {
    /// The bcrypt string.
    pub(crate) inner: Bcrypt,
    /// Makes the key.
    pub(crate) prepare: Prepare,
    /// What the key is, in words: "the SHA-256 of the password in hex".
    pub(crate) words: &'static str,
}

impl Method for Prepared {
    fn explain(&self) -> String {
        format!("bcrypt with cost {} over {}", self.inner.cost, self.words)
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook {
            reason:
                "Okta runs bcrypt over the password itself, and this one runs it over something made from it"
                    .into(),
        }
    }

    fn cost(&self) -> Cost {
        self.inner.verify_cost()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(self.inner.matches(&(self.prepare)(&self.inner, plaintext)))
    }
}

/// `$2x$`: bcrypt with the sign-extension fault.
pub(crate) struct SignExtended(pub(crate) Bcrypt);

impl Method for SignExtended {
    fn explain(&self) -> String {
        format!("bcrypt with cost {} and the sign-extension fault of old PHP", self.0.cost)
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta computes bcrypt without the fault that old PHP had".into() }
    }

    fn cost(&self) -> Cost {
        self.0.verify_cost()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(self.0.matches_sign_extended(plaintext))
    }
}
