//! What is in the file: tables, views, columns, keys, sizes.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::Row;

use super::errors;
use super::file::{Limit, Session};
use crate::model::{Catalog, Column, Explain as _, ForeignKey, Table, TableName};
use crate::source::SourceError;

/// Rows of files up to this size are counted; of larger ones they are estimated. Counting reads the whole file.
const COUNTED_SIZE: u64 = 64 * 1024 * 1024;

/// How long all counting may take.
const COUNT_TIME: Duration = Duration::from_secs(2);

/// A table's own name, whether it is a view, and whether it has a row id.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) view: bool,
    pub(super) row_ids: bool,
}

/// SQLite's version and everything in the file.
pub(super) async fn look(session: &mut Session) -> Result<(String, Catalog), SourceError> {
    let path = session.path.clone();
    let failed = |error| errors::query(error, &path, 0);
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&mut *session.connection)
        .await
        .map_err(failed)?;
    if let Some(content) = &session.content {
        return Ok((version, content.catalog.clone()));
    }
    let mut tables = Vec::new();
    for found in list(session, None).await? {
        let mut refused = None;
        let (columns, primary_key) = columns(session, &found.name).await.unwrap_or_else(|error| {
            refused = Some(match error.technical() {
                Some(technical) => format!("It can't be read: {technical}."),
                None => "It can't be read.".to_owned(),
            });
            Default::default()
        });
        let foreign_keys = if found.view {
            Vec::new()
        } else {
            foreign_keys(session, &found.name).await.unwrap_or_default()
        };
        tables.push((found, columns, primary_key, foreign_keys, refused));
    }

    // A foreign key that names no columns means the primary key.
    let keys: HashMap<String, Vec<String>> =
        tables.iter().map(|(found, _, key, _, _)| (found.name.to_lowercase(), key.clone())).collect();
    session.limit(Limit::time(COUNT_TIME)).await;
    let mut catalog = Catalog::default();
    for (found, columns, primary_key, mut foreign_keys, refused) in tables {
        for foreign in &mut foreign_keys {
            if foreign.references.is_empty() {
                foreign.references =
                    keys.get(&foreign.table.name.to_lowercase()).cloned().unwrap_or_default();
            }
        }
        let rows = if found.view || refused.is_some() { None } else { rows(session, &found).await };
        catalog.tables.push(Table {
            name: TableName { schema: None, name: found.name },
            view: found.view,
            rows,
            columns,
            primary_key,
            foreign_keys,
            refused,
        });
    }
    Ok((version, catalog))
}

/// Tables and views, or the one of that name.
pub(super) async fn list(session: &mut Session, name: Option<&str>) -> Result<Vec<Found>, SourceError> {
    if let Some(content) = &session.content {
        let found = |table: &Table| Found { name: table.name.name.clone(), view: false, row_ids: true };
        return Ok(match name {
            Some(name) => content.table(name).map(found).into_iter().collect(),
            None => content.catalog.tables.iter().map(found).collect(),
        });
    }
    // `ncol` is left alone: it makes SQLite read every view's definition.
    let rows = sqlx::query(
        "SELECT name, type = 'view', wr = 0 AND type = 'table' FROM pragma_table_list \
         WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND (?1 IS NULL OR name = ?1 COLLATE NOCASE) ORDER BY name COLLATE NOCASE",
    )
    .bind(name)
    .fetch_all(&mut *session.connection)
    .await
    .map_err(|error| errors::query(error, &session.path, 0))?;
    rows.iter()
        .map(|row| Ok(Found { name: row.try_get(0)?, view: row.try_get(1)?, row_ids: row.try_get(2)? }))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(|error| errors::query(error, &session.path, 0))
}

/// A table's columns as `SELECT *` gives them, and its primary key.
pub(super) async fn columns(
    session: &mut Session,
    table: &str,
) -> Result<(Vec<Column>, Vec<String>), SourceError> {
    if let Some(content) = &session.content {
        let found = content.table(table);
        return Ok(found.map(|table| (table.columns.clone(), table.primary_key.clone())).unwrap_or_default());
    }
    let failed = |error| errors::query(error, &session.path, 0);
    // hidden = 1: columns of a virtual table that `*` leaves out; 2 and 3 are computed ones.
    let rows =
        sqlx::query("SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid")
            .bind(table)
            .fetch_all(&mut *session.connection)
            .await
            .map_err(failed)?;
    let mut columns = Vec::new();
    let mut key = Vec::new();
    for row in rows {
        let name: String = row.try_get(0).map_err(failed)?;
        let at: i64 = row.try_get(2).map_err(failed)?;
        if at > 0 {
            key.push((at, name.clone()));
        }
        columns.push(Column { name, type_name: row.try_get(1).map_err(failed)? });
    }
    key.sort_unstable();
    Ok((columns, key.into_iter().map(|(_, name)| name).collect()))
}

async fn foreign_keys(session: &mut Session, table: &str) -> Result<Vec<ForeignKey>, SourceError> {
    let failed = |error| errors::query(error, &session.path, 0);
    let rows = sqlx::query(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
    )
    .bind(table)
    .fetch_all(&mut *session.connection)
    .await
    .map_err(failed)?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    for row in rows {
        let id: i64 = row.try_get(0).map_err(failed)?;
        if keys.last().is_none_or(|(last, _)| *last != id) {
            let name: String = row.try_get(1).map_err(failed)?;
            let table = TableName { schema: None, name };
            keys.push((id, ForeignKey { columns: Vec::new(), table, references: Vec::new() }));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(row.try_get(2).map_err(failed)?);
            key.references.extend(row.try_get::<Option<String>, _>(3).map_err(failed)?);
        }
    }
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

/// How many rows, counted in small files and estimated in large ones.
async fn rows(session: &mut Session, found: &Found) -> Option<u64> {
    if session.size <= COUNTED_SIZE {
        let sql = format!("SELECT count(*) FROM {}", crate::source::sql::quote(&found.name));
        let count: Result<i64, _> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *session.connection).await;
        if let Ok(count) = count {
            return u64::try_from(count).ok();
        }
    }
    estimate(session, found).await
}

/// What ANALYZE once counted, else the highest row id.
pub(super) async fn estimate(session: &mut Session, found: &Found) -> Option<u64> {
    let counted: Result<Option<String>, _> =
        sqlx::query_scalar("SELECT stat FROM sqlite_stat1 WHERE tbl = ?1 COLLATE NOCASE LIMIT 1")
            .bind(&found.name)
            .fetch_optional(&mut *session.connection)
            .await;
    if let Ok(Some(stat)) = counted
        && let Some(Ok(rows)) = stat.split(' ').next().map(str::parse)
    {
        return Some(rows);
    }
    if !found.row_ids {
        return None;
    }
    let sql = format!("SELECT max(rowid) FROM {}", crate::source::sql::quote(&found.name));
    let highest: Option<i64> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *session.connection).await.ok()?;
    u64::try_from(highest.unwrap_or(0)).ok()
}
