//! A selection looked up in the file: which columns there are, what they hold, and the SELECT that reads them.

use sqlx::{AssertSqlSafe, Column as _, Executor, SqlSafeStr, Statement, TypeInfo};

use super::file::Session;
use super::values::Decoder;
use super::{catalog, errors};
use crate::model::{Columns, GroupName, People, Selection};
use crate::source::SourceError;
use crate::source::batch::Shape;
use crate::source::sql::{
    Dialect, Field, Find, Kind, Members, Query, Request, build, check_query, quote, unique,
};

/// A selection, looked up.
#[derive(Debug)]
pub(super) struct Plan {
    /// `FROM`.
    people: String,
    rename: bool,
    place: String,
    fields: Vec<Field>,
    types: Vec<String>,
    key: Vec<usize>,
    groups: usize,
    /// The columns of the conditions on memberships and groups, of each membership.
    conditions: Vec<Vec<Field>>,
    /// The table, where it is one.
    table: Option<catalog::Found>,
    /// One a column: whether its values may be lists.
    lists: Vec<bool>,
    /// Whether rows come in the order they have in their file.
    as_in_file: bool,
}

impl Plan {
    /// Looks everything up that the selection names.
    pub(super) async fn make(session: &mut Session, selection: &Selection) -> Result<Self, SourceError> {
        let mut plan = match &selection.people {
            People::Table(name) => Self::table(session, &name.name).await?,
            People::Sql(sql) => Self::sql(session, sql).await?,
        };
        if !selection.key.is_empty() {
            plan.key = selection.key.iter().map(|name| plan.position(name)).collect::<Result<_, _>>()?;
        }
        for condition in &selection.only {
            plan.position(&condition.column)?;
        }
        for membership in selection.memberships() {
            let mut conditions = Vec::new();
            plan.position(&membership.person_key)?;
            let mut wanted = vec![(&membership.members.name, &membership.member_person)];
            match &membership.group {
                GroupName::Column(column) => wanted.push((&membership.members.name, column)),
                GroupName::Joined { member_group, groups, group_key, group_name } => {
                    wanted.push((&membership.members.name, member_group));
                    wanted.push((&groups.name, group_key));
                    wanted.push((&groups.name, group_name));
                }
            }
            let groups_table = match &membership.group {
                GroupName::Column(_) => &membership.members,
                GroupName::Joined { groups, .. } => groups,
            };
            let asked = wanted.len();
            wanted.extend(membership.only.iter().map(|c| (&membership.members.name, &c.column)));
            wanted.extend(membership.only_groups.iter().map(|c| (&groups_table.name, &c.column)));
            for (at, (table, column)) in wanted.into_iter().enumerate() {
                let place = format!("“{table}”");
                let (columns, _) = table_columns(session, table).await?;
                let Some(found) = columns.into_iter().find(|c| c.name.eq_ignore_ascii_case(column)) else {
                    return Err(SourceError::NoSuchColumn { column: column.clone(), place });
                };
                if at >= asked {
                    let kind = kind_of(&found.type_name);
                    conditions.push(Field { name: found.name, kind, cast: None });
                }
            }
            plan.conditions.push(conditions);
        }
        plan.as_in_file = session.content.is_some();
        plan.groups = plan.conditions.len();
        Ok(plan)
    }

    async fn table(session: &mut Session, name: &str) -> Result<Self, SourceError> {
        let found = catalog::list(session, Some(name)).await?.into_iter().next();
        let Some(found) = found else {
            return Err(SourceError::NoSuchTable { table: name.to_owned(), technical: String::new() });
        };
        let (columns, primary_key) = catalog::columns(session, &found.name).await?;
        let key = primary_key
            .iter()
            .filter_map(|key| columns.iter().position(|column| column.name == *key))
            .collect();
        let lists = &session.content.as_ref().map(|content| &content.lists);
        let is_list = |column: &crate::model::Column| {
            lists.is_some_and(|lists| lists.contains(&(found.name.clone(), column.name.clone())))
        };
        Ok(Self {
            lists: columns.iter().map(is_list).collect(),
            as_in_file: false,
            people: quote(&found.name),
            rename: false,
            place: format!("“{}”", found.name),
            fields: columns
                .iter()
                .map(|c| Field { name: c.name.clone(), kind: kind_of(&c.type_name), cast: None })
                .collect(),
            types: columns.into_iter().map(|c| c.type_name).collect(),
            key,
            groups: 0,
            conditions: Vec::new(),
            table: Some(found),
        })
    }

    async fn sql(session: &mut Session, sql: &str) -> Result<Self, SourceError> {
        let sql = check_query(sql, Dialect::Sqlite)?;
        let statement = (&mut *session.connection)
            .prepare(AssertSqlSafe(sql.to_owned()).into_sql_str())
            .await
            .map_err(|error| errors::query(error, &session.path, 0))?;
        let mut fields = Vec::new();
        let mut types = Vec::new();
        let names = unique(statement.columns().iter().map(|column| column.name().to_owned()));
        for (column, name) in statement.columns().iter().zip(names) {
            let declared = column.type_info().name();
            let kind = if declared == "BOOLEAN" { Kind::Bool } else { Kind::Text };
            fields.push(Field { name, kind, cast: None });
            types.push(if declared == "NULL" { String::new() } else { declared.to_owned() });
        }
        if fields.is_empty() {
            return Err(SourceError::NotAQuery { why: "it gives no columns".into() });
        }
        Ok(Self {
            // On a line of its own: the SQL may end with a comment.
            people: format!("({sql}\n)"),
            lists: vec![false; fields.len()],
            as_in_file: false,
            rename: true,
            place: "your SQL".into(),
            fields,
            types,
            key: Vec::new(),
            groups: 0,
            conditions: Vec::new(),
            table: None,
        })
    }

    fn position(&self, name: &str) -> Result<usize, SourceError> {
        self.columns()
            .position(name)
            .ok_or_else(|| SourceError::NoSuchColumn { column: name.to_owned(), place: self.place.clone() })
    }

    fn columns(&self) -> Columns {
        Columns::new(self.fields.iter().map(|field| field.name.as_str()))
    }

    /// How many columns the key has.
    pub(super) fn key_columns(&self) -> usize {
        self.key.len()
    }

    /// How rows become records.
    pub(super) fn shape(&self) -> Shape {
        Shape { columns: self.columns(), key: self.key.clone(), groups: self.groups }
    }

    /// What turns rows into values.
    pub(super) fn decoder(&self) -> Decoder {
        Decoder {
            bools: self.fields.iter().map(|field| field.kind == Kind::Bool).collect(),
            groups: self.groups,
            lists: self.lists.clone(),
        }
    }

    /// The declared types.
    pub(super) fn type_names(&self) -> Vec<String> {
        self.types.clone()
    }

    /// The SELECT.
    pub(super) fn query(
        &self,
        selection: &Selection,
        find: Option<Find<'_>>,
        limit: Option<usize>,
    ) -> Result<Query, SourceError> {
        // A file's own order is as good as any, and needs no sorting.
        let sorted = !self.as_in_file || matches!(find, Some(Find::Key { .. }));
        // SQLite compares across types by itself.
        let members: Vec<Members<'_>> = selection
            .memberships()
            .zip(&self.conditions)
            .map(|(membership, fields)| Members {
                membership,
                people_compare: true,
                groups_compare: true,
                fields,
            })
            .collect();
        build(&Request {
            dialect: Dialect::Sqlite,
            people: &self.people,
            rename: self.rename,
            place: &self.place,
            fields: &self.fields,
            key: if sorted { &self.key } else { &[] },
            only: &selection.only,
            members: &members,
            find,
            limit,
        })
    }

    /// How many rows a reading gives.
    pub(super) async fn count(
        &self,
        session: &mut Session,
        selection: &Selection,
    ) -> Result<u64, SourceError> {
        let query = build(&Request {
            dialect: Dialect::Sqlite,
            people: &self.people,
            rename: self.rename,
            place: &self.place,
            fields: &self.fields,
            key: &[],
            only: &selection.only,
            members: &[],
            find: None,
            limit: None,
        })?;
        // SQLite leaves the columns out that nobody asks for, and counts by the smallest index where there is no condition.
        let mut run =
            sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!("SELECT count(*) FROM ({})", query.sql)));
        for value in query.bound {
            run = run.bind(value);
        }
        let count = run
            .fetch_one(&mut *session.connection)
            .await
            .map_err(|error| errors::query(error, &session.path, 0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How many rows there may be, where that can be said quickly.
    pub(super) async fn estimate(
        &self,
        session: &mut Session,
        selection: &Selection,
    ) -> Result<Option<u64>, SourceError> {
        match &self.table {
            Some(found) if selection.only.is_empty() => Ok(catalog::estimate(session, found).await),
            _ => Ok(None),
        }
    }
}

/// What a declared type says of its values: little, since each value has a type of its own.
fn kind_of(declared: &str) -> Kind {
    if declared.eq_ignore_ascii_case("boolean") || declared.eq_ignore_ascii_case("bool") {
        Kind::Bool
    } else {
        Kind::Text
    }
}

async fn table_columns(
    session: &mut Session,
    table: &str,
) -> Result<(Vec<crate::model::Column>, Vec<String>), SourceError> {
    let (columns, key) = catalog::columns(session, table).await?;
    if columns.is_empty() {
        return Err(SourceError::NoSuchTable { table: table.to_owned(), technical: String::new() });
    }
    Ok((columns, key))
}
