//! How Okta calls a password import hook, and reads its answer (okta-api.md 4.2 to 4.4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::clock::stamp;
use super::group::{Hook, PASSWORD_HOOK};
use super::shared::App;

/// Answers must be smaller.
const LARGEST: usize = 256 * 1024;

/// What a hook answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HookAnswer {
    /// The JSON of its body; `null` for 204.
    pub(crate) body: Value,
}

/// What an answer decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Verified,
    Unverified,
    /// The answer carries an `error`; its summary.
    Error(String),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing came in time, twice.
    Silent,
    /// No connection could be made.
    Unreachable(String),
    /// The answer was no JSON object, or too large.
    Garbled(String),
    /// An HTTP status other than 200 and 204.
    Status(u16),
}

impl Failure {
    /// Okta tries once more after a time-out or a 5xx, never after a 4xx.
    fn worth_repeating(&self) -> bool {
        match self {
            Self::Silent | Self::Unreachable(_) => true,
            Self::Status(status) => *status >= 500,
            Self::Garbled(_) => false,
        }
    }
}

/// The body Okta sends. Wiped when dropped by whoever serialises it.
pub(crate) fn payload(app: &App, hook_id: &str, username: &str, password: &str) -> Value {
    let event: [u8; 16] = {
        let mut dice = super::shared::lock(&app.dice);
        let (high, low) = (dice.next().to_be_bytes(), dice.next().to_be_bytes());
        let mut both = [0; 16];
        both[..8].copy_from_slice(&high);
        both[8..].copy_from_slice(&low);
        both
    };
    json!({
        "eventId": URL_SAFE_NO_PAD.encode(event),
        "eventTime": stamp(app.now()),
        "eventType": PASSWORD_HOOK,
        "eventTypeVersion": "1.0",
        "contentType": "application/json",
        "cloudEventVersion": "0.1",
        "source": format!("{}/api/v1/inlineHooks/{hook_id}", app.base),
        "data": {
            "context": {
                "request": {
                    "id": app.letters(27),
                    "method": "POST",
                    "url": { "value": "/api/v1/authn" },
                    "ipAddress": "127.0.0.1",
                },
                "credential": { "username": username, "password": password },
            },
            "action": { "credential": "UNVERIFIED" },
        },
    })
}

/// Calls a hook, at most twice, and reads its answer as JSON.
pub(crate) async fn ask(app: &App, hook: &Hook, body: &Value) -> Result<HookAnswer, Failure> {
    let first = ask_once(app, hook, body).await;
    match first {
        Err(failure) if failure.worth_repeating() => ask_once(app, hook, body).await,
        answered => answered,
    }
}

async fn ask_once(app: &App, hook: &Hook, body: &Value) -> Result<HookAnswer, Failure> {
    app.count(|counters| counters.hook_calls += 1);
    match tokio::time::timeout(app.hook_timeout, talk(app, hook, body)).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::Silent),
    }
}

async fn talk(app: &App, hook: &Hook, body: &Value) -> Result<HookAnswer, Failure> {
    let unreachable = |error: reqwest::Error| Failure::Unreachable(without_url(error));
    let client = client(app).map_err(unreachable)?;
    let body = Zeroizing::new(body.to_string().into_bytes());
    let mut answer = client
        .post(&hook.uri)
        .headers(headers(hook)?)
        .body(body.to_vec())
        .send()
        .await
        .map_err(unreachable)?;
    match answer.status().as_u16() {
        200 => {}
        204 => return Ok(HookAnswer { body: Value::Null }),
        status => return Err(Failure::Status(status)),
    }
    let mut text = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        text.extend_from_slice(&chunk);
        if text.len() > LARGEST {
            return Err(Failure::Garbled("The answer is larger than 256 KB".to_owned()));
        }
    }
    match serde_json::from_slice::<Value>(&text) {
        Ok(body @ Value::Object(_)) => Ok(HookAnswer { body }),
        _ => Err(Failure::Garbled("The answer is not a JSON object".to_owned())),
    }
}

fn without_url(error: reqwest::Error) -> String {
    let mut text = error.without_url().to_string();
    text.truncate(text.floor_char_boundary(200));
    text
}

/// The hook's own headers first, so that they can't override what Okta sets.
fn headers(hook: &Hook) -> Result<HeaderMap, Failure> {
    let bad = || Failure::Garbled("A header of the hook is not valid".to_owned());
    let mut headers = HeaderMap::new();
    let own = hook.headers.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let auth = hook.auth.iter().map(|(key, value)| (key.as_str(), value.expose_secret()));
    for (key, value) in own.chain(auth) {
        let key = HeaderName::from_bytes(key.as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(headers)
}

/// The client for hooks: no redirects, no proxy, made when first needed.
fn client(app: &App) -> Result<reqwest::Client, reqwest::Error> {
    if let Some(client) = app.client.get() {
        return Ok(client.clone());
    }
    let made = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("Okta-Practice")
        .build()?;
    Ok(app.client.get_or_init(|| made).clone())
}

/// What an answer decides: only an explicit `VERIFIED` lets a person in (okta-api.md 4.3).
pub(crate) fn verdict(answer: &Value) -> Verdict {
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Verdict::Error(error["errorSummary"].as_str().unwrap_or("no summary").to_owned());
    }
    let verified = answer["commands"].as_array().is_some_and(|commands| {
        commands.iter().any(|command| {
            command["type"] == "com.okta.action.update" && command["value"]["credential"] == "VERIFIED"
        })
    });
    if verified { Verdict::Verified } else { Verdict::Unverified }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explicit_yes_is_a_yes() {
        let update = |word: &str| json!({ "commands": [{ "type": "com.okta.action.update", "value": { "credential": word } }] });
        assert_eq!(verdict(&update("VERIFIED")), Verdict::Verified);
        for no in [
            update("UNVERIFIED"),
            update("verified"),
            update("success"),
            json!({}),
            Value::Null,
            json!({ "commands": [] }),
            json!({ "commands": [{ "type": "com.okta.other", "value": { "credential": "VERIFIED" } }] }),
            json!({ "data": { "action": { "credential": "VERIFIED" } } }),
        ] {
            assert_eq!(verdict(&no), Verdict::Unverified, "{no}");
        }
        let mut both = update("VERIFIED");
        both["error"] = json!({ "errorSummary": "database down" });
        assert_eq!(verdict(&both), Verdict::Error("database down".to_owned()));
    }

    #[test]
    fn only_silence_and_5xx_are_repeated() {
        assert!(Failure::Silent.worth_repeating());
        assert!(Failure::Status(503).worth_repeating());
        assert!(!Failure::Status(401).worth_repeating());
        assert!(!Failure::Status(302).worth_repeating());
        assert!(!Failure::Garbled(String::new()).worth_repeating());
    }
}
