//! Lists written as text.

use serde_json::Value;
use zeroize::Zeroize as _;

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

/// Items of an array; names of an object's members that are true (`{"admin":true}`), or the one name that an object has in several
/// languages.
fn json(text: &str) -> Option<Vec<String>> {
    match serde_json::from_str(text).ok()? {
        Value::Array(items) => Some(items.iter().filter_map(word).collect()),
        Value::Object(members) => Some(match localized(&members) {
            Some(name) => vec![name],
            None => members
                .iter()
                .filter(|(_, value)| **value == Value::Bool(true))
                .map(|(name, _)| name.clone())
                .collect(),
        }),
        _ => None,
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// A name in several languages (`{"en_US": "Sales", "de_DE": "Vertrieb"}`), or with its kind before it (`{"name": "Sales"}`): the English
/// one, the plain one, else the first. `None` where not all members are texts.
fn localized(members: &serde_json::Map<String, Value>) -> Option<String> {
    let texts: Vec<(&str, &str)> = members
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| value.as_str().map(|text| (name.as_str(), text)))
        .collect::<Option<_>>()?;
    let named = |wanted: fn(&str) -> bool| texts.iter().find(|(name, text)| wanted(name) && !text.is_empty());
    let found = named(|name| name == "en_US")
        .or_else(|| named(|name| name == "en" || name.starts_with("en_") || name.starts_with("en-")))
        .or_else(|| {
            named(|name| {
                matches!(name, "name" | "title" | "displayName" | "display_name" | "label" | "value")
            })
        })
        .or_else(|| named(|_| true));
    found.map(|(_, text)| (*text).to_owned())
}

/// The names of a group as the source writes it: JSON text holds one or several, all other text is a name as it is.
pub(in crate::mapping) fn group_names(text: &str) -> Vec<String> {
    let json = match text.trim().as_bytes() {
        [b'[', .., b']'] | [b'{', .., b'}'] => json(text.trim()),
        _ => None,
    };
    json.filter(|names| !names.is_empty()).unwrap_or_else(|| vec![text.to_owned()])
}

/// The part of a JSON text at a path (`name.first`); of a list, all its plain items. Nothing where there is none. What was parsed is
/// wiped: it may hold a password.
pub(super) fn pick(text: &str, path: &str) -> Vec<String> {
    let Ok(mut parsed) = serde_json::from_str::<Value>(text.trim()) else { return Vec::new() };
    let found = match at(&parsed, path) {
        Some(Value::Array(items)) => items.iter().filter_map(word).collect(),
        Some(Value::Bool(truth)) => vec![truth.to_string()],
        Some(value) => word(value).into_iter().collect(),
        None => Vec::new(),
    };
    wipe(&mut parsed);
    found
}

/// A key may have dots of its own: the longest that is there goes first.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    // A number counts the items of a list, from 0.
    let part = |key: &str| value.get(key).or_else(|| key.parse::<usize>().ok().and_then(|at| value.get(at)));
    if let Some(found) = part(path) {
        return Some(found);
    }
    let mut ends: Vec<usize> = path.match_indices('.').map(|(end, _)| end).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| at(part(&path[..end])?, &path[end + 1..]))
}

/// What was parsed may hold passwords.
pub(in crate::mapping) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
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
    fn a_part_of_json() {
        let json = r#"{"name": {"first": "Ada", "last": null}, "a.b": "dots", "tags": ["x", 2], "on": true, "n": 7}"#;
        for (path, expected) in [
            ("name.first", vec!["Ada"]),
            ("a.b", vec!["dots"]),
            ("tags", vec!["x", "2"]),
            ("on", vec!["true"]),
            ("n", vec!["7"]),
            ("name", vec![]),
            ("name.last", vec![]),
            ("name.first.more", vec![]),
            ("gone", vec![]),
        ] {
            assert_eq!(pick(json, path), expected, "{path}");
        }
        assert_eq!(pick("no JSON", "name"), [""; 0]);
    }

    #[test]
    fn a_group_s_name_in_several_languages_is_one_name() {
        for (text, expected) in [
            (r#"{"de_DE": "Vertrieb", "en_US": "Sales"}"#, vec!["Sales"]),
            (r#"{"de": "Vertrieb", "en-GB": "Sales"}"#, vec!["Sales"]),
            (r#"{"fr_FR": "Achats", "it_IT": null}"#, vec!["Achats"]),
            (r#"{"id": "7", "name": "Sales"}"#, vec!["Sales"]),
            (r#"["Sales", "IT"]"#, vec!["Sales", "IT"]),
            ("Sales", vec!["Sales"]),
            ("{Sales}", vec!["{Sales}"]),
            ("[IT] Support", vec!["[IT] Support"]),
            ("{}", vec!["{}"]),
            ("[]", vec!["[]"]),
        ] {
            assert_eq!(group_names(text), expected, "{text}");
        }
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
            let _ = (unpack(&text), group_names(&text), pick(&text, &text));
        }

        #[test]
        fn any_php_text_is_taken(inside in "[asibN:;{}\"0-9é]{0,40}") {
            let _ = unpack(&format!("a:{inside}}}"));
        }
    }
}
