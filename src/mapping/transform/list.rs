//! Lists written as text.

/// The parts of a list written as JSON, PHP or PostgreSQL writes it. `None`: not such a list.
pub(in crate::mapping) fn unpack(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    match (text.as_bytes().first()?, text.as_bytes().last()?) {
        (b'[', b']') => json(text),
        (b'{', b'}') => json(text).or_else(|| postgres(&text[1..text.len() - 1])),
        (b'a', b'}') => php(text),
        _ => None,
    }
}

/// Items of an array; names of an object's members that are true (`{"admin":true}`).
fn json(text: &str) -> Option<Vec<String>> {
    use serde_json::Value;
    let word = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    };
    match serde_json::from_str(text).ok()? {
        Value::Array(items) => Some(items.iter().filter_map(word).collect()),
        Value::Object(members) => Some(
            members
                .iter()
                .filter(|(_, value)| **value == Value::Bool(true))
                .map(|(name, _)| name.clone())
                .collect(),
        ),
        _ => None,
    }
}

/// `a,"b c",NULL` inside the braces of a PostgreSQL array of one dimension.
fn postgres(inside: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let (mut quoted, mut was_quoted) = (false, false);
    let mut chars = inside.chars();
    let mut close = |part: &mut String, was_quoted: &mut bool| {
        let null = !*was_quoted && part.eq_ignore_ascii_case("null");
        if !part.is_empty() && !null {
            parts.push(std::mem::take(part));
        }
        part.clear();
        *was_quoted = false;
    };
    while let Some(c) = chars.next() {
        match c {
            '\\' => part.push(chars.next()?),
            '"' => {
                quoted = !quoted;
                was_quoted = true;
            }
            ',' if !quoted => close(&mut part, &mut was_quoted),
            '{' | '}' if !quoted => return None,
            c => part.push(c),
        }
    }
    if quoted {
        return None;
    }
    close(&mut part, &mut was_quoted);
    Some(parts)
}

/// A PHP serialised array of one level: its texts; for text keys, the keys whose value is true (WordPress' roles).
fn php(text: &str) -> Option<Vec<String>> {
    let rest = text.strip_prefix("a:")?;
    let (count, mut rest) = rest.split_once(":{")?;
    let count: usize = count.parse().ok()?;
    let mut parts = Vec::new();
    // The count is a stranger's word: the text ends the loop, not the count alone.
    for _ in 0..count {
        let (key, after) = php_scalar(rest)?;
        let (value, after) = php_scalar(after)?;
        rest = after;
        match (key, value) {
            (Scalar::Text(name), Scalar::Truth(true)) => parts.push(name.to_owned()),
            (Scalar::Number | Scalar::Text(_), Scalar::Text(text)) => {
                parts.push(text.to_owned());
            }
            _ => {}
        }
    }
    (rest == "}").then_some(parts)
}

enum Scalar<'a> {
    Text(&'a str),
    Truth(bool),
    Number,
}

fn php_scalar(text: &str) -> Option<(Scalar<'_>, &str)> {
    if let Some(rest) = text.strip_prefix("s:") {
        // The length is in bytes.
        let (length, rest) = rest.split_once(":\"")?;
        let length: usize = length.parse().ok()?;
        let (inside, rest) = (rest.get(..length)?, rest.get(length..)?);
        return Some((Scalar::Text(inside), rest.strip_prefix("\";")?));
    }
    let (scalar, rest) = text.split_once(';')?;
    match scalar.get(..2)? {
        "b:" => Some((Scalar::Truth(&scalar[2..] == "1"), rest)),
        "i:" | "d:" | "N" => Some((Scalar::Number, rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> Option<Vec<String>> {
        unpack(text)
    }

    #[test]
    fn json_php_and_postgres_lists() {
        assert_eq!(parts(r#"["ROLE_ADMIN","Büro"]"#).unwrap(), ["ROLE_ADMIN", "Büro"]);
        assert_eq!(parts("[]").unwrap(), [""; 0]);
        assert_eq!(parts(r#"{"admin":true,"editor":false}"#).unwrap(), ["admin"]);
        assert_eq!(parts(r#"a:1:{s:13:"administrator";b:1;}"#).unwrap(), ["administrator"]);
        assert_eq!(parts(r#"a:2:{s:6:"editor";b:1;s:3:"old";b:0;}"#).unwrap(), ["editor"]);
        assert_eq!(parts(r#"a:2:{i:0;s:10:"ROLE_ADMIN";i:1;s:5:"Büro";}"#).unwrap(), ["ROLE_ADMIN", "Büro"]);
        assert_eq!(parts(r#"{a,"b c",NULL,"d\"e"}"#).unwrap(), ["a", "b c", "d\"e"]);
        assert_eq!(parts("{}").unwrap(), [""; 0]);
    }

    #[test]
    fn other_text_is_no_list() {
        for text in
            ["Sales", "", "a:1:{", "{{1,2},{3,4}}", r#"a:9:{i:0;s:1:"x";}"#, r#"a:1:{i:0;s:99:"x";}"#, "[1"]
        {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in any::<String>()) {
            let _ = unpack(&text);
        }

        #[test]
        fn any_php_text_is_taken(inside in "[asibN:;{}\"0-9é]{0,40}") {
            let _ = unpack(&format!("a:{inside}}}"));
        }
    }
}
