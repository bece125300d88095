//! What every format gives: tables that grow as they are read, their rows, and what should be said about them.

use std::collections::{HashMap, HashSet};

use super::fault::Fault;
use super::notes::Notes;
use crate::model::{ForeignKey, Value};

/// Rows that are read before they are put away.
const ROWS: usize = 250;

/// Bytes of text that are read before they are put away.
const BYTES: usize = 4 * 1024 * 1024;

/// The most columns of a table. SQLite takes 2,000; a document whose keys are people's ids has no end of them.
const COLUMNS: usize = 1000;

/// The longest record of any format, in bytes: a person with a photograph is far below it, and a file of one line is not read into
/// memory.
pub(super) const LONGEST: usize = 16 * 1024 * 1024;

/// A table as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Its name, unique in the file.
    pub(super) name: String,
    /// Its columns, in the order they were met.
    pub(super) columns: Vec<String>,
    /// The type of each column where the file states it.
    pub(super) types: HashMap<usize, String>,
    /// Whether its values are text and nothing else, so that they compare with numbers as text does.
    pub(super) text: bool,
    /// The primary key, where the file states one.
    pub(super) primary_key: Vec<String>,
    /// What the file says its columns point at.
    pub(super) foreign_keys: Vec<ForeignKey>,
    /// Columns by the name they have in the file.
    by_name: HashMap<String, usize>,
    /// Names in small letters that are taken.
    taken: HashSet<String>,
}

impl Draft {
    /// The column of that name, made if there is none. `None`: there are too many.
    pub(super) fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(at) = self.by_name.get(name) {
            return Some(*at);
        }
        let at = self.add(name)?;
        self.by_name.insert(name.to_owned(), at);
        Some(at)
    }

    /// One more column of that name, or of one like it where it is taken. `None`: there are too many.
    pub(super) fn add(&mut self, name: &str) -> Option<usize> {
        if self.columns.len() >= COLUMNS {
            return None;
        }
        // No database takes a zero byte in a name.
        let plain = name.replace('\0', "");
        let plain = if plain.trim().is_empty() {
            format!("column_{}", self.columns.len() + 1)
        } else {
            plain.trim().to_owned()
        };
        let mut unique = plain.clone();
        let mut n = 2;
        while !self.taken.insert(unique.to_lowercase()) {
            unique = format!("{plain}_{n}");
            n += 1;
        }
        self.columns.push(unique);
        Some(self.columns.len() - 1)
    }
}

/// What was read and not yet put away.
#[derive(Debug, Default)]
pub(super) struct Harvest {
    /// All tables met so far.
    pub(super) tables: Vec<Draft>,
    /// Rows: which table, and its values; columns after the last value have none.
    pub(super) rows: Vec<(usize, Vec<Value>)>,
    /// What should be said.
    pub(super) notes: Notes,
    bytes: usize,
}

impl Harvest {
    /// The table of that name, made if there is none.
    pub(super) fn table(&mut self, name: &str) -> usize {
        let same = |table: &Draft| table.name.eq_ignore_ascii_case(name);
        if let Some(at) = self.tables.iter().position(same) {
            return at;
        }
        self.tables.push(Draft { name: name.to_owned(), ..Draft::default() });
        self.tables.len() - 1
    }

    /// One more table of that name, or of one like it where it is taken.
    pub(super) fn new_table(&mut self, name: &str) -> usize {
        let plain = name.replace('\0', "");
        let mut unique = plain.clone();
        let mut n = 2;
        while self.tables.iter().any(|table| table.name.to_lowercase() == unique.to_lowercase()) {
            unique = format!("{plain}_{n}");
            n += 1;
        }
        self.tables.push(Draft { name: unique, ..Draft::default() });
        self.tables.len() - 1
    }

    /// Takes a row in.
    pub(super) fn push(&mut self, table: usize, values: Vec<Value>) {
        self.bytes += values.iter().map(crate::source::batch::weight).sum::<usize>();
        self.rows.push((table, values));
    }

    /// Whether enough was read to be put away.
    pub(super) fn full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// The rows, taken out.
    pub(super) fn take_rows(&mut self) -> Vec<(usize, Vec<Value>)> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

/// One format.
pub(super) trait Reader: Send {
    /// Reads on until the harvest is full or the file ends; `false` at the end.
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault>;
}
