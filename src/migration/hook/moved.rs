//! Who has moved, by Okta's own log (okta-api.md 6 and 9).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::migration::{MigrationError, docs};
use crate::okta::{Client, LogPage, OktaError, PasswordImported};
use crate::workspace::Workspace;

/// How far back Okta's log goes; what is older is left out in silence.
const KEPT: TimeDelta = TimeDelta::days(90);
/// The first look begins a little before the first import: clocks differ.
const CLOCKS: TimeDelta = TimeDelta::minutes(10);
/// The most pages of one look: a thousand sign-ins each. The next look goes on from there.
const MOST_PAGES: usize = 200;

/// Where the last look at the log ended.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The org whose log it is.
    org: String,
    /// The page to ask for.
    next: Option<String>,
}

/// What a look at the log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovedSummary {
    /// People not known to have moved before.
    pub new: u64,
    /// Sign-ins where Okta had the right password and could not keep it: it tries again at the next one.
    pub not_stored: u64,
    /// Okta's reason for the last of those.
    pub reason: Option<String>,
}

/// Reads Okta's log from where the last look ended, and marks in the workspace whose password has arrived. Safe to repeat and to
/// stop at any moment: where a page ended is put on disk after its people.
pub async fn sync(
    workspace: &Workspace,
    client: &Client,
    now: DateTime<Utc>,
) -> Result<MovedSummary, MigrationError> {
    let org = client.org().as_str();
    let cursor: Cursor = workspace.doc(docs::MOVED).await?.unwrap_or_default();
    let kept = cursor.next.filter(|_| cursor.org == org);
    let mut page = match kept {
        Some(next) => match client.passwords_imported_after(&next).await {
            // A cursor too old to be understood: the log is read again from the beginning, which does no harm.
            Err(OktaError::Refused { .. }) => first(workspace, client, now).await?,
            other => other?,
        },
        None => first(workspace, client, now).await?,
    };
    let mut summary = MovedSummary::default();
    for _ in 0..MOST_PAGES {
        take(workspace, &page.events, &mut summary).await?;
        let Some(next) = page.next.take() else { break };
        workspace.put_doc(docs::MOVED, &Cursor { org: org.to_owned(), next: Some(next.clone()) }).await?;
        if !page.more {
            break;
        }
        page = client.passwords_imported_after(&next).await?;
    }
    Ok(summary)
}

/// The log from the first import on.
async fn first(
    workspace: &Workspace,
    client: &Client,
    now: DateTime<Utc>,
) -> Result<LogPage, MigrationError> {
    let begun = workspace.runs().await?.last().map_or(now, |run| run.started) - CLOCKS;
    Ok(client.passwords_imported(begun.max(now - KEPT)).await?)
}

async fn take(
    workspace: &Workspace,
    events: &[PasswordImported],
    summary: &mut MovedSummary,
) -> Result<(), MigrationError> {
    // Others of the org sign in too: the workspace marks only the people of this migration.
    let moved: Vec<_> = events.iter().filter(|e| e.stored).map(|e| (e.user.clone(), e.at)).collect();
    if !moved.is_empty() {
        summary.new += workspace.mark_moved(&moved).await?;
    }
    for event in events.iter().filter(|event| !event.stored) {
        summary.not_stored += 1;
        summary.reason.clone_from(&event.reason);
    }
    Ok(())
}
