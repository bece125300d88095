//! Groups and who is in them.

use reqwest::Method;
use serde_json::json;

use super::{group, made, sha256};
use crate::support::http::Desk;

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let desk = Desk::open().await;
    let told = desk
        .post("/api/v1/groups", json!({ "profile": { "name": "Продажи", "description": "All of sales" } }))
        .await;
    assert_eq!(told.status, 200);
    assert_eq!(
        (&told.body["type"], &told.body["objectClass"]),
        (&json!("OKTA_GROUP"), &json!(["okta:user_group"]))
    );
    let path = format!("/api/v1/groups/{}", told.body["id"].as_str().unwrap());
    let told = desk.put(&path, json!({ "profile": { "name": "Sales" } })).await;
    assert_eq!(told.body["profile"], json!({ "name": "Sales", "description": null }));
    assert_eq!(desk.delete(&path).await.status, 204);
    let told = desk.get(&path).await;
    assert_eq!((told.status, told.code()), (404, "E0000007"));
    assert!(told.body["errorSummary"].as_str().unwrap().ends_with("(UserGroup)"));
    assert_eq!(
        desk.post("/api/v1/groups", json!({ "profile": { "name": "" } })).await.causes(),
        ["name: The field cannot be left blank"]
    );
    assert_eq!(
        desk.post("/api/v1/groups", json!({ "profile": { "name": "x".repeat(256) } })).await.causes(),
        ["name: The field is too long"]
    );
}

#[tokio::test]
async fn a_name_is_taken_whatever_its_case() {
    let desk = Desk::open().await;
    group(&desk, "Sales").await;
    let told = desk.post("/api/v1/groups", json!({ "profile": { "name": "SALES" } })).await;
    assert_eq!((told.status, told.code()), (400, "E0000001"));
    assert!(told.causes()[0].starts_with("name: An object with this field already exists"));
}

#[tokio::test]
async fn membership_is_put_and_taken_and_putting_twice_is_fine() {
    let desk = Desk::open().await;
    let sales = group(&desk, "Sales").await;
    let ann = made(&desk, "ann@example.com", &sha256()).await;
    let path = format!("/api/v1/groups/{sales}/users/{ann}");
    for _ in 0..2 {
        assert_eq!(desk.send(Method::PUT, &path, None).await.status, 204);
    }
    let members = desk.get(&format!("/api/v1/groups/{sales}/users")).await;
    assert_eq!(members.body.as_array().unwrap().len(), 1);
    assert_eq!(members.body[0]["credentials"]["provider"]["type"], "IMPORT");
    let told = desk.get("/api/v1/groups?q=sal&expand=stats").await;
    assert_eq!(told.body[0]["_embedded"]["stats"]["usersCount"], 1);
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.get(&format!("/api/v1/groups/{sales}/users")).await.body, json!([]));
    let nobody = format!("/api/v1/groups/{sales}/users/00uZZZZZZZZZZZZZZZZZ");
    assert_eq!(desk.send(Method::PUT, &nobody, None).await.code(), "E0000007");
}

#[tokio::test]
async fn everyone_holds_everyone_and_cannot_be_changed() {
    let desk = Desk::open().await;
    let ann = made(&desk, "ann@example.com", &sha256()).await;
    let told = desk.get("/api/v1/groups?q=Every").await;
    assert_eq!(told.body[0]["type"], "BUILT_IN");
    let everyone = told.body[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.get(&format!("/api/v1/groups/{everyone}/users")).await.body[0]["id"], json!(ann));
    let path = format!("/api/v1/groups/{everyone}/users/{ann}");
    assert_eq!(desk.send(Method::PUT, &path, None).await.status, 403);
    assert_eq!(desk.delete(&format!("/api/v1/groups/{everyone}")).await.status, 403);
}

#[tokio::test]
async fn groups_are_searched_and_paged() {
    let desk = Desk::open().await;
    for number in 0..5 {
        group(&desk, &format!("Team {number}")).await;
    }
    let find = |expression: &str| {
        let url = format!("{}/api/v1/groups", desk.org.url());
        reqwest::Url::parse_with_params(&url, [("search", expression), ("limit", "2")]).unwrap().to_string()
    };
    assert_eq!(desk.get(&find(r#"profile.name eq "team 3""#)).await.body[0]["profile"]["name"], "Team 3");
    let mut names = Vec::new();
    let mut next = Some(find(r#"type eq "OKTA_GROUP" and profile.name sw "Team""#));
    while let Some(url) = next {
        let told = desk.get(&url).await;
        names.extend(
            told.body
                .as_array()
                .unwrap()
                .iter()
                .map(|group| group["profile"]["name"].as_str().unwrap().to_owned()),
        );
        next = told.link("next");
    }
    assert_eq!(names, ["Team 0", "Team 1", "Team 2", "Team 3", "Team 4"]);
    assert_eq!(desk.get("/api/v1/groups?filter=profile.name%20eq%20%22x%22").await.code(), "E0000053");
}

#[tokio::test]
async fn members_page_and_a_deleted_group_leaves_no_trace() {
    let desk = Desk::open().await;
    let sales = group(&desk, "Sales").await;
    for number in 0..5 {
        let ann = made(&desk, &format!("p{number}@example.com"), &sha256()).await;
        desk.send(Method::PUT, &format!("/api/v1/groups/{sales}/users/{ann}"), None).await;
    }
    let mut count = 0;
    let mut next = Some(format!("/api/v1/groups/{sales}/users?limit=2"));
    while let Some(url) = next {
        let told = desk.get(&url).await;
        count += told.body.as_array().unwrap().len();
        next = told.link("next");
    }
    assert_eq!(count, 5);
    desk.delete(&format!("/api/v1/groups/{sales}")).await;
    assert_eq!(desk.org.person("p0@example.com").unwrap().groups, Vec::<String>::new());
    assert_eq!(desk.get("/api/v1/users/p0@example.com/groups").await.body.as_array().unwrap().len(), 1);
}
