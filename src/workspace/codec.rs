//! Values to bytes and back, for what is sealed: a stored password, a source row. Compact, and safe on any bytes. Pure.
//!
//! Lengths are LEB128; a value is one tag byte and its content. Fixed-size numbers are little-endian.

use chrono::{DateTime, Utc};

use crate::model::{SecretBytes, StoredPassword, Value};

/// The bytes are none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored value has the wrong form")]
pub(crate) struct BadForm;

/// Lists in lists deeper than this are no source's.
const DEPTH: usize = 16;

fn put_length(out: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = length.to_le_bytes()[0] & 0x7f;
        length >>= 7;
        if length == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], BadForm> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(BadForm)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, BadForm> {
        self.take(1).map(|b| b[0])
    }

    fn length(&mut self) -> Result<usize, BadForm> {
        let mut length = 0_usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            let part = usize::from(byte & 0x7f);
            length |= part.checked_shl(shift).filter(|p| p >> shift == part).ok_or(BadForm)?;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(BadForm)
    }

    fn bytes(&mut self) -> Result<&'a [u8], BadForm> {
        let length = self.length()?;
        self.take(length)
    }

    fn text(&mut self) -> Result<String, BadForm> {
        std::str::from_utf8(self.bytes()?).map(str::to_owned).map_err(|_| BadForm)
    }

    fn eight(&mut self) -> Result<[u8; 8], BadForm> {
        self.take(8)?.try_into().map_err(|_| BadForm)
    }

    fn end<T>(self, value: T) -> Result<T, BadForm> {
        if self.0.is_empty() { Ok(value) } else { Err(BadForm) }
    }
}

/// A stored password as bytes. The caller seals and wipes them.
pub(crate) fn encode_password(password: &StoredPassword) -> SecretBytes {
    let salt = password.salt.as_ref().map_or(0, SecretBytes::len);
    let username = password.username.as_ref().map_or(0, String::len);
    let columns: usize = password.columns.iter().map(|(name, value)| name.len() + value.len() + 20).sum();
    // Room for everything at once: growing would leave copies behind unwiped.
    let mut out = Vec::with_capacity(password.text.len() + salt + username + columns + 43);
    put_bytes(&mut out, password.text.expose());
    for part in
        [password.salt.as_ref().map(SecretBytes::expose), password.username.as_ref().map(String::as_bytes)]
    {
        match part {
            None => out.push(0),
            Some(bytes) => {
                out.push(1);
                put_bytes(&mut out, bytes);
            }
        }
    }
    // Nothing for nothing: what was kept before there were columns reads the same.
    if !password.columns.is_empty() {
        put_length(&mut out, password.columns.len());
        for (name, value) in &password.columns {
            put_bytes(&mut out, name.as_bytes());
            put_bytes(&mut out, value.as_bytes());
        }
    }
    SecretBytes::new(out)
}

/// The reverse of [`encode_password`].
pub(crate) fn decode_password(bytes: &[u8]) -> Result<StoredPassword, BadForm> {
    let mut reader = Reader(bytes);
    let text = SecretBytes::new(reader.bytes()?.to_vec());
    let salt = match reader.byte()? {
        0 => None,
        1 => Some(SecretBytes::new(reader.bytes()?.to_vec())),
        _ => return Err(BadForm),
    };
    let username = match reader.byte()? {
        0 => None,
        1 => Some(reader.text()?),
        _ => return Err(BadForm),
    };
    let mut columns = Vec::new();
    if !reader.0.is_empty() {
        let count = reader.length()?;
        columns.reserve(count.min(reader.0.len()));
        for _ in 0..count {
            columns.push((reader.text()?, reader.text()?));
        }
    }
    reader.end(StoredPassword { text, salt, username, columns })
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::TooLarge => 1,
        Value::Text(text) => text.len() + 11,
        Value::Bytes(bytes) => bytes.len() + 11,
        Value::Integer(_) | Value::Real(_) => 9,
        Value::Time(_) => 13,
        Value::List(values) => 11 + values.iter().map(size).sum::<usize>(),
    }
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0),
        Value::Text(text) => {
            out.push(1);
            put_bytes(out, text.as_bytes());
        }
        Value::Integer(n) => {
            out.push(2);
            out.extend_from_slice(&n.to_le_bytes());
        }
        Value::Real(n) => {
            out.push(3);
            out.extend_from_slice(&n.to_le_bytes());
        }
        Value::Bool(false) => out.push(4),
        Value::Bool(true) => out.push(5),
        Value::Bytes(bytes) => {
            out.push(6);
            put_bytes(out, bytes);
        }
        Value::Time(time) => {
            out.push(7);
            out.extend_from_slice(&time.timestamp().to_le_bytes());
            out.extend_from_slice(&time.timestamp_subsec_nanos().to_le_bytes());
        }
        Value::List(values) => {
            out.push(8);
            put_length(out, values.len());
            for value in values {
                put_value(out, value);
            }
        }
        Value::TooLarge => out.push(9),
    }
}

fn take_value(reader: &mut Reader<'_>, depth: usize) -> Result<Value, BadForm> {
    Ok(match reader.byte()? {
        0 => Value::Null,
        1 => Value::Text(reader.text()?),
        2 => Value::Integer(i64::from_le_bytes(reader.eight()?)),
        3 => Value::Real(f64::from_le_bytes(reader.eight()?)),
        4 => Value::Bool(false),
        5 => Value::Bool(true),
        6 => Value::Bytes(reader.bytes()?.to_vec()),
        7 => {
            let seconds = i64::from_le_bytes(reader.eight()?);
            let nanos = u32::from_le_bytes(reader.take(4)?.try_into().map_err(|_| BadForm)?);
            Value::Time(DateTime::<Utc>::from_timestamp(seconds, nanos).ok_or(BadForm)?)
        }
        8 if depth < DEPTH => {
            let count = reader.length()?;
            // No trust in the count: each value takes at least a byte.
            let mut values = Vec::with_capacity(count.min(reader.0.len()));
            for _ in 0..count {
                values.push(take_value(reader, depth + 1)?);
            }
            Value::List(values)
        }
        9 => Value::TooLarge,
        _ => return Err(BadForm),
    })
}

/// A row's values as bytes, without the columns' names.
pub(crate) fn encode_row(values: &[Value]) -> SecretBytes {
    let mut out = Vec::with_capacity(11 + values.iter().map(size).sum::<usize>());
    put_length(&mut out, values.len());
    for value in values {
        put_value(&mut out, value);
    }
    SecretBytes::new(out)
}

/// The reverse of [`encode_row`].
pub(crate) fn decode_row(bytes: &[u8]) -> Result<Vec<Value>, BadForm> {
    let mut reader = Reader(bytes);
    let count = reader.length()?;
    let mut values = Vec::with_capacity(count.min(reader.0.len()));
    for _ in 0..count {
        values.push(take_value(&mut reader, 0)?);
    }
    reader.end(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<String>().prop_map(Value::Text),
            any::<i64>().prop_map(Value::Integer),
            (-1e300..1e300_f64).prop_map(Value::Real),
            any::<bool>().prop_map(Value::Bool),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            (-8_000_000_000_000_i64..8_000_000_000_000, 0..1_000_000_000_u32)
                .prop_map(|(s, n)| Value::Time(DateTime::from_timestamp(s, n).unwrap())),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| prop::collection::vec(inner, 0..6).prop_map(Value::List))
    }

    proptest! {
        #[test]
        fn a_row_comes_back_as_it_was(values in prop::collection::vec(value(), 0..12)) {
            prop_assert_eq!(decode_row(encode_row(&values).expose()), Ok(values));
        }

        #[test]
        fn a_password_comes_back_as_it_was(text: Vec<u8>, salt: Option<Vec<u8>>, username: Option<String>, columns in prop::collection::vec(any::<(String, String)>(), 0..3)) {
            let password = StoredPassword { text: SecretBytes::new(text), salt: salt.map(SecretBytes::new), username, columns };
            prop_assert_eq!(decode_password(encode_password(&password).expose()), Ok(password));
        }

        #[test]
        fn foreign_bytes_give_an_answer(bytes: Vec<u8>) {
            let _ = decode_row(&bytes);
            let _ = decode_password(&bytes);
        }
    }

    #[test]
    fn a_huge_count_or_a_deep_nest_is_refused() {
        assert_eq!(decode_row(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(BadForm));
        let mut deep = vec![1];
        for _ in 0..100_000 {
            deep.extend_from_slice(&[8, 1]);
        }
        deep.push(0);
        assert_eq!(decode_row(&deep), Err(BadForm));
    }
}
