//! What is in the database: tables, views, columns, keys, sizes, and what may be read of it.

use std::collections::{BTreeMap, HashMap};

use super::session::Session;
use super::spec::{MysqlSpec, MysqlTls};
use super::values::text;
use crate::model::{Catalog, Column, ForeignKey, Table, TableName};
use crate::source::SourceError;
use crate::source::sql::Dialect;

/// The server's figure for a table's rows is a guess; smaller tables than this are counted …
const COUNTED_ROWS: u64 = 20_000;

/// … and no more of them than this.
const COUNTED_TABLES: usize = 40;

/// How messages call the catalog.
const PLACE: &str = "the database's catalog";

/// How the connection is protected, and whether it is read-only.
pub(super) async fn protection(
    session: &mut Session,
    spec: &MysqlSpec,
) -> Result<(String, bool), SourceError> {
    let cipher = session.ask("SHOW SESSION STATUS LIKE 'Ssl_version'", PLACE).await?;
    let encryption = match cipher.first().and_then(|row| text(row, 1)).filter(|version| !version.is_empty()) {
        _ if spec.is_socket() => "local socket".to_owned(),
        Some(version) => {
            let version = version.replacen("TLSv", "TLS ", 1);
            match spec.tls {
                MysqlTls::VerifyIdentity => version,
                MysqlTls::VerifyCa => format!("{version}, host not checked"),
                MysqlTls::Required | MysqlTls::Preferred | MysqlTls::Disabled => {
                    format!("{version}, certificate not checked")
                }
            }
        }
        None => "not encrypted".to_owned(),
    };
    // The name of the setting differs; that the transaction only reads was asked for and not refused.
    Ok((encryption, true))
}

/// Everything the user can see, and what should be known of it.
pub(super) async fn look(session: &mut Session) -> Result<(Catalog, Vec<String>), SourceError> {
    let mut tables: Vec<Table> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut changing: Vec<String> = Vec::new();
    let sql = "SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS, TABLE_COMMENT, ENGINE FROM information_schema.TABLES \
               WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME";
    for row in session.ask(sql, PLACE).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        let view = get(1) == "VIEW";
        if matches!(get(4), "MyISAM" | "Aria" | "CSV" | "MEMORY" | "ARCHIVE" | "MERGE" | "MRG_MyISAM") {
            changing.push(get(0).to_owned());
        }
        // The catalog says of a view whose tables or maker are gone why it can't be read.
        let broken = view && get(3).contains("invalid");
        at.insert(get(0).to_owned(), tables.len());
        tables.push(Table {
            name: TableName { schema: None, name: get(0).to_owned() },
            view,
            rows: get(2).parse().ok().filter(|_| !view),
            columns: Vec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            refused: broken
                .then(|| "The view is broken: what it reads, or the user who made it, is gone.".to_owned()),
        });
    }
    let sql = "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, PRIVILEGES FROM information_schema.COLUMNS \
               WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION";
    let mut hidden: BTreeMap<usize, bool> = BTreeMap::new();
    for row in session.ask(sql, PLACE).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        let Some(table) = at.get(get(0)) else { continue };
        let readable = get(3).to_ascii_lowercase().contains("select");
        *hidden.entry(*table).or_insert(true) &= !readable;
        // Where only some columns may be read, the others are as good as not there.
        if readable {
            let column = Column { name: get(1).to_owned(), type_name: get(2).to_owned() };
            tables[*table].columns.push(column);
        }
    }
    for (table, hidden) in hidden {
        if hidden && tables[table].refused.is_none() {
            tables[table].refused = Some(format!("“{}” isn't allowed to read it.", session.user));
        }
    }
    keys(session, &mut tables, &at).await?;
    count_small(session, &mut tables).await;
    Ok((Catalog { tables }, without_snapshot(&changing)))
}

/// What is said of tables whose engine has no transactions.
fn without_snapshot(tables: &[String]) -> Vec<String> {
    let Some(first) = tables.first() else { return Vec::new() };
    let which = match tables.len() {
        1 => format!("The table {first} is"),
        more => format!("{more} tables, {first} among them, are"),
    };
    vec![format!(
        "{which} of an engine without transactions (such as MyISAM): what is changed while it is read may or may not be in it. Read when \
         nobody writes."
    )]
}

async fn keys(
    session: &mut Session,
    tables: &mut [Table],
    at: &HashMap<String, usize>,
) -> Result<(), SourceError> {
    let sql = "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, \
               REFERENCED_COLUMN_NAME, REFERENCED_TABLE_SCHEMA = DATABASE() FROM information_schema.KEY_COLUMN_USAGE \
               WHERE TABLE_SCHEMA = DATABASE() AND (CONSTRAINT_NAME = 'PRIMARY' OR REFERENCED_TABLE_NAME IS NOT NULL) \
               ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION";
    let mut last = (usize::MAX, String::new());
    for row in session.ask(sql, PLACE).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        let Some(table) = at.get(get(0)) else { continue };
        let Some(there) = text(&row, 4) else {
            tables[*table].primary_key.push(get(2).to_owned());
            continue;
        };
        if last != (*table, get(1).to_owned()) {
            last = (*table, get(1).to_owned());
            let schema = (get(6) != "1").then(|| get(3).to_owned());
            let table_name = TableName { schema, name: there.to_owned() };
            let key = ForeignKey { columns: Vec::new(), table: table_name, references: Vec::new() };
            tables[*table].foreign_keys.push(key);
        }
        if let Some(key) = tables[*table].foreign_keys.last_mut() {
            key.columns.push(get(2).to_owned());
            key.references.push(get(5).to_owned());
        }
    }
    Ok(())
}

/// Counts small tables: the server only guesses. Where one of them can't be counted, its guess stays.
async fn count_small(session: &mut Session, tables: &mut [Table]) {
    let small = |table: &Table| {
        !table.view && table.refused.is_none() && table.rows.is_none_or(|n| n <= COUNTED_ROWS)
    };
    for table in tables.iter_mut().filter(|table| small(table)).take(COUNTED_TABLES) {
        let sql = format!("SELECT count(*) FROM {}", Dialect::Mysql.quote_table(&table.name));
        if let Ok(rows) = session.ask(&sql, PLACE).await {
            table.rows = rows.first().and_then(|row| text(row, 0)).and_then(|count| count.parse().ok());
        }
    }
}
