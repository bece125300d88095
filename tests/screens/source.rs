//! The step Source.

use causeway::app::facts::OpenWorkspace;
use causeway::app::jobs::Tested;
use causeway::app::steps::{SourceAsk, StepId};
use causeway::app::{App, Shown};
use causeway::mapping::guess_people;
use causeway::model::{Catalog, Column, Table, TableName};
use causeway::source::{Probe, SourceKind, SourceSpec};
use causeway::ui::Problem;
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::{pictures, window, window_of};

pub(crate) fn opened(app: &mut App) {
    app.facts.workspace =
        Some(OpenWorkspace { name: "Intranet to Okta".into(), path: "intranet.causeway".into() });
    app.show(Shown::Step(StepId::Source));
}

fn table(name: &str, rows: u64, view: bool, columns: &[&str]) -> Table {
    Table {
        name: TableName { schema: Some("public".into()), name: name.into() },
        view,
        rows: Some(rows),
        columns: columns.iter().map(|c| Column { name: (*c).into(), type_name: "text".into() }).collect(),
        primary_key: vec!["id".into()],
        foreign_keys: Vec::new(),
        refused: (name == "payroll").then(|| "You aren't allowed to read it".to_owned()),
    }
}

pub(crate) fn tested() -> Tested {
    let spec = SourceSpec::parse_url("postgres://readonly_hr@db01.corp.example/example_db").unwrap().0;
    let people = ["id", "username", "email", "first_name", "last_name", "phone", "password", "enabled"];
    let catalog = Catalog {
        tables: vec![
            table("audit_log", 9_120_441, false, &["id", "what", "at"]),
            table("payroll", 48_000, false, &["id", "iban"]),
            table("products", 312, false, &["id", "sku", "price"]),
            table("users", 48_210, false, &people),
            table("active_people", 41_007, true, &["id", "email"]),
        ],
    };
    let guesses = guess_people(&catalog);
    let probe = Probe {
        server: "PostgreSQL 15.18".into(),
        encryption: "TLS 1.3".into(),
        read_only: true,
        catalog,
        notes: Vec::new(),
        took_ms: 38,
    };
    Tested { spec, probe, guesses, kept_in: Some("Secret Service"), not_kept: None }
}

fn refused() -> Problem {
    Problem::new(
        "The server db01.corp.example refused the password of readonly_hr.",
        "Type the password again. If it is right, ask whether this user may sign in from this computer.",
    )
    .technical("FATAL: password authentication failed for user \"readonly_hr\" (28P01)")
}

pub(crate) fn filled(app: &mut App) {
    opened(app);
    app.steps.source.paste_url("postgres://readonly_hr@db01.corp.example/example_db");
}

#[test]
fn pictures_of_the_step() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "source-empty", opened);
    pictures(&mut results, "source-form", |app| {
        opened(app);
        app.send(SourceAsk::Kind(SourceKind::Postgres, &SourceKind::Postgres.about().tiles[0]));
    });
    pictures(&mut results, "source-connected", |app| {
        filled(app);
        app.steps.source.show(tested());
    });
    pictures(&mut results, "source-failing", |app| {
        filled(app);
        app.steps.source.problem = Some(refused());
    });
    pictures(&mut results, "source-chooser", |app| {
        filled(app);
        app.steps.source.show(tested());
        app.send(SourceAsk::Choose);
    });
}

#[test]
fn the_kinds_in_a_small_window() {
    let mut results = SnapshotResults::new();
    let mut window = window_of([1024.0, 600.0], egui::Theme::Light, opened);
    window.run_ok();
    results.add(window.try_snapshot("source-kinds-small"));
}

#[test]
fn the_main_button_says_what_is_missing_until_it_can_be_pressed() {
    let mut window = window(opened);
    window.run();
    window.get_by_label("Choose where your people are");
    window.get_by_label_contains("PostgreSQL. ").click();
    window.run();
    assert!(window.get_by_label("Test connection").accesskit_node().is_disabled());
    window.get_by_label("Type the server's name first");
    for (field, text) in
        [("Host", "db01.corp.example"), ("Database", "example_db"), ("User name", "readonly_hr")]
    {
        window.get_by_role_and_label(egui::Role::TextInput, field).focus();
        window.run();
        window.get_by_role_and_label(egui::Role::TextInput, field).type_text(text);
        window.run();
    }
    window.get_by_label("Test connection").click();
    window.run_steps(3);
    assert_eq!(window.state().jobs().asked(), ["test the source"]);
    window.get_by_label("Connecting to db01.corp.example");
}

#[test]
fn a_pasted_url_picks_the_kind_and_fills_its_form() {
    let mut window = window(opened);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Connection URL").focus();
    window.run();
    window.event(egui::Event::Paste("postgres://hr:geheim@db02:6432/people".into()));
    window.run();
    assert!(!window.get_by_label("Test connection").accesskit_node().is_disabled());
    let host = window.get_by_role_and_label(egui::Role::TextInput, "Host");
    assert_eq!(host.accesskit_node().value().as_deref(), Some("db02"));

    // In a form too, and of another kind.
    window.get_by_label("Paste a URL").click();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Connection URL").focus();
    window.run();
    window
        .get_by_role_and_label(egui::Role::TextInput, "Connection URL")
        .type_text("sqlite:///srv/people.db");
    window.run();
    window.get_by_label("Fill in").click();
    window.run();
    let file = window.get_by_role_and_label(egui::Role::TextInput, "File");
    assert_eq!(file.accesskit_node().value().as_deref(), Some("/srv/people.db"));
}

#[test]
fn a_wrong_url_says_why() {
    let mut window = window(opened);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Connection URL").focus();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Connection URL").type_text("oracle://db/x");
    window.run();
    window.get_by_label("Fill in").click();
    window.run();
    assert!(window.query_by_label_contains("does not know the kind “oracle”").is_some());
}

#[test]
fn arrows_lead_from_tile_to_tile_and_tab_past_them_all() {
    let mut window = window(opened);
    window.run();
    window.get_by_label_contains("PostgreSQL. ").focus();
    window.run();
    window.key_press(egui::Key::ArrowRight);
    window.run();
    assert!(!window.get_by_label_contains("PostgreSQL. ").accesskit_node().is_focused());
    let last = window.get_by_label_contains("Sample company. ");
    assert!(!last.accesskit_node().is_focused());
    window.key_press(egui::Key::End);
    window.run();
    window.key_press(egui::Key::Tab);
    window.run();
    assert!(window.get_by_label("Choose a file…").accesskit_node().is_focused());
    window.key_press_modifiers(egui::Modifiers::SHIFT, egui::Key::Tab);
    window.run();
    window.key_press(egui::Key::Home);
    window.run();
    window.key_press(egui::Key::Enter);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Host");
    // And back to the kinds, with what was typed still there.
    window.get_by_role_and_label(egui::Role::TextInput, "Host").focus();
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Host").type_text("db01");
    window.run();
    window.get_by_label("All kinds").click();
    window.run();
    window.get_by_label_contains("SQLite. ").click();
    window.run();
    window.get_by_label("Change kind").click();
    window.run();
    window.get_by_label_contains("PostgreSQL. ").click();
    window.run();
    let host = window.get_by_role_and_label(egui::Role::TextInput, "Host");
    assert_eq!(host.accesskit_node().value().as_deref(), Some("db01"));
}

#[test]
fn the_search_finds_products_and_enter_opens_the_first() {
    let mut window = window(opened);
    window.run();
    let search = || egui::Role::TextInput;
    window.get_by_role_and_label(search(), "Search kinds and products").focus();
    window.run();
    window.get_by_role_and_label(search(), "Search kinds and products").type_text("keycloak");
    window.run();
    assert!(window.query_by_label_contains("SQLite. ").is_none());
    window.get_by_label_contains("PostgreSQL. ");
    window.key_press(egui::Key::Enter);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Host");
}

#[test]
fn enter_in_a_field_confirms_it_and_the_next_one_tests_the_connection() {
    let mut window = window(filled);
    window.run();
    window.get_by_role_and_label(egui::Role::TextInput, "Database").focus();
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert!(!window.state().steps.source.is_testing());
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert!(window.state().steps.source.is_testing());
}

#[test]
fn the_technical_text_is_one_click_away() {
    let mut window = window(|app| {
        filled(app);
        app.steps.source.problem = Some(refused());
    });
    window.run();
    assert!(window.query_by_label_contains("28P01").is_none());
    window.get_by_label("Show the technical text").click();
    window.run();
    assert!(window.query_by_label_contains("28P01").is_some());
}

#[test]
fn another_table_can_be_chosen_but_not_one_we_may_not_read() {
    let mut window = window(|app| {
        filled(app);
        app.steps.source.show(tested());
    });
    window.run();
    window.get_by_label("Choose another table or write SQL").click();
    window.run_steps(4);
    assert!(window.get_by_label("public.payroll").accesskit_node().is_disabled());
    window.get_by_label("public.active_people").click();
    window.run_steps(3);
    window.get_by_label("Use this table").click();
    window.run_steps(3);
    assert_eq!(window.state().steps.source.chosen.as_ref().unwrap().name, "public.active_people");
    window.get_by_label("Continue").click();
    window.run_steps(3);
    assert_eq!(window.state().shown(), Shown::Step(StepId::Map));
}
