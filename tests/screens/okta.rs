//! The step Okta.

use causeway::app::facts::{ImportFact, Target};
use causeway::app::steps::{OktaAsk, StepId};
use causeway::app::{App, Shown};
use causeway::migration::Choices;
use causeway::migration::connect::{Check, Checked, TokenPlace, Verdict};
use causeway::migration::there::{Looked, NotKnown};
use causeway::ui::Problem;
use causeway::workspace::{EMAIL_IN_OKTA, GroupCount, LOGIN_IN_OKTA, NextRun};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::people::{counts, was_read};
use crate::support::{pictures, window, window_of};

fn check(verdict: Verdict, words: &str, advice: &str) -> Check {
    Check { verdict, words: words.into(), advice: advice.into() }
}

fn okta(app: &mut App) {
    was_read(app);
    app.facts.counts = counts();
    app.facts.import = ImportFact { waiting: 44_807, ..ImportFact::default() };
    app.steps.okta.choices = Choices {
        pilot: Some(10),
        label_group: Some("Migrated_from_example_db_20261122".into()),
        ..Choices::default()
    };
    app.show(Shown::Step(StepId::Okta));
}

pub(crate) fn practice(app: &mut App) {
    okta(app);
    app.facts.target_ready = true;
    app.steps.okta.place = Some(TokenPlace::Practice);
    app.steps.okta.checked = Some(Checked {
        name: "Practice org".into(),
        url: "http://127.0.0.1:41234".into(),
        checks: vec![
            check(Verdict::Good, "Signed in as admin@practice.example", ""),
            check(Verdict::Good, "This token can list users, groups and inline hooks", ""),
            check(Verdict::Good, "300 creates per minute allowed", ""),
        ],
        limit: Some(300),
        other_org: None,
    });
}

pub(crate) fn live(app: &mut App) {
    okta(app);
    app.facts.target = Target::Live("Acme".into());
    app.facts.target_ready = true;
    let step = &mut app.steps.okta;
    step.real = true;
    step.domain = "acme.okta.com".into();
    step.place = Some(TokenPlace::Kept("Secret Service"));
    step.checked = Some(Checked {
        name: "Acme".into(),
        url: "https://acme.okta.com".into(),
        checks: vec![
            check(Verdict::Good, "Acme · Identity Engine", ""),
            check(Verdict::Good, "Signed in as it-admin@acme.com", ""),
            check(Verdict::Good, "This token can list users, groups and inline hooks", ""),
            check(Verdict::Good, "600 creates per minute allowed", ""),
        ],
        limit: Some(600),
        other_org: None,
    });
}

pub(crate) fn failing(app: &mut App) {
    live(app);
    app.facts.target_ready = false;
    let step = &mut app.steps.okta;
    step.place = Some(TokenPlace::Session("This computer has no keychain running.".into()));
    let checks = &mut step.checked.as_mut().unwrap().checks;
    checks[2] = check(
        Verdict::Fails,
        "This token can't list groups",
        "Give the token's owner the permission in the Admin Console (a super or org admin has all), or use another token.",
    );
    checks.push(check(
        Verdict::Warns,
        "This token can't list inline hooks",
        "Needed later, for people whose password the hook checks.",
    ));
}

#[test]
fn the_practice_org_needs_no_questions_and_says_who_is_next() {
    let mut window = window(practice);
    window.run();
    window.get_by_label("Next: import 10 people as a pilot");
    assert!(!window.get_by_label("Start pilot").accesskit_node().is_disabled());
    window.get_by_label(
        "Best for each person. 29,905 imported as is · 12,018 checked by the hook · 2,884 must reset",
    );
}

#[test]
fn a_real_org_is_asked_about_once_with_the_number_in_the_button() {
    let mut window = window(live);
    window.run_ok();
    window.get_by_label("Import 10 people").click();
    window.run_ok();
    window.get_by_label("Import 10 people into Acme?");
    window.get_by_label("Counting who would be sent");
    assert!(
        window
            .get_all_by_label("Import 10 people")
            .all(|button| button.accesskit_node().is_disabled() || button.rect().bottom() > 700.0)
    );
    window.get_by_label("Not yet").click();
    window.run_ok();
    assert!(window.state().steps.okta.asking.is_none());
    assert_eq!(window.state().shown(), Shown::Step(StepId::Okta));
}

/// The question before a run into a real org, with everything that is known.
pub(crate) fn asking(app: &mut App) {
    live(app);
    app.send(OktaAsk::Begin);
    app.logic(&egui::Context::default());
    let group = |name: &str, people| GroupCount { name: name.into(), people };
    app.steps.okta.asking.as_mut().unwrap().next = Some(NextRun {
        import: 6,
        hook: 2,
        reset: 1,
        there: 1,
        groups: vec![group("All staff", 9), group("Vertrieb", 3), group("李伟", 1)],
        all_groups: 3,
    });
}

#[test]
fn the_question_before_a_real_run_names_org_people_groups_and_label() {
    let mut window = window(asking);
    window.run();
    window.get_by_label("Import 10 people into Acme?");
    window.get_by_label("acme.okta.com, a production org");
    for line in ["6 · Imported as is", "2 · Checked by hook", "1 · Must reset"] {
        window.get_by_label(line);
    }
    window.get_by_label("1 · in Okta already, left unchanged");
    window.get_by_label("All staff (9), Vertrieb (3), 李伟 (1)");
    window.get_by_label("Migrated_from_example_db_20261122, for everyone created");
    // A production org is named by hand, and Enter is not a yes.
    let yes = |window: &egui_kittest::Harness<'static, App>| {
        let all: Vec<_> = window.get_all_by_label("Import 10 people").collect();
        // The other one is the page's, under the dialog.
        let dialog = all.iter().min_by(|a, b| a.rect().bottom().total_cmp(&b.rect().bottom())).unwrap();
        (!dialog.accesskit_node().is_disabled(), dialog.rect().center())
    };
    assert!(!yes(&window).0);
    let field = "Type the org's name to import";
    window.get_by_role_and_label(egui::Role::TextInput, field).focus();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, field).type_text("ACME");
    window.run();
    assert!(yes(&window).0);
    window.key_press(egui::Key::Enter);
    window.run();
    assert!(window.state().steps.okta.asking.is_some(), "Enter confirms the field");
    window.key_press(egui::Key::Enter);
    window.run();
    assert!(window.state().steps.okta.asking.is_none(), "and is the harmless answer after it");
    assert_eq!(window.state().shown(), Shown::Step(StepId::Okta));
}

#[test]
fn pictures_of_the_question_before_a_real_run() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "okta-asking", asking);
    let mut small = window_of([1024.0, 600.0], egui::Theme::Light, asking);
    small.run_ok();
    results.add(small.try_snapshot("okta-asking-small"));
}

#[test]
fn a_pasted_address_is_understood_and_a_wrong_one_says_what_to_type() {
    let mut window = window(|app| {
        live(app);
        app.steps.okta.domain = "https://acme-admin.okta.com/admin/dashboard".into();
    });
    window.run();
    window.get_by_label("Understood as acme.okta.com");
    window.state_mut().steps.okta.domain = "it@acme.com".into();
    window.run();
    window.get_by_label_contains("is an e-mail address, not a domain");
}

#[test]
fn failing_checks_keep_the_import_shut_and_say_what_to_do() {
    let mut window = window(failing);
    window.run();
    window.get_by_label("Fix what is marked red, then connect again");
    assert!(window.get_by_label("Import 10 people").accesskit_node().is_disabled());
    window.get_by_label("This token can't list groups");
    window.get_by_label_contains("in no file");
}

#[test]
fn another_org_is_never_mixed_in() {
    let mut window = window(|app| {
        live(app);
        app.facts.import.begun = true;
        app.steps.okta.checked.as_mut().unwrap().other_org = Some("https://old.okta.com".into());
    });
    window.run();
    window.get_by_label("Decide about the other org first");
    window.get_by_label("Start over in this org");
}

#[test]
fn what_was_sent_to_a_real_org_is_not_forgotten_without_a_question() {
    let mut window = window(|app| {
        live(app);
        app.facts.import.begun = true;
        app.facts.import.done = 46_000;
        app.facts.import.failed = 12;
        app.steps.okta.checked.as_mut().unwrap().other_org = Some("https://old.okta.com".into());
    });
    window.run();
    window.get_by_label("Start over in this org").click();
    window.run();
    window.get_by_label_contains("46,012 people were sent to https://old.okta.com. Causeway forgets that");
    window.get_by_label_contains("anyone created there stays");
    window.get_by_label_contains("A list of everyone sent");
    window.get_by_label("Cancel").click();
    window.run();
    assert!(window.query_by_label_contains("Causeway forgets that").is_none());
}

#[test]
fn beginning_in_practice_goes_to_the_import() {
    let mut window = window(practice);
    window.run();
    window.state_mut().send(OktaAsk::Begin);
    window.run();
    assert_eq!(window.state().shown(), Shown::Step(StepId::Import));
}

#[test]
fn pictures_of_okta() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "okta-practice", practice);
    pictures(&mut results, "okta-live", live);
    pictures(&mut results, "okta-failing", failing);
    pictures(&mut results, "okta-unreachable", |app| {
        live(app);
        app.facts.target_ready = false;
        app.steps.okta.checked = None;
        app.steps.okta.place = None;
        app.steps.okta.problem = Some(
            Problem::new(
                "No server of this name was found.",
                "Check the domain, this computer's network, and whether a firewall or proxy stands in between.",
            )
            .technical("dns error: failed to lookup address information"),
        );
    });
    let mut small = window_of([1024.0, 700.0], egui::Theme::Light, failing);
    small.run_ok();
    results.add(small.try_snapshot("okta-small"));
}

#[test]
fn a_check_without_sending_says_what_would_happen() {
    let mut window = window(|app| {
        practice(app);
        app.steps.okta.report = Some(causeway::migration::check::CheckReport {
            create_import: 200,
            create_hook: 31,
            left: 1,
            blocked: 7,
            seconds: 60,
            ..causeway::migration::check::CheckReport::default()
        });
    });
    window.run();
    window.get_by_label("200 people would be created, password imported as is");
    window.get_by_label("1 person already there, left unchanged");
    window.get_by_label("Close").click();
    window.run();
    assert!(window.state().steps.okta.report.is_none());
}

#[test]
fn what_everyone_setting_a_new_password_leaves_unused_is_not_offered() {
    let mut window = window(|app| {
        practice(app);
        app.steps.okta.choices.activate = true;
        app.steps.okta.choices.policy = causeway::model::RoutePolicy::AllReset;
    });
    window.run_ok();
    window.get_by_label("No · everyone stays staged");
    assert!(window.query_by_label_contains("no e-mail is sent").is_none());
    window.get_by_label_contains("can't sign in until you activate them");
}

#[test]
fn a_rehearsal_is_off_the_rail_once_a_real_org_is_chosen() {
    let rehearsed = |app: &mut App| {
        practice(app);
        app.facts.import = ImportFact { done: 240, failed: 3, waiting: 0, begun: true };
        app.facts.rehearsed = Some(true);
    };
    let mut before = window(rehearsed);
    before.run_ok();
    assert!(before.query_all_by_label_contains("created").next().is_some());
    let mut after = window(move |app| {
        rehearsed(app);
        app.facts.target = Target::Live("Acme".into());
        app.steps.okta.real = true;
        app.facts.target_ready = false;
    });
    after.run_ok();
    let rail = |window: &egui_kittest::Harness<'static, App>, words: &str| {
        window
            .get_all_by_role(egui::Role::Tab)
            .filter_map(|tab| tab.accesskit_node().label())
            .any(|label| label.contains(words))
    };
    assert!(rail(&before, "created") && rail(&before, "Report"));
    assert!(!rail(&after, "created") && !rail(&after, "Report"));
}

/// Looked up, with something in the way of everything.
fn looked_badly(app: &mut App) {
    practice(app);
    let not_known = |people, why: &str| Some(NotKnown { people, why: why.into() });
    app.steps.okta.found.there = Some(Looked {
        email_taken: 3,
        login_taken: 1,
        not_known: not_known(12, "Okta's server failed (500)."),
        emails_not_known: not_known(1, "Okta did not answer in time."),
        groups_not_known: Some((2, "This token can't list groups.".into())),
        ..Looked::default()
    });
}

#[test]
fn what_could_not_be_asked_about_is_said_with_its_reason_and_can_be_asked_again() {
    let mut window = window(looked_badly);
    window.run_ok();
    for (line, why) in [
        ("Not known whether 12 people are in Okta", "Okta's server failed (500)."),
        ("Not known whether 1 e-mail address is in use in Okta", "Okta did not answer in time."),
        ("Not known whether 2 groups are in Okta", "This token can't list groups."),
    ] {
        window.get_by_label(line);
        window.get_by_label(why);
    }
    // Nobody found is not that nobody is there.
    window.get_by_label("Nobody else of these people is in Okta yet");
    assert!(window.query_by_label_contains("None of these people").is_none());
    let again: Vec<_> = window.get_all_by_label("Look again").collect();
    assert_eq!(again.len(), 3, "beside each of them");
    again[2].click();
    drop(again);
    window.run_ok();
    assert!(window.state().steps.okta.found.there.is_none(), "it is looked anew");
    assert!(window.query_by_label_contains("Not known whether").is_none());
}

#[test]
fn whose_login_or_address_another_account_has_is_shown_in_review() {
    for (line, code) in [
        ("3 e-mail addresses belong to another account in Okta", EMAIL_IN_OKTA),
        ("1 login differs only in accents from another account's in Okta", LOGIN_IN_OKTA),
    ] {
        let mut window = window(looked_badly);
        window.run_ok();
        window.get_by_label(line);
        window.get_by_label(&format!("Show whose {line}")).click();
        window.run_ok();
        assert_eq!(window.state().shown(), Shown::Step(StepId::Review));
        let filter = &window.state().steps.review.list.filter;
        assert_eq!(filter.finding.as_deref(), Some(code));
        assert!(!filter.there && filter.search.is_empty(), "nothing else narrows the list: {filter:?}");
    }
}

#[test]
fn an_import_that_sent_nobody_is_told_as_not_begun() {
    // The practice org was emptied, or a run was stopped before its first person.
    let emptied = |app: &mut App| {
        practice(app);
        app.facts.import.begun = true;
        app.steps.okta.found.there = Some(Looked::default());
    };
    let mut window = window(emptied);
    window.run_ok();
    window.get_by_label("None of these people is in Okta yet");
    window.get_by_label("5 Import: Not started");
    window.state_mut().show(Shown::Step(StepId::Import));
    window.run_ok();
    window.get_by_label("Import 44,807 people");
    window.state_mut().facts.import.done = 10;
    window.run_ok();
    window.get_by_label("Import the other 44,807");
}
