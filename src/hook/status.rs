//! How the hook stands: what the window shows, and what readiness is judged by.

use chrono::{DateTime, Utc};

use super::backend::BackendState;
use super::error::CertificateProblem;
use crate::model::number;

/// How a running hook stands. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Whether the place the passwords are in answers.
    pub backend: BackendState,
    /// The certificate that is served; `None` without TLS.
    pub certificate: Option<CertificateInfo>,
    /// What is wrong with it, or with its successor.
    pub problems: Vec<CertificateProblem>,
    /// Whether what was answered is not written down at the moment.
    pub behind: Option<Behind>,
    /// So many answers since the start are on no record and never will be: too many came while nothing could be written.
    pub lost: u64,
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

/// Answers that were given and are not on record yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Why, as the end of a sentence.
    pub why: String,
    /// How many wait in memory.
    pub waiting: u64,
    /// How many of them let somebody in.
    pub let_in: u64,
}

impl std::fmt::Display for Behind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sign-ins are answered, but nothing is recorded: {}. ", self.why)?;
        let let_in = match self.let_in {
            0 => String::new(),
            n => format!(", {} of which let someone in,", number(n)),
        };
        match self.waiting {
            0 => write!(f, "None waits in memory."),
            1 => write!(f, "1 answer{let_in} waits in memory and is recorded when that has ended."),
            n => write!(
                f,
                "{} answers{let_in} wait in memory and are recorded when that has ended.",
                number(n)
            ),
        }
    }
}

/// That answers are on no record, in words. `None`: none is lost.
pub fn lost_words(lost: u64) -> Option<String> {
    let many = if lost == 1 { "1 answer is".to_owned() } else { format!("{} answers are", number(lost)) };
    (lost > 0)
        .then(|| format!("{many} on no record: more came than could wait while nothing could be written."))
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
