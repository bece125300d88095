//! Reading people from a real PostgreSQL, and naming the real cause when it does not work.

use causeway::model::{
    Comparison, Condition, GroupName, Membership, People, Record, Selection, TableName, Value,
};
use causeway::source::{PostgresSpec, ReadSummary, Source, SourceError, SourceSpec, open};
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::postgres::{Postgres, READER, READER_PASSWORD};

fn source(spec: PostgresSpec) -> Arc<dyn Source> {
    open(&SourceSpec::Postgres(spec), Some(SecretString::from(READER_PASSWORD))).unwrap()
}

fn name(schema: Option<&str>, name: &str) -> TableName {
    TableName { schema: schema.map(str::to_owned), name: name.into() }
}

fn table(table: &str) -> Selection {
    Selection::table(name(Some("public"), table))
}

fn own(sql: &str) -> Selection {
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
    }
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
    // The second comes over the connection kept from the first.
    assert!(source.find(&selection, "username", "nobody@example.com", 2).await.unwrap().is_empty());
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
