//! Against the live source by the key that the workspace remembers: whatever the mapping makes of the login, the row as it is
//! now counts. A table and an own SELECT, PostgreSQL and SQLite.

use std::path::PathBuf;
use std::sync::Arc;

use causeway::assess::{AssessContext, SchemaRules, assess};
use causeway::hook::{BackendState, HookError, LiveLookup};
use causeway::mapping::{Mapping, Rule, Target, Transform};
use causeway::migration::read::{ReadJob, run};
use causeway::model::{
    Candidate, HookReason, Outcome, OutcomeKind, PasswordSettings, People, Progress, RoutePolicy, Selection,
    TableName,
};
use causeway::secrets::KeyFile;
use causeway::source::{self, Source, SourceSpec, SqliteSpec};
use causeway::workspace::{Keys, NewRun, NewWorkspace, Scope, Who, Workspace};
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::desk::{Desk, config};
use crate::support::mariadb::MariaDb;
use crate::support::postgres::{Postgres, READER_PASSWORD};

/// Where people are, and someone who may change it.
enum Place {
    Postgres(&'static Postgres, &'static str),
    Sqlite(PathBuf),
    MariaDb(&'static MariaDb, &'static str),
}

impl Place {
    async fn change(&self, sql: &str) {
        match self {
            Self::Postgres(server, database) => server.admin(database, sql),
            Self::MariaDb(server, database) => server.admin(database, sql),
            Self::Sqlite(path) => {
                let options =
                    sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
                let mut db = options.connect().await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.unwrap();
                db.close().await.unwrap();
            }
        }
    }

    async fn prepare(&self, sql: &str) {
        match self {
            Self::Postgres(server, database) => server.database(database, sql),
            Self::MariaDb(server, database) => server.database(database, sql),
            Self::Sqlite(_) => self.change(sql).await,
        }
    }

    fn source(&self) -> (Arc<dyn Source>, String) {
        let spec = match self {
            Self::Postgres(server, database) => SourceSpec::Postgres(server.spec(database)),
            Self::MariaDb(server, database) => SourceSpec::Mysql(server.spec(database)),
            Self::Sqlite(path) => SourceSpec::Sqlite(SqliteSpec { path: path.clone() }),
        };
        (source::open(&spec, Some(READER_PASSWORD.into())).unwrap(), spec.summary())
    }
}

fn hash(password: &str) -> String {
    bcrypt::hash(password, 4).unwrap()
}

/// The login is made of two columns, which nothing turns around; the key is a number.
fn staff() -> String {
    let mut sql = String::from(
        "CREATE TABLE staff (id integer PRIMARY KEY, given text, family text, pw text, is_active boolean);",
    );
    for (id, given, family) in [
        (1, "Ada", "Lovelace"),
        (2, "Isaac", "Brock"),
        (3, "Tomáš", "Dvořák"),
        (4, "Old", "Hand"),
        (5, "Five", "Fine"),
    ] {
        sql.push_str(&format!(
            "INSERT INTO staff VALUES ({id}, '{given}', '{family}', '{}', true);",
            hash(given)
        ));
    }
    sql
}

/// `ada.lovelace@corp.example`.
fn mapping(people: People) -> Mapping {
    let rule = |column: &str, target, transforms| Rule { column: Some(column.into()), target, transforms };
    let attribute = |name: &str| Target::Attribute(name.into());
    let login = vec![
        Transform::Join { columns: vec!["family".into()], separator: ".".into() },
        Transform::Replace { from: "á".into(), to: "a".into() },
        Transform::Affix { before: String::new(), after: "@corp.example".into() },
        Transform::Lower,
    ];
    let plain = |from: &str, to: &str| Transform::Replace { from: from.into(), to: to.into() };
    let email = login.iter().cloned().chain([plain("š", "s"), plain("ř", "r")]).collect();
    let key = if matches!(people, People::Sql(_)) { vec!["id".to_owned()] } else { Vec::new() };
    Mapping {
        version: causeway::mapping::VERSION,
        selection: Selection { people, key, only: Vec::new(), groups: None, more_groups: Vec::new() },
        rules: vec![
            rule("given", attribute("login"), login),
            // An address takes no letters with marks, a login does.
            rule("given", attribute("email"), email),
            rule("given", attribute("firstName"), vec![]),
            rule("family", attribute("lastName"), vec![]),
            rule("pw", Target::Password, vec![]),
            rule("is_active", Target::IsActive, vec![]),
        ],
        password: PasswordSettings::default(),
        left_tables: Vec::new(),
    }
}

async fn read(place: &Place, mapping: &Mapping, folder: &tempfile::TempDir) -> Workspace {
    let keys = Keys::new(Arc::new(KeyFile::new(folder.path().join("keys")).unwrap()));
    let workspace =
        Workspace::create(folder.path().join("move.causeway"), NewWorkspace { name: "Move".into() }, keys)
            .await
            .unwrap();
    again(place, mapping, &workspace).await;
    workspace
}

async fn again(place: &Place, mapping: &Mapping, workspace: &Workspace) {
    let (source, source_label) = place.source();
    let job = ReadJob {
        workspace: workspace.clone(),
        source,
        source_label,
        mapping: mapping.clone(),
        schema: SchemaRules::default(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
        expected: None,
    };
    run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await.unwrap();
}

fn live(place: &Place, mapping: &Mapping, workspace: Option<&Workspace>) -> Result<LiveLookup, HookError> {
    let (source, words) = place.source();
    LiveLookup::new(source, &words, mapping.clone(), workspace.cloned())
}

async fn walk(place: Place, people: People) {
    use HookReason as R;
    let folder = tempfile::tempdir().unwrap();
    place.prepare(&staff()).await;
    let mapping = mapping(people);
    assert!(
        matches!(live(&place, &mapping, None), Err(HookError::NotFindable { .. })),
        "without a workspace nobody can be found by such a login, and it is said before the hook runs"
    );
    let workspace = read(&place, &mapping, &folder).await;
    let lookup = live(&place, &mapping, Some(&workspace)).unwrap();
    let desk = Desk::start(config(), Arc::new(lookup)).await;
    let mut calls = desk.hook.calls();
    let mut reason = async |login: &str, password: &str| {
        desk.sign_in(login, password).await;
        calls.recv().await.unwrap().reason
    };
    let (ada, isaac) = ("ada.lovelace@corp.example", "isaac.brock@corp.example");
    assert_eq!(reason(ada, "Ada").await, R::Right);
    assert_eq!(reason(" ADA.Lovelace@Corp.Example ", "Ada").await, R::Right);
    assert_eq!(reason(ada, "ada").await, R::Wrong);
    assert_eq!(reason("tomaš.dvořak@corp.example", "Tomáš").await, R::Right);
    assert_eq!(reason("nobody@corp.example", "Ada").await, R::Unknown);

    // Changed since: the new password counts, the old one does not.
    place.change(&format!("UPDATE staff SET pw = '{}' WHERE id = 1", hash("changed"))).await;
    assert_eq!(reason(ada, "changed").await, R::Right);
    assert_eq!(reason(ada, "Ada").await, R::Wrong);
    // Switched off since, and on again.
    place.change("UPDATE staff SET is_active = false WHERE id = 2").await;
    assert_eq!(reason(isaac, "Isaac").await, R::Disabled);
    place.change("UPDATE staff SET is_active = true, pw = NULL WHERE id = 2").await;
    assert_eq!(reason(isaac, "Isaac").await, R::NoPassword);
    // Gone, and the number given to somebody else: who has the number is not who has the login.
    place.change("DELETE FROM staff WHERE id = 4").await;
    assert_eq!(reason("old.hand@corp.example", "Old").await, R::Gone);
    let new = format!("INSERT INTO staff VALUES (4, 'New', 'Face', '{}', true)", hash("New"));
    place.change(&new).await;
    assert_eq!(reason("old.hand@corp.example", "New").await, R::OtherLogin);
    assert_eq!(reason("new.face@corp.example", "New").await, R::Unknown, "read again first");

    // The login was changed by hand in the review: it still leads to the row.
    let five = workspace.by_key("5").await.unwrap().unwrap();
    let context =
        AssessContext::new(PasswordSettings::default(), NaiveDate::from_ymd_opt(2026, 5, 11).unwrap());
    let again = move |candidate: Candidate| assess(candidate, &context);
    let by_hand = Some("five@corp.example".into());
    workspace.set_attribute(&Who::These(vec![five]), "login", by_hand, &again).await.unwrap();
    assert_eq!(reason("five@corp.example", "Five").await, R::Right);
    assert_eq!(reason("five.fine@corp.example", "Five").await, R::Unknown, "Okta has the other one");
    workspace.leave_out(&Who::These(vec![five])).await.unwrap();
    assert_eq!(reason("five@corp.example", "Five").await, R::LeftOut);
    assert_eq!(desk.hook.status().borrow().backend, BackendState::Up);
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

/// Okta asks by the login the account has, whatever the source calls the person by now: before it is read again and after.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_sent_by_another_login_is_found_by_it() {
    use HookReason as R;
    let folder = tempfile::tempdir().unwrap();
    for people in [table(), select()] {
        let home = tempfile::tempdir_in(&folder).unwrap();
        let place = Place::Sqlite(home.path().join("staff.db"));
        place.prepare(&staff()).await;
        let mapping = mapping(people);
        let workspace = read(&place, &mapping, &home).await;
        let new =
            NewRun { org: "https://a.okta.com".into(), label_group: None, choices: serde_json::json!({}) };
        let run = workspace.start_run(&new).await.unwrap();
        for ready in workspace.claim(run, 9, &Scope::Everyone, RoutePolicy::AllHook, None).await.unwrap() {
            let made =
                Outcome { okta_id: Some(format!("00u{}", ready.key)), ..Outcome::of(OutcomeKind::Created) };
            workspace.record(&[(ready.id, made)]).await.unwrap();
        }
        let desk = Desk::start(config(), Arc::new(live(&place, &mapping, Some(&workspace)).unwrap())).await;
        let mut calls = desk.hook.calls();
        let mut reason = async |login: &str, password: &str| {
            desk.sign_in(login, password).await;
            calls.recv().await.unwrap().reason
        };
        let (old, new) = ("ada.lovelace@corp.example", "ada.king@corp.example");
        place.change("UPDATE staff SET family = 'King' WHERE id = 1").await;
        assert_eq!(reason(old, "Ada").await, R::Right, "she married this morning");
        again(&place, &mapping, &workspace).await;
        assert_eq!(reason(old, "Ada").await, R::Right, "and was read again");
        assert_eq!(reason(new, "Ada").await, R::Right, "if her login was changed in Okta too");
        // The old login is given to somebody else: in Okta it still is hers.
        place
            .change(&format!("INSERT INTO staff VALUES (8, 'Ada', 'Lovelace', '{}', true)", hash("Eight")))
            .await;
        again(&place, &mapping, &workspace).await;
        assert_eq!(reason(old, "Eight").await, R::Wrong);
        assert_eq!(reason(old, "Ada").await, R::Right);
        // Her row is somebody else's by now.
        let other =
            format!("UPDATE staff SET given = 'Zoe', family = 'Quill', pw = '{}' WHERE id = 1", hash("Zoe"));
        place.change(&other).await;
        assert_eq!(reason(old, "Zoe").await, R::OtherLogin);
        again(&place, &mapping, &workspace).await;
        assert_eq!(reason(old, "Zoe").await, R::Gone);
        desk.hook.stop().await;
        workspace.close().await.unwrap();
    }
}

/// Without a workspace: the login is taken apart into the columns it is made of.
async fn joined(place: Place) {
    use HookReason as R;
    place.prepare(&staff()).await;
    let mut mapping = mapping(table());
    for rule in &mut mapping.rules {
        rule.transforms.retain(|transform| !matches!(transform, Transform::Replace { .. }));
    }
    let namesake = format!("INSERT INTO staff VALUES (9, 'Ada', 'Byron', '{}', true)", hash("Byron"));
    place.change(&namesake).await;
    place.change(&format!("INSERT INTO staff VALUES (10, 'Cher', NULL, '{}', true)", hash("Cher"))).await;
    place
        .change(&format!("INSERT INTO staff VALUES (11, 'Anna', 'van.Berg', '{}', true)", hash("Anna")))
        .await;
    let desk = Desk::start(config(), Arc::new(live(&place, &mapping, None).unwrap())).await;
    let mut calls = desk.hook.calls();
    let mut reason = async |login: &str, password: &str| {
        desk.sign_in(login, password).await;
        calls.recv().await.unwrap().reason
    };
    assert_eq!(reason("ada.lovelace@corp.example", "Ada").await, R::Right);
    assert_eq!(reason("ADA.BYRON@corp.example", "Byron").await, R::Right);
    assert_eq!(reason("ada.byron@corp.example", "Ada").await, R::Wrong);
    assert_eq!(reason("cher@corp.example", "Cher").await, R::Right);
    assert_eq!(reason("anna.van.berg@corp.example", "Anna").await, R::Right);
    assert_eq!(reason("tomáš.dvořák@corp.example", "Tomáš").await, R::Right);
    for nobody in
        ["ada@corp.example", "lovelace.ada@corp.example", "ada.lovelace@other.example", "@corp.example"]
    {
        assert_eq!(reason(nobody, "Ada").await, R::Unknown, "{nobody}");
    }
    desk.hook.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn joined_columns_are_found_without_a_workspace() {
    joined(Place::Postgres(Postgres::shared(), "hook_joined")).await;
    joined(Place::MariaDb(MariaDb::shared(), "hook_joined")).await;
    let folder = tempfile::tempdir().unwrap();
    joined(Place::Sqlite(folder.path().join("staff.db"))).await;
}

fn table() -> People {
    People::Table(TableName { schema: None, name: "staff".into() })
}

fn select() -> People {
    People::Sql("SELECT id, given, family, pw, is_active FROM staff WHERE family <> '' -- everyone".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_postgresql() {
    let server = Postgres::shared();
    walk(Place::Postgres(server, "hook_key_table"), table()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_select_in_postgresql() {
    let server = Postgres::shared();
    walk(Place::Postgres(server, "hook_key_select"), select()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_mariadb() {
    walk(Place::MariaDb(MariaDb::shared(), "hook_key_table"), table()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_select_in_mariadb() {
    walk(Place::MariaDb(MariaDb::shared(), "hook_key_select"), select()).await;
}

/// Keys of every type of MySQL's find their row, and no other that a collation or a number takes for the same.
#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_type_find_their_row_in_mariadb() {
    let server = MariaDb::shared();
    let kinds = [
        ("char(36)", "'6f1c2d58-38a6-4d4f-9e3f-0a6c7d8e9f01'"),
        ("uuid", "'6f1c2d58-38a6-4d4f-9e3f-0a6c7d8e9f01'"),
        ("bigint unsigned", "18446744073709551615"),
        ("bigint", "-9007199254740993"),
        ("decimal(12,0)", "123456789012"),
        ("varchar(20) CHARACTER SET latin1", "'o''neill % é'"),
        ("varchar(20) COLLATE utf8mb4_bin", "'李伟'"),
        ("varchar(20) COLLATE utf8mb4_unicode_ci", "'Änna'"),
        ("datetime(6)", "'2024-05-01 12:00:00.123456'"),
        ("date", "'2024-05-01'"),
        ("binary(16)", "X'00ff10ab00ff10ab00ff10ab00ff10ab'"),
        ("varbinary(20)", "'plain'"),
        ("enum('a','b')", "'b'"),
        ("bit(9)", "b'100000001'"),
        ("tinyint(1)", "1"),
        ("double", "1.5"),
    ];
    for (nth, (kind, value)) in kinds.into_iter().enumerate() {
        let name: &'static str = Box::leak(format!("hook_key_type_{nth}").into_boxed_str());
        let sql = format!(
            "CREATE TABLE staff (id {kind} PRIMARY KEY, given text, family text, pw text, is_active boolean);
             INSERT INTO staff VALUES ({value}, 'Ada', 'Lovelace', '{}', true);",
            hash("Ada")
        );
        server.database(name, &sql);
        let place = Place::MariaDb(server, name);
        let mapping = mapping(table());
        let folder = tempfile::tempdir().unwrap();
        let workspace = read(&place, &mapping, &folder).await;
        let desk = Desk::start(config(), Arc::new(live(&place, &mapping, Some(&workspace)).unwrap())).await;
        assert_eq!(desk.sign_in("ada.lovelace@corp.example", "Ada").await, "VERIFIED", "{kind}");
        desk.hook.stop().await;
        workspace.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    walk(Place::Sqlite(folder.path().join("staff.db")), table()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_own_select_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    walk(Place::Sqlite(folder.path().join("staff.db")), select()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_that_goes_and_comes_lets_nobody_in_and_locks_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("staff.db");
    let place = Place::Sqlite(path.clone());
    place.prepare(&staff()).await;
    let mapping = mapping(table());
    let workspace = read(&place, &mapping, &folder).await;
    let lookup = live(&place, &mapping, Some(&workspace)).unwrap();
    let desk = Desk::start(config(), Arc::new(lookup)).await;
    assert_eq!(desk.sign_in("ada.lovelace@corp.example", "Ada").await, "VERIFIED");
    let away = folder.path().join("away.db");
    std::fs::rename(&path, &away).unwrap();
    for login in ["ada.lovelace@corp.example", "nobody@corp.example"] {
        assert_eq!(desk.sign_in(login, "Ada").await, "503", "neither in nor wrong: {login}");
    }
    assert!(matches!(desk.hook.status().borrow().backend, BackendState::Down { .. }));
    std::fs::rename(&away, &path).unwrap();
    desk.up().await;
    assert_eq!(desk.sign_in("ada.lovelace@corp.example", "Ada").await, "VERIFIED", "by itself");
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}

/// Keys of other types than numbers, and of two columns.
#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_type_find_their_row() {
    let server = Postgres::shared();
    let kinds = [
        ("uuid", "'6f1c2d58-38a6-4d4f-9e3f-0a6c7d8e9f01'"),
        ("bigint", "9007199254740993"),
        ("numeric(12,0)", "123456789012"),
        ("varchar(20)", "'o''neill %'"),
        ("char(8)", "'ab'"),
        ("timestamptz", "'2024-05-01 12:00:00.123456+02'"),
        ("date", "'2024-05-01'"),
        ("inet", "'10.0.0.1'"),
        ("bytea", "'\\x00ff'"),
    ];
    for (nth, (kind, value)) in kinds.into_iter().enumerate() {
        let name: &'static str = Box::leak(format!("hook_key_type_{nth}").into_boxed_str());
        server.database(
            name,
            &format!(
                "CREATE TABLE staff (id {kind} PRIMARY KEY, given text, family text, pw text, is_active boolean);
                 INSERT INTO staff VALUES ({value}, 'Ada', 'Lovelace', '{}', true);",
                hash("Ada")
            ),
        );
        let place = Place::Postgres(server, name);
        let mapping = mapping(table());
        let folder = tempfile::tempdir().unwrap();
        let workspace = read(&place, &mapping, &folder).await;
        let desk = Desk::start(config(), Arc::new(live(&place, &mapping, Some(&workspace)).unwrap())).await;
        assert_eq!(desk.sign_in("ada.lovelace@corp.example", "Ada").await, "VERIFIED", "{kind}");
        desk.hook.stop().await;
        workspace.close().await.unwrap();
    }
    let pair = Place::Postgres(server, "hook_key_pair");
    pair.prepare(
        &format!(
            "CREATE TABLE staff (site text, id int, given text, family text, pw text, is_active boolean, PRIMARY KEY (id, site));
             INSERT INTO staff VALUES ('Wien', 1, 'Ada', 'Lovelace', '{}', true), ('Graz', 1, 'Isaac', 'Brock', '{}', true);",
            hash("Ada"),
            hash("Isaac")
        ),
    )
    .await;
    let home = tempfile::tempdir().unwrap();
    let blob = Place::Sqlite(home.path().join("blob.db"));
    blob.prepare(&format!(
        "CREATE TABLE staff (id BLOB PRIMARY KEY, given text, family text, pw text, is_active boolean);
         INSERT INTO staff VALUES (x'00ff', 'Ada', 'Lovelace', '{}', true), (x'00fe', 'Isaac', 'Brock', '{}', true);",
        hash("Ada"),
        hash("Isaac")
    ))
    .await;
    for place in [pair, blob] {
        two(place).await;
    }
}

async fn two(place: Place) {
    let mapping = mapping(table());
    let folder = tempfile::tempdir().unwrap();
    let workspace = read(&place, &mapping, &folder).await;
    let desk = Desk::start(config(), Arc::new(live(&place, &mapping, Some(&workspace)).unwrap())).await;
    assert_eq!(desk.sign_in("isaac.brock@corp.example", "Isaac").await, "VERIFIED");
    assert_eq!(desk.sign_in("ada.lovelace@corp.example", "Isaac").await, "UNVERIFIED");
    desk.hook.stop().await;
    workspace.close().await.unwrap();
}
