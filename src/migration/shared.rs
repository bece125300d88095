//! Clear text that many people have: counted before anything is sent.

use chrono::NaiveDate;

use super::{context, docs};
use crate::assess::{assess, codes};
use crate::model::Candidate;
use crate::workspace::{Workspace, WorkspaceError};

/// The code of its finding.
pub const CODE: &str = codes::PASSWORD_SHARED;

/// Counts it where that was not done yet: people who were read by a version that did not.
pub(super) async fn settle(workspace: &Workspace, today: NaiveDate) -> Result<(), WorkspaceError> {
    if workspace.doc(docs::SHARED_WEIGHED).await?.unwrap_or(false) {
        return Ok(());
    }
    let context = context::context(workspace, today).await?;
    workspace.weigh_shared(&move |candidate: Candidate| assess(candidate, &context)).await?;
    workspace.put_doc(docs::SHARED_WEIGHED, &true).await
}

/// Remembers that a reading has counted it.
pub(super) async fn settled(workspace: &Workspace) -> Result<(), WorkspaceError> {
    workspace.put_doc(docs::SHARED_WEIGHED, &true).await
}
