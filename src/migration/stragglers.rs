//! Who never signed in through the hook, by what Okta's log says until now, and how old their account must be.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::MigrationError;
use super::finish::{Links, ResetJob, ResetSummary, run};
use super::hook::sync;
use crate::model::Progress;
use crate::okta::Client;
use crate::workspace::Workspace;

/// How long ago people must have been imported to be reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Age {
    /// However long.
    #[default]
    Any,
    /// So many days.
    Days(u16),
}

impl Age {
    /// The moment before which they must have been imported.
    pub fn before(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Any => now,
            Self::Days(days) => now - TimeDelta::days(days.into()),
        }
    }
}

/// How many are to be looked at, by what Okta's log says until now.
pub async fn count(workspace: Workspace, client: Client, age: Age) -> Result<u64, MigrationError> {
    let now = Utc::now();
    sync(&workspace, &client, now).await?;
    workspace.count_stragglers(age.before(now)).await.map_err(MigrationError::from)
}

/// Resets them. `links`: no mail, but a file.
pub async fn reset(
    workspace: Workspace,
    client: Client,
    age: Age,
    links: Option<PathBuf>,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<ResetSummary, MigrationError> {
    let now = Utc::now();
    // Who has signed in a moment ago is not even asked about.
    sync(&workspace, &client, now).await?;
    let job = ResetJob {
        workspace,
        client,
        before: age.before(now),
        links: links.map_or(Links::Mail, Links::File),
    };
    run(job, stop, progress).await
}
