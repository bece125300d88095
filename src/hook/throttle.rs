//! Tries counted and slowed: by login and address, by address, and last by login. Pure: time comes from outside.
//!
//! Okta has its own lock-out; this keeps someone who guesses from using up the cores, and from guessing faster here than there,
//! without keeping out whoever's password is being guessed. Okta says where a sign-in comes from (okta-api.md 4.2):
//!
//! - **One address at one login**: some wrong tries are free, then each one doubles a pause, up to a few seconds.
//! - **One address at many logins** has a number of wrong tries that refills slowly; each right password gives some back, so an office
//!   behind one address, where a few mistype, is never slowed.
//! - **One login from many addresses**, the last resort, has a number of tries too. The more often an address was wrong for it, the
//!   more of them it leaves for others, the person themself among them. The last ones are left for addresses where someone gave a right
//!   password lately, for whatever login: an office, a home. So whoever guesses from a new address each time keeps nobody out there.
//!
//! What stays: someone who signs in for the first time, from an address where nobody has yet, while their login is guessed from a new
//! address with each try. They look like one more of those addresses, and share with them the tries of which there may be no more than 30
//! in 20 seconds, whoever's they are: some three of seven of their right passwords are looked at. Nothing that Okta sends tells them
//! apart, and more tries for all would be more for whoever guesses.
//!
//! What Okta gives no address for comes from one place more, which nobody is told apart in: its pauses are shorter.
//!
//! A try is counted as wrong when it is let through, and taken back when it was none: many at once are no way around. Where a number is
//! used up by tries that are under way, the next one waits for how they end; where by wrong ones, it is not looked at, and lengthens no
//! pause.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use crate::model::Place;

#[cfg(test)]
mod tests;

/// So many wrong passwords of one address at one login are nobody's business.
const FREE: u32 = 5;
/// The first pause; each further wrong password doubles it …
const FIRST: Duration = Duration::from_secs(1);
/// … up to this: whoever shares the guesser's address waits no longer when the guessing has ended.
const LONGEST: Duration = Duration::from_secs(5);
/// The same where Okta does not say the address: a pause there is everybody's.
const LONGEST_NOWHERE: Duration = Duration::from_secs(2);
/// After so long without a wrong password a count starts anew, and a tank is full.
const FORGET: Duration = Duration::from_mins(15);
/// Entries remembered at most in each table: some 4 MB.
const MOST: usize = 50_000;

/// Wrong tries of one login from everywhere: nine at once, then one a second. So 29 in twenty seconds.
const LOGIN: Tank = Tank { room: 9.0, each_second: 1.0 };
/// Of a login's tries, those that addresses which were wrong as often or more leave for others.
const LEFT_FOR_OTHERS: u32 = 4;
/// Of a login's tries, those that are left for addresses where a password was right lately.
const LEFT_FOR_KNOWN: u32 = 2;
/// So long an address is known by a right password.
const KNOWN_FOR: Duration = Duration::from_hours(12);
/// Wrong tries of one address at all logins: 29 in twenty seconds.
const ADDRESS: Tank = Tank { room: 19.0, each_second: 0.5 };
/// What a right password gives its address beyond its own try: one wrong one for every two right ones is nothing.
const EARNED: f64 = 0.5;

/// How much there is, and how fast it refills.
#[derive(Debug, Clone, Copy)]
struct Tank {
    room: f64,
    each_second: f64,
}

/// What is left of it. Tries under way are taken out already.
#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    at: Instant,
    under_way: u32,
}

impl Tank {
    fn now(self, level: Option<&Level>, now: Instant) -> f64 {
        level.map_or(self.room, |level| {
            let passed = now.saturating_duration_since(level.at).as_secs_f64();
            (level.left + passed * self.each_second).min(self.room)
        })
    }

    /// Whether there is one more, beyond those that are kept.
    fn gives(self, level: Option<&Level>, kept: u32, now: Instant) -> Given {
        match level {
            _ if self.now(level, now) - f64::from(kept) >= 1.0 => Given::Yes,
            Some(level) if level.under_way > 0 => Given::Later,
            _ => Given::No,
        }
    }

    /// Changes what is left by so much, and the tries under way.
    fn change(self, levels: &mut HashMap<u64, Level>, key: u64, by: f64, under_way: i32, now: Instant) {
        let left = (self.now(levels.get(&key), now) + by).min(self.room);
        let running = levels.get(&key).map_or(0, |level| level.under_way);
        let level = Level { left, at: now, under_way: running.saturating_add_signed(under_way) };
        if level.under_way == 0 && level.left >= self.room {
            levels.remove(&key);
        } else {
            levels.insert(key, level);
        }
    }
}

/// Whether a try is looked at.
#[derive(Debug)]
pub(super) enum Admission {
    /// Yes.
    Admitted(Admitted),
    /// Too many wrong ones came before.
    Slowed,
    /// Too many are under way; whether they are right is not known yet. To be asked again when one has ended.
    Busy,
}

/// The parts an [`Admission`] is made of, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Yes,
    Later,
    No,
}

/// Tries of one place at one login.
#[derive(Debug, Clone, Copy)]
struct Tries {
    wrong: u32,
    last: Instant,
    under_way: u32,
}

impl Tries {
    fn none(now: Instant) -> Self {
        Self { wrong: 0, last: now, under_way: 0 }
    }

    /// How many were wrong; after a quiet time none.
    fn wrong(self, now: Instant) -> u32 {
        if now.saturating_duration_since(self.last) > FORGET { 0 } else { self.wrong }
    }

    fn pause(self, longest: Duration, now: Instant) -> Duration {
        match self.wrong(now).checked_sub(FREE) {
            None => Duration::ZERO,
            Some(over) => FIRST.saturating_mul(1 << over.min(16)).min(longest),
        }
    }

    fn gives(self, longest: Duration, now: Instant) -> Given {
        let wrong = self.wrong(now);
        let at_once = FREE.saturating_sub(wrong).max(1);
        if now.saturating_duration_since(self.last) < self.pause(longest, now) {
            Given::No
        } else if self.under_way >= at_once {
            Given::Later
        } else {
            Given::Yes
        }
    }
}

/// A try that was let through. To be ended with [`Throttle::right`], [`Throttle::wrong`] or [`Throttle::unknown`].
#[derive(Debug)]
pub(super) struct Admitted {
    login: u64,
    pair: u64,
    place: u64,
    /// Whether Okta said from where.
    somewhere: bool,
}

/// Tries by login and address. Both are kept as keyed hashes.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    pairs: HashMap<u64, Tries>,
    places: HashMap<u64, Level>,
    logins: HashMap<u64, Level>,
    /// Where a password was right, and when last.
    known: HashMap<u64, Instant>,
    keyed: RandomState,
}

impl Throttle {
    /// Lets a try for this (folded) login from there through, or not: then it is not looked at. `None`: Okta did not say from where.
    pub(super) fn admit(&mut self, login: &str, place: Option<Place>, now: Instant) -> Admission {
        let pair = self.keyed.hash_one((login, place));
        let from = self.keyed.hash_one(place);
        let login = self.keyed.hash_one(login);
        let longest = if place.is_some() { LONGEST } else { LONGEST_NOWHERE };
        let tried = self.pairs.get(&pair).copied().unwrap_or(Tries::none(now));
        let lately = |at: &Instant| now.saturating_duration_since(*at) <= KNOWN_FOR;
        let known = place.is_some() && self.known.get(&from).is_some_and(lately);
        let kept = (tried.wrong(now) + tried.under_way).min(LEFT_FOR_OTHERS).max(if known {
            0
        } else {
            LEFT_FOR_KNOWN
        });
        let given = tried
            .gives(longest, now)
            .max(ADDRESS.gives(self.places.get(&from), 0, now))
            .max(LOGIN.gives(self.logins.get(&login), kept, now));
        match given {
            Given::No => return Admission::Slowed,
            Given::Later => return Admission::Busy,
            Given::Yes => {}
        }
        self.make_room(now);
        self.pairs.entry(pair).or_insert(tried).under_way += 1;
        LOGIN.change(&mut self.logins, login, -1.0, 1, now);
        ADDRESS.change(&mut self.places, from, -1.0, 1, now);
        Admission::Admitted(Admitted { login, pair, place: from, somewhere: place.is_some() })
    }

    /// The password was wrong.
    pub(super) fn wrong(&mut self, admitted: &Admitted, now: Instant) {
        let tries = self.pairs.entry(admitted.pair).or_insert(Tries::none(now));
        *tries = Tries {
            wrong: tries.wrong(now).saturating_add(1),
            last: now,
            under_way: tries.under_way.saturating_sub(1),
        };
        self.end(admitted, 0.0, 0.0, now);
    }

    /// The password was right: this address begins anew at this login. What is left for the login stays as it is, or someone who
    /// guesses beside it would begin anew too.
    pub(super) fn right(&mut self, admitted: &Admitted, now: Instant) {
        if let Some(tries) = self.pairs.get_mut(&admitted.pair) {
            tries.wrong = 0;
        }
        if admitted.somewhere {
            if self.known.len() >= MOST {
                let since = |at: &Instant| now.saturating_duration_since(*at);
                self.known.retain(|_, at| since(at) <= KNOWN_FOR);
                if self.known.len() > MOST / 2 {
                    self.known.retain(|_, at| since(at) <= FORGET);
                }
                if self.known.len() > MOST / 2 {
                    self.known.clear();
                }
            }
            self.known.insert(admitted.place, now);
        }
        self.leave(admitted);
        self.end(admitted, 1.0, 1.0 + EARNED, now);
    }

    /// The password could not be checked: nothing was tried.
    pub(super) fn unknown(&mut self, admitted: &Admitted, now: Instant) {
        self.leave(admitted);
        self.end(admitted, 1.0, 1.0, now);
    }

    fn leave(&mut self, admitted: &Admitted) {
        if let Some(tries) = self.pairs.get_mut(&admitted.pair) {
            tries.under_way = tries.under_way.saturating_sub(1);
            if tries.under_way == 0 && tries.wrong == 0 {
                self.pairs.remove(&admitted.pair);
            }
        }
    }

    fn end(&mut self, admitted: &Admitted, login: f64, place: f64, now: Instant) {
        LOGIN.change(&mut self.logins, admitted.login, login, -1, now);
        ADDRESS.change(&mut self.places, admitted.place, place, -1, now);
    }

    /// In a full table the forgotten go; if that is not enough, those who are not slowed right now; then all but those under way.
    fn make_room(&mut self, now: Instant) {
        if self.pairs.len() >= MOST {
            let since = |tries: &Tries| now.saturating_duration_since(tries.last);
            self.pairs.retain(|_, tries| tries.under_way > 0 || since(tries) <= FORGET);
            if self.pairs.len() > MOST / 2 {
                self.pairs.retain(|_, tries| tries.under_way > 0 || tries.wrong >= FREE);
            }
            if self.pairs.len() > MOST / 2 {
                self.pairs.retain(|_, tries| tries.under_way > 0 || since(tries) < tries.pause(LONGEST, now));
            }
            if self.pairs.len() > MOST / 2 {
                self.pairs.retain(|_, tries| tries.under_way > 0);
            }
        }
        let kept = f64::from(LEFT_FOR_OTHERS);
        for (levels, tank) in [(&mut self.places, ADDRESS), (&mut self.logins, LOGIN)] {
            if levels.len() >= MOST {
                let known = |level: &Level| tank.now(Some(level), now);
                levels.retain(|_, level| level.under_way > 0 || known(level) < tank.room);
                if levels.len() > MOST / 2 {
                    levels.retain(|_, level| level.under_way > 0 || known(level) < 1.0 + kept);
                }
                if levels.len() > MOST / 2 {
                    levels.retain(|_, level| level.under_way > 0);
                }
            }
        }
    }
}
