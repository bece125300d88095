//! Clear text that many people have, over readings, edits and other statements.

use super::*;
use crate::assess::AssessContext;
use crate::model::{PasswordSettings, SharedClearText};

fn stated(assume: Option<&str>, shared_clear_text: SharedClearText) -> impl Reassess + Copy + use<> {
    let plaintext = assume == Some("plaintext");
    move |candidate: Candidate| {
        let settings = PasswordSettings {
            assume: plaintext.then(|| "plaintext".to_owned()),
            shared_clear_text,
            ..PasswordSettings::default()
        };
        let today = chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap();
        crate::assess::assess(candidate, &AssessContext::new(settings, today))
    }
}

const CLEAR: Option<&str> = Some("plaintext");

/// Person `n` with this password.
fn with(n: u32, password: &str, reassess: &dyn Reassess) -> Arrived {
    let mut arrived = person(n, &format!("person{n}@example.com"), "Ada", "Berg");
    arrived.assessed.candidate.password = PasswordEvidence::Stored(StoredPassword {
        text: SecretBytes::from(password),
        ..StoredPassword::default()
    });
    arrived.assessed = reassess.reassess(arrived.assessed.candidate);
    arrived
}

async fn read_clear(workspace: &Workspace, passwords: &[&str], reassess: impl Reassess + Copy + 'static) {
    let people = (1..).zip(passwords).map(|(n, password)| with(n, password, &reassess)).collect();
    let mut reading = workspace.begin_reading(info(), Arc::new(reassess)).await.unwrap();
    reading.add(people).await.unwrap();
    reading.finish().await.unwrap();
    assert_counts_fit(workspace).await;
}

async fn routes(workspace: &Workspace) -> Vec<Route> {
    let ids = workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap();
    let people = workspace.persons(&ids).await.unwrap();
    assert!(people.iter().all(|person| person.row.changed.is_none()), "all that was decided is bound");
    people.iter().map(|person| person.row.route).collect()
}

const SHARED: [&str; 5] = ["Welcome-1", "Welcome-1", "Eigenes-1", "Welcome-1", "Eigenes-2"];
use Route::{Import, Reset};

#[tokio::test]
async fn it_is_held_back_whatever_else_is_done_with_those_people() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let held = stated(CLEAR, SharedClearText::HoldBack);
    read_clear(&workspace, &SHARED, held).await;
    let back = [Reset, Reset, Import, Reset, Import];
    assert_eq!(routes(&workspace).await, back);
    let first = workspace.person(id(&workspace, 1).await).await.unwrap();
    assert!(first.edited.is_empty() && !first.row.edited && !first.must_reset, "nobody edited them");
    assert_eq!(first.profile, first.original);
    let said = first.findings.iter().find(|f| f.code == "password_shared").unwrap();
    assert!(said.text.starts_with("3 people have this very password"), "{}", said.text);
    // An edit, its undo, a password chosen and taken back: nothing of it sends it.
    let who = Who::These(vec![id(&workspace, 1).await, id(&workspace, 3).await]);
    workspace.set_attribute(&who, "title", Some("Lead".into()), &held).await.unwrap();
    assert_eq!(routes(&workspace).await, back);
    workspace.undo(&held).await.unwrap();
    workspace.must_reset(&who, &held).await.unwrap();
    workspace.keep_password(&who, &held).await.unwrap();
    assert_eq!(routes(&workspace).await, back);
    assert_counts_fit(&workspace).await;
    // Reopened, read again with one fewer: two are not many.
    workspace.close().await.unwrap();
    let workspace = desk.open().await.unwrap();
    assert_eq!(routes(&workspace).await, back);
    read_clear(&workspace, &["Welcome-1", "Welcome-1", "Eigenes-1", "Eigenes-3", "Eigenes-2"], held).await;
    assert_eq!(routes(&workspace).await, [Import; 5]);
    // And back again, one of them gone meanwhile.
    read_clear(&workspace, &SHARED, held).await;
    assert_eq!(routes(&workspace).await, back);
    read_clear(&workspace, &SHARED[..3], held).await;
    assert_eq!(routes(&workspace).await, [Import; 3]);
}

#[tokio::test]
async fn what_is_stated_later_counts_as_well() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read_clear(&workspace, &SHARED, stated(None, SharedClearText::HoldBack)).await;
    assert_eq!(routes(&workspace).await, [Reset; 5], "nobody knows what these are");
    let everyone = Who::All(PeopleFilter::default());
    let held = stated(CLEAR, SharedClearText::HoldBack);
    workspace.assess_anew(&everyone, &held).await.unwrap();
    assert_eq!(workspace.weigh_shared(&held).await.unwrap(), 3);
    assert_eq!(routes(&workspace).await, [Reset, Reset, Import, Reset, Import]);
    assert_eq!(workspace.weigh_shared(&held).await.unwrap(), 0, "told twice it is told once");
    let real = stated(CLEAR, SharedClearText::Send);
    workspace.assess_anew(&everyone, &real).await.unwrap();
    assert_eq!(routes(&workspace).await, [Import; 5]);
    let first = workspace.person(id(&workspace, 1).await).await.unwrap();
    assert!(first.findings.iter().any(|f| f.code == "password_shared" && f.severity == Severity::Notes));
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn whoever_takes_the_count_out_of_the_file_sends_nothing_by_it() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read_clear(&workspace, &SHARED, stated(CLEAR, SharedClearText::HoldBack)).await;
    let mut tx = workspace.begin().await.unwrap();
    sqlx::query("DELETE FROM edits WHERE person = 1").execute(&mut *tx).await.unwrap();
    workspace.commit(tx).await.unwrap();
    let first = workspace.person(id(&workspace, 1).await).await.unwrap();
    assert!(first.row.changed.is_some(), "their decisions are bound");
}
