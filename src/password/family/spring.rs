//! Spring Security's `DelegatingPasswordEncoder`, but for bcrypt, Argon2 and clear text, which are with their families.
//!
//! - `{MD5}`, `{SHA-1}`, `{SHA-256}`, `{MD4}` and `{salt}`hex: `MessageDigestPasswordEncoder`, one round over
//!   password ‖ `{salt}`, **braces included**, so the whole text with braces is the salt, `POSTFIX`. Without `{salt}`: unsalted.
//!   `{SHA-256}` is told from `{sha256}` by what follows: 80 hex digits are `StandardPasswordEncoder`, 1024 rounds of
//!   SHA-256(salt ‖ password) with a salt of 8 bytes.
//! - A secret that is stated goes in: SHA-256(salt ‖ secret ‖ password), PBKDF2 over salt ‖ secret.
//! - `{pbkdf2}` hex of 8 salt ‖ 32: SHA-1, 185,000. `{pbkdf2@SpringSecurity_v5_8}` hex of 16 ‖ 32: SHA-256, 310,000.
//! - `{scrypt}$e0801$b64$b64(32)` and `{scrypt@SpringSecurity_v5_8}`: the first field packs log2 N ‖ r ‖ p.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::printable;
use crate::password::kernel::scrypt::{Parameters, Scrypt};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

use super::braced::{braced, is_label};
use super::columns::{LACKS_SECRET, known};

/// Spring Security's labelled values.
pub(crate) struct Spring;

impl Scheme for Spring {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (label, payload) = text::label(seen.text)?;
        let (family, parsed) = match label {
            b"pbkdf2" if !payload.contains(&b'$') => ("Spring's PBKDF2", pbkdf2(&V5_5, seen, payload)),
            b"pbkdf2@SpringSecurity_v5_8" => ("Spring's PBKDF2", pbkdf2(&V5_8, seen, payload)),
            b"scrypt" => ("Spring's scrypt", scrypt("spring-scrypt-v4_1", payload)),
            b"scrypt@SpringSecurity_v5_8" => ("Spring's scrypt", scrypt("spring-scrypt-v5_8", payload)),
            _ => return digest(seen, label, payload),
        };
        Some(parsed.map_or_else(|reason| Reading::malformed(family, reason), Reading::Recognised))
    }
}

fn digest(seen: &Seen<'_>, label: &[u8], payload: &[u8]) -> Option<Reading> {
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
        return super::folded::standard(seen, "Spring Security's StandardPasswordEncoder", payload);
    }
    let own_label = label.contains(&b'-');
    if !payload.starts_with(b"{") && !own_label {
        return None; // {MD5} and {SHA256} with anything else belong to LDAP, Dovecot and Joomla
    }
    let family = "Spring's message digest";
    let (salt, hex) = braced(payload);
    let Some(digest) = text::hex(hex).filter(|digest| digest.len() == hash.len()) else {
        return Some(Reading::malformed(family, "its digest has the wrong length"));
    };
    if !printable(salt) {
        return Some(Reading::malformed(family, "its salt holds characters that Spring does not write"));
    }
    if is_label(salt) {
        return Some(Reading::malformed(family, "two labels stand before it, and only one can be right"));
    }
    // "{}" is how Spring writes no salt at all: then nothing is put after the password.
    let method = if salt.len() <= 2 {
        Digest::unsalted(hash, digest)
    } else {
        Digest::postfix(hash, digest, text::bytes(salt))
    };
    Some(Reading::Recognised(Parsed::new(id, name, "A digest, as Spring Security writes it", method)))
}

/// What a version of `Pbkdf2PasswordEncoder` fixes.
struct Version {
    id: &'static str,
    prf: Prf,
    rounds: u32,
    /// Bytes of salt in front of the key of 32.
    salt: usize,
    label: &'static str,
    origin: &'static str,
}

static V5_5: Version = Version {
    id: "spring-pbkdf2-v5_5",
    prf: Prf::Sha1,
    rounds: 185_000,
    salt: 8,
    label: "PBKDF2-SHA1 (Spring)",
    origin: "PBKDF2, as Spring Security up to 5.7 writes it",
};
static V5_8: Version = Version {
    id: "spring-pbkdf2-v5_8",
    prf: Prf::Sha256,
    rounds: 310_000,
    salt: 16,
    label: "PBKDF2-SHA256 (Spring)",
    origin: "PBKDF2, as Spring Security from 5.8 on writes it",
};

/// The encoder's secret, where one is stated, stands behind the salt.
fn pbkdf2(version: &Version, seen: &Seen<'_>, payload: &[u8]) -> Result<Parsed, &'static str> {
    let bytes = text::hex(payload)
        .filter(|bytes| bytes.len() == version.salt + 32)
        .ok_or("it has not the right number of hex digits")?;
    let (salt, key) = bytes.split_at(version.salt);
    let mut salt = text::bytes(salt);
    if let Some(secret) = &seen.settings.secret {
        let Some(secret) = known(Some(secret)) else {
            return Ok(Parsed::new(version.id, version.label, version.origin, LACKS_SECRET));
        };
        salt.extend_from_slice(secret);
    }
    let method = Pbkdf2::new(version.prf, version.rounds, salt, text::bytes(key))?;
    Ok(Parsed::new(version.id, version.label, version.origin, method))
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
