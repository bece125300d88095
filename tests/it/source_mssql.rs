//! Reading people from SQL Server, as far as a stand-in goes that knows nothing of this program, and naming the real cause when it does
//! not work.

use std::sync::Arc;

use causeway::model::{
    ColumnName, Columns, Comparison, Condition, Explain as _, GroupName, Membership, People, Record,
    Selection, TableName, Value,
};
use causeway::source::{
    self, CertificateFault, MssqlSpec, ReadSummary, Source, SourceError, SourceSpec, TlsMode, Within,
};
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::company::{Company, everyone, read_source};
use crate::support::tds::{
    CodePage, Encryption, PASSWORD, READER, Settings, Snapshot, SqlServer, certificate,
};

fn spec(server: &SqlServer, database: &str) -> MssqlSpec {
    MssqlSpec {
        host: "localhost".into(),
        port: server.port,
        database: database.into(),
        user: READER.into(),
        tls: TlsMode::Require,
        ..MssqlSpec::default()
    }
}

fn source(spec: MssqlSpec) -> Arc<dyn Source> {
    source::open(&SourceSpec::Mssql(spec), Some(SecretString::from(PASSWORD))).unwrap()
}

fn name(schema: Option<&str>, name: &str) -> TableName {
    TableName { schema: schema.map(str::to_owned), name: name.into() }
}

fn table(table: &str) -> Selection {
    Selection::table(name(Some("dbo"), table))
}

fn own(sql: &str) -> Selection {
    Selection { people: People::Sql(sql.into()), ..table("") }
}

async fn all(source: &dyn Source, selection: &Selection) -> Result<(Vec<Record>, ReadSummary), SourceError> {
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

const TEAMS: &str = "
    CREATE TABLE dbo.users (id int IDENTITY(1,1) NOT NULL PRIMARY KEY, email nvarchar(255) NOT NULL, [first name] nvarchar(100),
        enabled bit, seen datetime2(7), badge varchar(20));
    CREATE TABLE dbo.teams (id int PRIMARY KEY, name nvarchar(50));
    CREATE TABLE dbo.members (user_id int REFERENCES users(id), team_id int REFERENCES teams(id), pending bit,
        PRIMARY KEY (user_id, team_id));
    CREATE VIEW dbo.active AS SELECT id, email FROM users WHERE enabled = 1;
    INSERT INTO dbo.users VALUES (1, N'Ada@example.com', N'Ada', 1, N'2024-05-01 10:00:00.1234567', 'A1'),
        (2, N'özge@example.com', N'李', 0, NULL, 'Б2'), (3, N'maire@example.com', N'Máire', 1, NULL, NULL),
        (4, N'jose@example.com', N'José', NULL, NULL, ''), (5, N'josé@example.com', N'Jose', 1, NULL, 'x ');
    INSERT INTO dbo.teams VALUES (1, N'Vertrieb'), (2, N'<R&D>'), (3, N'Waiting');
    INSERT INTO dbo.members VALUES (1, 1, 0), (1, 2, 0), (2, 1, 0), (1, 3, 1)";

fn membership() -> Membership {
    Membership {
        person_key: "id".into(),
        members: name(None, "members"),
        member_person: "user_id".into(),
        group: GroupName::Joined {
            member_group: "team_id".into(),
            groups: name(None, "teams"),
            group_key: "id".into(),
            group_name: "name".into(),
        },
        only: vec![Condition { column: "pending".into(), comparison: Comparison::No, value: String::new() }],
        only_groups: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_read_with_their_groups() {
    let server = SqlServer::start(Settings {
        denied: vec!["secrets".into()],
        synonyms: vec![
            ("people".into(), "[dbo].[users]".into()),
            ("afar".into(), "[Other].[dbo].[users]".into()),
        ],
        ..Settings::default()
    });
    let hr = "CREATE TABLE hr.staff (id bigint PRIMARY KEY, mail nvarchar(50)); INSERT INTO hr.staff VALUES (7, N'x')";
    let dbo = format!("{TEAMS}; CREATE TABLE dbo.secrets (id int)");
    server.database("Portal", &[("dbo", &dbo.replace("dbo.", "")), ("hr", &hr.replace("hr.", ""))]);
    let source = source(spec(&server, "Portal"));

    let probe = source.probe().await.unwrap();
    assert_eq!(probe.server, "SQL Server 2019 (15.0.4312.2)");
    assert_eq!((probe.encryption.as_str(), probe.read_only), ("TLS, certificate not checked", false));
    let found: Vec<_> = probe.catalog.tables.iter().map(|t| (t.name.display(), t.view, t.rows)).collect();
    let table_of = |name: &str, view, rows| (name.to_owned(), view, rows);
    assert_eq!(
        found,
        [
            table_of("dbo.active", true, None),
            table_of("dbo.afar", true, None),
            table_of("dbo.members", false, Some(4)),
            table_of("dbo.people", false, Some(5)),
            table_of("dbo.secrets", false, Some(0)),
            table_of("dbo.teams", false, Some(3)),
            table_of("dbo.users", false, Some(5)),
            table_of("hr.staff", false, Some(1)),
        ]
    );
    let users = probe.catalog.table(&name(None, "users")).unwrap();
    assert_eq!(users.primary_key, ["id"]);
    let types: Vec<_> = users.columns.iter().map(|c| c.type_name.as_str()).collect();
    assert_eq!(types, ["int", "nvarchar(255)", "nvarchar(100)", "bit", "datetime2(7)", "varchar(20)"]);
    let members = probe.catalog.table(&name(None, "members")).unwrap();
    assert_eq!(members.primary_key, ["user_id", "team_id"]);
    let keys: Vec<_> =
        members.foreign_keys.iter().map(|key| (key.columns[0].as_str(), key.table.display())).collect();
    assert!(
        keys.contains(&("user_id", "dbo.users".into())) && keys.contains(&("team_id", "dbo.teams".into())),
        "{keys:?}"
    );
    let refused = probe.catalog.table(&name(None, "secrets")).unwrap().refused.clone().unwrap();
    assert!(refused.contains("no right to read"), "{refused}");
    let afar = probe.catalog.table(&name(None, "afar")).unwrap().refused.clone().unwrap();
    assert!(afar.contains("[Other].[dbo].[users]"), "{afar}");

    let selection = Selection { groups: Some(membership()), ..table("users") };
    let (records, summary) = all(&*source, &selection).await.unwrap();
    assert_eq!((summary.records, summary.stopped), (5, false));
    let read: Vec<_> = records.iter().map(|r| (r.key.as_str(), r.groups.join(","))).collect();
    assert_eq!(
        read,
        [
            ("1", "<R&D>,Vertrieb".into()),
            ("2", "Vertrieb".into()),
            ("3", String::new()),
            ("4", String::new()),
            ("5", String::new())
        ]
    );
    assert_eq!(records[1].get("first name"), Some(&Value::Text("李".into())));
    let sample = source.sample(&selection, 2).await.unwrap();
    assert_eq!(sample.records, records[..2]);
    assert_eq!((sample.rows, sample.exact), (Some(5), true));

    // By a synonym, and ignoring case.
    let (by_synonym, _) = all(&*source, &Selection::table(name(None, "People"))).await.unwrap();
    assert_eq!(by_synonym.len(), 5);
    let error = source.sample(&Selection::table(name(None, "afar")), 1).await.unwrap_err();
    assert!(matches!(error, SourceError::NoSuchTable { .. }), "{error:?}");
    let error = source.sample(&table("secrets"), 1).await.unwrap_err();
    assert_eq!(error.to_string(), "“causeway_reader” has no right to read “dbo.secrets”.");
    let (staff, _) = all(&*source, &Selection::table(name(Some("hr"), "staff"))).await.unwrap();
    assert_eq!(staff[0].key, "7");

    let seen = server.seen();
    assert!(seen.iter().all(|seen| seen.read_only && seen.encrypted && seen.app == "causeway"), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_found_whatever_the_collation_takes_for_the_same() {
    let server = SqlServer::start(Settings::default());
    server.database("Portal", &[("dbo", &TEAMS.replace("dbo.", ""))]);
    let source = source(spec(&server, "Portal"));
    let selection = table("users");
    let found = async |column: &str, value: &str| -> Vec<String> {
        let records = source.find(&selection, column, value, 5).await.unwrap();
        records.into_iter().map(|record| record.key).collect()
    };
    assert_eq!(found("email", "ADA@EXAMPLE.COM").await, ["1"]);
    assert_eq!(found("email", "ÖZGE@example.com").await, ["2"]);
    assert_eq!(found("email", "jose@example.com").await, ["4"], "an accent makes another person");
    assert_eq!(found("email", "Ada@example.com ").await, Vec::<String>::new(), "so does a blank");
    assert_eq!(found("email", "x' OR 1=1 --").await, Vec::<String>::new());
    assert_eq!(found("badge", "a1").await, ["1"]);
    assert_eq!(found("id", "3").await, ["3"]);
    assert_eq!(found("id", "no number").await, Vec::<String>::new());
    let key = source.find_key(&selection, "2").await.unwrap().unwrap();
    assert_eq!(key[0].get("first name"), Some(&Value::Text("李".into())));
    assert!(source.find_key(&selection, "99").await.unwrap().unwrap().is_empty());
    assert!(source.find_key(&selection, "no number").await.unwrap().unwrap().is_empty());
    // Two columns of a key, one connection for all of it.
    let members = source.find_key(&table("members"), "1\u{1f}2").await.unwrap().unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!(server.seen().len(), 1, "one connection is kept for the next question");
    // Values never stand in the SQL.
    assert!(server.asked().iter().all(|sql| !sql.contains("OR 1=1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_are_asked_in_the_database() {
    let server = SqlServer::start(Settings::default());
    server.database("Portal", &[("dbo", &TEAMS.replace("dbo.", ""))]);
    let source = source(spec(&server, "Portal"));
    for (column, comparison, value, expected) in [
        ("enabled", Comparison::Yes, "", "1,3,5"),
        ("enabled", Comparison::No, "", "2,4"),
        ("enabled", Comparison::Is, "true", "1,3,5"),
        ("email", Comparison::Is, "Ada@example.com", "1"),
        ("email", Comparison::Is, "ada@example.com", ""),
        ("email", Comparison::IsNot, "Ada@example.com", "2,3,4,5"),
        ("email", Comparison::Contains, "JOS", "4,5"),
        ("email", Comparison::StartsWith, "ma", "3"),
        ("id", Comparison::Above, "3", "4,5"),
        ("id", Comparison::Below, "many", ""),
        ("seen", Comparison::Above, "2024-01-01", "1"),
        ("seen", Comparison::HasValue, "", "1"),
        ("badge", Comparison::IsEmpty, "", "3,4"),
    ] {
        let only = vec![Condition { column: column.into(), comparison, value: value.into() }];
        let (records, _) = all(&*source, &Selection { only, ..table("users") }).await.unwrap();
        let keys: Vec<_> = records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys.join(","), expected, "{column} {comparison:?} {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn own_sql_is_one_select_that_only_reads() {
    let server = SqlServer::start(Settings::default());
    server.database("Portal", &[("dbo", &TEAMS.replace("dbo.", ""))]);
    let source = self::source(spec(&server, "Portal"));
    let sql = "WITH on_ AS (SELECT [id], [email] FROM [users] WHERE enabled = 1), two AS (SELECT TOP (2) * FROM on_ ORDER BY id) \
               SELECT t.id, t.email AS mail, u.[first name] AS mail FROM two AS t JOIN users AS u ON u.id = t.id -- people";
    let selection = Selection { key: vec!["id".into()], ..own(sql) };
    let (records, _) = all(&*source, &selection).await.unwrap();
    let names = records[0].columns.names();
    assert_eq!(names, ["id", "mail", "mail_2"]);
    let keys: Vec<_> = records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys, ["1", "3"]);
    let sample = source.sample(&selection, 1).await.unwrap();
    assert_eq!((sample.records.len(), sample.rows, sample.exact), (1, Some(2), true));
    // What Causeway writes for every database.
    let (records, _) =
        all(&*source, &own("SELECT \"email\" FROM \"users\" ORDER BY \"email\" LIMIT 2")).await.unwrap();
    assert_eq!(records.len(), 2);
    let error = source.sample(&own("SELECT email FROM users ORDER BY email"), 1).await.unwrap_err();
    assert!(error.to_string().contains("ends with ORDER BY"), "{error}");
    // What is counted there for the Map step.
    let column = |table: &str, column: &str| ColumnName { table: name(None, table), column: column.into() };
    let within = [
        Within { column: column("users", "id"), as_text: false },
        Within { column: column("teams", "id"), as_text: true },
    ];
    let overlap =
        source::overlap(&*source, &column("members", "user_id"), None, &within).await.unwrap().unwrap();
    assert_eq!((overlap.values, overlap.found), (2, vec![2, 2]));
    let people = People::Sql(sql.into());
    let columns = Columns::new(["id", "mail", "mail_2"]);
    let unique = source::uniqueness(&*source, &people, &columns, &["mail"]).await.unwrap().unwrap();
    assert_eq!((unique[0].rows, unique[0].filled, unique[0].different), (2, 2, 2));
    for (sql, expected) in [
        ("DELETE FROM users", "would change something (DELETE)"),
        ("SELECT * INTO copy FROM users", "would change something (SELECT INTO)"),
        ("SELECT 1; DROP TABLE users", "more than one statement"),
        ("SELECT 1 AS a DROP TABLE users", "can't run this SQL"),
        ("SELECT * FROM nowhere", "no table or view called “nowhere”"),
        ("SELECT nothing FROM users", "can't run this SQL"),
    ] {
        let error = source.sample(&own(sql), 1).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_becomes_a_value() {
    let server = SqlServer::start(Settings { code_page: CodePage::Cyrillic, ..Settings::default() });
    server.database(
        "Types",
        &[(
            "dbo",
            "CREATE TABLE people (id uniqueidentifier PRIMARY KEY, n nvarchar(max), v varchar(50), c char(6), b varbinary(max), fixed binary(4),
                yes bit, t tinyint, s smallint, l bigint, d decimal(18,4), m money, f float, r real, dt datetime, dt2 datetime2(7),
                o datetimeoffset(7), sd smalldatetime, day date, tm time(3), x xml, a sql_variant, k nchar(3));
             INSERT INTO people VALUES (N'6F9619FF-8B86-D011-B42D-00C04FC964FF', N'李伟 😀', N'Дмитрий', N'ab', 0x00ff, 0x01020304,
                1, 255, -3, 9223372036854775807, N'-12.3400', N'1234.5678', 0.1, 0.1, N'2024-05-01 10:00:00.123',
                N'2024-05-01 10:00:00.1234567', N'2024-05-01 10:00:00.5000000 +02:00', N'2024-05-01 10:01:00', N'2024-05-01', N'10:00:00.125',
                N'<a>ü</a>', N'any', N'ü');
             INSERT INTO people (id) VALUES (N'00000000-0000-0000-0000-000000000001')",
        )],
    );
    let source = source(spec(&server, "Types"));
    let (records, _) = all(&*source, &table("people")).await.unwrap();
    let text = |text: &str| Value::Text(text.into());
    let time = |text: &str| Value::Time(text.parse().unwrap());
    let person = records.iter().find(|record| record.key.starts_with("6f")).unwrap();
    let expected = [
        ("id", text("6f9619ff-8b86-d011-b42d-00c04fc964ff")),
        ("n", text("李伟 😀")),
        ("v", text("Дмитрий")),
        ("c", text("ab")),
        ("b", Value::Bytes(vec![0, 255])),
        ("fixed", Value::Bytes(vec![1, 2, 3, 4])),
        ("yes", Value::Bool(true)),
        ("t", Value::Integer(255)),
        ("s", Value::Integer(-3)),
        ("l", Value::Integer(i64::MAX)),
        ("d", text("-12.3400")),
        ("m", Value::Real(1234.5678)),
        ("f", Value::Real(0.1)),
        ("r", Value::Real(0.1)),
        ("dt", time("2024-05-01T10:00:00.123Z")),
        ("dt2", time("2024-05-01T10:00:00.123456Z")),
        ("o", time("2024-05-01T08:00:00.5Z")),
        ("sd", time("2024-05-01T10:01:00Z")),
        ("day", text("2024-05-01")),
        ("tm", text("10:00:00.125")),
        ("x", text("<a>ü</a>")),
        ("a", text("any")),
        ("k", text("ü")),
    ];
    for (column, value) in expected {
        assert_eq!(person.get(column), Some(&value), "{column}");
    }
    let nobody = records.iter().find(|record| record.key.starts_with("00")).unwrap();
    assert!(nobody.values[1..].iter().all(|value| *value == Value::Null), "{nobody:?}");
    let big = format!("INSERT INTO photos VALUES (1, N'{}'), (2, N'small')", "x".repeat(1_100_000));
    server.database(
        "Big",
        &[("dbo", &format!("CREATE TABLE photos (id int PRIMARY KEY, photo nvarchar(max)); {big}"))],
    );
    let (records, summary) = all(&*self::source(spec(&server, "Big")), &table("photos")).await.unwrap();
    assert_eq!((&records[0].values[1], &records[1].values[1]), (&Value::TooLarge, &text("small")));
    assert_eq!((summary.too_big[0].values, summary.too_big[0].first_key.as_str()), (1, "1"));
}

async fn cause(spec: MssqlSpec) -> SourceError {
    let error = source(spec).probe().await.unwrap_err();
    for text in [error.to_string(), error.advice(), format!("{error:?}")] {
        assert!(!text.contains(PASSWORD) && !text.is_empty(), "{text}");
    }
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cause_of_a_failed_connection_is_told_apart() {
    let server = SqlServer::start(Settings::default());
    server.database("Portal", &[("dbo", "CREATE TABLE people (id int)")]);
    let good = spec(&server, "Portal");
    source(good.clone()).probe().await.unwrap();

    let error = cause(MssqlSpec { host: "no-such-host.invalid".into(), ..good.clone() }).await;
    assert_eq!(error.to_string(), "There is no server called “no-such-host.invalid”.");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let error = cause(MssqlSpec { host: "127.0.0.1".into(), port, ..good.clone() }).await;
    assert_eq!(
        error.to_string(),
        format!("Nothing listens at 127.0.0.1:{port}: the connection was refused.")
    );
    let with = |password: Option<&str>| {
        source::open(&SourceSpec::Mssql(good.clone()), password.map(SecretString::from)).unwrap()
    };
    let error = with(Some("wrong")).probe().await.unwrap_err();
    assert!(matches!(&error, SourceError::WrongPassword { given: true, .. }), "{error:?}");
    let error = with(None).probe().await.unwrap_err();
    assert!(matches!(&error, SourceError::WrongPassword { given: false, .. }), "{error:?}");
    let error = cause(MssqlSpec { database: "Nowhere".into(), ..good.clone() }).await;
    assert_eq!(error.to_string(), "There is no database called “Nowhere” on this server.");

    // A certificate that signs itself, and one that is believed; then for another name.
    let error = cause(MssqlSpec { tls: TlsMode::VerifyFull, ..good.clone() }).await;
    let SourceError::CertificateNotTrusted { why: CertificateFault::UnknownAuthority, technical, .. } =
        &error
    else {
        panic!("{error:?}")
    };
    assert!(!technical.contains("Config::"), "no advice to programmers: {technical}");
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &server.certificate).unwrap();
    let trusting = MssqlSpec { tls: TlsMode::VerifyFull, ca_file: Some(ca), ..good.clone() };
    assert_eq!(source(trusting.clone()).probe().await.unwrap().encryption, "TLS");
    let other = MssqlSpec { certificate_name: Some("sql.corp.example".into()), ..trusting.clone() };
    let error = cause(other).await;
    assert!(
        matches!(error, SourceError::CertificateNotTrusted { why: CertificateFault::OtherHost, .. }),
        "{error:?}"
    );
    // TLS first is what an older server does not know.
    let error = cause(MssqlSpec { strict: true, ..trusting.clone() }).await;
    assert!(error.advice().contains("strict"), "{error:?} {}", error.advice());
    let error = cause(MssqlSpec { ca_file: Some("/nowhere.pem".into()), ..trusting }).await;
    assert!(matches!(error, SourceError::CertificateFile { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_encryption_means_what_it_says() {
    for (server_does, wanted, encrypted) in [
        (Encryption::Off, TlsMode::Off, Some(false)),
        (Encryption::Off, TlsMode::Require, Some(true)),
        (Encryption::Required, TlsMode::Off, Some(true)),
        (Encryption::Required, TlsMode::Require, Some(true)),
        (Encryption::NotSupported, TlsMode::Off, None),
        (Encryption::NotSupported, TlsMode::Require, None),
    ] {
        let server = SqlServer::start(Settings { encryption: server_does, ..Settings::default() });
        server.database("Portal", &[("dbo", "CREATE TABLE people (id int)")]);
        let asked = source(MssqlSpec { tls: wanted, ..spec(&server, "Portal") }).probe().await;
        if let Some(encrypted) = encrypted {
            asked.unwrap();
            assert_eq!(server.seen()[0].encrypted, encrypted, "{server_does:?} {wanted:?}");
        } else {
            // A password never travels in the clear.
            assert!(matches!(asked, Err(SourceError::TlsNotOffered { .. })), "{wanted:?}: {asked:?}");
            assert!(server.seen().is_empty());
        }
    }
    let strict = SqlServer::start(Settings { encryption: Encryption::Strict, ..Settings::default() });
    strict.database("Portal", &[("dbo", "CREATE TABLE people (id int)")]);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &strict.certificate).unwrap();
    let good =
        MssqlSpec { tls: TlsMode::VerifyFull, strict: true, ca_file: Some(ca), ..spec(&strict, "Portal") };
    assert_eq!(source(good.clone()).probe().await.unwrap().encryption, "TLS, strict");
    let error = cause(MssqlSpec { ca_file: None, ..good }).await;
    assert!(matches!(error, SourceError::CertificateNotTrusted { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_sends_on_and_the_certificate_must_be_the_next_ones() {
    let (chain, key) = certificate(&["localhost"]);
    let node = SqlServer::start(Settings { certificate: Some((chain, key)), ..Settings::default() });
    node.database("Portal", &[("dbo", "CREATE TABLE people (id int)")]);
    let gateway =
        SqlServer::start(Settings { route: Some(("localhost".into(), node.port)), ..Settings::default() });
    source(spec(&gateway, "Portal")).probe().await.unwrap();
    assert_eq!((gateway.seen().len(), node.seen()[0].server.as_str()), (1, "localhost"));
    // Believed at the gateway, but not at the node.
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &gateway.certificate).unwrap();
    let error =
        cause(MssqlSpec { tls: TlsMode::VerifyFull, ca_file: Some(ca), ..spec(&gateway, "Portal") }).await;
    assert!(matches!(error, SourceError::CertificateNotTrusted { .. }), "{error:?}");
    assert_eq!(node.seen().len(), 1, "the password went no further");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_moment_is_read_where_the_database_allows_it() {
    let people = "CREATE TABLE people (id int PRIMARY KEY); INSERT INTO people VALUES (1)";
    for (snapshot, level, told) in [
        (Snapshot::Allowed, "LEVEL SNAPSHOT", false),
        (Snapshot::Committed, "LEVEL READ COMMITTED", false),
        (Snapshot::No, "LEVEL READ COMMITTED", true),
    ] {
        let server = SqlServer::start(Settings { snapshot, ..Settings::default() });
        server.database("Portal", &[("dbo", people)]);
        let source = source(spec(&server, "Portal"));
        assert_eq!(all(&*source, &table("people")).await.unwrap().0.len(), 1);
        assert!(server.asked().iter().any(|sql| sql.contains(level)), "{:?}", server.asked());
        let probe = source.probe().await.unwrap();
        assert_eq!(
            probe.notes.iter().any(|note| note.contains("ALLOW_SNAPSHOT_ISOLATION")),
            told,
            "{:?}",
            probe.notes
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_row_level_security_may_hide_are_told_of() {
    let server = SqlServer::start(Settings { filtered: vec!["people".into()], ..Settings::default() });
    server.database("Portal", &[("dbo", "CREATE TABLE people (id int); CREATE TABLE teams (id int)")]);
    let notes = source(spec(&server, "Portal")).probe().await.unwrap().notes;
    assert!(matches!(notes.as_slice(), [note] if note.contains("filters dbo.people:")), "{notes:?}");
}

fn many(rows: usize) -> String {
    let values: Vec<_> = (1..=rows).map(|n| format!("({n}, N'{}')", "x".repeat(200))).collect();
    format!(
        "CREATE TABLE people (id int PRIMARY KEY, name nvarchar(255)); INSERT INTO people VALUES {}",
        values.join(",")
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_is_cut_off_is_not_taken_for_whole() {
    let server = SqlServer::start(Settings { cut_after: Some(700), ..Settings::default() });
    server.database("Portal", &[("dbo", &many(2000))]);
    let error = all(&*source(spec(&server, "Portal")), &table("people")).await.unwrap_err();
    assert!(matches!(error, SourceError::Lost { read, .. } if read <= 700), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_is_stopped_is_given_up_at_the_server() {
    let server = SqlServer::start(Settings::default());
    server.database("Portal", &[("dbo", &many(20_000))]);
    let source = source(spec(&server, "Portal"));
    let (sender, mut receiver) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let selection = table("people");
    let (summary, ()) = tokio::join!(source.read(&selection, sender, stop.clone()), async {
        receiver.recv().await.unwrap();
        stop.cancel();
        while receiver.recv().await.is_some() {}
    });
    assert!(summary.unwrap().stopped);
    // The server takes it in when it comes to it.
    let told = async {
        while server.attentions() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), told).await.expect("told to stop");
    assert_eq!(server.attentions(), 1);
}

/// The same company in SQLite and in SQL Server gives the same people, to the byte.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_people_as_from_sqlite() {
    use sqlx::{ConnectOptions as _, Connection as _, Row as _};
    let company = Company::found(40).await;
    let (sqlite, _) = company.read().await;
    let mut db =
        sqlx::sqlite::SqliteConnectOptions::new().filename(company.database()).connect().await.unwrap();
    let literal = |text: Option<String>| match text {
        Some(text) => format!("N'{}'", text.replace('\'', "''")),
        None => "NULL".into(),
    };
    let mut sql = String::from(
        "CREATE TABLE staff (id int PRIMARY KEY, email nvarchar(255), first_name nvarchar(100), last_name nvarchar(100), password_hash varchar(255));
         CREATE TABLE teams (id int PRIMARY KEY, name nvarchar(50));
         CREATE TABLE team_members (staff_id int REFERENCES staff(id), team_id int REFERENCES teams(id))",
    );
    for row in sqlx::query("SELECT * FROM staff").fetch_all(&mut db).await.unwrap() {
        let id: i64 = row.get(0);
        let texts: Vec<_> = (1..5).map(|at| literal(row.get(at))).collect();
        sql.push_str(&format!("; INSERT INTO staff VALUES ({id}, {})", texts.join(", ")));
    }
    for row in sqlx::query("SELECT * FROM teams").fetch_all(&mut db).await.unwrap() {
        sql.push_str(&format!(
            "; INSERT INTO teams VALUES ({}, {})",
            row.get::<i64, _>(0),
            literal(row.get(1))
        ));
    }
    for row in sqlx::query("SELECT * FROM team_members").fetch_all(&mut db).await.unwrap() {
        sql.push_str(&format!(
            "; INSERT INTO team_members VALUES ({}, {})",
            row.get::<i64, _>(0),
            row.get::<i64, _>(1)
        ));
    }
    db.close().await.unwrap();
    let server = SqlServer::start(Settings::default());
    server.database("Company", &[("dbo", &sql)]);
    let folder = tempfile::tempdir().unwrap();
    let spec = SourceSpec::Mssql(spec(&server, "Company"));
    let (mssql, _) =
        read_source(&spec, Some(PASSWORD), &folder.path().join("move.causeway"), &folder.path().join("keys"))
            .await;
    let people = |all: Vec<causeway::workspace::PersonDetail>| -> Vec<String> {
        all.iter()
            .map(|p| {
                format!(
                    "{} {} {:?} {:?} {:?} {:?} {:?} {}",
                    p.key,
                    p.row.login,
                    p.row.route,
                    p.row.scheme,
                    p.profile,
                    p.groups,
                    p.findings,
                    p.has_password
                )
            })
            .collect()
    };
    let (expected, found) = (people(everyone(&sqlite).await), people(everyone(&mssql).await));
    assert_eq!(expected.len(), 40);
    assert_eq!(found, expected);
}

/// Another program at the port.
#[tokio::test(flavor = "multi_thread")]
async fn other_servers_and_silent_ones_are_told_apart() {
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"J\0\0\0\n8.0.36\0", b"SSH-2.0-OpenSSH_9.2\r\n"]
    {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
                let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 100]).await;
            }
        });
        let place = MssqlSpec {
            host: "127.0.0.1".into(),
            port,
            database: "x".into(),
            user: "x".into(),
            ..MssqlSpec::default()
        };
        let error = cause(place).await;
        let told = matches!(
            error,
            SourceError::NotThisProduct { .. } | SourceError::TimedOut { .. } | SourceError::Other { .. }
        );
        assert!(told, "{error:?}");
    }
}
