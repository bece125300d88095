//! The system log.

use std::sync::Arc;

use causeway::practice::{Config, Limits, ManualClock};
use serde_json::Value;

use super::{group, made, sha256};
use crate::support::http::{Desk, Told};

async fn ask(desk: &Desk, query: &[(&str, &str)]) -> Told {
    let url = reqwest::Url::parse_with_params(&format!("{}/api/v1/logs", desk.org.url()), query).unwrap();
    desk.get(url.as_str()).await
}

fn kinds(told: &Told) -> Vec<&str> {
    told.body.as_array().unwrap().iter().map(|event| event["eventType"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_happens_is_written_down() {
    let desk = Desk::open().await;
    let sales = group(&desk, "Sales").await;
    let ann = made(&desk, "ann@example.com", &sha256()).await;
    desk.send(reqwest::Method::PUT, &format!("/api/v1/groups/{sales}/users/{ann}"), None).await;
    desk.authn("ann@example.com", "test password").await;
    let told = ask(&desk, &[]).await;
    assert_eq!(
        kinds(&told),
        [
            "group.lifecycle.create",
            "user.lifecycle.create",
            "user.lifecycle.activate",
            "group.user_membership.add",
            "user.import.password",
            "user.session.start"
        ]
    );
    let filter = format!(
        r#"eventType eq "user.import.password" and outcome.result eq "SUCCESS" and target.id eq "{ann}""#
    );
    let told = ask(&desk, &[("filter", &filter)]).await;
    assert_eq!(kinds(&told), ["user.import.password"]);
    assert_eq!(told.body[0]["actor"]["alternateId"], "ann@example.com");
    assert_eq!(
        kinds(&ask(&desk, &[("filter", r#"eventType sw "group.""#), ("sortOrder", "DESCENDING")]).await),
        ["group.user_membership.add", "group.lifecycle.create"]
    );
    assert_eq!(kinds(&ask(&desk, &[("q", "sales"), ("limit", "1")]).await), ["group.lifecycle.create"]);
    for bad in [r#"published gt "2020-01-01T00:00:00Z""#, "nonsense", r#"actor.shoeSize eq "9""#] {
        let told = ask(&desk, &[("filter", bad)]).await;
        assert_eq!((told.status, told.code()), (400, "E0000053"), "{bad}");
    }
}

#[tokio::test]
async fn time_bounds_and_pages() {
    let clock = Arc::new(ManualClock::at(1_800_000_000_000));
    let desk = Desk::with(Config {
        limits: Limits::unlimited(),
        clock: Arc::<ManualClock>::clone(&clock),
        ..Config::default()
    })
    .await;
    for number in 0..5 {
        group(&desk, &format!("Team {number}")).await;
        clock.advance(1000);
    }
    let bounded = [("since", "2027-01-15T08:00:01.000Z"), ("until", "2027-01-15T08:00:04Z"), ("limit", "2")];
    let told = ask(&desk, &bounded).await;
    let names = |told: &Told| -> Vec<Value> {
        told.body.as_array().unwrap().iter().map(|event| event["target"][0]["displayName"].clone()).collect()
    };
    assert_eq!(names(&told), ["Team 1", "Team 2"]);
    let told = desk.get(&told.link("next").unwrap()).await;
    assert_eq!(names(&told), ["Team 3"]);
    assert!(told.link("next").is_none(), "a bounded query ends");
    assert_eq!(ask(&desk, &[("since", "2026-01-01T00:00:00Z")]).await.code(), "E0000053", "too far back");
}

#[tokio::test]
async fn polling_always_has_a_next_link() {
    let desk = Desk::open().await;
    let told = ask(&desk, &[("sortOrder", "ASCENDING")]).await;
    assert_eq!(kinds(&told), Vec::<&str>::new());
    let next = told.link("next").unwrap();
    group(&desk, "Sales").await;
    let told = desk.get(&next).await;
    assert_eq!(kinds(&told), ["group.lifecycle.create"]);
    let told = desk.get(&told.link("next").unwrap()).await;
    assert_eq!(kinds(&told), Vec::<&str>::new());
    assert!(told.link("next").is_some());
}
