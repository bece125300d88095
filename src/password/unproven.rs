//! A value that Okta would take, and that nobody may send there before somebody states or proves what it is.

use std::borrow::Cow;

use super::method::{Conversion, Cost, Method, VerifyError, Weakness};
use super::reading::Reading;

/// A value that Okta would take, and that is not sure to be what it looks like.
struct Unproven {
    inner: Box<dyn Method>,
    reason: Cow<'static, str>,
}

impl Method for Unproven {
    fn explain(&self) -> String {
        self.inner.explain()
    }

    fn convert(&self) -> Conversion {
        match self.inner.convert() {
            Conversion::Import(_) | Conversion::PlainText(_) => {
                Conversion::Hook { reason: self.reason.clone() }
            }
            other => other,
        }
    }

    fn cost(&self) -> Cost {
        match self.inner.cost() {
            // Okta was to take it unchecked, and now it does not.
            Cost::ImportOnly(what) => Cost::Over(what),
            cost => cost,
        }
    }

    fn memory(&self) -> u64 {
        self.inner.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        self.inner.verify(plaintext)
    }

    fn is_unproven(&self) -> bool {
        matches!(self.inner.convert(), Conversion::Import(_) | Conversion::PlainText(_))
    }

    fn weakness(&self) -> Option<Weakness> {
        self.inner.weakness()
    }
}

/// The reading, with nothing of it imported, for this reason.
pub(crate) fn unproven(reading: Reading, reason: impl Into<Cow<'static, str>>) -> Reading {
    match reading {
        Reading::Recognised(parsed)
            if matches!(parsed.conversion(), Conversion::Import(_) | Conversion::PlainText(_)) =>
        {
            let reason = reason.into();
            Reading::Recognised(parsed.map(|inner| Box::new(Unproven { inner, reason })))
        }
        other => other,
    }
}
