//! One line of `explain --batch`: a JSON object in, a JSON object out. Pure.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::model::{PasswordSettings, SaltOrder, SecretBytes, StoredPassword, TextEncoding};
use crate::password::{Conversion, OktaHash, Reading, VerifyError, read};

/// Text that is wiped when dropped.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Hidden(Zeroizing<String>);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Hidden {
    fn bytes(&self) -> SecretBytes {
        SecretBytes::from(self.0.as_str())
    }
}

/// A line as it comes. Fields it does not name are ignored.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    id: Option<Value>,
    stored: Option<Hidden>,
    #[serde(default)]
    salt_column: Option<Hidden>,
    #[serde(default)]
    context: Option<Context>,
    #[serde(default)]
    assume: Option<String>,
    #[serde(default)]
    password: Option<Hidden>,
}

/// What is known beside the value, in the words of the vector file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Context {
    username: Option<String>,
    salt_order: Option<SaltOrder>,
    salt_encoding: Option<TextEncoding>,
    digest: Option<String>,
}

/// A line's answer.
#[derive(Serialize)]
pub(super) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    scheme: &'static str,
    candidates: Vec<&'static str>,
    outcome: &'static str,
    okta: Option<OktaHash>,
    verifies: Option<bool>,
    reason: String,
}

impl Answer {
    /// The answer for people: what it is, and what becomes of it.
    pub(super) fn words(&self) -> String {
        let then = match self.outcome {
            "import" => "Okta takes it as it is: people keep their passwords.",
            "plaintext" => "Okta takes the password itself; its password policy applies.",
            "hook" => "It is checked by the password hook at the first sign-in.",
            "reset" => "This person sets a new password.",
            _ => "It can't be used: this person sets a new password.",
        };
        let mut text = format!("{}\n{then}", self.reason);
        if self.candidates.len() > 1 {
            text.push_str(&format!("\nIt may be: {}", self.candidates.join(", ")));
        } else if let [scheme] = self.candidates.as_slice() {
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
        Err(error) => serde_json::to_vec(&Fault { id: id_of(line), error: told(&error) }),
    };
    // Everything here has text for keys: it always serialises.
    Zeroizing::new(text.unwrap_or_else(|_| br#"{"error":"it can't be answered"}"#.to_vec()))
}

/// A line too long to be read.
pub(super) fn too_long(most: usize) -> Vec<u8> {
    let error = format!("the line is longer than {most} bytes");
    serde_json::to_vec(&Fault { id: None, error }).unwrap_or_default()
}

/// What serde says, without a word of the line itself: it may hold a password.
fn told(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Data => "a field has another type than it should, or `stored` is missing",
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
    let context = asked.context.unwrap_or_default();
    let stored = StoredPassword {
        text: asked.stored.as_ref().map(Hidden::bytes).unwrap_or_default(),
        salt: asked.salt_column.as_ref().map(Hidden::bytes).filter(|salt| !salt.is_empty()),
        username: context.username,
    };
    let settings = PasswordSettings {
        assume: asked.assume.or(context.digest),
        salt_order: context.salt_order,
        salt_encoding: context.salt_encoding,
    };
    judge(asked.id, &read(&stored, &settings), asked.password.as_ref().map(|p| p.0.as_bytes()))
}

/// What a reading is, and whether the password fits.
pub(super) fn judge(id: Option<Value>, reading: &Reading, password: Option<&[u8]>) -> Answer {
    let (outcome, okta, reason) = outcome(reading);
    let (verifies, reason) = match password.map(|password| reading.verify(password)) {
        None => (None, reason),
        Some(Ok(Some(fits))) => (Some(fits), reason),
        // Nothing to check against: nothing fits.
        Some(Ok(None) | Err(VerifyError::TooCostly { .. }))
            if !matches!(outcome, "import" | "plaintext" | "hook") =>
        {
            (Some(false), reason)
        }
        Some(Ok(None)) => (Some(false), reason),
        Some(Err(error @ VerifyError::PasswordTooLong)) => (Some(false), format!("{reason} {error}.")),
        Some(Err(error)) => (None, format!("{reason} {error}.")),
    };
    let candidates = match reading {
        Reading::Recognised(parsed) => vec![parsed.scheme()],
        Reading::Ambiguous(candidates) => candidates.schemes.iter().map(|p| p.scheme()).collect(),
        Reading::Refused { scheme, .. } => vec![*scheme],
        Reading::Malformed { .. } | Reading::Empty { .. } | Reading::Unknown => Vec::new(),
    };
    Answer { id, scheme: reading.scheme(), candidates, outcome, okta, verifies, reason }
}

/// The outcome in one word, the hash object, and why.
fn outcome(reading: &Reading) -> (&'static str, Option<OktaHash>, String) {
    let said = reading.sentence();
    match reading {
        Reading::Recognised(parsed) => match parsed.conversion() {
            Conversion::Import(hash) => ("import", Some(hash), said),
            Conversion::PlainText(_) => ("plaintext", None, said),
            Conversion::Hook { reason } => ("hook", None, format!("{said} {reason}.")),
            Conversion::Reset { reason } => ("reset", None, format!("{said} {reason}.")),
        },
        Reading::Ambiguous(candidates) if candidates.checkable() => ("hook", None, said),
        Reading::Ambiguous(_) | Reading::Empty { .. } => ("reset", None, said),
        Reading::Malformed { .. } => ("malformed", None, said),
        Reading::Refused { .. } => ("refuse", None, said),
        Reading::Unknown => ("unknown", None, said),
    }
}
