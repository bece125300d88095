//! JSON and JSON lines, one person at a time: a list, a list inside a document (`{"users": […]}`), or a line for each.
//!
//! Members of members become columns with dots (`name.first`), lists become lists. What a list of documents holds stays JSON in it.

use std::io::{self, Read};

use serde_json::Value as Json;

use super::fault::Fault;
use super::notes::About;
use super::rows::{Harvest, LONGEST, Reader};
use super::scan::{Scan, line_ends};
use crate::model::Value;

/// How deep members become columns; what is below stays JSON.
const DEPTH: usize = 6;

/// How deep lists of people are looked for in a document.
const NESTED: usize = 4;

/// How much of the beginning is looked at to tell a document from lines.
pub(super) const LOOKED: usize = 1024 * 1024;

/// A JSON file that is being read.
pub(super) struct JsonReader {
    scan: Scan,
    name: String,
    /// Where reading stands; the innermost last.
    places: Vec<Place>,
    /// Bytes of the value under way.
    value: Vec<u8>,
    begun: bool,
    lines: bool,
    /// Whether a list of documents was found.
    found: bool,
}

/// A document or list that is read part by part.
enum Place {
    /// A list whose documents are rows of a table.
    List { table: usize },
    /// A document in which lists are looked for.
    Document,
}

impl JsonReader {
    /// The shape is decided by the first [`LOOKED`] bytes.
    pub(super) fn new(mut input: Box<dyn Read + Send>, name: &str) -> Result<Self, Fault> {
        let mut head = Vec::new();
        input.by_ref().take(LOOKED as u64).read_to_end(&mut head)?;
        let lines = is_lines(&head);
        let scan = Scan::new(Box::new(io::Cursor::new(head).chain(input)));
        Ok(Self {
            scan,
            name: name.to_owned(),
            places: Vec::new(),
            value: Vec::new(),
            begun: false,
            lines,
            found: false,
        })
    }

    fn malformed(&self, what: &str) -> Fault {
        Fault::Malformed { row: self.scan.line(), what: what.to_owned() }
    }

    /// Takes one value's bytes. It is not checked here, only its end is found.
    fn raw(&mut self) -> Result<(), Fault> {
        self.value.clear();
        let row = self.scan.line();
        let (mut depth, mut text, mut escaped) = (0_usize, false, false);
        loop {
            let ahead = self.scan.ahead()?;
            if ahead.is_empty() {
                if depth == 0 && !text && !self.value.is_empty() {
                    return Ok(());
                }
                return Err(self.malformed("the file ends in the middle of it"));
            }
            let mut end = None;
            for (at, byte) in ahead.iter().enumerate() {
                if text {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => {
                            text = false;
                            if depth == 0 {
                                end = Some(at + 1);
                                break;
                            }
                        }
                        _ => {}
                    }
                    continue;
                }
                match byte {
                    b'"' => text = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' | b',' | b':' if depth == 0 => {
                        end = Some(at);
                        break;
                    }
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    byte if byte.is_ascii_whitespace() && depth == 0 && at + self.value.len() > 0 => {
                        end = Some(at);
                        break;
                    }
                    _ => {}
                }
            }
            let part = &ahead[..end.unwrap_or(ahead.len())];
            if self.value.len() + part.len() > LONGEST {
                return Err(Fault::TooLong { row });
            }
            self.value.extend_from_slice(part);
            let taken = part.len();
            self.scan.take(taken);
            if end.is_some() {
                return if self.value.is_empty() {
                    Err(self.malformed("a value is missing"))
                } else {
                    Ok(())
                };
            }
        }
    }

    /// The value whose bytes were taken.
    fn parsed(&self) -> Result<Json, Fault> {
        serde_json::from_slice(&self.value).map_err(|error| {
            // The place is enough: a message may quote what stands there.
            let what = match error.classify() {
                serde_json::error::Category::Eof => "the file ends in the middle of it",
                _ => "it isn't valid JSON",
            };
            let inside = u64::try_from(error.line()).unwrap_or(1).saturating_sub(1);
            let lines = line_ends(&self.value);
            Fault::Malformed { row: self.scan.line().saturating_sub(lines) + inside, what: what.to_owned() }
        })
    }

    fn row(&mut self, table: usize, out: &mut Harvest) -> Result<(), Fault> {
        let line = self.scan.line();
        let parsed = self.parsed()?;
        put(parsed, table, line, out);
        Ok(())
    }

    /// One step: a person, or further into the document. `false` at the end.
    fn step(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        let next = self.scan.blank()?;
        if self.lines {
            let Some(next) = next else { return Ok(false) };
            if next == b',' {
                self.scan.take(1);
                return Ok(true);
            }
            let table = out.table(&self.name);
            self.raw()?;
            self.row(table, out)?;
            return Ok(true);
        }
        match self.places.last() {
            None if self.begun => match next {
                None => Ok(false),
                Some(_) => Err(self.malformed("something follows after the end of the JSON")),
            },
            None => {
                self.begun = true;
                match next {
                    Some(b'[') => {
                        self.scan.take(1);
                        let name = self.name.clone();
                        self.places.push(Place::List { table: out.table(&name) });
                        self.found = true;
                    }
                    Some(b'{') => {
                        self.scan.take(1);
                        self.places.push(Place::Document);
                    }
                    _ => return Err(self.malformed("there is no list and no document in it")),
                }
                Ok(true)
            }
            Some(Place::List { table }) => {
                let table = *table;
                match next {
                    None => return Err(self.malformed("the file ends in the middle of the list")),
                    Some(b']') => {
                        self.scan.take(1);
                        self.places.pop();
                    }
                    Some(b',') => self.scan.take(1),
                    Some(_) => {
                        self.raw()?;
                        self.row(table, out)?;
                    }
                }
                Ok(true)
            }
            Some(Place::Document) => {
                match next {
                    None => return Err(self.malformed("the file ends in the middle of the document")),
                    Some(b'}') => {
                        self.scan.take(1);
                        self.places.pop();
                    }
                    Some(b',') => self.scan.take(1),
                    Some(b'"') => self.member(out)?,
                    Some(_) => return Err(self.malformed("a name is missing")),
                }
                Ok(true)
            }
        }
    }

    /// A member of a document: lists of documents are tables, documents are looked into, all else is about no person.
    fn member(&mut self, out: &mut Harvest) -> Result<(), Fault> {
        self.raw()?;
        let Json::String(name) = self.parsed()? else {
            return Err(self.malformed("a name is missing"));
        };
        if self.scan.blank()? != Some(b':') {
            return Err(self.malformed("a colon is missing"));
        }
        self.scan.take(1);
        match self.scan.blank()? {
            Some(b'[') => {
                self.scan.take(1);
                if self.scan.blank()? == Some(b'{') {
                    self.places.push(Place::List { table: out.table(&name) });
                    self.found = true;
                } else {
                    self.pass_over()?;
                }
            }
            Some(b'{') if self.places.len() < NESTED => {
                self.scan.take(1);
                self.places.push(Place::Document);
            }
            Some(_) => self.raw()?,
            None => return Err(self.malformed("the file ends in the middle of it")),
        }
        Ok(())
    }

    /// The rest of a list of what is no document.
    fn pass_over(&mut self) -> Result<(), Fault> {
        loop {
            match self.scan.blank()? {
                None => return Err(self.malformed("the file ends in the middle of the list")),
                Some(b']') => {
                    self.scan.take(1);
                    return Ok(());
                }
                Some(b',') => self.scan.take(1),
                Some(_) => self.raw()?,
            }
        }
    }
}

impl Reader for JsonReader {
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        while !out.full() {
            if !self.step(out)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a beginning is that of a document for each line: a document ends in it, and another follows; or it is the only one, and has no
/// list of documents in it.
fn is_lines(head: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(head).into_iter::<Json>();
    let Some(Ok(first)) = values.next() else { return false };
    if !first.is_object() {
        return false;
    }
    let rest = &head[values.byte_offset()..];
    match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(byte) => matches!(byte, b'{' | b','),
        None => !holds_list(&first, 0),
    }
}

fn holds_list(value: &Json, depth: usize) -> bool {
    let Json::Object(members) = value else { return false };
    depth < NESTED
        && members.values().any(|member| match member {
            Json::Array(items) => items.first().is_some_and(Json::is_object),
            other => holds_list(other, depth + 1),
        })
}

/// Puts a document away as a row.
fn put(value: Json, table: usize, line: u64, out: &mut Harvest) {
    let mut values = Vec::with_capacity(out.tables[table].columns.len());
    match value {
        Json::Object(_) => members("", value, 0, table, line, out, &mut values),
        Json::Null => return,
        other => members("value", other, DEPTH, table, line, out, &mut values),
    }
    out.push(table, values);
}

fn members(
    path: &str,
    value: Json,
    depth: usize,
    table: usize,
    line: u64,
    out: &mut Harvest,
    values: &mut Vec<Value>,
) {
    let value = match value {
        Json::Object(inside) if depth < DEPTH && !inside.is_empty() => match wrapped(inside) {
            Ok(plain) => plain,
            Err(inside) => {
                for (name, value) in inside {
                    let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                    members(&path, value, depth + 1, table, line, out, values);
                }
                return;
            }
        },
        Json::Array(items) if depth < DEPTH && pairs(&items) => {
            for (name, value) in items.into_iter().filter_map(pair) {
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                members(&path, value, depth + 1, table, line, out, values);
            }
            return;
        }
        other => other,
    };
    let Some(at) = out.tables[table].column(path) else {
        out.notes.row(&About::TooManyColumns, line);
        return;
    };
    if values.len() <= at {
        values.resize(at + 1, Value::Null);
    }
    values[at] = plain(value);
}

/// How the two members of a pair are called: `[{"Name": "email", "Value": "…"}]` is a document written as a list.
const PAIR: [(&str, &str); 4] = [("Name", "Value"), ("name", "value"), ("Key", "Value"), ("key", "value")];

/// Whether a list is of pairs and nothing else, each name once.
fn pairs(items: &[Json]) -> bool {
    let mut names = std::collections::HashSet::new();
    !items.is_empty()
        && items.iter().all(|item| {
            let of = |(name, value): &(&str, &str)| {
                item.get(value)?;
                item.get(name)?.as_str()
            };
            item.as_object().is_some_and(|members| members.len() == 2)
                && PAIR.iter().find_map(of).is_some_and(|name| names.insert(name))
        })
}

fn pair(item: Json) -> Option<(String, Json)> {
    let Json::Object(mut members) = item else { return None };
    let (name, value) =
        PAIR.iter().find(|(name, value)| members.contains_key(*name) && members.contains_key(*value))?;
    match (members.remove(*name)?, members.remove(*value)?) {
        (Json::String(name), value) => Some((name, value)),
        _ => None,
    }
}

/// What MongoDB's export writes for values that JSON has no word for: `{"$oid": "…"}`, `{"$date": …}`, `{"$numberLong": "7"}`.
fn wrapped(inside: serde_json::Map<String, Json>) -> Result<Json, serde_json::Map<String, Json>> {
    let wraps = |name: &str| {
        matches!(
            name,
            "$oid" | "$date" | "$numberLong" | "$numberInt" | "$numberDouble" | "$numberDecimal" | "$uuid"
        )
    };
    if inside.len() != 1 || !inside.keys().all(|name| wraps(name)) {
        return Err(inside);
    }
    let number = inside.contains_key("$numberLong") || inside.contains_key("$numberInt");
    match inside.into_iter().next() {
        Some((_, Json::String(text))) if number => {
            Ok(text.parse::<i64>().map_or(Json::String(text), |number| Json::Number(number.into())))
        }
        // `{"$date": {"$numberLong": "…"}}`
        Some((_, Json::Object(inner))) => Ok(wrapped(inner).unwrap_or_else(Json::Object)),
        Some((_, value)) => Ok(value),
        None => Ok(Json::Null),
    }
}

fn plain(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Integer(whole),
            (None, Some(_)) if number.is_u64() => Value::Text(number.to_string()),
            (None, Some(real)) => Value::Real(real),
            (None, None) => Value::Text(number.to_string()),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(plain_item).collect()),
        Json::Object(inside) if inside.is_empty() => Value::Null,
        object @ Json::Object(_) => Value::Text(object.to_string()),
    }
}

/// An item of a list: a list in it stays JSON.
fn plain_item(value: Json) -> Value {
    match value {
        list @ Json::Array(_) => Value::Text(list.to_string()),
        other => plain(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Result<Harvest, Fault> {
        let mut reader = JsonReader::new(Box::new(io::Cursor::new(text.to_vec())), "people")?;
        let mut out = Harvest::default();
        let mut all = Vec::new();
        while reader.fill(&mut out)? {
            all.extend(out.take_rows());
        }
        all.extend(out.take_rows());
        out.rows = all;
        Ok(out)
    }

    #[test]
    fn members_become_columns_and_lists_stay_lists() {
        let out = read(
            br#"[{"id": 1, "name": {"first": "Ada", "last": "Byron"}, "roles": ["admin", "user"], "on": true, "x": {}},
                {"id": 18446744073709551615, "name": {"first": "Bob"}, "score": 1.5, "of": [{"a": 1}]}]"#,
        )
        .unwrap();
        assert_eq!(
            out.tables[0].columns,
            ["id", "name.first", "name.last", "roles", "on", "x", "score", "of"]
        );
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(
            out.rows[0].1,
            [
                Value::Integer(1),
                text("Ada"),
                text("Byron"),
                Value::List(vec![text("admin"), text("user")]),
                Value::Bool(true),
                Value::Null
            ]
        );
        assert_eq!(out.rows[1].1[0], text("18446744073709551615"));
        assert_eq!(out.rows[1].1[6..], [Value::Real(1.5), Value::List(vec![text("{\"a\":1}")])]);
    }

    #[test]
    fn lines_lists_and_documents_are_told_apart() {
        let names = |text: &str| -> Vec<(String, usize)> {
            let out = read(text.as_bytes()).unwrap();
            let of = |at: usize| out.rows.iter().filter(|(table, _)| *table == at).count();
            out.tables.iter().enumerate().map(|(at, table)| (table.name.clone(), of(at))).collect()
        };
        assert_eq!(names("{\"id\":1}\n{\"id\":2}\n"), [("people".to_owned(), 2)]);
        assert_eq!(names("{\"id\":1, \"of\": [{\"a\": 1}]}\n{\"id\":2}"), [("people".to_owned(), 2)]);
        assert_eq!(names("{\"id\":1}"), [("people".to_owned(), 1)]);
        assert_eq!(names("{\"users\":[{\"id\":1},{\"id\":2}], \"n\": 2}"), [("users".to_owned(), 2)]);
        assert_eq!(
            names(
                "{\"realm\":\"x\", \"roles\": {\"realm\": [{\"id\": 1}]}, \"users\":[{\"id\":1}], \"a\":[1,[2]]}"
            ),
            [("realm".to_owned(), 1), ("users".to_owned(), 1)]
        );
        assert_eq!(names("[]"), [("people".to_owned(), 0)]);
    }

    #[test]
    fn what_mongodb_writes_is_its_value() {
        let out = read(
            br#"{"_id":{"$oid":"5f"},"at":{"$date":{"$numberLong":"1700000000000"}},"n":{"$numberInt":"7"}}
                {"_id":{"$oid":"60"},"at":{"$date":"2024-01-01T00:00:00Z"}}"#,
        )
        .unwrap();
        assert_eq!(
            out.rows[0].1,
            [Value::Text("5f".into()), Value::Integer(1_700_000_000_000), Value::Integer(7)]
        );
        assert_eq!(out.rows[1].1[1], Value::Text("2024-01-01T00:00:00Z".into()));
    }

    #[test]
    fn lists_of_pairs_are_documents() {
        let out = read(br#"[{"A":[{"Name":"sub","Value":"1"},{"Name":"email","Value":"a"}],"B":[{"name":"x","value":1},{"name":"x","value":2}]}]"#)
            .unwrap();
        assert_eq!(out.tables[0].columns, ["A.sub", "A.email", "B"]);
    }

    #[test]
    fn half_a_file_is_no_file() {
        for text in [
            "[{\"id\":1},",
            "[{\"id\":1",
            "{\"users\":[{\"id\":1}]",
            "[{\"id\":1}] x",
            "[{\"id\":nothing}]",
            "{\"id\":1}\n{\"id\":",
            "7",
            "",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_without_an_end_is_refused_at_flat_memory() {
        let endless =
            io::Cursor::new(b"[{\"id\":1},{\"a\":\"".to_vec()).chain(io::repeat(b'x').take(2 << 30));
        let mut reader = JsonReader::new(Box::new(endless), "people").unwrap();
        let mut out = Harvest::default();
        assert!(matches!(reader.fill(&mut out), Err(Fault::TooLong { row: 1 })));
    }

    #[test]
    fn deep_documents_do_not_overflow() {
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).is_err());
        let deep = format!("[{}1{}]", "{\"a\":".repeat(20_000), "}".repeat(20_000));
        assert!(read(deep.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "[\\[\\]{}\",:a1 \n\\\\]{0,60}|\\PC{0,60}") {
            let _ = read(text.as_bytes());
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
