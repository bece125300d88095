//! The ledger: what was done at Okta, and that nothing else of the file says otherwise.

use sqlx::AssertSqlSafe;

use super::super::bond::{self, Bond};
use super::super::seal::Age;
use super::*;
use crate::model::{Outcome, OutcomeKind, RoutePolicy};

async fn claim(workspace: &Workspace) -> (RunId, Vec<Ready>) {
    let new = NewRun {
        org: "https://acme.okta.com".into(),
        label_group: Some("Migrated".into()),
        choices: serde_json::json!({}),
    };
    let run = workspace.start_run(&new).await.unwrap();
    (run, workspace.claim(run, 10, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap())
}

fn created(id: PersonId, did: Did) -> Recorded {
    let outcome = Outcome {
        okta_id: Some(format!("00u{}", id.0)),
        okta_status: Some("ACTIVE".into()),
        ..Outcome::of(OutcomeKind::Created)
    };
    Recorded { person: id, outcome, did }
}

fn ended(id: PersonId, kind: OutcomeKind) -> Recorded {
    Recorded { person: id, outcome: Outcome::of(kind), did: Did::default() }
}

async fn of(workspace: &Workspace, id: PersonId) -> Vec<Operation> {
    workspace.operations(&[id]).await.unwrap().remove(&id).unwrap_or_default()
}

fn in_short(operations: &[Operation]) -> Vec<(OperationKind, OperationState)> {
    operations.iter().map(|one| (one.kind, one.state)).collect()
}

/// Everyone's outcome, in lists and in their record, is what their operations say.
async fn assert_agrees(workspace: &Workspace) {
    let ids = workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap();
    let operations = workspace.operations(&ids).await.unwrap();
    for person in workspace.persons(&ids).await.unwrap() {
        let said = operations.get(&person.row.id).map(|all| in_short(all)).unwrap_or_default();
        assert_eq!(outcome_of(said.clone()), person.row.outcome.kind, "{}: {said:?}", person.key);
        assert!(person.row.changed.is_none());
    }
}

use OperationKind::{Create, Join, Reset as ResetPassword, SetAttributes};
use OperationState::{Done, Failed, Intended, Released, There as WasThere, Undone, Unknown};

#[tokio::test]
async fn a_create_is_one_row_with_its_groups_and_its_request() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    workspace.record_group("Migrated", "00g1", true).await.unwrap();
    workspace.record_group("Everyone else", "00g2", false).await.unwrap();
    let (run, ready) = claim(&workspace).await;
    assert_eq!(in_short(&of(&workspace, ready[0].id).await), [(Create, Intended)]);
    desk.millis.fetch_add(250, Ordering::Relaxed);
    let joins = vec![
        Joined { group: "00g9".into(), state: Done, request: Some("req2".into()) },
        Joined { group: "00g8".into(), state: Failed, request: None },
    ];
    let groups = Some(vec!["00g1".to_owned(), "00g2".to_owned()]);
    let did = Did { request: Some("req1".into()), groups, joins, unsure: false };
    workspace.record_with(&[created(ready[0].id, did), created(ready[1].id, Did::default())]).await.unwrap();
    let all = of(&workspace, ready[0].id).await;
    assert_eq!(in_short(&all), [(Create, Done), (Join, Done), (Join, Failed)]);
    let group = |id: &str, name: Option<&str>| GivenGroup {
        okta_id: Some(id.to_owned()),
        name: name.map(str::to_owned),
    };
    assert_eq!(
        all[0].groups.as_deref(),
        Some([group("00g1", Some("Migrated")), group("00g2", Some("Everyone else"))].as_slice())
    );
    assert_eq!((all[0].okta_id.as_deref(), all[0].request.as_deref()), (Some("00u1"), Some("req1")));
    assert_eq!(all[0].run, Some(run));
    assert_eq!((all[0].ended.unwrap() - all[0].at.unwrap()).num_milliseconds(), 250);
    assert_eq!(
        (all[1].groups.as_deref(), all[1].request.as_deref()),
        (Some([group("00g9", None)].as_slice()), Some("req2"))
    );
    // Nobody told which groups the second was made in: that is not none.
    assert_eq!(of(&workspace, ready[1].id).await[0].groups, None);
    let made = workspace.org_operations().await.unwrap();
    let made: Vec<_> =
        made.iter().map(|one| (one.kind, one.state, one.what.as_str(), one.okta_id.as_deref())).collect();
    assert_eq!(made, [(OperationKind::MakeGroup, Done, "Migrated", Some("00g1"))]);
    assert_agrees(&workspace).await;
}

#[tokio::test]
async fn every_way_a_try_ends_is_told_and_a_further_try_is_a_further_row() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let (_, ready) = claim(&workspace).await;
    let id = |at: usize| ready[at].id;
    let mut before = Profile::default();
    before.set("title", "before");
    let mut set = Profile::default();
    set.set("title", "after");
    workspace.intend_update(id(1), "00u2", &before, &set).await.unwrap();
    workspace.intend_update(id(2), "00u3", &before, &set).await.unwrap();
    assert_agrees(&workspace).await;
    let updated = Recorded {
        outcome: Outcome { okta_id: Some("00u2".into()), ..Outcome::of(OutcomeKind::Updated) },
        did: Did { request: Some("req7".into()), ..Did::default() },
        person: id(1),
    };
    let gave_up =
        Recorded { did: Did { unsure: true, ..Did::default() }, ..ended(id(2), OutcomeKind::Failed) };
    workspace
        .record_with(&[
            ended(id(0), OutcomeKind::Failed),
            updated,
            gave_up,
            ended(id(3), OutcomeKind::Waiting),
        ])
        .await
        .unwrap();
    let all = of(&workspace, id(1)).await;
    assert_eq!(in_short(&all), [(Create, WasThere), (SetAttributes, Done)]);
    assert_eq!((all[1].request.as_deref(), all[0].request.as_deref()), (Some("req7"), None));
    assert_eq!(all[1].before, Some(Before { profile: before.clone(), set: Some(set) }));
    assert_eq!(in_short(&of(&workspace, id(2)).await), [(Create, Failed), (SetAttributes, Unknown)]);
    assert_eq!(of(&workspace, id(3)).await, [], "nothing was sent of someone given back");
    assert_agrees(&workspace).await;

    workspace.retry(&Who::All(PeopleFilter::default())).await.unwrap();
    assert_agrees(&workspace).await;
    let (_, again) = claim(&workspace).await;
    assert_eq!(
        again.iter().map(|one| (one.id, one.updating)).collect::<Vec<_>>(),
        [(id(0), false), (id(2), true), (id(3), false)]
    );
    // Okta had its values after all.
    workspace
        .record_with(&[
            created(id(0), Did::default()),
            ended(id(2), OutcomeKind::Updated),
            ended(id(3), OutcomeKind::AlreadyThere),
        ])
        .await
        .unwrap();
    assert_eq!(in_short(&of(&workspace, id(0)).await), [(Create, Released), (Create, Done)]);
    assert_eq!(
        in_short(&of(&workspace, id(2)).await),
        [(Create, Released), (SetAttributes, Done), (Create, WasThere)]
    );
    assert_eq!(in_short(&of(&workspace, id(3)).await), [(Create, WasThere)]);
    assert_agrees(&workspace).await;
    // Reset, and taken out again.
    workspace.record_reset(id(0), &Reset::Sending).await.unwrap();
    workspace.record_reset_by(id(0), &Reset::Done, Some("req8")).await.unwrap();
    workspace.record_with(&[ended(id(0), OutcomeKind::RolledBack)]).await.unwrap();
    let all = of(&workspace, id(0)).await;
    assert_eq!(in_short(&all), [(Create, Released), (Create, Undone), (ResetPassword, Done)]);
    assert_eq!((all[2].okta_id.as_deref(), all[2].request.as_deref()), (Some("00u1"), Some("req8")));
    assert_agrees(&workspace).await;
    workspace.forget_org().await.unwrap();
    assert!(workspace.operations(&[id(0), id(1)]).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_stood_there_before_is_sealed_and_bound() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let (_, ready) = claim(&workspace).await;
    let mut before = Profile::default();
    before.set("title", "Zirkusdirektorin");
    for one in &ready[..2] {
        workspace.intend_update(one.id, "00u", &before, &Profile::default()).await.unwrap();
        workspace.record_with(&[ended(one.id, OutcomeKind::Updated)]).await.unwrap();
    }
    workspace.close().await.unwrap();
    let bytes = std::fs::read(desk.path()).unwrap();
    let needle = b"Zirkusdirektorin";
    assert!(!bytes.windows(needle.len()).any(|window| window == needle), "in the clear");
    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.original_profile(ready[0].id).await.unwrap(), Some(before));
    // One given the other's, a row added, one taken out: told, and believed of nobody.
    for sql in [
        "UPDATE ledger SET before = (SELECT before FROM ledger WHERE person = 2 AND nth = 2) WHERE person = 1 AND nth = 2",
        "INSERT INTO ledger (person, nth, kind, state, at) VALUES (1, 7, 2, 1, 5)",
        "DELETE FROM ledger WHERE person = 1 AND nth = 2",
    ] {
        let mut tx = workspace.begin().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut *tx).await.unwrap();
        assert_eq!(tx_faults(&mut tx, &workspace).await, [1], "{sql}");
        tx.rollback().await.unwrap();
    }
}

async fn tx_faults(tx: &mut sqlx::SqliteConnection, workspace: &Workspace) -> Vec<i64> {
    bond::faults(tx, workspace.0.sealer.bonds(), "[1,2,3,4,5,6]").await.unwrap().into_keys().collect()
}

#[tokio::test]
async fn a_group_whose_number_was_bent_is_said_to_be_unknown_and_others_are_not() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let (_, ready) = claim(&workspace).await;
    let groups = Some(vec!["00g1".to_owned(), "00g2".to_owned()]);
    workspace
        .record_with(&[created(ready[0].id, Did { groups: groups.clone(), ..Did::default() })])
        .await
        .unwrap();
    let mut tx = workspace.begin().await.unwrap();
    sqlx::raw_sql("UPDATE ledger_groups SET okta_id = '00gAdmins' WHERE okta_id = '00g1'; INSERT INTO org_ledger (kind, state, at, what, remote, tag) VALUES (20, 1, 5, 'Admins', '00gAdmins', x'00')")
        .execute(&mut *tx).await.unwrap();
    workspace.commit(tx).await.unwrap();
    let given: Vec<_> = of(&workspace, ready[0].id).await[0]
        .groups
        .clone()
        .unwrap()
        .into_iter()
        .map(|one| one.okta_id)
        .collect();
    assert_eq!(given, [None, Some("00g2".to_owned())]);
    assert_eq!(workspace.org_operations().await.unwrap(), [], "nobody made it");
    // Whoever comes next gets a number of their own for it.
    workspace.record_with(&[created(ready[1].id, Did { groups, ..Did::default() })]).await.unwrap();
    let given = of(&workspace, ready[1].id).await[0].groups.clone().unwrap();
    assert_eq!(given[0].okta_id.as_deref(), Some("00g1"));
}

/// As the file was before there was a ledger: what was kept in the record, bound so.
async fn before_ledger(workspace: &Workspace, originals: &[(i64, &str)]) {
    let bonds = workspace.0.sealer.bonds();
    let mut tx = workspace.begin().await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE before_ledger (person INTEGER, original TEXT, sent_fingerprint BLOB);
         INSERT INTO before_ledger SELECT person, NULL, fingerprint FROM ledger WHERE kind = 0;
         CREATE TABLE okta_groups_before (name TEXT PRIMARY KEY, okta_id TEXT, created INTEGER, tag BLOB);
         DELETE FROM ledger; DELETE FROM org_ledger; DELETE FROM okta_groups;",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    for (person, original) in originals {
        sqlx::query("UPDATE before_ledger SET original = ? WHERE person = ?")
            .bind(original)
            .bind(person)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    for (name, okta_id, created) in
        [("Migrated", Some("00g1"), true), ("Sales", Some("00g2"), false), ("Half", None, true)]
    {
        let tag = bonds.begin(Bond::Group).bytes(name.as_bytes()).maybe(okta_id.map(str::as_bytes));
        sqlx::query("INSERT INTO okta_groups_before VALUES (?, ?, ?, ?)")
            .bind(name)
            .bind(okta_id)
            .bind(created)
            .bind(tag.number(Some(created.into())).tag().to_vec())
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    bond::bind_as_before_ledger(&mut tx, bonds).await.unwrap();
    let check = workspace.0.sealer.value_of(Age::BeforeLedger);
    sqlx::raw_sql(AssertSqlSafe(format!("UPDATE meta SET value = '{check}' WHERE name = 'key_check'")))
        .execute(&mut *tx)
        .await
        .unwrap();
    workspace.commit(tx).await.unwrap();
}

#[tokio::test]
async fn a_file_from_before_is_taken_over_as_far_as_it_is_bound_and_says_what_it_does_not_know() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let (run, ready) = claim(&workspace).await;
    let ids: Vec<PersonId> = ready.iter().map(|one| one.id).collect();
    workspace
        .record_with(&[
            created(ids[0], Did::default()),
            ended(ids[1], OutcomeKind::Updated),
            created(ids[3], Did::default()),
        ])
        .await
        .unwrap();
    workspace.record_reset(ids[0], &Reset::Done).await.unwrap();
    before_ledger(&workspace, &[(2, r#"{"title":"before"}"#)]).await;
    // One person's record is bent before the file is opened by what has a ledger.
    let mut tx = workspace.begin().await.unwrap();
    sqlx::raw_sql("UPDATE memory SET okta_id = '00uAdmin' WHERE person = 4").execute(&mut *tx).await.unwrap();
    workspace.commit(tx).await.unwrap();
    workspace.close().await.unwrap();

    let workspace = desk.open().await.unwrap();
    let all = of(&workspace, ids[0]).await;
    assert_eq!(in_short(&all), [(Create, Done), (ResetPassword, Done)]);
    assert_eq!((all[0].okta_id.as_deref(), all[0].run), (Some("00u1"), Some(run)));
    assert_eq!((all[0].request.as_deref(), all[0].groups.as_deref()), (None, None), "not known");
    let all = of(&workspace, ids[1]).await;
    assert_eq!(in_short(&all), [(Create, WasThere), (SetAttributes, Done)]);
    let before = all[1].before.clone().unwrap();
    assert_eq!((before.profile.text("title"), before.set), (Some("before"), None));
    assert_eq!(in_short(&of(&workspace, ids[2]).await), [(Create, Intended)]);
    assert_eq!(of(&workspace, ids[3]).await, []);
    let rows = workspace.rows(&ids).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.changed.is_some()).collect::<Vec<_>>(), [false, false, false, true]);
    let groups = workspace.okta_groups().await.unwrap();
    let groups: Vec<_> = groups.iter().map(|g| (g.name.as_str(), g.okta_id.as_deref(), g.created)).collect();
    assert_eq!(
        groups,
        [("Half", None, true), ("Migrated", Some("00g1"), true), ("Sales", Some("00g2"), false)]
    );
    // Who changed in the source since is still known.
    let mut again = staff();
    again[0] = person(1, "tomas@example.com", "Tomáš", "Novák");
    read(&workspace, again).await;
    assert_eq!(workspace.changed_since_sent().await.unwrap(), [ids[0]]);
    // The former tags are believed no more, and what was there is gone.
    workspace.close().await.unwrap();
    let workspace = desk.open().await.unwrap();
    let mut tx = workspace.begin().await.unwrap();
    let former: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name LIKE '%before%'")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(former, 0);
}
