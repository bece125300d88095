//! A SQL Server or Azure SQL database.
//!
//! The session says that it only reads (`ApplicationIntent=ReadOnly`), so that a group of servers may send it to a copy. SQL Server has no
//! transactions that can only read: nothing but SELECTs is sent, own SQL stands in brackets inside of one, where no other statement can
//! stand, and every transaction is rolled back. A reading sees one moment where the database allows it: by `SNAPSHOT`, or, where only
//! `READ_COMMITTED_SNAPSHOT` is switched on, because it is one statement. Where neither is, what is changed meanwhile may be in it.

mod browser;
mod catalog;
mod connect;
mod errors;
mod kind;
mod plan;
mod session;
mod source;
mod spec;
mod types;
mod url;
mod values;

pub use spec::MssqlSpec;
