//! PBKDF2 in dollar signs: passlib, PHC strings, and the two that share `$p5k2$`.
//!
//! - `$pbkdf2-sha256$n$ab64$ab64`, `$pbkdf2-sha512$…`, `$pbkdf2$…` (SHA-1): passlib, Odoo, TYPO3, pbkdf2_elixir, GitLab.
//!   `ab64` is Base64 with `.` for `+` and no padding; the digest has the hash's own length.
//! - `$pbkdf2-sha256$i=n,l=32$b64$b64`: PHC, unpadded standard Base64; `l` is the digest's length.
//! - `$pbkdf2$f=SHA256,w=n,l=32$b64$b64`: Mattermost from 11 on.
//! - `$p5k2$hex n$b64url$b64url`: Cryptacular, 20 bytes. `$p5k2$hex n$salt$ab64`: dlitz, 24 bytes, and the salt is the whole
//!   text up to the last dollar sign. Both SHA-1. The digest's length tells them apart.

use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// PBKDF2 in dollar signs.
pub(crate) struct Passlib;

impl Scheme for Passlib {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let whole = seen.text;
        let (family, parsed) = if let Some(rest) = whole.strip_prefix(b"$pbkdf2-sha256$") {
            ("passlib's PBKDF2", pbkdf2(Prf::Sha256, rest))
        } else if let Some(rest) = whole.strip_prefix(b"$pbkdf2-sha512$") {
            ("passlib's PBKDF2", pbkdf2(Prf::Sha512, rest))
        } else if let Some(rest) = whole.strip_prefix(b"$pbkdf2$") {
            (
                "passlib's PBKDF2",
                if rest.starts_with(b"f=") { mattermost(rest) } else { pbkdf2(Prf::Sha1, rest) },
            )
        } else {
            let rest = whole.strip_prefix(b"$p5k2$")?;
            ("PBKDF2 of the $p5k2$ kind", p5k2(whole, rest))
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

const PARTS: &str = "it has not the right number of parts";
const ROUNDS: &str = "its number of iterations is none";
const SALT: &str = "its salt is not in its Base64";
const LENGTH: &str = "its digest has the wrong length";

fn pbkdf2(prf: Prf, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [parameters, salt, digest] = text::fields(rest, b'$').ok_or(PARTS)?;
    if let Some(parameters) = parameters.strip_prefix(b"i=") {
        let (rounds, len) = text::split_once(parameters, b',').ok_or(PARTS)?;
        let len = text::number(len.strip_prefix(b"l=").ok_or(PARTS)?).ok_or(LENGTH)?;
        let salt = text::base64_bare(salt).ok_or(SALT)?;
        let key = text::base64_bare(digest).filter(|key| key.len() as u64 == u64::from(len)).ok_or(LENGTH)?;
        if key.len() < 16 {
            return Err(LENGTH);
        }
        let method = Pbkdf2::new(prf, text::number(rounds).ok_or(ROUNDS)?, salt, key)?;
        return Ok(Parsed::new("phc-pbkdf2", prf.label(), "PBKDF2 as a PHC string", method));
    }
    let rounds = text::number(parameters).ok_or(ROUNDS)?;
    let salt =
        if salt.is_empty() { text::Bytes::default() } else { text::base64_adapted(salt).ok_or(SALT)? };
    let key = text::base64_adapted(digest).filter(|key| key.len() == prf.len()).ok_or(LENGTH)?;
    let id = prf.pick("passlib-pbkdf2-sha1", "passlib-pbkdf2-sha256", "passlib-pbkdf2-sha512");
    Ok(Parsed::new(
        id,
        prf.label(),
        "PBKDF2, as passlib and Odoo write it",
        Pbkdf2::new(prf, rounds, salt, key)?,
    ))
}

fn mattermost(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [parameters, salt, digest] = text::fields(rest, b'$').ok_or(PARTS)?;
    let [function, rounds, len] = text::fields(parameters, b',').ok_or(PARTS)?;
    let prf = match function {
        b"f=SHA256" => Prf::Sha256,
        b"f=SHA512" => Prf::Sha512,
        _ => return Err("its digest is not SHA-256 or SHA-512"),
    };
    let rounds = rounds.strip_prefix(b"w=").and_then(text::number).ok_or(ROUNDS)?;
    let len = len.strip_prefix(b"l=").and_then(text::number).ok_or(LENGTH)?;
    let salt = text::base64_bare(salt).ok_or(SALT)?;
    let key = text::base64_bare(digest).filter(|key| key.len() as u64 == u64::from(len)).ok_or(LENGTH)?;
    if key.len() < 16 {
        return Err(LENGTH);
    }
    Ok(Parsed::new(
        "mattermost-pbkdf2",
        prf.label(),
        "PBKDF2, as Mattermost writes it",
        Pbkdf2::new(prf, rounds, salt, key)?,
    ))
}

fn p5k2(whole: &[u8], rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, digest] = text::fields(rest, b'$').ok_or(PARTS)?;
    let rounds = if rounds.is_empty() { 400 } else { hex_number(rounds).ok_or(ROUNDS)? };
    if let Some(key) = text::base64_url(digest).filter(|key| key.len() == 20) {
        let method = Pbkdf2::new(Prf::Sha1, rounds, text::base64_url(salt).ok_or(SALT)?, key)?;
        return Ok(Parsed::new(
            "passlib-cta-pbkdf2-sha1",
            Prf::Sha1.label(),
            "PBKDF2, as Cryptacular writes it",
            method,
        ));
    }
    let key = text::base64_adapted(digest).filter(|key| key.len() == 24).ok_or(LENGTH)?;
    if !printable(salt) {
        return Err(SALT);
    }
    let salt = text::bytes(&whole[..whole.len() - digest.len() - 1]);
    let method = Pbkdf2::new(Prf::Sha1, rounds, salt, key)?;
    Ok(Parsed::new(
        "passlib-dlitz-pbkdf2-sha1",
        Prf::Sha1.label(),
        "PBKDF2, as Dwayne Litzenberger's module writes it",
        method,
    ))
}

/// Lower-case hex without leading zeros.
fn hex_number(digits: &[u8]) -> Option<u32> {
    let small = digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !small || digits.is_empty() || digits.len() > 8 || digits[0] == b'0' {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
