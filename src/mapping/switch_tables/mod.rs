//! Tables beside the people's that may say who is switched off: lists of bans and suspensions, a profile with a mark, a log of what
//! moderators did, counts of wrong passwords.
//!
//! Somebody who is kept out by a row of another table looks like everybody else in their own. So each such table that the mapping doesn't
//! read is told, with how many of these people it holds, until it is read together with them or said to be of no concern
//! ([`Mapping::left_tables`]).

mod attributes;
mod left_out;
mod marks;
mod names;
mod parents;
mod sql;
mod table;

use chrono::{DateTime, Utc};

use super::guess::{Landscape, bystander, holds_people};
use super::halves::{self, Base, bases};
use super::suggest::tokens;
use super::types::{Mapping, Target};
use crate::model::{Catalog, Column, Columns, Table};
pub use attributes::{attribute_switch, tables_of_attributes};
use names::{Plain, kind_of, limited_to, may_be_over};
pub use table::{SwitchTable, SwitchTableKind};

/// Tables that are told at most, the likelier first.
const TOLD: usize = 8;

/// Whether a text says that somebody is kept out: `suspend_user`, `BAN`.
pub fn says_kept_out(text: &str) -> bool {
    names::keeps_people_out(text)
}

/// The tables that may say who of a mapping's people is switched off, and that it doesn't read: those that are likelier first.
/// `columns` are those that are read; an end that has come is one before `now`.
pub fn switch_tables(
    catalog: &Catalog,
    mapping: &Mapping,
    columns: &Columns,
    now: DateTime<Utc>,
) -> Vec<SwitchTable> {
    let land = Landscape::of(catalog, holds_people);
    let mut found: Vec<SwitchTable> = left_out::left_out(catalog, mapping, columns);
    for base in bases(catalog, mapping, columns) {
        let tables = catalog.tables.iter().filter(|other| {
            other.refused.is_none()
                && !other.view
                && !base.known.iter().any(|known| known.name == other.name)
                && !mapping.left_tables.contains(&other.name)
        });
        for other in tables {
            if !found.iter().any(|one| one.table == other.name) {
                found.extend(look(&land, &base, other, now));
            }
        }
        for parent in parents::parents(&land, &base) {
            if !found.iter().any(|one| one.table == parent.table) {
                found.push(parent);
            }
        }
    }
    found.sort_by_key(|one| (one.joins.is_empty(), one.kind, !one.sure));
    found.truncate(TOLD);
    found
}

fn look<'c>(
    land: &Landscape<'c>,
    base: &Base<'c>,
    other: &'c Table,
    now: DateTime<Utc>,
) -> Option<SwitchTable> {
    let known = names::known(base.people, other);
    let kind = known.as_ref().map(|_| SwitchTableKind::Listed).or_else(|| kind_of(other));
    let Some(kind) = kind else { return marked(land, base, other) };
    let plain = Plain::of(other, base.people);
    if plain.between_people(base.people) {
        return None;
    }
    let (mut joins, sure) = match known {
        Some(known) => (vec![known], true),
        None => person(land, base, other, &plain),
    };
    // A ban of an address counts beside one of an id; a name beside an id is the same person's.
    let by_id = !joins.is_empty();
    let listed = kind == SwitchTableKind::Listed;
    joins.extend(
        by_login(base, other, &plain).into_iter().filter(|(_, name)| !by_id || listed && plain.mail(name)),
    );
    let what_was_done = Plain::action(other);
    if kind == SwitchTableKind::Logged && (what_was_done.is_none() || joins.is_empty()) {
        return None;
    }
    let unknown = !listed
        || !names::of_people(&other.name.name)
        || other.rows == Some(0)
        || land.others_own(base.people, &other.name);
    if joins.is_empty() && unknown {
        return None;
    }
    let mut doubts = Vec::new();
    let limits = limited_to(other, &joins).filter(|_| listed);
    if let Some(limit) = &limits {
        doubts.push(format!("Each row has a {limit}: it may keep them out of that only."));
    }
    let over = may_be_over(other, &joins, |column| sql::over(column, &plain, now).is_some());
    if !over.is_empty() && listed {
        doubts.push(format!("{} may say whose is over; everyone in it counts.", over.join(", ")));
    }
    let condition = sql::condition(base, other, &joins, &plain, now);
    let offered = listed && limits.is_none() && !joins.is_empty() && base.certain;
    Some(SwitchTable {
        table: other.name.clone(),
        kind,
        of: base.people.name.clone(),
        sure,
        columns: what_was_done.into_iter().collect(),
        doubts,
        people: None,
        selection: offered.then(|| sql::listed(base, &condition)),
        counting: (!joins.is_empty()).then(|| sql::count(base, &condition)),
        open: Vec::new(),
        joins,
    })
}

/// How rows belong to people: by a foreign key, or by names.
fn person<'c>(
    land: &Landscape<'c>,
    base: &Base<'c>,
    other: &Table,
    plain: &Plain,
) -> (Vec<(String, String)>, bool) {
    if let Some((column, key)) = Landscape::keyed(base.people, other) {
        return (vec![(key, column)], true);
    }
    // Named by what happened to them (`banned_user_id`), the columns are those of a membership.
    let found = land.named(base.people, &plain.table);
    let own = found.and_then(|(column, key)| Some((key, plain.original(&column)?)));
    (own.into_iter().collect(), false)
}

/// By what people sign in with, where bans are of names and addresses.
fn by_login(base: &Base<'_>, other: &Table, plain: &Plain) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (attribute, words) in [
        ("login", ["username", "login", "userlogin", "loginname", "uname"].as_slice()),
        ("email", &["email", "mail", "emailaddress", "useremail"]),
    ] {
        let target = Target::Attribute(attribute.to_owned());
        let rule = base.mapping.rules.iter().find(|rule| rule.target == target);
        let called =
            base.people.columns.iter().find(|column| words.contains(&tokens(&column.name).concat().as_str()));
        let ruled = || {
            let column = rule.and_then(|rule| rule.column.as_ref())?;
            base.people.columns.iter().find(|own| own.name.eq_ignore_ascii_case(column))
        };
        let Some(own) = called.or_else(ruled).map(|column| column.name.clone()) else { continue };
        let is = |column: &&Column| {
            plain.renamed(&column.name).is_some_and(|name| words.contains(&tokens(name).concat().as_str()))
                && !bystander(&column.name)
        };
        found.extend(other.columns.iter().find(is).map(|column| (own, column.name.clone())));
    }
    found
}

/// A table with one row for each person, in which a column says who is switched off.
fn marked<'c>(land: &Landscape<'c>, base: &Base<'c>, other: &'c Table) -> Option<SwitchTable> {
    if !names::half_of_people(&other.name.name) {
        return None;
    }
    let link = halves::link(land, base.people, other).filter(|link| link.keyed)?;
    let says = |column: &&Column| marks::says(other, &column.name);
    let columns: Vec<String> = other.columns.iter().filter(says).map(|column| column.name.clone()).collect();
    // A mark that is there twice says nothing new.
    let new = |name: &String| !base.columns.contains(&name.to_lowercase());
    if columns.is_empty() || !columns.iter().any(new) {
        return None;
    }
    let marks = marks::marks(other, &columns);
    let condition = sql::marked(other, &link, &marks.condition);
    let wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
    let certain = base.certain && base.columns.contains(&link.own.to_lowercase());
    Some(SwitchTable {
        table: other.name.clone(),
        kind: SwitchTableKind::Marked,
        joins: vec![(link.own.clone(), link.other.clone())],
        of: base.people.name.clone(),
        sure: true,
        doubts: Vec::new(),
        people: None,
        selection: certain.then(|| base.with(halves::joined(base, other, &link, &wanted, None, None))),
        counting: Some(sql::count(base, &condition)),
        open: marks.open,
        columns,
    })
}
