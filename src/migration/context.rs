//! What people of a workspace are assessed by, as it is kept there.

use chrono::NaiveDate;
use serde_json::Value;

use super::{docs, kept_mapping};
use crate::assess::{AssessContext, SchemaRules};
use crate::workspace::{Workspace, WorkspaceError};

/// The rules of the org that this workspace's people go to, as far as they are known: Okta's own until its schema was read.
pub async fn schema(workspace: &Workspace) -> Result<SchemaRules, WorkspaceError> {
    let kept: Option<Value> = workspace.doc(docs::SCHEMA).await?;
    Ok(kept.as_ref().and_then(SchemaRules::from_okta).unwrap_or_default())
}

/// What everyone of this workspace is assessed by, at a reading, after an edit, and after the org was looked at.
pub async fn context(workspace: &Workspace, today: NaiveDate) -> Result<AssessContext, WorkspaceError> {
    let password = kept_mapping(workspace).await?.map(|mapping| mapping.password).unwrap_or_default();
    Ok(AssessContext { password, schema: schema(workspace).await?, today })
}
