//! How the hook stands: what the window shows, and what readiness is judged by.

use chrono::{DateTime, Utc};

use super::backend::BackendState;
use super::error::CertificateProblem;

/// How a running hook stands. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Whether the place the passwords are in answers.
    pub backend: BackendState,
    /// The certificate that is served; `None` without TLS.
    pub certificate: Option<CertificateInfo>,
    /// What is wrong with it, or with its successor.
    pub problems: Vec<CertificateProblem>,
    /// Whether what was answered can't be written down.
    pub log_failing: Option<String>,
    /// Whether it takes no new calls and ends.
    pub draining: bool,
}

impl Status {
    /// Whether sign-ins can be answered: what `GET /readyz` says. A certificate that Okta refuses does not show here: whoever
    /// asks got through.
    pub fn ready(&self) -> Result<(), &'static str> {
        match (&self.backend, self.draining) {
            (_, true) => Err("stopping"),
            (BackendState::Up, false) => Ok(()),
            (BackendState::Unknown, false) => Err("starting"),
            (BackendState::Down { .. }, false) => Err("source down"),
        }
    }
}

/// A certificate in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInfo {
    /// The names it is for.
    pub names: Vec<String>,
    /// Valid from.
    pub not_before: DateTime<Utc>,
    /// Valid until.
    pub not_after: DateTime<Utc>,
    /// Who issued it, as it says itself.
    pub issuer: String,
    /// SHA-256 of it, in hexadecimal digits.
    pub fingerprint: String,
}
