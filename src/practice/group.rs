//! Groups and inline hooks of the org.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clock::stamp;
use super::secret::Secret;

/// The number of the group everyone is in.
pub(crate) const EVERYONE: u32 = 0;

/// A group. Everyone's members are not listed: they are all people.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: i64,
    pub(crate) last_updated: i64,
    pub(crate) membership_updated: i64,
    pub(crate) members: BTreeSet<u32>,
    pub(crate) built_in: bool,
}

/// What the journal keeps of a group; who is in it is kept with the people.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) created: i64,
    pub(crate) last_updated: i64,
    pub(crate) membership_updated: i64,
}

impl Group {
    pub(crate) fn new(name: String, description: Option<String>, now: i64) -> Self {
        Self {
            name,
            description,
            created: now,
            last_updated: now,
            membership_updated: now,
            members: BTreeSet::new(),
            built_in: false,
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        if self.built_in { "BUILT_IN" } else { "OKTA_GROUP" }
    }

    /// The Group object, as Okta shows it.
    pub(crate) fn view(&self, id: &str, base: &str) -> Value {
        let own = format!("{base}/api/v1/groups/{id}");
        json!({
            "id": id,
            "created": stamp(self.created),
            "lastUpdated": stamp(self.last_updated),
            "lastMembershipUpdated": stamp(self.membership_updated),
            "objectClass": ["okta:user_group"],
            "type": self.kind(),
            "profile": { "name": self.name, "description": self.description },
            "_links": {
                "logo": [
                    { "name": "medium", "href": format!("{base}/img/logos/groups/odyssey/okta-medium.png"), "type": "image/png" },
                    { "name": "large", "href": format!("{base}/img/logos/groups/odyssey/okta-large.png"), "type": "image/png" },
                ],
                "users": { "href": format!("{own}/users") },
                "apps": { "href": format!("{own}/apps") },
            },
        })
    }

    pub(crate) fn keep(&self, id: String) -> KeptGroup {
        KeptGroup {
            id,
            name: self.name.clone(),
            description: self.description.clone(),
            created: self.created,
            last_updated: self.last_updated,
            membership_updated: self.membership_updated,
        }
    }
}

impl KeptGroup {
    pub(crate) fn restore(self) -> Group {
        Group {
            name: self.name,
            description: self.description,
            created: self.created,
            last_updated: self.last_updated,
            membership_updated: self.membership_updated,
            members: BTreeSet::new(),
            built_in: false,
        }
    }
}

/// The type of hook that matters here.
pub(crate) const PASSWORD_HOOK: &str = "com.okta.user.credential.password.import";

/// A registered inline hook.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) version: String,
    pub(crate) active: bool,
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
    /// The header that proves the call is the org's.
    pub(crate) auth: Option<(String, SecretString)>,
    pub(crate) created: i64,
    pub(crate) last_updated: i64,
}

/// What the journal keeps of a hook.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeptHook {
    pub(crate) id: String,
    name: String,
    kind: String,
    version: String,
    active: bool,
    uri: String,
    headers: Vec<(String, String)>,
    auth: Option<(String, Secret)>,
    created: i64,
    last_updated: i64,
}

impl Hook {
    /// The InlineHook object, as Okta shows it: never with the secret.
    pub(crate) fn view(&self, id: &str, base: &str) -> Value {
        let own = format!("{base}/api/v1/inlineHooks/{id}");
        let headers: Vec<Value> =
            self.headers.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let mut config = json!({ "uri": self.uri, "headers": headers, "method": "POST" });
        if let Some((key, _)) = &self.auth {
            config["authScheme"] = json!({ "type": "HEADER", "key": key });
        }
        let mut links = json!({ "self": { "href": own } });
        let post = |path: &str| json!({ "href": format!("{own}/{path}"), "hints": { "allow": ["POST"] } });
        if self.active {
            links["execute"] = post("execute");
            links["deactivate"] = post("lifecycle/deactivate");
        } else {
            links["activate"] = post("lifecycle/activate");
            links["delete"] = json!({ "href": own, "hints": { "allow": ["DELETE"] } });
        }
        json!({
            "id": id,
            "status": if self.active { "ACTIVE" } else { "INACTIVE" },
            "name": self.name,
            "type": self.kind,
            "version": self.version,
            "channel": { "type": "HTTP", "version": "1.0.0", "config": config },
            "created": stamp(self.created),
            "lastUpdated": stamp(self.last_updated),
            "_links": links,
        })
    }

    pub(crate) fn keep(&self, id: String) -> KeptHook {
        KeptHook {
            id,
            name: self.name.clone(),
            kind: self.kind.clone(),
            version: self.version.clone(),
            active: self.active,
            uri: self.uri.clone(),
            headers: self.headers.clone(),
            auth: self
                .auth
                .as_ref()
                .map(|(key, value)| (key.clone(), Secret::new(value.expose_secret().to_owned()))),
            created: self.created,
            last_updated: self.last_updated,
        }
    }
}

impl KeptHook {
    pub(crate) fn restore(self) -> Hook {
        Hook {
            name: self.name,
            kind: self.kind,
            version: self.version,
            active: self.active,
            uri: self.uri,
            headers: self.headers,
            auth: self.auth.map(|(key, value)| (key, SecretString::from(value.expose().to_owned()))),
            created: self.created,
            last_updated: self.last_updated,
        }
    }
}
