//! The frame around every page.

use causeway::app::Command;
use causeway::app::facts::{OpenWorkspace, PeopleFact, SourceFact};
use causeway::app::steps::StepId;
use causeway::app::{App, Shown};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::window;

/// A migration whose people were read.
pub(crate) fn read(app: &mut App) {
    app.facts.workspace =
        Some(OpenWorkspace { name: "Intranet to Okta".into(), path: "intranet.causeway".into() });
    app.facts.source = Some(SourceFact { summary: "PostgreSQL · example_db".into(), setup: None });
    app.facts.people = Some(PeopleFact { total: 48_210, blocked: 7, hook: 12 });
    app.show(Shown::Step(StepId::Map));
}

#[test]
fn a_finished_step_can_be_opened_again_and_a_later_one_not_yet() {
    let mut window = window(read);
    window.run();
    let import = window.get_by_role_and_label(egui::Role::Tab, "5 Import: Not started");
    assert!(import.accesskit_node().is_disabled());
    import.click();
    window.run();
    assert_eq!(window.state().shown(), Shown::Step(StepId::Map));
    window.state_mut().send(Command::GoTo(StepId::Source));
    window.run();
    assert_eq!(window.state().shown(), Shown::Step(StepId::Source));
}

#[test]
fn the_badge_says_practice_until_a_real_org_is_chosen() {
    let mut window = window(read);
    window.run();
    window.get_by_label("PRACTICE");
    window.state_mut().facts.target = causeway::app::facts::Target::Live("acme.okta.com".into());
    window.run();
    window.get_by_label("PRODUCTION");
    window.get_by_label("acme.okta.com");
    window.state_mut().facts.preview = true;
    window.run();
    window.get_by_label("PREVIEW");
    window.get_by_label("acme.okta.com");
    assert!(window.query_by_label("PRODUCTION").is_none());
    window.state_mut().facts.target = causeway::app::facts::Target::Live(String::new());
    window.run();
    window.get_by_label("NO ORG YET");
}

#[test]
fn the_question_before_closing_stays_what_it_is_while_it_is_open() {
    let mut window = window(|app| {
        read(app);
        app.facts.one_session = true;
        app.send(Command::Quit);
    });
    window.run();
    window.get_by_label("Close this migration for good?");
    window.state_mut().facts.one_session = false;
    window.run();
    window.get_by_label("Close this migration for good?");
    window.get_by_label("Close for good");
    window.get_by_label("Keep going").click();
    window.run();
    assert!(window.query_by_label("Close for good").is_none());
}
