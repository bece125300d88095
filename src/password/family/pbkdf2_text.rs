//! PBKDF2 as text, of products with a layout of their own.
//!
//! - `grub.pbkdf2.sha512.n.HEX.HEX`: GRUB; 64 bytes.
//! - `:pbkdf2:sha512:n:len:b64:b64`: MediaWiki; `len` is the digest's. `:A:hex` is its MD5, `:B:salt:hex` MD5 over salt, `-` and the
//!   MD5 in hex; `:A:salt:hex` is a mislabelled B.
//! - `sha256:n:b64:b64`, and with the digest's length as third field `sha1:64000:18:b64:b64` (Defuse's PasswordStorage).
//! - `pbkdf2(n,len,sha256)$salt$hex`: web2py; the salt is text.
//! - `$ml$n$hex(32)$hex(64 or 128)`: macOS' ShadowHashData (SALTED-SHA512-PBKDF2), SHA-512.
//! - `$8$salt$43 digits`: Cisco type 8, 20,000 iterations; big-endian Base64 in crypt's order of digits, the salt is text.

use base64::Engine as _;
use base64::alphabet::Alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use crate::password::kernel::crypt64;
use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// PBKDF2 as text.
pub(crate) struct Pbkdf2Text;

const PARTS: &str = "it has not the right number of parts";
const ROUNDS: &str = "its number of iterations is none";
const SALT: &str = "its salt is not in its encoding";
const LENGTH: &str = "its digest has the wrong length";
const DIGEST: &str = "its digest is none that it uses";

impl Scheme for Pbkdf2Text {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let (family, parsed) = if let Some(rest) = text.strip_prefix(b"grub.pbkdf2.sha512.") {
            ("GRUB's PBKDF2", grub(rest))
        } else if let Some(rest) = text.strip_prefix(b":pbkdf2:") {
            ("MediaWiki's PBKDF2", mediawiki(rest))
        } else if let Some(rest) = text.strip_prefix(b":A:").or_else(|| text.strip_prefix(b":B:")) {
            ("MediaWiki's MD5", mediawiki_md5(rest, text[1] == b'B'))
        } else if let Some(rest) = text.strip_prefix(b"pbkdf2(") {
            ("web2py's PBKDF2", web2py(rest))
        } else if let Some(rest) = text.strip_prefix(b"$ml$") {
            ("macOS' PBKDF2", macos(rest))
        } else if let Some(rest) = text.strip_prefix(b"$8$") {
            ("Cisco's type 8", cisco(rest))
        } else {
            let (name, rest) = text::split_once(text, b':')?;
            let prf = Prf::named(name)?;
            ("PBKDF2 with colons", colons(prf, rest))
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

fn grub(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, key] = text::fields(rest, b'.').ok_or(PARTS)?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    let key = text::hex(key).filter(|key| key.len() == 64).ok_or(LENGTH)?;
    let method = Pbkdf2::new(Prf::Sha512, rounds, text::hex(salt).ok_or(SALT)?, key)?;
    Ok(Parsed::new("grub-pbkdf2-sha512", Prf::Sha512.label(), "PBKDF2, as GRUB writes it", method))
}

fn mediawiki(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [name, rounds, len, salt, key] = text::fields(rest, b':').ok_or(PARTS)?;
    let prf = Prf::named(name).ok_or(DIGEST)?;
    let (rounds, len) = (text::number(rounds).ok_or(ROUNDS)?, text::number(len).ok_or(LENGTH)?);
    let key = text::base64(key)
        .filter(|key| key.len() >= 16 && key.len() as u64 == u64::from(len))
        .ok_or(LENGTH)?;
    let method = Pbkdf2::new(prf, rounds, text::base64(salt).ok_or(SALT)?, key)?;
    Ok(Parsed::new("mediawiki-pbkdf2", prf.label(), "PBKDF2, as MediaWiki writes it", method))
}

fn mediawiki_md5(rest: &[u8], labelled_b: bool) -> Result<Parsed, &'static str> {
    let (salt, digest) = match text::fields::<2>(rest, b':') {
        Some([salt, digest]) => (Some(salt), digest),
        None if !labelled_b => (None, rest),
        None => return Err(PARTS),
    };
    let digest = text::hex(digest).filter(|digest| digest.len() == 16).ok_or(LENGTH)?;
    let Some(salt) = salt else {
        let method = Digest::unsalted(Hash::Md5, digest);
        return Ok(Parsed::new("mediawiki-A", "MD5", "A digest, as MediaWiki writes it", method));
    };
    if salt.is_empty() || !printable(salt) {
        return Err(SALT);
    }
    let salt = text::bytes(salt);
    let method = HookOnly {
        words: "MD5 over the salt, a hyphen, and the MD5 of the password in hex".into(),
        reason: "Okta computes one digest over the password, and this is a digest of a digest",
        digest,
        rounds: 2,
        compute: move |password: &[u8]| {
            let inner = Bytes::new(hex::encode(Hash::Md5.of(&[password]).as_slice()).into_bytes());
            Hash::Md5.of(&[&salt, b"-", &inner])
        },
    };
    Ok(Parsed::new(
        "mediawiki-B",
        "salted MD5 (MediaWiki)",
        "A digest of a digest, as MediaWiki writes it",
        method,
    ))
}

fn colons(prf: Prf, rest: &[u8]) -> Result<Parsed, &'static str> {
    if let Some([rounds, len, salt, key]) = text::fields(rest, b':') {
        let (rounds, len) = (text::number(rounds).ok_or(ROUNDS)?, text::number(len).ok_or(LENGTH)?);
        let key = text::base64(key)
            .filter(|key| key.len() >= 16 && key.len() as u64 == u64::from(len))
            .ok_or(LENGTH)?;
        let method = Pbkdf2::new(prf, rounds, text::base64(salt).ok_or(SALT)?, key)?;
        return Ok(Parsed::new(
            "defuse-passwordstorage",
            prf.label(),
            "PBKDF2, as Defuse's PasswordStorage writes it",
            method,
        ));
    }
    let [rounds, salt, key] = text::fields(rest, b':').ok_or(PARTS)?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    // Any length a program would ask for; what a cut leaves over is none.
    let lengths = [16, 20, 24, 32, 40, 48, 50, 64, 128, 256, 512];
    let key = text::base64(key).filter(|key| lengths.contains(&key.len())).ok_or(LENGTH)?;
    let method = Pbkdf2::new(prf, rounds, text::base64(salt).ok_or(SALT)?, key)?;
    let id = prf.pick("colon-pbkdf2-sha1", "colon-pbkdf2-sha256", "colon-pbkdf2-sha512");
    Ok(Parsed::new(id, prf.label(), "PBKDF2 with colons between its parts", method))
}

fn web2py(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [costs, salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    let [rounds, len, name] =
        costs.strip_suffix(b")").and_then(|costs| text::fields(costs, b',')).ok_or(PARTS)?;
    let prf = Prf::named(name).ok_or(DIGEST)?;
    let (rounds, len) = (text::number(rounds).ok_or(ROUNDS)?, text::number(len).ok_or(LENGTH)?);
    let key =
        text::hex(key).filter(|key| key.len() >= 16 && key.len() as u64 == u64::from(len)).ok_or(LENGTH)?;
    if salt.is_empty() || !printable(salt) {
        return Err(SALT);
    }
    let method = Pbkdf2::new(prf, rounds, text::bytes(salt), key)?;
    Ok(Parsed::new("web2py-pbkdf2", prf.label(), "PBKDF2, as web2py writes it", method))
}

fn macos(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    let salt = text::hex(salt).filter(|salt| salt.len() == 32).ok_or(SALT)?;
    let key = text::hex(key).filter(|key| [64, 128].contains(&key.len())).ok_or(LENGTH)?;
    let method = Pbkdf2::new(Prf::Sha512, rounds, salt, key)?;
    Ok(Parsed::new("macos-pbkdf2", Prf::Sha512.label(), "PBKDF2, as macOS keeps it", method))
}

fn cisco(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    if salt.len() != 14 || !crypt64::is_crypt64(salt) {
        return Err(SALT);
    }
    let key = cisco_key(key).ok_or(LENGTH)?;
    let method = Pbkdf2::new(Prf::Sha256, 20_000, text::bytes(salt), key)?;
    Ok(Parsed::new("cisco-type8", Prf::Sha256.label(), "PBKDF2, as Cisco's type 8 writes it", method))
}

/// The 32 bytes of a Cisco digest: big-endian Base64 in crypt's order of digits.
pub(super) fn cisco_key(text: &[u8]) -> Option<Bytes> {
    let alphabet = Alphabet::new("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz").ok()?;
    let key = GeneralPurpose::new(&alphabet, NO_PAD).decode(text).ok()?;
    Some(Bytes::new(key)).filter(|key| key.len() == 32)
}
