//! Argon2 (RFC 9106). Okta can't take it.

use argon2::{Algorithm, Argon2 as Engine, Params, Version};
use zeroize::Zeroizing;

use super::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::text::Bytes;

/// Argon2 over the password.
pub(crate) struct Argon2 {
    pub(crate) algorithm: Algorithm,
    pub(crate) version: Version,
    /// Memory in KiB.
    pub(crate) memory: u32,
    /// Passes over it.
    pub(crate) passes: u32,
    /// Lanes.
    pub(crate) lanes: u32,
    pub(crate) salt: Bytes,
    pub(crate) key: Bytes,
}

impl Method for Argon2 {
    fn explain(&self) -> String {
        let Self { algorithm, memory, passes, lanes, .. } = self;
        format!("{algorithm} with {memory} KiB, {passes} passes and {lanes} lanes over the password")
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta does not take Argon2".into() }
    }

    fn cost(&self) -> Cost {
        let memory = u64::from(self.memory);
        if memory > limits::ARGON2_MEMORY
            || memory * u64::from(self.passes) > limits::ARGON2_WORK
            || self.lanes > limits::ARGON2_LANES
        {
            return Cost::Over(format!("Argon2 with {} KiB and {} passes", self.memory, self.passes));
        }
        Cost::Fine
    }

    fn memory(&self) -> u64 {
        u64::from(self.memory) << 10
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let broken = |_| VerifyError::CannotCheck { why: "Argon2 refuses these parameters".into() };
        let params =
            Params::new(self.memory, self.passes, self.lanes, Some(self.key.len())).map_err(broken)?;
        let mut key = Zeroizing::new(vec![0; self.key.len()]);
        Engine::new(self.algorithm, self.version, params)
            .hash_password_into(plaintext, &self.salt, &mut key)
            .map_err(broken)?;
        Ok(same(&key, &self.key))
    }
}
