//! What no column holds by itself but a column of JSON has in it: Supabase's `raw_user_meta_data`, Kratos' `traits`, Nextcloud's `data`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dictionary::Meaning as M;
use super::looks::{self, Column};
use super::{Around, banned, by_name, singular};
use crate::mapping::transform::wipe;
use crate::mapping::types::{Rule, Target, Transform};
use crate::model::looks_stored;

/// Values that are looked into, and how deep.
const LOOKED_AT: usize = 50;
const DEPTH: usize = 5;

/// Adds rules for what is missing and stands in a column of JSON. Where passwords do: the names of the members beside them.
pub(super) fn rules(columns: &[Column<'_>], rules: &mut Vec<Rule>) -> Option<Vec<String>> {
    let mut beside = None;
    for column in columns {
        let used = rules.iter().any(|rule| rule.column.as_deref() == Some(column.name));
        if used || banned(column.name) || column.share(is_object) < 0.5 {
            continue;
        }
        let found = meanings(column);
        let path = |meaning: M| found.get(&meaning).map(String::as_str);
        let rule = |target: Target, path: &str, mut then: Vec<Transform>| {
            then.insert(0, Transform::Pick(path.to_owned()));
            Rule { column: Some(column.name.to_owned()), target, transforms: then }
        };
        if let Some(path) = path(M::Password) {
            // A column with passwords in it goes nowhere else.
            if !rules.iter().any(|rule| rule.target == Target::Password) {
                rules.push(rule(Target::Password, path, Vec::new()));
                beside = Some(members(column, path));
            }
            // Of a whole document only this part is secret.
            if found.len() == 1 {
                continue;
            }
        }
        let lacks = |rules: &[Rule], name: &str| {
            !rules.iter().any(|rule| matches!(&rule.target, Target::Attribute(other) if other == name))
        };
        let address = || vec![Transform::Trim, Transform::Lower];
        let trim = || vec![Transform::Trim];
        let (email, full) =
            (path(M::Attribute("email")), path(M::FullName).or(path(M::Attribute("displayName"))));
        let wanted: [(&str, Option<&str>, Vec<Transform>); 8] = [
            ("login", email.or(path(M::Attribute("login"))), address()),
            ("email", email, address()),
            ("firstName", path(M::Attribute("firstName")), trim()),
            ("lastName", path(M::Attribute("lastName")), trim()),
            ("firstName", full, vec![Transform::GivenName]),
            ("lastName", full, vec![Transform::FamilyName]),
            ("displayName", full, trim()),
            ("middleName", path(M::Attribute("middleName")), trim()),
        ];
        for (name, path, then) in wanted {
            if let Some(path) = path
                && lacks(rules, name)
            {
                rules.push(rule(Target::Attribute(name.to_owned()), path, then));
            }
        }
    }
    beside
}

/// Where the passwords of a column of JSON stand.
pub(super) fn password(column: &Column<'_>) -> Option<String> {
    if column.share(is_object) < 0.5 {
        return None;
    }
    meanings(column).remove(&M::Password)
}

/// The names of the members that stand where a path leads, and of the path itself.
fn members(column: &Column<'_>, path: &str) -> Vec<String> {
    let mut names = vec![format!("{}.{path}", column.name)];
    let parents: Vec<&str> = path.split('.').collect();
    for value in column.values.iter().take(LOOKED_AT).filter_map(|value| value.as_text()) {
        let Ok(mut parsed) = serde_json::from_str::<Value>(value.trim()) else { continue };
        let holder = parents.iter().rev().skip(1).rev().try_fold(&parsed, |value, name| value.get(name));
        if let Some(Value::Object(members)) = holder {
            names.extend(members.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        }
        wipe(&mut parsed);
    }
    names
}

fn is_object(text: &str) -> bool {
    text.starts_with('{') && matches!(serde_json::from_str(text), Ok(Value::Object(_)))
}

/// The path of each meaning: the one that most values have, of several the shortest.
fn meanings(column: &Column<'_>) -> BTreeMap<M, String> {
    let mut paths: BTreeMap<String, (usize, usize, M)> = BTreeMap::new();
    for value in column.values.iter().take(LOOKED_AT).filter_map(|value| value.as_text()) {
        if let Ok(mut parsed) = serde_json::from_str::<Value>(value.trim()) {
            walk(&parsed, &mut Vec::new(), &mut |path, meaning| {
                paths.entry(path.join(".")).or_insert((0, path.len(), meaning)).0 += 1;
            });
            wipe(&mut parsed);
        }
    }
    let mut best: BTreeMap<M, (usize, std::cmp::Reverse<usize>, String)> = BTreeMap::new();
    for (path, (times, depth, meaning)) in paths {
        let this = (times, std::cmp::Reverse(depth), path);
        match best.get(&meaning) {
            Some(other) if (other.0, other.1) >= (this.0, this.1) => {}
            _ => drop(best.insert(meaning, this)),
        }
    }
    best.into_iter().map(|(meaning, (_, _, path))| (meaning, path)).collect()
}

/// Tells every text that may mean something, with its path.
fn walk<'v>(value: &'v Value, path: &mut Vec<&'v str>, tell: &mut impl FnMut(&[&str], M)) {
    match value {
        Value::Object(members) if path.len() < DEPTH => {
            for (name, value) in members {
                path.push(name);
                walk(value, path, tell);
                path.pop();
            }
        }
        // `"emails": [{"address": "…"}]`: the first is the one that counts.
        Value::Array(items) if path.len() < DEPTH => {
            if let Some(first @ Value::Object(_)) = items.first() {
                path.push("0");
                walk(first, path, tell);
                path.pop();
            }
        }
        Value::String(text) if !text.trim().is_empty() => {
            if path.iter().any(|part| banned(part)) {
                return;
            }
            // A hash says what it is, whatever it is called: `{"password": {"bcrypt": "…"}}`.
            if looks_stored(text.trim()) {
                tell(path, M::Password);
                return;
            }
            // `{"email": {"value": "…"}}`
            let named = match path.as_slice() {
                [.., named, "0", "address" | "value" | "val" | "email"]
                | [.., named, "value" | "val"]
                | [.., named] => *named,
                [] => return,
            };
            let one = |name: &str| by_name(name, &Around::default());
            // `emails`, of which each is an e-mail address.
            let Some((meaning, _)) = one(named).or_else(|| one(&singular(named))) else { return };
            let fits = match meaning {
                M::Attribute("email") => looks::email(text.trim()),
                M::Password => text.trim().len() >= 8,
                M::Attribute(_) | M::FullName => !looks::url(text.trim()),
                _ => false,
            };
            if fits {
                tell(path, meaning);
            }
        }
        _ => {}
    }
}
