//! The org people go to: the practice org inside the program, or a real one.

use std::sync::Arc;

use secrecy::SecretString;

use super::practice::{Slot, running};
use crate::migration::connect::{self, Checked, Connection, TokenPlace};
use crate::okta::{Client, OrgUrl};
use crate::practice::PracticeOrg;
use crate::secrets::SecretStore;
use crate::ui::Problem;
use crate::workspace::Workspace;

/// An org we can talk to.
#[derive(Clone)]
pub struct Org {
    /// The connection.
    pub client: Client,
    /// The practice org itself, when it is that.
    pub practice: Option<Arc<PracticeOrg>>,
}

/// A connection that was made, and what was found over it.
#[derive(Clone)]
pub struct Connected {
    /// The org.
    pub org: Org,
    /// Where its token is.
    pub place: TokenPlace,
    /// What was found.
    pub checked: Checked,
}

impl Connected {
    fn new(made: Connection, practice: Option<Arc<PracticeOrg>>) -> Self {
        let Connection { client, place, checked } = made;
        Self { org: Org { client, practice }, place, checked }
    }
}

/// Starts the practice org, or takes the one that runs, and connects to it.
pub(crate) async fn practice(workspace: Workspace, slot: Slot, share: u8) -> Result<Connected, Problem> {
    let practice = running(&workspace, &slot).await?;
    let url = OrgUrl::parse(practice.url())?;
    let made = connect::practice(&workspace, url, &practice.current_token(), share).await?;
    Ok(Connected::new(made, Some(practice)))
}

/// Connects to a real org ([`connect::real`]).
pub(crate) async fn real(
    workspace: Workspace,
    stores: (Arc<dyn SecretStore>, Arc<dyn SecretStore>),
    url: OrgUrl,
    typed: Option<SecretString>,
    held: Option<Client>,
    share: u8,
) -> Result<Connected, Problem> {
    Ok(Connected::new(connect::real(workspace, stores, url, typed, held, share).await?, None))
}
