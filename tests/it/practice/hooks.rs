//! The password import hook: registered, called, and its answer understood.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use causeway::practice::{Config, Limits, Provider, SignIn};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::made;
use crate::support::http::Desk;

/// Answers in turn: status and body.
type Script = Arc<Mutex<Vec<(u16, Value)>>>;

#[derive(Clone, Default)]
struct Service {
    script: Script,
    heard: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

async fn answer(State(service): State<Service>, headers: HeaderMap, body: String) -> Response {
    service.heard.lock().unwrap().push((headers, serde_json::from_str(&body).unwrap()));
    let (status, body) = service.script.lock().unwrap().remove(0);
    let status = StatusCode::from_u16(status).unwrap();
    if body.is_null() { status.into_response() } else { (status, body.to_string()).into_response() }
}

impl Service {
    /// Starts a hook that answers by the script; gives back its address.
    async fn start(script: Vec<(u16, Value)>) -> (Self, String) {
        let service = Self { script: Arc::new(Mutex::new(script)), ..Self::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/okta/password-import", listener.local_addr().unwrap());
        let router = Router::new().route("/okta/password-import", post(answer)).with_state(service.clone());
        tokio::spawn(axum_serve(listener, router));
        (service, url)
    }

    fn calls(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

/// The smallest server for a router: the crate is built without axum's own.
async fn axum_serve(listener: tokio::net::TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(hyper_util::rt::TokioIo::new(stream), service)
                .await;
        });
    }
}

fn registration(uri: &str) -> Value {
    json!({
        "name": "Causeway password import", "type": "com.okta.user.credential.password.import", "version": "1.0.0",
        "channel": { "type": "HTTP", "version": "1.0.0", "config": {
            "uri": uri, "method": "POST",
            "headers": [{ "key": "X-Causeway-Workspace", "value": "42" }, { "key": "Accept", "value": "text/html" }],
            "authScheme": { "type": "HEADER", "key": "Authorization", "value": "hook secret" },
        } },
    })
}

fn verified(word: &str) -> Value {
    json!({ "commands": [{ "type": "com.okta.action.update", "value": { "credential": word } }] })
}

async fn with_hook(script: Vec<(u16, Value)>) -> (Desk, Service, String) {
    let desk = Desk::open().await;
    let (service, uri) = Service::start(script).await;
    let told = desk.post("/api/v1/inlineHooks", registration(&uri)).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let person = made(&desk, "isaac.brock@example.com", &json!({ "hook": { "type": "default" } })).await;
    (desk, service, person)
}

#[tokio::test]
async fn a_verified_password_is_taken_over_and_the_hook_not_asked_again() {
    let (desk, service, id) =
        with_hook(vec![(200, verified("UNVERIFIED")), (200, verified("VERIFIED"))]).await;
    let password = SecretString::from("Okta пароль");
    assert_eq!(desk.org.sign_in("Isaac.Brock@example.com", &password).await, SignIn::Refused);
    assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Import);
    assert_eq!(
        desk.org.sign_in("isaac.brock", &password).await,
        SignIn::Success { id: id.clone(), imported: true }
    );
    assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Okta);
    assert_eq!(
        desk.org.sign_in("isaac.brock@example.com", &password).await,
        SignIn::Success { id, imported: false }
    );
    assert_eq!(service.calls(), 2);
    let (headers, body) = service.heard.lock().unwrap()[1].clone();
    assert_eq!(headers["authorization"], "hook secret");
    assert_eq!(headers["x-causeway-workspace"], "42");
    assert_eq!(headers["accept"], "application/json", "what Okta sets cannot be overridden");
    assert_eq!(body["eventType"], "com.okta.user.credential.password.import");
    assert_eq!(body["eventTypeVersion"], "1.0");
    assert_eq!(body["cloudEventVersion"], "0.1");
    let hook = desk.org.hooks()[0].id.clone();
    assert_eq!(body["source"], json!(format!("{}/api/v1/inlineHooks/{hook}", desk.org.url())));
    assert_eq!(
        body["data"]["context"]["credential"],
        json!({ "username": "isaac.brock@example.com", "password": "Okta пароль" })
    );
    assert_eq!(body["data"]["action"], json!({ "credential": "UNVERIFIED" }));
}

#[tokio::test]
async fn a_5xx_is_asked_once_more_a_4xx_is_not() {
    let (desk, service, id) = with_hook(vec![(503, Value::Null), (200, verified("VERIFIED"))]).await;
    let password = SecretString::from("Okta");
    assert_eq!(desk.org.sign_in("isaac.brock", &password).await, SignIn::Success { id, imported: true });
    assert_eq!(service.calls(), 2);

    let (desk, service, _) = with_hook(vec![(401, Value::Null), (200, verified("VERIFIED"))]).await;
    assert!(matches!(desk.org.sign_in("isaac.brock", &password).await, SignIn::HookFailed(_)));
    assert_eq!(service.calls(), 1);

    let (desk, service, _) =
        with_hook(vec![(500, Value::Null), (500, Value::Null), (200, verified("VERIFIED"))]).await;
    let told = desk.authn("isaac.brock", "Okta").await;
    assert_eq!((told.status, told.code()), (502, "E0000134"));
    assert_eq!(service.calls(), 2);
}

#[tokio::test]
async fn answers_without_a_yes_let_nobody_in() {
    for (status, body, expected) in [
        (204, Value::Null, (401, "E0000004")),
        (200, json!({}), (401, "E0000004")),
        (200, verified("success"), (401, "E0000004")),
        (200, json!({ "error": { "errorSummary": "database down" } }), (400, "E0000135")),
        (200, json!("VERIFIED"), (502, "E0000134")),
        (302, Value::Null, (502, "E0000134")),
    ] {
        let (desk, _, id) = with_hook(vec![(status, body.clone())]).await;
        let told = desk.authn("isaac.brock", "Okta").await;
        assert_eq!((told.status, told.code()), expected, "{status} {body}");
        assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Import);
    }
}

#[tokio::test]
async fn without_an_active_hook_hook_people_cannot_sign_in() {
    let (desk, service, _) = with_hook(vec![]).await;
    let id = desk.org.hooks()[0].id.clone();
    let path = format!("/api/v1/inlineHooks/{id}");
    assert_eq!(desk.step(&format!("{path}/lifecycle/deactivate")).await.body["status"], "INACTIVE");
    assert_eq!(desk.authn("isaac.brock", "Okta").await.code(), "E0000004");
    assert_eq!(service.calls(), 0);
}

#[tokio::test]
async fn a_hook_nobody_answers_at_is_an_error_of_the_hook() {
    let desk = Desk::open().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    desk.post("/api/v1/inlineHooks", registration(&format!("http://{free}/hook"))).await;
    made(&desk, "isaac.brock@example.com", &json!({ "hook": { "type": "default" } })).await;
    let told = desk.authn("isaac.brock", "Okta").await;
    assert_eq!((told.status, told.code()), (502, "E0000134"));
    assert_eq!(desk.org.counters().hook_calls, 2);
}

#[tokio::test]
async fn a_hook_that_is_silent_is_asked_twice_and_then_given_up() {
    let config =
        Config { hook_timeout: Duration::from_millis(60), limits: Limits::unlimited(), ..Config::default() };
    let desk = Desk::with(config).await;
    // Takes connections into its backlog and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/hook", silent.local_addr().unwrap());
    desk.post("/api/v1/inlineHooks", registration(&uri)).await;
    made(&desk, "isaac.brock@example.com", &json!({ "hook": { "type": "default" } })).await;
    let told = desk.authn("isaac.brock", "Okta").await;
    assert_eq!((told.status, told.code()), (504, "E0000137"));
    assert_eq!(desk.org.counters().hook_calls, 2);
    let told = desk.get("/api/v1/logs?filter=eventType%20eq%20%22inline_hook.executed%22").await;
    assert_eq!(told.body[0]["outcome"]["result"], "FAILURE");
}

#[tokio::test]
async fn hooks_are_managed_as_okta_says() {
    let desk = Desk::open().await;
    let told = desk.post("/api/v1/inlineHooks", registration("https://hook.example.com/okta")).await;
    assert_eq!((told.status, &told.body["status"]), (200, &json!("ACTIVE")), "active at once");
    assert!(!told.text.contains("hook secret"), "the secret never comes back");
    assert_eq!(
        told.body["channel"]["config"]["authScheme"],
        json!({ "type": "HEADER", "key": "Authorization" })
    );
    let path = format!("/api/v1/inlineHooks/{}", told.body["id"].as_str().unwrap());
    assert_eq!(
        desk.post("/api/v1/inlineHooks", registration("https://other.example.com/")).await.code(),
        "E0000001"
    );
    let list = desk.get("/api/v1/inlineHooks?type=com.okta.user.credential.password.import").await;
    assert_eq!(list.body.as_array().unwrap().len(), 1);
    assert_eq!(desk.get("/api/v1/inlineHooks?type=com.okta.oauth2.tokens.transform").await.body, json!([]));
    let told = desk.post(&path, json!({ "name": "Renamed" })).await;
    assert_eq!(
        (&told.body["name"], &told.body["channel"]["config"]["uri"]),
        (&json!("Renamed"), &json!("https://hook.example.com/okta"))
    );
    let mut whole = registration("https://hook.example.com/new");
    assert_eq!(
        desk.put(&path, whole.clone()).await.body["channel"]["config"]["uri"],
        "https://hook.example.com/new"
    );
    whole["channel"]["config"]["authScheme"].as_object_mut().unwrap().remove("value");
    assert_eq!(desk.put(&path, whole).await.code(), "E0000001", "the secret is sent again with PUT");
    assert_eq!(desk.delete(&path).await.status, 400, "not while active");
    assert_eq!(desk.step(&format!("{path}/lifecycle/deactivate")).await.status, 200);
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.get(&path).await.code(), "E0000007");
    for uri in [
        "http://hook.example.com/",
        "ftp://x",
        "https://a b",
        "",
        "hook.example.com",
        &format!("https://x/{}", "y".repeat(1024)),
    ] {
        let told = desk.post("/api/v1/inlineHooks", registration(uri)).await;
        assert_eq!((told.status, told.code()), (400, "E0000001"), "{uri}");
    }
}

#[tokio::test]
async fn execute_hands_the_services_answer_back_and_changes_nobody() {
    let (desk, service, id) = with_hook(vec![(200, verified("VERIFIED")), (401, Value::Null)]).await;
    let path = format!("/api/v1/inlineHooks/{}/execute", desk.org.hooks()[0].id);
    let payload = json!({ "data": { "context": { "credential": { "username": "isaac.brock@example.com", "password": "Okta" } } } });
    let told = desk.post(&path, payload.clone()).await;
    assert_eq!((told.status, told.body), (200, verified("VERIFIED")));
    assert_eq!(service.heard.lock().unwrap()[0].1, payload);
    assert_eq!(desk.post(&path, payload).await.status, 400);
    assert_eq!(desk.org.person(&id).unwrap().provider, Provider::Import);
}
