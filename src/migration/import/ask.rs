//! One call to its end: waits its turn, tries again what passes, stands still with the run.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::control::{Control, Pause};
use crate::okta::{Bucket, Client, PauseReason, Permit, Refusal, Reply, Request, Verdict, Wait, Why, judge};

/// After so many tries one person is given up, if others got through meanwhile.
const TRIES: u32 = 5;
/// So many people in a row refused alike, with a code that is not known to be about one person, stop the run.
const SAME_IN_A_ROW: u32 = 10;
/// The longest wait between two tries, in seconds.
const LONGEST_WAIT: f64 = 60.0;

/// What came of a call in the end.
#[derive(Debug)]
pub(in crate::migration) enum Got {
    /// It is done.
    Done(Box<Reply>),
    /// There is no such object.
    Missing,
    /// The login or name is taken.
    Taken(Refusal),
    /// Refused.
    Refused(Refusal),
    /// A create may have gone through; look first.
    Unsure(Why),
    /// Tried often enough.
    GaveUp(Why),
    /// The run was stopped before this call went out.
    Stopped,
}

/// What the tries of one person share.
#[derive(Debug, Default)]
pub(in crate::migration) struct Tries {
    failed: u32,
    /// Successes of everybody when this one first failed.
    since: Option<u64>,
    /// Never given up, however often it fails.
    patient: bool,
    /// How often the run had gone on when the last try was sent.
    sent: u64,
}

impl Tries {
    /// Tries that go on until there is an answer or the run is stopped: for whether somebody is there already, without which
    /// they could be created twice or counted as lost.
    pub(in crate::migration) fn patient() -> Self {
        Self { patient: true, ..Self::default() }
    }
}

/// What all calls of a run share.
pub(in crate::migration) struct Ask {
    pub(in crate::migration) client: Client,
    pub(in crate::migration) control: Control,
    pub(in crate::migration) stop: CancellationToken,
    successes: AtomicU64,
    row: Mutex<(String, u32)>,
    /// Why calls wait just now, for the progress line.
    waiting_for: Mutex<Option<Why>>,
    dice: RandomState,
    thrown: AtomicU64,
}

impl Ask {
    pub(in crate::migration) fn new(client: Client, control: Control, stop: CancellationToken) -> Self {
        Self {
            client,
            control,
            stop,
            successes: AtomicU64::new(0),
            row: Mutex::default(),
            waiting_for: Mutex::default(),
            dice: RandomState::new(),
            thrown: AtomicU64::new(0),
        }
    }

    /// Why calls wait just now.
    pub(in crate::migration) fn waiting_for(&self) -> Option<Why> {
        *self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_waiting(&self, why: Option<Why>) {
        *self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// Sends a request, again and again if need be, until there is an end of it.
    pub(in crate::migration) async fn call(&self, request: &Request, tries: &mut Tries) -> Got {
        loop {
            let Some(permit) = self.turn(request.bucket).await else { return Got::Stopped };
            tries.sent = self.control.resumes();
            // Once it is on its way it is never cut off: its fate must be known.
            let answer = self.client.send(permit, request).await;
            let verdict = judge(request.call, &answer);
            if !matches!(verdict, Verdict::Retry { .. } | Verdict::AskFirst { .. } | Verdict::Pause { .. }) {
                self.set_waiting(None);
            }
            match verdict {
                Verdict::Done => {
                    self.successes.fetch_add(1, Ordering::Relaxed);
                    match answer {
                        Ok(reply) => return Got::Done(Box::new(reply)),
                        Err(_) => return Got::Unsure(Why::Broken), // judge() never says done of a broken call
                    }
                }
                Verdict::Missing => {
                    self.successes.fetch_add(1, Ordering::Relaxed);
                    return Got::Missing;
                }
                Verdict::Taken(refusal) => return Got::Taken(refusal),
                Verdict::ThisPerson(refusal) => {
                    if refusal.known || !self.same_again(&refusal) {
                        return Got::Refused(refusal);
                    }
                    let words = format!("{}: {}", refusal.code, refusal.words);
                    self.control.hold(tries.sent, Pause { reason: Some(PauseReason::SameRefusal), words });
                    return Got::Refused(refusal);
                }
                Verdict::Pause { why, words } => {
                    self.control.hold(tries.sent, Pause { reason: Some(why), words });
                }
                Verdict::AskFirst { why } => {
                    if let Some(end) = self.tire(why, tries) {
                        return end;
                    }
                    // Stopped or not, its fate is unknown: the caller looks it up, or leaves it to the next run.
                    self.rest(Wait::Backoff, why, tries).await;
                    return Got::Unsure(why);
                }
                Verdict::Retry { why, wait } => {
                    if wait == Wait::Backoff
                        && let Some(end) = self.tire(why, tries)
                    {
                        return end;
                    }
                    let wait = if why == Why::ReadOnly {
                        let calm = self.client.read_only_wait();
                        self.client.pace().hold_writes(calm);
                        Wait::Seconds(calm.as_secs())
                    } else {
                        wait
                    };
                    if !self.rest(wait, why, tries).await {
                        return Got::Stopped;
                    }
                }
            }
        }
    }

    /// Waits until the run is not paused and the pace lets a call of this bucket go. `None` when the run is stopped first.
    async fn turn(&self, bucket: Bucket) -> Option<Permit> {
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                () = self.control.running() => {}
            }
            let mut held = self.control.watch();
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                permit = self.client.pace().permit(bucket) => {
                    if self.control.paused().is_none() {
                        return Some(permit);
                    }
                    permit.unused();
                }
                // Paused while in the queue: leave it, and come back after.
                _ = held.changed() => {}
            }
        }
    }

    /// After an answer that was no use: waits before the next try. The end of trying, if it is that.
    pub(in crate::migration) async fn again(&self, why: Why, tries: &mut Tries) -> Option<Got> {
        match self.tire(why, tries) {
            Some(end) => Some(end),
            None if self.rest(Wait::Backoff, why, tries).await => None,
            None => Some(Got::Stopped),
        }
    }

    /// Counts a failed try. The end of trying, if it is that.
    fn tire(&self, why: Why, tries: &mut Tries) -> Option<Got> {
        let successes = self.successes.load(Ordering::Relaxed);
        tries.failed += 1;
        let since = *tries.since.get_or_insert(successes);
        if tries.failed < TRIES {
            return None;
        }
        if why == Why::NotOkta {
            let words = why.words().to_owned();
            self.control.hold(tries.sent, Pause { reason: Some(PauseReason::NotOkta), words });
            *tries = Tries { patient: tries.patient, ..Tries::default() };
            return None;
        }
        // Nobody got through: it is not about this one. Wait for better times, however long.
        (!tries.patient && successes > since && why != Why::NoConnection).then_some(Got::GaveUp(why))
    }

    /// Waits before the next try. False when the run was stopped meanwhile.
    async fn rest(&self, wait: Wait, why: Why, tries: &Tries) -> bool {
        let seconds = match wait {
            Wait::Pace => return !self.stop.is_cancelled(),
            #[expect(clippy::cast_precision_loss, reason = "seconds")]
            Wait::Seconds(seconds) => seconds as f64,
            Wait::Backoff => {
                let steps = tries.failed.clamp(1, 10) - 1;
                (0.5 * f64::from(2_u32.pow(steps))).min(LONGEST_WAIT) * (0.5 + self.luck())
            }
        };
        self.set_waiting(Some(why));
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(Duration::from_secs_f64(seconds)) => true,
        }
    }

    /// Whether an unknown refusal came once too often in a row.
    fn same_again(&self, refusal: &Refusal) -> bool {
        let mut row = self.row.lock().unwrap_or_else(PoisonError::into_inner);
        if row.0 == refusal.code {
            row.1 += 1;
        } else {
            *row = (refusal.code.clone(), 1);
        }
        if row.1 >= SAME_IN_A_ROW {
            *row = (String::new(), 0);
            return true;
        }
        false
    }

    /// Somebody got through: whatever was refused before is no row.
    pub(in crate::migration) fn break_row(&self) {
        *self.row.lock().unwrap_or_else(PoisonError::into_inner) = (String::new(), 0);
    }

    /// A number in 0..1.
    fn luck(&self) -> f64 {
        let thrown = self.thrown.fetch_add(1, Ordering::Relaxed);
        (self.dice.hash_one(thrown) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
