//! Starting over in another org: what was sent to the org before is forgotten here, after it was written to a file.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::files::PrivateFile;
use crate::migration::report::{Secrets, TableScope, csv, operations};
use crate::migration::{MigrationError, docs};
use crate::model::{Outcome, OutcomeKind};
use crate::okta::OrgUrl;
use crate::workspace::{PeopleFilter, Presence, Sort, Workspace};

/// Forgets what was recorded about another org, so that everyone waits again. Nothing in that org is changed.
pub async fn start_over(workspace: &Workspace) -> Result<u64, MigrationError> {
    let outcomes = OutcomeKind::ALL.into_iter().filter(|k| *k != OutcomeKind::Waiting).collect();
    let filter = PeopleFilter { outcomes, presence: Presence::Any, ..PeopleFilter::default() };
    let ids = workspace.order(&filter, Sort::default()).await?;
    for some in ids.chunks(1000) {
        let waiting: Vec<_> = some.iter().map(|id| (*id, Outcome::of(OutcomeKind::Waiting))).collect();
        workspace.record(&waiting).await?;
    }
    workspace.forget_there().await?;
    workspace.forget_org().await?;
    // How far its log was read says nothing of an org that was emptied and begins anew.
    workspace.remove_doc(docs::MOVED).await?;
    workspace.remove_doc(docs::PILOT).await?;
    workspace.remove_doc(docs::ORG_AT_OKTA).await?;
    workspace.remove_doc(docs::GROUP_SPELLINGS).await?;
    Ok(ids.len() as u64)
}

/// What starting over did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartedOver {
    /// How many people wait again.
    pub people: u64,
    /// The file that keeps what was sent to the org before. `None`, where that was a practice org, or nobody was sent.
    pub record: Option<PathBuf>,
}

/// Forgets what was recorded about another org, as [`start_over`] does; what was sent to a real org is written to a file beside
/// the workspace first, each person's outcome and Okta id. Where the file can't be written nothing is forgotten.
pub async fn record_and_start_over(
    workspace: &Workspace,
    now: DateTime<Utc>,
) -> Result<StartedOver, MigrationError> {
    let runs = workspace.runs().await?;
    let counts = workspace.counts().await?;
    let sent = counts.outcomes.iter().any(|(kind, n)| *kind != OutcomeKind::Waiting && *n > 0);
    let real = runs.first().map(|run| OrgUrl::parse(&run.begun_with.org)).filter(|org| {
        // An address that is none is no practice org's.
        !org.as_ref().is_ok_and(OrgUrl::is_practice)
    });
    let record = match real.filter(|_| sent) {
        Some(org) => Some(record(workspace, org.as_ref().map_or("another org", OrgUrl::host), now).await?),
        None => None,
    };
    Ok(StartedOver { people: start_over(workspace).await?, record })
}

fn unwritten(path: &Path, error: &dyn std::fmt::Display) -> MigrationError {
    MigrationError::Write { path: path.to_owned(), technical: error.to_string() }
}

/// Writes what was sent beside the workspace, each person's outcome and, in a second file, every operation with what was there before.
/// Only their owner can read the files. The first one's name.
async fn record(workspace: &Workspace, host: &str, now: DateTime<Utc>) -> Result<PathBuf, MigrationError> {
    let beside = workspace.path();
    let folder = beside.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = beside.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let host: String =
        host.chars().map(|c| if c.is_ascii_alphanumeric() || ".-".contains(c) { c } else { '-' }).collect();
    let name = format!("{stem} - sent to {host} until {}", now.format("%Y-%m-%d"));
    let never = CancellationToken::new();
    let begin = || PrivateFile::begin(&folder.join(format!("{name}.csv"))).map_err(|e| unwritten(folder, &e));
    let (mut people, mut done) = (begin()?, begin()?);
    csv(workspace, TableScope::Sent, Secrets::Covered, &mut people, &never).await?;
    operations(workspace, &mut done, &never).await?;
    keep(done, folder, &format!("{name} - operations"))?;
    keep(people, folder, &name)
}

/// Puts a file in its place, under a name that is free.
fn keep(mut made: PrivateFile, folder: &Path, name: &str) -> Result<PathBuf, MigrationError> {
    for nth in 1_u32.. {
        let more = if nth > 1 { format!(" ({nth})") } else { String::new() };
        let path = folder.join(format!("{name}{more}.csv"));
        match made.keep_new(&path) {
            Ok(()) => return Ok(path),
            Err((Some(again), error)) if error.kind() == std::io::ErrorKind::AlreadyExists => made = again,
            Err((_, error)) => return Err(unwritten(&path, &error)),
        }
    }
    Err(unwritten(folder, &"no name is free"))
}
