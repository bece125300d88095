//! Columns that may say who is switched off and that nothing reads, as everyone was read: kept with the reading, and told before
//! anything goes.

use crate::mapping::{Switch, Target};
use crate::model::people;
use crate::workspace::{Workspace, WorkspaceError};

use super::{docs, kept_mapping};

/// Keeps what a reading found.
pub(super) async fn keep(workspace: &Workspace, found: &[Switch]) -> Result<(), WorkspaceError> {
    if found.is_empty() {
        return workspace.remove_doc(docs::SWITCHES).await;
    }
    workspace.put_doc(docs::SWITCHES, &found).await
}

/// What the last reading found, without the columns that the mapping says don't switch anyone off.
pub async fn unread(workspace: &Workspace) -> Result<Vec<Switch>, WorkspaceError> {
    let mut found: Vec<Switch> = workspace.doc(docs::SWITCHES).await?.unwrap_or_default();
    if found.is_empty() {
        return Ok(found);
    }
    if let Some(mapping) = kept_mapping(workspace).await? {
        let left = |column: &str| {
            mapping.rules.iter().any(|rule| {
                rule.target == Target::LeftBehind
                    && rule.column.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(column))
            })
        };
        found.retain(|switch| !left(&switch.column));
    }
    Ok(found)
}

/// One of them in words, with what to do.
pub fn words(switch: &Switch) -> String {
    let whom = if switch.unclear() {
        "It isn't known which of its values switch people off; all of them arrive active now.".to_owned()
    } else {
        format!("{} would be left out by it, and arrive active now.", people(switch.off))
    };
    format!(
        "“{}” may say who is switched off, and nothing reads it: {}. {whom} Send it to Is active in the mapping and read again, or say \
         there that it is left behind.",
        switch.column,
        switch.told(),
    )
}
