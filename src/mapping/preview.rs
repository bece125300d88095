//! One person as each rule makes them: for the live preview.

use chrono::{SecondsFormat, Utc};

use crate::model::{Candidate, Finding, Record, Value};

use super::flow::{Flow, NotText};
use super::plan::{Plan, Ready};
use super::row::Column;
use super::types::Target;

/// A value as a screen may show it. Passwords and salts are never in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// No value.
    Nothing,
    /// Text, cut to [`Shown::LONGEST`] characters.
    Text(String),
    /// Several texts.
    List(Vec<String>),
    /// Bytes that are no text: how many.
    Bytes(usize),
    /// Larger than 1 MiB, and left in the source.
    TooLarge,
    /// A password or salt that is there but not shown.
    Covered,
}

impl Shown {
    /// The most characters of a text that are shown.
    pub const LONGEST: usize = 500;

    /// A value as it stands in the source.
    pub fn of(value: &Value) -> Self {
        match (Flow::of(value), value) {
            (Ok(flow), _) => Self::flow(flow),
            (Err(NotText::TooLarge), _) => Self::TooLarge,
            (Err(_), Value::Bytes(bytes)) => Self::Bytes(bytes.len()),
            (Err(_), _) => Self::Bytes(0),
        }
    }

    fn flow(flow: Flow<'_>) -> Self {
        match flow {
            Flow::Moment(moment) => Self::Text(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            other => match other.worded() {
                Flow::Text(text) => Self::Text(cut(&text)),
                Flow::Many(texts) => Self::List(texts.iter().map(|text| cut(text)).collect()),
                _ => Self::Nothing,
            },
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(Shown::LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// What one rule makes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewCell {
    /// The value in the source.
    pub before: Shown,
    /// The value after all changes.
    pub after: Shown,
    /// What the changes had to tell.
    pub findings: Vec<Finding>,
}

/// One person as each rule makes them.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewRow {
    /// One cell a rule, in the mapping's order.
    pub cells: Vec<PreviewCell>,
    /// The person as a whole: what will be assessed and sent.
    pub candidate: Candidate,
}

/// What a plan makes of one record, rule by rule and as a whole.
pub fn preview(plan: &Plan, record: &Record) -> PreviewRow {
    let now = Utc::now();
    let row = plan.row(record, now);
    let secret = |target: &Target| matches!(target, Target::Password | Target::Salt);
    let secrets: Vec<_> = plan
        .rules()
        .iter()
        .filter(|rule| secret(&rule.target))
        .flat_map(Ready::columns)
        .map(Column::name)
        .collect();
    let cells = plan.rules().iter().map(|rule| {
        let source = rule.column.as_ref().map(|column| row.value(column));
        // A password's column is covered wherever else it goes, too.
        if secret(&rule.target) || rule.columns().any(|column| secrets.contains(&column.name())) {
            let there = if source.is_none_or(Value::is_empty) { Shown::Nothing } else { Shown::Covered };
            return PreviewCell { before: there.clone(), after: there, findings: Vec::new() };
        }
        let attribute = match &rule.target {
            Target::Attribute(name) => Some(name.as_str()),
            _ => None,
        };
        let mut findings = Vec::new();
        let after = Shown::flow(rule.run(&row, attribute, &mut findings));
        PreviewCell { before: source.map_or(Shown::Nothing, Shown::of), after, findings }
    });
    PreviewRow { cells: cells.collect(), candidate: plan.apply_at(record, now) }
}
