//! Who has moved, by Okta's own log (okta-api.md 6 and 9).

use std::collections::BTreeMap;

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
/// So many whose password could not be kept are remembered.
const MOST_OPEN: usize = 10_000;

/// Where the last look at the log ended, and what it left open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The org whose log it is.
    org: String,
    /// The page to ask for.
    next: Option<String>,
    /// People whose right password Okta could not keep, by its id of them, and its reason. Out again once it could.
    not_stored: BTreeMap<String, Option<String>>,
}

/// What a look at the log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MovedSummary {
    /// People not known to have moved before.
    pub new: u64,
    /// People of this migration whose right password Okta had and could not keep, up to now: it tries again at their next
    /// sign-in.
    pub not_stored: u64,
    /// Okta's reason, for one of those.
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
    let mut cursor: Cursor = workspace.doc(docs::MOVED).await?.unwrap_or_default();
    if cursor.org != org {
        cursor = Cursor { org: org.to_owned(), ..Cursor::default() };
    }
    let mut page = match &cursor.next {
        Some(next) => match client.passwords_imported_after(next).await {
            // A cursor too old to be understood: the log is read again from the beginning, which does no harm.
            Err(OktaError::Refused { .. }) => first(workspace, client, now).await?,
            // Nor does one that leads nowhere: while polling there is always a next page.
            Ok(page) if page.next.is_none() && page.events.is_empty() => {
                first(workspace, client, now).await?
            }
            other => other?,
        },
        None => first(workspace, client, now).await?,
    };
    let mut new = 0;
    for _ in 0..MOST_PAGES {
        new += take(workspace, &page.events, &mut cursor.not_stored).await?;
        let Some(next) = page.next.take() else { break };
        cursor.next = Some(next.clone());
        workspace.put_doc(docs::MOVED, &cursor).await?;
        if !page.more {
            break;
        }
        page = client.passwords_imported_after(&next).await?;
    }
    let reason = cursor.not_stored.values().find_map(Clone::clone);
    Ok(MovedSummary { new, not_stored: cursor.not_stored.len() as u64, reason })
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

/// Marks a page's people. How many are new.
async fn take(
    workspace: &Workspace,
    events: &[PasswordImported],
    not_stored: &mut BTreeMap<String, Option<String>>,
) -> Result<u64, MigrationError> {
    // Others of the org sign in too: the workspace marks only the people of this migration, and so is told of no others.
    let moved: Vec<_> = events.iter().filter(|e| e.stored).map(|e| (e.user.clone(), e.at)).collect();
    let new = if moved.is_empty() { 0 } else { workspace.mark_moved(&moved).await? };
    let failed: Vec<&str> = events.iter().filter(|e| !e.stored).map(|e| e.user.as_str()).collect();
    let ours = if failed.is_empty() { Vec::new() } else { workspace.ours_in_okta(&failed).await? };
    for event in events {
        if event.stored {
            not_stored.remove(&event.user);
        } else if ours.contains(&event.user) && not_stored.len() < MOST_OPEN {
            not_stored.insert(event.user.clone(), event.reason.clone());
        }
    }
    Ok(new)
}
