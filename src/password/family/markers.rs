//! What stands where a password would be: nothing, a lock, a pointer elsewhere.

use crate::password::kernel::crypt64::is_crypt64;
use crate::password::reading::Reading;
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Empty values and the markers of shadow files, Django, and LDAP.
///
/// `x`, `*`, `!`, `!!`, `NP`, `*LK*`, `*0`, `*1`, `NULL`; Moodle's `not cached`, `restored`, `to be generated`; Samba's `NO PASSWORDXXX…`; Django's `!` and 40 characters; `!` before a whole hash (a
/// locked account); `{SASL}` and `{KERBEROS}`, which ask another server.
pub(crate) struct Markers;

impl Scheme for Markers {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let why = match text {
            b"" => "The source has no password for this person",
            b"NULL" | b"null" => "The source says NULL: there is no password",
            b"x" | b"X" => "x means that the password is stored elsewhere (in a shadow file)",
            b"*" | b"!" | b"!!" | b"*LK*" | b"*0" | b"*1" => {
                "A marker stands here that means: locked, no password"
            }
            b"NP" | b"*NP*" => "NP means: no password",
            [b'N' | b'n' | b'R' | b'r' | b'T' | b't', ..] => moodle(text)?,
            [b'!', rest @ ..] if locked(rest) => {
                "An exclamation mark stands before the hash: the account is locked. To bring the password along, take \
                 the mark off in the Map step"
            }
            [b'*', b'L', b'K', b'*', rest @ ..] if locked(rest) => {
                "*LK* stands before the hash: the account is locked. To bring the password along, take the mark off in \
                 the Map step"
            }
            [b'!', rest @ ..] if rest.len() == 40 && rest.iter().all(u8::is_ascii_alphanumeric) => {
                "Django marks people without a usable password like this"
            }
            [b'{', ..] => match text::label(text)? {
                (label, _) if label.eq_ignore_ascii_case(b"SASL") => {
                    "{SASL} means that another server checks the password; there is none here"
                }
                (label, _) if label.eq_ignore_ascii_case(b"KERBEROS") => {
                    "{KERBEROS} means that another server checks the password; there is none here"
                }
                (label, b"*" | b"!" | b"!!" | b"x" | b"X" | b"*LK*")
                    if label.eq_ignore_ascii_case(b"CRYPT") =>
                {
                    "A marker stands here that means: locked, no password"
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(Reading::Empty { why })
    }
}

/// What Moodle writes where it keeps no password, and Samba.
fn moodle(text: &[u8]) -> Option<&'static str> {
    let is = |word: &str| text.eq_ignore_ascii_case(word.as_bytes());
    if is("not cached") {
        return Some(
            "“not cached” is how Moodle marks people whose password another system checks: there is none here",
        );
    }
    if is("restored") || is("to be generated") {
        return Some("Moodle marks people like this who have no password yet");
    }
    let samba = text
        .strip_prefix(b"NO PASSWORD")
        .is_some_and(|rest| !rest.is_empty() && rest.iter().all(|b| *b == b'X'));
    samba.then_some("Samba marks people without a password like this")
}

/// What a spreadsheet made of a value: a number with an exponent where a long number stood, an error where something began with
/// a sign. The value itself is lost.
pub(crate) struct Spreadsheet;

impl Scheme for Spreadsheet {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let error = [&b"#NAME?"[..], b"#VALUE!", b"#REF!", b"#N/A", b"#NUM!", b"#NULL!", b"#DIV/0!"]
            .contains(&text)
            || (text.len() >= 3 && text.iter().all(|byte| *byte == b'#'));
        if error {
            return Some(Reading::malformed(
                "an error that a spreadsheet wrote",
                "what stood here is lost: export the column again as text",
            ));
        }
        number(text)
    }
}

/// A number as a spreadsheet, or a program that takes columns for numbers, writes it.
pub(super) fn number(text: &[u8]) -> Option<Reading> {
    if exponent(text) {
        return Some(Reading::malformed(
            "a number that a spreadsheet wrote",
            "most of its digits are lost: export the column again as text",
        ));
    }
    whole(text).then(|| {
        Reading::malformed(
            "a number that a spreadsheet wrote",
            "zeros at its start and its last digits may be lost: export the column again as text",
        )
    })
}

/// `1.23457E+31`, `1,2E+05`, `1.5e+20`, `1.2345E7`: one digit, a fraction or none, a power of ten with a sign. Without a fraction and a
/// sign it is left alone: `1E5` may be anything.
fn exponent(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let Some(at) = text.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (number, power) = (&text[..at], &text[at + 1..]);
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let (number, fraction) = match number {
        [whole] => (whole.is_ascii_digit(), false),
        [whole, b'.' | b',', fraction @ ..] => {
            (whole.is_ascii_digit() && digits(fraction) && fraction.len() <= 17, true)
        }
        _ => (false, false),
    };
    let (power, signed) = match power {
        [b'+' | b'-', power @ ..] => (power, true),
        power => (power, false),
    };
    number && digits(power) && power.len() <= 3 && (fraction || signed)
}

/// `12345.0`, `12345,00`: a whole number in a column of numbers with fractions.
fn whole(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let Some(at) = text.iter().position(|byte| matches!(byte, b'.' | b',')) else { return false };
    let (number, zeros) = (&text[..at], &text[at + 1..]);
    let zeros = (1..=6).contains(&zeros.len()) && zeros.iter().all(|byte| *byte == b'0');
    zeros && !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}

/// Whether a hash follows a lock's exclamation mark.
fn locked(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"!").unwrap_or(rest);
    // DES crypt is 13 digits, BSDi's an underscore and 19; a label is LDAP's.
    rest.starts_with(b"$")
        || (rest.len() == 13 && is_crypt64(rest))
        || (rest.len() == 20 && rest[0] == b'_' && is_crypt64(&rest[1..]))
        || text::label(rest).is_some()
}
