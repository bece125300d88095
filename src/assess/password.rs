//! The route of a password, and what there is to say about it.

use super::codes;
use crate::model::{Finding, PasswordEvidence, PasswordSettings, Route, Severity};
use crate::password::{Conversion, Parsed, Reading, Weakness, look};

use Severity::{Notes, Warns};

/// What the password room makes of a person's evidence.
pub(super) struct Verdict {
    pub(super) scheme: String,
    pub(super) label: String,
    pub(super) route: Route,
}

pub(super) fn verdict(
    evidence: &PasswordEvidence,
    settings: &PasswordSettings,
    out: &mut Vec<Finding>,
) -> Verdict {
    let stored = match evidence {
        PasswordEvidence::None => {
            let text = "No stored password: this person must reset";
            out.push(Finding::new(Notes, codes::PASSWORD_NONE, None, text));
            return Verdict {
                scheme: "none".to_owned(),
                label: "no password".to_owned(),
                route: Route::Reset,
            };
        }
        PasswordEvidence::AskSource => {
            let (scheme, label) = ("ask-source".to_owned(), "checked by the source".to_owned());
            return Verdict { scheme, label, route: Route::Hook };
        }
        PasswordEvidence::Stored(stored) => stored,
    };
    let look = look(stored, settings);
    if look.trimmed {
        let text = "A line end or padding was taken off the stored password";
        out.push(Finding::new(Notes, codes::PASSWORD_TRIMMED, None, text));
    }
    let route = match &look.reading {
        Reading::Recognised(parsed) => recognised(parsed, out),
        Reading::Ambiguous(candidates) => {
            let route = if candidates.checkable() { Route::Hook } else { Route::Reset };
            let text = format!("{} fit several schemes. {}", candidates.shape, candidates.ask);
            out.push(Finding::new(Warns, codes::PASSWORD_AMBIGUOUS, None, text));
            route
        }
        Reading::Malformed { looks_like, reason } => {
            let text = format!("The stored password looks like {looks_like}, but {reason}");
            out.push(Finding::new(Warns, codes::PASSWORD_MALFORMED, None, text));
            Route::Reset
        }
        Reading::Refused { reason, .. } => {
            let text = format!("Checking the stored password would cost too much: {reason}");
            out.push(Finding::new(Warns, codes::PASSWORD_TOO_COSTLY, None, text));
            Route::Reset
        }
        Reading::Empty { why } => {
            out.push(Finding::new(Warns, codes::PASSWORD_EMPTY, None, *why));
            Route::Reset
        }
        Reading::Unknown => {
            let text = "Nothing known writes stored passwords like this one";
            out.push(Finding::new(Warns, codes::PASSWORD_UNKNOWN, None, text));
            Route::Reset
        }
    };
    Verdict { scheme: look.reading.scheme().to_owned(), label: look.reading.label().into_owned(), route }
}

fn recognised(parsed: &Parsed, out: &mut Vec<Finding>) -> Route {
    let route = match parsed.conversion() {
        Conversion::Import(_) | Conversion::PlainText(_) => Route::Import,
        Conversion::Hook { reason } => {
            let text = format!("Okta can't take this password as it is: {reason}");
            out.push(Finding::new(Notes, codes::PASSWORD_NOT_IMPORTABLE, None, text));
            Route::Hook
        }
        Conversion::Reset { reason } => {
            let text = format!("This password can't move: {reason}");
            out.push(Finding::new(Notes, codes::PASSWORD_NOT_IMPORTABLE, None, text));
            Route::Reset
        }
    };
    match parsed.weakness() {
        Some(weakness @ Weakness::ClearText) => {
            out.push(Finding::new(Warns, codes::PASSWORD_CLEAR_TEXT, None, weakness.text()));
        }
        Some(weakness) if route == Route::Import => {
            out.push(Finding::new(Notes, codes::PASSWORD_WEAK, None, weakness.text()));
        }
        _ => {}
    }
    route
}
