//! Where people are today: one trait, one file per kind.
//!
//! A kind of source is a [`SourceSpec`] variant (what the form holds, without the password), and an implementation of
//! [`Source`] that [`open`] builds from it. Sessions are read-only; a reading is one consistent snapshot, streamed.
//!
//! Nothing but [`Value`](crate::model::Value)s leaves this room. A value larger than 1 MiB is left in the source (it reads as
//! [`Value::TooLarge`](crate::model::Value::TooLarge)) and counted in [`ReadSummary::too_big`]; text that is not valid UTF-8 comes as bytes.

use std::sync::Arc;

use secrecy::SecretString;

use crate::model::TableName;

mod batch;
mod error;
mod facts;
mod guard;
mod notices;
mod postgres;
mod seam;
mod spec;
mod sql;
mod sqlite;
mod url;

pub use error::{CertificateFault, Lookalike, SourceError};
pub(crate) use facts::count;
pub use facts::{Overlap, Uniqueness, Within, different_values, overlap, overlap_of_people, uniqueness};
pub use seam::{Probe, ReadSummary, Source, TooBig};
pub use spec::{PostgresSpec, SourceKind, SourceSpec, SqliteSpec, TlsMode};
pub use sql::Dialect;

/// The source that a form or URL describes. Nothing is connected to or opened yet; an error is a description that can't be right.
pub fn open(spec: &SourceSpec, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
    match spec {
        SourceSpec::Postgres(spec) => {
            Ok(Arc::new(guard::Guarded::new(postgres::PostgresSource::new(spec.clone(), password))))
        }
        SourceSpec::Sqlite(spec) => {
            Ok(Arc::new(guard::Guarded::new(sqlite::SqliteSource::new(spec.clone()))))
        }
    }
}

/// The SELECT that gives what a table gives: what own SQL begins with.
pub(crate) fn select_of(table: &TableName) -> String {
    format!("SELECT *\nFROM {}", sql::quote_table(table))
}
