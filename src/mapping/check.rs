//! What keeps a mapping from being used, so that Continue is never dead without a reason.

use std::fmt;

use chrono::Utc;

use crate::model::{ATTRIBUTES, Explain as _, PasswordEvidence, Sample, attribute, number};
use crate::password::concern;

use super::activity::{Switch, unread_switches};
use super::codes;
use super::custom::{attribute_name, is_attribute_name};
use super::error::MappingError;
use super::explain::target_words;
use super::key::keyed_by_login;
use super::plan::Plan;
use super::suggest::{Written, written};
use super::types::{Mapping, Rule, Target, Transform};

/// Something wrong or odd in a mapping. `Display` says it in one sentence that ends with what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingProblem {
    /// An attribute Okta requires has no rule.
    Missing {
        /// Okta's name of it.
        attribute: &'static str,
    },
    /// A rule can't work with these columns.
    Rule {
        /// Its place in the mapping.
        rule: usize,
        /// Why.
        error: MappingError,
    },
    /// Two rules for a target that takes one.
    Twice {
        /// The target in words.
        target: String,
        /// The later rule's place in the mapping.
        rule: usize,
    },
    /// A column that holds passwords or salts would also go into the profile or make groups, for everyone in the org to see.
    SecretShown {
        /// The column.
        column: String,
        /// Where it would go, in words.
        target: String,
    },
    /// A rule for an attribute without a name.
    NoName {
        /// Its place in the mapping.
        rule: usize,
    },
    /// A name that no attribute of Okta can have.
    AttributeName {
        /// The rule's place in the mapping.
        rule: usize,
        /// The name.
        name: String,
    },
    /// Dates of a column can be read two ways, and it isn't stated which.
    DateOrder {
        /// The rule's place in the mapping.
        rule: usize,
        /// The column.
        column: String,
        /// Some are certainly written one way, and some the other.
        both: bool,
    },
    /// Who made the passwords may have put something of their own into them, and nobody has said or proven it yet: they go to the hook.
    Passwords {
        /// The rule's place in the mapping.
        rule: usize,
        /// The column.
        column: String,
        /// What it may be, and what to do.
        why: String,
    },
    /// Nothing but their login tells people apart.
    LoginKey,
    /// A column may say who is switched off, and nothing reads it.
    Switch(Switch),
    /// A column that says who is active says nothing readable of some of the first people: they are left out.
    ActiveUnsaid {
        /// The rule's place in the mapping.
        rule: usize,
        /// The column.
        column: String,
        /// How many have no value.
        empty: u64,
        /// How many have a value that means neither yes nor no.
        unread: u64,
        /// How many were looked at.
        rows: u64,
    },
    /// None of the first rows has a value for an attribute Okta requires.
    Empty {
        /// Okta's name of it.
        attribute: &'static str,
    },
}

impl MappingProblem {
    /// Whether people can't be read before it is mended.
    pub fn blocks(&self) -> bool {
        !matches!(
            self,
            Self::Empty { .. }
                | Self::DateOrder { .. }
                | Self::LoginKey
                | Self::Passwords { .. }
                | Self::Switch(_)
                | Self::ActiveUnsaid { .. }
                | Self::AttributeName { .. }
        )
    }
}

impl fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { attribute } => {
                write!(f, "Okta needs {attribute}, and no column goes there. Choose one.")
            }
            Self::Rule { error, .. } => write!(f, "{error} {}", error.advice()),
            Self::Twice { target, .. } => {
                write!(f, "Two columns go to {target}, which takes one. Leave one behind, or join them.")
            }
            Self::SecretShown { column, target } => write!(
                f,
                "“{column}” holds passwords and would also be shown as {target}. Leave that one behind."
            ),
            Self::NoName { .. } => {
                f.write_str("An attribute has no name. Give it one, or leave the column behind.")
            }
            Self::AttributeName { name, .. } => write!(
                f,
                "Okta takes no attribute called {name}: only letters, digits and underscores, no digit first. Call it {}.",
                attribute_name(name)
            ),
            Self::DateOrder { column, both: false, .. } => write!(
                f,
                "Dates such as 03/04/2024 in “{column}” can be read day first or month first. Say which, in its change."
            ),
            Self::DateOrder { column, both: true, .. } => write!(
                f,
                "Some dates in “{column}” are written day first and some month first. Those that can be read either way \
                 are not taken: fix them in the source."
            ),
            Self::Passwords { column, why, .. } => write!(f, "“{column}”: {why}."),
            Self::LoginKey => f.write_str(
                "These people are told apart by their login. If someone's login changes and people are read again, they count as \
                 somebody new and get a second account in Okta. Choose a column that stays the same as the key.",
            ),
            Self::Switch(switch) => write!(
                f,
                "“{}” {}: {}. Send it to Is active, or say that it doesn't.",
                switch.column,
                switch.may_say(),
                switch.told()
            ),
            Self::ActiveUnsaid { column, empty, unread, rows, .. } => {
                let what = match (empty, unread) {
                    (0, unread) => {
                        format!("holds a word that means neither yes nor no for {}", number(*unread))
                    }
                    (empty, 0) => format!("is empty for {}", number(*empty)),
                    (empty, unread) => format!(
                        "is empty for {} and holds a word that means neither yes nor no for {}",
                        number(*empty),
                        number(*unread)
                    ),
                };
                write!(
                    f,
                    "“{column}” says who is active, and {what} of the first {}. They are left out; if that is wrong, say so in its \
                     change.",
                    crate::model::people(*rows)
                )
            }
            Self::Empty { attribute } => {
                write!(
                    f,
                    "In the first rows, {attribute} is always empty. Check whether the right column goes there."
                )
            }
        }
    }
}

/// Everything wrong or odd in a mapping, the required attributes first. Empty: it can be used.
pub fn check(mapping: &Mapping, sample: &Sample) -> Vec<MappingProblem> {
    let mut problems = Vec::new();
    let goes_to = |name: &str| mapping.rules.iter().any(|rule| is_attribute(rule, name));
    let required =
        || ATTRIBUTES.iter().filter(|attribute| attribute.required).map(|attribute| attribute.name);
    problems.extend(
        required().filter(|name| !goes_to(name)).map(|attribute| MappingProblem::Missing { attribute }),
    );

    for (at, rule) in mapping.rules.iter().enumerate() {
        let alone = Mapping { rules: vec![rule.clone()], ..mapping.clone() };
        if let Err(error) = Plan::compile(&alone, &sample.columns) {
            problems.push(MappingProblem::Rule { rule: at, error });
        }
        if matches!(&rule.target, Target::Attribute(name) if name.trim().is_empty()) {
            problems.push(MappingProblem::NoName { rule: at });
        }
        if let Target::Attribute(name) = &rule.target
            && !name.trim().is_empty()
            && !is_attribute_name(name)
        {
            problems.push(MappingProblem::AttributeName { rule: at, name: name.clone() });
        }
        let takes_many =
            matches!(rule.target, Target::Group | Target::IsActive | Target::LastSignIn | Target::LeftBehind);
        if !takes_many && mapping.rules[..at].iter().any(|earlier| earlier.target == rule.target) {
            problems.push(MappingProblem::Twice { target: target_words(&rule.target), rule: at });
        }
        if matches!(rule.target, Target::Attribute(_) | Target::Group) {
            let secret = columns_of(rule).find(|column| is_secret(mapping, column));
            problems.extend(secret.map(|column| MappingProblem::SecretShown {
                column: column.to_owned(),
                target: target_words(&rule.target),
            }));
        }
    }

    if problems.is_empty()
        && !sample.records.is_empty()
        && let Ok(plan) = Plan::compile(mapping, &sample.columns)
    {
        let people: Vec<_> = sample.records.iter().map(|record| plan.apply(record)).collect();
        let empty = |name: &&str| people.iter().all(|person| person.profile.get(name).is_none());
        problems.extend(required().filter(empty).map(|attribute| MappingProblem::Empty { attribute }));
    }
    problems.extend(mapping.rules.iter().enumerate().filter_map(|(at, rule)| date_order(at, rule, sample)));
    if keyed_by_login(sample) {
        problems.push(MappingProblem::LoginKey);
    }
    problems.extend(
        mapping.rules.iter().enumerate().filter_map(|(at, rule)| active_unsaid(at, rule, mapping, sample)),
    );
    problems.extend(passwords(mapping, sample));
    problems.extend(unread_switches(mapping, sample, Utc::now()).into_iter().map(MappingProblem::Switch));
    problems
}

/// Of how many of the first people a rule doesn't say whether they are active.
fn active_unsaid(at: usize, rule: &Rule, mapping: &Mapping, sample: &Sample) -> Option<MappingProblem> {
    let column = rule.column.as_ref().filter(|_| rule.target == Target::IsActive)?;
    let alone = Mapping { rules: vec![rule.clone()], ..mapping.clone() };
    let plan = Plan::compile(&alone, &sample.columns).ok()?;
    let (mut empty, mut unread) = (0, 0);
    for record in &sample.records {
        let findings = plan.apply(record).mapping_findings;
        if findings.iter().any(|f| f.code == codes::ACTIVE_MISSING) {
            empty += 1;
        } else if !findings.is_empty() {
            unread += 1;
        }
    }
    let rows = sample.records.len() as u64;
    (empty + unread > 0).then(|| MappingProblem::ActiveUnsaid {
        rule: at,
        column: column.clone(),
        empty,
        unread,
        rows,
    })
}

/// As many reasons are told of one column.
const REASONS: usize = 3;

/// What keeps the first people's passwords from being imported until it is stated or proven, each reason once.
fn passwords(mapping: &Mapping, sample: &Sample) -> Vec<MappingProblem> {
    let rule = mapping.rules.iter().position(|rule| rule.target == Target::Password);
    let Some(rule) = rule else { return Vec::new() };
    let Ok(plan) = Plan::compile(mapping, &sample.columns) else { return Vec::new() };
    let mut reasons: Vec<String> = Vec::new();
    for record in &sample.records {
        if let PasswordEvidence::Stored(stored) = plan.apply(record).password
            && let Some(why) = concern(&stored, &mapping.password)
            && !reasons.contains(&why)
        {
            reasons.push(why);
        }
        if reasons.len() == REASONS {
            break;
        }
    }
    let column = mapping.rules.get(rule).and_then(|rule| rule.column.clone()).unwrap_or_default();
    let told = |why| MappingProblem::Passwords { rule, column: column.clone(), why };
    reasons.into_iter().map(told).collect()
}

/// What can't be told of a rule's dates. Only of those that come to be read as they stand in the column.
fn date_order(at: usize, rule: &Rule, sample: &Sample) -> Option<MappingProblem> {
    let column = rule.column.as_deref()?;
    let stands = rule.transforms.iter().all(|change| match change {
        Transform::Trim => true,
        Transform::Date { format } => format.is_empty(),
        _ => false,
    });
    let dates = rule.target == Target::LastSignIn
        || rule.transforms.iter().any(|change| matches!(change, Transform::Date { .. }));
    if !stands || !dates {
        return None;
    }
    let both = match written(sample, column) {
        Written::EitherWay => false,
        Written::BothWays => true,
        Written::Plainly | Written::As(_) => return None,
    };
    Some(MappingProblem::DateOrder { rule: at, column: column.to_owned(), both })
}

/// How many of Okta's required attributes have a rule, and how many there are: “4 of 4 required attributes matched”.
pub fn required_matched(mapping: &Mapping) -> (usize, usize) {
    let required = ATTRIBUTES.iter().filter(|attribute| attribute.required);
    let matched =
        required.clone().filter(|a| mapping.rules.iter().any(|rule| is_attribute(rule, a.name))).count();
    (matched, required.count())
}

/// How many columns go somewhere, each counted once.
pub fn mapped_columns(mapping: &Mapping) -> usize {
    let goes = mapping.rules.iter().filter(|rule| rule.target != Target::LeftBehind);
    let columns = goes.filter_map(|rule| rule.column.as_deref());
    columns.collect::<std::collections::BTreeSet<_>>().len()
}

/// The attributes of a mapping that are not Okta's own, in order: they must be in the org's schema.
pub fn custom_attributes(mapping: &Mapping) -> Vec<&str> {
    let mut names = Vec::new();
    for rule in &mapping.rules {
        if let Target::Attribute(name) = &rule.target
            && attribute(name).is_none()
            && !names.contains(&name.as_str())
        {
            names.push(name.as_str());
        }
    }
    names
}

fn is_attribute(rule: &Rule, name: &str) -> bool {
    matches!(&rule.target, Target::Attribute(attribute) if attribute == name)
}

/// The columns a rule reads.
pub(super) fn columns_of(rule: &Rule) -> impl Iterator<Item = &str> {
    let joined = rule.transforms.iter().flat_map(|transform| match transform {
        Transform::Join { columns, .. } => columns.as_slice(),
        _ => &[],
    });
    rule.column.iter().chain(joined).map(String::as_str)
}

fn is_secret(mapping: &Mapping, column: &str) -> bool {
    mapping.rules.iter().any(|rule| {
        matches!(rule.target, Target::Password | Target::Salt)
            && columns_of(rule).any(|secret| secret.eq_ignore_ascii_case(column))
    })
}
