//! Whether a password is a person's: who it is, what it is checked against, and the check.
//!
//! Everyone who can't be let in is answered like a wrong password, and as late: the password typed is checked against the
//! stored password of someone with the commonest scheme, and the outcome thrown away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::backend::{Found, Guarded, Unanswered};
use super::pool::{Kind, Pool};
use super::throttle::{Admission, Admitted, Throttle};
use crate::assess::fold_login;
use crate::model::{HookAnswer, HookReason, PasswordSettings, Place, StoredPassword};
use crate::password::{Reading, limits, read};

/// What is checked against while no example is known: bcrypt at its usual cost, of a password nobody knows.
const STAND_IN: &str = "$2a$10$abcdefghijklmnopqrstuuIb0nnDRaqX22QKSJ2UJu0dCiOZ3uG0C";

/// How often the example is looked for anew: a column changes slowly.
const LOOK_AGAIN: Duration = Duration::from_mins(10);
/// While there is none.
const LOOK_SOON: Duration = Duration::from_secs(5);

/// What a sign-in came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) answer: HookAnswer,
    pub(super) reason: HookReason,
    pub(super) person: Option<u32>,
    pub(super) scheme: Option<String>,
}

impl Judgement {
    pub(super) fn bare(answer: HookAnswer, reason: HookReason) -> Self {
        Self { answer, reason, person: None, scheme: None }
    }
}

/// A try that was let through, until it is known what it came to.
struct Trying<'a> {
    checker: &'a Checker,
    admitted: Option<Admitted>,
}

impl Trying<'_> {
    fn end(mut self, answer: HookAnswer) {
        self.tell(answer);
    }

    fn tell(&mut self, answer: HookAnswer) {
        let Some(admitted) = self.admitted.take() else { return };
        let now = Instant::now();
        let mut throttle = self.checker.throttle();
        match answer {
            HookAnswer::Verified => throttle.right(&admitted, now),
            HookAnswer::Unverified => throttle.wrong(&admitted, now),
            HookAnswer::Unavailable | HookAnswer::Refused => throttle.unknown(&admitted, now),
        }
        drop(throttle);
        self.checker.ended.notify_waiters();
    }
}

impl Drop for Trying<'_> {
    /// Given up half way, nothing is known.
    fn drop(&mut self) {
        self.tell(HookAnswer::Unavailable);
    }
}

/// Judges sign-ins.
pub(super) struct Checker {
    backend: Arc<Guarded>,
    pool: Pool,
    throttle: Mutex<Throttle>,
    /// Rung when a try has ended: others may have waited for what it came to.
    ended: Notify,
    /// How long they wait.
    patience: Duration,
    settings: PasswordSettings,
    example: ArcSwapOption<StoredPassword>,
}

impl Checker {
    /// `patience`: how long a sign-in waits for others of its login or address that are under way.
    pub(super) fn new(
        backend: Arc<Guarded>,
        pool: Pool,
        settings: PasswordSettings,
        patience: Duration,
    ) -> Self {
        Self {
            backend,
            pool,
            throttle: Mutex::new(Throttle::default()),
            ended: Notify::new(),
            patience,
            settings,
            example: ArcSwapOption::empty(),
        }
    }

    /// Looks who is in, and for the commonest kind of stored password, again and again until stopped.
    pub(super) async fn keep_example(&self, stop: CancellationToken) {
        self.backend.first().await;
        loop {
            let found = self.backend.example().await;
            let wait = match found {
                Ok(found) => {
                    let wait = if found.is_some() { LOOK_AGAIN } else { LOOK_SOON };
                    self.example.store(found.map(Arc::new));
                    wait
                }
                Err(_) => LOOK_SOON,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// How soon a refusal may be told, by the least time and the slowest kind of check there is.
    pub(super) fn floor(&self, least: Duration) -> Duration {
        floor(least, self.pool.slowest())
    }

    /// Sign-ins that are being hashed or wait for it.
    pub(super) fn busy(&self) -> usize {
        self.pool.busy()
    }

    /// Judges one sign-in. Never later than `deadline` by more than the hash that was begun before it.
    pub(super) async fn judge(
        &self,
        login: &str,
        address: Option<&str>,
        password: Zeroizing<String>,
        deadline: Instant,
    ) -> Judgement {
        use HookAnswer::{Unavailable, Unverified};
        if password.is_empty() {
            return Judgement::bare(Unverified, HookReason::Empty);
        }
        if password.len() > limits::PASSWORD_BYTES {
            return Judgement::bare(Unverified, HookReason::TooLong);
        }
        let folded = fold_login(login);
        let place = address.and_then(Place::of);
        let trying = match self.admitted(&folded, place, deadline).await {
            Ok(trying) => trying,
            Err(judgement) => return judgement,
        };
        let judgement = match self.backend.find(login).await {
            Ok(found) => self.hash(found, password, deadline).await,
            Err(Unanswered::Down) => Judgement::bare(Unavailable, HookReason::SourceDown),
            Err(Unanswered::Busy) => Judgement::bare(Unavailable, HookReason::Busy),
        };
        trying.end(judgement.answer);
        judgement
    }

    /// Lets a try through, once those under way before it have ended if they use up what there is.
    async fn admitted(
        &self,
        login: &str,
        place: Option<Place>,
        deadline: Instant,
    ) -> Result<Trying<'_>, Judgement> {
        let until = (Instant::now() + self.patience).min(deadline);
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            // From here on an end is not missed.
            ended.as_mut().enable();
            let admission = self.throttle().admit(login, place, Instant::now());
            match admission {
                Admission::Admitted(admitted) => {
                    return Ok(Trying { checker: self, admitted: Some(admitted) });
                }
                Admission::Slowed => {
                    return Err(Judgement::bare(HookAnswer::Unverified, HookReason::Slowed));
                }
                Admission::Busy => {
                    if tokio::time::timeout_at(until.into(), ended).await.is_err() {
                        return Err(Judgement::bare(HookAnswer::Unavailable, HookReason::Busy));
                    }
                }
            }
        }
    }

    fn throttle(&self) -> std::sync::MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn hash(&self, found: Found, password: Zeroizing<String>, deadline: Instant) -> Judgement {
        use HookAnswer::{Unavailable, Unverified, Verified};
        let (person, against) = match found {
            Found::Check { person, stored } => {
                let reading = read(&stored, &self.settings);
                match usable(&reading) {
                    Ok(()) => (person, Ok(reading)),
                    Err(why) => (person, Err(why)),
                }
            }
            Found::Nobody { person, why } => (person, Err(why)),
        };
        let scheme = against.as_ref().ok().map(|reading| reading.label().into_owned());
        let told = |answer, reason| Judgement { answer, reason, person, scheme: scheme.clone() };
        let (reading, why) = match against {
            Ok(reading) => (reading, None),
            Err(why) => (self.stand_in(), Some(why)),
        };
        let kind = Kind { name: reading.label().into_owned(), memory: reading.memory() };
        let work = move || reading.verify(password.as_bytes());
        let Ok(coming) = self.pool.submit(kind, deadline, work) else {
            return told(Unavailable, HookReason::Busy);
        };
        let Ok(verified) = coming.await else {
            let late = Instant::now() >= deadline;
            return told(Unavailable, if late { HookReason::Late } else { HookReason::Broken });
        };
        match (why, verified) {
            (Some(why), _) => told(Unverified, why),
            (None, Ok(Some(true))) => told(Verified, HookReason::Right),
            (None, Ok(Some(false))) => told(Unverified, HookReason::Wrong),
            (None, Ok(None) | Err(_)) => told(Unverified, HookReason::NotCheckable),
        }
    }

    /// Something to check against for nobody.
    fn stand_in(&self) -> Reading {
        let example = self.example.load();
        let reading = example.as_deref().map(|stored| read(stored, &self.settings));
        match reading {
            Some(reading) if usable(&reading).is_ok() => reading,
            _ => read(
                &StoredPassword { text: STAND_IN.into(), ..StoredPassword::default() },
                &PasswordSettings::default(),
            ),
        }
    }
}

/// No refusal waits longer than this for the sake of the slowest scheme: Okta counts calls that hang against the org.
const HIGHEST_FLOOR: Duration = Duration::from_millis(1200);
/// Floors go by steps, so that a little more or less of load moves none.
const FLOOR_STEP: Duration = Duration::from_millis(100);

/// The least time, or longer where some check takes longer; never beyond [`HIGHEST_FLOOR`]. None where there is no least time.
fn floor(least: Duration, slowest: Duration) -> Duration {
    if least.is_zero() {
        return least;
    }
    let above = slowest + slowest / 4;
    let steps = u32::try_from(above.as_millis().div_ceil(FLOOR_STEP.as_millis())).unwrap_or(u32::MAX);
    FLOOR_STEP.saturating_mul(steps).min(HIGHEST_FLOOR).max(least)
}

/// Whether there is something that can be checked.
fn usable(reading: &Reading) -> Result<(), HookReason> {
    match reading {
        Reading::Recognised(parsed) if parsed.checkable().is_ok() => Ok(()),
        Reading::Ambiguous(candidates) if candidates.checkable() => Ok(()),
        Reading::Empty { .. } => Err(HookReason::NoPassword),
        _ => Err(HookReason::NotCheckable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_lies_above_the_slowest_check_and_below_what_okta_waits() {
        let ms = Duration::from_millis;
        assert_eq!(floor(ms(400), ms(1)), ms(400));
        assert_eq!(floor(ms(400), ms(316)), ms(400));
        assert_eq!(floor(ms(400), ms(500)), ms(700));
        assert_eq!(floor(ms(400), ms(5000)), HIGHEST_FLOOR);
        assert_eq!(floor(Duration::ZERO, ms(500)), Duration::ZERO);
        assert!(HIGHEST_FLOOR < crate::hook::Limits::default().deadline);
    }

    #[test]
    fn the_stand_in_is_a_bcrypt_hash_that_is_really_computed() {
        let stored = StoredPassword { text: STAND_IN.into(), ..StoredPassword::default() };
        let reading = read(&stored, &PasswordSettings::default());
        assert_eq!(reading.label(), "bcrypt · 10");
        assert_eq!(reading.verify(b"anything"), Ok(Some(false)));
    }
}
