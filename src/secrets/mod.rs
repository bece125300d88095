//! Where secrets are kept: the operating system's keychain, this session's memory, or a key file on a server.
//!
//! Everything goes through [`SecretStore`], so that tests and machines without a keychain bring their own.

use std::path::PathBuf;

use secrecy::SecretString;
use thiserror::Error;

use crate::model::Explain;

mod dumps;
mod keychain;
mod keyfile;
mod session;

pub use dumps::no_core_dumps;
pub use keychain::{Keychain, place};
pub use keyfile::{KEY_FILE, KeyFile};
pub(crate) use keyfile::{key_file_text, only_ours};
pub use session::{ONE_SESSION, SessionOnly};

/// Why a secret could not be kept or found. `Display` says what happened, [`Explain::advice`] what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SecretError {
    /// No keychain is running (no Secret Service on the session bus, a server without a desktop).
    #[error("This computer has no keychain running.")]
    Unavailable(String),
    /// There is one, but it refused: locked, or access denied.
    #[error("The keychain refused.")]
    Refused(String),
    /// Other people on this computer can read the key file.
    #[error("The key file {} can be read by others (mode {mode:o}).", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file holds something else.
    #[error("{} is not a Causeway key file.", .0.display())]
    NotAKeyFile(PathBuf),
    /// The key file can't be read or written.
    #[error("The key file {} can't be read or written.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        technical: String,
    },
}

/// A secret from this session, else from where secrets are kept; `None` when there is none, or the keychain is not there. Blocks.
pub fn find(session: &dyn SecretStore, kept: &dyn SecretStore, name: &str) -> Option<SecretString> {
    let here = session.get(name).ok().flatten();
    here.or_else(|| kept.get(name).ok().flatten())
}

impl SecretError {
    /// [`Explain::advice`], as it stands.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => {
                "Start one (GNOME Keyring, KWallet) and try again, store it for this session only, or, on a server, name a key file."
            }
            Self::Refused(_) => "Unlock the keychain, allow Causeway to use it, and try again.",
            Self::Readable { .. } => "Let only its owner read it (chmod 600), then try again.",
            Self::NotAKeyFile(_) => "Name a file that Causeway made, or one that does not exist yet.",
            Self::Io { .. } => {
                "Make sure that the folder exists and that you have permission to write to it."
            }
        }
    }
}

impl Explain for SecretError {
    fn advice(&self) -> String {
        self.next().to_owned()
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::Unavailable(text) | Self::Refused(text) | Self::Io { technical: text, .. } => Some(text),
            _ => None,
        }
    }
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
