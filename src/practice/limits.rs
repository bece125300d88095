//! Rate limits: a window of about a minute from the first request, for each bucket (okta-api.md 7).

use std::collections::HashMap;
use std::time::Duration;

use super::config::Limits;

/// A family of calls that share an allowance (okta-api.md 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    Users,
    UserWrite,
    UserRead,
    Me,
    Groups,
    Group,
    Apps,
    Logs,
    Other,
    Authn,
}

const BUCKETS: usize = 10;

impl Bucket {
    /// The bucket a call falls in; `None` for what Okta doesn't limit or the org answers on its own account.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/api/v1/")?;
        let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        Some(match parts.as_slice() {
            ["users", "me"] => Self::Me,
            ["users"] | ["users", _, _, ..] => Self::Users,
            ["users", _] if method == "GET" => Self::UserRead,
            ["users", _] => Self::UserWrite,
            ["groups", _] => Self::Group,
            ["groups", ..] => Self::Groups,
            ["apps", ..] => Self::Apps,
            ["logs"] => Self::Logs,
            ["authn", ..] => Self::Authn,
            _ => Self::Other,
        })
    }

    fn limit(self, limits: &Limits) -> u32 {
        match self {
            Self::Users => limits.users,
            Self::UserWrite => limits.user_write,
            Self::UserRead => limits.user_read,
            Self::Me => limits.me,
            Self::Groups => limits.groups,
            Self::Group => limits.group,
            Self::Apps => limits.apps,
            Self::Logs => limits.logs,
            Self::Other => limits.other,
            Self::Authn => limits.authn,
        }
    }
}

/// Where a bucket stands after a request: what the `X-Rate-Limit-*` headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Epoch seconds, rounded up: at that second the window has surely ended.
    pub(crate) reset: i64,
    /// Whether the request was within the limit.
    pub(crate) allowed: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    ends: i64,
    used: u32,
}

/// The windows of all buckets.
#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) limits: Limits,
    window: i64,
    windows: [Window; BUCKETS],
    /// Sign-ins of each name in the running second.
    names: HashMap<String, Window>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, window: Duration) -> Self {
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX / 2).max(1);
        Self { limits, window, windows: [Window::default(); BUCKETS], names: HashMap::new() }
    }

    /// Counts a sign-in of a name; whether it is within what a name may do in a second.
    pub(crate) fn take_name(&mut self, name: &str, now: i64) -> bool {
        if self.names.len() > 10_000 {
            self.names.retain(|_, window| now < window.ends);
        }
        let window = self.names.entry(super::text::fold(name)).or_default();
        if now >= window.ends {
            *window = Window { ends: now.saturating_add(1000), used: 0 };
        }
        window.used = window.used.saturating_add(1);
        window.used <= self.limits.authn_per_name
    }

    /// Counts a request at `now` (milliseconds). A refused request uses nothing up.
    pub(crate) fn take(&mut self, bucket: Bucket, now: i64) -> Standing {
        let limit = bucket.limit(&self.limits);
        let window = &mut self.windows[bucket as usize];
        if now >= window.ends {
            *window = Window { ends: now.saturating_add(self.window), used: 0 };
        }
        let allowed = window.used < limit;
        if allowed {
            window.used += 1;
        }
        let reset = window.ends.div_euclid(1000) + i64::from(window.ends.rem_euclid(1000) > 0);
        Standing { limit, remaining: limit.saturating_sub(window.used), reset, allowed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fall_in_the_buckets_of_the_reference() {
        for (method, path, bucket) in [
            ("POST", "/api/v1/users", Some(Bucket::Users)),
            ("GET", "/api/v1/users", Some(Bucket::Users)),
            ("POST", "/api/v1/users/00u1/lifecycle/activate", Some(Bucket::Users)),
            ("GET", "/api/v1/users/00u1/groups", Some(Bucket::Users)),
            ("GET", "/api/v1/users/me", Some(Bucket::Me)),
            ("GET", "/api/v1/users/a@b.cd", Some(Bucket::UserRead)),
            ("POST", "/api/v1/users/00u1", Some(Bucket::UserWrite)),
            ("DELETE", "/api/v1/users/00u1", Some(Bucket::UserWrite)),
            ("POST", "/api/v1/groups", Some(Bucket::Groups)),
            ("PUT", "/api/v1/groups/00g1/users/00u1", Some(Bucket::Groups)),
            ("GET", "/api/v1/groups/00g1", Some(Bucket::Group)),
            ("GET", "/api/v1/inlineHooks", Some(Bucket::Other)),
            ("GET", "/api/v1/logs", Some(Bucket::Logs)),
            ("POST", "/api/v1/authn", Some(Bucket::Authn)),
            ("GET", "/.well-known/okta-organization", None),
        ] {
            assert_eq!(Bucket::of(method, path), bucket, "{method} {path}");
        }
    }

    #[test]
    fn a_window_starts_with_its_first_request_and_ends_a_minute_later() {
        let mut limiter = Limiter::new(Limits::same(2), Duration::from_mins(1));
        let first = limiter.take(Bucket::Users, 10_500);
        assert_eq!(first, Standing { limit: 2, remaining: 1, reset: 71, allowed: true });
        assert!(limiter.take(Bucket::Users, 50_000).allowed);
        assert_eq!(
            limiter.take(Bucket::Users, 70_499),
            Standing { limit: 2, remaining: 0, reset: 71, allowed: false }
        );
        assert!(limiter.take(Bucket::Groups, 70_499).allowed, "another bucket");
        assert_eq!(
            limiter.take(Bucket::Users, 70_500),
            Standing { limit: 2, remaining: 1, reset: 131, allowed: true }
        );
    }
}
