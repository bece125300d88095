//! Argon2 as a PHC string, bare and in the wrappers products put around it. Hook.
//!
//! `$argon2id$v=19$m=KiB,t=passes,p=lanes$b64$b64`, unpadded standard Base64; without `v=` it is version 0x10. Written by
//! PHP, Laravel, Symfony, libsodium, Node, Go; in `{argon2}` and `{argon2@SpringSecurity_v5_8}` by Spring, after `argon2` by
//! Django, after `2|` and `3|` by Nextcloud, in `{ARGON2}` by OpenLDAP, in `{ARGON2I}` and `{ARGON2ID}` by Dovecot,
//! after `$shiro2` by Apache Shiro 2 (`t=` before `m=`).

use argon2::{Algorithm, Version};

use crate::password::kernel::argon2::Argon2 as Kernel;
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// Argon2.
pub(crate) struct Argon2;

/// Takes a wrapper off: the scheme's id (empty for none), who writes it, and the PHC string.
fn unwrap(text: &[u8]) -> Option<(&'static str, &'static str, &[u8])> {
    if text.starts_with(b"$argon2") {
        return Some(("", "Argon2, as PHP, Python, Node and many others write it", text));
    }
    if let Some(rest) = text.strip_prefix(b"argon2") {
        return rest.starts_with(b"$argon2").then_some((
            "django-argon2",
            "Argon2, as Django writes it",
            rest,
        ));
    }
    for prefix in [b"2|", b"3|"] {
        if let Some(rest) = text.strip_prefix(prefix) {
            let id = if prefix == b"3|" { "nextcloud-3-argon2id" } else { "nextcloud-2-argon2i" };
            return rest.starts_with(b"$argon2").then_some((id, "Argon2, as Nextcloud writes it", rest));
        }
    }
    if let Some(rest) = text.strip_prefix(b"$shiro2") {
        return rest.starts_with(b"$argon2").then_some((
            "shiro2-argon2",
            "Argon2, as Apache Shiro 2 writes it",
            rest,
        ));
    }
    let (label, rest) = text::label(text)?;
    match label {
        b"argon2" => Some(("spring-argon2-v5_2", "Argon2, as Spring Security writes it", rest)),
        b"argon2@SpringSecurity_v5_8" => {
            Some(("spring-argon2-v5_8", "Argon2, as Spring Security writes it", rest))
        }
        _ if label.eq_ignore_ascii_case(b"ARGON2") => {
            Some(("openldap-argon2", "Argon2, as OpenLDAP writes it", rest))
        }
        _ if label.eq_ignore_ascii_case(b"ARGON2I") || label.eq_ignore_ascii_case(b"ARGON2ID") => {
            Some(("dovecot-argon2i", "Argon2, as Dovecot writes it", rest))
        }
        _ if label.eq_ignore_ascii_case(b"CRYPT") && rest.starts_with(b"$argon2") => {
            Some(("ldap-crypt-argon2", "Argon2, as LDAP servers keep it", rest))
        }
        _ => None,
    }
}

impl Scheme for Argon2 {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (wrapped, origin, inner) = unwrap(seen.text)?;
        Some(match parse(inner) {
            Ok(kernel) => {
                let (bare, label) = match (kernel.version, kernel.algorithm) {
                    (Version::V0x10, Algorithm::Argon2id) => ("argon2-v16", "argon2id"),
                    (Version::V0x10, Algorithm::Argon2i) => ("argon2-v16", "argon2i"),
                    (Version::V0x10, Algorithm::Argon2d) => ("argon2-v16", "argon2d"),
                    (Version::V0x13, Algorithm::Argon2id) => ("argon2id", "argon2id"),
                    (Version::V0x13, Algorithm::Argon2i) => ("argon2i", "argon2i"),
                    (Version::V0x13, Algorithm::Argon2d) => ("argon2d", "argon2d"),
                };
                let id = if wrapped.is_empty() { bare } else { wrapped };
                Reading::Recognised(Parsed::new(id, label, origin, kernel))
            }
            Err(reason) => Reading::malformed("Argon2", reason),
        })
    }
}

fn parse(inner: &[u8]) -> Result<Kernel, &'static str> {
    const PARTS: &str = "it has not the right number of parts";
    const COST: &str = "its cost parameters are none that Argon2 has";
    let rest = inner.strip_prefix(b"$argon2").ok_or("no Argon2 value follows its prefix")?;
    let (variant, rest) = text::split_once(rest, b'$').ok_or(PARTS)?;
    let algorithm = match variant {
        b"id" => Algorithm::Argon2id,
        b"i" => Algorithm::Argon2i,
        b"d" => Algorithm::Argon2d,
        _ => return Err("its variant is none that Argon2 has"),
    };
    let (version, rest) = match rest.strip_prefix(b"v=") {
        Some(rest) => match text::split_once(rest, b'$').ok_or(PARTS)? {
            (b"19", rest) => (Version::V0x13, rest),
            (b"16", rest) => (Version::V0x10, rest),
            _ => return Err("its version is none that Argon2 has"),
        },
        None => (Version::V0x10, rest),
    };
    let [costs, salt, key] = text::fields(rest, b'$').ok_or(PARTS)?;
    let [memory, passes, lanes] = text::fields(costs, b',').ok_or(COST)?;
    let cost = |field: &[u8], name: &[u8]| field.strip_prefix(name).and_then(text::number).ok_or(COST);
    // Shiro writes the passes first.
    let (memory, passes) = if memory.starts_with(b"t=") { (passes, memory) } else { (memory, passes) };
    let (memory, passes, lanes) = (cost(memory, b"m=")?, cost(passes, b"t=")?, cost(lanes, b"p=")?);
    if passes == 0 || lanes == 0 || u64::from(memory) < 8 * u64::from(lanes) {
        return Err(COST);
    }
    let salt = text::base64_bare(salt)
        .filter(|salt| (8..=64).contains(&salt.len()))
        .ok_or("its salt has the wrong length")?;
    // Cut short, it is not a shorter digest: only the lengths that products choose are taken.
    let key = text::base64_bare(key)
        .filter(|key| [16, 20, 24, 32, 48, 64, 128].contains(&key.len()))
        .ok_or("its digest has the wrong length")?;
    Ok(Kernel { algorithm, version, memory, passes, lanes, salt, key })
}
