//! The whole wizard with the real jobs: from the start page to people who sign in, through its labels.

use std::sync::Arc;
use std::time::{Duration, Instant};

use causeway::app::jobs::{FixedPicker, Jobs, Places, Waker};
use causeway::app::{App, theme};
use causeway::practice::sample;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::Memory;

/// Longer than any of this takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(2);

fn wait_until(
    window: &mut Harness<'static, App>,
    what: &str,
    mut there: impl FnMut(&Harness<'static, App>) -> bool,
) {
    let begun = Instant::now();
    loop {
        window.step();
        if there(window) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}; shown: {:?}", window.state().shown());
        // The jobs run on threads of their own; this gives them the processor.
        #[expect(
            clippy::disallowed_methods,
            reason = "between two looks at the window; nothing depends on how long"
        )]
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Presses a button as soon as it can be pressed.
fn press(window: &mut Harness<'static, App>, part: &str) {
    wait_until(window, part, |w| {
        w.query_all_by_label_contains(part).any(|node| {
            let node = node.accesskit_node();
            node.role() == egui::accesskit::Role::Button && !node.is_disabled()
        })
    });
    let buttons: Vec<_> = window
        .query_all_by_label_contains(part)
        .filter(|node| node.accesskit_node().role() == egui::accesskit::Role::Button)
        .collect();
    buttons.first().unwrap_or_else(|| panic!("no button {part}")).click();
    drop(buttons);
    window.step();
}

fn shows(window: &mut Harness<'static, App>, part: &str) {
    wait_until(window, part, |w| w.query_all_by_label_contains(part).next().is_some());
}

fn type_into(window: &mut Harness<'static, App>, role: egui::accesskit::Role, label: &str, text: &str) {
    let field = |w: &Harness<'static, App>| {
        w.query_all_by_label(label).any(|node| node.accesskit_node().role() == role)
    };
    wait_until(window, label, field);
    window.get_by_role_and_label(role, label).focus();
    window.run_steps(2);
    window.get_by_role_and_label(role, label).type_text(text);
    window.run_steps(2);
}

#[test]
fn from_the_start_page_to_a_person_who_signs_in_with_the_old_password() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places { config: folder.path().join("config"), data: folder.path().join("data") };
    let jobs = Jobs::start_up(
        Waker::default(),
        places,
        Arc::new(Memory::default()),
        Arc::new(FixedPicker::default()),
    )
    .unwrap();
    let mut window = Harness::builder()
        .with_size([1280.0, 800.0])
        .allow_missing_glyphs()
        .with_context_setup(|ctx| {
            theme::apply(ctx);
            theme::set_reduced_motion(ctx, true);
        })
        .build_eframe(move |_| App::new(jobs));
    press(&mut window, "Try the sample company");
    // Map: the suggestion needs nothing from us.
    press(&mut window, "Read ");
    // Review.
    shows(&mut window, "people, and what happens to each password");
    wait_until(&mut window, "the numbers", |w| w.state().steps.review.counts.is_some());
    let counts = window.state().steps.review.counts.clone().unwrap();
    assert!(counts.import > 0 && counts.hook > 0 && counts.reset > 0 && counts.blocked > 0, "{counts:?}");
    press(&mut window, "Continue");
    // Okta: the practice org started by itself.
    shows(&mut window, "Signed in as");
    press(&mut window, "Start pilot");
    // Import: the pilot, then everyone.
    press(&mut window, "Import the other");
    wait_until(&mut window, "the end of the import", |w| {
        let app = w.state();
        !app.steps.import.is_running() && app.facts.import.waiting == 0 && app.facts.import.begun
    });
    // One person of the sample has a password too weak for the org's policy, which only Okta knows: their own outcome, and
    // nobody else's.
    let app = window.state();
    let failed = app.facts.import.failed;
    assert_eq!(failed, 1, "{:?}", app.facts.counts.outcomes);
    assert_eq!(app.facts.import.done, counts.ready() - failed, "everyone else who goes is there");
    let org = app.jobs().practice().unwrap();
    assert_eq!(org.people_count() as u64, counts.ready() - failed, "once each");
    // Finish, by way of the hook's page, and a sign-in with a password from the old store.
    press(&mut window, "Continue");
    shows(&mut window, "for the password hook");
    press(&mut window, "Continue");
    press(&mut window, "Look inside the practice org");
    shows(&mut window, "people in this org");
    let (login, password) = sample::passwords()
        .into_iter()
        .find(|(login, _)| {
            org.person(login).is_some_and(|p| {
                p.provider == causeway::practice::Provider::Import
                    && p.status == causeway::practice::Status::Active
            }) && imports(&window, login)
        })
        .expect("someone whose password moved");
    window.get_by_role_and_label(egui::accesskit::Role::Tab, "Sign in as").click();
    window.run_steps(2);
    type_into(&mut window, egui::accesskit::Role::TextInput, "User name", &login);
    type_into(&mut window, egui::accesskit::Role::PasswordInput, "Password", &password);
    window.get_by_role_and_label(egui::accesskit::Role::Button, "Sign in").click();
    shows(&mut window, "Signed in with the password they had.");
}

/// Whether this login is one of those whose password moves; the hook's people can't sign in yet.
fn imports(window: &Harness<'static, App>, login: &str) -> bool {
    let list = &window.state().steps.review.list;
    list.order
        .iter()
        .filter_map(|id| list.rows.get(*id))
        .any(|row| row.login == login && row.disposition == causeway::workspace::Disposition::Import)
}
