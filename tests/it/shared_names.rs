//! Groups that are several in the source and have one name: told by name and number wherever they would come together; and the groups of
//! the people whom own SQL reads.

use causeway::migration::check::{self, CheckJob};
use causeway::model::Progress;
use chrono::NaiveDate;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::groups::File;
use crate::support::company::{Company, choices, client, quick_org, read_database};

const PEOPLE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT);
     INSERT INTO users VALUES (1, 'a@example.com', 'Ada', 'One', 'x'), (2, 'b@example.com', 'Bob', 'Two', 'x'),
        (3, 'c@example.com', 'Cid', 'Three', 'x'), (4, 'd@example.com', 'Dee', 'Four', 'x');";

const END: &str = "Okta has one group per name, so all of these people would be together in it. If they don't belong together, rename one \
                   in the source, or name them apart in a SELECT of your own (--sql).";

/// Two departments by mistake, two tenants', and a column that points at them: what is said of each.
#[tokio::test(flavor = "multi_thread")]
async fn two_groups_of_one_name_are_told_by_name_and_number() {
    let cases: [(&str, &[&str], &str); 3] = [
        (
            "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE team_user (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
             INSERT INTO teams VALUES (10, 'Sales'), (11, 'IT'), (12, ' Sales'), (13, 'IT');
             INSERT INTO team_user VALUES (1, 10), (2, 10), (3, 12), (3, 11), (4, 11);",
            &[],
            // Nobody is in the other IT.
            "2 groups of teams are called “Sales” (2 and 1 people).",
        ),
        (
            "CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT, tenant_id INTEGER, note TEXT);
             CREATE TABLE user_roles (user_id INTEGER REFERENCES users(id), role_id INTEGER REFERENCES roles(id));
             INSERT INTO roles VALUES (1, 'Admin', 7, 'x'), (2, 'Admin', 8, 'x'), (3, 'Admin', 9, 'y'), (4, 'Clerk', 9, 'y');
             INSERT INTO user_roles VALUES (1, 1), (2, 2), (3, 3), (4, 4);",
            &["--groups", "user_roles"],
            "3 groups of roles are called “Admin” (1, 1 and 1 person). They differ in tenant_id and note.",
        ),
        (
            "CREATE TABLE user_groups (id INTEGER PRIMARY KEY, name TEXT);
             INSERT INTO user_groups VALUES (1, 'Lager'), (2, 'Lager');
             ALTER TABLE users ADD COLUMN group_id INTEGER REFERENCES user_groups(id);
             UPDATE users SET group_id = 1; UPDATE users SET group_id = 2 WHERE id = 4;",
            &["--groups", "user_groups"],
            "2 groups of user_groups are called “Lager” (3 and 1 people).",
        ),
    ];
    for (sql, flags, told) in cases {
        let file = File::of(&format!("{PEOPLE}{sql}")).await;
        let args: Vec<&str> = ["--table", "users"].iter().chain(flags).copied().collect();
        let whole = format!("{told} {END}");
        let (code, _, err) = file.causeway("map", &args);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains(&whole), "{err}");
        assert!(!err.contains("called “IT”") && !err.contains("called “Clerk”"), "{err}");
        let (code, out, err) = file.causeway("read", &args);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(&whole), "{out}");
    }
}

/// What the reading found is told again before anything goes, and no longer once the names are apart.
#[tokio::test(flavor = "multi_thread")]
async fn the_check_tells_groups_of_one_name_until_they_are_apart() {
    let company = Company::found(12).await;
    company
        .change(
            "INSERT INTO teams VALUES (4,'Vertrieb'), (5,'vertrieb');
             UPDATE team_members SET team_id = 4 WHERE staff_id = 3;
             INSERT INTO team_members VALUES (1, 5);",
        )
        .await;
    let org = quick_org().await;
    let told = async |name: &str| {
        let folder = company.database().parent().unwrap().to_owned();
        let (workspace, _) =
            read_database(&company.database(), &folder.join(name), &folder.join("keys of all")).await;
        let job = CheckJob {
            workspace: workspace.clone(),
            client: client(&org),
            choices: choices(),
            today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
        };
        let run = check::run(job, CancellationToken::new(), watch::Sender::new(Progress::default()));
        run.await.unwrap().group_notes
    };
    let notes = told("before.causeway").await;
    let found = notes.iter().find(|note| note.contains("are called")).expect("told");
    assert!(found.starts_with("3 groups of teams are called “Vertrieb” (3, 1 and 1 people)."), "{found}");
    company.change("UPDATE teams SET name = 'Vertrieb Süd' WHERE id = 4").await;
    // What is left differs in its letters alone, and that is told by the spellings.
    let notes = told("after.causeway").await;
    assert!(!notes.iter().any(|note| note.contains("are called")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("“Vertrieb” and “vertrieb” are one group")), "{notes:?}");
}

/// A SELECT of a table whose groups are certain: asked about where its ids are there, and told how to get them where they are not.
#[tokio::test(flavor = "multi_thread")]
async fn the_groups_of_people_of_own_sql_are_asked_about() {
    let groups = "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE team_user (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
         CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT);
         INSERT INTO staff VALUES (3, 's@example.com', 'Sue', 'Six', 'x'), (99, 't@example.com', 'Tim', 'Six', 'x');
         INSERT INTO teams VALUES (10, 'Sales'), (11, 'IT');
         INSERT INTO team_user VALUES (1, 10), (2, 11), (3, 11);";
    let file = File::of(&format!("{PEOPLE}{groups}")).await;
    let path = file.path().with_file_name("own.sql");
    let asked = |sql: &str, args: &[&str], command: &str| {
        std::fs::write(&path, sql).unwrap();
        let all: Vec<&str> = ["--sql", path.to_str().unwrap()].iter().chain(args).copied().collect();
        file.causeway(command, &all)
    };
    for (sql, column) in [
        ("SELECT id, email, first_name, last_name, password FROM users WHERE id < 4", "id"),
        (
            "SELECT u.id AS user_id, u.email, u.first_name, u.last_name, u.password FROM users u -- all",
            "user_id",
        ),
    ] {
        let (code, out, err) = asked(sql, &[], "map");
        assert_eq!((code, out.contains("\"groups\": null")), (0, true), "{err}");
        let why = format!(
            "team_user → teams, by foreign keys, but that {column} of your SELECT is users.id is told by names and values alone."
        );
        assert!(err.contains("No groups are taken") && err.contains(&why), "{err}");
        assert!(err.contains("--groups team_user"), "{err}");
        let (code, out, err) = asked(sql, &["--groups", "team_user"], "map");
        assert_eq!(code, 0, "{err}");
        let mapping: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(mapping["selection"]["groups"]["person_key"], column);
    }
    let (code, _, err) = asked(
        "SELECT id, email, first_name, last_name, password FROM users",
        &["--groups", "team_user"],
        "read",
    );
    assert_eq!(code, 0, "{err}");
    assert_eq!(file.groups()[0].1, ["Sales"]);

    // No column to find them by, and one with other people's ids.
    for sql in [
        "SELECT email, first_name, last_name, password FROM users",
        "SELECT id, email, first_name, last_name, password FROM users UNION SELECT id, email, first_name, last_name, password FROM staff",
    ] {
        let (code, out, err) = asked(sql, &[], "map");
        assert_eq!((code, out.contains("\"groups\": null")), (0, true), "{err}");
        assert!(
            err.contains(
                "No groups are taken: team_user → teams has those of users, and your SELECT has no column with users.id. Add it to the \
                 SELECT, or read the table itself (--table)."
            ),
            "{err}"
        );
    }
    // Where the SELECT gives the groups itself, nothing is asked.
    let (_, out, err) = asked(
        "SELECT u.id, u.email, u.first_name, u.last_name, u.password, (SELECT t.name FROM team_user m JOIN teams t ON t.id = m.team_id WHERE \
         m.user_id = u.id) AS groups FROM users u",
        &[],
        "map",
    );
    assert!(out.contains("\"group\"") && !err.contains("No groups are taken"), "{out} {err}");
}

/// What can't be taken is told with what can, and with what speaks against it.
#[tokio::test(flavor = "multi_thread")]
async fn a_membership_that_cannot_be_taken_is_told_with_those_that_can() {
    let groups = "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE team_user (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
         CREATE TABLE role_list (user_id INTEGER, role_id INTEGER);
         CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO teams VALUES (10, 'Sales'); INSERT INTO roles VALUES (1, 'Clerk');
         INSERT INTO team_user VALUES (1, 10); INSERT INTO role_list VALUES (900, 1), (901, 1);";
    let file = File::of(&format!("{PEOPLE}{groups}")).await;
    let (code, _, err) = file.causeway("map", &["--table", "users", "--groups", "nowhere"]);
    assert_eq!(code, 1);
    assert!(err.contains("Name one of team_user (team_user → teams)."), "{err}");
    let (code, _, err) = file.causeway("map", &["--table", "users", "--groups", "role_list"]);
    assert_eq!(code, 1);
    assert!(
        err.contains(
            "no foreign key. Of 2 ids, 0 are found in users. Name one of team_user (team_user → teams)."
        ),
        "{err}"
    );
}
