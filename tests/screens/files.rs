//! Files written and read through the window, on a desktop without file dialogs: the path is typed.

use std::path::Path;
use std::sync::Arc;

use causeway::app::jobs::{TypedPaths, WindowPicker};
use causeway::migration::people::COLUMNS;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::Memory;
use crate::whole::{Window, open_with, press, shows, wait_until};

const FIELD: &str = "Path of the file";

fn window(folder: &Path) -> Window {
    let home = folder.to_owned();
    open_with(folder, &Arc::new(Memory::default()), move |waker| {
        Arc::new(WindowPicker(TypedPaths::new(waker, home)))
    })
}

/// Waits for the question, types another path and gives it with Enter.
fn give(window: &mut Window, path: &str) {
    wait_until(window, "the question for a path", |w| {
        w.query_all_by_role_and_label(Role::TextInput, FIELD).next().is_some()
    });
    window.get_by_role_and_label(Role::TextInput, FIELD).focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, FIELD).type_text(path);
    window.run_steps(2);
    window.key_press(egui::Key::Enter);
    window.run_steps(2);
}

#[test]
fn lists_mapping_and_report_are_written_and_the_mapping_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = window(folder.path());
    press(&mut window, "Try the sample company");
    shows(&mut window, "4 of 4 required attributes matched");

    // A mapping, saved and loaded.
    press(&mut window, "Save mapping…");
    give(&mut window, "nowhere/mapping.json");
    shows(&mut window, "There is no folder");
    give(&mut window, "mapping.json");
    shows(&mut window, "Mapping saved to mapping.json.");
    let before = window.state().steps.map.mapping.clone().unwrap();
    let saved = std::fs::read_to_string(folder.path().join("mapping.json")).unwrap();
    assert_eq!(causeway::mapping::Mapping::from_json(&saved).unwrap(), before);
    press(&mut window, "Load…");
    give(&mut window, "other.json");
    shows(&mut window, "There is no such file.");
    give(&mut window, "mapping.json");
    wait_until(&mut window, "the mapping loaded", |w| w.state().steps.map.mapping.as_ref() == Some(&before));

    // Review's list: everyone, and the blocked only.
    press(&mut window, "Read ");
    wait_until(&mut window, "everyone in the list", |w| w.state().steps.review.list.order.len() == 255);
    press(&mut window, "Export this list");
    give(&mut window, "people.csv");
    shows(&mut window, "255 people written to people.csv");
    let text = std::fs::read_to_string(folder.path().join("people.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<&str> = reader.headers().unwrap().iter().take(COLUMNS.len()).collect();
    assert_eq!(head, COLUMNS, "what `causeway people` writes");
    assert_eq!(reader.records().count(), 255);
    assert!(text.contains("李伟") && text.contains("الحسن"));
    assert!(!text.contains("$2a$") && !text.contains("pbkdf2_sha256$"), "no hash leaves by this list");
    press(&mut window, "Blocked");
    let blocked = window.state().steps.review.counts.as_ref().unwrap().blocked;
    wait_until(&mut window, "the blocked alone", |w| {
        w.state().steps.review.list.order.len() as u64 == blocked
    });
    // The same name again is not replaced without a word.
    press(&mut window, "Export this list");
    give(&mut window, "people.csv");
    shows(&mut window, "There is already a file with that name.");
    assert_eq!(std::fs::read_to_string(folder.path().join("people.csv")).unwrap(), text);
    let save = window.get_by_role_and_label(Role::Button, "Save");
    assert!(!save.accesskit_node().is_disabled());
    save.click();
    shows(&mut window, &format!("{blocked} people written to people.csv"));
    let text = std::fs::read_to_string(folder.path().join("people.csv")).unwrap();
    assert_eq!(csv::Reader::from_reader(text.as_bytes()).records().count() as u64, blocked);
    assert!(text.lines().skip(1).all(|line| line.contains(",blocked,")));

    // Cancelled: nothing is written.
    press(&mut window, "Export this list");
    shows(&mut window, "This desktop has no dialog for files.");
    press(&mut window, "Cancel");
    window.run_steps(4);
    assert!(window.query_all_by_label_contains("This desktop has no dialog").next().is_none());
}
