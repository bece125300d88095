//! The step Map.

use causeway::app::facts::{SourceFact, SourceSetup};
use causeway::app::jobs::Job;
use causeway::app::steps::{MapAsk, StepId};
use causeway::app::{App, Shown};
use causeway::mapping::{Mapping, OtherHalf, SwitchTable, Target, group_candidates, suggest};
use causeway::migration::PersonKey;
use causeway::model::{
    Catalog, Column, ColumnName, Columns, ForeignKey, Phase, Progress, Record, Sample, Selection, Table,
    TableName, Value,
};
use causeway::source::{SourceSpec, Uniqueness};
use egui_kittest::SnapshotResults;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::support::{pictures, window};

const COLUMNS: [&str; 9] = [
    "username",
    "first_name",
    "last_name",
    "phone",
    "password",
    "enabled",
    "dept_code",
    "badge_no",
    "legacy_blob",
];

fn sample() -> Sample {
    let bcrypt = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    let people = [
        ("user1@example.com", "User", "One", "212-555-1234", bcrypt),
        ("wei.li@example.com", "伟", "李", "212-555-1299", bcrypt),
        ("m.oneill@example.com", "Máire", "O'Neill", "", "{SSHA}6Ya1SnS6KzSpEYsHhGmZKvy1nJXRfqUy"),
        ("tomas@example.com", "Tomáš", "Dvořák", "", "5f4dcc3b5aa765d61d8327deb882cf99"),
    ];
    let columns = Columns::new(COLUMNS);
    let records = people.iter().enumerate().map(|(at, (login, first, last, phone, hash))| Record {
        columns: columns.clone(),
        values: [*login, first, last, phone, hash, "true", "HR-12", "88123"]
            .into_iter()
            .map(|text| if text.is_empty() { Value::Null } else { Value::Text(text.into()) })
            .chain([Value::Bytes(vec![0, 159, 146, 150])])
            .collect(),
        key: at.to_string(),
        groups: vec!["USER".into(), if at == 0 { "Admins".into() } else { "Staff".into() }],
    });
    Sample {
        records: records.collect(),
        type_names: vec!["text".into(); COLUMNS.len()],
        columns: columns.clone(),
        rows: Some(48_210),
        exact: true,
    }
}

fn users() -> TableName {
    TableName { schema: Some("public".into()), name: "users".into() }
}

fn suggested() -> Mapping {
    let catalog = Catalog {
        tables: vec![Table {
            name: users(),
            view: false,
            rows: Some(48_210),
            columns: COLUMNS.iter().map(|c| Column { name: (*c).into(), type_name: "text".into() }).collect(),
            primary_key: vec!["username".into()],
            foreign_keys: Vec::new(),
            refused: None,
        }],
    };
    suggest(&catalog, &Selection::table(users()), &sample())
}

pub(crate) fn mapping_shown(app: &mut App) {
    crate::source::opened(app);
    let spec = SourceSpec::parse_url("postgres://readonly_hr@db01.corp.example/example_db").unwrap().0;
    app.facts.source = Some(SourceFact {
        summary: spec.summary(),
        setup: Some(std::sync::Arc::new(SourceSetup {
            spec,
            catalog: None,
            selection: Selection::table(users()),
            rows: Some(48_210),
        })),
    });
    app.steps.map.show(suggested(), sample());
    app.show(Shown::Step(StepId::Map));
}

fn without_login(app: &mut App) {
    mapping_shown(app);
    let mut mapping = suggested();
    mapping.rules.retain(|rule| rule.target != Target::Attribute("login".into()));
    app.steps.map.show(mapping, sample());
}

#[test]
fn pictures_of_the_step() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "map", mapping_shown);
    pictures(&mut results, "map-missing", without_login);
    pictures(&mut results, "map-reading", |app| {
        mapping_shown(app);
        let progress = Progress { phase: Phase::Working, done: 31_200, total: Some(48_210), note: None };
        app.steps.map.reading = Some(Job::standing_still(progress));
    });
    pictures(&mut results, "map-passwords", |app| {
        mapping_shown(app);
        app.send(MapAsk::OpenPasswords);
    });
    pictures(&mut results, "map-changes", |app| {
        mapping_shown(app);
        app.send(MapAsk::Edit(0));
    });
}

#[test]
fn the_suggestion_needs_no_touching() {
    let mut window = window(mapping_shown);
    window.run();
    window.get_by_label("4 of 4 required attributes matched");
    let read = window.get_by_label("Read 48,210 people");
    assert!(!read.accesskit_node().is_disabled());
}

#[test]
fn reading_waits_for_what_okta_requires_and_says_so() {
    let mut window = window(without_login);
    window.run();
    assert!(window.get_by_label("Read 48,210 people").accesskit_node().is_disabled());
    assert!(window.query_all_by_label_contains("Okta needs login").next().is_some());
}

#[test]
fn a_column_is_sent_to_an_attribute_found_by_search() {
    let mut window = window(mapping_shown);
    window.run();
    window.get_by_label_contains("badge_no goes to").click();
    window.run();
    window.get_by_label("Search attributes").focus();
    window.run();
    window.get_by_label("Search attributes").type_text("badgeNumber");
    window.run();
    window.get_by_label("+ Custom attribute “badgeNumber”").click();
    window.run();
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    let rule = mapping.rules.iter().find(|r| r.column.as_deref() == Some("badge_no")).unwrap();
    assert_eq!(rule.target, Target::Attribute("badgeNumber".into()));
    window.get_by_label("badge_no goes to + badgeNumber");
}

#[test]
fn no_stored_password_is_ever_shown() {
    let mut window = window(mapping_shown);
    window.run();
    for part in ["$2a$10$", "5f4dcc3b", "6Ya1SnS6"] {
        assert!(window.query_by_label_contains(part).is_none(), "{part}");
    }
}

#[test]
fn how_the_passwords_are_stored_is_said_and_can_be_stated() {
    let mut window = window(mapping_shown);
    window.run();
    window.get_by_label("How the passwords are stored");
    window.get_by_label_contains("Some values fit several schemes.");
    window.get_by_label("State how they were made…").click();
    window.run();
    window.get_by_label("Scheme: Nothing stated").click();
    window.run();
    window.get_by_label("MD5, one round").click();
    window.run();
    window.get_by_label("Use").click();
    window.run();
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    assert_eq!(mapping.password.assume.as_deref(), Some("md5"));
    window.get_by_label("You stated: MD5, one round.");
    assert!(window.query_by_label_contains("Some values fit several schemes.").is_none());
}

#[test]
fn clear_text_that_many_people_have_can_be_said_to_be_real() {
    let mut window = window(mapping_shown);
    window.run();
    window.get_by_label("State how they were made…").click();
    window.run();
    assert!(window.query_by_label_contains("Clear text many have").is_none(), "no clear text, no question");
    window.get_by_label("Scheme: Nothing stated").click();
    window.run();
    window.get_by_label("Clear text").click();
    window.run();
    window.get_by_label("Clear text many have: isn't sent: they must reset").click();
    window.run();
    window.get_by_label("is their real password: send it").click();
    window.run();
    window.get_by_label("Use").click();
    window.run();
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    assert_eq!(mapping.password.shared_clear_text, causeway::model::SharedClearText::Send);
    window.get_by_label("You stated: Clear text, clear text many have is real.");
}

#[test]
fn what_a_salt_column_is_for_beside_hashes_with_their_own_salt_can_be_said() {
    let mut window = window(|app| {
        mapping_shown(app);
        let map = &mut app.steps.map;
        let (Some(mapping), Some(sample)) = (&mut map.mapping, &mut map.sample) else { panic!("no mapping") };
        let names: Vec<&str> = sample.columns.names().iter().map(String::as_str).collect();
        let columns = causeway::model::Columns::new(names.into_iter().chain(["pw_pepper"]));
        for record in &mut sample.records {
            record.columns = columns.clone();
            record.values.push(causeway::model::Value::Text("x7Kq2mZp".into()));
        }
        sample.columns = columns;
        sample.type_names.push("text".into());
        mapping.password = causeway::model::PasswordSettings::default();
        map.mapping = Some(mapping.clone());
    });
    window.run();
    window.get_by_label("State how they were made…").click();
    window.run();
    window.get_by_label("Hashes with their own salt: not stated: the hook checks them").click();
    window.run();
    window.get_by_label("not used by them").click();
    window.run();
    window.get_by_label("Use").click();
    window.run();
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    assert_eq!(mapping.password.salt_column, causeway::model::SaltColumn::Unused);
    window.get_by_label("You stated: hashes with their own salt don't use the salt column.");
}

#[test]
fn the_column_that_says_how_each_password_was_made_can_be_chosen() {
    let mut window = window(|app| {
        mapping_shown(app);
        let Some(sample) = &mut app.steps.map.sample else { panic!("no sample") };
        let names: Vec<&str> = sample.columns.names().iter().map(String::as_str).collect();
        let columns = causeway::model::Columns::new(names.into_iter().chain(["style"]));
        for record in &mut sample.records {
            record.columns = columns.clone();
            record.values.push(causeway::model::Value::Text("bcrypt".into()));
        }
        sample.columns = columns;
        sample.type_names.push("text".into());
        app.steps.map.mapping = app.steps.map.mapping.clone();
    });
    window.run();
    window.get_by_label("State how they were made…").click();
    window.run();
    window.get_by_label("More: rounds, characters, text around the salt, pepper").click();
    window.run();
    window.get_by_label("How each was made is in: no column").click();
    window.run();
    window.get_by_label("style").click();
    window.run();
    window.get_by_label("This is about: everyone else");
    window.get_by_label("Use").click();
    window.run();
    let mapping = window.state().steps.map.mapping.clone().unwrap();
    assert_eq!(mapping.password.told_by.as_deref(), Some("style"));
    window.get_by_label("The column “style” says of each value how it was made.");
}

#[test]
fn the_preview_turns_from_person_to_person() {
    let mut window = window(mapping_shown);
    window.run();
    window.get_by_label("As Okta will see User One");
    window.get_by_label("Next person").click();
    window.run();
    window.get_by_label("As Okta will see 李伟");
}

#[test]
fn where_the_first_rows_are_none_nobody_can_be_read() {
    let mut window = window(mapping_shown);
    window.run();
    assert!(!window.get_by_label("Read 48,210 people").accesskit_node().is_disabled());
    // The number of rows may be the database's guess; it has no say in this.
    window.state_mut().steps.map.sample.as_mut().unwrap().records.clear();
    window.run();
    window.get_by_label("These rows hold nobody");
    assert!(window.get_by_label("Read 48,210 people").accesskit_node().is_disabled());
}

/// Groups that may be these people's are a question with its reason, and none are taken before it is answered.
#[test]
fn groups_that_are_not_certain_are_asked_about() {
    let columns = |names: &[(&str, &str)]| {
        names.iter().map(|(name, kind)| Column { name: (*name).into(), type_name: (*kind).into() }).collect()
    };
    let table = |name: &str, key: &[&str], names: &[(&str, &str)]| Table {
        name: TableName { schema: Some("public".into()), name: name.into() },
        view: false,
        rows: Some(10),
        columns: columns(names),
        primary_key: key.iter().map(|key| (*key).into()).collect(),
        foreign_keys: Vec::new(),
        refused: None,
    };
    let catalog = Catalog {
        tables: vec![
            table("users", &["username"], &[("username", "text"), ("password", "text"), ("email", "text")]),
            table("team_list", &[], &[("username", "text"), ("team_id", "int")]),
            table("teams", &["id"], &[("id", "int"), ("name", "text")]),
        ],
    };
    let mut window = window(move |app| {
        mapping_shown(app);
        app.steps.map.group_choices = group_candidates(&catalog, &users());
    });
    window.run();
    window.get_by_label_contains(
        "Are these their groups? public.team_list → public.teams, through username = username",
    );
    window.get_by_label("No groups are taken. A column can go to Group.");
    assert_eq!(window.state().steps.map.mapping.as_ref().unwrap().selection.groups, None);
    window.get_by_label("Take the groups of public.team_list");
}

/// What tells people apart is shown; where that is their login, it warns once, and a column that would do better is a click away.
#[test]
fn the_key_is_shown_and_a_login_as_the_key_warns() {
    let mut window = window(|app| {
        mapping_shown(app);
        let mut rows = sample();
        rows.records.iter_mut().for_each(|record| record.key.clear());
        app.steps.map.show(suggested(), rows);
        app.steps.map.key = Some(PersonKey::Login { offered: vec!["badge_no".into()] });
    });
    window.run();
    assert_eq!(window.query_all_by_label_contains("told apart by their login").count(), 1);
    window.get_by_label("Use badge_no as the key");
    assert!(!window.get_by_label("Read 48,210 people").accesskit_node().is_disabled());

    let counted = Uniqueness { rows: 48_210, filled: 48_210, different: 48_210 };
    let columns = vec!["badge_no".into()];
    window.state_mut().steps.map.key = Some(PersonKey::Columns { columns, counted: Some(counted) });
    window.run();
    window.get_by_label("People are told apart by badge_no: each of 48,210 rows has its own.");
    window.get_by_label("Choose another key");
}

/// The same people, with a status in codes that means something else in every product.
pub(crate) fn with_a_status(app: &mut App) {
    mapping_shown(app);
    let mut sample = sample();
    let columns = Columns::new(COLUMNS.into_iter().chain(["status"]));
    for (at, record) in sample.records.iter_mut().enumerate() {
        record.columns = columns.clone();
        record.values.push(Value::Integer(i64::from(at != 1)));
    }
    sample.columns = columns;
    sample.type_names.push("integer".into());
    app.steps.map.show(suggested(), sample);
}

#[test]
fn a_column_that_may_say_who_is_switched_off_is_asked_about_and_one_click_answers() {
    let mut results = SnapshotResults::new();
    pictures(&mut results, "map-switch", with_a_status);
    for (answer, target) in
        [("Use status for Is active", Target::IsActive), ("No, leave status behind", Target::LeftBehind)]
    {
        let mut window = window(with_a_status);
        window.run();
        window.get_by_label("“1” (3), “0” (1)");
        window.get_by_label("Used: 1 of 4 people would be left out (1 = yes, anything else = no).");
        window.get_by_label(answer).click();
        window.run();
        assert!(window.query_by_label("Who may sign in?").is_none());
        let mapping = window.state().steps.map.mapping.clone().unwrap();
        let rule = mapping.rules.iter().find(|r| r.column.as_deref() == Some("status")).unwrap();
        assert_eq!(rule.target, target);
    }
}

/// What is missing here and is in another table stands in a card of its own, with the way to read it too.
#[test]
fn a_separate_table_of_credentials_is_named_with_the_join() {
    let column = |table: &str, column: &str| ColumnName {
        table: TableName { schema: None, name: table.into() },
        column: column.into(),
    };
    let half = OtherHalf {
        table: TableName { schema: None, name: "credentials".into() },
        holds: vec!["passwords"],
        join: (column("users", "id"), column("credentials", "user_id")),
        keyed: true,
        selection: Some(Selection::table(users())),
        several: None,
    };
    let mut window = window(move |app| {
        mapping_shown(app);
        app.steps.map.halves = vec![half];
        app.steps.map.notes = vec!["People of several realms are read together.".into()];
    });
    window.run();
    window.get_by_label(
        "Passwords seem to be in credentials (credentials.user_id = users.id, by a foreign key). Without it everyone must reset.",
    );
    window.get_by_label("People of several realms are read together.");
    window.get_by_label("Read credentials too");
}

/// A table that may keep people out is told with its count, read too, or said to be of no concern.
#[test]
fn a_table_of_bans_is_told_and_one_click_answers() {
    let selection = serde_json::to_value(Selection::table(users())).unwrap();
    let table: SwitchTable = serde_json::from_value(serde_json::json!({
        "table": {"name": "banned_users"}, "kind": "listed", "joins": [["id", "user_id"]], "of": {"name": "users"}, "sure": true,
        "columns": [], "doubts": [], "people": 3, "selection": selection,
    }))
    .unwrap();
    let mut window = window(move |app| {
        mapping_shown(app);
        app.steps.map.switch_tables = vec![table];
    });
    window.run();
    let said = "banned_users may say who is kept out, and nothing reads it: 3 people are in it (user_id = users.id) and arrive active now.";
    window.get_by_label(said);
    window.get_by_label("Read banned_users too");
    window.get_by_label("No, leave banned_users behind").click();
    window.run();
    assert!(window.query_by_label(said).is_none());
    let left = &window.state().steps.map.mapping.as_ref().unwrap().left_tables;
    assert_eq!(left.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["banned_users"]);
}

/// Of several certain memberships one is taken; the others are named, and one of them can be taken instead.
#[test]
fn certain_memberships_that_are_not_taken_are_named() {
    let table = |name: &str, columns: &[&str], keys: &[(&str, &str)]| Table {
        name: TableName { schema: Some("public".into()), name: name.into() },
        view: false,
        rows: Some(10),
        columns: columns
            .iter()
            .map(|name| Column {
                name: (*name).into(),
                type_name: if name.ends_with("id") { "int" } else { "text" }.into(),
            })
            .collect(),
        primary_key: if columns[0] == "id" { vec!["id".into()] } else { Vec::new() },
        foreign_keys: keys
            .iter()
            .map(|(column, table)| ForeignKey {
                columns: vec![(*column).into()],
                table: TableName { schema: Some("public".into()), name: (*table).into() },
                references: vec!["id".into()],
            })
            .collect(),
        refused: None,
    };
    let catalog = Catalog {
        tables: vec![
            table("users", &["id", "username", "password", "email"], &[]),
            table("team_user", &["user_id", "team_id"], &[("user_id", "users"), ("team_id", "teams")]),
            table("teams", &["id", "name"], &[]),
            table("role_user", &["user_id", "role_id"], &[("user_id", "users"), ("role_id", "roles")]),
            table("roles", &["id", "name"], &[]),
        ],
    };
    let found = group_candidates(&catalog, &users());
    assert!(found.len() == 2 && found.iter().all(causeway::mapping::GroupCandidate::certain));
    let other = found[1].words();
    let mut window = window(move |app| {
        mapping_shown(app);
        app.steps.map.mapping.as_mut().unwrap().selection.groups = Some(found[0].membership.clone());
        app.steps.map.group_choices.clone_from(&found);
    });
    window.run();
    window.get_by_label("One membership is taken. Not taken:");
    window.get_by_label(&other);
    window.get_by_label(&format!("Take {other} instead"));
    window.get_by_label(&format!("Take {other} too"));
}
