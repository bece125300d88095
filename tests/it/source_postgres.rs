//! Reading people from a real PostgreSQL, and naming the real cause when it does not work.

use causeway::model::{
    Comparison, Condition, GroupName, Membership, People, Record, Selection, TableName, Value,
};
use causeway::source::{PostgresSpec, ReadSummary, Source, SourceError, SourceSpec, open};
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::postgres::{Postgres, READER_PASSWORD};

pub(crate) fn source(spec: PostgresSpec) -> Arc<dyn Source> {
    open(&SourceSpec::Postgres(spec), Some(SecretString::from(READER_PASSWORD))).unwrap()
}

pub(crate) fn name(schema: Option<&str>, name: &str) -> TableName {
    TableName { schema: schema.map(str::to_owned), name: name.into() }
}

pub(crate) fn table(table: &str) -> Selection {
    Selection::table(name(Some("public"), table))
}

pub(crate) fn own(sql: &str) -> Selection {
    Selection { people: People::Sql(sql.into()), ..table("") }
}

/// How the seed's members point at people and groups.
fn seed_groups() -> Membership {
    Membership {
        person_key: "username".into(),
        members: name(None, "group_members"),
        member_person: "username".into(),
        group: GroupName::Joined {
            member_group: "group_id".into(),
            groups: name(None, "groups"),
            group_key: "id".into(),
            group_name: "group_name".into(),
        },
        only: Vec::new(),
        only_groups: Vec::new(),
    }
}

pub(crate) async fn all(
    source: &dyn Source,
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

fn keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.key.as_str()).collect()
}

#[tokio::test]
async fn oktas_example_is_read_with_its_groups() {
    let server = Postgres::shared();
    server.seeded("src_seed");
    let source = source(server.spec("src_seed"));

    let probe = source.probe().await.unwrap();
    assert!(probe.server.starts_with("PostgreSQL 1"), "{}", probe.server);
    assert_eq!(probe.encryption, "not encrypted");
    assert!(probe.read_only);
    let found: Vec<_> = probe.catalog.tables.iter().map(|t| (t.name.display(), t.rows)).collect();
    assert_eq!(
        found,
        [
            ("public.group_authorities".to_owned(), Some(2)),
            ("public.group_members".to_owned(), Some(4)),
            ("public.groups".to_owned(), Some(2)),
            ("public.users".to_owned(), Some(3)),
        ]
    );
    let users = probe.catalog.table(&name(None, "users")).unwrap();
    assert_eq!(users.primary_key, ["username"]);
    assert_eq!(users.columns[0].type_name, "character varying(50)");
    let members = probe.catalog.table(&name(None, "group_members")).unwrap();
    assert_eq!(members.foreign_keys[0].table.display(), "public.groups");
    assert_eq!(
        (&members.foreign_keys[0].columns[0][..], &members.foreign_keys[0].references[0][..]),
        ("group_id", "id")
    );

    let selection = Selection { groups: Some(seed_groups()), ..table("users") };
    let (records, summary) = all(&*source, &selection).await.unwrap();
    assert_eq!((summary.records, summary.stopped), (3, false));
    assert_eq!(keys(&records), ["admin@example.com", "user1@example.com", "user2@example.com"]);
    let groups: Vec<_> = records.iter().map(|r| r.groups.join(",")).collect();
    assert_eq!(groups, ["ADMIN,USER", "USER", "USER"]);
    assert_eq!(records[0].get("enabled"), Some(&Value::Bool(true)));
    assert_eq!(records[0].get("first_name"), Some(&Value::Text("Admin".into())));

    let sample = source.sample(&selection, 2).await.unwrap();
    assert_eq!(sample.records, records[..2]);
    assert_eq!((sample.rows, sample.exact), (Some(3), true));

    let found = source.find(&selection, "username", "ADMIN@Example.com", 2).await.unwrap();
    assert_eq!(found, records[..1]);
    // Twice the same membership gives the same groups.
    let twice = Selection { more_groups: vec![seed_groups()], ..selection.clone() };
    assert_eq!(all(&*source, &twice).await.unwrap().0, records);
    assert_eq!(source.sample(&twice, 2).await.unwrap().records, records[..2]);
    // The second comes over the connection kept from the first; when that was closed meanwhile, over a new one.
    assert!(source.find(&selection, "username", "nobody@example.com", 2).await.unwrap().is_empty());
    let closed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'src_seed' AND application_name = 'causeway'";
    assert_eq!(server.ask("postgres", closed).await, "1");
    assert_eq!(source.find(&selection, "username", "user1@example.com", 2).await.unwrap().len(), 1);
    // Names without quotes know no case in SQL.
    assert_eq!(source.sample(&Selection::table(name(None, "Users")), 9).await.unwrap().records.len(), 3);
}

#[tokio::test]
async fn every_type_becomes_a_value() {
    let server = Postgres::shared();
    server.database(
        "src_types",
        r#"
        CREATE EXTENSION citext; CREATE EXTENSION hstore;
        CREATE TYPE mood AS ENUM ('glad', 'sad');
        CREATE DOMAIN email AS citext CHECK (value ~ '@');
        CREATE TYPE pair AS (a int, b text);
        CREATE TABLE people (
            id uuid PRIMARY KEY, t text, v varchar(20), c char(8), ci citext, e email, n name, b bool,
            i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, num numeric(20,4), money money,
            ba bytea, ts timestamp, tz timestamptz, d date, tm time, iv interval,
            j json, jl jsonb, x xml, ip inet, m mood, p pair, pt point, h hstore, r int4range,
            ta text[], ia int[], ma mood[], ba2 bool[], bits bit(4), tsv tsvector, inf timestamptz, old date, nan float8
        );
        INSERT INTO people VALUES (
            '6ba7b810-9dad-11d1-80b4-00c04fd430c8', '李伟', 'Tomáš Dvořák', 'Máire', 'محمد', 'A@b.c', 'nm', true,
            -2, 4, 8000000000, 0.5, 1e300, 12.3400, 5.5,
            '\x00ff', '2024-05-01 10:00:00.25', '2024-05-01 12:00:00+02', '1990-02-28', '10:00', '1 day',
            '{"a":1}', '["USER", "ADMIN"]', '<a/>', '10.0.0.1', 'glad', '(1,x)', '(1,2)', 'a=>1', '[1,5)',
            '{a,"b c",NULL}', '{1,2}', '{glad,sad}', '{t,f}', '1010', 'fat cat', 'infinity', '0044-03-15 BC', 'NaN'
        );
        INSERT INTO people (id) VALUES ('7ba7b810-9dad-11d1-80b4-00c04fd430c8');
        "#,
    );
    let source = source(server.spec("src_types"));
    let (records, _) = all(&*source, &table("people")).await.unwrap();
    let full = &records[0];
    let text = |t: &str| Value::Text(t.into());
    let time = |t: &str| Value::Time(t.parse().unwrap());
    let expected = [
        ("id", text("6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
        ("t", text("李伟")),
        ("v", text("Tomáš Dvořák")),
        ("c", text("Máire")),
        ("ci", text("محمد")),
        ("e", text("A@b.c")),
        ("n", text("nm")),
        ("b", Value::Bool(true)),
        ("i2", Value::Integer(-2)),
        ("i4", Value::Integer(4)),
        ("i8", Value::Integer(8_000_000_000)),
        ("f4", Value::Real(0.5)),
        ("f8", Value::Real(1e300)),
        ("num", text("12.3400")),
        ("ba", Value::Bytes(vec![0, 255])),
        ("ts", time("2024-05-01T10:00:00.25Z")),
        ("tz", time("2024-05-01T10:00:00Z")),
        ("d", text("1990-02-28")),
        ("tm", text("10:00:00")),
        ("iv", text("1 day")),
        ("j", text(r#"{"a":1}"#)),
        ("jl", Value::List(vec![text("USER"), text("ADMIN")])),
        ("x", text("<a/>")),
        ("ip", text("10.0.0.1")),
        ("m", text("glad")),
        ("p", text("(1,x)")),
        ("pt", text("(1,2)")),
        ("h", text(r#""a"=>"1""#)),
        ("r", text("[1,5)")),
        ("ta", Value::List(vec![text("a"), text("b c"), Value::Null])),
        ("ia", Value::List(vec![Value::Integer(1), Value::Integer(2)])),
        ("ma", Value::List(vec![text("glad"), text("sad")])),
        ("ba2", Value::List(vec![Value::Bool(true), Value::Bool(false)])),
        ("bits", text("1010")),
        ("tsv", text("'cat' 'fat'")),
        ("inf", text("infinity")),
        ("old", text("0044-03-15 BC")),
    ];
    for (column, value) in expected {
        assert_eq!(full.get(column).unwrap().as_text(), value.as_text(), "{column}");
        assert_eq!(full.get(column), Some(&value), "{column}");
    }
    assert!(matches!(full.get("nan"), Some(Value::Real(n)) if n.is_nan()));
    assert!(records[1].values[1..].iter().all(|value| *value == Value::Null));

    // The same through own SQL, where only the result tells the types; and any of them as a condition or key.
    let (again, _) = all(&*source, &own("SELECT * FROM people ORDER BY id")).await.unwrap();
    assert_eq!(again[0].values[..37], full.values[..37]);
    for (column, value) in [
        ("m", "glad"),
        ("ip", "10.0.0.1"),
        ("j", r#"{"a":1}"#),
        ("e", "A@b.c"),
        ("num", "12.34"),
        ("d", "1990-02-28"),
        ("tz", "2024-05-01T10:00:00Z"),
        ("b", "yes"),
        ("pt", "(1,2)"),
        ("ta", r#"{a,"b c",NULL}"#),
    ] {
        let only = vec![Condition { column: column.into(), comparison: Comparison::Is, value: value.into() }];
        let selection = Selection { only, key: vec![column.into()], ..table("people") };
        let (found, _) = all(&*source, &selection).await.unwrap();
        assert_eq!(found.len(), 1, "{column}");
        assert!(source.find(&table("people"), column, value, 2).await.is_ok(), "{column}");
    }
}

#[tokio::test]
async fn odd_names_mixed_types_and_groups_of_every_shape() {
    let server = Postgres::shared();
    server.database(
        "src_shapes",
        r#"
        CREATE SCHEMA "Alte Daten";
        CREATE TABLE "Alte Daten"."Benutzer ""neu""" ("Login" char(20) PRIMARY KEY, "order" int, "日本" text, roles text);
        INSERT INTO "Alte Daten"."Benutzer ""neu""" VALUES ('Дмитрий', 7, 'ナオミ', 'x'), ('o''neill', 8, NULL, 'y');
        CREATE TABLE memberships (who text, team text);
        INSERT INTO memberships VALUES ('7', 'Vertrieb'), ('7', 'Führung'), ('7', 'Vertrieb'), ('9', 'x'), (NULL, 'y'), ('8', NULL);
        GRANT USAGE ON SCHEMA "Alte Daten" TO causeway_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA "Alte Daten" TO causeway_reader;
        CREATE TABLE logs (id int, day date) PARTITION BY RANGE (day);
        CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        INSERT INTO logs SELECT n, '2024-06-01' FROM generate_series(1, 500) n; ANALYZE;
        CREATE VIEW v AS SELECT 1 AS one; CREATE MATERIALIZED VIEW m AS SELECT 2 AS two;
        "#,
    );
    let mut spec = server.spec("src_shapes");
    let found = source(spec.clone()).probe().await.unwrap().catalog.tables;
    let found: Vec<_> = found.iter().map(|t| (t.name.display(), t.view, t.rows)).collect();
    assert_eq!(
        found,
        [
            ("public.logs".to_owned(), false, Some(500)),
            ("public.m".to_owned(), true, Some(1)),
            ("public.memberships".to_owned(), false, Some(6)),
            ("public.v".to_owned(), true, None),
            ("Alte Daten.Benutzer \"neu\"".to_owned(), false, Some(2)),
        ]
    );

    spec.search_path = vec!["Alte Daten".into(), "public".into()];
    let membership = Membership {
        person_key: "order".into(),
        members: name(None, "memberships"),
        member_person: "who".into(),
        group: GroupName::Column("team".into()),
        only: Vec::new(),
        only_groups: Vec::new(),
    };
    let people = Selection { groups: Some(membership), ..Selection::table(name(None, "Benutzer \"neu\"")) };
    let (records, _) = all(&*source(spec.clone()), &people).await.unwrap();
    assert_eq!(keys(&records), ["o'neill", "Дмитрий"]);
    assert_eq!(records[1].groups, ["Führung", "Vertrieb"]);
    assert!(records[0].groups.is_empty());
    assert_eq!(records[1].get("日本"), Some(&Value::Text("ナオミ".into())));
    // PostgreSQL's `lower` knows only ASCII in this database's locale.
    let found = source(spec.clone()).find(&people, "Login", "ДМИТРИЙ", 2).await.unwrap();
    assert!(found.is_empty() || keys(&found) == ["Дмитрий"]);
    assert_eq!(source(spec.clone()).find(&people, "Login", "O'NEILL", 2).await.unwrap().len(), 1);

    spec.search_path = vec!["alte daten".into()];
    let error = source(spec).probe().await.unwrap_err();
    assert_eq!(error.to_string(), "There is no schema called “alte daten” in this database.");
}

#[tokio::test]
async fn own_sql_may_be_a_join_with_a_closing_comment() {
    let server = Postgres::shared();
    server.seeded("src_own");
    let source = source(server.spec("src_own"));
    let sql = "WITH m AS (SELECT * FROM group_members)\nSELECT u.*, m.username, m.id FROM users u JOIN m USING (username) ; -- all";
    let selection = Selection {
        key: vec!["username".into(), "id".into()],
        groups: Some(seed_groups()),
        only: vec![Condition { column: "ID".into(), comparison: Comparison::Above, value: "1".into() }],
        ..own(sql)
    };
    let sample = source.sample(&selection, 10).await.unwrap();
    let names = sample.columns.names();
    assert_eq!(names[names.len() - 2..], ["username_2", "id"]);
    assert_eq!(
        keys(&sample.records),
        ["admin@example.com\u{1f}3", "admin@example.com\u{1f}4", "user2@example.com\u{1f}2"]
    );
    assert_eq!((sample.rows, sample.exact), (Some(3), true));
    assert_eq!(sample.type_names[names.len() - 1], "bigint");
    assert_eq!(sample.records[0].groups, ["ADMIN", "USER"]);
    let (records, _) = all(&*source, &selection).await.unwrap();
    assert_eq!(records, sample.records);
}

#[tokio::test]
async fn conditions_mean_the_same_as_in_other_sources() {
    let server = Postgres::shared();
    server.database(
        "src_only",
        "CREATE TABLE people (id int PRIMARY KEY, login text, enabled bool, seen timestamptz, score numeric(6,2), note varchar);
         INSERT INTO people VALUES (1, 'tomas@example.com', true, '2024-01-01', 1.50, 'a'), (2, 'Maire@example.com', false, '2024-06-01', 20, ''),
         (3, 'özge@example.com', NULL, NULL, NULL, NULL);",
    );
    let source = source(server.spec("src_only"));
    let cases = [
        ("login", Comparison::Is, "tomas@example.com", "1"),
        ("login", Comparison::IsNot, "tomas@example.com", "2 3"),
        ("login", Comparison::Contains, "MAIRE", "2"),
        ("login", Comparison::Contains, "%", ""),
        ("login", Comparison::StartsWith, "t", "1"),
        ("enabled", Comparison::Is, "yes", "1"),
        ("enabled", Comparison::IsNot, "yes", "2 3"),
        ("enabled", Comparison::Is, "perhaps", ""),
        ("seen", Comparison::Above, "2024-03-01", "2"),
        ("seen", Comparison::Below, "2024-03-01T00:00:00Z", "1"),
        ("seen", Comparison::HasValue, "", "1 2"),
        ("score", Comparison::Is, "1.5", "1"),
        ("score", Comparison::Above, "3", "2"),
        ("score", Comparison::Above, "x'; DROP TABLE people; --", ""),
        ("note", Comparison::IsEmpty, "", "2 3"),
        ("note", Comparison::HasValue, "", "1"),
        ("id", Comparison::Below, "2.5", "1 2"),
    ];
    for (column, comparison, value, expected) in cases {
        let only = vec![Condition { column: column.into(), comparison, value: value.into() }];
        let (records, _) = all(&*source, &Selection { only, ..table("people") }).await.unwrap();
        assert_eq!(keys(&records).join(" "), expected, "{column} {comparison:?} {value}");
    }
}

#[tokio::test]
async fn a_flag_is_compared_as_its_values_are() {
    let server = Postgres::shared();
    // Yes, no, nothing, and (where the type has it) what says neither.
    let columns = [
        ("bool", vec!["true", "false", "NULL"]),
        ("int", vec!["1", "0", "NULL", "2"]),
        ("smallint", vec!["-1", "0", "NULL", "7"]),
        ("numeric(3,1)", vec!["1.0", "0.0", "NULL", "0.5"]),
        ("float8", vec!["1", "0", "NULL", "1e300"]),
        ("text", vec!["' Yes '", "'F'", "''", "'maybe'"]),
        ("varchar(5)", vec!["'t'", "'false'", "NULL", "'2024'"]),
        ("char(1)", vec!["'Y'", "'N'", "NULL", "'?'"]),
        ("char(5)", vec!["'TRUE'", "'no'", "''", "'yess'"]),
        ("\"char\"", vec!["'y'", "'n'", "NULL", "'q'"]),
        ("bit(1)", vec!["B'1'", "B'0'", "NULL"]),
        ("bytea", vec!["'\\x01'", "'\\x00'", "NULL", "'\\xff'"]),
        ("answer", vec!["'Y'", "'N'", "NULL"]),
        ("json", vec!["'true'", "'false'", "'null'", "'[1]'"]),
    ];
    let mut sql = String::from("CREATE TYPE answer AS ENUM ('Y', 'N');");
    for (at, (kind, values)) in columns.iter().enumerate() {
        sql += &format!("CREATE TABLE flags_{at} (id int PRIMARY KEY, off {kind});");
        for (id, value) in values.iter().enumerate() {
            sql += &format!("INSERT INTO flags_{at} VALUES ({id}, {value});");
        }
    }
    server.database("src_flags", &sql);
    let source = source(server.spec("src_flags"));
    for (at, (kind, _)) in columns.iter().enumerate() {
        for (comparison, expected) in [(Comparison::Yes, "0"), (Comparison::No, "1 2")] {
            let only = vec![Condition { column: "off".into(), comparison, value: String::new() }];
            let people = Selection { only, ..table(&format!("flags_{at}")) };
            let (records, _) = all(&*source, &people).await.unwrap();
            assert_eq!(keys(&records).join(" "), expected, "{kind} {comparison:?}");
        }
    }
}

#[tokio::test]
async fn a_reading_is_one_state_in_bounded_batches() {
    let server = Postgres::shared();
    server.database(
        "src_state",
        "CREATE TABLE people (id int PRIMARY KEY, login text, photo bytea);
         INSERT INTO people SELECT n, 'before', NULL FROM generate_series(1, 12000) n;
         UPDATE people SET photo = decode(repeat('00', 10 * 1024 * 1024), 'hex') WHERE id = 3;
         UPDATE people SET photo = decode(repeat('00', 900 * 1024), 'hex') WHERE id BETWEEN 10 AND 19;",
    );
    let source = source(server.spec("src_state"));
    let (sender, mut receiver) = mpsc::channel(1);
    let reading =
        tokio::spawn(async move { source.read(&table("people"), sender, CancellationToken::new()).await });
    let first = receiver.recv().await.unwrap();
    server.admin("src_state", "UPDATE people SET login = 'after'; DELETE FROM people WHERE id > 6000; INSERT INTO people VALUES (20000)");
    let mut batches = vec![first];
    while let Some(batch) = receiver.recv().await {
        batches.push(batch);
    }
    let summary = reading.await.unwrap().unwrap();
    assert_eq!(summary.records, 12000);
    for batch in &batches {
        assert!(batch.len() <= 1000);
        let bytes: usize = batch
            .iter()
            .map(|r| match r.get("photo") {
                Some(Value::Bytes(bytes)) => bytes.len(),
                _ => 0,
            })
            .sum();
        assert!(bytes <= 5 * 1024 * 1024, "{bytes}");
        assert!(batch.iter().all(|r| r.get("login") == Some(&Value::Text("before".into()))));
    }
    let third = batches.iter().flatten().find(|record| record.key == "3").unwrap();
    assert_eq!(third.get("photo"), Some(&Value::TooLarge), "it is there, and was left in the source");
    assert_eq!(summary.too_big.len(), 1);
    assert_eq!((summary.too_big[0].column.as_str(), summary.too_big[0].first_key.as_str()), ("photo", "3"));
}

#[tokio::test]
async fn text_without_a_known_encoding_comes_as_bytes() {
    let server = Postgres::shared();
    server.admin("postgres", "CREATE DATABASE src_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0;");
    server.admin(
        "src_ascii",
        "CREATE TABLE people (id int PRIMARY KEY, name text, teams text[]);
         INSERT INTO people VALUES (1, E'M\\xe1ire', ARRAY['a']), (2, 'Tomáš Dvořák', ARRAY[E'\\xff']);
         GRANT SELECT ON people TO causeway_reader;",
    );
    let source = source(server.spec("src_ascii"));
    let (records, _) = all(&*source, &table("people")).await.unwrap();
    assert_eq!(records[0].get("name"), Some(&Value::Bytes(b"M\xe1ire".to_vec())));
    assert_eq!(records[1].get("name"), Some(&Value::Text("Tomáš Dvořák".into())));
    assert_eq!(records[1].get("teams"), Some(&Value::Bytes(b"{\xff}".to_vec())));
    let only =
        vec![Condition {
            column: "name".into(), comparison: Comparison::Is, value: "Tomáš Dvořák".into()
        }];
    assert_eq!(all(&*source, &Selection { only, ..table("people") }).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn a_server_that_goes_away_is_told_with_the_rows_read() {
    let server = Postgres::shared();
    server.database(
        "src_lost",
        "CREATE TABLE people (id int PRIMARY KEY, filler text);
         INSERT INTO people SELECT n, repeat('x', 2000) FROM generate_series(1, 30000) n;",
    );
    let source = source(server.spec("src_lost"));
    let (sender, mut receiver) = mpsc::channel(1);
    let reading =
        tokio::spawn(async move { source.read(&table("people"), sender, CancellationToken::new()).await });
    let mut arrived = receiver.recv().await.unwrap().len() as u64;
    let gone = server
        .ask("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'src_lost' AND application_name = 'causeway'")
        .await;
    assert_eq!(gone, "1");
    while let Some(batch) = receiver.recv().await {
        arrived += batch.len() as u64;
    }
    match reading.await.unwrap() {
        Err(SourceError::Lost { read, .. }) => assert_eq!(read, arrived),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn stopping_ends_the_servers_work_too() {
    let server = Postgres::shared();
    server.database("src_stop", "CREATE TABLE people (id int);");
    let source = source(server.spec("src_stop"));
    // No row comes for minutes.
    let sql = own("SELECT count(*) AS n, pg_advisory_lock_shared(4711) AS locked, pg_sleep(600) FROM people");
    let (sender, _receiver) = mpsc::channel(1);
    let stop = CancellationToken::new();
    let reading = tokio::spawn({
        let (source, stop) = (Arc::clone(&source), stop.clone());
        async move { source.read(&sql, sender, stop).await }
    });
    let mut watching = server.connect("src_stop").await;
    let mut active = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'src_stop' AND query LIKE 'FETCH%' AND state = 'active'";
    while sqlx::query_scalar::<_, i64>(active).fetch_one(&mut watching).await.unwrap() == 0 {}
    stop.cancel();
    let summary = reading.await.unwrap().unwrap();
    assert_eq!((summary.records, summary.stopped), (0, true));
    active =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'src_stop' AND application_name = 'causeway'";
    while sqlx::query_scalar::<_, i64>(active).fetch_one(&mut watching).await.unwrap() > 0 {}
}
