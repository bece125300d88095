//! Rate limits as the headers tell them.

use std::sync::Arc;

use causeway::practice::{Config, Latency, Limits, ManualClock};
use serde_json::json;

use super::{made, person, sha256};
use crate::support::http::Desk;

const START: i64 = 1_800_000_000_000;

#[tokio::test]
async fn a_bucket_runs_empty_and_fills_after_a_minute() {
    let clock = Arc::new(ManualClock::at(START));
    let limits = Limits { users: 3, ..Limits::unlimited() };
    let desk =
        Desk::with(Config { limits, clock: Arc::<ManualClock>::clone(&clock), ..Config::default() }).await;
    for left in [2, 1, 0] {
        let told = desk.post("/api/v1/users", person(&format!("p{left}@example.com"), &sha256())).await;
        assert_eq!(
            (told.status, told.number("x-rate-limit-limit"), told.number("x-rate-limit-remaining")),
            (200, 3, left)
        );
        assert_eq!(told.number("x-rate-limit-reset"), START / 1000 + 60);
        assert_eq!(told.headers["date"], "Fri, 15 Jan 2027 08:00:00 GMT");
        assert!(told.headers.contains_key("x-okta-request-id"));
    }
    let told = desk.post("/api/v1/users", person("late@example.com", &sha256())).await;
    assert_eq!((told.status, told.code(), told.number("x-rate-limit-remaining")), (429, "E0000047", 0));
    assert!(desk.org.person("late@example.com").is_none(), "nothing of a refused request is done");
    assert_eq!(desk.get("/api/v1/users/p1@example.com").await.status, 200, "another bucket goes on");
    clock.advance(59_999);
    assert_eq!(desk.post("/api/v1/users", person("late@example.com", &sha256())).await.status, 429);
    clock.advance(1);
    let told = desk.post("/api/v1/users", person("late@example.com", &sha256())).await;
    assert_eq!((told.status, told.number("x-rate-limit-remaining")), (200, 2));
    assert_eq!(desk.org.counters().too_many_bucket, 2);
}

#[tokio::test]
async fn a_refused_body_costs_a_request_too() {
    let desk =
        Desk::with(Config { limits: Limits { users: 1, ..Limits::unlimited() }, ..Config::default() }).await;
    assert_eq!(desk.post("/api/v1/users", json!({})).await.status, 400);
    assert_eq!(desk.post("/api/v1/users", json!({})).await.status, 429);
}

#[tokio::test]
async fn too_many_at_once_are_told_by_a_limit_of_zero() {
    let limits = Limits { concurrent: 2, ..Limits::unlimited() };
    let desk = Desk::with(Config { limits, latency: Latency::fixed(300), ..Config::default() }).await;
    let all = futures_util::future::join_all((0..6).map(|_| desk.get("/api/v1/org"))).await;
    let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(|told| told.status == 200);
    assert!(!good.is_empty() && !bad.is_empty(), "{} good, {} bad", good.len(), bad.len());
    for told in &bad {
        assert_eq!((told.status, told.code()), (429, "E0000047"));
        assert_eq!((told.number("x-rate-limit-limit"), told.number("x-rate-limit-remaining")), (0, 0));
    }
    assert_eq!(desk.org.counters().too_many_concurrent, bad.len() as u64);
    assert_eq!(desk.org.counters().too_many_bucket, 0);
}

#[tokio::test]
async fn membership_and_create_have_buckets_of_their_own() {
    let desk =
        Desk::with(Config { limits: Limits { groups: 1, ..Limits::unlimited() }, ..Config::default() }).await;
    super::group(&desk, "Sales").await;
    assert_eq!(desk.get("/api/v1/groups").await.status, 429);
    made(&desk, "a@example.com", &sha256()).await;
}
