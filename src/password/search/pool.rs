//! Tries many statements on every core.

use rayon::prelude::*;

use crate::model::{PasswordSettings, SecretBytes};
use crate::password::Parsed;

use super::sources::Source;
use super::{Fit, Meter, fit_of, prove};

/// One statement to try on one source.
pub(super) struct Try<'a> {
    pub(super) source: &'a Source,
    pub(super) settings: PasswordSettings,
}

/// Tries them all. The fits, in the order given.
pub(super) fn run(tries: Vec<Try<'_>>, password: &SecretBytes, meter: &Meter) -> Vec<Fit> {
    let fits: Vec<(usize, Fit, Option<String>)> = tries
        .into_par_iter()
        .enumerate()
        .filter_map(|(at, one)| {
            if meter.is_stopped() {
                return None;
            }
            let parsed = prove(&one.source.stored, &one.settings, password.expose());
            meter.count();
            parsed.map(|parsed| (at, parsed, one))
        })
        .flat_map_iter(|(at, parsed, one)| {
            let hash = computation(&parsed);
            let settings = one.settings;
            one.source
                .from
                .iter()
                .map(move |from| (at, fit_of(&parsed, settings.clone(), from.clone()), hash.clone()))
                .collect::<Vec<_>>()
        })
        .collect();
    distinct(fits)
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
fn distinct(mut fits: Vec<(usize, Fit, Option<String>)>) -> Vec<Fit> {
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
    kept.into_iter().map(|(fit, _)| fit).collect()
}
