//! What is left of crypt(3), told apart so that a person reads the right words.
//!
//! `$3$$` and 32 hex digits: an NT hash, hook. `$md5$…`, `$md5,rounds=n$…`: Sun's MD5, reset, though a
//! known password can be tried on it. `{MD4}{salt}`hex is Spring's, hook.

use crate::password::kernel::crypt64::is_crypt64;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::md4::{md4, nt_hash};
use crate::password::kernel::sun_md5::{ALWAYS, sun_md5};
use crate::password::kernel::{printable, same};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::braced::{braced, is_label};

/// The rest of crypt(3).
pub(crate) struct OddCrypts;

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
            return Some(match sun(whole, rest) {
                Some(method) => Reading::Recognised(Parsed::new("crypt-sunmd5", "SunMD5", UNIX, method)),
                None => Reading::malformed(
                    "Sun's MD5 crypt",
                    "its parts are not as Solaris writes them: it may be cut short",
                ),
            });
        }
        if let Some(rest) = text::after_ignoring_case(whole, "{MD4}") {
            return Some(spring_md4(rest));
        }
        None
    }
}

/// `$salt$digest` with 22 digits, rounds before it (`,rounds=n`), and a second dollar sign before the digest or none.
fn sun(whole: &[u8], rest: &[u8]) -> Option<Sun> {
    let (rounds, rest) = match rest.strip_prefix(b",rounds=") {
        None => (0, rest),
        Some(rest) => {
            let (rounds, rest) = rest.split_at(rest.iter().position(|byte| *byte == b'$')?);
            (text::number(rounds).filter(|n| *n > 0)?, rest)
        }
    };
    let parts: Vec<&[u8]> = rest.split(|byte| *byte == b'$').collect();
    let ([b"", salt, digest] | [b"", salt, b"", digest]) = parts.as_slice() else { return None };
    let sound = is_crypt64(salt) && digest.len() == 22 && is_crypt64(digest);
    let settings = &whole[..whole.len() - digest.len() - 1];
    sound.then(|| Sun { rounds, settings: text::bytes(settings), digest: text::bytes(digest) })
}

/// Sun's MD5 crypt. A known password can be tried; nothing else is done with it.
struct Sun {
    rounds: u32,
    /// What stands before the digest: it is hashed as it is.
    settings: Bytes,
    digest: Bytes,
}

impl Method for Sun {
    fn explain(&self) -> String {
        format!("{} rounds of Sun's MD5 crypt over the password", u64::from(self.rounds) + u64::from(ALWAYS))
    }

    fn convert(&self) -> Conversion {
        Conversion::Reset {
            reason: "Okta does not take Sun's MD5 crypt, and the hook does not answer for it".into(),
        }
    }

    fn cost(&self) -> Cost {
        if self.rounds > limits::SUN_MD5_ROUNDS {
            return Cost::Over(format!("{} rounds are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(same(&sun_md5(plaintext, &self.settings, self.rounds), &self.digest))
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
    let salt = if salt.len() <= 2 { Bytes::default() } else { text::bytes(salt) };
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
