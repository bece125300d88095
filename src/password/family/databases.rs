//! Passwords of database accounts.
//!
//! - `md5` and 32 hex digits: PostgreSQL, MD5(password ‖ role name): import, if the user name is mapped.
//! - `SCRAM-SHA-256$n:b64$b64(32):b64(32)`: PostgreSQL; StoredKey = SHA-256(HMAC(PBKDF2(password), "Client Key")). Hook.
//! - `*` and 40 hex digits: MySQL from 4.1 on, SHA-1(SHA-1(password)). Hook.
//! - `S:` and 60 hex digits: Oracle 11, SHA-1(password ‖ 10 bytes of salt): import. `T:` and 160: Oracle 12, SHA-512 over PBKDF2.
//!   `SPARE4` holds several, joined by semicolons; T is preferred, then S. Hook.
//! - `0x0100`, `0x0200`: SQL Server, salt of 4 bytes, SHA-1 or SHA-512 over the password in UTF-16LE and the salt. Hook.

use crate::password::kernel::digest::{Digest, Hash};
use crate::password::kernel::hmac::hmac;
use crate::password::kernel::hook_only::{HookOnly, Uncomputed};
use crate::password::kernel::md4::utf16;
use crate::password::kernel::pbkdf2::Prf;
use crate::password::kernel::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// Passwords of database accounts.
pub(crate) struct Databases;

impl Scheme for Databases {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        match seen.text {
            [b'm', b'd', b'5', hex @ ..] if hex.len() == 32 && text::is_hex(hex) => Some(postgres(seen, hex)),
            [b'*', hex @ ..] if hex.len() == 40 && text::is_hex(hex) => mysql(hex),
            [b'*', hex @ ..] if hex.len() > 30 && text::is_hex(hex) => {
                Some(Reading::malformed("MySQL's password hash", "it has not 40 hex digits"))
            }
            [b'0', b'x' | b'X', b'0', b'1' | b'2', b'0', b'0', ..] => sql_server(seen.text),
            [b'S' | b'T' | b'H', b':', ..] => oracle(seen.text),
            text => Some(scram(text.strip_prefix(b"SCRAM-SHA-256$")?)),
        }
    }
}

fn postgres(seen: &Seen<'_>, hex: &[u8]) -> Reading {
    const LABEL: &str = "MD5 (PostgreSQL)";
    const ORIGIN: &str = "A PostgreSQL role's password";
    let parsed = match (seen.username, text::hex(hex)) {
        (Some(name), Some(digest)) if !name.is_empty() => {
            let method = Digest::postfix(Hash::Md5, digest, text::bytes(name.as_bytes()));
            Parsed::new("postgres-md5", LABEL, ORIGIN, method)
        }
        _ => {
            let words = "MD5 over the password and the role's name";
            let method = Uncomputed { words, reason: "the role's name is part of it, and none is mapped" };
            Parsed::new("postgres-md5", LABEL, ORIGIN, method)
        }
    };
    Reading::Recognised(parsed)
}

fn mysql(hex: &[u8]) -> Option<Reading> {
    let method = HookOnly {
        words: "SHA-1 over the SHA-1 of the password".into(),
        reason: "Okta computes one round of SHA-1, and this has two",
        digest: text::hex(hex)?,
        rounds: 2,
        compute: |password: &[u8]| Hash::Sha1.of(&[&Hash::Sha1.of(&[password])]),
    };
    Some(Reading::Recognised(Parsed::new(
        "mysql41",
        "SHA-1 × 2 (MySQL)",
        "A MySQL account's password",
        method,
    )))
}

fn sql_server(text: &[u8]) -> Option<Reading> {
    const FAMILY: &str = "SQL Server's password hash";
    let Some(bytes) = text::hex(text.get(2..)?) else {
        return Some(Reading::malformed(FAMILY, "it is not whole hex"));
    };
    let (hash, id) = match (bytes.as_slice(), bytes.len()) {
        ([1, 0, ..], 26) => (Hash::Sha1, "mssql2005"),
        ([1, 0, ..], 46) => (Hash::Sha1, "mssql2000"),
        ([2, 0, ..], 70) => (Hash::Sha512, "mssql2012"),
        _ => return Some(Reading::malformed(FAMILY, "it has the wrong length")),
    };
    let salt = text::bytes(&bytes[2..6]);
    let method = HookOnly {
        words: format!("{} over the password in UTF-16 and the salt", hash.name()).into(),
        reason: "Okta hashes passwords in UTF-8, and this is over UTF-16",
        // The first digest of 2000's two: the second is over the capital letters.
        digest: text::bytes(&bytes[6..6 + hash.len()]),
        rounds: 1,
        compute: move |password: &[u8]| hash.of(&[&utf16(password), &salt]),
    };
    Some(Reading::Recognised(Parsed::new(id, "SQL Server", "A SQL Server login's password", method)))
}

fn oracle(text: &[u8]) -> Option<Reading> {
    const FAMILY: &str = "Oracle's password hash";
    let part = |mark: &[u8]| text.split(|b| *b == b';').find_map(|part| part.strip_prefix(mark));
    let known = |part: &[u8]| part.get(2..).is_some_and(text::is_hex) && part[1] == b':';
    if !text.split(|b| *b == b';').all(known) {
        return None;
    }
    if let Some(hex) = part(b"T:") {
        let Some(bytes) = text::hex(hex).filter(|bytes| bytes.len() == 80) else {
            return Some(Reading::malformed(FAMILY, "its T part has not 160 hex digits"));
        };
        let (digest, salt) = bytes.split_at(64);
        let salt = text::bytes(salt);
        let method = HookOnly {
            words: "SHA-512 over a PBKDF2 of the password".into(),
            reason: "Okta takes PBKDF2 or SHA-512, but not one over the other",
            digest: text::bytes(digest),
            rounds: 4096,
            compute: move |password: &[u8]| {
                let mut key = Bytes::new(vec![0; 64]);
                let mut whole = salt.clone();
                whole.extend_from_slice(b"AUTH_PBKDF2_SPEEDY_KEY");
                Prf::Sha512.derive(password, &whole, 4096, &mut key);
                Hash::Sha512.of(&[&key, &salt])
            },
        };
        return Some(Reading::Recognised(Parsed::new(
            "oracle12-T",
            "Oracle 12",
            "An Oracle account's password",
            method,
        )));
    }
    let Some(bytes) = part(b"S:").and_then(text::hex).filter(|bytes| bytes.len() == 30) else {
        return Some(Reading::malformed(FAMILY, "its S part has not 60 hex digits"));
    };
    let (digest, salt) = bytes.split_at(20);
    let method = Digest::postfix(Hash::Sha1, text::bytes(digest), text::bytes(salt));
    Some(Reading::Recognised(Parsed::new(
        "oracle11-S",
        "SHA-1 (Oracle)",
        "An Oracle account's password",
        method,
    )))
}

fn scram(rest: &[u8]) -> Reading {
    let broken = || Reading::malformed("SCRAM", "one of its parts is missing or has the wrong length");
    parse_scram(rest).map_or_else(broken, Reading::Recognised)
}

fn parse_scram(rest: &[u8]) -> Option<Parsed> {
    let (head, keys) = text::split_once(rest, b'$')?;
    let (rounds, salt) = text::split_once(head, b':')?;
    let [stored, server] = text::fields(keys, b':')?;
    text::base64(server).filter(|key| key.len() == 32)?;
    let method = Scram {
        rounds: text::number(rounds).filter(|n| *n > 0)?,
        salt: text::base64(salt)?,
        stored: text::base64(stored).filter(|key| key.len() == 32)?,
    };
    Some(Parsed::new("postgres-scram-sha-256", "SCRAM-SHA-256", "A PostgreSQL role's password", method))
}

struct Scram {
    rounds: u32,
    salt: Bytes,
    stored: Bytes,
}

impl Method for Scram {
    fn explain(&self) -> String {
        format!("SCRAM-SHA-256 with {} iterations", self.rounds)
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta takes PBKDF2, but not the keys that SCRAM derives from it".into() }
    }

    fn cost(&self) -> Cost {
        if u64::from(self.rounds) > limits::PBKDF2_WORK {
            return Cost::Over(format!("{} iterations are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        // What SASLprep refuses, PostgreSQL takes as it is.
        let prepared = std::str::from_utf8(plaintext).ok().and_then(|text| stringprep::saslprep(text).ok());
        let prepared = prepared.map(|text| text::bytes(text.as_bytes()));
        let password = prepared.as_ref().map_or(plaintext, |bytes| bytes.as_slice());
        let mut key = Bytes::new(vec![0; 32]);
        Prf::Sha256.derive(password, &self.salt, self.rounds, &mut key);
        let client = hmac(Hash::Sha256, &key, &[b"Client Key"]);
        Ok(same(&Hash::Sha256.of(&[&client]), &self.stored))
    }
}
