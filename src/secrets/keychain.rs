//! The operating system's keychain, through `keyring`: Secret Service, macOS Keychain, Windows Credential Manager.

use std::sync::Arc;

use keyring_core::Error as KeyringError;
use keyring_core::api::CredentialStore;
use secrecy::{ExposeSecret as _, SecretString};

use super::{SecretError, SecretStore};

/// The name all our entries share.
const SERVICE: &str = "causeway";

/// What this platform calls its keychain.
pub fn place() -> &'static str {
    if cfg!(target_os = "macos") {
        "Keychain"
    } else if cfg!(target_os = "windows") {
        "Credential Manager"
    } else {
        "Secret Service"
    }
}

/// The operating system's keychain.
pub struct Keychain {
    store: Arc<CredentialStore>,
}

impl Keychain {
    /// Connects to the keychain (blocks, up to some 200 ms). [`SecretError::Unavailable`] when none is running; asked again, it
    /// looks again, so that one started meanwhile is found.
    pub fn open() -> Result<Self, SecretError> {
        Ok(Self { store: connect().map_err(|error| told_apart(&error))? })
    }

    /// On a store of the caller's, for tests.
    pub fn with_store(store: Arc<CredentialStore>) -> Self {
        Self { store }
    }

    fn entry(&self, name: &str) -> Result<keyring_core::Entry, SecretError> {
        self.store.build(SERVICE, name, None).map_err(|error| told_apart(&error))
    }
}

#[cfg(target_os = "linux")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// These platforms' keychains are always there: `keyring` connects once a run of the program.
#[cfg(not(target_os = "linux"))]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    if keyring::Entry::store_status().is_err() {
        return Err(KeyringError::NoDefaultStore);
    }
    keyring_core::get_default_store().ok_or(KeyringError::NoDefaultStore)
}

/// "No access" is a keychain that said no; anything else on the platform's side means there is none to speak to.
///
/// The texts of keyring's errors name entries and causes. Variants that carry secret bytes are named, never printed.
fn told_apart(error: &KeyringError) -> SecretError {
    match error {
        KeyringError::NoStorageAccess(_) => SecretError::Refused(error.to_string()),
        KeyringError::PlatformFailure(_) | KeyringError::NoDefaultStore => {
            SecretError::Unavailable(error.to_string())
        }
        KeyringError::BadEncoding(_) => SecretError::Refused("the entry is not text".to_owned()),
        KeyringError::BadDataFormat(..) => SecretError::Refused("the entry has a foreign form".to_owned()),
        KeyringError::Ambiguous(_) => SecretError::Refused("two entries of the same name".to_owned()),
        other => SecretError::Refused(other.to_string()),
    }
}

impl SecretStore for Keychain {
    fn place(&self) -> &'static str {
        place()
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError> {
        match self.entry(name)?.get_password() {
            Ok(text) => Ok(Some(text.into())),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(told_apart(&error)),
        }
    }

    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError> {
        self.entry(name)?.set_password(secret.expose_secret()).map_err(|error| told_apart(&error))
    }

    fn delete(&self, name: &str) -> Result<(), SecretError> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(told_apart(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_replaces_and_forgets() {
        let keychain = Keychain::with_store(keyring_core::mock::Store::new().unwrap());
        assert!(keychain.get("okta-token/acme").unwrap().is_none());
        keychain.set("okta-token/acme", &"Máire's 李伟".into()).unwrap();
        assert_eq!(keychain.get("okta-token/acme").unwrap().unwrap().expose_secret(), "Máire's 李伟");
        assert!(keychain.get("okta-token/other").unwrap().is_none());
        keychain.delete("okta-token/acme").unwrap();
        keychain.delete("okta-token/acme").unwrap();
        assert!(keychain.get("okta-token/acme").unwrap().is_none());
    }

    #[test]
    fn refused_and_absent_are_told_apart_and_nothing_leaks() {
        let refused = told_apart(&KeyringError::NoStorageAccess("locked".into()));
        assert!(matches!(refused, SecretError::Refused(_)));
        let absent = told_apart(&KeyringError::PlatformFailure("no bus".into()));
        assert!(matches!(absent, SecretError::Unavailable(_)));
        let secret = told_apart(&KeyringError::BadEncoding(b"hunter2".to_vec()));
        assert!(!format!("{secret:?}").contains("hunter2") && !format!("{secret:?}").contains("104"));
    }
}
