//! What a source holds: tables, columns, keys; and a first look at its rows.

use super::{Columns, People, Record, TableName};

/// A table or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Whether it is a view.
    pub view: bool,
    /// How many rows the source believes it has. `None` when it does not say.
    pub rows: Option<u64>,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// The primary key's columns in order; empty without one.
    pub primary_key: Vec<String>,
    /// What its columns point at.
    pub foreign_keys: Vec<ForeignKey>,
    /// Why it can't be read, if it can't (no right to it, a broken view), in a person's words.
    pub refused: Option<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The source's own word for its type (`varchar(50)`), for screens.
    pub type_name: String,
}

/// A foreign key of one or more columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The columns here.
    pub columns: Vec<String>,
    /// The table they point at.
    pub table: TableName,
    /// The columns there, one for each of `columns`.
    pub references: Vec<String>,
}

/// Everything a source lets us see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// Tables and views, by name.
    pub tables: Vec<Table>,
}

impl Catalog {
    /// A table by name; without a schema, the first of that name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables
            .iter()
            .find(|t| t.name.name == name.name && (name.schema.is_none() || t.name.schema == name.schema))
    }

    /// How many rows a table has, as far as the source said. Of own SQL it says nothing.
    pub fn rows(&self, people: &People) -> Option<u64> {
        match people {
            People::Table(name) => self.table(name)?.rows,
            People::Sql(_) => None,
        }
    }
}

/// The first rows of a selection: what the mapping is suggested from and previewed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The selection's columns.
    pub columns: Columns,
    /// The source's word for each column's type, one a column.
    pub type_names: Vec<String>,
    /// The first rows, as a reading would give them (keys and groups filled in).
    pub records: Vec<Record>,
    /// How many rows a reading would give: exact where cheap, else the source's estimate, else `None`.
    pub rows: Option<u64>,
    /// Whether `rows` is exact.
    pub exact: bool,
}
