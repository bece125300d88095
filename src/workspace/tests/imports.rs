//! The import's memory.

use super::*;
use crate::model::{Outcome, OutcomeKind, RoutePolicy};

async fn run(workspace: &Workspace) -> RunId {
    let new = NewRun {
        org: "https://acme.okta.com".into(),
        label_group: Some("Migrated".into()),
        choices: serde_json::json!({"share": 80}),
    };
    workspace.start_run(&new).await.unwrap()
}

fn keys(ready: &[Ready]) -> Vec<&str> {
    ready.iter().map(|person| person.key.as_str()).collect()
}

fn created(okta_id: &str) -> Outcome {
    Outcome {
        okta_id: Some(okta_id.into()),
        okta_status: Some("ACTIVE".into()),
        ..Outcome::of(OutcomeKind::Created)
    }
}

fn failed() -> Outcome {
    Outcome {
        code: Some("E0000001".into()),
        message: Some("mobilePhone: too long".into()),
        suggestion: Some("Shorten it.".into()),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

#[tokio::test]
async fn each_is_claimed_once_in_order_with_all_that_is_needed() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let maire = Who::These(vec![id(&workspace, 2).await]);
    workspace.set_attribute(&maire, "title", Some("Dr".into()), &assess).await.unwrap();
    let run = run(&workspace).await;
    let first = workspace.claim(run, 2, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    assert_eq!(keys(&first), ["1", "2"]);
    assert_eq!((first[1].attempt, first[1].route, first[1].row), (1, Route::Import, 2));
    assert_eq!(first[1].profile.text("title"), Some("Dr"));
    assert_eq!(first[1].groups, ["Everyone"]);
    assert_eq!(first[1].stored.as_ref().unwrap().text.expose(), hash(2).as_bytes());
    // The blocked and the left out are passed over.
    let second = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    assert_eq!(keys(&second), ["3", "4"]);
    assert!(second[1].stored.is_none());
    assert!(workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap().is_empty());
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.outcome(OutcomeKind::Sending), counts.outcome(OutcomeKind::Waiting)), (4, 0));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn whoever_was_being_sent_is_known_after_a_crash() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let ready = workspace.claim(run, 3, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    workspace.record(&[(ready[1].id, created("00u2"))]).await.unwrap();
    drop(workspace); // no close, no checkpoint
    let workspace = desk.open().await.unwrap();
    let left = workspace.left_in_sending().await.unwrap();
    assert_eq!(keys(&left), ["1", "3"]);
    assert_eq!(left[0], ready[0]);
    workspace
        .record(&[(left[0].id, created("00u1")), (left[1].id, Outcome::of(OutcomeKind::Waiting))])
        .await
        .unwrap();
    assert!(workspace.left_in_sending().await.unwrap().is_empty());
    let again = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    assert_eq!(keys(&again), ["3", "4"]);
    assert_eq!((again[0].attempt, again[1].attempt), (2, 1));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn outcomes_show_and_the_failed_can_be_tried_again() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let ready = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    let there = Outcome { okta_id: Some("00u3".into()), ..Outcome::of(OutcomeKind::AlreadyThere) };
    workspace
        .record(&[
            (ready[0].id, created("00u1")),
            (ready[1].id, failed()),
            (ready[2].id, there),
            (ready[3].id, failed()),
        ])
        .await
        .unwrap();
    let row = &workspace.rows(&[ready[1].id]).await.unwrap()[0];
    assert_eq!(row.outcome, failed());
    let counts = workspace.counts().await.unwrap();
    assert_eq!(
        counts.outcomes,
        [(OutcomeKind::Created, 1), (OutcomeKind::AlreadyThere, 1), (OutcomeKind::Failed, 2)]
    );
    assert_eq!(counts.created, [(Route::Import, 1)]);
    let only_failed = PeopleFilter { outcomes: vec![OutcomeKind::Failed], ..PeopleFilter::default() };
    assert_eq!(keys_of(&workspace, &only_failed, Sort::default()).await, ["2", "4"]);

    assert_eq!(workspace.retry(&Who::These(vec![ready[0].id, ready[1].id])).await.unwrap(), 1);
    let again = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    assert_eq!((keys(&again), again[0].attempt), (vec!["2"], 2));
    assert_eq!(workspace.rows(&[ready[1].id]).await.unwrap()[0].outcome, Outcome::of(OutcomeKind::Sending));
    assert_eq!(workspace.retry(&Who::All(PeopleFilter::default())).await.unwrap(), 1);
    // What Okta called them is kept over a try without an answer.
    let silent = Outcome::of(OutcomeKind::RolledBack);
    workspace.record(&[(ready[0].id, silent)]).await.unwrap();
    assert_eq!(workspace.rows(&[ready[0].id]).await.unwrap()[0].outcome.okta_id.as_deref(), Some("00u1"));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn a_pilot_takes_only_its_own() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let pilot = Scope::Only(vec![id(&workspace, 4).await, id(&workspace, 5).await, id(&workspace, 2).await]);
    assert_eq!(keys(&workspace.claim(run, 1, &pilot, RoutePolicy::Best, None).await.unwrap()), ["2"]);
    assert_eq!(keys(&workspace.claim(run, 9, &pilot, RoutePolicy::Best, None).await.unwrap()), ["4"]);
    assert!(workspace.claim(run, 9, &pilot, RoutePolicy::Best, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unknown_person_is_refused_and_nothing_of_the_batch_is_kept() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let one = id(&workspace, 1).await;
    let refused = workspace.record(&[(one, created("00u1")), (PersonId(4000), created("00u2"))]).await;
    assert!(matches!(refused, Err(WorkspaceError::NoSuchPerson)));
    assert_eq!(workspace.person(one).await.unwrap().row.outcome, Outcome::of(OutcomeKind::Waiting));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn runs_pace_groups_and_originals_are_on_record() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let ready = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    workspace.record(&[(ready[0].id, created("00u1")), (ready[1].id, failed())]).await.unwrap();
    desk.millis.fetch_add(9_999, Ordering::Relaxed);
    workspace.note_throttled(run, 2).await.unwrap();
    desk.millis.fetch_add(1, Ordering::Relaxed);
    workspace
        .record(&[(ready[2].id, Outcome::of(OutcomeKind::Waiting)), (ready[3].id, created("00u4"))])
        .await
        .unwrap();
    let pace = workspace.pace(run).await.unwrap();
    let points: Vec<_> = pace.iter().map(|p| (p.at.timestamp(), p.done, p.failed, p.throttled)).collect();
    assert_eq!(points, [(1_700_000_000, 2, 1, 2), (1_700_000_010, 1, 0, 0)]);

    workspace.intend_group("Everyone").await.unwrap();
    assert_eq!(workspace.okta_groups().await.unwrap()[0].okta_id, None);
    workspace.record_group("Everyone", "00g1", true).await.unwrap();
    workspace.record_group("Büro", "00g2", false).await.unwrap();
    workspace.intend_group("Everyone").await.unwrap();
    let groups = workspace.okta_groups().await.unwrap();
    let groups: Vec<_> =
        groups.iter().map(|g| (g.name.as_str(), g.okta_id.as_deref().unwrap(), g.created)).collect();
    assert_eq!(groups, [("Büro", "00g2", false), ("Everyone", "00g1", true)]);

    let mut first = Profile::default();
    first.set("title", "before");
    let set = Profile::default();
    workspace.intend_update(ready[2].id, "00u3", &first, &set).await.unwrap();
    workspace.intend_update(ready[2].id, "00u3", &set, &set).await.unwrap();
    assert_eq!(workspace.original_profile(ready[2].id).await.unwrap(), Some(first));
    assert_eq!(workspace.original_profile(ready[0].id).await.unwrap(), None);

    workspace.end_run(run, "stopped").await.unwrap();
    let runs = workspace.runs().await.unwrap();
    assert_eq!(
        (runs[0].how.as_deref(), runs[0].ended.unwrap().timestamp()),
        (Some("stopped"), 1_700_000_010)
    );
    assert_eq!(runs[0].begun_with.choices["share"], 80);
}

#[tokio::test]
async fn a_later_reading_tells_who_changed_since_they_were_sent() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let ready = workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    for person in &ready[..3] {
        workspace.record(&[(person.id, created("00u"))]).await.unwrap();
    }
    assert!(workspace.changed_since_sent().await.unwrap().is_empty());
    let mut again = staff();
    again[1] = person(2, "maire@example.com", "Máire", "Ní Néill");
    again[3] = person(4, "dmitri@example.com", "Дмитрий", "Иванов");
    read(&workspace, again).await;
    // Дмитрий changed too, but was never sent to the end.
    assert_eq!(workspace.changed_since_sent().await.unwrap(), [ready[1].id]);
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.changed_in_okta, counts.gone_in_okta), (1, 0));
    let mut fewer = staff();
    fewer.remove(0);
    read(&workspace, fewer).await;
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.changed_in_okta, counts.gone_in_okta, counts.gone), (0, 1, 1));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn the_route_of_each_is_the_one_they_were_sent_by() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let run = run(&workspace).await;
    let mut ids = Vec::new();
    for (n, policy) in [(1, RoutePolicy::AllHook), (1, RoutePolicy::AllReset), (9, RoutePolicy::Best)] {
        let ready = workspace.claim(run, n, &Scope::Everyone, policy, None).await.unwrap();
        assert!(ready.iter().all(|person| person.sent == Some(policy.apply(person.route))));
        ids.extend(ready.iter().map(|person| person.id));
    }
    let best: Vec<_> = workspace.rows(&ids).await.unwrap().iter().map(|row| row.route).collect();
    assert_eq!(best[..2], [Route::Import, Route::Import], "what the test is about");
    let outcomes: Vec<_> = ids.iter().map(|id| (*id, created(&format!("00u{}", id.0)))).collect();
    workspace.record(&outcomes).await.unwrap();
    let counts = workspace.counts().await.unwrap();
    assert_eq!(counts.created, [(Route::Import, 1), (Route::Hook, 1), (Route::Reset, 2)], "4 never had one");
    assert_counts_fit(&workspace).await;
    // Whatever is chosen later, and however often the source is read.
    read(&workspace, staff()).await;
    assert_eq!(workspace.counts().await.unwrap().created, counts.created);
    assert_counts_fit(&workspace).await;
    let rows = workspace.rows(&ids[..2]).await.unwrap();
    assert_eq!((rows[0].way(RoutePolicy::Best), rows[1].way(RoutePolicy::Best)), (Route::Hook, Route::Reset));
    // Someone cut off is sent by the new choice only once that is on disk.
    workspace.record(&[(ids[0], Outcome::of(OutcomeKind::Sending))]).await.unwrap();
    workspace.reroute(ids[0], Route::Import).await.unwrap();
    assert_eq!(workspace.left_in_sending().await.unwrap()[0].sent, Some(Route::Import));
    workspace.record(&outcomes[..1]).await.unwrap();
    workspace.reroute(ids[0], Route::Reset).await.unwrap();
    assert_eq!(workspace.counts().await.unwrap().created, [(Route::Import, 2), (Route::Reset, 2)]);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn what_was_sent_before_routes_were_kept_goes_by_its_runs_choice() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    for (n, policy) in [(2, "all-hook"), (9, "best")] {
        let choices = serde_json::json!({ "policy": policy });
        let new = NewRun { org: "https://acme.okta.com".into(), label_group: None, choices };
        let run = workspace.start_run(&new).await.unwrap();
        let ready = workspace.claim(run, n, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
        let outcomes: Vec<_> = ready.iter().map(|p| (p.id, created(&format!("00u{}", p.id.0)))).collect();
        workspace.record(&outcomes).await.unwrap();
    }
    let best = workspace.counts().await.unwrap();
    // As a file of the version before.
    let mut tx = workspace.begin().await.unwrap();
    sqlx::raw_sql(
        "ALTER TABLE memory DROP COLUMN route; DROP TABLE tally_people;
         CREATE TABLE tally_people (gone INTEGER NOT NULL, state INTEGER NOT NULL, route INTEGER NOT NULL,
            outcome INTEGER NOT NULL, scheme INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY (gone, state, route, outcome, scheme)) WITHOUT ROWID;
         DELETE FROM _sqlx_migrations WHERE version = 6; PRAGMA user_version = 5;",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    workspace.commit(tx).await.unwrap();
    workspace.close().await.unwrap();
    let workspace = desk.open().await.unwrap();
    let counts = workspace.counts().await.unwrap();
    assert_eq!(counts.outcomes, best.outcomes);
    assert_eq!(counts.created_by(Route::Import), best.created_by(Route::Import) - 2);
    assert_eq!(counts.created_by(Route::Hook), best.created_by(Route::Hook) + 2);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn who_a_run_would_send_is_known_before_it_does() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let groups = |next: &NextRun| next.groups.iter().map(|g| (g.name.clone(), g.people)).collect::<Vec<_>>();
    let everyone = workspace.next_run(&Scope::Everyone, RoutePolicy::Best).await.unwrap();
    assert_eq!((everyone.import, everyone.hook, everyone.reset, everyone.there), (3, 0, 1, 0));
    assert_eq!(groups(&everyone), [("Everyone".to_owned(), 4), ("Büro".to_owned(), 1)]);
    assert_eq!((everyone.all_groups, everyone.people()), (2, 4), "neither the blocked nor the left out");
    let hook = workspace.next_run(&Scope::Everyone, RoutePolicy::AllHook).await.unwrap();
    assert_eq!((hook.import, hook.hook, hook.reset), (0, 3, 1));
    // Someone found in Okta, and a pilot of two.
    let (tomas, li) = (id(&workspace, 1).await, id(&workspace, 3).await);
    let found = There { person: tomas, okta_id: "00u1".into(), status: "ACTIVE".into() };
    workspace.note_there(&[found]).await.unwrap();
    let pilot = workspace.next_run(&Scope::Only(vec![tomas, li]), RoutePolicy::Best).await.unwrap();
    assert_eq!((pilot.import, pilot.there, pilot.people()), (1, 1, 2));
    // Those a crash left on their way are in every run; those who came to an end are in none.
    let run = run(&workspace).await;
    let claimed = workspace.claim(run, 2, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    workspace.record(&[(claimed[0].id, failed())]).await.unwrap();
    let only = workspace.next_run(&Scope::Only(vec![]), RoutePolicy::Best).await.unwrap();
    assert_eq!(only.people(), 1);
    let everyone = workspace.next_run(&Scope::Everyone, RoutePolicy::Best).await.unwrap();
    assert_eq!(everyone.people(), 3);
}

#[tokio::test]
async fn a_glance_needs_no_key_and_sees_what_was_written_last() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    workspace.put_doc("source", &serde_json::json!({"kind": "sqlite"})).await.unwrap();
    let run = run(&workspace).await;
    let claimed = workspace.claim(run, 3, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    let outcomes = [created("00u1"), created("00u2"), failed()];
    let outcomes: Vec<_> = claimed.iter().map(|ready| ready.id).zip(outcomes).collect();
    workspace.record(&outcomes).await.unwrap();
    let expected = Glance { source: Some(serde_json::json!({"kind": "sqlite"})), people: 6, in_okta: 2 };
    // Open, with what was written last not yet in the file itself; and as a crash leaves it.
    assert_eq!(Workspace::glance(&desk.path()).await.unwrap(), expected);
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("copy.causeway");
    std::fs::copy(desk.path(), &copy).unwrap();
    std::fs::copy(desk.path().with_extension("causeway-wal"), copy.with_extension("causeway-wal")).unwrap();
    assert_eq!(Workspace::glance(&copy).await.unwrap(), expected);
    // Nothing of the kind is an error, and makes no file.
    let none = other.path().join("none.causeway");
    assert!(Workspace::glance(&none).await.is_err() && !none.exists());
    std::fs::write(&none, "no database").unwrap();
    assert!(Workspace::glance(&none).await.is_err());
    workspace.close().await.unwrap();
    assert_eq!(Workspace::glance(&desk.path()).await.unwrap(), expected);
}
