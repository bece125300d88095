//! How calls of each kind go for everybody: whether what fails for one fails for all.
//!
//! Kinds are counted apart: reads that work say nothing of creates that fail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::okta::{Call, Why};

/// So many failures in a row are more than a bad moment.
const ROW: u32 = 5;
/// After so many failures in a row, the first that gets through is news to all who wait.
const NEWS: u32 = 3;

/// How many calls of a kind got through, and how many failed, up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flow {
    through: u64,
    failed: u64,
}

impl Flow {
    /// The same before the last failure.
    pub(super) fn before(self) -> Self {
        Self { failed: self.failed.saturating_sub(1), ..self }
    }

    /// Whether others got through since then, and not fewer than failed. `own`: how many of the failures were one's own.
    pub(super) fn mostly_through(self, since: Self, own: u32) -> bool {
        let through = self.through - since.through;
        let failed = (self.failed - since.failed).saturating_sub(u64::from(own));
        through > 0 && through >= failed
    }
}

/// One kind of calls.
#[derive(Debug, Default)]
struct Kind {
    flow: Flow,
    /// Failures since the last that got through: since when, and how many.
    row: Option<(Instant, u32)>,
}

/// All kinds of calls.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<[Kind; 3]>);

fn index(call: Call) -> usize {
    match call {
        Call::Read => 0,
        Call::Create => 1,
        Call::Change => 2,
    }
}

impl Flows {
    fn with<T>(&self, call: Call, act: impl FnOnce(&mut Kind) -> T) -> T {
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut kinds[index(call)])
    }

    /// One got through. Whether that is the end of a row of failures.
    pub(super) fn through(&self, call: Call) -> bool {
        self.with(call, |kind| {
            kind.flow.through += 1;
            kind.row.take().is_some_and(|(_, failures)| failures >= NEWS)
        })
    }

    /// One failed.
    pub(super) fn failed(&self, call: Call, why: Why, now: Instant) -> Flow {
        self.with(call, |kind| {
            kind.flow.failed += 1;
            // What one object is busy with is its own affair.
            if why != Why::StillBusy {
                let (since, failures) = kind.row.unwrap_or((now, 0));
                // Without a line there is nothing to be said of Okta: its time does not count.
                kind.row = Some((if why == Why::NoConnection { now } else { since }, failures + 1));
            }
            kind.flow
        })
    }

    /// Whether nothing of this kind got through for so long.
    pub(super) fn down(&self, call: Call, outage: Duration, now: Instant) -> bool {
        self.with(call, |kind| {
            kind.row.is_some_and(|(since, failures)| {
                failures >= ROW && now.saturating_duration_since(since) >= outage
            })
        })
    }

    /// Whoever goes on after a pause begins anew.
    pub(super) fn forget(&self, call: Call) {
        self.with(call, |kind| kind.row = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_given_up_only_where_most_others_get_through() {
        let (flows, now) = (Flows::default(), Instant::now());
        let since = flows.failed(Call::Create, Why::Server, now).before();
        assert_eq!(since, Flow::default());
        let mut flow = since;
        for _ in 0..4 {
            flow = flows.failed(Call::Create, Why::Server, now);
            flows.through(Call::Read);
        }
        assert!(!flow.mostly_through(since, 5), "reads say nothing of creates");
        flows.through(Call::Create);
        let flow = flows.failed(Call::Create, Why::Server, now);
        assert!(flow.mostly_through(since, 6), "another got through and none failed");
        assert!(!flow.mostly_through(since, 2), "one got through and four others failed");
    }

    #[test]
    fn a_row_of_failures_is_an_outage_after_a_while_and_its_end_is_news() {
        let (flows, outage, start) = (Flows::default(), Duration::from_secs(45), Instant::now());
        for _ in 0..9 {
            flows.failed(Call::Create, Why::Server, start);
        }
        assert!(!flows.down(Call::Create, outage, start), "a bad moment");
        let later = start + outage;
        assert!(flows.down(Call::Create, outage, later) && !flows.down(Call::Read, outage, later));
        assert!(!flows.through(Call::Read));
        assert!(flows.down(Call::Create, outage, later), "a look-up that works is no create that does");
        assert!(flows.through(Call::Create), "news");
        assert!(!flows.down(Call::Create, outage, later) && !flows.through(Call::Create));
        flows.failed(Call::Create, Why::Broken, later);
        assert!(!flows.through(Call::Create), "one failure is no news");
        for _ in 0..9 {
            flows.failed(Call::Create, Why::StillBusy, start);
        }
        assert!(!flows.down(Call::Create, outage, later), "one busy object is no outage");
    }
}
