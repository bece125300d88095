//! The import as the window runs it: the same job as on the command line, with a handle to pause it.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::people::{Change, change};
use crate::app::problem::Problem;
use crate::migration::import::{Control, ImportJob, ImportProgress, ImportSummary, run};
use crate::migration::{Choices, docs, kept_mapping, pilot};
use crate::okta::Client;
use crate::workspace::{NextRun, PersonId, Scope as RunScope, Who, Workspace};

/// Who a run is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// As chosen in step 4: a pilot first, or everyone.
    Chosen,
    /// Everyone who waits.
    Everyone,
    /// Only these, and nobody else who may wait.
    These(Vec<PersonId>),
}

impl Scope {
    /// The choices of step 4 as a run of this scope goes by: only the one they were made for begins with a pilot.
    fn choices(&self, choices: Choices) -> Choices {
        match self {
            Self::Chosen => choices,
            Self::Everyone | Self::These(_) => Choices { pilot: None, ..choices },
        }
    }
}

/// Runs an import to its end, by the choices shown in step 4.
pub(crate) async fn import(
    workspace: Workspace,
    client: Client,
    (scope, choices): (Scope, Choices),
    control: Control,
    stop: CancellationToken,
    progress: watch::Sender<ImportProgress>,
) -> Result<ImportSummary, Problem> {
    let mapping = kept_mapping(&workspace).await?;
    if scope == Scope::Everyone {
        // A pilot that was cut short has no say over everyone.
        workspace.remove_doc(docs::PILOT).await?;
    }
    let choices = scope.choices(choices);
    let only = match scope {
        Scope::Chosen | Scope::Everyone => None,
        Scope::These(ids) => Some(ids),
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
    run(job, stop, progress).await.map_err(Problem::from)
}

/// Whom such a run would send.
pub(crate) async fn next_run(
    workspace: &Workspace,
    scope: &Scope,
    choices: &Choices,
) -> Result<NextRun, Problem> {
    let choices = scope.choices(choices.clone());
    let who = match scope {
        Scope::These(ids) => RunScope::Only(ids.clone()),
        Scope::Chosen | Scope::Everyone => match choices.pilot {
            Some(size) => {
                let ids = pilot::who(workspace, choices.policy, size).await;
                RunScope::Only(ids?)
            }
            None => RunScope::Everyone,
        },
    };
    workspace.next_run(&who, choices.policy).await.map_err(Problem::from)
}

/// Lets people set a new password, whatever is stored of them, and wait again where they failed. Gives who.
pub(crate) async fn retry_with_reset(
    workspace: &Workspace,
    ids: Vec<PersonId>,
) -> Result<Vec<PersonId>, Problem> {
    let who = Who::These(ids);
    change(workspace, &Change::MustReset(who.clone())).await?;
    retry(workspace, who).await
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
            workspace.order(&failed, Sort::default()).await?
        }
    };
    workspace.retry(&Who::These(ids.clone())).await?;
    Ok(ids)
}
