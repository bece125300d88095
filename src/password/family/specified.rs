//! Derived keys in columns whose parameters stand in a column of their own, as Gitea and Forgejo write them (`passwd_hash_algo`). Such
//! a specification is stated as `assume`; where the column is there, each row is read by its own (`told.rs`).
//!
//! | specification | value | computed as | Okta |
//! | --- | --- | --- | --- |
//! | `pbkdf2$n$len` | hex(len) | PBKDF2-SHA-256, n iterations | import from 4096 on |
//! | `argon2$t$m$p$len` | hex(len) | Argon2id, t passes over m KiB in p lanes | hook |
//! | `scrypt$N$r$p$len` | hex(len) | scrypt | hook |
//!
//! The salt is its column's hex, or its text where that has ten characters. A digest of another length is never read as one.
//! Source: Gitea's `modules/auth/password/hash`.

use argon2::{Algorithm, Version};

use crate::model::TextEncoding;
use crate::password::kernel::argon2::Argon2;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::scrypt::{Parameters, Scrypt};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::digest_shape::is_bare;

/// Derived keys with a specification.
pub(crate) struct Specified;

/// A specification, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Specification {
    Pbkdf2 { rounds: u32 },
    Argon2 { passes: u32, memory: u32, lanes: u32 },
    Scrypt { n: u32, r: u32, p: u32 },
}

/// Taken apart, with the length of the key.
fn parse(word: &str) -> Option<(Specification, usize)> {
    let (name, rest) = text::split_once(word.trim().as_bytes(), b'$')?;
    let number = |field: &[u8]| text::number(field).filter(|n| *n > 0);
    let (found, len) = match name.to_ascii_lowercase().as_slice() {
        b"pbkdf2" => {
            let [rounds, len] = text::fields(rest, b'$')?;
            (Specification::Pbkdf2 { rounds: number(rounds)? }, len)
        }
        b"argon2" => {
            let [passes, memory, lanes, len] = text::fields(rest, b'$')?;
            let (passes, memory, lanes) = (number(passes)?, number(memory)?, number(lanes)?);
            (Specification::Argon2 { passes, memory, lanes }, len)
        }
        b"scrypt" => {
            let [n, r, p, len] = text::fields(rest, b'$')?;
            (Specification::Scrypt { n: number(n)?, r: number(r)?, p: number(p)? }, len)
        }
        _ => return None,
    };
    let len = usize::try_from(number(len)?).ok().filter(|len| (16..=512).contains(len))?;
    Some((found, len))
}

/// Whether a word is such a specification.
pub(crate) fn is_specification(word: &str) -> bool {
    parse(word).is_some()
}

impl Scheme for Specified {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (specification, len) = parse(seen.settings.assume.as_deref()?)?;
        let key = text::hex(seen.text)?;
        if key.len() != len {
            // What is stated is about others: a digest of this length is what it looks like, and anything else is damaged.
            return (!is_bare(seen.text)).then(|| {
                Reading::malformed(
                    "what is stated of it",
                    format!("it has {} bytes, and {len} are stated", key.len()),
                )
            });
        }
        let read = salt(seen).and_then(|salt| specification.parsed(salt, key));
        Some(read.map_or_else(|why| Reading::malformed("what is stated of it", why), Reading::Recognised))
    }
}

/// Gitea's rule: ten characters are the salt as they stand, more are hex.
fn salt(seen: &Seen<'_>) -> Result<Bytes, &'static str> {
    let salt = seen.salt.ok_or("its salt is missing")?;
    let encoding = seen.settings.salt_encoding;
    let usual = if salt.len() == 10 { TextEncoding::Text } else { TextEncoding::Hex };
    let bytes = match encoding.unwrap_or(usual) {
        TextEncoding::Text => Some(text::bytes(salt)),
        TextEncoding::Hex => text::hex(salt),
        TextEncoding::Base64 => text::base64(salt),
    };
    bytes.ok_or("its salt is not written as such salts are")
}

impl Specification {
    fn parsed(self, salt: Bytes, key: Bytes) -> Result<Parsed, &'static str> {
        const ORIGIN: &str = "A derived key, as Gitea and Forgejo write it";
        Ok(match self {
            Self::Pbkdf2 { rounds } => {
                let method = Pbkdf2::new(Prf::Sha256, rounds, salt, key)?;
                Parsed::new("gitea-pbkdf2", Prf::Sha256.label(), ORIGIN, method)
            }
            Self::Argon2 { passes, memory, lanes } => {
                if salt.len() < 8 || u64::from(memory) < 8 * u64::from(lanes) {
                    return Err("its salt or its costs are none that Argon2 takes");
                }
                let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
                let method = Argon2 { algorithm, version, memory, passes, lanes, salt, key };
                Parsed::new("gitea-argon2", "argon2id (Gitea)", ORIGIN, method)
            }
            Self::Scrypt { n, r, p } => {
                let parameters = Parameters::new(u64::from(n), r, p)?;
                Parsed::new("gitea-scrypt", "scrypt (Gitea)", ORIGIN, Scrypt { parameters, salt, key })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_are_read_as_gitea_reads_them() {
        assert_eq!(parse("pbkdf2$50000$50"), Some((Specification::Pbkdf2 { rounds: 50_000 }, 50)));
        let argon2 = Specification::Argon2 { passes: 2, memory: 65_536, lanes: 8 };
        assert_eq!(parse(" argon2$2$65536$8$50 "), Some((argon2, 50)));
        assert_eq!(
            parse("scrypt$65536$16$2$50"),
            Some((Specification::Scrypt { n: 65_536, r: 16, p: 2 }, 50))
        );
        for bad in
            ["", "pbkdf2", "pbkdf2$0$50", "pbkdf2$50000", "argon2$2$65536$8", "md5$1$2", "pbkdf2$1$9999"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
