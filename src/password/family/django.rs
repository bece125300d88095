//! Django's own hashers (`django.contrib.auth.hashers`).
//!
//! `pbkdf2_sha256$n$salt$b64`, `pbkdf2_sha1$n$salt$b64`: the salt is **text**, the digest 32 or 20 bytes in padded Base64.
//! `scrypt$N$salt$r$p$b64(64)`: the salt stands between N and r. `sha1$$hex`, `md5$$hex`: unsalted. Its bcrypt, Argon2
//! and crypt hashers are with those families; its salted `sha1$salt$hex` is one of three readings: see `dollar_hex`.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::{Parameters, Scrypt};
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Django's own hashers.
pub(crate) struct Django;

impl Scheme for Django {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let text = seen.text;
        let (family, parsed) = if let Some(rest) = text.strip_prefix(b"pbkdf2_sha256$") {
            ("Django's PBKDF2", pbkdf2(Prf::Sha256, rest))
        } else if let Some(rest) = text.strip_prefix(b"pbkdf2_sha1$") {
            ("Django's PBKDF2", pbkdf2(Prf::Sha1, rest))
        } else if let Some((inner, rest)) = wrapped_label(text) {
            ("Django's PBKDF2 over an older digest", wrapped(inner, rest))
        } else if let Some(rest) = text.strip_prefix(b"scrypt$") {
            ("Django's scrypt", scrypt(rest))
        } else if let Some(rest) = text.strip_prefix(b"sha1$$") {
            ("Django's unsalted SHA-1", unsalted("django-unsalted-sha1", "SHA-1", Hash::Sha1, rest))
        } else if let Some(rest) = text.strip_prefix(b"md5$$") {
            ("Django's unsalted MD5", unsalted("django-unsalted-md5", "MD5", Hash::Md5, rest))
        } else {
            return None;
        };
        Some(match parsed {
            Ok(parsed) => Reading::Recognised(parsed),
            Err(reason) => Reading::malformed(family, reason),
        })
    }
}

fn pbkdf2(prf: Prf, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, digest] = text::fields(rest, b'$').ok_or("it has not four parts")?;
    let rounds = text::number(rounds).ok_or("its number of iterations is none")?;
    if !printable(salt) {
        return Err("its salt holds characters that Django does not write");
    }
    let key = text::base64(digest).ok_or("its digest is not Base64")?;
    if key.len() != prf.len() {
        return Err("its digest has the wrong length");
    }
    let method = Pbkdf2::new(prf, rounds, text::bytes(salt), key)?;
    let id = prf.pick("django-pbkdf2-sha1", "django-pbkdf2-sha256", "");
    Ok(Parsed::new(id, prf.label(), "PBKDF2, as Django writes it", method))
}

/// `pbkdf2_wrapped_sha1$` and the like, as Django's documentation has projects name it: the older digest, and what follows.
fn wrapped_label(text: &[u8]) -> Option<(Hash, &[u8])> {
    let (label, rest) = text::split_once(text, b'$')?;
    let label = std::str::from_utf8(label).ok()?;
    let inner = label.strip_prefix("pbkdf2_")?.strip_prefix("sha256_").or(label.strip_prefix("pbkdf2_"))?;
    let hash = match inner.strip_prefix("wrapped_")? {
        "md5" | "unsalted_md5" => Hash::Md5,
        "sha1" | "unsalted_sha1" => Hash::Sha1,
        "sha256" => Hash::Sha256,
        "sha512" => Hash::Sha512,
        _ => return None,
    };
    Some((hash, rest))
}

/// PBKDF2-SHA-256 over the hex of an older digest, which was over the same salt and the password, or over the password alone.
fn wrapped(hash: Hash, rest: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, digest] = text::fields(rest, b'$').ok_or("it has not four parts")?;
    let rounds = text::number(rounds).filter(|n| *n > 0).ok_or("its number of iterations is none")?;
    if !printable(salt) {
        return Err("its salt holds characters that Django does not write");
    }
    let key = text::base64(digest).filter(|key| key.len() == 32).ok_or("its digest has the wrong length")?;
    let method = Wrapped {
        hash,
        salt: text::bytes(salt),
        outer: Pbkdf2::new(Prf::Sha256, rounds, text::bytes(salt), key)?,
    };
    Ok(Parsed::new(
        "django-pbkdf2-wrapped",
        "PBKDF2 over a digest",
        "PBKDF2, put over an older digest as Django documents it",
        method,
    ))
}

struct Wrapped {
    hash: Hash,
    salt: Bytes,
    outer: Pbkdf2,
}

impl Method for Wrapped {
    fn explain(&self) -> String {
        format!("{}, which is the {} of the older one", self.outer.explain(), self.hash.name())
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook {
            reason: "Okta runs PBKDF2 over the password itself, and this is over a digest of it".into(),
        }
    }

    fn cost(&self) -> Cost {
        match self.outer.cost() {
            Cost::ImportOnly(what) => Cost::Over(what),
            cost => cost,
        }
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        for salt in [self.salt.as_slice(), b""] {
            let inner = Bytes::new(hex::encode(self.hash.of(&[salt, plaintext]).as_slice()).into_bytes());
            if self.outer.verify(&inner)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn scrypt(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [n, salt, r, p, digest] = text::fields(rest, b'$').ok_or("it has not six parts")?;
    let number = |text| text::number(text).ok_or("its cost parameters are no numbers");
    let parameters = Parameters::new(u64::from(number(n)?), number(r)?, number(p)?)?;
    if !printable(salt) {
        return Err("its salt holds characters that Django does not write");
    }
    let key =
        text::base64(digest).filter(|key| key.len() == 64).ok_or("its digest is not 64 bytes of Base64")?;
    let method = Scrypt { parameters, salt: text::bytes(salt), key };
    Ok(Parsed::new("django-scrypt", "scrypt", "scrypt, as Django writes it", method))
}

fn unsalted(id: &'static str, label: &'static str, hash: Hash, rest: &[u8]) -> Result<Parsed, &'static str> {
    let digest = text::hex(rest)
        .filter(|digest| digest.len() == hash.len())
        .ok_or("its digest has the wrong length")?;
    Ok(Parsed::new(
        id,
        label,
        "A digest without a salt, as early Django wrote it",
        Digest::unsalted(hash, digest),
    ))
}
