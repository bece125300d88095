//! The system log, as far as the first sign-in of a person shows in it (okta-api.md 6).

use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::bucket::Bucket;
use super::client::{Client, read};
use super::error::OktaError;
use super::reply::Reply;
use super::request::{Mark, Request};

/// Okta's event when a sign-in imported a password.
const IMPORTED: &str = "user.import.password";
/// The most events a page holds.
const PAGE: u16 = 1000;

/// A sign-in that imported a hash or a hook's word, or failed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordImported {
    /// Okta's id of the event.
    pub uuid: String,
    /// When, by Okta's clock.
    pub at: DateTime<Utc>,
    /// Whether Okta has the password now. If not, it tries again at the next sign-in.
    pub stored: bool,
    /// Why it failed.
    pub reason: Option<String>,
    /// The person: Okta's id.
    pub user: String,
    /// The person's login as the log names it; empty when it does not.
    pub login: String,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPage {
    /// What happened, oldest first.
    pub events: Vec<PasswordImported>,
    /// Where to go on: ask for this later, and late events are not missed. There is always one while polling.
    pub next: Option<String>,
    /// Whether there may be more right now.
    pub more: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    uuid: String,
    published: DateTime<Utc>,
    #[serde(default, rename = "eventType")]
    kind: String,
    #[serde(default)]
    outcome: Option<EventOutcome>,
    #[serde(default)]
    target: Option<Vec<Party>>,
    #[serde(default)]
    actor: Option<Party>,
}

#[derive(Deserialize)]
struct EventOutcome {
    #[serde(default)]
    result: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Party {
    #[serde(default)]
    id: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    alternate_id: Option<String>,
}

impl Event {
    /// The person is the target of type `User`, wherever it stands; the actor where there is none.
    fn read(self) -> Option<PasswordImported> {
        if self.kind != IMPORTED {
            return None;
        }
        let is_user = |party: &Party| party.kind.as_deref() == Some("User") && party.id.is_some();
        let person = self.target.unwrap_or_default().into_iter().find(is_user).or(self.actor)?;
        let outcome = self.outcome;
        Some(PasswordImported {
            uuid: self.uuid,
            at: self.published,
            stored: outcome.as_ref().and_then(|o| o.result.as_deref()) == Some("SUCCESS"),
            reason: outcome.and_then(|o| o.reason),
            user: person.id?,
            login: person.alternate_id.unwrap_or_default(),
        })
    }
}

/// What Okta's log says of the create that made a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// Who did it: Okta's id of the token's owner, or of the administrator.
    pub actor: Option<String>,
    /// The mark of a create of ours, or of another Causeway's.
    pub mark: Option<Mark>,
    /// Whether a Causeway did it, marked or not.
    pub causeway: bool,
    /// Whether it was done with an API token, not by hand.
    pub by_token: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateEvent {
    event_type: String,
    #[serde(default)]
    actor: Option<Party>,
    #[serde(default)]
    target: Option<Vec<Party>>,
    #[serde(default)]
    client: Option<EventClient>,
    #[serde(default)]
    transaction: Option<Transaction>,
    #[serde(default)]
    outcome: Option<EventOutcome>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventClient {
    #[serde(default)]
    user_agent: Option<UserAgent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserAgent {
    #[serde(default)]
    raw_user_agent: Option<String>,
}

#[derive(Deserialize)]
struct Transaction {
    #[serde(default)]
    detail: Option<TransactionDetail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TransactionDetail {
    #[serde(default)]
    request_api_token_id: Option<String>,
}

/// What a page of the log says of the create that made this user; `None` when it does not speak of it (yet). `Err` for what is no
/// page of a log.
pub(crate) fn creation_of(reply: &Reply, id: &str) -> Result<Option<Creation>, ()> {
    let events: Vec<serde_json::Value> = reply.parse().ok_or(())?;
    let events = events.into_iter().filter_map(|event| serde_json::from_value::<CreateEvent>(event).ok());
    let about = |event: &CreateEvent| {
        event.event_type == "user.lifecycle.create"
            && event.outcome.as_ref().and_then(|o| o.result.as_deref()) != Some("FAILURE")
            && event.target.iter().flatten().any(|party| party.id.as_deref() == Some(id))
    };
    Ok(events.into_iter().find(about).map(|event| {
        let agent = event.client.and_then(|client| client.user_agent?.raw_user_agent).unwrap_or_default();
        let token = event.transaction.and_then(|done| done.detail?.request_api_token_id);
        Creation {
            actor: event.actor.and_then(|actor| actor.id),
            mark: Mark::find(&agent),
            causeway: agent.contains("causeway/"),
            by_token: token.is_some_and(|token| !token.is_empty()),
        }
    }))
}

impl Client {
    /// The log's imported passwords from `since` on, oldest first. Okta keeps 90 days, and refuses to look back more than 180.
    pub async fn passwords_imported(&self, since: DateTime<Utc>) -> Result<LogPage, OktaError> {
        let filter = format!("eventType eq \"{IMPORTED}\"");
        let filter = utf8_percent_encode(&filter, NON_ALPHANUMERIC);
        let since = since.to_rfc3339_opts(SecondsFormat::Millis, true);
        let since = utf8_percent_encode(&since, NON_ALPHANUMERIC);
        let path = format!("/api/v1/logs?sortOrder=ASCENDING&limit={PAGE}&since={since}&filter={filter}");
        self.log_page(&Request::get(Bucket::Logs, &path)).await
    }

    /// The page a former one named as its next. A link that can't be understood gives an empty page without a next.
    pub async fn passwords_imported_after(&self, next: &str) -> Result<LogPage, OktaError> {
        match Request::next_page(Bucket::Logs, next) {
            Some(request) => self.log_page(&request).await,
            None => Ok(LogPage::default()),
        }
    }

    async fn log_page(&self, request: &Request) -> Result<LogPage, OktaError> {
        let (raw, next) = self
            .question(|| async {
                let answer = self.ask(request).await;
                let raw: Vec<serde_json::Value> = read(&answer)?;
                Ok((raw, answer.ok().and_then(|reply| reply.next)))
            })
            .await?;
        let more = !raw.is_empty();
        // An event in a form not known yet is left out, and the others are not lost for it.
        let events =
            raw.into_iter().filter_map(|e| serde_json::from_value::<Event>(e).ok()?.read()).collect();
        Ok(LogPage { events, next, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(value: serde_json::Value) -> Option<PasswordImported> {
        serde_json::from_value::<Event>(value).ok()?.read()
    }

    #[test]
    fn the_person_is_the_target_of_type_user_wherever_it_stands() {
        let found = event(json!({
            "uuid":"dc9fd3c0","published":"2026-05-12T08:00:00.000Z","eventType":"user.import.password",
            "outcome":{"result":"SUCCESS","reason":null},
            "actor":{"id":"00uactor","type":"User","alternateId":"actor@example.com"},
            "target":[{"id":"cal1","type":"InlineHook"},{"id":"00u1","type":"User","alternateId":"jessie.smith@example.com"}]
        }))
        .expect("an event");
        assert_eq!(
            (found.user.as_str(), found.login.as_str(), found.stored),
            ("00u1", "jessie.smith@example.com", true)
        );
        let failed = event(json!({
            "published":"2026-05-12T08:00:00.000Z","eventType":"user.import.password","target":null,
            "outcome":{"result":"FAILURE","reason":"Service is in read only mode"},"actor":{"id":"00u2","type":"User"}
        }))
        .expect("an event");
        assert_eq!((failed.user.as_str(), failed.stored), ("00u2", false));
        assert_eq!(failed.reason.as_deref(), Some("Service is in read only mode"));
    }

    #[test]
    fn the_log_says_whose_create_made_a_user() {
        let page = |events: serde_json::Value| Reply::of(200, &events.to_string());
        let made = |agent: &str, token: Option<&str>| {
            json!({"eventType":"user.lifecycle.create","actor":{"id":"00uadmin","type":"User"},
                "client":{"userAgent":{"rawUserAgent":agent}},"outcome":{"result":"SUCCESS"},
                "transaction":{"type":"WEB","detail":{"requestApiTokenId":token}},
                "target":[{"id":"00u1","type":"User","alternateId":"jo@example.com"}]})
        };
        let ours = made("causeway/0.1.0 (create 0123456789abcdef)", Some("00T1"));
        let found = creation_of(&page(json!([{"eventType":"x"}, ours])), "00u1").unwrap().unwrap();
        assert_eq!(found.mark, Mark::new("0123456789abcdef"));
        assert_eq!((found.actor.as_deref(), found.causeway, found.by_token), (Some("00uadmin"), true, true));
        let by_hand = creation_of(&page(json!([made("Mozilla/5.0", None)])), "00u1").unwrap().unwrap();
        assert_eq!((by_hand.mark, by_hand.causeway, by_hand.by_token), (None, false, false));
        assert_eq!(creation_of(&page(json!([made("x", None)])), "00u2"), Ok(None), "somebody else's");
        assert_eq!(creation_of(&page(json!([])), "00u1"), Ok(None), "not there yet");
        assert_eq!(creation_of(&page(json!({"any": "thing"})), "00u1"), Err(()));
        let bare = json!([{"eventType":"user.lifecycle.create","actor":null,"client":null,"transaction":null,
            "target":[{"id":"00u1"}]}]);
        let bare = creation_of(&page(bare), "00u1").unwrap().unwrap();
        assert_eq!((bare.actor, bare.mark, bare.by_token), (None, None, false));
    }

    #[test]
    fn other_events_and_nulls_are_left_alone() {
        assert_eq!(
            event(
                json!({"published":"2026-05-12T08:00:00.000Z","eventType":"user.session.start","actor":{"id":"00u1"}})
            ),
            None
        );
        assert_eq!(
            event(
                json!({"published":"2026-05-12T08:00:00.000Z","eventType":"user.import.password","actor":null,"target":null})
            ),
            None
        );
        assert_eq!(event(json!({"eventType":"user.import.password"})), None);
    }
}
