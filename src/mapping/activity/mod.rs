//! Who may sign in: columns that say so, by their names and values, and those that may and that nothing reads.
//!
//! Somebody whom the old system keeps out must not be let in by the new one. So every column that says who is switched off is read
//! ([`suggest`](fn@super::suggest) makes a rule of each, and whoever is off by one of them is off), and one that only *may* say so is
//! asked about ([`unread_switches`]) until the mapping reads it or says that it doesn't ([`Target::LeftBehind`]).

mod codes;
mod hints;
mod judge;
mod tally;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::check::columns_of;
use super::suggest::{Kind, kind_of_type};
use super::types::{Mapping, Rule, Target, Transform};
use crate::model::{Columns, Record, Sample, Value};
pub(super) use codes::status_word;
use hints::{Hint, hint};
use judge::{Judged, judge, switched_off};
use tally::Tally;
pub(super) use words::{Named, Sense, keeps_out, named};

/// Who may sign in by a product's code, and who may not; `*` stands for all others.
pub(super) type Code = (&'static [&'static str], &'static [&'static str]);

/// The code of a column, by the columns beside it.
pub(super) fn code_of(column: &str, all: &[&str]) -> Option<Code> {
    codes::product_code(column, all).map(|codes| (codes.on, codes.off))
}

/// A column that may say who is switched off, and that nothing reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// The column.
    pub column: String,
    /// Its values in words, with how many rows have each, the most frequent first.
    pub values: Vec<(String, u64)>,
    /// How many rows were looked at.
    pub rows: u64,
    /// How many of them would be left out by `changes`.
    pub off: u64,
    /// Which of its values would leave people out, in words, the most frequent first; empty in what an older reading kept.
    #[serde(default)]
    pub off_values: Vec<String>,
    /// The changes that make of it whether someone is active.
    pub changes: Vec<Transform>,
}

impl Switch {
    /// The values with their counts: `“0” (188), “1” (12)`.
    pub fn told(&self) -> String {
        let words: Vec<String> = self
            .values
            .iter()
            .map(|(word, count)| format!("{word} ({})", crate::model::number(*count)))
            .collect();
        words.join(", ")
    }

    /// The values that would leave people out: `“bot”`, `“app” or “bot”`. Nothing where they are not known.
    pub fn told_off(&self) -> String {
        match self.off_values.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [all @ .., last] => format!("{} or {last}", all.join(", ")),
        }
    }

    /// What the column may say, after its name: `may say who is switched off, and nothing reads it`.
    pub fn may_say(&self) -> &'static str {
        if self.new_password() {
            "may say who must choose a new password at the next sign-in, and nothing reads it"
        } else if self.unclear() {
            "may switch people off, and is not read"
        } else {
            "may say who is switched off, and nothing reads it"
        }
    }

    /// Whether it is about passwords that their owners must change before they go on.
    pub fn new_password(&self) -> bool {
        named(&self.column).is_none()
            && matches!(hint(&self.column), Some(Hint::NewPassword | Hint::PasswordHolds | Hint::PasswordSet))
    }

    /// Whether it isn't known which of its values switch people off: read by what is known of them, nobody would be left.
    pub fn unclear(&self) -> bool {
        self.off == self.rows && matches!(self.changes.last(), Some(Transform::Boolean { .. }))
    }

    /// The rule that reads it.
    pub fn used(&self) -> Rule {
        Rule { column: Some(self.column.clone()), target: Target::IsActive, transforms: self.changes.clone() }
    }

    /// The rule that says that it doesn't say who is switched off.
    pub fn left(&self) -> Rule {
        Rule { column: Some(self.column.clone()), target: Target::LeftBehind, transforms: Vec::new() }
    }
}

/// Most values that are told of a column.
const MOST_TOLD: usize = 6;

/// Looks at rows for columns that may say who is switched off, and that a mapping doesn't read. Holds counts only.
#[derive(Debug)]
pub struct SwitchFinder {
    now: DateTime<Utc>,
    names: Vec<String>,
    /// Place, whether the name says something, type and counts of each column looked at.
    columns: Vec<(usize, bool, Kind, Tally)>,
}

impl SwitchFinder {
    /// For rows of these columns, read by this mapping. Moments are compared with `now`.
    pub fn new(mapping: &Mapping, columns: &Columns, now: DateTime<Utc>) -> Self {
        let names = columns.names().to_vec();
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        // Any column: the words of a status say so whatever it is called.
        let looked = |(at, name): (usize, &&str)| {
            let says = named(name).is_some()
                || hint(name).is_some()
                || codes::product_code(name, &all).is_some()
                || is_account_control(name);
            (!decided(mapping, columns, at)).then(|| (at, says, Kind::Unknown, Tally::default()))
        };
        let columns = all.iter().enumerate().filter_map(looked).collect();
        Self { now, names, columns }
    }

    /// Looks at a row. A record of other columns is passed over.
    pub fn add(&mut self, record: &Record) {
        for (at, says, _, tally) in &mut self.columns {
            // A column whose name says nothing is none of a status once its words are many.
            if !*says && tally.many() {
                continue;
            }
            if let Some(value) = record.values.get(*at) {
                tally.add(value, self.now);
            }
        }
    }

    /// What was found: columns by which somebody would be off.
    pub fn found(self) -> Vec<Switch> {
        let all: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let switch = |(at, _, kind, tally): &(usize, bool, Kind, Tally)| {
            let name = *all.get(*at)?;
            if told_by_another(name, &all) {
                return None;
            }
            let judged = judge(name, &all, *kind, tally)?;
            let off = switched_off(&judged.changes, tally);
            // What someone could still activate an account with is shown nowhere.
            let secret = named(name).is_none() && hint(name) == Some(Hint::Filled);
            (off > 0).then(|| Switch {
                column: name.to_owned(),
                values: if secret { tally.told_filled() } else { words_only(tally.told(MOST_TOLD)) },
                rows: tally.rows,
                off,
                off_values: if secret { Vec::new() } else { off_values(&judged.changes, tally) },
                changes: judged.changes,
            })
        };
        self.columns.iter().filter_map(switch).collect()
    }
}

/// Columns of the first rows that may say who is switched off, and that nothing reads.
pub fn unread_switches(mapping: &Mapping, sample: &Sample, now: DateTime<Utc>) -> Vec<Switch> {
    let mut finder = SwitchFinder::new(mapping, &sample.columns, now);
    for (at, _, kind, _) in &mut finder.columns {
        *kind = sample.type_names.get(*at).map_or(Kind::Unknown, |name| kind_of_type(name));
    }
    for record in &sample.records {
        finder.add(record);
    }
    finder.found()
}

/// Whether a mapping reads a column for who is active, or says that it doesn't say so, or holds it for a secret.
fn decided(mapping: &Mapping, columns: &Columns, at: usize) -> bool {
    let decides = |rule: &&Rule| {
        matches!(rule.target, Target::IsActive | Target::LeftBehind | Target::Password | Target::Salt)
    };
    mapping.rules.iter().filter(decides).flat_map(columns_of).any(|name| columns.position(name) == Some(at))
}

/// The values that the changes would leave out, in words. Where that is most of many, they are not counted up.
fn off_values(changes: &[Transform], tally: &Tally) -> Vec<String> {
    let mut off: Vec<(String, u64)> = tally
        .pieces()
        .into_iter()
        .filter(|(_, piece)| switched_off(changes, piece) > 0)
        .map(|(words, piece)| (words, piece.rows))
        .filter(|(words, _)| is_word(words))
        .collect();
    off.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    if off.len() > MOST_TOLD || tally.more > 0 {
        return Vec::new();
    }
    off.into_iter().map(|(words, _)| words).collect()
}

/// The values that a status may have; the others as one, for a row that lacks a cell shows what belongs to another column.
fn words_only(values: Vec<(String, u64)>) -> Vec<(String, u64)> {
    let (mut kept, others): (Vec<_>, Vec<_>) = values.into_iter().partition(|(words, _)| is_word(words));
    let others: u64 = others.iter().map(|(_, count)| count).sum();
    if others > 0 {
        kept.push(("something else".to_owned(), others));
    }
    kept
}

/// Whether a value in words (`“locked”`, `a time in the past`) is one that a status has, and no secret: what stands in quotes is short, of
/// letters or of digits.
fn is_word(words: &str) -> bool {
    let Some(value) = words.strip_prefix('“').and_then(|rest| rest.strip_suffix('”')) else {
        return true;
    };
    let letters =
        |c: char| c.is_alphabetic() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '\'' | '[' | ']' | '"');
    let short = value.chars().count() <= 24;
    let number = value.parse::<f64>().is_ok();
    short && (number || value.chars().all(letters) || value.chars().count() <= 4)
}

fn is_account_control(name: &str) -> bool {
    super::suggest::fold(name) == "useraccountcontrol"
}

/// Whether another column of the table says the same, and better: `suspended_till` beside `suspended_at`, `banned` beside
/// `ban_reason`.
fn told_by_another(name: &str, all: &[&str]) -> bool {
    let Some(this) = named(name) else { return false };
    let better = |other: &Named| {
        other.exact
            && other.stem == this.stem
            && match this.sense {
                Sense::Off | Sense::OffFrom => this.timed && other.sense == Sense::OffUntil,
                Sense::Trace => matches!(other.sense, Sense::Off | Sense::OffFrom | Sense::OffUntil),
                _ => false,
            }
    };
    all.iter()
        .filter(|other| !other.eq_ignore_ascii_case(name))
        .filter_map(|other| named(other))
        .any(|other| better(&other))
}

/// One column for the suggestion: its values are all there is to see.
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    pub(super) of_type: Kind,
    /// Every row's value.
    pub(super) values: Vec<&'a Value>,
}

/// The changes for a column that certainly says who is active; `None` where it doesn't, or only may.
pub(super) fn certain(seen: &Seen<'_>, all: &[&str], now: DateTime<Utc>) -> Option<Vec<Transform>> {
    if told_by_another(seen.name, all) {
        return None;
    }
    judged(seen, all, now).filter(|judged| judged.sure).map(|judged| judged.changes)
}

/// The changes for a column that the administrator takes for one that says who is active.
pub(super) fn changes_for(seen: &Seen<'_>, all: &[&str], now: DateTime<Utc>) -> Vec<Transform> {
    if let Some(judged) = judged(seen, all, now) {
        return judged.changes;
    }
    let mut tally = Tally::default();
    seen.values.iter().for_each(|value| tally.add(value, now));
    if seen.of_type == Kind::Moment || tally.moments() > 0 {
        return vec![Transform::Moment { none: true, past: false, future: false }];
    }
    // A plain name tells nothing: then it is read as the answer to “active?”.
    judge("active", &["active"], seen.of_type, &tally)
        .map_or_else(|| vec![Transform::Boolean { yes: Vec::new(), no: Vec::new() }], |judged| judged.changes)
}

fn judged(seen: &Seen<'_>, all: &[&str], now: DateTime<Utc>) -> Option<Judged> {
    let mut tally = Tally::default();
    seen.values.iter().for_each(|value| tally.add(value, now));
    judge(seen.name, all, seen.of_type, &tally)
}

/// What a column's name alone says: whether it is about who is active, and how.
pub(super) fn meaning_of(name: &str) -> Option<Says> {
    let named = named(name).filter(|named| named.exact)?;
    Some(match named.sense {
        Sense::On | Sense::Status => Says::Active,
        Sense::Off | Sense::OffFrom if named.timed => Says::InactiveSince,
        Sense::Off | Sense::OffFrom if !named.day_only => Says::Inactive,
        _ => return None,
    })
}

/// What a name alone says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// True for those who are.
    Active,
    /// True for those who aren't.
    Inactive,
    /// The moment since when they aren't.
    InactiveSince,
}
