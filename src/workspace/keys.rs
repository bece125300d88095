//! Where a workspace's key is looked for and kept.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::error::{Result, WorkspaceError};
use super::seal::{Sealer, SealingKey};
use crate::secrets::{SecretStore, key_file_text};

/// Where a workspace's key may be: a keychain, a key file, or several in order. A new key goes to the first.
#[derive(Clone)]
pub struct Keys(Vec<Arc<dyn SecretStore>>);

impl Keys {
    /// In this place only.
    pub fn new(store: Arc<dyn SecretStore>) -> Self {
        Self(vec![store])
    }

    /// And looked for in this place after the others.
    #[must_use]
    pub fn or(mut self, store: Arc<dyn SecretStore>) -> Self {
        self.0.push(store);
        self
    }

    /// The places, for a person to read.
    fn place(&self) -> String {
        self.0.iter().map(|store| store.place()).collect::<Vec<_>>().join(" or ")
    }

    /// Where a new key goes.
    pub(crate) fn first_place(&self) -> &'static str {
        self.0.first().map_or("", |store| store.place())
    }

    /// Makes a key for a new workspace and keeps it. Blocks.
    pub(crate) fn make(&self, workspace_id: &str) -> Result<SealingKey> {
        let key = SealingKey::random().map_err(|error| WorkspaceError::Database(error.to_string()))?;
        let first = self.0.first().ok_or_else(|| WorkspaceError::NoKey { place: self.place() })?;
        first.set(&entry(workspace_id), &key.to_hex().as_str().into())?;
        Ok(key)
    }

    /// Takes back a key whose workspace did not come to be. Blocks.
    pub(crate) fn forget(&self, workspace_id: &str) {
        if let Some(first) = self.0.first() {
            // Nothing is sealed with it; an entry left behind does no harm.
            let _ = first.delete(&entry(workspace_id));
        }
    }

    /// Finds the key that fits. `kept_in`: where it was put when the workspace was made, if the file says so. Blocks.
    pub(crate) fn find(
        &self,
        workspace_id: &str,
        check_value: &str,
        kept_in: Option<&str>,
    ) -> Result<Sealer> {
        self.find_both(workspace_id, check_value, kept_in).map(|(_, sealer)| sealer)
    }

    /// The key that fits, as the text of a key file with nothing else in it. Blocks.
    pub(crate) fn to_key_file(
        &self,
        workspace_id: &str,
        check_value: &str,
        kept_in: Option<&str>,
    ) -> Result<Zeroizing<String>> {
        let (key, _) = self.find_both(workspace_id, check_value, kept_in)?;
        Ok(key_file_text(&entry(workspace_id), &key))
    }

    /// The key that fits as it is kept, and what it opens.
    fn find_both(
        &self,
        workspace_id: &str,
        check_value: &str,
        kept_in: Option<&str>,
    ) -> Result<(SecretString, Sealer)> {
        let mut wrong = None;
        let mut failed = None;
        for store in &self.0 {
            match store.get(&entry(workspace_id)) {
                Ok(Some(text)) => {
                    let sealer =
                        SealingKey::from_hex(text.expose_secret()).map(|key| Sealer::new(&key, workspace_id));
                    match sealer {
                        Some(sealer) if sealer.fits(check_value) => return Ok((text, sealer)),
                        _ => wrong = Some(store.place()),
                    }
                }
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        match (wrong, failed) {
            (Some(place), _) => Err(WorkspaceError::WrongKey { place: place.to_owned() }),
            // Then it is of no interest that another place does not answer.
            (None, _) if kept_in == Some(crate::secrets::ONE_SESSION) => Err(WorkspaceError::KeyEnded),
            (None, Some(_)) if kept_in == Some(crate::secrets::KEY_FILE) => {
                Err(WorkspaceError::NoKey { place: crate::secrets::KEY_FILE.to_owned() })
            }
            (None, Some(error)) => Err(error.into()),
            (None, None) => Err(WorkspaceError::NoKey { place: self.place() }),
        }
    }
}

/// The entry's name in a store.
fn entry(workspace_id: &str) -> String {
    format!("workspace-key/{workspace_id}")
}
