//! Values changed by hand, people left out, and taking it back.

use super::*;
use crate::model::{Outcome, OutcomeKind};

async fn these(workspace: &Workspace, keys: &[u32]) -> Who {
    let mut ids = Vec::new();
    for key in keys {
        ids.push(id(workspace, *key).await);
    }
    Who::These(ids)
}

#[tokio::test]
async fn an_edit_is_assessed_and_found_and_can_be_taken_back() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    workspace.search_index().wait_for(|index| index.ready).await.unwrap();
    let grant = these(&workspace, &[5]).await;
    let login = Some("j.grant@example.com".into());
    assert_eq!(workspace.set_attribute(&grant, "login", login, &assess).await.unwrap(), 1);
    let person = workspace.person(id(&workspace, 5).await).await.unwrap();
    assert_eq!(
        (person.row.login.as_str(), person.row.disposition),
        ("j.grant@example.com", Disposition::Import)
    );
    assert_eq!(
        (person.row.finding, person.row.edited, person.edited),
        (None, true, vec!["login".to_owned()])
    );
    assert_eq!(person.original.login(), "jgrant");
    assert_eq!(workspace.counts().await.unwrap().blocked, 0);
    let search = |text: &str| PeopleFilter { search: text.into(), ..PeopleFilter::default() };
    assert_eq!(keys_of(&workspace, &search("j.grant"), Sort::default()).await, ["5"]);
    // The e-mail was the login and is not any more: searching still finds it.
    assert_eq!(keys_of(&workspace, &search("jgrant"), Sort::default()).await, ["5"]);
    assert_counts_fit(&workspace).await;

    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Change login of 1 person"));
    workspace.close().await.unwrap();
    let workspace = desk.open().await.unwrap();
    let undone = workspace.undo(&assess).await.unwrap().unwrap();
    assert_eq!(undone, Undone { words: "Change login of 1 person".into(), people: 1 });
    let person = workspace.person(id(&workspace, 5).await).await.unwrap();
    assert_eq!((person.row.login.as_str(), person.row.disposition), ("jgrant", Disposition::Blocked));
    assert!(!person.row.edited);
    assert_eq!(keys_of(&workspace, &search("j.grant"), Sort::default()).await, Vec::<String>::new());
    assert_eq!(workspace.undo(&assess).await.unwrap(), None);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn each_ones_values_are_repaired_by_themselves_and_one_undo_takes_it_back() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut people = staff();
    people[0] = person(1, "to\u{200b}mas@example.com", "To\u{202e}m", "Dvořák");
    people[1] = person(2, "maire@example.com", "M\u{ad}áire", "O'Neill");
    read(&workspace, people).await;
    let repair = |_: &str, text: &str| {
        let plain = crate::model::without_invisible(text).into_owned();
        (plain != text).then_some(plain)
    };
    let all = Who::All(PeopleFilter::default());
    let values = async |key: u32| {
        let person = workspace.person(id(&workspace, key).await).await.unwrap();
        [person.profile.login().to_owned(), person.profile.text("firstName").unwrap().to_owned()]
    };
    // One value was changed by hand before.
    let by_hand = Some("M\u{feff}a".into());
    workspace.set_attribute(&these(&workspace, &[2]).await, "firstName", by_hand, &assess).await.unwrap();

    let preview = workspace.preview_repair(&all, &repair, &assess).await.unwrap();
    assert_eq!((preview.people, preview.looked_at, preview.changing), (6, 6, 2));
    let firsts: Vec<_> = preview.examples.iter().map(|e| (e.before.clone(), e.after.clone())).collect();
    assert!(firsts.contains(&("To\u{202e}m".into(), "Tom".into())) && firsts.len() == 4, "{firsts:?}");
    assert_eq!(values(1).await, ["to\u{200b}mas@example.com", "To\u{202e}m"], "a preview changes nothing");

    assert_eq!(workspace.repair(&all, &repair, &assess).await.unwrap(), 2);
    assert_eq!(values(1).await, ["tomas@example.com", "Tom"]);
    assert_eq!(values(2).await, ["maire@example.com", "Ma"]);
    assert_counts_fit(&workspace).await;
    assert_eq!(workspace.repair(&all, &repair, &assess).await.unwrap(), 0, "nothing is left to repair");
    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Repair values of 2 people"));
    workspace.undo(&assess).await.unwrap();
    assert_eq!(values(1).await, ["to\u{200b}mas@example.com", "To\u{202e}m"]);
    assert_eq!(
        values(2).await,
        ["maire@example.com", "M\u{feff}a"],
        "what was changed by hand is there again"
    );
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn many_are_changed_at_once_and_undone_one_by_one() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let all = Who::All(PeopleFilter::default());
    let some = these(&workspace, &[1, 2]).await;
    workspace.set_attribute(&some, "department", Some("IT".into()), &assess).await.unwrap();
    workspace.set_attribute(&all, "department", Some("Sales".into()), &assess).await.unwrap();
    workspace.set_attribute(&all, "lastName", None, &assess).await.unwrap();
    let counts = workspace.counts().await.unwrap();
    assert_eq!(
        counts.findings.iter().map(|f| (f.code.as_str(), f.people)).collect::<Vec<_>>(),
        [("login_form", 1), ("last_name_missing", 6)]
    );
    let department = async |key: u32| {
        let person = workspace.person(id(&workspace, key).await).await.unwrap();
        person.profile.text("department").map(str::to_owned)
    };
    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Change lastName of 6 people"));
    workspace.undo(&assess).await.unwrap();
    assert_eq!(
        workspace.person(id(&workspace, 1).await).await.unwrap().profile.text("lastName"),
        Some("Dvořák")
    );
    assert_eq!((department(1).await, department(3).await), (Some("Sales".into()), Some("Sales".into())));
    workspace.undo(&assess).await.unwrap();
    assert_eq!((department(1).await, department(3).await), (Some("IT".into()), None));
    workspace.undo(&assess).await.unwrap();
    assert_eq!((department(1).await, department(3).await), (None, None));
    assert_eq!(workspace.counts().await.unwrap().findings.len(), 1);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn an_edit_to_the_sources_own_value_is_none_and_clearing_brings_it_back() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let tomas = these(&workspace, &[1]).await;
    workspace.set_attribute(&tomas, "firstName", Some("Tomáš".into()), &assess).await.unwrap();
    assert!(!workspace.person(id(&workspace, 1).await).await.unwrap().row.edited);
    workspace.set_attribute(&tomas, "firstName", Some("Tom".into()), &assess).await.unwrap();
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().row.name, "Tom Dvořák");
    workspace.clear_attribute(&tomas, "firstName", &assess).await.unwrap();
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().row.name, "Tomáš Dvořák");
    workspace.undo(&assess).await.unwrap();
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().row.name, "Tom Dvořák");
}

#[tokio::test]
async fn what_the_mapping_said_of_a_value_goes_with_the_value() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let mut arrived = person(1, "a@example.com", "A", "B");
    let said = Finding::new(Severity::Warns, "phone_shortened", Some("mobilePhone"), "Phone shortened");
    arrived.assessed.candidate.mapping_findings = vec![said.clone()];
    arrived.assessed = assess(arrived.assessed.candidate);
    read(&workspace, vec![arrived]).await;
    let who = these(&workspace, &[1]).await;
    workspace.set_attribute(&who, "title", Some("Dr".into()), &assess).await.unwrap();
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().findings, [said]);
    workspace.set_attribute(&who, "mobilePhone", Some("+4912345".into()), &assess).await.unwrap();
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().findings, []);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn leaving_out_and_putting_back_by_filter_and_undo() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let import = PeopleFilter { disposition: Some(Disposition::Import), ..PeopleFilter::default() };
    assert_eq!(workspace.leave_out(&Who::All(import.clone())).await.unwrap(), 3);
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.import, counts.left_out, counts.ready()), (0, 4, 1));
    let out = PeopleFilter { disposition: Some(Disposition::LeftOut), ..PeopleFilter::default() };
    assert_eq!(workspace.put_back(&Who::All(out)).await.unwrap(), 4);
    assert_eq!(workspace.counts().await.unwrap().left_out, 0);
    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Put back 4 people"));
    workspace.undo(&assess).await.unwrap();
    assert_eq!(workspace.counts().await.unwrap().left_out, 4);
    workspace.undo(&assess).await.unwrap();
    let counts = workspace.counts().await.unwrap();
    // As the reading said: the disabled account is out, nobody else.
    assert_eq!((counts.import, counts.left_out), (3, 1));
    assert_eq!(workspace.leave_out(&Who::These(vec![PersonId(4000)])).await.unwrap(), 0);
    assert_eq!(workspace.can_undo().await.unwrap(), None);
    assert_counts_fit(&workspace).await;
}

#[tokio::test]
async fn only_the_last_hundred_changes_are_kept() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let who = these(&workspace, &[1]).await;
    for n in 0..103 {
        workspace.set_attribute(&who, "title", Some(n.to_string().into()), &assess).await.unwrap();
    }
    for _ in 0..100 {
        assert!(workspace.undo(&assess).await.unwrap().is_some());
    }
    assert_eq!(workspace.undo(&assess).await.unwrap(), None);
    assert_eq!(workspace.person(id(&workspace, 1).await).await.unwrap().profile.text("title"), Some("2"));
}

#[tokio::test]
async fn a_preview_says_what_an_edit_would_do_and_changes_nothing() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let all = Who::All(PeopleFilter::default());
    let some = these(&workspace, &[1]).await;
    workspace.set_attribute(&some, "department", Some("IT".into()), &assess).await.unwrap();
    let before = workspace.counts().await.unwrap();

    let it = Edit::Set(Some("IT".into()));
    let preview = workspace.preview_edit(&all, "department", &it, &assess).await.unwrap();
    assert_eq!((preview.people, preview.looked_at, preview.changing), (6, 6, 5));
    let first = &preview.examples[0];
    assert_eq!((first.name.as_str(), &first.before), ("Máire O'Neill", &serde_json::Value::Null));
    assert_eq!((preview.newly_blocked, preview.findings.len()), (0, 0));

    // Everyone with the same login: each who would be sent is refused, and it is said why.
    let shared = Edit::Set(Some("all@example.com".into()));
    let preview = workspace.preview_edit(&all, "login", &shared, &assess).await.unwrap();
    assert_eq!((preview.newly_blocked, preview.unblocked), (4, 0));
    assert!(preview.findings[0].0 == Severity::Blocks && preview.findings[0].2 == 5, "{preview:?}");

    assert_eq!(preview.in_okta, 0);

    let grant = these(&workspace, &[5]).await;
    let mended = Edit::Set(Some("j.grant@example.com".into()));
    let preview = workspace.preview_edit(&grant, "login", &mended, &assess).await.unwrap();
    assert_eq!((preview.unblocked, preview.newly_blocked), (1, 0));

    let back = workspace.preview_edit(&all, "department", &Edit::Clear, &assess).await.unwrap();
    assert_eq!((back.changing, back.examples[0].before.as_str()), (1, Some("IT")));

    assert_eq!(workspace.counts().await.unwrap(), before);
    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Change department of 1 person"));
    assert_counts_fit(&workspace).await;

    // Whoever was found in Okta, or was sent, is not changed there.
    let Who::These(ids) = these(&workspace, &[2, 3]).await else { panic!("these are given by id") };
    let there = There { person: ids[0], okta_id: "00u1".into(), status: "ACTIVE".into() };
    workspace.note_there(&[there]).await.unwrap();
    workspace.record(&[(ids[1], Outcome::of(OutcomeKind::Created))]).await.unwrap();
    let preview = workspace.preview_edit(&all, "department", &it, &assess).await.unwrap();
    assert_eq!((preview.changing, preview.in_okta), (5, 2));
}

#[tokio::test]
async fn who_must_reset_does_so_over_reading_again_until_that_is_taken_back() {
    use crate::model::{Outcome, OutcomeKind, RoutePolicy};
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let detail = async |workspace: &Workspace, key| workspace.person(id(workspace, key).await).await.unwrap();
    let run = workspace
        .start_run(&NewRun {
            org: "https://acme.okta.com".into(),
            label_group: None,
            choices: serde_json::json!({}),
        })
        .await
        .unwrap();
    let first = workspace.claim(run, 1, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    workspace.record(&[(first[0].id, Outcome::of(OutcomeKind::Created))]).await.unwrap();
    // Everyone: the first is in Okta already, the fourth sets a new one anyway; blocked and left out ones are told for later.
    let all = Who::All(PeopleFilter::default());
    assert_eq!(workspace.must_reset(&all, &assess).await.unwrap(), 4);
    assert_eq!(workspace.can_undo().await.unwrap().as_deref(), Some("Must reset for 4 people"));
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.import, counts.reset), (1, 3));
    assert_counts_fit(&workspace).await;
    let maire = detail(&workspace, 2).await;
    assert_eq!((maire.row.route, maire.row.disposition), (Route::Reset, Disposition::Reset));
    assert_eq!(maire.row.scheme_label, "bcrypt · 10", "what is stored is still told");
    assert!(
        maire.must_reset && !maire.row.edited && maire.edited.is_empty(),
        "it is no edit of an attribute"
    );
    assert_eq!(maire.profile, maire.original);
    assert!(maire.findings.iter().any(|f| f.code == "must_reset"));
    assert!(!detail(&workspace, 1).await.must_reset && !detail(&workspace, 4).await.must_reset);
    // Told twice it is told once, and it outlives a reading.
    assert_eq!(workspace.must_reset(&all, &assess).await.unwrap(), 0);
    read(&workspace, staff()).await;
    assert_eq!(detail(&workspace, 2).await.row.route, Route::Reset);
    assert_eq!(workspace.reassess(&[id(&workspace, 2).await], &assess).await.unwrap(), 0);
    assert_counts_fit(&workspace).await;
    // What goes to Okta is by that route.
    let next = workspace.claim(run, 1, &Scope::Everyone, RoutePolicy::Best, None).await.unwrap();
    assert_eq!((next[0].key.as_str(), next[0].route), ("2", Route::Reset));
    workspace.record(&[(next[0].id, Outcome::of(OutcomeKind::Failed))]).await.unwrap();
    // Taken back for one, undone for all.
    let maire = Who::These(vec![id(&workspace, 2).await]);
    assert_eq!(workspace.keep_password(&maire, &assess).await.unwrap(), 1);
    assert_eq!(detail(&workspace, 2).await.row.route, Route::Import);
    assert_eq!(workspace.keep_password(&maire, &assess).await.unwrap(), 0);
    assert!(workspace.undo(&assess).await.unwrap().is_some());
    assert!(detail(&workspace, 2).await.must_reset);
    assert!(workspace.undo(&assess).await.unwrap().is_some());
    assert!(!detail(&workspace, 2).await.must_reset && !detail(&workspace, 3).await.must_reset);
    let counts = workspace.counts().await.unwrap();
    assert_eq!((counts.import, counts.reset), (3, 1));
    assert_counts_fit(&workspace).await;
}
