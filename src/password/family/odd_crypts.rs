//! What is left of crypt(3), told apart so that a person reads the right words.
//!
//! `$3$$` and 32 hex digits: an NT hash, hook. `$md5$…`, `$md5,rounds=n$…`: Sun's MD5, reset. `{MD4}{salt}`hex is Spring's, hook.

use crate::password::kernel::hook_only::{HookOnly, Uncomputed};
use crate::password::kernel::md4::{md4, nt_hash};
use crate::password::kernel::printable;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

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
        if whole.starts_with(b"$md5$") || whole.starts_with(b"$md5,rounds=") {
            return Some(Reading::Recognised(Parsed::new("crypt-sunmd5", "SunMD5", UNIX, SUN)));
        }
        if let Some(rest) = whole.strip_prefix(b"{MD4}{") {
            return Some(spring_md4(rest, whole));
        }
        None
    }
}

/// `{MD4}{salt}`hex: MD4 over password and `{salt}`, braces included.
fn spring_md4(rest: &[u8], whole: &[u8]) -> Reading {
    let parts = rest.iter().rposition(|b| *b == b'}').map(|end| (&whole[5..end + 7], &rest[end + 1..]));
    let Some((salt, digest)) =
        parts.and_then(|(salt, hex)| Some((salt, text::hex(hex).filter(|d| d.len() == 16)?)))
    else {
        return Reading::malformed("Spring's MD4", "its digest has the wrong length");
    };
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
