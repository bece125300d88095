//! What a running import shows.

use serde::Serialize;

use super::control::Pause;
use super::flow::Trouble;
use crate::model::{OutcomeKind, Progress, Route};
use crate::okta::PaceView;
use crate::workspace::Counts;

/// How many people stand where, of those who go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Everyone who goes: not blocked, not left out, not gone from the source.
    pub people: u64,
    /// Nothing was sent yet.
    pub waiting: u64,
    /// The intent is on disk and a request may be on its way.
    pub sending: u64,
    /// Created, with the password they have.
    pub created_import: u64,
    /// Created, waiting for the hook.
    pub created_hook: u64,
    /// Created, to set a new password.
    pub created_reset: u64,
    /// There before, left as they were.
    pub already_there: u64,
    /// There before, profile updated.
    pub updated: u64,
    /// Refused.
    pub failed: u64,
}

impl Tally {
    /// From the workspace's counts.
    pub fn of(counts: &Counts) -> Self {
        Self {
            people: counts.ready(),
            waiting: counts.outcome(OutcomeKind::Waiting),
            sending: counts.outcome(OutcomeKind::Sending),
            created_import: counts.created_by(Route::Import),
            created_hook: counts.created_by(Route::Hook),
            created_reset: counts.created_by(Route::Reset),
            already_there: counts.outcome(OutcomeKind::AlreadyThere),
            updated: counts.outcome(OutcomeKind::Updated),
            failed: counts.outcome(OutcomeKind::Failed),
        }
    }

    /// Created, by any route.
    pub fn created(&self) -> u64 {
        self.created_import + self.created_hook + self.created_reset
    }

    /// Come to an end, good or bad.
    pub fn done(&self) -> u64 {
        self.created() + self.already_there + self.updated + self.failed
    }

    /// What has come to an end since it stood so: the share of one run.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        Self {
            created_import: self.created_import.saturating_sub(before.created_import),
            created_hook: self.created_hook.saturating_sub(before.created_hook),
            created_reset: self.created_reset.saturating_sub(before.created_reset),
            already_there: self.already_there.saturating_sub(before.already_there),
            updated: self.updated.saturating_sub(before.updated),
            failed: self.failed.saturating_sub(before.failed),
            ..*self
        }
    }
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ImportProgress {
    /// Phase, done and total of this run, a sentence.
    #[serde(flatten)]
    pub base: Progress,
    /// How many people stand where, over all runs.
    pub tally: Tally,
    /// Requests on their way.
    pub in_flight: u32,
    /// How many people a minute came to an end in the last ten seconds; 0 while it stands still.
    pub per_minute: f64,
    /// The creates' bucket.
    pub pace: PaceView,
    /// 429s since the start of this run.
    pub throttled: u64,
    /// Seconds since this run began.
    pub seconds: u64,
    /// Seconds left at this speed.
    pub seconds_left: Option<u64>,
    /// How many people stood where when this run began.
    pub before: Tally,
    /// What does not get through just now, if anything.
    pub trouble: Option<Trouble>,
    /// Why it stands still, if it does.
    pub pause: Option<Pause>,
    /// Whether this run is a pilot.
    pub pilot: bool,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Ended {
    /// Everyone of its scope came to an end.
    Done,
    /// Stopped; the rest waits.
    Stopped,
    /// It needs a decision, and there was nobody to ask.
    NeedsAttention {
        /// Why.
        pause: Pause,
    },
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImportSummary {
    /// How it ended.
    pub ended: Ended,
    /// People that came to an end in this run.
    pub done: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// How many people stand where, over all runs.
    pub tally: Tally,
    /// 429s in this run.
    pub throttled: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Whether it was a pilot.
    pub pilot: bool,
    /// The label group's name.
    pub label_group: Option<String>,
    /// Groups of people's that are Okta's own, such as Everyone: nobody was put into them.
    pub groups_left_out: Vec<String>,
    /// People whose entry was changed in the file by something other than this program, as the run began: none of them was sent.
    pub changed: u64,
    /// People who were read and are not in the file any more: none of them was sent.
    pub missing: u64,
}
