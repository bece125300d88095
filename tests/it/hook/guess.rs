//! Someone guesses a password: they are slowed, the person themself gets in, it is told, and no time tells anything.

use std::sync::Arc;
use std::time::{Duration, Instant};

use causeway::model::HookReason;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::desk::{Desk, People, UNVERIFIED, VERIFIED, body, config, event};
use crate::support::company::{Company, login, password};

const VICTIM: &str = "isaac.brock@example.com";

/// Okta's body with the address it says the person is at; without one where there is none.
fn from(address: Option<&str>, login: &str, password: &str) -> Value {
    let mut body = body(&event(), login, password);
    let request = &mut body["data"]["context"]["request"];
    match address {
        Some(address) => request["ipAddress"] = json!(address),
        None => {
            request.as_object_mut().unwrap().remove("ipAddress");
        }
    }
    body
}

async fn people() -> Desk {
    let people = People::of(&[(VICTIM, "Okta"), ("other@example.com", "other")]);
    Desk::start(config(), Arc::new(people)).await
}

#[tokio::test]
async fn the_person_gets_in_while_another_address_guesses() {
    let desk = people().await;
    let mut calls = desk.hook.calls();
    let (mut looked_at, mut in_) = (0, 0);
    for n in 0..40 {
        // Also many addresses of one IPv6 network.
        let guesser = if n % 2 == 0 { "2001:db8:7::1".to_owned() } else { format!("2001:db8:7::{n:x}") };
        let told = desk.ask(&from(Some(&guesser), VICTIM, &format!("guess {n}"))).await;
        assert_eq!(told.text, UNVERIFIED);
        let call = calls.recv().await.unwrap();
        looked_at += u32::from(call.reason == HookReason::Wrong);
        assert_eq!(call.address.as_deref(), Some(guesser.as_str()));
        if n % 4 == 3 {
            in_ += u32::from(desk.ask(&from(Some("198.51.100.4"), VICTIM, "Okta")).await.text == VERIFIED);
            calls.recv().await.unwrap();
        }
    }
    assert_eq!(in_, 10, "of 10");
    assert!(looked_at <= 30, "{looked_at}");
}

#[tokio::test]
async fn an_address_that_is_missing_or_none_is_no_way_around() {
    for address in [None, Some("unknown"), Some("")] {
        let desk = people().await;
        let mut looked_at = 0;
        let mut calls = desk.hook.calls();
        for n in 0..60 {
            desk.ask(&from(address, VICTIM, &format!("guess {n}"))).await;
            looked_at += u32::from(calls.recv().await.unwrap().reason == HookReason::Wrong);
        }
        assert!((5..=30).contains(&looked_at), "{looked_at}");
        // Others are not slowed by it.
        assert_eq!(desk.ask(&from(address, "other@example.com", "other")).await.text, VERIFIED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_login_is_guessed_is_told_and_every_answer_is_on_record_when_it_is_given() {
    let company = Company::found(12).await;
    let (workspace, mapping) = company.read().await;
    let desk = Desk::sealed(&workspace, &mapping).await;
    for n in 0..12 {
        desk.ask(&from(Some("203.0.113.7"), &login(1), &format!("guess {n}"))).await;
        // Not later: whatever ends the program now, this is known.
        let written = workspace.hook_calls(&[], 100).await.unwrap();
        assert_eq!(written.len(), n + 1);
        assert_eq!((written[0].address.as_deref(), written[0].service), (Some("203.0.113.7"), false));
    }
    assert_eq!(desk.sign_in(&login(2), &password(2)).await, "VERIFIED");
    assert_eq!(workspace.hook_moved().await.unwrap().0, 1);
    let guessed = workspace.hook_guessed(Utc::now() - TimeDelta::minutes(10)).await.unwrap();
    assert_eq!(guessed.len(), 1);
    assert_eq!(
        guessed[0].words(),
        format!(
            "The password of {} is being guessed: 12 wrong tries in ten minutes from 203.0.113.7. Guesses are slowed; right passwords from other addresses still get in.",
            login(1)
        )
    );
    assert!(workspace.hook_guessed(Utc::now() + TimeDelta::minutes(1)).await.unwrap().is_empty());
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn no_refusal_comes_before_the_floor_whatever_its_reason() {
    let people = People::of(&[(VICTIM, "Okta")]);
    let mut config = config();
    config.limits.floor = Duration::from_millis(150);
    let desk = Desk::start(config, Arc::new(people)).await;
    // Wrong, unknown, empty, too long; then slowed.
    let long = "x".repeat(5000);
    let mut tries =
        vec![(VICTIM, "wrong"), ("nobody@example.com", "wrong"), (VICTIM, ""), (VICTIM, long.as_str())];
    tries.extend([(VICTIM, "guess"); 6]);
    for (login, password) in tries {
        let begun = Instant::now();
        assert_eq!(desk.ask(&from(Some("203.0.113.7"), login, password)).await.text, UNVERIFIED);
        assert!(begun.elapsed() >= Duration::from_millis(150), "{login} {}", password.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_from_one_address_gets_a_few_tries_and_slows_nobody_else() {
    // Slow enough that all of them are under way at once.
    let people = People::at_cost(&[(VICTIM, "Okta"), ("other@example.com", "other")], 8);
    let desk = Desk::start(config(), Arc::new(people)).await;
    let mut calls = desk.hook.calls();
    let guesses: Vec<Value> =
        (0..40).map(|n| from(Some("203.0.113.7"), VICTIM, &format!("guess {n}"))).collect();
    let answers = futures_util::future::join_all(guesses.iter().map(|guess| desk.ask(guess))).await;
    assert!(answers.iter().all(|told| told.text != VERIFIED));
    let mut looked_at = 0;
    for _ in 0..40 {
        looked_at += u32::from(calls.recv().await.unwrap().reason == HookReason::Wrong);
    }
    assert!((1..=10).contains(&looked_at), "{looked_at}");
    assert_eq!(desk.ask(&from(Some("198.51.100.4"), VICTIM, "Okta")).await.text, VERIFIED);
    assert_eq!(desk.ask(&from(Some("203.0.113.7"), "other@example.com", "other")).await.text, VERIFIED);
}

/// One address tries one password at many people's logins, or none is said.
#[tokio::test(flavor = "multi_thread")]
async fn many_logins_from_one_address_are_bounded_and_told() {
    let company = Company::found(60).await;
    let (workspace, mapping) = company.read().await;
    let desk = Desk::sealed(&workspace, &mapping).await;
    let mut calls = desk.hook.calls();
    let mut looked_at = 0;
    for n in 0..60 {
        // A header says nothing, whoever sends it.
        let mut spray = from(Some("203.0.113.7"), &login(n + 1), "Summer2026!");
        spray["data"]["context"]["request"]["x-forwarded-for"] = json!(format!("10.0.0.{n}"));
        desk.ask(&spray).await;
        let reason = calls.recv().await.unwrap().reason;
        looked_at += u32::from(reason != HookReason::Slowed);
    }
    assert!(looked_at <= 30, "{looked_at}");
    assert_eq!(desk.ask(&from(Some("198.51.100.4"), &login(2), &password(2))).await.text, VERIFIED);
    let guessed = workspace.hook_guessed(Utc::now() - TimeDelta::minutes(10)).await.unwrap();
    assert!(guessed[0].words().starts_with("Passwords of "), "{}", guessed[0].words());
    assert!(guessed[0].words().contains(" from 203.0.113.7. "), "{}", guessed[0].words());
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn that_nothing_can_be_said_comes_no_sooner_than_a_refusal() {
    let people = Arc::new(People::of(&[(VICTIM, "Okta")]));
    let mut config = config();
    config.limits.floor = Duration::from_millis(150);
    let desk = Desk::start(config, Arc::<People>::clone(&people)).await;
    people.down.store(true, std::sync::atomic::Ordering::SeqCst);
    for login in [VICTIM, "nobody@example.com", VICTIM] {
        let begun = Instant::now();
        assert_eq!(desk.ask(&from(Some("203.0.113.7"), login, "wrong")).await.status, 503);
        assert!(begun.elapsed() >= Duration::from_millis(150), "{login}");
    }
}

/// A retry after a lost answer (`tests/data/found-inputs.jsonl`, BR-29), by value: the same sign-in is judged once, and its event id
/// opens nothing to another password.
#[tokio::test]
async fn a_lost_answer_is_given_again_and_to_no_other_password() {
    let row: Value = include_str!("../../data/found-inputs.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|row| row["id"] == "BR-29")
        .unwrap();
    let legacy = row["input"]["legacy"].as_object().unwrap();
    let legacy: Vec<(&str, &str)> =
        legacy.iter().map(|(login, password)| (login.as_str(), password.as_str().unwrap())).collect();
    let desk = Desk::start(config(), Arc::new(People::of(&legacy))).await;
    let mut calls = desk.hook.calls();
    let mut counted = 0;
    for (request, expected) in row["input"]["requests"]
        .as_array()
        .unwrap()
        .iter()
        .zip(row["expected"]["answers"].as_array().unwrap())
    {
        let told = desk.ask(&request["body"]).await;
        let call = calls.recv().await.unwrap();
        counted += u64::from(call.reason == HookReason::Right && !call.again);
        match expected.as_str().unwrap() {
            "VERIFIED" => assert_eq!(told.text, VERIFIED),
            "UNVERIFIED" => assert_eq!(told.text, UNVERIFIED),
            _ => {}
        }
    }
    assert_eq!(Some(counted), row["expected"]["counted_sign_ins"].as_u64());
}
