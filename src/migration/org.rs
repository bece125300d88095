//! The first questions of every job: which org this is. They are asked again by the client where there is no answer just now, until
//! the job is stopped.

use tokio_util::sync::CancellationToken;

use super::{MigrationError, docs};
use crate::model::OutcomeKind;
use crate::okta::{Client, OktaError, OrgUrl, WellKnown};
use crate::workspace::Workspace;

/// The answer to a question, unless the job is stopped first.
pub(super) async fn unless_stopped<T>(
    stop: &CancellationToken,
    ask: impl Future<Output = Result<T, OktaError>>,
) -> Result<T, MigrationError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(MigrationError::Stopped),
        answer = ask => Ok(answer?),
    }
}

/// Which org this is, after making sure that people were not sent to another one before.
pub(super) async fn same_org(
    workspace: &Workspace,
    client: &Client,
    stop: &CancellationToken,
) -> Result<WellKnown, MigrationError> {
    let org = unless_stopped(stop, client.well_known()).await?;
    if let Some(before) = other_org(workspace, &org.id).await? {
        return Err(MigrationError::OtherOrg { before });
    }
    remember_address(workspace, client, &org).await?;
    Ok(org)
}

/// Keeps where the Admin Console of this org is, for links of later.
pub async fn remember_address(
    workspace: &Workspace,
    client: &Client,
    org: &WellKnown,
) -> Result<(), MigrationError> {
    // Behind a domain of the company's only Okta knows; under its own the address says it.
    let own = org.okta_address().filter(|_| !client.org().is_practice());
    let kept: Option<OrgUrl> = workspace.doc(docs::ORG_AT_OKTA).await.ok().flatten();
    if own == kept {
        return Ok(());
    }
    match own {
        Some(own) => workspace.put_doc(docs::ORG_AT_OKTA, &own).await?,
        None => workspace.remove_doc(docs::ORG_AT_OKTA).await?,
    }
    Ok(())
}

/// Where the Admin Console shows a person of the org that this workspace's people go to. `None` for a practice org.
pub async fn console_of(workspace: &Workspace, id: &str) -> Result<Option<String>, MigrationError> {
    let org: Option<OrgUrl> = workspace.doc(docs::ORG).await?;
    let Some(org) = org.filter(|org| !org.is_practice()) else { return Ok(None) };
    let own: Option<OrgUrl> = workspace.doc(docs::ORG_AT_OKTA).await.ok().flatten();
    // An address kept of another org would lead to somebody else's.
    let at = if org.is_oktas_own() { org } else { own.unwrap_or(org) };
    Ok(at.console_of(id))
}

/// The address of the org that this workspace's people were sent to before, if it is another one than `id`.
pub async fn other_org(workspace: &Workspace, id: &str) -> Result<Option<String>, MigrationError> {
    let runs = workspace.runs().await?;
    let last = runs
        .iter()
        .find_map(|run| run.begun_with.choices.get("orgId").and_then(|v| v.as_str()).map(|o| (run, o)));
    let Some((run, before)) = last else { return Ok(None) };
    if before == id {
        return Ok(None);
    }
    let counts = workspace.counts().await?;
    let untouched = counts.outcomes.iter().all(|(kind, n)| *kind == OutcomeKind::Waiting || *n == 0);
    Ok((!untouched).then(|| run.begun_with.org.clone()))
}
