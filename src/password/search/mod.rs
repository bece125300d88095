//! With a password that is known, finds out how a stored value was made.
//!
//! Whatever is proposed here was proven by [`read()`](super::read()) itself: a candidate is a [`PasswordSettings`], and
//! it fits when the value, read under these settings, is recognised as one scheme and verifies the password. So what
//! comes out can be applied to everybody as it is, and nothing computes a digest in a second way.
//!
//! | stage | what is tried | cost |
//! | --- | --- | --- |
//! | [`Stage::AsRead`] | the reading as it stands | one derivation |
//! | [`Stage::OneRound`] | digest × salt source × order × salt as text, hex, Base64 × separators × UTF-8, UTF-16, case × nested digests × every product's own quick way | under a second |
//! | [`Stage::ManyRounds`] | products' own ways that take long, and digests repeated up to [`rounds::MOST_ROUNDS`] times: every count is compared on the way | seconds |
//! | [`Stage::Derived`] | PBKDF2 with SHA-1, SHA-256, SHA-512: every iteration count up to [`rounds::MOST_ITERATIONS`] | seconds to minutes; the usual counts first; stops at the first fit |
//!
//! A fit over a whole digest (8 bytes and more, a few million candidates) is no chance. What one password can leave open
//! is *which* of several ways that give the same bytes for this person holds for all: two columns with the same value, a
//! salt that is the same read in two ways. Then a second person's password decides ([`Found::Several`]).
//!
//! Pure: no I/O, no clock. Works on rayon's threads; the caller's is blocked. Passwords stay in types that are wiped.

mod fit;
mod known;
mod meter;
mod pool;
mod rounds;
mod sources;
#[cfg(test)]
mod tests;
mod ways;

use crate::model::{PasswordSettings, SecretBytes, StoredPassword};

use super::method::VerifyError;
use super::reading::Reading;
use super::{limits, read};
pub use fit::Fit;
use fit::{fit_of, prove};
pub use known::{Known, SaltFrom};
pub use meter::{Meter, Stage};
use sources::Sources;

/// How a search ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The value is read rightly as it is: nothing to change.
    Right(Box<Fit>),
    /// One way fits.
    One(Box<Fit>),
    /// Several ways fit this person, and they differ for others: another known password decides.
    Several(Vec<Fit>),
    /// Nothing that was tried fits: another password, or a way Causeway does not know.
    Nothing {
        /// How many ways were tried.
        tried: u64,
        /// Whether it was stopped before all were.
        stopped: bool,
    },
    /// There is nothing to search: no stored value, a damaged one, one that is too costly to check.
    NoSearch {
        /// Why, in one sentence.
        why: String,
    },
}

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Only what takes one round (or the few of a product's own way).
    OneRound,
    /// Everything.
    #[default]
    Everything,
}

/// Checks the reading of a stored value with a known password, and searches for another way where it is not right.
///
/// `known` is one person, or two whose values were made the same way; `stated` is what is stated now.
///
/// Where a column tells how each value was made, what is found holds for the rows in which it says the same as in this one.
pub fn search(known: &[Known], stated: &PasswordSettings, depth: Depth, meter: &Meter) -> Found {
    let Some((first, rest)) = known.split_first() else {
        return Found::NoSearch { why: "No known password was given".to_owned() };
    };
    let row = stated.row(&first.stored.columns);
    if let Some(row) = &row
        && rest.iter().any(|other| row.holds(&other.stored.columns) != Some(true))
    {
        let why = format!(
            "The two people's rows say different things in “{}”, so their passwords were made in different ways: try them one by one",
            row.column
        );
        return Found::NoSearch { why };
    }
    let of_row = |mut fit: Fit| {
        fit.settings.when.clone_from(&row);
        fit
    };
    match find(first, rest, stated, depth, meter) {
        Found::One(fit) => Found::One(Box::new(of_row(*fit))),
        Found::Several(fits) => Found::Several(fits.into_iter().map(of_row).collect()),
        other => other,
    }
}

fn find(first: &Known, rest: &[Known], stated: &PasswordSettings, depth: Depth, meter: &Meter) -> Found {
    meter.begin(Stage::AsRead, 1);
    let as_read = read(&first.stored, stated);
    match judge(&as_read, first, rest, stated) {
        Standing::Right(fit) => return Found::Right(fit),
        Standing::Proven(fit) => return Found::One(fit),
        Standing::NoSearch(why) => return Found::NoSearch { why },
        Standing::Wrong => {}
    }
    let mut tried = 1;
    let sources = Sources::of(first);
    let mut fits = Vec::new();
    let stages: &[Stage] = match depth {
        Depth::OneRound => &[Stage::OneRound],
        Depth::Everything => &[Stage::OneRound, Stage::ManyRounds, Stage::Derived],
    };
    for stage in stages {
        if meter.is_stopped() {
            break;
        }
        let found = match stage {
            Stage::OneRound => ways::try_all(first, &sources, &as_read, stated, meter),
            Stage::ManyRounds => {
                let slow = ways::slow(first, &sources, &as_read, stated, meter);
                if slow.is_empty() {
                    tried += meter.now().1;
                    rounds::digests(first, &sources, stated, meter)
                } else {
                    slow
                }
            }
            _ => rounds::derived(first, &sources, stated, meter),
        };
        tried += meter.now().1;
        fits.extend(found.into_iter().filter(|fit| rest.iter().all(|other| fits_too(fit, other))));
        if !fits.is_empty() {
            break;
        }
    }
    match fits.len() {
        0 => Found::Nothing { tried, stopped: meter.is_stopped() },
        1 => fits.pop().map_or(Found::Nothing { tried, stopped: false }, |fit| Found::One(Box::new(fit))),
        _ => Found::Several(fits),
    }
}

enum Standing {
    Right(Box<Fit>),
    /// Right, and it was in doubt: stated so, it is settled.
    Proven(Box<Fit>),
    Wrong,
    NoSearch(String),
}

/// What the reading as it stands is worth.
fn judge(reading: &Reading, first: &Known, rest: &[Known], stated: &PasswordSettings) -> Standing {
    if first.password.len() > limits::PASSWORD_BYTES {
        return Standing::NoSearch(VerifyError::PasswordTooLong.to_string());
    }
    match reading {
        Reading::Recognised(parsed) => match parsed.verify(first.password.expose()) {
            Ok(true) if parsed.is_unproven() => proven(parsed.scheme(), first, rest, stated),
            Ok(true) => {
                let fit = fit_of(parsed, stated.clone(), SaltFrom::AsMapped);
                if rest.iter().all(|other| fits_too(&fit, other)) {
                    Standing::Right(Box::new(fit))
                } else {
                    Standing::Wrong
                }
            }
            Err(error @ VerifyError::TooCostly { .. }) => Standing::NoSearch(error.to_string()),
            Ok(false) | Err(_) => Standing::Wrong,
        },
        // As it looks first: then the salt beside it has no part in it.
        Reading::Ambiguous(candidates) => match candidates.schemes.first().filter(|_| candidates.by_salt()) {
            Some(plain) => proven(plain.scheme(), first, rest, stated),
            None => Standing::Wrong,
        },
        Reading::Unknown => Standing::Wrong,
        other => Standing::NoSearch(other.sentence()),
    }
}

/// A scheme that was in doubt, stated: what it is worth.
fn proven(scheme: &str, first: &Known, rest: &[Known], stated: &PasswordSettings) -> Standing {
    let settings = PasswordSettings { assume: Some(scheme.to_owned()), ..ways::ground(stated) };
    let fit = prove(&first.stored, &settings, first.password.expose())
        .map(|parsed| fit_of(&parsed, settings, SaltFrom::AsMapped))
        .filter(|fit| rest.iter().all(|other| fits_too(fit, other)));
    fit.map_or(Standing::Wrong, |fit| Standing::Proven(Box::new(fit)))
}

/// Whether a way that fits one person fits another too.
fn fits_too(fit: &Fit, other: &Known) -> bool {
    let salt = match &fit.salt {
        SaltFrom::AsMapped => other.stored.salt.clone(),
        SaltFrom::Nowhere => None,
        SaltFrom::UserName => other.stored.username.as_deref().map(SecretBytes::from),
        SaltFrom::Column(name) => {
            other.others.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.clone())
        }
    };
    let stored = StoredPassword { salt: salt.filter(|salt| !salt.is_empty()), ..other.stored.clone() };
    prove(&stored, &fit.settings, other.password.expose()).is_some()
}
