//! A person on the way: after mapping, and after assessment.

use super::{Finding, Profile, Route, Severity, StoredPassword};
use chrono::{DateTime, Utc};

/// What there is to prove a person's password with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordEvidence {
    /// The source keeps nothing for this person, or no column was given.
    None,
    /// A stored password.
    Stored(StoredPassword),
    /// The source keeps something, but the value, or its salt, is larger than 1 MiB and was left there.
    TooLarge,
    /// The source itself proves a password when asked (an LDAP bind, a resource-owner sign-in) and shows no hash.
    AskSource,
}

/// A record after mapping: a profile, groups, a stored password, an active flag.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The record's key, or the login where the record has none. Stays the same when the source is read again.
    pub key: String,
    /// The Okta profile. Attributes without a value are absent.
    pub profile: Profile,
    /// Names of the Okta groups this person shall be in, without doubles, in the source's order.
    pub groups: Vec<String>,
    /// What there is to prove the password with.
    pub password: PasswordEvidence,
    /// What the source says: `Some(false)` for an account that is switched off. `None` when it does not say.
    pub active: Option<bool>,
    /// The last sign-in, if a column says. `Some(None)`: the column says never.
    pub last_sign_in: Option<Option<DateTime<Utc>>>,
    /// How many people have this very password, themselves included, where it is clear text that too many have; else 0. Not known
    /// before everyone was read.
    pub sharing: u64,
    /// What went wrong or was changed on the way here (a date that is none, a phone that was shortened).
    pub mapping_findings: Vec<Finding>,
}

/// A candidate with its route and findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessed {
    /// The candidate.
    pub candidate: Candidate,
    /// The id of the scheme recognised, e.g. `bcrypt`; `none` without a stored password, `unknown` if nothing fits.
    pub scheme: String,
    /// The scheme as a person reads it, e.g. `bcrypt · 10`.
    pub scheme_label: String,
    /// What will happen to the password.
    pub route: Route,
    /// Everything to know about this person, the gravest first.
    pub findings: Vec<Finding>,
}

impl Assessed {
    /// Whether some finding keeps this person from being imported.
    pub fn blocked(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Blocks)
    }
}
