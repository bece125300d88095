//! What every request of the org shares: state, limits, faults, counters, time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Notify, watch};

use super::clock::Clock;
use super::config::Latency;
use super::dice::Dice;
use super::faults::{FaultBox, Late};
use super::ids::letters;
use super::limits::Limiter;
use super::org::Org;
use super::refusal::Refusal;

/// What the org has counted since it started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Requests that arrived, faults and refusals included.
    pub requests: u64,
    /// Requests by `METHOD /path`, ids left out: `POST /api/v1/users/{}/lifecycle/activate`.
    pub by_path: BTreeMap<String, u64>,
    /// Answers by HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// 429 answers because a bucket was empty (faults set on purpose left out).
    pub too_many_bucket: u64,
    /// 429 answers because too many requests were in flight.
    pub too_many_concurrent: u64,
    /// People created.
    pub created: u64,
    /// Sign-ins tried, and how many succeeded.
    pub sign_ins: u64,
    /// Sign-ins that succeeded.
    pub signed_in: u64,
    /// Calls made to a password import hook, repeats included.
    pub hook_calls: u64,
    /// Mails a real org would have sent to people.
    pub mails: u64,
    /// Connections closed on purpose without an answer.
    pub dropped: u64,
    /// The most requests that were in flight at the same time.
    pub most_in_flight: usize,
}

/// Everything the parts of a running org share.
pub(crate) struct Shared {
    pub(crate) base: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) org: Mutex<Org>,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) faults: Mutex<FaultBox>,
    pub(crate) latency: Mutex<Latency>,
    pub(crate) counters: Mutex<Counters>,
    pub(crate) dice: Mutex<Dice>,
    pub(crate) in_flight: AtomicUsize,
    pub(crate) changed: Notify,
    /// Up to which of the org's marks everything is kept.
    pub(crate) kept: Arc<watch::Sender<u64>>,
    pub(crate) answer_when_kept: bool,
    pub(crate) hook_timeout: Duration,
    pub(crate) client: OnceLock<reqwest::Client>,
}

/// What the handlers hold.
pub(crate) type App = Arc<Shared>;

/// A lock is only ever poisoned by a panic in another request; the state behind it is still whole enough to answer from.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The org to read.
    pub(crate) fn org(&self) -> MutexGuard<'_, Org> {
        lock(&self.org)
    }

    /// Changes the org, and wakes the journal if something changed.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut Org, i64) -> T) -> T {
        let now = self.now();
        let mut org = self.org();
        let done = act(&mut org, now);
        let dirty = !org.dirty.is_empty();
        drop(org);
        if dirty {
            self.changed.notify_one();
        }
        done
    }

    /// Waits until everything that changed so far is kept, where answers wait for that.
    pub(crate) async fn until_kept(&self) {
        if self.answer_when_kept {
            let marks = {
                let org = self.org();
                if org.journalled { org.marks } else { 0 }
            };
            // The sender lives in self: it can't be gone.
            let _ = self.kept.subscribe().wait_for(|kept| *kept >= marks).await;
        }
    }

    /// Nobody listens to the journal any more: nothing is collected, nobody waits.
    pub(crate) fn nobody_keeps(&self) {
        let mut org = self.org();
        org.journalled = false;
        org.dirty.clear();
        drop(org);
        self.kept.send_replace(u64::MAX);
    }

    pub(crate) fn count(&self, count: impl FnOnce(&mut Counters)) {
        count(&mut lock(&self.counters));
    }

    /// Letters by seeded chance, for error ids, request ids and the like.
    pub(crate) fn letters(&self, count: usize) -> String {
        letters(&mut lock(&self.dice), count)
    }

    pub(crate) fn read_only(&self) -> bool {
        lock(&self.faults).read_only()
    }

    /// Whether each e-mail address is taken once only.
    pub(crate) fn unique_email(&self) -> bool {
        lock(&self.faults).unique_email()
    }

    /// How long what was made stays hidden.
    pub(crate) fn late(&self) -> Late {
        lock(&self.faults).late()
    }

    /// The person a path names, or Okta's 404: also while they are still hidden.
    pub(crate) fn person(&self, org: &Org, id_or_login: &str) -> Result<u32, Refusal> {
        let number = org.find_or_refuse(id_or_login)?;
        let created = org.person(number).map_or(i64::MIN, |person| person.times.created);
        if self.late().hides_person(created, self.now()) {
            return Err(Refusal::not_found(id_or_login, "User"));
        }
        Ok(number)
    }

    /// The group a path or body names, or Okta's 404: also while it is still hidden.
    pub(crate) fn group(&self, org: &Org, id: &str) -> Result<u32, Refusal> {
        let number = org.find_group(id)?;
        let created = org.group(number).map_or(i64::MIN, |group| group.created);
        if self.late().hides_group(created, self.now()) {
            return Err(Refusal::not_found(id, "UserGroup"));
        }
        Ok(number)
    }

    /// Takes a place among the requests in flight; the place is given back when the guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>) -> InFlight {
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.count(|counters| counters.most_in_flight = counters.most_in_flight.max(now));
        InFlight { app: Arc::clone(self), now }
    }
}

/// One request in flight.
pub(crate) struct InFlight {
    app: App,
    /// How many were in flight with this one.
    pub(crate) now: usize,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.app.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}
