//! Tries many statements on every core.

use rayon::prelude::*;

use crate::model::{PasswordSettings, SecretBytes};
use crate::password::Parsed;

use super::fit::{Fit, fit_of, prove};
use super::known::SaltFrom;
use super::meter::Meter;
use super::sources::Source;

/// One statement to try on one source.
pub(super) struct Try<'a> {
    pub(super) source: &'a Source,
    pub(super) settings: PasswordSettings,
}

/// Tries them all. The fits, in the order given.
pub(super) fn run(tries: Vec<Try<'_>>, password: &SecretBytes, meter: &Meter) -> Vec<Fit> {
    let proven = tries.into_par_iter().enumerate().flat_map_iter(|(at, one)| {
        if meter.is_stopped() {
            return Vec::new();
        }
        let fits = each(at, &one, password);
        meter.count();
        fits
    });
    distinct(proven.collect())
}

/// The same on this thread alone, for few: a thread that waits for others may be lent to something long meanwhile.
pub(super) fn run_here(tries: Vec<Try<'_>>, password: &SecretBytes) -> Vec<Fit> {
    distinct(tries.into_iter().enumerate().flat_map(|(at, one)| each(at, &one, password)).collect())
}

type Proven = (usize, Fit, Option<String>);

/// Tries one. A fit for each place the salt may come from.
fn each(at: usize, one: &Try<'_>, password: &SecretBytes) -> Vec<Proven> {
    let Some(parsed) = prove(&one.source.stored, &one.settings, password.expose()) else { return Vec::new() };
    let hash = computation(&parsed);
    let fit = |from: &SaltFrom| (at, fit_of(&parsed, one.settings.clone(), from.clone()), hash.clone());
    one.source.from.iter().map(fit).collect()
}

/// What Okta would be told to compute, without the value: tells two importable readings apart.
fn computation(parsed: &Parsed) -> Option<String> {
    match parsed.conversion() {
        crate::password::Conversion::Import(hash) => serde_json::to_string(&hash.covered()).ok(),
        _ => None,
    }
}

/// One fit for each place the salt may come from: the first, which is the likeliest way to say it. Another is kept only
/// where Okta would compute something else.
fn distinct(mut fits: Vec<Proven>) -> Vec<Fit> {
    fits.sort_by_key(|(at, ..)| *at);
    let mut kept: Vec<(Fit, Option<String>)> = Vec::new();
    for (_, fit, hash) in fits {
        let same = |(other, known): &(Fit, Option<String>)| {
            other.salt == fit.salt && (hash.is_none() || known.is_none() || *known == hash)
        };
        if !kept.iter().any(same) {
            kept.push((fit, hash));
        }
    }
    let mut fits: Vec<Fit> = kept.into_iter().map(|(fit, _)| fit).collect();
    unsalted_once(&mut fits);
    fits
}

/// What fits without any salt fits beside every salt, if it ignores it: it is said once, as it needs the least change.
fn unsalted_once(fits: &mut Vec<Fit>) {
    let core = |fit: &Fit| PasswordSettings { salt_encoding: None, salt_order: None, ..fit.settings.clone() };
    let without: Vec<PasswordSettings> =
        fits.iter().filter(|fit| fit.salt == SaltFrom::Nowhere).map(core).collect();
    // No salt is mapped, and none is needed: then nothing else is.
    let unmapped = fits.iter().find(|fit| fit.salt == SaltFrom::AsMapped).map(core);
    fits.retain(|fit| match fit.salt {
        SaltFrom::AsMapped | SaltFrom::Nowhere => true,
        SaltFrom::Column(_) | SaltFrom::UserName => {
            let core = core(fit);
            !without.contains(&core) && unmapped.as_ref() != Some(&core)
        }
    });
    let mapped: Vec<PasswordSettings> =
        fits.iter().filter(|fit| fit.salt == SaltFrom::AsMapped).map(core).collect();
    fits.retain(|fit| fit.salt != SaltFrom::Nowhere || !mapped.contains(&core(fit)));
}
