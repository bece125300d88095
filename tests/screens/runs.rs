//! Runs of the import with the real jobs: whose choices they go by, what becomes of those who fail, and how they are told.

use std::sync::Arc;

use causeway::app::steps::{OktaAsk, StepId};
use causeway::app::{Command, Shown};
use causeway::migration::Choices;
use causeway::model::OutcomeKind;
use causeway::practice::{Chance, Faults, Limits, Status};
use causeway::workspace::{Disposition, PersonRow};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::Memory;
use crate::whole::{Window, open, press, shows, wait_until};

/// The sample company, read, and the page Okta with the practice org connected.
fn at_okta(window: &mut Window) {
    press(window, "Try the sample company");
    press(window, "Read ");
    shows(window, "people, and what happens to each password");
    press(window, "Continue");
    shows(window, "Signed in as");
    // As fast as it goes: what is tried here is not the pace.
    window.state().jobs().practice().unwrap().set_limits(Limits::same(60_000));
}

fn ended(window: &mut Window, waiting: u64) {
    wait_until(window, "the end of a run", |w| {
        let app = w.state();
        app.facts.import.begun && !app.steps.import.is_running() && app.facts.import.waiting == waiting
    });
}

/// The members of a group in the practice org.
fn members(window: &Window, group: &str) -> Option<usize> {
    let groups = window.state().jobs().practice().unwrap().groups();
    groups.into_iter().find(|g| g.name == group).map(|g| g.members)
}

/// The one of the sample whose password Okta's policy refuses, alone in Import's list.
fn failed(window: &mut Window) -> PersonRow {
    let one = |w: &Window| {
        let list = &w.state().steps.import.list;
        let id = (list.order.len() == 1).then(|| list.order[0])?;
        list.rows.get(id).filter(|row| row.outcome.kind == OutcomeKind::Failed).cloned()
    };
    press(window, "Failed 1");
    wait_until(window, "the one who failed", |w| one(w).is_some());
    one(window).unwrap()
}

#[test]
fn the_choices_shown_are_the_choices_of_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    at_okta(&mut window);
    // Nothing on the page is touched.
    let shown: Choices = window.state().steps.okta.choices.clone();
    let label = shown.label_group.clone().expect("a label group is offered");
    let waiting = window.state().facts.import.waiting;
    press(&mut window, "Start pilot");
    ended(&mut window, waiting - 10);
    // One of each kind: of every route, those who set a new password included.
    let counts = window.state().facts.counts.clone();
    assert!(counts.created.iter().all(|(_, people)| *people > 0) && counts.created.len() == 3, "{counts:?}");
    let org = window.state().jobs().practice().unwrap();
    assert_eq!(members(&window, &label), Some(org.people_count()), "the pilot");
    press(&mut window, "Import the other");
    ended(&mut window, 0);
    assert_eq!(window.state().facts.import.failed, 1);
    assert_eq!(org.people_count() as u64, waiting - 1);
    assert_eq!(members(&window, &label), Some(org.people_count()), "everyone created since");

    // The one who failed is let set a new password, and comes into it too.
    let person = failed(&mut window);
    window.get_by_label(&format!("{}, failed", person.login)).click();
    press(&mut window, "Must reset, and retry");
    wait_until(&mut window, "nobody failed", |w| {
        !w.state().steps.import.is_running() && w.state().facts.import.failed == 0
    });
    let created = org.person(&person.login).unwrap();
    assert_eq!(created.status, Status::Staged, "without a password, and without a mail");
    assert_eq!(members(&window, &label), Some(org.people_count()));
    assert_eq!(org.people_count() as u64, waiting);

    // Opened again, the page shows what the runs went by.
    drop((org, window));
    let mut window = open(folder.path(), &secrets);
    press(&mut window, "Try the sample company");
    wait_until(&mut window, "the connection", |w| w.state().facts.target_ready);
    assert_eq!(window.state().steps.okta.choices, shown);
}

#[test]
fn a_label_group_taken_away_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    at_okta(&mut window);
    let choices = &mut window.state_mut().steps.okta.choices;
    (choices.label_group, choices.pilot, choices.share) = (None, None, 65);
    press(&mut window, "Start import");
    ended(&mut window, 0);
    let org = window.state().jobs().practice().unwrap();
    assert!(org.groups().iter().all(|g| !g.name.starts_with("Migrated_from")));
    drop((org, window));
    let mut window = open(folder.path(), &secrets);
    press(&mut window, "Try the sample company");
    wait_until(&mut window, "the connection", |w| w.state().facts.target_ready);
    let choices = &window.state().steps.okta.choices;
    assert_eq!((&choices.label_group, choices.pilot, choices.share), (&None, None, 65));
}

#[test]
fn a_failure_is_told_as_one_and_shows_in_review() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), &Arc::new(Memory::default()));
    at_okta(&mut window);
    window.state_mut().steps.okta.choices.pilot = None;
    press(&mut window, "Start import");
    ended(&mut window, 0);
    shows(&mut window, "Everyone was sent, 1 failed");
    // Tried again as they are, they fail again, and nobody is told that it went well.
    press(&mut window, "Retry failed");
    shows(&mut window, "1 person failed again");
    ended(&mut window, 0);
    failed(&mut window);

    window.state_mut().send(Command::GoTo(StepId::Review));
    press(&mut window, "Failed 1");
    wait_until(&mut window, "the one who failed", |w| w.state().steps.review.list.order.len() == 1);
    wait_until(&mut window, "their row", |w| {
        w.query_all_by_label_contains(", last run: failed").next().is_some()
    });
    window.query_all_by_label_contains(", last run: failed").next().unwrap().click();
    wait_until(&mut window, "Okta's words in the panel", |w| {
        w.query_all_by_label_contains("Password requirements were not met").next().is_some()
    });
    press(&mut window, "Must reset: this person");
    wait_until(&mut window, "the choice", |w| {
        let review = &w.state().steps.review;
        review.inspector.person.as_ref().is_some_and(|p| p.detail.must_reset)
    });
    let detail = window.state().steps.review.inspector.person.as_ref().unwrap().detail.clone();
    assert_eq!(detail.row.disposition, Disposition::Reset);
    assert!(!window.state().steps.review.inspector.person.as_ref().unwrap().request.contains("hash"));
    press(&mut window, "Use stored password");
    wait_until(&mut window, "the choice taken back", |w| {
        let review = &w.state().steps.review;
        review.inspector.person.as_ref().is_some_and(|p| !p.detail.must_reset)
    });
}

#[test]
fn closed_while_people_are_sent_it_opens_on_import_and_the_start_page_says_how_many_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    at_okta(&mut window);
    window.state().jobs().practice().unwrap().set_limits(Limits::same(300));
    window.state_mut().steps.okta.choices.pilot = None;
    press(&mut window, "Start import");
    wait_until(&mut window, "some of them", |w| w.state().steps.import.progress.base.done >= 20);
    // Looking at something else meanwhile changes nothing.
    window.state_mut().send(Command::GoTo(StepId::Review));
    wait_until(&mut window, "Review", |w| w.state().shown() == Shown::Step(StepId::Review));
    window.state_mut().send(Command::QuitAnyway);
    window.step();
    drop(window);

    let mut window = open(folder.path(), &secrets);
    window.state_mut().send(causeway::app::StartAsk::Look);
    wait_until(&mut window, "the start page", |w| {
        w.state().start.settings.recent.first().is_some_and(|recent| recent.note.contains("in Okta"))
    });
    let note = window.state().start.settings.recent[0].note.clone();
    press(&mut window, "Try the sample company");
    wait_until(&mut window, "Import", |w| w.state().shown() == Shown::Step(StepId::Import));
    let done = window.state().facts.import.done;
    assert!(done >= 20 && note.ends_with(&format!(" · {done} in Okta")), "{note}: {done}");
    // It goes on from there to its end, and the start page says so though nothing was opened again.
    wait_until(&mut window, "the connection", |w| w.state().facts.target_ready);
    window.state().jobs().practice().unwrap().set_limits(Limits::same(60_000));
    press(&mut window, "Import the other");
    ended(&mut window, 0);
    let done = window.state().facts.import.done;
    window.state_mut().send(Command::CloseWorkspace);
    wait_until(&mut window, "the number of all", |w| {
        w.state().start.settings.recent[0].note.ends_with(&format!(" · {done} in Okta"))
    });
}

/// Why nothing can be chosen while people are sent.
const WHY: &str =
    "The import that is running uses these choices. You can change them once it has ended or is stopped.";

/// What a run by other choices than the last one's says as it begins.
const OTHER: &str = "This run uses the choices on the Okta page as they are now, not the last run's.";

/// What can be pressed or typed into, by the beginning of what it is called: not the words beside it.
fn control<'a>(window: &'a Window, part: &'a str) -> egui_kittest::Node<'a> {
    window
        .query_all_by_label_contains(part)
        .find(|node| node.accesskit_node().role() != egui::Role::Label)
        .unwrap_or_else(|| panic!("nothing is called {part}"))
}

#[test]
fn while_people_are_sent_the_choices_stand_still_and_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), &Arc::new(Memory::default()));
    at_okta(&mut window);
    // What can be chosen in the card, by what it is called.
    let parts = |w: &Window| {
        ["On · no e-mail is sent", "Label group", "Start with a pilot: No, everyone at once"]
            .map(|label| control(w, label).accesskit_node().is_disabled())
    };
    window.state_mut().steps.okta.choices.pilot = None;
    window.run_steps(2);
    assert_eq!(parts(&window), [false; 3]);
    assert!(window.query_by_label(WHY).is_none());
    window.state().jobs().practice().unwrap().set_limits(Limits::same(300));
    press(&mut window, "Start import");
    wait_until(&mut window, "some of them", |w| w.state().steps.import.progress.base.done >= 5);
    window.state_mut().send(Command::GoTo(StepId::Okta));
    shows(&mut window, WHY);
    let shown = window.state().steps.okta.choices.clone();
    assert_eq!(parts(&window), [true; 3]);
    // Neither a click nor a key changes anything.
    for label in ["On · no e-mail is sent", "Everyone must reset"] {
        control(&window, label).click();
        window.run_steps(2);
        control(&window, label).focus();
        window.run_steps(2);
        window.key_press(egui::Key::Space);
        window.run_steps(2);
    }
    assert_eq!(window.state().steps.okta.choices, shown);
    assert!(window.state().steps.import.is_running(), "all this while people were sent");
    // Stopped, it is open again.
    window.state_mut().send(causeway::app::steps::ImportAsk::Stop);
    wait_until(&mut window, "the end", |w| !w.state().steps.import.is_running());
    wait_until(&mut window, "the card", |w| w.query_by_label(WHY).is_none());
    assert_eq!(parts(&window), [false; 3]);
    control(&window, "On · no e-mail is sent").click();
    wait_until(&mut window, "another choice", |w| !w.state().steps.okta.choices.activate);
}

#[test]
fn a_retry_by_other_choices_than_the_run_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path(), &Arc::new(Memory::default()));
    at_okta(&mut window);
    window.state_mut().steps.okta.choices.pilot = None;
    press(&mut window, "Start import");
    ended(&mut window, 0);
    let said = |w: &Window| w.query_by_label(OTHER).is_some();
    // The same choices: nothing is said of them from the first frame to the end.
    press(&mut window, "Retry failed");
    let mut heard = false;
    wait_until(&mut window, "the end of the retry", |w| {
        heard |= said(w);
        w.query_by_label("1 person failed again").is_some()
    });
    assert!(!heard, "nothing has changed");
    ended(&mut window, 0);
    // Others: said as the run starts.
    window.state_mut().send(Command::GoTo(StepId::Okta));
    shows(&mut window, "On · no e-mail is sent");
    control(&window, "On · no e-mail is sent").click();
    wait_until(&mut window, "the choice", |w| !w.state().facts.choices.activate);
    window.state_mut().send(Command::GoTo(StepId::Import));
    press(&mut window, "Retry failed");
    wait_until(&mut window, "what is said of it", said);
    ended(&mut window, 0);
}

#[test]
fn closed_while_it_looks_who_is_in_okta_nothing_is_asked_and_it_looks_again() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Memory::default());
    let mut window = open(folder.path(), &secrets);
    at_okta(&mut window);
    wait_until(&mut window, "the look-up", |w| w.state().steps.okta.found.there.is_some());
    let looked = window.state().steps.okta.found.there.clone();
    // Once more, with an org that takes longer to answer than anybody waits.
    let slow = Faults {
        only: vec!["GET /api/v1/users".to_owned()],
        slow: Chance::Always,
        slow_ms: 600_000,
        ..Faults::default()
    };
    window.state().jobs().practice().unwrap().set_faults(slow);
    window.state_mut().send(OktaAsk::ReadAgain);
    wait_until(&mut window, "the look-up under way", |w| w.state().steps.okta.found.looking.is_some());
    // It only looks: closing loses nothing, and nobody is asked.
    window.state_mut().send(Command::Quit);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Close while Causeway is working?").is_none());
    drop(window);

    let mut window = open(folder.path(), &secrets);
    press(&mut window, "Try the sample company");
    wait_until(&mut window, "Okta", |w| w.state().shown() == Shown::Step(StepId::Okta));
    wait_until(&mut window, "the look-up to its end", |w| w.state().steps.okta.found.there.is_some());
    assert_eq!(window.state().steps.okta.found.there, looked, "what was cut off is not half of it");
    wait_until(&mut window, "the connection", |w| w.state().facts.target_ready);
    assert!(window.state().facts.import.waiting > 200, "and everyone waits still");
}
