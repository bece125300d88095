//! Things that go wrong on purpose.

use std::time::Duration;

use causeway::practice::{Chance, Config, Faults, Latency, Limits};
use serde_json::json;

use super::{made, person, sha256};
use crate::support::http::Desk;

fn on_create(mut faults: Faults) -> Faults {
    faults.only = vec!["POST /api/v1/users".to_owned()];
    faults
}

#[tokio::test]
async fn a_connection_dropped_before_acting_leaves_nobody_after_acting_it_leaves_one() {
    let desk = Desk::open().await;
    let create = async |login: &str| {
        desk.try_send(reqwest::Method::POST, "/api/v1/users", Some(person(login, &sha256()))).await
    };
    desk.org.set_faults(on_create(Faults { drop_before: Chance::Next(1), ..Faults::default() }));
    assert!(create("a@example.com").await.is_err());
    assert!(desk.org.person("a@example.com").is_none());
    desk.org.set_faults(on_create(Faults { drop_after: Chance::Next(1), ..Faults::default() }));
    assert!(create("b@example.com").await.is_err());
    assert!(desk.org.person("b@example.com").is_some());
    assert_eq!(desk.org.counters().dropped, 2);
    assert_eq!(create("c@example.com").await.unwrap().status, 200);
}

#[tokio::test]
async fn errors_answer_as_okta_words_them_and_do_nothing() {
    let desk = Desk::open().await;
    for (faults, status, code) in [
        (Faults { too_many: Chance::Next(1), ..Faults::default() }, 429, "E0000047"),
        (Faults { server_error: Chance::Always, ..Faults::default() }, 500, "E0000009"),
        (Faults { forbidden: Chance::Always, ..Faults::default() }, 403, "E0000006"),
        (Faults { read_only: true, ..Faults::default() }, 503, "E0000010"),
    ] {
        desk.org.set_faults(faults);
        let told = desk.post("/api/v1/users", person("a@example.com", &sha256())).await;
        assert_eq!((told.status, told.code()), (status, code), "{}", told.text);
        assert_eq!(desk.org.people_count(), 0);
    }
    assert_eq!(desk.get("/api/v1/users?limit=1").await.status, 200, "reads go on in read-only mode");
    desk.org.set_faults(Faults { html: Chance::Always, ..Faults::default() });
    let told = desk.post("/api/v1/users", person("a@example.com", &sha256())).await;
    assert_eq!(
        (told.status, told.headers["content-type"].to_str().unwrap()),
        (200, "text/html;charset=utf-8")
    );
    assert!(told.text.starts_with("<!DOCTYPE html>"));
    desk.org.set_faults(Faults { server_error_after: Chance::Next(1), ..Faults::default() });
    assert_eq!(desk.post("/api/v1/users", person("a@example.com", &sha256())).await.status, 500);
    assert_eq!(desk.org.people_count(), 1, "this one acted first");
}

#[tokio::test]
async fn faults_limits_and_latency_can_be_set_from_outside() {
    let desk = Desk::open().await;
    let told = desk.put("/practice/faults", json!({ "serverError": { "next": 1 } })).await;
    assert_eq!((told.status, &told.body["serverError"]), (200, &json!({ "next": 1 })));
    assert_eq!(desk.get("/api/v1/org").await.status, 500);
    assert_eq!(desk.get("/api/v1/org").await.status, 200);
    assert_eq!(
        desk.put("/practice/faults", json!({ "serverWrong": "always" })).await.status,
        400,
        "misspelt is refused"
    );
    assert_eq!(desk.put("/practice/limits", json!({ "users": 7 })).await.body["users"], 7);
    assert_eq!(desk.get("/api/v1/users").await.number("x-rate-limit-limit"), 7);
    assert_eq!(desk.put("/practice/latency", json!({ "fixedMs": 1 })).await.status, 200);
    assert_eq!(desk.get("/practice/counters").await.body["byPath"]["GET /api/v1/org"], 2);
    let bare = reqwest::get(format!("{}/practice/counters", desk.org.url())).await.unwrap();
    assert_eq!(bare.status(), 401);
}

#[tokio::test]
async fn latency_is_at_least_what_was_asked_for() {
    let config = Config { latency: Latency::fixed(120), limits: Limits::unlimited(), ..Config::default() };
    let desk = Desk::with(config).await;
    let impatient = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(40)).build().unwrap();
    let url = format!("{}/.well-known/okta-organization", desk.org.url());
    assert!(impatient.get(&url).send().await.unwrap_err().is_timeout());
    assert_eq!(desk.get(&url).await.status, 200);
}

#[tokio::test]
async fn a_token_can_go_bad_and_come_back() {
    let desk = Desk::open().await;
    made(&desk, "a@example.com", &sha256()).await;
    desk.org.revoke_token(true);
    assert_eq!(desk.get("/api/v1/users/a@example.com").await.code(), "E0000011");
    desk.org.revoke_token(false);
    assert_eq!(desk.get("/api/v1/users/a@example.com").await.status, 200);
}
