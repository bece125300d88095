//! A mapping suggested for a source's people, with what only their database can say: whose groups a membership holds.
//!
//! Names make candidates ([`group_candidates`]); the values speak for or against them; what is certain is taken, and the rest is
//! handed on as questions. Window and command line ask them alike, and take nothing that was not answered.

use std::time::Duration;

use super::attribute_names::names_in;
use super::person_key::{PersonKey, person_key};
use super::shared_names::{SharedName, same_in_several, shared_names};
use super::switches;
use crate::mapping::{
    Evidence, GroupCandidate, Mapping, OtherHalf, SwitchTable, Target, attribute_half, group_candidates,
    lacks_something, notes, other_halves, people_in_select, several, suggest, tables_of_attributes,
};
use crate::model::{
    Catalog, ColumnName, Columns, Comparison, GroupName, People, Sample, Selection, TableName,
};
use crate::source::{
    Overlap, Source, SourceError, Within, count, different_values, overlap, overlap_of_people,
};

/// Memberships that are looked at, the likelier first: nobody reads a longer list of questions.
const CANDIDATES: usize = 6;

/// Values of a column that says whose a polymorphic membership is.
const TYPES: usize = 20;

/// How long all looking at values may take. What was not looked at by then is asked about all the same.
const PATIENCE: Duration = Duration::from_secs(20);

/// A suggestion, and what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The mapping.
    pub mapping: Mapping,
    /// The first rows of the people.
    pub sample: Sample,
    /// What tells them apart from one reading to the next.
    pub key: PersonKey,
    /// Tables with what the mapping misses of these people.
    pub halves: Vec<OtherHalf>,
    /// Tables that may say who of them is switched off, and that the mapping doesn't read.
    pub switch_tables: Vec<SwitchTable>,
    /// What else should be known before these people are read, in sentences.
    pub notes: Vec<String>,
}

/// Which groups are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Groups {
    /// Those of the selection; where it names none, those that are certain.
    Certain,
    /// None.
    None,
    /// Those of these memberships.
    From(Vec<GroupCandidate>),
}

/// Suggests a mapping for these people, from their first rows, and the key where the source has none.
pub async fn suggest_for(
    source: &dyn Source,
    catalog: &Catalog,
    mut selection: Selection,
    candidates: &[GroupCandidate],
    groups: Groups,
    rows: usize,
) -> Result<Suggestion, SourceError> {
    let none = groups == Groups::None;
    match groups {
        Groups::Certain if selection.groups.is_none() => {
            selection.groups = candidates.iter().find(|c| c.certain()).map(|c| c.membership.clone());
        }
        Groups::Certain => {}
        Groups::None => selection.drop_groups(),
        Groups::From(candidates) => {
            selection.drop_groups();
            for candidate in candidates {
                selection.add_groups(candidate.membership);
            }
        }
    }
    let mut sample = source.sample(&selection, rows).await?;
    let mut key = person_key(source, Some(catalog), &selection, &sample).await;
    if let PersonKey::Login { offered } = &key
        && let Some(best) = offered.first()
    {
        selection.key = vec![best.clone()];
        sample = source.sample(&selection, rows).await?;
        key = person_key(source, Some(catalog), &selection, &sample).await;
    }
    let mut mapping = suggest(catalog, &selection, &sample);
    if none {
        mapping.selection.drop_groups();
    }
    let halves = all_halves(source, catalog, &mapping, &sample).await;
    let notes = all_notes(source, catalog, &mapping, &sample, candidates).await;
    let switch_tables = switches::tables(source, catalog, &mapping, &sample.columns).await;
    Ok(Suggestion { mapping, sample, key, halves, switch_tables, notes })
}

/// The tables with what is missing of these people, and for how many of them there are several rows in each.
pub async fn all_halves(
    source: &dyn Source,
    catalog: &Catalog,
    mapping: &Mapping,
    sample: &Sample,
) -> Vec<OtherHalf> {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut halves = other_halves(catalog, mapping, sample);
    for table in tables_of_attributes(catalog, mapping, &sample.columns) {
        // What the source is asked only where there is something to miss.
        if lacks_something(mapping)
            && !halves.iter().any(|half| half.table == *table.name())
            && let Some(names) = names_in(source, &table, until).await
        {
            halves.extend(attribute_half(catalog, mapping, sample, &table, &names));
        }
    }
    for half in &mut halves {
        if let Some(sql) = half.several.as_ref().map(|several| several.counting.clone()) {
            let people = counted(source, &sql, until).await;
            half.counted(people);
        }
    }
    halves
}

async fn counted(source: &dyn Source, sql: &str, until: tokio::time::Instant) -> Option<u64> {
    tokio::time::timeout_at(until, count(source, sql)).await.ok()?.ok()?
}

/// Of whom a SELECT takes one row of several, and which, in sentences.
async fn several_rows(source: &dyn Source, catalog: &Catalog, mapping: &Mapping) -> Vec<String> {
    let People::Sql(sql) = &mapping.selection.people else { return Vec::new() };
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut notes = Vec::new();
    for one in several(catalog, sql) {
        notes.extend(one.words(counted(source, &one.counting, until).await));
    }
    notes
}

/// What else should be known before these people are read, in sentences: what the catalog and the first rows say, and what the source was
/// asked. `candidates`: what [`group_choices`] found.
pub async fn all_notes(
    source: &dyn Source,
    catalog: &Catalog,
    mapping: &Mapping,
    sample: &Sample,
    candidates: &[GroupCandidate],
) -> Vec<String> {
    let mut found = notes(catalog, mapping, sample);
    found.extend(out_of_reach(catalog, mapping, candidates));
    found.extend(several_rows(source, catalog, mapping).await);
    found.extend(same_in_several(source, &mapping.selection).await);
    found.extend(shared_names(source, catalog, &mapping.selection).await.iter().map(SharedName::words));
    found
}

/// What else is to be known of a reading, in sentences: where its people come from, that several realms' people are read together, of
/// whom one row of several is read.
pub(super) async fn reading_notes(
    source: &dyn Source,
    catalog: &Catalog,
    mapping: &Mapping,
    sample: &Sample,
) -> Vec<String> {
    let mut found = vec![people_words(catalog, &mapping.selection.people)];
    found.extend(notes(catalog, mapping, sample));
    found.extend(several_rows(source, catalog, mapping).await);
    found.extend(same_in_several(source, &mapping.selection).await);
    found
}

/// Where people come from, in a sentence.
fn people_words(catalog: &Catalog, people: &People) -> String {
    match people {
        People::Table(name) => format!("People come from {}.", name.display()),
        People::Sql(sql) => {
            let of: Vec<String> = people_in_select(catalog, sql).iter().map(TableName::display).collect();
            if of.is_empty() {
                "People come from a SELECT.".to_owned()
            } else {
                format!("People come from a SELECT of {}.", of.join(", "))
            }
        }
    }
}

/// The groups of the people whom a SELECT reads, where it has no column to find them by.
fn out_of_reach(catalog: &Catalog, mapping: &Mapping, candidates: &[GroupCandidate]) -> Vec<String> {
    let People::Sql(sql) = &mapping.selection.people else { return Vec::new() };
    let grouped = mapping.selection.groups.is_some()
        || mapping.rules.iter().any(|rule| rule.target == Target::Group)
        || !candidates.is_empty();
    if grouped {
        return Vec::new();
    }
    let certain =
        |table: &TableName| group_candidates(catalog, table).into_iter().find(GroupCandidate::certain);
    let of = people_in_select(catalog, sql);
    of.iter()
        .filter_map(certain)
        .map(|candidate| {
            let key = ColumnName {
                table: candidate.people.clone(),
                column: candidate.membership.person_key.clone(),
            };
            format!(
                "No groups are taken: {} has those of {}, and your SELECT has no column with {}. Add it to the SELECT, or read the table \
                 itself (--table).",
                candidate.words(),
                candidate.people.display(),
                key.display()
            )
        })
        .collect()
}

/// The memberships that may give these people their groups, with what the database's values say of each: the certain ones first.
/// What the values speak against is not among them. A source that can't be asked leaves them as names alone make them.
pub async fn group_choices(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
) -> Vec<GroupCandidate> {
    let until = tokio::time::Instant::now() + PATIENCE;
    let found = match &selection.people {
        People::Table(table) => weighed(source, group_candidates(catalog, table), until).await,
        People::Sql(sql) if selection.groups.is_none() => {
            let look = of_select(source, catalog, selection, sql, until);
            tokio::time::timeout_at(until, look).await.unwrap_or_default()
        }
        People::Sql(_) => Vec::new(),
    };
    let mut found: Vec<_> =
        found.into_iter().filter(|candidate| candidate.usable() && !candidate.refuted()).collect();
    found.sort_by_key(|candidate| !candidate.certain());
    found
}

/// The memberships of one table, also those that so many others are likelier than or that the values speak against.
pub async fn group_choice_of(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
    is: impl Fn(&TableName) -> bool,
) -> Vec<GroupCandidate> {
    let People::Table(table) = &selection.people else { return Vec::new() };
    let named = group_candidates(catalog, table).into_iter().filter(|one| is(&one.membership.members));
    let until = tokio::time::Instant::now() + PATIENCE;
    weighed(source, named.collect(), until).await.into_iter().filter(GroupCandidate::usable).collect()
}

async fn weighed(
    source: &dyn Source,
    found: Vec<GroupCandidate>,
    until: tokio::time::Instant,
) -> Vec<GroupCandidate> {
    let mut weighed = Vec::new();
    for candidate in found.into_iter().take(CANDIDATES) {
        let look = weigh(source, candidate.clone());
        match tokio::time::timeout_at(until, look).await {
            Ok(candidates) => weighed.extend(candidates),
            Err(_) => weighed.push(candidate),
        }
    }
    weighed
}

/// The memberships that certainly are those of a table that a SELECT names, where a column of the SELECT has nothing but ids of that
/// table's people.
async fn of_select(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
    sql: &str,
    until: tokio::time::Instant,
) -> Vec<GroupCandidate> {
    let tables = people_in_select(catalog, sql);
    let certain: Vec<Vec<GroupCandidate>> =
        tables.iter().map(|table| group_candidates(catalog, table)).collect();
    if certain.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let Ok(sample) = source.sample(selection, 1).await else { return Vec::new() };
    let mut found = Vec::new();
    for candidates in certain {
        for candidate in weighed(source, candidates, until).await {
            if candidate.certain() && !candidate.refuted() {
                found.extend(by_its_column(source, selection, &sample.columns, candidate).await);
            }
        }
    }
    found
}

/// A membership for the people of a SELECT, by the first of its columns with nothing but the key's values.
async fn by_its_column(
    source: &dyn Source,
    selection: &Selection,
    columns: &Columns,
    candidate: GroupCandidate,
) -> Option<GroupCandidate> {
    let within = [Within { column: candidate.key(), as_text: true }];
    for column in candidate.columns_in(columns) {
        let looked = overlap_of_people(source, &selection.people, column, &within).await;
        if let Ok(Some(Overlap { values, found })) = looked
            && values > 0
            && found == [values]
        {
            return Some(candidate.clone().of_select(column));
        }
    }
    None
}

/// A candidate with what the values say; several, where its rows are of several kinds of people.
async fn weigh(source: &dyn Source, candidate: GroupCandidate) -> Vec<GroupCandidate> {
    let mut settled = match &candidate.type_column {
        None => vec![candidate],
        Some(column) => {
            let whose = ColumnName { column: column.clone(), ..candidate.ids() };
            match different_values(source, &whose, TYPES).await {
                Ok(Some(values)) => candidate.settled(&values),
                // Without its values nothing of it can be used.
                Ok(None) | Err(_) => Vec::new(),
            }
        }
    };
    for candidate in settled.iter_mut().filter(|candidate| !candidate.certain()) {
        candidate.evidence = evidence(source, candidate).await;
    }
    settled
}

async fn evidence(source: &dyn Source, candidate: &GroupCandidate) -> Option<Evidence> {
    let own = Within { column: candidate.key(), as_text: candidate.as_text };
    let others =
        candidate.rivals.iter().map(|(column, as_text)| Within { column: column.clone(), as_text: *as_text });
    let within: Vec<Within> = std::iter::once(own).chain(others).collect();
    let only = candidate.membership.only.iter().find(|condition| condition.comparison == Comparison::Is);
    let only = only.map(|condition| (condition.column.as_str(), condition.value.as_str()));
    let only = only.filter(|_| !candidate.direct);
    let Overlap { values, found } = overlap(source, &candidate.ids(), only, &within).await.ok()??;
    let (here, others) = found.split_first()?;
    let others = candidate.rivals.iter().map(|(column, _)| column.table.clone()).zip(others.iter().copied());
    Some(Evidence {
        ids: values,
        here: *here,
        others: others.collect(),
        groups: groups(source, candidate).await,
    })
}

/// How many of the groups' ids are there.
async fn groups(source: &dyn Source, candidate: &GroupCandidate) -> Option<(u64, u64)> {
    let GroupName::Joined { member_group, groups, group_key, .. } = &candidate.membership.group else {
        return None;
    };
    let of = ColumnName { table: candidate.membership.members.clone(), column: member_group.clone() };
    let key = ColumnName { table: groups.clone(), column: group_key.clone() };
    let found = overlap(source, &of, None, &[Within { column: key, as_text: true }]).await.ok()??;
    Some((found.values, found.found.first().copied()?))
}
