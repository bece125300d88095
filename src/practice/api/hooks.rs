//! `/api/v1/inlineHooks` (okta-api.md 4.1, 4.5).

use axum::extract::{Path, State};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use super::reply::{Answer, Call, Reply};
use crate::practice::group::{Hook, PASSWORD_HOOK};
use crate::practice::hook_call::{Failure, ask};
use crate::practice::org::Org;
use crate::practice::refusal::Refusal;
use crate::practice::secret::Secret;
use crate::practice::shared::App;

#[derive(Deserialize)]
struct HookBody {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<String>,
    channel: Option<ChannelBody>,
}

#[derive(Deserialize)]
struct ChannelBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    config: Option<ConfigBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfigBody {
    uri: Option<String>,
    method: Option<String>,
    headers: Option<Vec<HeaderBody>>,
    auth_scheme: Option<AuthBody>,
}

#[derive(Deserialize)]
struct HeaderBody {
    key: String,
    value: String,
}

#[derive(Deserialize)]
struct AuthBody {
    #[serde(rename = "type")]
    kind: Option<String>,
    key: Option<String>,
    value: Option<Secret>,
}

fn wrong(field: &str, why: &str) -> Refusal {
    Refusal::field(field, why)
}

const BLANK: &str = "The field cannot be left blank";

/// What a hook's address must be: https; http only to this computer, for practice.
fn check_uri(uri: &str) -> Result<(), Refusal> {
    let long = uri.chars().count() > 1024;
    let blank = uri.chars().any(char::is_whitespace);
    let url = url::Url::parse(uri).ok().filter(|_| !long && !blank);
    let allowed = url.is_some_and(|url| match url.scheme() {
        "https" => true,
        "http" => match url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        },
        _ => false,
    });
    if allowed {
        Ok(())
    } else {
        Err(wrong("channel.config.uri", "The uri must be a valid https URL of at most 1024 characters"))
    }
}

/// Puts a body over what was there: nothing (a create), or all of it (a partial update).
fn read_body(body: HookBody, before: Option<Hook>, now: i64) -> Result<Hook, Refusal> {
    let fresh = before.is_none();
    let mut hook = before.unwrap_or_else(|| Hook {
        name: String::new(),
        kind: String::new(),
        version: "1.0.0".to_owned(),
        active: true,
        uri: String::new(),
        headers: Vec::new(),
        auth: None,
        created: now,
        last_updated: now,
    });
    if let Some(name) = body.name {
        hook.name = name;
    }
    if !(1..=255).contains(&hook.name.chars().count()) {
        return Err(wrong("name", if hook.name.is_empty() { BLANK } else { "The field is too long" }));
    }
    // The type cannot be changed; a body that repeats it is fine.
    if fresh {
        hook.kind = body.kind.unwrap_or_default();
        if !hook.kind.starts_with("com.okta.") {
            return Err(wrong("type", "The inline hook type is not valid"));
        }
    }
    if let Some(version) = body.version {
        hook.version = version;
    }
    if hook.kind == PASSWORD_HOOK && hook.version != "1.0.0" {
        return Err(wrong("version", "The version is not valid for this inline hook type"));
    }
    if let Some(channel) = body.channel {
        if channel.kind.as_deref().is_some_and(|kind| kind != "HTTP") {
            return Err(wrong("channel.type", "The practice org calls hooks over HTTP only"));
        }
        if let Some(config) = channel.config {
            if let Some(uri) = config.uri {
                hook.uri = uri;
            }
            if config.method.is_some_and(|method| method != "POST") {
                return Err(wrong("channel.config.method", "The method must be POST"));
            }
            if let Some(headers) = config.headers {
                hook.headers = headers.into_iter().map(|header| (header.key, header.value)).collect();
            }
            if let Some(auth) = config.auth_scheme {
                let known = auth.kind.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("HEADER"));
                let key = auth.key.unwrap_or_default();
                if !known || key.is_empty() {
                    return Err(wrong(
                        "channel.config.authScheme",
                        "The authScheme must be a HEADER with a key",
                    ));
                }
                match (auth.value, &hook.auth) {
                    (Some(value), _) => {
                        hook.auth = Some((key, SecretString::from(value.expose().to_owned())));
                    }
                    // A partial update may repeat the key without the secret.
                    (None, Some((before, _))) if before.eq_ignore_ascii_case(&key) => {}
                    (None, _) => return Err(wrong("channel.config.authScheme.value", BLANK)),
                }
            }
        }
    }
    if hook.uri.is_empty() {
        return Err(wrong("channel.config.uri", BLANK));
    }
    check_uri(&hook.uri)?;
    hook.last_updated = now;
    Ok(hook)
}

fn answer_one(org: &Org, base: &str, number: u32) -> Answer {
    let hook = org.hook(number).ok_or_else(Refusal::internal)?;
    Ok(Reply::json(hook.view(&org.hook_id(number), base)))
}

pub(crate) async fn list(State(app): State<App>, call: Call) -> Answer {
    let org = app.org();
    let kind = call.query("type");
    let views = org
        .hooks()
        .filter(|(_, hook)| kind.is_none_or(|kind| hook.kind == kind))
        .map(|(number, hook)| hook.view(&org.hook_id(number), &app.base))
        .collect();
    Ok(Reply::json(Value::Array(views)))
}

pub(crate) async fn create(State(app): State<App>, call: Call) -> Answer {
    let body: HookBody = call.json()?;
    app.change(|org, now| {
        let hook = read_body(body, None, now)?;
        if hook.kind == PASSWORD_HOOK && org.hooks().any(|(_, other)| other.kind == PASSWORD_HOOK) {
            return Err(Refusal::field(
                "type",
                "Only one password import inline hook can exist in an organization",
            ));
        }
        if org.hooks().count() >= 100 {
            return Err(Refusal::field("inlineHook", "The maximum number of inline hooks was reached"));
        }
        let number = org.add_hook(hook, now)?;
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn read(State(app): State<App>, Path(id): Path<String>) -> Answer {
    let org = app.org();
    let number = org.find_hook(&id)?;
    answer_one(&org, &app.base, number)
}

pub(crate) async fn update(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let body: HookBody = call.json()?;
    app.change(|org, now| {
        let number = org.find_hook(&id)?;
        let hook = read_body(body, org.hook(number).cloned(), now)?;
        org.put_hook(number, Some(hook), "inline_hook.updated", now);
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn replace(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let body: HookBody = call.json()?;
    app.change(|org, now| {
        let number = org.find_hook(&id)?;
        let before = org.hook(number).ok_or_else(Refusal::internal)?;
        let body = HookBody { kind: Some(before.kind.clone()), ..body };
        let (active, created) = (before.active, before.created);
        let hook = Hook { active, created, ..read_body(body, None, now)? };
        org.put_hook(number, Some(hook), "inline_hook.updated", now);
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn delete(State(app): State<App>, Path(id): Path<String>) -> Answer {
    app.change(|org, now| {
        let number = org.find_hook(&id)?;
        if org.hook(number).is_some_and(|hook| hook.active) {
            return Err(Refusal::field(
                "status",
                "An active inline hook cannot be deleted. Deactivate it first",
            ));
        }
        org.put_hook(number, None, "inline_hook.deleted", now);
        Ok(Reply::none())
    })
}

pub(crate) async fn step(State(app): State<App>, Path((id, step)): Path<(String, String)>) -> Answer {
    let (active, event) = match step.as_str() {
        "activate" => (true, "inline_hook.activated"),
        "deactivate" => (false, "inline_hook.deactivated"),
        _ => return Err(Refusal::no_such_path()),
    };
    app.change(|org, now| {
        let number = org.find_hook(&id)?;
        let hook = org.hook(number).map(|hook| Hook { active, last_updated: now, ..hook.clone() });
        org.put_hook(number, hook, event, now);
        answer_one(org, &app.base, number)
    })
}

pub(crate) async fn execute(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    let body: Value = call.json()?;
    let hook = {
        let org = app.org();
        let number = org.find_hook(&id)?;
        org.hook(number).cloned().ok_or_else(Refusal::internal)?
    };
    match ask(&app, &hook, &body).await {
        Ok(answer) => Ok(Reply::json(answer.body)),
        Err(failure) => Err(Refusal { status: 400, ..failure_refusal(&failure) }),
    }
}

/// What Okta says of a hook that failed.
pub(crate) fn failure_refusal(failure: &Failure) -> Refusal {
    match failure {
        Failure::Silent => Refusal::hook_silent(),
        Failure::Unreachable(why) | Failure::Garbled(why) => Refusal::hook_garbled(why),
        Failure::Status(status) => {
            Refusal::hook_garbled(&format!("The service answered with HTTP status {status}"))
        }
    }
}
