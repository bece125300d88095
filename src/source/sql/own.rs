//! Own SQL, as a database takes it.

use std::borrow::Cow;

use super::dialect::Dialect;
use super::{adapt, check, tsql};
use crate::source::SourceError;

/// An administrator's own SQL, or what Causeway wrote for every database, as this database takes it: one SELECT.
pub(crate) fn own_query(sql: &str, dialect: Dialect) -> Result<Cow<'_, str>, SourceError> {
    let sql = check::check_query(sql, dialect)?;
    match dialect {
        Dialect::Postgres | Dialect::Sqlite => Ok(Cow::Borrowed(sql)),
        Dialect::Mysql => adapt::for_mysql(sql).map(Cow::Owned),
        Dialect::Mssql => tsql::adapt(sql).map(Cow::Owned),
    }
}
