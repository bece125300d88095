//! An org that is stopped and started again from what its journal kept.

use std::collections::BTreeMap;

use causeway::practice::{Change, ChangeKind, Config, Limits, PracticeError, PracticeOrg, Provider, SignIn};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::sync::mpsc;

use super::{group, made, profile, sha256};
use crate::support::http::{Desk, client};

/// What a keeper has: the latest body of every entity still there.
type Kept = BTreeMap<(&'static str, String), Vec<u8>>;

/// Keeps what a journal tells until the org stops.
async fn keep(mut journal: mpsc::Receiver<Change>) -> Kept {
    let mut kept = Kept::new();
    while let Some(change) = journal.recv().await {
        let key = (change.kind.name(), change.id.clone());
        match &change.body {
            Some(body) => kept.insert(key, body.to_vec()),
            None => kept.remove(&key),
        };
    }
    kept
}

fn again(kept: &Kept) -> Config {
    let changes: Vec<Change> = kept
        .iter()
        .map(|((kind, id), body)| {
            let kind = ChangeKind::from_name(kind).unwrap();
            Change::new(kind, id.clone(), Some(zeroize::Zeroizing::new(body.clone())))
        })
        .collect();
    Config {
        restore: Some(Box::new(changes.into_iter())),
        limits: Limits::unlimited(),
        seed: 99,
        ..Config::default()
    }
}

#[tokio::test]
async fn an_org_comes_back_as_it_was() {
    let (tell, journal) = mpsc::channel(2);
    let keeper = tokio::spawn(keep(journal));
    let desk =
        Desk::with(Config { limits: Limits::unlimited(), seed: 5, journal: Some(tell), ..Config::default() })
            .await;
    let token = desk.org.token().expose_secret().to_owned();
    desk.post("/api/v1/meta/schemas/user/default", json!({ "definitions": { "custom": { "properties": { "legacyId": { "type": "string", "unique": true } } } } })).await;
    let sales = group(&desk, "Sales").await;
    let gone = group(&desk, "Gone").await;
    let mut body = json!({ "profile": profile("ann@example.com"), "credentials": { "password": sha256() }, "groupIds": [sales, gone] });
    body["profile"]["legacyId"] = json!("7");
    let ann = desk.post("/api/v1/users", body).await.body["id"].as_str().unwrap().to_owned();
    let bob = made(&desk, "bob@example.com", &sha256()).await;
    let cleo = made(&desk, "cleo@example.com", &sha256()).await;
    assert_eq!(desk.authn("bob@example.com", "test password").await.status, 200);
    desk.delete(&format!("/api/v1/groups/{gone}")).await;
    for _ in 0..2 {
        desk.delete(&format!("/api/v1/users/{cleo}")).await;
    }
    desk.post("/api/v1/inlineHooks", json!({ "name": "h", "type": "com.okta.user.credential.password.import", "version": "1.0.0",
        "channel": { "type": "HTTP", "config": { "uri": "https://hook.example.com/", "authScheme": { "type": "HEADER", "key": "Authorization", "value": "s" } } } })).await;
    let before = (desk.org.people(0, 10, ""), desk.org.groups(), desk.org.hooks());
    desk.org.stop().await;
    let kept = keeper.await.unwrap();

    let org = PracticeOrg::start(again(&kept)).await.unwrap();
    assert_eq!((org.people(0, 10, ""), org.groups(), org.hooks()), before);
    assert_eq!(org.token().expose_secret(), token);
    let desk = Desk { org, client: client() };
    assert_eq!(desk.get(&format!("/api/v1/users/{ann}")).await.body["profile"]["legacyId"], "7");
    assert_eq!(desk.get(&format!("/api/v1/groups/{sales}/users")).await.body[0]["id"], json!(ann));
    let right = SecretString::from("test password");
    assert_eq!(
        desk.org.sign_in("bob@example.com", &right).await,
        SignIn::Success { id: bob, imported: false }
    );
    assert_eq!(
        desk.org.sign_in("ann@example.com", &right).await,
        SignIn::Success { id: ann, imported: true }
    );
    assert_eq!(desk.org.person("bob").unwrap().provider, Provider::Okta);
    let told = desk.get("/api/v1/logs?filter=eventType%20eq%20%22user.import.password%22").await;
    assert_eq!(told.body.as_array().unwrap().len(), 2, "the import of before is still in the log");
    let mut twin = json!({ "profile": profile("dora@example.com") });
    twin["profile"]["legacyId"] = json!("7");
    assert_eq!(desk.post("/api/v1/users", twin).await.status, 400, "unique stays unique");
    let dora = made(&desk, "dora@example.com", &sha256()).await;
    assert!(
        ![&cleo, &before.0.people[0].id, &before.0.people[1].id].contains(&&dora),
        "an id is never given twice"
    );
}

#[tokio::test]
async fn damage_is_told_and_nothing_kept_starts_fresh() {
    let org = PracticeOrg::start(again(&Kept::new())).await.unwrap();
    assert_eq!(org.people_count(), 0);
    let bad = |id: &str, kind: &'static str, body: &str| {
        Kept::from([((kind, id.to_owned()), body.as_bytes().to_vec())])
    };
    for kept in [
        bad("00u1", "person", "{"),
        bad("org", "org", r#"{"seed":"x"}"#),
        bad(
            "00g1",
            "group",
            r#"{"id":"00gZZZZZZZZZZZZZZZZZ","name":"x","created":0,"lastUpdated":0,"membershipUpdated":0}"#,
        ),
    ] {
        let refused = PracticeOrg::start(again(&kept)).await.err().unwrap();
        assert!(matches!(refused, PracticeError::Damaged(_)), "{refused}");
    }
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let desk = Desk::open().await;
    let refused =
        PracticeOrg::start(Config { port: desk.org.port(), ..Config::default() }).await.err().unwrap();
    assert!(refused.to_string().contains(&desk.org.port().to_string()), "{refused}");
}
