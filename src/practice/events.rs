//! The system log: what happened, kept small, shown in Okta's form (okta-api.md 6).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::clock::stamp;

/// The id of the one API token.
pub(crate) const TOKEN_ID: &str = "00TPracticeToken0001";

/// Older events than the newest so many are forgotten, so that a million people fit in memory: about 50 MB of log.
const KEPT: usize = 200_000;

/// One event.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// Counts up from 1 through the org's life.
    pub(crate) number: u64,
    pub(crate) at: i64,
    #[serde(rename = "type")]
    pub(crate) kind: Box<str>,
    pub(crate) ok: bool,
    pub(crate) reason: Option<Box<str>>,
    /// The person it is about: id and login.
    pub(crate) person: Option<(Box<str>, Box<str>)>,
    /// What else it is about: type, id, name.
    pub(crate) other: Option<(Box<str>, Box<str>, Box<str>)>,
    /// Whether the person did it (a sign-in), not the token's owner.
    pub(crate) own: bool,
    /// The algorithm of an imported password.
    pub(crate) detail: Option<Box<str>>,
    /// The program that asked for it, as it names itself.
    #[serde(default)]
    pub(crate) agent: Option<Box<str>>,
}

impl Event {
    pub(crate) fn new(kind: &str) -> Self {
        Self {
            number: 0,
            at: 0,
            kind: kind.into(),
            ok: true,
            reason: None,
            person: None,
            other: None,
            own: false,
            detail: None,
            agent: None,
        }
    }

    pub(crate) fn about(mut self, id: &str, login: &str) -> Self {
        self.person = Some((id.into(), login.into()));
        self
    }

    pub(crate) fn with(mut self, kind: &str, id: &str, name: &str) -> Self {
        self.other = Some((kind.into(), id.into(), name.into()));
        self
    }

    pub(crate) fn by_person(mut self) -> Self {
        self.own = true;
        self
    }

    pub(crate) fn by_agent(mut self, agent: &str) -> Self {
        self.agent = (!agent.is_empty()).then(|| agent.into());
        self
    }

    pub(crate) fn failed(mut self, reason: &str) -> Self {
        self.ok = false;
        self.reason = Some(reason.into());
        self
    }

    pub(crate) fn detail(mut self, detail: &str) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn outcome(&self) -> &'static str {
        if self.ok { "SUCCESS" } else { "FAILURE" }
    }

    fn uuid(&self) -> String {
        let number = self.number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!(
            "{:08x}-{:04x}-11f0-8000-{:012x}",
            number >> 32,
            (number >> 16) & 0xFFFF,
            self.number & 0xFFFF_FFFF_FFFF
        )
    }

    /// The values of a field that `filter` may name.
    pub(crate) fn field(&self, name: &str, admin: &(String, String)) -> Option<Vec<Value>> {
        let text = |text: &str| Value::String(text.to_owned());
        let person = self.person.as_ref();
        let other = self.other.as_ref();
        let actor = match person {
            Some((id, login)) if self.own => (id.as_ref(), login.as_ref()),
            _ => (admin.0.as_str(), admin.1.as_str()),
        };
        Some(match name {
            "uuid" => vec![Value::String(self.uuid())],
            "eventType" => vec![text(&self.kind)],
            "severity" => vec![text(if self.ok { "INFO" } else { "WARN" })],
            "displayMessage" => vec![text(message(&self.kind))],
            "outcome.result" => vec![text(self.outcome())],
            "outcome.reason" => self.reason.as_deref().map(text).into_iter().collect(),
            "actor.id" => vec![text(actor.0)],
            "actor.alternateId" => vec![text(actor.1)],
            "actor.type" => vec![text("User")],
            "target.id" => person
                .map(|it| it.0.as_ref())
                .into_iter()
                .chain(other.map(|it| it.1.as_ref()))
                .map(text)
                .collect(),
            "target.alternateId" => person.map(|it| text(&it.1)).into_iter().collect(),
            "target.type" => {
                person.map(|_| "User").into_iter().chain(other.map(|it| it.0.as_ref())).map(text).collect()
            }
            "transaction.detail.requestApiTokenId" if !self.own => vec![text(TOKEN_ID)],
            "transaction.detail.requestApiTokenId" => Vec::new(),
            _ => return None,
        })
    }

    /// The LogEvent object, as Okta shows it.
    pub(crate) fn view(&self, admin: &(String, String)) -> Value {
        let user = |id: &str, login: &str| json!({ "id": id, "type": "User", "alternateId": login, "displayName": login, "detailEntry": null });
        let mut target = Vec::new();
        if let Some((kind, id, name)) = &self.other {
            target.push(
                json!({ "id": id, "type": kind, "alternateId": "unknown", "displayName": name, "detailEntry": null }),
            );
        }
        if let Some((id, login)) = &self.person {
            target.push(user(id, login));
        }
        let actor = match &self.person {
            Some((id, login)) if self.own => user(id, login),
            _ => user(&admin.0, &admin.1),
        };
        let mut debug = json!({ "requestUri": if self.own { "/api/v1/authn" } else { "/api/v1" } });
        if let Some(detail) = &self.detail {
            debug["passwordImportType"] = json!(detail);
        }
        let transaction = if self.own { json!({}) } else { json!({ "requestApiTokenId": TOKEN_ID }) };
        json!({
            "uuid": self.uuid(),
            "published": stamp(self.at),
            "eventType": self.kind,
            "version": "0",
            "severity": if self.ok { "INFO" } else { "WARN" },
            "legacyEventType": null,
            "displayMessage": message(&self.kind),
            "actor": actor,
            "client": {
                "userAgent": { "rawUserAgent": self.agent.as_deref().unwrap_or("practice"), "os": "Unknown", "browser": "UNKNOWN" },
                "zone": null, "device": "Unknown", "id": null, "ipAddress": "127.0.0.1", "geographicalContext": null,
            },
            "outcome": { "result": self.outcome(), "reason": self.reason },
            "target": target,
            "transaction": { "type": "WEB", "id": format!("tx{:018}", self.number), "detail": transaction },
            "debugContext": { "debugData": debug },
            "authenticationContext": { "authenticationStep": 0, "externalSessionId": "unknown" },
            "securityContext": { "asNumber": null, "asOrg": null, "isp": null, "domain": null, "isProxy": null },
            "request": { "ipChain": [] },
        })
    }
}

fn message(kind: &str) -> &'static str {
    match kind {
        "user.import.password" => "Import user password",
        "user.session.start" => "User login to Okta",
        "user.lifecycle.create" => "Create Okta user",
        "user.lifecycle.activate" => "Activate Okta user",
        "user.lifecycle.reactivate" => "Reactivate Okta user",
        "user.lifecycle.deactivate" => "Deactivate Okta user",
        "user.lifecycle.suspend" => "Suspend Okta user",
        "user.lifecycle.unsuspend" => "Unsuspend Okta user",
        "user.lifecycle.delete.initiated" => "Delete Okta user initiated",
        "user.lifecycle.delete.completed" => "Delete Okta user completed",
        "user.account.update_profile" => "Update user profile for Okta",
        "user.account.reset_password" => "User reset password for Okta",
        "user.account.update_password" => "User update password for Okta",
        "user.account.expire_password" => "User's Okta password is expired",
        "user.account.lock" => "Max sign in attempts exceeded",
        "user.account.unlock" => "Unlock user account",
        "group.lifecycle.create" => "Create Okta group",
        "group.lifecycle.delete" => "Delete Okta group",
        "group.profile.update" => "Update Okta group profile",
        "group.user_membership.add" => "Add user to group membership",
        "group.user_membership.remove" => "Remove user from group membership",
        "inline_hook.executed" => "Inline hook call failed",
        "inline_hook.response.processed" => "Inline hook response processed",
        "system.org.rate_limit.violation" => "Rate limit violation",
        "system.api_token.revoke" => "Revoke API token",
        _ => "",
    }
}

/// The log.
#[derive(Debug, Default)]
pub(crate) struct Events {
    kept: VecDeque<Event>,
    last: u64,
}

impl Events {
    /// Writes an event down and gives back its number.
    pub(crate) fn push(&mut self, mut event: Event, now: i64) -> u64 {
        self.last += 1;
        event.number = self.last;
        event.at = now;
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(event);
        self.last
    }

    /// Puts an event back that the journal kept.
    pub(crate) fn restore(&mut self, event: Event) {
        self.last = self.last.max(event.number);
        self.kept.push_back(event);
    }

    /// Brings restored events into their order.
    pub(crate) fn sort(&mut self) {
        self.kept.make_contiguous().sort_by_key(|event| event.number);
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Event> {
        let at = self.kept.partition_point(|event| event.number < number);
        self.kept.get(at).filter(|event| event.number == number)
    }

    /// Events after a number, oldest first.
    pub(crate) fn after(&self, number: u64) -> impl DoubleEndedIterator<Item = &Event> {
        let at = self.kept.partition_point(|event| event.number <= number);
        self.kept.range(at..)
    }
}
