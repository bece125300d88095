//! Tries counted and slowed: by login and address, by address, and last by login. Pure: time comes from outside.
//!
//! Okta has its own lock-out; this keeps someone who guesses from using up the cores, and from guessing faster here than there,
//! without keeping out whoever's password is being guessed. Okta says where a sign-in comes from (okta-api.md 4.2):
//!
//! - **One address at one login** is slowed as before: some tries are free, then each wrong one doubles a pause.
//! - **One address at many logins** has a number of wrong tries that refills slowly; each right password gives some back, so an office
//!   behind one address, where a few mistype, is never slowed.
//! - **One login from many addresses**, the last resort, has a number of tries too. Addresses that were wrong for it before take only
//!   the upper half: the rest is left for others, the person themself among them.
//!
//! Where Okta does not say the address nobody can be told apart: then only the last one holds, which never closes altogether.
//! Wrong passwords are counted; and so that many tries at once are no way around, only so many are under way at a time. A slowed try is
//! not looked at, and does not lengthen a pause.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// So many wrong passwords of one address at one login are nobody's business.
const FREE: u32 = 5;
/// The first pause; each further wrong password doubles it …
const FIRST: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST: Duration = Duration::from_mins(1);
/// After so long without a wrong password a count starts anew, and a tank is full.
const FORGET: Duration = Duration::from_mins(15);
/// Entries remembered at most in each table: some 4 MB.
const MOST: usize = 50_000;

/// Tries of one login from everywhere: ten at once, then one a second. So thirty in twenty seconds.
const LOGIN: Tank = Tank { room: 10.0, each_second: 1.0 };
/// Of a login's tries, those that addresses which were wrong before leave for others.
const LEFT_FOR_OTHERS: f64 = 5.0;
/// Wrong tries of one address at all logins.
const ADDRESS: Tank = Tank { room: 20.0, each_second: 0.5 };
/// What a right password gives back to its address.
const EARNED: f64 = 5.0;
/// Tries of one login under way at once.
const LOGIN_AT_ONCE: u32 = 20;
/// Tries of one address under way at once.
const ADDRESS_AT_ONCE: u32 = 64;

/// Where a sign-in comes from: an IPv4 address, or an IPv6 network of 64 bits, which one computer has whole (RFC 4291, 2.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place(IpAddr);

impl Place {
    /// Of an address as Okta writes it. `None` where it is none.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('[').trim_end_matches(']');
        let address: IpAddr = text.split('%').next()?.parse().ok()?;
        Some(Self(match address.to_canonical() {
            IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
            four @ IpAddr::V4(_) => four,
        }))
    }
}

/// How much there is, and how fast it refills.
#[derive(Debug, Clone, Copy)]
struct Tank {
    room: f64,
    each_second: f64,
}

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
    /// Too many are under way at once; whether they are right is not known yet.
    Busy,
}

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

/// A try that was let through. To be ended with [`Throttle::right`], [`Throttle::wrong`] or [`Throttle::unknown`].
#[derive(Debug)]
pub(super) struct Admitted {
    login: u64,
    pair: Option<u64>,
    place: Option<u64>,
}

/// Tries by login and address. Both are kept as keyed hashes.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    pairs: HashMap<u64, Tries>,
    places: HashMap<u64, Level>,
    logins: HashMap<u64, Level>,
    keyed: RandomState,
}

impl Throttle {
    /// Lets a try for this (folded) login from there through, or not: then it is not looked at.
    pub(super) fn admit(&mut self, login: &str, place: Option<Place>, now: Instant) -> Admission {
        let pair = place.map(|place| self.keyed.hash_one((login, place)));
        let from = place.map(|place| self.keyed.hash_one(place));
        let login = self.keyed.hash_one(login);
        let tried = pair.and_then(|pair| self.pairs.get(&pair)).copied();
        let reserved = if tried.is_some() { LEFT_FOR_OTHERS } else { 0.0 };
        if tried.is_some_and(|tries| now.saturating_duration_since(tries.last) < tries.pause())
            || from.is_some_and(|from| ADDRESS.now(self.places.get(&from), now) < 1.0)
            || LOGIN.now(self.logins.get(&login), now) - reserved < 1.0
        {
            return Admission::Slowed;
        }
        let under_way = |level: Option<&Level>| level.map_or(0, |level| level.under_way);
        if under_way(self.logins.get(&login)) >= LOGIN_AT_ONCE
            || from.is_some_and(|from| under_way(self.places.get(&from)) >= ADDRESS_AT_ONCE)
        {
            return Admission::Busy;
        }
        self.make_room(now);
        LOGIN.change(&mut self.logins, login, 0.0, 1, now);
        if let Some(from) = from {
            ADDRESS.change(&mut self.places, from, 0.0, 1, now);
        }
        Admission::Admitted(Admitted { login, pair, place: from })
    }

    /// The password was wrong.
    pub(super) fn wrong(&mut self, admitted: &Admitted, now: Instant) {
        if let Some(pair) = admitted.pair {
            let tries = self.pairs.entry(pair).or_insert(Tries { wrong: 0, last: now });
            if now.saturating_duration_since(tries.last) > FORGET {
                tries.wrong = 0;
            }
            *tries = Tries { wrong: tries.wrong.saturating_add(1), last: now };
        }
        self.end(admitted, -1.0, -1.0, now);
    }

    /// The password was right: this address and this login begin anew.
    pub(super) fn right(&mut self, admitted: &Admitted, now: Instant) {
        if let Some(pair) = admitted.pair {
            self.pairs.remove(&pair);
        }
        self.end(admitted, LOGIN.room * 4.0, EARNED, now);
    }

    /// The password could not be checked: nothing was tried.
    pub(super) fn unknown(&mut self, admitted: &Admitted, now: Instant) {
        self.end(admitted, 0.0, 0.0, now);
    }

    fn end(&mut self, admitted: &Admitted, login: f64, place: f64, now: Instant) {
        LOGIN.change(&mut self.logins, admitted.login, login, -1, now);
        if let Some(from) = admitted.place {
            ADDRESS.change(&mut self.places, from, place, -1, now);
        }
    }

    /// In a full table the forgotten go; if that is not enough, those who are not slowed right now; then all.
    fn make_room(&mut self, now: Instant) {
        if self.pairs.len() >= MOST {
            let since = |tries: &Tries| now.saturating_duration_since(tries.last);
            self.pairs.retain(|_, tries| since(tries) <= FORGET);
            if self.pairs.len() > MOST / 2 {
                self.pairs.retain(|_, tries| tries.wrong >= FREE);
            }
            if self.pairs.len() > MOST / 2 {
                self.pairs.retain(|_, tries| since(tries) < tries.pause());
            }
            if self.pairs.len() > MOST / 2 {
                self.pairs.clear();
            }
        }
        for (levels, tank) in [(&mut self.places, ADDRESS), (&mut self.logins, LOGIN)] {
            if levels.len() >= MOST {
                let known = |level: &Level| tank.now(Some(level), now);
                levels.retain(|_, level| level.under_way > 0 || known(level) < tank.room);
                if levels.len() > MOST / 2 {
                    levels.retain(|_, level| level.under_way > 0 || known(level) < 1.0 + LEFT_FOR_OTHERS);
                }
                if levels.len() > MOST / 2 {
                    levels.retain(|_, level| level.under_way > 0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Throttle {
        fn try_once(&mut self, login: &str, place: Option<Place>, now: Instant) -> Option<Admitted> {
            match self.admit(login, place, now) {
                Admission::Admitted(admitted) => Some(admitted),
                Admission::Slowed | Admission::Busy => None,
            }
        }
    }

    fn place(text: &str) -> Option<Place> {
        let place = Place::of(text);
        assert!(place.is_some(), "{text}");
        place
    }

    /// Two wrong tries a second, for so many seconds: how many were looked at.
    fn guess(throttle: &mut Throttle, from: Option<Place>, start: Instant, seconds: u32) -> u32 {
        (0..seconds * 2)
            .filter(|half| {
                let now = start + Duration::from_millis(500) * *half;
                let admitted = throttle.try_once("victim", from, now);
                if let Some(admitted) = &admitted {
                    throttle.wrong(admitted, now);
                }
                admitted.is_some()
            })
            .count()
            .try_into()
            .unwrap()
    }

    #[test]
    fn the_victim_gets_in_from_elsewhere_while_one_address_guesses() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let (guesser, victim) = (place("203.0.113.7"), place("198.51.100.4"));
        let (mut looked_at, mut refused) = (0, 0);
        for second in 0..20 {
            let now = start + Duration::from_secs(second);
            looked_at += guess(&mut throttle, guesser, now, 1);
            if second % 2 == 1 {
                // Ten right passwords, each of which Okta would take over; here the person comes again and again.
                match throttle.try_once("victim", victim, now) {
                    Some(admitted) => throttle.unknown(&admitted, now),
                    None => refused += 1,
                }
            }
        }
        assert_eq!(refused, 0);
        assert!(looked_at <= 30, "{looked_at}");
    }

    #[test]
    fn without_an_address_a_share_of_the_tries_is_left() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let looked_at = guess(&mut throttle, None, start, 20);
        assert!((20..=30).contains(&looked_at), "{looked_at}");
        // Never closed for longer than a second.
        assert!(throttle.try_once("victim", None, start + Duration::from_secs(21)).is_some());
    }

    #[test]
    fn many_addresses_of_one_guesser_take_no_more_and_leave_a_share() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        // Addresses of one network of 64 bits are one.
        let six = |n: u32| Place::of(&format!("2001:db8:1:2::{n:x}"));
        assert_eq!(six(1), six(2));
        assert_ne!(six(1), Place::of("2001:db8:1:3::1"));
        let all: u32 = (0..40)
            .map(|n| {
                let now = start + Duration::from_millis(500) * n;
                let admitted = throttle.try_once("victim", six(n), now);
                admitted.map_or(0, |admitted| {
                    throttle.wrong(&admitted, now);
                    1
                })
            })
            .sum();
        assert!(all <= 12, "as from one address: {all}");
        // A hundred networks, each again and again.
        let mut throttle = Throttle::default();
        let mut all = 0;
        for n in 0..2000_u64 {
            let now = start + Duration::from_millis(10) * u32::try_from(n).unwrap();
            let from = Place::of(&format!("198.51.100.{}", n % 100));
            if let Some(admitted) = throttle.try_once("victim", from, now) {
                throttle.wrong(&admitted, now);
                all += 1;
            }
        }
        assert!(all <= 30, "{all} in twenty seconds");
        let later = start + Duration::from_secs(22);
        assert!(throttle.try_once("victim", place("192.0.2.1"), later).is_some(), "a share is left");
    }

    #[test]
    fn many_at_once_are_no_way_around() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let at_once = (0..500).filter_map(|_| throttle.try_once("victim", place("203.0.113.7"), now)).count();
        assert_eq!(at_once, 20);
        assert!(matches!(throttle.admit("victim", None, now), Admission::Busy));
        // Of twenty wrong ones at once nothing is left for long.
        let mut throttle = Throttle::default();
        let all: Vec<_> =
            (0..20).filter_map(|_| throttle.try_once("victim", place("203.0.113.7"), now)).collect();
        for admitted in &all {
            throttle.wrong(admitted, now);
        }
        assert!(matches!(
            throttle.admit("victim", place("203.0.113.7"), now + Duration::from_secs(19)),
            Admission::Slowed
        ));
    }

    #[test]
    fn one_address_at_many_logins_is_slowed_and_an_office_is_not() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let spray = place("203.0.113.7");
        let mut looked_at = 0;
        for n in 0..200_u32 {
            let now = start + Duration::from_millis(100) * n;
            if let Some(admitted) = throttle.try_once(&n.to_string(), spray, now) {
                throttle.wrong(&admitted, now);
                looked_at += 1;
            }
        }
        assert!(looked_at <= 30, "{looked_at} in twenty seconds");
        // An office: three a second, every fourth password mistyped.
        let (mut throttle, office) = (Throttle::default(), place("198.51.100.4"));
        for n in 0..600_u32 {
            let now = start + Duration::from_millis(333) * n;
            let admitted = throttle.try_once(&format!("person {n}"), office, now).expect("nobody is slowed");
            if n % 4 == 0 { throttle.wrong(&admitted, now) } else { throttle.right(&admitted, now) }
        }
    }

    #[test]
    fn five_are_free_then_pauses_double_and_end() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        let here = place("203.0.113.7");
        let mut wrong = |now| {
            let admitted = throttle.try_once("a", here, now)?;
            throttle.wrong(&admitted, now);
            Some(())
        };
        for _ in 0..FREE {
            assert!(wrong(start).is_some());
        }
        assert!(wrong(start).is_none());
        assert!(wrong(start + FIRST.saturating_sub(Duration::from_millis(1))).is_none());
        assert!(wrong(start + FIRST).is_some());
        assert!(wrong(start + FIRST * 2).is_none());
        assert!(wrong(start + FIRST * 3).is_some());
        // A quiet time starts anew.
        let later = start + FORGET + FIRST * 4;
        for _ in 0..FREE {
            assert!(wrong(later).is_some());
        }
    }

    #[test]
    fn a_right_password_starts_anew_and_what_could_not_be_checked_is_no_try() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let here = place("203.0.113.7");
        for _ in 0..4 {
            let admitted = throttle.try_once("a", here, now).unwrap();
            throttle.wrong(&admitted, now);
        }
        let admitted = throttle.try_once("a", here, now).unwrap();
        throttle.right(&admitted, now);
        for _ in 0..100 {
            let admitted = throttle.try_once("a", here, now).unwrap();
            throttle.unknown(&admitted, now);
        }
        assert!(throttle.try_once("a", here, now).is_some());
    }

    #[test]
    fn addresses_are_read_as_okta_writes_them_and_nonsense_is_none() {
        assert_eq!(Place::of("::ffff:203.0.113.7"), Place::of(" 203.0.113.7 "));
        assert_eq!(Place::of("fe80::1%eth0"), Place::of("fe80::2"));
        for nonsense in ["", "unknown", "203.0.113", "203.0.113.7, 10.0.0.1", "1.2.3.4:80"] {
            assert_eq!(Place::of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn memory_is_bounded_and_the_slowed_are_kept() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        let here = place("203.0.113.7");
        for _ in 0..FREE {
            let admitted = throttle.try_once("attacked", here, now).unwrap();
            throttle.wrong(&admitted, now);
        }
        for n in 0..u32::try_from(MOST).unwrap() * 2 {
            let from = Some(Place(IpAddr::V4(std::net::Ipv4Addr::from_bits(n))));
            if let Some(admitted) = throttle.try_once(&n.to_string(), from, now) {
                throttle.wrong(&admitted, now);
            }
        }
        assert!(
            throttle.pairs.len() <= MOST && throttle.places.len() <= MOST && throttle.logins.len() <= MOST
        );
        assert!(throttle.try_once("attacked", here, now).is_none());
    }
}
