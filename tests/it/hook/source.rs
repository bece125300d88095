//! Against a live database: passwords as they are now, and a database that goes and comes under the hook.

use std::sync::Arc;
use std::time::{Duration, Instant};

use causeway::hook::{BackendState, LiveLookup};
use causeway::mapping::{Mapping, guess_people, suggest};
use causeway::model::{HookAnswer, HookReason};
use causeway::source::{self, Source, SourceSpec};

use super::desk::{Desk, config};
use crate::support::postgres::{Postgres, READER_PASSWORD};

async fn source(server: &Postgres, database: &str) -> (Arc<dyn Source>, Mapping) {
    let spec = SourceSpec::Postgres(server.spec(database));
    let source = source::open(&spec, Some(READER_PASSWORD.into())).unwrap();
    let probe = source.probe().await.unwrap();
    let guess = guess_people(&probe.catalog).into_iter().next().unwrap();
    let sample = source.sample(&guess.selection, 100).await.unwrap();
    let mapping = suggest(&probe.catalog, &guess.selection, &sample);
    (source, mapping)
}

async fn desk(server: &Postgres, database: &str) -> Desk {
    let (source, mapping) = source(server, database).await;
    let mut config = config();
    config.password = mapping.password.clone();
    Desk::start(config, Arc::new(LiveLookup::new(source, "PostgreSQL", mapping, None).unwrap())).await
}

fn staff() -> String {
    let hash = |password: &str| bcrypt::hash(password, 4).unwrap();
    format!(
        "CREATE TABLE staff (id int PRIMARY KEY, email text, first_name text, last_name text, password_hash text, is_active boolean);
         INSERT INTO staff VALUES (1, 'isaac.brock@example.com', 'Isaac', 'Brock', '{}', true),
            (2, 'Tomáš.Dvořák@example.com', 'Tomáš', 'Dvořák', '{}', true),
            (3, 'old.hand@example.com', 'Old', 'Hand', '{}', false),
            (4, 'no.pass@example.com', 'No', 'Pass', NULL, true),
            (5, 'twin@example.com', 'One', 'Twin', '{}', true), (6, 'TWIN@example.com', 'Other', 'Twin', '{}', true),
            (7, 'o''neill@example.com', 'Máire', 'O''Neill', '{}', true);",
        hash("Okta"),
        hash("heslo"),
        hash("old"),
        hash("twin"),
        hash("twin"),
        hash("x'; DROP TABLE staff; --"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_row_as_it_is_now_counts() {
    let server = Postgres::shared();
    server.database("hook_live", &staff());
    let desk = desk(server, "hook_live").await;
    let mut calls = desk.hook.calls();
    let mut reason = async |login: &str, password: &str| {
        desk.sign_in(login, password).await;
        calls.recv().await.unwrap().reason
    };
    assert_eq!(reason("isaac.brock@example.com", "Okta").await, HookReason::Right);
    assert_eq!(reason("ISAAC.brock@Example.com", "Okta").await, HookReason::Right);
    assert_eq!(reason("isaac.brock@example.com", "okta").await, HookReason::Wrong);
    assert_eq!(reason("nobody@example.com", "Okta").await, HookReason::Unknown);
    assert_eq!(reason("tomáš.dvořák@example.com", "heslo").await, HookReason::Right);
    assert_eq!(reason("Toma\u{301}\u{30c}", "heslo").await, HookReason::Unknown);
    assert_eq!(reason("old.hand@example.com", "old").await, HookReason::Disabled);
    assert_eq!(reason("no.pass@example.com", "x").await, HookReason::NoPassword);
    assert_eq!(reason("twin@example.com", "twin").await, HookReason::Several);
    assert_eq!(reason("o'neill@example.com", "x'; DROP TABLE staff; --").await, HookReason::Right);
    assert_eq!(reason("' OR 1=1 --", "Okta").await, HookReason::Unknown);
    assert_eq!(reason("%", "Okta").await, HookReason::Unknown);
    assert_eq!(reason("\0", "Okta").await, HookReason::Unknown);

    // Changed a moment ago in the old store: the new one counts, the old one does not.
    let new = bcrypt::hash("changed", 4).unwrap();
    server.admin("hook_live", &format!("UPDATE staff SET password_hash = '{new}' WHERE id = 1;"));
    assert_eq!(reason("isaac.brock@example.com", "changed").await, HookReason::Right);
    assert_eq!(reason("isaac.brock@example.com", "Okta").await, HookReason::Wrong);
    server.admin("hook_live", "DELETE FROM staff WHERE id = 1;");
    assert_eq!(reason("isaac.brock@example.com", "changed").await, HookReason::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_lets_nobody_in_and_locks_nobody_out() {
    let server = Postgres::start("", &[]);
    server.database("hook_down", &staff());
    let desk = desk(&server, "hook_down").await;
    assert_eq!(desk.sign_in("isaac.brock@example.com", "Okta").await, "VERIFIED");
    let mut calls = desk.hook.calls();

    server.halt();
    for _ in 0..10 {
        let begun = Instant::now();
        assert_eq!(desk.sign_in("isaac.brock@example.com", "Okta").await, "503", "neither in nor wrong");
        assert!(begun.elapsed() < Duration::from_secs(3));
        let call = calls.recv().await.unwrap();
        assert_eq!((call.answer, call.reason), (HookAnswer::Unavailable, HookReason::SourceDown));
    }
    let status = desk.hook.status().borrow().clone();
    let BackendState::Down { why, .. } = &status.backend else { panic!("{status:?}") };
    assert!(!why.what.is_empty() && !why.advice.is_empty());
    assert!(!format!("{status:?}").contains(READER_PASSWORD));
    assert_eq!(status.ready(), Err("source down"));

    server.resume();
    desk.up().await;
    assert_eq!(desk.sign_in("isaac.brock@example.com", "Okta").await, "VERIFIED", "by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_takes_few_of_the_databases_connections() {
    // A server with hardly a connection to spare, which others need as well.
    let server = Postgres::start("max_connections = 30\nsuperuser_reserved_connections = 3\n", &[]);
    server.database("hook_rush", &staff());
    let desk = Arc::new(desk(&server, "hook_rush").await);
    let asked = (0..150).map(|_| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move { desk.sign_in("isaac.brock@example.com", "Okta").await })
    });
    let answers = futures_util::future::join_all(asked.collect::<Vec<_>>()).await;
    let verified = answers.iter().filter(|said| *said.as_ref().unwrap() == "VERIFIED").count();
    let turned_away = answers.iter().filter(|said| *said.as_ref().unwrap() == "503").count();
    assert_eq!(verified + turned_away, 150);
    assert!(verified >= 16, "{verified}");
    // The rush did not look like a database that is gone.
    assert_eq!(desk.hook.status().borrow().backend, BackendState::Up);
    assert_eq!(desk.sign_in("o'neill@example.com", "x'; DROP TABLE staff; --").await, "VERIFIED");
}
