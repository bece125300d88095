//! The crypt(3) methods before and beside MD5: DES, BSDi's DES, NetBSD's SHA-1, and MySQL 8's SHA-256. Hook.
//!
//! - 2 digits of salt and 11 of digest: traditional DES crypt; 8 characters of the password count, 7 bits of each. Bare, in
//!   `{CRYPT}` (LDAP), `{DES-CRYPT}` (Dovecot), behind `crypt$$` (Django).
//! - `_`, 4 digits of rounds, 4 of salt, 11 of digest: BSDi, passwords of any length.
//! - `$sha1$n$salt$` and 28 digits: NetBSD, HMAC-SHA-1, n times.
//! - `$A$005$`, 20 bytes of salt and 43 digits: MySQL 8's `caching_sha2_password`; the number is in hex, in thousands of rounds.
//!
//! Sources: FreeBSD's `crypt-des.c`, NetBSD's `crypt-sha1.c`, MySQL's `sql/auth/sha2_password.cc`.

use crate::password::kernel::crypts::{netbsd_bytes, netbsd_sha1, sha256_crypt};
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::{crypt64, des, same};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::sha_crypt::sha256_digits;

/// DES crypt and its neighbours.
pub(crate) struct DesCrypt;

const UNIX: &str = "A Unix password (crypt)";

impl Scheme for DesCrypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let whole = seen.text;
        let marked = if let Some(rest) = whole.strip_prefix(b"$sha1$") {
            Some(("NetBSD's SHA-1 crypt", sha1(rest)))
        } else {
            whole.strip_prefix(b"$A$").map(|rest| ("MySQL 8's password hash", mysql(rest)))
        };
        if let Some((family, parsed)) = marked {
            return Some(
                parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised),
            );
        }
        let (id, inner) = if let Some(inner) = whole.strip_prefix(b"crypt$$") {
            ("django-crypt", inner)
        } else if let Some(inner) = text::after_ignoring_case(whole, "{CRYPT}") {
            ("ldap-crypt-des", inner)
        } else if let Some(inner) = text::after_ignoring_case(whole, "{DES-CRYPT}") {
            ("dovecot-des-crypt", inner)
        } else {
            // A short password may well look like this.
            if seen.assumes("plaintext") {
                return None;
            }
            ("crypt-des", whole)
        };
        let wrapped = id != "crypt-des";
        match inner {
            [b'_', rest @ ..] if rest.len() == 19 && canonical(rest) => bsdi(rest).map(Reading::Recognised),
            [_, _, digest @ ..] if digest.len() == 11 && canonical(inner) => {
                traditional(id, inner).map(Reading::Recognised)
            }
            _ if wrapped && !inner.is_empty() && crypt64::is_crypt64(inner.trim_ascii_start()) => {
                Some(Reading::malformed("a Unix password", "it has not the length of DES crypt"))
            }
            _ => None,
        }
    }
}

/// Digits of crypt's alphabet, the last of which holds four bits: two are zero.
fn canonical(text: &[u8]) -> bool {
    let last = text.last().and_then(|last| crypt64::digit(*last));
    crypt64::is_crypt64(text) && last.is_some_and(|digit| digit.is_multiple_of(4))
}

fn traditional(id: &'static str, text: &[u8]) -> Option<Parsed> {
    let (salt, digest) = text.split_at_checked(2)?;
    let salt = crypt64::number(salt)?;
    let method = HookOnly {
        words: "DES crypt over the first eight characters of the password".into(),
        reason: "Okta does not take DES crypt",
        digest: text::bytes(digest),
        rounds: 25,
        compute: move |password: &[u8]| des::crypt(password, salt),
    };
    Some(Parsed::new(id, "DES crypt", UNIX, method))
}

fn bsdi(text: &[u8]) -> Option<Parsed> {
    let (rounds, salt) = (crypt64::number(&text[..4])?, crypt64::number(&text[4..8])?);
    let method = HookOnly {
        words: format!("{rounds} rounds of BSDi's DES crypt over the password").into(),
        reason: "Okta does not take DES crypt",
        digest: text::bytes(&text[8..]),
        rounds,
        compute: move |password: &[u8]| des::bsdi(password, salt, rounds),
    };
    (rounds > 0).then(|| Parsed::new("crypt-bsdi", "BSDi crypt", UNIX, method))
}

fn sha1(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let rounds = text::number(rounds).filter(|n| *n > 0).ok_or("its number of rounds is none")?;
    if salt.is_empty() || salt.len() > 64 || !crypt64::is_crypt64(salt) {
        return Err("its salt is none that it allows");
    }
    let salt = text::bytes(salt);
    let method = HookOnly {
        words: format!("{rounds} rounds of HMAC-SHA-1 over the password").into(),
        reason: "Okta computes plain digests, and this is an HMAC over and over",
        digest: netbsd_bytes(digest).ok_or("its digest has not 28 digits of its alphabet")?,
        rounds,
        compute: move |password: &[u8]| netbsd_sha1(password, &salt, rounds),
    };
    Ok(Parsed::new("crypt-sha1-netbsd", "SHA-1 crypt (NetBSD)", UNIX, method))
}

fn mysql(rest: &[u8]) -> Result<Parsed, &'static str> {
    let (thousands, rest) = text::split_once(rest, b'$').ok_or("it has not all its parts")?;
    if thousands.len() != 3 || !text::is_hex(thousands) {
        return Err("its number of rounds is none");
    }
    let thousands = thousands
        .iter()
        .try_fold(0_u32, |sum, digit| char::from(*digit).to_digit(16).map(|digit| sum * 16 + digit));
    let rounds = thousands.filter(|n| *n > 0).ok_or("its number of rounds is none")? * 1000;
    let (salt, digest) = rest.split_at_checked(20).ok_or("it is cut short")?;
    if digest.len() != 43 || !crypt64::is_crypt64(digest) {
        return Err("its digest has not 43 digits of its alphabet");
    }
    if salt.iter().any(|byte| matches!(byte, b'$' | 0)) {
        return Err("its salt is none that it allows");
    }
    let method = Mysql8 { rounds, salt: text::bytes(salt), digest: text::bytes(digest) };
    let origin = "A MySQL 8 account's password";
    Ok(Parsed::new("mysql8-caching-sha2", "SHA-256 crypt (MySQL)", origin, method))
}

/// MySQL 8's SHA-256 crypt. Its time is quadratic in the password's length, as every SHA crypt's.
struct Mysql8 {
    rounds: u32,
    salt: Bytes,
    digest: Bytes,
}

impl Method for Mysql8 {
    fn explain(&self) -> String {
        format!("{} rounds of the SHA-256 crypt over the password", self.rounds)
    }

    fn convert(&self) -> Conversion {
        let reason = "Okta computes one round of a digest, and this is crypt with thousands";
        Conversion::Hook { reason: reason.into() }
    }

    fn cost(&self) -> Cost {
        if self.rounds > limits::SHA_CRYPT_ROUNDS {
            return Cost::Over(format!("{} rounds are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        if u64::from(self.rounds) * (plaintext.len() as u64 + 64) > limits::SHA_CRYPT_WORK {
            let what = format!("{} rounds of a password this long", self.rounds);
            return Err(VerifyError::TooCostly { what });
        }
        Ok(same(&sha256_digits(&sha256_crypt(plaintext, &self.salt, self.rounds)), &self.digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_last_digits_are_des() {
        assert!(canonical(b"P0JuSCZWvBj4U") && !canonical(b"correcthorse1"));
    }
}
