//! The operating system's keychain, behind three methods, so that tests and machines without one can bring their own.

use secrecy::SecretString;
use thiserror::Error;

/// Why a secret could not be kept or found.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// No keychain is running (no Secret Service on the session bus, a server without a desktop).
    #[error("This computer has no keychain running.")]
    Unavailable(String),
    /// There is one, but it refused: locked, or access denied.
    #[error("The keychain refused.")]
    Refused(String),
}

/// Somewhere secrets are kept, by name. Names hold no secret: `okta-token/acme.okta.com`, `workspace-key/<id>`, `source-password/<url>`.
///
/// Calls block (a locked keychain waits for a person), so they never run in a frame or on an async worker.
pub trait SecretStore: Send + Sync {
    /// Where this keeps things, for screens: `Secret Service`, `Keychain`, `Credential Manager`, `this session only`.
    fn place(&self) -> &'static str;
    /// The secret of that name, `None` when there is none.
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretError>;
    /// Keeps a secret under a name, replacing what was there.
    fn set(&self, name: &str, secret: &SecretString) -> Result<(), SecretError>;
    /// Forgets a name; fine when there is nothing.
    fn delete(&self, name: &str) -> Result<(), SecretError>;
}
