//! Shapes the sending so that the allowance the administrator chose is used up evenly and fully, and a 429 is an exception, not
//! a signal to steer by.
//!
//! Every call asks for a [`Permit`] of its [`Bucket`] first, and hands it back with what the answer's headers told. Per bucket a
//! `Window` decides when the next may go; over all of them stands one limit on calls in flight, which follows from rate ×
//! latency and is cut when Okta refuses for concurrency.
//!
//! Time is tokio's, so tests run in virtual time.

mod clock;
mod window;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::bucket::Bucket;
use super::judge::Why;
use super::reply::Answer;
use clock::ServerClock;
use window::{Next, Told, Window};

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

#[derive(Debug)]
struct State {
    clock: ServerClock,
    windows: [Window; Bucket::ALL.len()],
    governor: Governor,
    /// Read-only mode: no writes until then.
    held_until: f64,
    luck: u64,
}

struct Shared {
    start: Instant,
    state: Mutex<State>,
    /// One waiter a bucket looks at the clock at a time; the others queue behind it, in order.
    gates: [tokio::sync::Mutex<()>; Bucket::ALL.len()],
    changed: Notify,
}

/// The pace of one org and token. Cheap to clone; all clones share one count.
#[derive(Clone)]
pub struct Pace(Arc<Shared>);

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pace")
    }
}

impl Pace {
    /// A pace that knows nothing yet: the first answer of each bucket tells its limit. `seed` spreads waiting after refusals.
    pub fn new(settings: PaceSettings, seed: u64) -> Self {
        let share = share(settings.share);
        let most = settings.most_in_flight.max(1);
        Self(Arc::new(Shared {
            start: Instant::now(),
            state: Mutex::new(State {
                clock: ServerClock::default(),
                windows: std::array::from_fn(|_| Window::new(share)),
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
            }),
            gates: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            changed: Notify::new(),
        }))
    }

    /// Changes the share while running, in percent.
    pub fn set_share(&self, percent: u8) {
        let mut state = self.state();
        for window in &mut state.windows {
            window.set_share(share(percent));
        }
        drop(state);
        self.0.changed.notify_waiters();
    }

    /// Waits until a call of this bucket may go. Safe to drop while waiting: nothing is spent then.
    pub async fn permit(&self, bucket: Bucket) -> Permit {
        let _turn = self.0.gates[bucket.index()].lock().await;
        loop {
            // Listen before looking, so that no change falls between.
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.take(bucket) {
                Ok(permit) => return permit,
                Err(Some(until)) => tokio::select! {
                    () = tokio::time::sleep_until(self.0.start + Duration::from_secs_f64(until.max(0.0))) => {}
                    () = changed => {}
                },
                // Too many in flight: only an answer helps.
                Err(None) => changed.await,
            }
        }
    }

    fn take(&self, bucket: Bucket) -> Result<Permit, Option<f64>> {
        let now = self.now();
        let mut state = self.state();
        let State { clock, windows, governor, held_until, .. } = &mut *state;
        governor.grow(now);
        let shut = governor.shut_until.max(if bucket.writes() { *held_until } else { f64::NEG_INFINITY });
        if now < shut {
            return Err(Some(shut));
        }
        let window = &mut windows[bucket.index()];
        if let Next::At(at) = window.next(now, clock) {
            return Err(Some(at));
        }
        if governor.in_flight >= governor.now || window.in_flight() >= window.wanted_in_flight() {
            return Err(None);
        }
        governor.in_flight += 1;
        window.sent(now, clock);
        Ok(Permit { pace: self.clone(), bucket, sent: now, open: true })
    }

    /// Holds all writes for a while: Okta is in read-only mode.
    pub fn hold_writes(&self, wait: Duration) {
        let until = self.now() + wait.as_secs_f64();
        let mut state = self.state();
        state.held_until = state.held_until.max(until);
    }

    /// Lets writes go again at once.
    pub fn release_writes(&self) {
        self.state().held_until = f64::NEG_INFINITY;
        self.0.changed.notify_waiters();
    }

    /// How a bucket stands.
    pub fn view(&self, bucket: Bucket) -> PaceView {
        let now = self.now();
        let state = self.state();
        let window = &state.windows[bucket.index()];
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
            renews_in: window.renews_in(now, &state.clock),
            shut_for: window.shut_for(now),
            in_flight: window.in_flight(),
            latency_ms,
            refusals: window.refusals,
            all_in_flight: state.governor.in_flight,
            concurrency_refusals: state.governor.refusals,
        }
    }

    /// How often Okta refused with 429 since the start, over all buckets and for any reason of pace.
    pub fn refusals(&self) -> u64 {
        let state = self.state();
        state.windows.iter().map(|w| w.refusals).sum::<u64>() + state.governor.refusals
    }

    fn now(&self) -> f64 {
        self.0.start.elapsed().as_secs_f64()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counts only: after a panic elsewhere they are as good as before.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn share(percent: u8) -> f64 {
    f64::from(percent.clamp(1, 100)) / 100.0
}

impl Bucket {
    /// Whether calls of this bucket are mostly writes, which read-only mode refuses.
    fn writes(self) -> bool {
        !matches!(self, Self::UserRead | Self::Me)
    }
}

/// The right to send one call now. Give it back with what came of it.
#[derive(Debug)]
#[must_use = "a permit is spent when it is dropped"]
pub struct Permit {
    pace: Pace,
    bucket: Bucket,
    sent: f64,
    open: bool,
}

impl Permit {
    /// The bucket it is for.
    pub fn bucket(&self) -> Bucket {
        self.bucket
    }

    /// The call was never sent.
    pub fn unused(mut self) {
        self.close(|window, _, _| window.unsent());
    }

    /// What came of the call.
    pub fn answered(mut self, answer: &Answer) {
        match answer {
            Err(super::reply::Broken::NotSent { .. }) => self.close(|window, _, _| window.unsent()),
            Err(super::reply::Broken::Unknown { .. }) => self.close(|window, _, _| window.lost()),
            Ok(reply) => {
                let sent = self.sent;
                let code = if reply.status == 429 { reply.error().map(|e| e.error_code) } else { None };
                let why = match (reply.status, &code, reply.limits) {
                    (429, Some(code), _) if code == "E0000118" => Some(Why::Mail),
                    (429, _, Some(limits)) if limits.limit == 0 => Some(Why::Concurrency),
                    (429, _, _) => Some(Why::Limit),
                    _ => None,
                };
                self.close(move |window, state, now| {
                    if let Some(date) = reply.date {
                        state.clock.learn(date, sent, now);
                    }
                    if why == Some(Why::Concurrency) {
                        window.unsent();
                        state.governor.refused(now);
                        return;
                    }
                    let told = Told {
                        sent,
                        received: now,
                        limits: reply.limits,
                        date: reply.date,
                        refused: why == Some(Why::Limit),
                        retry_after: reply.retry_after,
                        luck: *state.luck,
                    };
                    window.answered(&told, state.clock);
                });
            }
        }
    }

    fn close(&mut self, then: impl FnOnce(&mut Window, &mut Rest<'_>, f64)) {
        self.open = false;
        let now = self.pace.now();
        let mut guard = self.pace.state();
        let State { clock, windows, governor, luck, .. } = &mut *guard;
        // xorshift: spreads, needs no secrecy.
        *luck ^= *luck << 13;
        *luck ^= *luck >> 7;
        *luck ^= *luck << 17;
        let mut fraction = (*luck >> 11) as f64 / (1_u64 << 53) as f64;
        governor.in_flight = governor.in_flight.saturating_sub(1);
        let mut rest = Rest { clock, governor, luck: &mut fraction };
        then(&mut windows[self.bucket.index()], &mut rest, now);
        drop(guard);
        self.pace.0.changed.notify_waiters();
    }
}

struct Rest<'a> {
    clock: &'a mut ServerClock,
    governor: &'a mut Governor,
    luck: &'a mut f64,
}

/// Dropped with the fate of its call unknown (the task was cancelled): it may have been counted.
impl Drop for Permit {
    fn drop(&mut self) {
        if self.open {
            self.close(|window, _, _| window.lost());
        }
    }
}
