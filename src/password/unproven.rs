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
        self.inner.convert().by_hook(|| self.reason.clone())
    }

    fn cost(&self) -> Cost {
        self.inner.cost().checked()
    }

    fn memory(&self) -> u64 {
        self.inner.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        self.inner.verify(plaintext)
    }

    fn is_unproven(&self) -> bool {
        self.inner.convert().is_sent()
    }

    fn weakness(&self) -> Option<Weakness> {
        self.inner.weakness()
    }
}

/// The reading, with nothing of it imported, for this reason.
pub(crate) fn unproven(reading: Reading, reason: impl Into<Cow<'static, str>>) -> Reading {
    match reading {
        Reading::Recognised(parsed) if parsed.conversion().is_sent() => {
            let reason = reason.into();
            Reading::Recognised(parsed.map(|inner| Box::new(Unproven { inner, reason })))
        }
        other => other,
    }
}
