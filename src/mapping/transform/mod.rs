//! The changes on the way, made ready once and applied to every value.

mod boolean;
mod date;
mod list;
mod moment;
mod name;
mod phone;
mod text;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::{Columns, Finding, Severity};

use super::codes;
use super::error::MappingError;
use super::flow::Flow;
use super::row::{Column, Row};
use super::types::Transform;

pub(super) use boolean::{Words, usual as usual_boolean};
pub(super) use date::{
    Order as DateOrder, Reading as DateReading, Told as DateTold, order_of as date_order, read as read_date,
    read_number as read_date_number,
};
pub(super) use list::{group_names, unpack, wipe};
pub(super) use moment::{Standing, standing};

/// A change made ready: columns found, words folded, the country known.
#[derive(Debug, Clone)]
pub(in crate::mapping) enum Step {
    Trim,
    Lower,
    Upper,
    TitleCase,
    GivenName,
    FamilyName,
    Split { separator: String, take: i32 },
    SplitAll { separator: String },
    Unpack,
    Pick(String),
    Join { columns: Vec<Column>, separator: String },
    Constant(String),
    Default(String),
    Replace { from: String, to: String },
    Affix { before: String, after: String },
    Phone(phone::Country),
    Boolean(boolean::Words),
    Date { format: String },
    Moment { none: bool, past: bool, future: bool },
    Lookup(HashMap<String, String>),
    Shorten(u32),
}

/// What the steps of one rule have to tell.
pub(super) struct Notes<'n> {
    /// The attribute the rule is for, if it is for one.
    pub(super) attribute: Option<&'n str>,
    /// Where findings go.
    pub(super) findings: &'n mut Vec<Finding>,
}

impl Notes<'_> {
    /// Tells something. `text` must hold no value of the record.
    pub(super) fn tell(&mut self, severity: Severity, code: &str, text: &str) {
        let named = match self.attribute {
            Some(attribute) => format!("{attribute}: {text}"),
            None => text.to_owned(),
        };
        self.findings.push(Finding::new(severity, code, self.attribute, named));
    }
}

/// The most bytes a value may grow to. Sources leave larger values out; a few changes in a row could make gigabytes of a small one.
const LARGEST: usize = 1 << 20;

impl Step {
    /// Makes a change ready. `target` is what the rule is for, in words.
    pub(super) fn compile(
        transform: &Transform,
        columns: &Columns,
        target: &str,
    ) -> Result<Self, MappingError> {
        let incomplete = |what: String| MappingError::Change { target: target.to_owned(), what };
        Ok(match transform {
            Transform::Trim => Self::Trim,
            Transform::Lower => Self::Lower,
            Transform::Upper => Self::Upper,
            Transform::TitleCase => Self::TitleCase,
            Transform::GivenName => Self::GivenName,
            Transform::FamilyName => Self::FamilyName,
            Transform::Split { separator, take } => Self::Split { separator: separator.clone(), take: *take },
            Transform::SplitAll { separator } => Self::SplitAll { separator: separator.clone() },
            Transform::Unpack => Self::Unpack,
            Transform::Pick(path) if path.trim().is_empty() => {
                return Err(incomplete("it does not say which part to take".to_owned()));
            }
            Transform::Pick(path) => Self::Pick(path.trim().to_owned()),
            Transform::Join { columns: others, separator } => Self::Join {
                columns: others
                    .iter()
                    .map(|name| Column::find(name, columns, target))
                    .collect::<Result<_, _>>()?,
                separator: separator.clone(),
            },
            Transform::Constant(text) => Self::Constant(text.clone()),
            Transform::Default(text) => Self::Default(text.clone()),
            Transform::Replace { from, .. } if from.is_empty() => {
                return Err(incomplete("it does not say what to replace".to_owned()));
            }
            Transform::Replace { from, to } => Self::Replace { from: from.clone(), to: to.clone() },
            Transform::Affix { before, after } => {
                Self::Affix { before: before.clone(), after: after.clone() }
            }
            Transform::Phone { country } => Self::Phone(
                phone::Country::parse(country)
                    .ok_or_else(|| incomplete(format!("“{country}” is not a country's two-letter code")))?,
            ),
            Transform::Boolean { yes, no } => Self::Boolean(boolean::Words::new(yes, no)),
            Transform::Date { format } if !date::format_is_valid(format) => {
                return Err(incomplete(format!("“{format}” is not a date format")));
            }
            Transform::Date { format } => Self::Date { format: format.clone() },
            Transform::Moment { none, past, future } => {
                Self::Moment { none: *none, past: *past, future: *future }
            }
            Transform::Lookup(pairs) => {
                let mut table = HashMap::with_capacity(pairs.len());
                for (from, to) in pairs {
                    table.entry(from.trim().to_lowercase()).or_insert_with(|| to.clone());
                }
                Self::Lookup(table)
            }
            Transform::Shorten(most) => Self::Shorten(*most),
        })
    }

    /// Applies the change. What it can't take stays as it is, and is told.
    pub(super) fn apply<'a>(&'a self, flow: Flow<'a>, row: &Row<'a>, notes: &mut Notes<'_>) -> Flow<'a> {
        match self {
            Self::Constant(text) => Flow::text(Cow::Borrowed(text)),
            Self::Default(text) => default(flow, text),
            Self::Join { columns, separator } => join(flow, columns, separator, row, notes),
            Self::SplitAll { separator } => spread(flow, |text| match text {
                Cow::Borrowed(text) => split(text, separator).map(Cow::Borrowed).collect(),
                Cow::Owned(text) => split(&text, separator).map(|part| Cow::Owned(part.to_owned())).collect(),
            }),
            Self::Unpack => spread(flow, |text| match list::unpack(&text) {
                Some(parts) => parts.into_iter().map(Cow::Owned).collect(),
                None => vec![text],
            }),
            Self::Pick(path) => {
                spread(flow, |text| list::pick(&text, path).into_iter().map(Cow::Owned).collect())
            }
            Self::Boolean(words) => boolean(flow, words, notes),
            Self::Date { format } => date(flow, format, notes),
            Self::Moment { none, past, future } => match moment::standing(&flow, row.now()) {
                Standing::Nothing => Flow::Truth(*none),
                Standing::Past => Flow::Truth(*past),
                Standing::Future => Flow::Truth(*future),
                // Whatever moment it is, it means the same.
                Standing::Unreadable if past == future => Flow::Truth(*past),
                Standing::Unreadable => {
                    notes.tell(Severity::Warns, codes::DATE_UNREADABLE, "not readable as a moment");
                    flow
                }
            },
            _ => match flow.worded() {
                Flow::Text(text) => Flow::text(self.one(text, LARGEST, notes)),
                Flow::Many(texts) => {
                    let mut room = LARGEST;
                    let mut one = |text: Cow<'a, str>| {
                        let made = self.one(text, room, notes);
                        room = room.saturating_sub(made.len());
                        made
                    };
                    Flow::many(texts.into_iter().map(&mut one).collect())
                }
                nothing => nothing,
            },
        }
    }

    /// How many bytes a change that makes texts longer would make of this one.
    fn grown(&self, value: &str) -> usize {
        match self {
            Self::Replace { from, to } if to.len() > from.len() => {
                let more = value.matches(from.as_str()).count().saturating_mul(to.len() - from.len());
                value.len().saturating_add(more)
            }
            Self::Affix { before, after } => value.len() + before.len() + after.len(),
            _ => 0,
        }
    }

    /// The changes that take one text and give one; `room`: how many bytes it may have if it grows.
    fn one<'a>(&self, value: Cow<'a, str>, room: usize, notes: &mut Notes<'_>) -> Cow<'a, str> {
        match self {
            _ if self.grown(&value) > room => {
                let words = "a change would make it larger than 1 MiB; left as it was";
                notes.tell(Severity::Warns, codes::GROWN_TOO_LARGE, words);
                value
            }
            Self::Trim => text::trim(value),
            Self::Lower => text::lower(value),
            Self::Upper => text::upper(value),
            Self::TitleCase => Cow::Owned(text::title_case(&value)),
            Self::GivenName | Self::FamilyName => self.half_name(value, notes),
            Self::Split { separator, take } => part(value, separator, *take),
            Self::Replace { from, to } if value.contains(from.as_str()) => {
                Cow::Owned(value.replace(from, to))
            }
            Self::Affix { before, after } => Cow::Owned(format!("{before}{value}{after}")),
            Self::Phone(country) => to_e164(value, country, notes),
            Self::Lookup(table) => match table.get(value.trim().to_lowercase().as_str()) {
                Some(to) => Cow::Owned(to.clone()),
                None => value,
            },
            Self::Shorten(most) => {
                let (short, cut) = text::shorten(value, *most);
                if cut {
                    notes.tell(Severity::Notes, codes::SHORTENED, &format!("cut to {most} characters"));
                }
                short
            }
            _ => value,
        }
    }

    fn half_name<'a>(&self, value: Cow<'a, str>, notes: &mut Notes<'_>) -> Cow<'a, str> {
        let halves = name::halves(&value);
        if halves.guessed {
            notes.tell(
                Severity::Notes,
                codes::NAME_SPLIT_GUESSED,
                "taken from a full name written without a space",
            );
        }
        let half = if matches!(self, Self::GivenName) { halves.given } else { halves.family };
        if half.len() == value.len() { value } else { Cow::Owned(half.to_owned()) }
    }
}

fn to_e164<'a>(value: Cow<'a, str>, country: &phone::Country, notes: &mut Notes<'_>) -> Cow<'a, str> {
    match phone::read(&value, country) {
        phone::Outcome::Number(number) => Cow::Owned(number),
        phone::Outcome::WithExtension(number) => {
            let words = "kept with its extension; Okta can't send codes to such a number";
            notes.tell(Severity::Notes, codes::PHONE_EXTENSION, words);
            Cow::Owned(number)
        }
        phone::Outcome::Unreadable if value.trim().is_empty() => value,
        phone::Outcome::NotInPlan => {
            notes.tell(
                Severity::Warns,
                codes::PHONE_UNREADABLE,
                "not a valid phone number in its country, left as it is",
            );
            value
        }
        phone::Outcome::Unreadable => {
            notes.tell(
                Severity::Warns,
                codes::PHONE_UNREADABLE,
                "not readable as a phone number, left as it is",
            );
            value
        }
    }
}

/// The parts of a text; an empty separator is any run of white space.
fn split<'a>(text: &'a str, separator: &str) -> Box<dyn DoubleEndedIterator<Item = &'a str> + 'a> {
    if separator.is_empty() {
        Box::new(text.split_whitespace())
    } else {
        // The parts must not borrow the separator: it lives shorter than the text.
        Box::new(text.split(separator).collect::<Vec<_>>().into_iter())
    }
}

fn part<'a>(value: Cow<'a, str>, separator: &str, take: i32) -> Cow<'a, str> {
    fn pick<'t>(text: &'t str, separator: &str, take: i32) -> &'t str {
        let mut parts = split(text, separator);
        let nth = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        if take < 0 {
            parts.nth_back(nth(take.unsigned_abs() - 1))
        } else {
            parts.nth(nth(take.unsigned_abs()))
        }
        .unwrap_or_default()
    }
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(pick(text, separator, take)),
        Cow::Owned(text) => Cow::Owned(pick(&text, separator, take).to_owned()),
    }
}

fn default<'a>(flow: Flow<'a>, text: &'a str) -> Flow<'a> {
    let empty = match &flow {
        Flow::Nothing => true,
        Flow::Text(value) => value.trim().is_empty(),
        Flow::Many(values) => values.iter().all(|value| value.trim().is_empty()),
        Flow::Whole(_) | Flow::Real(_) | Flow::Truth(_) | Flow::Moment(_) => false,
    };
    if empty { Flow::text(Cow::Borrowed(text)) } else { flow }
}

fn join<'a>(
    flow: Flow<'a>,
    columns: &'a [Column],
    separator: &str,
    row: &Row<'a>,
    notes: &mut Notes<'_>,
) -> Flow<'a> {
    let mut parts = flow.into_all();
    for column in columns {
        match Flow::of(row.value(column)) {
            Ok(value) => parts.extend(value.into_all()),
            Err(why) => {
                let (code, words) = why.told();
                notes.tell(Severity::Warns, code, words);
            }
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    if parts.len() == 1 {
        return parts.pop().map_or(Flow::Nothing, Flow::text);
    }
    Flow::text(Cow::Owned(parts.join(separator)))
}

/// Each text becomes several.
fn spread<'a>(flow: Flow<'a>, each: impl Fn(Cow<'a, str>) -> Vec<Cow<'a, str>>) -> Flow<'a> {
    Flow::many(flow.into_all().into_iter().flat_map(each).collect())
}

fn boolean<'a>(flow: Flow<'a>, words: &boolean::Words, notes: &mut Notes<'_>) -> Flow<'a> {
    let read = match &flow {
        Flow::Nothing => words.read(""),
        // Words of one's own may turn a truth round; else it is what it is.
        Flow::Truth(truth) => {
            let (word, digit) = if *truth { ("true", "1") } else { ("false", "0") };
            words.read(word).or_else(|| words.read(digit)).or(Some(*truth))
        }
        other => other.clone().into_one().and_then(|word| words.read(&word)),
    };
    if let Some(truth) = read {
        return Flow::Truth(truth);
    }
    let blank = flow.clone().into_one().is_none_or(|word| word.trim().is_empty());
    if !blank {
        notes.tell(Severity::Warns, codes::BOOLEAN_UNREADABLE, "holds a word that means neither yes nor no");
    }
    flow
}

fn date<'a>(flow: Flow<'a>, format: &str, notes: &mut Notes<'_>) -> Flow<'a> {
    let order = date::Order::stated(format);
    // How the order is stated says nothing of numbers and forms that have none.
    let usual = format.is_empty() || order.is_some();
    let mut one = |text: Cow<'a, str>| {
        let reading = if usual { date::read_in(&text, order) } else { date::read_as(&text, format) };
        match reading {
            DateReading::Day(day) => Flow::Text(Cow::Owned(day.format("%Y-%m-%d").to_string())),
            DateReading::Moment(moment) => Flow::Moment(moment),
            DateReading::Never => Flow::Nothing,
            DateReading::Ambiguous => {
                notes.tell(
                    Severity::Warns,
                    codes::DATE_AMBIGUOUS,
                    "the date can be read two ways, state its format; left as it is",
                );
                Flow::text(text)
            }
            DateReading::Unknown if text.trim().is_empty() => Flow::text(text),
            DateReading::Unknown => {
                notes.tell(Severity::Warns, codes::DATE_UNREADABLE, "not readable as a date, left as it is");
                Flow::text(text)
            }
        }
    };
    match flow {
        Flow::Text(text) => one(text),
        Flow::Many(texts) => Flow::many(texts.into_iter().flat_map(|text| one(text).into_all()).collect()),
        Flow::Whole(number) if usual => match date::read_number(number) {
            DateReading::Unknown => one(Cow::Owned(number.to_string())),
            DateReading::Never => Flow::Nothing,
            DateReading::Day(day) => Flow::Text(Cow::Owned(day.format("%Y-%m-%d").to_string())),
            other => other.moment().map_or(Flow::Nothing, Flow::Moment),
        },
        Flow::Whole(number) => one(Cow::Owned(number.to_string())),
        Flow::Real(number) if usual => one(Cow::Owned(format!("{:.0}", number.trunc()))),
        other => other,
    }
}
