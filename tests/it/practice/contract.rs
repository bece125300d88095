//! What holds for the whole API: paths that are none, and the links that objects carry.

use serde_json::{Value, json};

use super::{group, made, sha256};
use crate::support::http::Desk;

#[tokio::test]
async fn a_path_that_is_none_is_told_as_such() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    for path in [
        "/".to_owned(),
        "/api".to_owned(),
        "/api/v1".to_owned(),
        "/api/v1/".to_owned(),
        "/api/v2/users".to_owned(),
        "/api/v1/people".to_owned(),
        "/api/v1/userss".to_owned(),
        "/api/v1/users/a/b/c".to_owned(),
        format!("/api/v1/users/{id}/nothing"),
        format!("/api/v1/users/{id}/lifecycle"),
        "/api/v1/meta/schemas".to_owned(),
        "/api/v1/apps/x/y/z".to_owned(),
        "/oauth2/v1/nothing".to_owned(),
        "/.well-known/nothing".to_owned(),
    ] {
        let told = desk.get(&path).await;
        assert_eq!((told.status, told.code()), (404, "E0000008"), "{path}: {}", told.text);
        assert_eq!(told.body["errorSummary"], "The requested path was not found");
    }
    let told = desk.post(&format!("/api/v1/users/{id}/lifecycle/nothing"), json!({})).await;
    assert_eq!((told.status, told.code()), (404, "E0000008"));
}

/// The names of an object's links, in order.
fn links(body: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = body["_links"].as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn objects_carry_the_links_that_recorded_answers_have() {
    let desk = Desk::open().await;
    let id = made(&desk, "ann@example.com", &sha256()).await;
    let one = desk.get(&format!("/api/v1/users/{id}")).await.body;
    assert_eq!(
        links(&one),
        [
            "changePassword",
            "changeRecoveryQuestion",
            "deactivate",
            "expirePassword",
            "forgotPassword",
            "resetFactors",
            "resetPassword",
            "schema",
            "self",
            "suspend",
            "type"
        ]
    );
    assert!(one["_links"]["resetPassword"]["href"].as_str().unwrap().ends_with("/lifecycle/reset_password"));
    assert_eq!(one["_links"]["resetPassword"]["method"], "POST");
    assert_eq!(links(&desk.get("/api/v1/users").await.body[0]), ["self"], "a list is short");
    let team = group(&desk, "Sales").await;
    assert_eq!(links(&desk.get(&format!("/api/v1/groups/{team}")).await.body), ["apps", "logo", "users"]);
    assert_eq!(links(&desk.get("/api/v1/api-tokens").await.body[0]), ["self", "user"]);
    assert_eq!(links(&desk.get("/api/v1/org").await.body), ["contacts", "preferences", "uploadLogo"]);
    assert_eq!(links(&desk.get("/api/v1/meta/types/user").await.body[0]), ["schema", "self"]);
    assert_eq!(links(&desk.get("/.well-known/okta-organization").await.body), ["organization"]);
}
