//! `$1$` and `$apr1$`: Poul-Henning Kamp's md5crypt, 1000 rounds. Hook.
//!
//! `$1$` up to 8 of salt `$` 22 digits; the magic is hashed too, so the two are not interchangeable. Dovecot's `{MD5}$1$…` is
//! this, whatever its label says. `{BSDMD5}` and `{APR1}` of OpenLDAP are Base64 of 16 digest ‖ salt.

use crate::password::kernel::crypt64;
use crate::password::kernel::digest::Hash;
use crate::password::kernel::hook_only::HookOnly;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// md5crypt.
pub(crate) struct Md5Crypt;

const REASON: &str = "Okta computes one round of MD5, and this has 1000 of a kind of its own";

impl Scheme for Md5Crypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let whole = seen.text;
        let (label, inner) = text::label(whole).unwrap_or((b"", whole));
        let is = |name: &str| label.eq_ignore_ascii_case(name.as_bytes());
        if is("BSDMD5") || is("APR1") {
            return Some(binary(if is("APR1") { b"$apr1$" } else { b"$1$" }, is("APR1"), inner));
        }
        let (magic, id) = match label {
            b"" if inner.starts_with(b"$1$") => ("$1$", "crypt-md5"),
            b"" if inner.starts_with(b"$apr1$") => ("$apr1$", "apache-apr1"),
            _ if inner.starts_with(b"$1$") && is("CRYPT") => ("$1$", "ldap-crypt-md5"),
            _ if inner.starts_with(b"$1$") && (is("MD5") || is("MD5-CRYPT")) => {
                ("$1$", "dovecot-md5-is-md5crypt")
            }
            _ => return None,
        };
        let rest = inner.get(magic.len()..)?;
        let malformed = |reason: &'static str| Some(Reading::malformed("md5crypt", reason));
        let Some((salt, digest)) = text::split_once(rest, b'$') else {
            return malformed("its digest is missing");
        };
        if salt.len() > 8 || !salt.iter().all(|b| b.is_ascii_graphic() && *b != b':') {
            return malformed("its salt is none that md5crypt has");
        }
        if digest.len() != 22
            || !crypt64::is_crypt64(digest)
            || crypt64::digit(digest[21]).is_none_or(|d| d > 3)
        {
            return malformed("its digest is not 22 characters of its alphabet");
        }
        let salt = text::bytes(salt);
        let method = HookOnly {
            words: "1000 rounds of md5crypt over the password".into(),
            reason: REASON,
            digest: text::bytes(digest),
            rounds: 1000,
            compute: move |password: &[u8]| crypt64::transpose(&md5_crypt(password, &salt, magic.as_bytes())),
        };
        Some(Reading::Recognised(Parsed::new(
            id,
            "md5crypt",
            "md5crypt, as old Unix systems and Apache write it",
            method,
        )))
    }
}

fn binary(magic: &'static [u8], apache: bool, payload: &[u8]) -> Reading {
    let Some(blob) = text::base64(payload).filter(|blob| (17..=24).contains(&blob.len())) else {
        return Reading::malformed("md5crypt", "what follows the label is not its digest and salt in Base64");
    };
    let (digest, salt) = blob.split_at(16);
    let salt = text::bytes(salt);
    let method = HookOnly {
        words: "1000 rounds of md5crypt over the password".into(),
        reason: REASON,
        digest: text::bytes(digest),
        rounds: 1000,
        compute: move |password: &[u8]| md5_crypt(password, &salt, magic),
    };
    let id = if apache { "openldap-apr1" } else { "openldap-bsdmd5" };
    Reading::Recognised(Parsed::new(id, "md5crypt", "md5crypt, as OpenLDAP keeps it", method))
}

/// The algorithm of FreeBSD's `crypt_md5`.
fn md5_crypt(password: &[u8], salt: &[u8], magic: &[u8]) -> Bytes {
    let alternate = Hash::Md5.of(&[password, salt, password]);
    let mut input = Bytes::new(Vec::with_capacity(password.len() * 3 + 64));
    input.extend_from_slice(password);
    input.extend_from_slice(magic);
    input.extend_from_slice(salt);
    for start in (0..password.len()).step_by(16) {
        input.extend_from_slice(&alternate[..(password.len() - start).min(16)]);
    }
    let mut bits = password.len();
    while bits > 0 {
        input.push(if bits & 1 == 1 { 0 } else { password[0] });
        bits >>= 1;
    }
    let mut digest = Hash::Md5.of(&[&input]);
    for round in 0..1000 {
        let odd = round % 2 == 1;
        digest = Hash::Md5.of(&[
            if odd { password } else { &digest },
            if round % 3 == 0 { b"" } else { salt },
            if round % 7 == 0 { b"" } else { password },
            if odd { &digest } else { password },
        ]);
    }
    digest
}
