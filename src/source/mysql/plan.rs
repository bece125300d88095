//! A selection looked up in the database: which columns there are, what they hold, and the SELECT that reads them.

use sqlx::{AssertSqlSafe, Column as _, Executor, SqlSafeStr, Statement, TypeInfo};

use super::session::Session;
use super::values::{Cell, Decoder, Type, text};
use crate::model::{Columns, GroupName, Membership, People, Selection, TableName};
use crate::source::SourceError;
use crate::source::batch::Shape;
use crate::source::sql::{Dialect, Field, Find, Members, Query, Request, build, own_query, unique};

/// Tables that the server believes to be larger than this are not counted.
const COUNTED_ROWS: u64 = 2_000_000;

/// A column and its type.
#[derive(Debug, Clone)]
struct Described {
    field: Field,
    cell: Cell,
    type_name: String,
    compares: Option<String>,
}

impl Described {
    fn new(name: String, type_name: &str, kind: Type) -> Self {
        let Type { cell, kind, cast, compares } = kind;
        let field = Field { name, kind, cast: cast.map(str::to_owned) };
        Self { field, cell, type_name: type_name.to_owned(), compares }
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
    rename: bool,
    columns: Vec<Described>,
    fields: Vec<Field>,
    key: Vec<usize>,
    groups: Vec<Joined>,
    /// The server's guess at the rows.
    guess: Option<u64>,
}

/// A membership with names as the database has them.
#[derive(Debug)]
struct Joined {
    membership: Membership,
    people_compare: bool,
    groups_compare: bool,
    conditions: Vec<Field>,
}

impl Plan {
    /// Looks everything up that the selection names.
    pub(super) async fn make(session: &mut Session, selection: &Selection) -> Result<Self, SourceError> {
        let mut rename = false;
        let (place, people, columns, primary_key, guess) = match &selection.people {
            People::Table(name) => {
                let found = relation(session, name).await?;
                let people = Dialect::Mysql.quote_table(&found.name);
                (format!("“{}”", found.name.display()), people, found.columns, found.primary_key, found.rows)
            }
            People::Sql(sql) => {
                let sql = own_query(sql, Dialect::Mysql)?;
                let (columns, renamed) = described(session, &sql).await?;
                rename = renamed;
                // On a line of its own: the SQL may end with a comment.
                ("your SQL".to_owned(), format!("({sql}\n)"), columns, Vec::new(), None)
            }
        };
        let key = if selection.key.is_empty() { &primary_key } else { &selection.key };
        let position = |name: &String| {
            find(&columns, name)
                .ok_or_else(|| SourceError::NoSuchColumn { column: name.clone(), place: place.clone() })
        };
        let key = key.iter().map(position).collect::<Result<Vec<_>, _>>()?;
        let mut groups = Vec::new();
        for membership in selection.memberships() {
            groups.push(Self::groups(session, membership, &columns, &place).await?);
        }
        let fields = columns.iter().map(|column| column.field.clone()).collect();
        Ok(Self { place, people, rename, columns, fields, key, groups, guess })
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
                    groups: groups.name.clone(),
                }
            }
        };
        let membership = Membership {
            person_key: person.field.name.clone(),
            member_person: member.field.name.clone(),
            members: members.name.clone(),
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
        let mut cells: Vec<_> = self.columns.iter().map(|column| column.cell).collect();
        cells.extend(self.groups.iter().map(|_| Cell::Gathered));
        Decoder { cells }
    }

    /// The database's words for the types.
    pub(super) fn type_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.type_name.clone()).collect()
    }

    fn request<'a>(&'a self, selection: &'a Selection) -> Request<'a> {
        Request {
            dialect: Dialect::Mysql,
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

    /// How many rows a reading gives, and whether that is counted or the server's guess.
    pub(super) async fn count(
        &self,
        session: &mut Session,
        selection: &Selection,
    ) -> Result<(Option<u64>, bool), SourceError> {
        if self.guess.is_some_and(|rows| rows > COUNTED_ROWS) {
            return Ok((self.guess.filter(|_| selection.only.is_empty()), false));
        }
        let query = build(&self.request(selection))?;
        // Own SQL that is renamed begins with WITH, which stands in brackets as well.
        let sql = format!("SELECT count(*) FROM ({}) AS counted", query.sql);
        match session.ask(&sql, &self.place).await {
            Ok(rows) => Ok((rows.first().and_then(|row| text(row, 0)).and_then(|n| n.parse().ok()), true)),
            Err(SourceError::QueryTimedOut { .. }) => Ok((self.guess, false)),
            Err(error) => Err(error),
        }
    }
}

/// Whether the database compares the two as they are, and means by it what we mean: it takes any word for 0 where a number is compared
/// with it.
fn compare(one: &Described, other: &Described) -> bool {
    one.compares.is_some() && one.compares == other.compares
}

/// A table or view, its readable columns, and its primary key. The exact name goes first; then case does not count.
async fn relation(session: &mut Session, name: &TableName) -> Result<Relation, SourceError> {
    let missing = || SourceError::NoSuchTable { table: name.display(), technical: String::new() };
    let literal = |text: &str| Dialect::Mysql.literal(text);
    if name.name.contains('\0') || name.schema.as_ref().is_some_and(|schema| schema.contains('\0')) {
        return Err(missing());
    }
    let schema = name.schema.as_ref().map_or_else(|| "DATABASE()".to_owned(), |schema| literal(schema));
    let own = literal(&name.name);
    let sql = format!(
        "SELECT TABLE_NAME, TABLE_ROWS, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = {schema} AND \
         lower(TABLE_NAME) = lower({own}) ORDER BY CAST(TABLE_NAME AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin <> {own} LIMIT 1"
    );
    let place = "the database's catalog";
    let rows = session.ask(&sql, place).await?;
    let first = rows.first().ok_or_else(missing)?;
    let own_name = text(first, 0).unwrap_or_default().to_owned();
    let guess = text(first, 1).and_then(|rows| rows.parse().ok());
    let found = TableName { schema: name.schema.clone(), name: own_name };
    let sql = format!(
        "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, COLLATION_NAME, COLUMN_KEY, PRIVILEGES FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = {schema} AND CAST(TABLE_NAME AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin = {} ORDER BY ORDINAL_POSITION",
        literal(&found.name)
    );
    let mut columns = Vec::new();
    for row in session.ask(&sql, place).await? {
        let get = |at| text(&row, at).unwrap_or_default();
        if get(5).to_ascii_lowercase().contains("select") {
            let kind = Type::of_column(&get(1).to_ascii_lowercase(), get(2), text(&row, 3));
            columns.push(Described::new(get(0).to_owned(), get(2), kind));
        }
    }
    if columns.is_empty() {
        // A view whose tables are gone has no columns either: reading it says so.
        let try_it = format!("SELECT 1 FROM {} LIMIT 0", Dialect::Mysql.quote_table(&found));
        session.ask(&try_it, &format!("“{}”", found.display())).await?;
        let what = format!("“{}”", found.display());
        return Err(SourceError::NoRight { user: session.user.clone(), what, technical: String::new() });
    }
    let sql = format!(
        "SELECT COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = {schema} AND \
         CAST(TABLE_NAME AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin = {} AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION",
        literal(&found.name)
    );
    let mut primary_key: Vec<String> = Vec::new();
    for row in session.ask(&sql, place).await? {
        primary_key.extend(text(&row, 0).map(str::to_owned));
    }
    if primary_key.iter().any(|key| find(&columns, key).is_none()) {
        primary_key.clear();
    }
    Ok(Relation { name: found, columns, primary_key, rows: guess })
}

/// The columns of a SELECT, and whether they need other names: MySQL takes no two columns of one name in brackets.
async fn described(session: &mut Session, sql: &str) -> Result<(Vec<Described>, bool), SourceError> {
    // Understood, but not run.
    let prepared = (&mut session.connection).prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await;
    let statement = match prepared {
        Ok(statement) => statement,
        Err(error) => return Err(session.failed(error, "your SQL", 0)),
    };
    let given: Vec<String> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let names = unique(given.iter().cloned());
    if names.is_empty() {
        return Err(SourceError::NotAQuery { why: "it gives no columns".into() });
    }
    let renamed = names != given;
    let columns = names
        .into_iter()
        .zip(statement.columns())
        .map(|(name, column)| {
            let type_name = column.type_info().name();
            Described::new(name, &type_name.to_ascii_lowercase(), Type::of_result(type_name))
        })
        .collect();
    Ok((columns, renamed))
}
