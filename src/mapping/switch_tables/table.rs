//! A table that may say who is switched off, and what is said of it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::marks::OpenStatus;
use crate::model::{People, Selection, TableName, people};

/// What a table may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchTableKind {
    /// The people's own table, of which what is read leaves out who is switched off: `SELECT id, email FROM users`.
    LeftOut,
    /// Who stands in it is kept out: `banned_users`.
    Listed,
    /// One row for each person, with a mark: `profiles.suspended_at`.
    Marked,
    /// What people belong to, which may be switched off as a whole: `realm.enabled`.
    Parent,
    /// A row for each thing that is known of a person, among it that they are switched off: `user_meta`.
    Attributes,
    /// What was done to people, among it that they were switched off: `user_histories`.
    Logged,
    /// Wrong passwords, after which people are locked out: `failed_logins`.
    Attempts,
}

/// A table that may say who is switched off, and that nothing reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchTable {
    /// The table.
    pub table: TableName,
    /// What it may say.
    pub kind: SwitchTableKind,
    /// How its rows belong to the people: their column and its own. A row that meets any of them is that person's. Empty: not known.
    pub joins: Vec<(String, String)>,
    /// The people's table.
    pub of: TableName,
    /// A foreign key or a known product says how they belong together.
    pub sure: bool,
    /// The columns with the marks, or with what was done.
    pub columns: Vec<String>,
    /// What makes it less certain, a sentence each.
    pub doubts: Vec<String>,
    /// How many of these people it holds, once they were counted.
    pub people: Option<u64>,
    /// How to read it together with them. `None` where that is not certain.
    pub selection: Option<Selection>,
    /// The SELECT that counts them.
    #[serde(skip)]
    pub(crate) counting: Option<String>,
    /// The statuses whose values have to be asked before anything is counted.
    #[serde(skip)]
    pub(crate) open: Vec<OpenStatus>,
}

impl SwitchTable {
    /// Takes down what the source answered about [`SwitchTable::open`], in its order: `None` where it could not be asked.
    pub(crate) fn settle(&mut self, answers: &[Option<Vec<String>>]) {
        let mut unclear = false;
        for (status, values) in std::mem::take(&mut self.open).iter().zip(answers) {
            if let Some(sql) = &mut self.counting {
                let (settled, open) = status.settled(sql, values.as_deref());
                *sql = settled;
                unclear |= open;
            } else {
                unclear |= status.settled("", values.as_deref()).1;
            }
            if let Some(Selection { people: People::Sql(sql), .. }) = &mut self.selection {
                *sql = status.settled(sql, values.as_deref()).0;
            }
        }
        if unclear {
            self.counting = None;
            // What would leave out some of them only is no answer. The column itself can be read all the same.
            if self.kind != SwitchTableKind::LeftOut {
                self.selection = None;
            }
            self.doubts.push(UNCLEAR.to_owned());
        }
    }

    /// Whether it isn't known which of its values switch people off.
    fn unclear(&self) -> bool {
        self.doubts.iter().any(|doubt| doubt == UNCLEAR)
    }

    /// What it may say of how many, and what comes of leaving it, in sentences.
    pub fn words(&self) -> String {
        let table = self.table.display();
        let columns = self.columns.join(", ");
        let mut text = match self.kind {
            SwitchTableKind::Listed => format!("{table} may say who is kept out, and nothing reads it"),
            SwitchTableKind::Marked => {
                format!("{table} has {columns}, which may say who is switched off, and nothing reads it")
            }
            SwitchTableKind::LeftOut => {
                format!(
                    "{table} has {columns}, which may say who is switched off, and what is read leaves it out"
                )
            }
            SwitchTableKind::Parent => {
                format!(
                    "{table} has {columns}, which may switch off everyone who belongs to it, and nothing reads it"
                )
            }
            SwitchTableKind::Attributes => {
                format!(
                    "{table} has rows called {columns}, which may say who is switched off, and nothing reads them"
                )
            }
            SwitchTableKind::Logged => {
                format!(
                    "{table} may have written down who was switched off ({columns}), and nothing reads it"
                )
            }
            SwitchTableKind::Attempts => {
                format!("{table} may say whom wrong passwords locked out, and nothing reads it")
            }
        };
        let by = |(own, other): &(String, String)| format!("{other} = {}.{own}", self.of.name);
        let joins = self.joins.iter().map(by).collect::<Vec<_>>().join(" or ");
        let how = if self.sure { joins } else { format!("{joins}; no foreign key says so") };
        let _ = match (self.joins.is_empty(), self.people) {
            (true, _) => write!(text, ". How its rows belong to these people isn't known."),
            (_, None) if self.unclear() => write!(text, " ({how})."),
            (_, None) => write!(text, " ({how}). How many of these people it holds could not be counted."),
            (_, Some(count)) => {
                let what = match self.kind {
                    SwitchTableKind::Marked | SwitchTableKind::LeftOut | SwitchTableKind::Attributes => {
                        "marked there"
                    }
                    SwitchTableKind::Parent => "in one that is off",
                    _ => "in it",
                };
                let arrive = if count == 1 { "arrives" } else { "arrive" };
                let is = if count == 1 { "is" } else { "are" };
                write!(text, ": {} {is} {what} ({how}) and {arrive} active now.", people(count))
            }
        };
        for doubt in &self.doubts {
            let _ = write!(text, " {doubt}");
        }
        text
    }
}

/// What is said where a status has values that nobody knows.
const UNCLEAR: &str = "It isn't known which of its values switch people off.";
