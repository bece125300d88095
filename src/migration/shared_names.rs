//! Groups that are several in the source and have one name: other tenants' “Sales”, or two rows by mistake. Okta has one group per name, so
//! the people of all of them would come together in it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::docs;
use crate::model::{
    Catalog, ColumnName, Comparison, Condition, GroupName, Membership, People, Record, Selection, TableName,
    group_key, number,
};
use crate::source::{Source, different_values};
use crate::workspace::{Workspace, WorkspaceError};

/// Groups that are looked at.
const GROUPS: usize = 5000;

/// Names that are counted and told, and groups of each.
const TOLD: usize = 10;
const OF_EACH: usize = 10;

/// How long all looking may take. What was not counted by then is told without a number.
const PATIENCE: Duration = Duration::from_secs(20);

/// Several groups of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedName {
    /// The name.
    pub name: String,
    /// The table of the groups.
    pub table: TableName,
    /// How many are in each of the groups; `None` where they could not be counted.
    pub people: Vec<Option<u64>>,
    /// Columns by which the groups differ: `tenant_id`.
    pub differ: Vec<String>,
}

impl SharedName {
    /// What would come together, and how to keep it apart, in sentences.
    pub fn words(&self) -> String {
        let counts: Option<Vec<String>> = self.people.iter().map(|count| count.map(number)).collect();
        let counted = match counts.as_deref() {
            Some([most @ .., last]) if !most.is_empty() => {
                let all = self.people.iter().flatten().copied().max().unwrap_or(0);
                let noun = if all == 1 { "person" } else { "people" };
                format!(" ({} and {last} {noun})", most.join(", "))
            }
            _ => String::new(),
        };
        let differ = if self.differ.is_empty() {
            String::new()
        } else {
            format!(" They differ in {}.", self.differ.join(" and "))
        };
        format!(
            "{} groups of {} are called “{}”{counted}.{differ} Okta has one group per name, so all of these people would be together in \
             it. If they don't belong together, rename one in the source, or name them apart in a SELECT of your own (--sql).",
            self.people.len(),
            self.table.display(),
            self.name
        )
    }
}

/// The names that several groups of a membership have, each with how many people are in them. Groups that nobody is in come together
/// with nothing. Empty as well where the source can't be asked.
pub(super) async fn shared_names(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
) -> Vec<SharedName> {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut told = Vec::new();
    for membership in selection.memberships() {
        told.extend(shared_in(source, catalog, selection, membership, until).await);
    }
    told
}

async fn shared_in(
    source: &dyn Source,
    catalog: &Catalog,
    selection: &Selection,
    membership: &Membership,
    until: tokio::time::Instant,
) -> Vec<SharedName> {
    let Some(place) = Place::of(catalog, membership) else { return Vec::new() };
    let groups = Selection {
        people: People::Table(place.table.clone()),
        key: Vec::new(),
        only: place.only.to_vec(),
        groups: None,
        more_groups: Vec::new(),
    };
    let Ok(Ok(sample)) = tokio::time::timeout_at(until, source.sample(&groups, GROUPS)).await else {
        return Vec::new();
    };
    let (Some(key), Some(name)) = (sample.columns.position(place.key), sample.columns.position(place.name))
    else {
        return Vec::new();
    };
    let mut told = Vec::new();
    for same in same_names(&sample.records, key, name).into_iter().take(TOLD) {
        let mut filled: Vec<(&Record, Option<u64>)> = Vec::new();
        for (record, id) in same.into_iter().take(OF_EACH) {
            let members = members(selection, membership, &id);
            let counted = tokio::time::timeout_at(until, source.sample(&members, 1)).await;
            let count = counted
                .ok()
                .and_then(Result::ok)
                .filter(|sample| sample.exact)
                .and_then(|sample| sample.rows);
            if count != Some(0) {
                filled.push((record, count));
            }
        }
        let named: Vec<String> = filled.iter().filter_map(|(record, _)| text(record, name)).collect();
        // Names that are only written otherwise are told by their spellings.
        let twice = named.iter().enumerate().any(|(at, one)| named[..at].contains(one));
        let Some(first) = named.first().filter(|_| twice) else { continue };
        told.push(SharedName {
            name: first.clone(),
            table: place.table.clone(),
            differ: differing(&filled, sample.columns.names(), &[key, name]),
            people: filled.iter().map(|(_, count)| *count).collect(),
        });
    }
    told
}

/// Names that the groups of several memberships have: in Okta they are one group. Sentences; nothing where there is one membership.
pub(super) async fn same_in_several(source: &dyn Source, selection: &Selection) -> Vec<String> {
    let until = tokio::time::Instant::now() + PATIENCE;
    let mut seen: Vec<(TableName, BTreeMap<String, String>)> = Vec::new();
    let mut told = Vec::new();
    if selection.memberships().count() < 2 {
        return told;
    }
    for membership in selection.memberships() {
        let of = match &membership.group {
            GroupName::Column(column) => {
                ColumnName { table: membership.members.clone(), column: column.clone() }
            }
            GroupName::Joined { groups, group_name, .. } => {
                ColumnName { table: groups.clone(), column: group_name.clone() }
            }
        };
        let asked = tokio::time::timeout_at(until, different_values(source, &of, GROUPS)).await;
        let Ok(Ok(Some(names))) = asked else { continue };
        let names: BTreeMap<String, String> =
            names.into_iter().map(|name| (group_key(name.trim()), name)).collect();
        for (table, others) in seen.iter().filter(|(table, _)| *table != of.table) {
            let same: Vec<&str> = names
                .iter()
                .filter(|(key, _)| others.contains_key(*key))
                .map(|(_, name)| name.as_str())
                .collect();
            if let Some((shown, more)) = same.split_at_checked(same.len().min(3)).filter(|_| !same.is_empty())
            {
                let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
                told.push(format!(
                    "{} and {} both have {}{more}: in Okta groups of one name are one group, with the people of both.",
                    table.display(),
                    of.table.display(),
                    shown.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", "),
                ));
            }
        }
        seen.push((of.table, names));
    }
    told
}

/// Where the groups of a membership are.
struct Place<'m> {
    table: &'m TableName,
    key: &'m str,
    name: &'m str,
    only: &'m [Condition],
}

impl<'m> Place<'m> {
    /// `None` where a group is nothing but its name.
    fn of(catalog: &Catalog, membership: &'m Membership) -> Option<Self> {
        match &membership.group {
            GroupName::Joined { groups, group_key, group_name, .. } => {
                Some(Self { table: groups, key: group_key, name: group_name, only: &membership.only_groups })
            }
            // A column of the people's own table points at the groups.
            GroupName::Column(name) => {
                let alone = catalog.table(&membership.members)?.primary_key.as_slice()
                    == [membership.member_person.clone()];
                alone.then_some(Self {
                    table: &membership.members,
                    key: &membership.member_person,
                    name,
                    only: &membership.only,
                })
            }
        }
    }
}

/// Those who are in the group of this key.
fn members(selection: &Selection, membership: &Membership, id: &str) -> Selection {
    let is = |column: &str| Condition {
        column: column.to_owned(),
        comparison: Comparison::Is,
        value: id.to_owned(),
    };
    let (people, mut only, column) = match &membership.group {
        GroupName::Joined { member_group, .. } => {
            (People::Table(membership.members.clone()), membership.only.clone(), member_group)
        }
        GroupName::Column(_) => (selection.people.clone(), selection.only.clone(), &membership.person_key),
    };
    only.push(is(column));
    Selection { only, ..Selection::of(people) }
}

/// Groups of one name and several keys, each with its key.
fn same_names(records: &[Record], key: usize, name: usize) -> Vec<Vec<(&Record, String)>> {
    let mut by_name: BTreeMap<String, Vec<(&Record, String)>> = BTreeMap::new();
    for record in records {
        let (Some(id), Some(name)) = (text(record, key), text(record, name)) else { continue };
        let same = by_name.entry(group_key(&name)).or_default();
        if !name.is_empty() && !same.iter().any(|(_, known)| *known == id) {
            same.push((record, id));
        }
    }
    by_name.into_values().filter(|same| same.len() > 1).collect()
}

fn text(record: &Record, at: usize) -> Option<String> {
    Some(record.values.get(at)?.as_text()?.trim().to_owned())
}

/// The first columns whose values differ among the groups, those that point at something before others.
fn differing(groups: &[(&Record, Option<u64>)], columns: &[String], but: &[usize]) -> Vec<String> {
    let differs = |at: usize| {
        let mut values = groups.iter().map(|(record, _)| text(record, at));
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    let pointing = |name: &str| {
        let name = name.to_lowercase();
        ["id", "uuid", "guid", "key"].iter().any(|end| name.ends_with(end))
    };
    let mut found: Vec<&String> = columns
        .iter()
        .enumerate()
        .filter(|(at, _)| !but.contains(at) && differs(*at))
        .map(|(_, name)| name)
        .collect();
    found.sort_by_key(|name| !pointing(name));
    found.into_iter().take(2).cloned().collect()
}

/// Keeps what a reading found.
pub(super) async fn keep(workspace: &Workspace, found: &[SharedName]) -> Result<(), WorkspaceError> {
    if found.is_empty() {
        return workspace.remove_doc(docs::SHARED_NAMES).await;
    }
    workspace.put_doc(docs::SHARED_NAMES, &found).await
}

/// What the last reading found.
pub async fn kept(workspace: &Workspace) -> Result<Vec<SharedName>, WorkspaceError> {
    Ok(workspace.doc(docs::SHARED_NAMES).await?.unwrap_or_default())
}
