//! Against SQL Server, as far as a stand-in goes: people and passwords as they are now.

use std::sync::Arc;

use causeway::hook::LiveLookup;
use causeway::mapping::{guess_people, suggest};
use causeway::model::HookReason;
use causeway::source::{self, MssqlSpec, SourceSpec, TlsMode};

use super::desk::{Desk, config};
use crate::support::tds::{PASSWORD, READER, Settings, SqlServer};

#[tokio::test(flavor = "multi_thread")]
async fn the_hook_asks_the_row_as_it_is_now() {
    let server = SqlServer::start(Settings::default());
    let hash = |password: &str| bcrypt::hash(password, 4).unwrap();
    let sql = format!(
        "CREATE TABLE staff (id int PRIMARY KEY, email nvarchar(255), first_name nvarchar(50), last_name nvarchar(50),
            password_hash varchar(100), is_active bit);
         INSERT INTO staff VALUES (1, N'isaac.brock@example.com', N'Isaac', N'Brock', N'{}', 1),
            (2, N'Tomáš.Dvořák@example.com', N'Tomáš', N'Dvořák', N'{}', 1), (3, N'old.hand@example.com', N'Old', N'Hand', N'{}', 0),
            (5, N'twin@example.com', N'One', N'Twin', N'{}', 1), (6, N'TWIN@example.com', N'Other', N'Twin', N'{}', 1),
            (7, N'o''neill@example.com', N'Máire', N'O''Neill', N'{}', 1)",
        hash("Okta"),
        hash("heslo"),
        hash("old"),
        hash("twin"),
        hash("twin"),
        hash("pässwörd"),
    );
    server.database("Live", &[("dbo", &sql)]);
    let spec = SourceSpec::Mssql(MssqlSpec {
        host: "localhost".into(),
        port: server.port,
        database: "Live".into(),
        user: READER.into(),
        tls: TlsMode::Require,
        ..MssqlSpec::default()
    });
    let source = source::open(&spec, Some(PASSWORD.into())).unwrap();
    let probe = source.probe().await.unwrap();
    let guess = guess_people(&probe.catalog).into_iter().next().unwrap();
    let sample = source.sample(&guess.selection, 100).await.unwrap();
    let mapping = suggest(&probe.catalog, &guess.selection, &sample);
    let mut config = config();
    config.password = mapping.password.clone();
    let lookup = LiveLookup::new(source, "SQL Server", mapping, None).unwrap();
    let desk = Desk::start(config, Arc::new(lookup)).await;
    let mut calls = desk.hook.calls();
    let mut reason = async |login: &str, password: &str| {
        desk.sign_in(login, password).await;
        calls.recv().await.unwrap().reason
    };
    assert_eq!(reason("isaac.brock@example.com", "Okta").await, HookReason::Right);
    assert_eq!(reason("ISAAC.brock@Example.com", "Okta").await, HookReason::Right);
    assert_eq!(reason("isaac.brock@example.com", "okta").await, HookReason::Wrong);
    assert_eq!(reason("tomáš.dvořák@example.com", "heslo").await, HookReason::Right);
    assert_eq!(reason("nobody@example.com", "Okta").await, HookReason::Unknown);
    assert_eq!(reason("old.hand@example.com", "old").await, HookReason::Disabled);
    assert_eq!(reason("twin@example.com", "twin").await, HookReason::Several);
    assert_eq!(reason("o'neill@example.com", "pässwörd").await, HookReason::Right);
    assert_eq!(reason("' OR 1=1 --", "Okta").await, HookReason::Unknown);
    // Changed a moment ago in the old store.
    change(&server, &format!("UPDATE staff SET password_hash = '{}' WHERE id = 1", hash("changed"))).await;
    assert_eq!(reason("isaac.brock@example.com", "changed").await, HookReason::Right);
    assert_eq!(reason("isaac.brock@example.com", "Okta").await, HookReason::Wrong);
}

/// Changes the database behind the server's back.
async fn change(server: &SqlServer, sql: &str) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(server.file("Live", "dbo"));
    let mut db = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}
