//! Where a table's people may get their groups: memberships, found by foreign keys, by what products are known to have, or by names.
//!
//! Only the first two are ever used without asking. What names alone say is a question: ids of two tables of people are mostly the
//! same small numbers, and a join by the wrong ones gives people other people's groups without a single error.

use crate::mapping::suggest::tokens;
use crate::model::{Catalog, Column, ColumnName, GroupName, Membership, Table, TableName};

use super::candidate::{GroupCandidate, Link};
use super::names::{
    another_s, bystander, find, groupish, joining, name_column, named_after, near, no_membership, points_at,
    same_table, same_thing, thing, usual_person,
};
use super::products;
use super::standing::{Rows, Standing, namesakes};

/// The words of the first groupish columns and tables that stand for what people are put into, not for where they sit: see
/// [`super::names::GROUPISH`].
const PUT_INTO: usize = 14;

/// Other tables of people whose ids are compared at most.
const RIVALS: usize = 3;

/// What is around in a catalog: worked out once, and asked for each of its tables of people.
pub(in crate::mapping) struct Landscape<'c> {
    pub(super) catalog: &'c Catalog,
    /// The tables that hold people, with their names' words.
    people: Vec<(&'c Table, Vec<String>)>,
    /// Memberships of products that are here as a whole, and whose they are.
    claims: Vec<(&'c Table, &'c Table)>,
}

impl<'c> Landscape<'c> {
    /// Of a catalog, of which `holds_people` says which tables do.
    pub(in crate::mapping) fn of(catalog: &'c Catalog, holds_people: impl Fn(&Table) -> bool) -> Self {
        let people = catalog.tables.iter().filter(|table| !table.view && holds_people(table));
        let people = people.map(|table| (table, thing(&table.name.name))).collect();
        Self { catalog, people, claims: products::claims(catalog) }
    }

    /// The catalog.
    pub(in crate::mapping) fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// Whether rows of a table belong to people of another table: a column points at them.
    pub(super) fn of_others(&self, table: &'c Table) -> bool {
        self.others(table).any(|(people, _)| {
            table.name.schema == people.name.schema
                && (Self::keyed(people, table).is_some() || self.named(people, table).is_some())
        })
    }

    /// Tables of people besides one.
    fn others(&self, people: &'c Table) -> impl Iterator<Item = &(&'c Table, Vec<String>)> {
        self.people.iter().filter(move |(table, _)| table.name != people.name)
    }

    /// The memberships that may give a table's people their groups: the certain ones first, then the likelier ones.
    pub(in crate::mapping) fn candidates(&self, people: &'c Table) -> Vec<GroupCandidate> {
        let mut found = products::known(self.catalog, people);
        for candidate in &mut found {
            candidate.rivals = self.rivals(people, "");
        }
        let tables = self.catalog.tables.iter();
        let members =
            tables.filter(|table| table.name != people.name && table.refused.is_none() && !table.view);
        found.extend(members.filter_map(|members| self.between(people, members)));
        found.extend(people.columns.iter().filter_map(|column| self.direct(people, column)));
        found.sort_by_key(|candidate| {
            (!candidate.certain(), !matches!(candidate.link, Link::Product(_)), candidate.rank)
        });
        let mut once: Vec<GroupCandidate> = Vec::new();
        for candidate in found {
            if !once.iter().any(|known| known.membership.same_join(&candidate.membership)) {
                once.push(candidate);
            }
        }
        once
    }

    /// The column of another table that a foreign key leads from to these people, and the column it leads to. `None` as well where
    /// several do and none is named after them.
    pub(in crate::mapping) fn keyed(people: &Table, other: &Table) -> Option<(String, String)> {
        let person = keyed_person(people, other).filter(|person| person.doubt.is_none())?;
        Some((person.column, person.key))
    }

    /// The same by names alone.
    pub(in crate::mapping) fn named(&self, people: &'c Table, other: &Table) -> Option<(String, String)> {
        self.named_person(people, other).map(|person| (person.column, person.key))
    }

    /// Whether a table is named after other people rather than after these.
    pub(in crate::mapping) fn others_own(&self, people: &'c Table, table: &TableName) -> bool {
        let (own, name) = (thing(&people.name.name), thing(&table.name));
        let mut others = self.others(people).filter(|(other, _)| other.name != *table);
        others.any(|(_, words)| named_after(&name, words) > named_after(&name, &own))
    }

    /// A column of these people that is named after another table, and that table's key: `partner_id` and `partners`.
    pub(in crate::mapping) fn named_half(people: &Table, other: &Table) -> Option<(String, String)> {
        let key = own_key(other)?;
        let words = thing(&other.name.name);
        let column = people.columns.iter().find(|column| {
            points_at(&column.name, &words)
                && tokens(&column.name).len() > 1
                && !bystander(&column.name)
                && !points_elsewhere(people, &column.name)
                && same_family(people, &column.name, other, &key.name)
        })?;
        (people.name.schema == other.name.schema).then(|| (column.name.clone(), key.name.clone()))
    }

    /// The membership that one table makes.
    fn between(&self, people: &'c Table, members: &'c Table) -> Option<GroupCandidate> {
        if no_membership(&members.name.name) {
            return None;
        }
        let person = keyed_person(people, members).or_else(|| self.named_person(people, members))?;
        let (rank, group, group_join) = members
            .columns
            .iter()
            .filter(|column| column.name != person.column && !polymorphic(members, &column.name))
            .filter_map(|column| self.group_link(people, members, &column.name))
            .min_by_key(|(rank, group, join)| {
                (beside(people, members, group).is_some(), *rank, join.is_some())
            })
            .or_else(|| in_itself(members, &person.column).map(|(rank, group)| (rank, group, None)))?;
        let joins: Vec<String> = person.join.into_iter().chain(group_join).collect();
        let rank = rank * 4
            + usize::from(!joins.is_empty()) * 2
            + usize::from(matches!(group, GroupName::Column(_)));
        let member_group = match &group {
            GroupName::Joined { member_group, .. } => member_group,
            GroupName::Column(column) => column,
        };
        // Another column that points at the same groups is another group, not a state.
        let mut read: Vec<&str> = vec![&person.column, member_group];
        if let GroupName::Joined { groups, .. } = &group {
            let to_groups = members.foreign_keys.iter().filter(|key| same_table(&key.table, groups));
            read.extend(to_groups.flat_map(|key| key.columns.iter().map(String::as_str)));
        }
        let standing = Standing::of(members, Rows::Members, &read);
        let mut doubts: Vec<String> = person.doubt.into_iter().collect();
        let names = [members.name.name.as_str(), &person.column, member_group];
        if let Some(word) = names.iter().find_map(|name| near(name, &people.name.name)) {
            doubts.push(format!("who is in {} may be no member (“{word}”)", members.name.display()));
        }
        doubts.extend(more_than_memberships(members, &group));
        doubts.extend(self.ids_of_groups(members, &group));
        doubts.extend(standing.doubt(members, Rows::Members));
        doubts.extend(beside(people, members, &group));
        let mut only_groups = Vec::new();
        if let GroupName::Joined { groups, group_key, group_name, .. } = &group
            && let Some(groups) = self.catalog.table(groups)
        {
            let standing = Standing::of(groups, Rows::Groups, &[group_key, group_name]);
            doubts.extend(standing.doubt(groups, Rows::Groups));
            doubts.extend(namesakes(groups, group_key, group_name));
            only_groups = standing.only;
        }
        let type_column = type_column(members, &person.column);
        Some(GroupCandidate {
            rivals: self.rivals(people, family_of(members, &person.column)),
            as_text: as_text(family_of(members, &person.column), family_of(people, &person.key)),
            membership: Membership {
                person_key: person.key,
                members: members.name.clone(),
                member_person: person.column,
                group,
                only: standing.only,
                only_groups,
            },
            link: if joins.is_empty() { Link::ForeignKeys } else { Link::Names(joins) },
            doubt: (!doubts.is_empty()).then(|| doubts.join(", and ")),
            type_column,
            evidence: None,
            people: people.name.clone(),
            direct: false,
            rank,
        })
    }

    /// The column that may point at a person though no foreign key says so.
    fn named_person(&self, people: &'c Table, members: &Table) -> Option<Person> {
        let claimed =
            self.claims.iter().any(|(table, whose)| table.name == members.name && whose.name != people.name);
        if members.name.schema != people.name.schema || claimed {
            return None;
        }
        let key = own_key(people)?;
        let (own, name) = (thing(&people.name.name), thing(&members.name.name));
        let near = || {
            self.others(people)
                .filter(|(table, _)| table.name.schema == members.name.schema && table.name != members.name)
        };
        // `team_members` is a table of memberships, even where there is a table of members.
        let joins_only = |words: &[String]| words.iter().all(|word| joining(word));
        let theirs = near()
            .filter(|(_, words)| !joins_only(words))
            .map(|(_, words)| named_after(&name, words))
            .max()
            .unwrap_or(0);
        if theirs > named_after(&name, &own) {
            return None;
        }
        let family = |words: &[String]| {
            words.len() > 1 && words.first() == name.first() && own.first() != name.first()
        };
        let of_their_family = near().any(|(_, words)| family(words))
            && name.first().is_some_and(|word| groupish(word).is_none());
        let key_word = tokens(&key.name).concat();
        let fits = |column: &&Column| {
            if points_elsewhere(members, &column.name)
                || !same_family(members, &column.name, people, &key.name)
            {
                return false;
            }
            let word = tokens(&column.name).concat();
            let by_key = key_word != "id" && key_word != "uuid" && word == key_word;
            let ours = points_at(&column.name, &own) || by_key;
            let another_s = near().any(|(_, words)| points_at(&column.name, words));
            // `user_id` may point at a table of staff, but a `username` only at a user name.
            let usual = usual_person(&column.name)
                && (key_word.ends_with("id") == word.ends_with("id") || word == key_word);
            match (ours, another_s) {
                (true, false) => true,
                (false, true) => false,
                (true, true) => !of_their_family,
                (false, false) => usual && !of_their_family,
            }
        };
        let column = members.columns.iter().find(fits)?;
        Some(Person {
            join: Some(format!("{} = {}", column.name, key.name)),
            column: column.name.clone(),
            key: key.name.clone(),
            doubt: None,
        })
    }

    /// The table of groups that a column of the membership table points at; with the join, where no foreign key states it.
    fn group_link(
        &self,
        people: &Table,
        members: &'c Table,
        column: &str,
    ) -> Option<(usize, GroupName, Option<String>)> {
        let (groups, group_key, keyed) = self.groups_of(members, column)?;
        if groups.name == people.name || groups.refused.is_some() {
            return None;
        }
        let words = || [&groups.name.name, &members.name.name].into_iter().flat_map(|name| tokens(name));
        let rank = tokens(&groups.name.name).iter().filter_map(|word| groupish(word)).min();
        let rank = rank.or_else(|| words().filter_map(|word| groupish(&word)).min())?;
        let group_name = name_column(groups, &group_key)?;
        let join = (!keyed).then(|| format!("{column} = {}.{group_key}", groups.name.name));
        let joined = GroupName::Joined {
            member_group: column.to_owned(),
            groups: groups.name.clone(),
            group_key,
            group_name,
        };
        Some((rank, joined, join))
    }

    /// The table that a column points at, by a foreign key or by its name, and whether it is by a key.
    fn groups_of(&self, table: &'c Table, column: &str) -> Option<(&'c Table, String, bool)> {
        let keyed = table.foreign_keys.iter().find_map(|key| {
            match (key.columns.as_slice(), key.references.as_slice()) {
                ([here], [there]) if here == column => {
                    let to = self.catalog.tables.iter().find(|to| same_table(&key.table, &to.name))?;
                    Some((to, there.clone(), true))
                }
                _ => None,
            }
        });
        keyed.or_else(|| self.by_column_name(table, column))
    }

    /// `group_id` points at `groups`, `keycloak_groups` or `auth_group` though no foreign key says so.
    fn by_column_name(&self, table: &'c Table, column: &str) -> Option<(&'c Table, String, bool)> {
        if points_elsewhere(table, column) {
            return None;
        }
        let words = tokens(column);
        let [.., word, id] = words.as_slice() else { return None };
        if !matches!(id.as_str(), "id" | "uuid" | "key" | "no") {
            return None;
        }
        let first = tokens(&table.name.name).into_iter().next();
        let here = self.catalog.tables.iter().filter(|other| {
            other.name != table.name
                && other.name.schema == table.name.schema
                && tokens(&other.name.name).last().is_some_and(|last| same_thing(word, last))
        });
        // The one of just that name; else the one of the same product.
        let groups = here.min_by_key(|other| {
            let words = tokens(&other.name.name);
            (words.len() > 1, words.into_iter().next() != first)
        })?;
        let key = match groups.primary_key.as_slice() {
            [one] => one.clone(),
            _ => find(groups, "id").or_else(|| find(groups, &words.concat()))?.name.clone(),
        };
        same_family(table, column, groups, &key).then_some((groups, key, false))
    }

    /// Why a name that stands in the membership itself may be an id: there is a table of just those groups.
    fn ids_of_groups(&self, members: &Table, group: &GroupName) -> Option<String> {
        let GroupName::Column(column) = group else { return None };
        let words = tokens(column);
        let groups = self.catalog.tables.iter().find(|other| {
            let name = tokens(&other.name.name);
            other.name != members.name
                && other.name.schema == members.name.schema
                && name.last().is_some_and(|last| {
                    groupish(last).is_some() && words.iter().any(|word| same_thing(word, last))
                })
                && own_key(other).is_some_and(|key| same_family(members, column, other, &key.name))
        })?;
        Some(format!("{column} may hold ids of {}", groups.name.display()))
    }

    /// The groups that a column of the people's own table points at: `customers.group_id`.
    fn direct(&self, people: &'c Table, column: &'c Column) -> Option<GroupCandidate> {
        let (groups, key, keyed) = self.groups_of(people, &column.name)?;
        let rank = tokens(&groups.name.name).iter().filter_map(|word| groupish(word)).min()?;
        if rank >= PUT_INTO
            || groups.refused.is_some()
            || bystander(&column.name)
            || polymorphic(people, &column.name)
        {
            return None;
        }
        let group_name = name_column(groups, &key)?;
        let join = format!("{} = {}.{key}", column.name, groups.name.name);
        let standing = Standing::of(groups, Rows::Groups, &[&key, &group_name]);
        let mut doubts: Vec<String> = Vec::new();
        if another_s(&column.name, &[&groups.name.name, &people.name.name]) {
            doubts.push(format!("{} may not be the one they are in", column.name));
        }
        doubts.extend(standing.doubt(groups, Rows::Groups));
        doubts.extend(namesakes(groups, &key, &group_name));
        Some(GroupCandidate {
            membership: Membership {
                person_key: column.name.clone(),
                members: groups.name.clone(),
                member_person: key.clone(),
                group: GroupName::Column(group_name),
                only: standing.only,
                only_groups: Vec::new(),
            },
            link: if keyed { Link::ForeignKeys } else { Link::Names(vec![join]) },
            doubt: (!doubts.is_empty()).then(|| doubts.join(", and ")),
            type_column: None,
            evidence: None,
            people: people.name.clone(),
            rivals: Vec::new(),
            as_text: as_text(family_of(people, &column.name), family_of(groups, &key)),
            direct: true,
            rank: rank * 4 + 3,
        })
    }

    /// The keys of other people in which ids of this kind may be found as well, those of the same schema first.
    fn rivals(&self, people: &'c Table, ids: &str) -> Vec<(ColumnName, bool)> {
        let mut others: Vec<&Table> = self.others(people).map(|(table, _)| *table).collect();
        others.sort_by_key(|table| table.name.schema != people.name.schema);
        let keys = others.into_iter().filter_map(|table| {
            let key = own_key(table)?;
            let kind = family_of(table, &key.name);
            let column = ColumnName { table: table.name.clone(), column: key.name.clone() };
            same(ids, kind).then(|| (column, as_text(ids, kind)))
        });
        keys.take(RIVALS).collect()
    }
}

/// The column of a membership that points at a person.
struct Person {
    column: String,
    /// The column it points at.
    key: String,
    /// The join in words, where no foreign key states it.
    join: Option<String>,
    doubt: Option<String>,
}

/// By a foreign key. Of several, the member's own is told by its name; where none is, it is not sure which.
fn keyed_person(people: &Table, members: &Table) -> Option<Person> {
    let own = thing(&people.name.name);
    let mut keyed: Vec<(u8, &str, &str)> = Vec::new();
    for key in members.foreign_keys.iter().filter(|key| same_table(&key.table, &people.name)) {
        let ([here], [there]) = (key.columns.as_slice(), key.references.as_slice()) else { continue };
        if bystander(here) {
            continue;
        }
        let named = points_at(here, &own) || usual_person(here);
        keyed.push((u8::from(!named), here, there));
    }
    keyed.sort_by_key(|(rank, _, _)| *rank);
    let (rank, column, key) = *keyed.first()?;
    let other = keyed.get(1).filter(|(other, _, _)| *other == rank);
    let doubt =
        other.map(|(_, other, _)| format!("{column} and {other} both point at {}", people.name.display()));
    Some(Person { column: column.to_owned(), key: key.to_owned(), join: None, doubt })
}

/// `user_roles(user_id, role)`: the name stands in the membership table itself.
fn in_itself(members: &Table, person: &str) -> Option<(usize, GroupName)> {
    let column = members.columns.iter().find(|column| {
        let words = tokens(&column.name);
        column.name != person
            && family(&column.type_name) != "number"
            && !words.iter().any(|word| matches!(word.as_str(), "id" | "uuid" | "type" | "at"))
            && words.iter().any(|word| groupish(word).is_some())
    })?;
    let rank = tokens(&column.name).iter().filter_map(|word| groupish(word)).min()?;
    Some((rank, GroupName::Column(column.name.clone())))
}

/// Why the group that a membership points at may be another than the one its person is in: `previous_role_id`.
fn beside(people: &Table, members: &Table, group: &GroupName) -> Option<String> {
    let GroupName::Joined { member_group, groups, .. } = group else { return None };
    another_s(member_group, &[&groups.name, &people.name.name, &members.name.name])
        .then(|| format!("{member_group} may not be the one they are in"))
}

/// Why a table may be no membership though it points at people and at groups: a ticket has a person and a team as well.
fn more_than_memberships(members: &Table, group: &GroupName) -> Option<String> {
    if joining(&members.name.name) {
        return None;
    }
    let name = match group {
        GroupName::Column(column) => column.as_str(),
        GroupName::Joined { .. } => "",
    };
    let plain = |column: &&Column| {
        let words = tokens(&column.name);
        let moment =
            words.iter().any(|word| matches!(word.as_str(), "at" | "on" | "date" | "time" | "timestamp"));
        let key = members.primary_key.contains(&column.name)
            || members.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        !moment && !key && column.name != name && words.last().is_none_or(|word| word != "id")
    };
    let more: Vec<&str> =
        members.columns.iter().filter(plain).map(|column| column.name.as_str()).take(2).collect();
    (!more.is_empty())
        .then(|| format!("{} holds more than memberships ({})", members.name.display(), more.join(", ")))
}

/// The column that says whose ids a polymorphic column holds: `model_type` beside `model_id`.
pub(in crate::mapping) fn type_column(table: &Table, column: &str) -> Option<String> {
    let words = tokens(column);
    let [stem @ .., id] = words.as_slice() else { return None };
    if !matches!(id.as_str(), "id" | "uuid") || stem.is_empty() {
        return None;
    }
    let wanted = format!("{}type", stem.concat());
    table
        .columns
        .iter()
        .find(|column| tokens(&column.name).concat() == wanted)
        .map(|column| column.name.clone())
}

fn polymorphic(table: &Table, column: &str) -> bool {
    type_column(table, column).is_some()
}

/// The column that a table's people are told apart by: its primary key, or what is called like one.
pub(super) fn own_key(table: &Table) -> Option<&Column> {
    let primary = match table.primary_key.as_slice() {
        [one] => table.columns.iter().find(|column| column.name == *one),
        _ => None,
    };
    primary.or_else(|| ["id", "uuid", "username"].iter().find_map(|name| find(table, name)))
}

/// Whether a foreign key leads from a column to any table.
fn points_elsewhere(table: &Table, column: &str) -> bool {
    table.foreign_keys.iter().any(|key| key.columns.iter().any(|own| own == column))
}

/// What a type's values are, as far as keys of different tables can be the same.
fn family(type_name: &str) -> &'static str {
    let name = type_name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["uuid", "uniqueidentifier"]) {
        "uuid"
    } else if has(&["char", "text", "clob", "string", "enum", "name"]) {
        "text"
    } else if has(&["bytea", "blob", "binary"]) {
        "bytes"
    } else if has(&["int", "serial", "numeric", "decimal", "number", "real", "double", "float"]) {
        "number"
    } else {
        // SQLite's columns need no type.
        ""
    }
}

fn family_of(table: &Table, column: &str) -> &'static str {
    table
        .columns
        .iter()
        .find(|own| own.name.eq_ignore_ascii_case(column))
        .map_or("", |own| family(&own.type_name))
}

/// Whether values of two families can be the same: a UUID may be written as text, a number is no text.
fn same(a: &str, b: &str) -> bool {
    a == b || a.is_empty() || b.is_empty() || matches!((a, b), ("uuid", "text") | ("text", "uuid"))
}

fn as_text(a: &str, b: &str) -> bool {
    a != b
}

fn same_family(table: &Table, column: &str, other: &Table, key: &str) -> bool {
    same(family_of(table, column), family_of(other, key))
}
