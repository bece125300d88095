//! A mapping suggested from names and values, good enough to go on without touching anything.

mod by_name;
mod country;
mod dates;
mod dictionary;
mod fits;
mod group_ids;
mod json;
mod looks;
mod rules;
mod single;
mod systems;

use chrono::Utc;

use crate::model::{Catalog, People, Sample, Selection, looks_stored};

use super::activity::{self, Seen};
use super::guess::{certain_membership, groups_beside};
use super::json::VERSION;
use super::types::{Mapping, Transform};

use dictionary::Meaning as M;
use fits::fits;
use looks::Column;

pub(super) use crate::model::name_words::{fold, singular, tokens};
pub(super) use by_name::{Around, banned, by_name};
pub(super) use dates::Written;
pub(super) use dictionary::Meaning;
pub(super) use group_ids::ids_of_groups;
pub(super) use looks::{Kind, kind_of_type};
pub use single::suggest_changes;
pub(super) use single::written;

/// A column and what it was taken for.
#[derive(Debug, Clone, Copy)]
struct Taken {
    /// Its place among the columns.
    at: usize,
    meaning: Meaning,
}

/// A mapping suggested from what columns are called and what their first values look like.
///
/// Every column goes to at most one place, save that one may serve as login and e-mail, and a full name gives its two halves. What
/// is not understood, and whatever looks private, is left behind; custom attributes are never invented. Groups come from a
/// membership table if the selection names none and one is certain to be theirs.
pub fn suggest(catalog: &Catalog, selection: &Selection, sample: &Sample) -> Mapping {
    let columns = looks::columns(sample);
    let table = match &selection.people {
        People::Table(name) => catalog.table(name),
        People::Sql(_) => None,
    };
    let around = Around::new(table.map(|t| t.name.name.as_str()), columns.iter().map(|c| c.name));
    let points_elsewhere = |name: &str| {
        table.is_some_and(|t| {
            t.foreign_keys.iter().any(|key| key.columns.iter().any(|c| c.eq_ignore_ascii_case(name)))
        })
    };
    let active = who_is_active(sample, &columns);
    let says_active = |at: usize| active.iter().any(|(other, _)| *other == at);
    let mut likely: Vec<(Taken, f64)> = columns
        .iter()
        .enumerate()
        .filter(|(at, _)| !says_active(*at))
        .filter_map(|(at, column)| {
            let (meaning, score) = by_name(column.name, &around)?;
            // A number that points at another table means nothing in Okta.
            if points_elsewhere(column.name) && column.kind() == Kind::Number {
                return None;
            }
            Some((Taken { at, meaning }, score + fits(meaning, column)?))
        })
        .collect();
    likely.sort_by(|(a, x), (b, y)| y.total_cmp(x).then(a.at.cmp(&b.at)));

    // Of two columns for passwords, people's are where most have one: the other is from before, or for few.
    let passwords = likely.iter().filter(|(taken, _)| taken.meaning == M::Password);
    let fuller = passwords.map(|(taken, _)| filled(&columns[taken.at])).max().unwrap_or(0);
    let empty = |taken: &Taken| taken.meaning == M::Password && filled(&columns[taken.at]) < fuller;
    likely.retain(|(taken, _)| !empty(taken));

    let mut taken: Vec<Taken> = Vec::new();
    for (candidate, _) in likely {
        if candidate.meaning == M::Group || !taken.iter().any(|t| t.meaning == candidate.meaning) {
            taken.push(candidate);
        }
    }
    // Ids of a table of groups are no names of groups.
    if groups_beside(catalog, table.map(|table| &table.name)).is_some() {
        let ids = |at: usize| ids_of_groups(columns[at].values.iter().filter_map(|value| value.as_text()));
        taken.retain(|taken| taken.meaning != M::Group || !ids(taken.at));
    }
    let shown = systems::shown(catalog, &columns);
    if let Some(at) = shown.password {
        // Its name says nothing, or something else (`token`, `data`): its product's other columns say it.
        taken.retain(|t| t.at != at && t.meaning != M::Password);
        taken.push(Taken { at, meaning: M::Password });
    }
    by_values(&columns, &mut taken);
    let password = taken.iter().find(|t| t.meaning == M::Password).map(|t| t.at);
    let mut password = systems::passwords(&shown, &columns, password);

    let mut rules = rules::rules(&columns, &taken, active);
    if let Some(inside) = json::rules(&columns, &mut rules) {
        // Its product shows in the document rather than in the table.
        let names = columns.iter().map(|column| column.name).chain(inside.iter().map(String::as_str));
        password.made_by = systems::system_of(catalog, &names.collect::<Vec<_>>()).map(str::to_owned);
    }

    let mut selection = selection.clone();
    if selection.groups.is_none()
        && let Some(table) = table
    {
        selection.groups = certain_membership(catalog, table);
    }
    let mut mapping = Mapping { version: VERSION, selection, rules, password, left_tables: Vec::new() };
    mapping.note_product_of_path();
    mapping
}

/// How many values may be stored passwords; markers such as `*` and `!` are none.
fn filled(column: &Column<'_>) -> usize {
    let long = |value: &&crate::model::Value| match value {
        crate::model::Value::Bytes(bytes) => bytes.len() >= 4,
        other => other.as_text().is_some_and(|text| text.trim().len() >= 4),
    };
    column.values.iter().copied().filter(|value| long(value)).count()
}

/// The columns that certainly say who is active, with the changes that make it of them. Whoever is off by one of them is off.
fn who_is_active(sample: &Sample, columns: &[Column<'_>]) -> Vec<(usize, Vec<Transform>)> {
    let all: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let now = Utc::now();
    let certain = |(at, column): (usize, &Column<'_>)| {
        // What holds passwords is nothing else, whatever it is called.
        if column.share(looks_stored) > 0.2 {
            return None;
        }
        let changes = activity::certain(&seen(sample, at, column), &all, now)?;
        Some((at, in_order(column, changes)))
    };
    columns.iter().enumerate().filter_map(certain).collect()
}

/// A column with all its values, the empty ones too.
fn seen<'a>(sample: &'a Sample, at: usize, column: &Column<'a>) -> Seen<'a> {
    Seen {
        name: column.name,
        of_type: kind_of_type(&column.type_name),
        values: sample.records.iter().filter_map(|record| record.values.get(at)).collect(),
    }
}

/// Where moments are compared, dates are read as the column writes them first.
fn in_order(column: &Column<'_>, changes: Vec<Transform>) -> Vec<Transform> {
    if !matches!(changes.first(), Some(Transform::Moment { .. })) {
        return changes;
    }
    dates::moments(column).into_iter().chain(changes).collect()
}

/// What no name told: an e-mail address and a stored password are known by their looks.
fn by_values(columns: &[Column<'_>], taken: &mut Vec<Taken>) {
    let has = |taken: &[Taken], meaning| taken.iter().any(|t| t.meaning == meaning);
    for (meaning, passes, least) in
        [(M::Attribute("email"), looks::email as fn(&str) -> bool, 0.8), (M::Password, looks_stored, 0.5)]
    {
        if has(taken, meaning) {
            continue;
        }
        // A login that is an e-mail address serves as both; no other column is looked for.
        let serves =
            |t: &Taken| t.meaning == M::Attribute("login") && columns[t.at].share(looks::email) >= 0.5;
        if meaning == M::Attribute("email") && taken.iter().any(serves) {
            continue;
        }
        let free = |at: usize| !taken.iter().any(|t| t.at == at);
        let found = columns
            .iter()
            .enumerate()
            .find(|(at, column)| free(*at) && !banned(column.name) && column.share(passes) >= least);
        if let Some((at, _)) = found {
            taken.push(Taken { at, meaning });
        }
    }
}

#[cfg(test)]
mod tests;
