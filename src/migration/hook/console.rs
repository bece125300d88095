//! The test console: calls to the hook as Okta and as a stranger would make them, and Okta's own test.

use std::error::Error as _;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use super::payload::{Payload, payload, shown};
use super::reach::{HookCheck, is_loopback};
use crate::hook::TEST_HEADER;
use crate::okta::{Client, OktaError};

/// Okta waits so long (okta-api.md 4.4).
const OKTA_WAITS: Duration = Duration::from_secs(3);
/// Answers are smaller than this.
const LARGEST: usize = 256 * 1024;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The password is right.
    Verified,
    /// It is not, or nobody of that name may sign in.
    Unverified,
    /// Nothing that Okta understands.
    Neither,
}

/// One call and what came back. The password and the secret are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The request's body, the password covered.
    pub request: String,
    /// The answer as it came, pretty where it is JSON.
    pub answer: String,
    /// The HTTP status; `None` when no answer came, or Okta stood in between.
    pub status: Option<u16>,
    /// What it means.
    pub said: Said,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// What to change, when it did not go as it should.
    pub next: String,
}

impl Exchange {
    /// In one line.
    pub fn words(&self) -> String {
        match (self.said, self.status) {
            (Said::Verified, _) => format!("VERIFIED in {} ms", self.ms),
            (Said::Unverified, _) => format!("UNVERIFIED in {} ms", self.ms),
            (Said::Neither, Some(status)) => {
                format!("Answered {status} in {} ms, which is no yes and no no", self.ms)
            }
            (Said::Neither, None) => "No answer".to_owned(),
        }
    }
}

fn client(uri: &str, self_signed: bool) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder()
        .timeout(OKTA_WAITS)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("causeway/", env!("CARGO_PKG_VERSION")));
    if is_loopback(uri) {
        builder = builder.no_proxy();
        // Only ever for this computer's own trial certificate.
        builder = builder.tls_danger_accept_invalid_certs(self_signed);
    }
    builder.build().map_err(|error| error.to_string())
}

/// The cause, in the library's words, without the address.
fn technical(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() { "no further cause".to_owned() } else { text }
}

struct Answered {
    status: u16,
    body: Vec<u8>,
    ms: u64,
}

async fn post(
    uri: &str,
    secret: &SecretString,
    about: &Payload,
    self_signed: bool,
) -> Result<Answered, (String, String)> {
    let broken = |what: &str, technical: String| (what.to_owned(), technical);
    let client = client(uri, self_signed).map_err(|e| broken("The connection could not be prepared.", e))?;
    let mut header = reqwest::header::HeaderValue::from_str(secret.expose_secret())
        .map_err(|_| broken("The secret has characters that no header takes.", String::new()))?;
    header.set_sensitive(true);
    let begun = Instant::now();
    let sent = client
        .post(uri)
        .header(reqwest::header::AUTHORIZATION, header)
        .header(reqwest::header::ACCEPT, "application/json")
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .header(TEST_HEADER, about.test_header())
        .body(reqwest::Body::from(hyper::body::Bytes::from_owner(payload(about))))
        .send()
        .await;
    let mut answer = sent.map_err(|error| {
        let what = if error.is_timeout() {
            "No answer within the three seconds that Okta waits."
        } else {
            "The address can't be reached."
        };
        broken(what, technical(&error))
    })?;
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Ok(Some(part)) = answer.chunk().await {
        body.extend_from_slice(&part);
        if body.len() > LARGEST {
            break;
        }
    }
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Answered { status, body, ms })
}

/// What an answer's JSON says: only the explicit word counts (okta-api.md 4.3).
fn said(body: &serde_json::Value) -> Said {
    if body.get("error").is_some_and(|error| !error.is_null()) {
        return Said::Neither;
    }
    let word = body["commands"].as_array().and_then(|commands| {
        commands
            .iter()
            .find(|command| command["type"] == "com.okta.action.update")
            .and_then(|command| command["value"]["credential"].as_str())
    });
    match word {
        Some("VERIFIED") => Said::Verified,
        Some("UNVERIFIED") => Said::Unverified,
        _ => Said::Neither,
    }
}

fn pretty(body: &[u8]) -> (String, Option<serde_json::Value>) {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => (serde_json::to_string_pretty(&value).unwrap_or_default(), Some(value)),
        Err(_) => (String::from_utf8_lossy(body).chars().take(2000).collect(), None),
    }
}

/// What to change, by the status of an answer that was neither yes nor no.
fn advice(status: u16) -> &'static str {
    match status {
        204 => "Okta reads an empty answer as UNVERIFIED. Something else than this server may have answered.",
        301..=308 => "Okta follows no redirect: register the address it leads to.",
        401 | 403 => {
            "The server does not know this secret, or the proxy takes the Authorization header away. Let it pass the header on."
        }
        404 => {
            "The path is wrong: the server answers on the one shown under Address on this computer, and the proxy must pass it on unchanged."
        }
        405 => "Something else answers there: the hook takes POST.",
        413 => "The proxy refuses the body's size. It is a few kilobytes.",
        429 | 503 => "The server is there and can't check now: see what is marked red on this page.",
        502 | 504 => "The proxy does not reach the server: check the address and port it passes calls on to.",
        500..=599 => "The server had an error of its own: see its log.",
        _ => "Something else than the hook may be answering at this address.",
    }
}

/// An Okta-shaped call to the hook with our secret. `self_signed` lets this computer's own trial certificate pass.
pub async fn call(uri: &str, secret: &SecretString, about: &Payload, self_signed: bool) -> Exchange {
    let request = shown(about);
    match post(uri, secret, about, self_signed).await {
        Ok(answered) => {
            let (answer, value) = pretty(&answered.body);
            let said = match (&value, answered.status) {
                (Some(value), 200) => said(value),
                _ => Said::Neither,
            };
            let next = match said {
                Said::Neither => advice(answered.status).to_owned(),
                Said::Verified | Said::Unverified => String::new(),
            };
            Exchange { request, answer, status: Some(answered.status), said, ms: answered.ms, next }
        }
        Err((what, technical)) => Exchange {
            request,
            answer: if technical.is_empty() { what } else { format!("{what}\n{technical}") },
            status: None,
            said: Said::Neither,
            ms: 0,
            next: "Make sure that the server runs, and that the proxy or tunnel in front of it does."
                .to_owned(),
        },
    }
}

/// A call with a wrong secret, which must be refused; and with that the way from outside is proven, proxy included.
pub async fn stranger(uri: &str, about: &Payload) -> HookCheck {
    let wrong = SecretString::from("Basic bm90LXRoZS1zZWNyZXQ6bm90LXRoZS1zZWNyZXQ=");
    match post(uri, &wrong, about, false).await {
        Ok(answered) if matches!(answered.status, 401 | 403) => {
            HookCheck::good(format!("Wrong secret is turned away · {} ms", answered.ms))
        }
        Ok(answered) if (200..300).contains(&answered.status) => HookCheck::fails(
            "A call with a wrong secret was answered",
            "Anyone could try passwords here. Make sure that this address leads to this server and that nothing in between adds an Authorization header.",
        ),
        Ok(answered) => HookCheck::fails(
            format!("The address answered {} to a call", answered.status),
            advice(answered.status),
        ),
        Err((what, technical)) => HookCheck::fails(
            what,
            "Make sure that the server runs, and that the proxy or tunnel in front of it does.",
        )
        .technical(technical),
    }
}

/// Okta's own test: Okta calls the registered hook and hands back what it answered. Changes nobody.
pub async fn execute(client: &Client, about: &Payload) -> Result<Exchange, OktaError> {
    let begun = Instant::now();
    let result = client.execute_hook(&about.hook, payload(about)).await;
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let request = shown(about);
    match result {
        Ok(body) => {
            let said = said(&body);
            let answer = serde_json::to_string_pretty(&body).unwrap_or_default();
            let next = match said {
                Said::Neither => "Okta got an answer without VERIFIED or UNVERIFIED in it: something else than this server may be answering.".to_owned(),
                Said::Verified | Said::Unverified => String::new(),
            };
            Ok(Exchange { request, answer, status: None, said, ms, next })
        }
        Err(OktaError::Refused { code, words }) => Ok(Exchange {
            request,
            answer: format!("{code} {words}").trim().to_owned(),
            status: None,
            said: Said::Neither,
            ms,
            next: "Okta could not get an answer: check the public address from outside, its certificate, and that the registered secret is the one shown here.".to_owned(),
        }),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_explicit_words_count() {
        let with =
            |word: &str| json!({"commands":[{"type":"com.okta.action.update","value":{"credential":word}}]});
        assert_eq!(said(&with("VERIFIED")), Said::Verified);
        assert_eq!(said(&with("UNVERIFIED")), Said::Unverified);
        let mut error = with("VERIFIED");
        error["error"] = json!({"errorSummary":"down"});
        for none in [with("yes"), json!({}), json!(null), error] {
            assert_eq!(said(&none), Said::Neither, "{none}");
        }
    }

    #[test]
    fn every_status_says_what_to_change() {
        for status in [204, 302, 401, 404, 405, 413, 500, 502, 503, 418] {
            assert!(advice(status).len() > 20, "{status}");
        }
        assert!(advice(302).contains("redirect") && advice(502).contains("proxy"));
    }
}
