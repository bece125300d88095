//! SQLite files, good and odd, made for each test.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::SqliteSpec;
use super::file::{self, Limit, Session};
use super::source::SqliteSource;
use crate::model::{
    Comparison, Condition, GroupName, Membership, People, Record, Selection, TableName, Value,
};
use crate::source::{Lookalike, ReadSummary, Source as _, SourceError, SourceSpec, open};

const PEOPLE: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, login VARCHAR(50), name TEXT, enabled BOOLEAN, born DATE, hash BLOB, score);
    INSERT INTO people VALUES
        (1, 'tomas@example.com', 'Tomáš Dvořák', 1, '1980-01-02', x'00ff', 1.5),
        (2, 'maire@example.com', 'Máire O''Neill', 0, NULL, NULL, 7),
        (3, 'ÖZGE@example.com', '李伟', NULL, '', x'', 'x');
    CREATE TABLE teams (code TEXT PRIMARY KEY, title TEXT);
    INSERT INTO teams VALUES ('u', 'USER'), ('a', 'ADMIN'), ('n', NULL);
    CREATE TABLE people_teams (person INTEGER REFERENCES people, team TEXT REFERENCES teams(code));
    INSERT INTO people_teams VALUES (1, 'u'), (1, 'a'), (1, 'u'), (2, 'u'), (2, 'n'), (NULL, 'u');
    CREATE VIEW active AS SELECT * FROM people WHERE enabled;
    CREATE VIEW broken AS SELECT gone FROM nowhere;";

struct Made {
    _folder: TempDir,
    path: PathBuf,
}

impl Made {
    fn source(&self) -> SqliteSource {
        SqliteSource::new(SqliteSpec { path: self.path.clone() })
    }
}

async fn writer(path: &Path, mode: SqliteJournalMode) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(mode)
        .connect()
        .await
        .unwrap()
}

async fn make(sql: &str) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.db");
    let mut connection = writer(&path, SqliteJournalMode::Delete).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    Made { _folder: folder, path }
}

fn file(bytes: &[u8]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.db");
    std::fs::write(&path, bytes).unwrap();
    Made { _folder: folder, path }
}

fn table(name: &str) -> Selection {
    Selection::table(TableName { schema: None, name: name.into() })
}

fn own(sql: &str) -> Selection {
    Selection { people: People::Sql(sql.into()), ..table("") }
}

fn teams() -> Membership {
    let name = |name: &str| TableName { schema: None, name: name.into() };
    Membership {
        person_key: "id".into(),
        members: name("people_teams"),
        member_person: "person".into(),
        group: GroupName::Joined {
            member_group: "team".into(),
            groups: name("teams"),
            group_key: "code".into(),
            group_name: "title".into(),
        },
        only: Vec::new(),
        only_groups: Vec::new(),
    }
}

async fn all(
    source: &SqliteSource,
    selection: &Selection,
) -> Result<(Vec<Record>, ReadSummary), SourceError> {
    let (sender, mut receiver) = mpsc::channel(2);
    let (summary, records) = tokio::join!(source.read(selection, sender, CancellationToken::new()), async {
        let mut records = Vec::new();
        while let Some(batch) = receiver.recv().await {
            records.extend(batch);
        }
        records
    });
    Ok((records, summary?))
}

fn logins(records: &[Record]) -> Vec<String> {
    records.iter().map(|r| r.get("login").unwrap().as_text().unwrap().into_owned()).collect()
}

#[tokio::test]
async fn looks_around() {
    let made = make(PEOPLE).await;
    let probe = made.source().probe().await.unwrap();
    assert!(probe.server.starts_with("SQLite 3."), "{}", probe.server);
    assert_eq!(probe.encryption, "local file");
    let names: Vec<_> = probe.catalog.tables.iter().map(|t| (t.name.name.as_str(), t.view, t.rows)).collect();
    assert_eq!(
        names,
        [
            ("active", true, None),
            ("broken", true, None),
            ("people", false, Some(3)),
            ("people_teams", false, Some(6)),
            ("teams", false, Some(3)),
        ]
    );
    let find = |name: &str| probe.catalog.tables.iter().find(|t| t.name.name == name).unwrap();
    assert_eq!(find("people").primary_key, ["id"]);
    assert_eq!(find("people").columns[1].type_name, "VARCHAR(50)");
    assert!(find("broken").refused.as_ref().unwrap().contains("nowhere"), "{:?}", find("broken").refused);
    let mut keys: Vec<_> = find("people_teams")
        .foreign_keys
        .iter()
        .map(|k| (k.columns[0].as_str(), k.table.name.as_str(), k.references[0].as_str()))
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, [("person", "people", "id"), ("team", "teams", "code")]);
}

#[tokio::test]
async fn values_have_the_type_they_have() {
    let made = make(PEOPLE).await;
    let (records, summary) = all(&made.source(), &table("PEOPLE")).await.unwrap();
    assert_eq!((summary.records, summary.stopped), (3, false));
    let text = |t: &str| Value::Text(t.into());
    assert_eq!(
        records[0].values,
        [
            Value::Integer(1),
            text("tomas@example.com"),
            text("Tomáš Dvořák"),
            Value::Bool(true),
            text("1980-01-02"),
            Value::Bytes(vec![0, 255]),
            Value::Real(1.5)
        ]
    );
    assert_eq!(records[1].values[3], Value::Bool(false));
    assert_eq!(records[1].values[6], Value::Integer(7));
    assert_eq!(records[2].values[2], text("李伟"));
    assert_eq!(records[2].values[6], text("x"));
    assert_eq!(records[2].key, "3");
}

#[tokio::test]
async fn groups_come_from_the_membership_in_readings_and_samples() {
    let made = make(PEOPLE).await;
    let selection = Selection { groups: Some(teams()), ..table("people") };
    let (records, _) = all(&made.source(), &selection).await.unwrap();
    let groups: Vec<_> = records.iter().map(|r| r.groups.clone()).collect();
    assert_eq!(groups, [vec!["ADMIN", "USER"], vec!["USER"], vec![]]);
    let sample = made.source().sample(&selection, 2).await.unwrap();
    assert_eq!(sample.records, records[..2]);
    assert_eq!((sample.rows, sample.exact), (Some(3), true));
    assert_eq!(sample.type_names[3], "BOOLEAN");
}

/// Yes and no in every spelling, in columns of every declared type, beside what says neither.
#[tokio::test]
async fn a_flag_is_compared_as_its_values_are() {
    let yes = [
        "1", "'1'", "'true'", "'TRUE'", "'t'", "'Y'", "'yes'", "' Yes '", "'on'", "'ja'", "1.0", "-1",
        "TRUE", "X'01'", "X'31'",
    ];
    let no = [
        "0", "'0'", "'false'", "'F'", "'N'", "'no'", "'No '", "'off'", "''", "NULL", "0.0", "FALSE", "X'00'",
        "X'30'",
    ];
    let neither = ["2", "'maybe'", "'2024-01-01'", "1714566600", "X'ff'"];
    for declared in
        ["", "BOOLEAN", "BOOL", "INTEGER", "TINYINT(1)", "TEXT", "CHAR(1)", "BIT", "NUMERIC", "REAL", "BLOB"]
    {
        let mut sql = format!("CREATE TABLE people (id INTEGER PRIMARY KEY, login TEXT, off {declared});");
        let spelled = |values: &[&str], says: &'static str| -> Vec<(String, &'static str)> {
            let spell = |v: &&str| match v.strip_prefix('\'') {
                Some(rest) => vec![(*v).to_owned(), v.to_uppercase(), v.to_lowercase(), format!("' {rest}")],
                None => vec![(*v).to_owned()],
            };
            values.iter().flat_map(spell).map(|value| (value, says)).collect()
        };
        let values = [spelled(&yes, "yes"), spelled(&no, "no"), spelled(&neither, "neither")].concat();
        let count = |says: &str| values.iter().filter(|value| value.1 == says).count();
        for (at, (value, says)) in values.iter().enumerate() {
            let quoted = value.replace('\'', "|");
            sql += &format!("INSERT INTO people VALUES ({at}, '{says}: {quoted}', {value});");
        }
        let made = make(&format!("BEGIN; {sql} COMMIT;")).await;
        let source = made.source();
        for (comparison, says) in [(Comparison::Yes, "yes"), (Comparison::No, "no")] {
            let only = vec![Condition { column: "off".into(), comparison, value: String::new() }];
            let (records, _) = all(&source, &Selection { only, ..table("people") }).await.unwrap();
            let found = logins(&records);
            assert!(found.iter().all(|login| login.starts_with(says)), "{declared} {says}: {found:?}");
            assert_eq!(found.len(), count(says), "{declared} {says}: {found:?}");
        }
        // A column that is declared as a truth compares with any word for it.
        if declared.starts_with("BOOL") {
            let only =
                vec![Condition { column: "off".into(), comparison: Comparison::IsNot, value: "true".into() }];
            let (records, _) = all(&source, &Selection { only, ..table("people") }).await.unwrap();
            assert!(logins(&records).iter().all(|login| !login.starts_with("yes")), "{declared}");
        }
    }
}

#[tokio::test]
async fn conditions() {
    let made = make(PEOPLE).await;
    let source = made.source();
    let cases = [
        ("login", Comparison::Is, "maire@example.com", vec![2]),
        ("login", Comparison::IsNot, "maire@example.com", vec![1, 3]),
        ("name", Comparison::Contains, "o'NEILL", vec![2]),
        ("login", Comparison::StartsWith, "özge", vec![3]),
        ("born", Comparison::HasValue, "", vec![1]),
        ("born", Comparison::IsEmpty, "", vec![2, 3]),
        ("id", Comparison::Above, "1", vec![2, 3]),
        ("id", Comparison::Is, "2", vec![2]),
        ("enabled", Comparison::Is, "true", vec![1]),
        ("enabled", Comparison::IsNot, "true", vec![2, 3]),
        ("score", Comparison::Below, "7", vec![1]),
    ];
    for (column, comparison, value, ids) in cases {
        let only = vec![Condition { column: column.into(), comparison, value: value.into() }];
        let (records, _) = all(&source, &Selection { only: only.clone(), ..table("people") }).await.unwrap();
        let found: Vec<_> = records.iter().map(|r| r.key.parse::<i32>().unwrap()).collect();
        assert_eq!(found, ids, "{column} {comparison:?} {value}");
        let sample = source.sample(&Selection { only, ..table("people") }, 1).await.unwrap();
        assert_eq!(sample.rows, Some(ids.len() as u64));
    }
}

#[tokio::test]
async fn finds_one_person_whatever_the_case() {
    let made = make(PEOPLE).await;
    let selection = Selection { groups: Some(teams()), ..table("people") };
    let found = made.source().find(&selection, "login", "TOMAS@Example.COM", 2).await.unwrap();
    assert_eq!(logins(&found), ["tomas@example.com"]);
    assert_eq!(found[0].groups, ["ADMIN", "USER"]);
    assert_eq!(made.source().find(&selection, "login", "özge@example.com", 2).await.unwrap()[0].key, "3");
    assert!(made.source().find(&selection, "login", "%", 2).await.unwrap().is_empty());
}

#[tokio::test]
async fn own_sql() {
    let made = make(PEOPLE).await;
    let sql = "SELECT p.*, t.team AS id, p.enabled on_duty FROM people p LEFT JOIN people_teams t ON t.person = p.id WHERE p.id > 1; -- done";
    let selection = Selection { key: vec!["login".into()], groups: Some(teams()), ..own(sql) };
    let (records, _) = all(&made.source(), &selection).await.unwrap();
    assert_eq!(records[0].columns.names().last().unwrap(), "on_duty");
    assert_eq!(records[0].columns.names()[7], "id_2");
    assert_eq!(
        records.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(),
        ["maire@example.com", "maire@example.com", "ÖZGE@example.com"]
    );
    assert_eq!(records[0].get("on_duty"), Some(&Value::Bool(false)));
    assert_eq!(records[0].groups, ["USER"]);

    let error = |sql: &'static str| {
        let source = made.source();
        async move { source.sample(&own(sql), 5).await.unwrap_err() }
    };
    assert!(matches!(error("DELETE FROM people").await, SourceError::WritingQuery { .. }));
    assert!(matches!(error("SELECT 1; SELECT 2").await, SourceError::ManyStatements));
    assert!(
        matches!(error("SELECT * FROM gone").await, SourceError::NoSuchTable { table, .. } if table == "gone")
    );
    assert!(matches!(error("SELEC").await, SourceError::NotAQuery { .. }));
    assert!(
        matches!(error("SELECT emial FROM people").await, SourceError::QueryFailed { technical } if technical.contains("emial"))
    );
}

#[tokio::test]
async fn what_vanished_is_named() {
    let made = make(PEOPLE).await;
    let source = made.source();
    let error = all(&source, &table("gone")).await.unwrap_err();
    assert_eq!(error.to_string(), "There is no table or view called “gone”.");
    let mut membership = teams();
    membership.member_person = "user_id".into();
    let error = all(&source, &Selection { groups: Some(membership), ..table("people") }).await.unwrap_err();
    assert_eq!(error.to_string(), "There is no column called “user_id” in “people_teams”.");
    let error = all(&source, &Selection { key: vec!["nr".into()], ..table("people") }).await.unwrap_err();
    assert_eq!(error.to_string(), "There is no column called “nr” in “people”.");
}

#[tokio::test]
async fn bad_bytes_and_huge_values() {
    let made = make(
        "CREATE TABLE people (login TEXT PRIMARY KEY, name TEXT, photo BLOB);
         INSERT INTO people VALUES ('a', CAST(x'4de1697265' AS TEXT), zeroblob(10000000)), ('b', 'Дмитрий', x'01');",
    )
    .await;
    let (records, summary) = all(&made.source(), &table("people")).await.unwrap();
    assert_eq!(records[0].values[1], Value::Bytes(b"M\xe1ire".to_vec()));
    assert_eq!(records[0].values[2], Value::TooLarge, "it is there, and was left in the source");
    assert_eq!(records[1].values[2], Value::Bytes(vec![1]));
    assert_eq!(summary.too_big.len(), 1);
    assert_eq!((summary.too_big[0].column.as_str(), summary.too_big[0].first_key.as_str()), ("photo", "a"));
}

#[tokio::test]
async fn files_that_are_no_database() {
    let missing = SqliteSource::new(SqliteSpec { path: "/nowhere/people.db".into() });
    assert!(matches!(missing.probe().await.unwrap_err(), SourceError::FileMissing { .. }));

    let folder = tempfile::tempdir().unwrap();
    let source = SqliteSource::new(SqliteSpec { path: folder.path().into() });
    assert!(matches!(source.probe().await.unwrap_err(), SourceError::FileIsFolder { .. }));

    let probe = |bytes: &[u8]| {
        let made = file(bytes);
        async move { made.source().probe().await.unwrap_err() }
    };
    assert!(matches!(probe(b"").await, SourceError::NotADatabase { looks: Lookalike::Empty, .. }));
    assert!(matches!(probe(b"login,name\n").await, SourceError::NotADatabase { looks: Lookalike::Text, .. }));
    let mut noise = vec![0_u8; 8192];
    getrandom::fill(&mut noise).unwrap();
    assert!(matches!(probe(&noise).await, SourceError::Encrypted { .. }));
    let mut broken = b"SQLite format 3\0".to_vec();
    broken.resize(8192, 0x55);
    assert!(matches!(probe(&broken).await, SourceError::Damaged { .. }));
}

#[tokio::test]
async fn a_file_damaged_inside_says_so() {
    let made = make(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000) INSERT INTO people SELECT n, 'Tomáš ' || n FROM n;",
    )
    .await;
    let mut bytes = std::fs::read(&made.path).unwrap();
    let size = bytes.len();
    bytes[8192..size - 4096].fill(0xa5);
    std::fs::write(&made.path, bytes).unwrap();
    let error = all(&made.source(), &table("people")).await.unwrap_err();
    assert!(matches!(error, SourceError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_reading_sees_one_state_while_another_program_writes() {
    let made = make(PEOPLE).await;
    let mut other = writer(&made.path, SqliteJournalMode::Wal).await;
    sqlx::raw_sql(
        "WITH RECURSIVE n(n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM n WHERE n < 6000) INSERT INTO people (id, login) SELECT n, 'before' FROM n",
    )
    .execute(&mut other)
    .await
    .unwrap();
    let (sender, mut receiver) = mpsc::channel(1);
    let source = made.source();
    let selection = table("people");
    let reading =
        tokio::spawn(async move { source.read(&selection, sender, CancellationToken::new()).await });
    let first = receiver.recv().await.unwrap();
    sqlx::raw_sql("UPDATE people SET login = 'after'; DELETE FROM people WHERE id > 3000")
        .execute(&mut other)
        .await
        .unwrap();
    let mut rest = 0;
    while let Some(batch) = receiver.recv().await {
        rest += batch.len();
        assert!(batch.iter().all(|r| r.get("login") == Some(&Value::Text("before".into()))));
    }
    assert_eq!(first.len() + rest, 5994);
    assert_eq!(reading.await.unwrap().unwrap().records, 5994);
}

#[tokio::test]
async fn a_locked_file_says_so() {
    let made = make(PEOPLE).await;
    let mut other = writer(&made.path, SqliteJournalMode::Delete).await;
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let error = made.source().probe().await.unwrap_err();
    assert!(matches!(error, SourceError::Locked { .. }), "{error:?}");
}

#[tokio::test]
async fn stops_when_told_and_in_the_middle_of_a_long_query() {
    let made = make(PEOPLE).await;
    let endless = own("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n");
    let (sender, mut receiver) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let source = made.source();
    let reading = source.read(&endless, sender, stop.clone());
    let (summary, ()) = tokio::join!(reading, async {
        receiver.recv().await.unwrap();
        stop.cancel();
        while receiver.recv().await.is_some() {}
    });
    let summary = summary.unwrap();
    assert!(summary.stopped && summary.records > 0);

    // No row ever comes: only the interrupt ends it.
    let silent =
        own("WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n WHERE n < 0");
    let (sender, _receiver) = mpsc::channel(1);
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(source.read(&silent, sender, stop).await.unwrap().stopped);
}

#[tokio::test]
async fn nothing_can_be_written() {
    let made = make(PEOPLE).await;
    let mut session = Session::open(&made.path, Limit::seconds(5)).await.unwrap();
    let error = sqlx::raw_sql("DELETE FROM people").execute(&mut *session.connection).await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn opens_by_url() {
    let made = make(PEOPLE).await;
    let spec = SourceSpec::Sqlite(SqliteSpec { path: made.path.clone() });
    let (spec, password) = SourceSpec::parse_url(&spec.to_url()).unwrap();
    let source = open(&spec, password).unwrap();
    assert_eq!(source.sample(&table("people"), 0).await.unwrap().columns.names()[1], "login");
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_in_a_place_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let made = make(PEOPLE).await;
    // WAL mode wants to make a file beside the database. (The superuser may, everywhere; others read without locks.)
    sqlx::Connection::close(writer(&made.path, SqliteJournalMode::Wal).await).await.unwrap();
    let folder = made.path.parent().unwrap().to_owned();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let read = all(&made.source(), &table("people")).await;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(read.unwrap().0.len(), 3);

    // The same by hand, for the superuser.
    let mut connection = file::begin(&made.path, true).await.unwrap();
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM people").fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_database_left_in_the_middle_of_a_write_says_so() {
    let made = make(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
         WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000) INSERT INTO people SELECT n, 'Tomáš ' || n FROM n;",
    )
    .await;
    // What a crash leaves: the file half written, and the journal that would undo it.
    let mut other = writer(&made.path, SqliteJournalMode::Delete).await;
    sqlx::raw_sql("PRAGMA cache_size = 1; BEGIN; UPDATE people SET name = 'Máire ' || id")
        .execute(&mut other)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("people.db");
    std::fs::copy(&made.path, &copy).unwrap();
    std::fs::copy(made.path.with_file_name("people.db-journal"), folder.path().join("people.db-journal"))
        .unwrap();
    let source = SqliteSource::new(SqliteSpec { path: copy });
    let error = source.probe().await.unwrap_err();
    assert!(matches!(error, SourceError::NeedsRecovery { .. }), "{error:?}");
}

#[tokio::test]
async fn two_people_of_one_login_are_both_found() {
    let made = make("CREATE TABLE people (login TEXT); INSERT INTO people VALUES ('a@example.com'), ('A@EXAMPLE.com'), ('b');").await;
    assert_eq!(made.source().find(&table("people"), "LOGIN", "a@example.com", 2).await.unwrap().len(), 2);
}
