//! Types of columns: their descriptions and values on the wire ([MS-TDS] 2.2.5.4 and 2.2.5.5).

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

use super::CodePage;
use super::token::utf16;

/// A value out of SQLite.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) code_page: CodePage,
}

/// What a column is declared as. `None` as a length is `(max)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int(u8),
    Bit,
    Decimal { precision: u8, scale: u8 },
    Money,
    Float(u8),
    NVarchar(Option<u16>),
    NChar(u16),
    Varchar(Option<u16>),
    Char(u16),
    VarBinary(Option<u16>),
    Binary(u16),
    Guid,
    DateTime,
    SmallDateTime,
    DateTime2(u8),
    DateTimeOffset(u8),
    Date,
    Time(u8),
    Xml,
    Variant,
}

impl Kind {
    /// What a declaration says: `nvarchar(255)`; `(max)` is written `(-1)` here, for SQLite's sake.
    pub(super) fn of(declared: &str) -> Option<Self> {
        let declared = declared.trim().to_lowercase();
        let (name, rest) = declared.split_once('(').unwrap_or((&declared, ""));
        let numbers: Vec<i32> =
            rest.trim_end_matches(')').split(',').filter_map(|n| n.trim().parse().ok()).collect();
        let length = |default: u16| match numbers.first() {
            Some(-1) => None,
            Some(n) => Some(u16::try_from(*n).unwrap()),
            None => Some(default),
        };
        let scale = |at: usize, default: u8| numbers.get(at).map_or(default, |n| u8::try_from(*n).unwrap());
        Some(match name.trim() {
            "tinyint" => Self::Int(1),
            "smallint" => Self::Int(2),
            "int" => Self::Int(4),
            "bigint" => Self::Int(8),
            "bit" => Self::Bit,
            "decimal" | "numeric" => Self::Decimal { precision: scale(0, 18), scale: scale(1, 0) },
            "money" => Self::Money,
            "float" => Self::Float(8),
            "real" => Self::Float(4),
            "nvarchar" => Self::NVarchar(length(1)),
            "sysname" => Self::NVarchar(Some(128)),
            "nchar" => Self::NChar(length(1)?),
            "varchar" => Self::Varchar(length(1)),
            "char" => Self::Char(length(1)?),
            "varbinary" => Self::VarBinary(length(1)),
            "binary" => Self::Binary(length(1)?),
            "timestamp" | "rowversion" => Self::Binary(8),
            "uniqueidentifier" => Self::Guid,
            "datetime" => Self::DateTime,
            "smalldatetime" => Self::SmallDateTime,
            "datetime2" => Self::DateTime2(scale(0, 7)),
            "datetimeoffset" => Self::DateTimeOffset(scale(0, 7)),
            "date" => Self::Date,
            "time" => Self::Time(scale(0, 7)),
            "xml" => Self::Xml,
            "sql_variant" => Self::Variant,
            _ => return None,
        })
    }

    /// Its name, number, and sizes, as `sys.columns` has them: name, `system_type_id`, `max_length`, precision, scale.
    pub(super) fn catalog(self) -> (&'static str, u8, i32, u8, u8) {
        let characters = |n: Option<u16>| n.map_or(-1, |n| i32::from(n) * 2);
        let bytes = |n: Option<u16>| n.map_or(-1, i32::from);
        match self {
            Self::Int(1) => ("tinyint", 48, 1, 3, 0),
            Self::Int(2) => ("smallint", 52, 2, 5, 0),
            Self::Int(4) => ("int", 56, 4, 10, 0),
            Self::Int(_) => ("bigint", 127, 8, 19, 0),
            Self::Bit => ("bit", 104, 1, 1, 0),
            Self::Decimal { precision, scale } => ("decimal", 106, 17, precision, scale),
            Self::Money => ("money", 60, 8, 19, 4),
            Self::Float(4) => ("real", 59, 4, 24, 0),
            Self::Float(_) => ("float", 62, 8, 53, 0),
            Self::NVarchar(n) => ("nvarchar", 231, characters(n), 0, 0),
            Self::NChar(n) => ("nchar", 239, characters(Some(n)), 0, 0),
            Self::Varchar(n) => ("varchar", 167, bytes(n), 0, 0),
            Self::Char(n) => ("char", 175, bytes(Some(n)), 0, 0),
            Self::VarBinary(n) => ("varbinary", 165, bytes(n), 0, 0),
            Self::Binary(n) => ("binary", 173, bytes(Some(n)), 0, 0),
            Self::Guid => ("uniqueidentifier", 36, 16, 0, 0),
            Self::DateTime => ("datetime", 61, 8, 23, 3),
            Self::SmallDateTime => ("smalldatetime", 58, 4, 16, 0),
            Self::DateTime2(scale) => ("datetime2", 42, 8, 27, scale),
            Self::DateTimeOffset(scale) => ("datetimeoffset", 43, 10, 34, scale),
            Self::Date => ("date", 40, 3, 10, 0),
            Self::Time(scale) => ("time", 41, 5, 16, scale),
            Self::Xml => ("xml", 241, -1, 0, 0),
            Self::Variant => ("sql_variant", 98, 8016, 0, 0),
        }
    }

    /// Whether it is text with a collation.
    pub(super) fn has_collation(self) -> bool {
        matches!(self, Self::NVarchar(_) | Self::NChar(_) | Self::Varchar(_) | Self::Char(_))
    }

    /// `TYPE_INFO`.
    pub(super) fn describe(self, into: &mut Vec<u8>, code_page: CodePage) {
        let long = |into: &mut Vec<u8>, token: u8, length: Option<u16>| {
            into.push(token);
            into.extend_from_slice(&length.unwrap_or(0xffff).to_le_bytes());
        };
        match self {
            Self::Int(n) => into.extend_from_slice(&[0x26, n]),
            Self::Bit => into.extend_from_slice(&[0x68, 1]),
            Self::Decimal { precision, scale } => into.extend_from_slice(&[0x6a, 17, precision, scale]),
            Self::Money => into.extend_from_slice(&[0x6e, 8]),
            Self::Float(n) => into.extend_from_slice(&[0x6d, n]),
            Self::NVarchar(n) => long(into, 0xe7, n.map(|n| n * 2)),
            Self::NChar(n) => long(into, 0xef, Some(n * 2)),
            Self::Varchar(n) => long(into, 0xa7, n),
            Self::Char(n) => long(into, 0xaf, Some(n)),
            Self::VarBinary(n) => long(into, 0xa5, n),
            Self::Binary(n) => long(into, 0xad, Some(n)),
            Self::Guid => into.extend_from_slice(&[0x24, 16]),
            Self::DateTime => into.extend_from_slice(&[0x6f, 8]),
            Self::SmallDateTime => into.extend_from_slice(&[0x6f, 4]),
            Self::DateTime2(scale) => into.extend_from_slice(&[0x2a, scale]),
            Self::DateTimeOffset(scale) => into.extend_from_slice(&[0x2b, scale]),
            Self::Date => into.push(0x28),
            Self::Time(scale) => into.extend_from_slice(&[0x29, scale]),
            Self::Xml => into.extend_from_slice(&[0xf1, 0]),
            Self::Variant => {
                into.push(0x62);
                into.extend_from_slice(&8009_u32.to_le_bytes());
            }
        }
        if self.has_collation() {
            into.extend_from_slice(&collation(code_page));
        }
    }

    /// A value that is not null.
    pub(super) fn encode(self, into: &mut Vec<u8>, cell: &Cell, code_page: CodePage) {
        match self {
            Self::Int(size) => {
                let bytes = integer(cell).to_le_bytes();
                into.push(size);
                into.extend_from_slice(&bytes[..usize::from(size)]);
            }
            Self::Bit => into.extend_from_slice(&[1, u8::from(integer(cell) != 0)]),
            Self::Decimal { precision, scale } => decimal(into, &text(cell), precision, scale),
            Self::Money => {
                let value = scaled(&text(cell), 4) as i64;
                into.push(8);
                into.extend_from_slice(&((value >> 32) as i32).to_le_bytes());
                into.extend_from_slice(&((value & 0xffff_ffff) as u32).to_le_bytes());
            }
            Self::Float(4) => {
                into.push(4);
                into.extend_from_slice(&(real(cell) as f32).to_le_bytes());
            }
            Self::Float(_) => {
                into.push(8);
                into.extend_from_slice(&real(cell).to_le_bytes());
            }
            Self::NVarchar(length) => variable(into, &utf16(&text(cell)), length.is_none()),
            Self::NChar(n) => {
                let padded = format!("{:<width$}", text(cell), width = usize::from(n));
                variable(into, &utf16(&padded), false);
            }
            Self::Varchar(length) => variable(into, &encoded(&text(cell), code_page), length.is_none()),
            Self::Char(n) => {
                let padded = format!("{:<width$}", text(cell), width = usize::from(n));
                variable(into, &encoded(&padded, code_page), false);
            }
            Self::VarBinary(length) => variable(into, &bytes(cell), length.is_none()),
            Self::Binary(n) => {
                let mut value = bytes(cell);
                value.resize(usize::from(n), 0);
                variable(into, &value, false);
            }
            Self::Guid => {
                into.push(16);
                into.extend_from_slice(&guid(&text(cell)));
            }
            Self::DateTime => {
                let moment = moment(&text(cell));
                let days = (moment.date() - day(1900)).num_days() as i32;
                let since = moment.time();
                let seconds = u64::from(since.num_seconds_from_midnight());
                let ticks =
                    seconds * 300 + (u64::from(since.nanosecond()) * 300 + 500_000_000) / 1_000_000_000;
                into.push(8);
                into.extend_from_slice(&days.to_le_bytes());
                into.extend_from_slice(&(ticks as u32).to_le_bytes());
            }
            Self::SmallDateTime => {
                let moment = moment(&text(cell));
                let days = (moment.date() - day(1900)).num_days() as u16;
                into.push(4);
                into.extend_from_slice(&days.to_le_bytes());
                into.extend_from_slice(
                    &((moment.time().num_seconds_from_midnight() / 60) as u16).to_le_bytes(),
                );
            }
            Self::DateTime2(scale) => {
                let moment = moment(&text(cell));
                let mut value = time(moment.time(), scale);
                value.extend_from_slice(&date(moment.date()));
                into.push(value.len() as u8);
                into.extend_from_slice(&value);
            }
            Self::DateTimeOffset(scale) => {
                let moment = DateTime::parse_from_str(&text(cell), "%Y-%m-%d %H:%M:%S%.f %:z").unwrap();
                let utc = moment.naive_utc();
                let mut value = time(utc.time(), scale);
                value.extend_from_slice(&date(utc.date()));
                value.extend_from_slice(&((moment.offset().local_minus_utc() / 60) as i16).to_le_bytes());
                into.push(value.len() as u8);
                into.extend_from_slice(&value);
            }
            Self::Date => {
                let day = NaiveDate::parse_from_str(&text(cell), "%Y-%m-%d").unwrap();
                into.push(3);
                into.extend_from_slice(&date(day));
            }
            Self::Time(scale) => {
                let value = time(NaiveTime::parse_from_str(&text(cell), "%H:%M:%S%.f").unwrap(), scale);
                into.push(value.len() as u8);
                into.extend_from_slice(&value);
            }
            Self::Xml => variable(into, &utf16(&format!("\u{feff}{}", text(cell))), true),
            Self::Variant => variant(into, cell, code_page),
        }
    }
}

/// LCID, flags (ignore case, kana, width) and sort order.
fn collation(code_page: CodePage) -> [u8; 5] {
    match code_page {
        CodePage::Latin1 => [0x09, 0x04, 0xd0, 0x00, 0x34],
        CodePage::Cyrillic => [0x19, 0x04, 0xd0, 0x00, 0x00],
    }
}

fn encoded(text: &str, code_page: CodePage) -> Vec<u8> {
    let encoding = match code_page {
        CodePage::Latin1 => encoding_rs::WINDOWS_1252,
        CodePage::Cyrillic => encoding_rs::WINDOWS_1251,
    };
    encoding.encode(text).0.into_owned()
}

/// A value of a length that varies; `(max)` comes in chunks (`PLP`).
fn variable(into: &mut Vec<u8>, value: &[u8], max: bool) {
    if !max {
        into.extend_from_slice(&u16::try_from(value.len()).unwrap().to_le_bytes());
        into.extend_from_slice(value);
        return;
    }
    into.extend_from_slice(&(value.len() as u64).to_le_bytes());
    for chunk in value.chunks(1000) {
        into.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
        into.extend_from_slice(chunk);
    }
    into.extend_from_slice(&0_u32.to_le_bytes());
}

fn decimal(into: &mut Vec<u8>, text: &str, precision: u8, scale: u8) {
    let value = scaled(text, scale);
    let size = match precision {
        ..=9 => 4,
        10..=19 => 8,
        20..=28 => 12,
        _ => 16,
    };
    into.push(size as u8 + 1);
    into.push(u8::from(value >= 0));
    into.extend_from_slice(&value.unsigned_abs().to_le_bytes()[..size]);
}

/// A number as a whole one of so many places after the point.
fn scaled(text: &str, scale: u8) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{part:0<width$.width$}", width = usize::from(scale));
    digits.parse().unwrap()
}

fn variant(into: &mut Vec<u8>, cell: &Cell, code_page: CodePage) {
    let (token, properties, value): (u8, Vec<u8>, Vec<u8>) = match cell {
        Cell::Integer(n) => (0x7f, Vec::new(), n.to_le_bytes().to_vec()),
        Cell::Real(n) => (0x3e, Vec::new(), n.to_le_bytes().to_vec()),
        Cell::Bytes(bytes) => (0xa5, 8000_u16.to_le_bytes().to_vec(), bytes.clone()),
        _ => {
            let mut properties = collation(code_page).to_vec();
            properties.extend_from_slice(&8000_u16.to_le_bytes());
            (0xe7, properties, utf16(&text(cell)))
        }
    };
    into.extend_from_slice(&((2 + properties.len() + value.len()) as u32).to_le_bytes());
    into.extend_from_slice(&[token, properties.len() as u8]);
    into.extend_from_slice(&properties);
    into.extend_from_slice(&value);
}

fn guid(text: &str) -> [u8; 16] {
    let mut bytes: [u8; 16] = hex::decode(text.replace('-', "")).unwrap().try_into().unwrap();
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    bytes
}

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap()
}

fn date(value: NaiveDate) -> [u8; 3] {
    let days = (value - day(1)).num_days() as u32;
    let bytes = days.to_le_bytes();
    [bytes[0], bytes[1], bytes[2]]
}

fn time(value: NaiveTime, scale: u8) -> Vec<u8> {
    let nanoseconds =
        u64::from(value.num_seconds_from_midnight()) * 1_000_000_000 + u64::from(value.nanosecond());
    let units = nanoseconds / 10_u64.pow(9 - u32::from(scale));
    let size = match scale {
        ..=2 => 3,
        3..=4 => 4,
        _ => 5,
    };
    units.to_le_bytes()[..size].to_vec()
}

fn moment(text: &str) -> NaiveDateTime {
    let text = if text.len() == 10 { format!("{text} 00:00:00") } else { text.to_owned() };
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
}

fn integer(cell: &Cell) -> i64 {
    match cell {
        Cell::Integer(n) => *n,
        Cell::Real(n) => *n as i64,
        Cell::Text(text) => text.trim().parse().unwrap_or(0),
        Cell::Bytes(_) | Cell::Null => 0,
    }
}

fn real(cell: &Cell) -> f64 {
    match cell {
        Cell::Integer(n) => *n as f64,
        Cell::Real(n) => *n,
        Cell::Text(text) => text.trim().parse().unwrap_or(0.0),
        Cell::Bytes(_) | Cell::Null => 0.0,
    }
}

/// What SQLite holds, as text.
pub(super) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(n) => n.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn bytes(cell: &Cell) -> Vec<u8> {
    match cell {
        Cell::Bytes(bytes) => bytes.clone(),
        other => text(other).into_bytes(),
    }
}
