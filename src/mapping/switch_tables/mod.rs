//! Tables beside the people's that may say who is switched off: lists of bans and suspensions, a profile with a mark, a log of what
//! moderators did, counts of wrong passwords.
//!
//! Somebody who is kept out by a row of another table looks like everybody else in their own. So each such table that the mapping doesn't
//! read is told, with how many of these people it holds, until it is read together with them or said to be of no concern
//! ([`Mapping::left_tables`]).

mod names;
mod sql;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::activity::{Sense, named};
use super::guess::{Landscape, bystander, holds_people};
use super::halves::{self, Base, bases};
use super::suggest::tokens;
use super::types::{Mapping, Target};
use crate::model::{Catalog, Column, Columns, Selection, Table, TableName, people};
use names::{Plain, kind_of, limited_to, may_be_over};

/// Tables that are told at most, the likelier first.
const TOLD: usize = 8;

/// What a table may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchTableKind {
    /// Who stands in it is kept out: `banned_users`.
    Listed,
    /// One row for each person, with a mark: `profiles.suspended_at`.
    Marked,
    /// What was done to people, among it that they were switched off: `user_histories`.
    Logged,
    /// Wrong passwords, after which people are locked out: `failed_logins`.
    Attempts,
}

/// A table that may say who is switched off, and that nothing reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchTable {
    /// The table.
    pub table: TableName,
    /// What it may say.
    pub kind: SwitchTableKind,
    /// How its rows belong to the people: their column and its own. A row that meets any of them is that person's. Empty: not known.
    pub joins: Vec<(String, String)>,
    /// The people's table.
    pub of: TableName,
    /// A foreign key or a known product says how they belong together.
    pub sure: bool,
    /// The columns with the marks, or with what was done.
    pub columns: Vec<String>,
    /// What makes it less certain, a sentence each.
    pub doubts: Vec<String>,
    /// How many of these people it holds, once they were counted.
    pub people: Option<u64>,
    /// How to read it together with them. `None` where that is not certain.
    pub selection: Option<Selection>,
    /// The SELECT that counts them.
    #[serde(skip)]
    pub(crate) counting: Option<String>,
}

impl SwitchTable {
    /// What it may say of how many, and what comes of leaving it, in sentences.
    pub fn words(&self) -> String {
        let table = self.table.display();
        let columns = self.columns.join(", ");
        let mut text = match self.kind {
            SwitchTableKind::Listed => format!("{table} may say who is kept out, and nothing reads it"),
            SwitchTableKind::Marked => {
                format!("{table} has {columns}, which may say who is switched off, and nothing reads it")
            }
            SwitchTableKind::Logged => {
                format!(
                    "{table} may have written down who was switched off ({columns}), and nothing reads it"
                )
            }
            SwitchTableKind::Attempts => {
                format!("{table} may say whom wrong passwords locked out, and nothing reads it")
            }
        };
        let by = |(own, other): &(String, String)| format!("{other} = {}.{own}", self.of.name);
        let joins = self.joins.iter().map(by).collect::<Vec<_>>().join(" or ");
        let how = if self.sure { joins } else { format!("{joins}; no foreign key says so") };
        let _ = match (self.joins.is_empty(), self.people) {
            (true, _) => write!(text, ". How its rows belong to these people isn't known."),
            (_, None) => write!(text, " ({how}). How many of these people it holds could not be counted."),
            (_, Some(count)) => {
                let what = match self.kind {
                    SwitchTableKind::Marked => "marked there",
                    _ => "in it",
                };
                let arrive = if count == 1 { "arrives" } else { "arrive" };
                let is = if count == 1 { "is" } else { "are" };
                write!(text, ": {} {is} {what} ({how}) and {arrive} active now.", people(count))
            }
        };
        for doubt in &self.doubts {
            let _ = write!(text, " {doubt}");
        }
        text
    }
}

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
    let mut found: Vec<SwitchTable> = Vec::new();
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
    let says = |column: &&Column| {
        named(&column.name).is_some_and(|named| {
            named.exact && !matches!(named.sense, Sense::Trace | Sense::Doubt | Sense::ValidFrom)
        })
    };
    let columns: Vec<String> = other.columns.iter().filter(says).map(|column| column.name.clone()).collect();
    // A mark that is there twice says nothing new.
    let new = |name: &String| !base.columns.contains(&name.to_lowercase());
    if columns.is_empty() || !columns.iter().any(new) {
        return None;
    }
    let condition = sql::marked(other, &link, &columns);
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
        columns,
    })
}
