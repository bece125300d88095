//! A membership that may give people their groups, with what speaks for it and against it.

use crate::model::{ColumnName, Columns, Comparison, Condition, GroupName, Membership, TableName};

use crate::mapping::suggest::tokens;

use super::names::{points_at, thing};

/// How a membership belongs to the people of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// The tables are those of a product that Causeway knows, all of them: this one.
    Product(&'static str),
    /// Foreign keys lead from the memberships to these people, and to the groups.
    ForeignKeys,
    /// No foreign key says so: these joins are guessed from names and types.
    Names(Vec<String>),
}

/// What the database's values say about a guessed join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// How many different ids were looked at.
    pub ids: u64,
    /// How many of them are keys of these people.
    pub here: u64,
    /// How many are keys of other people, table by table.
    pub others: Vec<(TableName, u64)>,
    /// How many ids of groups were looked at, and how many of them are groups'; `None` where the name stands in the membership.
    pub groups: Option<(u64, u64)>,
}

/// A membership that may give people their groups. It is used without asking only where it is [certain](Self::certain).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCandidate {
    /// The join.
    pub membership: Membership,
    /// How it belongs to these people.
    pub link: Link,
    /// Why it may be none of theirs in spite of that, in a clause.
    pub doubt: Option<String>,
    /// The column that says whose ids a polymorphic membership holds (`model_type`), while it is not known which of its values
    /// stands for these people.
    pub type_column: Option<String>,
    /// What the values say, once they were looked at.
    pub evidence: Option<Evidence>,
    /// The people's table.
    pub people: TableName,
    /// The keys of other tables of people, in which the ids may be found as well, and whether they compare only as text.
    pub rivals: Vec<(ColumnName, bool)>,
    /// Whether the ids compare with these people's key only as text.
    pub as_text: bool,
    /// Whether a column of the people's own table points at the groups (`customers.group_id`), with no membership between.
    pub direct: bool,
    /// The smaller the likelier, among candidates that are as certain.
    pub(super) rank: usize,
}

impl GroupCandidate {
    /// Whether these are their groups beyond doubt: by foreign keys, or by a product's whole set of tables.
    pub fn certain(&self) -> bool {
        !matches!(self.link, Link::Names(_)) && self.doubt.is_none() && self.type_column.is_none()
    }

    /// Whether it can be used at all. A polymorphic membership can't before it is known which of its rows are these people's.
    pub fn usable(&self) -> bool {
        self.type_column.is_none()
    }

    /// The column with the ids, or for a column of the people's own table, that one.
    pub fn ids(&self) -> ColumnName {
        let Membership { members, member_person, person_key, .. } = &self.membership;
        if self.direct {
            ColumnName { table: self.people.clone(), column: person_key.clone() }
        } else {
            ColumnName { table: members.clone(), column: member_person.clone() }
        }
    }

    /// What they are the ids of.
    pub fn key(&self) -> ColumnName {
        let Membership { members, member_person, person_key, .. } = &self.membership;
        if self.direct {
            ColumnName { table: members.clone(), column: member_person.clone() }
        } else {
            ColumnName { table: self.people.clone(), column: person_key.clone() }
        }
    }

    /// The tables, as screens show them: `user_roles → roles`.
    pub fn words(&self) -> String {
        membership_words(&self.membership)
    }

    /// Why these may be their groups, or how sure that is, in a sentence or two without a capital at the start.
    pub fn reason(&self) -> String {
        let mut text = match &self.link {
            Link::Product(product) => format!("these are {product}’s tables"),
            Link::ForeignKeys => "by foreign keys".to_owned(),
            Link::Names(joins) => format!("through {}; no foreign key", joins.join(" and ")),
        };
        if let Some(column) = &self.type_column {
            text = format!("{text}, and {column} does not say whose they are");
        }
        if let Some(doubt) = &self.doubt {
            text = format!("{text}, but {doubt}");
        }
        for Condition { column, value, .. } in
            self.membership.only.iter().filter(|c| c.comparison == Comparison::Is)
        {
            text = format!("{text}, where {column} is {value}");
        }
        text.push('.');
        if let Some(evidence) = &self.evidence {
            text.push(' ');
            text.push_str(&evidence.words(&self.people));
        }
        text
    }

    /// The columns of a SELECT that may be what these memberships' people are told apart by: those of the same name, then those named after
    /// the people (`user_id` for `users.id`).
    pub fn columns_in<'s>(&self, columns: &'s Columns) -> Vec<&'s str> {
        let key = &self.membership.person_key;
        let people = thing(&self.people.name);
        let named = |name: &&str| {
            !name.eq_ignore_ascii_case(key)
                && !self.direct
                && points_at(name, &people)
                && tokens(name).len() > 1
        };
        let all = || columns.names().iter().map(String::as_str);
        all().filter(|name| name.eq_ignore_ascii_case(key)).chain(all().filter(named)).collect()
    }

    /// The same membership for the people of a SELECT, whose column has nothing but values of the key. That it is the key is a question:
    /// small numbers are the ids of many tables.
    #[must_use]
    pub fn of_select(mut self, column: &str) -> Self {
        let key = ColumnName { table: self.people.clone(), column: self.membership.person_key.clone() };
        self.doubt = Some(format!(
            "that {column} of your SELECT is {} is told by names and values alone",
            key.display()
        ));
        column.clone_into(&mut self.membership.person_key);
        self
    }

    /// The candidates that come of the values of its [`Self::type_column`]: the one whose value is named after these people, or,
    /// where none is or several are, one to ask about for each. Other people's rows are never part of any of them.
    pub fn settled(&self, values: &[String]) -> Vec<Self> {
        let Some(column) = &self.type_column else { return vec![self.clone()] };
        let own = thing(&self.people.name);
        let class = |value: &str| thing(value.rsplit(['\\', ':', '.', '/']).next().unwrap_or(value));
        let of = |value: &str, table: &[String]| {
            let class = class(value);
            if class == table || class.concat() == table.concat() {
                2
            } else {
                usize::from(table.last() == class.first() && class.len() == 1)
            }
        };
        let others: Vec<_> = self.rivals.iter().map(|(key, _)| thing(&key.table.name)).collect();
        let ours = |value: &&String| {
            let own = of(value, &own);
            own > 0 && others.iter().all(|other| of(value, other) < own)
        };
        let theirs = |value: &&String| others.iter().any(|other| of(value, other) > of(value, &own));
        let mut named: Vec<&String> = values.iter().filter(ours).collect();
        let certain = named.len() == 1;
        if named.is_empty() {
            named = values.iter().filter(|value| !theirs(value)).collect();
        }
        let with = |value: &String| {
            let mut one = self.clone();
            one.type_column = None;
            one.membership.only.push(Condition {
                column: column.clone(),
                comparison: Comparison::Is,
                value: value.clone(),
            });
            if !certain {
                one.doubt =
                    Some(format!("{column} has several values that may stand for {}", self.people.display()));
            }
            one
        };
        named.into_iter().map(with).collect()
    }

    /// Whether the values speak against it: none of the ids is a key of these people, or more of them are keys of others, or none of
    /// the groups is there.
    pub fn refuted(&self) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| {
            let elsewhere = evidence.others.iter().any(|(_, found)| *found > evidence.here);
            let no_groups = matches!(evidence.groups, Some((ids, 0)) if ids > 0);
            elsewhere || no_groups || evidence.ids > 0 && evidence.here == 0
        })
    }
}

impl Evidence {
    fn words(&self, people: &TableName) -> String {
        if self.ids == 0 {
            return "There are no memberships yet.".to_owned();
        }
        let of = |found: u64| match found {
            all if all == self.ids => "all".to_owned(),
            some => format!("{some}"),
        };
        let ids =
            if self.ids == 1 { "Of the one id there".to_owned() } else { format!("Of {} ids", self.ids) };
        let mut text = format!("{ids}, {} found in {}", are(&of(self.here), self.here), people.display());
        let others: Vec<_> = self.others.iter().filter(|(_, found)| *found > 0).collect();
        for (table, found) in others {
            text = format!("{text}, but {} in {} too", of(*found), table.display());
        }
        text.push('.');
        text
    }
}

fn are(words: &str, count: u64) -> String {
    if count == 1 { format!("{words} is") } else { format!("{words} are") }
}

/// The tables of a membership, as screens show them: `user_roles → roles`, `user_roles.role`.
pub fn membership_words(membership: &Membership) -> String {
    match &membership.group {
        GroupName::Column(column) => format!("{}.{column}", membership.members.display()),
        GroupName::Joined { groups, .. } => {
            format!("{} → {}", membership.members.display(), groups.display())
        }
    }
}
