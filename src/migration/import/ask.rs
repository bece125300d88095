//! One call to its end: waits its turn, tries again what passes, stands still with the run.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::control::{Control, Pause};
use super::flow::{Flow, Flows, Trouble};
use crate::okta::{
    Bucket, Call, Client, PauseReason, Permit, Refusal, Reply, Request, Verdict, Wait, Why, judge, unreadable,
};

/// After so many tries one person is given up, if others got through meanwhile.
const TRIES: u32 = 5;
/// So many people in a row refused alike, with a code that is not known to be about one person, stop the run.
const SAME_IN_A_ROW: u32 = 10;
/// The longest wait between two tries, in seconds, give or take half of it: when the line is back, the last people are not to
/// wait long for it.
const LONGEST_WAIT: f64 = 10.0;
/// Tries of a question that an answer is useful to, but not needed.
const ASIDE_TRIES: u32 = 3;

/// What came of a call in the end.
#[derive(Debug)]
pub(in crate::migration) enum Got<T = Box<Reply>> {
    /// It is done.
    Done(T),
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

/// Why a question asked aside got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::migration) enum Silence {
    /// Okta does not answer it to this token.
    Refused,
    /// It could not answer just now.
    NotNow,
}

/// What the tries of one person share.
#[derive(Debug, Default)]
pub(in crate::migration) struct Tries {
    failed: u32,
    /// How calls of this kind went for everybody when this one first failed.
    since: Option<Flow>,
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
    flows: Flows,
    /// Counts up when calls get through again after a while of nothing but failures.
    back: watch::Sender<u64>,
    row: Mutex<(String, u32)>,
    /// Why calls wait just now, for the progress line.
    waiting_for: Mutex<Option<Why>>,
    /// How many people wait for Okta to find what was made a moment ago.
    settling: AtomicUsize,
    dice: RandomState,
    thrown: AtomicU64,
}

impl Ask {
    pub(in crate::migration) fn new(client: Client, control: Control, stop: CancellationToken) -> Self {
        Self {
            client,
            control,
            stop,
            flows: Flows::default(),
            back: watch::Sender::new(0),
            row: Mutex::default(),
            waiting_for: Mutex::default(),
            settling: AtomicUsize::new(0),
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
        self.call_as(request, tries, |reply| Some(Box::new(reply.clone()))).await
    }

    /// The same, for an answer in a certain form: one that `read` can't make out is no answer.
    pub(in crate::migration) async fn call_as<T>(
        &self,
        request: &Request,
        tries: &mut Tries,
        read: impl Fn(&Reply) -> Option<T>,
    ) -> Got<T> {
        loop {
            let Some(permit) = self.turn(request.bucket).await else { return Got::Stopped };
            tries.sent = self.control.resumes();
            // Once it is on its way it is never cut off: its fate must be known.
            let answer = self.client.send(permit, request).await;
            let verdict = match judge(request.call, &answer) {
                Verdict::Done => match answer.as_ref().ok().and_then(&read) {
                    Some(done) => {
                        self.got_through(request.call);
                        return Got::Done(done);
                    }
                    None => unreadable(request.call),
                },
                other => other,
            };
            if !matches!(verdict, Verdict::Retry { .. } | Verdict::AskFirst { .. } | Verdict::Pause { .. }) {
                self.set_waiting(None);
                // A create that is refused says nothing of whether creates get through.
                if request.call != Call::Create {
                    self.got_through(request.call);
                }
            }
            match verdict {
                Verdict::Missing => return Got::Missing,
                // Told above from what can't be read.
                Verdict::Done => return Got::Unsure(Why::Unreadable),
                Verdict::Taken(refusal) => return Got::Taken(refusal),
                Verdict::ThisPerson(refusal) => {
                    // A refused question tells nothing of the next person: it is asked in another way.
                    if refusal.known || request.call == Call::Read || !self.same_again(&refusal) {
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
                    if let Some(end) = self.tire(request.call, why, tries) {
                        return Got::GaveUp(end);
                    }
                    // Stopped or not, its fate is unknown: the caller looks it up, or leaves it to the next run.
                    self.rest(Wait::Backoff, why, tries).await;
                    return Got::Unsure(why);
                }
                Verdict::Retry { why, wait } => {
                    if wait == Wait::Backoff
                        && let Some(end) = self.tire(request.call, why, tries)
                    {
                        return Got::GaveUp(end);
                    }
                    let wait = if why == Why::ReadOnly {
                        let calm = self.client.settings().read_only_wait;
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

    /// The same for something that was made or found a moment ago: 404 is only believed once Okta has had time to find it.
    pub(in crate::migration) async fn call_settled(&self, request: &Request, tries: &mut Tries) -> Got {
        let (since, mut asked) = (Instant::now(), 0);
        loop {
            match self.call(request, tries).await {
                Got::Missing if self.settle(since, &mut asked).await => {}
                Got::Missing if self.stop.is_cancelled() => return Got::Stopped,
                end => return end,
            }
        }
    }

    /// A question that is good to have an answer to, but that nothing may wait or stop for: the log, which the token may not be
    /// allowed to see.
    pub(in crate::migration) async fn aside(&self, request: &Request) -> Result<Reply, Silence> {
        for _ in 0..ASIDE_TRIES {
            let Some(permit) = self.turn(request.bucket).await else { break };
            let answer = self.client.send(permit, request).await;
            match (judge(request.call, &answer), answer) {
                (Verdict::Done, Ok(reply)) => return Ok(reply),
                (Verdict::Retry { why, wait }, _) => {
                    if !self.rest(wait, why, &Tries::default()).await {
                        break;
                    }
                }
                (Verdict::Pause { why: PauseReason::Token | PauseReason::OrgOff, .. }, _) => break,
                _ => return Err(Silence::Refused),
            }
        }
        Err(Silence::NotNow)
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

    /// Waits for Okta to find what was made a moment ago: twice as long each time, until it has had long enough since `since`.
    /// False when it has had that, or the run was stopped.
    pub(in crate::migration) async fn settle(&self, since: Instant, asked: &mut u32) -> bool {
        // Once, twice and four times: seven times in all.
        let settle = self.client.settings().settle;
        let left = (since + settle * 7).saturating_duration_since(Instant::now());
        if left.is_zero() || self.stop.is_cancelled() {
            return false;
        }
        let wait = (settle * 2_u32.pow((*asked).min(2))).min(left);
        *asked += 1;
        self.settling.fetch_add(1, Ordering::Relaxed);
        let waited = tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        };
        self.settling.fetch_sub(1, Ordering::Relaxed);
        waited
    }

    /// How many people wait for that just now: they keep nobody from being sent.
    pub(in crate::migration) fn settling(&self) -> usize {
        self.settling.load(Ordering::Relaxed)
    }

    /// A call of this kind was answered as it should be.
    fn got_through(&self, call: Call) {
        self.set_waiting(None);
        if call != Call::Read {
            self.client.pace().release_writes();
        }
        if self.flows.through(call) {
            self.back.send_modify(|times| *times += 1);
        }
    }

    /// Counts a failed try. Why there is no sense in trying on, if there is none.
    fn tire(&self, call: Call, why: Why, tries: &mut Tries) -> Option<Why> {
        tries.failed += 1;
        let now = Instant::now();
        let flow = self.flows.failed(call, why, now);
        let since = *tries.since.get_or_insert(flow.before());
        let reason = match why {
            Why::NotOkta => Some(PauseReason::NotOkta),
            Why::Unreadable => Some(PauseReason::Unreadable),
            Why::Server | Why::Broken | Why::TimedOut => Some(PauseReason::Failing),
            _ => None,
        };
        let strange = matches!(why, Why::NotOkta | Why::Unreadable);
        // Something in between, or Okta as a whole: nobody is to fail for it.
        let for_all = self.patience(why).is_some_and(|outage| self.flows.down(call, outage, now));
        if let Some(reason) = reason
            && (for_all || strange && tries.failed >= TRIES)
        {
            self.control.hold(tries.sent, Pause { reason: Some(reason), words: why.words().to_owned() });
            self.flows.forget(call);
            *tries = Tries { patient: tries.patient, ..Tries::default() };
            return None;
        }
        // As long as most others fail too it is not about this one.
        let about_this_one = tries.failed >= TRIES && flow.mostly_through(since, tries.failed);
        (about_this_one && !tries.patient && !strange && why != Why::NoConnection).then_some(why)
    }

    /// How long nothing but such failures may come back before the run pauses and asks. `None`: it waits.
    fn patience(&self, why: Why) -> Option<Duration> {
        let outage = self.client.settings().outage;
        match why {
            Why::NotOkta | Why::Unreadable => Some(outage / 3),
            Why::Server | Why::Broken | Why::TimedOut => Some(outage),
            Why::Limit
            | Why::Concurrency
            | Why::Mail
            | Why::ReadOnly
            | Why::StillBusy
            | Why::NoConnection => None,
        }
    }

    /// What does not get through just now, for whoever watches.
    pub(in crate::migration) fn trouble(&self) -> Option<Trouble> {
        self.flows.trouble(Instant::now(), |why| self.patience(why))
    }

    /// Waits before the next try. False when the run was stopped meanwhile.
    async fn rest(&self, wait: Wait, why: Why, tries: &Tries) -> bool {
        let seconds = match wait {
            Wait::Pace => return !self.stop.is_cancelled(),
            #[expect(clippy::cast_precision_loss, reason = "seconds")]
            Wait::Seconds(seconds) => seconds as f64,
            Wait::Backoff => backoff(tries.failed, self.luck()),
        };
        self.set_waiting(Some(why));
        let mut back = self.back.subscribe();
        tokio::select! {
            () = self.stop.cancelled() => return false,
            () = tokio::time::sleep(Duration::from_secs_f64(seconds)) => return true,
            // Others get through again: no need to sit it out. Not all at once.
            _ = back.changed() => {}
        }
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(Duration::from_secs_f64(seconds.min(1.0) * self.luck())) => true,
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

/// How long to wait after so many failures, in seconds. `luck`, in 0..1, keeps many from trying at the same moment.
fn backoff(failed: u32, luck: f64) -> f64 {
    let steps = failed.clamp(1, 10) - 1;
    (0.5 * f64::from(2_u32.pow(steps))).min(LONGEST_WAIT) * (0.5 + luck)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::okta::ClientSettings;

    #[test]
    fn nobody_sits_out_a_minute_when_the_line_is_back() {
        let longest = |failed| backoff(failed, 1.0);
        assert!((longest(1) - 0.75).abs() < 1e-9 && (backoff(1, 0.0) - 0.25).abs() < 1e-9);
        for failed in 1..100 {
            assert!(longest(failed) <= 15.0, "{failed}");
            assert!(longest(failed + 1) >= longest(failed));
        }
        let settings = ClientSettings::default();
        assert!(
            settings.read_only_wait <= Duration::from_secs(30),
            "asked about sooner than every two minutes"
        );
        assert_eq!(settings.settle, Duration::from_secs(2));
    }

    #[tokio::test]
    async fn whoever_waits_is_told_when_others_get_through_again() {
        let client = Client::new(
            crate::okta::OrgUrl::parse("http://127.0.0.1:9").unwrap(),
            &"00abc".into(),
            ClientSettings::default(),
        );
        let ask = Ask::new(client.unwrap(), Control::default(), CancellationToken::new());
        let mut waiter = Tries::default();
        for _ in 0..8 {
            assert_eq!(ask.tire(Call::Create, Why::NoConnection, &mut waiter), None);
        }
        // Up to a quarter of a minute, but for the news.
        let rest = ask.rest(Wait::Backoff, Why::NoConnection, &waiter);
        let news = async {
            tokio::task::yield_now().await;
            ask.got_through(Call::Create);
        };
        let both = async { tokio::join!(rest, news) };
        let (goes_on, ()) = tokio::time::timeout(Duration::from_secs(3), both).await.expect("at once");
        assert!(goes_on);
        assert!(ask.control.paused().is_none(), "no connection is nobody's decision");
    }

    #[tokio::test]
    async fn a_success_of_another_kind_gives_nobody_up() {
        let client = Client::new(
            crate::okta::OrgUrl::parse("http://127.0.0.1:9").unwrap(),
            &"00abc".into(),
            ClientSettings::default(),
        );
        let ask = Ask::new(client.unwrap(), Control::default(), CancellationToken::new());
        let mut tries = Tries::default();
        for _ in 0..20 {
            assert_eq!(ask.tire(Call::Create, Why::Server, &mut tries), None);
            ask.got_through(Call::Read);
        }
        ask.got_through(Call::Create);
        assert_eq!(
            ask.tire(Call::Create, Why::Server, &mut tries),
            Some(Why::Server),
            "it is about this one"
        );
    }
}
