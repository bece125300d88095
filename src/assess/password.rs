//! The route of a password, and what there is to say about it.

use secrecy::ExposeSecret as _;

use super::{clear_text, codes};
use crate::model::{Candidate, Finding, PasswordEvidence, PasswordSettings, Route, Severity};
use crate::password::{Conversion, Parsed, Reading, Weakness, look};

use Severity::{Notes, Warns};

/// What the password room makes of a person's evidence.
pub(super) struct Verdict {
    pub(super) scheme: String,
    pub(super) label: String,
    pub(super) route: Route,
}

pub(super) fn verdict(candidate: &Candidate, settings: &PasswordSettings, out: &mut Vec<Finding>) -> Verdict {
    let stored = match &candidate.password {
        PasswordEvidence::None => {
            let text = "No stored password: this person must reset";
            out.push(Finding::new(Notes, codes::PASSWORD_NONE, None, text));
            return Verdict {
                scheme: "none".to_owned(),
                label: "no password".to_owned(),
                route: Route::Reset,
            };
        }
        PasswordEvidence::TooLarge => {
            let text = "The stored password or its salt is larger than 1 MiB, so it was not read: no stored password is that large. Make \
                        sure that the right column is mapped; this person must reset";
            out.push(Finding::new(Warns, codes::PASSWORD_TOO_LARGE, None, text));
            return Verdict {
                scheme: "malformed".to_owned(),
                label: "too large".to_owned(),
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
        Reading::Recognised(parsed) => recognised(parsed, candidate, settings, out),
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

fn recognised(
    parsed: &Parsed,
    candidate: &Candidate,
    settings: &PasswordSettings,
    out: &mut Vec<Finding>,
) -> Route {
    if parsed.weakness() == Some(Weakness::ClearText)
        && let Some((finding, back)) = clear_text::shared(candidate.sharing, settings)
    {
        out.push(finding);
        if back {
            let text = Weakness::ClearText.text();
            out.push(Finding::new(Warns, codes::PASSWORD_CLEAR_TEXT, None, text));
            return Route::Reset;
        }
    }
    let route = match parsed.conversion() {
        Conversion::Import(_) => Route::Import,
        Conversion::PlainText(password) => {
            let login = candidate.profile.login();
            out.extend(clear_text::below_policy(password.expose_secret(), login));
            Route::Import
        }
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
