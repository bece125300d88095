//! Small and wide windows: the rail of numbers, the drawer of Review, messages that cover nothing to press, and a page in the middle.

use causeway::app::steps::StepId;
use causeway::app::{App, Command, Shown};
use causeway::ui::widgets::Toast;
use egui::{Key, Modifiers, Rect, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::spoken::PAGES;
use crate::support::window_of;
use crate::{okta, review, shell};

type Window = Harness<'static, App>;

const SMALL: [f32; 2] = [1024.0, 600.0];
const USUAL: [f32; 2] = [1366.0, 768.0];
const WIDE: [f32; 2] = [2560.0, 1440.0];

fn window(size: [f32; 2], set_up: impl FnOnce(&mut App) + 'static) -> Window {
    let mut window = window_of(size, egui::Theme::Light, set_up);
    window.run_ok();
    window.run_ok();
    window
}

const DRAWER: &str = "About who is selected";

#[test]
fn in_a_narrow_window_the_rail_is_numbers_until_its_key_is_pressed() {
    let mut small = window(SMALL, shell::read);
    // What each step is and holds is said all the same, and can be opened.
    let step = |window: &Window, part: &'static str| window.get_by_label_contains(part).rect();
    assert!(step(&small, "2 Map, done: ").width() < 60.0);
    small.get_by_label("PRACTICE. A pretend Okta org on this computer. Nothing leaves it.");
    small.key_press_modifiers(Modifiers::COMMAND, Key::B);
    small.run_ok();
    small.run_ok();
    assert!(step(&small, "2 Map, done: ").width() > 150.0);
    small.key_press_modifiers(Modifiers::COMMAND, Key::B);
    small.run_ok();
    small.run_ok();
    assert!(step(&small, "2 Map, done: ").width() < 60.0);
    // The same from the menu, which is as wide as its words.
    small.get_by_label("Menu").click();
    small.run_ok();
    small.run_ok();
    assert!(step(&small, "Quit").width() < 260.0, "as wide as its words");
    small.get_by_label("Show step names").click();
    small.run_ok();
    small.run_ok();
    assert!(step(&small, "2 Map, done: ").width() > 150.0);
    let usual = window(USUAL, shell::read);
    assert!(step(&usual, "2 Map, done: ").width() > 150.0);
}

#[test]
fn reviews_panel_is_a_drawer_beside_which_all_tools_stay_in_reach() {
    let mut small = window(SMALL, review::review);
    assert!(small.query_by_label(DRAWER).is_none());
    small.get_by_label("What can be done for all shown").click();
    small.run_ok();
    small.run_ok();
    let everyone = small.get_by_label(DRAWER).rect();
    small.get_by_label("Set a value for all 10");
    small.key_press(Key::Escape);
    small.run_ok();
    small.run_ok();
    assert!(small.query_by_label(DRAWER).is_none(), "Escape closes it");

    let small = window(SMALL, |app| review::inspected(app, 4));
    let drawer = small.get_by_label(DRAWER).rect();
    assert_eq!(drawer, everyone);
    assert!(drawer.right() > 1023.0 && (399.0..=401.0).contains(&drawer.width()), "{drawer:?}");
    let footer = small.get_by_label("Continue").rect();
    assert!(drawer.bottom() < footer.top(), "the footer is never covered");
    for tool in ["Search name, login or e-mail", "Password type", "Group", "Finding", "Blocked"] {
        for node in small.query_all_by_label(tool).filter(|node| node.rect().width() > 0.0) {
            let at = node.rect();
            assert!(at.right() <= drawer.left() || at.left() >= drawer.left(), "{tool} at {at:?}");
        }
    }
    for part in ["Edit", "Leave out", "Must reset: this person", "Try a password", "Close"] {
        let at = small.get_by_label(part).rect();
        assert!(drawer.contains_rect(at), "{part} at {at:?}");
    }
    assert!(window(USUAL, |app| review::inspected(app, 4)).query_by_label(DRAWER).is_none());
}

#[test]
fn the_drawer_follows_the_arrows_and_goes_with_the_selection() {
    let mut small = window(SMALL, |app| review::inspected(app, 4));
    small.get_by_label("Close").click();
    small.run_ok();
    small.run_ok();
    assert!(small.state().steps.review.list.selection.is_empty());
    assert!(small.query_by_label(DRAWER).is_none());
    small.key_press(Key::ArrowDown);
    small.run_steps(3);
    small.key_press(Key::ArrowDown);
    small.run_steps(3);
    assert_eq!(small.state().steps.review.list.selection.single().map(|id| id.0), Some(2));
    small.get_by_label(DRAWER);
}

#[test]
fn a_message_covers_neither_the_rail_nor_anything_to_press() {
    for size in [SMALL, USUAL] {
        let mut window = window(size, |app| {
            review::inspected(app, 4);
            app.send(Command::Toast(Toast::good("Mapping saved to a-file-with-quite-a-long-name.json.")));
        });
        window.run_ok();
        let message = window.get_by_label_contains("Mapping saved to").rect();
        for step in window.query_all_by_role(Role::Tab) {
            assert!(!message.intersects(step.rect()), "{size:?}: {message:?} over {:?}", step.rect());
        }
        let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into());
        assert!(screen.contains_rect(message), "{size:?}: {message:?}");
        let press = window.query_all(by().predicate(|node| {
            matches!(node.role(), Role::Button | Role::Link | Role::TextInput | Role::SearchInput)
        }));
        for node in press {
            assert!(!message.intersects(node.rect()), "{size:?}: {message:?} over {node:?}");
        }
    }
}

#[test]
fn in_a_wide_window_page_and_footer_stand_in_the_middle() {
    let wide = window(WIDE, okta::practice);
    assert_eq!(wide.state().shown(), Shown::Step(StepId::Okta));
    let (left, right) =
        (wide.get_by_label("Back").rect().left(), wide.get_by_label("Start pilot").rect().right());
    assert!((right - left - 1440.0).abs() < 2.0, "{left} to {right}");
    let middle = f32::midpoint(240.0, 2560.0);
    assert!((f32::midpoint(left, right) - middle).abs() < 2.0, "{left} to {right}");
    let title = wide.get_by_role_and_label(Role::Heading, "Where are they going?").rect();
    assert!((title.left() - left).abs() < 2.0, "{title:?}");
}

#[test]
fn with_the_steps_names_in_a_small_window_nothing_to_press_lies_over_another() {
    let all = [1024.0, 1064.0, 1170.0].iter().flat_map(|width| PAGES.map(|page| (*width, page)));
    for (width, (page, set_up)) in all {
        let mut small = window([width, 600.0], set_up);
        small.key_press_modifiers(Modifiers::COMMAND, Key::B);
        small.run_ok();
        small.run_ok();
        // A dialog and a drawer are meant to lie over the page.
        if small.query_by_role(Role::Dialog).is_some() || small.query_by_label(DRAWER).is_some() {
            continue;
        }
        let shown = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(width, 530.0));
        let nodes = small.query_all(by().predicate(|node| {
            use Role::{Button, CheckBox, Link, PasswordInput, RadioButton, SearchInput, TextInput};
            let roles = [Button, CheckBox, Link, PasswordInput, RadioButton, SearchInput, TextInput];
            roles.contains(&node.role()) && !node.is_hidden()
        }));
        let parts: Vec<(String, Rect)> = nodes
            .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect().shrink(1.0)))
            .filter(|(_, at)| at.is_positive() && shown.contains_rect(*at))
            .collect();
        for (n, (one, at)) in parts.iter().enumerate() {
            for (other, beside) in &parts[n + 1..] {
                // A row may hold a button of its own.
                let within = at.contains_rect(*beside) || beside.contains_rect(*at);
                assert!(
                    within || !at.intersects(*beside),
                    "{page}, {width} wide: {one} {at:?} and {other} {beside:?}"
                );
            }
        }
    }
}
