//! The org, its tokens, its user schema and user type (okta-api.md 1.1, 1.2, 2.6).

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::reply::{Answer, Call, Reply};
use crate::practice::clock::stamp;
use crate::practice::events::{Event, TOKEN_ID};
use crate::practice::org::Org;
use crate::practice::person::USER_TYPE;
use crate::practice::refusal::Refusal;
use crate::practice::shared::App;

/// The org's id: Okta's start with `00o`.
pub(crate) fn org_id(org: &Org) -> String {
    org.group_id(u32::MAX).replacen("00g", "00o", 1)
}

pub(crate) async fn well_known(State(app): State<App>) -> Answer {
    let org = app.org();
    Ok(Reply::json(json!({
        "id": org_id(&org),
        "pipeline": "idx",
        "_links": { "organization": { "href": app.base } },
    })))
}

pub(crate) async fn org(State(app): State<App>) -> Answer {
    let org = app.org();
    Ok(Reply::json(json!({
        "id": org_id(&org),
        "subdomain": "practice",
        "companyName": org.company,
        "status": "ACTIVE",
        "website": null, "address1": null, "address2": null, "city": null, "state": null, "country": null,
        "postalCode": null, "phoneNumber": null, "supportPhoneNumber": null, "endUserSupportHelpURL": null,
        "created": stamp(org.created),
        "lastUpdated": stamp(org.created),
        "expiresAt": null,
        "_links": {
            "contacts": { "href": format!("{}/api/v1/org/contacts", app.base), "hints": { "allow": ["GET"] } },
            "preferences": { "href": format!("{}/api/v1/org/preferences", app.base), "hints": { "allow": ["GET"] } },
            "uploadLogo": { "href": format!("{}/api/v1/org/logo", app.base), "hints": { "allow": ["POST"] } },
        },
    })))
}

fn token_view(app: &App, org: &Org) -> Value {
    let now = app.now();
    let (admin, _) = org.admin();
    json!({
        "id": TOKEN_ID,
        "name": "Practice",
        "userId": admin,
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": { "connection": "ANYWHERE" },
        "created": stamp(org.created),
        "lastUpdated": stamp(now),
        "expiresAt": stamp(now + 30 * 86_400_000),
        "_links": {
            "self": { "href": format!("{}/api/v1/api-tokens/{TOKEN_ID}", app.base), "hints": { "allow": ["GET", "DELETE"] } },
            "user": { "href": format!("{}/api/v1/users/{admin}", app.base), "hints": { "allow": ["GET"] } },
        },
    })
}

pub(crate) async fn tokens(State(app): State<App>) -> Answer {
    let org = app.org();
    Ok(Reply::json(json!([token_view(&app, &org)])))
}

pub(crate) async fn token(State(app): State<App>, Path(id): Path<String>) -> Answer {
    if id != TOKEN_ID {
        return Err(Refusal::not_found(&id, "ApiToken"));
    }
    let org = app.org();
    Ok(Reply::json(token_view(&app, &org)))
}

pub(crate) async fn revoke(State(app): State<App>) -> Answer {
    app.change(|org, now| {
        org.revoke_token(true);
        org.note(Event::new("system.api_token.revoke").with("Token", TOKEN_ID, "Practice"), now);
    });
    Ok(Reply::none())
}

fn check_schema_id(id: &str) -> Result<(), Refusal> {
    if matches!(id, "default" | SCHEMA_ID) { Ok(()) } else { Err(Refusal::not_found(id, "Schema")) }
}

const SCHEMA_ID: &str = "oscPracticeUserType0";

fn schema_view(app: &App, org: &Org) -> Value {
    org.schema.view(
        &format!("{}/meta/schemas/user/default", app.base),
        &stamp(org.created),
        &stamp(org.schema.last_updated),
    )
}

pub(crate) async fn schema(State(app): State<App>, Path(id): Path<String>) -> Answer {
    check_schema_id(&id)?;
    let org = app.org();
    Ok(Reply::json(schema_view(&app, &org)))
}

pub(crate) async fn change_schema(State(app): State<App>, Path(id): Path<String>, call: Call) -> Answer {
    check_schema_id(&id)?;
    let body: Value = call.json()?;
    app.change(|org, now| {
        let mut schema = org.schema.clone();
        let removed = schema.merge(&body, now)?;
        org.set_schema(schema, &removed, now)?;
        Ok(Reply::json(schema_view(&app, org)))
    })
}

fn type_view(app: &App, org: &Org) -> Value {
    let (admin, _) = org.admin();
    json!({
        "id": USER_TYPE,
        "displayName": "User",
        "name": "user",
        "description": "Okta user profile template with default permission settings",
        "createdBy": admin,
        "lastUpdatedBy": admin,
        "created": stamp(org.created),
        "lastUpdated": stamp(org.created),
        "default": true,
        "_links": {
            "self": { "rel": "self", "href": format!("{}/api/v1/meta/types/user/{USER_TYPE}", app.base), "method": "GET" },
            "schema": { "rel": "schema", "href": format!("{}/api/v1/meta/schemas/user/{SCHEMA_ID}", app.base), "method": "GET" },
        },
    })
}

pub(crate) async fn types(State(app): State<App>) -> Answer {
    let org = app.org();
    Ok(Reply::json(json!([type_view(&app, &org)])))
}

pub(crate) async fn one_type(State(app): State<App>, Path(id): Path<String>) -> Answer {
    if !matches!(id.as_str(), "default" | USER_TYPE) {
        return Err(Refusal::not_found(&id, "UserType"));
    }
    let org = app.org();
    Ok(Reply::json(type_view(&app, &org)))
}

/// The practice org has no apps.
pub(crate) async fn apps() -> Answer {
    Ok(Reply::json(json!([])))
}

/// Nor API Access Management.
pub(crate) async fn authorization_servers() -> Answer {
    Err(Refusal::no_such_feature())
}
