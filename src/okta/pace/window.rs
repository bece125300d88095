//! One bucket's allowance: when may the next request go?
//!
//! Okta counts in windows of about 60 s that begin with the first request to *arrive*. So three things decide how much of the
//! allowance can be used:
//!
//! - Within a window the requests that are left are spread over the time that is left, so that the last goes out shortly
//!   before the end. What is in flight counts as spent.
//! - The end is known better than the headers tell it (`X-Rate-Limit-Reset` is in whole seconds): our first request of a window
//!   arrived before its answer came back, so 60 s after that answer the window is over for certain.
//! - At the turn one scout goes first. Its arrival opens the next window, so waiting for its answer costs nothing of the next
//!   allowance; and if the turn was guessed too early, only the scout meets the old window.
//!
//! What is lost is the time between a window's end and the scout's arrival: about one round trip in 60 s.
//!
//! Times are seconds on a running clock of our own, as `f64`. Pure: no clock is read here.

use super::clock::ServerClock;
use crate::okta::reply::Limits;

/// How long Okta's windows are, in seconds (okta-api.md 7.1).
const WINDOW: f64 = 60.0;
/// How far the headers may disagree with that before we believe the headers, in seconds: they are whole seconds of two clocks.
const ROUNDING: f64 = 1.0;
/// How long others are watched at least before their use is taken for a habit, in seconds.
const WATCHED: f64 = 8.0;
/// The allowance assumed when answers carry no rate headers, a minute: half of the smallest documented bucket.
const BLIND_LIMIT: u32 = 50;

/// When the next request may go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Next {
    /// Now.
    Now,
    /// Not before this time; sooner if an answer changes the picture.
    At(f64),
}

/// The window that answers told us about.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// The header's reset, server's epoch seconds; `None` when answers carry no rate headers.
    reset: Option<i64>,
    /// When its first request of ours was sent and its first answer received.
    first_sent: f64,
    first_received: f64,
    /// Requests of ours it has counted, those without an answer included.
    own: u32,
    /// Requests it has counted that were not ours, as far as seen.
    foreign: u32,
    /// Those of them that it had counted before our first.
    before_us: u32,
    /// It was still alive then, though we had thought it over.
    alive_at: f64,
}

impl Known {
    /// Whether an answer with this reset speaks of this window: the header may be computed anew for each answer and round
    /// either way.
    fn is(&self, reset: i64) -> bool {
        self.reset.is_some_and(|known| (known - reset).abs() <= 1)
    }
}

/// One bucket.
#[derive(Debug)]
pub(super) struct Window {
    share: f64,
    limit: Option<u32>,
    remaining: Option<u32>,
    known: Option<Known>,
    in_flight: u32,
    last_sent: f64,
    scout: Option<f64>,
    closed_until: f64,
    /// Grows when a turn was guessed too early, in seconds.
    guard: f64,
    /// Smoothed time from sending to answer, in seconds.
    latency: f64,
    /// How often the bucket refused (429).
    pub(super) refusals: u64,
}

/// What an answer told about the bucket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    pub(super) sent: f64,
    pub(super) received: f64,
    pub(super) limits: Option<Limits>,
    pub(super) date: Option<i64>,
    /// The bucket refused the request: a 429 that is neither about concurrency nor about mails.
    pub(super) refused: bool,
    /// `Retry-After` in seconds.
    pub(super) retry_after: Option<u64>,
    /// A random number in 0..1, to spread waiting programs after a refusal.
    pub(super) luck: f64,
}

impl Window {
    pub(super) fn new(share: f64) -> Self {
        Self {
            share,
            limit: None,
            remaining: None,
            known: None,
            in_flight: 0,
            last_sent: f64::NEG_INFINITY,
            scout: None,
            closed_until: f64::NEG_INFINITY,
            guard: 0.02,
            latency: 0.3,
            refusals: 0,
        }
    }

    /// The allowance a window gives us: the share of the limit, at least one.
    pub(super) fn cap(&self) -> u32 {
        let limit = f64::from(self.limit.unwrap_or(BLIND_LIMIT));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a u32")]
        let cap = (limit * self.share).floor() as u32;
        cap.max(1)
    }

    pub(super) fn limit(&self) -> Option<u32> {
        self.limit
    }

    pub(super) fn remaining(&self) -> Option<u32> {
        self.remaining
    }

    pub(super) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    pub(super) fn latency(&self) -> f64 {
        self.latency
    }

    pub(super) fn set_share(&mut self, share: f64) {
        self.share = share;
    }

    /// Requests in flight that the rate needs at this latency, with room for jitter.
    pub(super) fn wanted_in_flight(&self) -> u32 {
        let rate = f64::from(self.cap()) / WINDOW;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
        let wanted = (rate * self.latency * 1.7).ceil().min(1000.0) as u32;
        wanted + 2
    }

    /// How long until the allowance renews, if that is known, in seconds.
    pub(super) fn renews_in(&self, now: f64, clock: &ServerClock) -> Option<f64> {
        if self.closed_until > now {
            return Some(self.closed_until - now);
        }
        self.known.map(|known| (self.over_by(&known, clock) - now).max(0.0))
    }

    /// How long this bucket stays shut after a refusal, in seconds.
    pub(super) fn shut_for(&self, now: f64) -> Option<f64> {
        (self.closed_until > now).then_some(self.closed_until - now)
    }

    /// Our time by which the window is surely over.
    fn over_by(&self, known: &Known, clock: &ServerClock) -> f64 {
        let by_count = known.first_received + WINDOW;
        let bounds = known.reset.and_then(|reset| {
            let reset = reset as f64;
            clock.not_before(reset - ROUNDING).zip(clock.surely_by(reset + ROUNDING))
        });
        let by_header = match bounds {
            // The headers name a later end than a 60 s window could have: believe them.
            Some((earliest, latest)) if by_count < earliest => latest,
            Some((_, latest)) => by_count.min(latest),
            None => by_count,
        };
        by_header.max(known.alive_at) + self.guard
    }

    /// When the next request may go.
    pub(super) fn next(&self, now: f64, clock: &ServerClock) -> Next {
        if now < self.closed_until {
            return Next::At(self.closed_until);
        }
        let patience = (self.latency * 3.0 + 0.2).min(10.0);
        let Some(known) = self.known.filter(|k| now < self.over_by(k, clock)) else {
            // The turn (or nothing known yet): one scout, and another only when it seems lost.
            return match self.scout {
                None => Next::Now,
                Some(sent) if now >= sent + patience && self.in_flight < 3 => Next::Now,
                Some(sent) => Next::At(if now < sent + patience { sent + patience } else { now + patience }),
            };
        };
        let over = self.over_by(&known, clock);
        let limit = self.limit.unwrap_or(BLIND_LIMIT);
        let cap = self.cap();
        let spent = known.own + self.in_flight;
        let most = cap.saturating_sub(spent).min(limit.saturating_sub(spent.saturating_add(known.foreign)));
        if most == 0 {
            return Next::At(over);
        }
        let nominal = (over - known.first_sent).clamp(0.1, WINDOW) / f64::from(cap);
        // What others will likely use until the end, going on as they did since we watch. A few seconds tell nothing.
        let elapsed = (now - known.first_received).max(WATCHED);
        let to_come = f64::from(known.foreign - known.before_us) / elapsed * (over - now).max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count within a window"
        )]
        let left = most.saturating_sub(to_come.ceil().min(1e9) as u32);
        if left == 0 {
            // Only a guess keeps us back: look again soon.
            return Next::At((now + (nominal * 4.0).max(0.5)).min(over));
        }
        // The last should have arrived, and been answered, before the window can be over.
        let margin = self.latency * 1.5 + 0.1;
        let end = (known.first_sent + WINDOW).min(over) - margin;
        let spread = (end - self.last_sent) / f64::from(left);
        let at = self.last_sent + spread.max(nominal * 0.5);
        if now >= at { Next::Now } else { Next::At(at) }
    }

    /// A request goes out.
    pub(super) fn sent(&mut self, now: f64, clock: &ServerClock) {
        if self.known.is_none_or(|k| now >= self.over_by(&k, clock)) {
            self.scout = Some(now);
        }
        self.in_flight += 1;
        self.last_sent = now;
    }

    /// A request that took a permit but was never sent.
    pub(super) fn unsent(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.scout = None;
    }

    /// A request without an answer: it may have been counted, so it counts.
    pub(super) fn lost(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(known) = &mut self.known {
            known.own += 1;
        }
    }

    /// An answer.
    pub(super) fn answered(&mut self, told: &Told, clock: &ServerClock) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let took = (told.received - told.sent).clamp(0.0, 60.0);
        self.latency += (took - self.latency) * 0.15;
        if told.refused {
            self.refused(told, clock);
            return;
        }
        let Some(limits) = told.limits.filter(|l| l.limit > 0) else {
            self.blind(told);
            return;
        };
        let mut fresh = false;
        let too_early =
            self.known.is_some_and(|k| k.is(limits.reset) && self.scout.is_some_and(|s| told.sent >= s));
        match &mut self.known {
            Some(known) if known.is(limits.reset) => {
                known.own += 1;
                known.first_received = known.first_received.min(told.received);
                known.first_sent = known.first_sent.min(told.sent);
                if too_early {
                    // Still the old window: it lasts longer than thought.
                    known.alive_at = told.received + 0.1;
                    self.guard = (self.guard + 0.2).min(2.0);
                    self.scout = None;
                }
            }
            Some(known) if known.reset.is_some_and(|reset| limits.reset < reset) => return, // from the window before
            _ => {
                fresh = true;
                self.known = Some(Known {
                    reset: Some(limits.reset),
                    first_sent: told.sent,
                    first_received: told.received,
                    own: 1,
                    foreign: 0,
                    before_us: 0,
                    alive_at: f64::NEG_INFINITY,
                });
                self.scout = None;
            }
        }
        self.limit = Some(limits.limit);
        self.remaining = Some(limits.remaining);
        if let Some(known) = &mut self.known {
            let counted = limits.limit.saturating_sub(limits.remaining);
            known.foreign = known.foreign.max(counted.saturating_sub(known.own + self.in_flight));
            if fresh {
                known.before_us = known.foreign;
            }
        }
    }

    /// The bucket refused: shut until it renews by the server's clock, and a moment longer.
    fn refused(&mut self, told: &Told, clock: &ServerClock) {
        self.refusals += 1;
        if self.known.is_some() && self.scout.is_some_and(|scout| told.sent >= scout) {
            // The turn was guessed too early.
            self.guard = (self.guard + 0.3).min(2.0);
        }
        let by_header = told.limits.and_then(|l| clock.surely_by(l.reset as f64));
        let by_date = told.limits.zip(told.date).map(|(l, d)| told.received + (l.reset - d) as f64);
        #[expect(clippy::cast_precision_loss, reason = "seconds")]
        let by_retry = told.retry_after.map(|s| told.received + s as f64);
        let until = by_header.or(by_date).or(by_retry).unwrap_or(told.received + WINDOW);
        // Never a whole hour by a wrong header.
        let until = until.clamp(told.received + 0.2, told.received + 2.0 * WINDOW);
        self.closed_until = self.closed_until.max(until + told.luck * 2.0);
        if let Some(limits) = told.limits {
            self.limit = Some(limits.limit);
            self.remaining = Some(limits.remaining);
        }
        // What was believed about the window was wrong. After the wait: a scout.
        self.known = None;
        self.scout = None;
    }

    /// An answer without rate headers: count by ourselves against a careful guess.
    fn blind(&mut self, told: &Told) {
        match &mut self.known {
            Some(known) if told.sent < known.first_received + WINDOW => known.own += 1,
            _ => {
                self.known = Some(Known {
                    reset: None,
                    first_sent: told.sent,
                    first_received: told.received,
                    own: 1,
                    foreign: 0,
                    before_us: 0,
                    alive_at: f64::NEG_INFINITY,
                });
                self.scout = None;
            }
        }
    }
}
