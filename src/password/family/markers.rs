//! What stands where a password would be: nothing, a lock, a pointer elsewhere.

use crate::password::kernel::crypt64::is_crypt64;
use crate::password::reading::Reading;
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Empty values and the markers of shadow files, Django, and LDAP.
///
/// `x`, `*`, `!`, `!!`, `NP`, `*LK*`, `*0`, `*1`, `NULL`; Django's `!` and 40 characters; `!` before a whole hash (a
/// locked account); `{SASL}` and `{KERBEROS}`, which ask another server.
pub(crate) struct Markers;

impl Scheme for Markers {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let why = match text {
            b"" => "The source keeps no password for this person",
            b"NULL" | b"null" => "The source says NULL: there is no password",
            b"x" | b"X" => "x means that the password is kept elsewhere (a shadow file), and not here",
            b"*" | b"!" | b"!!" | b"*LK*" | b"*0" | b"*1" => {
                "A marker stands here that means: locked, no password"
            }
            b"NP" => "NP means: no password",
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
                _ => return None,
            },
            _ => return None,
        };
        Some(Reading::Empty { why })
    }
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
