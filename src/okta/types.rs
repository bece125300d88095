//! Okta's objects, as far as we read them. Unknown fields and words are ignored: answers grow at any time.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::url::OrgUrl;
use crate::model::{Profile, take_said, take_word};

/// A user (okta-api.md 2.1).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Okta's id, about 20 characters.
    pub id: String,
    /// `STAGED`, `ACTIVE`, … and words not known yet.
    #[serde(default, deserialize_with = "take_word")]
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

    /// Whether it says who it is: an answer without an id and a login is no user, whatever its status says. Okta's ids are letters and
    /// digits (okta-api.md 2.2); what could be anything else in a path is none.
    pub fn is_whole(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !self.id.is_empty()
            && self.id.len() <= 100
            && self.id.bytes().all(plain)
            && !self.profile.login().is_empty()
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
    #[serde(default, deserialize_with = "take_said")]
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

    /// Which of the org's groups of one name people are put into. One of an app or a directory may bear the same name, and another can be
    /// made beside it; Okta's own can't be filled, and nobody can make another of its name.
    pub fn of_name(same: &[Self]) -> GroupOfName<'_> {
        if let Some(group) = same.iter().find(|group| group.ours_to_fill()) {
            return GroupOfName::Fill(group);
        }
        if same.iter().any(|group| group.kind == "BUILT_IN") {
            GroupOfName::BuiltIn
        } else {
            GroupOfName::Make
        }
    }

    /// Whether people can be put into it over the API.
    pub fn ours_to_fill(&self) -> bool {
        self.kind == "OKTA_GROUP"
    }
}

/// What an org's groups of one name are to a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupOfName<'g> {
    /// People are put into this one.
    Fill(&'g Group),
    /// It is Okta's own, which nobody can be put into: left out.
    BuiltIn,
    /// There is none to fill: one is made.
    Make,
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
    #[serde(default, rename = "_links")]
    links: OrgLinks,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
struct OrgLinks {
    #[serde(default)]
    organization: Option<Href>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
struct Href {
    #[serde(default)]
    href: String,
}

impl WellKnown {
    /// The org's address under Okta's own domains, which it also has behind a domain of its own: the Admin Console is there. Whatever
    /// else stands there is not followed.
    pub fn okta_address(&self) -> Option<OrgUrl> {
        let address = OrgUrl::parse(&self.links.organization.as_ref()?.href).ok()?;
        address.is_oktas_own().then_some(address)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_put_into_a_group_of_oktas_kind_and_never_into_one_of_its_own() {
        let groups = |kinds: &[&str]| -> Vec<Group> {
            let group = |kind: &&str| {
                serde_json::from_value(
                    serde_json::json!({"id": kind, "type": kind, "profile": {"name": "Contractors"}}),
                )
                .expect("a group")
            };
            kinds.iter().map(group).collect()
        };
        for (kinds, fill, built_in) in [
            (&[][..], None, false),
            (&["APP_GROUP"], None, false),
            (&["BUILT_IN"], None, true),
            (&["APP_GROUP", "BUILT_IN"], None, true),
            (&["BUILT_IN", "OKTA_GROUP"], Some("OKTA_GROUP"), false),
        ] {
            let groups = groups(kinds);
            let met = Group::of_name(&groups);
            let filled = if let GroupOfName::Fill(group) = met { Some(group.id.as_str()) } else { None };
            assert_eq!((filled, met == GroupOfName::BuiltIn), (fill, built_in), "{kinds:?}");
        }
    }

    #[test]
    fn behind_a_domain_of_its_own_an_org_says_where_its_console_is() {
        let at = |href: &str| {
            let text = format!(
                r#"{{"id":"00o1","pipeline":"idx","_links":{{"organization":{{"href":"{href}"}},"alternate":{{"href":"https://login.acme.com"}}}}}}"#
            );
            serde_json::from_str::<WellKnown>(&text)
                .expect("an org")
                .okta_address()
                .map(|url| url.to_string())
        };
        for own in ["https://acme.okta.com", "https://acme.oktapreview.com", "https://acme.okta-emea.com"] {
            assert_eq!(at(own).as_deref(), Some(own));
        }
        for other in [
            "https://login.acme.com",
            "https://okta.com.evil.example",
            "http://127.0.0.1:9",
            "",
            "javascript:x",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
        let bare: WellKnown = serde_json::from_str(r#"{"id":"00o1"}"#).expect("an org");
        assert_eq!(bare.okta_address(), None);
    }
}
