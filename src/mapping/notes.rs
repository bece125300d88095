//! What should be known of a source before its people are read: that several realms' people are together in one table, and that others'
//! people are in the same database.

use std::collections::BTreeSet;

use crate::model::{Catalog, People, Sample, TableName};
use crate::password::names_salt;

use super::guess::{groups_beside, guess_people};
use super::halves::bases;
use super::suggest::{Around, Meaning, by_name, ids_of_groups, tokens};
use super::types::{Mapping, Target};

/// Columns that part the people of one table into those of several organizations, and what these are called.
const PARTS: [(&str, &str); 26] = [
    ("realm", "realms"),
    ("realmid", "realms"),
    ("realmname", "realms"),
    ("tenant", "tenants"),
    ("tenantid", "tenants"),
    ("tenantsid", "tenants"),
    ("tenantuuid", "tenants"),
    ("site", "sites"),
    ("siteid", "sites"),
    ("website", "websites"),
    ("websiteid", "websites"),
    ("storeid", "stores"),
    ("instanceid", "instances"),
    ("mnethostid", "hosts"),
    ("hostid", "hosts"),
    ("domainid", "domains"),
    ("companyid", "companies"),
    ("orgid", "organizations"),
    ("organizationid", "organizations"),
    ("organisationid", "organizations"),
    ("applicationid", "applications"),
    ("applicationname", "applications"),
    ("appid", "applications"),
    ("mandant", "clients"),
    ("mandantid", "clients"),
    ("projectid", "projects"),
];

/// How sure it is that a table holds people whom one could mean as well.
const SURE: u32 = 90;

/// The notes, in sentences.
pub fn notes(catalog: &Catalog, mapping: &Mapping, sample: &Sample) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    notes.extend(parts(mapping, sample));
    notes.extend(group_ids(catalog, mapping, sample));
    notes.extend(salts_left(catalog, mapping, sample));
    notes.extend(others(catalog, &mapping.selection.people));
    notes
}

fn parts(mapping: &Mapping, sample: &Sample) -> Vec<String> {
    let mut found = Vec::new();
    for (at, column) in sample.columns.names().iter().enumerate() {
        let word = tokens(column).concat();
        let Some((_, called)) = PARTS.iter().find(|(name, _)| *name == word) else { continue };
        if mapping.selection.only.iter().any(|condition| condition.column.eq_ignore_ascii_case(column)) {
            continue;
        }
        let values = sample.records.iter().filter_map(|record| record.values.get(at)?.as_text());
        let values: BTreeSet<String> =
            values.map(std::borrow::Cow::into_owned).filter(|text| !text.is_empty()).collect();
        // As many as there are people part nobody.
        if values.len() < 2 || values.len() * 2 > sample.records.len().max(4) {
            continue;
        }
        let shown: Vec<&str> = values.iter().take(3).map(String::as_str).collect();
        let more = if values.len() > shown.len() { ", …" } else { "" };
        found.push(format!(
            "People of several {called} are read together: {column} is {}{more}. “Only rows where…” takes one of them.",
            shown.join(", ")
        ));
    }
    found
}

/// Salts, peppers and nonces of the people's table that own SQL leaves out: without them a password may be taken for another.
fn salts_left(catalog: &Catalog, mapping: &Mapping, sample: &Sample) -> Vec<String> {
    let own = matches!(mapping.selection.people, People::Sql(_));
    if !own || !mapping.rules.iter().any(|rule| rule.target == Target::Password) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for base in bases(catalog, mapping, &sample.columns) {
        let left =
            base.people.columns.iter().filter(|column| {
                names_salt(&column.name) && !base.columns.contains(&column.name.to_lowercase())
            });
        for column in left {
            found.push(format!(
                "{} has {}, which passwords may be made with, and your SELECT leaves it out. Add it, or make sure that it isn't used.",
                base.people.name.display(),
                column.name
            ));
        }
    }
    found
}

/// Columns of groups that hold ids of another table, which no group should be called by.
fn group_ids(catalog: &Catalog, mapping: &Mapping, sample: &Sample) -> Vec<String> {
    let people = match &mapping.selection.people {
        People::Table(name) => Some(name),
        People::Sql(_) => None,
    };
    let Some(groups) = groups_beside(catalog, people) else { return Vec::new() };
    let around = Around::new(people.map(|name| name.name.as_str()), std::iter::empty());
    let mut found = Vec::new();
    for (at, column) in sample.columns.names().iter().enumerate() {
        let goes = mapping.rules.iter().any(|rule| {
            rule.target == Target::Group
                && rule.column.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(column))
        });
        let called = || by_name(column, &around).is_some_and(|(meaning, _)| meaning == Meaning::Group);
        let values = sample.records.iter().filter_map(|record| record.values.get(at)?.as_text());
        if (goes || called()) && ids_of_groups(values) {
            let now = if goes {
                "people would get groups that are called by these numbers"
            } else {
                "no groups are taken from it"
            };
            let groups = groups.name.display();
            found.push(format!(
                "{column} seems to hold ids of {groups}: {now}. For the groups’ names, read people with a SELECT that joins {groups}."
            ));
        }
    }
    found
}

/// Other tables of people in the same database.
fn others(catalog: &Catalog, people: &People) -> Option<String> {
    let read = |table: &TableName| match people {
        People::Table(name) => name == table,
        // A table that a SELECT names is read.
        People::Sql(sql) => sql.to_lowercase().contains(&table.name.to_lowercase()),
    };
    let others: Vec<String> = guess_people(catalog)
        .into_iter()
        .filter(|guess| !read(&guess.table) && (guess.product.is_some() || guess.score >= SURE))
        .filter(|guess| catalog.table(&guess.table).and_then(|table| table.rows) != Some(0))
        .map(|guess| match guess.product {
            Some(product) => format!("{} ({product})", guess.table.display()),
            None => guess.table.display(),
        })
        .collect();
    let (shown, rest) = others.split_at(others.len().min(3));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    (!shown.is_empty()).then(|| {
        format!("This database holds other people too, who are not read here: {}{more}.", shown.join(", "))
    })
}
