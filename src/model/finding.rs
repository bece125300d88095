//! Something to know about a candidate.

use serde::{Deserialize, Serialize};

/// How grave a finding is. Ordered: the gravest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Notes,
    /// Will be imported, but something was changed or may surprise.
    Warns,
    /// Okta would refuse this person; not imported until it is mended.
    Blocks,
}

/// Something to know about a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable, for filters, exports and scripts: `login_missing`, `email_form`, `group_count` … The rooms that make findings
    /// list their codes as constants.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// The Okta attribute it is about, if it is about one.
    pub attribute: Option<String>,
    /// One short sentence for the table, e.g. `Login is not an e-mail`. Holds no secret.
    pub text: String,
}

impl Finding {
    /// A finding. `code` should be one of the room's constants.
    pub fn new(severity: Severity, code: &str, attribute: Option<&str>, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity, attribute: attribute.map(str::to_owned), text: text.into() }
    }
}
