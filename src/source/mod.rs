//! Where people are today: one trait, one folder per kind.
//!
//! A kind of source is a folder beside this file and one line of the table in [`kinds`]. The folder holds its spec (what the form
//! holds, without the password), and says what it is called, which fields its form has, how it is written in one line, what it can be
//! asked, and what reads it: an implementation of [`Source`]. The window and the command line are drawn from that, and know no kind.
//!
//! Sessions are read-only; a reading is one consistent snapshot, streamed.
//!
//! Nothing but [`Value`](crate::model::Value)s leaves this room. A value larger than 1 MiB is left in the source (it reads as
//! [`Value::TooLarge`](crate::model::Value::TooLarge)) and counted in [`ReadSummary::too_big`]; text that is not valid UTF-8 comes as bytes.

use std::sync::Arc;

use secrecy::SecretString;

use crate::model::TableName;

mod batch;
mod capabilities;
mod certificates;
mod error;
mod facts;
mod file;
mod form;
mod guard;
mod kind;
mod kinds;
mod mssql;
mod mysql;
mod notices;
mod pasted;
mod postgres;
mod reach;
mod seam;
mod sql;
mod sqlite;
mod tls;
mod url;

pub use capabilities::Capabilities;
pub use error::{CertificateFault, Lookalike, SourceError};
pub use facts::{Overlap, Uniqueness, Within, different_values, overlap, overlap_of_people, uniqueness};
pub(crate) use facts::{count, texts};
pub use file::FileSpec;
pub use form::{Choice, Field, Form, Input, Row, Values};
pub use kind::{About, Group, Tile, UrlForms};
pub use kinds::{SourceKind, SourceSpec};
pub use mssql::MssqlSpec;
pub use mysql::{MysqlSpec, MysqlTls};
pub use postgres::PostgresSpec;
pub use seam::{Probe, ReadSummary, Source, TooBig};
pub use sql::Dialect;
pub use sqlite::SqliteSpec;
pub use tls::TlsMode;
pub use url::url_examples;

/// The source that a form or URL describes. Nothing is connected to or opened yet; an error is a description that can't be right.
pub fn open(spec: &SourceSpec, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
    spec.open(password)
}

/// The SELECT that gives what a table gives: what own SQL begins with.
pub(crate) fn select_of(table: &TableName) -> String {
    format!("SELECT *\nFROM {}", sql::quote_table(table))
}
