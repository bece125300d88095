//! Firebase's scrypt: AES-256-CTR over the project's signer key, with a key that scrypt derives from the password.
//!
//! Source: Firebase's own `scrypt` tool. dk = scrypt(password, salt ‖ separator, N 2^mem_cost, r `rounds`, p 1, 64 bytes); the hash is
//! the signer key encrypted with dk's first 32 bytes and a counter that starts at zero.

use aes::Aes256;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};

use super::same;
use super::scrypt::Parameters;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::text::Bytes;

/// Firebase's scrypt over the password.
pub(crate) struct Firebase {
    pub(crate) parameters: Parameters,
    /// The person's salt and the project's separator, one after the other.
    pub(crate) salt: Bytes,
    pub(crate) signer_key: Bytes,
    pub(crate) digest: Bytes,
}

impl Method for Firebase {
    fn explain(&self) -> String {
        "Firebase's scrypt over the password, with the project's keys".to_owned()
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
        let Some(derived) = self.parameters.derive(plaintext, &self.salt, 64) else { return Ok(false) };
        let Ok(mut cipher) = Ctr128BE::<Aes256>::new_from_slices(&derived[..32], &[0; 16]) else {
            return Ok(false);
        };
        let mut encrypted = self.signer_key.clone();
        cipher.apply_keystream(&mut encrypted);
        Ok(same(&encrypted, &self.digest))
    }
}
