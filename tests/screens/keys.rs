//! The keyboard: Tab goes as one reads, Enter presses the main button once, and the first field is ready to type in.

use causeway::app::StartAsk;
use causeway::app::steps::HookOpen;
use causeway::migration::hook::Standing;
use egui::{Event, Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::support::window;
use crate::{hook, okta, shell};

type Window = Harness<'static, causeway::app::App>;

/// What the keyboard is at.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough in its lifetime"
)]
fn at(window: &Window) -> String {
    let found = window.query_all(by().predicate(|node| node.is_focused())).next();
    found.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

/// What Tab goes through, so many times.
fn tab(window: &mut Window, times: usize) -> Vec<String> {
    (0..times)
        .map(|_| {
            window.key_press(Key::Tab);
            window.run_ok();
            at(window)
        })
        .collect()
}

fn press_enter(window: &Window) {
    let modifiers = Modifiers::NONE;
    window.event(Event::Key { key: Key::Enter, physical_key: None, pressed: true, repeat: false, modifiers });
}

fn asks(window: &Window) -> bool {
    window.query_by_label("Not yet").is_some()
}

#[test]
fn a_new_migration_is_named_at_once_and_tab_goes_on_as_one_reads() {
    let mut window = window(|app| app.send(StartAsk::New));
    window.run_ok();
    assert_eq!(at(&window), "Name");
    window.state_mut().start.new.as_mut().unwrap().name = "A".into();
    window.state_mut().start.new.as_mut().unwrap().path = "/tmp/a.causeway".into();
    assert_eq!(tab(&mut window, 4), ["File", "Choose where the file goes", "Cancel", "Create"]);
}

#[test]
fn tab_goes_through_the_looks_of_the_start_page_as_one_reads() {
    let mut window = window(|_| {});
    window.run_ok();
    assert_eq!(tab(&mut window, 3), ["System", "Light", "Dark"]);
}

#[test]
fn tab_reaches_the_page_before_its_footer_and_the_main_button_last() {
    let mut window = window(shell::read);
    window.run_ok();
    let order = tab(&mut window, 40);
    let place = |label: &str| {
        order.iter().position(|at| at.starts_with(label)).unwrap_or_else(|| panic!("{label}: {order:?}"))
    };
    assert!(place("Menu") < place("1 Source"), "{order:?}");
    assert!(place("1 Source") < place("Back"), "{order:?}");
}

#[test]
fn enter_held_down_does_not_answer_the_question_it_opened() {
    let mut window = window(okta::live);
    window.run_ok();
    press_enter(&window);
    window.run_ok();
    assert!(asks(&window), "Enter presses the main button");
    // No release between: egui takes it for the same press going on.
    press_enter(&window);
    window.run_ok();
    assert!(asks(&window), "held down, it is one press");
    window.key_press(Key::Escape);
    window.run_ok();
    assert!(!asks(&window));
}

#[test]
fn enter_tries_the_password_typed() {
    let mut window = window(|app| {
        hook::running(app);
        app.steps.hook.trial.login = "li.wei@example.com".into();
        app.steps.hook.dialog = Some(HookOpen::Try);
    });
    window.run_ok();
    assert_eq!(at(&window), "Login");
    assert_eq!(tab(&mut window, 1), ["Password"]);
    window.event(egui::Event::Text("secret".into()));
    window.run_ok();
    assert_eq!(window.get_by_role(Role::PasswordInput).accesskit_node().value().as_deref(), Some("••••••"));
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(
        window.get_by_role(Role::PasswordInput).accesskit_node().value().as_deref(),
        Some(""),
        "taken for the try"
    );
}

#[test]
fn what_those_who_wait_need_is_the_main_button_of_the_hook() {
    let mut window = window(hook::idle);
    window.run_ok();
    window.get_by_label("11,874 people can't sign in until it runs");
    let last = |window: &Window| {
        let start = window.get_by_label("Start and register").rect();
        start.left() - window.get_by_label("Continue").rect().left()
    };
    assert!(last(&window) > 0.0, "starting is the main button, at the right");

    let mut window = self::window(|app| {
        hook::running(app);
        app.steps.hook.standing = Some(Standing::None);
    });
    window.run_ok();
    window.get_by_label("11,874 people can't sign in until Okta calls it");
    window.state_mut().steps.hook.feed.waiting = 0;
    window.run_ok();
    window.get_by_label("Everyone who needs the hook has signed in");
}
