//! One question to the server.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnection, PgRow};

use super::values;
use crate::source::guard::Budget;

/// The rows of a query without bound values, as text.
pub(super) async fn ask(connection: &mut PgConnection, sql: String) -> Result<Vec<PgRow>, sqlx::Error> {
    collect(connection, sql, Budget::answer()).await
}

/// The same, as many as there is room for.
pub(super) async fn collect(
    connection: &mut PgConnection,
    sql: String,
    mut budget: Budget,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut answer = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(connection);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        budget.take(values::size(&row)).map_err(|overflow| sqlx::Error::Decode(overflow.into()))?;
        rows.push(row);
    }
    Ok(rows)
}
