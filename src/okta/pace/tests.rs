//! The pace against a model of Okta's counting, in virtual time.

use super::*;
use crate::okta::reply::{Broken, Limits, Reply};
use proptest::prelude::*;

/// Okta's counting, by okta-api.md 7.1: a window of `window` seconds that begins with the first request to arrive.
struct Model {
    limit: u32,
    window: f64,
    /// Server's epoch seconds at our zero.
    epoch: f64,
    /// How the reset is written in whole seconds.
    round: fn(f64) -> f64,
    open: Option<f64>,
    counted: u32,
    concurrency: u32,
    inside: u32,
    log: Vec<(f64, u16)>,
}

impl Model {
    fn new(limit: u32) -> Self {
        Self {
            limit,
            window: 60.0,
            epoch: 1_700_000_000.37,
            round: f64::ceil,
            open: None,
            counted: 0,
            concurrency: 75,
            inside: 0,
            log: Vec::new(),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "epoch seconds")]
    fn arrive(&mut self, now: f64) -> Reply {
        if self.open.is_none_or(|start| now >= start + self.window) {
            self.open = Some(now);
            self.counted = 0;
        }
        let end = self.epoch + self.open.unwrap_or(now) + self.window;
        let date = Some((self.epoch + now).floor() as i64);
        let reset = (self.round)(end) as i64;
        let (status, limits) = if self.inside > self.concurrency {
            (429, Limits { limit: 0, remaining: 0, reset })
        } else if self.counted >= self.limit {
            (429, Limits { limit: self.limit, remaining: 0, reset })
        } else {
            self.counted += 1;
            (200, Limits { limit: self.limit, remaining: self.limit - self.counted, reset })
        };
        self.log.push((now, status));
        let body = if status == 429 { r#"{"errorCode":"E0000047"}"# } else { r#"{"id":"00u"}"# };
        Reply { limits: Some(limits), date, ..Reply::of(status, body) }
    }

    /// Requests answered 200 between these times.
    fn done(&self, from: f64, to: f64) -> usize {
        self.log.iter().filter(|(t, s)| *s == 200 && (from..to).contains(t)).count()
    }

    fn refused_after(&self, from: f64) -> usize {
        self.log.iter().filter(|(t, s)| *s == 429 && *t >= from).count()
    }
}

/// A latency for request `n`: about `base`, up to `jitter` more, each way half.
fn latency(n: u64, base: f64, jitter: f64) -> (f64, f64) {
    let noise = |salt: u64| {
        let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt) | 1;
        x ^= x >> 29;
        x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^= x >> 32;
        (x % 10_000) as f64 / 10_000.0
    };
    (base / 2.0 + jitter * noise(1) / 2.0, base / 2.0 + jitter * noise(2) / 2.0)
}

/// What happens next in the simulated world.
#[derive(Clone, Debug)]
enum Event {
    /// Someone looks whether a call may go.
    Look,
    /// A call arrives at Okta; sent then, and so long back.
    Arrive(f64, f64),
    /// Its answer arrives here.
    Answer(f64, Reply),
    /// Another program's call arrives.
    Foreign,
}

struct World {
    model: Model,
    core: Core,
    events: Vec<(f64, u64, Event)>,
    count: u64,
}

impl World {
    fn at(&mut self, time: f64, event: Event) {
        self.count += 1;
        self.events.push((time, self.count, event));
    }

    /// Plays `seconds` with someone always waiting to send; `foreign` calls a second come from elsewhere.
    fn play(mut self, seconds: f64, base: f64, jitter: f64, foreign: f64) -> (Model, PaceView) {
        self.at(0.0, Event::Look);
        if foreign > 0.0 {
            self.at(1.0 / foreign, Event::Foreign);
        }
        while let Some(first) = (0..self.events.len()).min_by(|a, b| {
            let key = |i: usize| (self.events[i].0, self.events[i].1);
            key(*a).partial_cmp(&key(*b)).expect("no NaN")
        }) {
            let (now, _, event) = self.events.swap_remove(first);
            if now >= seconds {
                break;
            }
            match event {
                Event::Look => {}
                Event::Arrive(sent, back) => {
                    let reply = self.model.arrive(now);
                    self.at(now + back, Event::Answer(sent, reply));
                }
                Event::Answer(sent, reply) => {
                    self.model.inside -= 1;
                    self.core.answered(Bucket::Users, sent, now, &Ok(reply));
                }
                Event::Foreign => {
                    self.model.arrive(now);
                    self.model.log.pop();
                    self.at(now + 1.0 / foreign, Event::Foreign);
                }
            }
            self.events.retain(|(_, _, e)| !matches!(e, Event::Look));
            loop {
                match self.core.take(Bucket::Users, now) {
                    Ok(()) => {
                        let (there, back) = latency(self.count, base, jitter);
                        self.model.inside += 1;
                        self.at(now + there, Event::Arrive(now, back));
                    }
                    Err(Some(at)) => {
                        assert!(at > now, "asked to look again at once");
                        // A timer is up to a millisecond late.
                        self.at(at + 0.001, Event::Look);
                        break;
                    }
                    Err(None) => break,
                }
            }
        }
        let view = self.core.view(Bucket::Users, seconds);
        (self.model, view)
    }
}

fn run_with(
    model: Model,
    settings: PaceSettings,
    seconds: f64,
    base: f64,
    jitter: f64,
    foreign: f64,
) -> (Model, PaceView) {
    World { model, core: Core::new(settings, 7), events: Vec::new(), count: 0 }
        .play(seconds, base, jitter, foreign)
}

fn run(model: Model, settings: PaceSettings, seconds: f64, base: f64, jitter: f64) -> (Model, PaceView) {
    run_with(model, settings, seconds, base, jitter, 0.0)
}

/// The promise: at least 97 % of the allowance, and no refusal.
#[test]
fn the_allowance_is_used_fully_and_never_overdrawn() {
    for limit in [100, 600, 3000] {
        for (base, jitter) in [(0.3, 0.0), (0.3, 0.1), (0.05, 0.4)] {
            let minutes = 6.0;
            let (model, view) = run(Model::new(limit), PaceSettings::default(), minutes * 60.0, base, jitter);
            let used = model.done(0.0, minutes * 60.0) as f64 / (f64::from(limit) * minutes);
            assert!(used >= 0.97, "limit {limit}, latency {base}+{jitter}: {used:.4} used");
            assert_eq!(model.refused_after(0.0), 0, "limit {limit}, latency {base}+{jitter}");
            assert_eq!(view.refusals, 0);
        }
    }
}

/// Even spending: no second of a window holds more than a few times its share.
#[test]
fn the_allowance_is_spent_evenly() {
    let (model, _) = run(Model::new(600), PaceSettings::default(), 240.0, 0.3, 0.1);
    for second in 0_u32..230 {
        let from = f64::from(second);
        let done = model.done(from, from + 1.0);
        assert!(done <= 15, "{done} in second {second}, 10 are even");
    }
}

#[test]
fn either_rounding_of_the_reset_is_understood() {
    for round in [f64::ceil, f64::floor, f64::round] as [fn(f64) -> f64; 3] {
        let model = Model { round, ..Model::new(600) };
        let (model, _) = run(model, PaceSettings::default(), 300.0, 0.3, 0.1);
        assert!(model.done(0.0, 300.0) >= 2910, "{}", model.done(0.0, 300.0));
        assert_eq!(model.refused_after(0.0), 0);
    }
}

#[test]
fn the_share_is_kept() {
    let settings = PaceSettings { share: 50, ..PaceSettings::default() };
    let (model, view) = run(Model::new(600), settings, 300.0, 0.3, 0.1);
    let done = model.done(0.0, 300.0);
    assert!((1455..=1500).contains(&done), "{done} of 1500");
    assert_eq!((view.limit, view.cap), (Some(600), 300));
}

/// Windows that are longer or shorter than documented cost some allowance, at most a refusal or two, and never run away.
#[test]
fn odd_windows_are_lived_with() {
    for window in [10.0, 59.5, 60.5, 61.0, 90.0] {
        let model = Model { window, ..Model::new(600) };
        let (model, _) = run(model, PaceSettings::default(), 600.0, 0.3, 0.1);
        let used = model.done(0.0, 600.0) as f64 / (600.0 * 600.0 / window);
        // Okta documents about 60 s; in far shorter ones the limit on calls in flight binds first.
        let least = if window < 30.0 { 0.3 } else { 0.6 };
        assert!(used > least, "window {window}: {used:.3}");
        assert!(model.refused_after(0.0) <= 3, "window {window}: {} refused", model.refused_after(0.0));
    }
}

/// Others use the org too: what they take is not ours to send.
#[test]
fn others_are_left_room() {
    let (model, view) = run_with(Model::new(600), PaceSettings::default(), 600.0, 0.3, 0.1, 4.0);
    let done = model.done(0.0, 600.0);
    assert!((3200..=3650).contains(&done), "{done} of about 3600 left");
    assert!(view.refusals <= 12, "{} refused", view.refusals);
}

/// What was counted before we came is gone, but says nothing of what is to come.
#[test]
fn a_window_already_begun_is_used_to_its_end() {
    for counted in [2, 26, 150, 299] {
        let model = Model { open: Some(0.0), counted, ..Model::new(300) };
        let (model, _) = run(model, PaceSettings::default(), 59.0, 0.01, 0.0);
        let done = model.done(0.0, 59.0);
        assert!(done as f64 >= f64::from(300 - counted) * 0.97 - 1.0, "{done} of {}", 300 - counted);
        assert_eq!(model.refused_after(0.0), 0);
        // No long silence while there is something left.
        let times: Vec<f64> = model.log.iter().map(|(t, _)| *t).collect();
        let longest = times.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
        assert!(counted > 200 || longest < 2.0, "{counted}: {longest}");
    }
}

#[test]
fn a_refusal_closes_the_bucket_until_the_reset() {
    let mut core = Core::new(PaceSettings::default(), 3);
    assert_eq!(core.take(Bucket::Users, 0.0), Ok(()));
    let reply = Reply {
        limits: Some(Limits { limit: 100, remaining: 0, reset: 1_700_000_040 }),
        date: Some(1_700_000_000),
        ..Reply::of(429, r#"{"errorCode":"E0000047"}"#)
    };
    core.answered(Bucket::Users, 0.0, 0.3, &Ok(reply));
    assert_eq!(core.take(Bucket::Groups, 0.4), Ok(()), "another bucket goes on");
    let Err(Some(at)) = core.take(Bucket::Users, 0.4) else { panic!("shut") };
    assert!((40.0..43.5).contains(&at), "{at}");
    assert_eq!(core.take(Bucket::Users, at), Ok(()));
    assert_eq!(core.refusals(), 1);
}

/// A limit on calls at once is met by fewer in flight, not by a minute's sleep.
#[test]
fn concurrency_is_cut_and_the_work_goes_on() {
    let model = Model { concurrency: 5, ..Model::new(3000) };
    let (model, view) = run(model, PaceSettings::default(), 180.0, 0.3, 0.1);
    assert!(view.concurrency_refusals > 0);
    let rate = model.done(60.0, 180.0) as f64 / 120.0;
    // Five in flight at 0.35 s allow about 14 a second.
    assert!(rate > 6.0, "{rate}");
    assert!(model.refused_after(60.0) < 60, "{}", model.refused_after(60.0));
}

#[test]
fn a_mail_refusal_does_not_close_the_bucket() {
    let mut core = Core::new(PaceSettings::default(), 3);
    assert_eq!(core.take(Bucket::Users, 0.0), Ok(()));
    let reply = Reply {
        limits: Some(Limits { limit: 600, remaining: 599, reset: 1_700_000_060 }),
        date: Some(1_700_000_000),
        ..Reply::of(429, r#"{"errorCode":"E0000118"}"#)
    };
    core.answered(Bucket::Users, 0.0, 0.3, &Ok(reply));
    assert_eq!(core.take(Bucket::Users, 0.5), Ok(()));
    assert_eq!(core.refusals(), 0);
}

#[test]
fn read_only_mode_holds_writes_and_not_reads() {
    let mut core = Core::new(PaceSettings::default(), 3);
    core.hold_writes(120.0);
    assert_eq!(core.take(Bucket::UserRead, 1.0), Ok(()));
    assert_eq!(core.take(Bucket::Users, 1.0), Err(Some(120.0)));
    core.release_writes();
    assert_eq!(core.take(Bucket::Users, 1.0), Ok(()));
}

#[test]
fn broken_connections_count_and_do_not_stop_the_work() {
    let mut core = Core::new(PaceSettings::default(), 3);
    let mut now = 0.0;
    for _ in 0..5 {
        while let Err(at) = core.take(Bucket::Users, now) {
            now = at.expect("a time to look again");
        }
        assert!(now < 30.0, "{now}");
        let broken = Err(Broken::Unknown { what: String::new(), technical: String::new(), passes: true });
        core.answered(Bucket::Users, now, now + 0.3, &broken);
        now += 0.3;
    }
    assert_eq!(core.view(Bucket::Users, now).in_flight, 0);
}

/// The waiting itself: permits come in order, and a dropped waiter takes none.
#[tokio::test]
async fn permits_are_waited_for() {
    let pace = Pace::new(PaceSettings { share: 100, most_in_flight: 1 }, 1);
    let first = pace.permit(Bucket::Users).await;
    let waiting = pace.clone();
    let second = tokio::spawn(async move { waiting.permit(Bucket::Groups).await.bucket() });
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    first.unused();
    assert_eq!(second.await.expect("a permit"), Bucket::Groups);
    assert_eq!(pace.view(Bucket::Users).all_in_flight, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the latency, the phase of the server's clock and the limit: never overdrawn, never idle.
    #[test]
    fn holds_at_any_latency_and_phase(limit in 20_u32..3000, base in 0.01_f64..1.0, jitter in 0.0_f64..0.5, phase in 0.0_f64..1.0) {
        let model = Model { epoch: 1_700_000_000.0 + phase, ..Model::new(limit) };
        let (model, _) = run(model, PaceSettings { most_in_flight: 64, ..PaceSettings::default() }, 240.0, base, jitter);
        prop_assert_eq!(model.refused_after(0.0), 0);
        let used = model.done(0.0, 240.0) as f64 / (f64::from(limit) * 4.0);
        // A window's worth of one is 1/limit: small limits round hard.
        let round = 2.0 / f64::from(limit);
        prop_assert!(used >= 0.95 - round - base / 30.0, "{} used", used);
    }
}

/// What Okta, and proxies before it, answered in other people's bug reports.
const FOUND: &str = include_str!("../../../tests/data/found-inputs.jsonl");

fn found(id: &str) -> serde_json::Value {
    let mut rows = FOUND.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
    rows.find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}"))
}

fn answered<'a>(status: u16, headers: impl IntoIterator<Item = (&'a str, String)>) -> Reply {
    let mut map = reqwest::header::HeaderMap::new();
    for (name, value) in headers {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        map.append(name, value.parse().expect("a value"));
    }
    Reply::begun(status, &map)
}

#[test]
fn a_429_whose_headers_a_proxy_joined_is_waited_out_by_the_smaller() {
    let row = found("BR-23b");
    let headers = row["input"]["headers"].as_array().expect("headers").iter();
    let reply = answered(
        429,
        headers.map(|pair| {
            (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default().to_owned())
        }),
    );
    let mut core = Core::new(PaceSettings { share: 100, ..PaceSettings::default() }, 7);
    // Our own clock has nothing to do with it.
    let now = row["input"]["local_clock_offset_s"].as_f64().expect("seconds");
    core.take(Bucket::Users, now).expect("a scout");
    core.answered(Bucket::Users, now, now + 0.1, &Ok(reply));
    let view = core.view(Bucket::Users, now + 0.1);
    let wait = view.shut_for.expect("shut");
    let bound = |name: &str| row["expected"][name].as_f64().expect("a number");
    assert!((bound("wait_s_min")..=bound("wait_s_max")).contains(&wait), "{wait}");
    assert!(wait <= 18.0, "by the smaller of the two: {wait}");
    assert_eq!((view.limit, view.refusals), (Some(600), 1));
}

#[test]
fn a_refusal_for_concurrency_is_no_ceiling_joined_or_not() {
    let row = found("BR-24");
    let sequence = row["input"]["sequence"].as_array().expect("a sequence");
    for joined in [false, true] {
        let epoch = 1_700_000_000_i64;
        let reply = |step: &serde_json::Value| {
            let value = |name: &str| {
                let text = step["headers"][name].as_str().unwrap_or_default();
                let seconds = text.strip_prefix('+').and_then(|t| t.strip_suffix(" s"));
                let value = seconds
                    .and_then(|s| s.parse::<i64>().ok())
                    .map_or_else(|| text.to_owned(), |s| (epoch + s).to_string());
                (name.to_owned(), if joined { format!("{value}, {value}") } else { value })
            };
            let all = ["X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"].map(value);
            let status = u16::try_from(step["status"].as_u64().unwrap_or_default()).expect("a status");
            let mut reply = answered(status, all.iter().map(|(name, value)| (name.as_str(), value.clone())));
            reply.date = Some(epoch);
            reply
        };
        let mut core = Core::new(PaceSettings { share: 100, most_in_flight: 64 }, 7);
        core.take(Bucket::Users, 0.0).expect("a scout");
        core.answered(Bucket::Users, 0.0, 0.1, &Ok(reply(&sequence[0])));
        let view = core.view(Bucket::Users, 0.1);
        assert_eq!((view.concurrency_refusals, view.refusals, view.limit), (1, 0, None), "{joined}");
        let Err(Some(next)) = core.take(Bucket::Users, 0.2) else { panic!("nothing goes at once") };
        assert!(next <= 5.0, "{next}");
        core.take(Bucket::Users, next).expect("the next try");
        core.answered(Bucket::Users, next, next + 0.1, &Ok(reply(&sequence[1])));
        let ceiling = u32::try_from(row["expected"]["ceiling_after_second"].as_u64().unwrap_or_default());
        assert_eq!(core.view(Bucket::Users, next + 0.2).limit, ceiling.ok(), "{joined}");
    }
}
