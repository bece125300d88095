//! Digests in a frame of their own: FSHP, and the hash that Azure AD Connect sends. Hook.
//!
//! - `{FSHP1|16|n}` and Base64 of salt ‖ digest: the variant (0 SHA-1, 1 SHA-256, 2 SHA-384, 3 SHA-512), the salt's length, the rounds;
//!   H(salt ‖ password), then n−1 times H(digest) (PBKDF1 with password and salt exchanged).
//! - `v1;PPH1_MD4,hex salt,1000,hex;`: PBKDF2-HMAC-SHA-256 over the NT hash in capital hex digits, in UTF-16. It never leaves Entra;
//!   where it was caught on the way, the hook can check it.

use crate::password::kernel::digest::Hash;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::md4::{nt_hash, utf16};
use crate::password::kernel::pbkdf2::Prf;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// FSHP and Azure AD Connect.
pub(crate) struct Nested;

impl Scheme for Nested {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (family, parsed) = if let Some(rest) = seen.text.strip_prefix(b"{FSHP") {
            ("FSHP", fshp(rest))
        } else {
            let rest = seen.text.strip_prefix(b"v1;PPH1_MD4,")?;
            ("Azure AD Connect's hash", azure(rest))
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

fn fshp(rest: &[u8]) -> Result<Parsed, &'static str> {
    const PARTS: &str = "it has not all its parts";
    let (frame, blob) = text::split_once(rest, b'}').ok_or(PARTS)?;
    let [variant, salt_len, rounds] = text::fields(frame, b'|').ok_or(PARTS)?;
    let hash = match variant {
        b"0" => Hash::Sha1,
        b"1" => Hash::Sha256,
        b"2" => Hash::Sha384,
        b"3" => Hash::Sha512,
        _ => return Err("its variant is none that FSHP has"),
    };
    let salt_len = text::number(salt_len).ok_or("its salt's length is none")? as usize;
    let rounds = text::number(rounds).filter(|n| *n > 0).ok_or("its number of rounds is none")?;
    let bytes = text::base64(blob)
        .filter(|bytes| Some(bytes.len()) == salt_len.checked_add(hash.len()))
        .ok_or("its salt or digest has the wrong length")?;
    let (salt, digest) = bytes.split_at(salt_len);
    let salt = text::bytes(salt);
    let method = HookOnly {
        words: format!("{rounds} rounds of {} over the salt and the password", hash.name()).into(),
        reason: "Okta computes one round of a digest, and FSHP has many",
        digest: text::bytes(digest),
        rounds,
        compute: move |password: &[u8]| {
            (1..rounds).fold(hash.of(&[&salt, password]), |digest, _| hash.of(&[&digest]))
        },
    };
    Ok(Parsed::new("fshp", "FSHP", "A digest, as FSHP writes it", method))
}

fn azure(rest: &[u8]) -> Result<Parsed, &'static str> {
    let rest = rest.strip_suffix(b";").unwrap_or(rest);
    let [salt, rounds, key] = text::fields(rest, b',').ok_or("it has not all its parts")?;
    let salt = text::hex(salt).ok_or("its salt is not hex")?;
    let rounds = text::number(rounds).filter(|n| *n > 0).ok_or("its number of iterations is none")?;
    let digest = text::hex(key).filter(|key| key.len() == 32).ok_or("its digest has the wrong length")?;
    let method = HookOnly {
        words: "PBKDF2-SHA256 over the NT hash of the password".into(),
        reason: "Okta runs PBKDF2 over the password itself, and this is over its NT hash",
        digest,
        rounds,
        compute: move |password: &[u8]| {
            let nt = Bytes::new(hex::encode_upper(nt_hash(password).as_slice()).into_bytes());
            let mut key = Bytes::new(vec![0; 32]);
            Prf::Sha256.derive(&utf16(&nt), &salt, rounds, &mut key);
            key
        },
    };
    Ok(Parsed::new("azure-ad-connect", "PBKDF2 over NT", "A hash that Azure AD Connect sends", method))
}
