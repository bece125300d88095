//! phpass and its heirs: WordPress up to 6.7 (`$P$`), phpBB 3 (`$H$`), Drupal 7 to 10.0 (`$S$`, `U$S$`). Hook.
//!
//! A digit for the log2 of the rounds, 8 of salt, then the digest in crypt's radix-64: 22 digits of MD5, or SHA-512 cut
//! to 43. digest = H(salt ‖ password), then 2^log2 times H(digest ‖ password). `U` stands before values that an upgrade made from
//! an MD5 in hex. `$H\2y$…`: bcrypt over the 22 digits, as phpBB wraps its older values.

use crate::model::Preparation;
use crate::password::altered::Altered;
use crate::password::kernel::bcrypt::Bcrypt;
use crate::password::kernel::digest::Hash;
use crate::password::kernel::prepare::{Beside, prepare};
use crate::password::kernel::{crypt64, same};
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::reading::{Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

/// phpass and its heirs.
pub(crate) struct Phpass;

impl Scheme for Phpass {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        for mark in [&b"$H\\2y$"[..], b"$H\\2a$", b"$P\\2y$", b"$P\\2a$"] {
            if let Some(rest) = seen.text.strip_prefix(mark) {
                return Some(match combined(rest) {
                    Ok(method) => Reading::Recognised(Parsed::new(
                        "phpbb-combined",
                        "bcrypt over phpass",
                        "bcrypt, put over an older value by phpBB 3",
                        method,
                    )),
                    Err(reason) => Reading::malformed("phpBB's combined hash", reason),
                });
            }
        }
        let (upgraded, inner) = match seen.text {
            [b'U', inner @ ..] if inner.starts_with(b"$S$") || inner.starts_with(b"$P$") => (true, inner),
            inner => (false, inner),
        };
        let (hash, id, label, origin) = match inner {
            [b'$', b'P', b'$', ..] => {
                (Hash::Md5, "phpass-P", "phpass", "phpass, as WordPress up to 6.7 writes it")
            }
            [b'$', b'H', b'$', ..] => (Hash::Md5, "phpass-H", "phpass", "phpass, as phpBB 3 writes it"),
            [b'$', b'S', b'$', ..] => (Hash::Sha512, "drupal7-S", "Drupal", "Drupal 7 to 10.0"),
            _ => return None,
        };
        let id = if upgraded { "drupal7-U" } else { id };
        Some(match parse(hash, upgraded, inner.starts_with(b"$H$"), &inner[3..]) {
            Ok(method) => Reading::Recognised(Parsed::new(id, label, origin, method)),
            Err(reason) => Reading::malformed("phpass", reason),
        })
    }
}

/// `U` before anything else that Drupal writes (`U$2y$…`, `U$argon2id$…`, from 10.1 on): an upgrade put it over the MD5 in hex that
/// was stored before, so that is what is checked. Nothing behind a `U$` is ever clear text.
pub(crate) struct Upgraded;

impl Scheme for Upgraded {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let inner = seen.text.strip_prefix(b"U").filter(|inner| inner.starts_with(b"$"))?;
        let md5 = |password: &[u8]| Some(Bytes::new(hex::encode(Hash::Md5.of(&[password])).into_bytes()));
        match seen.unwrapped(inner)?.recognise() {
            Reading::Recognised(parsed) if !parsed.is_clear_text() => {
                let label = format!("{} over MD5", parsed.label());
                let over = |inner| -> Box<dyn Method> {
                    Box::new(Altered {
                        inner,
                        change: Box::new(md5),
                        words: "Drupal put it over the password's MD5 in hex".into(),
                        typed_too: false,
                    })
                };
                Some(Reading::Recognised(parsed.map(over).renamed("drupal7-U", label)))
            }
            refused @ Reading::Refused { .. } => Some(refused),
            _ => Some(Reading::malformed(
                "an upgraded password of Drupal",
                "what follows its U is no value that Drupal writes",
            )),
        }
    }
}

struct Kernel {
    hash: Hash,
    upgraded: bool,
    /// Whether its prefix is phpBB's.
    of_phpbb: bool,
    log2: u32,
    salt: Bytes,
    digest: Bytes,
}

fn parse(hash: Hash, upgraded: bool, of_phpbb: bool, rest: &[u8]) -> Result<Kernel, &'static str> {
    let wanted = if hash == Hash::Md5 { 22 } else { 43 };
    if rest.len() != 9 + wanted {
        return Err("it has the wrong length");
    }
    if !crypt64::is_crypt64(rest) {
        return Err("it holds characters that phpass never writes");
    }
    let log2 = crypt64::digit(rest[0])
        .filter(|log2| (7..=30).contains(log2))
        .ok_or("its cost is none that phpass has")?;
    let (salt, digest) = rest[1..].split_at(8);
    if hash == Hash::Md5 && crypt64::digit(digest[21]).is_none_or(|d| d > 3) {
        return Err("its last character is one that phpass never writes there");
    }
    Ok(Kernel { hash, upgraded, of_phpbb, log2, salt: text::bytes(salt), digest: text::bytes(digest) })
}

impl Method for Kernel {
    fn explain(&self) -> String {
        let over = if self.upgraded { "the MD5 of the password in hex" } else { "the password" };
        format!("2^{} rounds of {} over {over}", self.log2, self.hash.name())
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: "Okta computes one round of a digest, and this has thousands".into() }
    }

    fn cost(&self) -> Cost {
        if self.log2 > limits::PHPASS_LOG2 {
            return Cost::Over(format!("2^{} rounds are too many", self.log2));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        if same(&self.digits(plaintext), &self.digest) {
            return Ok(true);
        }
        // phpBB's own prefix, and phpBB writes some characters as in HTML first.
        let changed =
            self.of_phpbb.then(|| as_in_html(plaintext)).filter(|changed| changed.as_slice() != plaintext);
        Ok(changed.is_some_and(|changed| same(&self.digits(&changed), &self.digest)))
    }
}

/// A password as phpBB makes it before it hashes.
fn as_in_html(password: &[u8]) -> Bytes {
    let beside = Beside { username: b"", secret: b"", salt: b"" };
    prepare(password, &[Preparation::Nfc, Preparation::Html], &beside)
}

impl Kernel {
    /// The digest of a password, in phpass' digits.
    fn digits(&self, plaintext: &[u8]) -> Bytes {
        let md5;
        let password: &[u8] = if self.upgraded {
            md5 = Bytes::new(hex::encode(Hash::Md5.of(&[plaintext]).as_slice()).into_bytes());
            &md5
        } else {
            plaintext
        };
        let mut digest = self.hash.of(&[&self.salt, password]);
        for _ in 0..1_u32 << self.log2 {
            digest = self.hash.of(&[&digest, password]);
        }
        let text = crypt64::encode(&digest);
        text::bytes(&text[..self.digest.len()])
    }
}

/// `$H\2y$9saltsalt$10\salt$digest`: bcrypt over the phpass digest that phpBB had before.
fn combined(rest: &[u8]) -> Result<Combined, &'static str> {
    const PARTS: &str = "it has not all its parts";
    let [first, second, digest] = text::fields(rest, b'$').ok_or(PARTS)?;
    let (cost, salt) = text::split_once(second, b'\\').ok_or(PARTS)?;
    let cost = match cost {
        [b'0', one] => text::number(&[*one]),
        cost => text::number(cost),
    };
    let outer = Bcrypt::from_parts(cost.ok_or("its cost is none that bcrypt has")?, salt, digest)?;
    // Any digest will do: what counts is the cost and the salt.
    let inner = Bytes::new([first, &[b'.'; 22]].concat());
    Ok(Combined { inner: parse(Hash::Md5, false, true, &inner)?, outer })
}

struct Combined {
    inner: Kernel,
    outer: Bcrypt,
}

impl Method for Combined {
    fn explain(&self) -> String {
        format!("bcrypt with cost {} over an older phpass digest", self.outer.cost())
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook {
            reason: "Okta runs bcrypt over the password itself, and this is over an older digest of it"
                .into(),
        }
    }

    fn cost(&self) -> Cost {
        match self.inner.cost() {
            Cost::Fine => self.outer.verify_cost(),
            cost => cost,
        }
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let changed = as_in_html(plaintext);
        if self.outer.matches(&self.inner.digits(&changed)) {
            return Ok(true);
        }
        Ok(changed.as_slice() != plaintext && self.outer.matches(&self.inner.digits(plaintext)))
    }
}
