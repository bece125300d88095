//! Passwords kept as they are: behind a label that says so, or in a column the administrator says so of.

use crate::password::kernel::clear::ClearText;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

use super::digest_shape::is_bare;
use super::markers;

/// `{noop}` (Spring), `{PLAIN}` (Dovecot), `{CLEARTEXT}` and `{CLEAR}` (LDAP), `plain$$` (Werkzeug).
pub(crate) struct Labelled;

impl Scheme for Labelled {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (scheme, origin, rest) = if let Some(rest) = seen.text.strip_prefix(b"plain$$") {
            ("werkzeug-plain", "Clear text, as Werkzeug marks it", rest)
        } else {
            let (label, rest) = text::label(seen.text)?;
            let is = |word: &str| label.eq_ignore_ascii_case(word.as_bytes());
            if is("noop") {
                ("spring-noop", "Clear text, as Spring Security marks it", rest)
            } else if is("PLAIN") {
                ("dovecot-plain", "Clear text, as Dovecot marks it", rest)
            } else if is("CLEARTEXT") || is("CLEAR") {
                ("ldap-cleartext", "Clear text, as LDAP servers mark it", rest)
            } else {
                return None;
            }
        };
        if is_marker(rest) {
            return Some(clear(scheme, origin, rest));
        }
        Some(doubted(seen, rest).unwrap_or_else(|| clear(scheme, origin, rest)))
    }
}

/// A hash behind a mark of clear text: somebody may have put the mark there to get it through an upgrade. To import it as the
/// password would lock the person out, so the hook tries both.
fn doubted(seen: &Seen<'_>, rest: &[u8]) -> Option<Reading> {
    let marked = rest.iter().any(|byte| b"$:*".contains(byte)) || text::label(rest).is_some();
    if !marked && !is_bare(rest) {
        return None;
    }
    let mut schemes = match seen.unwrapped(rest)?.recognise() {
        Reading::Recognised(parsed) if parsed.scheme() != "plaintext" => vec![parsed],
        Reading::Ambiguous(candidates) => candidates.schemes,
        Reading::Malformed { .. } => Vec::new(),
        _ => return None,
    };
    schemes.insert(
        0,
        Parsed::new("plaintext", "clear text", "Clear text, as it is marked", ClearText::new(rest)?),
    );
    let ask = "Ask the people who run the old system whether these are passwords or hashes, and take the mark off where they are hashes";
    Some(Reading::Ambiguous(Candidates {
        shape: "Values marked as clear text that look like hashes".into(),
        ask,
        schemes,
    }))
}

/// Anything no other family knows, in a column stated to hold clear text (`assume` = `plaintext`).
pub(crate) struct Stated;

impl Scheme for Stated {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        seen.assumes("plaintext").then(|| clear("plaintext", "Clear text, as you stated", seen.text))
    }
}

/// Words that stand where a password would be, in small letters.
static MARKERS: [&str; 36] = [
    "locked",
    "lock",
    "account locked",
    "disabled",
    "inactive",
    "deleted",
    "revoked",
    "expired",
    "blocked",
    "suspended",
    "none",
    "null",
    "nil",
    "undefined",
    "nan",
    "n/a",
    "na",
    "n.a.",
    "empty",
    "blank",
    "unset",
    "not set",
    "no password",
    "nopassword",
    "no_password",
    "nologin",
    "external",
    "ldap",
    "sso",
    "saml",
    "oauth",
    "unusable",
    "redacted",
    "removed",
    "hidden",
    "masked",
];

/// Whether a text marks a person who has no password: a word for it, in brackets or not, or nothing but stars, marks or crosses. Sent as
/// a password, it would let in whoever tries it.
fn is_marker(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let inner = lower.trim_matches(|c: char| "<>()[]{}*!-_#".contains(c)).trim();
    let crosses = lower.len() >= 3 && lower.bytes().all(|byte| byte == b'x');
    inner.is_empty() || crosses || MARKERS.contains(&inner)
}

/// The schemes whose values are the password itself.
pub const CLEAR_TEXT: [&str; 5] =
    ["plaintext", "spring-noop", "dovecot-plain", "ldap-cleartext", "werkzeug-plain"];

/// The password itself of a value of one of [`CLEAR_TEXT`]: without the mark of its scheme, a line end, and what fills up a column.
pub fn without_mark<'a>(scheme: &str, stored: &'a [u8]) -> &'a [u8] {
    let rest = match scheme {
        "plaintext" => None,
        "werkzeug-plain" => stored.strip_prefix(b"plain$$"),
        _ => text::label(stored).map(|(_, rest)| rest),
    };
    let rest = rest.unwrap_or(stored);
    let end = rest.iter().rposition(|byte| *byte != 0 && !byte.is_ascii_whitespace()).map_or(0, |at| at + 1);
    &rest[..end]
}

fn clear(scheme: &'static str, origin: &'static str, text: &[u8]) -> Reading {
    if text.is_empty() {
        return Reading::Empty { why: "The source has an empty password for this person" };
    }
    if is_marker(text) {
        return Reading::Empty { why: "This is a marker that means no password, or none stored here" };
    }
    if let Some(lost) = markers::number(text) {
        return lost;
    }
    match ClearText::new(text) {
        Some(method) => Reading::Recognised(Parsed::new(scheme, "clear text", origin, method)),
        None => Reading::malformed("clear text", "its bytes are not UTF-8"),
    }
}
