//! MySQL's values, in its text form, as ours.

use chrono::NaiveDate;
use sqlx::mysql::{MySql, MySqlRow};
use sqlx::{Decode, Row, ValueRef as _};

use crate::model::Value;
use crate::source::batch::{MAX_VALUE, json_list};
use crate::source::sql::{ANY_CASE, ANY_CASE_ASCII, BIT, GATHERED, Kind, NATIONAL, UTF8};

/// How the text form of a type is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text, as it is.
    Text,
    /// Bytes.
    Bytes,
    /// Bytes that may be text, where the server does not say: text, if they are.
    Either,
    /// `tinyint(1)`: 0 and 1 are no and yes, other numbers are numbers.
    Bool,
    /// `bit(1)`.
    Flag,
    /// `bit(n)`: a number in bytes.
    Bits,
    /// A whole number.
    Integer,
    /// A binary fraction.
    Real,
    /// A day; none where it is 0000-00-00.
    Day,
    /// A moment, in a session whose clock is UTC; none where its day is 0000-00-00.
    Moment,
    /// JSON: a list of plain values is a list, all else stays text.
    Json,
    /// `SET`: names with commas between.
    Names,
    /// Names that [`Dialect::gather`](crate::source::sql::Dialect) put together.
    Gathered,
}

/// What is known of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) cell: Cell,
    pub(super) kind: Kind,
    /// See [`Field::cast`](crate::source::sql::Field).
    pub(super) cast: Option<&'static str>,
    /// Whether it is a number, or text of which collation: what compares as it is.
    pub(super) compares: Option<String>,
}

impl Type {
    /// By the catalog's words: `data_type` in small letters, the whole `column_type`, the collation of text.
    pub(super) fn of_column(data_type: &str, column_type: &str, collation: Option<&str>) -> Self {
        let column_type = column_type.to_ascii_lowercase();
        let one = |cell, kind| Self { cell, kind, cast: None, compares: None };
        let number = |cell| Self { compares: Some("number".into()), ..one(cell, Kind::Number) };
        match data_type {
            "tinyint" if column_type.starts_with("tinyint(1)") => one(Cell::Bool, Kind::Bool),
            "bit" if column_type == "bit(1)" => Self { cast: Some(BIT), ..one(Cell::Flag, Kind::Bool) },
            "bit" => Self { cast: Some(BIT), ..one(Cell::Bits, Kind::Number) },
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => number(Cell::Integer),
            "decimal" => number(Cell::Text),
            "float" | "double" => number(Cell::Real),
            "date" => one(Cell::Day, Kind::Time),
            "datetime" | "timestamp" => one(Cell::Moment, Kind::Time),
            "json" => one(Cell::Json, Kind::Ordered),
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
                one(Cell::Bytes, Kind::Odd)
            }
            "set" => one(Cell::Names, Kind::Ordered),
            _ => match collation {
                Some(collation) => Self {
                    cast: Some(collated(collation)),
                    compares: Some(collation.to_owned()),
                    ..one(Cell::Text, Kind::Text)
                },
                // MariaDB's own `uuid`, `inet4`, `inet6`; `time`; geometry.
                None => one(
                    if data_type == "time" || !is_geometry(data_type) { Cell::Text } else { Cell::Bytes },
                    Kind::Ordered,
                ),
            },
        }
    }

    /// By the driver's word, where the catalog has none: a column of a SELECT.
    pub(super) fn of_result(name: &str) -> Self {
        let data_type = name.to_ascii_lowercase();
        match data_type.as_str() {
            "boolean" => Self::of_column("tinyint", "tinyint(1)", None),
            // A text that is told apart to the letter looks like bytes.
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
                Self { cell: Cell::Either, kind: Kind::Ordered, cast: None, compares: None }
            }
            // How many bits there are is not said.
            "bit" => Self::of_column("bit", "bit(64)", None),
            other => {
                let data_type = other.split(' ').next().unwrap_or(other);
                let mut found = Self::of_column(data_type, other, None);
                if matches!(
                    data_type,
                    "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum"
                ) {
                    (found.cell, found.kind) = (Cell::Text, Kind::Text);
                }
                found
            }
        }
    }
}

fn is_geometry(data_type: &str) -> bool {
    ["geom", "point", "line", "polygon", "multi", "vector"].iter().any(|begin| data_type.starts_with(begin))
}

/// What a collation means for finding by it.
fn collated(collation: &str) -> &'static str {
    let utf8 = collation.starts_with("utf8");
    let any_case = collation.ends_with("_ci");
    match (utf8, any_case) {
        (true, true) => ANY_CASE,
        (false, true) => ANY_CASE_ASCII,
        (true, false) => UTF8,
        (false, false) => NATIONAL,
    }
}

impl Cell {
    /// The value of a text form. What is not understood stays text.
    fn value(self, bytes: &[u8]) -> Value {
        let number =
            || bytes.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
        match self {
            Self::Bytes => return Value::Bytes(bytes.to_vec()),
            Self::Flag => {
                return match number() {
                    Some(0) => Value::Bool(false),
                    Some(1) => Value::Bool(true),
                    _ => Value::Bytes(bytes.to_vec()),
                };
            }
            Self::Bits => {
                let number =
                    number().filter(|_| bytes.len() <= 8).and_then(|number| i64::try_from(number).ok());
                return number.map_or_else(|| Value::Bytes(bytes.to_vec()), Value::Integer);
            }
            _ => {}
        }
        let Ok(text) = str::from_utf8(bytes) else { return Value::Bytes(bytes.to_vec()) };
        let understood = match self {
            Self::Either if text.chars().any(|c| c.is_control() && !c.is_whitespace()) => {
                Some(Value::Bytes(bytes.to_vec()))
            }
            Self::Bool => match text {
                "0" => Some(Value::Bool(false)),
                "1" => Some(Value::Bool(true)),
                _ => text.parse().ok().map(Value::Integer),
            },
            Self::Integer => text.parse().ok().map(Value::Integer),
            Self::Real => text.parse().ok().map(Value::Real),
            Self::Day if text == "0000-00-00" => Some(Value::Null),
            Self::Moment if text.starts_with("0000-00-00") => Some(Value::Null),
            Self::Moment => moment(text).map(Value::Time),
            Self::Json => json_list(text),
            Self::Names => Some(list(text, ',')),
            Self::Gathered => Some(list(text, GATHERED)),
            Self::Day | Self::Text | Self::Either | Self::Bytes | Self::Flag | Self::Bits => None,
        };
        understood.unwrap_or_else(|| Value::Text(text.to_owned()))
    }
}

fn list(text: &str, between: char) -> Value {
    Value::List(
        text.split(between)
            .filter(|name| !name.is_empty())
            .map(|name| Value::Text(name.to_owned()))
            .collect(),
    )
}

/// `2024-05-01 10:00:00.123456`. `None` for what is no moment: `2024-00-00 00:00:00`.
fn moment(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let number = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let micros = match text.get(19..)? {
        "" => 0,
        fraction => {
            let digits = fraction.strip_prefix('.')?;
            if !(1..=6).contains(&digits.len()) {
                return None;
            }
            number(20..text.len())? * 10_u32.pow(6 - u32::try_from(digits.len()).ok()?)
        }
    };
    NaiveDate::from_ymd_opt(i32::try_from(number(0..4)?).ok()?, number(5..7)?, number(8..10)?)?
        .and_hms_micro_opt(number(11..13)?, number(14..16)?, number(17..19)?, micros)
        .map(|moment| moment.and_utc())
}

/// Turns rows into values.
#[derive(Debug)]
pub(super) struct Decoder {
    /// One a column.
    pub(super) cells: Vec<Cell>,
}

impl Decoder {
    /// The values of a row. Positions of those that are too large, and so left out, are added to `oversized`.
    pub(super) fn values(&self, row: &MySqlRow, oversized: &mut Vec<usize>) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.cells.len());
        for (at, cell) in self.cells.iter().enumerate() {
            values.push(match bytes(row, at) {
                // Nobody's groups.
                None if *cell == Cell::Gathered => Value::List(Vec::new()),
                None => Value::Null,
                Some(bytes) if bytes.len() > MAX_VALUE && *cell != Cell::Gathered => {
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
pub(super) fn size(row: &MySqlRow) -> usize {
    (0..row.len()).map(|at| bytes(row, at).map_or(0, <[u8]>::len)).sum()
}

fn bytes(row: &MySqlRow, at: usize) -> Option<&[u8]> {
    let raw = row.try_get_raw(at).ok()?;
    if raw.is_null() {
        return None;
    }
    <&[u8] as Decode<MySql>>::decode(raw).ok()
}

/// A cell's text.
pub(super) fn text(row: &MySqlRow, at: usize) -> Option<&str> {
    str::from_utf8(bytes(row, at)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(data_type: &str, column_type: &str) -> Cell {
        Type::of_column(data_type, column_type, None).cell
    }

    #[test]
    fn what_types_hold() {
        assert_eq!(cell("tinyint", "tinyint(1)").value(b"1"), Value::Bool(true));
        assert_eq!(cell("tinyint", "tinyint(1)").value(b"-1"), Value::Integer(-1));
        assert_eq!(cell("tinyint", "tinyint(4)").value(b"1"), Value::Integer(1));
        assert_eq!(cell("bit", "bit(1)").value(b"\x01"), Value::Bool(true));
        assert_eq!(cell("bit", "bit(12)").value(b"\x01\x02"), Value::Integer(258));
        assert_eq!(cell("bit", "bit(64)").value(&[0xff; 8]), Value::Bytes(vec![0xff; 8]));
        assert_eq!(
            cell("bigint", "bigint(20) unsigned").value(b"18446744073709551615"),
            Value::Text("18446744073709551615".into())
        );
        assert_eq!(
            cell("set", "set('a','b')").value(b"a,b"),
            Value::List(vec![Value::Text("a".into()), Value::Text("b".into())])
        );
        assert_eq!(cell("date", "date").value(b"0000-00-00"), Value::Null);
        assert_eq!(cell("datetime", "datetime").value(b"0000-00-00 00:00:00"), Value::Null);
        assert_eq!(
            cell("datetime", "datetime").value(b"2024-00-00 00:00:00"),
            Value::Text("2024-00-00 00:00:00".into())
        );
        assert_eq!(
            cell("timestamp", "timestamp(3)").value(b"2024-05-01 10:00:00.500"),
            Value::Time("2024-05-01T10:00:00.5Z".parse().unwrap())
        );
        assert_eq!(cell("binary", "binary(2)").value(b"ab"), Value::Bytes(b"ab".to_vec()));
        assert_eq!(cell("varchar", "varchar(9)").value(b"M\xe1ire"), Value::Bytes(b"M\xe1ire".to_vec()));
        assert_eq!(Type::of_result("VARBINARY").cell.value("Máire".as_bytes()), Value::Text("Máire".into()));
        assert_eq!(Type::of_result("VARBINARY").cell.value(b"\x00ab"), Value::Bytes(b"\x00ab".to_vec()));
        assert_eq!(Type::of_result("INT UNSIGNED").cell, Cell::Integer);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40), text in "[0-9.: -]{0,30}") {
            for cell in [Cell::Text, Cell::Bytes, Cell::Either, Cell::Bool, Cell::Flag, Cell::Bits, Cell::Integer, Cell::Real, Cell::Day,
                Cell::Moment, Cell::Json, Cell::Names, Cell::Gathered] {
                cell.value(&bytes);
                cell.value(text.as_bytes());
            }
        }
    }
}
