//! The system's keychain, connected to when it is first needed: connecting blocks, and starting the window does not wait for it.

use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use super::{Jobs, Pending};
use crate::secrets::{Keychain, SecretError, SecretStore, place};
use crate::ui::Problem;

/// The system's keychain. One that was not there, or went away, is looked for again at the next call.
#[derive(Default)]
pub struct SystemKeychain(Mutex<Option<Arc<Keychain>>>);

impl SystemKeychain {
    fn with<T>(&self, use_it: impl FnOnce(&Keychain) -> Result<T, SecretError>) -> Result<T, SecretError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let keychain = match known {
            Some(known) => known,
            None => Arc::new(Keychain::open()?),
        };
        let result = use_it(&keychain);
        let gone = matches!(result, Err(SecretError::Unavailable(_)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (!gone).then_some(keychain);
        result
    }
}

impl SecretStore for SystemKeychain {
    fn place(&self) -> &'static str {
        place()
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        self.with(|keychain| keychain.get(name))
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.with(|keychain| keychain.set(name, secret))
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.with(|keychain| keychain.delete(name))
    }
}

/// Whether there is a keychain to keep something in: `None`, or why not. A locked one counts as there.
pub fn look_for_keychain(jobs: &Jobs) -> Pending<Option<Problem>> {
    let secrets = jobs.secrets();
    jobs.ask_blocking("look for the keychain", move || {
        Ok(secrets.get("is-anybody-there").err().map(Problem::from))
    })
}
