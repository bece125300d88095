//! Wrong passwords counted by login, and the next tries slowed. Pure: time comes from outside.
//!
//! Okta has its own lock-out; this keeps someone who guesses from using up the cores, and from guessing faster here than
//! there. A slowed try is not looked at, and does not lengthen the pause: whoever knows the password gets in when it is over.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

/// So many wrong passwords in a row are nobody's business.
const FREE: u32 = 5;
/// The first pause; each further wrong password doubles it …
const FIRST: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST: Duration = Duration::from_mins(1);
/// After so long without a wrong password the count starts anew.
const FORGET: Duration = Duration::from_mins(15);
/// Logins remembered at most: some 4 MB.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    wrong: u32,
    last: Instant,
}

impl Tries {
    fn pause(self) -> Duration {
        match self.wrong.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => FIRST.saturating_mul(1 << over.min(16)).min(LONGEST),
        }
    }
}

/// Wrong passwords by login. Logins are kept as keyed hashes.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    tries: HashMap<u64, Tries>,
    keyed: RandomState,
}

impl Throttle {
    /// Whether a try for this (folded) login must wait.
    pub(super) fn slowed(&self, login: &str, now: Instant) -> bool {
        let tries = self.tries.get(&self.keyed.hash_one(login));
        tries.is_some_and(|tries| now.saturating_duration_since(tries.last) < tries.pause())
    }

    /// A password was wrong.
    pub(super) fn wrong(&mut self, login: &str, now: Instant) {
        let key = self.keyed.hash_one(login);
        if self.tries.len() >= MOST && !self.tries.contains_key(&key) {
            self.make_room(now);
        }
        let tries = self.tries.entry(key).or_insert(Tries { wrong: 0, last: now });
        if now.saturating_duration_since(tries.last) > FORGET {
            tries.wrong = 0;
        }
        tries.wrong = tries.wrong.saturating_add(1);
        tries.last = now;
    }

    /// A password was right: the count is over.
    pub(super) fn right(&mut self, login: &str) {
        self.tries.remove(&self.keyed.hash_one(login));
    }

    /// The forgotten go; if that is not enough, those not yet slowed; then all but those slowed right now, then all.
    fn make_room(&mut self, now: Instant) {
        let since = |tries: &Tries| now.saturating_duration_since(tries.last);
        self.tries.retain(|_, tries| since(tries) <= FORGET);
        if self.tries.len() > MOST / 2 {
            self.tries.retain(|_, tries| tries.wrong >= FREE);
        }
        if self.tries.len() > MOST / 2 {
            self.tries.retain(|_, tries| since(tries) < tries.pause());
        }
        if self.tries.len() > MOST / 2 {
            self.tries.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_are_free_then_pauses_double_and_end() {
        let mut throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..FREE - 1 {
            throttle.wrong("a", start);
            assert!(!throttle.slowed("a", start));
        }
        throttle.wrong("a", start);
        assert!(throttle.slowed("a", start));
        assert!(!throttle.slowed("b", start), "others are not slowed");
        assert!(!throttle.slowed("a", start + FIRST));
        let later = start + FIRST;
        throttle.wrong("a", later);
        assert!(throttle.slowed("a", later + FIRST));
        assert!(!throttle.slowed("a", later + FIRST * 2));
        for _ in 0..100 {
            throttle.wrong("a", later);
        }
        assert!(throttle.slowed("a", later + LONGEST.saturating_sub(Duration::from_millis(1))));
        assert!(!throttle.slowed("a", later + LONGEST));
    }

    #[test]
    fn a_right_password_and_a_quiet_time_start_anew() {
        let mut throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..9 {
            throttle.wrong("a", start);
            throttle.wrong("b", start);
        }
        throttle.right("a");
        assert!(!throttle.slowed("a", start));
        let later = start + FORGET + Duration::from_secs(1);
        throttle.wrong("b", later);
        assert!(!throttle.slowed("b", later));
    }

    #[test]
    fn memory_is_bounded_and_the_slowed_are_kept() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        for _ in 0..20 {
            throttle.wrong("attacked", now);
        }
        for n in 0..MOST * 2 {
            throttle.wrong(&n.to_string(), now);
        }
        assert!(throttle.tries.len() <= MOST);
        assert!(throttle.slowed("attacked", now));
    }
}
