//! A question about one stored value, answered: what `causeway password explain` prints.

use serde::Serialize;

use super::OktaHash;
use super::context::Question;
use super::method::{Conversion, VerifyError};
use super::read::read;
use super::reading::{Parsed, Reading};
use super::registry::{alias_of, equivalents};
use super::words;
use crate::model::{PasswordSettings, StoredPassword};

/// What becomes of a stored value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Okta takes the hash.
    Import,
    /// Okta takes the password itself.
    PlainText,
    /// The hook can check it.
    Hook,
    /// The person sets a new password.
    Reset,
    /// Marks of a scheme, broken grammar.
    Malformed,
    /// Well formed, over the caps.
    Refuse,
    /// No rule fits.
    Unknown,
}

/// The answer. Serialised it holds the hash object: secret, for the eyes of whoever asked.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The scheme's id (`no-password` where there is none); `ambiguous`, `malformed` or `unknown`.
    pub scheme: String,
    /// The ids of the schemes the value fits as far as is known: several where it is ambiguous, and where several
    /// products write the very same values.
    pub candidates: Vec<&'static str>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The object Okta takes for `import`.
    pub okta: Option<OktaHash>,
    /// Whether the password given is the one; `None` if none was given, or nothing here can tell.
    pub verifies: Option<bool>,
    /// What it is and why it goes this way, in plain sentences.
    pub reason: String,
}

/// Answers a question. No I/O; derives only where a password is given, and then within the caps.
pub fn explain(question: &Question) -> Answer {
    let settings = match question.settings() {
        Ok(settings) => settings,
        Err(reason) => {
            let scheme = "unknown".to_owned();
            return Answer {
                scheme,
                candidates: Vec::new(),
                outcome: Outcome::Unknown,
                okta: None,
                verifies: None,
                reason,
            };
        }
    };
    let password = question.password.as_ref().map(|password| password.expose().as_bytes());
    let mut answer = answer(&question.stored_password(), &settings, password);
    if let Some(word) = settings.assume.as_deref().filter(|word| words::scheme(word).is_none()) {
        let told = " is no scheme that Causeway knows, so it states nothing, and nothing is imported by it";
        answer.reason.push_str(&format!(" “{word}”{told}."));
    }
    answer
}

/// The same for what is at hand already.
pub fn answer(stored: &StoredPassword, settings: &PasswordSettings, password: Option<&[u8]>) -> Answer {
    let reading = read(stored, settings);
    let (outcome, okta, why) = outcome(&reading);
    let mut reason = reading.sentence();
    if let Some(why) = why {
        reason.push_str(&format!(" {why}."));
    }
    let verifies = password.and_then(|password| match reading.verify(password) {
        // What is malformed, refused or missing verifies nothing.
        Ok(fits) => Some(fits.unwrap_or(false)),
        Err(error) => {
            let told = !matches!(reading, Reading::Recognised(_) | Reading::Ambiguous(_))
                || error == VerifyError::PasswordTooLong;
            if !matches!(reading, Reading::Refused { .. }) {
                reason.push_str(&format!(" {error}."));
            }
            told.then_some(false)
        }
    });
    // Where products write the same values, the one that was stated is named.
    let found = if matches!(reading, Reading::Empty { .. }) { "no-password" } else { reading.scheme() };
    let stated = settings.assume.as_deref().and_then(|stated| alias_of(stated.trim(), found));
    let candidates = match &reading {
        Reading::Recognised(_) | Reading::Refused { .. } => equivalents(found),
        Reading::Ambiguous(candidates) => {
            let mut ids: Vec<&'static str> = Vec::new();
            for id in candidates.schemes.iter().flat_map(|parsed| equivalents(parsed.scheme())) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            ids
        }
        Reading::Malformed { .. } | Reading::Empty { .. } | Reading::Unknown => Vec::new(),
    };
    Answer { scheme: stated.unwrap_or(found).to_owned(), candidates, outcome, okta, verifies, reason }
}

/// What becomes of a reading, Okta's object, and why not if there is none.
pub fn outcome(reading: &Reading) -> (Outcome, Option<OktaHash>, Option<String>) {
    match reading {
        Reading::Recognised(parsed) => recognised(parsed),
        Reading::Ambiguous(candidates) if candidates.checkable() => (
            Outcome::Hook,
            None,
            Some("Until that is said it is not imported; the hook tries them in turn".to_owned()),
        ),
        Reading::Ambiguous(_) | Reading::Empty { .. } => (Outcome::Reset, None, None),
        Reading::Malformed { .. } => (Outcome::Malformed, None, None),
        Reading::Refused { .. } => (Outcome::Refuse, None, None),
        Reading::Unknown => (Outcome::Unknown, None, None),
    }
}

fn recognised(parsed: &Parsed) -> (Outcome, Option<OktaHash>, Option<String>) {
    match parsed.conversion() {
        Conversion::Import(hash) => (Outcome::Import, Some(hash), None),
        Conversion::PlainText(_) => (Outcome::PlainText, None, None),
        Conversion::Hook { reason } => (Outcome::Hook, None, Some(capital(&reason))),
        Conversion::Reset { reason } => (Outcome::Reset, None, Some(capital(&reason))),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
