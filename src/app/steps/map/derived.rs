//! What the screen shows of a mapping, worked out when it changes and not in every frame.

use chrono::NaiveDate;

use crate::app::steps::source::shown;
use crate::assess::{AssessContext, assess};
use crate::mapping::{
    Mapping, MappingProblem, Plan, Shown, Switch, Target, check, explain, required_matched,
};
use crate::migration::group_names::notes_of;
use crate::model::{Assessed, Route, Sample, names_secrets};

/// One row of the table: a column and, if it goes somewhere, the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The column; empty for a rule without one.
    pub(super) column: String,
    /// The first values, in a few words.
    pub(super) values: String,
    /// The rule's number.
    pub(super) rule: Option<usize>,
    /// Where it goes.
    pub(super) target: Option<Target>,
    /// What changes on the way, in words.
    pub(super) change: String,
    /// What is wrong with the rule.
    pub(super) problem: Option<String>,
}

/// How some of the first people's passwords are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// The scheme's short name.
    pub(super) label: String,
    /// What happens to them.
    pub(super) route: Route,
    /// How many of a hundred, rounded.
    pub(super) percent: usize,
    /// Whether one scheme is known, and not only several possible.
    pub(super) settled: bool,
}

/// What the screen shows of a mapping.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) lines: Vec<Line>,
    pub(super) problems: Vec<MappingProblem>,
    /// The person of the preview, as Okta will see them.
    pub(super) person: Option<Assessed>,
    /// How the first people's passwords are stored.
    pub(super) shares: Vec<Share>,
    /// Required attributes that have a column, and all of them.
    pub(super) required: (usize, usize),
    /// Names of groups seen in the first rows, the most frequent first.
    pub(super) groups: Vec<String>,
    /// What is worth knowing of their spellings, a sentence each.
    pub(super) group_notes: Vec<String>,
    /// Columns that go somewhere, and all.
    pub(super) mapped: usize,
    pub(super) columns: usize,
}

impl Derived {
    pub(super) fn of(mapping: &Mapping, sample: &Sample, person: usize, today: NaiveDate) -> Self {
        let problems = check(mapping, sample);
        let context = AssessContext::new(mapping.password.clone(), today);
        let plan = Plan::compile(mapping, &sample.columns).ok();
        let people: Vec<Assessed> = plan
            .as_ref()
            .map(|plan| sample.records.iter().map(|record| assess(plan.apply(record), &context)).collect())
            .unwrap_or_default();
        let shares = shares_of(&people);
        let mut lines = Vec::new();
        let said = |at: usize| {
            problems.iter().find_map(|problem| match problem {
                MappingProblem::Rule { rule, .. } if *rule == at => Some(problem.to_string()),
                _ => None,
            })
        };
        let mut mapped = 0;
        for (position, column) in sample.columns.names().iter().enumerate() {
            let mut alone = true;
            for (at, rule) in mapping.rules.iter().enumerate() {
                let of_this =
                    rule.column.as_deref().and_then(|name| sample.columns.position(name)) == Some(position);
                if !of_this || rule.target == Target::LeftBehind {
                    continue;
                }
                mapped += usize::from(alone);
                alone = false;
                // A document with a password in it is secret wherever else it goes.
                let secret = mapping.rules.iter().any(|other| {
                    other.column == rule.column && matches!(other.target, Target::Password | Target::Salt)
                });
                let values = if rule.target == Target::Password {
                    schemes(&people)
                } else if secret {
                    "covered".to_owned()
                } else {
                    first_values(sample, position)
                };
                let change = match rule.target {
                    Target::Password if rule.transforms.is_empty() => {
                        "recognized person by person".to_owned()
                    }
                    Target::IsActive if rule.transforms.is_empty() => "no = left out".to_owned(),
                    Target::LastSignIn if rule.transforms.is_empty() => "read as a date".to_owned(),
                    _ => explain(rule),
                };
                lines.push(Line {
                    column: column.clone(),
                    values,
                    rule: Some(at),
                    target: Some(rule.target.clone()),
                    change,
                    problem: said(at),
                });
            }
            if alone {
                let values =
                    if names_secrets(column) { "covered".to_owned() } else { first_values(sample, position) };
                lines.push(Line {
                    column: column.clone(),
                    values,
                    rule: None,
                    target: None,
                    change: String::new(),
                    problem: None,
                });
            }
        }
        for (at, rule) in mapping.rules.iter().enumerate() {
            let known = rule.column.as_deref().is_some_and(|name| sample.columns.position(name).is_some());
            if !known && rule.target != Target::LeftBehind {
                lines.push(Line {
                    column: rule.column.clone().unwrap_or_default(),
                    values: if rule.column.is_some() {
                        "no longer in the source".into()
                    } else {
                        "–".into()
                    },
                    rule: Some(at),
                    target: Some(rule.target.clone()),
                    change: explain(rule),
                    problem: said(at),
                });
            }
        }
        let mut groups: Vec<(String, usize)> = Vec::new();
        for name in people.iter().flat_map(|p| &p.candidate.groups) {
            match groups.iter_mut().find(|(known, _)| known == name) {
                Some((_, times)) => *times += 1,
                None => groups.push((name.clone(), 1)),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.1));
        Self {
            lines,
            shares,
            required: required_matched(mapping),
            person: people.into_iter().nth(person),
            group_notes: notes_of(groups.iter().map(|(name, times)| (name.as_str(), *times as u64))),
            groups: groups.into_iter().map(|(name, _)| name).collect(),
            mapped,
            columns: sample.columns.names().len(),
            problems,
        }
    }

    /// Whether people can be read.
    pub(super) fn complete(&self) -> bool {
        self.missing().is_none()
    }

    /// Columns that may say who is switched off, and that nothing reads.
    pub(super) fn switches(&self) -> impl Iterator<Item = &Switch> {
        self.problems.iter().filter_map(|problem| match problem {
            MappingProblem::Switch(switch) => Some(switch),
            _ => None,
        })
    }

    /// What keeps the first people's passwords from being imported until it is stated or proven.
    pub(super) fn concerns(&self) -> impl Iterator<Item = String> {
        let of = |problem: &&MappingProblem| matches!(problem, MappingProblem::Passwords { .. });
        self.problems.iter().filter(of).map(ToString::to_string)
    }

    /// The first thing that stands in the way of reading, in words.
    pub(super) fn missing(&self) -> Option<String> {
        self.problems.iter().find(|problem| problem.blocks()).map(ToString::to_string)
    }
}

/// How the first people's passwords are stored under a mapping.
pub(super) fn shares(mapping: &Mapping, sample: &Sample, today: NaiveDate) -> Vec<Share> {
    let context = AssessContext::new(mapping.password.clone(), today);
    let Ok(plan) = Plan::compile(mapping, &sample.columns) else { return Vec::new() };
    let people = sample.records.iter().map(|record| assess(plan.apply(record), &context));
    shares_of(&people.collect::<Vec<_>>())
}

fn shares_of(people: &[Assessed]) -> Vec<Share> {
    let mut counts: Vec<(&Assessed, usize)> = Vec::new();
    for person in people {
        let same = |(known, _): &&mut (&Assessed, usize)| {
            known.scheme_label == person.scheme_label && known.route == person.route
        };
        match counts.iter_mut().find(same) {
            Some((_, times)) => *times += 1,
            None => counts.push((person, 1)),
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.1));
    let all = people.len().max(1);
    let share = |(person, times): (&Assessed, usize)| Share {
        label: person.scheme_label.clone(),
        route: person.route,
        percent: ((times * 100 + all / 2) / all).max(1),
        settled: person.scheme != "ambiguous",
    };
    counts.into_iter().map(share).collect()
}

/// The first values of a column that differ: `User · Admin · User2`.
fn first_values(sample: &Sample, position: usize) -> String {
    let mut seen: Vec<String> = Vec::new();
    for record in &sample.records {
        let Some(value) = record.values.get(position) else { continue };
        let text = shown(&Shown::of(value));
        if text != "–" && !seen.contains(&text) {
            seen.push(text);
        }
        if seen.len() == 3 {
            break;
        }
    }
    if seen.is_empty() { "always empty".to_owned() } else { seen.join(" · ") }
}

/// What the first passwords are: `bcrypt 62% · scrypt 25%`.
fn schemes(people: &[Assessed]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for person in people {
        let name = person.scheme_label.split(" · ").next().unwrap_or_default();
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, times)) => *times += 1,
            None => counts.push((name, 1)),
        }
    }
    counts.sort_by_key(|count| std::cmp::Reverse(count.1));
    let all = people.len().max(1);
    let words: Vec<String> = counts
        .iter()
        .take(3)
        .map(|(name, times)| format!("{name} {}%", (times * 100 + all / 2) / all))
        .collect();
    if words.is_empty() { "covered".to_owned() } else { words.join(" · ") }
}
