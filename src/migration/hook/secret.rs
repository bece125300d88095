//! The secret that Okta sends with each call: found where it is kept, made where there is none, replaced.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;

use super::HookSettings;
use crate::hook::{HookSecret, HookSecrets};
use crate::migration::{MigrationError, docs};
use crate::secrets::SecretStore;
use crate::workspace::Workspace;

/// How long a replaced secret is still accepted: long enough to tell Okta and whoever else calls.
const FORMER: Duration = Duration::from_hours(24);

/// What the page needs to begin with.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The settings.
    pub settings: HookSettings,
    /// The secret, made when there was none.
    pub secrets: HookSecrets,
    /// Where it is kept.
    pub place: &'static str,
}

/// The settings and the secret; a secret is made where there is none. Where the keychain refuses, it lives in this session.
pub async fn kept(
    workspace: Workspace,
    secrets: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
) -> Result<Kept, MigrationError> {
    let settings = workspace.doc(docs::HOOK_SERVER).await?.unwrap_or_default();
    let id = workspace.id().to_owned();
    let (found, place) = tokio::task::spawn_blocking(move || {
        for store in [&session, &secrets] {
            if let Ok(Some(found)) = HookSecrets::load(&**store, &id) {
                return Ok::<_, MigrationError>((found, store.place()));
            }
        }
        let made = HookSecrets::new(HookSecret::random()?);
        let place = keep(&made, &*secrets, &*session, &id)?;
        Ok((made, place))
    })
    .await
    .map_err(|e| MigrationError::interrupted(&e))??;
    Ok(Kept { settings, secrets: found, place })
}

/// Keeps the secret in the keychain, or for this session where there is none. Where it is now.
fn keep(
    made: &HookSecrets,
    secrets: &dyn SecretStore,
    session: &dyn SecretStore,
    id: &str,
) -> Result<&'static str, MigrationError> {
    if made.save(secrets, id).is_ok() {
        return Ok(secrets.place());
    }
    made.save(session, id)?;
    Ok(session.place())
}

/// Makes another secret; the one that was is accepted for a day more.
pub async fn replace_secret(
    workspace: Workspace,
    now: HookSecrets,
    secrets: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
) -> Result<(HookSecrets, &'static str), MigrationError> {
    let id = workspace.id().to_owned();
    tokio::task::spawn_blocking(move || {
        let new = HookSecret::random()?;
        let replaced = now.replaced(new, Utc::now() + FORMER);
        let place = keep(&replaced, &*secrets, &*session, &id)?;
        Ok((replaced, place))
    })
    .await
    .map_err(|e| MigrationError::interrupted(&e))?
}
