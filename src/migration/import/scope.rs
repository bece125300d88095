//! For whom a run is: everyone, a pilot, or a few who are tried again.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Control, ImportJob, ImportProgress, ImportSummary, run};
use crate::migration::review::{Change, change};
use crate::migration::{Choices, MigrationError, docs, kept_mapping, pilot};
use crate::model::OutcomeKind;
use crate::okta::Client;
use crate::workspace::{NextRun, PeopleFilter, PersonId, Presence, Scope, Sort, Who, Workspace};

/// Who a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum For {
    /// As chosen in step 4: a pilot first, or everyone.
    Chosen,
    /// Everyone who waits.
    Everyone,
    /// Only these, and nobody else who may wait.
    These(Vec<PersonId>),
}

impl For {
    /// The choices of step 4 as a run of this scope goes by: only the one they were made for begins with a pilot.
    fn choices(&self, choices: Choices) -> Choices {
        match self {
            Self::Chosen => choices,
            Self::Everyone | Self::These(_) => Choices { pilot: None, ..choices },
        }
    }
}

/// Runs an import to its end, by the choices shown in step 4.
pub async fn import(
    workspace: Workspace,
    client: Client,
    (scope, choices): (For, Choices),
    control: Control,
    stop: CancellationToken,
    progress: watch::Sender<ImportProgress>,
) -> Result<ImportSummary, MigrationError> {
    let mapping = kept_mapping(&workspace).await?;
    if scope == For::Everyone {
        // A pilot that was cut short has no say over everyone.
        workspace.remove_doc(docs::PILOT).await?;
    }
    let choices = scope.choices(choices);
    let only = match scope {
        For::Chosen | For::Everyone => None,
        For::These(ids) => Some(ids),
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
    run(job, stop, progress).await
}

/// Whom such a run would send.
pub async fn next_run(
    workspace: &Workspace,
    scope: &For,
    choices: &Choices,
) -> Result<NextRun, MigrationError> {
    let choices = scope.choices(choices.clone());
    let who = match scope {
        For::These(ids) => Scope::Only(ids.clone()),
        For::Chosen | For::Everyone => match choices.pilot {
            Some(size) => {
                let ids = pilot::who(workspace, choices.policy, size).await;
                Scope::Only(ids?)
            }
            None => Scope::Everyone,
        },
    };
    workspace.next_run(&who, choices.policy).await.map_err(MigrationError::from)
}

/// Lets people set a new password, whatever is stored of them, and wait again where they failed. Gives who.
pub async fn retry_with_reset(
    workspace: &Workspace,
    ids: Vec<PersonId>,
) -> Result<Vec<PersonId>, MigrationError> {
    let who = Who::These(ids);
    change(workspace, &Change::MustReset(who.clone())).await?;
    retry(workspace, who).await
}

/// Lets failed people wait again. Gives who, so that a run can be for them alone.
pub async fn retry(workspace: &Workspace, who: Who) -> Result<Vec<PersonId>, MigrationError> {
    let ids = match &who {
        Who::These(ids) => ids.clone(),
        Who::All(filter) => {
            let failed = PeopleFilter {
                outcomes: vec![OutcomeKind::Failed],
                presence: Presence::Any,
                ..filter.clone()
            };
            workspace.order(&failed, Sort::default()).await?
        }
    };
    workspace.retry(&Who::These(ids.clone())).await?;
    Ok(ids)
}
