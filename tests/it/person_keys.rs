//! What tells people apart from one reading to the next, where the source has no key of its own.

use std::process::Command;

use causeway::practice::PracticeOrg;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::support::company::{Company, quick_org};
use crate::support::postgres::Postgres;

/// Runs the program in a company's folder: exit code, stdout, stderr.
async fn causeway(company: &Company, args: &[&str], org: Option<&PracticeOrg>) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    command
        .env("CAUSEWAY_KEY_FILE", company.key_file())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .current_dir(company.folder.path())
        .args(args);
    if let Some(org) = org {
        command
            .args(["--okta", org.url(), "--share", "100"])
            .env("CAUSEWAY_OKTA_TOKEN", org.token().expose_secret());
    }
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

async fn done(company: &Company, args: &[&str], org: Option<&PracticeOrg>) -> String {
    let (code, _, err) = causeway(company, args, org).await;
    assert_eq!(code, 0, "{args:?}: {err}");
    err
}

fn source(company: &Company) -> String {
    format!("sqlite://{}", company.database().display())
}

const SELECT: &str = "SELECT email, first_name, last_name, password_hash, id AS person_id FROM staff";

fn sql(company: &Company, text: &str) {
    std::fs::write(company.folder.path().join("people.sql"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gets_another_address_is_no_second_account() {
    let company = Company::found(12).await;
    let org = quick_org().await;
    sql(&company, SELECT);
    let source = source(&company);
    let read = ["read", "move.causeway", "--source", &source, "--sql", "people.sql"];
    let said = done(&company, &read, None).await;
    assert!(said.contains("People are told apart by person_id: each of 12 rows has its own."), "{said}");
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!(org.people_count(), 12);

    company.change("UPDATE staff SET email = 'new.name@example.com' WHERE id = 3").await;
    let (_, out, err) = causeway(&company, &["read", "move.causeway", "--json"], None).await;
    let answer: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out} {err}"));
    assert_eq!((&answer["reading"]["added"], &answer["reading"]["gone"]), (&0.into(), &0.into()));
    assert_eq!(answer["reading"]["changed"], 1);
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!(org.people_count(), 12, "nobody has a second account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_keyed_by_login_goes_on_and_can_be_given_a_key() {
    let company = Company::found(12).await;
    let org = quick_org().await;
    sql(&company, SELECT);
    let source = source(&company);
    let (_, out, _) = causeway(&company, &["map", "--source", &source, "--sql", "people.sql"], None).await;
    let mut mapping: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(mapping["selection"]["key"], serde_json::json!(["person_id"]));
    // As it was made before keys were suggested.
    mapping["selection"]["key"] = serde_json::json!([]);
    std::fs::write(company.folder.path().join("old.json"), mapping.to_string()).unwrap();
    done(&company, &["read", "move.causeway", "--source", &source, "--mapping", "old.json"], None).await;
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    let (code, out, _) = causeway(&company, &["map", "--source", &source, "--check", "old.json"], None).await;
    assert!(code == 0 && out.contains("told apart by their login"), "{out}");

    // Read again as it is, everyone is known.
    let counts = async |args: &[&str]| {
        let (code, out, err) = causeway(&company, args, None).await;
        assert_eq!(code, 0, "{err}");
        let answer: Value = serde_json::from_str(&out).unwrap();
        ["added", "changed", "unchanged", "gone"].map(|word| answer["reading"][word].as_u64().unwrap())
    };
    assert_eq!(counts(&["read", "move.causeway", "--json"]).await, [0, 0, 12, 0]);

    // With the key that is suggested now, too, though somebody's address changed in between.
    company.change("UPDATE staff SET email = 'new.name@example.com' WHERE id = 3").await;
    let again = ["read", "move.causeway", "--source", &source, "--sql", "people.sql", "--json"];
    assert_eq!(counts(&again).await, [0, 1, 11, 0]);
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!(org.people_count(), 12, "nobody has a second account");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_a_join_repeats_are_refused_with_the_columns_that_differ() {
    let company = Company::found(4).await;
    company
        .change("CREATE TABLE phones (staff INTEGER, phone TEXT); INSERT INTO phones VALUES (1, '1'), (2, '2'), (2, '3'), (3, '4'), (4, '5');")
        .await;
    sql(
        &company,
        "SELECT s.id, s.email, s.first_name, s.last_name, p.phone FROM staff s JOIN phones p ON p.staff = s.id ORDER BY s.id, p.phone",
    );
    let source = source(&company);
    let (_, _, err) = causeway(&company, &["map", "--source", &source, "--sql", "people.sql"], None).await;
    assert!(
        err.contains("People are told apart by their login.") && err.contains("No column was found"),
        "{err}"
    );

    let read = ["read", "move.causeway", "--source", &source, "--sql", "people.sql", "--key", "ID"];
    let (_, _, err) = causeway(&company, &read, None).await;
    assert!(err.contains("id does not tell people apart: 1 of 5 rows repeat another's."), "{err}");
    let (_, out, _) = causeway(&company, &["people", "move.causeway", "--json"], None).await;
    let people: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let blocked: Vec<_> = people.iter().filter(|person| person["disposition"] == "blocked").collect();
    assert!(
        blocked.iter().any(|person| person.to_string().contains("Same key as row 2; they differ in phone")),
        "{out}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_in_postgresql_has_its_key_suggested() {
    let server = Postgres::shared();
    server.database(
        "keys_view",
        "CREATE TABLE hidden (who uuid, mail text, given text, family text, hash text);
         INSERT INTO hidden SELECT gen_random_uuid(), 'p' || n || '@example.com', 'Ada', 'Number ' || n, 'x' FROM generate_series(1, 300) AS n;
         CREATE VIEW people AS SELECT mail AS email, given AS first_name, family AS last_name, hash AS password, who AS \"userUUID\" FROM hidden;",
    );
    let company = Company::found(1).await;
    let url = server.url("keys_view");
    let (code, out, err) = causeway(&company, &["map", "--source", &url, "--table", "people"], None).await;
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("People are told apart by userUUID: each of 300 rows has its own."), "{err}");
    let mapping: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(mapping["selection"]["key"], serde_json::json!(["userUUID"]));
}

/// A key that is given again, people numbered anew, and somebody of whom it can't be told: over the command line, with the org's own count.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_given_again_is_somebody_new_or_a_question() {
    let company = Company::found(12).await;
    let org = quick_org().await;
    let source = source(&company);
    done(&company, &["read", "move.causeway", "--source", &source], None).await;
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!(org.people_count(), 12);
    let ids = async || {
        let (_, out, _) = causeway(&company, &["people", "move.causeway", "--json"], None).await;
        let people = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let id = |person: &Value| (person["profile"]["login"].to_string(), person["oktaId"].to_string());
        people.map(|person| id(&person)).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = ids().await;

    // Everyone gets another number: nobody is sent again, and everyone keeps their account.
    company
        .change(
            "PRAGMA foreign_keys = OFF; UPDATE team_members SET staff_id = -staff_id; UPDATE staff SET id = -id;
             UPDATE team_members SET staff_id = (-staff_id) % 12 + 1; UPDATE staff SET id = (-id) % 12 + 1;",
        )
        .await;
    done(&company, &["read", "move.causeway"], None).await;
    done(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!((org.people_count(), ids().await), (12, before.clone()));

    // Row 3 is somebody else's by now; row 4 may be the same person with another name and address.
    company
        .change(
            "UPDATE staff SET email = 'newcomer@example.org', first_name = 'Zoe', last_name = 'Quill', password_hash = NULL WHERE id = 3;
             UPDATE staff SET email = 'other@example.org', last_name = 'Quince', password_hash = NULL WHERE id = 4;",
        )
        .await;
    let (code, out, err) = causeway(&company, &["read", "move.causeway"], None).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("(identity_unsure)") && out.contains("(identity_new)"), "{out}");
    assert!(out.contains("--same-person (or --somebody-new)"), "{out}");
    let (code, out, _) = causeway(&company, &["check", "move.causeway"], Some(&org)).await;
    assert!(code == 3 && out.contains("(identity_unsure)"), "{code} {out}");
    let (code, _, _) = causeway(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!((code, org.people_count()), (3, 13), "the newcomer, and not the one who is asked about");

    let (code, out, err) = causeway(
        &company,
        &["people", "move.causeway", "--finding", "identity_unsure", "--same-person"],
        None,
    )
    .await;
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("1 person is the same person as before."), "{out}");
    let (code, out, err) = causeway(&company, &["import", "move.causeway"], Some(&org)).await;
    assert_eq!(org.people_count(), 13, "{code} {out} {err}");
    let after = ids().await;
    let known = before.values().filter(|id| after.values().any(|other| other == *id)).count();
    assert_eq!(known, 11, "everyone but the one who is gone has the account they had");
}
