//! What someone can do who writes the file without its key: nobody gets what is another's, and everyone else goes on.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::super::seal::Age;
use super::*;
use crate::model::{Outcome, OutcomeKind, RoutePolicy};

/// Four people read, in order: Ada, Ben, Cleo, Dan.
async fn four(desk: &Desk) -> Workspace {
    let workspace = desk.create().await;
    read(&workspace, people()).await;
    workspace
}

fn people() -> Vec<Arrived> {
    vec![
        person(1, "ada@x.example", "Ada", "Lovelace"),
        person(2, "ben@x.example", "Ben", "Okri"),
        person(3, "cleo@x.example", "Cleo", "Laine"),
        person(4, "dan@x.example", "Dan", "Brown"),
    ]
}

/// Writes to the file as another program does, beside the one that has it open.
async fn bend(desk: &Desk, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(desk.path());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

async fn run(workspace: &Workspace) -> RunId {
    let new = NewRun { org: "https://a.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
    workspace.start_run(&new).await.unwrap()
}

/// Everyone who would be sent, each with the password that would go with them.
async fn sent(workspace: &Workspace) -> Vec<(String, String)> {
    let run = run(workspace).await;
    let ready = workspace.claim(run, 99, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    ready
        .iter()
        .map(|r| {
            let hash = String::from_utf8_lossy(r.stored.as_ref().unwrap().text.expose()).into_owned();
            (r.profile.login().to_owned(), hash)
        })
        .collect()
}

/// Whom the hook would check a password for, by each login.
async fn let_in(workspace: &Workspace) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for login in ["ada@x.example", "ben@x.example", "cleo@x.example", "dan@x.example"] {
        for person in workspace.hook_find(login).await.unwrap() {
            if person.changed {
                continue;
            }
            if let PasswordEvidence::Stored(stored) = person.evidence {
                found.push((login.to_owned(), String::from_utf8_lossy(stored.text.expose()).into_owned()));
            }
        }
    }
    found
}

fn own() -> Vec<(String, String)> {
    people()
        .iter()
        .zip(1..)
        .map(|(p, n)| (p.assessed.candidate.profile.login().to_owned(), hash(n)))
        .collect()
}

const SWAPS: &[(&str, &str)] = &[
    (
        "profiles swapped",
        "UPDATE details SET profile = (SELECT o.profile FROM details o WHERE o.id = 3 - details.id) WHERE id IN (1, 2)",
    ),
    (
        "a login put into a profile",
        "UPDATE details SET profile = json_set(profile, '$.login', 'dan@x.example') WHERE id = 1",
    ),
    ("groups given", "UPDATE details SET groups = '[\"Admins\"]' WHERE id = 1"),
    ("switched on", "UPDATE details SET active = 0 WHERE id = 1"),
    (
        "passwords swapped",
        "UPDATE details SET password = (SELECT o.password FROM details o WHERE o.id = 3 - details.id) WHERE id IN (1, 2)",
    ),
    (
        "a password bent",
        "UPDATE details SET password = CAST(substr(password, 1, 40) || x'00' || substr(password, 42) AS BLOB) WHERE id = 1",
    ),
    ("a password made text", "UPDATE details SET password = 'hello' WHERE id = 1"),
    (
        "keys swapped",
        "UPDATE details SET key = 'x' WHERE id = 1; UPDATE details SET key = '1' WHERE id = 2; UPDATE details SET key = '2' WHERE id = 1",
    ),
    (
        "details swapped whole",
        "UPDATE details SET id = 999 WHERE id = 1; UPDATE details SET id = 1 WHERE id = 2; UPDATE details SET id = 2 WHERE id = 999",
    ),
    (
        "tags swapped",
        "UPDATE people SET tag = (SELECT o.tag FROM people o WHERE o.id = 3 - people.id) WHERE id IN (1, 2)",
    ),
    ("no tag", "UPDATE people SET tag = NULL WHERE id = 1"),
    ("no tag of what was read", "UPDATE details SET tag = NULL WHERE id = 1"),
    ("text for a number", "UPDATE people SET route = 'x' WHERE id = 1"),
    ("profile no JSON", "UPDATE details SET profile = '{' WHERE id = 1"),
    ("bytes that are no text", "UPDATE details SET profile = x'ff00' WHERE id = 1"),
    ("an edit planted", "INSERT INTO edits VALUES (1, 'login', '\"dan@x.example\"')"),
    ("an edit that is no text", "INSERT INTO edits VALUES (1, x'ff', x'fe')"),
    ("an earlier reading", "UPDATE people SET reading = 0 WHERE id = 1"),
    ("details gone", "DELETE FROM details WHERE id = 1"),
    (
        "outcome set",
        "INSERT INTO memory (person, outcome, okta_id) VALUES (1, 2, '00uAdmin'); UPDATE people SET outcome = 2 WHERE id = 1",
    ),
    ("moved set", "INSERT INTO hook_people (person, moved) VALUES (1, 5)"),
    ("reset set", "INSERT INTO resets (person, state, at) VALUES (1, 'done', 5)"),
];

#[tokio::test]
async fn nobody_is_sent_or_let_in_with_what_is_not_theirs_and_the_others_go_on() {
    for (what, sql) in SWAPS {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        bend(&desk, sql).await;
        // Told in words, in lists and reports, and the page does not fail.
        let ada = workspace.rows(&[PersonId(1), PersonId(3)]).await.unwrap();
        assert!(ada[0].changed.is_some() && ada[1].changed.is_none(), "{what}");
        assert!(!ada[0].disposition.goes(), "{what}");
        let detail = workspace.person(PersonId(1)).await.unwrap();
        assert_eq!(detail.findings[0].code, CHANGED_OUTSIDE, "{what}");
        assert!(detail.findings[0].text.ends_with("by something other than Causeway"), "{what}");
        let own = own();
        let admitted = let_in(&workspace).await;
        let going = sent(&workspace).await;
        for (name, got) in [("hook", &admitted), ("import", &going)] {
            assert!(got.iter().all(|one| own.contains(one)), "{what}: {name} gave {got:?}");
            for other in &own[2..] {
                assert!(got.contains(other), "{what}: {name} kept {} out", other.0);
            }
            assert!(!got.iter().any(|one| *one == own[0]), "{what}: {name} took Ada for sound");
        }
    }
}

#[tokio::test]
async fn a_login_in_the_index_lets_nobody_in_whose_login_it_is_not() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    bend(&desk, "UPDATE texts SET login = 'x' WHERE id = 1; UPDATE texts SET login = 'ada@x.example' WHERE id = 2; UPDATE texts SET login = 'ben@x.example' WHERE id = 1").await;
    assert_eq!(let_in(&workspace).await, own()[2..]);
    let found = workspace.hook_find("ada@x.example").await.unwrap();
    assert!(found.iter().all(|person| person.changed));
}

#[tokio::test]
async fn a_decision_by_hand_holds_and_one_that_is_bent_holds_for_nobody() {
    for sql in [
        "UPDATE people SET left_out = 0, state = 0 WHERE id = 1",
        "UPDATE people SET left_out = 0, state = 0 WHERE id = 1; DELETE FROM memory WHERE person = 1",
        "UPDATE people SET left_out = 0, state = 0 WHERE id = 1; UPDATE memory SET left_out = NULL WHERE person = 1",
    ] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        workspace.leave_out(&Who::These(vec![PersonId(1)])).await.unwrap();
        bend(&desk, sql).await;
        assert_eq!(sent(&workspace).await, own()[1..], "{sql}");
        assert_eq!(let_in(&workspace).await, own()[1..], "{sql}");
    }
    for sql in [
        "DELETE FROM edits WHERE person = 2",
        "UPDATE edits SET value = '\"dan@x.example\"' WHERE person = 2",
        "UPDATE edits SET person = 1 WHERE person = 2",
    ] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        let again = assess;
        let city = Some(serde_json::json!("Prague"));
        workspace.set_attribute(&Who::These(vec![PersonId(2)]), "city", city, &again).await.unwrap();
        bend(&desk, sql).await;
        let going = sent(&workspace).await;
        assert!(!going.iter().any(|(login, _)| login == "ben@x.example"), "{sql}: {going:?}");
        assert!(own()[2..].iter().all(|one| going.contains(one)), "{sql}");
    }
}

#[tokio::test]
async fn a_failed_one_says_why_and_is_whole_again_after_people_are_read_again() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    bend(&desk, "UPDATE details SET profile = (SELECT profile FROM details WHERE id = 2) WHERE id = 1").await;
    assert_eq!(sent(&workspace).await.len(), 3);
    let ada = workspace.person(PersonId(1)).await.unwrap();
    assert_eq!(
        (ada.row.outcome.kind, ada.row.outcome.code.as_deref()),
        (OutcomeKind::Failed, Some(CHANGED_OUTSIDE))
    );
    assert!(ada.row.outcome.message.unwrap().contains("something other than Causeway"));
    assert!(ada.row.outcome.suggestion.unwrap().contains("read people again"));
    // Trying again without reading again changes nothing.
    workspace.retry(&Who::These(vec![PersonId(1)])).await.unwrap();
    assert!(sent(&workspace).await.is_empty());
    read(&workspace, people()).await;
    workspace.retry(&Who::These(vec![PersonId(1)])).await.unwrap();
    assert_eq!(sent(&workspace).await, own()[..1]);
}

#[tokio::test]
async fn what_was_bent_before_a_further_reading_is_not_carried_on() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    workspace.leave_out(&Who::These(vec![PersonId(1)])).await.unwrap();
    // The decision goes without a trace of its own; edits wait for who is known and who is yet to come; keys are exchanged.
    bend(
        &desk,
        "UPDATE people SET left_out = 0, state = 0 WHERE id = 1; DELETE FROM memory WHERE person = 1;
         INSERT INTO edits VALUES (2, 'login', '\"dan@x.example\"');
         INSERT INTO edits VALUES (5, 'login', '\"dan@x.example\"');
         INSERT INTO memory (person, left_out) VALUES (5, 0);",
    )
    .await;
    let mut all = people();
    let mut off = person(5, "eve@x.example", "Eve", "Adams");
    off.leave_out = true;
    all.push(off);
    read(&workspace, all).await;
    assert_eq!(sent(&workspace).await, own()[2..], "neither Ada nor Ben, nor Eve whom a rule leaves out");
    let ben = workspace.person(PersonId(2)).await.unwrap();
    assert_eq!((ben.row.disposition, ben.profile.login()), (Disposition::LeftOut, "ben@x.example"));
    assert!(
        ben.findings.iter().any(|f| f.code == CHANGED_OUTSIDE && f.text.contains("until you put them back"))
    );
    // Looked at and put back, they go.
    workspace.put_back(&Who::These(vec![PersonId(2)])).await.unwrap();
    assert_eq!(sent(&workspace).await, own()[1..2]);
}

#[tokio::test]
async fn keys_exchanged_before_a_further_reading_give_nobody_the_record_of_another() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    let run = run(&workspace).await;
    workspace.claim(run, 1, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    let made = Outcome { okta_id: Some("00uAda".into()), ..Outcome::of(OutcomeKind::Created) };
    workspace.record(&[(PersonId(1), made)]).await.unwrap();
    bend(&desk, "UPDATE details SET key = 'x' WHERE id = 1; UPDATE details SET key = '1' WHERE id = 2; UPDATE details SET key = '2' WHERE id = 1").await;
    read(&workspace, people()).await;
    // Number 1 is Ben's now: Ada's id of Okta's is not his, and nobody is taken for moved by it.
    let at = desk.clock()();
    assert_eq!(workspace.mark_moved(&[("00uAda".into(), at)]).await.unwrap(), 0);
    let rows = workspace.rows(&[PersonId(1), PersonId(2)]).await.unwrap();
    assert!(rows.iter().all(|row| row.outcome.okta_id.is_none()), "{rows:?}");
}

#[tokio::test]
async fn an_earlier_entry_put_back_is_not_believed() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    bend(&desk, "CREATE TABLE old_p AS SELECT * FROM people; CREATE TABLE old_d AS SELECT * FROM details")
        .await;
    // Ada's password was changed since, for a reason.
    let mut all = people();
    all[0].assessed.candidate.password = PasswordEvidence::Stored(StoredPassword {
        text: SecretBytes::from(hash(9).as_str()),
        salt: None,
        username: None,
        columns: vec![],
    });
    read(&workspace, all).await;
    bend(&desk, "REPLACE INTO people SELECT * FROM old_p WHERE id = 1; REPLACE INTO details SELECT * FROM old_d WHERE id = 1; DROP TABLE old_p; DROP TABLE old_d").await;
    assert_eq!(let_in(&workspace).await, own()[1..]);
    assert_eq!(sent(&workspace).await, own()[1..]);
}

#[tokio::test]
async fn who_is_reset_and_who_has_moved_is_believed_only_where_it_is_bound() {
    for sql in [
        "UPDATE memory SET okta_id = '00uAdmin' WHERE person = 1",
        "UPDATE memory SET okta_id = (SELECT o.okta_id FROM memory o WHERE o.person = 3 - memory.person) WHERE person IN (1, 2)",
        "INSERT INTO hook_people (person, moved) VALUES (1, 5) ON CONFLICT DO UPDATE SET moved = 5",
        "INSERT INTO resets (person, state, at) VALUES (1, 'done', 5)",
    ] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        let run = run(&workspace).await;
        let ready = workspace.claim(run, 9, &Scope::Everyone, RoutePolicy::AllHook, None).await.unwrap();
        let made = ready.iter().map(|r| {
            let outcome =
                Outcome { okta_id: Some(format!("00u{}", r.id.0)), ..Outcome::of(OutcomeKind::Created) };
            (r.id, outcome)
        });
        workspace.record(&made.collect::<Vec<_>>()).await.unwrap();
        bend(&desk, sql).await;
        desk.millis.fetch_add(1000, Ordering::Relaxed);
        let left = workspace.stragglers(desk.clock()(), None, 50).await.unwrap();
        let may: Vec<_> = left.iter().filter(|s| s.changed.is_none()).map(|s| s.okta_id.as_str()).collect();
        assert!(
            may.iter().all(|id| *id != "00uAdmin") && may.contains(&"00u3") && may.contains(&"00u4"),
            "{sql}"
        );
        assert!(left.iter().any(|s| s.id == PersonId(1) && s.changed.is_some()), "{sql}");
        assert_eq!(left[0].login, "ada@x.example");
    }
}

/// A trigger would write between the check of a row and its new tag.
#[tokio::test]
async fn nothing_in_the_file_runs_by_itself() {
    for sql in [
        "CREATE TRIGGER t AFTER UPDATE ON bonds BEGIN INSERT OR REPLACE INTO edits VALUES (1, 'login', '\"eve@x.example\"'); END",
        "ALTER TABLE memory RENAME TO kept; CREATE VIEW memory AS SELECT * FROM kept",
    ] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        bend(&desk, sql).await;
        // While it is open, and when it is opened: for the window and for the hook beside it.
        let refused = workspace.put_doc("org", "first").await.unwrap_err();
        assert!(matches!(refused, WorkspaceError::RunsByItself { .. }), "{refused}");
        workspace.close().await.unwrap();
        let refused = desk.open().await.unwrap_err();
        assert!(matches!(refused, WorkspaceError::RunsByItself { .. }), "{refused}");
        let refused = Workspace::open_beside(desk.path(), desk.keys()).await.unwrap_err();
        assert!(matches!(refused, WorkspaceError::RunsByItself { .. }), "{refused}");
    }
}

#[tokio::test]
async fn settings_are_what_was_set_last_or_refused() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    // They outlive readings and runs.
    workspace.put_doc("early", "e").await.unwrap();
    for _ in 0..2 {
        read(&workspace, people()).await;
        run(&workspace).await;
        assert_eq!(workspace.doc::<String>("early").await.unwrap().as_deref(), Some("e"));
    }
    for sql in [
        "UPDATE docs SET json = '\"evil\"' WHERE name = 'org'",
        "DELETE FROM docs WHERE name = 'org'",
        "UPDATE docs SET json = (SELECT json FROM docs WHERE name = 'other') WHERE name = 'org'",
        "UPDATE docs SET json = '\"first\"' WHERE name = 'org'",
        "UPDATE bonds SET value = json_remove(value, '$.settings.org'); DELETE FROM docs WHERE name = 'org'",
        "DELETE FROM bonds; DELETE FROM docs WHERE name = 'org'",
    ] {
        workspace.put_doc("other", "o").await.unwrap();
        workspace.put_doc("org", "first").await.unwrap();
        workspace.put_doc("org", "second").await.unwrap();
        assert_eq!(workspace.doc::<String>("org").await.unwrap().as_deref(), Some("second"));
        assert_eq!(workspace.doc::<String>("never").await.unwrap(), None);
        bend(&desk, sql).await;
        let refused = workspace.doc::<String>("org").await.unwrap_err();
        assert!(matches!(&refused, WorkspaceError::ChangedOutside { .. }), "{sql}: {refused}");
        assert!(refused.to_string().contains("“org”"), "{refused}");
    }
}

/// A copy of the settings with their list, put back later by itself.
#[tokio::test]
async fn settings_put_back_together_with_what_binds_them_are_noticed() {
    for later in ["a run", "a reading", "a run, whose record is taken away"] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        workspace.put_doc("choices", "everyone sets a new password").await.unwrap();
        bend(&desk, "CREATE TABLE old_d AS SELECT * FROM docs; CREATE TABLE old_b AS SELECT * FROM bonds")
            .await;
        workspace.put_doc("choices", "hashes move").await.unwrap();
        if later == "a reading" {
            read(&workspace, people()).await;
        } else {
            let run = run(&workspace).await;
            workspace.claim(run, 1, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
        }
        bend(
            &desk,
            "DELETE FROM docs; INSERT INTO docs SELECT * FROM old_d; DELETE FROM bonds; INSERT INTO bonds SELECT * FROM old_b;
             DROP TABLE old_d; DROP TABLE old_b",
        )
        .await;
        if later == "a run, whose record is taken away" {
            bend(&desk, "DELETE FROM runs").await;
            // Whoever was sent by it tells.
            let ada = workspace.person(PersonId(1)).await.unwrap();
            assert!(ada.row.changed.is_some(), "{later}");
            continue;
        }
        let refused = workspace.doc::<String>("choices").await.unwrap_err();
        assert!(matches!(refused, WorkspaceError::ChangedOutside { .. }), "{later}: {refused}");
        assert!(refused.to_string().contains("older copy"), "{refused}");
        // Set anew, they hold.
        workspace.put_doc("choices", "hashes move").await.unwrap();
        assert_eq!(workspace.doc::<String>("choices").await.unwrap().as_deref(), Some("hashes move"));
        read(&workspace, people()).await;
        if later == "a reading" {
            // Nothing tells which of both it was that was put back: someone has to look.
            assert!(sent(&workspace).await.is_empty());
            workspace.put_back(&Who::All(PeopleFilter::default())).await.unwrap();
        }
        assert!(!sent(&workspace).await.is_empty(), "{later}");
    }
}

#[tokio::test]
async fn a_file_that_bound_its_parts_by_themselves_is_bound_as_one_and_nothing_bent_with_it() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    workspace.put_doc("org", "o").await.unwrap();
    let in_parts = workspace.0.sealer.value_of(Age::InParts);
    let bonds = workspace.0.sealer.bonds().clone();
    let tag = |name: &str, value: &str| {
        let tag =
            bonds.begin(super::super::bond::Bond::Whole).bytes(name.as_bytes()).bytes(value.as_bytes()).tag();
        hex::encode(tag)
    };
    let setting =
        hex::encode(bonds.begin(super::super::bond::Bond::Setting).bytes(b"org").bytes(b"\"o\"").tag());
    let list = format!("{{\"org\":\"{setting}\"}}");
    workspace.close().await.unwrap();
    let before = format!(
        "DELETE FROM bonds; INSERT INTO bonds VALUES ('settings', '{list}', x'{}'), ('reading', '1', x'{}');
         UPDATE meta SET value = '{in_parts}' WHERE name = 'key_check';
         INSERT INTO edits VALUES (2, 'login', '\"dan@x.example\"');",
        tag("settings", &list),
        tag("reading", "1")
    );
    bend(&desk, &before).await;
    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.doc::<String>("org").await.unwrap().as_deref(), Some("o"));
    let mut others = own();
    others.remove(1);
    assert_eq!(sent(&workspace).await, others);
    workspace.close().await.unwrap();
    // Once it is, what it was is not believed.
    bend(
        &desk,
        &format!(
            "DELETE FROM bonds; INSERT INTO bonds VALUES ('settings', '{list}', x'{}')",
            tag("settings", &list)
        ),
    )
    .await;
    let workspace = desk.open().await.unwrap();
    assert!(workspace.doc::<String>("org").await.is_err());
}

#[tokio::test]
async fn whoever_was_marked_so_that_nobody_asks_for_them_is_told_and_goes_once_looked_at() {
    for sql in [
        "UPDATE people SET gone = 1 WHERE id = 1",
        "UPDATE people SET state = 77 WHERE id = 1",
        "UPDATE people SET left_out = 1, state = 4 WHERE id = 1",
        "UPDATE people SET blocks = 2, state = 3 WHERE id = 1",
        "UPDATE people SET outcome = 3 WHERE id = 1",
    ] {
        let desk = Desk::new();
        let workspace = four(&desk).await;
        bend(&desk, sql).await;
        let audit = workspace.audit().await.unwrap();
        assert_eq!((audit.changed, audit.missing), (1, 0), "{sql}");
        let counts = workspace.counts().await.unwrap();
        assert_eq!((counts.total, counts.gone, counts.outcome(OutcomeKind::Failed)), (4, 0, 1), "{sql}");
        let ada = workspace.person(PersonId(1)).await.unwrap();
        assert_eq!(ada.row.outcome.code.as_deref(), Some(CHANGED_OUTSIDE), "{sql}");
        assert_eq!(sent(&workspace).await, own()[1..], "{sql}");
        // What is bound was never changed: after a look they go as they are.
        workspace.retry(&Who::These(vec![PersonId(1)])).await.unwrap();
        assert_eq!(sent(&workspace).await, own()[..1], "{sql}");
        assert_counts_fit(&workspace).await;
    }
}

#[tokio::test]
async fn whoever_is_taken_out_of_the_file_is_missed_and_nobody_comes_in() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    bend(
        &desk,
        "DELETE FROM people WHERE id = 2; UPDATE people SET id = 4294967295 WHERE id = 3;
         INSERT INTO details (id, key, profile, evidence, row_columns, source_row, fingerprint) VALUES (4294967294, '9', '{}', 0, 1, x'00', x'00')",
    )
    .await;
    let audit = workspace.audit().await.unwrap();
    assert_eq!((audit.missing, audit.strangers), (2, 1));
    assert_eq!(workspace.counts().await.unwrap().total, 2);
    assert_eq!(sent(&workspace).await, [own()[0].clone(), own()[3].clone()]);
    let mut all = people();
    all.push(person(9, "new@x.example", "New", "One"));
    read(&workspace, all).await;
    assert_eq!(workspace.audit().await.unwrap(), Audit::default());
    assert_eq!(workspace.counts().await.unwrap().total, 5);
}

#[tokio::test]
async fn marking_everyone_as_gone_is_told_of_everyone_within_seconds() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let many = (1..=3000).map(|n| person(n, &format!("p{n}@x.example"), "P", "N")).collect();
    read(&workspace, many).await;
    bend(&desk, "UPDATE people SET gone = 1").await;
    assert_eq!(workspace.audit().await.unwrap().changed, 3000);
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.total, counts.outcome(OutcomeKind::Failed)), (3000, 3000));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn the_index_of_logins_is_made_anew_where_it_disagrees() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    let service = Workspace::open_beside(desk.path(), desk.keys()).await.unwrap();
    let mut changes = service.changes();
    for sql in [
        "DELETE FROM texts WHERE id = 1",
        "UPDATE texts SET login = 'nobody' WHERE id = 1",
        "UPDATE texts SET login = CAST(x'ff' AS TEXT) WHERE id = 1",
        "UPDATE texts SET login = 'ben@x.example' WHERE id = 1",
    ] {
        bend(&desk, sql).await;
        assert_eq!(let_in(&workspace).await, own()[1..], "{sql}: Ben is not kept out by it");
        service.keep_index();
        changes.changed().await.unwrap();
        assert_eq!(let_in(&workspace).await, own(), "{sql}");
    }
}

/// Nothing but the count of what blocks keeps someone who is left out from going once they are put back.
#[tokio::test]
async fn whoever_is_blocked_and_left_out_is_as_blocked_when_they_are_put_back() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, vec![person(1, "ada", "Ada", "Lovelace")]).await;
    workspace.leave_out(&Who::These(vec![PersonId(1)])).await.unwrap();
    bend(&desk, "UPDATE people SET blocks = 0 WHERE id = 1; DELETE FROM findings").await;
    workspace.put_back(&Who::These(vec![PersonId(1)])).await.unwrap();
    assert!(sent(&workspace).await.is_empty());
}

#[tokio::test]
async fn groups_runs_and_undo_are_bound_too() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    workspace.record_group("Everyone", "00gEveryone", true).await.unwrap();
    workspace.record_group("Sales", "00gSales", false).await.unwrap();
    bend(&desk, "UPDATE okta_groups SET okta_id = '00gAdmins' WHERE name = 'Everyone'").await;
    let groups = workspace.okta_groups().await.unwrap();
    assert_eq!(groups.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["Sales"]);

    run(&workspace).await;
    bend(&desk, "UPDATE runs SET label_group = 'Admins'").await;
    assert!(matches!(workspace.runs().await, Err(WorkspaceError::ChangedOutside { .. })));

    let city = Some(serde_json::json!("Prague"));
    workspace.set_attribute(&Who::These(vec![PersonId(3)]), "city", city, &assess).await.unwrap();
    workspace.leave_out(&Who::These(vec![PersonId(1)])).await.unwrap();
    bend(&desk, "UPDATE undo_items SET attribute = 'login', value = '\"dan@x.example\"' WHERE person = 1")
        .await;
    assert!(matches!(workspace.undo(&assess).await, Err(WorkspaceError::ChangedOutside { .. })));
    assert_eq!(workspace.person(PersonId(1)).await.unwrap().profile.login(), "ada@x.example");
    // The one before can still be taken back.
    assert_eq!(workspace.undo(&assess).await.unwrap().unwrap().people, 1);
}

#[tokio::test]
async fn a_change_by_hand_does_not_make_values_of_another_ones_own() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    bend(&desk, "INSERT INTO edits VALUES (1, 'login', '\"dan@x.example\"'); UPDATE details SET profile = '{' WHERE id = 2").await;
    let everyone = Who::All(PeopleFilter::default());
    let city = Some(serde_json::json!("Prague"));
    workspace.set_attribute(&everyone, "city", city, &assess).await.unwrap();
    workspace.assess_anew(&everyone, &assess).await.unwrap();
    assert_eq!(sent(&workspace).await, own()[2..]);
}

#[tokio::test]
async fn a_file_from_before_is_bound_once_and_never_taken_for_one_again() {
    let desk = Desk::new();
    let workspace = four(&desk).await;
    workspace.leave_out(&Who::These(vec![PersonId(4)])).await.unwrap();
    workspace.put_doc("org", "o").await.unwrap();
    let unbound = workspace.0.sealer.value_of(Age::Unbound);
    let bound = workspace.0.sealer.check_value();
    workspace.close().await.unwrap();
    let before = "UPDATE people SET tag = NULL, reading = 0; UPDATE details SET tag = NULL; UPDATE memory SET tag = NULL;
        UPDATE undo SET tag = NULL; DELETE FROM bonds;";
    bend(&desk, &format!("{before} UPDATE meta SET value = '{unbound}' WHERE name = 'key_check'")).await;
    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.doc::<String>("org").await.unwrap().as_deref(), Some("o"));
    assert_eq!(let_in(&workspace).await.len(), 4, "also who is left out has their own");
    assert_eq!(sent(&workspace).await, own()[..3]);
    workspace.undo(&assess).await.unwrap().unwrap();
    workspace.close().await.unwrap();
    // Without tags and with the value of a bound file: nobody is sent.
    bend(&desk, before).await;
    let workspace = desk.open().await.unwrap();
    assert!(let_in(&workspace).await.is_empty());
    assert_ne!(unbound, bound);
}
