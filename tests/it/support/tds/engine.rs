//! A session's SQLite, and its answers.

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{
    Arguments as _, AssertSqlSafe, Column as _, ColumnOrigin, ConnectOptions as _, Executor as _, Row as _,
    SqlSafeStr as _, SqliteConnection, Statement as _, TypeInfo as _, ValueRef as _,
};

use super::sql::{self, Token};
use super::sys;
use super::token::Fault;
use super::types::{Cell, Column, Kind};
use super::{Shared, Snapshot};

/// A session.
#[derive(Debug)]
pub(super) struct Engine {
    db: SqliteConnection,
    database: String,
    /// Whether the session wants one moment (`SNAPSHOT`).
    snapshot: bool,
    /// How many transactions are open.
    open: u32,
}

/// What a statement gave.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing to tell.
    Nothing,
    /// A transaction has begun.
    Began,
    /// It has ended, by a commit or not.
    Ended(bool),
    Rows(Vec<Column>, Vec<Vec<Cell>>),
}

impl Engine {
    /// `None`: there is no such database.
    pub(super) async fn open(shared: &Shared, database: &str, user: &str) -> Option<Self> {
        let folder = shared.folder.join(database);
        let mut schemas: Vec<String> = std::fs::read_dir(&folder)
            .ok()?
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".db").map(str::to_owned))
            .collect();
        // The default one first: names without a schema are looked for in this order.
        schemas.sort_by_key(|name| (name != "dbo", name.clone()));
        // A file of its own, and not in memory: what is attached would be taken into memory too, empty.
        let mut db =
            SqliteConnectOptions::new().filename("").create_if_missing(true).connect().await.unwrap();
        for schema in &schemas {
            let path = folder.join(format!("{schema}.db"));
            let sql = format!("ATTACH '{}' AS \"{schema}\"", path.display());
            db.execute(AssertSqlSafe(sql)).await.unwrap();
        }
        db.execute(AssertSqlSafe("ATTACH ':memory:' AS sys")).await.unwrap();
        sys::fill(&mut db, shared, database, user, &schemas).await.unwrap();
        // Nothing may be written from here on.
        db.execute(AssertSqlSafe("PRAGMA query_only = 1")).await.unwrap();
        Some(Self { db, database: database.into(), snapshot: false, open: 0 })
    }

    /// Runs a statement.
    pub(super) async fn run(
        &mut self,
        shared: &Shared,
        statement: &[Token],
        values: &[(String, Cell)],
    ) -> Result<Outcome, Fault> {
        let words: Vec<&Token> = statement.iter().filter(|token| **token != Token::Blank).collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|token| token.is(word));
        if is(0, "IF") && words.iter().any(|token| token.is("ROLLBACK")) && self.open > 0 {
            self.open = 0;
            return Ok(Outcome::Ended(false));
        }
        if is(0, "SET") || is(0, "USE") || is(0, "DECLARE") || is(0, "IF") {
            if is(1, "TRANSACTION") {
                self.snapshot = is(4, "SNAPSHOT");
            }
            return Ok(Outcome::Nothing);
        }
        if is(0, "BEGIN") {
            self.open += 1;
            return Ok(Outcome::Began);
        }
        if is(0, "COMMIT") || is(0, "ROLLBACK") {
            let was = self.open > 0;
            self.open = 0;
            return Ok(if was { Outcome::Ended(is(0, "COMMIT")) } else { Outcome::Nothing });
        }
        if is(0, "EXEC") && is(1, "sp_describe_first_result_set") {
            let sql = values.first().map(|(_, value)| super::types::text(value)).unwrap_or_default();
            return self.describe(shared, &sql).await;
        }
        if is(0, "EXEC") {
            return Err(Fault::new(2812, 16, "Could not find stored procedure."));
        }
        if !is(0, "SELECT") && !is(0, "WITH") {
            return Err(Fault::new(102, 15, "Incorrect syntax near the beginning."));
        }
        refused_where_sqlite_is_lenient(&words)?;
        let people = words.iter().any(|token| matches!(token, Token::Name(name) if name != "sys"))
            && !words
                .iter()
                .any(|token| token.is("sys") || matches!(token, Token::Name(name) if name == "sys"));
        if people && self.snapshot && self.open > 0 && shared.settings.snapshot != Snapshot::Allowed {
            return Err(Fault::new(
                3952,
                16,
                format!(
                    "Snapshot isolation transaction failed accessing database '{}' because snapshot isolation is not allowed in this \
                     database. Use ALTER DATABASE to allow snapshot isolation.",
                    self.database
                ),
            ));
        }
        if let Some(denied) = shared.settings.denied.iter().find(|denied| {
            words.iter().any(|token| match token {
                Token::Name(name) | Token::Word(name) => name.eq_ignore_ascii_case(denied),
                _ => false,
            })
        }) && people
        {
            return Err(Fault::new(
                229,
                14,
                format!(
                    "The SELECT permission was denied on the object '{denied}', database '{}', schema 'dbo'.",
                    self.database
                ),
            ));
        }
        let mut text = sql::translate(statement);
        for (name, base) in &shared.settings.synonyms {
            text = text.replace(&format!("\"dbo\".\"{name}\""), &sql::statements(base)[0]);
        }
        self.select(shared, text, values).await
    }

    async fn select(
        &mut self,
        shared: &Shared,
        text: String,
        values: &[(String, Cell)],
    ) -> Result<Outcome, Fault> {
        let fault = |error: sqlx::Error| as_fault(&error);
        let statement =
            (&mut self.db).prepare(AssertSqlSafe(text.clone()).into_sql_str()).await.map_err(fault)?;
        let described: Vec<(String, Option<(String, String)>)> = statement
            .columns()
            .iter()
            .map(|column| {
                let origin = match column.origin() {
                    ColumnOrigin::Table(of) => Some((of.table.to_string(), of.name.to_string())),
                    _ => None,
                };
                (column.name().to_owned(), origin)
            })
            .collect();
        drop(statement);
        let mut arguments = SqliteArguments::default();
        for (_, value) in values {
            let added = match value {
                Cell::Null => arguments.add(None::<String>),
                Cell::Integer(n) => arguments.add(*n),
                Cell::Real(n) => arguments.add(*n),
                Cell::Text(text) => arguments.add(text.clone()),
                Cell::Bytes(bytes) => arguments.add(bytes.clone()),
            };
            added.unwrap();
        }
        let rows = sqlx::query_with(AssertSqlSafe(text.clone()), arguments)
            .persistent(false)
            .fetch_all(&mut self.db)
            .await
            .map_err(fault)?;
        let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
        let mut columns = Vec::new();
        for (at, (name, origin)) in described.into_iter().enumerate() {
            let declared = match origin {
                Some(origin) => self.declared(&origin).await,
                None => None,
            };
            let kind = declared.unwrap_or_else(|| guessed(rows.iter().map(|row| &row[at])));
            // SQLite calls an expression by its text; here it has no name.
            let name = if name.len() > 128 { String::new() } else { name };
            columns.push(Column { name, kind, code_page: shared.settings.code_page });
        }
        Ok(Outcome::Rows(columns, rows))
    }

    /// What a column of a table was declared as.
    async fn declared(&mut self, (table, column): &(String, String)) -> Option<Kind> {
        let (schema, table) = table.split_once('.').unwrap_or(("dbo", table));
        let sql = "SELECT type FROM pragma_table_info(?1, ?2) WHERE name = ?3 COLLATE NOCASE";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(table)
            .bind(schema)
            .bind(column)
            .fetch_optional(&mut self.db)
            .await
            .ok()?;
        Kind::of(&found?)
    }

    /// `sp_describe_first_result_set`, as far as names and types go.
    async fn describe(&mut self, shared: &Shared, text: &str) -> Result<Outcome, Fault> {
        let mut statements = sql::split(text).unwrap_or_default();
        if statements.len() != 1 {
            return Err(Fault::new(102, 15, "Incorrect syntax."));
        }
        let Outcome::Rows(columns, _) = Box::pin(self.run(shared, &statements.remove(0), &[])).await? else {
            return Err(Fault::new(11514, 16, "The metadata could not be determined."));
        };
        let text = |name: &str| Column {
            name: name.into(),
            kind: Kind::NVarchar(Some(256)),
            code_page: shared.settings.code_page,
        };
        let number = |name: &str, size| Column {
            name: name.into(),
            kind: Kind::Int(size),
            code_page: shared.settings.code_page,
        };
        let mut rows = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let (name, id, length, ..) = column.kind.catalog();
            let collation = if column.kind.has_collation() {
                Cell::Text("SQL_Latin1_General_CP1_CI_AS".into())
            } else {
                Cell::Null
            };
            rows.push(vec![
                Cell::Integer(0),
                Cell::Integer(i64::try_from(at + 1).unwrap()),
                Cell::Text(column.name.clone()),
                Cell::Integer(1),
                Cell::Integer(i64::from(id)),
                Cell::Text(name.into()),
                Cell::Integer(i64::from(length)),
                collation,
            ]);
        }
        let columns = vec![
            Column { kind: Kind::Bit, ..number("is_hidden", 1) },
            number("column_ordinal", 4),
            text("name"),
            Column { kind: Kind::Bit, ..number("is_nullable", 1) },
            number("system_type_id", 4),
            text("system_type_name"),
            number("max_length", 2),
            text("collation_name"),
        ];
        Ok(Outcome::Rows(columns, rows))
    }

    /// Begins or ends a transaction, as a request of its own kind.
    pub(super) fn transaction(&mut self, begins: bool) {
        self.open = u32::from(begins);
    }
}

/// What SQL Server refuses and SQLite takes.
fn refused_where_sqlite_is_lenient(words: &[&Token]) -> Result<(), Fault> {
    const AGGREGATES: [&str; 7] = ["COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG", "STRING_AGG"];
    for (open, _) in words.iter().enumerate().filter(|(_, token)| token.is("(")) {
        let (mut depth, mut close) = (0, words.len());
        // The words of the bracket itself, without those of brackets in it.
        let mut own: Vec<&Token> = Vec::new();
        for (at, token) in words.iter().enumerate().skip(open) {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
                if depth == 0 {
                    close = at;
                    break;
                }
            } else if depth == 1 {
                own.push(token);
            }
        }
        let has = |word: &str| own.iter().any(|token| token.is(word));
        let inside = &words[open..close];
        if open > 0
            && AGGREGATES.iter().any(|name| words[open - 1].is(name))
            && inside.iter().any(|token| token.is("SELECT"))
        {
            let why = "Cannot perform an aggregate function on an expression containing an aggregate or a subquery.";
            return Err(Fault::new(130, 15, why));
        }
        let selects = own.first().is_some_and(|token| token.is("SELECT"));
        if selects && has("ORDER") && !has("TOP") && !has("OFFSET") {
            let why = "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table \
                       expressions, unless TOP, OFFSET or FOR XML is also specified.";
            return Err(Fault::new(1033, 15, why));
        }
        if own.first().is_some_and(|token| token.is("WITH")) {
            return Err(Fault::new(156, 15, "Incorrect syntax near the keyword 'WITH'."));
        }
        if own.iter().any(|token| token.is("LIMIT")) {
            return Err(Fault::new(102, 15, "Incorrect syntax near 'LIMIT'."));
        }
    }
    Ok(())
}

fn cells(row: &SqliteRow) -> Vec<Cell> {
    (0..row.len())
        .map(|at| {
            let value = row.try_get_raw(at).unwrap();
            if value.is_null() {
                return Cell::Null;
            }
            match value.type_info().name() {
                "INTEGER" => Cell::Integer(row.get_unchecked(at)),
                "REAL" => Cell::Real(row.get_unchecked(at)),
                "BLOB" => Cell::Bytes(row.get_unchecked(at)),
                _ => Cell::Text(row.get_unchecked(at)),
            }
        })
        .collect()
}

/// The type of an expression, by what it gave.
fn guessed<'a>(cells: impl Iterator<Item = &'a Cell>) -> Kind {
    let mut kind = Kind::Int(4);
    for cell in cells {
        match cell {
            Cell::Null => {}
            Cell::Integer(n) if i32::try_from(*n).is_ok() => {}
            Cell::Integer(_) => kind = Kind::Int(8),
            Cell::Real(_) => return Kind::Float(8),
            Cell::Text(_) => return Kind::NVarchar(None),
            Cell::Bytes(_) => return Kind::VarBinary(None),
        }
    }
    kind
}

/// SQLite's complaint in SQL Server's words.
fn as_fault(error: &sqlx::Error) -> Fault {
    let text = error.to_string();
    let after = |mark: &str| text.split_once(mark).map(|(_, name)| name.trim().to_owned());
    if let Some(name) = after("no such table: ") {
        return Fault::new(208, 16, format!("Invalid object name '{name}'."));
    }
    if let Some(name) = after("no such column: ") {
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        return Fault::new(207, 16, format!("Invalid column name '{name}'."));
    }
    Fault::new(102, 15, format!("Incorrect syntax: {text}"))
}
