//! Who has moved, by Okta's log: page after page, from where the last look ended, this migration's people only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::routing::get;
use causeway::migration::hook::sync;
use causeway::model::{Outcome, OutcomeKind};
use causeway::okta::{Client, ClientSettings, OrgUrl};
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::company::Company;

/// The log of an org: events in order, two a page, and what was asked for.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    events: Vec<Value>,
    asked: Vec<String>,
    /// A link that is not understood any more.
    forgotten: Option<usize>,
}

async fn page(
    State(log): State<Log>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> axum::response::Response {
    let mut log = log.0.lock().unwrap();
    log.asked.push(query.get("after").map_or_else(|| "since".to_owned(), |after| format!("after {after}")));
    let from: usize = query.get("after").map_or(0, |after| after.parse().unwrap());
    if query.contains_key("after") && log.forgotten == Some(from) {
        let refused = json!({ "errorCode": "E0000001", "errorSummary": "Api validation failed: after", "errorCauses": [] });
        return (axum::http::StatusCode::BAD_REQUEST, axum::Json(refused)).into_response();
    }
    let events: Vec<Value> = log.events.iter().skip(from).take(2).cloned().collect();
    let host = headers["host"].to_str().unwrap();
    let next = format!("<http://{host}/api/v1/logs?after={}>; rel=\"next\"", from + events.len());
    ([("link", next)], axum::Json(events)).into_response()
}

async fn org(log: &Log) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/api/v1/logs", get(page)).with_state(log.clone());
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
    let token = SecretString::from("00abcdefghijklmnopqrstuvwxyz0123456789ABCD");
    Client::new(OrgUrl::parse(&url).unwrap(), &token, ClientSettings::default()).unwrap()
}

fn event(user: &str, result: &str) -> Value {
    json!({
        "uuid": format!("{user}-{result}"), "published": "2026-05-12T08:00:00.000Z", "eventType": "user.import.password",
        "outcome": { "result": result, "reason": (result != "SUCCESS").then_some("read-only mode") },
        "target": [{ "id": user, "type": "User", "alternateId": "a@example.com" }]
    })
}

impl Log {
    fn say(&self, user: &str, result: &str) {
        self.0.lock().unwrap().events.push(event(user, result));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_on_from_where_it_ended_and_others_do_not_count() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let company = Company::found(10).await;
    let (workspace, _) = company.read().await;
    let mut outcomes = Vec::new();
    for n in 1..=6 {
        let id = workspace.by_key(&n.to_string()).await.unwrap().unwrap();
        outcomes
            .push((id, Outcome { okta_id: Some(format!("00u{n}")), ..Outcome::of(OutcomeKind::Created) }));
    }
    workspace.record(&outcomes).await.unwrap();
    let log = Log::default();
    let client = org(&log).await;

    // Three pages: ours and others', good and not.
    for (user, result) in [
        ("00u1", "SUCCESS"),
        ("00uStranger", "FAILURE"),
        ("00u2", "FAILURE"),
        ("00uOther", "SUCCESS"),
        ("00u3", "SUCCESS"),
    ] {
        log.say(user, result);
    }
    let first = sync(&workspace, &client, Utc::now()).await.unwrap();
    assert_eq!((first.new, first.not_stored), (2, 1), "a stranger's failure is not ours");
    assert_eq!(first.reason.as_deref(), Some("read-only mode"));
    assert_eq!(workspace.hook_moved().await.unwrap(), (0, 2));
    assert_eq!(log.asked(), ["since", "after 2", "after 4", "after 5"]);

    // Nothing new: what is open stays open.
    let again = sync(&workspace, &client, Utc::now()).await.unwrap();
    assert_eq!((again.new, again.not_stored), (0, 1));
    assert_eq!(log.asked(), ["after 5"]);

    // The program is started again; it goes on from there, and nobody is counted twice.
    workspace.close().await.unwrap();
    let workspace = company.open().await;
    log.say("00u4", "SUCCESS");
    log.say("00u2", "SUCCESS");
    let later = sync(&workspace, &client, Utc::now()).await.unwrap();
    assert_eq!((later.new, later.not_stored, later.reason), (2, 0, None), "stored at the next sign-in");
    assert_eq!(log.asked(), ["after 5", "after 7"]);

    // A link that Okta does not understand any more: from the beginning, which does no harm.
    log.0.lock().unwrap().forgotten = Some(7);
    log.say("00u5", "SUCCESS");
    let anew = sync(&workspace, &client, Utc::now()).await.unwrap();
    assert_eq!((anew.new, anew.not_stored), (1, 0));
    assert_eq!(log.asked(), ["after 7", "since", "after 2", "after 4", "after 6", "after 8"]);
    assert_eq!(workspace.hook_moved().await.unwrap(), (0, 5));
    workspace.close().await.unwrap();
}
