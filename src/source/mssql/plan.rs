//! A selection looked up in the database: which columns there are, what they hold, and the SELECT that reads them.

use std::time::Duration;

use tiberius::Row;

use super::catalog::{COLUMNS, READABLE, base_name, type_of};
use super::session::{Session, literal};
use super::types::Type;
use super::values::{self, number, text};
use crate::model::{Columns, GroupName, Membership, People, Selection, TableName, Value};
use crate::source::SourceError;
use crate::source::batch::Shape;
use crate::source::guard::Budget;
use crate::source::sql::{
    BETWEEN, Dialect, Field, Find, Kind, MSSQL_ANY_CASE, MSSQL_CODE_PAGE, MSSQL_NATIONAL_ANY_CASE, Members,
    Query, Request, build, own_query, quote, quote_table, split_with, unique,
};

/// How long rows may be counted for.
const COUNTING: Duration = Duration::from_secs(1);

/// Tables that the server believes to be larger than this are not counted at all.
const COUNTED_ROWS: u64 = 2_000_000;

/// A column and its type.
#[derive(Debug, Clone)]
struct Described {
    field: Field,
    kind: Type,
}

impl Described {
    fn new(name: String, kind: Type, collation: Option<&str>) -> Self {
        let any_case = collation.is_some_and(|name| {
            // The Turkish i is none of the letters that others take for the same.
            name.contains("_CI") && !name.starts_with("Turkish") && !name.starts_with("Azeri")
        });
        let cast = match (kind.name.as_str(), any_case) {
            ("nvarchar" | "nchar" | "sysname", true) => Some(MSSQL_NATIONAL_ANY_CASE.to_owned()),
            ("varchar" | "char", true) => Some(MSSQL_ANY_CASE.to_owned()),
            ("varchar" | "char", false) => Some(MSSQL_CODE_PAGE.to_owned()),
            _ => kind.cast(),
        };
        Self { field: Field { name, kind: kind.kind(), cast }, kind }
    }
}

/// A table with the columns that may be read.
#[derive(Debug)]
struct Relation {
    name: TableName,
    columns: Vec<Described>,
    primary_key: Vec<String>,
    rows: Option<u64>,
}

impl Relation {
    fn column(&self, name: &str) -> Result<&Described, SourceError> {
        find(&self.columns, name).map(|at| &self.columns[at]).ok_or_else(|| SourceError::NoSuchColumn {
            column: name.to_owned(),
            place: format!("“{}”", self.name.display()),
        })
    }
}

/// By the rules of [`Columns::position`].
fn find(columns: &[Described], name: &str) -> Option<usize> {
    columns
        .iter()
        .position(|column| column.field.name == name)
        .or_else(|| columns.iter().position(|column| column.field.name.eq_ignore_ascii_case(name)))
}

/// A selection, looked up.
#[derive(Debug)]
pub(super) struct Plan {
    /// How messages call what is read.
    pub(super) place: String,
    people: String,
    /// The common tables of own SQL, which stand before everything.
    with: Option<String>,
    rename: bool,
    columns: Vec<Described>,
    fields: Vec<Field>,
    key: Vec<usize>,
    groups: Vec<Joined>,
    /// The server's own figure.
    rows: Option<u64>,
}

/// A membership with names as the database has them.
#[derive(Debug)]
struct Joined {
    membership: Membership,
    people_compare: bool,
    groups_compare: bool,
    /// The columns of the conditions on memberships and groups.
    conditions: Vec<Field>,
}

impl Plan {
    /// Looks everything up that the selection names.
    pub(super) async fn make(session: &mut Session, selection: &Selection) -> Result<Self, SourceError> {
        let mut plan = match &selection.people {
            People::Table(name) => Self::of_table(session, name).await?,
            People::Sql(sql) => Self::of_sql(session, sql).await?,
        };
        if !selection.key.is_empty() {
            plan.key.clear();
            for name in &selection.key {
                plan.key.push(find(&plan.columns, name).ok_or_else(|| SourceError::NoSuchColumn {
                    column: name.clone(),
                    place: plan.place.clone(),
                })?);
            }
        }
        if selection.memberships().next().is_some() && session.major.is_some_and(|major| major < 14) {
            return Err(SourceError::Other {
                what: "Servers before SQL Server 2017 can't gather a person's groups.".into(),
                advice: "Read people without groups, or write a SELECT of your own that has the groups in a column.".into(),
                technical: format!("STRING_AGG is not known to {}", session.server),
            });
        }
        for membership in selection.memberships() {
            let joined = Self::groups(session, membership, &plan.columns, &plan.place).await?;
            plan.groups.push(joined);
        }
        plan.fields = plan.columns.iter().map(|column| column.field.clone()).collect();
        Ok(plan)
    }

    async fn of_table(session: &mut Session, name: &TableName) -> Result<Self, SourceError> {
        let relation = relation(session, name).await?;
        let key = relation.primary_key.iter().filter_map(|key| find(&relation.columns, key)).collect();
        Ok(Self {
            place: format!("“{}”", relation.name.display()),
            people: quote_table(&relation.name),
            with: None,
            rename: false,
            columns: relation.columns,
            fields: Vec::new(),
            key,
            groups: Vec::new(),
            rows: relation.rows,
        })
    }

    async fn of_sql(session: &mut Session, sql: &str) -> Result<Self, SourceError> {
        let sql = own_query(sql, Dialect::Mssql)?.into_owned();
        let columns = described(session, &sql).await?;
        let (with, select) = split_with(&sql);
        Ok(Self {
            place: "your SQL".to_owned(),
            // On a line of its own: the SQL may end with a comment.
            people: format!("({select}\n)"),
            with: with.map(str::to_owned),
            rename: true,
            columns,
            fields: Vec::new(),
            key: Vec::new(),
            groups: Vec::new(),
            rows: None,
        })
    }

    async fn groups(
        session: &mut Session,
        membership: &Membership,
        people: &[Described],
        place: &str,
    ) -> Result<Joined, SourceError> {
        let person = find(people, &membership.person_key).map(|at| &people[at]).ok_or_else(|| {
            SourceError::NoSuchColumn { column: membership.person_key.clone(), place: place.to_owned() }
        })?;
        let members = relation(session, &membership.members).await?;
        let member = members.column(&membership.member_person)?;
        let people_compare = compare(person, member);
        let mut groups_compare = true;
        let mut conditions = Vec::new();
        for condition in &membership.only {
            conditions.push(members.column(&condition.column)?.field.clone());
        }
        let group = match &membership.group {
            GroupName::Column(column) => {
                for condition in &membership.only_groups {
                    conditions.push(members.column(&condition.column)?.field.clone());
                }
                GroupName::Column(members.column(column)?.field.name.clone())
            }
            GroupName::Joined { member_group, groups, group_key, group_name } => {
                let groups = relation(session, groups).await?;
                let here = members.column(member_group)?;
                let there = groups.column(group_key)?;
                groups_compare = compare(here, there);
                for condition in &membership.only_groups {
                    conditions.push(groups.column(&condition.column)?.field.clone());
                }
                GroupName::Joined {
                    member_group: here.field.name.clone(),
                    group_key: there.field.name.clone(),
                    group_name: groups.column(group_name)?.field.name.clone(),
                    groups: groups.name,
                }
            }
        };
        let membership = Membership {
            person_key: person.field.name.clone(),
            member_person: member.field.name.clone(),
            members: members.name,
            group,
            only: membership.only.clone(),
            only_groups: membership.only_groups.clone(),
        };
        Ok(Joined { membership, people_compare, groups_compare, conditions })
    }

    /// How many columns the key has.
    pub(super) fn key_columns(&self) -> usize {
        self.key.len()
    }

    /// How rows become records.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            columns: Columns::new(self.fields.iter().map(|field| field.name.as_str())),
            key: self.key.clone(),
            groups: self.groups.len(),
        }
    }

    /// What turns rows into values.
    pub(super) fn decoder(&self) -> Decoder {
        let padded = self.columns.iter().map(|c| matches!(c.kind.name.as_str(), "char" | "nchar")).collect();
        Decoder { padded, groups: self.groups.len() }
    }

    /// The database's words for the types.
    pub(super) fn type_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.kind.shown()).collect()
    }

    fn request<'a>(&'a self, selection: &'a Selection) -> Request<'a> {
        Request {
            dialect: Dialect::Mssql,
            people: &self.people,
            rename: self.rename,
            place: &self.place,
            fields: &self.fields,
            key: &[],
            only: &selection.only,
            members: &[],
            find: None,
            limit: None,
        }
    }

    fn built(&self, request: &Request<'_>) -> Result<Query, SourceError> {
        let mut query = build(request)?;
        if let Some(with) = &self.with {
            // `WITH p(…)` of the builder comes after the tables that the SQL itself begins with.
            query.sql = query.sql.replacen("WITH ", &format!("WITH {with}\n, "), 1);
        }
        Ok(query)
    }

    /// The SELECT.
    pub(super) fn query(
        &self,
        selection: &Selection,
        find: Option<Find<'_>>,
        limit: Option<usize>,
    ) -> Result<Query, SourceError> {
        let members: Vec<Members<'_>> = self
            .groups
            .iter()
            .map(|joined| Members {
                membership: &joined.membership,
                people_compare: joined.people_compare,
                groups_compare: joined.groups_compare,
                fields: &joined.conditions,
            })
            .collect();
        self.built(&Request { key: &self.key, members: &members, find, limit, ..self.request(selection) })
    }

    /// How many rows a reading gives, and whether that is counted or the server's own figure.
    pub(super) async fn count(
        &self,
        session: &mut Session,
        selection: &Selection,
    ) -> Result<(Option<u64>, bool), SourceError> {
        let estimate = self.rows.filter(|_| selection.only.is_empty());
        if self.rows.is_some_and(|rows| rows > COUNTED_ROWS) {
            return Ok((estimate, false));
        }
        let mut query = self.built(&self.request(selection))?;
        // A `WITH` can't stand in brackets, so the columns are taken out of the SELECT instead of counting around it.
        let columns: Vec<_> = self.fields.iter().map(|field| format!("p.{}", quote(&field.name))).collect();
        let whole = format!("SELECT {} FROM ", columns.join(", "));
        let Some(at) = query.sql.rfind(&whole) else { return Ok((estimate, false)) };
        query.sql.replace_range(at..at + whole.len(), "SELECT COUNT_BIG(*) FROM ");
        match session.within(Some(COUNTING), &query.sql, &query.bound, &self.place, Budget::rows(2)).await {
            Ok(rows) => Ok((rows.first().and_then(|row| number(row, 0)?.try_into().ok()), true)),
            Err(SourceError::QueryTimedOut { .. }) => Ok((estimate, false)),
            Err(error) => Err(error),
        }
    }
}

/// Turns rows into values.
#[derive(Debug)]
pub(super) struct Decoder {
    /// One a column: whether it is filled up with blanks.
    padded: Vec<bool>,
    /// How many columns with groups follow.
    groups: usize,
}

impl Decoder {
    /// The values of a row. Positions of those that are too large, and so left out, are added to `oversized`.
    pub(super) fn values(&self, row: &Row, oversized: &mut Vec<usize>) -> Vec<Value> {
        let mut values = values::values(row, &self.padded, oversized);
        let own = values.len().saturating_sub(self.groups);
        oversized.retain(|at| *at < own);
        for value in &mut values[own..] {
            *value = Value::List(match value {
                Value::Text(names) => names.split(BETWEEN).map(|name| Value::Text(name.to_owned())).collect(),
                _ => Vec::new(),
            });
        }
        values
    }
}

/// Whether the database compares the two as they are.
fn compare(one: &Described, other: &Described) -> bool {
    one.kind.name == other.kind.name
        || one.field.kind == other.field.kind && matches!(one.field.kind, Kind::Text | Kind::Number)
}

/// A table, view or synonym, its readable columns, and its primary key. The exact name goes first; then case does not count. Without a
/// schema, the login's own and `dbo` come before others.
async fn relation(session: &mut Session, name: &TableName) -> Result<Relation, SourceError> {
    let missing = || SourceError::NoSuchTable { table: name.display(), technical: String::new() };
    if name.name.contains('\0') || name.schema.as_ref().is_some_and(|schema| schema.contains('\0')) {
        return Err(missing());
    }
    let place = "the database's catalog";
    let mut wanted = name.clone();
    // A synonym may stand for the table; one of a synonym there is not.
    for _ in 0..2 {
        let schema = match &wanted.schema {
            Some(schema) => format!("AND lower(s.name) = lower({})", literal(schema)),
            None => String::new(),
        };
        let own = literal(&wanted.name);
        let exact = literal(wanted.schema.as_deref().unwrap_or_default());
        let sql = format!(
            "SELECT TOP (1) o.object_id, s.name, o.name, o.type, \
             {READABLE}, \
             (SELECT n.base_object_name FROM sys.synonyms AS n WHERE n.object_id = o.object_id) \
             FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
             WHERE o.type IN ('U', 'V', 'SN') AND lower(o.name) = lower({own}) {schema} \
             ORDER BY CASE WHEN o.name = {own} COLLATE Latin1_General_100_BIN2 THEN 0 ELSE 1 END, \
             CASE WHEN s.name = {exact} COLLATE Latin1_General_100_BIN2 THEN 0 WHEN s.name = SCHEMA_NAME() THEN 1 \
             WHEN s.name = N'dbo' THEN 2 ELSE 3 END, s.name"
        );
        let rows = session.ask(&sql, &[], place).await?;
        let row = rows.first().ok_or_else(missing)?;
        let id = number(row, 0).unwrap_or_default();
        let found = TableName { schema: text(row, 1), name: text(row, 2).unwrap_or_default() };
        if let Some(base) = text(row, 5) {
            let Some(table) = base_name(&base) else {
                return Err(SourceError::NoSuchTable {
                    table: name.display(),
                    technical: format!("it is a synonym of {base}, in another database"),
                });
            };
            wanted = table;
            continue;
        }
        if number(row, 4) == Some(0) {
            let what = format!("“{}”", found.display());
            return Err(SourceError::NoRight { user: session.user.clone(), what, technical: String::new() });
        }
        return columns_of(session, id, found).await;
    }
    Err(missing())
}

async fn columns_of(session: &mut Session, id: i64, name: TableName) -> Result<Relation, SourceError> {
    let place = "the database's catalog";
    // Where only some columns may be read, the others are as good as not there.
    let sql = format!(
        "{COLUMNS} JOIN sys.objects AS o ON o.object_id = c.object_id JOIN sys.schemas AS s ON s.schema_id = o.schema_id \
         WHERE c.object_id = {id} AND HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), N'OBJECT', N'SELECT', c.name, \
         N'COLUMN') = 1 ORDER BY c.column_id"
    );
    let mut columns = Vec::new();
    for row in session.ask(&sql, &[], place).await? {
        let collation = text(&row, 6);
        columns.push(Described::new(text(&row, 1).unwrap_or_default(), type_of(&row), collation.as_deref()));
    }
    if columns.is_empty() {
        let what = format!("“{}”", name.display());
        return Err(SourceError::NoRight { user: session.user.clone(), what, technical: String::new() });
    }
    let sql = format!(
        "SELECT c.name FROM sys.indexes AS i \
         JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id \
         JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id \
         WHERE i.is_primary_key = 1 AND i.object_id = {id} ORDER BY k.key_ordinal"
    );
    let key = session.ask(&sql, &[], place).await?;
    let primary_key = key.iter().filter_map(|row| text(row, 0)).collect();
    let sql = format!(
        "SELECT sum(p.rows) FROM sys.partitions AS p WHERE p.object_id = {id} AND p.index_id IN (0, 1)"
    );
    let rows = session.ask(&sql, &[], place).await.unwrap_or_default();
    let rows = rows.first().and_then(|row| number(row, 0)?.try_into().ok());
    Ok(Relation { name, columns, primary_key, rows })
}

/// The columns of a SELECT: understood, but not run.
async fn described(session: &mut Session, sql: &str) -> Result<Vec<Described>, SourceError> {
    let bound = [sql.to_owned()];
    let rows = session.ask("EXEC sp_describe_first_result_set @P1", &bound, "your SQL").await?;
    let at = |name: &str| {
        rows.first()
            .and_then(|row| row.columns().iter().position(|column| column.name().eq_ignore_ascii_case(name)))
    };
    let [Some(own), Some(kind), Some(length), hidden, collation] =
        ["name", "system_type_name", "max_length", "is_hidden", "collation_name"].map(at)
    else {
        return Err(SourceError::NotAQuery { why: "it gives no columns".into() });
    };
    let shown: Vec<&Row> =
        rows.iter().filter(|row| hidden.is_none_or(|at| number(row, at) != Some(1))).collect();
    let names = unique(shown.iter().enumerate().map(|(place, row)| {
        text(row, own).filter(|name| !name.is_empty()).unwrap_or_else(|| format!("column_{}", place + 1))
    }));
    Ok(names
        .into_iter()
        .zip(shown)
        .map(|(name, row)| {
            let written = text(row, kind).unwrap_or_default();
            let length = number(row, length).and_then(|n| i32::try_from(n).ok()).unwrap_or_default();
            let collation = collation.and_then(|at| text(row, at));
            Described::new(name, Type::of(&written, length), collation.as_deref())
        })
        .collect())
}
