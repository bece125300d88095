//! What else is to be known of the last reading: kept with it, and told by every command that looks at it.

use crate::workspace::{Workspace, WorkspaceError};

use super::docs;

/// Keeps what a reading found.
pub(super) async fn keep(workspace: &Workspace, notes: &[String]) -> Result<(), WorkspaceError> {
    if notes.is_empty() {
        return workspace.remove_doc(docs::READING_NOTES).await;
    }
    workspace.put_doc(docs::READING_NOTES, &notes).await
}

/// What the last reading found, in sentences: where its people come from first.
pub async fn kept(workspace: &Workspace) -> Result<Vec<String>, WorkspaceError> {
    Ok(workspace.doc(docs::READING_NOTES).await?.unwrap_or_default())
}
