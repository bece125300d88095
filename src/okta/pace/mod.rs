//! Shapes the sending so that the allowance the administrator chose is used up evenly and fully, and a 429 is an exception, not
//! a signal to steer by.
//!
//! Every call asks for a [`Permit`] of its [`Bucket`] first, and hands it back with what the answer's headers told. Per bucket a
//! `Window` decides when the next may go; over all of them stands one limit on calls in flight, which follows from rate ×
//! latency and is cut when Okta refuses for concurrency.
//!
//! Time comes into the `Core` from outside, so that tests run hours in moments.

mod clock;
mod core;
mod view;
mod window;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::bucket::Bucket;
use super::reply::Answer;
use core::Core;
pub use view::{PaceSettings, PaceView};

struct Shared {
    start: Instant,
    core: Mutex<Core>,
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
        Self(Arc::new(Shared {
            start: Instant::now(),
            core: Mutex::new(Core::new(settings, seed)),
            gates: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            changed: Notify::new(),
        }))
    }

    /// Changes the share while running, in percent.
    pub fn set_share(&self, percent: u8) {
        self.core().set_share(percent);
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
            let now = self.now();
            let taken = self.core().take(bucket, now);
            match taken {
                Ok(()) => return Permit { pace: self.clone(), bucket, sent: now, open: true },
                Err(Some(until)) => tokio::select! {
                    () = tokio::time::sleep_until(self.0.start + Duration::from_secs_f64(until.max(0.0))) => {}
                    () = changed => {}
                },
                // Too many in flight: only an answer helps.
                Err(None) => changed.await,
            }
        }
    }

    /// Holds all writes for a while: Okta is in read-only mode.
    pub fn hold_writes(&self, wait: Duration) {
        let until = self.now() + wait.as_secs_f64();
        self.core().hold_writes(until);
    }

    /// Lets writes go again at once.
    pub fn release_writes(&self) {
        self.core().release_writes();
        self.0.changed.notify_waiters();
    }

    /// How a bucket stands.
    pub fn view(&self, bucket: Bucket) -> PaceView {
        let now = self.now();
        self.core().view(bucket, now)
    }

    /// How often Okta refused with 429 since the start, over all buckets and for any reason of pace.
    pub fn refusals(&self) -> u64 {
        self.core().refusals()
    }

    /// Takes in the `Date` of an answer to a question that no bucket counts, sent at `sent` by [`Pace::now`].
    pub(crate) fn learn(&self, date: i64, sent: f64) {
        let now = self.now();
        self.core().learn(date, sent, now);
    }

    /// What time it surely is at Okta by now, by the `Date` of its answers: at most a second or so behind. `None` before an answer
    /// told. This computer's clock plays no part.
    pub fn okta_time(&self) -> Option<DateTime<Utc>> {
        let now = self.now();
        let seconds = self.core().okta_time(now)?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this millennium")]
        DateTime::from_timestamp_millis((seconds * 1000.0) as i64)
    }

    /// Seconds on a running clock of our own.
    pub(crate) fn now(&self) -> f64 {
        self.0.start.elapsed().as_secs_f64()
    }

    fn core(&self) -> MutexGuard<'_, Core> {
        // Counts only: after a panic elsewhere they are as good as before.
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.open = false;
        self.pace.core().unused(self.bucket);
        self.pace.0.changed.notify_waiters();
    }

    /// What came of the call.
    pub fn answered(mut self, answer: &Answer) {
        self.open = false;
        let now = self.pace.now();
        self.pace.core().answered(self.bucket, self.sent, now, answer);
        self.pace.0.changed.notify_waiters();
    }
}

/// Dropped with the fate of its call unknown (the task was cancelled): it may have been counted.
impl Drop for Permit {
    fn drop(&mut self) {
        if self.open {
            self.pace.core().lost(self.bucket);
            self.pace.0.changed.notify_waiters();
        }
    }
}
