//! Magento 2: `hex:salt:version`, and the chains its upgrades left.
//!
//! `0` is MD5(salt ‖ password), `1` SHA-256(salt ‖ password): import. `2` is Argon2id (1 lane, 2 passes, 64 MiB), `3_len_passes_bytes` the same with
//! its own parameters; the salt is the text's first 16 bytes (a shorter one is repeated). `0:1`, `1:2`, `1:3_…`: each step
//! takes the hex of the one before. Hook.

use argon2::{Algorithm, Version};

use crate::password::kernel::argon2::Argon2;
use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::same;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Magento 2.
pub(crate) struct Magento;

/// One step of a chain.
#[derive(Clone, Copy)]
enum Step {
    Digest(Hash),
    Argon2 { len: usize, passes: u32, kib: u32 },
}

impl Step {
    fn parse(version: &[u8]) -> Option<Self> {
        match version {
            b"0" => Some(Self::Digest(Hash::Md5)),
            b"1" => Some(Self::Digest(Hash::Sha256)),
            b"2" => Some(Self::Argon2 { len: 32, passes: 2, kib: 64 << 10 }),
            _ => {
                let [len, passes, bytes] = text::fields(version.strip_prefix(b"3_")?, b'_')?;
                let (len, passes, bytes) = (text::number(len)?, text::number(passes)?, text::number(bytes)?);
                let sound = (16..=64).contains(&len) && passes > 0 && bytes >= 8 << 10;
                sound.then_some(Self::Argon2 { len: len as usize, passes, kib: bytes >> 10 })
            }
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Digest(hash) => hash.len(),
            Self::Argon2 { len, .. } => len,
        }
    }

    fn argon2(self, salt: &[u8], key: Bytes) -> Option<Argon2> {
        let Self::Argon2 { passes, kib, .. } = self else { return None };
        let salt = Bytes::new(salt.iter().copied().cycle().take(16).collect());
        let algorithm = Algorithm::Argon2id;
        Some(Argon2 { algorithm, version: Version::V0x13, memory: kib, passes, lanes: 1, salt, key })
    }
}

const ORIGIN: &str = "Magento 2";

impl Scheme for Magento {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let mut fields = seen.text.split(|b| *b == b':');
        let (digest, salt) = (fields.next()?, fields.next()?);
        let steps: Vec<Step> = fields.map(Step::parse).collect::<Option<_>>()?;
        let last = *steps.last()?;
        if !text::is_hex(digest)
            || salt.is_empty()
            || !(salt.len() <= 32 && salt.iter().all(u8::is_ascii_alphanumeric))
            || steps.len() > 3
        {
            return None;
        }
        let Some(key) = text::hex(digest).filter(|key| key.len() == last.len()) else {
            return Some(Reading::malformed(
                "Magento's hash",
                "its digest has the wrong length for its version",
            ));
        };
        Some(Reading::Recognised(match (steps.as_slice(), last) {
            ([Step::Digest(hash)], _) => {
                let (id, label) = if *hash == Hash::Md5 {
                    ("magento2-0", "salted MD5")
                } else {
                    ("magento2-1", "salted SHA-256")
                };
                Parsed::new(id, label, ORIGIN, Digest::prefix(*hash, key, text::bytes(salt)))
            }
            ([step @ Step::Argon2 { .. }], _) => {
                let id = if seen.text.ends_with(b":2") { "magento2-2" } else { "magento2-3" };
                Parsed::new(id, "argon2id (Magento)", ORIGIN, step.argon2(salt, key)?)
            }
            (_, Step::Digest(_)) => Parsed::new(
                "magento2-0+1",
                "upgraded digest (Magento)",
                ORIGIN,
                Chain::new(&steps, salt, key),
            ),
            (_, Step::Argon2 { .. }) => Parsed::new(
                "magento2-1+3",
                "upgraded argon2id (Magento)",
                ORIGIN,
                Chain::new(&steps, salt, key),
            ),
        }))
    }
}

/// Several steps, each over the hex of the one before.
struct Chain {
    steps: Vec<Step>,
    salt: Bytes,
    key: Bytes,
}

impl Chain {
    fn new(steps: &[Step], salt: &[u8], key: Bytes) -> Self {
        Self { steps: steps.to_vec(), salt: text::bytes(salt), key }
    }
}

impl Method for Chain {
    fn explain(&self) -> String {
        "a digest of the password, hashed again when the shop was upgraded".to_owned()
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook {
            reason: "Okta computes one digest over the password, and this is a digest of a digest".into(),
        }
    }

    fn cost(&self) -> Cost {
        let argon2 = self.steps.iter().filter_map(|step| step.argon2(&self.salt, Bytes::default()));
        let mut over = argon2.map(|step| step.cost()).filter(|cost| !matches!(cost, Cost::Fine));
        over.next().unwrap_or(Cost::Fine)
    }

    fn memory(&self) -> u64 {
        let argon2 = self.steps.iter().filter_map(|step| step.argon2(&self.salt, Bytes::default()));
        argon2.map(|step| step.memory()).max().unwrap_or(0)
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let Some((last, before)) = self.steps.split_last() else { return Ok(false) };
        let mut input = text::bytes(plaintext);
        for step in before {
            // Upgrades only ever started from digests.
            let Step::Digest(hash) = step else {
                return Err(VerifyError::CannotCheck { why: "Magento never upgraded from Argon2".into() });
            };
            input = Bytes::new(hex::encode(hash.of(&[&self.salt, &input]).as_slice()).into_bytes());
        }
        match last {
            Step::Digest(hash) => Ok(same(&hash.of(&[&self.salt, &input]), &self.key)),
            step @ Step::Argon2 { .. } => {
                step.argon2(&self.salt, self.key.clone()).map_or(Ok(false), |m| m.verify(&input))
            }
        }
    }
}
