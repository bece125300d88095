//! One line of `explain --batch`: a JSON object in, a JSON object out. Pure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::model::{PasswordSettings, StoredPassword, printable_json};
use crate::password::{self, Context, Outcome, Question, SecretText};

/// A line as it comes. Fields it does not name are ignored.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: Option<Value>,
    stored: Option<SecretText>,
    #[serde(default)]
    salt_column: Option<SecretText>,
    #[serde(default)]
    context: Option<Context>,
    #[serde(default)]
    assume: Option<String>,
    #[serde(default)]
    password: Option<SecretText>,
}

/// A line's answer.
#[derive(Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    answer: password::Answer,
}

impl Answer {
    /// The answer for people: what it is, and what becomes of it.
    pub(super) fn words(&self) -> String {
        let answer = &self.answer;
        let then = match answer.outcome {
            Outcome::Import => "Okta can import it as is: people keep their passwords.",
            Outcome::PlainText => "Okta takes the password itself; its password policy applies.",
            Outcome::Hook => "It is checked by the password hook at the first sign-in.",
            Outcome::Reset => "This person must reset.",
            Outcome::Malformed | Outcome::Refuse | Outcome::Unknown => {
                "It can't be used: this person must reset."
            }
        };
        let mut text = format!("{}\n{then}", answer.reason);
        if answer.candidates.len() > 1 {
            text.push_str(&format!("\nIt may be: {}", answer.candidates.join(", ")));
        } else if let [scheme] = answer.candidates.as_slice() {
            text.push_str(&format!("\nScheme: {scheme}"));
        }
        text
    }
}

/// What is answered to a line that can't be understood.
#[derive(Serialize)]
struct Fault {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    error: String,
}

/// The answer to a line, as JSON without a line end.
pub(super) fn answer(line: &[u8]) -> Zeroizing<Vec<u8>> {
    let text = match serde_json::from_slice::<Asked>(line) {
        Ok(asked) => serde_json::to_vec(&of(asked)),
        Err(error) => serde_json::to_vec(&Fault { id: id_of(line), error: told(line, &error) }),
    };
    // Everything here has text for keys: it always serialises.
    let text = Zeroizing::new(text.unwrap_or_else(|_| br#"{"error":"it can't be answered"}"#.to_vec()));
    // What was asked is said back in it (the id), perhaps on a terminal.
    match std::str::from_utf8(&text).map(printable_json) {
        Ok(Cow::Owned(shown)) => Zeroizing::new(shown.into_bytes()),
        _ => text,
    }
}

/// A line too long to be read.
pub(super) fn too_long(most: usize) -> Vec<u8> {
    let error = format!("the line is longer than {most} bytes");
    serde_json::to_vec(&Fault { id: None, error }).unwrap_or_default()
}

/// What serde says, without a word of the line itself: it may hold a password.
fn told(line: &[u8], error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Data if !line.trim_ascii_start().starts_with(b"{") => "the line is not a JSON object",
        Category::Data => "a field has another type than it should, or stands there twice",
        Category::Eof => "the line ends within a JSON object",
        Category::Syntax | Category::Io => "the line is not a JSON object",
    };
    format!("{what} (column {})", error.column())
}

/// The id of a line whose other fields are wrong.
fn id_of(line: &[u8]) -> Option<Value> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Option<Value>,
    }
    serde_json::from_slice::<OnlyId>(line).ok().and_then(|line| line.id)
}

fn of(asked: Asked) -> Answer {
    let Asked { id, stored, salt_column, context, assume, password } = asked;
    Answer { id, answer: password::explain(&Question { stored, salt_column, context, assume, password }) }
}

/// What a value is.
pub(super) fn judge(stored: &StoredPassword, settings: &PasswordSettings) -> Answer {
    Answer { id: None, answer: password::answer(stored, settings, None) }
}
