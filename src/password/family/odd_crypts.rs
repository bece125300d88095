//! What is left of crypt(3), told apart so that a person reads the right words.
//!
//! `$3$$` and 32 hex digits: an NT hash, hook. `$md5$…`, `$md5,rounds=n$…`: Sun's MD5, reset. `{MD4}{salt}`hex is Spring's, hook.

use crate::password::kernel::crypt64::is_crypt64;
use crate::password::kernel::hook_only::{HookOnly, Uncomputed};
use crate::password::kernel::md4::{md4, nt_hash};
use crate::password::kernel::printable;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

use super::spring::{braced, is_label};

/// The rest of crypt(3).
pub(crate) struct OddCrypts;

const SUN: Uncomputed =
    Uncomputed { words: "Sun's MD5 crypt", reason: "neither Okta nor Causeway computes Sun's MD5 crypt" };
impl Scheme for OddCrypts {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        const UNIX: &str = "A Unix password";
        let whole = seen.text;
        if let Some(hex) = whole.strip_prefix(b"$3$$") {
            return Some(match text::hex(hex).filter(|digest| digest.len() == 16) {
                Some(digest) => {
                    let method = HookOnly {
                        words: "MD4 over the password in UTF-16".into(),
                        reason: "Okta does not take MD4",
                        digest,
                        rounds: 1,
                        compute: |password: &[u8]| nt_hash(password),
                    };
                    Reading::Recognised(Parsed::new(
                        "crypt-nthash-3",
                        "NT hash",
                        "A password of FreeBSD's NT kind",
                        method,
                    ))
                }
                None => Reading::malformed("an NT hash", "its digest has not 32 hex digits"),
            });
        }
        if let Some(rest) =
            whole.strip_prefix(b"$md5").filter(|rest| b"$,".contains(rest.first().unwrap_or(&0)))
        {
            return Some(if sun(rest) {
                Reading::Recognised(Parsed::new("crypt-sunmd5", "SunMD5", UNIX, SUN))
            } else {
                Reading::malformed(
                    "Sun's MD5 crypt",
                    "its parts are not as Solaris writes them: it may be cut short",
                )
            });
        }
        if let Some(rest) = text::after_ignoring_case(whole, "{MD4}") {
            return Some(spring_md4(rest));
        }
        None
    }
}

/// `$salt$digest` with 22 digits, rounds before it (`,rounds=n`), and a second dollar sign before the digest or none.
fn sun(rest: &[u8]) -> bool {
    let rest = match rest.strip_prefix(b",rounds=") {
        None => rest,
        Some(rest) => match rest.iter().position(|byte| *byte == b'$') {
            Some(at) if text::number(&rest[..at]).is_some() => &rest[at..],
            _ => return false,
        },
    };
    let parts: Vec<&[u8]> = rest.split(|byte| *byte == b'$').collect();
    match parts.as_slice() {
        [b"", salt, digest] | [b"", salt, b"", digest] => {
            is_crypt64(salt) && digest.len() == 22 && is_crypt64(digest)
        }
        _ => false,
    }
}

/// `{MD4}{salt}`hex: MD4 over password and `{salt}`, braces included.
fn spring_md4(payload: &[u8]) -> Reading {
    let (salt, hex) = braced(payload);
    let Some(digest) = text::hex(hex).filter(|digest| digest.len() == 16) else {
        return Reading::malformed("Spring's MD4", "its digest has the wrong length");
    };
    if is_label(salt) {
        return Reading::malformed("Spring's MD4", "two labels stand before it, and only one can be right");
    }
    if !printable(salt) {
        return Reading::malformed("Spring's MD4", "its salt holds characters that Spring does not write");
    }
    let salt = if salt.len() <= 2 { text::Bytes::default() } else { text::bytes(salt) };
    let method = HookOnly {
        words: "MD4 over the password and the salt".into(),
        reason: "Okta does not take MD4",
        digest,
        rounds: 1,
        compute: move |password: &[u8]| md4(&[password, &salt]),
    };
    Reading::Recognised(Parsed::new(
        "spring-MD4",
        "MD4 (Spring)",
        "A digest, as Spring Security writes it",
        method,
    ))
}
