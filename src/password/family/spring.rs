//! Spring Security's `DelegatingPasswordEncoder`, but for bcrypt, Argon2 and clear text, which are with their families.
//!
//! - `{MD5}`, `{SHA-1}`, `{SHA-256}`, `{MD4}` and `{salt}`hex: `MessageDigestPasswordEncoder`, one round over
//!   password ‖ `{salt}`, **braces included**, so the whole text with braces is the salt, `POSTFIX`. Without `{salt}`: unsalted.
//!   `{SHA-256}` is told from `{sha256}` by what follows: 80 hex digits are `StandardPasswordEncoder`, 1024 rounds of
//!   SHA-256(salt ‖ password) with a salt of 8 bytes.
//! - `{pbkdf2}` hex of 8 salt ‖ 32: SHA-1, 185,000. `{pbkdf2@SpringSecurity_v5_8}` hex of 16 ‖ 32: SHA-256, 310,000.
//! - `{scrypt}$e0801$b64$b64(32)` and `{scrypt@SpringSecurity_v5_8}`: the first field packs log2 N ‖ r ‖ p.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::{Parameters, Scrypt};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Spring Security's labelled values.
pub(crate) struct Spring;

impl Scheme for Spring {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (label, payload) = text::label(seen.text)?;
        let (family, parsed) = match label {
            b"pbkdf2" if !payload.contains(&b'$') => ("Spring's PBKDF2", pbkdf2_v5_5(payload)),
            b"pbkdf2@SpringSecurity_v5_8" => ("Spring's PBKDF2", pbkdf2_v5_8(payload)),
            b"scrypt" => ("Spring's scrypt", scrypt("spring-scrypt-v4_1", payload)),
            b"scrypt@SpringSecurity_v5_8" => ("Spring's scrypt", scrypt("spring-scrypt-v5_8", payload)),
            _ => return digest(label, payload),
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

fn digest(label: &[u8], payload: &[u8]) -> Option<Reading> {
    let (hash, id, name) = if label.eq_ignore_ascii_case(b"MD5") {
        (Hash::Md5, "spring-MD5", "MD5 (Spring)")
    } else if label.eq_ignore_ascii_case(b"SHA-1") {
        (Hash::Sha1, "spring-SHA-1", "SHA-1 (Spring)")
    } else if label.eq_ignore_ascii_case(b"SHA-256") || label.eq_ignore_ascii_case(b"SHA256") {
        (Hash::Sha256, "spring-SHA-256", "SHA-256 (Spring)")
    } else if label.eq_ignore_ascii_case(b"SHA-512") {
        (Hash::Sha512, "spring-SHA-512", "SHA-512 (Spring)")
    } else {
        return None;
    };
    if hash == Hash::Sha256 && payload.len() == 80 && text::is_hex(payload) {
        return Some(standard(payload));
    }
    let own_label = label.contains(&b'-');
    if !payload.starts_with(b"{") && !own_label {
        return None; // {MD5} and {SHA256} with anything else belong to LDAP, Dovecot and Joomla
    }
    let family = "Spring's message digest";
    let (salt, hex) = match payload.iter().rposition(|b| *b == b'}') {
        Some(end) if payload.starts_with(b"{") => payload.split_at(end + 1),
        _ => (&payload[..0], payload),
    };
    let Some(digest) = text::hex(hex).filter(|digest| digest.len() == hash.len()) else {
        return Some(Reading::malformed(family, "its digest has the wrong length"));
    };
    if !printable(salt) {
        return Some(Reading::malformed(family, "its salt holds characters that Spring does not write"));
    }
    // "{}" is how Spring writes no salt at all: then nothing is put after the password.
    let method = if salt.len() <= 2 {
        Digest::unsalted(hash, digest)
    } else {
        Digest::postfix(hash, digest, text::bytes(salt))
    };
    Some(Reading::Recognised(Parsed::new(id, name, "A digest, as Spring Security writes it", method)))
}

/// `StandardPasswordEncoder` without a site secret.
fn standard(payload: &[u8]) -> Reading {
    let Some(bytes) = text::hex(payload).filter(|bytes| bytes.len() == 40) else {
        return Reading::malformed("Spring's standard encoder", "its digest has the wrong length");
    };
    let (salt, digest) = bytes.split_at(8);
    let salt = text::bytes(salt);
    let method = HookOnly {
        words: "1024 rounds of SHA-256 over the salt and the password".into(),
        reason: "Okta computes one round of SHA-256, and this has 1024",
        digest: text::bytes(digest),
        rounds: 1024,
        compute: move |password: &[u8]| {
            let mut digest = Hash::Sha256.of(&[&salt, password]);
            for _ in 1..1024 {
                digest = Hash::Sha256.of(&[&digest]);
            }
            digest
        },
    };
    let origin = "Spring Security's StandardPasswordEncoder";
    Reading::Recognised(Parsed::new("spring-sha256-standard", "SHA-256 × 1024 (Spring)", origin, method))
}

fn pbkdf2_v5_5(payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes = text::hex(payload).filter(|b| b.len() == 40).ok_or("it is not 40 bytes of hex")?;
    let (salt, key) = bytes.split_at(8);
    let method = Pbkdf2::new(Prf::Sha1, 185_000, text::bytes(salt), text::bytes(key))?;
    Ok(Parsed::new(
        "spring-pbkdf2-v5_5",
        "PBKDF2-SHA1 (Spring)",
        "PBKDF2, as Spring Security up to 5.7 writes it",
        method,
    ))
}

fn pbkdf2_v5_8(payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes = text::hex(payload).filter(|b| b.len() == 48).ok_or("it is not 48 bytes of hex")?;
    let (salt, key) = bytes.split_at(16);
    let method = Pbkdf2::new(Prf::Sha256, 310_000, text::bytes(salt), text::bytes(key))?;
    Ok(Parsed::new(
        "spring-pbkdf2-v5_8",
        "PBKDF2-SHA256 (Spring)",
        "PBKDF2, as Spring Security from 5.8 on writes it",
        method,
    ))
}

fn scrypt(id: &'static str, payload: &[u8]) -> Result<Parsed, &'static str> {
    let [b"", packed, salt, digest] = text::fields(payload, b'$').ok_or("it has not three parts")? else {
        return Err("it has not three parts");
    };
    let parameters = Parameters::packed(packed)?;
    let salt = text::base64(salt).ok_or("its salt is not Base64")?;
    if !(8..=64).contains(&salt.len()) {
        return Err("its salt has the wrong length");
    }
    let key =
        text::base64(digest).filter(|key| key.len() == 32).ok_or("its digest is not 32 bytes of Base64")?;
    let method = Scrypt { parameters, salt, key };
    Ok(Parsed::new(id, "scrypt (Spring)", "scrypt, as Spring Security writes it", method))
}
