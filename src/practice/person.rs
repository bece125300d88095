//! One person of the org: kept small, because there may be a million.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::clock::stamp;
use super::credential::{Credential, KeptCredential};
use super::schema::Attributes;

/// Where a person is in Okta's life cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Made, not activated.
    Staged,
    /// Activated without a password; a mail was sent.
    Provisioned,
    /// In use.
    Active,
    /// A password reset is under way.
    Recovery,
    /// The password must be changed at the next sign-in.
    PasswordExpired,
    /// Locked after too many failed sign-ins.
    LockedOut,
    /// Paused by an administrator.
    Suspended,
    /// Deactivated; can be deleted.
    Deprovisioned,
}

impl Status {
    /// Okta's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Staged => "STAGED",
            Self::Provisioned => "PROVISIONED",
            Self::Active => "ACTIVE",
            Self::Recovery => "RECOVERY",
            Self::PasswordExpired => "PASSWORD_EXPIRED",
            Self::LockedOut => "LOCKED_OUT",
            Self::Suspended => "SUSPENDED",
            Self::Deprovisioned => "DEPROVISIONED",
        }
    }
}

/// Who answers for the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Provider {
    /// Okta itself.
    Okta,
    /// A hash or hook that has not met a good sign-in yet.
    Import,
    /// A federation partner; no password.
    Federation,
    /// A social sign-in; no password.
    Social,
}

impl Provider {
    /// Okta's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Okta => "OKTA",
            Self::Import => "IMPORT",
            Self::Federation => "FEDERATION",
            Self::Social => "SOCIAL",
        }
    }
}

/// The milliseconds of what happened to a person; 0 is never.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Times {
    pub(crate) created: i64,
    pub(crate) activated: i64,
    pub(crate) status_changed: i64,
    pub(crate) last_login: i64,
    pub(crate) last_updated: i64,
    pub(crate) password_changed: i64,
}

/// A person.
pub(crate) struct Person {
    /// The attributes with a value, as JSON text: a fifth of the memory of a map.
    profile: Box<str>,
    pub(crate) credential: Option<Arc<Credential>>,
    pub(crate) question: Option<Box<str>>,
    /// The numbers of the groups, Everyone left out. Sorted.
    pub(crate) groups: Vec<u32>,
    pub(crate) times: Times,
    pub(crate) status: Status,
    pub(crate) provider: Provider,
    /// Failed sign-ins since the last good one.
    pub(crate) failed: u8,
    /// Counts changes, for the ETag.
    pub(crate) version: u32,
}

/// What the journal keeps of a person.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptPerson {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) provider: Provider,
    pub(crate) profile: Attributes,
    pub(crate) credential: Option<KeptCredential>,
    pub(crate) question: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) times: Times,
    pub(crate) failed: u8,
    pub(crate) version: u32,
}

impl Person {
    pub(crate) fn new(profile: &Attributes, now: i64) -> Self {
        let mut person = Self {
            profile: Box::default(),
            credential: None,
            question: None,
            groups: Vec::new(),
            times: Times { created: now, ..Times::default() },
            status: Status::Staged,
            provider: Provider::Okta,
            failed: 0,
            version: 0,
        };
        person.set_profile(profile, now);
        person
    }

    pub(crate) fn profile(&self) -> Attributes {
        serde_json::from_str(&self.profile).unwrap_or_default()
    }

    pub(crate) fn set_profile(&mut self, profile: &Attributes, now: i64) {
        self.profile = serde_json::to_string(profile).unwrap_or_default().into_boxed_str();
        self.touch(now);
    }

    /// One attribute's text; empty when it has none.
    pub(crate) fn text(&self, attribute: &str) -> String {
        match self.profile().get(attribute) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// The name people see.
    pub(crate) fn name(&self) -> String {
        let profile = self.profile();
        let text = |attribute: &str| profile.get(attribute).and_then(Value::as_str).unwrap_or_default();
        let shown = text("displayName");
        if shown.is_empty() {
            format!("{} {}", text("firstName"), text("lastName")).trim().to_owned()
        } else {
            shown.to_owned()
        }
    }

    /// Notes a change.
    pub(crate) fn touch(&mut self, now: i64) {
        self.times.last_updated = now;
        self.version = self.version.wrapping_add(1);
    }

    pub(crate) fn set_status(&mut self, status: Status, now: i64) {
        if self.status != status {
            self.status = status;
            self.times.status_changed = now;
        }
        self.touch(now);
    }

    pub(crate) fn etag(&self, id: &str) -> String {
        format!("W/\"{}{:08x}\"", &id[id.len().saturating_sub(8)..], self.version)
    }

    /// The User object, as Okta shows it.
    pub(crate) fn view(&self, id: &str, base: &str, whole: bool) -> Value {
        let when = |at: i64| if at == 0 { Value::Null } else { Value::String(stamp(at)) };
        let mut profile = self.profile();
        for shown_as_null in ["mobilePhone", "secondEmail"] {
            profile.entry(shown_as_null).or_insert(Value::Null);
        }
        let mut credentials = Map::new();
        if self.credential.is_some() {
            credentials.insert("password".into(), json!({}));
        }
        if let Some(question) = &self.question {
            credentials.insert("recovery_question".into(), json!({ "question": question }));
        }
        credentials
            .insert("provider".into(), json!({ "type": self.provider.word(), "name": self.provider.word() }));
        let own = format!("{base}/api/v1/users/{id}");
        let mut links = json!({ "self": { "href": own } });
        if whole && let Some(links) = links.as_object_mut() {
            let mut post = |name: &str, path: &str| {
                links.insert(name.to_owned(), json!({ "href": format!("{own}/{path}"), "method": "POST" }));
            };
            match self.status {
                Status::Staged | Status::Deprovisioned => post("activate", "lifecycle/activate"),
                Status::Provisioned => post("reactivate", "lifecycle/reactivate"),
                Status::Active | Status::Recovery | Status::PasswordExpired => {
                    post("suspend", "lifecycle/suspend");
                    post("resetPassword", "lifecycle/reset_password");
                    post("resetFactors", "lifecycle/reset_factors");
                    post("expirePassword", "lifecycle/expire_password");
                    post("forgotPassword", "credentials/forgot_password");
                    post("changeRecoveryQuestion", "credentials/change_recovery_question");
                    post("changePassword", "credentials/change_password");
                }
                Status::LockedOut => post("unlock", "lifecycle/unlock"),
                Status::Suspended => post("unsuspend", "lifecycle/unsuspend"),
            }
            if self.status != Status::Deprovisioned {
                post("deactivate", "lifecycle/deactivate");
            }
            links.insert(
                "schema".into(),
                json!({ "href": format!("{base}/api/v1/meta/schemas/user/default") }),
            );
            links.insert(
                "type".into(),
                json!({ "href": format!("{base}/api/v1/meta/types/user/{USER_TYPE}") }),
            );
        }
        json!({
            "id": id,
            "status": self.status.word(),
            "created": when(self.times.created),
            "activated": when(self.times.activated),
            "statusChanged": when(self.times.status_changed),
            "lastLogin": when(self.times.last_login),
            "lastUpdated": when(self.times.last_updated),
            "passwordChanged": when(self.times.password_changed),
            "type": { "id": USER_TYPE },
            "profile": profile,
            "credentials": credentials,
            "_links": links,
        })
    }

    /// What the journal keeps; `groups` are the ids of [`Self::groups`].
    pub(crate) fn keep(&self, id: String, groups: Vec<String>) -> KeptPerson {
        KeptPerson {
            id,
            status: self.status,
            provider: self.provider,
            profile: self.profile(),
            credential: self.credential.as_ref().map(|credential| credential.keep()),
            question: self.question.as_deref().map(str::to_owned),
            groups,
            times: self.times,
            failed: self.failed,
            version: self.version,
        }
    }
}

impl KeptPerson {
    /// The person again; `None` when what was kept is damaged.
    pub(crate) fn restore(self, groups: Vec<u32>) -> Option<Person> {
        let credential = match self.credential {
            None => None,
            Some(kept) => Some(Arc::new(kept.restore()?)),
        };
        Some(Person {
            profile: serde_json::to_string(&self.profile).ok()?.into_boxed_str(),
            credential,
            question: self.question.map(String::into_boxed_str),
            groups,
            times: self.times,
            status: self.status,
            provider: self.provider,
            failed: self.failed,
            version: self.version,
        })
    }
}

/// The id of the one user type of the org.
pub(crate) const USER_TYPE: &str = "otyPracticeUserType0";
