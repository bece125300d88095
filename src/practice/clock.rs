//! What time it is, as the org sees it: a parameter, so that tests own it.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};

/// Tells the org the time. Rate-limit windows, time stamps, log events and mail pauses read nothing else.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now(&self) -> i64;
}

/// The computer's own clock, or one so far ahead of it: the org's need not show the same time.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock {
    ahead: i64,
}

impl SystemClock {
    /// So many seconds ahead of the computer's; behind with a minus.
    pub fn ahead(seconds: i64) -> Self {
        Self { ahead: seconds.saturating_mul(1000) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        Utc::now().timestamp_millis().saturating_add(self.ahead)
    }
}

/// A clock that stands still until told otherwise, for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `millis` since 1970-01-01 UTC.
    pub fn at(millis: i64) -> Self {
        Self(AtomicI64::new(millis))
    }

    /// Moves the clock on.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Okta's form of a date: `2026-05-11T15:26:08.000Z`.
pub(crate) fn stamp(millis: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(millis)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an RFC 3339 date into milliseconds since 1970.
pub(crate) fn parse_stamp(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}

/// The `Date` header's form: `Mon, 11 May 2026 15:26:08 GMT`.
pub(crate) fn http_date(millis: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(millis)
        .unwrap_or_default()
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}
