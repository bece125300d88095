//! The report as CSV: each person's outcome, and the source's columns, so that failed rows can be mended and read in again.

use std::io::Write;

use chrono::SecondsFormat;
use tokio_util::sync::CancellationToken;

use crate::migration::people::{key_cell, text};
use crate::migration::{MigrationError, chosen_policy};
use crate::model::{OutcomeKind, Value, csv_cell, csv_list};
use crate::workspace::{PeopleFilter, Presence, Reset, Sort, Workspace};

/// Whose lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableScope {
    /// Everyone.
    #[default]
    Everyone,
    /// Those who failed: the file to mend and read in again.
    Failed,
    /// Everyone something was sent for, gone from the source or not.
    Sent,
}

/// Whether the source's columns that hold passwords, salts and other secrets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrets {
    /// They stay empty.
    #[default]
    Covered,
    /// As the source has them, to the letter: not even what a spreadsheet would run is changed. Whoever reads the file can attack
    /// the passwords.
    Written,
}

/// Our columns, before the source's; the prefix keeps them apart from a source's own `login` or `code`.
const OURS: [&str; 10] = [
    "causeway_key",
    "causeway_login",
    "causeway_route",
    "causeway_outcome",
    "causeway_okta_id",
    "causeway_code",
    "causeway_message",
    "causeway_suggestion",
    "causeway_reset",
    "causeway_reset_at",
];

/// Writes the report. Source columns are filled for failed people only: theirs are the rows to read in again. How many lines.
pub async fn csv(
    workspace: &Workspace,
    scope: TableScope,
    secrets: Secrets,
    out: impl Write,
    stop: &CancellationToken,
) -> Result<u64, MigrationError> {
    let failed = PeopleFilter { outcomes: vec![OutcomeKind::Failed], ..PeopleFilter::default() };
    let columns = match workspace.order(&failed, Sort::default()).await?.first() {
        Some(first) => workspace.source_row(*first).await?.columns.names().to_vec(),
        None => Vec::new(),
    };
    let mut writer = csv::Writer::from_writer(out);
    let broken =
        |e: csv::Error| MigrationError::Write { path: "the report".into(), technical: e.to_string() };
    let header = OURS.into_iter().chain(columns.iter().map(String::as_str));
    writer.write_record(header.map(|name| csv_cell(name).into_owned())).map_err(broken)?;
    let filter = match scope {
        TableScope::Everyone => PeopleFilter::default(),
        TableScope::Failed => failed,
        TableScope::Sent => PeopleFilter {
            outcomes: OutcomeKind::ALL.into_iter().filter(|kind| *kind != OutcomeKind::Waiting).collect(),
            presence: Presence::Any,
            ..PeopleFilter::default()
        },
    };
    let policy = chosen_policy(workspace).await?;
    let mut walk = workspace.walk(&filter, Sort::default()).await?;
    let mut written = 0;
    while let Some(people) = walk.next().await? {
        let ids: Vec<_> = people.iter().map(|person| person.row.id).collect();
        let resets = workspace.resets_of(&ids).await?;
        for person in &people {
            let outcome = &person.row.outcome;
            let cell = |text: &Option<String>| text.clone().unwrap_or_default();
            let mut line = vec![
                key_cell(&person.key),
                person.profile.get("login").map(text).unwrap_or_default(),
                person.row.way(policy).as_str().to_owned(),
                outcome.kind.as_str().to_owned(),
                cell(&outcome.okta_id),
                cell(&outcome.code),
                cell(&outcome.message),
                cell(&outcome.suggestion),
            ];
            match resets.get(&person.row.id) {
                Some((reset, at)) => {
                    line.extend([reset_words(reset), at.to_rfc3339_opts(SecondsFormat::Secs, true)]);
                }
                None => line.extend([String::new(), String::new()]),
            }
            if outcome.kind == OutcomeKind::Failed {
                let row = workspace.source_row(person.row.id).await?;
                let source = columns.iter().map(|name| {
                    let Some(at) = row.columns.position(name) else { return String::new() };
                    let Some(value) = row.values.get(at) else { return String::new() };
                    if !row.covered.get(at).copied().unwrap_or(true) {
                        csv_cell(&source_text(value)).into_owned()
                    } else if secrets == Secrets::Covered {
                        String::new()
                    } else {
                        // To the letter: a hash with one character more is another hash.
                        source_text(value)
                    }
                });
                let ours = line.iter().map(|cell| csv_cell(cell).into_owned());
                writer.write_record(ours.chain(source)).map_err(broken)?;
            } else {
                line.resize(OURS.len() + columns.len(), String::new());
                writer.write_record(line.iter().map(|cell| csv_cell(cell).into_owned())).map_err(broken)?;
            }
            written += 1;
        }
        if stop.is_cancelled() {
            break;
        }
    }
    writer.flush().map_err(|e| broken(e.into()))?;
    Ok(written)
}

/// How the reset of a password at the end stands (Finish).
pub(super) fn reset_words(reset: &Reset) -> String {
    match reset {
        Reset::Done => "reset".to_owned(),
        Reset::Sending => "not known: finish again".to_owned(),
        Reset::Failed(why) => format!("failed: {why}"),
    }
}

/// A source's value as text; bytes that are no text as `\x` and hex digits, as PostgreSQL writes them.
fn source_text(value: &Value) -> String {
    match (value, value.as_text()) {
        (Value::List(values), _) => csv_list(values.iter().map(source_text)),
        (_, Some(text)) => text.into_owned(),
        (Value::Bytes(bytes), None) => format!("\\x{}", hex::encode(bytes)),
        (Value::TooLarge, None) => "(larger than 1 MiB)".to_owned(),
        (_, None) => String::new(),
    }
}
