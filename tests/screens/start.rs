//! The start page.

use causeway::app::jobs::{KeyPlace, NoKeychain};
use causeway::app::{App, Keyless, Recent, StartAsk};
use causeway::ui::Problem;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::{pictures, window};

pub(crate) fn recent(app: &mut App) {
    let list = [
        ("Intranet to Okta", "/home/ana/intranet.causeway", "PostgreSQL · example_db · 48,210 people", false),
        (
            "Zákazníci Dvořák & syn",
            "/srv/dvorak/zakaznici.causeway",
            "SQLite · people.db · 1,204 people · 1,190 in Okta",
            false,
        ),
        ("李伟", "/home/liwei/people.causeway", "", true),
    ];
    app.start.settings.recent = list
        .map(|(name, path, note, missing)| Recent {
            name: name.into(),
            path: path.into(),
            note: note.into(),
            missing,
        })
        .into();
}

#[test]
fn pictures_of_the_start_page() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "start", |_| {});
    pictures(&mut results, "start-recent", |app| {
        recent(app);
        app.start.problem = Some(Problem::new(
            "This migration is open in another Causeway (process 4711 on db01).",
            "Go on in that window, or close it first.",
        ));
    });
}

/// The keychain did not take the key of a new migration.
pub(crate) fn keyless(app: &mut App) {
    app.send(StartAsk::New);
    let problem = Problem::new(
        "This computer has no keychain running.",
        "Start one (GNOME Keyring, KWallet) and try again, store it for this session only, or, on a server, name a key file.",
    );
    let why = NoKeychain { problem, file: "/home/ana/.local/share/causeway/workspace.key".into() };
    app.start.keyless = Some(Keyless { why, place: KeyPlace::File, problem: None });
}

#[test]
fn pictures_of_the_question_where_the_key_goes() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "start-no-keychain", keyless);
}

#[test]
fn without_a_keychain_the_choice_is_asked_for_and_nothing_is_made_before() {
    let mut window = window(keyless);
    window.run();
    assert!(window.state().jobs().asked().is_empty());
    let session = window.get_all_by_role(egui::Role::RadioButton);
    let session =
        session.into_iter().find(|n| n.accesskit_node().label().unwrap().starts_with("For this session"));
    session.unwrap().click();
    window.run();
    window.get_by_label_contains("can't be opened again");
    assert_eq!(window.state().start.keyless.as_ref().unwrap().place, KeyPlace::Session);
    window.get_by_label("Try the keychain again").click();
    window.run_steps(3);
    assert_eq!(window.state().jobs().asked(), ["make a workspace"]);
}

#[test]
fn a_workspace_whose_file_is_gone_cannot_be_opened_but_taken_off_the_list() {
    let mut window = window(recent);
    window.run();
    let gone = window.get_by_label("Open 李伟");
    assert!(gone.accesskit_node().is_disabled());
    window.get_by_label("Remove 李伟 from the list").click();
    window.run();
    assert!(window.query_by_label("Open 李伟").is_none());
    assert_eq!(window.state().start.settings.recent.len(), 2);
}

#[test]
fn opening_a_recent_workspace_asks_for_it_once() {
    let mut window = window(recent);
    window.run();
    window.get_by_label("Open Intranet to Okta").click();
    window.run_steps(3);
    let asked = window.state().jobs().asked();
    assert_eq!(asked.iter().filter(|name| **name == "open a workspace").count(), 1, "{asked:?}");
    assert!(window.state().start.is_busy());
}

#[test]
fn the_file_follows_the_name_until_it_is_chosen() {
    let mut window = window(|_| {});
    window.run();
    window.get_by_label("New migration").click();
    window.run();
    let name = window.get_by_role_and_label(egui::Role::TextInput, "Name");
    name.focus();
    window.run();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Name").type_text("Máire O'Neill");
    window.run();
    let form = window.state().start.new.clone().unwrap();
    assert!(form.path.ends_with("Máire O-Neill.causeway"), "{form:?}");
    window.key_press(egui::Key::Escape);
    window.run();
    assert!(window.state().start.new.is_none());
    window.state_mut().send(StartAsk::New);
    window.run();
    window.get_by_label("Create").click();
    window.run_steps(3);
    assert!(window.state().jobs().asked().contains(&"make a workspace"));
}
