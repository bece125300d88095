//! bcrypt over a digest of the password, behind a prefix that says so. Hook: Okta runs bcrypt over the password itself.
//!
//! - `bcrypt_sha256$` and a bcrypt string: Django, over the SHA-256 in hex.
//! - `$bcrypt-sha256$v=2,t=2b,r=12$`22`$`31: passlib, over Base64 of HMAC-SHA-256 keyed with the salt's characters.
//!   `$bcrypt-sha256$2b,12$`22`$`31: its first version, over Base64 of the SHA-256.
//! - `$wp$2y$…`: WordPress from 6.8 on, over Base64 of HMAC-SHA-384 of the trimmed password, keyed with `wp-sha384`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Sha256, Sha384};

use super::bcrypt::sha256_hex;
use crate::password::kernel::bcrypt::{Bcrypt as Kernel, Prepared};
use crate::password::kernel::digest::Hash;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// bcrypt over a digest.
pub(crate) struct PreparedBcrypt;

impl Scheme for PreparedBcrypt {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (family, parsed) = if let Some(rest) = seen.text.strip_prefix(b"bcrypt_sha256$") {
            ("Django's bcrypt over SHA-256", django(rest))
        } else if let Some(rest) = seen.text.strip_prefix(b"$bcrypt-sha256$") {
            ("passlib's bcrypt over SHA-256", passlib(rest))
        } else {
            let rest = seen.text.strip_prefix(b"$wp$")?;
            ("WordPress' bcrypt", wordpress(rest))
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

const HEX: &str = "the SHA-256 of the password in hex";

fn django(rest: &[u8]) -> Result<Parsed, &'static str> {
    let rest = rest
        .strip_prefix(b"$2b$")
        .or_else(|| rest.strip_prefix(b"$2a$"))
        .or_else(|| rest.strip_prefix(b"$2y$"));
    let inner = Kernel::parse(rest.ok_or("no bcrypt value follows its prefix")?)?;
    let method = Prepared { inner, prepare: Box::new(sha256_hex), words: HEX };
    Ok(Parsed::new(
        "django-bcrypt-sha256",
        "bcrypt over SHA-256",
        "bcrypt, as Django's BCryptSHA256PasswordHasher writes it",
        method,
    ))
}

fn passlib(rest: &[u8]) -> Result<Parsed, &'static str> {
    const COST: &str = "its parameters are none that passlib writes";
    let [parameters, salt, digest] = text::fields(rest, b'$').ok_or("it has not three parts")?;
    let (id, cost, prepare, words): (_, _, fn(&Kernel, &[u8]) -> Bytes, _) =
        if let Some(parameters) = parameters.strip_prefix(b"v=2,t=2b,r=") {
            let words = "an HMAC-SHA-256 of the password in Base64";
            ("passlib-bcrypt-sha256-v2", parameters, hmac_sha256, words)
        } else {
            let parameters =
                parameters.strip_prefix(b"2b,").or_else(|| parameters.strip_prefix(b"2a,")).ok_or(COST)?;
            ("passlib-bcrypt-sha256-v1", parameters, sha256_base64, "the SHA-256 of the password in Base64")
        };
    let inner = Kernel::from_parts(text::number(cost).ok_or(COST)?, salt, digest)?;
    let method = Prepared { inner, prepare: Box::new(prepare), words };
    Ok(Parsed::new(id, "bcrypt over SHA-256", "bcrypt, as passlib's bcrypt_sha256 writes it", method))
}

fn wordpress(rest: &[u8]) -> Result<Parsed, &'static str> {
    let inner = Kernel::parse(rest.strip_prefix(b"2y$").ok_or("no bcrypt value follows its prefix")?)?;
    let words = "an HMAC-SHA-384 of the trimmed password in Base64";
    let method = Prepared { inner, prepare: Box::new(hmac_sha384), words };
    Ok(Parsed::new(
        "wordpress-68-bcrypt",
        "bcrypt (WordPress)",
        "bcrypt, as WordPress from 6.8 on writes it",
        method,
    ))
}

fn in_base64(bytes: &[u8]) -> Bytes {
    Bytes::new(text::to_base64(bytes).into_bytes())
}

fn sha256_base64(_: &Kernel, password: &[u8]) -> Bytes {
    in_base64(&Hash::Sha256.of(&[password]))
}

fn hmac_sha256(inner: &Kernel, password: &[u8]) -> Bytes {
    Hmac::<Sha256>::new_from_slice(inner.salt_text())
        .map(|mac| in_base64(&Bytes::new(mac.chain_update(password).finalize().into_bytes().to_vec())))
        .unwrap_or_default()
}

fn hmac_sha384(_: &Kernel, password: &[u8]) -> Bytes {
    let blank = |b: &u8| b" \t\n\r\x0b\0".contains(b);
    let start = password.iter().position(|b| !blank(b)).unwrap_or(password.len());
    let end = password.iter().rposition(|b| !blank(b)).map_or(start, |at| at + 1);
    Hmac::<Sha384>::new_from_slice(b"wp-sha384")
        .map(|mac| {
            in_base64(&Bytes::new(mac.chain_update(&password[start..end]).finalize().into_bytes().to_vec()))
        })
        .unwrap_or_default()
}
