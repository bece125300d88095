//! The import as the window runs it: the same job as on the command line, with a handle to pause it.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::org::from_migration;
use super::people::told;
use crate::app::problem::Problem;
use crate::migration::import::{Control, ImportJob, ImportProgress, ImportSummary, run};
use crate::migration::{Choices, docs, kept_mapping};
use crate::okta::Client;
use crate::workspace::{PersonId, Who, Workspace};

/// Who a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// As chosen in step 4: a pilot first, or everyone.
    Chosen(Choices),
    /// Everyone who waits.
    Everyone,
    /// Only these, and nobody else who may wait.
    These(Vec<PersonId>),
}

/// Runs an import to its end.
pub(crate) async fn import(
    workspace: Workspace,
    client: Client,
    scope: Scope,
    control: Control,
    stop: CancellationToken,
    progress: watch::Sender<ImportProgress>,
) -> Result<ImportSummary, Problem> {
    let mapping = kept_mapping(&workspace).await.map_err(|e| told(&e))?;
    let kept: Option<Choices> = workspace.doc(docs::CHOICES).await.map_err(|e| told(&e))?;
    let kept = kept.unwrap_or_default();
    let (choices, only) = match scope {
        Scope::Chosen(choices) => (choices, None),
        Scope::Everyone => {
            // A pilot that was cut short has no say over everyone.
            workspace.remove_doc(docs::PILOT).await.map_err(|e| told(&e))?;
            (Choices { pilot: None, ..kept }, None)
        }
        Scope::These(ids) => (Choices { pilot: None, ..kept }, Some(ids)),
    };
    let job = ImportJob {
        workspace,
        client,
        choices,
        password: mapping.map(|m| m.password).unwrap_or_default(),
        control,
        only,
        unattended: false,
    };
    run(job, stop, progress).await.map_err(|e| from_migration(&e))
}

/// Lets failed people wait again. Gives who, so that a run can be for them alone.
pub(crate) async fn retry(workspace: &Workspace, who: Who) -> Result<Vec<PersonId>, Problem> {
    use crate::model::OutcomeKind;
    use crate::workspace::{PeopleFilter, Presence, Sort};
    let ids = match &who {
        Who::These(ids) => ids.clone(),
        Who::All(filter) => {
            let failed = PeopleFilter {
                outcomes: vec![OutcomeKind::Failed],
                presence: Presence::Any,
                ..filter.clone()
            };
            workspace.order(&failed, Sort::default()).await.map_err(|e| told(&e))?
        }
    };
    workspace.retry(&Who::These(ids.clone())).await.map_err(|e| told(&e))?;
    Ok(ids)
}
