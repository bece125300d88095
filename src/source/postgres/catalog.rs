//! What is in the database: tables, views, columns, keys, sizes, and what may be read of it.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::ask::ask;
use super::session::Session;
use super::spec::PostgresSpec;
use super::values::text;
use crate::model::{Catalog, Column, ForeignKey, Table, TableName};
use crate::source::sql::quote_table;
use crate::source::{SourceError, TlsMode};

/// Tables the server has no figure for are counted when they are no larger than this, in bytes …
const COUNTED_SIZE: u64 = 8 * 1024 * 1024;

/// … and there are no more of them than this.
const COUNTED_TABLES: usize = 40;

/// The server's product and version, how the connection is protected, and whether it is read-only.
pub(super) async fn server(
    session: &mut Session,
    spec: &PostgresSpec,
) -> Result<(String, String, bool), SourceError> {
    let sql = "SELECT version(), current_setting('transaction_read_only'), \
               (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)";
    let rows = ask(&mut session.connection, sql.into()).await;
    let rows = rows.map_err(|error| session.failed(error, "the database", 0))?;
    let row = rows.first();
    let get = |at| row.and_then(|row| text(row, at));
    let server = match get(0) {
        // A relative that only speaks the same language, e.g. `CockroachDB CCL v24.1.0 (…)`.
        Some(version) if !version.starts_with("PostgreSQL") => {
            version.split(" (").next().unwrap_or(version).to_owned()
        }
        _ => format!("PostgreSQL {}", session.version),
    };
    let encryption = match get(2) {
        _ if spec.is_socket() => "local socket".to_owned(),
        Some(tls) => {
            let tls = tls.replacen("TLSv", "TLS ", 1);
            if spec.tls == TlsMode::Require { format!("{tls}, certificate not checked") } else { tls }
        }
        None => "not encrypted".to_owned(),
    };
    Ok((server, encryption, get(1) == Some("on")))
}

/// Everything the user can see.
pub(super) async fn look(session: &mut Session, spec: &PostgresSpec) -> Result<Catalog, SourceError> {
    schemas_exist(session, spec).await?;
    // Partitions are read through their table.
    let partitions = if session.version_number >= 100_000 { "AND NOT c.relispartition" } else { "" };
    let relations = format!(
        "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' {partitions}"
    );
    let mut tables = tables(session, &relations).await?;
    let at: HashMap<String, usize> =
        tables.iter().enumerate().map(|(at, found)| (found.oid.clone(), at)).collect();

    let sql = format!(
        "SELECT a.attrelid::text, a.attname, format_type(a.atttypid, a.atttypmod), \
         has_column_privilege(a.attrelid, a.attnum, 'SELECT') \
         FROM pg_attribute AS a WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid {relations}) \
         ORDER BY a.attrelid, a.attnum"
    );
    for row in questions(session, sql).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        // Where only some columns may be read, the others are as good as not there.
        if let Some(found) = at.get(get(0)).map(|at| &mut tables[*at])
            && (get(3) == "t" || found.table.refused.is_some())
        {
            found.table.columns.push(Column { name: get(1).to_owned(), type_name: get(2).to_owned() });
        }
    }

    let sql = format!(
        "SELECT k.conrelid::text, k.oid::text, k.contype, a.attname, fn.nspname, fc.relname, fa.attname \
         FROM pg_constraint AS k CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(here, there, at) \
         JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.here \
         LEFT JOIN pg_class AS fc ON fc.oid = k.confrelid LEFT JOIN pg_namespace AS fn ON fn.oid = fc.relnamespace \
         LEFT JOIN pg_attribute AS fa ON fa.attrelid = k.confrelid AND fa.attnum = u.there \
         WHERE k.contype IN ('p', 'f') AND k.conrelid IN (SELECT c.oid {relations}) ORDER BY k.conrelid, k.oid, u.at"
    );
    let mut last = String::new();
    for row in questions(session, sql).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        let Some(found) = at.get(get(0)).map(|at| &mut tables[*at]) else { continue };
        if get(2) == "p" {
            found.table.primary_key.push(get(3).to_owned());
            continue;
        }
        if last != get(1) {
            get(1).clone_into(&mut last);
            let table = TableName { schema: Some(get(4).to_owned()), name: get(5).to_owned() };
            found.table.foreign_keys.push(ForeignKey { columns: Vec::new(), table, references: Vec::new() });
        }
        if let Some(key) = found.table.foreign_keys.last_mut() {
            key.columns.push(get(3).to_owned());
            key.references.push(get(6).to_owned());
        }
    }

    count_small(session, &mut tables).await;
    Ok(Catalog { tables: tables.into_iter().map(|found| found.table).collect() })
}

/// A table and what is only needed here.
struct Found {
    oid: String,
    /// Bytes on disk, where the server has no figure for the rows.
    size: Option<u64>,
    table: Table,
}

async fn tables(session: &mut Session, relations: &str) -> Result<Vec<Found>, SourceError> {
    let sql = format!(
        "SELECT c.oid::text, n.nspname, c.relname, c.relkind, \
         CASE WHEN c.relkind = 'p' THEN (WITH RECURSIVE parts AS (\
             SELECT i.inhrelid FROM pg_inherits AS i WHERE i.inhparent = c.oid \
             UNION ALL SELECT i.inhrelid FROM parts JOIN pg_inherits AS i ON i.inhparent = parts.inhrelid) \
             SELECT sum(greatest(leaf.reltuples, 0))::int8 FROM parts JOIN pg_class AS leaf ON leaf.oid = parts.inhrelid) \
         ELSE c.reltuples::int8 END, \
         CASE WHEN c.relkind IN ('r', 'm') AND c.reltuples <= 0 THEN pg_relation_size(c.oid) END, \
         has_schema_privilege(n.oid, 'USAGE'), \
         has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'), \
         row_security_active(c.oid) {relations} \
         ORDER BY array_position(current_schemas(false), n.nspname) NULLS LAST, n.nspname, c.relname"
    );
    let user = session.user.clone();
    let found = questions(session, sql).await?;
    Ok(found
        .iter()
        .map(|row| {
            let get = |at| text(row, at).unwrap_or_default();
            let refused = if get(6) != "t" {
                Some(format!("“{user}” isn't allowed to use the schema “{}”.", get(1)))
            } else if get(7) != "t" {
                Some(format!("“{user}” isn't allowed to read it."))
            } else if get(8) == "t" {
                Some(format!("Row security would hide some of its rows from “{user}”."))
            } else {
                None
            };
            let kind = get(3);
            let known = get(4).parse::<u64>().ok().filter(|rows| *rows > 0);
            Found {
                oid: get(0).to_owned(),
                size: get(5).parse().ok(),
                table: Table {
                    name: TableName { schema: Some(get(1).to_owned()), name: get(2).to_owned() },
                    view: matches!(kind, "v" | "m"),
                    rows: known.filter(|_| kind != "v"),
                    columns: Vec::new(),
                    primary_key: Vec::new(),
                    foreign_keys: Vec::new(),
                    refused,
                },
            }
        })
        .collect())
}

/// The names of the search path that are no schemas: PostgreSQL passes them over without a word.
async fn schemas_exist(session: &mut Session, spec: &PostgresSpec) -> Result<(), SourceError> {
    if spec.search_path.is_empty() {
        return Ok(());
    }
    let found: Vec<String> = questions(session, "SELECT nspname FROM pg_namespace".into())
        .await?
        .iter()
        .filter_map(|row| text(row, 0).map(str::to_owned))
        .collect();
    match spec.search_path.iter().find(|schema| *schema != "$user" && !found.contains(schema)) {
        Some(schema) => Err(SourceError::NoSuchSchema { schema: schema.clone() }),
        None => Ok(()),
    }
}

/// Counts small tables that were never analysed: a fresh copy of a database has no figures at all.
async fn count_small(session: &mut Session, tables: &mut [Found]) {
    let small: Vec<usize> = tables
        .iter()
        .enumerate()
        .filter(|(_, found)| {
            found.table.refused.is_none() && found.size.is_some_and(|size| size <= COUNTED_SIZE)
        })
        .map(|(at, _)| at)
        .take(COUNTED_TABLES)
        .collect();
    if small.is_empty() {
        return;
    }
    // Columns may be barred one by one, so that `count(*)` fails: then the figures stay unknown.
    let mut sql = String::from("SAVEPOINT counting; ");
    for (n, at) in small.iter().enumerate() {
        let from = quote_table(&tables[*at].table.name);
        let _ = write!(sql, "{}SELECT count(*) FROM {from}", if n > 0 { " UNION ALL " } else { "" });
    }
    match ask(&mut session.connection, sql).await {
        Ok(counts) => {
            for (at, row) in small.into_iter().zip(&counts) {
                tables[at].table.rows = text(row, 0).and_then(|count| count.parse().ok());
            }
        }
        Err(_) => drop(ask(&mut session.connection, "ROLLBACK TO SAVEPOINT counting".into()).await),
    }
}

async fn questions(session: &mut Session, sql: String) -> Result<Vec<sqlx::postgres::PgRow>, SourceError> {
    match ask(&mut session.connection, sql).await {
        Ok(rows) => Ok(rows),
        Err(error) => Err(session.failed(error, "the database's catalog", 0)),
    }
}
