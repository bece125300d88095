//! A selection as one SELECT.

use std::fmt::Write as _;

use super::dialect::Dialect;
use super::kind::{Field, Kind};
use super::{mssql, truth};
use crate::model::{Comparison, Condition, GroupName, Membership};
use crate::source::SourceError;

/// A membership whose columns were looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Members<'a> {
    /// As asked for.
    pub(crate) membership: &'a Membership,
    /// Whether `person_key` and `member_person` are of types that compare with each other; else both go as text.
    pub(crate) people_compare: bool,
    /// The same of `member_group` and `group_key`.
    pub(crate) groups_compare: bool,
    /// The columns of the membership's conditions, in its order: those on memberships, then those on groups.
    pub(crate) fields: &'a [Field],
}

/// One person (or few) asked for by a column's value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Find<'a> {
    /// By the values of these columns, ignoring case.
    Same(&'a [(&'a str, &'a str)]),
    /// By the values of the key's columns, in order, as a record's key has them.
    Key {
        /// The values.
        values: &'a [&'a str],
        /// Whether they are compared as texts: finds every value, without the help of an index.
        as_text: bool,
    },
}

/// What to read, with names that are known to be there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// Which SQL to write.
    pub(crate) dialect: Dialect,
    /// `FROM`: a quoted table, or a SELECT in brackets.
    pub(crate) people: &'a str,
    /// Column aliases are given (`people("a", "b")`): own SQL may have two columns of one name.
    pub(crate) rename: bool,
    /// How messages call the people's table.
    pub(crate) place: &'a str,
    /// The columns, in order.
    pub(crate) fields: &'a [Field],
    /// Positions of the key's columns.
    pub(crate) key: &'a [usize],
    /// Only rows where all of these hold.
    pub(crate) only: &'a [Condition],
    /// Groups, of each membership.
    pub(crate) members: &'a [Members<'a>],
    /// Only rows of this value.
    pub(crate) find: Option<Find<'a>>,
    /// At most so many rows; then groups are looked up row by row, which for few rows beats gathering all of them.
    pub(crate) limit: Option<usize>,
}

/// A SELECT and the values bound to its places, in order, all as text. Its columns are the fields, then, when groups were asked
/// for, one more for each membership with a person's groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// The SELECT.
    pub(crate) sql: String,
    /// Bound values.
    pub(crate) bound: Vec<String>,
}

/// Writes the SELECT.
pub(crate) fn build(request: &Request<'_>) -> Result<Query, SourceError> {
    let mut build = Build { request, bound: Vec::new() };
    let mut columns: Vec<String> =
        request.fields.iter().map(|field| format!("p.{}", build.quote(&field.name))).collect();
    let aliases = if request.rename {
        let names: Vec<_> = request.fields.iter().map(|field| build.quote(&field.name)).collect();
        format!("({})", names.join(", "))
    } else {
        String::new()
    };
    let mut sql = String::new();
    let mut from = match (request.dialect, request.rename) {
        // SQLite and MariaDB have column aliases only for WITH.
        (Dialect::Sqlite | Dialect::Mysql, true) => {
            let _ = write!(sql, "WITH p{aliases} AS {} ", request.people);
            "p".to_owned()
        }
        // SQL Server takes SQL with a WITH of its own only there, and any name may stand in that.
        (Dialect::Mssql, true) => {
            let _ = write!(sql, "WITH causeway_people{aliases} AS {} ", request.people);
            "causeway_people AS p".to_owned()
        }
        _ => format!("{} AS p{aliases}", request.people),
    };
    for (at, members) in request.members.iter().copied().enumerate() {
        let person = format!("p.{}", build.quote(&build.field(&members.membership.person_key)?.name));
        let (gathered, mut tables, member) = build.gathered(members);
        for condition in build.of_members(members)? {
            let _ = write!(tables, " AND {condition}");
        }
        let (left, right) = if members.people_compare {
            (person, member.clone())
        } else {
            (request.dialect.text(&person), request.dialect.text(&member))
        };
        if request.limit.is_some() {
            columns.push(format!("(SELECT {gathered} FROM {tables} AND {right} = {left})"));
        } else {
            // One pass over the memberships, whatever the number of people.
            let _ = write!(
                from,
                " LEFT JOIN (SELECT {right} AS person, {gathered} AS names FROM {tables} AND {member} IS NOT NULL GROUP BY \
                 {right}) AS s{at} ON s{at}.person = {left}"
            );
            columns.push(format!("s{at}.names"));
        }
    }

    let mut conditions = Vec::new();
    for condition in request.only {
        let field = build.field(&condition.column)?;
        conditions.push(build.condition("p", field, condition));
    }
    match request.find {
        None => {}
        Some(Find::Same(wanted)) => {
            for (column, value) in wanted {
                let field = build.field(column)?;
                conditions.push(build.same_ignoring_case(field, value));
            }
        }
        Some(Find::Key { values, as_text }) => {
            for (at, value) in request.key.iter().zip(values) {
                conditions.push(build.same(&request.fields[*at], value, as_text));
            }
        }
    }

    let top = match (request.dialect, request.limit) {
        (Dialect::Mssql, Some(limit)) => format!("TOP ({limit}) "),
        _ => String::new(),
    };
    let _ = write!(sql, "SELECT {top}{} FROM {from}", columns.join(", "));
    if !conditions.is_empty() {
        let _ = write!(sql, " WHERE {}", conditions.join(" AND "));
    }
    if !request.key.is_empty() {
        let order: Vec<_> = request.key.iter().map(|at| build.ordered(&request.fields[*at])).collect();
        let _ = write!(sql, " ORDER BY {}", order.join(", "));
    }
    if let (Some(limit), true) = (request.limit, top.is_empty()) {
        let _ = write!(sql, " LIMIT {limit}");
    }
    Ok(Query { sql, bound: build.bound })
}

struct Build<'a> {
    request: &'a Request<'a>,
    bound: Vec<String>,
}

impl<'a> Build<'a> {
    fn quote(&self, name: &str) -> String {
        self.request.dialect.quote(name)
    }

    fn field(&self, name: &str) -> Result<&'a Field, SourceError> {
        let fields = self.request.fields;
        fields
            .iter()
            .find(|field| field.name == name)
            .or_else(|| fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)))
            .ok_or_else(|| SourceError::NoSuchColumn {
                column: name.to_owned(),
                place: self.request.place.to_owned(),
            })
    }

    fn bind(&mut self, value: impl Into<String>) -> String {
        // No database takes a zero byte in a text; none has one to compare with.
        let value = value.into().replace('\0', "");
        match self.request.dialect.bound(self.bound.len() + 1) {
            Some(place) => {
                self.bound.push(value);
                place
            }
            None => self.request.dialect.literal(&value),
        }
    }

    /// The gathered names, the tables with their condition (always one, so that ` AND …` may follow), and the member's column.
    fn gathered(&self, members: Members<'_>) -> (String, String, String) {
        let dialect = self.request.dialect;
        let membership = members.membership;
        let table = dialect.quote_table(&membership.members);
        let member = format!("m.{}", self.quote(&membership.member_person));
        match &membership.group {
            GroupName::Column(column) => {
                let name = format!("m.{}", self.quote(column));
                (dialect.gather(&name), format!("{table} AS m WHERE {name} IS NOT NULL"), member)
            }
            GroupName::Joined { member_group, groups, group_key, group_name } => {
                let name = format!("g.{}", self.quote(group_name));
                let mut left = format!("g.{}", self.quote(group_key));
                let mut right = format!("m.{}", self.quote(member_group));
                if !members.groups_compare {
                    left = dialect.text(&left);
                    right = dialect.text(&right);
                }
                let tables = format!(
                    "{table} AS m JOIN {} AS g ON {left} = {right} WHERE {name} IS NOT NULL",
                    dialect.quote_table(groups)
                );
                (dialect.gather(&name), tables, member)
            }
        }
    }

    /// The conditions on memberships and groups.
    fn of_members(&mut self, members: Members<'_>) -> Result<Vec<String>, SourceError> {
        let membership = members.membership;
        // A name that stands in the membership itself has no table of groups beside it.
        let groups = if matches!(membership.group, GroupName::Joined { .. }) { "g" } else { "m" };
        let asked = membership.only.iter().map(|condition| ("m", condition));
        let asked = asked.chain(membership.only_groups.iter().map(|condition| (groups, condition)));
        let mut written = Vec::new();
        for (at, (table, condition)) in asked.enumerate() {
            let field = members.fields.get(at).ok_or_else(|| SourceError::NoSuchColumn {
                column: condition.column.clone(),
                place: format!("“{}”", membership.members.display()),
            })?;
            written.push(self.condition(table, field, condition));
        }
        Ok(written)
    }

    /// A column of a table as the text that is shown of it.
    fn text_of(&self, table: &str, field: &Field) -> String {
        let column = format!("{table}.{}", self.quote(&field.name));
        match (self.request.dialect, field.kind) {
            // For some types the cast to text is not what is shown: an address `10.0.0.1` is cast to `10.0.0.1/32`.
            (Dialect::Postgres, Kind::Ordered | Kind::Odd) => {
                format!("(CASE WHEN {column} IS NOT NULL THEN format('%s', {column}) END)")
            }
            // A bit field is bytes there, and its number only where it is calculated with.
            (Dialect::Mysql, Kind::Number | Kind::Bool) if field.cast.as_deref() == Some(BIT) => {
                Dialect::Mysql.text(&format!("({column} + 0)"))
            }
            (Dialect::Mssql, _) => mssql::shown(&column, field),
            (dialect, _) => dialect.text(&column),
        }
    }

    /// A column of the people as the text that is shown of it.
    fn text(&self, field: &Field) -> String {
        self.text_of("p", field)
    }

    fn ordered(&self, field: &Field) -> String {
        let column = format!("p.{}", self.quote(&field.name));
        if field.kind == Kind::Odd { self.request.dialect.text(&column) } else { column }
    }

    fn condition(&mut self, table: &str, field: &Field, condition: &Condition) -> String {
        let column = format!("{table}.{}", self.quote(&field.name));
        let text = self.text_of(table, field);
        let dialect = self.request.dialect;
        let value = condition.value.as_str();
        match condition.comparison {
            Comparison::Is => self.compared(table, field, "=", value),
            Comparison::IsNot => {
                let is = self.compared(table, field, "=", value);
                match dialect {
                    // SQL Server has no truths that could be asked.
                    Dialect::Mssql => format!("(CASE WHEN {is} THEN 1 ELSE 0 END) = 0"),
                    _ => format!("({is}) IS NOT TRUE"),
                }
            }
            Comparison::Contains => self.contains(&text, value, "> 0"),
            Comparison::StartsWith => self.contains(&text, value, "= 1"),
            Comparison::HasValue => format!("({column} IS NOT NULL AND {text} <> '')"),
            Comparison::IsEmpty => format!("({column} IS NULL OR {text} = '')"),
            Comparison::Above => self.compared(table, field, ">", value),
            Comparison::Below => self.compared(table, field, "<", value),
            Comparison::Yes => truth::says(dialect, field.kind, &column, &text, true),
            Comparison::No => truth::says(dialect, field.kind, &column, &text, false),
        }
    }

    /// A comparison in the column's own type where the value has that type, else as text.
    fn compared(&mut self, table: &str, field: &Field, operator: &str, value: &str) -> String {
        let dialect = self.request.dialect;
        let column = format!("{table}.{}", self.quote(&field.name));
        let text = self.text_of(table, field);
        let number = value.trim().parse::<f64>().ok().filter(|n| n.is_finite());
        match (dialect, field.kind) {
            (_, Kind::Bool) => match (dialect, truth::of(value)) {
                (Dialect::Postgres, Some(truth)) => format!("{column} {operator} {truth}"),
                (Dialect::Mysql, Some(truth)) => format!("({column} + 0) {operator} {}", u8::from(truth)),
                (Dialect::Mssql, Some(truth)) => format!("{column} {operator} {}", u8::from(truth)),
                // A column that is declared as a truth may hold any word for it.
                (Dialect::Sqlite, Some(truth)) => {
                    format!("{} {operator} {}", truth::number(&column, &text), u8::from(truth))
                }
                (_, None) => "1 = 0".into(),
            },
            (Dialect::Postgres, Kind::Number) => match number {
                Some(_) => format!("{column} {operator} {}::numeric", self.bind(value.trim())),
                None => "1 = 0".into(),
            },
            (Dialect::Postgres, Kind::Time) => match moment(value) {
                Some(moment) => format!("{column} {operator} {}::timestamptz", self.bind(moment)),
                None => "1 = 0".into(),
            },
            (Dialect::Mysql, Kind::Number) => match number {
                Some(_) => {
                    let place = self.bind(value.trim());
                    format!("({column} + 0) {operator} CAST({place} AS DECIMAL(65, 20))")
                }
                None => "1 = 0".into(),
            },
            (Dialect::Mysql, Kind::Time) => match moment(value) {
                Some(moment) => format!("{column} {operator} {}", self.mysql_moment(&moment)),
                None => "1 = 0".into(),
            },
            (Dialect::Mssql, Kind::Number) => match number {
                Some(_) => {
                    format!("{column} {operator} TRY_CAST({} AS decimal(38, 10))", self.bind(value.trim()))
                }
                None => "1 = 0".into(),
            },
            (Dialect::Mssql, Kind::Time) => match moment(value) {
                Some(moment) => {
                    format!(
                        "{column} {operator} TRY_CAST({} AS datetime2)",
                        self.bind(mssql::moment(&moment))
                    )
                }
                None => "1 = 0".into(),
            },
            // SQLite's values have types of their own, whatever the column says.
            (Dialect::Sqlite, _) if number.is_some() => {
                let place = self.bind(value.trim());
                format!(
                    "CASE WHEN typeof({column}) IN ('integer', 'real') THEN {column} {operator} CAST({place} AS NUMERIC) ELSE \
                     {text} {operator} {place} END"
                )
            }
            _ => format!("{text} {operator} {}", self.bind(value)),
        }
    }

    fn contains(&mut self, text: &str, value: &str, position: &str) -> String {
        let dialect = self.request.dialect;
        let found: Vec<_> = self
            .cases(value)
            .iter()
            .map(|case| {
                format!(
                    "{} {position}",
                    dialect.position(&format!("lower({text})"), &format!("lower({case})"))
                )
            })
            .collect();
        format!("({})", found.join(" OR "))
    }

    /// A column of the key.
    fn same(&mut self, field: &Field, value: &str, as_text: bool) -> String {
        let column = format!("p.{}", self.quote(&field.name));
        // Bytes that are no text stand in a key as hexadecimal digits.
        let hex = value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bytes = field.cast.as_deref() == Some("bytea");
        if self.request.dialect == Dialect::Mysql {
            return self.same_in_mysql(field, &column, value);
        }
        let place = self.bind(value);
        if self.request.dialect == Dialect::Mssql {
            return mssql::same(&column, field, value, &place);
        }
        if as_text || field.kind == Kind::Odd && !bytes {
            let text = self.text(field);
            return match self.request.dialect {
                Dialect::Sqlite if hex => format!(
                    "({text} = {place} OR typeof({column}) = 'blob' AND lower(hex({column})) = lower({place}))"
                ),
                _ => format!("{text} = {place}"),
            };
        }
        match &field.cast {
            Some(_) if bytes => {
                let decoded = if hex { format!(", decode({place}, 'hex')") } else { String::new() };
                format!("{column} IN (convert_to({place}, 'UTF8'){decoded})")
            }
            Some(cast) => format!("{column} = {place}::{cast}"),
            None => format!("{column} = {place}"),
        }
    }

    fn same_ignoring_case(&mut self, field: &Field, value: &str) -> String {
        let column = format!("p.{}", self.quote(&field.name));
        if self.request.dialect == Dialect::Mssql {
            return mssql::same_ignoring_case(&column, field, &self.cases(value));
        }
        // In PostgreSQL an index on lower(column) serves `lower(column)` of a text column, but not `lower(column::text)` of others:
        // the text types turn into text by themselves.
        let text = match (self.request.dialect, field.kind) {
            (Dialect::Postgres, Kind::Text) => column,
            _ => self.text(field),
        };
        let places = self.cases(value);
        let cases: Vec<_> = places.iter().map(|case| format!("lower({case})")).collect();
        let exact = format!("lower({text}) IN ({})", cases.join(", "));
        // What the column's own collation takes for the same is more: an index serves it, and the letters decide.
        match field.cast.as_deref() {
            Some(ANY_CASE) if self.request.dialect == Dialect::Mysql => {
                format!("p.{} IN ({}) AND {exact}", self.quote(&field.name), places.join(", "))
            }
            Some(ANY_CASE_ASCII) if self.request.dialect == Dialect::Mysql && value.is_ascii() => {
                format!("p.{} IN ({}) AND {exact}", self.quote(&field.name), places.join(", "))
            }
            _ => exact,
        }
    }

    /// A column of the key, in MySQL: as the column has it, so that an index serves. That may find more than the value to the letter.
    fn same_in_mysql(&mut self, field: &Field, column: &str, value: &str) -> String {
        let cast = field.cast.as_deref();
        let place = self.bind(value);
        match field.kind {
            Kind::Number if cast != Some(BIT) && is_whole(value) => format!("{column} = {value}"),
            Kind::Text if matches!(cast, Some(ANY_CASE | UTF8)) || cast.is_some() && value.is_ascii() => {
                format!("{column} = {place}")
            }
            Kind::Time => match moment(value) {
                Some(moment) => format!("{column} = {}", self.mysql_moment(&moment)),
                None => format!("{} = {place}", self.text(field)),
            },
            Kind::Odd => {
                let mut bytes = vec![format!("X'{}'", hex::encode(value))];
                if value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    bytes.push(format!("X'{value}'"));
                }
                format!("{column} IN ({})", bytes.join(", "))
            }
            Kind::Bool => match truth::of(value) {
                Some(truth) => format!("({column} + 0) = {}", u8::from(truth)),
                None => format!("{} = {place}", self.text(field)),
            },
            Kind::Number | Kind::Text | Kind::Ordered => format!("{} = {place}", self.text(field)),
        }
    }

    /// A moment of [`moment`] as MySQL takes it, in a session whose clock is UTC.
    fn mysql_moment(&mut self, moment: &str) -> String {
        let utc = chrono::DateTime::parse_from_rfc3339(moment).map(|moment| moment.to_utc());
        let written = utc.map(|utc| utc.format("%Y-%m-%d %H:%M:%S%.6f").to_string()).unwrap_or_default();
        let place = self.bind(written);
        format!("CAST({place} AS DATETIME(6))")
    }

    /// The places of a value as it is, and in small and in capital letters where the database's own `lower` may not know how
    /// (SQLite's only knows ASCII, PostgreSQL's what its locale knows).
    fn cases(&mut self, value: &str) -> Vec<String> {
        let mut cases = vec![self.bind(value)];
        if !value.is_ascii() {
            for case in [value.to_lowercase(), value.to_uppercase()] {
                if case != value {
                    cases.push(self.bind(case));
                }
            }
        }
        cases
    }
}

/// Digits, few enough for a whole number of a database.
fn is_whole(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    (1..=19).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// In [`Field::cast`] of MySQL's fields: a bit field.
pub(crate) const BIT: &str = "bit";
/// Text of a Unicode character set, whose collation takes large and small letters for the same.
pub(crate) const ANY_CASE: &str = "utf8, any case";
/// The same of another character set: only ASCII is sure to be in it.
pub(crate) const ANY_CASE_ASCII: &str = "any case";
/// Text of a Unicode character set whose collation tells letters apart.
pub(crate) const UTF8: &str = "utf8";
/// Text of another character set whose collation tells letters apart.
pub(crate) const NATIONAL: &str = "national";

/// A day or moment in a form that every PostgreSQL reads; `None` when it is none.
fn moment(value: &str) -> Option<String> {
    use chrono::{DateTime, NaiveDate, NaiveDateTime};
    let value = value.trim();
    if let Ok(moment) = DateTime::parse_from_rfc3339(&value.replacen(' ', "T", 1)) {
        return Some(moment.to_rfc3339());
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(value, format) {
            return Some(moment.and_utc().to_rfc3339());
        }
    }
    NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().map(|day| format!("{day}T00:00:00+00:00"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TableName;

    fn field(name: &str, kind: Kind) -> Field {
        Field { name: name.into(), kind, cast: None }
    }

    fn fields() -> Vec<Field> {
        vec![
            field("id", Kind::Number),
            field("email", Kind::Text),
            field("enabled", Kind::Bool),
            field("seen", Kind::Time),
        ]
    }

    fn request(dialect: Dialect, fields: &[Field]) -> Request<'_> {
        Request {
            dialect,
            people: "\"users\"",
            rename: false,
            place: "“users”",
            fields,
            key: &[0],
            only: &[],
            members: &[],
            find: None,
            limit: None,
        }
    }

    fn only(column: &str, comparison: Comparison, value: &str) -> Condition {
        Condition { column: column.into(), comparison, value: value.into() }
    }

    #[test]
    fn everyone() {
        let query = build(&request(Dialect::Postgres, &fields())).unwrap();
        assert_eq!(
            query.sql,
            r#"SELECT p."id", p."email", p."enabled", p."seen" FROM "users" AS p ORDER BY p."id""#
        );
    }

    #[test]
    fn conditions_bind_their_values() {
        let fields = fields();
        let conditions = [
            only("EMAIL", Comparison::Is, "x' OR '1'='1"),
            only("id", Comparison::Above, "10"),
            only("enabled", Comparison::Is, "Yes"),
            only("seen", Comparison::Below, "2024-02-30"),
        ];
        let query = build(&Request { only: &conditions, ..request(Dialect::Postgres, &fields) }).unwrap();
        assert!(
            query.sql.contains(
                r#"WHERE p."email"::text = $1::text AND p."id" > $2::text::numeric AND p."enabled" = true AND 1 = 0"#
            ),
            "{}",
            query.sql
        );
        assert_eq!(query.bound, ["x' OR '1'='1", "10"]);
    }

    #[test]
    fn a_missing_column_is_named() {
        let fields = fields();
        let conditions = [only("emial", Comparison::HasValue, "")];
        let error = build(&Request { only: &conditions, ..request(Dialect::Sqlite, &fields) }).unwrap_err();
        assert_eq!(error.to_string(), "There is no column called “emial” in “users”.");
    }

    #[test]
    fn groups_are_gathered_in_one_pass_for_all_and_looked_up_for_few() {
        let fields = fields();
        let membership = Membership {
            person_key: "id".into(),
            members: TableName { schema: None, name: "members".into() },
            member_person: "user_id".into(),
            group: GroupName::Joined {
                member_group: "group_id".into(),
                groups: TableName { schema: None, name: "groups".into() },
                group_key: "id".into(),
                group_name: "name".into(),
            },
            only: vec![only("pending", Comparison::Is, "0")],
            only_groups: vec![only("scope", Comparison::IsEmpty, "")],
        };
        let conditions = [field("pending", Kind::Number), field("scope", Kind::Text)];
        let members = &[Members {
            membership: &membership,
            people_compare: true,
            groups_compare: true,
            fields: &conditions,
        }];
        let all = build(&Request { members, ..request(Dialect::Postgres, &fields) }).unwrap().sql;
        assert!(all.contains("GROUP BY m.\"user_id\") AS s0 ON s0.person = p.\"id\""), "{all}");
        let conditions =
            r#"AND m."pending" = $1::text::numeric AND (g."scope" IS NULL OR g."scope"::text = '')"#;
        assert!(all.contains(conditions), "{all}");
        let few =
            build(&Request { members, limit: Some(5), ..request(Dialect::Postgres, &fields) }).unwrap().sql;
        assert!(few.contains("AND m.\"user_id\" = p.\"id\")") && few.ends_with("LIMIT 5"), "{few}");
    }

    #[test]
    fn finds_ignoring_case_beyond_ascii() {
        let fields = fields();
        let find = Some(Find::Same(&[("email", "ÖZGE@example.com")]));
        let query = build(&Request { find, limit: Some(2), ..request(Dialect::Sqlite, &fields) }).unwrap();
        assert!(
            query.sql.contains(r#"lower(CAST(p."email" AS TEXT)) IN (lower(?1), lower(?2), lower(?3))"#),
            "{}",
            query.sql
        );
        assert_eq!(query.bound, ["ÖZGE@example.com", "özge@example.com", "ÖZGE@EXAMPLE.COM"]);
    }

    #[test]
    fn moments_are_understood_or_nothing_matches() {
        assert_eq!(moment("2024-05-01").as_deref(), Some("2024-05-01T00:00:00+00:00"));
        assert_eq!(moment("2024-05-01 10:00:00+02:00").as_deref(), Some("2024-05-01T10:00:00+02:00"));
        assert_eq!(moment("yesterday"), None);
    }
}
