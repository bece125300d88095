//! Secrets kept in memory until the program ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;

use super::{SecretError, SecretStore};

/// What this place is called.
pub const ONE_SESSION: &str = "this session only";

/// Keeps secrets in memory only. For computers without a keychain, and for tests.
#[derive(Default)]
pub struct SessionOnly(Mutex<HashMap<String, SecretString>>);

impl SessionOnly {
    /// With nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut HashMap<String, SecretString>) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SecretStore for SessionOnly {
    fn place(&self) -> &'static str {
        ONE_SESSION
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        Ok(self.with(|kept| kept.get(name).cloned()))
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.with(|kept| kept.insert(name.to_owned(), secret.clone()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        self.with(|kept| kept.remove(name));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn keeps_replaces_and_forgets() {
        let store = SessionOnly::new();
        assert!(store.get("a").unwrap().is_none());
        store.set("a", &"one".into()).unwrap();
        store.set("a", &"two 李伟".into()).unwrap();
        assert_eq!(store.get("a").unwrap().unwrap().expose_secret(), "two 李伟");
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert!(store.get("a").unwrap().is_none());
    }
}
