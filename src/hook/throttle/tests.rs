use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

fn place(text: &str) -> Option<Place> {
    let place = Place::of(text);
    assert!(place.is_some(), "{text}");
    place
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It was checked, and is right.
    Right,
    /// It was checked, and is wrong.
    Wrong,
    /// It was not looked at.
    Slowed,
    /// It waited in vain.
    Busy,
}

/// A try to be made at a moment.
struct Try {
    at: Duration,
    login: String,
    from: Option<Place>,
    right: bool,
}

fn wrong(at: Duration, login: &str, from: Option<Place>) -> Try {
    Try { at, login: login.to_owned(), from, right: false }
}

fn right(at: Duration, login: &str, from: Option<Place>) -> Try {
    Try { at, login: login.to_owned(), from, right: true }
}

/// How long a check takes, and how long a try waits for others that are under way: as the hook has it.
const CHECK: u64 = 100;
const PATIENCE: u64 = 700;

/// Plays tries with a clock of its own, millisecond by millisecond. How each one ended, in the order given.
fn play(tries: &[Try]) -> Vec<End> {
    let (mut throttle, start) = (Throttle::default(), Instant::now());
    let mut order: Vec<usize> = (0..tries.len()).collect();
    order.sort_by_key(|n| tries[*n].at);
    let mut coming: VecDeque<usize> = order.into();
    let mut waiting: VecDeque<(u64, usize)> = VecDeque::new();
    let mut under_way: VecDeque<(u64, usize, Admitted)> = VecDeque::new();
    let mut ends = vec![End::Busy; tries.len()];
    let mut clock = 0;
    while !(coming.is_empty() && waiting.is_empty() && under_way.is_empty()) {
        let now = start + ms(clock);
        while let Some((until, ..)) = under_way.front()
            && *until <= clock
        {
            let Some((_, n, admitted)) = under_way.pop_front() else { break };
            let right: bool = tries[n].right;
            ends[n] = if right { End::Right } else { End::Wrong };
            if right { throttle.right(&admitted, now) } else { throttle.wrong(&admitted, now) }
        }
        let mut asking = std::mem::take(&mut waiting);
        while let Some(n) = coming.front()
            && tries[*n].at <= ms(clock)
        {
            asking.extend(coming.pop_front().map(|n| (clock + PATIENCE, n)));
        }
        for (until, n) in asking {
            match throttle.admit(&tries[n].login, tries[n].from, now) {
                Admission::Admitted(admitted) => under_way.push_back((clock + CHECK, n, admitted)),
                Admission::Slowed => ends[n] = End::Slowed,
                Admission::Busy if until <= clock => ends[n] = End::Busy,
                Admission::Busy => waiting.push_back((until, n)),
            }
        }
        clock += 1;
    }
    ends
}

fn count(ends: &[End], which: End) -> usize {
    ends.iter().filter(|end| **end == which).count()
}

const VICTIM: &str = "isaac.brock@example.com";

/// What a guesser does for twenty seconds, and what it is called.
fn ways_to_guess() -> Vec<(&'static str, Vec<Try>)> {
    let here = place("203.0.113.7");
    let each = |every: u64, many: u64, who: &dyn Fn(u64) -> (String, Option<Place>)| {
        (0..many)
            .map(|n| {
                let (login, from) = who(n);
                wrong(ms(n * every), &login, from)
            })
            .collect::<Vec<_>>()
    };
    let victim = VICTIM.to_owned();
    let six = |n: u64| Place::of(&format!("2001:db8:1:2:{n:x}::{n:x}"));
    let bursts = |gap: u64, size: u64| -> Vec<Try> {
        (0..20_000 / gap).flat_map(|b| (0..size).map(move |_| wrong(ms(b * gap), VICTIM, here))).collect()
    };
    vec![
        ("two a second", each(500, 40, &|_| (victim.clone(), here))),
        ("fifty a second", each(20, 1000, &|_| (victim.clone(), here))),
        ("forty at once", bursts(20_000, 40)),
        ("five hundred at once", bursts(20_000, 500)),
        ("forty at once, each second", bursts(1000, 40)),
        ("addresses of one /64", each(100, 200, &|n| (victim.clone(), six(n)))),
        (
            "twenty addresses in turn",
            each(500, 40, &|n| (victim.clone(), Place::of(&format!("198.18.0.{}", n % 20)))),
        ),
        (
            "a new address each time",
            each(50, 400, &|n| (victim.clone(), Place::of(&format!("198.18.{}.{}", n / 200, n % 200)))),
        ),
        (
            "a new address each time, all at once",
            each(0, 400, &|n| (victim.clone(), Place::of(&format!("198.18.{}.{}", n / 200, n % 200)))),
        ),
        ("a new login each time", each(100, 200, &|n| (format!("person {n}"), here))),
        ("a new login each time, all at once", each(0, 200, &|n| (format!("person {n}"), here))),
        ("three logins in turn", each(100, 200, &|n| (format!("person {}", n % 3), here))),
        ("no address", each(500, 40, &|_| (victim.clone(), None))),
        ("no address, all at once", each(0, 200, &|_| (victim.clone(), None))),
        ("no address, a new login each time", each(50, 400, &|n| (format!("person {n}"), None))),
        (
            "now with an address, now without",
            each(100, 200, &|n| (victim.clone(), if n % 2 == 0 { here } else { None })),
        ),
        (
            "addresses that are none",
            each(100, 200, &|n| (victim.clone(), Place::of(&format!("203.0.113.7, 10.0.0.{n}")))),
        ),
    ]
}

#[test]
fn whatever_the_form_no_more_than_thirty_are_looked_at_in_twenty_seconds() {
    for (form, tries) in ways_to_guess() {
        let ends = play(&tries);
        let looked_at = count(&ends, End::Wrong);
        assert!((3..=30).contains(&looked_at), "{form}: {looked_at} of {}", tries.len());
    }
}

#[test]
fn one_address_at_one_login_gets_far_fewer() {
    for (form, tries) in ways_to_guess().into_iter().take(6) {
        let looked_at = count(&play(&tries), End::Wrong);
        assert!(looked_at <= 12, "{form}: {looked_at}");
    }
    let (_, without) = ways_to_guess().into_iter().find(|(form, _)| *form == "no address").unwrap();
    let looked_at = count(&play(&without), End::Wrong);
    assert!(looked_at <= 16, "slowed too: {looked_at} of 40");
}

#[test]
fn the_person_gets_in_from_elsewhere_while_someone_guesses() {
    for (form, mut tries) in ways_to_guess() {
        // From many addresses that nobody has seen a person looks like one more of them.
        if form.starts_with("a new address") {
            continue;
        }
        let guesses = tries.len();
        let victim = place("198.51.100.4");
        // Ten right passwords over the time, some at the same moment as a guess; the first one just behind the first guesses.
        tries.extend((0..10).map(|n| right(ms(30 + n * 1970), VICTIM, victim)));
        let ends = play(&tries);
        let got_in = count(&ends[guesses..], End::Right);
        assert!(got_in >= 8, "{form}: {got_in} of 10");
        let looked_at = count(&ends[..guesses], End::Wrong);
        assert!(looked_at <= 30, "{form}: right passwords give the guesser nothing: {looked_at}");
    }
}

/// From where someone gave a right password before, the person gets in, however many new addresses guess.
#[test]
fn the_person_gets_in_from_a_known_address_while_new_ones_guess() {
    let office = place("198.51.100.4");
    for (form, mut tries) in ways_to_guess() {
        let guesses = tries.len();
        // A colleague comes first.
        tries.push(right(ms(0), "colleague", office));
        tries.extend((0..10).map(|n| right(ms(130 + n * 1970), VICTIM, office)));
        let ends = play(&tries);
        let got_in = count(&ends[guesses + 1..], End::Right);
        assert!(got_in >= 9, "{form}: {got_in} of 10");
        let looked_at = count(&ends[..guesses], End::Wrong);
        assert!(looked_at <= 30, "{form}: {looked_at}");
    }
    // Where nobody was before it is luck.
    let (_, mut tries) =
        ways_to_guess().into_iter().find(|(form, _)| *form == "a new address each time").unwrap();
    let guesses = tries.len();
    tries.extend((0..10).map(|n| right(ms(130 + n * 1970), VICTIM, office)));
    assert!(count(&play(&tries)[guesses..], End::Right) >= 1);
}

/// Whoever has an account of their own at each address they guess from gets no more by it.
#[test]
fn a_right_password_of_their_own_gives_a_guesser_no_more_tries() {
    let from = |n: u64| Place::of(&format!("198.18.{}.{}", n / 200, n % 200));
    let mut tries: Vec<Try> = (0..400).map(|n| wrong(ms(400 + n * 50), VICTIM, from(n))).collect();
    let guesses = tries.len();
    tries.extend((0..400).map(|n| right(ms(n / 4), &format!("own {n}"), from(n))));
    let ends = play(&tries);
    assert_eq!(count(&ends[guesses..], End::Right), 400);
    assert!(count(&ends[..guesses], End::Wrong) <= 30);
}

#[test]
fn a_person_who_mistypes_once_still_gets_in_while_someone_guesses() {
    let (elsewhere, victim) = (place("203.0.113.7"), place("198.51.100.4"));
    for burst in [1, 40] {
        let mut tries: Vec<Try> =
            (0..40 * burst).map(|n| wrong(ms(n / burst * 500), VICTIM, elsewhere)).collect();
        let guesses = tries.len();
        tries.push(wrong(ms(10_050), VICTIM, victim));
        tries.push(wrong(ms(12_050), VICTIM, victim));
        tries.push(right(ms(14_050), VICTIM, victim));
        let ends = play(&tries);
        assert_eq!(ends[guesses..], [End::Wrong, End::Wrong, End::Right], "{burst} at once");
    }
}

#[test]
fn when_the_guessing_has_ended_nobody_waits() {
    for (form, tries) in ways_to_guess() {
        let last = tries.iter().map(|t| t.at).max().unwrap();
        let login = tries[0].login.clone();
        // From elsewhere after a second, whatever it was; from the guesser's own address, or where none is said, after five.
        for (from, later) in [
            (place("198.51.100.4"), 1200),
            (tries[0].from, 5200),
            (None, if last.is_zero() { 3200 } else { 5200 }),
        ] {
            let mut tries: Vec<Try> = tries.iter().map(|t| Try { login: t.login.clone(), ..*t }).collect();
            tries.push(right(last + ms(later), &login, from));
            assert_eq!(play(&tries).last(), Some(&End::Right), "{form}, {from:?}");
        }
    }
}

/// Numbers that are the same at every run.
fn dice(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn an_office_on_monday_morning_is_not_refused() {
    let office = place("198.51.100.4");
    let mut state = 0x0DDB_1A5E;
    let mut tries = Vec::new();
    for n in 0..500_u64 {
        let login = format!("person.{n}@example.com");
        // Two minutes; the first thirty within the first second.
        let mut at = if n < 30 { dice(&mut state) % 1000 } else { dice(&mut state) % 120_000 };
        // One in twelve mistypes, one in fifty three times.
        let typos = if n % 50 == 7 { 3 } else { u64::from(n % 12 == 5) };
        for _ in 0..typos {
            tries.push(wrong(ms(at), &login, office));
            at += 2500;
        }
        tries.push(right(ms(at), &login, office));
    }
    let ends = play(&tries);
    assert_eq!((count(&ends, End::Slowed), count(&ends, End::Busy)), (0, 0));
    assert_eq!(count(&ends, End::Right), 500);
    // The same where Okta says no address, and with a third of all passwords mistyped.
    let mut tries: Vec<Try> = (0..500)
        .flat_map(|n: u64| {
            let login = format!("person.{n}@example.com");
            let typo = n.is_multiple_of(3).then(|| wrong(ms(n * 240), &login, None));
            typo.into_iter().chain([right(ms(n * 240 + 2000), &login, None)]).collect::<Vec<_>>()
        })
        .collect();
    tries.sort_by_key(|t| t.at);
    let ends = play(&tries);
    assert_eq!((count(&ends, End::Slowed), count(&ends, End::Busy)), (0, 0));
}

#[test]
fn five_are_free_then_pauses_double_and_end() {
    let (mut throttle, start) = (Throttle::default(), Instant::now());
    let here = place("203.0.113.7");
    let mut wrong = |now| {
        let Admission::Admitted(admitted) = throttle.admit("a", here, now) else { return None };
        throttle.wrong(&admitted, now);
        Some(())
    };
    for _ in 0..FREE {
        assert!(wrong(start).is_some());
    }
    assert!(wrong(start).is_none());
    assert!(wrong(start + FIRST.saturating_sub(ms(1))).is_none());
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
fn many_at_once_are_counted_when_they_are_let_through() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let (here, elsewhere) = (place("203.0.113.7"), place("198.51.100.4"));
    let mut admitted = Vec::new();
    for _ in 0..100 {
        match throttle.admit("victim", here, now) {
            Admission::Admitted(one) => admitted.push(one),
            Admission::Busy => {}
            Admission::Slowed => panic!("nothing was wrong yet"),
        }
    }
    assert_eq!(admitted.len(), 5);
    // The person elsewhere is not in their way.
    assert!(matches!(throttle.admit("victim", elsewhere, now), Admission::Admitted(_)));
    for one in &admitted {
        throttle.wrong(one, now);
    }
    assert!(matches!(throttle.admit("victim", here, now), Admission::Slowed));
}

#[test]
fn a_right_password_starts_anew_and_what_could_not_be_checked_is_no_try() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let here = place("203.0.113.7");
    let admit = |throttle: &mut Throttle| match throttle.admit("a", here, now) {
        Admission::Admitted(admitted) => admitted,
        other => panic!("{other:?}"),
    };
    for _ in 0..3 {
        let admitted = admit(&mut throttle);
        throttle.wrong(&admitted, now);
    }
    let admitted = admit(&mut throttle);
    throttle.right(&admitted, now);
    for _ in 0..100 {
        let admitted = admit(&mut throttle);
        throttle.unknown(&admitted, now);
    }
    admit(&mut throttle);
}

#[test]
fn memory_is_bounded_and_the_slowed_are_kept() {
    let (mut throttle, now) = (Throttle::default(), Instant::now());
    let here = place("203.0.113.7");
    for _ in 0..FREE {
        let Admission::Admitted(admitted) = throttle.admit("attacked", here, now) else { panic!() };
        throttle.wrong(&admitted, now);
    }
    for n in 0..u32::try_from(MOST).unwrap() * 2 {
        let from = Place::of(&std::net::Ipv4Addr::from_bits(n).to_string());
        if let Admission::Admitted(admitted) = throttle.admit(&n.to_string(), from, now) {
            throttle.wrong(&admitted, now);
        }
    }
    assert!(
        throttle.known.len() <= MOST
            && throttle.pairs.len() <= MOST
            && throttle.places.len() <= MOST
            && throttle.logins.len() <= MOST
    );
    assert!(matches!(throttle.admit("attacked", here, now), Admission::Slowed));
}

proptest! {
    /// Whatever is tried and however it ends: nothing stays under way, and no login and no address gets more than its number.
    #[test]
    fn numbers_hold_whatever_comes(
        tries in proptest::collection::vec((0_u64..20_000, 0_u8..3, 0_u8..4), 1..300)
    ) {
        let tries: Vec<Try> = tries
            .into_iter()
            .map(|(at, login, from)| {
                let from = (from > 0).then(|| Place::of(&format!("198.51.100.{from}"))).flatten();
                wrong(ms(at), &login.to_string(), from)
            })
            .collect();
        let ends = play(&tries);
        let of = |which: &dyn Fn(&Try) -> bool| {
            tries.iter().zip(&ends).filter(|(t, end)| which(t) && **end == End::Wrong).count()
        };
        for n in 0..3_u8 {
            prop_assert!(of(&|t| t.login == n.to_string()) <= 30);
        }
        for n in 1..4_u8 {
            let from = Place::of(&format!("198.51.100.{n}"));
            prop_assert!(of(&|t| t.from == from) <= 30);
        }
        prop_assert!(of(&|t| t.from.is_none()) <= 30);
    }
}
