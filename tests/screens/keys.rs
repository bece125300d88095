//! The keyboard: Tab goes as one reads, Enter presses the main button once, and the first field is ready to type in.

use causeway::app::steps::{HookOpen, ReviewAsk, StepId};
use causeway::app::{Shown, StartAsk};
use causeway::migration::hook::Standing;
use causeway::workspace::{NextRun, PeopleFilter, Who};
use egui::{Event, Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::support::{window, window_of};
use crate::{hook, map, okta, review, shell, source};

type Window = Harness<'static, causeway::app::App>;

/// The field for the label group, as a screen reader hears it.
const LABEL: &str = "Label group · everyone created is put into this group";

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

/// Every field of a page, by its name.
fn fields(window: &Window) -> Vec<String> {
    [Role::TextInput, Role::PasswordInput, Role::SearchInput, Role::MultilineTextInput]
        .into_iter()
        .flat_map(|role| window.query_all_by_role(role))
        .filter(|node| !node.accesskit_node().is_disabled())
        .filter_map(|node| node.accesskit_node().label())
        .collect()
}

#[test]
fn enter_in_a_field_confirms_the_field_and_nothing_else() {
    type SetUp = fn(&mut causeway::app::App);
    let pages: [(&str, SetUp); 6] = [
        ("source", source::filled),
        ("map", map::mapping_shown),
        ("review", review::review),
        ("okta practice", okta::practice),
        ("okta live", okta::live),
        ("hook", hook::running),
    ];
    let mut tried = 0;
    for (page, set_up) in pages {
        let mut window = window(set_up);
        window.run_ok();
        let (shown, before) = (window.state().shown(), window.state().steps.okta.choices.clone());
        for field in fields(&window) {
            window.get_by(|node| node.label().as_deref() == Some(&field) && is_field(node.role())).focus();
            window.run_ok();
            window.key_press(Key::Enter);
            window.run_ok();
            let app = window.state();
            assert_eq!(app.shown(), shown, "{page}, {field}: the page stays");
            assert!(!asks(&window), "{page}, {field}: nothing is asked");
            assert!(!app.steps.source.is_testing() && !app.steps.import.is_running(), "{page}, {field}");
            assert_eq!(app.steps.okta.choices, before, "{page}, {field}");
            assert_ne!(at(&window), field, "{page}, {field}: the field is left");
            tried += 1;
        }
    }
    assert!(tried >= 8, "only {tried} fields were tried");
    // The eye is on the page now, and Enter is its main button.
    let mut window = window(okta::practice);
    window.run_ok();
    window.get_by_role_and_label(Role::TextInput, LABEL).focus();
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(window.state().shown(), Shown::Step(StepId::Okta));
    window.key_press(Key::Enter);
    window.run_ok();
    assert_eq!(window.state().shown(), Shown::Step(StepId::Import));
}

fn is_field(role: Role) -> bool {
    matches!(role, Role::TextInput | Role::PasswordInput | Role::SearchInput | Role::MultilineTextInput)
}

#[test]
fn enter_in_the_list_of_attributes_reads_nobody() {
    let mut window = window(map::mapping_shown);
    window.run_ok();
    window.get_by_label_contains("badge_no goes to").click();
    window.run_ok();
    window.get_by_label("Search attributes").focus();
    window.run_ok();
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.state().steps.map.reading.is_none(), "reading is the main button's");
    assert_eq!(window.state().shown(), Shown::Step(StepId::Map));
}

#[test]
fn no_number_of_enters_begins_a_run_into_a_real_org() {
    let mut window = window(okta::live);
    window.run_ok();
    window.get_by_role_and_label(Role::TextInput, LABEL).focus();
    window.run_ok();
    for nth in 0..9 {
        window.key_press(Key::Enter);
        window.run_ok();
        if let Some(asking) = &mut window.state_mut().steps.okta.asking {
            // Everything is known, and the org is one whose name need not be typed.
            asking.next = Some(NextRun { import: 10, ..NextRun::default() });
            asking.typed = "Acme".into();
            window.run_ok();
        }
        assert_eq!(window.state().shown(), Shown::Step(StepId::Okta), "after {nth}");
    }
}

#[test]
fn enter_gives_the_harmless_answer_to_what_cannot_be_undone() {
    let mut window = window(|app| {
        okta::practice(app);
        app.steps.okta.emptying = true;
    });
    window.run_ok();
    window.get_by_label("Empty the practice org?");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(
        !window.state().steps.okta.emptying && window.query_by_label("Empty the practice org?").is_none()
    );
    assert!(window.state().steps.okta.checked.is_some(), "nothing was emptied");

    let mut window = self::window(|app| {
        shell::read(app);
        app.facts.one_session = true;
        app.send(causeway::app::Command::Quit);
    });
    window.run_ok();
    window.get_by_label("Close this migration for good?");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.query_by_label("Close this migration for good?").is_none());
}

#[test]
fn a_dialog_with_a_value_typed_is_confirmed_by_a_second_enter() {
    let mut window = window(|app| {
        review::review(app);
        app.send(ReviewAsk::Bulk(Who::All(PeopleFilter::default()), 10));
    });
    window.run_ok();
    assert_eq!(at(&window), "New value");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.state().steps.review.bulk.is_some(), "Enter confirms the field");
    window.key_press(Key::Enter);
    window.run_ok();
    assert!(window.state().steps.review.bulk.is_some(), "and there is nothing to set yet");
}

#[test]
fn what_can_be_done_for_all_is_reached_by_the_keyboard_that_opened_it() {
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, review::review);
    window.run_ok();
    window.get_by_label("What can be done for all shown").focus();
    window.run_ok();
    window.key_press(egui::Key::Enter);
    window.run_ok();
    let set = window.get_by_label_contains("Set a value for all");
    assert!(set.accesskit_node().is_focused(), "the button that had the keyboard is gone: this one has it");
    // Opened by the mouse, nothing takes the keyboard.
    let mut window = window_of([1024.0, 700.0], egui::Theme::Light, review::review);
    window.run_ok();
    window.get_by_label("What can be done for all shown").click();
    window.run_ok();
    assert!(!window.get_by_label_contains("Set a value for all").accesskit_node().is_focused());
}
