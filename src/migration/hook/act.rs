//! What is done in the org about the hook, and how things stand then.

use chrono::Utc;
use secrecy::SecretString;

use super::{MovedSummary, Standing, Wanted, look, register, remove, set_active, sync};
use crate::hook::{HeaderForm, HookSecrets};
use crate::migration::MigrationError;
use crate::okta::Client;
use crate::workspace::Workspace;

/// The org's side: what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgAct {
    /// Only look.
    Look,
    /// Register, or change address and secret, and activate.
    Register,
    /// Let Okta call it, or stop it.
    Active(bool),
    /// Take it away.
    Remove,
}

/// Does it, and looks how things stand then.
pub async fn act(
    workspace: Workspace,
    client: Client,
    wanted: Option<Wanted>,
    what: OrgAct,
) -> Result<Standing, MigrationError> {
    let done = match (what, &wanted) {
        (OrgAct::Look, _) | (OrgAct::Register, None) => Ok(()),
        (OrgAct::Register, Some(wanted)) => register(&workspace, &client, wanted).await.map(|_| ()),
        (OrgAct::Active(active), _) => set_active(&workspace, &client, active).await.map(|_| ()),
        (OrgAct::Remove, _) => remove(&workspace, &client).await,
    };
    done?;
    look(&workspace, &client, wanted.as_ref()).await
}

/// What Okta is to be told: the address it calls and the header's value.
pub fn wanted(uri: String, secrets: &HookSecrets) -> Wanted {
    Wanted { uri, secret: header(secrets) }
}

/// The header's whole value.
pub fn header(secrets: &HookSecrets) -> SecretString {
    secrets.current.header(HeaderForm::Basic)
}

/// Reads Okta's log for people whose password arrived.
pub async fn who_moved(workspace: Workspace, client: Client) -> Result<MovedSummary, MigrationError> {
    sync(&workspace, &client, Utc::now()).await
}
