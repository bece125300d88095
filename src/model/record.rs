//! One row or entry as the source gave it.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

/// What joins the parts of a key (U+001F, unit separator).
pub(crate) const KEY_SEPARATOR: char = '\u{1f}';

/// The names of a reading's columns, shared by all its records. Order is the source's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns(Arc<[String]>);

impl Columns {
    /// Columns with these names, in this order.
    pub fn new(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// The names in order.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The position of a column. Names are compared exactly first, then ignoring ASCII case, as databases do.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0
            .iter()
            .position(|n| n == name)
            .or_else(|| self.0.iter().position(|n| n.eq_ignore_ascii_case(name)))
    }
}

/// One value of a record. Sources convert what they hold to these; nothing else crosses the seam.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text, valid UTF-8.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Real(f64),
    /// True or false, where the source has the type.
    Bool(bool),
    /// Bytes: a binary column, or text that is not valid UTF-8.
    Bytes(Vec<u8>),
    /// A moment. A source's date without a zone is taken as UTC.
    Time(DateTime<Utc>),
    /// Several values of one name: a multi-valued directory attribute, an SQL array, a JSON list.
    List(Vec<Self>),
    /// A value that is there and was left in the source, because it is larger than 1 MiB.
    TooLarge,
}

impl Value {
    /// Whether there is nothing here: null, empty text, no bytes, an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::List(values) => values.iter().all(Self::is_empty),
            Self::Integer(_) | Self::Real(_) | Self::Bool(_) | Self::Time(_) | Self::TooLarge => false,
        }
    }

    /// The value as text, as an administrator would expect to read it. `None` for null, for bytes that are not UTF-8, and for what was
    /// left in the source.
    /// Lists give their first value.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null | Self::TooLarge => None,
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Integer(n) => Some(Cow::Owned(n.to_string())),
            Self::Real(n) => Some(Cow::Owned(n.to_string())),
            Self::Bool(b) => Some(Cow::Borrowed(if *b { "true" } else { "false" })),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Time(t) => Some(Cow::Owned(t.to_rfc3339_opts(SecondsFormat::AutoSi, true))),
            Self::List(values) => values.iter().find_map(Self::as_text),
        }
    }
}

/// Kinds and sizes only: any column may turn out to hold a password.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::TooLarge => f.write_str("TooLarge"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Integer(_) => f.write_str("Integer"),
            Self::Real(_) => f.write_str("Real"),
            Self::Bool(_) => f.write_str("Bool"),
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Time(_) => f.write_str("Time"),
            Self::List(values) => write!(f, "List({})", values.len()),
        }
    }
}

/// One row or entry as the source gave it: named values.
///
/// `values` has one entry a column, in the order of `columns`.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The names of the values.
    pub columns: Columns,
    /// The values, one a column.
    pub values: Vec<Value>,
    /// What tells this record from all others in the source and stays the same when it is read again: the primary key
    /// (its parts joined with `\u{1f}`), a DN, or a line's own id. Empty when the source has none; then the login serves.
    pub key: String,
    /// Names of the groups the source itself says this person is in (a membership join, a directory's `memberOf`).
    /// Groups that come from a column are added by the mapping.
    pub groups: Vec<String>,
}

impl Record {
    /// The key that these values make: their texts joined with `\u{1f}`, bytes that are no text as hexadecimal digits.
    pub(crate) fn key_from(parts: &[&Value]) -> String {
        let mut key = String::new();
        for (n, value) in parts.iter().enumerate() {
            if n > 0 {
                key.push(KEY_SEPARATOR);
            }
            match (value.as_text(), value) {
                (Some(text), _) => key.push_str(&text),
                (None, Value::Bytes(bytes)) => {
                    for byte in bytes {
                        let _ = write!(key, "{byte:02x}");
                    }
                }
                (None, _) => {}
            }
        }
        key
    }

    /// The value of a column, by the rules of [`Columns::position`]. `None` when there is no such column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.columns.position(column).and_then(|at| self.values.get(at))
    }
}
