//! The SQL that Causeway makes: one SELECT for a selection, for databases that differ in little.

mod adapt;
mod check;
mod dialect;
mod kind;
mod mssql;
mod names;
mod own;
mod select;
mod truth;
mod tsql;

pub(crate) use check::check_query;
pub use dialect::Dialect;
pub(crate) use dialect::{GATHERED, literal, quote, quote_table};
pub(crate) use kind::{Field, Kind};
pub(crate) use mssql::{BETWEEN, MSSQL_ANY_CASE, MSSQL_CODE_PAGE, MSSQL_NATIONAL_ANY_CASE};
pub(crate) use names::unique;
pub(crate) use own::own_query;
pub(crate) use select::{
    ANY_CASE, ANY_CASE_ASCII, BIT, Find, Members, NATIONAL, Query, Request, UTF8, build,
};
pub(crate) use tsql::split_with;
