//! A file's rows in a temporary database.
//!
//! The database has no name: SQLite makes a file for it that only this user may read, takes its name away at once (on Windows: when it
//! is closed), and keeps a few megabytes of it in memory. Nothing of it outlives the program.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Sqlite, SqliteConnection};

use super::fault::{Fault, changing, refused};
use super::known::relation;
use super::open::{Opened, open};
use super::print::Print;
use super::rows::{Draft, Harvest};
use crate::model::{Catalog, Column, ForeignKey, Table, TableName, Value};
use crate::source::sql::{literal, quote};
use crate::source::sqlite::Content;
use crate::source::{FileSpec, SourceError};

/// Values bound in one statement at most. SQLite takes 32,766.
const BOUND: usize = 8000;

/// Rows put away in one statement at most.
const ROWS: usize = 60;

/// Memory for pages of the temporary database, in KiB.
const CACHE: u32 = 8 * 1024;

/// A file's rows, staged.
pub(super) struct Staged {
    /// The database.
    pub(super) connection: SqliteConnection,
    /// What is known beside.
    pub(super) content: Content,
}

/// How the files of a spec are now.
pub(super) fn prints(spec: &FileSpec) -> Result<Vec<Print>, SourceError> {
    files(spec).map(|path| Print::of(path).map_err(|error| refused(path, &error))).collect()
}

/// The files of a spec, the people's first.
fn files(spec: &FileSpec) -> impl Iterator<Item = &PathBuf> {
    std::iter::once(&spec.path).chain(&spec.with)
}

/// Reads all files of a spec into a new database.
pub(super) async fn stage(spec: &FileSpec) -> Result<Staged, SourceError> {
    stage_and(spec, || ()).await
}

/// The same, with something that happens after the last row.
pub(super) async fn stage_and(spec: &FileSpec, then: impl FnOnce()) -> Result<Staged, SourceError> {
    let before = prints(spec)?;
    let mut stager = Stager::new(&spec.path).await?;
    let mut forms = Vec::new();
    for path in files(spec) {
        let form = match stager.take(path, spec, false).await {
            Err(Problem::Fault(Fault::NotThatEncoding)) => {
                // Its beginning is UTF-8, and what follows is not. Nothing of it stays.
                stager = stager.again(spec, path).await?;
                stager.take(path, spec, true).await
            }
            other => other,
        };
        forms.push(form.map_err(|problem| problem.into_error(path))?);
    }
    then();
    for (path, before) in files(spec).zip(&before) {
        if Print::of(path).map_err(|error| refused(path, &error))? != *before {
            return Err(changing(path));
        }
    }
    stager.finish(forms.join(" + ")).await
}

/// What went wrong: with the file, or with the database.
enum Problem {
    Fault(Fault),
    Database(sqlx::Error),
    Source(SourceError),
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Problem {
    fn into_error(self, path: &Path) -> SourceError {
        match self {
            Self::Fault(fault) => fault.into_error(path),
            Self::Database(error) => no_room(&error),
            Self::Source(error) => error,
        }
    }
}

/// The temporary database can't be written: mostly because the disk is full.
fn no_room(error: &sqlx::Error) -> SourceError {
    SourceError::Other {
        what: "The file can't be unpacked into a temporary database on this computer.".into(),
        advice: "It takes about as much room as the file itself. Make room in the folder for temporary files, or set TMPDIR to a folder \
                 with more, and try again."
            .into(),
        technical: error.to_string(),
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    bools: bool,
    wholes: bool,
    reals: bool,
    texts: bool,
    bytes: bool,
    lists: bool,
}

impl Seen {
    fn look(&mut self, value: &Value) {
        match value {
            Value::Null | Value::TooLarge => {}
            Value::Bool(_) => self.bools = true,
            Value::Integer(_) => self.wholes = true,
            Value::Real(_) => self.reals = true,
            Value::Text(_) | Value::Time(_) => self.texts = true,
            Value::Bytes(_) => self.bytes = true,
            Value::List(_) => self.lists = true,
        }
    }

    /// What the screen calls it.
    fn words(self) -> &'static str {
        match self {
            Self { lists: true, .. } => "list",
            Self { texts: true, .. } => "text",
            Self { bytes: true, .. } => "bytes",
            Self { bools: true, wholes: false, reals: false, .. } => "boolean",
            Self { reals: true, .. } => "number",
            Self { wholes: true, .. } => "integer",
            _ => "text",
        }
    }
}

/// A table as far as it is in the database.
#[derive(Debug, Default)]
struct Made {
    columns: usize,
    seen: Vec<Seen>,
    rows: u64,
}

struct Stager {
    connection: SqliteConnection,
    harvest: Harvest,
    made: Vec<Made>,
}

impl Stager {
    async fn new(path: &Path) -> Result<Self, SourceError> {
        let connection = SqliteConnectOptions::new()
            .filename("")
            .create_if_missing(true)
            .command_buffer_size(4)
            .row_buffer_size(64)
            .thread_name(|_| "causeway-file".into())
            .disable_statement_logging()
            .connect()
            .await;
        let mut connection = connection.map_err(|error| no_room(&error))?;
        let set = format!(
            "PRAGMA hard_heap_limit = {}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE}; PRAGMA \
             trusted_schema = OFF; BEGIN;",
            2_u64 << 30
        );
        sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut connection).await.map_err(|error| no_room(&error))?;
        tracing::debug!(file = %path.display(), "put into a temporary database");
        Ok(Self { connection, harvest: Harvest::default(), made: Vec::new() })
    }

    /// Begins again, with all files before `until`.
    async fn again(self, spec: &FileSpec, until: &Path) -> Result<Self, SourceError> {
        drop(self);
        let mut again = Self::new(&spec.path).await?;
        for path in files(spec).take_while(|path| *path != until) {
            // The first of them may have been the same.
            match again.take(path, spec, false).await {
                Ok(_) => {}
                Err(problem) => return Err(problem.into_error(path)),
            }
        }
        Ok(again)
    }

    /// Reads a file to its end. What it is.
    async fn take(&mut self, path: &Path, spec: &FileSpec, fallback: bool) -> Result<String, Problem> {
        let Opened { mut reader, form } = open(path, spec, fallback).map_err(Problem::Source)?;
        loop {
            let more = reader.fill(&mut self.harvest)?;
            self.put().await?;
            if !more {
                return Ok(form);
            }
        }
    }

    /// Puts away what was read.
    async fn put(&mut self) -> Result<(), sqlx::Error> {
        self.make_tables().await?;
        let mut rows = self.harvest.take_rows().into_iter().peekable();
        while let Some((table, values)) = rows.next() {
            let columns = self.made[table].columns;
            if columns == 0 {
                continue;
            }
            let at_once = (BOUND / columns).clamp(1, ROWS);
            let mut batch = vec![values];
            while batch.len() < at_once
                && let Some((_, values)) = rows.next_if(|(next, _)| *next == table)
            {
                batch.push(values);
            }
            self.insert(table, columns, batch, at_once).await?;
        }
        Ok(())
    }

    async fn insert(
        &mut self,
        table: usize,
        columns: usize,
        batch: Vec<Vec<Value>>,
        at_once: usize,
    ) -> Result<(), sqlx::Error> {
        let place = format!("({}?)", "?,".repeat(columns - 1));
        let mut sql = String::with_capacity(place.len() * batch.len() + 100);
        sql.push_str("INSERT INTO ");
        sql.push_str(&quote(&self.harvest.tables[table].name));
        sql.push_str(" VALUES ");
        for at in 0..batch.len() {
            if at > 0 {
                sql.push(',');
            }
            sql.push_str(&place);
        }
        // Only full statements come again.
        let mut query = sqlx::query(AssertSqlSafe(sql)).persistent(batch.len() == at_once);
        let made = &mut self.made[table];
        made.rows += batch.len() as u64;
        for values in batch {
            let missing = columns.saturating_sub(values.len());
            for (value, seen) in values.into_iter().take(columns).zip(&mut made.seen) {
                seen.look(&value);
                query = bind(query, value);
            }
            for _ in 0..missing {
                query = query.bind(None::<i64>);
            }
        }
        query.execute(&mut self.connection).await?;
        Ok(())
    }

    /// Makes tables and columns that are new.
    async fn make_tables(&mut self) -> Result<(), sqlx::Error> {
        self.made.resize_with(self.harvest.tables.len(), Made::default);
        for (draft, made) in self.harvest.tables.iter().zip(&mut self.made) {
            if made.columns == draft.columns.len() {
                continue;
            }
            let table = quote(&draft.name);
            // Without a type values stay what they are; with TEXT they compare with numbers as text.
            let of = if draft.text { " TEXT" } else { "" };
            let define = |name: &String| format!("{}{of}", quote(name));
            let mut statements = Vec::new();
            let mut fresh = draft.columns[made.columns..].iter();
            if made.columns == 0 {
                let columns: Vec<String> = fresh.by_ref().map(define).collect();
                statements.push(format!("CREATE TABLE {table} ({})", columns.join(", ")));
            }
            statements.extend(fresh.map(|name| format!("ALTER TABLE {table} ADD COLUMN {}", define(name))));
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await?;
            }
            made.columns = draft.columns.len();
            made.seen.resize(made.columns, Seen::default());
        }
        Ok(())
    }

    /// Gives a table of passwords the key of the people whom they are of.
    async fn relate(&mut self) -> Result<(), sqlx::Error> {
        let Some(found) = relation(&self.harvest.tables) else { return Ok(()) };
        let (passwords, column) = found.passwords;
        let people = self.harvest.tables[found.people].name.clone();
        let draft = &mut self.harvest.tables[passwords];
        let (table, of) = (quote(&draft.name), quote(&draft.columns[column]));
        if draft.add(found.key).is_none() {
            return Ok(());
        }
        self.make_tables().await?;
        let fill = format!("UPDATE {table} SET {} = {} || {of}", quote(found.key), literal(found.before));
        sqlx::raw_sql(AssertSqlSafe(fill)).execute(&mut self.connection).await?;
        let key = vec![found.key.to_owned()];
        let draft = &mut self.harvest.tables[passwords];
        draft.primary_key.clone_from(&key);
        draft.foreign_keys.push(ForeignKey {
            columns: key.clone(),
            table: TableName { schema: None, name: people },
            references: key.clone(),
        });
        self.harvest.tables[found.people].primary_key = key;
        Ok(())
    }

    async fn finish(mut self, form: String) -> Result<Staged, SourceError> {
        self.make_tables().await.map_err(|error| no_room(&error))?;
        self.relate().await.map_err(|error| no_room(&error))?;
        let mut content = Content { form, notes: self.harvest.notes.words(), ..Content::default() };
        let mut lists = HashSet::new();
        for (draft, made) in self.harvest.tables.iter().zip(&self.made) {
            if made.columns > 0 {
                content.catalog.tables.push(table(draft, made, &mut lists));
            }
        }
        resolve_keys(&mut content.catalog);
        content.catalog.tables.sort_by_cached_key(|table| table.name.name.to_lowercase());
        content.lists = lists;
        // Ready for questions, and for nothing else.
        sqlx::raw_sql("COMMIT; PRAGMA query_only = ON;")
            .execute(&mut self.connection)
            .await
            .map_err(|error| no_room(&error))?;
        Ok(Staged { connection: self.connection, content })
    }
}

fn table(draft: &Draft, made: &Made, lists: &mut HashSet<(String, String)>) -> Table {
    let column = |(at, name): (usize, &String)| {
        let seen = made.seen.get(at).copied().unwrap_or_default();
        if seen.lists {
            lists.insert((draft.name.clone(), name.clone()));
        }
        let type_name = draft.types.get(&at).cloned().unwrap_or_else(|| seen.words().to_owned());
        Column { name: name.clone(), type_name }
    };
    Table {
        name: TableName { schema: None, name: draft.name.clone() },
        view: false,
        rows: Some(made.rows),
        columns: draft.columns.iter().enumerate().map(column).collect(),
        primary_key: draft.primary_key.clone(),
        foreign_keys: draft.foreign_keys.clone(),
        refused: None,
    }
}

/// A foreign key that names no columns means the primary key; one whose table or columns are not there is none.
fn resolve_keys(catalog: &mut Catalog) {
    let known: Vec<(String, Vec<String>, Vec<String>)> = catalog
        .tables
        .iter()
        .map(|table| {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            (table.name.name.clone(), table.primary_key.clone(), columns)
        })
        .collect();
    for table in &mut catalog.tables {
        let own: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
        table.primary_key.retain(|name| own.contains(name));
        table.foreign_keys.retain_mut(|key| {
            let found = known.iter().find(|(name, ..)| name.eq_ignore_ascii_case(&key.table.name));
            let Some((name, primary, columns)) = found else { return false };
            key.table.name.clone_from(name);
            if key.references.is_empty() {
                key.references.clone_from(primary);
            }
            key.columns.iter().all(|column| own.contains(column))
                && key.references.iter().all(|column| columns.contains(column))
        });
    }
}

fn bind(query: Query<'_, Sqlite, SqliteArguments>, value: Value) -> Query<'_, Sqlite, SqliteArguments> {
    match value {
        Value::Null | Value::TooLarge => query.bind(None::<i64>),
        Value::Text(text) => query.bind(text),
        Value::Integer(number) => query.bind(number),
        Value::Real(number) => query.bind(number),
        Value::Bool(truth) => query.bind(truth),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::Time(_) => query.bind(value.as_text().map(std::borrow::Cow::into_owned)),
        Value::List(items) => {
            query.bind(serde_json::Value::Array(items.into_iter().map(json).collect()).to_string())
        }
    }
}

fn json(value: Value) -> serde_json::Value {
    match value {
        Value::Null | Value::TooLarge => serde_json::Value::Null,
        Value::Integer(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Bool(truth) => truth.into(),
        Value::Bytes(bytes) => hex::encode(bytes).into(),
        Value::List(items) => items.into_iter().map(json).collect(),
        Value::Text(text) => text.into(),
        time @ Value::Time(_) => time.as_text().map(std::borrow::Cow::into_owned).into(),
    }
}
