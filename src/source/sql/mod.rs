//! The SQL that Causeway makes: one SELECT for a selection, for databases that differ in little.

mod adapt;
mod check;
mod dialect;
mod kind;
mod names;
mod own;
mod select;
mod truth;

pub(crate) use check::check_query;
pub use dialect::Dialect;
pub(crate) use dialect::{GATHERED, literal, quote, quote_table};
pub(crate) use kind::Kind;
pub(crate) use names::unique;
pub(crate) use own::own_query;
pub(crate) use select::{
    ANY_CASE, ANY_CASE_ASCII, BIT, Field, Find, Members, NATIONAL, Query, Request, UTF8, build,
};
