//! How a practice org is set up: port, token, limits, latency, faults, clock.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::clock::{Clock, SystemClock};
use super::faults::Faults;
use super::journal::Change;

/// How to start a practice org. `Config::default()` is an empty org on a free port with a fresh token, Okta's usual
/// limits, no latency and no faults.
pub struct Config {
    /// The loopback port; 0 takes any free one.
    pub port: u16,
    /// The API token people paste; `None` makes one.
    pub token: Option<SecretString>,
    /// The company's name, as `GET /api/v1/org` tells it.
    pub company: String,
    /// Requests a window, by bucket.
    pub limits: Limits,
    /// How long a rate-limit window lasts; Okta's is about a minute.
    pub window: Duration,
    /// How long answers take.
    pub latency: Latency,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// How long a password import hook may take to answer; Okta's 3 s.
    pub hook_timeout: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Seeds ids, jitter and faults by chance: the same seed, the same org.
    pub seed: u64,
    /// What an earlier org told its journal, in any order: the latest body of every entity still there.
    pub restore: Option<Box<dyn Iterator<Item = Change> + Send>>,
    /// Where changed entities go, so that they can be kept. Bounded: the org waits for a slow reader and merges what
    /// changes meanwhile.
    pub journal: Option<mpsc::Sender<Change>>,
    /// An answer waits until the journal has kept what the request changed: whoever got an answer finds it kept, even if the
    /// program is killed right after.
    pub answer_when_kept: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            token: None,
            company: "Practice".to_owned(),
            limits: Limits::default(),
            window: Duration::from_mins(1),
            latency: Latency::default(),
            faults: Faults::default(),
            hook_timeout: Duration::from_secs(3),
            clock: Arc::new(SystemClock::default()),
            seed: 1,
            restore: None,
            journal: None,
            answer_when_kept: false,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("port", &self.port)
            .field("company", &self.company)
            .field("limits", &self.limits)
            .field("window", &self.window)
            .field("latency", &self.latency)
            .field("faults", &self.faults)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Requests a window that the token may send, by bucket (okta-api.md 7.2 and 7.3), and how many at the same time.
///
/// The default is a Workforce org's with the token's usual share of 50 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// Create and list users; all lifecycle calls; a user's groups.
    pub users: u32,
    /// Update and delete one user.
    pub user_write: u32,
    /// Read one user.
    pub user_read: u32,
    /// `users/me`.
    pub me: u32,
    /// Create and list groups; every membership call.
    pub groups: u32,
    /// Read, replace and delete one group.
    pub group: u32,
    /// List apps.
    pub apps: u32,
    /// The system log.
    pub logs: u32,
    /// Everything else below `/api/v1`.
    pub other: u32,
    /// Sign-ins through `/api/v1/authn`.
    pub authn: u32,
    /// Sign-ins of one login a second.
    pub authn_per_name: u32,
    /// Requests in flight at the same time, for the whole org.
    pub concurrent: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            users: 300,
            user_write: 300,
            user_read: 1000,
            me: 50,
            groups: 250,
            group: 500,
            apps: 50,
            logs: 60,
            other: 600,
            authn: 600,
            authn_per_name: 4,
            concurrent: 75,
        }
    }
}

impl Limits {
    /// The same ceiling for every bucket; 75 at the same time.
    pub fn same(limit: u32) -> Self {
        Self {
            users: limit,
            user_write: limit,
            user_read: limit,
            me: limit,
            groups: limit,
            group: limit,
            apps: limit,
            logs: limit,
            other: limit,
            authn: limit,
            authn_per_name: limit,
            concurrent: 75,
        }
    }

    /// So high that no test meets them.
    pub fn unlimited() -> Self {
        Self { concurrent: 100_000, ..Self::same(100_000_000) }
    }
}

/// How long an answer takes: half of it passes before the org acts, half after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Latency {
    /// Milliseconds every answer takes.
    pub fixed_ms: u32,
    /// Up to so many milliseconds more, by seeded chance.
    pub jitter_ms: u32,
}

impl Latency {
    /// Always the same.
    pub fn fixed(millis: u32) -> Self {
        Self { fixed_ms: millis, jitter_ms: 0 }
    }
}
