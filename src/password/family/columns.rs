//! Derived keys in columns of their own: nothing in the text says what made them, so they are read this way only when the
//! administrator states the product's id (`assume`). What a product leaves open has to be stated too (digest, iterations,
//! salt, secret); where two answers are left, both are candidates and nothing is imported.
//!
//! | id | value | salt | computed as | Okta |
//! | --- | --- | --- | --- | --- |
//! | `symfony-pbkdf2`, `symfony-pbkdf2-10k` | b64(40) | column, text | PBKDF2-SHA-512, 1000 or 10,000 unless stated | import from 4096 on |
//! | `passport-local-mongoose` | hex(512) | column, the text of its hex | PBKDF2, 25,000; SHA-256, before version 5 SHA-1 | import |
//! | `discourse-pbkdf2` | hex(32) | column, the text of its hex | PBKDF2-SHA-256, 64,000 or 600,000 | import |
//! | `gitea-pbkdf2` | hex(50) | column, hex | PBKDF2-SHA-256, 50,000 (old rows: 10,000 and the text) | import |
//! | `grafana-pbkdf2` | hex(50) | column, text | PBKDF2-SHA-256, 10,000 | import |
//! | `sonarqube-pbkdf2` | `n$b64(64)` | column, Base64 | PBKDF2-SHA-512, n | import |
//! | `spring-pbkdf2-bare-v5_5`, `-v5_8`, `-sha512`, `-base64`, `-site-secret` | hex or Base64 of salt ‖ key | in front | PBKDF2 over salt ‖ secret | import but SHA-1 |
//! | `pbkdf2` | hex or Base64 | column or in front | PBKDF2 as stated | import |
//! | `firebase-scrypt` | b64(64) | column, Base64 | Firebase's scrypt with the project's keys | hook |
//!
//! Sources: each product's own code, run to make the public vectors (`tests/data/password-vectors.jsonl`).

use crate::model::{Kdf, StatedDigest, StatedSecret, TextEncoding};
use crate::password::kernel::firebase::Firebase;
use crate::password::kernel::hook_only::Uncomputed;
use crate::password::kernel::pbkdf2::{Pbkdf2, Prf};
use crate::password::kernel::scrypt::Parameters;
use crate::password::reading::{Candidates, Parsed, Reading};
use crate::password::scheme::{Scheme, Seen};
use crate::password::text::{self, Bytes};

use super::digest_shape::Written;
use super::digest_shape::is_bare;

/// Derived keys in columns.
pub(crate) struct Columns;

/// Where a product keeps its salt.
#[derive(Clone, Copy)]
enum Salt {
    /// In its own column.
    Column(TextEncoding),
    /// In its own column; how it is written has to be stated.
    Stated,
    /// In front of the key, so many bytes unless stated.
    Front(usize),
}

/// What a product fixes, and what it leaves open.
struct Column {
    id: &'static str,
    origin: &'static str,
    hex: bool,
    base64: bool,
    /// Bytes of the key; empty: the digest's own, or what it may be where the digest is SHA-1.
    len: &'static [usize],
    prfs: &'static [Prf],
    rounds: &'static [u32],
    salt: Salt,
}

const TEXT: Salt = Salt::Column(TextEncoding::Text);
const STATED: &str = "PBKDF2, as you stated";
const SPRING: &str = "PBKDF2 of Spring Security, without its label";

macro_rules! column {
    ($id:literal, $origin:expr, $hex:literal, $base64:literal, $len:expr, $prfs:expr, $rounds:expr, $salt:expr) => {
        Column {
            id: $id,
            origin: $origin,
            hex: $hex,
            base64: $base64,
            len: $len,
            prfs: $prfs,
            rounds: $rounds,
            salt: $salt,
        }
    };
}

/// Lengths of the keys that applications derive.
const LENGTHS: [usize; 11] = [16, 20, 24, 32, 40, 48, 50, 64, 128, 256, 512];

static COLUMNS: [Column; 12] = [
    column!(
        "symfony-pbkdf2",
        "PBKDF2, as Symfony writes it",
        false,
        true,
        &[40],
        &[Prf::Sha512],
        &[1000],
        TEXT
    ),
    column!(
        "symfony-pbkdf2-10k",
        "PBKDF2, as Symfony writes it",
        false,
        true,
        &[40],
        &[Prf::Sha512],
        &[10_000],
        TEXT
    ),
    column!(
        "passport-local-mongoose",
        "PBKDF2, as passport-local-mongoose writes it",
        true,
        false,
        &[512],
        &[Prf::Sha256, Prf::Sha1],
        &[25_000],
        TEXT
    ),
    column!(
        "discourse-pbkdf2",
        "PBKDF2, as Discourse writes it",
        true,
        false,
        &[32],
        &[Prf::Sha256],
        &[64_000, 600_000],
        TEXT
    ),
    column!(
        "gitea-pbkdf2",
        "PBKDF2, as Gitea writes it",
        true,
        false,
        &[50],
        &[Prf::Sha256],
        &[50_000, 10_000],
        Salt::Column(TextEncoding::Hex)
    ),
    column!(
        "grafana-pbkdf2",
        "PBKDF2, as Grafana writes it",
        true,
        false,
        &[50],
        &[Prf::Sha256],
        &[10_000],
        TEXT
    ),
    column!("spring-pbkdf2-bare-v5_5", SPRING, true, true, &[32], &[Prf::Sha1], &[185_000], Salt::Front(8)),
    column!(
        "spring-pbkdf2-bare-v5_8",
        SPRING,
        true,
        true,
        &[32],
        &[Prf::Sha256],
        &[310_000],
        Salt::Front(16)
    ),
    column!("spring-pbkdf2-sha512", SPRING, true, true, &[64], &[Prf::Sha512], &[], Salt::Front(16)),
    column!("spring-pbkdf2-base64", SPRING, false, true, &[], &[], &[], Salt::Front(16)),
    column!("spring-pbkdf2-site-secret", SPRING, true, true, &[], &[], &[], Salt::Front(16)),
    column!("pbkdf2", STATED, true, true, &LENGTHS, &[], &[], Salt::Stated),
];

/// PBKDF2 over salt ‖ secret, and the secret is not at hand.
pub(super) const LACKS_SECRET: Uncomputed = Uncomputed {
    words: "PBKDF2 over a salt and a secret of the application",
    reason: "the application's secret is stated, but not known here: enter it in the Map step",
};

/// PBKDF2 that leaves open what a check would need.
const OPEN: Uncomputed = Uncomputed {
    words: "PBKDF2 with a digest and iterations that are not stated",
    reason: "which digest and how many iterations has to be stated in the Map step",
};

/// The products that keep keys of so many bytes in columns, written this way.
pub(super) fn of_shape(seen: &Seen<'_>, len: usize, written: Written) -> Vec<Parsed> {
    use Written::{Base64, Hex};
    let ids: &[&str] = match (len, written, seen.salt.is_some()) {
        (32, Hex, true) => &["discourse-pbkdf2"],
        (40, Base64, true) => &["symfony-pbkdf2", "symfony-pbkdf2-10k"],
        (50, Hex, true) => &["gitea-pbkdf2", "grafana-pbkdf2"],
        (512, Hex, true) => &["passport-local-mongoose"],
        (40, _, false) => &["spring-pbkdf2-bare-v5_5"],
        (48, Hex, false) => &["spring-pbkdf2-bare-v5_8", "spring-pbkdf2-site-secret"],
        (48, Base64, false) => {
            &["spring-pbkdf2-bare-v5_8", "spring-pbkdf2-base64", "spring-pbkdf2-site-secret"]
        }
        (80, Hex, false) => &["spring-pbkdf2-sha512", "spring-pbkdf2-site-secret"],
        (80, Base64, false) => &["spring-pbkdf2-sha512", "spring-pbkdf2-base64", "spring-pbkdf2-site-secret"],
        _ => &[],
    };
    let columns = COLUMNS.iter().filter(|column| ids.contains(&column.id));
    let mut schemes = Vec::new();
    for reading in columns.filter_map(|column| column.read(seen).ok()) {
        match reading {
            Reading::Recognised(parsed) => schemes.push(parsed),
            Reading::Ambiguous(more) => schemes.extend(more.schemes),
            _ => {}
        }
    }
    if len == 64
        && written == Base64
        && seen.salt.is_some_and(|salt| text::base64(salt).is_some())
        && let Reading::Recognised(parsed) = firebase(seen)
    {
        schemes.push(parsed);
    }
    // Any application's own: what has to be said before it can be tried is too much to guess.
    if seen.salt.is_some() && LENGTHS.contains(&len) && len > 16 {
        schemes.push(Parsed::new("pbkdf2", "PBKDF2", STATED, OPEN));
    }
    schemes
}

const ASK: &str = "Say in the Map step which digest and how many iterations made these";

impl Scheme for Columns {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let stated = match (seen.settings.assume.as_deref(), seen.settings.kdf) {
            (Some(stated), _) => stated.trim(),
            (None, Some(Kdf::Pbkdf2)) => "pbkdf2",
            (None, _) => return None,
        };
        let reading = if stated.eq_ignore_ascii_case("firebase-scrypt") {
            firebase(seen)
        } else if stated.eq_ignore_ascii_case("sonarqube-pbkdf2") {
            sonarqube(seen).map_or_else(
                || Reading::malformed("SonarQube's PBKDF2", "it or its salt is not as SonarQube writes it"),
                Reading::Recognised,
            )
        } else {
            let column = COLUMNS.iter().find(|column| column.id.eq_ignore_ascii_case(stated))?;
            column.read(seen).unwrap_or_else(|reason| Reading::malformed(column.origin, reason))
        };
        // What is stated is about other values of the column: this one is what it looks like.
        let foreign = matches!(reading, Reading::Malformed { .. }) && is_bare(seen.text);
        (!foreign).then_some(reading)
    }
}

fn prf(digest: StatedDigest) -> Option<Prf> {
    match digest {
        StatedDigest::Sha1 | StatedDigest::HmacSha1 => Some(Prf::Sha1),
        StatedDigest::Sha256 | StatedDigest::HmacSha256 => Some(Prf::Sha256),
        StatedDigest::Sha512 | StatedDigest::HmacSha512 => Some(Prf::Sha512),
        _ => None,
    }
}

impl Column {
    fn bytes(&self, seen: &Seen<'_>) -> Option<Bytes> {
        let hex = || if self.hex { text::hex(seen.text) } else { None };
        let base64 = || if self.base64 { text::base64(seen.text) } else { None };
        match seen.settings.encoding {
            Some(TextEncoding::Hex) => hex(),
            Some(TextEncoding::Base64) => base64(),
            Some(TextEncoding::Text) => None,
            None => hex().or_else(base64),
        }
    }

    fn salt(&self, seen: &Seen<'_>, bytes: &Bytes) -> Result<(Bytes, Bytes), &'static str> {
        let column = |encoding| {
            let salt = seen.salt.ok_or("its salt is missing")?;
            let salt = match encoding {
                TextEncoding::Text => Some(text::bytes(salt)),
                TextEncoding::Hex => text::hex(salt),
                TextEncoding::Base64 => text::base64(salt),
            };
            salt.map(|salt| (salt, bytes.clone())).ok_or("its salt is not written as stated")
        };
        let front = match (self.salt, seen.settings.salt_bytes) {
            (Salt::Column(encoding), _) => return column(seen.settings.salt_encoding.unwrap_or(encoding)),
            (Salt::Stated, None) => {
                return column(
                    seen.settings.salt_encoding.ok_or("how its salt is written has to be stated")?,
                );
            }
            (Salt::Front(len), stated) => stated.map_or(Ok(len), usize::try_from),
            (Salt::Stated, Some(stated)) => usize::try_from(stated),
        };
        let front = front.ok().filter(|len| (1..=64).contains(len)).ok_or("no such salt is possible")?;
        let (salt, key) = bytes.split_at_checked(front).ok_or("it is cut short")?;
        Ok((text::bytes(salt), text::bytes(key)))
    }

    fn read(&'static self, seen: &Seen<'_>) -> Result<Reading, &'static str> {
        const LENGTH: &str = "it has the wrong length";
        let settings = seen.settings;
        let bytes = self.bytes(seen).ok_or("it is not written as stated")?;
        let (mut salt, key) = self.salt(seen, &bytes)?;
        // Long lists of what is left open: everything stated narrows them to one.
        let prfs: Vec<Prf> = match settings.digest {
            Some(digest) => vec![prf(digest).ok_or("PBKDF2 does not come with the digest that is stated")?],
            None => self.prfs.to_vec(),
        };
        let rounds = settings.iterations.map_or_else(|| self.rounds.to_vec(), |stated| vec![stated]);
        let fits = |prf: &Prf| match self.len {
            [] => key.len() == prf.len() || (*prf == Prf::Sha1 && key.len() == 32),
            lens => {
                lens.contains(&key.len()) && (self.id != "spring-pbkdf2-bare-v5_8" || key.len() == prf.len())
            }
        };
        let possible = if prfs.is_empty() { &[Prf::Sha256, Prf::Sha512, Prf::Sha1][..] } else { &prfs };
        let stated = settings.key_bytes.map(|bytes| usize::try_from(bytes) == Ok(key.len()));
        // As long as an MD5 or a SHA-1, and neither is what is stated: that is what it will be, and not a key cut to their length.
        let shorter = matches!(key.len(), 16 | 20)
            && self.id == "pbkdf2"
            && !possible.iter().any(|prf| prf.len() == key.len());
        if !possible.iter().any(fits) || stated == Some(false) || (shorter && stated.is_none()) {
            return Err(LENGTH);
        }
        if let Some(secret) = &settings.secret {
            let Some(secret) = secret.value() else {
                let lacking = Parsed::new(self.id, "PBKDF2", self.origin, LACKS_SECRET);
                return Ok(Reading::Recognised(lacking));
            };
            salt.extend_from_slice(secret.expose());
        }
        if prfs.is_empty() || rounds.is_empty() {
            return Ok(Reading::Recognised(Parsed::new(self.id, "PBKDF2", self.origin, OPEN)));
        }
        let mut schemes = Vec::new();
        for prf in prfs.into_iter().filter(fits) {
            for rounds in &rounds {
                let method = Pbkdf2::new(prf, *rounds, salt.clone(), key.clone())?;
                schemes.push(Parsed::new(self.id, prf.label(), self.origin, method));
            }
        }
        // Gitea's old rows took the hex of the salt as text.
        if self.id == "gitea-pbkdf2" && settings.iterations.is_none() && settings.salt_encoding.is_none() {
            let salt = seen.salt.map(text::bytes).ok_or("its salt is missing")?;
            schemes.truncate(1);
            schemes.push(Parsed::new(
                self.id,
                Prf::Sha256.label(),
                self.origin,
                Pbkdf2::new(Prf::Sha256, 10_000, salt, key)?,
            ));
        }
        match schemes.pop() {
            Some(only) if schemes.is_empty() => Ok(Reading::Recognised(only)),
            Some(last) => {
                schemes.push(last);
                let shape = "PBKDF2 with more than one possible cost".into();
                Ok(Reading::Ambiguous(Candidates { shape, ask: ASK, schemes }))
            }
            None => Err(LENGTH),
        }
    }
}

/// SonarQube: the iterations stand before the digest, the salt in its own column.
pub(super) fn sonarqube(seen: &Seen<'_>) -> Option<Parsed> {
    let [rounds, key] = text::fields(seen.text, b'$')?;
    let key = text::base64(key).filter(|key| key.len() == 64)?;
    let method = Pbkdf2::new(Prf::Sha512, text::number(rounds)?, text::base64(seen.salt?)?, key).ok()?;
    Some(Parsed::new("sonarqube-pbkdf2", Prf::Sha512.label(), "PBKDF2, as SonarQube writes it", method))
}

fn firebase(seen: &Seen<'_>) -> Reading {
    const FAMILY: &str = "Firebase's scrypt";
    const ID: &str = "firebase-scrypt";
    const ORIGIN: &str = "scrypt, as Firebase writes it";
    let lacking = |reason| {
        let words = "Firebase's scrypt over the password, with the project's keys";
        Reading::Recognised(Parsed::new(ID, "scrypt", ORIGIN, Uncomputed { words, reason }))
    };
    let Some(digest) = text::base64(seen.text).filter(|digest| digest.len() == 64) else {
        return Reading::malformed(FAMILY, "its hash is not 64 bytes of Base64");
    };
    let Some(mut salt) = seen.salt.and_then(text::base64) else {
        return Reading::malformed(FAMILY, "its salt is missing, or not Base64");
    };
    let Some(project) = &seen.settings.firebase else {
        return lacking("the project's password hash parameters have to be stated in the Map step");
    };
    let signer_key = project.signer_key.value().and_then(|key| text::base64(key.expose()));
    let Some(signer_key) = signer_key.filter(|key| key.len() == 64) else {
        return lacking("the project's signer key is not known here, or is not 64 bytes of Base64");
    };
    let separator = match project.salt_separator.as_bytes() {
        b"" => Some(Bytes::default()),
        text => text::base64(text),
    };
    let parameters = Parameters::from_log2(project.mem_cost, project.rounds, 1);
    let (Some(separator), Ok(parameters)) = (separator, parameters) else {
        return lacking("the project's salt separator or costs are not as Firebase's console shows them");
    };
    salt.extend_from_slice(&separator);
    Reading::Recognised(Parsed::new(ID, "scrypt", ORIGIN, Firebase { parameters, salt, signer_key, digest }))
}

/// The bytes of a secret that is stated and known.
pub(super) fn known(secret: Option<&StatedSecret>) -> Option<&[u8]> {
    secret.and_then(StatedSecret::value).map(crate::model::SecretBytes::expose)
}
