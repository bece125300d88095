//! Okta counts calls in buckets: families of paths and methods (okta-api.md 7.3).

use serde::Serialize;

/// A rate-limit bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Create and list users; lifecycle and credentials calls; a user's groups.
    Users,
    /// Change or delete one user.
    UserWrite,
    /// Get one user.
    UserRead,
    /// Who am I.
    Me,
    /// Create and list groups; every membership call.
    Groups,
    /// Get, change or delete one group.
    Group,
    /// The system log.
    Logs,
    /// Everything else under `/api/v1`.
    Other,
}

impl Bucket {
    /// All buckets.
    pub const ALL: [Self; 8] = [
        Self::Users,
        Self::UserWrite,
        Self::UserRead,
        Self::Me,
        Self::Groups,
        Self::Group,
        Self::Logs,
        Self::Other,
    ];

    /// The bucket's place in [`Bucket::ALL`].
    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// As Okta's own dashboard names it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Users => "/api/v1/users",
            Self::UserWrite | Self::UserRead => "/api/v1/users/{id}",
            Self::Me => "/api/v1/users/me",
            Self::Groups => "/api/v1/groups",
            Self::Group => "/api/v1/groups/{id}",
            Self::Logs => "/api/v1/logs",
            Self::Other => "/api/v1",
        }
    }
}
