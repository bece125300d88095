//! What a check says of each person: the operations that an import would carry out, or why it would not.

use std::io::Write;

use super::MigrationError;
use super::people::text;
use crate::model::{csv_cell, csv_list};
use crate::plan::{Left, Operation, Sent};
use crate::workspace::{OperationKind, PersonId};

/// One operation that an import would carry out.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// On a person's account.
    OnPerson(Operation),
    /// On the org: a group made, an attribute added, the hook registered; with its name.
    OnOrg(OperationKind, String),
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Whose. `None`: of the org.
    pub person: Option<PersonId>,
    /// Their login as it would be sent; empty for the org.
    pub login: String,
    /// What would be done; `None` for nothing.
    pub step: Option<Step>,
    /// Why it is not done, or may not go through; empty where nothing is in the way.
    pub why_not: String,
}

impl Step {
    /// The word used in files.
    fn word(&self) -> &'static str {
        match self {
            Self::OnPerson(operation) => match operation {
                Operation::Create { .. } => "create",
                Operation::SetAttributes { .. } => "set_attributes",
                Operation::Join { .. } => "join",
                Operation::Leave { .. } => "leave",
                Operation::Activate => "activate",
                Operation::Deactivate => "deactivate",
                Operation::Delete => "delete",
            },
            Self::OnOrg(kind, _) => kind.as_str(),
        }
    }

    /// What it is about.
    fn what(&self) -> String {
        match self {
            Self::OnPerson(Operation::Create { activate, sent, groups }) => {
                let sent = match sent {
                    Sent::Password => "with their password",
                    Sent::Hook => "password checked by the hook",
                    Sent::Nothing => "no password",
                };
                let status = if *activate { "ACTIVE" } else { "STAGED" };
                let groups =
                    if groups.is_empty() { String::new() } else { format!("; groups: {}", csv_list(groups)) };
                format!("{status}, {sent}{groups}")
            }
            Self::OnPerson(Operation::SetAttributes { changes }) => csv_list(changes.iter().map(|change| {
                let from = change.from.as_ref().map(text).unwrap_or_default();
                let to = change.to.as_ref().map(text).unwrap_or_default();
                format!("{}: “{from}” → “{to}”", change.attribute)
            })),
            Self::OnPerson(Operation::Join { group } | Operation::Leave { group }) => group.clone(),
            Self::OnPerson(Operation::Activate | Operation::Deactivate | Operation::Delete) => String::new(),
            Self::OnOrg(_, what) => what.clone(),
        }
    }
}

/// Why nothing is done with somebody who is there, or was sent.
pub(super) fn left_words(why: Left) -> &'static str {
    match why {
        Left::Unchanged => "In Okta already: left unchanged, as chosen",
        Left::NothingToUpdate => "In Okta already: nothing to update",
        Left::UpdatedBefore => "Updated by an earlier import, whose answer did not arrive",
        Left::SentBefore => "Sent by an earlier import",
        Left::FailedBefore => "Failed in an earlier import: try again to send them",
    }
}

/// Writes a plan as CSV: no spreadsheet runs what people are called, and no terminal obeys it.
pub struct PlanTable<W: Write>(csv::Writer<W>);

impl<W: Write> PlanTable<W> {
    /// Begins with the names of the columns.
    pub fn begin(out: W) -> Result<Self, MigrationError> {
        let mut table = Self(csv::Writer::from_writer(out));
        table.line(["login", "operation", "what", "why_not"])?;
        Ok(table)
    }

    fn line(&mut self, cells: [&str; 4]) -> Result<(), MigrationError> {
        self.0.write_record(cells.map(|cell| csv_cell(cell).into_owned())).map_err(|e| broken(&e))
    }

    /// One line more.
    pub fn add(&mut self, planned: &Planned) -> Result<(), MigrationError> {
        let (word, what) = match &planned.step {
            Some(step) => (step.word(), step.what()),
            None => ("none", String::new()),
        };
        self.line([&planned.login, word, &what, &planned.why_not])
    }

    /// Everything written.
    pub fn finish(self) -> Result<W, MigrationError> {
        self.0.into_inner().map_err(|error| broken(error.error()))
    }
}

fn broken(error: &dyn std::fmt::Display) -> MigrationError {
    MigrationError::Write { path: "the plan".into(), technical: error.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::plan::Change;

    #[test]
    fn a_plan_reads_as_what_is_done_and_no_cell_runs() {
        let mut table = PlanTable::begin(Vec::new()).unwrap();
        let mut add = |login: &str, step, why: &str| {
            let planned = Planned { person: None, login: login.into(), step, why_not: why.into() };
            table.add(&planned).unwrap();
        };
        let groups = vec!["Sales".to_owned(), "=cmd()".to_owned()];
        let create = Operation::Create { activate: true, sent: Sent::Password, groups };
        add("anna@example.com", Some(Step::OnPerson(create)), "");
        let changes = vec![Change { attribute: "title".into(), from: None, to: Some(json!("Dr")) }];
        add("ben@example.com", Some(Step::OnPerson(Operation::SetAttributes { changes })), "");
        add("=x", None, left_words(Left::SentBefore));
        add("", Some(Step::OnOrg(OperationKind::MakeGroup, "Sales".into())), "");
        let text = String::from_utf8(table.finish().unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "login,operation,what,why_not",
                "anna@example.com,create,\"ACTIVE, with their password; groups: Sales; '=cmd()\",",
                "ben@example.com,set_attributes,title: “” → “Dr”,",
                "'=x,none,,Sent by an earlier import",
                ",make_group,Sales,",
            ]
        );
    }
}
