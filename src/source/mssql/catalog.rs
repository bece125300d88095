//! What is in the database: tables, views, synonyms, columns, keys, sizes, and what may be read of it.

use std::collections::HashMap;

use super::session::{Moment, Session};
use super::spec::MssqlSpec;
use super::types::Type;
use super::values::{number, text};
use crate::model::{Catalog, Column, ForeignKey, Table, TableName};
use crate::source::{SourceError, TlsMode};

const PLACE: &str = "the database's catalog";

/// Tables (U), views (V) and synonyms (SN) that are nobody's but the people's who made them.
const OBJECTS: &str = "FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
     WHERE o.type IN ('U', 'V', 'SN') AND o.is_ms_shipped = 0 AND o.name NOT IN ('sysdiagrams')";

/// The columns of the tables and views, with the system's type below each (an alias has another number of its own).
pub(super) const COLUMNS: &str = "SELECT c.object_id, c.name, t.name, c.max_length, c.precision, c.scale, c.collation_name \
     FROM sys.columns AS c LEFT JOIN sys.types AS t ON t.user_type_id = c.system_type_id";

/// Whether the login may read the object `o` of the schema `s`, or, where not, any column of it.
pub(super) const READABLE: &str = "CASE WHEN HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), N'OBJECT', N'SELECT') = 0 \
     AND NOT EXISTS (SELECT 1 FROM sys.columns AS c WHERE c.object_id = o.object_id AND \
     HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), N'OBJECT', N'SELECT', c.name, N'COLUMN') = 1) THEN 0 ELSE 1 END";

/// The type of a row of [`COLUMNS`].
pub(super) fn type_of(row: &tiberius::Row) -> Type {
    let size = |at| number(row, at).unwrap_or_default();
    Type {
        name: text(row, 2).unwrap_or_default().to_lowercase(),
        length: i32::try_from(size(3)).unwrap_or_default(),
        precision: u8::try_from(size(4)).unwrap_or_default(),
        scale: u8::try_from(size(5)).unwrap_or_default(),
    }
}

/// How the connection is protected, for the window.
pub(super) fn protection(spec: &MssqlSpec) -> String {
    match spec.tls {
        TlsMode::VerifyFull if spec.strict => "TLS, strict",
        TlsMode::VerifyFull => "TLS",
        TlsMode::Require => "TLS, certificate not checked",
        TlsMode::Off => "only the sign-in encrypted",
    }
    .to_owned()
}

/// What should be known before a reading.
pub(super) async fn notes(session: &mut Session) -> Vec<String> {
    let mut notes = Vec::new();
    if session.moment == Moment::None {
        notes.push(
            "This database allows no snapshots: somebody who is added, changed or removed while people are read may be in the reading or \
             not. Read when little is written, or ask its administrators for ALLOW_SNAPSHOT_ISOLATION."
                .into(),
        );
    }
    // Servers before 2016 know no such thing.
    let sql = "SELECT DISTINCT s.name, o.name FROM sys.security_predicates AS r \
        JOIN sys.security_policies AS k ON k.object_id = r.object_id JOIN sys.objects AS o ON o.object_id = r.target_object_id \
        JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE k.is_enabled = 1 AND r.predicate_type = 0 ORDER BY s.name, o.name";
    let rows = session.ask(sql, &[], PLACE).await.unwrap_or_default();
    let names: Vec<_> = rows
        .iter()
        .map(|row| TableName { schema: text(row, 0), name: text(row, 1).unwrap_or_default() }.display())
        .collect();
    if !names.is_empty() {
        notes.push(format!(
            "Row-level security filters {}: rows that “{}” may not see are not read. Use a login that sees everybody.",
            names.join(", "),
            session.user
        ));
    }
    notes
}

/// Everything the login can see.
pub(super) async fn look(session: &mut Session) -> Result<Catalog, SourceError> {
    let mut tables = tables(session).await?;
    let at: HashMap<i64, usize> = tables.iter().enumerate().map(|(at, (id, ..))| (*id, at)).collect();

    let sql = format!("{COLUMNS} ORDER BY c.object_id, c.column_id");
    for row in session.ask(&sql, &[], PLACE).await? {
        let Some(at) = number(&row, 0).and_then(|id| at.get(&id)) else { continue };
        let name = text(&row, 1).unwrap_or_default();
        tables[*at].2.columns.push(Column { name, type_name: type_of(&row).shown() });
    }

    let sql = "SELECT i.object_id, c.name FROM sys.indexes AS i \
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id \
        JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id \
        WHERE i.is_primary_key = 1 ORDER BY i.object_id, k.key_ordinal";
    for row in session.ask(sql, &[], PLACE).await? {
        if let (Some(at), Some(name)) = (number(&row, 0).and_then(|id| at.get(&id)), text(&row, 1)) {
            tables[*at].2.primary_key.push(name);
        }
    }

    let sql = "SELECT k.constraint_object_id, k.parent_object_id, h.name, s.name, o.name, t.name FROM sys.foreign_key_columns AS k \
        JOIN sys.columns AS h ON h.object_id = k.parent_object_id AND h.column_id = k.parent_column_id \
        JOIN sys.columns AS t ON t.object_id = k.referenced_object_id AND t.column_id = k.referenced_column_id \
        JOIN sys.objects AS o ON o.object_id = k.referenced_object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
        ORDER BY k.parent_object_id, k.constraint_object_id, k.constraint_column_id";
    let mut last = None;
    for row in session.ask(sql, &[], PLACE).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        let Some(at) = number(&row, 1).and_then(|id| at.get(&id)) else { continue };
        let keys = &mut tables[*at].2.foreign_keys;
        if last != number(&row, 0) {
            last = number(&row, 0);
            let table = TableName { schema: Some(get(3)), name: get(4) };
            keys.push(ForeignKey { columns: Vec::new(), table, references: Vec::new() });
        }
        if let Some(key) = keys.last_mut() {
            key.columns.push(get(2));
            key.references.push(get(5));
        }
    }

    // The heap (0) or the clustered index (1) holds every row. Without the right to see definitions there is nothing here.
    let sql = "SELECT p.object_id, sum(p.rows) FROM sys.partitions AS p WHERE p.index_id IN (0, 1) GROUP BY p.object_id";
    if let Ok(rows) = session.ask(sql, &[], PLACE).await {
        for row in rows {
            if let Some(at) = number(&row, 0).and_then(|id| at.get(&id)) {
                tables[*at].2.rows = number(&row, 1).and_then(|rows| u64::try_from(rows).ok());
            }
        }
    }
    follow_synonyms(&mut tables);
    Ok(Catalog { tables: tables.into_iter().map(|(.., table)| table).collect() })
}

/// Number, what a synonym stands for, table.
type Found = (i64, Option<String>, Table);

async fn tables(session: &mut Session) -> Result<Vec<Found>, SourceError> {
    let sql = format!(
        "SELECT o.object_id, s.name, o.name, o.type, {READABLE}, \
         (SELECT n.base_object_name FROM sys.synonyms AS n WHERE n.object_id = o.object_id) {OBJECTS} ORDER BY s.name, o.name"
    );
    let user = session.user.clone();
    let rows = session.ask(&sql, &[], PLACE).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let name = TableName { schema: text(row, 1), name: text(row, 2).unwrap_or_default() };
            let refused = (number(row, 4) == Some(0))
                .then(|| format!("“{user}” has no right to read it (GRANT SELECT is missing)."));
            let view = text(row, 3).unwrap_or_default().trim() != "U";
            let table = Table {
                name,
                view,
                rows: None,
                columns: Vec::new(),
                primary_key: Vec::new(),
                foreign_keys: Vec::new(),
                refused,
            };
            (number(row, 0).unwrap_or_default(), text(row, 5), table)
        })
        .collect())
}

/// A synonym has what the table has that it stands for. One of another database can't be looked into from here.
fn follow_synonyms(tables: &mut [Found]) {
    for at in 0..tables.len() {
        let Some(base) = tables[at].1.clone() else { continue };
        let name = base_name(&base);
        let meant = name.and_then(|name| {
            tables.iter().find(|(_, synonym, table)| {
                synonym.is_none()
                    && table.name.name.eq_ignore_ascii_case(&name.name)
                    && name.schema.as_ref().is_none_or(|schema| {
                        table.name.schema.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(schema))
                    })
            })
        });
        match meant.map(|(.., table)| table.clone()) {
            Some(table) => {
                let own = tables[at].2.name.clone();
                tables[at].2 = Table { name: own, ..table };
            }
            None => {
                tables[at].2.refused.get_or_insert_with(|| {
                    format!("It is another name of {base}, which is not in this database. Connect to that database.")
                });
            }
        }
    }
}

/// `[dbo].[users]` as schema and name; `None` where a database or a server stands before them.
pub(super) fn base_name(base: &str) -> Option<TableName> {
    let mut parts = Vec::new();
    let mut chars = base.chars().peekable();
    loop {
        let mut part = String::new();
        match chars.next_if_eq(&'[') {
            Some(_) => {
                while let Some(c) = chars.next() {
                    if c == ']' && chars.next_if_eq(&']').is_none() {
                        break;
                    }
                    part.push(c);
                }
            }
            None => part.extend(std::iter::from_fn(|| chars.next_if(|c| *c != '.'))),
        }
        parts.push(part);
        if chars.next_if_eq(&'.').is_none() {
            break;
        }
    }
    match parts.as_slice() {
        [name] => Some(TableName { schema: None, name: name.clone() }),
        [schema, name] => Some(TableName {
            schema: Some(schema.clone()).filter(|schema| !schema.is_empty()),
            name: name.clone(),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_synonym_stands_for() {
        let name = |schema: Option<&str>, name: &str| TableName {
            schema: schema.map(str::to_owned),
            name: name.into(),
        };
        assert_eq!(base_name("[dbo].[us]]ers]"), Some(name(Some("dbo"), "us]ers")));
        assert_eq!(base_name("users"), Some(name(None, "users")));
        assert_eq!(base_name("[other].[dbo].[users]"), None);
    }
}
