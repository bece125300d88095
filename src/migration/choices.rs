//! What follows from the choices of step 4, and what to offer there.

use crate::model::RoutePolicy;
use crate::plan::Choices;
use crate::workspace::{Workspace, WorkspaceError};
use chrono::NaiveDate;

/// The policy chosen in step 4; the best route for each while none is.
pub async fn chosen_policy(workspace: &Workspace) -> Result<RoutePolicy, WorkspaceError> {
    let choices: Option<Choices> = workspace.doc(super::docs::CHOICES).await?;
    Ok(choices.map_or(RoutePolicy::Best, |choices| choices.policy))
}

/// The label group to offer: the one that an earlier run in this workspace used, or `Migrated_from_<source>_<date>`.
pub async fn default_label(
    workspace: &Workspace,
    source: &str,
    today: NaiveDate,
) -> Result<String, WorkspaceError> {
    let earlier = workspace.runs().await?.into_iter().find_map(|run| run.begun_with.label_group);
    Ok(earlier.unwrap_or_else(|| {
        let source: String = source
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' })
            .take(100)
            .collect();
        format!("Migrated_from_{}_{}", source.trim_matches('_'), today.format("%Y%m%d"))
    }))
}
