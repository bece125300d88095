//! SQLite's values as ours.

use sqlx::sqlite::{Sqlite, SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row, TypeInfo, ValueRef};

use crate::model::Value;
use crate::source::batch::MAX_VALUE;

/// Turns rows into values; knows what each column was declared as.
#[derive(Debug)]
pub(super) struct Decoder {
    /// One a column: whether it was declared as a truth value.
    pub(super) bools: Vec<bool>,
    /// How many more columns follow: groups as JSON lists.
    pub(super) groups: usize,
    /// One a column: whether its values may be lists, as JSON.
    pub(super) lists: Vec<bool>,
}

impl Decoder {
    /// The values of a row. Positions of those that are too large, and so left out, are added to `oversized`.
    pub(super) fn values(&self, row: &SqliteRow, oversized: &mut Vec<usize>) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.bools.len() + 1);
        for (at, is_bool) in self.bools.iter().enumerate() {
            let mut value = row.try_get_raw(at).map_or(Value::Null, |raw| value(raw, *is_bool));
            if self.lists.get(at) == Some(&true)
                && let Value::Text(text) = &value
                && let Some(list) = list(text)
            {
                value = Value::List(list);
            }
            values.push(if super::super::batch::weight(&value) > MAX_VALUE {
                oversized.push(at);
                Value::TooLarge
            } else {
                value
            });
        }
        for at in 0..self.groups {
            values.push(row.try_get_raw(self.bools.len() + at).map_or(Value::Null, names));
        }
        values
    }
}

fn value(raw: SqliteValueRef<'_>, is_bool: bool) -> Value {
    let kind = raw.type_info();
    match kind.name() {
        _ if raw.is_null() => Value::Null,
        "INTEGER" => {
            let Ok(number) = <i64 as Decode<Sqlite>>::decode(raw) else { return Value::Null };
            match number {
                0 | 1 if is_bool => Value::Bool(number == 1),
                _ => Value::Integer(number),
            }
        }
        "REAL" => <f64 as Decode<Sqlite>>::decode(raw).map_or(Value::Null, Value::Real),
        "TEXT" => {
            let Ok(bytes) = <&[u8] as Decode<Sqlite>>::decode(raw) else { return Value::Null };
            match str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => Value::Bytes(bytes.to_vec()),
            }
        }
        _ => <&[u8] as Decode<Sqlite>>::decode(raw).map_or(Value::Null, |bytes| Value::Bytes(bytes.to_vec())),
    }
}

/// A JSON list of texts, as `json_group_array` makes it.
fn names(raw: SqliteValueRef<'_>) -> Value {
    let Ok(bytes) = <&[u8] as Decode<Sqlite>>::decode(raw) else { return Value::Null };
    let names: Vec<Option<String>> =
        serde_json::from_str(&String::from_utf8_lossy(bytes)).unwrap_or_default();
    Value::List(names.into_iter().flatten().map(Value::Text).collect())
}

/// A list as JSON. `None`: it is a text.
fn list(text: &str) -> Option<Vec<Value>> {
    if !text.starts_with('[') {
        return None;
    }
    let items: Vec<serde_json::Value> = serde_json::from_str(text).ok()?;
    Some(items.into_iter().map(item).collect())
}

fn item(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(real)) => Value::Real(real),
            (None, None) => Value::Null,
        },
        serde_json::Value::String(text) => Value::Text(text),
        other => Value::Text(other.to_string()),
    }
}
