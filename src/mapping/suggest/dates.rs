//! How a column's dates are written, from its values.

use super::looks::{self, Column, Kind};
use crate::mapping::transform::{DateOrder, DateTold, date_order};
use crate::mapping::types::Transform;
use crate::model::name_words::tokens;

/// What the values tell of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Written {
    /// Each date reads by itself.
    Plainly,
    /// Some can be read two ways, others tell which way it is.
    As(DateOrder),
    /// Some can be read two ways, and no other tells which way it is.
    EitherWay,
    /// Some are written one way and some the other.
    BothWays,
}

/// What the values tell of the order of day and month.
pub(super) fn written(column: &Column<'_>) -> Written {
    let (mut day, mut month, mut either) = (false, false, false);
    for text in column.values.iter().filter_map(|value| value.as_text()) {
        match date_order(&text) {
            DateTold::Nothing => {}
            DateTold::Either => either = true,
            DateTold::Order(DateOrder::DayFirst) => day = true,
            DateTold::Order(DateOrder::MonthFirst) => month = true,
        }
    }
    match (day, month, either) {
        (true, true, _) => Written::BothWays,
        (true, false, _) => Written::As(DateOrder::DayFirst),
        (false, true, _) => Written::As(DateOrder::MonthFirst),
        (false, false, true) => Written::EitherWay,
        (false, false, false) => Written::Plainly,
    }
}

/// The changes that read a column known to hold dates as moments: none, where each reads by itself.
pub(super) fn moments(column: &Column<'_>) -> Vec<Transform> {
    match written(column) {
        Written::As(order) => vec![Transform::Date { format: order.words().to_owned() }],
        Written::Plainly | Written::EitherWay | Written::BothWays => Vec::new(),
    }
}

/// The change for an attribute of our own that holds dates, if the column does hold some. Digits alone (`20240501`, Unix time) may
/// as well be a number of something: they are taken for dates only where a name says so.
pub(super) fn change(column: &Column<'_>, attribute: &str) -> Option<Transform> {
    let dates = column.values.iter().filter(|value| looks::date(value)).count();
    if column.blank() || dates * 10 < column.values.len() * 8 {
        return None;
    }
    let digits = column.share(|text| text.parse::<f64>().is_ok()) > 0.5;
    let format = match (column.kind(), written(column)) {
        (Kind::Text, Written::As(order)) => order.words().to_owned(),
        (Kind::Text, _) if !digits || named(column.name) || named(attribute) => String::new(),
        (Kind::Number, _) if named(column.name) || named(attribute) => String::new(),
        // A source that keeps moments as moments needs no change.
        _ => return None,
    };
    Some(Transform::Date { format })
}

/// Words of names that hold dates.
const WORDS: [&str; 40] = [
    "date",
    "day",
    "time",
    "timestamp",
    "stamp",
    "at",
    "on",
    "since",
    "until",
    "datum",
    "tag",
    "fecha",
    "data",
    "dia",
    "jour",
    "birth",
    "birthday",
    "birthdate",
    "born",
    "dob",
    "hire",
    "hired",
    "hiredate",
    "joined",
    "start",
    "started",
    "startdate",
    "end",
    "ended",
    "enddate",
    "expires",
    "expiry",
    "created",
    "updated",
    "modified",
    "changed",
    "login",
    "logon",
    "seen",
    "left",
];

/// Whether a name says that it holds a date.
fn named(name: &str) -> bool {
    let ending = |word: &str| ["date", "datum", "time", "timestamp"].iter().any(|end| word.ends_with(end));
    tokens(name).iter().any(|word| WORDS.contains(&word.as_str()) || ending(word))
}
