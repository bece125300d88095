//! A PostgreSQL database.
//!
//! Every question and every reading is one transaction, `REPEATABLE READ READ ONLY`: it sees one state of the database, and the
//! server itself refuses to write. What is set for it is set for that transaction only, so that a pooler between (PgBouncer)
//! carries nothing over to other programs. Results come in PostgreSQL's text form, which every type has; a value that can't be
//! understood stays text, so no value fails a reading.

mod ask;
mod catalog;
mod connect;
mod errors;
mod kind;
mod plan;
mod session;
mod source;
mod spec;
mod url;
mod values;

pub use spec::PostgresSpec;
