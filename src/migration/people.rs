//! Everyone as a file: the review list, as CSV or JSON lines, for administrators' own tools. Holds no password and no hash.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{MigrationError, chosen_policy};
use crate::assess;
use crate::mapping;
use crate::model::{RoutePolicy, csv_cell, csv_list, printable_json};
use crate::workspace::{
    CHANGED_OUTSIDE, IDENTITY_NEW, IDENTITY_UNSURE, KEY_DUPLICATE, PeopleFilter, PersonDetail, Sort,
    Workspace,
};

/// The codes of all findings there can be, which a filter may name.
pub fn finding_codes() -> impl Iterator<Item = &'static str> {
    let across = [KEY_DUPLICATE, CHANGED_OUTSIDE, IDENTITY_UNSURE, IDENTITY_NEW];
    assess::codes::ALL.iter().chain(&mapping::codes::ALL).copied().chain(across)
}

/// How to write people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and a line a person; attributes after the fixed columns.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

/// The fixed columns of the CSV, before the attributes.
pub const COLUMNS: [&str; 15] = [
    "row",
    "key",
    "disposition",
    "route",
    "best_route",
    "scheme",
    "password",
    "findings",
    "reasons",
    "groups",
    "outcome",
    "okta_id",
    "okta_status",
    "code",
    "message",
];

/// Writes everyone a filter shows, in the order given. How many. Memory stays flat. The window and the command line both write
/// with this.
///
/// Texts are foreign: in CSV no spreadsheet runs them and no terminal obeys them ([`csv_cell`]); in JSON they are whole.
///
/// Dispositions and routes are what will happen by the policy chosen now; the route of someone created is the one they were
/// sent by.
pub async fn export(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    format: Format,
    out: impl Write,
    stop: &CancellationToken,
) -> Result<u64, MigrationError> {
    let policy = chosen_policy(workspace).await?;
    match format {
        Format::JsonLines => json_lines(workspace, filter, sort, policy, out, stop).await,
        Format::Csv => as_csv(workspace, filter, sort, policy, out, stop).await,
    }
}

async fn json_lines(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    policy: RoutePolicy,
    mut out: impl Write,
    stop: &CancellationToken,
) -> Result<u64, MigrationError> {
    let mut walk = workspace.walk(filter, sort).await?;
    let mut written = 0;
    while let Some(people) = walk.next().await? {
        for person in &people {
            writeln!(out, "{}", printable_json(&json(person, policy).to_string())).map_err(|e| failed(&e))?;
            written += 1;
        }
        if stop.is_cancelled() {
            break;
        }
    }
    out.flush().map_err(|e| failed(&e))?;
    Ok(written)
}

async fn as_csv(
    workspace: &Workspace,
    filter: &PeopleFilter,
    sort: Sort,
    policy: RoutePolicy,
    out: impl Write,
    stop: &CancellationToken,
) -> Result<u64, MigrationError> {
    // Two walks: which attributes there are must be known before the first line.
    let attributes = attributes(workspace, filter).await?;
    let mut writer = csv::Writer::from_writer(out);
    let header = COLUMNS.into_iter().chain(attributes.iter().map(String::as_str)).map(csv_cell);
    writer.write_record(header.map(Cow::into_owned)).map_err(|e| failed(&e.into()))?;
    let mut walk = workspace.walk(filter, sort).await?;
    let mut written = 0;
    while let Some(people) = walk.next().await? {
        for person in &people {
            let mut line = fixed(person, policy);
            line.extend(attributes.iter().map(|name| person.profile.get(name).map(text).unwrap_or_default()));
            writer
                .write_record(line.iter().map(|cell| csv_cell(cell).into_owned()))
                .map_err(|e| failed(&e.into()))?;
            written += 1;
        }
        if stop.is_cancelled() {
            break;
        }
    }
    writer.flush().map_err(|e| failed(&e))?;
    Ok(written)
}

async fn attributes(workspace: &Workspace, filter: &PeopleFilter) -> Result<Vec<String>, MigrationError> {
    let mut names: Vec<String> = Vec::new();
    let mut walk = workspace.walk(filter, Sort::default()).await?;
    while let Some(people) = walk.next().await? {
        for person in &people {
            for (name, _) in person.profile.iter() {
                if !names.iter().any(|n| n == name) {
                    names.push(name.to_owned());
                }
            }
        }
    }
    // Base attributes in the order screens list them, custom ones after, by name.
    let place = |name: &String| {
        crate::model::ATTRIBUTES
            .iter()
            .position(|a| a.name == *name)
            .unwrap_or(crate::model::ATTRIBUTES.len())
    };
    names.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.cmp(b)));
    Ok(names)
}

fn fixed(person: &PersonDetail, policy: RoutePolicy) -> Vec<String> {
    let outcome = &person.row.outcome;
    let findings: Vec<&str> = person.findings.iter().map(|f| f.code.as_str()).collect();
    vec![
        person.row.row.to_string(),
        key_cell(&person.key),
        person.row.disposition.under(policy).as_str().to_owned(),
        person.row.way(policy).as_str().to_owned(),
        person.row.route.as_str().to_owned(),
        person.row.scheme.clone(),
        person.row.scheme_label.clone(),
        findings.join(" "),
        csv_list(person.findings.iter().map(|f| f.text.as_str())),
        csv_list(&person.groups),
        outcome.kind.as_str().to_owned(),
        outcome.okta_id.clone().unwrap_or_default(),
        outcome.okta_status.clone().unwrap_or_default(),
        outcome.code.clone().unwrap_or_default(),
        outcome.message.clone().unwrap_or_default(),
    ]
}

/// One person as JSON, under a policy.
pub fn json(person: &PersonDetail, policy: RoutePolicy) -> Value {
    let outcome = &person.row.outcome;
    json!({
        "row": person.row.row,
        "key": person.key,
        "profile": person.profile,
        "groups": person.groups,
        "scheme": person.row.scheme,
        "password": person.row.scheme_label,
        "route": person.row.way(policy),
        "bestRoute": person.row.route,
        "disposition": person.row.disposition.under(policy),
        "findings": person.findings,
        "edited": person.edited,
        "outcome": outcome.kind,
        "oktaId": outcome.okta_id,
        "oktaStatus": outcome.okta_status,
        "code": outcome.code,
        "message": outcome.message,
        "suggestion": outcome.suggestion,
    })
}

/// A value as a cell.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => csv_list(values.iter().map(text)),
        other => other.to_string(),
    }
}

/// A key as a cell: the parts of one of several columns parted by a stroke.
pub(super) fn key_cell(key: &str) -> String {
    key.replace('\u{1f}', "/")
}

fn failed(error: &io::Error) -> MigrationError {
    MigrationError::Write { path: "the list".into(), technical: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_several_columns_is_read_as_such() {
        assert_eq!((key_cell("7"), key_cell("1\u{1f}a")), ("7".to_owned(), "1/a".to_owned()));
    }
}
