//! The password hook in the org: registered, changed, tested, taken away; and another one's never touched.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use causeway::migration::MigrationError;
use causeway::migration::hook::{
    Payload, Said, Sign, Standing, Wanted, call, execute, hook_name, look, register, remove, set_active,
    stranger,
};
use causeway::model::Explain as _;
use causeway::okta::{Client, HookRegistration};
use causeway::practice::{Chance, Faults, PracticeOrg, SignIn};
use causeway::secrets::KeyFile;
use causeway::workspace::{Keys, NewWorkspace, OperationKind, OperationState, OrgOperation, Workspace};
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::company::{client, quick_org};

const URI: &str = "https://hook.corp.example/pwhook";

async fn workspace(folder: &tempfile::TempDir) -> Workspace {
    let keys = Keys::new(Arc::new(KeyFile::new(folder.path().join("key")).unwrap()));
    let path = folder.path().join("move.causeway");
    Workspace::create(path, NewWorkspace { name: "Move".into() }, keys).await.unwrap()
}

fn wanted(uri: &str, secret: &str) -> Wanted {
    Wanted { uri: uri.into(), secret: SecretString::from(secret.to_owned()) }
}

fn about(hook: &str, login: &str, password: &str) -> Payload {
    Payload {
        org: "https://acme.okta.com".into(),
        hook: hook.into(),
        login: login.into(),
        password: SecretString::from(password.to_owned()),
        at: Utc::now(),
        event: [3; 16],
        ours: None,
    }
}

/// How often hooks were created, by the org's count.
fn created(org: &PracticeOrg) -> u64 {
    org.counters()
        .by_path
        .iter()
        .filter(|(path, _)| path.as_str() == "POST /api/v1/inlineHooks")
        .map(|(_, n)| *n)
        .sum()
}

async fn desk() -> (tempfile::TempDir, Workspace, PracticeOrg, Client) {
    let folder = tempfile::tempdir().unwrap();
    let workspace = workspace(&folder).await;
    let org = quick_org().await;
    let client = client(&org);
    (folder, workspace, org, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn registered_changed_switched_off_and_taken_away() {
    use OperationKind::{ActivateHook, ChangeHook, DeactivateHook, DeleteHook, RegisterHook};
    let (_folder, workspace, org, client) = desk().await;
    let first = wanted(URI, "Basic Zmlyc3Q=");
    assert_eq!(look(&workspace, &client, Some(&first)).await.unwrap(), Standing::None);
    let hook = register(&workspace, &client, &first).await.unwrap();
    assert!(hook.is_active());
    assert_eq!((hook.uri(), hook.name.as_str()), (URI, hook_name(workspace.id()).as_str()));
    let there = look(&workspace, &client, Some(&first)).await.unwrap();
    assert!(there.ours().unwrap().fits());
    // Nothing to change: nothing is sent.
    let asked = org.counters().by_path;
    register(&workspace, &client, &first).await.unwrap();
    let writes = |by: &std::collections::BTreeMap<String, u64>| -> u64 {
        by.iter().filter(|(path, _)| !path.starts_with("GET")).map(|(_, n)| *n).sum()
    };
    assert_eq!(writes(&asked.into_iter().collect()), writes(&org.counters().by_path.into_iter().collect()));
    // Another secret and another address.
    let second = wanted("https://other.corp.example/pwhook", "Basic c2Vjb25k");
    let seen = look(&workspace, &client, Some(&second)).await.unwrap();
    let seen = seen.ours().unwrap();
    assert!(seen.other_address && seen.other_secret);
    let changed = register(&workspace, &client, &second).await.unwrap();
    assert_eq!((changed.id.as_str(), changed.uri()), (hook.id.as_str(), "https://other.corp.example/pwhook"));
    assert!(look(&workspace, &client, Some(&second)).await.unwrap().ours().unwrap().fits());
    // Off and on again; registering activates too.
    let off = set_active(&workspace, &client, false).await.unwrap().unwrap();
    assert!(!off.is_active() && !org.hooks()[0].active);
    assert!(register(&workspace, &client, &second).await.unwrap().is_active());
    // Each is in the ledger, and nothing that was not sent.
    let listed = async || -> Vec<OrgOperation> { workspace.org_operations().await.unwrap() };
    let done = listed().await;
    assert_eq!(
        done.iter().map(|one| one.kind).collect::<Vec<_>>(),
        [RegisterHook, ChangeHook, DeactivateHook, ActivateHook]
    );
    assert!(done.iter().all(|one| one.state == OperationState::Done && one.request.is_some()), "{done:?}");
    assert!(done.iter().all(|one| one.okta_id.as_deref() == Some(hook.id.as_str())));
    assert_eq!((done[1].before.as_deref(), done[1].what.as_str()), (Some(URI), second.uri.as_str()));
    // Away: deactivated first, and twice is as once.
    remove(&workspace, &client).await.unwrap();
    assert_eq!(org.hooks(), []);
    remove(&workspace, &client).await.unwrap();
    let kinds: Vec<_> = listed().await[4..].iter().map(|one| (one.kind, one.state)).collect();
    assert_eq!(kinds, [(DeactivateHook, OperationState::Done), (DeleteHook, OperationState::Done)]);
    assert_eq!(set_active(&workspace, &client, true).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_hook_is_named_and_never_touched() {
    let (_folder, workspace, org, client) = desk().await;
    let theirs = HookRegistration {
        name: "AD bridge".into(),
        uri: "https://bridge.corp.example/hook".into(),
        secret: SecretString::from("theirs"),
    };
    let theirs = client.create_password_hook(&theirs).await.unwrap().value;
    let before = org.hooks();
    let refused = register(&workspace, &client, &wanted(URI, "Basic b3Vycw==")).await.unwrap_err();
    let MigrationError::ForeignHook { name, uri } = &refused else { panic!("{refused:?}") };
    assert_eq!((name.as_str(), uri.as_str()), ("AD bridge", "https://bridge.corp.example/hook"));
    assert!(refused.advice().contains("Inline Hooks"));
    assert!(remove(&workspace, &client).await.is_err());
    assert!(set_active(&workspace, &client, false).await.is_err());
    assert_eq!(look(&workspace, &client, None).await.unwrap(), Standing::Foreign(theirs));
    assert_eq!(org.hooks(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_was_lost_is_found_again_and_not_sent_twice() {
    for fault in [
        Faults { drop_after: Chance::Next(1), ..Faults::default() },
        Faults { server_error_after: Chance::Next(1), ..Faults::default() },
    ] {
        let (_folder, workspace, org, client) = desk().await;
        org.set_faults(Faults { only: vec!["POST /api/v1/inlineHooks".into()], ..fault });
        let wanted = wanted(URI, "Basic Zmlyc3Q=");
        let hook = register(&workspace, &client, &wanted).await.unwrap();
        assert_eq!(org.hooks().len(), 1);
        assert_eq!(org.hooks()[0].id, hook.id);
        assert!(created(&org) <= 1, "{:?}", org.counters().by_path);
        assert!(look(&workspace, &client, Some(&wanted)).await.unwrap().ours().unwrap().fits());
    }
}

#[derive(Clone)]
struct Service(Arc<Mutex<Vec<Value>>>);

/// The smallest hook: knows one secret, one person and one password.
async fn service() -> (String, Service) {
    let service = Service(Arc::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/pwhook", listener.local_addr().unwrap());
    let answer = async |State(service): State<Service>, headers: HeaderMap, body: String| {
        if headers["authorization"] != "Basic b3Vycw==" {
            return (StatusCode::UNAUTHORIZED, String::new());
        }
        let body: Value = serde_json::from_str(&body).unwrap();
        let right = body["data"]["context"]["credential"]["password"] == "Okta";
        service.0.lock().unwrap().push(body);
        let word = if right { "VERIFIED" } else { "UNVERIFIED" };
        let said = json!({"commands":[{"type":"com.okta.action.update","value":{"credential":word}}]});
        (StatusCode::OK, said.to_string())
    };
    let router = Router::new().route("/pwhook", post(answer)).with_state(service.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = hyper_util::service::TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    (uri, service)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_calls_as_okta_does_and_shows_no_password() {
    let (uri, service) = service().await;
    let secret = SecretString::from("Basic b3Vycw==");
    let right = call(&uri, &secret, &about("", "isaac.brock@example.com", "Okta"), false).await;
    assert_eq!((right.said, right.status), (Said::Verified, Some(200)));
    assert!(!right.request.contains("\"Okta\"") && right.request.contains("isaac.brock@example.com"));
    assert_eq!(service.0.lock().unwrap()[0]["data"]["context"]["credential"]["password"], "Okta");
    let wrong = call(&uri, &secret, &about("", "isaac.brock@example.com", "wrong"), false).await;
    assert_eq!(wrong.said, Said::Unverified);
    let strange = call(&uri, &SecretString::from("Basic x"), &about("", "a@b.c", "Okta"), false).await;
    assert_eq!((strange.said, strange.status), (Said::Neither, Some(401)));
    assert!(strange.next.contains("secret"), "{}", strange.next);
    assert_eq!(stranger(&uri, &about("", "a@b.c", "x")).await.sign, Sign::Good);
    let nobody = "http://127.0.0.1:9/pwhook";
    let silent = call(nobody, &secret, &about("", "a@b.c", "Okta"), false).await;
    assert_eq!((silent.said, silent.status), (Said::Neither, None));
    assert_eq!(stranger(nobody, &about("", "a@b.c", "x")).await.sign, Sign::Fails);
}

#[tokio::test(flavor = "multi_thread")]
async fn oktas_own_test_and_a_sign_in_reach_the_service() {
    let (_folder, workspace, org, client) = desk().await;
    let (uri, service) = service().await;
    let hook = register(&workspace, &client, &wanted(&uri, "Basic b3Vycw==")).await.unwrap();
    let tested = execute(&client, &about(&hook.id, "isaac.brock@example.com", "Okta")).await.unwrap();
    assert_eq!(tested.said, Said::Verified);
    assert!(!tested.request.contains("\"Okta\""));
    let heard = service.0.lock().unwrap()[0].clone();
    assert_eq!(heard["source"], format!("https://acme.okta.com/api/v1/inlineHooks/{}", hook.id));
    // With another secret in Okta the test says what to change.
    register(&workspace, &client, &wanted(&uri, "Basic b3RoZXI=")).await.unwrap();
    let refused = execute(&client, &about(&hook.id, "isaac.brock@example.com", "Okta")).await.unwrap();
    assert_eq!(refused.said, Said::Neither);
    assert!(refused.next.contains("secret"), "{refused:?}");
    // A sign-in through the org, and what its log says.
    register(&workspace, &client, &wanted(&uri, "Basic b3Vycw==")).await.unwrap();
    let mut profile = causeway::model::Profile::default();
    for (name, value) in [
        ("login", "li.wei@example.com"),
        ("email", "li.wei@example.com"),
        ("firstName", "伟"),
        ("lastName", "李"),
    ] {
        profile.set(name, value);
    }
    let begun = Utc::now() - chrono::TimeDelta::minutes(1);
    let hooked = json!({"password":{"hook":{"type":"default"}}});
    let create = causeway::okta::Request::create_user(&profile, Some(&hooked), &[], true).unwrap();
    assert!(client.ask(&create).await.unwrap().ok());
    let signed = org.sign_in("li.wei@example.com", &SecretString::from("Okta")).await;
    let SignIn::Success { id, imported: true } = signed else { panic!("{signed:?}") };
    let page = client.passwords_imported(begun).await.unwrap();
    assert_eq!(page.events.len(), 1);
    assert_eq!((page.events[0].user.as_str(), page.events[0].stored), (id.as_str(), true));
    assert_eq!(page.events[0].login, "li.wei@example.com");
    // The next look goes on from there.
    let next = client.passwords_imported_after(&page.next.unwrap()).await.unwrap();
    assert_eq!((next.events.len(), next.more), (0, false));
    assert!(next.next.is_some());
}
