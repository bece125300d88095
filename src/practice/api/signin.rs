//! `POST /api/v1/authn`: signs in with login and password; needs no token (okta-api.md 2.9).

use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::reply::{Answer, Call, Reply};
use crate::practice::clock::stamp;
use crate::practice::refusal::Refusal;
use crate::practice::secret::Secret;
use crate::practice::shared::{App, lock};
use crate::practice::signin::{SignIn, sign_in};

#[derive(Deserialize)]
struct AuthnBody {
    username: Option<String>,
    password: Option<Secret>,
}

pub(crate) async fn authn(State(app): State<App>, call: Call) -> Answer {
    let body: AuthnBody = call.json()?;
    let (Some(username), Some(password)) = (body.username, body.password) else {
        return Err(Refusal::field("username", "The field cannot be left blank"));
    };
    let now = app.now();
    if !lock(&app.limiter).take_name(&username, now) {
        app.count(|counters| counters.too_many_bucket += 1);
        return Err(Refusal::too_many_requests());
    }
    let done = sign_in(&app, &username, password).await?;
    let person = |id: &str| {
        let org = app.org();
        let person = org.find(id).and_then(|number| org.person(number))?;
        let profile = person.profile();
        let changed = (person.times.password_changed != 0).then(|| stamp(person.times.password_changed));
        Some(json!({
            "id": id,
            "passwordChanged": changed,
            "profile": {
                "login": profile.get("login"),
                "firstName": profile.get("firstName"),
                "lastName": profile.get("lastName"),
                "locale": profile.get("locale").cloned().unwrap_or_else(|| json!("en_US")),
                "timeZone": profile.get("timezone").cloned().unwrap_or_else(|| json!("America/Los_Angeles")),
            },
        }))
    };
    let expires = stamp(now + 300_000);
    match done {
        SignIn::Success { id, .. } => Ok(Reply::json(json!({
            "expiresAt": expires,
            "status": "SUCCESS",
            "sessionToken": format!("20111{}", app.letters(35)),
            "_embedded": { "user": person(&id) },
        }))),
        SignIn::PasswordExpired { id } => Ok(Reply::json(json!({
            "stateToken": format!("007{}", app.letters(37)),
            "expiresAt": expires,
            "status": "PASSWORD_EXPIRED",
            "_embedded": { "user": person(&id) },
        }))),
        SignIn::LockedOut => Ok(Reply::json(json!({ "status": "LOCKED_OUT" }))),
        _ => Err(Refusal::authentication_failed()),
    }
}
