//! What a screen reader hears: the Tab key leads through every page by names, in sight, and tables are read row by row.

use std::collections::BTreeSet;

use causeway::app::App;
use causeway::app::steps::{HookAsk, HookOpen, InspectAsk, MapAsk, ReviewAsk, SourceAsk, TrialPhase};
use causeway::migration::hook::service::Proxy;
use causeway::workspace::{PeopleFilter, Who};
use egui::accesskit::Action;
use egui::{Key, Modifiers, Rect, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::support::{window, window_of};
use crate::{finish, hook, import, map, okta, review, source, start};

/// The smallest window that pages are laid out for.
const SMALL: [f32; 2] = [1024.0, 600.0];

type Window = Harness<'static, App>;
pub(crate) type SetUp = fn(&mut App);

/// What has the keyboard, as it is heard.
#[derive(Debug, Clone, PartialEq)]
struct Heard {
    role: Role,
    name: String,
    at: Rect,
    /// What of it is not cut off by what it scrolls in.
    seen: Rect,
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is not general enough in its lifetime"
)]
fn heard(window: &Window) -> Option<Heard> {
    let node = window.query_all(by().predicate(|node| node.is_focused())).next()?;
    let (role, name) = {
        let node = node.accesskit_node();
        (node.role(), node.label().unwrap_or_default())
    };
    let response = window.ctx.memory(egui::Memory::focused).and_then(|id| window.ctx.read_response(id));
    let seen = response.map_or(Rect::NOTHING, |response| response.interact_rect);
    Some(Heard { role, name, at: node.rect(), seen })
}

fn tab(window: &mut Window) -> Option<Heard> {
    window.key_press(Key::Tab);
    window.run_ok();
    // What it leads to is scrolled into view.
    window.run_ok();
    heard(window)
}

/// Every page, and every dialog with something to type or to choose in it.
pub(crate) const PAGES: [(&str, SetUp); 22] = [
    ("start", start::recent),
    ("start, a new migration", |app| app.send(causeway::app::StartAsk::New)),
    ("start, no keychain", start::keyless),
    ("source", source::opened),
    ("source, connected", |app| {
        source::filled(app);
        app.steps.source.show(source::tested());
    }),
    ("source, other rows", |app| {
        source::filled(app);
        app.steps.source.show(source::tested());
        app.send(SourceAsk::Choose);
    }),
    ("source, own SQL", |app| {
        source::filled(app);
        app.steps.source.show(source::tested());
        app.send(SourceAsk::WriteSql);
    }),
    ("map", map::mapping_shown),
    ("map, changes", |app| {
        map::mapping_shown(app);
        app.send(MapAsk::Edit(0));
    }),
    ("map, row filter", |app| {
        map::mapping_shown(app);
        app.send(MapAsk::OpenFilter);
    }),
    ("map, passwords", |app| {
        map::mapping_shown(app);
        app.send(MapAsk::OpenPasswords);
    }),
    ("review", review::review),
    ("review, a person", |app| review::inspected(app, 4)),
    ("review, a known password", |app| review::trying(app, 0, TrialPhase::Asking)),
    ("okta, practice", okta::practice),
    ("okta, live", okta::live),
    ("import, running", import::running),
    ("import, over", import::over),
    ("hook", hook::running),
    ("hook, failing", hook::failing),
    ("hook, a sign-in", hook::trying),
    ("finish", finish::reset),
];

#[test]
fn tab_leads_through_every_page_by_names_and_in_sight() {
    let all = Rect::from_min_size(egui::Pos2::ZERO, SMALL.into());
    let mut wrong = BTreeSet::new();
    for (page, set_up) in PAGES {
        let mut window = window_of(SMALL, egui::Theme::Light, set_up);
        window.run_ok();
        window.run_ok();
        let first = tab(&mut window);
        let mut stops = vec![first.clone()];
        for _ in 0..120 {
            let next = tab(&mut window);
            if next == first {
                break;
            }
            stops.push(next);
        }
        for (nth, stop) in stops.iter().enumerate() {
            match stop {
                None => _ = wrong.insert(format!("{page}: stop {nth} is nothing")),
                Some(stop) => {
                    if stop.name.trim().is_empty() {
                        wrong.insert(format!("{page}: stop {nth} has no name: {stop:?}"));
                    }
                    if matches!(stop.role, Role::Unknown | Role::GenericContainer) {
                        wrong.insert(format!("{page}: stop {nth} is nothing in particular: {stop:?}"));
                    }
                    let table = matches!(stop.role, Role::Grid | Role::Row);
                    let cut = !stop.seen.expand(1.0).contains_rect(stop.at) && !table;
                    if !all.contains_rect(stop.at) || cut {
                        wrong.insert(format!("{page}: stop {nth} is out of sight: {stop:?}"));
                    }
                }
            }
        }
        let names: Vec<_> = stops.iter().flatten().map(|stop| stop.name.as_str()).collect();
        assert!(names.len() > 1, "{page}: {names:?}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Dialogs and states beside those of [`PAGES`].
const MORE: [(&str, SetUp); 13] = [
    ("map, a status", map::with_a_status),
    ("review, several", |app| {
        review::review(app);
        let order = std::sync::Arc::clone(&app.steps.review.list.order);
        app.steps.review.list.selection.all(&order);
    }),
    ("review, everyone", |app| {
        review::review(app);
        app.send(ReviewAsk::ForAll(true));
    }),
    ("review, editing", |app| {
        review::inspected(app, 4);
        app.send(ReviewAsk::Inspect(InspectAsk::Edit));
    }),
    ("review, after a run", review::after_a_run),
    ("review, a value for all", |app| {
        review::review(app);
        app.send(ReviewAsk::Bulk(Who::All(PeopleFilter::default()), 10));
    }),
    ("okta, failing", okta::failing),
    ("okta, asking", okta::asking),
    ("okta, emptying", |app| {
        okta::practice(app);
        app.steps.okta.emptying = true;
    }),
    ("import, paused", import::paused),
    ("hook, settings", |app| {
        hook::running(app);
        app.send(HookAsk::Open(HookOpen::Settings(Proxy::Caddy)));
    }),
    ("hook, not running", hook::idle),
    ("finish, asking", finish::asking),
];

/// Lists that open, by page and the button that opens them.
const LISTS: [(&str, &str); 6] = [
    ("review", "Menu"),
    ("review", "Password type"),
    ("review", "Group"),
    ("okta, practice", "Already in Okta: Leave unchanged"),
    ("map", "badge_no goes to Leave behind"),
    ("map, changes", "Add a change"),
];

/// What of the tree of a window a screen reader could only call “unknown”, or would call nothing.
fn unheard(window: &Window) -> Vec<String> {
    let node = |node: &egui_kittest::Node<'_>| {
        let at = *node;
        let node = node.accesskit_node();
        let (role, data) = (node.role(), node.data());
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        // A scroll bar is for the mouse: its role says all there is to say, and it is no stop of the Tab key.
        if role == Role::ScrollBar {
            return None;
        }
        let acts = data.supports_action(Action::Click) || data.supports_action(Action::Focus);
        let nameless = name.trim().is_empty();
        let container = role == Role::GenericContainer;
        let wrong =
            role == Role::Unknown || (acts && (nameless || container)) || (role == Role::Menu && nameless);
        wrong.then(|| format!("{role:?} “{name}” at {:?}", at.rect()))
    };
    window.query_all(by().predicate(|_| true)).filter_map(|found| node(&found)).collect()
}

#[test]
fn whatever_can_be_pressed_or_reached_has_a_role_and_a_name() {
    let mut wrong = BTreeSet::new();
    for (page, set_up) in PAGES.into_iter().chain(MORE) {
        for size in [SMALL, crate::support::SIZE] {
            let mut window = window_of(size, egui::Theme::Light, set_up);
            window.run_ok();
            window.run_ok();
            wrong.extend(unheard(&window).into_iter().map(|what| format!("{page}: {what}")));
            let lists = LISTS.into_iter().filter(|(on, _)| *on == page);
            for (_, opens) in lists {
                window.get_by_label(opens).click();
                window.run_ok();
                window.run_ok();
                let menus = window.query_all_by_role(Role::Menu).count();
                assert_eq!(menus, 1, "{page}: {opens} opens a list");
                wrong.extend(unheard(&window).into_iter().map(|what| format!("{page}, {opens}: {what}")));
                window.key_press(Key::Escape);
                window.run_ok();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_that_can_be_chosen_is_twice_in_the_tree() {
    let mut window = window(okta::practice);
    window.run_ok();
    let sliders: Vec<_> =
        window.query_all_by_role(Role::Slider).filter_map(|node| node.accesskit_node().label()).collect();
    assert_eq!(sliders, ["Share of Okta's rate limit"]);
    window.get_by_role_and_label(Role::SpinButton, "Share of Okta's rate limit, as a number");
}

#[test]
fn window_dialogs_and_charts_say_what_they_are() {
    let mut window = window(map::mapping_shown);
    window.run_ok();
    assert_eq!(window.root().accesskit_node().label().as_deref(), Some("Intranet to Okta · Map · Causeway"));
    window.get_by_role_and_label(Role::Heading, "Match columns to Okta attributes");
    window.state_mut().send(causeway::app::Command::CloseWorkspace);
    window.run_ok();
    assert_eq!(window.root().accesskit_node().label().as_deref(), Some("Causeway"));
    for (page, set_up) in PAGES {
        let mut window = window_of(SMALL, egui::Theme::Light, set_up);
        window.run_ok();
        window.run_ok();
        for role in [Role::Window, Role::Dialog, Role::Pane, Role::Image, Role::Grid, Role::ProgressIndicator]
        {
            for node in window.query_all(by().predicate(move |node| node.role() == role)) {
                let name = node.accesskit_node().label().unwrap_or_default();
                assert!(!name.trim().is_empty(), "{page}: a {role:?} without a name at {:?}", node.rect());
            }
        }
    }
}

#[test]
fn a_chart_says_its_numbers() {
    let mut running = window(import::running);
    running.run_ok();
    running.get_by_role_and_label(Role::Image, "Chart of people per minute: 591 now · limit 600 · no 429s");
    let mut hook = window(hook::running);
    hook.run_ok();
    let charts: Vec<_> = hook.query_all_by_label_contains("Chart of sign-ins by hour: ").collect();
    assert_eq!(charts.len(), 1);
}

/// Tabs until a row or a table is heard.
fn to_the_table(window: &mut Window) -> Heard {
    for _ in 0..80 {
        let heard = tab(window);
        if let Some(heard) = heard.filter(|heard| matches!(heard.role, Role::Row | Role::Grid)) {
            return heard;
        }
    }
    panic!("no table");
}

#[test]
fn arrows_go_through_a_table_and_each_row_is_heard() {
    let mut window = window(review::review);
    window.run_ok();
    let at = to_the_table(&mut window);
    window.run_ok();
    let first = heard(&window).unwrap();
    assert!(first.name.starts_with("User One, user1@example.com, row 1, "), "{at:?}, {first:?}");
    assert!(window.state().steps.review.list.selection.is_empty(), "nobody is selected by coming there");
    window.key_press(Key::ArrowDown);
    window.run_ok();
    let second = heard(&window).unwrap();
    assert!(second.name.starts_with("Admin Istrator, admin@example.com, row 2, "), "{second:?}");
    assert_eq!(window.state().steps.review.list.selection.single().map(|id| id.0), Some(2));
    window.key_press(Key::End);
    window.run_ok();
    window.run_ok();
    let last = heard(&window).unwrap();
    assert!(last.name.starts_with("Temp Account, old.temp@example.com, row 10, "), "{last:?}");
    assert!(last.name.ends_with("Left out"), "{last:?}");
    window.key_press(Key::Home);
    window.key_press(Key::Space);
    window.run_ok();
    // One press of Tab leads out of the table, however many rows it has.
    window.key_press_modifiers(Modifiers::NONE, Key::Tab);
    window.run_ok();
    assert_ne!(heard(&window).unwrap().role, Role::Row);
}

#[test]
fn what_became_of_people_is_heard_row_by_row() {
    let mut window = window(import::running);
    window.run_ok();
    to_the_table(&mut window);
    window.key_press(Key::ArrowDown);
    window.run_ok();
    window.run_ok();
    let first = heard(&window).unwrap();
    assert_eq!(first.role, Role::Row);
    window.key_press(Key::ArrowDown);
    window.run_ok();
    window.run_ok();
    let second = heard(&window).unwrap();
    assert_eq!(second.role, Role::Row);
    assert_ne!(first.name, second.name);
    assert!(second.name.contains(", "), "login and outcome: {second:?}");
}

#[test]
fn each_sign_in_of_the_hook_is_heard() {
    let mut window = window(hook::running);
    window.run_ok();
    to_the_table(&mut window);
    window.run_ok();
    let first = heard(&window).unwrap();
    assert_eq!(first.role, Role::Row, "{first:?}");
    window.key_press(Key::ArrowDown);
    window.run_ok();
    let second = heard(&window).unwrap();
    assert!(second.role == Role::Row && second != first, "{second:?}");
    let words = ["VERIFIED", "UNVERIFIED", "slowed", "no answer", "refused"];
    for row in [&first, &second] {
        assert!(words.iter().any(|word| row.name.contains(word)), "{row:?}");
    }
}

#[test]
fn an_arrow_takes_the_keyboard_into_the_table_when_it_is_nowhere() {
    let mut window = window(review::review);
    window.run_ok();
    window.key_press(Key::ArrowDown);
    window.run_steps(3);
    assert!(heard(&window).unwrap().name.starts_with("User One, "));
    window.key_press(Key::ArrowDown);
    window.run_steps(3);
    assert!(heard(&window).unwrap().name.starts_with("Admin Istrator, "));
}
