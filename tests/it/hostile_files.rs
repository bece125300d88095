//! A SQLite file whose views are traps: texts that grow out of nothing, and calculations without an end.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use causeway::model::{Selection, TableName};
use causeway::source::{self, SourceError, SourceSpec, SqliteSpec};
use sqlx::{ConnectOptions as _, Connection as _};

async fn file(path: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_grow_out_of_nothing_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grow.db");
    // Ninety megabytes, then ten times that six times over, in many rows.
    file(
        &path,
        "CREATE TABLE seed (id INTEGER PRIMARY KEY);
         INSERT INTO seed WITH RECURSIVE s(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM s WHERE x < 200) SELECT x FROM s;
         CREATE VIEW people AS SELECT id,
            replace(replace(replace(replace(replace(replace(hex(zeroblob(450)), '0', 'aaaaaaaaaa'), 'a', 'bbbbbbbbbb'),
                'b', 'cccccccccc'), 'c', 'dddddddddd'), 'd', 'eeeeeeeeee'), 'e', 'ffffffffff') AS email FROM seed;",
    )
    .await;
    let source = source::open(&SourceSpec::Sqlite(SqliteSpec { path }), None).unwrap();
    let people = Selection::table(TableName { schema: None, name: "people".into() });
    let asked = tokio::time::timeout(Duration::from_secs(100), source.sample(&people, 200)).await.unwrap();
    assert!(
        matches!(asked, Err(SourceError::TooMuch { .. })),
        "{:?}",
        asked.map(|sample| sample.records.len())
    );
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_ctrl_c_ends_a_view_that_only_spins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.db");
    file(
        &path,
        "CREATE VIEW people AS WITH RECURSIVE s(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM s)
            SELECT x AS id, 'a@example.com' AS email, 'A' AS first_name, 'B' AS last_name FROM s WHERE x < 0;",
    )
    .await;
    let child = Command::new(env!("CARGO_BIN_EXE_causeway"))
        .arg("read")
        .arg(folder.path().join("move.causeway"))
        .args(["--table", "people", "--source", &format!("sqlite://{}", path.display())])
        .args(["--key-file"])
        .arg(folder.path().join("keys"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Once it listens for the signal (bit 2 of the signals caught), and not before.
    let status = format!("/proc/{}/status", child.id());
    loop {
        let text = std::fs::read_to_string(&status).unwrap();
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        if u64::from_str_radix(caught, 16).unwrap() & 0b10 != 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output());
    let ended =
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it spins on").unwrap().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(!folder.path().join("move.causeway").exists(), "nothing was begun");
}
