//! People of one key over several readings: who changed stays who they are, and nobody inherits what is another's.

use super::*;
use crate::model::{Outcome, OutcomeKind, RoutePolicy};

/// Ann (key 17) is in Okta, Bob (key 18) too; Carl (19) waits.
async fn sent(desk: &Desk) -> Workspace {
    let workspace = desk.create().await;
    read(&workspace, before()).await;
    let new = NewRun { org: "https://a.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
    let run = workspace.start_run(&new).await.unwrap();
    let two = Scope::Only(vec![id(&workspace, 17).await, id(&workspace, 18).await]);
    for ready in workspace.claim(run, 9, &two, RoutePolicy::Best, None).await.unwrap() {
        let made = Outcome {
            okta_id: Some(format!("00u{}", ready.key)),
            login: Some(ready.profile.login().into()),
            ..Outcome::of(OutcomeKind::Created)
        };
        workspace.record(&[(ready.id, made)]).await.unwrap();
    }
    workspace
}

fn ann() -> Arrived {
    person(17, "ann@x.example", "Ann", "Smith")
}

fn bob() -> Arrived {
    person(18, "bob@x.example", "Bob", "Jones")
}

fn carl() -> Arrived {
    person(19, "carl@x.example", "Carl", "Brown")
}

fn before() -> Vec<Arrived> {
    vec![ann(), bob(), carl()]
}

/// The same row under another key.
fn at(mut arrived: Arrived, key: u32) -> Arrived {
    arrived.record.key = key.to_string();
    arrived.record.values[0] = Value::Integer(key.into());
    arrived.assessed.candidate.key = key.to_string();
    arrived
}

/// Somebody as the screens show them: number, Okta's id, outcome, what happens to them.
async fn shown(
    workspace: &Workspace,
    login: &str,
) -> Vec<(PersonId, Option<String>, OutcomeKind, Disposition)> {
    let filter = PeopleFilter { presence: Presence::Any, ..PeopleFilter::default() };
    let order = workspace.order(&filter, Sort::default()).await.unwrap();
    let rows = workspace.rows(&order).await.unwrap();
    let of_login = rows.into_iter().filter(|row| row.login == login);
    of_login.map(|row| (row.id, row.outcome.okta_id, row.outcome.kind, row.disposition)).collect()
}

/// The only one of that login.
async fn the_one(workspace: &Workspace, login: &str) -> (PersonId, Option<String>, OutcomeKind, Disposition) {
    let all = shown(workspace, login).await;
    assert_eq!(all.len(), 1, "{login}: {all:?}");
    all.into_iter().next().unwrap()
}

async fn codes(workspace: &Workspace) -> Vec<(String, u64)> {
    let counts = workspace.counts().await.unwrap();
    counts.findings.into_iter().map(|finding| (finding.code, finding.people)).collect()
}

async fn found(workspace: &Workspace, login: &str) -> Vec<u32> {
    workspace.hook_find(login).await.unwrap().into_iter().map(|person| person.id.0).collect()
}

#[tokio::test]
async fn a_newcomer_under_an_old_key_inherits_nothing() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let old = id(&workspace, 17).await;
    let dora = at(person(70, "dora@y.example", "Dora", "White"), 17);
    let summary = read(&workspace, vec![dora, bob(), carl()]).await;
    assert_eq!((summary.added, summary.gone, summary.unchanged), (1, 1, 2));
    let (new, okta_id, outcome, what) = the_one(&workspace, "dora@y.example").await;
    assert_ne!(new, old);
    assert_eq!(
        (okta_id, outcome, what),
        (None, OutcomeKind::Waiting, Disposition::Import),
        "sent by herself"
    );
    let (who, okta_id, outcome, _) = the_one(&workspace, "ann@x.example").await;
    assert_eq!((who, okta_id.as_deref(), outcome), (old, Some("00u17"), OutcomeKind::Created));
    // Ann's login leads to Ann, who is gone, and never to the newcomer's password.
    let at_hook = workspace.hook_find("ann@x.example").await.unwrap();
    assert_eq!((at_hook.len(), at_hook[0].id, at_hook[0].gone), (1, old, true));
    assert_eq!(found(&workspace, "dora@y.example").await, [new.0]);
    assert_eq!(codes(&workspace).await, [(IDENTITY_NEW.to_owned(), 1)]);
    assert_counts_fit(&workspace).await;
    assert!(workspace.audit().await.unwrap().is_clean());
    // The next reading finds both as they are, and the one who comes back is herself again.
    let dora = || at(person(70, "dora@y.example", "Dora", "White"), 17);
    assert_eq!(read(&workspace, vec![dora(), bob(), carl()]).await.unchanged, 3);
    read(&workspace, vec![at(ann(), 20), dora(), bob(), carl()]).await;
    let (who, okta_id, ..) = the_one(&workspace, "ann@x.example").await;
    assert_eq!((who, okta_id.as_deref()), (old, Some("00u17")), "under another key");
    assert!(workspace.audit().await.unwrap().is_clean());
    assert_counts_fit(&workspace).await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn who_only_changed_something_is_not_sent_twice() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let old = id(&workspace, 17).await;
    for changed in [
        person(17, "ann@new.example", "Ann", "Smith"),
        person(17, "ann@new.example", "Ann", "Miller"),
        person(17, "miller@x.example", "Ann", "Miller"),
    ] {
        let login = changed.assessed.candidate.profile.login().to_owned();
        let summary = read(&workspace, vec![changed, bob(), carl()]).await;
        assert_eq!((summary.added, summary.changed, summary.gone), (0, 1, 0), "{login}");
        let (who, okta_id, outcome, _) = the_one(&workspace, &login).await;
        assert_eq!((who, okta_id.as_deref(), outcome), (old, Some("00u17"), OutcomeKind::Created));
        assert_eq!(codes(&workspace).await, []);
        // Okta still asks by the login that was sent.
        assert_eq!(found(&workspace, "ann@x.example").await, [old.0]);
        assert_eq!(found(&workspace, &login).await, [old.0]);
    }
    assert!(workspace.audit().await.unwrap().is_clean());
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn rows_that_are_numbered_anew_stay_whose_they_are() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let (a, b) = (id(&workspace, 17).await, id(&workspace, 18).await);
    for order in [
        vec![at(carl(), 17), at(ann(), 18), at(bob(), 19)],
        vec![at(bob(), 17), at(carl(), 18), at(ann(), 19)],
    ] {
        let summary = read(&workspace, order).await;
        assert_eq!(summary.gone, 0, "{summary:?}");
        for (login, who, okta_id) in [("ann@x.example", a, "00u17"), ("bob@x.example", b, "00u18")] {
            let (shown, okta, outcome, _) = the_one(&workspace, login).await;
            assert_eq!(
                (shown, okta.as_deref(), outcome),
                (who, Some(okta_id), OutcomeKind::Created),
                "{login}"
            );
            let at_hook = workspace.hook_find(login).await.unwrap();
            assert_eq!((at_hook.len(), at_hook[0].id, at_hook[0].gone), (1, who, false), "{login}");
        }
        let (_, okta, outcome, _) = the_one(&workspace, "carl@x.example").await;
        assert_eq!((okta, outcome), (None, OutcomeKind::Waiting));
        assert_eq!(codes(&workspace).await.iter().filter(|(code, _)| code == IDENTITY_UNSURE).count(), 0);
        assert_counts_fit(&workspace).await;
        assert!(workspace.audit().await.unwrap().is_clean());
    }
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn who_it_is_gets_asked_and_either_answer_is_carried_out() {
    for same in [true, false] {
        let desk = Desk::new();
        let workspace = sent(&desk).await;
        let old = id(&workspace, 17).await;
        // Ann, married and with another address; or another Ann.
        let other = || at(no_password(person(71, "a.miller@y.example", "Ann", "Miller")), 17);
        read(&workspace, vec![other(), bob(), carl()]).await;
        let (new, okta_id, outcome, what) = the_one(&workspace, "a.miller@y.example").await;
        assert_eq!((okta_id, outcome, what), (None, OutcomeKind::Waiting, Disposition::Blocked));
        assert_ne!(new, old);
        assert_eq!(codes(&workspace).await, [(IDENTITY_UNSURE.to_owned(), 1)]);
        assert_eq!(workspace.count_unsure().await.unwrap(), 1);
        let text = workspace.rows(&[new]).await.unwrap()[0].finding.clone().unwrap().1;
        assert!(text.contains("ann@x.example") && text.contains("same person"), "{text}");
        // Nobody is let in by it, neither by the old login nor by the new one, and everyone else goes on.
        for login in ["ann@x.example", "a.miller@y.example"] {
            let people = workspace.hook_find(login).await.unwrap();
            assert!(people.iter().all(|person| person.gone || (!person.goes && !person.in_okta)), "{login}");
        }
        assert_eq!(workspace.next_run(&Scope::Everyone, RoutePolicy::Best).await.unwrap().people(), 1);
        // The question stays.
        read(&workspace, vec![other(), bob(), carl()]).await;
        assert_eq!(workspace.count_unsure().await.unwrap(), 1);
        assert_counts_fit(&workspace).await;

        let everyone = Who::All(PeopleFilter::default());
        if same {
            assert_eq!(workspace.same_person(&everyone, &assess).await.unwrap(), 1);
            let (who, okta_id, outcome, _) = the_one(&workspace, "a.miller@y.example").await;
            assert_eq!((who, okta_id.as_deref(), outcome), (old, Some("00u17"), OutcomeKind::Created));
            assert_eq!(shown(&workspace, "ann@x.example").await, []);
            assert_eq!(found(&workspace, "ann@x.example").await, [old.0], "the login that was sent");
            assert_eq!(codes(&workspace).await, []);
        } else {
            assert_eq!(workspace.somebody_new(&everyone).await.unwrap(), 1);
            let (who, _, outcome, what) = the_one(&workspace, "a.miller@y.example").await;
            assert_eq!((who, outcome, what), (new, OutcomeKind::Waiting, Disposition::Reset));
            assert_eq!(codes(&workspace).await, [(IDENTITY_NEW.to_owned(), 1)]);
        }
        assert_eq!(workspace.count_unsure().await.unwrap(), 0);
        assert_counts_fit(&workspace).await;
        let audit = workspace.audit().await.unwrap();
        assert!(audit.is_clean(), "{audit:?}");
        // And lasts.
        let summary = read(&workspace, vec![other(), bob(), carl()]).await;
        assert_eq!((summary.unchanged, summary.added, summary.gone), (3, 0, 0));
        assert_eq!(workspace.count_unsure().await.unwrap(), 0);
        let find = PeopleFilter { search: "miller".into(), ..PeopleFilter::default() };
        assert_eq!(workspace.count(&find).await.unwrap(), 1);
        workspace.close().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_decided_by_hand_is_not_inherited_either() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, before()).await;
    let old = id(&workspace, 17).await;
    let login = Some("ann@corp.example".into());
    workspace.set_attribute(&Who::These(vec![old]), "login", login, &assess).await.unwrap();
    workspace.leave_out(&Who::These(vec![id(&workspace, 19).await])).await.unwrap();
    let dora = at(person(70, "dora@y.example", "Dora", "White"), 17);
    let fred = at(person(72, "fred@y.example", "Fred", "Grey"), 19);
    read(&workspace, vec![dora, bob(), fred]).await;
    assert_eq!(shown(&workspace, "dora@y.example").await[0].3, Disposition::Import);
    assert_eq!(shown(&workspace, "fred@y.example").await[0].3, Disposition::Import);
    assert_counts_fit(&workspace).await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn the_login_that_was_sent_comes_before_one_of_today() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let old = id(&workspace, 17).await;
    // Ann got another address, and Eve was given the old one.
    let changed = || person(17, "ann@new.example", "Ann", "Smith");
    let eve = || person(30, "ann@x.example", "Eve", "Black");
    read(&workspace, vec![changed(), bob(), carl(), eve()]).await;
    assert_eq!(found(&workspace, "ann@x.example").await, [old.0]);
    assert_eq!(found(&workspace, "ANN@X.example ").await, [old.0], "as Okta compares logins");
    // We gave Ann's account the new login: the old one is Eve's now.
    let updated = Outcome { login: Some("ann@new.example".into()), ..Outcome::of(OutcomeKind::Updated) };
    workspace.record(&[(old, updated)]).await.unwrap();
    assert_eq!(found(&workspace, "ann@new.example").await, [old.0]);
    let eve = shown(&workspace, "ann@x.example").await[0].0;
    assert_eq!(found(&workspace, "ann@x.example").await, [eve.0]);
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn a_record_that_claims_a_login_keeps_nobody_in_and_lets_nobody_in() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let (a, b) = (id(&workspace, 17).await, id(&workspace, 18).await);
    let bend = |sql: &'static str| {
        let workspace = workspace.clone();
        async move {
            let mut tx = workspace.begin().await.unwrap();
            sqlx::query(sql).execute(&mut *tx).await.unwrap();
            workspace.commit(tx).await.unwrap();
        }
    };
    // Bob's record says that his account is Ann's: Ann's own still counts, and Bob's nothing.
    bend("UPDATE memory SET sent_login = 'ann@x.example' WHERE okta_id = '00u18'").await;
    assert_eq!(found(&workspace, "ann@x.example").await, [a.0]);
    assert!(workspace.hook_find("bob@x.example").await.unwrap().iter().all(|person| person.changed));
    // Ann's record is bent, and Bob has her login today: he is not let into her account.
    bend("UPDATE memory SET sent_login = 'bob@x.example' WHERE okta_id = '00u18'").await;
    assert_eq!(found(&workspace, "bob@x.example").await, [b.0]);
    read(&workspace, vec![ann(), person(18, "bob@x.example", "Bob", "Jones"), carl()]).await;
    bend("UPDATE memory SET attempt = 7 WHERE okta_id = '00u17'").await;
    let people = workspace.hook_find("ann@x.example").await.unwrap();
    assert!(people.iter().all(|person| person.changed), "{people:?}");
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn a_file_from_before_learns_by_which_login_people_were_sent() {
    let desk = Desk::new();
    let workspace = sent(&desk).await;
    let old = id(&workspace, 17).await;
    let mut tx = workspace.begin().await.unwrap();
    sqlx::query("UPDATE memory SET sent_login = NULL").execute(&mut *tx).await.unwrap();
    crate::workspace::bond::renew_sent(
        &mut tx,
        workspace.0.sealer.bonds(),
        &format!("[{},{}]", old.0, old.0 + 1),
    )
    .await
    .unwrap();
    workspace.commit(tx).await.unwrap();
    assert_eq!(found(&workspace, "ann@x.example").await, [old.0]);
    read(&workspace, vec![person(17, "ann@new.example", "Ann", "Smith"), bob(), carl()]).await;
    assert_eq!(found(&workspace, "ann@x.example").await, [old.0]);
    assert!(workspace.audit().await.unwrap().is_clean());
    workspace.close().await.unwrap();
}
