//! All buckets together, and the limit on calls in flight over them. Pure: time comes in as seconds on a running clock.

use super::clock::ServerClock;
use super::view::{PaceSettings, PaceView};
use super::window::{Next, Told, Window};
use crate::okta::bucket::Bucket;
use crate::okta::judge::Why;
use crate::okta::reply::{Answer, Broken};

/// The limit on calls in flight, over all buckets.
#[derive(Debug)]
struct Governor {
    in_flight: u32,
    most: u32,
    now: u32,
    shut_until: f64,
    grow_at: f64,
    refusals: u64,
}

/// How long sending stops after a refusal for concurrency, in seconds: long enough for calls in flight to end.
const CONCURRENCY_REST: f64 = 1.0;
/// After a cut, one more call in flight is tried each so many seconds.
const GROW_EVERY: f64 = 15.0;

impl Governor {
    fn refused(&mut self, now: f64) {
        self.refusals += 1;
        // Several calls of one crowd are refused together: cut once for all of them.
        if now >= self.shut_until {
            self.now = (self.in_flight.max(2) / 2).min(self.now).max(1);
        }
        self.shut_until = now + CONCURRENCY_REST;
        self.grow_at = now + GROW_EVERY;
    }

    fn grow(&mut self, now: f64) {
        if self.now < self.most && now >= self.grow_at {
            self.now += 1;
            self.grow_at = now + GROW_EVERY;
        }
    }
}

/// What is known of an org's allowance, and what is under way.
#[derive(Debug)]
pub(super) struct Core {
    clock: ServerClock,
    windows: [Window; Bucket::ALL.len()],
    governor: Governor,
    /// Read-only mode: no writes until then.
    held_until: f64,
    luck: u64,
}

impl Core {
    pub(super) fn new(settings: PaceSettings, seed: u64) -> Self {
        let most = settings.most_in_flight.max(1);
        Self {
            clock: ServerClock::default(),
            windows: std::array::from_fn(|_| Window::new(share(settings.share))),
            governor: Governor {
                in_flight: 0,
                most,
                now: most,
                shut_until: f64::NEG_INFINITY,
                grow_at: f64::NEG_INFINITY,
                refusals: 0,
            },
            held_until: f64::NEG_INFINITY,
            luck: seed | 1,
        }
    }

    pub(super) fn set_share(&mut self, percent: u8) {
        for window in &mut self.windows {
            window.set_share(share(percent));
        }
    }

    /// Takes the right to send now, or tells when to look again: at that time, or (`None`) after an answer.
    pub(super) fn take(&mut self, bucket: Bucket, now: f64) -> Result<(), Option<f64>> {
        self.governor.grow(now);
        let held = if bucket.writes() { self.held_until } else { f64::NEG_INFINITY };
        let shut = self.governor.shut_until.max(held);
        if now < shut {
            return Err(Some(shut));
        }
        let window = &mut self.windows[bucket.index()];
        if let Next::At(at) = window.next(now, &self.clock) {
            return Err(Some(at));
        }
        if self.governor.in_flight >= self.governor.now || window.in_flight() >= window.wanted_in_flight() {
            return Err(None);
        }
        self.governor.in_flight += 1;
        window.sent(now, &self.clock);
        Ok(())
    }

    /// A call that took the right at `sent` was never sent.
    pub(super) fn unused(&mut self, bucket: Bucket) {
        self.governor.in_flight = self.governor.in_flight.saturating_sub(1);
        self.windows[bucket.index()].unsent();
    }

    /// A call whose fate is not known: it may have been counted.
    pub(super) fn lost(&mut self, bucket: Bucket) {
        self.governor.in_flight = self.governor.in_flight.saturating_sub(1);
        self.windows[bucket.index()].lost();
    }

    /// What came of a call.
    pub(super) fn answered(&mut self, bucket: Bucket, sent: f64, now: f64, answer: &Answer) {
        let reply = match answer {
            Err(Broken::NotSent { .. }) => return self.unused(bucket),
            Err(Broken::Unknown { .. }) => return self.lost(bucket),
            Ok(reply) => reply,
        };
        self.governor.in_flight = self.governor.in_flight.saturating_sub(1);
        if let Some(date) = reply.date {
            self.clock.learn(date, sent, now);
        }
        let code = if reply.status == 429 { reply.error().map(|e| e.error_code) } else { None };
        let why = match (reply.status, code.as_deref(), reply.limits) {
            (429, Some("E0000118"), _) => Some(Why::Mail),
            (429, _, Some(limits)) if limits.limit == 0 => Some(Why::Concurrency),
            (429, _, _) => Some(Why::Limit),
            _ => None,
        };
        if why == Some(Why::Concurrency) {
            self.windows[bucket.index()].unsent();
            self.governor.refused(now);
            return;
        }
        let told = Told {
            sent,
            received: now,
            limits: reply.limits,
            date: reply.date,
            refused: why == Some(Why::Limit),
            retry_after: reply.retry_after,
            luck: self.luck(),
        };
        self.windows[bucket.index()].answered(&told, &self.clock);
    }

    /// Takes in the server's time from an answer that no bucket counted.
    pub(super) fn learn(&mut self, date: i64, sent: f64, now: f64) {
        self.clock.learn(date, sent, now);
    }

    /// What the server's clock surely shows by now, in epoch seconds.
    pub(super) fn okta_time(&self, now: f64) -> Option<f64> {
        self.clock.shows_at_least(now)
    }

    pub(super) fn hold_writes(&mut self, until: f64) {
        self.held_until = self.held_until.max(until);
    }

    pub(super) fn release_writes(&mut self) {
        self.held_until = f64::NEG_INFINITY;
    }

    pub(super) fn view(&self, bucket: Bucket, now: f64) -> PaceView {
        let window = &self.windows[bucket.index()];
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a latency below a minute"
        )]
        let latency_ms = (window.latency() * 1000.0) as u32;
        PaceView {
            limit: window.limit(),
            remaining: window.remaining(),
            cap: window.cap(),
            renews_in: window.renews_in(now, &self.clock),
            shut_for: window.shut_for(now),
            in_flight: window.in_flight(),
            latency_ms,
            refusals: window.refusals,
            all_in_flight: self.governor.in_flight,
            concurrency_refusals: self.governor.refusals,
        }
    }

    pub(super) fn refusals(&self) -> u64 {
        self.windows.iter().map(|w| w.refusals).sum::<u64>() + self.governor.refusals
    }

    /// A number in 0..1 (xorshift: spreads, needs no secrecy).
    fn luck(&mut self) -> f64 {
        self.luck ^= self.luck << 13;
        self.luck ^= self.luck >> 7;
        self.luck ^= self.luck << 17;
        (self.luck >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn share(percent: u8) -> f64 {
    f64::from(percent.clamp(1, 100)) / 100.0
}

impl Bucket {
    /// Whether calls of this bucket are mostly writes, which read-only mode refuses.
    fn writes(self) -> bool {
        !matches!(self, Self::UserRead | Self::Me | Self::Logs)
    }
}
