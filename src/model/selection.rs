//! Which rows of a source are people: what a reading asks for.

use serde::{Deserialize, Serialize};

/// A table's or view's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableName {
    /// The schema, where the source has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The table's own name, unquoted.
    pub name: String,
}

impl TableName {
    /// `schema.name` as people write it; for screens, never for SQL.
    pub fn display(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// A name as people write it in any SQL: `hr.users`, `"hr"."Users"`, `[dbo].[Users]`, `` `shop`.`users` ``. A part in quotes
    /// is taken as it stands, with a doubled quote for one; of more than two parts the last two count.
    pub fn parse(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut chars = text.trim().chars().peekable();
        while let Some(c) = chars.next() {
            let part = parts.last_mut().filter(|part| part.is_empty());
            let end = match c {
                '"' | '`' => c,
                '[' => ']',
                _ => '\0',
            };
            match (c, part) {
                ('.', _) => parts.push(String::new()),
                (_, Some(part)) if end != '\0' => {
                    while let Some(c) = chars.next() {
                        if c != end {
                            part.push(c);
                        } else if chars.next_if_eq(&end).is_some() {
                            part.push(end);
                        } else {
                            break;
                        }
                    }
                }
                _ => {
                    if let Some(part) = parts.last_mut() {
                        part.push(c);
                    }
                }
            }
        }
        let name = parts.pop().unwrap_or_default();
        Self { schema: parts.pop().filter(|schema| !schema.is_empty()), name }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// The table.
    pub table: TableName,
    /// The column's own name, unquoted.
    pub column: String,
}

impl ColumnName {
    /// `table.column` as people write it; for screens, never for SQL.
    pub fn display(&self) -> String {
        format!("{}.{}", self.table.display(), self.column)
    }
}

/// Where in the source people are. New kinds of source add variants (a directory search, a file).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum People {
    /// A table or view.
    Table(TableName),
    /// One SELECT, run read-only: the administrator's own, or one Causeway made for a product it knows.
    Sql(String),
}

/// How a condition compares. Text compares as the source compares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Equal to the value.
    Is,
    /// Not equal to the value; no value counts as not equal.
    IsNot,
    /// Contains the value, ignoring case.
    Contains,
    /// Starts with the value, ignoring case.
    StartsWith,
    /// Has a value that is not empty text.
    HasValue,
    /// Has no value, or empty text.
    IsEmpty,
    /// Greater than the value: numbers as numbers, all else as text.
    Above,
    /// Less than the value.
    Below,
    /// Says yes, however the source writes it: true, 1, `t`, `Y`, `yes`.
    Yes,
    /// Says no, however the source writes it: false, 0, `f`, `N`, `no`, or has no value. What says neither yes nor no is none.
    No,
}

impl Comparison {
    /// Whether it compares with the condition's value.
    pub fn needs_value(self) -> bool {
        !matches!(self, Self::HasValue | Self::IsEmpty | Self::Yes | Self::No)
    }
}

/// One condition on a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The source column.
    pub column: String,
    /// How to compare.
    pub comparison: Comparison,
    /// What to compare with; not used by comparisons that need none ([`Comparison::needs_value`]).
    #[serde(default)]
    pub value: String,
}

/// Where group names come from: a membership table, and mostly a table of groups it points at.
///
/// `people.person_key = members.member_person`, and then either `members.group_name`, or
/// `members.member_group = groups.group_key` and `groups.group_name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The column of the people's table (or SELECT) that members point at.
    pub person_key: String,
    /// The membership table.
    pub members: TableName,
    /// Its column that points at a person.
    pub member_person: String,
    /// Where the name is.
    pub group: GroupName,
    /// Only memberships where all of these hold: columns of `members`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Condition>,
    /// Only groups where all of these hold: columns of the table of groups, where the name is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_groups: Vec<Condition>,
}

impl Membership {
    /// Whether two are the same tables by the same columns, whatever conditions they have.
    pub fn same_join(&self, other: &Self) -> bool {
        (&self.person_key, &self.members, &self.member_person, &self.group)
            == (&other.person_key, &other.members, &other.member_person, &other.group)
    }
}

/// Where a group's name is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum GroupName {
    /// In the membership table itself.
    Column(String),
    /// In a table of groups.
    Joined {
        /// The membership table's column that points at a group.
        member_group: String,
        /// The table of groups.
        groups: TableName,
        /// The column of `groups` it points at.
        group_key: String,
        /// The column of `groups` with the name.
        group_name: String,
    },
}

/// Which rows of a source are people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Where people are.
    pub people: People,
    /// The columns that tell one person from another. Empty: the table's primary key, or, without one, the login.
    #[serde(default)]
    pub key: Vec<String>,
    /// Only rows where all of these hold.
    #[serde(default)]
    pub only: Vec<Condition>,
    /// Groups from a membership join. Groups from a column are rules of the mapping.
    #[serde(default)]
    pub groups: Option<Membership>,
    /// More memberships that groups come from, beside the first: a person is in the groups of all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_groups: Vec<Membership>,
}

impl Selection {
    /// Everyone in this table.
    pub fn table(name: TableName) -> Self {
        Self::of(People::Table(name))
    }

    /// Everyone there.
    pub fn of(people: People) -> Self {
        Self { people, key: Vec::new(), only: Vec::new(), groups: None, more_groups: Vec::new() }
    }

    /// The memberships that groups come from.
    pub fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.groups.iter().chain(&self.more_groups)
    }

    /// The same without groups.
    pub fn drop_groups(&mut self) {
        self.groups = None;
        self.more_groups.clear();
    }

    /// Takes the groups of one more membership, unless they are taken already.
    pub fn add_groups(&mut self, membership: Membership) {
        if self.memberships().any(|taken| taken.same_join(&membership)) {
            return;
        }
        if self.groups.is_none() {
            self.groups = Some(membership);
        } else {
            self.more_groups.push(membership);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_s_name_is_taken_as_any_sql_writes_it() {
        for (text, schema, name) in [
            ("users", None, "users"),
            ("hr.users", Some("hr"), "users"),
            (r#""Users""#, None, "Users"),
            (r#""hr"."User accounts""#, Some("hr"), "User accounts"),
            (r#"hr."a.b""#, Some("hr"), "a.b"),
            (r#""say ""hi""""#, None, r#"say "hi""#),
            ("[dbo].[AspNetUsers]", Some("dbo"), "AspNetUsers"),
            ("[shop].[dbo].[odd]]name]", Some("dbo"), "odd]name"),
            ("`shop`.`users`", Some("shop"), "users"),
            (" users ", None, "users"),
            (".users", None, "users"),
            ("\"open", None, "open"),
        ] {
            let parsed = TableName::parse(text);
            assert_eq!((parsed.schema.as_deref(), parsed.name.as_str()), (schema, name), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_name(text in any::<String>()) {
            let _ = TableName::parse(&text);
        }

        #[test]
        fn what_is_quoted_comes_back(schema in "[^\0]{1,9}", name in "[^\0]{1,9}") {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let parsed = TableName::parse(&format!("{}.{}", quoted(&schema), quoted(&name)));
            prop_assert_eq!(parsed, TableName { schema: Some(schema), name });
        }
    }
}
