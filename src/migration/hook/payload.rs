//! A call as Okta makes it (okta-api.md 4.2), made by us: for the test console and for Okta's own test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::hook::HookSecret;
use crate::model::TEST_REQUEST;
use crate::okta::PASSWORD_IMPORT;
use crate::okta::request::COVERED;

/// What a test call is about.
#[derive(Clone)]
pub struct Payload {
    /// The org's address; empty when there is none yet.
    pub org: String,
    /// Okta's id of the hook; empty before it is registered.
    pub hook: String,
    /// Who signs in.
    pub login: String,
    /// With what.
    pub password: SecretString,
    /// When.
    pub at: DateTime<Utc>,
    /// Random bytes that make this call another than the one before.
    pub event: [u8; 16],
    /// The hook's secret, by which the server knows this for a test of ours and counts it nowhere; `None`: it counts like a sign-in.
    pub ours: Option<HookSecret>,
}

impl Payload {
    /// The event's id.
    fn event_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.event)
    }

    /// The request's id.
    fn request_id(&self) -> String {
        let event = self.event_id();
        match &self.ours {
            Some(secret) => secret.test_request(&event),
            None => format!("{TEST_REQUEST}{}", event.get(..12).unwrap_or_default()),
        }
    }

    /// What the header says that marks a test call before its body is read.
    pub(super) fn test_header(&self) -> String {
        format!("{}.{}", self.event_id(), self.request_id())
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payload").field("hook", &self.hook).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    event_id: &'a str,
    event_time: &'a str,
    event_type: &'a str,
    event_type_version: &'a str,
    content_type: &'a str,
    cloud_event_version: &'a str,
    source: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    context: Context<'a>,
    action: Action<'a>,
}

#[derive(Serialize)]
struct Action<'a> {
    credential: &'a str,
}

#[derive(Serialize)]
struct Context<'a> {
    request: From<'a>,
    credential: Credential<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct From<'a> {
    id: &'a str,
    method: &'a str,
    url: Url<'a>,
    ip_address: &'a str,
}

#[derive(Serialize)]
struct Url<'a> {
    value: &'a str,
}

#[derive(Serialize)]
struct Credential<'a> {
    username: &'a str,
    password: &'a str,
}

fn written(payload: &Payload, password: &str, pretty: bool) -> Zeroizing<Vec<u8>> {
    let (event, request) = (payload.event_id(), payload.request_id());
    let source = format!("{}/api/v1/inlineHooks/{}", payload.org, payload.hook);
    let body = Body {
        event_id: &event,
        event_time: &payload.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        event_type: PASSWORD_IMPORT,
        event_type_version: "1.0",
        content_type: "application/json",
        cloud_event_version: "0.1",
        source: &source,
        data: Data {
            context: Context {
                request: From {
                    id: &request,
                    method: "POST",
                    url: Url { value: "/idp/idx/challenge/answer" },
                    ip_address: "127.0.0.1",
                },
                credential: Credential { username: &payload.login, password },
            },
            action: Action { credential: "UNVERIFIED" },
        },
    };
    // Room enough that the buffer never grows: a vector that moves leaves its old bytes behind unwiped.
    let mut out = Zeroizing::new(Vec::with_capacity(2048 + 6 * (payload.login.len() + password.len())));
    // Writing texts as JSON into memory does not fail.
    let _ = if pretty {
        serde_json::to_writer_pretty(&mut *out, &body)
    } else {
        serde_json::to_writer(&mut *out, &body)
    };
    out
}

/// The body to send.
pub fn payload(payload: &Payload) -> Zeroizing<Vec<u8>> {
    written(payload, payload.password.expose_secret(), false)
}

/// The same for a screen, the password covered.
pub fn shown(payload: &Payload) -> String {
    String::from_utf8_lossy(&written(payload, COVERED, true)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn sample() -> Payload {
        Payload {
            org: "https://acme.okta.com".into(),
            hook: "cal2xd5phv9fsPLcF0g7".into(),
            login: "isaac.brock@example.com".into(),
            password: SecretString::from("Okta"),
            at: "2020-01-17T21:23:56Z".parse().expect("a time"),
            event: [7; 16],
            ours: None,
        }
    }

    #[test]
    fn it_has_oktas_shape_to_the_letter() {
        let sent: Value = serde_json::from_slice(&payload(&sample())).expect("JSON");
        let id = sent["data"]["context"]["request"]["id"].clone();
        assert_eq!(
            sent,
            json!({"eventId":"BwcHBwcHBwcHBwcHBwcHBw","eventTime":"2020-01-17T21:23:56.000Z",
             "eventType":"com.okta.user.credential.password.import","eventTypeVersion":"1.0","contentType":"application/json",
             "cloudEventVersion":"0.1","source":"https://acme.okta.com/api/v1/inlineHooks/cal2xd5phv9fsPLcF0g7",
             "data":{"context":{"request":{"id":id,"method":"POST","url":{"value":"/idp/idx/challenge/answer"},"ipAddress":"127.0.0.1"},
                "credential":{"username":"isaac.brock@example.com","password":"Okta"}},"action":{"credential":"UNVERIFIED"}}})
        );
    }

    #[test]
    fn what_is_shown_has_everything_but_the_password() {
        let text = shown(&Payload { password: SecretString::from("tr0ub4dor"), ..sample() });
        assert!(!text.contains("tr0ub4dor") && text.contains(COVERED) && text.contains("isaac.brock"));
        assert!(!format!("{:?}", sample()).contains("isaac"));
    }
}
