//! Columns and tables that may say who is switched off and that nothing reads, as everyone was read: kept with the reading, and told
//! before anything goes.

use std::time::Duration;

use chrono::Utc;

use crate::mapping::{
    Mapping, Switch, SwitchTable, SwitchTableKind, Target, attribute_switch, says_kept_out, switch_tables,
    tables_of_attributes,
};
use crate::model::{Catalog, ColumnName, Columns, people};
use crate::source::{Source, count, different_values, texts};
use crate::workspace::{Workspace, WorkspaceError};

use super::attribute_names::names_in;
use super::{docs, kept_mapping};

/// How long all counting may take. What was not counted by then is told without a number.
const PATIENCE: Duration = Duration::from_secs(20);

/// Values of a column of what was done to people.
const ACTIONS: usize = 200;

/// Different values of a status.
const STATUSES: usize = 60;

/// Keeps what a reading found.
pub(super) async fn keep(
    workspace: &Workspace,
    found: &[Switch],
    tables: &[SwitchTable],
) -> Result<(), WorkspaceError> {
    if found.is_empty() {
        workspace.remove_doc(docs::SWITCHES).await?;
    } else {
        workspace.put_doc(docs::SWITCHES, &found).await?;
    }
    if tables.is_empty() {
        return workspace.remove_doc(docs::SWITCH_TABLES).await;
    }
    workspace.put_doc(docs::SWITCH_TABLES, &tables).await
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

/// The tables that the last reading found, without those that the mapping says don't switch anyone off.
pub async fn unread_tables(workspace: &Workspace) -> Result<Vec<SwitchTable>, WorkspaceError> {
    let mut found: Vec<SwitchTable> = workspace.doc(docs::SWITCH_TABLES).await?.unwrap_or_default();
    if !found.is_empty()
        && let Some(mapping) = kept_mapping(workspace).await?
    {
        found.retain(|table| !mapping.left_tables.contains(&table.table));
    }
    Ok(found)
}

/// The tables that may say who of these people is switched off, with how many of them each holds. `columns` are those that are read.
pub async fn tables(
    source: &dyn Source,
    catalog: &Catalog,
    mapping: &Mapping,
    columns: &Columns,
) -> Vec<SwitchTable> {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut told = Vec::new();
    let mut found = switch_tables(catalog, mapping, columns, Utc::now());
    for attributes in tables_of_attributes(catalog, mapping, columns) {
        if let Some(names) = names_in(source, &attributes, until).await
            && !found.iter().any(|one| one.table == *attributes.name())
        {
            found.extend(attribute_switch(catalog, mapping, columns, &attributes, &names));
        }
    }
    for mut table in found {
        let mut answers = Vec::new();
        for status in &table.open {
            let values = tokio::time::timeout_at(until, texts(source, &status.values, STATUSES)).await;
            answers.push(values.ok().and_then(Result::ok).flatten());
        }
        table.settle(&answers);
        if let Some(sql) = table.counting.take() {
            let counted = tokio::time::timeout_at(until, count(source, &sql)).await;
            table.people = counted.ok().and_then(Result::ok).flatten();
        }
        let empty = table.people == Some(0);
        if !empty && tokio::time::timeout_at(until, kept_out_there(source, &table)).await.unwrap_or(true) {
            told.push(table);
        }
    }
    told
}

/// Whether what was done to people has a word in it that keeps out; codes may all mean that.
async fn kept_out_there(source: &dyn Source, table: &SwitchTable) -> bool {
    if table.kind != SwitchTableKind::Logged {
        return true;
    }
    let Some(column) = table.columns.first() else { return true };
    let of = ColumnName { table: table.table.clone(), column: column.clone() };
    match different_values(source, &of, ACTIONS).await {
        Ok(Some(values)) => values.iter().any(|value| value.parse::<f64>().is_ok() || says_kept_out(value)),
        Ok(None) | Err(_) => true,
    }
}

/// One of the columns in words, with what to do.
pub fn words(switch: &Switch) -> String {
    if switch.new_password() {
        return format!(
            "“{}” {}: {}. The temporary password of {} would move ({}). Send it to Is active in the mapping and read again to leave \
             them out, or say there that it is left behind.",
            switch.column,
            switch.may_say(),
            switch.told(),
            people(switch.off),
            switch.told_off(),
        );
    }
    let whom = if switch.unclear() {
        "It isn't known which of its values switch people off; all of them arrive active now.".to_owned()
    } else {
        let which = Some(switch.told_off()).filter(|words| !words.is_empty());
        let which = which.map(|words| format!(" ({words})")).unwrap_or_default();
        format!("{} would be left out by it{which}, and arrive active now.", people(switch.off))
    };
    format!(
        "“{}” {}: {}. {whom} Send it to Is active in the mapping and read again, or say \
         there that it is left behind.",
        switch.column,
        switch.may_say(),
        switch.told(),
    )
}

/// One of the tables in words, with what to do.
pub fn table_words(table: &SwitchTable) -> String {
    let read = if table.selection.is_some() {
        "Read it together with them (--join)"
    } else if table.kind == SwitchTableKind::LeftOut {
        "Add it to what is read"
    } else {
        "Join it in a SELECT of your own (--sql)"
    };
    format!(
        "{} {read}, or say in the mapping that it doesn't switch anyone off (left_tables).",
        table.words()
    )
}
