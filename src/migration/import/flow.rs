//! How calls of each kind go for everybody: whether what fails for one fails for all.
//!
//! Kinds are counted apart: reads that work say nothing of creates that fail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
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
    /// Failures since the last that got through.
    row: Option<Row>,
}

/// Failures of a kind in a row.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Since when.
    since: Instant,
    failures: u32,
    /// Why the last one failed.
    why: Why,
}

/// Nothing of one kind gets through just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// What does not get through.
    pub call: &'static str,
    /// Why the last one failed.
    pub why: Why,
    /// How many failed since the last that got through.
    pub tries: u32,
    /// In how many seconds the run pauses and asks, if that goes on. `None`: it waits, however long that takes.
    pub pauses_in: Option<u64>,
}

impl Trouble {
    /// In a sentence or two, for a person.
    pub fn words(&self) -> String {
        let pauses = match self.pauses_in {
            Some(0) => " It pauses and asks.".to_owned(),
            Some(seconds) => format!(" If that goes on, it pauses and asks in about {seconds} s."),
            None => " It goes on by itself when the line is back.".to_owned(),
        };
        format!("No {} gets through: {}. {} tries so far.{pauses}", self.call, self.why.words(), self.tries)
    }
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
            kind.row.take().is_some_and(|row| row.failures >= NEWS)
        })
    }

    /// One failed.
    pub(super) fn failed(&self, call: Call, why: Why, now: Instant) -> Flow {
        self.with(call, |kind| {
            kind.flow.failed += 1;
            // What one object is busy with is its own affair.
            if why != Why::StillBusy {
                let before = kind.row.unwrap_or(Row { since: now, failures: 0, why });
                // Without a line there is nothing to be said of Okta: its time does not count.
                let since = if why == Why::NoConnection { now } else { before.since };
                kind.row = Some(Row { since, failures: before.failures + 1, why });
            }
            kind.flow
        })
    }

    /// Whether nothing of this kind got through for so long.
    pub(super) fn down(&self, call: Call, outage: Duration, now: Instant) -> bool {
        self.with(call, |kind| {
            kind.row
                .is_some_and(|row| row.failures >= ROW && now.saturating_duration_since(row.since) >= outage)
        })
    }

    /// The kind of which nothing gets through just now, if there is one: what is sent before what is asked. `patience`: how long a
    /// reason may last before the run pauses.
    pub(super) fn trouble(
        &self,
        now: Instant,
        patience: impl Fn(Why) -> Option<Duration>,
    ) -> Option<Trouble> {
        let kinds = [(Call::Create, "create"), (Call::Change, "change"), (Call::Read, "look-up")];
        kinds.into_iter().find_map(|(call, name)| {
            let row = self.with(call, |kind| kind.row).filter(|row| row.failures >= NEWS)?;
            let left = |outage: Duration| {
                let left = (row.since + outage).saturating_duration_since(now);
                left.as_secs() + u64::from(left.subsec_nanos() > 0)
            };
            let pauses_in = patience(row.why).map(left);
            Some(Trouble { call: name, why: row.why, tries: row.failures, pauses_in })
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
    fn a_row_of_failures_is_said_at_once_with_what_comes_of_it() {
        let (flows, start) = (Flows::default(), Instant::now());
        let patience = |why| (why != Why::NoConnection).then_some(Duration::from_secs(45));
        for _ in 0..2 {
            flows.failed(Call::Create, Why::Server, start);
        }
        assert_eq!(flows.trouble(start, patience), None, "two may be chance");
        flows.failed(Call::Create, Why::Server, start);
        flows.through(Call::Read);
        let later = start + Duration::from_secs(12);
        let trouble = flows.trouble(later, patience).unwrap();
        assert_eq!((trouble.call, trouble.tries, trouble.pauses_in), ("create", 3, Some(33)));
        assert_eq!(
            trouble.words(),
            "No create gets through: Okta had an error of its own. 3 tries so far. If that goes on, it pauses and asks in about 33 s."
        );
        flows.failed(Call::Create, Why::NoConnection, later);
        assert!(flows.trouble(later, patience).unwrap().words().ends_with("when the line is back."));
        flows.through(Call::Create);
        assert_eq!(flows.trouble(later, patience), None);
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
