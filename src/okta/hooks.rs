//! Inline hooks (okta-api.md 4): what we read of one, what we register, and the calls.

use std::fmt;

use hyper::body::Bytes;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::bucket::Bucket;
use super::client::{Answered, Client, answered, read};
use super::error::OktaError;
use super::judge::Call;
use super::request::{Request, segment};

/// The type of a password import hook.
pub const PASSWORD_IMPORT: &str = "com.okta.user.credential.password.import";
/// The version of a password import hook; the others belong to other types.
const VERSION: &str = "1.0.0";
/// Okta takes no longer address (okta-api.md 4.1).
pub const LONGEST_URI: usize = 1024;

/// A registered inline hook. The secret never comes back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InlineHook {
    /// Okta's id, `cal…`.
    pub id: String,
    /// `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// As it was named when it was registered.
    pub name: String,
    /// What it is for: [`PASSWORD_IMPORT`].
    #[serde(rename = "type")]
    pub kind: String,
    channel: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Channel {
    config: ChannelConfig,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ChannelConfig {
    uri: String,
    auth_scheme: Option<AuthScheme>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AuthScheme {
    key: String,
}

impl InlineHook {
    /// A hook as Okta would describe it; for judgements and tests.
    pub fn of(id: &str, name: &str, uri: &str, active: bool) -> Self {
        Self {
            id: id.to_owned(),
            status: if active { "ACTIVE" } else { "INACTIVE" }.to_owned(),
            name: name.to_owned(),
            kind: PASSWORD_IMPORT.to_owned(),
            channel: Channel {
                config: ChannelConfig {
                    uri: uri.to_owned(),
                    auth_scheme: Some(AuthScheme { key: "Authorization".to_owned() }),
                },
            },
        }
    }

    /// Whether Okta calls it.
    pub fn is_active(&self) -> bool {
        self.status == "ACTIVE"
    }

    /// The address Okta calls.
    pub fn uri(&self) -> &str {
        &self.channel.config.uri
    }

    /// Whether Okta sends a secret with each call. Without one anyone may call.
    pub fn has_secret(&self) -> bool {
        self.channel.config.auth_scheme.as_ref().is_some_and(|scheme| !scheme.key.is_empty())
    }
}

/// What to register: a name, the address Okta calls, and the header that proves it is Okta.
#[derive(Clone)]
pub struct HookRegistration {
    /// 1 to 255 characters.
    pub name: String,
    /// `https://…`, at most [`LONGEST_URI`] characters; the practice org takes `http://` on loopback too.
    pub uri: String,
    /// The header's whole value, sent verbatim: `Basic dXNlcjpwYXNz`.
    pub secret: SecretString,
}

impl fmt::Debug for HookRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookRegistration")
            .field("name", &self.name)
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'a str,
    channel: BodyChannel<'a>,
}

#[derive(Serialize)]
struct BodyChannel<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    version: &'a str,
    config: BodyConfig<'a>,
}

#[derive(Serialize)]
struct BodyConfig<'a> {
    uri: &'a str,
    method: &'a str,
    headers: [(); 0],
    #[serde(rename = "authScheme")]
    auth_scheme: BodyAuth<'a>,
}

#[derive(Serialize)]
struct BodyAuth<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    key: &'a str,
    value: &'a str,
}

/// The whole body, secret included. `None` never happens: these are plain texts.
fn body(hook: &HookRegistration) -> Zeroizing<Vec<u8>> {
    let whole = Body {
        name: &hook.name,
        kind: PASSWORD_IMPORT,
        version: VERSION,
        channel: BodyChannel {
            kind: "HTTP",
            version: VERSION,
            config: BodyConfig {
                uri: &hook.uri,
                method: "POST",
                headers: [],
                auth_scheme: BodyAuth {
                    kind: "HEADER",
                    key: "Authorization",
                    value: hook.secret.expose_secret(),
                },
            },
        },
    };
    // Room enough that the buffer never grows: a vector that moves leaves its old bytes behind unwiped.
    let mut body = Zeroizing::new(Vec::with_capacity(8 * 1024));
    // Writing texts as JSON into memory does not fail; an empty body would be refused by Okta.
    let _ = serde_json::to_writer(&mut *body, &whole);
    body
}

fn path(id: &str, rest: &str) -> String {
    format!("/api/v1/inlineHooks/{}{rest}", segment(id))
}

fn request(call: Call, method: Method, path: String, body: Option<Zeroizing<Vec<u8>>>) -> Request {
    Request { call, bucket: Bucket::Other, method, path, body: body.map(Bytes::from_owner), mark: None }
}

impl Client {
    /// `GET /inlineHooks?type=…`: the password import hooks of the org; one at most.
    pub async fn password_hooks(&self) -> Result<Vec<InlineHook>, OktaError> {
        let path = format!("/api/v1/inlineHooks?type={PASSWORD_IMPORT}");
        let hooks: Vec<InlineHook> = self.read(&Request::get(Bucket::Other, &path)).await?;
        // Whoever answers without looking at `type` must not make another kind of hook look like ours.
        Ok(hooks.into_iter().filter(|hook| hook.kind == PASSWORD_IMPORT).collect())
    }

    /// `POST /inlineHooks`: registers a hook. It is active at once: start the server first.
    pub async fn create_password_hook(
        &self,
        hook: &HookRegistration,
    ) -> Result<Answered<InlineHook>, OktaError> {
        let made = request(Call::Create, Method::POST, "/api/v1/inlineHooks".to_owned(), Some(body(hook)));
        answered(&self.ask(&made).await)
    }

    /// `PUT /inlineHooks/{id}`: replaces name, address and secret. Whether it is active stays.
    pub async fn replace_password_hook(
        &self,
        id: &str,
        hook: &HookRegistration,
    ) -> Result<Answered<InlineHook>, OktaError> {
        answered(&self.ask(&request(Call::Change, Method::PUT, path(id, ""), Some(body(hook)))).await)
    }

    /// `POST /inlineHooks/{id}/lifecycle/activate`, or `/deactivate`.
    pub async fn set_hook_active(&self, id: &str, active: bool) -> Result<Answered<InlineHook>, OktaError> {
        let step = if active { "/lifecycle/activate" } else { "/lifecycle/deactivate" };
        answered(&self.ask(&request(Call::Change, Method::POST, path(id, step), None)).await)
    }

    /// `DELETE /inlineHooks/{id}`: only an inactive one goes.
    pub async fn delete_hook(&self, id: &str) -> Result<Answered<()>, OktaError> {
        let answer = self.ask(&request(Call::Change, Method::DELETE, path(id, ""), None)).await;
        match &answer {
            Ok(reply) if reply.ok() => Ok(Answered { value: (), request: reply.request_id.clone() }),
            _ => Err(OktaError::of(Call::Change, &answer)),
        }
    }

    /// `POST /inlineHooks/{id}/execute`: Okta calls the hook with this payload and hands back what it answered. Changes nobody.
    pub async fn execute_hook(
        &self,
        id: &str,
        payload: Zeroizing<Vec<u8>>,
    ) -> Result<serde_json::Value, OktaError> {
        read(&self.ask(&request(Call::Read, Method::POST, path(id, "/execute"), Some(payload))).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_registered_is_what_the_reference_says() {
        let hook = HookRegistration {
            name: "Causeway password import".into(),
            uri: "https://hook.example.com/pwhook".into(),
            secret: SecretString::from("Basic c2VjcmV0"),
        };
        let sent: serde_json::Value = serde_json::from_slice(&body(&hook)).expect("JSON");
        assert_eq!(
            sent,
            json!({"name":"Causeway password import","type":"com.okta.user.credential.password.import","version":"1.0.0",
              "channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://hook.example.com/pwhook","method":"POST","headers":[],
              "authScheme":{"type":"HEADER","key":"Authorization","value":"Basic c2VjcmV0"}}}})
        );
        assert!(!format!("{hook:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn oktas_answer_is_read_with_what_it_may_leave_out() {
        let hook: InlineHook = serde_json::from_value(json!({
            "id":"calb7gacafgwgE7hc5e4","status":"ACTIVE","name":"Old system","type":PASSWORD_IMPORT,"version":"1.0.0",
            "channel":{"type":"HTTP","version":"1.0.0","config":{"uri":"https://h.example/x","headers":[],"method":"POST",
              "authScheme":{"type":"header","key":"Authorization"}}},"created":"x","somethingNew":{}
        }))
        .expect("a hook");
        assert_eq!((hook.uri(), hook.is_active(), hook.has_secret()), ("https://h.example/x", true, true));
        let bare: InlineHook = serde_json::from_value(
            json!({"id":"cal1","channel":{"config":{"uri":"https://h","authScheme":null}}}),
        )
        .expect("a hook");
        assert!(!bare.has_secret() && !bare.is_active());
    }
}
