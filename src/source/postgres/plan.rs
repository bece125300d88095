//! A selection looked up in the database: which columns there are, what they hold, and the SELECT that reads them.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Column as _, Row};

use super::ask::ask;
use super::session::Session;
use super::values::{self, Cell, Decoder, text};
use crate::model::{Columns, GroupName, Membership, People, Selection, TableName};
use crate::source::SourceError;
use crate::source::batch::Shape;
use crate::source::sql::{
    Dialect, Field, Find, Kind, Members, Query, Request, build, check_query, quote_table, unique,
};

/// How long rows may be counted for, in milliseconds; then they are estimated.
const COUNT_MILLISECONDS: u64 = 1000;

/// Tables that the server believes to be larger than this are not counted at all.
const COUNTED_ROWS: u64 = 2_000_000;

/// A column and its type.
#[derive(Debug, Clone)]
struct Described {
    field: Field,
    cell: Cell,
    type_name: String,
    type_number: u32,
    category: char,
}

/// A table with the columns that may be read.
#[derive(Debug)]
struct Relation {
    name: TableName,
    columns: Vec<Described>,
    primary_key: Vec<String>,
}

impl Relation {
    fn place(&self) -> String {
        format!("“{}”", self.name.display())
    }

    fn column(&self, name: &str) -> Result<&Described, SourceError> {
        find(&self.columns, name)
            .map(|at| &self.columns[at])
            .ok_or_else(|| SourceError::NoSuchColumn { column: name.to_owned(), place: self.place() })
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
    rename: bool,
    columns: Vec<Described>,
    fields: Vec<Field>,
    key: Vec<usize>,
    groups: Vec<Joined>,
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
        let (place, people, rename, columns, primary_key) = match &selection.people {
            People::Table(name) => {
                let relation = relation(session, name).await?;
                let people = quote_table(&relation.name);
                (relation.place(), people, false, relation.columns, relation.primary_key)
            }
            People::Sql(sql) => {
                let sql = check_query(sql, Dialect::Postgres)?;
                // On a line of its own: the SQL may end with a comment.
                let people = format!("({sql}\n)");
                ("your SQL".to_owned(), people.clone(), true, described(session, &people).await?, Vec::new())
            }
        };
        let key = if selection.key.is_empty() { &primary_key } else { &selection.key };
        let mut positions = Vec::with_capacity(key.len());
        for name in key {
            positions.push(
                find(&columns, name).ok_or_else(|| SourceError::NoSuchColumn {
                    column: name.clone(),
                    place: place.clone(),
                })?,
            );
        }
        let mut groups = Vec::new();
        for membership in selection.memberships() {
            groups.push(Self::groups(session, membership, &columns, &place).await?);
        }
        let fields = columns.iter().map(|column| column.field.clone()).collect();
        Ok(Self { place, people, rename, columns, fields, key: positions, groups })
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
        if matches!(membership.group, GroupName::Column(_)) {
            for condition in &membership.only_groups {
                conditions.push(members.column(&condition.column)?.field.clone());
            }
        }
        let group = match &membership.group {
            GroupName::Column(column) => GroupName::Column(members.column(column)?.field.name.clone()),
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
        let mut cells: Vec<_> = self.columns.iter().map(|column| column.cell.clone()).collect();
        cells.extend(self.groups.iter().map(|_| Cell::List(Box::new(Cell::Text))));
        Decoder { cells }
    }

    /// The database's words for the types.
    pub(super) fn type_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.type_name.clone()).collect()
    }

    fn request<'a>(&'a self, selection: &'a Selection) -> Request<'a> {
        Request {
            dialect: Dialect::Postgres,
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
        build(&Request { key: &self.key, members: &members, find, limit, ..self.request(selection) })
    }

    /// How many rows a reading gives, and whether that is counted or estimated.
    pub(super) async fn count(
        &self,
        session: &mut Session,
        selection: &Selection,
    ) -> Result<(Option<u64>, bool), SourceError> {
        let query = build(&self.request(selection))?;
        let failed = |error, session: &Session| session.failed(error, &self.place, 0);
        let start = format!("SAVEPOINT counting; SET LOCAL statement_timeout = '{COUNT_MILLISECONDS}ms'");
        ask(&mut session.connection, start).await.map_err(|error| failed(error, session))?;

        let estimate = explain(session, &query).await;
        if estimate.is_none_or(|rows| rows <= COUNTED_ROWS) {
            let sql = format!("SELECT count(*) FROM ({}) AS counted", query.sql);
            let mut run = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).persistent(false);
            for value in &query.bound {
                run = run.bind(value);
            }
            match run.fetch_one(&mut session.connection).await {
                Ok(count) => return Ok((u64::try_from(count).ok(), true)),
                Err(error) => match failed(error, session) {
                    SourceError::QueryTimedOut { .. } => {}
                    error => return Err(error),
                },
            }
        }
        let end = "ROLLBACK TO SAVEPOINT counting".to_owned();
        ask(&mut session.connection, end).await.map_err(|error| failed(error, session))?;
        Ok((estimate, false))
    }
}

/// What the planner thinks of the number of rows.
async fn explain(session: &mut Session, query: &Query) -> Option<u64> {
    let sql = format!("EXPLAIN (FORMAT JSON) {}", query.sql);
    let mut run = sqlx::query(AssertSqlSafe(sql)).persistent(false);
    for value in &query.bound {
        run = run.bind(value);
    }
    let row = run.fetch_one(&mut session.connection).await.ok()?;
    let plan: serde_json::Value = serde_json::from_str(text(&row, 0)?).ok()?;
    let rows = plan.get(0)?.get("Plan")?.get("Plan Rows")?;
    rows.as_u64()
}

/// Whether the database compares the two as they are.
fn compare(one: &Described, other: &Described) -> bool {
    one.type_number == other.type_number
        || (one.category == other.category && matches!(one.category, 'S' | 'N'))
}

/// What is asked about a type: its category, its elements' number, its name. A domain stands for the type below it.
const TYPE: &str = "t.oid::text, t.typcategory::text, \
     coalesce((SELECT coalesce(nullif(e.typbasetype, 0), e.oid) FROM pg_type AS e WHERE e.oid = t.typelem), 0)::text";

/// A column from its name, its type's name, and [`TYPE`].
fn described_by(name: String, type_name: &str, row: &PgRow, at: usize) -> Described {
    let get = |n| text(row, at + n).unwrap_or_default();
    let number = get(0).parse().unwrap_or(0);
    let category = get(1).chars().next().unwrap_or(' ');
    let cell = Cell::of(number, category, get(2).parse().unwrap_or(0));
    let kind = values::kind(number, category);
    let cast = (kind != Kind::Text && !type_name.is_empty()).then(|| type_name.to_owned());
    let field = Field { name, kind, cast };
    Described { field, cell, type_name: type_name.to_owned(), type_number: number, category }
}

/// A table or view, its readable columns, and its primary key. The exact name goes first; then, as in SQL without quotes, case does
/// not count.
async fn relation(session: &mut Session, name: &TableName) -> Result<Relation, SourceError> {
    let missing =
        |technical: &str| SourceError::NoSuchTable { table: name.display(), technical: technical.to_owned() };
    let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
    if name.name.contains('\0') || name.schema.as_ref().is_some_and(|schema| schema.contains('\0')) {
        return Err(missing("a zero byte in the name"));
    }
    let schema = match &name.schema {
        Some(schema) => format!("n.nspname = {}", literal(schema)),
        None => "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'".to_owned(),
    };
    let sql = format!(
        "WITH found AS (SELECT c.oid, n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') AS usable \
             FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND lower(c.relname) = lower({own}) AND {schema} \
             ORDER BY c.relname <> {own}, array_position(current_schemas(true), n.nspname) NULLS LAST, n.nspname LIMIT 1) \
         SELECT found.nspname, found.relname, found.usable, a.attname, has_column_privilege(a.attrelid, a.attnum, 'SELECT'), \
             format_type(a.atttypid, a.atttypmod), array_position(k.conkey, a.attnum)::text, {TYPE} \
         FROM found JOIN pg_attribute AS a ON a.attrelid = found.oid \
         JOIN pg_type AS own ON own.oid = a.atttypid JOIN pg_type AS t ON t.oid = coalesce(nullif(own.typbasetype, 0), own.oid) \
         LEFT JOIN pg_constraint AS k ON k.conrelid = found.oid AND k.contype = 'p' \
         WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        own = literal(&name.name)
    );
    let rows = match ask(&mut session.connection, sql).await {
        Ok(rows) => rows,
        Err(error) => return Err(session.failed(error, "the database's catalog", 0)),
    };
    let Some(first) = rows.first() else { return Err(missing("")) };
    let get = |row, at| text(row, at).unwrap_or_default().to_owned();
    let name = TableName { schema: Some(get(first, 0)), name: get(first, 1) };
    let mut columns = Vec::new();
    let mut key: Vec<(u32, String)> = Vec::new();
    for row in &rows {
        if get(row, 4) == "t" {
            columns.push(described_by(get(row, 3), &get(row, 5), row, 7));
        }
        if let Ok(at) = get(row, 6).parse() {
            key.push((at, get(row, 3)));
        }
    }
    if get(first, 2) != "t" || columns.is_empty() {
        return Err(SourceError::NoRight {
            user: session.user.clone(),
            what: format!("“{}”", name.display()),
            technical: String::new(),
        });
    }
    key.sort_unstable();
    let mut primary_key: Vec<_> = key.into_iter().map(|(_, name)| name).collect();
    if primary_key.iter().any(|key| find(&columns, key).is_none()) {
        primary_key.clear();
    }
    Ok(Relation { name, columns, primary_key })
}

/// The columns of a SELECT in brackets.
async fn described(session: &mut Session, people: &str) -> Result<Vec<Described>, SourceError> {
    // One row of nothing but nulls, for which the SELECT is understood but not run.
    let sql = format!("SELECT p.* FROM (SELECT 1) AS nothing LEFT JOIN {people} AS p ON false");
    let rows = match ask(&mut session.connection, sql).await {
        Ok(rows) => rows,
        Err(error) => return Err(session.failed(error, "your SQL", 0)),
    };
    let Some(row) = rows.first() else {
        return Err(SourceError::NotAQuery { why: "it gives nothing".into() });
    };
    let numbers: Vec<u32> =
        row.columns().iter().map(|column| column.type_info().oid().map_or(0, |oid| oid.0)).collect();
    let names = unique(row.columns().iter().map(|column| column.name().to_owned()));
    if names.is_empty() {
        return Err(SourceError::NotAQuery { why: "it gives no columns".into() });
    }
    let list: Vec<_> = numbers.iter().map(u32::to_string).collect();
    let sql = format!(
        "SELECT format_type(t.oid, NULL), {TYPE} FROM pg_type AS t WHERE t.oid IN ({})",
        list.join(", ")
    );
    let types = match ask(&mut session.connection, sql).await {
        Ok(types) => types,
        Err(error) => return Err(session.failed(error, "the database's catalog", 0)),
    };
    Ok(names
        .into_iter()
        .zip(numbers)
        .map(|(name, number)| {
            let known = types.iter().find(|row| text(row, 1) == Some(number.to_string().as_str()));
            match known {
                Some(row) => described_by(name, text(row, 0).unwrap_or_default(), row, 1),
                None => Described {
                    field: Field { name, kind: values::kind(number, ' '), cast: None },
                    cell: Cell::of(number, ' ', 0),
                    type_name: String::new(),
                    type_number: number,
                    category: ' ',
                },
            }
        })
        .collect())
}
