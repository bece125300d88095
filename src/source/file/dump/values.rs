//! Values as a dump writes them.

use super::script::Token;
use crate::model::Value;

/// What a column's type says of the texts that stand for its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// As it stands.
    Text,
    /// `t` and `f`.
    Bool,
    /// Whole numbers.
    Whole,
    /// `\x…`.
    Bytes,
    /// `{a,b}`.
    List,
}

impl Type {
    /// Of the type that a file states.
    pub(super) fn of(stated: &str) -> Self {
        let small = stated.to_ascii_lowercase();
        if small.ends_with(']') || small.ends_with(" array") {
            return Self::List;
        }
        match small.split(['(', ' ']).next().unwrap_or_default() {
            "boolean" | "bool" => Self::Bool,
            "bytea" => Self::Bytes,
            "integer" | "int" | "bigint" | "smallint" | "serial" | "bigserial" | "int4" | "int8"
            | "tinyint" | "mediumint" => Self::Whole,
            _ => Self::Text,
        }
    }
}

/// A value of `COPY`'s text; `None` is `\N`.
pub(super) fn copied(field: &[u8], of: Type) -> Value {
    if field == b"\\N" {
        return Value::Null;
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'b') => bytes.push(8),
            Some(b'f') => bytes.push(12),
            Some(b'n') => bytes.push(b'\n'),
            Some(b'r') => bytes.push(b'\r'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'v') => bytes.push(11),
            Some(first @ b'0'..=b'7') => {
                let mut code = u32::from(first - b'0');
                for _ in 0..2 {
                    let Some(next) = rest.next_if(|next| matches!(next, b'0'..=b'7')) else { break };
                    code = code * 8 + u32::from(next - b'0');
                }
                bytes.push(u8::try_from(code & 0xff).unwrap_or_default());
            }
            Some(other) => bytes.push(other),
            None => bytes.push(b'\\'),
        }
    }
    typed(bytes, of)
}

/// A text as the type of its column reads it.
pub(super) fn typed(bytes: Vec<u8>, of: Type) -> Value {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Value::Bytes(error.into_bytes()),
    };
    match of {
        Type::Bool => match text.as_str() {
            "t" | "true" => Value::Bool(true),
            "f" | "false" => Value::Bool(false),
            _ => Value::Text(text),
        },
        Type::Whole => match text.parse::<i64>() {
            // `007` is not how a number is written.
            Ok(number) if number.to_string() == text => Value::Integer(number),
            _ => Value::Text(text),
        },
        Type::Bytes => match text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok()) {
            Some(bytes) => Value::Bytes(bytes),
            None => Value::Text(text),
        },
        Type::List => list(&text).map_or(Value::Text(text), Value::List),
        Type::Text => Value::Text(text),
    }
}

/// PostgreSQL's `{a,"b c",NULL}`. Lists in lists are left as they stand.
fn list(text: &str) -> Option<Vec<Value>> {
    let inside = text.strip_prefix('{')?.strip_suffix('}')?;
    let (mut items, mut item, mut quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
    let mut chars = inside.chars();
    let end = |item: &mut String, was_quoted: &mut bool, items: &mut Vec<Value>| {
        let text = std::mem::take(item);
        let null = !*was_quoted && text.eq_ignore_ascii_case("null");
        *was_quoted = false;
        items.push(if null { Value::Null } else { Value::Text(text) });
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' => item.extend(chars.next()),
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            '{' if !quoted => return None,
            ',' if !quoted => end(&mut item, &mut was_quoted, &mut items),
            c => item.push(c),
        }
    }
    if !inside.is_empty() {
        end(&mut item, &mut was_quoted, &mut items);
    }
    Some(items)
}

/// A value of `INSERT`: the words between two commas.
pub(super) fn inserted(mut tokens: Vec<Token>, of: Type) -> Value {
    let text = |bytes: Vec<u8>| typed(bytes, if of == Type::Whole { Type::Text } else { of });
    if tokens.first().is_some_and(|token| token.is("replace") || token.is("unistr")) {
        // sqlite3 writes line breaks so: replace('a\nb','\n',char(10)).
        let found = tokens.into_iter().find_map(|token| match token {
            Token::Text(bytes) => Some(bytes),
            _ => None,
        });
        let found =
            String::from_utf8_lossy(&found.unwrap_or_default()).replace("\\n", "\n").replace("\\r", "\r");
        return text(found.into_bytes());
    }
    if tokens.is_empty() {
        return Value::Null;
    }
    // What follows is a cast: '…'::jsonb.
    match tokens.swap_remove(0) {
        Token::Text(bytes) => text(bytes),
        Token::Bytes(bytes) => Value::Bytes(bytes),
        Token::Name(name) => Value::Text(name),
        Token::Sign(_) => Value::Null,
        Token::Word(word) => match word.to_ascii_lowercase().as_str() {
            "null" | "default" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            small => match (word.parse::<i64>(), small.parse::<f64>()) {
                (Ok(0), _) if of == Type::Bool => Value::Bool(false),
                (Ok(1), _) if of == Type::Bool => Value::Bool(true),
                (Ok(number), _) => Value::Integer(number),
                (_, Ok(real)) if real.is_finite() && word.contains(['.', 'e', 'E']) => Value::Real(real),
                _ => Value::Text(word),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_of_copy_are_what_they_were() {
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(copied(b"\\N", Type::Text), Value::Null);
        assert_eq!(copied(b"a\\tb\\\\c\\nd\\101", Type::Text), text("a\tb\\c\ndA"));
        assert_eq!(
            (copied(b"t", Type::Bool), copied(b"7", Type::Whole)),
            (Value::Bool(true), Value::Integer(7))
        );
        assert_eq!(copied(b"\\\\xff01", Type::Bytes), Value::Bytes(vec![0xff, 1]));
        assert_eq!(
            copied(b"{a,\"b, \\\\\"c\\\\\"\",NULL}", Type::List),
            Value::List(vec![text("a"), text("b, \"c\""), Value::Null])
        );
        assert_eq!(copied(b"007", Type::Whole), text("007"));
        assert_eq!(Type::of("character varying(50)"), Type::Text);
        assert_eq!((Type::of("text[]"), Type::of("tinyint(1)")), (Type::List, Type::Whole));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_value(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            for of in [Type::Text, Type::Bool, Type::Whole, Type::Bytes, Type::List] {
                let _ = copied(&bytes, of);
            }
        }
    }
}
