//! What can be told apart and nobody here computes, or what is no password hash at all: reset.
//!
//! - AIX: `{smd5}`, `{ssha1}`, `{ssha256}`, `{ssha512}` in small letters, with `$` in what follows: `{ssha256}06$salt$digest` is
//!   PBKDF2-HMAC-SHA-256 with 2^6 rounds and a Base64 of its own. No LDAP value has a `$`.
//! - Dovecot's `{CRAM-MD5}`, `{HMAC-MD5}`, `{SCRAM-SHA-1}`, `{SCRAM-SHA-256}`, `{OTP}`, `{SKEY}`, `{RPA}`: keys of a protocol, no hashes of a password.
//! - `{AES}`, `{3DES}`, `{RC4}`, `{BLOWFISH}` …: encrypted, for whoever has the key.
//! - Stated: `lm-hash` (32 hex digits), `oracle10` (16 capital hex digits), `mariadb-ed25519` (43 characters of Base64), `cisco-type7`, `aspnet-encrypted`.

use crate::password::kernel::crypt64::is_crypt64;
use crate::password::kernel::hook_only::Uncomputed;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

use super::digest_shape::Written;
use super::digest_shape::is_bare;

/// Behind a label.
pub(crate) struct Labelled;

/// As stated.
pub(crate) struct Stated;

const AIX: Uncomputed = Uncomputed {
    words: "AIX' own kind of crypt",
    reason: "neither Okta nor Causeway computes AIX' password hashes",
};
const PROTOCOL: Uncomputed = Uncomputed {
    words: "a key of a sign-in protocol",
    reason: "it is a key of a protocol, and not a hash that a password can be checked against",
};
const ENCRYPTED: Uncomputed = Uncomputed {
    words: "the password, encrypted with a key of the old system",
    reason: "it is encrypted, and the key is not in it",
};

const LM: Uncomputed = Uncomputed {
    words: "LM, over capital letters in two halves of seven",
    reason: "neither Okta nor Causeway computes LM hashes",
};
const ORACLE: Uncomputed = Uncomputed {
    words: "DES over user name and password in capital letters",
    reason: "neither Okta nor Causeway computes Oracle 10's hashes",
};

/// Labels of Dovecot's protocols: the label, and the scheme's id.
const PROTOCOLS: [(&str, &str); 7] = [
    ("CRAM-MD5", "dovecot-cram-md5"),
    ("HMAC-MD5", "dovecot-cram-md5"),
    ("SCRAM-SHA-1", "dovecot-scram-sha1"),
    ("SCRAM-SHA-256", "dovecot-scram-sha256"),
    ("OTP", "dovecot-otp"),
    ("SKEY", "dovecot-otp"),
    ("RPA", "dovecot-rpa"),
];
const CIPHERS: [&str; 7] = ["AES", "3DES", "RC4", "BLOWFISH", "RC2", "DES", "AES-TTG-10"];
const AIX_LABELS: [(&[u8], &str); 4] = [
    (b"smd5", "aix-smd5"),
    (b"ssha1", "aix-ssha1"),
    (b"ssha256", "aix-ssha256"),
    (b"ssha512", "aix-ssha512"),
];

fn of(id: &'static str, label: &'static str, origin: &'static str, method: Uncomputed) -> Reading {
    Reading::Recognised(Parsed::new(id, label, origin, method))
}

/// `salt$digest`, or `nn$salt$digest`; digests of 16, 20, 32 and 64 bytes in AIX' radix-64.
fn aix(rest: &[u8]) -> bool {
    let parts: Vec<&[u8]> = rest.split(|byte| *byte == b'$').collect();
    let (salt, digest) = match parts.as_slice() {
        [salt, digest] => (*salt, *digest),
        [rounds, salt, digest] if rounds.len() == 2 && rounds.iter().all(u8::is_ascii_digit) => {
            (*salt, *digest)
        }
        _ => return false,
    };
    let plain = |part: &[u8]| is_crypt64(part);
    plain(salt) && plain(digest) && [22, 27, 43, 86].contains(&digest.len())
}

impl Scheme for Labelled {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (label, rest) = text::label(seen.text)?;
        if let Some((_, id)) = AIX_LABELS.iter().find(|(name, _)| *name == label)
            && rest.contains(&b'$')
        {
            return Some(if aix(rest) {
                of(id, "AIX crypt", "A password of AIX", AIX)
            } else {
                Reading::malformed(
                    "a password of AIX",
                    "its parts are not as AIX writes them: it may be cut short",
                )
            });
        }
        let is = |name: &str| label.eq_ignore_ascii_case(name.as_bytes());
        if let Some((_, id)) = PROTOCOLS.iter().find(|(name, _)| is(name)) {
            return Some(of(id, "protocol key", "A key, as Dovecot keeps it", PROTOCOL));
        }
        CIPHERS
            .iter()
            .any(|name| is(name))
            .then(|| of("reversible", "encrypted", "Reversible encryption", ENCRYPTED))
    }
}

impl Scheme for Stated {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        const ORIGIN: &str = "As you stated";
        let stated = seen.settings.assume.as_deref()?.trim();
        let hex = |len: usize| seen.text.len() == len && text::is_hex(seen.text);
        let (fits, reading) = match stated.to_ascii_lowercase().as_str() {
            "lm-hash" => (hex(32), of("lm-hash", "LM hash", ORIGIN, LM)),
            "oracle10" => (hex(16), of("oracle10", "Oracle 10", ORIGIN, ORACLE)),
            "mariadb-ed25519" => {
                let words = "a public key made from the password";
                let reason = "neither Okta nor Causeway computes MariaDB's ed25519";
                let fits = seen.text.len() == 43 && text::base64_bare(seen.text).is_some();
                (fits, of("mariadb-ed25519", "ed25519", ORIGIN, Uncomputed { words, reason }))
            }
            "cisco-type7" => (text::is_hex(seen.text), of("cisco-type7", "encrypted", ORIGIN, ENCRYPTED)),
            "aspnet-encrypted" => {
                (text::base64(seen.text).is_some(), of("aspnet-encrypted", "encrypted", ORIGIN, ENCRYPTED))
            }
            _ => return None,
        };
        match (fits, is_bare(seen.text)) {
            (true, _) => Some(reading),
            (false, true) => None,
            (false, false) => Some(Reading::malformed(
                "what is stated in the Map step",
                "it has not the shape of what is stated",
            )),
        }
    }
}

/// What of this a bare value may be: LM hashes and Oracle 10's are written in capital letters.
pub(super) fn of_shape(seen: &Seen<'_>, written: Written) -> Option<Parsed> {
    const ORIGIN: &str = "A hash of one product's kind";
    if written != Written::Hex || seen.text.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    match seen.text.len() {
        16 => Some(Parsed::new("oracle10", "Oracle 10", ORIGIN, ORACLE)),
        32 => Some(Parsed::new("lm-hash", "LM hash", ORIGIN, LM)),
        _ => None,
    }
}
