//! Okta's second try of one sign-in: recognised, waited for, and answered as the first (okta-api.md 4.4).
//!
//! A try is the same when the event, the login and the password are; so an event id sent again with another password gets
//! nobody in. Only a keyed digest of the three is kept.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::sync::watch;

use super::check::Judgement;
use super::error::HookError;
use super::payload::Call;

/// Okta asks again within seconds.
const KEEP: Duration = Duration::from_mins(2);
/// Remembered at most: some 2 MB.
const MOST: usize = 10_000;

type Key = [u8; 32];

/// What a first try came to: `None` while it runs.
pub(super) type Coming = watch::Receiver<Option<Judgement>>;

/// What to do with a call.
pub(super) enum Try {
    /// It is the first: judge it and tell here. Told nothing (dropped), the waiting are told it broke.
    First(watch::Sender<Option<Judgement>>, Key),
    /// It was made before: this is what it came or comes to.
    Again(Coming),
}

/// The tries of the last two minutes.
pub(super) struct Retries {
    keyed: Hmac<Sha256>,
    known: HashMap<Key, Coming>,
    order: VecDeque<(Instant, Key)>,
}

impl Retries {
    pub(super) fn new() -> Result<Self, HookError> {
        let mut key = [0_u8; 64];
        getrandom::fill(&mut key).map_err(|error| HookError::System(error.to_string()))?;
        Ok(Self { keyed: Hmac::new(&key.into()), known: HashMap::new(), order: VecDeque::new() })
    }

    fn key(&self, event: &str, call: &Call) -> Key {
        let mut mac = self.keyed.clone();
        for part in [event, call.login.as_str(), call.password.as_str()] {
            mac.update(&part.len().to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether this call was made before. `None` for a call without an event id: each is its own.
    pub(super) fn begin(&mut self, call: &Call, now: Instant) -> Option<Try> {
        let key = self.key(call.event.as_deref()?, call);
        while let Some((at, oldest)) = self.order.front()
            && (self.order.len() >= MOST || now.saturating_duration_since(*at) > KEEP)
        {
            self.known.remove(oldest);
            self.order.pop_front();
        }
        if let Some(coming) = self.known.get(&key) {
            return Some(Try::Again(coming.clone()));
        }
        let (sender, coming) = watch::channel(None);
        self.known.insert(key, coming);
        self.order.push_back((now, key));
        Some(Try::First(sender, key))
    }

    /// Nothing came of it: the next try is a first one again.
    pub(super) fn forget(&mut self, key: &Key) {
        if self.known.remove(key).is_some() {
            self.order.retain(|(_, other)| other != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::model::{HookAnswer, HookReason};

    fn call(event: &str, password: &str) -> Call {
        Call {
            event: Some(event.to_owned()),
            request: None,
            address: None,
            login: "a@b".into(),
            password: Zeroizing::new(password.to_owned()),
        }
    }

    fn first(tried: Option<Try>) -> (watch::Sender<Option<Judgement>>, Key) {
        match tried {
            Some(Try::First(sender, key)) => (sender, key),
            _ => panic!("not the first"),
        }
    }

    #[test]
    fn the_second_gets_what_the_first_came_to() {
        let mut retries = Retries::new().unwrap();
        let now = Instant::now();
        let (sender, _) = first(retries.begin(&call("e", "p"), now));
        let Some(Try::Again(coming)) = retries.begin(&call("e", "p"), now) else { panic!() };
        assert!(coming.borrow().is_none());
        let told = Judgement::bare(HookAnswer::Verified, HookReason::Right);
        sender.send_replace(Some(told.clone()));
        assert_eq!(*coming.borrow(), Some(told));
    }

    #[test]
    fn another_password_or_event_is_another_try_and_time_passes() {
        let mut retries = Retries::new().unwrap();
        let now = Instant::now();
        let (_one, key) = first(retries.begin(&call("e", "p"), now));
        first(retries.begin(&call("e", "q"), now));
        first(retries.begin(&call("f", "p"), now));
        assert!(retries.begin(&Call { event: None, ..call("", "p") }, now).is_none());
        retries.forget(&key);
        first(retries.begin(&call("e", "p"), now));
        first(retries.begin(&call("e", "p"), now + KEEP + Duration::from_secs(1)));
    }

    #[test]
    fn memory_is_bounded() {
        let mut retries = Retries::new().unwrap();
        let now = Instant::now();
        for n in 0..MOST + 50 {
            first(retries.begin(&call(&n.to_string(), "p"), now));
        }
        assert_eq!((retries.known.len(), retries.order.len()), (MOST, MOST));
    }
}
