//! Test calls of Causeway's own: told as such, and counted nowhere.

use causeway::migration::hook::{Payload, Said, Sign, call, stranger};
use causeway::model::{HookAnswer, Outcome, OutcomeKind, RoutePolicy};
use causeway::practice::sample;
use causeway::workspace::{Disposition, NewRun, Scope, Workspace};
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::desk::{Desk, SECRET, body, header, secret};
use crate::support::company::{everyone, read_database};

fn about(event: u8, login: &str, password: &str) -> Payload {
    Payload {
        org: "https://acme.okta.com".into(),
        hook: String::new(),
        login: login.into(),
        password: SecretString::from(password.to_owned()),
        at: Utc::now(),
        event: [event; 16],
        ours: Some(secret(SECRET)),
    }
}

/// Everything that counts sign-ins: who waits, who has moved, the numbers, the chart.
async fn counted(workspace: &Workspace) -> (u64, (u64, u64), String, usize) {
    let totals = workspace.hook_totals(DateTime::UNIX_EPOCH).await.unwrap();
    (
        workspace.hook_waiting().await.unwrap(),
        workspace.hook_moved().await.unwrap(),
        format!("{totals:?}"),
        workspace.hook_hours(DateTime::UNIX_EPOCH).await.unwrap().len(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_try_changes_nobody_and_counts_nowhere_and_nobody_else_can_pass_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("company.sqlite");
    sample::write(&database, Utc::now().date_naive()).await.unwrap();
    let (workspace, mapping) =
        read_database(&database, &folder.path().join("w.causeway"), &folder.path().join("keys")).await;
    // Someone was created for the hook, and has not signed in yet.
    let passwords = sample::passwords();
    let person = everyone(&workspace).await.into_iter().find(|person| {
        person.row.disposition == Disposition::Hook
            && passwords.iter().any(|(login, _)| *login == person.row.login)
    });
    let person = person.unwrap().row;
    let password = &passwords.iter().find(|(login, _)| *login == person.login).unwrap().1;
    let new =
        NewRun { org: "https://acme.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
    let run = workspace.start_run(&new).await.unwrap();
    let only = Scope::Only(vec![person.id]);
    assert_eq!(workspace.claim(run, 1, &only, RoutePolicy::Best, None).await.unwrap().len(), 1);
    workspace.record(&[(person.id, Outcome::of(OutcomeKind::Created))]).await.unwrap();
    let before = counted(&workspace).await;
    assert_eq!(before.0, 1);

    let desk = Desk::sealed(&workspace, &mapping).await;
    let (url, header) = (desk.hook.url(), SecretString::from(header()));
    let right = call(&url, &header, &about(1, &person.login, password), true).await;
    assert_eq!(right.said, Said::Verified);
    let wrong = call(&url, &header, &about(2, &person.login, "not this"), true).await;
    assert_eq!(wrong.said, Said::Unverified);
    let nobody = call(&url, &header, &about(3, "causeway-test@invalid", "not a password"), true).await;
    assert_eq!(nobody.said, Said::Unverified);
    assert_eq!(stranger(&url, &about(4, "causeway-test@invalid", "x")).await.sign, Sign::Good);
    // Calls that only say that they are tests: Okta's, with such an id, and one with the mark of another call.
    let mut forged = body("someone's", &person.login, "wrong again");
    let marked: serde_json::Value =
        serde_json::from_slice(&causeway::migration::hook::payload(&about(1, "x", "x"))).unwrap();
    forged["data"]["context"]["request"]["id"] = marked["data"]["context"]["request"]["id"].clone();
    assert_eq!(desk.ask(&forged).await.status, 200);
    desk.hook.stop().await;

    let calls = workspace.hook_calls(&[], 100).await.unwrap();
    let tests: Vec<HookAnswer> = calls.iter().rev().filter(|c| c.is_test()).map(|c| c.answer).collect();
    assert_eq!(tests, [HookAnswer::Verified, HookAnswer::Unverified, HookAnswer::Unverified], "{calls:?}");
    assert_eq!(calls.len(), 4, "the stranger of the check is told nowhere");
    let after = counted(&workspace).await;
    assert_eq!((after.0, after.1), (before.0, before.1), "they still wait, and nobody has moved");
    let totals = workspace.hook_totals(DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(
        (totals.verified, totals.unverified, totals.refused),
        (0, 1, 0),
        "only the one that was no test"
    );
}
