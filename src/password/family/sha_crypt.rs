//! `$5$` and `$6$`: Ulrich Drepper's SHA-crypt. Hook.
//!
//! `$6$`, perhaps `rounds=n$`, up to 16 of salt `$` 43 or 86 digits; 5000 rounds unless said, 1000 to 999,999,999 allowed. Bare,
//! in `{CRYPT}` (LDAP), `{SHA512-CRYPT}` and `{SHA256-CRYPT}` (Dovecot). Time is quadratic in the password's length.

use crate::password::kernel::{crypt64, same};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// SHA-crypt.
pub(crate) struct ShaCrypt;

impl Scheme for ShaCrypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (label, inner) = text::label(seen.text).unwrap_or((b"", seen.text));
        let long = match inner {
            [b'$', b'5', b'$', ..] => false,
            [b'$', b'6', b'$', ..] => true,
            _ => return None,
        };
        let is = |name: &str| label.eq_ignore_ascii_case(name.as_bytes());
        let rounds_given = inner[3..].starts_with(b"rounds=");
        let id = match (label.is_empty(), long) {
            (true, false) if rounds_given => "crypt-sha256-rounds",
            (true, false) => "crypt-sha256",
            (true, true) if rounds_given => "crypt-sha512-rounds",
            (true, true) => "crypt-sha512",
            (false, false) if is("CRYPT") => "ldap-crypt-sha256",
            (false, true) if is("CRYPT") => "ldap-crypt-sha512",
            (false, false) if is("SHA256-CRYPT") => "dovecot-sha256-crypt",
            (false, true) if is("SHA512-CRYPT") => "dovecot-sha512-crypt",
            _ => return None,
        };
        let name = if long { "sha512crypt" } else { "sha256crypt" };
        Some(match parse(long, &inner[3..]) {
            Ok(method) => Reading::Recognised(Parsed::new(id, name, "A Unix password (crypt)", method)),
            Err(reason) => Reading::malformed(name, reason),
        })
    }
}

struct Kernel {
    long: bool,
    rounds: u32,
    salt: Bytes,
    digest: Bytes,
}

fn parse(long: bool, rest: &[u8]) -> Result<Kernel, &'static str> {
    let (rounds, rest) = match rest.strip_prefix(b"rounds=") {
        None => (5000, rest),
        Some(rest) => {
            let (rounds, rest) = text::split_once(rest, b'$').ok_or("its digest is missing")?;
            let rounds = text::number(rounds).filter(|n| (1000..=999_999_999).contains(n));
            (rounds.ok_or("its number of rounds is none that it allows")?, rest)
        }
    };
    let (salt, digest) = text::split_once(rest, b'$').ok_or("its digest is missing")?;
    if salt.len() > 16 || !salt.iter().all(|b| b.is_ascii_graphic() && *b != b':') {
        return Err("its salt is none that it allows");
    }
    let len = if long { 86 } else { 43 };
    if digest.len() != len || !crypt64::is_crypt64(digest) {
        return Err("its digest is cut short, or not of its alphabet");
    }
    Ok(Kernel { long, rounds, salt: text::bytes(salt), digest: text::bytes(digest) })
}

impl Method for Kernel {
    fn explain(&self) -> String {
        let name = if self.long { "SHA-512" } else { "SHA-256" };
        format!("{} rounds of the {name} crypt over the password", self.rounds)
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook {
            reason: "Okta computes one round of a digest, and this is crypt with thousands".into(),
        }
    }

    fn cost(&self) -> Cost {
        if self.rounds > limits::SHA_CRYPT_ROUNDS {
            return Cost::Over(format!("{} rounds are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        if u64::from(self.rounds) * (plaintext.len() as u64 + 64) > limits::SHA_CRYPT_WORK {
            return Err(VerifyError::TooCostly {
                what: format!("{} rounds of a password this long", self.rounds),
            });
        }
        let broken = |_| VerifyError::CannotCheck { why: "crypt refuses these rounds".into() };
        let params = sha_crypt::Params::new(self.rounds).map_err(broken)?;
        let computed = if self.long {
            transpose(&sha_crypt::sha512_crypt(plaintext, &self.salt, params), &SHA512_ORDER, &[63])
        } else {
            sha256_digits(&sha_crypt::sha256_crypt(plaintext, &self.salt, params))
        };
        Ok(same(&computed, &self.digest))
    }
}

/// The order of bytes in the text, from the specification.
const SHA256_ORDER: [[usize; 3]; 10] = [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
];
const SHA512_ORDER: [[usize; 3]; 21] = [
    [0, 21, 42],
    [22, 43, 1],
    [44, 2, 23],
    [3, 24, 45],
    [25, 46, 4],
    [47, 5, 26],
    [6, 27, 48],
    [28, 49, 7],
    [50, 8, 29],
    [9, 30, 51],
    [31, 52, 10],
    [53, 11, 32],
    [12, 33, 54],
    [34, 55, 13],
    [56, 14, 35],
    [15, 36, 57],
    [37, 58, 16],
    [59, 17, 38],
    [18, 39, 60],
    [40, 61, 19],
    [62, 20, 41],
];

/// The 43 digits of a SHA-256 crypt.
pub(super) fn sha256_digits(digest: &[u8]) -> Bytes {
    transpose(digest, &SHA256_ORDER, &[31, 30])
}

fn transpose(digest: &[u8], order: &[[usize; 3]], rest: &[usize]) -> Bytes {
    let mut out = Bytes::new(Vec::with_capacity(88));
    for [high, middle, low] in order {
        let number =
            u32::from(digest[*high]) << 16 | u32::from(digest[*middle]) << 8 | u32::from(digest[*low]);
        crypt64::push(&mut out, number, 4);
    }
    let number = rest.iter().fold(0_u32, |sum, at| sum << 8 | u32::from(digest[*at]));
    crypt64::push(&mut out, number, rest.len() + 1);
    out
}
