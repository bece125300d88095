//! What tells one person from another where the source has no key of its own: a view, own SQL, a table without a primary key.

use crate::model::{Columns, Record, Sample, Table, Value};

use super::guess::stands_for_people;
use super::suggest::{singular, tokens};

/// Columns that may tell people apart however often they are read, the likelier first: named or typed as keys are, with a value of its
/// own for each of the first rows. A login or an e-mail address is none: people get other ones.
pub fn key_candidates(table: Option<&Table>, sample: &Sample) -> Vec<String> {
    let own = table.map(|table| tokens(&table.name.name)).unwrap_or_default();
    let mut found: Vec<(u8, usize, &str)> = Vec::new();
    for (at, name) in sample.columns.names().iter().enumerate() {
        let type_name = sample.type_names.get(at).map_or("", String::as_str);
        if let Some(rank) = rank(name, type_name, &own)
            && all_differ(&sample.records, at)
        {
            found.push((rank, at, name));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, _, name)| name.to_owned()).collect()
}

/// How likely a column of this name and type is a key: the smaller the likelier. `None`: it is none.
fn rank(name: &str, type_name: &str, table: &[String]) -> Option<u8> {
    const PLAIN: [&str; 14] = [
        "id",
        // OpenID Connect, and Firebase.
        "sub",
        "localid",
        "uuid",
        "guid",
        "oid",
        "pk",
        "rowid",
        "objectid",
        "objectguid",
        "objectsid",
        "entryuuid",
        "nsuniqueid",
        "ipauniqueid",
    ];
    const ENDS: [&str; 13] =
        ["id", "uuid", "guid", "key", "no", "nr", "num", "number", "nummer", "pk", "code", "sid", "oid"];
    const NUMBERED: [&str; 14] = [
        "employee",
        "emp",
        "personnel",
        "personal",
        "staff",
        "badge",
        "external",
        "ext",
        "legacy",
        "worker",
        "member",
        "matricula",
        "matricule",
        "payroll",
    ];
    let words = tokens(name);
    let joined = words.concat();
    if PLAIN.contains(&joined.as_str()) {
        return Some(0);
    }
    let (stem, end) = match words.as_slice() {
        [stem @ .., end] if !stem.is_empty() => (stem, end.as_str()),
        // `userid` is one word to us; as a text it is mostly what people sign in with.
        [one] => {
            let stem = ["id", "no", "nr"].iter().find_map(|end| one.strip_suffix(end))?;
            let number = type_name.to_ascii_lowercase().contains("int");
            return (stands_for_people(stem) && number).then_some(2);
        }
        _ => return None,
    };
    let last = stem.last().map(|word| singular(word)).unwrap_or_default();
    let of_table = stem.iter().all(|word| table.iter().any(|own| singular(own) == singular(word)));
    match end {
        "id" | "uuid" | "guid" | "pk" | "key" if of_table && !table.is_empty() => Some(1),
        "id" | "uuid" | "guid" | "pk" | "key" if stem.len() == 1 && stands_for_people(&last) => Some(2),
        _ if ENDS.contains(&end) && NUMBERED.contains(&last.as_str()) => Some(4),
        _ if type_name.eq_ignore_ascii_case("uuid") || type_name.eq_ignore_ascii_case("uniqueidentifier") => {
            Some(5)
        }
        _ => None,
    }
}

/// Whether each record has a value of its own, one that keeps: no fraction, no moment, no yes or no.
fn all_differ(records: &[Record], at: usize) -> bool {
    let mut seen = std::collections::HashSet::new();
    !records.is_empty()
        && records.iter().all(|record| {
            let value = record.values.get(at).unwrap_or(&Value::Null);
            let keeps = match value {
                Value::Integer(_) | Value::Bytes(_) => true,
                Value::Text(text) => !text.trim().is_empty() && !text.contains('@'),
                Value::Null
                | Value::Real(_)
                | Value::Bool(_)
                | Value::Time(_)
                | Value::List(_)
                | Value::TooLarge => false,
            };
            keeps && seen.insert(Record::key_from(&[value]))
        })
}

/// Whether the people of a sample are told apart by their login, since the source and the selection have no key.
pub fn keyed_by_login(sample: &Sample) -> bool {
    !sample.records.is_empty() && sample.records.iter().all(|record| record.key.is_empty())
}

/// The columns, as the source writes them.
pub fn as_written(columns: &Columns, key: &[String]) -> Vec<String> {
    let written = |name: &String| columns.position(name).and_then(|at| columns.names().get(at).cloned());
    key.iter().map(|name| written(name).unwrap_or_else(|| name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(columns: &[(&str, &str)], rows: &[&[Value]]) -> Sample {
        let names = Columns::new(columns.iter().map(|(name, _)| *name));
        let record = |values: &&[Value]| Record {
            columns: names.clone(),
            values: values.to_vec(),
            key: String::new(),
            groups: Vec::new(),
        };
        Sample {
            columns: names.clone(),
            type_names: columns.iter().map(|(_, kind)| (*kind).to_owned()).collect(),
            records: rows.iter().map(record).collect(),
            rows: None,
            exact: false,
        }
    }

    fn one(name: &str, kind: &str) -> Vec<String> {
        let value = |n: i64| if kind == "int" { Value::Integer(n) } else { Value::Text(format!("v{n}")) };
        key_candidates(None, &sample(&[(name, kind)], &[&[value(1)], &[value(2)]]))
    }

    #[test]
    fn keys_are_known_by_their_names_and_types() {
        for (name, kind) in [
            ("id", "int"),
            ("ID", "text"),
            ("uuid", "uuid"),
            ("objectGUID", "bytea"),
            ("user_id", "int"),
            ("UserId", "uuid"),
            ("person_uuid", "text"),
            ("customer_id", "int"),
            ("userid", "int"),
            ("emp_no", "int"),
            ("employee_number", "text"),
            ("Personal-Nr", "text"),
            ("external_id", "text"),
        ] {
            assert_eq!(one(name, kind), [name], "{name}");
        }
        for name in [
            "username",
            "userid",
            "email",
            "login",
            "group_id",
            "department_id",
            "manager_id",
            "created_by_id",
            "zip_code",
            "name",
        ] {
            assert_eq!(one(name, "text"), [""; 0], "{name}");
        }
    }

    #[test]
    fn only_a_column_with_a_value_of_its_own_in_every_row_is_a_key() {
        let int = Value::Integer;
        let columns = [("id", "int"), ("user_id", "int")];
        let twice = sample(&columns, &[&[int(1), int(7)], &[int(1), int(8)]]);
        assert_eq!(key_candidates(None, &twice), ["user_id"]);
        let missing = sample(&columns, &[&[int(1), int(7)], &[Value::Null, int(8)]]);
        assert_eq!(key_candidates(None, &missing), ["user_id"]);
        let both = sample(&columns, &[&[int(1), int(7)], &[int(2), int(8)]]);
        assert_eq!(key_candidates(None, &both), ["id", "user_id"]);
        assert_eq!(key_candidates(None, &sample(&columns, &[])), [""; 0]);
        let addresses = sample(&[("id", "text")], &[&[Value::Text("a@example.com".into())]]);
        assert_eq!(key_candidates(None, &addresses), [""; 0]);
    }
}
