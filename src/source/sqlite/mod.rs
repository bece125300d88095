//! A SQLite file.
//!
//! Opened read-only (`mode=ro` and `PRAGMA query_only`), each question and each reading in one transaction, so that it sees one
//! state of the file whatever its own program does meanwhile. Values have the type they have, not the one their column declares;
//! only `BOOLEAN` columns turn 0 and 1 into false and true.
//!
//! A reading is a reader to SQLite: in WAL mode the file's own program writes on undisturbed; in the older journal modes its writes
//! wait until the reading is done. A copy of the file serves as well.

mod catalog;
mod errors;
mod file;
mod kind;
mod plan;
mod source;
mod spec;
mod staged;
mod values;

#[cfg(test)]
mod tests;

pub(crate) use source::SqliteSource;
pub use spec::SqliteSpec;
pub(crate) use staged::{Content, Stage};
