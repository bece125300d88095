//! The step Finish.

use causeway::app::facts::{HookFact, Target};
use causeway::app::steps::StepId;
use causeway::app::{App, Shown};
use causeway::migration::finish::ResetSummary;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::people::{everyone_created, was_read};
use crate::support::{pictures, window, window_of};

/// Everyone was sent; some have signed in through the hook, most of them not yet.
pub(crate) fn sent(app: &mut App) {
    was_read(app);
    app.facts.target = Target::Live("Corp".into());
    app.facts.target_ready = true;
    everyone_created(app);
    app.facts.hook = HookFact { waiting: Some(1_204), signed_in: 10_670, reset: 0, registered: true };
    app.show(Shown::Step(StepId::Finish));
}

pub(crate) fn asking(app: &mut App) {
    sent(app);
    app.steps.finish.resets.open = true;
    app.steps.finish.resets.many = Some(1_204);
}

pub(crate) fn reset(app: &mut App) {
    sent(app);
    app.facts.hook = HookFact { waiting: Some(6), signed_in: 10_677, reset: 1_191, registered: true };
    app.steps.finish.resets.done = Some(ResetSummary {
        reset: 1_191,
        signed_in: 7,
        left: [("SUSPENDED".to_owned(), 4), ("STAGED".to_owned(), 1)].into(),
        failed: 1,
        failure: Some("E0000038: This operation is not allowed in the user's current status.".into()),
        stopped: false,
    });
}

#[test]
fn before_anyone_is_reset_it_says_how_many_and_what_it_means() {
    let mut window = window(sent);
    window.run_ok();
    window.get_by_label_contains("1,204 people still to sign in through the password hook");
    window.get_by_label("Reset their passwords").click();
    window.run_steps(3);
    assert!(window.state().steps.finish.resets.open);
    // Nothing can be pressed before it is known how many.
    assert!(window.get_by_label("Reset").accesskit_node().is_disabled());
    window.state_mut().steps.finish.resets.many = Some(1_204);
    window.run_steps(3);
    window.get_by_label("Reset the passwords of people who never signed in to Corp?");
    assert!(!window.get_by_label("Reset 1,204 passwords").accesskit_node().is_disabled());
    window.get_by_label_contains("Okta is asked about each person first");
    window.get_by_label("Reset links to a file, no e-mail").click();
    window.run_steps(3);
    assert!(window.state().steps.finish.resets.links);
    window.get_by_label("Not now").click();
    window.run_steps(3);
    assert!(!window.state().steps.finish.resets.open);
}

#[test]
fn what_became_of_them_is_said() {
    let mut window = window(reset);
    window.run_ok();
    window.get_by_label("1,191 people never signed in and got a reset link");
    window.get_by_label("7 people had signed in already");
    window.get_by_label("4 people were left unchanged: suspended");
    window.get_by_label("1 person was left unchanged: not activated yet; activate them instead");
    window.get_by_label_contains("1 password could not be reset. Okta's words for one: E0000038");
}

#[test]
fn without_the_org_it_says_what_is_missing() {
    let mut window = window(|app| {
        sent(app);
        app.facts.target_ready = false;
    });
    window.run_ok();
    assert!(window.get_by_label("Reset their passwords").accesskit_node().is_disabled());
    window.get_by_label("Connect to the org in step 4 first.");
}

#[test]
fn how_it_looks() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "finish", sent);
    pictures(&mut results, "finish-reset", reset);
    pictures(&mut results, "finish-asking", asking);
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, reset);
    window.run_ok();
    results.add(window.try_snapshot("finish-small"));
}
