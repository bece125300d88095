//! How far a long job is.

use serde::Serialize;

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not begun, or opening things.
    #[default]
    Preparing,
    /// The main work.
    Working,
    /// Waiting for an allowance to refill, a network or a server; `note` says for what.
    Waiting,
    /// Paused by the administrator, or because a decision is needed; `note` says which.
    Paused,
    /// The last steps (indexes, reports).
    Finishing,
}

/// How far a long job is. Sent through a `watch` channel: only the newest counts.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Progress {
    /// What the job is doing.
    pub phase: Phase,
    /// Items done.
    pub done: u64,
    /// Items in all, where known. May be an estimate while reading.
    pub total: Option<u64>,
    /// One short sentence for the person who waits, e.g. `Okta's allowance refills in 12 s`.
    pub note: Option<String>,
}
