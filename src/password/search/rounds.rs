//! Digests repeated, and PBKDF2: every count is compared on the way, so any number of rounds is found, not only usual ones.

use std::sync::atomic::{AtomicBool, Ordering};

use hmac::{EagerHash, Hmac, KeyInit as _, Mac as _};
use rayon::prelude::*;
use sha2::Digest;

use crate::model::{Kdf, PasswordSettings, SaltOrder, StatedDigest, TextEncoding};
use crate::password::text::Bytes;

use super::fit::Fit;
use super::known::Known;
use super::meter::{Meter, Stage};
use super::pool::{self, Try};
use super::sources::{Source, Sources};
use super::ways::{Shape, ground, word};

/// Most rounds of a repeated digest that are tried.
pub(super) const MOST_ROUNDS: u32 = 200_000;
/// Most iterations of PBKDF2 that are tried: above Django's and OWASP's counts of the next years.
pub(super) const MOST_ITERATIONS: u32 = 1_500_000;
/// The counts that nearly everybody uses lie below: they are tried for every salt before the greater ones are for any.
const USUAL_ITERATIONS: u32 = 125_000;
/// How many rounds pass between two looks at the stop flag.
const LOOK: u32 = 4096;
/// Bytes of salt that products put in front of the digest.
const IN_FRONT: [usize; 6] = [8, 16, 4, 20, 24, 32];

/// One run: a salt, and what has to come out.
struct Run<'a> {
    source: &'a Source,
    salt: Bytes,
    encoding: TextEncoding,
    written: TextEncoding,
    /// What the digest has to begin with.
    wanted: Bytes,
    /// Bytes of salt in front of the digest.
    in_front: Option<usize>,
    digest: StatedDigest,
    order: SaltOrder,
}

/// The runs for a value: digests of these lengths, or any (`None`).
fn runs<'a>(
    shape: &Shape,
    sources: &'a Sources,
    digests: &[StatedDigest],
    orders: &[SaltOrder],
    whole: bool,
) -> Vec<Run<'a>> {
    let mut all = Vec::new();
    let mut push = |source: &'a Source, salt: &Bytes, encoding, wanted: &[u8], in_front| {
        for digest in digests.iter().copied() {
            let len = length(digest);
            if (whole && wanted.len() != len) || wanted.len() < 16 {
                continue;
            }
            let orders = if salt.is_empty() { &orders[..1] } else { orders };
            for order in orders.iter().copied() {
                all.push(Run {
                    source,
                    salt: salt.clone(),
                    encoding,
                    written: shape.encoding,
                    wanted: Bytes::new(wanted[..wanted.len().min(len)].to_vec()),
                    in_front,
                    digest,
                    order,
                });
            }
        }
    };
    for source in &sources.salted {
        for encoding in source.encodings.iter().copied() {
            if let Some(salt) = source.bytes(encoding) {
                push(source, &salt, encoding, &shape.bytes, None);
            }
        }
    }
    for len in IN_FRONT {
        if let Some((salt, digest)) = shape.bytes.split_at_checked(len) {
            let salt = Bytes::new(salt.to_vec());
            push(&sources.none, &salt, TextEncoding::Text, digest, Some(len));
        }
    }
    push(&sources.none, &Bytes::default(), TextEncoding::Text, &shape.bytes, None);
    all
}

fn length(digest: StatedDigest) -> usize {
    match digest {
        StatedDigest::Sha1 => 20,
        StatedDigest::Sha256 => 32,
        StatedDigest::Sha512 => 64,
        _ => 16,
    }
}

impl Run<'_> {
    fn statements(&self, ground: &PasswordSettings, kdf: Kdf, count: u32) -> Vec<PasswordSettings> {
        let salted = !self.salt.is_empty();
        let base = PasswordSettings {
            digest: Some(self.digest),
            kdf: Some(kdf),
            encoding: Some(self.written),
            iterations: Some(count),
            salt_bytes: self.in_front.and_then(|n| u32::try_from(n).ok()),
            salt_encoding: (salted && self.in_front.is_none()).then_some(self.encoding),
            salt_order: (salted && kdf == Kdf::Digest).then_some(self.order),
            ..ground.clone()
        };
        let assume = if kdf == Kdf::Digest { word(self.digest) } else { Some("pbkdf2") };
        vec![PasswordSettings { assume: assume.map(str::to_owned), ..base.clone() }, base]
    }
}

/// Every run on every core until one fits, each looking at the stop flag now and then.
fn until_one_fits(
    known: &Known,
    runs: &[Run<'_>],
    stated: &PasswordSettings,
    kdf: Kdf,
    meter: &Meter,
    count: impl Fn(&Run<'_>, &dyn Fn() -> bool) -> Option<u32> + Sync,
) -> Vec<Fit> {
    let ground = ground(stated);
    let over = AtomicBool::new(false);
    let over = &over;
    let stop = || over.load(Ordering::Relaxed) || meter.is_stopped();
    runs.par_iter()
        .filter_map(|run| {
            if stop() {
                return None;
            }
            let count = count(run, &stop);
            meter.count();
            let tries = run.statements(&ground, kdf, count?);
            let tries = tries.into_iter().map(|settings| Try { source: run.source, settings }).collect();
            let fits = pool::run_here(tries, &known.password);
            if fits.is_empty() {
                return None;
            }
            over.store(true, Ordering::Relaxed);
            Some(fits)
        })
        .flatten()
        .collect()
}

/// A digest over salt and password, then over its own result again and again.
pub(super) fn digests(
    known: &Known,
    sources: &Sources,
    stated: &PasswordSettings,
    meter: &Meter,
) -> Vec<Fit> {
    let Some(shape) = Shape::of(known.stored.text.expose()) else { return Vec::new() };
    let kinds = [StatedDigest::Sha256, StatedDigest::Sha512, StatedDigest::Sha1, StatedDigest::Md5];
    let runs = runs(&shape, sources, &kinds, &[SaltOrder::Prefix, SaltOrder::Postfix], true);
    meter.begin(Stage::ManyRounds, runs.len());
    let password = known.password.expose();
    until_one_fits(known, &runs, stated, Kdf::Digest, meter, |run, stop| match run.digest {
        StatedDigest::Sha1 => repeated::<sha1::Sha1>(run, password, stop),
        StatedDigest::Sha256 => repeated::<sha2::Sha256>(run, password, stop),
        StatedDigest::Sha512 => repeated::<sha2::Sha512>(run, password, stop),
        _ => repeated::<md5::Md5>(run, password, stop),
    })
}

fn repeated<D: Digest>(run: &Run<'_>, password: &[u8], stop: &dyn Fn() -> bool) -> Option<u32> {
    let (before, after) = match run.order {
        SaltOrder::Prefix => (run.salt.as_slice(), password),
        SaltOrder::Postfix => (password, run.salt.as_slice()),
    };
    let mut value = D::new().chain_update(before).chain_update(after).finalize();
    for count in 1..=MOST_ROUNDS {
        if value.as_slice() == run.wanted.as_slice() {
            return Some(count);
        }
        if count % LOOK == 0 && stop() {
            return None;
        }
        value = D::digest(&value);
    }
    None
}

/// PBKDF2: the first block of its output, after each iteration.
pub(super) fn derived(
    known: &Known,
    sources: &Sources,
    stated: &PasswordSettings,
    meter: &Meter,
) -> Vec<Fit> {
    let Some(shape) = Shape::of(known.stored.text.expose()) else { return Vec::new() };
    let kinds = [StatedDigest::Sha256, StatedDigest::Sha512, StatedDigest::Sha1];
    let mut runs = runs(&shape, sources, &kinds, &[SaltOrder::Prefix], false);
    runs.retain(|run| !run.salt.is_empty());
    meter.begin(Stage::Derived, runs.len() * 2);
    let password = known.password.expose();
    for most in [USUAL_ITERATIONS, MOST_ITERATIONS] {
        let fits = until_one_fits(known, &runs, stated, Kdf::Pbkdf2, meter, |run, stop| match run.digest {
            StatedDigest::Sha1 => iterated::<sha1::Sha1>(run, password, most, stop),
            StatedDigest::Sha512 => iterated::<sha2::Sha512>(run, password, most, stop),
            _ => iterated::<sha2::Sha256>(run, password, most, stop),
        });
        if !fits.is_empty() {
            return fits;
        }
    }
    Vec::new()
}

fn iterated<D: EagerHash>(run: &Run<'_>, password: &[u8], most: u32, stop: &dyn Fn() -> bool) -> Option<u32> {
    let key = Hmac::<D>::new_from_slice(password).ok()?;
    let mut mac = key.clone();
    mac.update(&run.salt);
    mac.update(&1_u32.to_be_bytes());
    let mut part = mac.finalize().into_bytes();
    let mut sum = part.clone();
    for count in 1..=most {
        if sum.starts_with(&run.wanted) {
            return Some(count);
        }
        if count % LOOK == 0 && stop() {
            return None;
        }
        let mut mac = key.clone();
        mac.update(&part);
        part = mac.finalize().into_bytes();
        for (sum, part) in sum.iter_mut().zip(&part) {
            *sum ^= part;
        }
    }
    None
}
