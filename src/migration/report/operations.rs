//! Everything that was done at Okta, as CSV: the ledger for people.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use tokio_util::sync::CancellationToken;

use crate::migration::MigrationError;
use crate::migration::people::{key_cell, text};
use crate::model::{Profile, csv_cell, csv_list};
use crate::workspace::{
    CHANGED_OUTSIDE, GivenGroup, Operation, OperationKind, OperationState, OrgOperation, PeopleFilter,
    PersonDetail, Presence, RunId, Sort, Workspace,
};

/// The columns.
const COLUMNS: [&str; 11] =
    ["time", "ended", "run", "operation", "state", "key", "login", "okta_id", "what", "before", "request"];

/// Said of what files from before there was a ledger did not keep.
const NOT_RECORDED: &str = "(not recorded)";

type Line = [String; COLUMNS.len()];

/// Writes everything that was done at Okta: first with the org, then with people, in the source's order, those who are gone from it
/// included. How many lines.
pub async fn operations(
    workspace: &Workspace,
    out: impl Write,
    stop: &CancellationToken,
) -> Result<u64, MigrationError> {
    let mut writer = csv::Writer::from_writer(out);
    let mut written = 0;
    writer.write_record(COLUMNS).map_err(|e| broken(&e))?;
    let mut write = |line: Line| {
        written += 1;
        writer.write_record(line.map(|cell| csv_cell(&cell).into_owned())).map_err(|e| broken(&e))
    };
    for operation in workspace.org_operations().await? {
        write(of_org(operation))?;
    }
    let everyone = PeopleFilter { presence: Presence::Any, ..PeopleFilter::default() };
    let mut walk = workspace.walk(&everyone, Sort::default()).await?;
    while let Some(people) = walk.next().await? {
        let ids: Vec<_> = people.iter().map(|person| person.row.id).collect();
        let mut operations = workspace.operations(&ids).await?;
        for person in &people {
            if let Some(words) = person.row.changed {
                write(changed(person, words))?;
            }
            for operation in operations.remove(&person.row.id).unwrap_or_default() {
                write(of_person(person, operation))?;
            }
        }
        if stop.is_cancelled() {
            break;
        }
    }
    writer.flush().map_err(|e| broken(&e))?;
    Ok(written)
}

fn broken(error: &dyn std::fmt::Display) -> MigrationError {
    MigrationError::Write { path: "the list of operations".into(), technical: error.to_string() }
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
}

fn number(run: Option<RunId>) -> String {
    run.map(|run| run.0.to_string()).unwrap_or_default()
}

fn of_org(one: OrgOperation) -> Line {
    [
        time(one.at),
        time(one.ended),
        number(one.run),
        one.kind.as_str().to_owned(),
        one.state.as_str().to_owned(),
        String::new(),
        String::new(),
        one.okta_id.unwrap_or_default(),
        one.what,
        one.before.unwrap_or_default(),
        one.request.unwrap_or_default(),
    ]
}

/// Someone whose record can't be believed: what it says is not repeated.
fn changed(person: &PersonDetail, words: &str) -> Line {
    let none = String::new;
    let (key, login) = (key_cell(&person.key), person.profile.login().to_owned());
    let (state, what) = (CHANGED_OUTSIDE.to_owned(), words.to_owned());
    [none(), none(), none(), none(), state, key, login, none(), what, none(), none()]
}

fn of_person(person: &PersonDetail, one: Operation) -> Line {
    let (what, before) = about(&one);
    [
        time(one.at),
        time(one.ended),
        number(one.run),
        one.kind.as_str().to_owned(),
        one.state.as_str().to_owned(),
        key_cell(&person.key),
        person.profile.login().to_owned(),
        one.okta_id.or_else(|| person.row.outcome.okta_id.clone()).unwrap_or_default(),
        what,
        before,
        one.request.unwrap_or_default(),
    ]
}

/// What an operation is about, and what was there before.
fn about(one: &Operation) -> (String, String) {
    let done = matches!(one.state, OperationState::Done | OperationState::Undone);
    match (one.kind, &one.groups, &one.before) {
        (OperationKind::Create | OperationKind::Join, Some(groups), _) => {
            (csv_list(groups.iter().map(group_words)), String::new())
        }
        (OperationKind::Create, None, _) if done => (NOT_RECORDED.to_owned(), String::new()),
        (OperationKind::SetAttributes, _, Some(before)) => {
            // Where it is not known what was set, all that was there is told.
            let named = before.set.as_ref().unwrap_or(&before.profile);
            let was = csv_list(named.iter().map(|(name, _)| value(name, &before.profile)));
            let is = before.set.as_ref().map(|set| csv_list(set.iter().map(|(name, _)| value(name, set))));
            (is.unwrap_or_else(|| NOT_RECORDED.to_owned()), was)
        }
        _ => (String::new(), String::new()),
    }
}

fn group_words(group: &GivenGroup) -> String {
    let GivenGroup { okta_id, name } = group;
    match (name, okta_id) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => id.clone(),
        (None, None) => "(changed in the file by something other than Causeway)".to_owned(),
    }
}

fn value(name: &str, of: &Profile) -> String {
    format!("{name}: {}", of.get(name).map(text).unwrap_or_default())
}
