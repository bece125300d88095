//! Werkzeug's `generate_password_hash` (Flask).
//!
//! `pbkdf2:sha256:n$salt$hex`: the salt is **text**, the digest has the hash's own length. Old versions left `:n` out and
//! meant 1000, 50000 or 150000, by version: ambiguous. `scrypt:N:r:p$salt$hex(64)`. Before 2.3 `sha256$salt$hex` was an
//! HMAC: see `dollar_hex`.

use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::{Parameters, Scrypt};
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Werkzeug's hashes.
pub(crate) struct Werkzeug;

impl Scheme for Werkzeug {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (family, reading) = if let Some(rest) = seen.text.strip_prefix(b"pbkdf2:") {
            ("Werkzeug's PBKDF2", pbkdf2(rest))
        } else {
            let rest = seen.text.strip_prefix(b"scrypt:")?;
            ("Werkzeug's scrypt", scrypt(rest).map(Reading::Recognised))
        };
        Some(reading.unwrap_or_else(|reason| Reading::malformed(family, reason)))
    }
}

fn pbkdf2(rest: &[u8]) -> Result<Reading, &'static str> {
    let [method, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let (name, rounds) = match text::split_once(method, b':') {
        Some((name, rounds)) => (name, Some(text::number(rounds).ok_or("its number of iterations is none")?)),
        None => (method, None),
    };
    let prf = Prf::named(name).ok_or("its digest is not SHA-1, SHA-256 or SHA-512")?;
    if salt.is_empty() || !printable(salt) {
        return Err("its salt holds characters that Werkzeug does not write");
    }
    let key =
        text::hex(digest).filter(|key| key.len() == prf.len()).ok_or("its digest has the wrong length")?;
    let one = |rounds: u32, key: Bytes| {
        let id = prf.pick("werkzeug-pbkdf2-sha1", "werkzeug-pbkdf2-sha256", "werkzeug-pbkdf2-sha512");
        let method = Pbkdf2::new(prf, rounds, text::bytes(salt), key)?;
        Ok::<_, &'static str>(Parsed::new(id, prf.label(), "PBKDF2, as Werkzeug (Flask) writes it", method))
    };
    if let Some(rounds) = rounds {
        return one(rounds, key).map(Reading::Recognised);
    }
    let ask = "It doesn't say how many iterations: which Werkzeug wrote it decides (1000, 50000 or 150000)";
    let schemes = [150_000, 50_000, 1000]
        .into_iter()
        .map(|rounds| one(rounds, key.clone()))
        .collect::<Result<_, _>>()?;
    Ok(Reading::Ambiguous(Candidates { shape: "Old Werkzeug PBKDF2 values".into(), ask, schemes }))
}

fn scrypt(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [method, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let [n, r, p] = text::fields(method, b':').ok_or("it has not three cost parameters")?;
    let number = |text| text::number(text).ok_or("its cost parameters are no numbers");
    let parameters = Parameters::new(u64::from(number(n)?), number(r)?, number(p)?)?;
    if salt.is_empty() || !printable(salt) {
        return Err("its salt holds characters that Werkzeug does not write");
    }
    let key = text::hex(digest).filter(|key| key.len() == 64).ok_or("its digest is not 64 bytes of hex")?;
    let method = Scrypt { parameters, salt: text::bytes(salt), key };
    Ok(Parsed::new("werkzeug-scrypt", "scrypt", "scrypt, as Werkzeug (Flask) writes it", method))
}
