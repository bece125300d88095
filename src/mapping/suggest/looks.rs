//! What values look like.

use crate::mapping::transform::{DateReading, read_date, read_date_number, usual_boolean};
use crate::model::{Sample, Value};

/// The first values of a column.
pub(super) struct Column<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// The source's word for its type, small letters.
    pub(super) type_name: String,
    /// Its values that are not empty.
    pub(super) values: Vec<&'a Value>,
}

/// How a column's values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) enum Kind {
    /// No value to judge by, and no type that says more.
    Unknown,
    Number,
    Truth,
    Moment,
    Text,
    Bytes,
    List,
}

/// A sample's columns.
pub(super) fn columns(sample: &Sample) -> Vec<Column<'_>> {
    sample
        .columns
        .names()
        .iter()
        .enumerate()
        .map(|(at, name)| Column {
            name,
            type_name: sample.type_names.get(at).map(|name| name.to_lowercase()).unwrap_or_default(),
            values: sample
                .records
                .iter()
                .filter_map(|r| r.values.get(at))
                .filter(|v| !v.is_empty())
                .collect(),
        })
        .collect()
}

impl Column<'_> {
    /// How the values are kept: what most of them are, or what the type says.
    pub(super) fn kind(&self) -> Kind {
        let of = |value: &&Value| match value {
            Value::Null | Value::Text(_) | Value::TooLarge => Kind::Text,
            Value::Integer(_) | Value::Real(_) => Kind::Number,
            Value::Bool(_) => Kind::Truth,
            Value::Bytes(_) => Kind::Bytes,
            Value::Time(_) => Kind::Moment,
            Value::List(_) => Kind::List,
        };
        let kinds = [Kind::Text, Kind::Number, Kind::Truth, Kind::Bytes, Kind::Moment, Kind::List];
        let count = |kind: Kind| self.values.iter().map(of).filter(|k| *k == kind).count();
        if self.values.is_empty() {
            return kind_of_type(&self.type_name);
        }
        kinds.into_iter().max_by_key(|kind| count(*kind)).unwrap_or(Kind::Unknown)
    }

    /// The share of values, 0 to 1, whose text passes. 0 without values.
    pub(super) fn share(&self, passes: impl Fn(&str) -> bool) -> f64 {
        if self.values.is_empty() {
            return 0.0;
        }
        let count =
            self.values.iter().filter(|v| v.as_text().is_some_and(|text| passes(text.trim()))).count();
        count as f64 / self.values.len() as f64
    }

    /// Whether there is no value to judge by.
    pub(super) fn blank(&self) -> bool {
        self.values.is_empty()
    }
}

/// What a type's name says. Only kinds that are sure.
pub(in crate::mapping) fn kind_of_type(type_name: &str) -> Kind {
    let name = type_name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if has(&["bool"]) {
        Kind::Truth
    } else if has(&["[]"]) {
        Kind::List
    } else if has(&["timestamp", "datetime"]) || name == "date" {
        Kind::Moment
    } else if has(&["bytea", "blob", "binary"]) {
        Kind::Bytes
    } else if has(&["tinyint"]) || name == "bit" {
        Kind::Unknown
    } else if has(&["int", "serial", "numeric", "decimal", "real", "double", "float"])
        && !has(&["interval", "point"])
    {
        Kind::Number
    } else if has(&["char", "text", "citext", "clob", "string", "enum"]) {
        Kind::Text
    } else {
        Kind::Unknown
    }
}

/// `a@b.c`, loosely: enough to tell a column of addresses from one of names.
pub(super) fn email(text: &str) -> bool {
    match text.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && domain.len() > 2
                && domain.contains('.')
                && !text.contains(char::is_whitespace)
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        }
        None => false,
    }
}

/// Six to fifteen digits among marks, mostly digits.
pub(super) fn phone(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (6..=17).contains(&digits) && letters <= 4 && !text.contains(['@', ':']) && text.chars().count() <= 30
}

/// A word for true or false, or one letter of a status.
pub(super) fn boolean(text: &str) -> bool {
    usual_boolean(text).is_some()
}

/// A date or moment in a form that is known.
pub(super) fn date(value: &Value) -> bool {
    match value {
        Value::Time(_) => true,
        Value::Integer(n) => !matches!(read_date_number(*n), DateReading::Unknown),
        Value::Real(n) => *n > 0.0,
        other => other.as_text().is_some_and(|text| !matches!(read_date(&text), DateReading::Unknown)),
    }
}

/// Two letters.
pub(super) fn country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// `en`, `en_US`, `en-US`, `zh-Hans-CN`.
pub(super) fn locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts
        .next()
        .is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    language && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `Europe/Prague`, `UTC`, `America/Argentina/Ushuaia`.
pub(super) fn timezone(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    (text.contains('/') && text.split('/').all(part)) || matches!(text, "UTC" | "GMT")
}

/// Eight-four-four-four-twelve.
pub(super) fn uuid(text: &str) -> bool {
    let text = text.trim_start_matches('{').trim_end_matches('}');
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// A web address.
pub(super) fn url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_apart() {
        assert!(email("tomas@example.com") && email("li@例子.公司"));
        assert!(!email("tomas") && !email("@x.y") && !email("a b@c.d") && !email("a@b"));
        assert!(phone("123-555-1234") && phone("+49 (0)89/1234567") && phone("415 555 2671 ext. 9"));
        assert!(!phone("12345") && !phone("2024-05-01 12:00:00") && !phone("a@example.com"));
        assert!(locale("en_US") && locale("de") && !locale("English") && !locale("x"));
        assert!(timezone("Europe/Prague") && timezone("UTC") && !timezone("n/a?"));
        assert!(uuid("6f9619ff-8b86-d011-b42d-00c04fc964ff") && !uuid("6f9619ff"));
    }
}
