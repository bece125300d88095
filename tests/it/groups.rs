//! Whose groups a membership holds: never another table's people's, whatever the columns are called, and nothing uncertain unasked.

use std::path::PathBuf;
use std::process::Command;

use causeway::migration::{Groups, group_choices, suggest_for};
use causeway::model::{Selection, TableName};
use causeway::source::{Source, SourceSpec, SqliteSpec, open};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::support::postgres::{Postgres, READER, READER_PASSWORD};

/// A SQLite file.
pub(crate) struct File {
    folder: tempfile::TempDir,
}

impl File {
    pub(crate) async fn of(sql: &str) -> Self {
        let file = Self { folder: tempfile::tempdir().unwrap() };
        let options = SqliteConnectOptions::new().filename(file.path()).create_if_missing(true);
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {sql} COMMIT;"))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        file
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("people.db")
    }

    pub(crate) fn source(&self) -> std::sync::Arc<dyn Source> {
        open(&SourceSpec::Sqlite(SqliteSpec { path: self.path() }), None).unwrap()
    }

    /// Runs the program on it: exit code, stdout, stderr.
    pub(crate) fn causeway(&self, command: &str, args: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_causeway"))
            .env("CAUSEWAY_KEY_FILE", self.folder.path().join("keys"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .current_dir(self.folder.path())
            .arg(command)
            .args((command == "read").then_some("move.causeway"))
            .args(["--source", &format!("sqlite://{}", self.path().display())])
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// What everyone's groups are after a reading, login by login.
    pub(crate) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let output = Command::new(env!("CARGO_BIN_EXE_causeway"))
            .env("CAUSEWAY_KEY_FILE", self.folder.path().join("keys"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .current_dir(self.folder.path())
            .args(["people", "move.causeway", "--json"])
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let people = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let words = |value: &Value| value.as_str().unwrap().to_owned();
        people
            .map(|person| {
                let groups = person["groups"].as_array().unwrap().iter().map(words).collect();
                (words(&person["profile"]["login"]), groups)
            })
            .collect()
    }
}

fn named(schema: Option<&str>, name: &str) -> Selection {
    Selection::table(TableName { schema: schema.map(str::to_owned), name: name.to_owned() })
}

/// Each membership that may be these people's: whether it is certain, its tables, and the reason.
async fn choices(source: &dyn Source, people: &Selection) -> Vec<(bool, String, String)> {
    let catalog = source.probe().await.unwrap().catalog;
    let found = group_choices(source, &catalog, people).await;
    found.iter().map(|c| (c.certain(), c.words(), c.reason())).collect()
}

/// Everyone's groups by the suggestion alone.
async fn groups(source: &dyn Source, people: Selection) -> Vec<Vec<String>> {
    let catalog = source.probe().await.unwrap().catalog;
    let choices = group_choices(source, &catalog, &people).await;
    let made = suggest_for(source, &catalog, people, &choices, Groups::Certain, 1000).await.unwrap();
    made.sample.records.into_iter().map(|record| record.groups).collect()
}

/// `people` rows of a table whose ids are 1 and up.
fn rows(table: &str, people: usize, values: impl Fn(usize) -> String) -> String {
    let rows: Vec<String> = (1..=people).map(|n| format!("({n}, {})", values(n))).collect();
    format!("INSERT INTO {table} VALUES {};", rows.join(", "))
}

fn person(n: usize, place: &str) -> String {
    format!(
        "'{place}{n}@example.com', 'Ada', 'Number {n}', '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'"
    )
}

/// A shop's people beside a club's, by equal numbers, without a foreign key anywhere.
fn shop_and_club() -> String {
    let mut sql = String::from(
        "CREATE TABLE shoppers (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password_hash TEXT);
         CREATE TABLE employees (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, pw TEXT);
         CREATE TABLE clubs (id INTEGER PRIMARY KEY, title TEXT);
         CREATE TABLE club_roster (person_id INTEGER, club_id INTEGER);
         CREATE TABLE employee_roles (uid INTEGER, role_id INTEGER);
         CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT);
         INSERT INTO clubs VALUES (1, 'Chess'), (2, 'Rowing');
         INSERT INTO roles VALUES (1, 'Cashier'), (2, 'Director');",
    );
    sql += &rows("shoppers", 40, |n| person(n, "shop"));
    sql += &rows("employees", 40, |n| person(n, "work"));
    for n in 1..=40 {
        sql += &format!(
            "INSERT INTO club_roster VALUES ({n}, {}); INSERT INTO employee_roles VALUES ({n}, {});",
            n % 2 + 1,
            n % 2 + 1
        );
    }
    sql
}

#[tokio::test]
async fn equal_numbers_give_nobody_another_table_s_groups() {
    let file = File::of(&shop_and_club()).await;
    let source = file.source();
    let shoppers = named(None, "shoppers");
    assert_eq!(
        choices(&*source, &shoppers).await,
        [(
            false,
            "club_roster → clubs".to_owned(),
            "through person_id = id and club_id = clubs.id; no foreign key. Of 40 ids, all are found in shoppers, but all in employees \
             too."
                .to_owned()
        )]
    );
    assert!(groups(&*source, shoppers).await.iter().all(Vec::is_empty));
    // Nor are those of their own table taken unasked.
    let employees = named(None, "employees");
    let asked: Vec<_> = choices(&*source, &employees).await.into_iter().map(|(_, words, _)| words).collect();
    assert_eq!(asked, ["employee_roles → roles", "club_roster → clubs"]);
    assert!(groups(&*source, employees).await.iter().all(Vec::is_empty));
}

#[tokio::test]
async fn ids_that_are_more_of_another_table_are_not_even_asked_about() {
    let mut sql = shop_and_club();
    sql += "DELETE FROM shoppers WHERE id > 12;";
    let file = File::of(&sql).await;
    let source = file.source();
    assert_eq!(choices(&*source, &named(None, "shoppers")).await, []);
    let (_, _, why) = choices(&*source, &named(None, "employees")).await.remove(1);
    assert!(why.ends_with("Of 40 ids, all are found in employees, but 12 in shoppers too."), "{why}");
    // Ids of nobody here.
    let file = File::of(&(shop_and_club() + "UPDATE club_roster SET person_id = person_id + 1000;")).await;
    assert_eq!(choices(&*file.source(), &named(None, "shoppers")).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_asks_takes_nothing_unanswered_and_what_is_named() {
    let file = File::of(&shop_and_club()).await;
    let (code, out, err) = file.causeway("map", &["--table", "shoppers"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"groups\": null"), "{out}");
    assert!(err.contains("club_roster → clubs, through person_id = id"), "{err}");
    assert!(err.contains("--groups club_roster"), "{err}");
    assert!(!err.contains("employee_roles"), "{err}");

    let (code, _, err) = file.causeway("read", &["--table", "shoppers"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("No groups are taken") && err.contains("--groups club_roster"), "{err}");
    assert!(file.groups().iter().all(|(_, groups)| groups.is_empty()));

    let (code, _, err) = file.causeway("read", &["--table", "shoppers", "--groups", "club_roster"]);
    assert_eq!(code, 0, "{err}");
    assert!(!err.contains("No groups are taken"), "{err}");
    let read = file.groups();
    assert_eq!(read[0], ("shop1@example.com".to_owned(), vec!["Rowing".to_owned()]));

    let (code, _, err) = file.causeway("map", &["--table", "shoppers", "--groups", "employee_roles"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("“employee_roles” isn't a table")
            && err.contains("Name one of club_roster (club_roster → clubs)."),
        "{err}"
    );
    let (code, out, err) = file.causeway("map", &["--table", "shoppers", "--no-groups"]);
    assert_eq!((code, out.contains("\"groups\": null")), (0, true));
    assert!(!err.contains("No groups are taken"), "{err}");
}

#[tokio::test]
async fn a_polymorphic_membership_gives_each_model_its_own() {
    let mut sql = String::from(
        r"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, password TEXT, remember_token TEXT);
          CREATE TABLE admins (id INTEGER PRIMARY KEY, name TEXT, email TEXT, password TEXT);
          CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT, guard_name TEXT);
          CREATE TABLE model_has_roles (role_id INTEGER, model_type TEXT, model_id INTEGER);
          INSERT INTO roles VALUES (1, 'Super admin', 'web'), (2, 'Writer', 'web');
          INSERT INTO model_has_roles VALUES (1, 'App\Models\Admin', 1), (2, 'App\Models\User', 1), (2, 'App\Models\User', 2);",
    );
    sql += &rows("users", 3, |n| format!("'Ada Number{n}', 'u{n}@example.com', 'x', NULL"));
    sql += &rows("admins", 3, |n| format!("'Bob Number{n}', 'a{n}@example.com', 'x'"));
    let file = File::of(&sql).await;
    let source = file.source();
    assert_eq!(groups(&*source, named(None, "users")).await, [vec!["Writer"], vec!["Writer"], vec![]]);
    assert_eq!(groups(&*source, named(None, "admins")).await, [vec!["Super admin"], vec![], vec![]]);
    let why = &choices(&*source, &named(None, "users")).await[0].2;
    assert_eq!(why, r"these are spatie/laravel-permission’s tables, where model_type is App\Models\User.");
}

#[tokio::test]
async fn roles_on_one_thing_pending_and_revoked_memberships_are_not_taken() {
    let mut sql = String::from(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, encrypted_password TEXT, reset_password_token TEXT, name TEXT);
         CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT, resource_type TEXT, resource_id INTEGER);
         CREATE TABLE users_roles (user_id INTEGER, role_id INTEGER);
         INSERT INTO roles VALUES (1, 'admin', NULL, NULL), (2, 'moderator', 'Forum', 7);
         INSERT INTO users_roles VALUES (1, 1), (2, 2), (3, 2), (3, 1);",
    );
    sql += &rows("users", 3, |n| format!("'u{n}@example.com', 'x', NULL, 'Ada Number{n}'"));
    let file = File::of(&sql).await;
    assert_eq!(groups(&*file.source(), named(None, "users")).await, [vec!["admin"], vec![], vec!["admin"]]);

    let mut sql = String::from(
        "CREATE TABLE f_users (user_id INTEGER PRIMARY KEY, username TEXT, user_email TEXT, user_password TEXT, user_type INTEGER);
         CREATE TABLE f_groups (group_id INTEGER PRIMARY KEY, group_name TEXT);
         CREATE TABLE f_user_group (group_id INTEGER, user_id INTEGER, group_leader INTEGER, user_pending INTEGER);
         INSERT INTO f_groups VALUES (1, 'Registered'), (2, 'Administrators');
         INSERT INTO f_user_group VALUES (1, 1, 0, 0), (2, 1, 0, 1), (2, 2, 1, 0);",
    );
    sql += &rows("f_users", 2, |n| format!("'user{n}', 'u{n}@example.com', 'x', 0"));
    let file = File::of(&sql).await;
    assert_eq!(
        groups(&*file.source(), named(None, "f_users")).await,
        [vec!["Registered"], vec!["Administrators"]]
    );
}

/// Two products in two schemas of one database, and one whose tables are called as the other's.
#[tokio::test(flavor = "multi_thread")]
async fn in_postgresql_another_schema_s_groups_are_out_of_reach() {
    let server = Postgres::shared();
    server.database(
        "groups_two_schemas",
        &format!(
            "CREATE SCHEMA crm; CREATE SCHEMA intranet; CREATE SCHEMA shop;
             CREATE TABLE crm.people (id int PRIMARY KEY, email text, first_name text, last_name text, encrypted_password text);
             CREATE TABLE intranet.auth_user (id int PRIMARY KEY, password text, is_superuser bool, username text, first_name text,
                last_name text, email text, is_active bool, is_staff bool);
             CREATE TABLE intranet.auth_group (id int PRIMARY KEY, name text);
             CREATE TABLE intranet.auth_user_groups (id int PRIMARY KEY, user_id int, group_id int);
             CREATE TABLE intranet.memberships (person_id int, team_id int);
             CREATE TABLE intranet.teams (id int PRIMARY KEY, name text);
             CREATE TABLE shop.\"AspNetUsers\" (\"Id\" uuid PRIMARY KEY, \"UserName\" text, \"NormalizedUserName\" text, \"Email\" text,
                \"PasswordHash\" text, \"SecurityStamp\" text);
             CREATE TABLE shop.\"AspNetRoles\" (\"Id\" uuid PRIMARY KEY, \"Name\" text);
             CREATE TABLE shop.\"AspNetUserRoles\" (\"UserId\" uuid, \"RoleId\" uuid);
             INSERT INTO crm.people SELECT n, 'p' || n || '@example.com', 'Ada', 'Number ' || n, 'x' FROM generate_series(1, 300) AS n;
             INSERT INTO intranet.auth_user SELECT n, 'x', false, 'u' || n, 'Bob', 'Number ' || n, 'u' || n || '@example.com', true, true
                FROM generate_series(1, 300) AS n;
             INSERT INTO intranet.auth_group VALUES (1, 'staff'), (2, 'Editors');
             INSERT INTO intranet.auth_user_groups SELECT n, n, n % 2 + 1 FROM generate_series(1, 300) AS n;
             INSERT INTO intranet.teams VALUES (1, 'North');
             INSERT INTO intranet.memberships SELECT n, 1 FROM generate_series(1, 300) AS n;
             INSERT INTO shop.\"AspNetUsers\" VALUES ('11111111-1111-4111-8111-111111111111', 'c@example.com', 'C@EXAMPLE.COM',
                'c@example.com', 'x', 'y');
             INSERT INTO shop.\"AspNetRoles\" VALUES ('22222222-2222-4222-8222-222222222222', 'Buyer');
             INSERT INTO shop.\"AspNetUserRoles\" VALUES ('11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222');
             GRANT USAGE ON SCHEMA crm, intranet, shop TO {READER};
             GRANT SELECT ON ALL TABLES IN SCHEMA crm, intranet, shop TO {READER};"
        ),
    );
    let password = Some(READER_PASSWORD.to_owned().into());
    let source = open(&SourceSpec::Postgres(server.spec("groups_two_schemas")), password).unwrap();
    let crm = named(Some("crm"), "people");
    assert_eq!(choices(&*source, &crm).await, []);
    assert!(groups(&*source, crm).await.iter().all(Vec::is_empty));

    let django = named(Some("intranet"), "auth_user");
    let found = choices(&*source, &django).await;
    assert_eq!(
        found[0],
        (true, "intranet.auth_user_groups → intranet.auth_group".into(), "these are Django’s tables.".into())
    );
    assert!(
        !found[1].0
            && found[1]
                .2
                .contains("Of 300 ids, all are found in intranet.auth_user, but all in crm.people too."),
        "{found:?}"
    );
    assert_eq!(groups(&*source, django).await[0], ["Editors"]);
    assert_eq!(groups(&*source, named(Some("shop"), "AspNetUsers")).await, [["Buyer"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_named_as_any_sql_writes_it() {
    let sql = "CREATE TABLE \"User Accounts\" (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, pw TEXT);
               CREATE TABLE \"odd.name\" (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, pw TEXT);";
    let file = File::of(sql).await;
    for (named, table) in [
        ("User Accounts", "User Accounts"),
        ("\"User Accounts\"", "User Accounts"),
        ("main.\"User Accounts\"", "User Accounts"),
        ("[user accounts]", "User Accounts"),
        ("`User Accounts`", "User Accounts"),
        ("odd.name", "odd.name"),
        ("\"odd.name\"", "odd.name"),
    ] {
        let (code, out, err) = file.causeway("map", &["--table", named]);
        assert_eq!(code, 0, "{named}: {err}");
        let mapping: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(mapping["selection"]["people"]["table"]["name"], table, "{named}");
    }
    let (code, _, err) = file.causeway("map", &["--table", "\"gone\""]);
    assert_eq!(code, 1);
    assert!(err.contains("“gone”") || err.contains("gone"), "{err}");
}

/// What a group is called, as products call it; and that of several certain memberships one is taken is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_group_s_name_is_found_whatever_it_is_called() {
    for name in ["name_singular", "title", "label", "display_name", "groupname", "group_name", "long_name"] {
        // Flarum's tables, with the name so called.
        let file = File::of(&format!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, email TEXT, password TEXT);
             CREATE TABLE groups (id INTEGER PRIMARY KEY, {name} TEXT, color TEXT, icon TEXT);
             CREATE TABLE group_user (user_id INTEGER REFERENCES users(id), group_id INTEGER REFERENCES groups(id), created_at TEXT,
                PRIMARY KEY (user_id, group_id));
             CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
             CREATE TABLE team_user (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
             INSERT INTO users VALUES (1, 'ada', 'ada@example.com', 'x');
             INSERT INTO groups VALUES (1, 'Admin', '#f00', 'fas'); INSERT INTO group_user VALUES (1, 1, NULL);
             INSERT INTO teams VALUES (1, 'Blue'); INSERT INTO team_user VALUES (1, 1);"
        ))
        .await;
        let found = choices(&*file.source(), &named(None, "users")).await;
        let words =
            |table: &str| found.iter().any(|(certain, words, _)| *certain && words.starts_with(table));
        assert!(words("group_user → groups") && words("team_user → teams"), "{name}: {found:?}");
        let (code, out, err) = file.causeway("map", &["--table", "users"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(&format!("\"group_name\": \"{name}\"")), "{out}");
        assert!(
            err.contains("Groups come from group_user → groups alone") && err.contains("--groups team_user"),
            "{err}"
        );
    }
}

/// A mapping that names a product nobody knows imports no password, and the check says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_of_an_unknown_product_is_told() {
    let hash = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    let file = File::of(&format!(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT);
         INSERT INTO people VALUES (1, 'ada@example.com', 'Ada', 'One', '{hash}');"
    ))
    .await;
    let (_, out, _) = file.causeway("map", &["--table", "people"]);
    let mut mapping: Value = serde_json::from_str(&out).unwrap();
    let path = file.path().with_file_name("mapping.json");
    let check = |mapping: &Value| {
        std::fs::write(&path, mapping.to_string()).unwrap();
        file.causeway("map", &["--check", path.to_str().unwrap()]).1
    };
    assert!(!check(&mapping).contains("Frobnicator"));
    mapping["password"]["made_by"] = "Frobnicator".into();
    let said = check(&mapping);
    assert!(said.contains("“password”") && said.contains("Frobnicator"), "{said}");
}

/// Ids of a table of groups name no group: nobody gets a group called `1`.
#[tokio::test]
async fn ids_of_a_table_of_groups_are_no_names() {
    let file = File::of(
        "CREATE TABLE fe_users (uid INTEGER PRIMARY KEY, username TEXT, password TEXT, usergroup TEXT, first_name TEXT, last_name TEXT, email TEXT);
         CREATE TABLE fe_groups (uid INTEGER PRIMARY KEY, title TEXT);
         INSERT INTO fe_groups VALUES (1, 'Members'), (2, 'Press');
         INSERT INTO fe_users VALUES (1, 'ada', 'x', '1,2', 'Ada', 'One', 'ada@example.com'), (2, 'bob', 'x', '2', 'Bob', 'Two', 'bob@example.com');",
    )
    .await;
    let (code, _, err) = file.causeway("read", &["--table", "fe_users"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("usergroup seems to hold ids of fe_groups: no groups are taken from it."), "{err}");
    assert!(file.groups().iter().all(|(_, groups)| groups.is_empty()), "{:?}", file.groups());
}

/// Two memberships at once: a person is in the groups of both, and names that both have are told.
#[tokio::test]
async fn groups_of_several_memberships_are_taken_together() {
    let file = File::of(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT);
         CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE team_user (user_id INTEGER REFERENCES users(id), team_id INTEGER REFERENCES teams(id));
         CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE role_user (user_id INTEGER REFERENCES users(id), role_id INTEGER REFERENCES roles(id));
         INSERT INTO users VALUES (1, 'ada@example.com', 'Ada', 'One', 'x'), (2, 'bob@example.com', 'Bob', 'Two', 'x'), (3, 'cyd@example.com', 'Cyd', 'Three', 'x');
         INSERT INTO teams VALUES (1, 'Sales'), (2, 'admin');
         INSERT INTO team_user VALUES (1, 1), (2, 2);
         INSERT INTO roles VALUES (1, 'Admin'), (2, 'Editor');
         INSERT INTO role_user VALUES (1, 1), (1, 2), (3, 2);",
    )
    .await;
    // One is taken by itself; the other is offered, instead and too.
    let (_, one, told) = file.causeway("map", &[]);
    assert!(told.contains("To take it too: --groups"), "{told}");
    assert!(!one.contains("more_groups"), "{one}");
    let both = ["--groups", "team_user", "--groups", "role_user"];
    let (code, mapping, told) = file.causeway("map", &both);
    assert_eq!(code, 0, "{told}");
    assert!(
        told.contains("teams and roles both have “Admin”: in Okta groups of one name are one group"),
        "{told}"
    );
    assert!(!told.contains("Not taken"), "{told}");
    let path = file.path().with_file_name("mapping.json");
    std::fs::write(&path, &mapping).unwrap();
    for how in [&both[..], &["--mapping", path.to_str().unwrap()]] {
        let (code, out, err) = file.causeway("read", how);
        assert!(code == 0 && out.contains("both have “Admin”"), "{out}{err}");
        let of = |groups: &[&str]| groups.iter().map(|group| (*group).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            file.groups(),
            [
                ("ada@example.com".to_owned(), of(&["Admin", "Editor", "Sales"])),
                ("bob@example.com".to_owned(), of(&["admin"])),
                ("cyd@example.com".to_owned(), of(&["Editor"])),
            ]
        );
    }
    // A file from before there could be several.
    std::fs::write(&path, one).unwrap();
    let (code, _, err) = file.causeway("read", &["--mapping", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
}
