//! Apache Shiro and Tomcat: salted digests, iterated over the raw digest.
//!
//! - `$shiro1$SHA-256$n$b64$b64`: H(salt ‖ password), then n−1 times H(digest). One round: import.
//! - Tomcat's `salthex$n$hex`: `MessageDigestCredentialHandler` computes the same; `SecretKeyCredentialHandler` PBKDF2 with n iterations.
//!   The text doesn't tell: ambiguous until stated.

use crate::model::Kdf;
use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hook_only::HookOnly;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Apache Shiro.
pub(crate) struct Shiro;

/// Apache Tomcat.
pub(crate) struct Tomcat;

fn iterated(
    hash: Hash,
    salt: Bytes,
    rounds: u32,
    digest: Bytes,
) -> HookOnly<impl Fn(&[u8]) -> Bytes + Send + Sync> {
    HookOnly {
        words: format!("{rounds} rounds of {} over the salt and the password", hash.name()).into(),
        reason: "Okta computes one round of a digest, and this has more",
        digest,
        rounds,
        compute: move |password: &[u8]| {
            let mut digest = hash.of(&[&salt, password]);
            for _ in 1..rounds {
                digest = hash.of(&[&digest]);
            }
            digest
        },
    }
}

impl Scheme for Shiro {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let rest = seen.text.strip_prefix(b"$shiro1$")?;
        Some(
            shiro(rest).map_or_else(|reason| Reading::malformed("Shiro's hash", reason), Reading::Recognised),
        )
    }
}

fn shiro(rest: &[u8]) -> Result<Parsed, &'static str> {
    const ORIGIN: &str = "A digest, as Apache Shiro 1 writes it";
    let [name, rounds, salt, digest] = text::fields(rest, b'$').ok_or("it has not four parts")?;
    let (hash, once, often, label) = match name {
        b"SHA-256" => (Hash::Sha256, "shiro1-sha256-1", "shiro1-sha256-500000", "SHA-256 (Shiro)"),
        b"SHA-512" => (Hash::Sha512, "shiro1-sha512-1", "shiro1-sha512-1024", "SHA-512 (Shiro)"),
        b"SHA-1" => (Hash::Sha1, "shiro1-sha1-1", "shiro1-sha1", "SHA-1 (Shiro)"),
        b"MD5" => (Hash::Md5, "shiro1-md5-1", "shiro1-md5", "MD5 (Shiro)"),
        _ => return Err("its digest is none that is known here"),
    };
    let rounds = text::number(rounds).filter(|n| *n > 0).ok_or("its number of rounds is none")?;
    let salt = if salt.is_empty() {
        Bytes::default()
    } else {
        text::base64(salt).ok_or("its salt is not Base64")?
    };
    let digest =
        text::base64(digest).filter(|d| d.len() == hash.len()).ok_or("its digest has the wrong length")?;
    Ok(if rounds == 1 {
        Parsed::new(once, label, ORIGIN, Digest::prefix(hash, digest, salt))
    } else {
        Parsed::new(often, label, ORIGIN, iterated(hash, salt, rounds, digest))
    })
}

const TOMCAT: &str = "Written by Apache Tomcat";
const TOMCAT_LABEL: &str = "digest (Tomcat)";

impl Scheme for Tomcat {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let [salt, rounds, digest] = text::fields(seen.text, b'$')?;
        let (salt, digest) = (text::hex(salt)?, text::hex(digest)?);
        let rounds = text::number(rounds).filter(|n| *n > 0)?;
        let (hash, prf, once, often, pbkdf2) = match digest.len() {
            16 => (Hash::Md5, None, "tomcat-md5-1", "tomcat-md5", ""),
            20 => (Hash::Sha1, Some(Prf::Sha1), "tomcat-sha1-1", "tomcat-sha1", "tomcat-pbkdf2-sha1"),
            32 => {
                (Hash::Sha256, Some(Prf::Sha256), "tomcat-sha256-1", "tomcat-sha256", "tomcat-pbkdf2-sha256")
            }
            64 => (
                Hash::Sha512,
                Some(Prf::Sha512),
                "tomcat-sha512-1",
                "tomcat-sha512-1000",
                "tomcat-pbkdf2-sha512",
            ),
            _ => return None,
        };
        let mut schemes = Vec::with_capacity(2);
        if let Some(prf) = prf
            && let Ok(method) = Pbkdf2::new(prf, rounds, salt.clone(), digest.clone())
        {
            schemes.push(Parsed::new(pbkdf2, prf.label(), TOMCAT, method));
        }
        schemes.push(if rounds == 1 {
            Parsed::new(once, TOMCAT_LABEL, TOMCAT, Digest::prefix(hash, digest, salt))
        } else {
            Parsed::new(often, TOMCAT_LABEL, TOMCAT, iterated(hash, salt, rounds, digest))
        });
        // Rounds of a digest, or iterations of PBKDF2: stated, it is settled.
        let digest = |scheme: &Parsed| !scheme.scheme().starts_with("tomcat-pbkdf2");
        match (seen.settings.kdf, seen.settings.assume.is_some()) {
            (Some(Kdf::Digest), false) => schemes.retain(digest),
            (Some(Kdf::Pbkdf2), false) => schemes.retain(|scheme| !digest(scheme)),
            _ => {}
        }
        if schemes.len() == 1 && seen.settings.kdf.is_some() {
            return schemes.pop().map(Reading::Recognised);
        }
        Some(seen.settle(Candidates {
            shape: "Tomcat's salt$rounds$digest".into(),
            ask: "Say in the Map step which of Tomcat's credential handlers wrote these (server.xml names it)",
            schemes,
        }))
    }
}
