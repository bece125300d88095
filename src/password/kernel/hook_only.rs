//! Computations that only one product has: a closure, words for it, and why Okta can't redo it.

use std::borrow::Cow;

use super::same;
use crate::password::limits;
use crate::password::method::{Conversion, VerifyError};
use crate::password::method::{Cost, Method};
use crate::password::text::Bytes;

/// A digest that `compute` makes from the password.
pub(crate) struct HookOnly<F> {
    /// How it is computed, as the rest of a sentence.
    pub(crate) words: Cow<'static, str>,
    /// Why Okta can't take it.
    pub(crate) reason: &'static str,
    /// What has to come out.
    pub(crate) digest: Bytes,
    /// How many digest rounds a check takes.
    pub(crate) rounds: u32,
    /// Makes it from the password.
    pub(crate) compute: F,
}

impl<F: Fn(&[u8]) -> Bytes + Send + Sync> Method for HookOnly<F> {
    fn explain(&self) -> String {
        self.words.clone().into_owned()
    }

    fn convert(&self) -> Conversion {
        Conversion::Hook { reason: self.reason.into() }
    }

    fn cost(&self) -> Cost {
        if self.rounds > limits::DIGEST_ROUNDS {
            return Cost::Over(format!("{} rounds are too many", self.rounds));
        }
        Cost::Fine
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(same(&(self.compute)(plaintext), &self.digest))
    }
}

/// A scheme that can be told apart, and that nothing here computes.
pub(crate) struct Uncomputed {
    /// How it is computed, as the rest of a sentence.
    pub(crate) words: &'static str,
    /// Why the person has to set a new password.
    pub(crate) reason: &'static str,
}

impl Method for Uncomputed {
    fn explain(&self) -> String {
        self.words.to_owned()
    }

    fn convert(&self) -> Conversion {
        Conversion::Reset { reason: self.reason.into() }
    }

    fn cost(&self) -> Cost {
        Cost::Impossible(self.reason.into())
    }

    fn verify(&self, _: &[u8]) -> Result<bool, VerifyError> {
        Err(VerifyError::CannotCheck { why: self.reason.into() })
    }
}
