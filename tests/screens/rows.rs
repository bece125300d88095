//! Other rows chosen, or other SQL written, after a mapping was made: with the real jobs and the sample company.

use std::sync::Arc;

use causeway::mapping::{Mapping, Target};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use crate::support::Memory;
use crate::whole::{Window, open, press, shows, wait_until};

const SQL: &str = "SELECT id, username, email, first_name, last_name, employee_no, password_hash FROM staff";

/// The sample company's Map step with one decision of our own, and the mapping it has then.
fn mapped(folder: &std::path::Path) -> (Window, Mapping) {
    let mut window = open(folder, &Arc::new(Memory::default()));
    press(&mut window, "Try the sample company");
    shows(&mut window, "4 of 4 required attributes matched");
    let label = "employee_no goes to";
    window.get_by_label_contains(label).click();
    window.run_steps(3);
    window.get_by_label("Search attributes").focus();
    window.run_steps(2);
    window.get_by_label("Search attributes").type_text("badgeNumber");
    window.run_steps(3);
    window.get_by_label("+ Custom attribute “badgeNumber”").click();
    wait_until(&mut window, "the rule", |w| {
        w.query_all_by_label("employee_no goes to + badgeNumber").next().is_some()
    });
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    (window, mapping)
}

fn write_sql(window: &mut Window, text: &str) {
    window.get_by_role_and_label(Role::MultilineTextInput, "SELECT").focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.run_steps(2);
    window.get_by_role_and_label(Role::MultilineTextInput, "SELECT").type_text(text);
    window.run_steps(2);
}

/// What stands in the SELECT's field, if it is there.
fn written(window: &Window) -> Option<String> {
    let mut fields = window.query_all_by_role_and_label(Role::MultilineTextInput, "SELECT");
    fields.next().and_then(|field| egui_kittest::kittest::NodeT::accesskit_node(&field).value())
}

fn open_sql(window: &mut Window) {
    press(window, "Use SQL instead");
    shows(window, "Which rows are people?");
    // The SELECT of what is read now, ready to be changed.
    wait_until(window, "the text field", |w| {
        written(w).as_deref() == Some("SELECT *\nFROM \"staff\"")
            && w.get_by_role_and_label(Role::MultilineTextInput, "SELECT").is_focused()
    });
    shows(window, "The first ");
}

/// Uses the SELECT; it is tried first, and the dialog goes when it gave rows. Map is shown again.
fn use_sql(window: &mut Window) {
    press(window, "Use this SELECT");
    wait_until(window, "the dialog to go", |w| w.state().steps.source.chooser.is_none());
}

#[test]
fn other_rows_keep_the_rules_whose_columns_they_have_and_one_can_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, before) = mapped(folder.path());
    open_sql(&mut window);
    write_sql(&mut window, SQL);
    use_sql(&mut window);
    shows(&mut window, &format!("of {} rules reused from staff.", before.rules.len()));
    shows(&mut window, "Not reused, because these rows have no such column:");
    shows(&mut window, "employee_no goes to + badgeNumber");
    let now = window.state().steps.map.mapping.clone().unwrap();
    assert!(now.rules.iter().all(|rule| rule.column.as_deref() != Some("phone")));
    assert!(now.rules.iter().any(|rule| rule.target == Target::Attribute("badgeNumber".into())));
    press(&mut window, "Back to staff");
    wait_until(&mut window, "the former mapping", |w| w.state().steps.map.mapping.as_ref() == Some(&before));
    shows(&mut window, "These rows have the mapping they had before.");
    // Leaving the step and coming back does not choose the SELECT again.
    window.state_mut().send(causeway::app::Command::GoTo(causeway::app::steps::StepId::Source));
    shows(&mut window, "Where are your people today?");
    press(&mut window, "Continue");
    shows(&mut window, "4 of 4 required attributes matched");
    assert_eq!(window.state().steps.map.mapping.as_ref(), Some(&before));
    // And forward again: what was made of the SELECT is still there.
    press(&mut window, "Back to your own SQL");
    wait_until(&mut window, "the SELECT's mapping", |w| w.state().steps.map.mapping.as_ref() == Some(&now));
    press(&mut window, "Dismiss");
    wait_until(&mut window, "no bar", |w| w.query_all_by_label_contains("Back to staff").next().is_none());
    // The SELECT is there to be mended, and what was decided stays.
    press(&mut window, "Edit the SQL");
    wait_until(&mut window, "the SELECT in its field", |w| written(w).as_deref() == Some(SQL));
    let longer = SQL.replace("password_hash", "password_hash, phone");
    write_sql(&mut window, &longer);
    use_sql(&mut window);
    shows(&mut window, &format!("{0} of {0} rules reused from your own SQL.", now.rules.len()));
    let edited = window.state().steps.map.mapping.clone().unwrap();
    assert_eq!(edited.selection.people, causeway::model::People::Sql(longer));
    assert!(now.rules.iter().all(|rule| edited.rules.contains(rule)));
    assert!(edited.rules.iter().any(|rule| rule.column.as_deref() == Some("phone")));
}

#[test]
fn sql_that_is_not_one_select_is_refused_beside_the_text_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, before) = mapped(folder.path());
    open_sql(&mut window);
    for (sql, said) in [
        ("DELETE FROM staff", "Nothing was changed."),
        ("SELECT * FROM staff; DROP TABLE staff", "This SQL holds more than one statement."),
        ("SELECT nickname FROM staff", "no such column: nickname"),
    ] {
        write_sql(&mut window, sql);
        press(&mut window, "Use this SELECT");
        wait_until(&mut window, sql, |w| {
            w.state().steps.source.chooser.as_ref().is_some_and(|chooser| chooser.problem.is_some())
        });
        if window.query_all_by_label_contains(said).next().is_none() {
            // The dialog grew by the card, and is put in the middle again in the next frame.
            window.run_steps(3);
            window.get_by_label("Show the technical text").click();
        }
        shows(&mut window, said);
        assert_eq!(written(&window).as_deref(), Some(sql), "what was written stays to be mended");
        let button = window.get_by_role_and_label(Role::Button, "Use this SELECT");
        assert!(egui_kittest::kittest::NodeT::accesskit_node(&button).is_disabled());
    }
    press(&mut window, "Cancel");
    shows(&mut window, "employee_no goes to + badgeNumber");
    assert_eq!(window.state().steps.map.mapping.as_ref(), Some(&before));
    assert!(window.query_all_by_label_contains("rules kept").next().is_none());
}

#[test]
fn an_attribute_the_org_lacks_is_created_after_everyone_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, _) = mapped(folder.path());
    press(&mut window, "Read ");
    // The practice org was looked at before anyone was read, and lacks the attribute that everyone has.
    shows(&mut window, "Okta lacks attributes: create them in the next step");
    press(&mut window, "Continue");
    press(&mut window, "Create it in Okta's profile");
    press(&mut window, "Create 1 attribute");
    wait_until(&mut window, "people who can go", |w| {
        let facts = &w.state().facts;
        facts.target_ready && facts.import.waiting > 200
    });
    assert!(window.query_all_by_label_contains("Create it in Okta's profile").next().is_none());
    let label = window.state().steps.okta.choices.label_group.clone().unwrap();
    assert!(label.starts_with("Migrated_from_company"), "{label}");
}

#[test]
fn another_file_with_a_table_of_the_same_name_is_not_taken_for_the_one_people_were_read_from() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, _) = mapped(folder.path());
    press(&mut window, "Read ");
    // The numbers come while people are read; where they are from, at the end.
    wait_until(&mut window, "everyone", |w| {
        let facts = &w.state().facts;
        facts.people.is_some_and(|people| people.total > 200) && facts.read_from.is_some()
    });
    let first = window.state().facts.source.clone().unwrap();
    assert_eq!(window.state().facts.read_from, Some(first.summary));
    let causeway::source::SourceSpec::Sqlite(spec) = &first.setup.unwrap().spec else { panic!("a file") };
    let other = folder.path().join("other.sqlite");
    std::fs::copy(&spec.path, &other).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", other.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("PRAGMA foreign_keys = OFF; DELETE FROM staff WHERE rowid > 3")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    let go = |step| causeway::app::Command::GoTo(step);
    window.state_mut().send(go(causeway::app::steps::StepId::Source));
    shows(&mut window, "Where are your people today?");
    window.state_mut().steps.source.paste_url(&format!("sqlite://{}", other.display()));
    window.state_mut().send(causeway::app::steps::SourceAsk::Test);
    shows(&mut window, "3 rows");
    press(&mut window, "Continue");
    shows(&mut window, "The people here were read from SQLite · company");
    shows(&mut window, "the people from SQLite · other.sqlite take their place");
    press(&mut window, "Read 3 people again");
    wait_until(&mut window, "the three", |w| {
        w.state().facts.read_from.as_deref() == Some("SQLite · other.sqlite")
    });
    window.state_mut().send(go(causeway::app::steps::StepId::Map));
    shows(&mut window, "4 of 4 required attributes matched");
    assert!(window.query_all_by_label_contains("The people here were read from").next().is_none());
}

/// Groups that are not certain, and passwords in a table of their own: both are asked about, and taken at a click.
#[test]
fn groups_and_a_separate_table_of_passwords_are_taken_when_they_are_wished() {
    let folder = tempfile::tempdir().unwrap();
    let (mut window, _) = mapped(folder.path());
    let source = window.state().facts.source.clone().unwrap();
    let causeway::source::SourceSpec::Sqlite(spec) = &source.setup.unwrap().spec else { panic!("a file") };
    let other = folder.path().join("other.sqlite");
    std::fs::copy(&spec.path, &other).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", other.display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let sql = "PRAGMA foreign_keys = OFF;
             CREATE TABLE staff_credentials (staff_id INTEGER PRIMARY KEY REFERENCES staff (id), password_hash TEXT);
             INSERT INTO staff_credentials SELECT id, password_hash FROM staff;
             ALTER TABLE staff DROP COLUMN password_hash;
             CREATE TABLE roster (crew_id INTEGER, team_id INTEGER);
             INSERT INTO roster SELECT staff_id, team_id FROM team_members;
             DROP TABLE team_members;
             ALTER TABLE staff RENAME TO crew;";
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    window.state_mut().send(causeway::app::Command::GoTo(causeway::app::steps::StepId::Source));
    shows(&mut window, "Where are your people today?");
    window.state_mut().steps.source.paste_url(&format!("sqlite://{}", other.display()));
    window.state_mut().send(causeway::app::steps::SourceAsk::Test);
    wait_until(&mut window, "the other file", |w| {
        w.state()
            .steps
            .source
            .tested
            .as_ref()
            .is_some_and(|tested| tested.spec.summary().contains("other.sqlite"))
    });
    press(&mut window, "Continue");
    let mapping = |w: &Window| w.state().steps.map.mapping.clone();
    let passwords = |mapping: &Mapping| mapping.rules.iter().any(|rule| rule.target == Target::Password);

    wait_until(&mut window, "the question", |w| w.state().steps.map.group_choices.len() == 1);
    let before = mapping(&window).unwrap();
    assert!(before.selection.groups.is_none() && !passwords(&before));
    let chosen = window.state().steps.map.group_choices[0].membership.clone();
    window.state_mut().send(causeway::app::steps::MapAsk::TakeGroups(Box::new(chosen.clone())));
    wait_until(&mut window, "the groups", |w| {
        mapping(w).is_some_and(|mapping| mapping.selection.groups.is_some())
    });

    shows(
        &mut window,
        "Passwords seem to be in staff_credentials (staff_credentials.staff_id = crew.id, by a foreign key).",
    );
    press(&mut window, "Read staff_credentials too");
    wait_until(&mut window, "both halves", |w| mapping(w).is_some_and(|mapping| passwords(&mapping)));
    let joined = mapping(&window).unwrap();
    assert_eq!(joined.selection.groups, Some(chosen));
    assert_eq!(joined.selection.key, ["id"]);
    assert!(window.query_all_by_label_contains("Passwords seem to be in").next().is_none());
    press(&mut window, "Back to crew");
    wait_until(&mut window, "the table alone", |w| mapping(w).is_some_and(|mapping| !passwords(&mapping)));
}
