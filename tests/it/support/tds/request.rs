//! What a client asks: a batch ([MS-TDS] 2.2.6.7), or a procedure with its values (2.2.6.6).

use super::types::Cell;

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) sql: String,
    /// Values, by their names (`@P1`).
    pub(super) values: Vec<(String, Cell)>,
    /// Whether it came as a procedure: the answer's ends differ.
    pub(super) procedure: bool,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, many: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(many)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self, units: usize) -> Option<String> {
        Some(text(self.take(units * 2)?))
    }

    /// `ALL_HEADERS`, of no interest here.
    fn headers(&mut self) -> Option<()> {
        let all = self.0.get(..4)?;
        let length = u32::from_le_bytes(all.try_into().ok()?) as usize;
        self.take(length)?;
        Some(())
    }
}

fn text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// A batch.
pub(super) fn batch(message: &[u8]) -> Option<Request> {
    let mut reader = Reader(message);
    reader.headers()?;
    Some(Request { sql: text(reader.0), values: Vec::new(), procedure: false })
}

/// A call of `sp_executesql`; `None` for any other procedure.
pub(super) fn procedure(message: &[u8]) -> Option<Request> {
    let mut reader = Reader(message);
    reader.headers()?;
    let length = reader.short()?;
    let known = if length == 0xffff {
        reader.short()? == 10
    } else {
        reader.text(usize::from(length))?.eq_ignore_ascii_case("sp_executesql")
    };
    if !known {
        return None;
    }
    reader.short()?;
    let mut values = Vec::new();
    while !reader.0.is_empty() {
        let name = usize::from(reader.byte()?);
        let name = reader.text(name)?;
        reader.byte()?;
        values.push((name, value(&mut reader)?));
    }
    let mut values = values.into_iter();
    let Some((_, Cell::Text(sql))) = values.next() else { return None };
    // The second one declares the others.
    values.next();
    Some(Request { sql, values: values.collect(), procedure: true })
}

/// `TYPE_INFO` and a value.
fn value(reader: &mut Reader<'_>) -> Option<Cell> {
    let token = reader.byte()?;
    Some(match token {
        0x1f => Cell::Null,
        0x26 | 0x68 | 0x6d => {
            reader.byte()?;
            let length = usize::from(reader.byte()?);
            let bytes = reader.take(length)?;
            match (token, length) {
                (_, 0) => Cell::Null,
                (0x6d, 8) => Cell::Real(f64::from_le_bytes(bytes.try_into().ok()?)),
                (0x6d, _) => Cell::Real(f64::from(f32::from_le_bytes(bytes.try_into().ok()?))),
                (_, 1) => Cell::Integer(i64::from(bytes[0])),
                (_, 2) => Cell::Integer(i64::from(i16::from_le_bytes(bytes.try_into().ok()?))),
                (_, 4) => Cell::Integer(i64::from(i32::from_le_bytes(bytes.try_into().ok()?))),
                _ => Cell::Integer(i64::from_le_bytes(bytes.try_into().ok()?)),
            }
        }
        0x38 => Cell::Integer(i64::from(i32::from_le_bytes(reader.take(4)?.try_into().ok()?))),
        0x7f => Cell::Integer(i64::from_le_bytes(reader.take(8)?.try_into().ok()?)),
        0xe7 | 0xef | 0xa7 | 0xaf | 0xa5 | 0xad => {
            let max = reader.short()?;
            if !matches!(token, 0xa5 | 0xad) {
                reader.take(5)?;
            }
            match bytes(reader, max)? {
                Cell::Bytes(bytes) => match token {
                    0xe7 | 0xef => Cell::Text(text(&bytes)),
                    0xa7 | 0xaf => Cell::Text(encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned()),
                    _ => Cell::Bytes(bytes),
                },
                other => other,
            }
        }
        _ => return None,
    })
}

/// A value of a length that varies, in chunks where its most is `0xffff`: bytes, or null.
fn bytes(reader: &mut Reader<'_>, max: u16) -> Option<Cell> {
    if max != 0xffff {
        let length = reader.short()?;
        return if length == 0xffff {
            Some(Cell::Null)
        } else {
            Some(Cell::Bytes(reader.take(length.into())?.to_vec()))
        };
    }
    let length = u64::from_le_bytes(reader.take(8)?.try_into().ok()?);
    if length == u64::MAX {
        return Some(Cell::Null);
    }
    let mut whole = Vec::new();
    loop {
        let chunk = reader.long()? as usize;
        if chunk == 0 {
            return Some(Cell::Bytes(whole));
        }
        whole.extend_from_slice(reader.take(chunk)?);
    }
}
