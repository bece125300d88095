//! The practice org over HTTP, as any client of Okta's sees it.

mod contract;
mod faults;
mod groups;
mod hooks;
mod keeping;
mod limits;
mod logs;
mod signin;
mod users;

use serde_json::{Value, json};

use crate::support::http::Desk;

/// A valid profile for a login.
fn profile(login: &str) -> Value {
    json!({ "login": login, "email": "someone@example.com", "firstName": "Tomáš", "lastName": "Dvořák" })
}

/// The body of a create with a password object.
pub(crate) fn person(login: &str, password: &Value) -> Value {
    json!({ "profile": profile(login), "credentials": { "password": password } })
}

/// SHA-256 of "test password", unsalted (okta-api.md 2.3).
fn sha256() -> Value {
    json!({ "hash": { "algorithm": "SHA-256", "value": "C0fGmxAzSY1fM/X32Xu2oxJhNHUWKfTQGFwRXbRMCU4=" } })
}

/// Creates a person and gives back the id.
async fn made(desk: &Desk, login: &str, password: &Value) -> String {
    let told = desk.post("/api/v1/users", person(login, password)).await;
    assert_eq!(told.status, 200, "{}", told.text);
    told.body["id"].as_str().unwrap().to_owned()
}

/// Creates a group and gives back the id.
async fn group(desk: &Desk, name: &str) -> String {
    let told = desk.post("/api/v1/groups", json!({ "profile": { "name": name } })).await;
    assert_eq!(told.status, 200, "{}", told.text);
    told.body["id"].as_str().unwrap().to_owned()
}
