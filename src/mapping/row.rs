//! A record as the rules see it, and a column of it.

use chrono::{DateTime, Utc};

use super::error::MappingError;
use crate::model::{Columns, Record, Value};

/// A column and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) at: usize,
}

impl Column {
    /// Its name, as the source writes it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn find(name: &str, columns: &Columns, target: &str) -> Result<Self, MappingError> {
        match columns.position(name) {
            // As the source writes it.
            Some(at) => {
                Ok(Self { name: columns.names().get(at).map_or(name, String::as_str).to_owned(), at })
            }
            None => Err(MappingError::ColumnGone { column: name.to_owned(), target: target.to_owned() }),
        }
    }
}

/// A record as the rules see it.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    /// Whether the record's columns are those the plan was made for.
    pub(super) same: bool,
    pub(super) now: DateTime<Utc>,
}

impl<'a> Row<'a> {
    /// The moment that others are compared with.
    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A value. A record of other columns is looked up by name: a value must never land where another was meant.
    pub(super) fn value(&self, column: &Column) -> &'a Value {
        let at = if self.same { Some(column.at) } else { self.record.columns.position(&column.name) };
        at.and_then(|at| self.record.values.get(at)).unwrap_or(&Value::Null)
    }
}
