//! PBKDF2 behind an LDAP label: OpenLDAP's pw-pbkdf2, 389 DS, Dovecot, Atlassian.
//!
//! - `{PBKDF2}` and `{PBKDF2-SHA1}`, `{PBKDF2-SHA256}`, `{PBKDF2-SHA512}` `n$salt$digest`: OpenLDAP writes `ab64` without
//!   padding and a salt of 16 bytes, 389 DS standard Base64 and 24 bytes. One decoder takes both alphabets.
//! - `{PBKDF2_SHA256}` Base64 of 324 bytes: big-endian iterations ‖ 64 salt ‖ 256 digest (389 DS).
//! - `{PBKDF2}$1$salt$n$hex`: Dovecot, SHA-1, the salt as text.
//! - `{PBKDF2}n:b64`, `{PBKDF2-HMAC-SHA256}`, `{PBKDF2-HMAC-SHA512}`: OpenDJ and PingDS, Base64 of digest ‖ 8 or 16 of salt (from
//!   their source, never run).
//! - `{PBKDF2WithHmacSHA1}` Base64 of 160 and iterations (big-endian, four bytes each) ‖ 8 salt ‖ 20 digest: Liferay.
//! - `{PKCS5S2}` Base64 of 16 salt ‖ 32 digest, SHA-1, 10,000 iterations: Atlassian, ApacheDS.

use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// PBKDF2 behind an LDAP label.
pub(crate) struct LdapPbkdf2;

const PARTS: &str = "it has not three parts";
const ROUNDS: &str = "its number of iterations is none";
const SALT: &str = "its salt is not Base64";
const LENGTH: &str = "its digest has the wrong length";

impl Scheme for LdapPbkdf2 {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        // Liferay's, where the label is kept elsewhere: 160 bits, Base64 of 36 bytes.
        if seen.text.len() == 48 && seen.text.starts_with(b"AAAAoA") {
            return liferay(seen.text).ok().map(Reading::Recognised);
        }
        let (label, payload) = text::label(seen.text)?;
        let is = |name: &str| label.eq_ignore_ascii_case(name.as_bytes());
        let parsed = if is("PKCS5S2") {
            atlassian(payload)
        } else if is("PBKDF2_SHA256") {
            blob(payload)
        } else if is("PBKDF2") && payload.starts_with(b"$1$") {
            dovecot(&payload[3..])
        } else if is("PBKDF2WithHmacSHA1") {
            liferay(payload)
        } else if is("PBKDF2") && payload.contains(&b':') {
            opendj(Prf::Sha1, payload)
        } else if is("PBKDF2-HMAC-SHA256") {
            opendj(Prf::Sha256, payload)
        } else if is("PBKDF2-HMAC-SHA512") {
            opendj(Prf::Sha512, payload)
        } else if is("PBKDF2-SHA1") || (is("PBKDF2") && payload.contains(&b'$')) {
            dollars(Prf::Sha1, payload)
        } else if is("PBKDF2-SHA256") {
            dollars(Prf::Sha256, payload)
        } else if is("PBKDF2-SHA512") {
            dollars(Prf::Sha512, payload)
        } else {
            return None;
        };
        Some(
            parsed.map_or_else(
                |reason| Reading::malformed("PBKDF2 from a directory", reason),
                Reading::Recognised,
            ),
        )
    }
}

fn dollars(prf: Prf, payload: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, salt, digest] = text::fields(payload, b'$').ok_or(PARTS)?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    // 389 DS pads its Base64 and takes salts of 24 bytes; OpenLDAP does neither.
    let padded = digest.ends_with(b"=");
    let salt = text::base64_either(salt).ok_or(SALT)?;
    let key = text::base64_either(digest).filter(|key| key.len() == prf.len()).ok_or(LENGTH)?;
    let (id, origin) = if padded {
        (
            prf.pick("389ds-pbkdf2-sha1", "389ds-pbkdf2-sha256", "389ds-pbkdf2-sha512"),
            "PBKDF2, as 389 DS writes it",
        )
    } else {
        let id = prf.pick("openldap-pbkdf2-sha1", "openldap-pbkdf2-sha256", "openldap-pbkdf2-sha512");
        (id, "PBKDF2, as OpenLDAP writes it")
    };
    Ok(Parsed::new(id, prf.label(), origin, Pbkdf2::new(prf, rounds, salt, key)?))
}

fn blob(payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes =
        text::base64(payload).filter(|bytes| bytes.len() == 324).ok_or("it is not 324 bytes of Base64")?;
    let rounds = bytes.first_chunk::<4>().map(|four| u32::from_be_bytes(*four)).ok_or(ROUNDS)?;
    let method = Pbkdf2::new(Prf::Sha256, rounds, text::bytes(&bytes[4..68]), text::bytes(&bytes[68..]))?;
    Ok(Parsed::new("389ds-pbkdf2_sha256", Prf::Sha256.label(), "PBKDF2, as 389 DS writes it", method))
}

fn dovecot(rest: &[u8]) -> Result<Parsed, &'static str> {
    let [salt, rounds, digest] = text::fields(rest, b'$').ok_or(PARTS)?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    let key = text::hex(digest).filter(|key| key.len() == 20).ok_or(LENGTH)?;
    if !printable(salt) {
        return Err(SALT);
    }
    let method = Pbkdf2::new(Prf::Sha1, rounds, text::bytes(salt), key)?;
    Ok(Parsed::new("dovecot-pbkdf2", Prf::Sha1.label(), "PBKDF2, as Dovecot writes it", method))
}

fn atlassian(payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes =
        text::base64(payload).filter(|bytes| bytes.len() == 48).ok_or("it is not 48 bytes of Base64")?;
    let (salt, key) = bytes.split_at(16);
    let method = Pbkdf2::new(Prf::Sha1, 10_000, text::bytes(salt), text::bytes(key))?;
    Ok(Parsed::new(
        "atlassian-pkcs5s2",
        Prf::Sha1.label(),
        "PBKDF2, as Jira, Crowd and ApacheDS write it",
        method,
    ))
}

fn opendj(prf: Prf, payload: &[u8]) -> Result<Parsed, &'static str> {
    let [rounds, blob] = text::fields(payload, b':').ok_or("it has not two parts")?;
    let rounds = text::number(rounds).ok_or(ROUNDS)?;
    let bytes =
        text::base64(blob).filter(|b| [prf.len() + 8, prf.len() + 16].contains(&b.len())).ok_or(LENGTH)?;
    let (key, salt) = bytes.split_at(prf.len());
    let method = Pbkdf2::new(prf, rounds, text::bytes(salt), text::bytes(key))?;
    let id = prf.pick("opendj-pbkdf2-sha1", "opendj-pbkdf2-sha256", "opendj-pbkdf2-sha512");
    Ok(Parsed::new(id, prf.label(), "PBKDF2, as OpenDJ and PingDS write it", method))
}

fn liferay(payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes = text::base64(payload).filter(|b| b.len() == 36).ok_or("it is not 36 bytes of Base64")?;
    let number =
        |at: usize| bytes[at..].first_chunk::<4>().map(|four| u32::from_be_bytes(*four)).ok_or(ROUNDS);
    if number(0)? != 160 {
        return Err("its key has not 160 bits");
    }
    let method = Pbkdf2::new(Prf::Sha1, number(4)?, text::bytes(&bytes[8..16]), text::bytes(&bytes[16..]))?;
    Ok(Parsed::new("liferay-pbkdf2-sha1", Prf::Sha1.label(), "PBKDF2, as Liferay writes it", method))
}
