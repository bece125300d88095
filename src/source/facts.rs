//! What a database's values say about its columns: counted there, in SQL, and never read out. Small questions of bounded work, asked
//! before anything is decided that names alone can't decide. Written once for every kind that has a [`Dialect`].

use std::fmt::Write as _;

use super::sql::{Dialect, own_query, split_with};
use super::{Source, SourceError};
use crate::model::{ColumnName, Columns, People, Selection, Value};

/// Rows of a table that are looked at: enough to see whose ids they are, few enough for an answer at once.
const ROWS: usize = 5000;

/// A column in which another's values are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// The column.
    pub column: ColumnName,
    /// Whether the two are of types that don't compare with each other: then both go as text.
    pub as_text: bool,
}

/// How many of a column's values other columns have too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    /// How many different values were looked at.
    pub values: u64,
    /// How many of them each of the other columns has, in the order asked.
    pub found: Vec<u64>,
}

/// Looks for the values of a column (each once, those of its first 5,000 rows) in other columns. `only`: rows where that column of
/// the same table has that text. `None` where the source can't be asked so.
pub async fn overlap(
    source: &dyn Source,
    of: &ColumnName,
    only: Option<(&str, &str)>,
    within: &[Within],
) -> Result<Option<Overlap>, SourceError> {
    overlap_from(source, |dialect| Ok(dialect.quote_table(&of.table)), &of.column, only, within).await
}

/// The same for a column of people, who may be those of a SELECT.
pub async fn overlap_of_people(
    source: &dyn Source,
    people: &People,
    column: &str,
    within: &[Within],
) -> Result<Option<Overlap>, SourceError> {
    if let (People::Sql(sql), Some(Dialect::Mssql)) = (people, source.dialect())
        && split_with(sql).0.is_some()
    {
        // SQL that begins with WITH can't stand in brackets there.
        return Ok(None);
    }
    let from = |dialect: Dialect| match people {
        People::Table(name) => Ok(dialect.quote_table(name)),
        // On a line of its own: the SQL may end with a comment.
        People::Sql(sql) => Ok(format!("({}\n)", own_query(sql, dialect)?)),
    };
    overlap_from(source, from, column, None, within).await
}

async fn overlap_from(
    source: &dyn Source,
    from: impl Fn(Dialect) -> Result<String, SourceError>,
    column: &str,
    only: Option<(&str, &str)>,
    within: &[Within],
) -> Result<Option<Overlap>, SourceError> {
    let Some(dialect) = source.dialect() else { return Ok(None) };
    let sql = overlap_sql(dialect, &from(dialect)?, column, only, within);
    let Some(row) = numbers(source, sql).await? else { return Ok(None) };
    let mut row = row.into_iter();
    Ok(Some(Overlap { values: row.next().unwrap_or(0), found: row.collect() }))
}

/// `from`: a table or a SELECT, as it stands after FROM.
fn overlap_sql(
    dialect: Dialect,
    from: &str,
    column: &str,
    only: Option<(&str, &str)>,
    within: &[Within],
) -> String {
    let mut counts = String::from("count(*) AS looked");
    let mut found = String::new();
    for (at, Within { column, as_text }) in within.iter().enumerate() {
        let (mut there, mut here) = (format!("t.{}", dialect.quote(&column.column)), "v.id".to_owned());
        // MySQL takes any word for 0 where a number is compared with it.
        if *as_text || dialect == Dialect::Mysql {
            (there, here) = (dialect.text(&there), dialect.text(&here));
        }
        let table = dialect.quote_table(&column.table);
        let is_there = match dialect {
            Dialect::Postgres | Dialect::Sqlite | Dialect::Mssql => {
                format!("EXISTS (SELECT 1 FROM {table} AS t WHERE {there} = {here})")
            }
            // Looked up in a table that is made once: no index serves a text made of a number.
            Dialect::Mysql => format!("{here} IN (SELECT {there} FROM {table} AS t)"),
        };
        if dialect == Dialect::Mssql {
            // SQL Server counts nothing that holds a SELECT: it is found first, and then counted.
            let _ = write!(found, ", CASE WHEN {is_there} THEN 1 END AS is_{at}");
            let _ = write!(counts, ", count(w.is_{at}) AS found_{at}");
        } else {
            let _ = write!(counts, ", count(CASE WHEN {is_there} THEN 1 END) AS found_{at}");
        }
    }
    let column = format!("m.{}", dialect.quote(column));
    let mut condition = format!("{column} IS NOT NULL");
    if let Some((name, value)) = only {
        let _ = write!(
            condition,
            " AND {} = {}",
            dialect.text(&format!("m.{}", dialect.quote(name))),
            dialect.literal(value)
        );
    }
    let values = format!(
        "(SELECT DISTINCT f.id AS id FROM (SELECT {column} AS id FROM {from} AS m WHERE {condition} LIMIT {ROWS}) AS f) AS v"
    );
    if dialect == Dialect::Mssql {
        return format!("SELECT {counts} FROM (SELECT v.id{found} FROM {values}) AS w");
    }
    format!("SELECT {counts} FROM {values}")
}

/// The different values of a column, as text, at most `limit` of those in its first 5,000 rows. `None` where the source can't be
/// asked so.
pub async fn different_values(
    source: &dyn Source,
    of: &ColumnName,
    limit: usize,
) -> Result<Option<Vec<String>>, SourceError> {
    let Some(dialect) = source.dialect() else { return Ok(None) };
    let column = dialect.quote(&of.column);
    let sql = format!(
        "SELECT DISTINCT f.{column} AS {column} FROM (SELECT m.{column} AS {column} FROM {} AS m WHERE m.{column} IS NOT NULL \
         LIMIT {ROWS}) AS f",
        dialect.quote_table(&of.table)
    );
    let sample = source.sample(&own(sql), limit).await?;
    let texts = sample.records.iter().filter_map(|record| record.values.first()?.as_text());
    Ok(Some(texts.map(std::borrow::Cow::into_owned).collect()))
}

/// Whether columns tell all rows apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uniqueness {
    /// All rows.
    pub rows: u64,
    /// Rows where the column has a value that is not empty.
    pub filled: u64,
    /// Different values.
    pub different: u64,
}

impl Uniqueness {
    /// Whether every row has a value of its own.
    pub fn holds(&self) -> bool {
        self.rows == self.filled && self.filled == self.different
    }
}

/// Counts all rows of people, and the values that each of some columns has in them. `columns` are all columns, in the source's
/// order. `None` where the source can't be asked so.
pub async fn uniqueness(
    source: &dyn Source,
    people: &People,
    columns: &Columns,
    of: &[&str],
) -> Result<Option<Vec<Uniqueness>>, SourceError> {
    let Some(dialect) = source.dialect() else { return Ok(None) };
    let counts = unique_counts(dialect, of);
    let from = match people {
        People::Table(name) => format!("{} AS p", dialect.quote_table(name)),
        People::Sql(sql) => {
            let sql = own_query(sql, dialect)?;
            let names: Vec<_> = columns.names().iter().map(|name| dialect.quote(name)).collect();
            let names = names.join(", ");
            // On a line of its own: the SQL may end with a comment.
            match dialect {
                Dialect::Postgres => format!("({sql}\n) AS p({names})"),
                // SQLite and MariaDB have column aliases only for WITH.
                Dialect::Sqlite | Dialect::Mysql => {
                    let with = format!("WITH p({names}) AS ({sql}\n) SELECT {counts} FROM p");
                    let counted = numbers(source, with).await;
                    if counted.is_ok() || dialect == Dialect::Sqlite {
                        return Ok(counted?.map(|row| uniquenesses(&row)));
                    }
                    // MySQL before 8 has no WITH.
                    format!("({sql}\n) AS p")
                }
                // SQL that begins with WITH can only stand after its own tables there.
                Dialect::Mssql => {
                    let (with, select) = split_with(&sql);
                    let with = with.map(|with| format!("{with}\n, ")).unwrap_or_default();
                    let with = format!(
                        "WITH {with}causeway_counted({names}) AS ({select}\n) SELECT {counts} FROM causeway_counted AS p"
                    );
                    return Ok(numbers(source, with).await?.map(|row| uniquenesses(&row)));
                }
            }
        }
    };
    let sql = format!("SELECT {counts} FROM {from}");
    Ok(numbers(source, sql).await?.map(|row| uniquenesses(&row)))
}

fn unique_counts(dialect: Dialect, of: &[&str]) -> String {
    let mut counts = String::from("count(*) AS n");
    for (at, column) in of.iter().enumerate() {
        let value = format!("nullif({}, '')", dialect.text(&format!("p.{}", dialect.quote(column))));
        let _ = write!(counts, ", count({value}) AS filled_{at}, count(DISTINCT {value}) AS kinds_{at}");
    }
    counts
}

fn uniquenesses(row: &[u64]) -> Vec<Uniqueness> {
    let Some((rows, counts)) = row.split_first() else { return Vec::new() };
    let of = |pair: &[u64]| match pair {
        [filled, different] => Some(Uniqueness { rows: *rows, filled: *filled, different: *different }),
        _ => None,
    };
    counts.chunks(2).filter_map(of).collect()
}

/// The one number that a SELECT gives. `None` where the source can't be asked so.
pub(crate) async fn count(source: &dyn Source, sql: &str) -> Result<Option<u64>, SourceError> {
    if source.dialect().is_none() {
        return Ok(None);
    }
    Ok(numbers(source, sql.to_owned()).await?.and_then(|row| row.first().copied()))
}

/// The texts of a SELECT of one column, empty ones too. `None` where there are more than `limit`, or the source can't be asked so.
pub(crate) async fn texts(
    source: &dyn Source,
    sql: &str,
    limit: usize,
) -> Result<Option<Vec<String>>, SourceError> {
    if source.dialect().is_none() {
        return Ok(None);
    }
    let records = source.sample(&own(sql.to_owned()), limit + 1).await?.records;
    let text = |record: &crate::model::Record| {
        record.values.first().and_then(Value::as_text).unwrap_or_default().into_owned()
    };
    Ok((records.len() <= limit).then(|| records.iter().map(text).collect()))
}

/// The one row of a SELECT that counts.
async fn numbers(source: &dyn Source, sql: String) -> Result<Option<Vec<u64>>, SourceError> {
    let sample = source.sample(&own(sql), 1).await?;
    let Some(record) = sample.records.into_iter().next() else { return Ok(None) };
    let number = |value: &Value| value.as_text().and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(Some(record.values.iter().map(number).collect()))
}

fn own(sql: String) -> Selection {
    Selection {
        people: People::Sql(sql),
        key: Vec::new(),
        only: Vec::new(),
        groups: None,
        more_groups: Vec::new(),
    }
}
