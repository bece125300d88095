//! What is chosen of the pace, and what screens show of it.

use serde::{Deserialize, Serialize};

/// What the administrator chose, and the bounds we keep by ourselves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PaceSettings {
    /// How much of the allowance that the headers name is ours, in percent, 1–100.
    pub share: u8,
    /// The most calls in flight at once, over all buckets. Okta's own limit is 35 to 75 an org (okta-api.md 7.2), and others use it
    /// too.
    pub most_in_flight: u32,
}

impl Default for PaceSettings {
    fn default() -> Self {
        Self { share: 100, most_in_flight: 32 }
    }
}

/// How a bucket stands, for screens.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct PaceView {
    /// Calls a minute that Okta allows this caller, by the last answer.
    pub limit: Option<u32>,
    /// Calls left in this window, by the last answer.
    pub remaining: Option<u32>,
    /// Calls a minute we use: the share of the limit.
    pub cap: u32,
    /// Seconds until the allowance renews.
    pub renews_in: Option<f64>,
    /// Seconds the bucket stays shut after a refusal.
    pub shut_for: Option<f64>,
    /// Calls in flight in this bucket.
    pub in_flight: u32,
    /// Smoothed time from sending to answer, in milliseconds.
    pub latency_ms: u32,
    /// How often Okta refused with 429 since the start, in this bucket.
    pub refusals: u64,
    /// Calls in flight in all buckets.
    pub all_in_flight: u32,
    /// How often Okta refused for concurrency since the start.
    pub concurrency_refusals: u64,
}
