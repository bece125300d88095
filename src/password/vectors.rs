//! The public vectors (`tests/data/password-vectors.jsonl`), row by row.
//!
//! Each row is a stored value, what the administrator knows about it, a password, and what has to come out: the
//! outcome, Okta's hash object, and whether the password fits.

use serde_json::Value;

use super::*;
use crate::model::{PasswordSettings, SecretBytes, StoredPassword};

const FILE: &str = include_str!("../../tests/data/password-vectors.jsonl");
/// Formats that move and that the public vectors don't have, computed with Python's hashlib (`scripts/own-vectors.py`).
const OWN: &str = include_str!("../../tests/data/password-vectors-own.jsonl");

struct Row(Value);

impl Row {
    fn all() -> impl Iterator<Item = Self> {
        Self::of(FILE)
    }

    fn of(file: &'static str) -> impl Iterator<Item = Self> {
        file.lines().map(|line| Self(serde_json::from_str(line).unwrap()))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0[key].as_str()
    }

    fn id(&self) -> &str {
        self.text("id").unwrap()
    }

    fn stored(&self) -> StoredPassword {
        StoredPassword {
            text: SecretBytes::from(self.text("stored").unwrap()),
            salt: self.text("salt_column").map(SecretBytes::from),
            username: self.0["context"]["username"].as_str().map(str::to_owned),
            columns: Vec::new(),
        }
    }

    fn needs_hint(&self) -> bool {
        self.text("detect") == Some("needs_hint")
    }

    /// The row as a line of `causeway password explain --batch`.
    fn question(&self) -> Question {
        let mut line = self.0.clone();
        if self.needs_hint() {
            line["assume"] = line["scheme"].clone();
        }
        serde_json::from_value(line).unwrap()
    }
}

/// A reading in the words of the file.
fn told(reading: &Reading) -> (&'static str, Value) {
    match reading {
        Reading::Recognised(parsed) => match parsed.conversion() {
            Conversion::Import(hash) => ("import", serde_json::to_value(hash).unwrap()),
            Conversion::PlainText(_) => ("plaintext", Value::Null),
            Conversion::Hook { .. } => ("hook", Value::Null),
            Conversion::Reset { .. } => ("reset", Value::Null),
        },
        Reading::Ambiguous(candidates) if candidates.checkable() => ("hook", Value::Null),
        Reading::Ambiguous(_) | Reading::Empty { .. } => ("reset", Value::Null),
        Reading::Malformed { .. } => ("malformed", Value::Null),
        Reading::Refused { .. } => ("refuse", Value::Null),
        Reading::Unknown => ("unknown", Value::Null),
    }
}

/// One part of four of all rows: derivations take their time, and parts run side by side.
fn part_comes_out_as_the_file_says(part: usize) {
    rows_come_out_as_the_file_says(Row::all().skip(part).step_by(4));
}

fn rows_come_out_as_the_file_says(rows: impl Iterator<Item = Row>) {
    let mut wrong = Vec::new();
    for row in rows {
        let answer = serde_json::to_value(explain(&row.question())).unwrap();
        let scheme = row.text("scheme").unwrap();
        let ours = match scheme {
            // Which scheme it is over the cap of, the file does not say.
            "over-cap" => answer["scheme"].as_str(),
            scheme => Some(scheme),
        };
        // Products that write the very same values are told by none but those who know.
        let named = answer["candidates"].as_array().unwrap().iter().any(|id| id.as_str() == ours);
        let verifies = match scheme {
            "no-password" | "over-cap" => Value::Bool(false),
            _ => row.0["verifies"].clone(),
        };
        let right = (answer["scheme"].as_str() == ours || named)
            && answer["outcome"] == row.0["okta_decision"]
            && answer["okta"] == row.0["okta_expected"]
            && answer["verifies"] == verifies;
        // What the catalogue, and the README with it, says of the format is what happens.
        let listed = format_of(scheme).map(|format| format.moves);
        let kept = match (answer["outcome"].as_str().unwrap(), listed) {
            ("refuse", _) | (_, None) => matches!(scheme, "over-cap" | "no-password"),
            ("import", Some(moves)) => matches!(moves, Moves::Import | Moves::ImportFrom4096),
            ("plaintext", Some(moves)) => moves == Moves::PlainText,
            ("hook", Some(moves)) => matches!(moves, Moves::Hook | Moves::ImportFrom4096),
            (_, Some(moves)) => moves == Moves::Reset,
        };
        if !right || !kept {
            wrong.push(format!(
                "{}: {} {} {} {}: {}",
                row.id(),
                answer["scheme"],
                answer["outcome"],
                answer["okta"],
                answer["verifies"],
                answer["reason"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rows_1() {
    part_comes_out_as_the_file_says(0);
}

#[test]
fn rows_2() {
    part_comes_out_as_the_file_says(1);
}

#[test]
fn rows_3() {
    part_comes_out_as_the_file_says(2);
}

#[test]
fn rows_4() {
    part_comes_out_as_the_file_says(3);
}

#[test]
fn rows_of_our_own() {
    rows_come_out_as_the_file_says(Row::of(OWN));
}

/// Every format that moves is shown by a vector, but for product names of values that another name shows.
#[test]
fn no_format_moves_unseen() {
    let shown: Vec<String> =
        Row::all().chain(Row::of(OWN)).map(|row| row.text("scheme").unwrap().to_owned()).collect();
    let moves = formats().iter().filter(|f| matches!(f.moves, Moves::Import | Moves::ImportFrom4096));
    let unseen: Vec<&str> = moves
        .flat_map(Format::ids)
        .filter(|id| *id != "salted-digest" && !shown.iter().any(|shown| shown == id))
        .collect();
    // Plain bcrypt and passlib's PBKDF2 under other products' names.
    let same = ["bcrypt-2b-node", "rails-has-secure-password", "devise-bcrypt", "symfony-native-bcrypt"];
    assert_eq!(unseen, [&same[..], &["odoo-pbkdf2-sha512"]].concat());
}

/// Asking only the families that a value's first byte allows gives the same as asking all of them, for each vector with
/// each first byte there is.
#[test]
fn the_first_byte_keeps_no_family_out() {
    use super::recognise::{recognise, recognise_by_walking};
    let same = |seen: &Seen<'_>| {
        let (quick, whole) = (recognise(seen), recognise_by_walking(seen));
        assert_eq!(quick.scheme(), whole.scheme());
        assert_eq!(quick.sentence(), whole.sentence());
        assert_eq!(told(&quick), told(&whole));
    };
    let mut schemes = std::collections::BTreeSet::new();
    for row in Row::all().chain(Row::of(OWN)) {
        // One row of each scheme.
        if !schemes.insert(row.text("scheme").unwrap().to_owned()) {
            continue;
        }
        let (stored, settings) = (row.stored(), row.question().settings().unwrap());
        let salt = stored.salt.as_ref().map(SecretBytes::expose);
        let mut text = stored.text.expose().to_vec();
        let seen = |text: &[u8]| {
            let (username, settings) = (stored.username.as_deref(), &settings);
            same(&Seen { text, salt, username, columns: &[], settings, depth: 0, families: recognise });
        };
        seen(&text);
        seen(text.get(1..).unwrap_or_default());
        for first in 0..=u8::MAX {
            if let Some(byte) = text.first_mut() {
                *byte = first;
            }
            seen(&text);
        }
    }
}

#[test]
fn costs_over_the_caps_are_refused_before_any_work() {
    let rows: Vec<Row> = Row::all().filter(|row| row.text("scheme") == Some("over-cap")).collect();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let reading = read(&row.stored(), &PasswordSettings::default());
        assert!(matches!(reading, Reading::Refused { .. }), "{}: {reading:?}", row.id());
        assert!(matches!(reading.verify(b"password"), Err(VerifyError::TooCostly { .. })), "{}", row.id());
    }
}

#[test]
fn what_the_string_does_not_tell_is_never_imported_unstated() {
    // A bare bcrypt is taken at its word: see the room's docs.
    for row in Row::all().filter(|row| row.needs_hint() && row.text("shape") != Some("bcrypt")) {
        let (word, _) = told(&read(&row.stored(), &PasswordSettings::default()));
        assert!(!matches!(word, "import" | "plaintext"), "{}: {word}", row.id());
    }
}

/// How Okta would compute a reading: everything of the hash object but its value, salt and costs.
fn computation(reading: &Reading) -> Option<String> {
    let (word, okta) = told(reading);
    let part = |key: &str| okta[key].as_str().unwrap_or_default().to_owned();
    let all = [word.to_owned(), part("algorithm"), part("saltOrder"), part("digestAlgorithm")];
    matches!(word, "import" | "plaintext").then(|| all.join(" "))
}

/// Cut short anywhere, or with one character changed, a value may still be whole (a salt has no checksum), but it is
/// never imported as a different computation.
#[test]
fn damaged_values_never_turn_into_something_else() {
    let mut wrong = Vec::new();
    let mut schemes = std::collections::BTreeSet::new();
    for row in Row::all() {
        // One row of each scheme; and a chain of Magento's that lost its last step looks like its first one alone.
        let scheme = row.text("scheme").unwrap();
        if scheme == "magento2-1+3" || !schemes.insert(scheme.to_owned()) {
            continue;
        }
        let text = row.text("stored").unwrap().as_bytes();
        let stored = row.stored();
        let before = computation(&read(&stored, &PasswordSettings::default()));
        let step = (text.len() / 100).max(1);
        let mut damaged: Vec<Vec<u8>> =
            (0..text.len()).step_by(step).map(|end| text[..end].to_vec()).collect();
        for at in (0..text.len()).step_by(step) {
            for byte in [b'$', b'}', b':', b'0', b'=', b'A', b' ', 0xc3] {
                let mut copy = text.to_vec();
                copy[at] = byte;
                damaged.push(copy);
            }
        }
        for copy in damaged {
            let stored = StoredPassword { text: SecretBytes::new(copy.clone()), ..stored.clone() };
            let after = read(&stored, &PasswordSettings::default());
            if computation(&after).is_some_and(|after| Some(after) != before) {
                wrong.push(format!("{} → {}: {}", row.id(), after.scheme(), String::from_utf8_lossy(&copy)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
