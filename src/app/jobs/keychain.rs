//! The system's keychain, connected to when it is first needed: connecting blocks, and starting the window does not wait for it.

use std::sync::OnceLock;

use secrecy::SecretString;

use crate::secrets::{Keychain, SecretError, SecretStore, place};

/// The system's keychain.
#[derive(Default)]
pub struct SystemKeychain(OnceLock<Keychain>);

impl SystemKeychain {
    fn keychain(&self) -> Result<&Keychain, SecretError> {
        if let Some(open) = self.0.get() {
            return Ok(open);
        }
        let open = Keychain::open()?;
        Ok(self.0.get_or_init(|| open))
    }
}

impl SecretStore for SystemKeychain {
    fn place(&self) -> &'static str {
        place()
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        self.keychain()?.get(name)
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.keychain()?.set(name, secret)
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.keychain()?.delete(name)
    }
}
