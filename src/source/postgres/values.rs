//! PostgreSQL's values, in its text form, as ours.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::model::Value;
use crate::source::batch::{MAX_VALUE, json_list};
use crate::source::sql::Kind;

/// Numbers of PostgreSQL's own types (`pg_type.dat`), the same in every database.
mod oid {
    pub(super) const BOOL: u32 = 16;
    pub(super) const BYTEA: u32 = 17;
    pub(super) const INT8: u32 = 20;
    pub(super) const INT2: u32 = 21;
    pub(super) const INT4: u32 = 23;
    pub(super) const OID: u32 = 26;
    pub(super) const JSON: u32 = 114;
    pub(super) const FLOAT4: u32 = 700;
    pub(super) const FLOAT8: u32 = 701;
    pub(super) const BPCHAR: u32 = 1042;
    pub(super) const DATE: u32 = 1082;
    pub(super) const TIMESTAMP: u32 = 1114;
    pub(super) const TIMESTAMPTZ: u32 = 1184;
    pub(super) const NUMERIC: u32 = 1700;
    pub(super) const UUID: u32 = 2950;
    pub(super) const JSONB: u32 = 3802;
}

/// How the text form of a type is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// As it is.
    Text,
    /// `char(n)`: filled up with blanks that mean nothing.
    Padded,
    /// `t` and `f`.
    Bool,
    /// A whole number.
    Integer,
    /// A binary fraction.
    Real,
    /// `\x` and hex digits.
    Bytes,
    /// A moment; without a zone it is taken as UTC.
    Moment,
    /// JSON: a list of plain values is a list, all else stays text.
    Json,
    /// `{…}` of these.
    List(Box<Self>),
}

impl Cell {
    /// For a type by its number, its category (`pg_type.typcategory`) and, for arrays, its elements' number.
    pub(super) fn of(number: u32, category: char, element: u32) -> Self {
        match number {
            oid::BOOL => Self::Bool,
            oid::INT2 | oid::INT4 | oid::INT8 | oid::OID => Self::Integer,
            oid::FLOAT4 | oid::FLOAT8 => Self::Real,
            oid::BYTEA => Self::Bytes,
            oid::TIMESTAMP | oid::TIMESTAMPTZ => Self::Moment,
            oid::JSON | oid::JSONB => Self::Json,
            oid::BPCHAR => Self::Padded,
            _ if category == 'A' => Self::List(Box::new(Self::of(element, ' ', 0))),
            _ => Self::Text,
        }
    }

    /// The value of a text form. What is not understood stays text.
    fn value(&self, bytes: &[u8]) -> Value {
        let Ok(text) = str::from_utf8(bytes) else { return Value::Bytes(bytes.to_vec()) };
        let understood = match self {
            Self::Text => None,
            Self::Padded => Some(Value::Text(text.trim_end_matches(' ').to_owned())),
            Self::Bool => match text {
                "t" => Some(Value::Bool(true)),
                "f" => Some(Value::Bool(false)),
                _ => None,
            },
            Self::Integer => text.parse().ok().map(Value::Integer),
            Self::Real => text.parse().ok().map(Value::Real),
            Self::Bytes => text.strip_prefix("\\x").and_then(|hex| hex::decode(hex).ok()).map(Value::Bytes),
            Self::Moment => moment(text).map(Value::Time),
            Self::Json => json_list(text),
            Self::List(element) => list(text, element),
        };
        understood.unwrap_or_else(|| Value::Text(text.to_owned()))
    }
}

/// How a type compares.
pub(super) fn kind(number: u32, category: char) -> Kind {
    match number {
        oid::BOOL => Kind::Bool,
        oid::INT2 | oid::INT4 | oid::INT8 | oid::OID | oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC => {
            Kind::Number
        }
        oid::DATE | oid::TIMESTAMP | oid::TIMESTAMPTZ => Kind::Time,
        oid::UUID | oid::JSONB => Kind::Ordered,
        _ => match category {
            'S' => Kind::Text,
            // Arrays, moments and spans, enumerations, addresses, numbers (money), bits, ranges.
            'A' | 'D' | 'E' | 'I' | 'N' | 'R' | 'T' | 'V' => Kind::Ordered,
            // Everything that may not have an order: geometry, composites, and types that were added.
            _ => Kind::Odd,
        },
    }
}

/// Turns rows into values.
#[derive(Debug)]
pub(super) struct Decoder {
    /// One a column.
    pub(super) cells: Vec<Cell>,
}

impl Decoder {
    /// The values of a row. Positions of those that are too large, and so left out, are added to `oversized`.
    pub(super) fn values(&self, row: &PgRow, oversized: &mut Vec<usize>) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.cells.len());
        for (at, cell) in self.cells.iter().enumerate() {
            values.push(match bytes(row, at) {
                None => Value::Null,
                // Hex takes two digits a byte.
                Some(bytes)
                    if bytes.len() > if *cell == Cell::Bytes { 2 * MAX_VALUE + 2 } else { MAX_VALUE } =>
                {
                    oversized.push(at);
                    Value::TooLarge
                }
                Some(bytes) => cell.value(bytes),
            });
        }
        values
    }
}

/// How many bytes a row's values hold.
pub(super) fn size(row: &PgRow) -> usize {
    (0..row.len()).map(|at| bytes(row, at).map_or(0, <[u8]>::len)).sum()
}

fn bytes(row: &PgRow, at: usize) -> Option<&[u8]> {
    row.try_get_raw(at).ok()?.as_bytes().ok()
}

/// A cell's text.
pub(super) fn text(row: &PgRow, at: usize) -> Option<&str> {
    str::from_utf8(bytes(row, at)?).ok()
}

/// `2024-05-01 10:00:00.123456+00`. `None` for `infinity`, years before Christ, and years beyond 9999.
///
/// By position: chrono's own reader takes a format apart for each value, and a million people have several moments each.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix("+00").unwrap_or(text);
    let bytes = text.as_bytes();
    let marks = [(4, b'-'), (7, b'-'), (10, b' '), (13, b':'), (16, b':')];
    if bytes.len() < 19 || marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        bytes[range].iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
    };
    let micros = match bytes.get(19..)? {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
            number(20..bytes.len())? * 10_u32.pow(6 - u32::try_from(digits.len()).ok()?)
        }
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)?
        .and_hms_micro_opt(number(11..13)?, number(14..16)?, number(17..19)?, micros)
        .map(|moment| moment.and_utc())
}

/// `{a,"b \"c\"",NULL}`, of any depth; inner lists are laid out flat. `None` when it is not understood.
fn list(text: &str, element: &Cell) -> Option<Value> {
    // `[2:3]={a,b}`: bounds other than from one.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut rest = text.strip_prefix('{')?.strip_suffix('}')?.chars().peekable();
    let mut values = Vec::new();
    if rest.peek().is_none() {
        return Some(Value::List(values));
    }
    let mut depth = 0_usize;
    loop {
        match rest.peek()? {
            '{' => {
                rest.next();
                depth += 1;
                continue;
            }
            '"' => {
                rest.next();
                let mut item = String::new();
                loop {
                    match rest.next()? {
                        '\\' => item.push(rest.next()?),
                        '"' => break,
                        c => item.push(c),
                    }
                }
                values.push(element.value(item.as_bytes()));
            }
            _ => {
                let mut item = String::new();
                while let Some(c) = rest.next_if(|c| !matches!(c, ',' | '}')) {
                    item.push(c);
                }
                // Empty texts are quoted: nothing at all is an empty inner list.
                if item == "NULL" {
                    values.push(Value::Null);
                } else if !item.is_empty() {
                    values.push(element.value(item.as_bytes()));
                }
            }
        }
        while rest.next_if_eq(&'}').is_some() {
            depth = depth.checked_sub(1)?;
        }
        match rest.next() {
            None if depth == 0 => break,
            Some(',') => {
                // A comma is followed by something.
                rest.peek()?;
            }
            _ => return None,
        }
    }
    Some(Value::List(values))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| Value::Text((*item).to_owned())).collect())
    }

    fn list_of_text(text: &str) -> Value {
        Cell::List(Box::new(Cell::Text)).value(text.as_bytes())
    }

    #[test]
    fn lists() {
        assert_eq!(list_of_text(r#"{USER,"two words","say \"hi\"","back\\slash",""}"#), {
            texts(&["USER", "two words", "say \"hi\"", "back\\slash", ""])
        });
        assert_eq!(list_of_text("{a,NULL,\"NULL\"}"), {
            Value::List(vec![Value::Text("a".into()), Value::Null, Value::Text("NULL".into())])
        });
        assert_eq!(list_of_text("{{a,b},{c,d}}"), texts(&["a", "b", "c", "d"]));
        assert_eq!(list_of_text("[2:3]={a,b}"), texts(&["a", "b"]));
        let numbers = Cell::List(Box::new(Cell::Integer)).value(b"{1,-2}");
        assert_eq!(numbers, Value::List(vec![Value::Integer(1), Value::Integer(-2)]));
    }

    #[test]
    fn empty_lists_are_empty() {
        assert_eq!(list_of_text("{}"), Value::List(Vec::new()));
    }

    #[test]
    fn what_is_not_understood_stays_text() {
        for text in ["{a", "{a,}", "{\"a}", "1 2", "}{"] {
            assert_eq!(list_of_text(text), Value::Text(text.into()));
        }
        assert_eq!(Cell::Moment.value(b"infinity"), Value::Text("infinity".into()));
        assert_eq!(
            Cell::Moment.value(b"0044-03-15 12:00:00 BC"),
            Value::Text("0044-03-15 12:00:00 BC".into())
        );
        assert_eq!(Cell::Bool.value(b"maybe"), Value::Text("maybe".into()));
    }

    #[test]
    fn moments_bytes_and_blanks() {
        let time = |t: &str| Value::Time(t.parse().unwrap());
        assert_eq!(Cell::Moment.value(b"2024-05-01 10:00:00.5+00"), time("2024-05-01T10:00:00.5Z"));
        assert_eq!(Cell::Moment.value(b"2024-05-01 10:00:00"), time("2024-05-01T10:00:00Z"));
        assert_eq!(Cell::Moment.value(b"2024-05-01 10:00:00.000007+00"), time("2024-05-01T10:00:00.000007Z"));
        assert_eq!(Cell::Moment.value(b"2024-02-30 10:00:00"), Value::Text("2024-02-30 10:00:00".into()));
        assert_eq!(Cell::Bytes.value(b"\\x00ff"), Value::Bytes(vec![0, 255]));
        assert_eq!(Cell::Padded.value("Máire   ".as_bytes()), Value::Text("Máire".into()));
        assert_eq!(Cell::Text.value(b"M\xe1ire"), Value::Bytes(b"M\xe1ire".to_vec()));
    }

    #[test]
    fn json_lists_of_plain_values_are_lists() {
        assert_eq!(Cell::Json.value(br#"["USER", "ADMIN"]"#), texts(&["USER", "ADMIN"]));
        assert_eq!(Cell::Json.value(br#"[{"a":1}]"#), Value::Text(r#"[{"a":1}]"#.into()));
        assert_eq!(Cell::Json.value(br#"{"a":1}"#), Value::Text(r#"{"a":1}"#.into()));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in "[{}\\[\\]:=,\"\\\\a1N ]{0,30}") {
            for cell in [Cell::Bool, Cell::Integer, Cell::Real, Cell::Bytes, Cell::Moment, Cell::Json, Cell::Padded] {
                let list = Cell::List(Box::new(cell.clone()));
                for cell in [&cell, &list] {
                    cell.value(&bytes);
                    cell.value(text.as_bytes());
                }
            }
        }

        #[test]
        fn lists_come_back(items in proptest::collection::vec("[^\0]{0,10}", 0..5)) {
            let quoted: Vec<_> =
                items.iter().map(|item| format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\""))).collect();
            let items: Vec<_> = items.iter().map(String::as_str).collect();
            prop_assert_eq!(list_of_text(&format!("{{{}}}", quoted.join(","))), texts(&items));
        }
    }
}
