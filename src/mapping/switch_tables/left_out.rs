//! Columns of the people's own table that say who is switched off, and that what is read leaves out: own SQL, or a view.

use std::collections::HashSet;

use super::marks::{marks, says};
use super::sql;
use super::table::{SwitchTable, SwitchTableKind};
use crate::mapping::from_names;
use crate::mapping::guess::{holds_people, quoted_table};
use crate::mapping::halves::{self, Base, Link, bases};
use crate::mapping::suggest::tokens;
use crate::mapping::types::{Mapping, Target};
use crate::model::{Catalog, Columns, People, Table};

/// As many columns as a view has of a table at least, to be taken for one that reads it.
const SHARED: usize = 3;

/// The tables that people are read from, each with what is left out of it.
pub(super) fn left_out(catalog: &Catalog, mapping: &Mapping, columns: &Columns) -> Vec<SwitchTable> {
    let (bases, words): (Vec<Base<'_>>, HashSet<String>) = match &mapping.selection.people {
        People::Sql(text) => (bases(catalog, mapping, columns), from_names::words(text)),
        People::Table(name) => {
            let view = catalog.table(name).filter(|table| table.view);
            let base = view.and_then(|view| under(catalog, mapping, view));
            (base.into_iter().collect(), HashSet::new())
        }
    };
    // Somebody took care of who is off: a column of the same meaning under another name.
    let ruled = mapping.rules.iter().any(|rule| rule.target == Target::IsActive);
    let left = |base: &Base<'_>| one(base, &words, ruled);
    bases.iter().filter(|base| !mapping.left_tables.contains(&base.people.name)).filter_map(left).collect()
}

/// The table that a view reads its people from, as far as names tell: the one of which it has the most columns.
fn under<'c>(catalog: &'c Catalog, mapping: &'c Mapping, view: &'c Table) -> Option<Base<'c>> {
    let columns: HashSet<String> = view.columns.iter().map(|column| column.name.to_lowercase()).collect();
    let words = tokens(&view.name.name);
    let rank = |table: &Table| {
        let shared =
            table.columns.iter().filter(|column| columns.contains(&column.name.to_lowercase())).count();
        // `v_active_users` is of `users`.
        let named = tokens(&table.name.name).iter().all(|word| words.contains(word));
        let enough =
            shared >= SHARED.min(columns.len()) && shared * 2 >= columns.len() || named && shared > 1;
        enough.then_some((shared, named, table.name.schema == view.name.schema))
    };
    let tables =
        catalog.tables.iter().filter(|table| !table.view && table.refused.is_none() && holds_people(table));
    let (_, people) = tables.filter_map(|table| Some((rank(table)?, table))).max_by_key(|(rank, _)| *rank)?;
    let from = quoted_table(&view.name);
    Some(Base { people, from, columns, mapping, known: vec![people, view], certain: true })
}

fn one(base: &Base<'_>, words: &HashSet<String>, ruled: bool) -> Option<SwitchTable> {
    let people = base.people;
    let missing = |name: &str| !base.columns.contains(&name.to_lowercase());
    let columns: Vec<String> = people
        .columns
        .iter()
        .map(|column| column.name.clone())
        .filter(|name| missing(name) && says(people, name))
        .collect();
    if columns.is_empty() {
        return None;
    }
    let link = key_of(base);
    // A SELECT that names it may leave out whom it switches off (`WHERE banned = 0`), or call it otherwise. Counted, it is known.
    let named = columns.iter().all(|name| words.contains(&name.to_lowercase()));
    if named && (ruled || link.is_none()) {
        return None;
    }
    let marks = marks(people, &columns);
    let condition = link.as_ref().map(|link| sql::marked(people, link, &marks.condition));
    let wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
    let selection = link
        .as_ref()
        .filter(|_| base.certain)
        .map(|link| base.with(halves::joined(base, people, link, &wanted, None, None)));
    Some(SwitchTable {
        table: people.name.clone(),
        kind: SwitchTableKind::LeftOut,
        joins: link.iter().map(|link| (link.own.clone(), link.other.clone())).collect(),
        of: people.name.clone(),
        sure: true,
        doubts: Vec::new(),
        people: None,
        selection,
        counting: condition.filter(|_| base.certain).map(|condition| sql::count(base, &condition)),
        open: marks.open,
        columns,
    })
}

/// How what is read and the table belong together: by its key, under its own name.
fn key_of(base: &Base<'_>) -> Option<Link> {
    let renamed = |name: &str| match &base.mapping.selection.people {
        People::Sql(text) => from_names::renames(text, name),
        People::Table(_) => false,
    };
    let [key] = base.people.primary_key.as_slice() else { return None };
    (base.columns.contains(&key.to_lowercase()) && !renamed(key)).then(|| Link {
        own: key.clone(),
        other: key.clone(),
        keyed: true,
        one: true,
    })
}
