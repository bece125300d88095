//! What goes wrong on purpose, and when.

use serde::{Deserialize, Serialize};

use super::dice::Dice;

/// When a fault strikes. Requests are counted per fault, and only those that [`Faults::only`] lets through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Chance {
    /// Not at all.
    #[default]
    Never,
    /// Every request.
    Always,
    /// The next so many requests, then no more.
    Next(u32),
    /// Every nth request: `Every(3)` strikes the 3rd, 6th, 9th, …
    Every(u32),
    /// Each request with this probability, 0 to 1, by seeded chance.
    Share(f64),
}

/// The faults of a practice org. Several may be set; the first that strikes, in the order of the fields, decides.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Faults {
    /// Only requests whose `METHOD /path` starts with one of these: `POST /api/v1/users`. Empty: all.
    pub only: Vec<String>,
    /// Close the connection before acting: nothing was done.
    pub drop_before: Chance,
    /// Act, then close the connection without an answer.
    pub drop_after: Chance,
    /// Answer 200 with an HTML page, as a captive portal does: nothing was done.
    pub html: Chance,
    /// Answer 429, whatever is left of the allowance: nothing was done.
    pub too_many: Chance,
    /// Answer 500 `E0000009`: nothing was done.
    pub server_error: Chance,
    /// Act, then answer 500 `E0000009`.
    pub server_error_after: Chance,
    /// Answer 403 `E0000006`, as when the token's owner loses the role.
    pub forbidden: Chance,
    /// Answer late, by [`Faults::slow_ms`].
    pub slow: Chance,
    /// How much later slow answers come, in milliseconds.
    pub slow_ms: u32,
    /// Answer 200 with JSON that says nothing (`{}`): nothing was done.
    pub unreadable: Chance,
    /// Act, then answer 200 with JSON that breaks off in the middle.
    pub unreadable_after: Chance,
    /// Refuse every write with 503 `E0000010`, as during Okta's maintenance. Reads go on; a sign-in stores nothing.
    pub read_only: bool,
    /// How long people are not found by id or login after they were created, in milliseconds: 404 until then. Their login is
    /// taken all the same.
    pub users_late_ms: u32,
    /// How long groups are unknown after they were made, in milliseconds: to a read, to lists, and to a create that names one.
    /// Their name is taken all the same.
    pub groups_late_ms: u32,
    /// How long lists, `search`, `filter` and memberships leave out people who were created, in milliseconds.
    pub lists_late_ms: u32,
    /// Each e-mail address is taken once only, and the refusal names `login`: as with self-service registration switched on
    /// (okta-api.md 2.5).
    pub unique_email: bool,
    /// The rate headers' values come twice, joined by a comma, as some proxies hand them on: `600, 600`.
    pub joined_headers: bool,
    /// Further faults with an [`Faults::only`] of their own, asked after these. Only their chances and `slow_ms` count.
    pub also: Vec<Self>,
}

impl Faults {
    /// Every create of a person fails with 500, while everything else works.
    pub fn creates_fail() -> Self {
        Self { only: vec!["POST /api/v1/users".to_owned()], server_error: Chance::Always, ..Self::default() }
    }
}

/// How long what was made stays hidden, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Late {
    users: u32,
    groups: u32,
    lists: u32,
}

impl Late {
    /// Whether a read by id or login does not find a person created at `created`.
    pub(crate) fn hides_person(self, created: i64, now: i64) -> bool {
        now - created < i64::from(self.users)
    }

    /// Whether lists and memberships leave out a person created at `created`.
    pub(crate) fn lists_hide_person(self, created: i64, now: i64) -> bool {
        now - created < i64::from(self.lists.max(self.users))
    }

    /// Whether nothing knows a group made at `created`.
    pub(crate) fn hides_group(self, created: i64, now: i64) -> bool {
        now - created < i64::from(self.groups)
    }
}

/// The faults that strike one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Struck {
    pub(crate) drop_before: bool,
    pub(crate) drop_after: bool,
    pub(crate) html: bool,
    pub(crate) too_many: bool,
    pub(crate) server_error: bool,
    pub(crate) server_error_after: bool,
    pub(crate) forbidden: bool,
    pub(crate) unreadable: bool,
    pub(crate) unreadable_after: bool,
    pub(crate) slow_ms: u32,
}

impl Struck {
    /// Whether one of the faults struck that decide what becomes of the request.
    fn decides(&self) -> bool {
        *self != Self { slow_ms: self.slow_ms, ..Self::default() }
    }
}

/// One chance and how often it was asked.
#[derive(Debug, Default)]
struct Counted {
    chance: Chance,
    asked: u32,
}

impl Counted {
    fn strikes(&mut self, dice: &mut Dice) -> bool {
        self.asked = self.asked.wrapping_add(1);
        match self.chance {
            Chance::Never | Chance::Next(0) | Chance::Every(0) => false,
            Chance::Always => true,
            Chance::Next(left) => {
                self.chance = Chance::Next(left - 1);
                true
            }
            Chance::Every(nth) => self.asked.is_multiple_of(nth),
            Chance::Share(share) => dice.unit() < share,
        }
    }
}

/// The faults in force, and the state of their chances.
#[derive(Debug)]
pub(crate) struct FaultBox {
    set: Faults,
    dice: Dice,
    counted: Vec<[Counted; CHANCES]>,
}

/// How many chances a set has. The last is slowness, which decides nothing.
const CHANCES: usize = 10;

/// The chances of one set, in the order in which they are asked.
fn counted(set: &Faults) -> [Counted; CHANCES] {
    [
        set.drop_before,
        set.drop_after,
        set.html,
        set.too_many,
        set.server_error,
        set.server_error_after,
        set.forbidden,
        set.unreadable,
        set.unreadable_after,
        set.slow,
    ]
    .map(|chance| Counted { chance, asked: 0 })
}

impl FaultBox {
    pub(crate) fn new(set: Faults, seed: u64) -> Self {
        let mut made = Self { set: Faults::default(), dice: Dice::new(seed ^ 0xFA17), counted: Vec::new() };
        made.set(set);
        made
    }

    /// Puts other faults in force; their counts start again.
    pub(crate) fn set(&mut self, set: Faults) {
        self.counted = std::iter::once(&set).chain(&set.also).map(counted).collect();
        self.set = set;
    }

    /// The faults as they stand: a `Next` shows what is left of it.
    pub(crate) fn current(&self) -> Faults {
        let mut now = self.set.clone();
        let Faults { also, .. } = &mut now;
        let mut also = std::mem::take(also);
        for (set, counted) in std::iter::once(&mut now).chain(&mut also).zip(&self.counted) {
            set.drop_before = counted[0].chance;
            set.drop_after = counted[1].chance;
            set.html = counted[2].chance;
            set.too_many = counted[3].chance;
            set.server_error = counted[4].chance;
            set.server_error_after = counted[5].chance;
            set.forbidden = counted[6].chance;
            set.unreadable = counted[7].chance;
            set.unreadable_after = counted[8].chance;
            set.slow = counted[9].chance;
        }
        now.also = also;
        now
    }

    pub(crate) fn read_only(&self) -> bool {
        self.set.read_only
    }

    pub(crate) fn unique_email(&self) -> bool {
        self.set.unique_email
    }

    pub(crate) fn joined_headers(&self) -> bool {
        self.set.joined_headers
    }

    /// How long what was made stays hidden.
    pub(crate) fn late(&self) -> Late {
        Late { users: self.set.users_late_ms, groups: self.set.groups_late_ms, lists: self.set.lists_late_ms }
    }

    /// What strikes this request. One of the deciding faults at most, and slowness on top.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Struck {
        let line = format!("{method} {path}");
        let mut struck = Struck::default();
        let sets = std::iter::once(&self.set).chain(&self.set.also);
        for (set, counted) in sets.zip(&mut self.counted) {
            if !set.only.is_empty() && !set.only.iter().any(|start| line.starts_with(start.as_str())) {
                continue;
            }
            if struck.decides() {
                continue;
            }
            let decided = (0..CHANCES - 1).find(|&which| counted[which].strikes(&mut self.dice));
            match decided {
                Some(0) => struck.drop_before = true,
                Some(1) => struck.drop_after = true,
                Some(2) => struck.html = true,
                Some(3) => struck.too_many = true,
                Some(4) => struck.server_error = true,
                Some(5) => struck.server_error_after = true,
                Some(6) => struck.forbidden = true,
                Some(7) => struck.unreadable = true,
                Some(8) => struck.unreadable_after = true,
                _ => {}
            }
            if counted[CHANCES - 1].strikes(&mut self.dice) {
                struck.slow_ms = set.slow_ms;
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(faults: Faults, requests: usize) -> Vec<usize> {
        let mut faults = FaultBox::new(faults, 7);
        (1..=requests).filter(|_| faults.strike("POST", "/api/v1/users").server_error).collect()
    }

    #[test]
    fn next_strikes_that_often_and_then_stops() {
        assert_eq!(hits(Faults { server_error: Chance::Next(2), ..Faults::default() }, 5), [1, 2]);
    }

    #[test]
    fn every_third_strikes_every_third() {
        assert_eq!(hits(Faults { server_error: Chance::Every(3), ..Faults::default() }, 9), [3, 6, 9]);
    }

    #[test]
    fn a_share_is_about_that_share_and_the_same_for_the_same_seed() {
        let faults = Faults { server_error: Chance::Share(0.25), ..Faults::default() };
        let struck = hits(faults.clone(), 4000);
        assert!((900..1100).contains(&struck.len()), "{}", struck.len());
        assert_eq!(struck, hits(faults, 4000));
    }

    #[test]
    fn only_leaves_other_requests_alone() {
        let only = vec!["POST /api/v1/groups".to_owned()];
        assert!(hits(Faults { only, server_error: Chance::Always, ..Faults::default() }, 3).is_empty());
    }

    #[test]
    fn others_strike_other_requests() {
        let other =
            Faults { only: vec!["GET ".to_owned()], server_error: Chance::Next(1), ..Faults::default() };
        let faults = Faults {
            only: vec!["POST ".to_owned()],
            drop_after: Chance::Next(1),
            also: vec![other],
            ..Faults::default()
        };
        let mut faults = FaultBox::new(faults, 7);
        assert!(!faults.strike("DELETE", "/").decides());
        assert!(faults.strike("GET", "/").server_error);
        assert_eq!(faults.current().also[0].server_error, Chance::Next(0));
        assert!(faults.strike("POST", "/").drop_after);
        assert!(!faults.strike("POST", "/").decides() && !faults.strike("GET", "/").decides());
    }

    #[test]
    fn the_first_fault_that_strikes_decides() {
        let faults = Faults { drop_before: Chance::Next(1), html: Chance::Always, ..Faults::default() };
        let mut faults = FaultBox::new(faults, 7);
        let first = faults.strike("GET", "/");
        assert!(first.drop_before && !first.html);
        assert!(faults.strike("GET", "/").html);
    }

    #[test]
    fn faults_read_from_json() {
        let read: Faults =
            serde_json::from_str(r#"{"serverError":{"every":5},"dropAfter":{"next":1},"tooMany":"always","slow":{"share":0.5},"slowMs":40}"#)
                .unwrap();
        assert_eq!(read.server_error, Chance::Every(5));
        assert_eq!(read.drop_after, Chance::Next(1));
        assert_eq!(read.too_many, Chance::Always);
        assert!(serde_json::from_str::<Faults>(r#"{"sevrerError":"always"}"#).is_err());
    }
}
