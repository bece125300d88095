//! Okta's objects, as far as we read them. Unknown fields and words are ignored: answers grow at any time.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::model::Profile;

/// A user (okta-api.md 2.1).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Okta's id, about 20 characters.
    pub id: String,
    /// `STAGED`, `ACTIVE`, … and words not known yet.
    #[serde(default)]
    pub status: String,
    /// When it was made, by Okta's clock.
    #[serde(default)]
    pub created: Option<DateTime<Utc>>,
    /// The profile, with nulls as they came.
    #[serde(default)]
    pub profile: Profile,
    /// How the password came to be.
    #[serde(default)]
    credentials: Credentials,
    /// The last good sign-in, in whatever form.
    #[serde(default)]
    last_login: Option<serde_json::Value>,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
struct Credentials {
    #[serde(default)]
    provider: Provider,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
struct Provider {
    #[serde(default, rename = "type")]
    kind: String,
}

impl User {
    /// `OKTA`, `IMPORT`, `ACTIVE_DIRECTORY`, …; empty when not told.
    pub fn provider(&self) -> &str {
        &self.credentials.provider.kind
    }

    /// Whether they have ever signed in, as far as Okta tells.
    pub fn has_signed_in(&self) -> bool {
        self.last_login.as_ref().is_some_and(|at| !at.is_null())
    }

    /// Whether it says who it is: an answer without an id and a login is no user, whatever its status says.
    pub fn is_whole(&self) -> bool {
        !self.id.is_empty() && !self.profile.login().is_empty()
    }
}

/// A group (okta-api.md 3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// Okta's id.
    pub id: String,
    /// `OKTA_GROUP` (ours to fill), `APP_GROUP`, `BUILT_IN`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Name and description.
    #[serde(default)]
    profile: GroupProfile,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
struct GroupProfile {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: Option<String>,
}

impl Group {
    /// Its description; empty without one.
    pub fn description(&self) -> &str {
        self.profile.description.as_deref().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.profile.name
    }

    /// Whether people can be put into it over the API.
    pub fn ours_to_fill(&self) -> bool {
        self.kind == "OKTA_GROUP"
    }
}

/// `GET /api/v1/org`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgInfo {
    /// Okta's id, `00o…`.
    pub id: String,
    /// The org's short name.
    #[serde(default)]
    pub subdomain: Option<String>,
    /// The company.
    #[serde(default)]
    pub company_name: Option<String>,
    /// `ACTIVE` or `INACTIVE`.
    #[serde(default)]
    pub status: Option<String>,
    /// When a trial ends.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// `GET /.well-known/okta-organization`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WellKnown {
    /// Okta's id, `00o…`.
    pub id: String,
    /// `idx` for Identity Engine, `v1` for Classic Engine.
    #[serde(default)]
    pub pipeline: String,
}

/// An API token's metadata; never the token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// `00T…`.
    pub id: String,
    /// As it was named when it was made.
    #[serde(default)]
    pub name: String,
    /// Whose it is.
    #[serde(default)]
    pub user_id: Option<String>,
}
