//! Reading people from a real MariaDB, and naming the real cause when it does not work.

use std::sync::Arc;

use causeway::model::{
    Comparison, Condition, Explain as _, GroupName, Membership, People, Record, Selection, TableName, Value,
};
use causeway::source::{
    CertificateFault, MysqlSpec, MysqlTls, Source, SourceError, SourceSpec, Uniqueness, Within, open,
    overlap, uniqueness,
};
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::source_postgres::{all, name};
use crate::support::mariadb::MariaDb;
use crate::support::postgres::{READER, READER_PASSWORD};

fn source(spec: MysqlSpec) -> Arc<dyn Source> {
    open(&SourceSpec::Mysql(spec), Some(SecretString::from(READER_PASSWORD))).unwrap()
}

fn table(table: &str) -> Selection {
    Selection::table(name(None, table))
}

fn own(sql: &str) -> Selection {
    Selection { people: People::Sql(sql.into()), ..table("") }
}

fn only(column: &str, comparison: Comparison, value: &str) -> Condition {
    Condition { column: column.into(), comparison, value: value.into() }
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.key.as_str()).collect()
}

const STAFF: &str = "
    CREATE TABLE staff (id int PRIMARY KEY, login varchar(99) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
        old varchar(99) CHARACTER SET latin1 COLLATE latin1_swedish_ci, active tinyint(1), level int, born date, seen datetime,
        team varchar(20) COLLATE utf8mb4_general_ci, KEY (login));
    INSERT INTO staff VALUES
        (1, 'anna@example.com', 'Ännä', 1, 10, '1980-01-02', '2024-05-01 10:00:00', 'b'),
        (2, 'änna@example.com', 'anna', 0, 9, NULL, '2020-01-01 00:00:00', 'a'),
        (3, 'ANNA@example.com', 'O''Neill \\ x', NULL, NULL, '2001-05-06', NULL, ''),
        (4, '李伟@example.com', '', 2, 100, '1999-12-31', '2024-05-02 00:00:00', NULL);
    CREATE TABLE groups (code varchar(9) PRIMARY KEY, title varchar(40) COLLATE utf8mb4_general_ci);
    INSERT INTO groups VALUES ('u', 'Users'), ('a', 'Admins'), ('U2', 'USERS'), ('n', NULL);
    CREATE TABLE members (person varchar(20), code varchar(9) COLLATE utf8mb4_bin, until int);
    INSERT INTO members VALUES ('1', 'u', 1), ('1', 'a', 0), ('1', 'U2', 0), ('1', 'u', 1), ('2', 'u', 0), ('2 or so', 'a', 0), (NULL, 'u', 0);
    CREATE VIEW active_staff AS SELECT id, login FROM staff WHERE active = 1;
    CREATE TABLE gone (x int); CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone;";

#[tokio::test]
async fn every_type_becomes_what_it_means() {
    let server = MariaDb::shared();
    server.database(
        "src_types",
        "CREATE TABLE t (id binary(4) PRIMARY KEY, yes tinyint(1), two tinyint(1), small tinyint(4), flag bit(1), bits bit(12),
            big bigint unsigned, cents decimal(20,4), real_ double, day date, no_day date, moment timestamp(3) NULL, no_moment datetime,
            at_ time, y year, pick enum('é','b'), many set('a','b','c'), doc json, bin varbinary(20), blob_ blob, l1 varchar(20) CHARACTER SET latin1,
            wrong varchar(40) CHARACTER SET utf8mb4, bin_text varchar(20) COLLATE utf8mb4_bin, u uuid, nothing int);
         INSERT INTO t VALUES (X'00ff10ab', 1, 2, 1, b'1', b'000100000010', 18446744073709551615, 12.5, 0.1, '2024-02-29', '0000-00-00',
            '2024-05-01 10:00:00.5', '0000-00-00 00:00:00', '-12:30:00', 2024, 'é', 'a,c', '{\"a\": [1]}', X'00ff', 'plain', 'Máire',
            'MÃ¡ire', '李伟', '123e4567-e89b-12d3-a456-426655440000', NULL);",
    );
    let source = source(server.spec("src_types"));
    let (records, summary) = all(&*source, &table("t")).await.unwrap();
    assert_eq!(summary.records, 1);
    let record = &records[0];
    assert_eq!(record.key, "00ff10ab");
    let expected = [
        Value::Bytes(vec![0, 0xff, 0x10, 0xab]),
        Value::Bool(true),
        Value::Integer(2),
        Value::Integer(1),
        Value::Bool(true),
        Value::Integer(258),
        text("18446744073709551615"),
        text("12.5000"),
        Value::Real(0.1),
        text("2024-02-29"),
        Value::Null,
        Value::Time("2024-05-01T10:00:00.5Z".parse().unwrap()),
        Value::Null,
        text("-12:30:00"),
        Value::Integer(2024),
        text("é"),
        Value::List(vec![text("a"), text("c")]),
        text("{\"a\": [1]}"),
        Value::Bytes(vec![0, 0xff]),
        Value::Bytes(b"plain".to_vec()),
        text("Máire"),
        text("MÃ¡ire"),
        text("李伟"),
        text("123e4567-e89b-12d3-a456-426655440000"),
        Value::Null,
    ];
    for (at, (value, expected)) in record.values.iter().zip(&expected).enumerate() {
        assert_eq!(value, expected, "{}", record.columns.names()[at]);
    }
    assert_eq!(record.values.len(), expected.len());
    // The same by own SQL, where the server says less of its columns.
    let (records, _) =
        all(&*source, &own("SELECT yes, flag + 0 AS flag, l1, bin_text, bin FROM t # people")).await.unwrap();
    assert_eq!(
        records[0].values,
        [Value::Bool(true), Value::Integer(1), text("Máire"), text("李伟"), Value::Bytes(vec![0, 0xff])]
    );
    // By the key of bytes, and by no other.
    assert_eq!(source.find_key(&table("t"), "00ff10ab").await.unwrap().unwrap().len(), 1);
    assert_eq!(source.find_key(&table("t"), "00ff10ac").await.unwrap().unwrap().len(), 0);
}

#[tokio::test]
async fn the_catalog_says_what_is_there_and_what_is_refused() {
    let server = MariaDb::shared();
    server.database("src_catalog", STAFF);
    server.admin(
        "src_catalog",
        "CREATE TABLE parent (id int PRIMARY KEY) ENGINE = InnoDB;
         CREATE TABLE child (id int, parent int, PRIMARY KEY (parent, id), FOREIGN KEY (parent) REFERENCES parent (id));",
    );
    let probe = source(server.spec("src_catalog")).probe().await.unwrap();
    assert!(probe.server.starts_with("MariaDB 1"), "{}", probe.server);
    assert_eq!((probe.encryption.as_str(), probe.read_only), ("not encrypted", true));
    let names: Vec<_> = probe.catalog.tables.iter().map(|table| table.name.name.as_str()).collect();
    assert_eq!(names, ["active_staff", "broken", "child", "groups", "members", "parent", "staff"]);
    let find = |name: &str| probe.catalog.tables.iter().find(|table| table.name.name == name).unwrap();
    assert!(find("broken").refused.as_ref().unwrap().contains("broken"));
    assert!(find("active_staff").view && find("active_staff").refused.is_none());
    assert_eq!(find("staff").rows, Some(4));
    assert_eq!(find("staff").columns[1].type_name, "varchar(99)");
    let child = find("child");
    assert_eq!(child.primary_key, ["parent", "id"]);
    assert_eq!(
        (child.foreign_keys[0].table.name.as_str(), &child.foreign_keys[0].references),
        ("parent", &vec!["id".to_owned()])
    );
    assert_eq!(probe.notes, [""; 0]);
    server.admin("src_catalog", "ALTER TABLE groups ENGINE = MyISAM;");
    let notes = source(server.spec("src_catalog")).probe().await.unwrap().notes;
    assert!(notes.len() == 1 && notes[0].contains("groups"), "{notes:?}");
    let socket = MysqlSpec { host: server.socket().display().to_string(), ..server.spec("src_catalog") };
    assert_eq!(source(socket).probe().await.unwrap().encryption, "local socket");

    let error = source(server.spec("src_catalog")).sample(&table("broken"), 1).await.unwrap_err();
    assert!(error.to_string().contains("broken"), "{error} {error:?}");
}

#[tokio::test]
async fn conditions_mean_what_they_mean_in_every_database() {
    use Comparison::{Above, Below, Contains, HasValue, Is, IsEmpty, IsNot, No, StartsWith, Yes};
    let server = MariaDb::shared();
    server.database("src_conditions", STAFF);
    let source = source(server.spec("src_conditions"));
    for (column, comparison, value, expected) in [
        ("login", Is, "anna@example.com", "1"),
        ("login", Is, "x' OR '1'='1", ""),
        ("login", IsNot, "anna@example.com", "2 3 4"),
        ("login", Contains, "NNA", "1 2 3"),
        ("login", Contains, "%", ""),
        ("login", StartsWith, "än", "2"),
        ("old", Is, "Ännä", "1"),
        ("old", Is, "李", ""),
        ("old", Contains, "\\", "3"),
        ("old", HasValue, "", "1 2 3"),
        ("team", IsEmpty, "", "3 4"),
        ("team", Is, "B", ""),
        ("level", Above, "9.5", "1 4"),
        ("level", Is, "10", "1"),
        ("level", Is, "10abc", ""),
        ("active", Yes, "", "1"),
        ("active", No, "", "2 3"),
        ("active", Is, "yes", "1"),
        ("born", Above, "1990-01-01", "3 4"),
        ("seen", Below, "2024-05-01T12:00:00+02:00", "2"),
        ("seen", Above, "never", ""),
    ] {
        let selection = Selection { only: vec![only(column, comparison, value)], ..table("staff") };
        let (records, _) = all(&*source, &selection).await.unwrap();
        assert_eq!(keys(&records).join(" "), expected, "{column} {comparison:?} {value}");
    }
}

#[tokio::test]
async fn groups_are_theirs_and_no_one_elses() {
    let server = MariaDb::shared();
    server.database("src_groups", STAFF);
    let source = source(server.spec("src_groups"));
    let groups = |only, only_groups| {
        Some(Membership {
            person_key: "id".into(),
            members: name(None, "MEMBERS"),
            member_person: "person".into(),
            group: GroupName::Joined {
                member_group: "code".into(),
                groups: name(None, "groups"),
                group_key: "code".into(),
                group_name: "title".into(),
            },
            only,
            only_groups,
        })
    };
    let of = async |selection: &Selection| {
        let (records, _) = all(&*source, selection).await.unwrap();
        let few = source.sample(selection, 10).await.unwrap().records;
        assert_eq!(records, few, "read as in the sample");
        records.into_iter().map(|record| record.groups).collect::<Vec<_>>()
    };
    let everyone = Selection { groups: groups(Vec::new(), Vec::new()), ..table("staff") };
    // `2 or so` is 2 to MySQL where a number is compared with it, and `Users` is `USERS` to the collation.
    assert_eq!(of(&everyone).await, [vec!["Admins", "USERS", "Users"], vec!["Users"], vec![], vec![]]);
    let conditions =
        groups(vec![only("until", Comparison::Is, "1")], vec![only("title", Comparison::Contains, "use")]);
    let some = Selection { groups: conditions, ..table("staff") };
    assert_eq!(of(&some).await, [vec!["Users"], vec![], vec![], vec![]]);
}

#[tokio::test]
async fn one_person_is_found_whatever_the_collation_takes_for_the_same() {
    let server = MariaDb::shared();
    server.database("src_find", STAFF);
    server.admin("src_find", "CREATE TABLE texts (k varchar(20) COLLATE utf8mb4_general_ci, n int); INSERT INTO texts VALUES ('anna', 1), ('ANNA', 2), ('änna', 3), ('anna ', 4);");
    let source = source(server.spec("src_find"));
    let found = async |column: &str, value: &str| {
        let records = source.find(&table("staff"), column, value, 10).await.unwrap();
        keys(&records).join(" ")
    };
    // By case it may be either, by accent it is another.
    assert_eq!(found("login", "Anna@Example.com").await, "1 3");
    assert_eq!(found("login", "ÄNNA@example.com").await, "2");
    assert_eq!(found("login", "李伟@EXAMPLE.com").await, "4");
    assert_eq!(found("old", "ÄNNÄ").await, "1");
    assert_eq!(found("old", "李").await, "");
    assert_eq!(found("login", "' OR 1=1 -- ").await, "");
    assert_eq!(found("login", "\\' OR 1=1 -- ").await, "");
    assert_eq!(found("login", "\0").await, "");
    let by_key = async |selection: &Selection, key: &str| {
        keys(&source.find_key(selection, key).await.unwrap().unwrap()).join(" ")
    };
    assert_eq!(by_key(&table("staff"), "2").await, "2");
    assert_eq!(by_key(&table("staff"), "2 or so").await, "");
    let texts = Selection { key: vec!["k".into()], ..table("texts") };
    assert_eq!(by_key(&texts, "anna").await, "anna");
    assert_eq!(by_key(&texts, "änna").await, "änna");
    assert_eq!(source.find_key(&texts, "a\u{1f}b").await.unwrap(), None);
    // What the collation takes for one is several to us: so a key of it is said to be none.
    let columns = source.sample(&texts, 1).await.unwrap().columns;
    let counted = uniqueness(&*source, &texts.people, &columns, &["k", "n"]).await.unwrap().unwrap();
    assert_eq!(counted[1], Uniqueness { rows: 4, filled: 4, different: 4 });
    assert!(counted[0].different >= 3, "{counted:?}");
    let of = causeway::model::ColumnName { table: name(None, "members"), column: "person".into() };
    let within = Within {
        column: causeway::model::ColumnName { table: name(None, "staff"), column: "id".into() },
        as_text: false,
    };
    let overlap = overlap(&*source, &of, None, &[within]).await.unwrap().unwrap();
    assert_eq!((overlap.values, overlap.found), (3, vec![2]), "`2 or so` is nobody");
}

#[tokio::test]
async fn own_sql_is_one_select_that_reads() {
    let server = MariaDb::shared();
    server.database("src_own", STAFF);
    let source = source(server.spec("src_own"));
    // Two columns of one name, a comment at the end, text in double quotes as MySQL takes it.
    let selection = own(
        "SELECT s.id, m.person AS id, \"x\" AS x FROM staff s LEFT JOIN members m ON m.person = s.login -- end",
    );
    let sample = source.sample(&selection, 9).await.unwrap();
    assert_eq!(sample.columns.names(), ["id", "id_2", "x"]);
    assert_eq!((sample.rows, sample.exact), (Some(4), true));
    let counted = uniqueness(&*source, &selection.people, &sample.columns, &["id"]).await.unwrap().unwrap();
    assert!(counted[0].holds());
    let conditions =
        Selection { only: vec![only("x", Comparison::Is, "x")], key: vec!["id".into()], ..selection };
    assert_eq!(keys(&all(&*source, &conditions).await.unwrap().0), ["1", "2", "3", "4"]);

    let refused = async |sql: &str| source.sample(&own(sql), 1).await.unwrap_err();
    assert!(matches!(refused("DELETE FROM staff").await, SourceError::WritingQuery { .. }));
    assert!(matches!(
        refused("SELECT * FROM staff INTO OUTFILE '/tmp/x'").await,
        SourceError::WritingQuery { .. }
    ));
    assert!(matches!(refused("SELECT 1; SELECT 2").await, SourceError::ManyStatements));
    let error = refused("SELECT * FROM staff WHERE login = \"a\".b").await;
    assert!(error.technical().is_some(), "{error:?}");
    let error = refused("SELECT nothing FROM staff").await;
    assert!(error.advice().contains("single quotes"), "{error:?}");
    let error = refused("SELECT * FROM nowhere").await;
    assert!(
        matches!(&error, SourceError::NoSuchTable { table, .. } if table.contains("nowhere")),
        "{error:?}"
    );
    let error = source
        .sample(&Selection { only: vec![only("x", Comparison::Yes, "")], ..table("staff") }, 1)
        .await
        .unwrap_err();
    assert!(matches!(error, SourceError::NoSuchColumn { .. }), "{error:?}");
}

#[tokio::test]
async fn a_reading_is_one_state_and_can_be_stopped() {
    let server = MariaDb::shared();
    server.database("src_read", "CREATE TABLE many (id int PRIMARY KEY, pad char(100) DEFAULT 'x'); INSERT INTO many SELECT seq, 'x' FROM seq_1_to_40000;");
    let source = source(server.spec("src_read"));
    let selection = table("many");
    // Rows that come and go while it is read are not in it.
    let (sender, mut receiver) = mpsc::channel(1);
    let reading = source.read(&selection, sender, CancellationToken::new());
    let taking = async {
        let mut count = receiver.recv().await.unwrap().len();
        tokio::task::spawn_blocking(move || {
            server.admin(
                "src_read",
                "DELETE FROM many WHERE id > 20000; INSERT INTO many (id) VALUES (100000);",
            );
        })
        .await
        .unwrap();
        while let Some(batch) = receiver.recv().await {
            count += batch.len();
        }
        count
    };
    let (summary, count) = tokio::join!(reading, taking);
    assert_eq!((summary.unwrap().records, count), (40000, 40000));

    let stop = CancellationToken::new();
    let (sender, mut receiver) = mpsc::channel(1);
    let reading = source.read(&selection, sender, stop.clone());
    let taking = async {
        receiver.recv().await.unwrap();
        stop.cancel();
        while receiver.recv().await.is_some() {}
    };
    let (summary, ()) = tokio::join!(reading, taking);
    let summary = summary.unwrap();
    assert!(summary.stopped && summary.records < 20001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_is_no_end() {
    let server = MariaDb::start();
    server.database("src_cut", "CREATE TABLE many (id int PRIMARY KEY, pad char(200) DEFAULT 'x'); INSERT INTO many SELECT seq, 'x' FROM seq_1_to_200000;");
    let source = source(server.spec("src_cut"));
    let selection = table("many");
    let (sender, mut receiver) = mpsc::channel(1);
    let reading = source.read(&selection, sender, CancellationToken::new());
    let taking = async {
        receiver.recv().await.unwrap();
        let kill = format!(
            "BEGIN NOT ATOMIC DECLARE n int; SELECT ID INTO n FROM information_schema.PROCESSLIST WHERE USER = '{READER}' LIMIT 1; KILL n; END"
        );
        tokio::task::block_in_place(|| server.admin("src_cut", &format!("DELIMITER //\n{kill} //\n")));
        while receiver.recv().await.is_some() {}
    };
    let (summary, ()) = tokio::join!(reading, taking);
    let error = summary.unwrap_err();
    assert!(matches!(error, SourceError::Lost { read, .. } if read > 0), "{error:?}");
}

async fn cause(spec: MysqlSpec) -> SourceError {
    source(spec).probe().await.unwrap_err()
}

#[tokio::test]
async fn real_causes() {
    let server = MariaDb::shared();
    server.database("src_my_causes", "CREATE TABLE t (id int);");
    server.admin("mysql", "CREATE DATABASE forbidden; CREATE TABLE forbidden.t (id int); GRANT SELECT (id) ON src_my_causes.t TO stranger;");
    let spec = server.spec("src_my_causes");
    let user = |user: &str| MysqlSpec { user: user.into(), ..spec.clone() };

    let error = cause(MysqlSpec { host: "no-such-host.invalid".into(), ..spec.clone() }).await;
    assert!(matches!(error, SourceError::UnknownHost { .. }), "{error:?}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = cause(MysqlSpec { port, ..spec.clone() }).await;
    assert!(matches!(error, SourceError::Refused { .. }), "{error:?}");
    let error = cause(MysqlSpec { host: "/nowhere/my.sock".into(), ..spec.clone() }).await;
    assert!(matches!(error, SourceError::Refused { .. }), "{error:?}");

    let wrong =
        open(&SourceSpec::Mysql(spec.clone()), Some("wrong".into())).unwrap().probe().await.unwrap_err();
    assert!(matches!(wrong, SourceError::WrongPassword { given: true, .. }), "{wrong:?}");
    let none = open(&SourceSpec::Mysql(spec.clone()), None).unwrap().probe().await.unwrap_err();
    assert!(matches!(none, SourceError::WrongPassword { given: false, .. }), "{none:?}");
    for error in [wrong, none] {
        assert!(!format!("{error:?}").contains(READER_PASSWORD));
    }
    let error = cause(user("nobody_at_all")).await;
    assert!(matches!(error, SourceError::WrongPassword { .. }), "{error:?}");
    let error = cause(user("nobody_known")).await;
    assert!(matches!(error, SourceError::UserRefused { .. } | SourceError::SignInMethod { .. }), "{error:?}");
    let error = cause(user("locked")).await;
    assert!(matches!(error, SourceError::UserRefused { .. }), "{error:?}");
    let error = cause(user("curve")).await;
    assert!(
        matches!(&error, SourceError::SignInMethod { method, .. } if method.contains("ed25519")),
        "{error:?}"
    );

    let error = cause(MysqlSpec { database: "no_such".into(), ..spec.clone() }).await;
    assert!(matches!(error, SourceError::NoSuchDatabase { .. } | SourceError::NoRight { .. }), "{error:?}");
    let error = cause(MysqlSpec { database: "forbidden".into(), ..spec.clone() }).await;
    assert!(matches!(&error, SourceError::NoRight { what, .. } if what.contains("forbidden")), "{error:?}");

    // A user who may see one column of one table.
    let source = source(user("stranger"));
    let catalog = source.probe().await.unwrap().catalog;
    assert_eq!(catalog.tables.len(), 1);
    let error = source
        .sample(&Selection::table(TableName { schema: Some("forbidden".into()), name: "t".into() }), 1)
        .await
        .unwrap_err();
    assert!(matches!(error, SourceError::NoSuchTable { .. } | SourceError::NoRight { .. }), "{error:?}");
    let error = source.sample(&own("SELECT * FROM forbidden.t"), 1).await.unwrap_err();
    assert!(matches!(error, SourceError::NoRight { .. }), "{error:?}");

    // Another program: a greeting that is none.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, b"SSH-2.0-OpenSSH_9.2\r\n").await;
        }
    });
    let error = cause(MysqlSpec { port, ..spec.clone() }).await;
    assert!(
        matches!(
            error,
            SourceError::NotThisProduct { .. }
                | SourceError::Other { .. }
                | SourceError::TimedOut { .. }
                | SourceError::TooMuch { .. }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn every_mode_of_encryption_means_what_it_says() {
    let server = MariaDb::shared();
    server.database("src_tls", "CREATE TABLE t (id int); GRANT SELECT ON src_tls.* TO tls_only; GRANT SELECT ON src_tls.* TO card_holder;");
    let spec = |host: &str, tls, ca: bool| MysqlSpec {
        host: host.into(),
        tls,
        ca_file: ca.then(|| server.authority()),
        ..server.spec("src_tls")
    };
    let encryption = async |spec: MysqlSpec| source(spec).probe().await.unwrap().encryption;
    assert_eq!(encryption(spec("localhost", MysqlTls::VerifyIdentity, true)).await, "TLS 1.3");
    assert_eq!(encryption(spec("127.0.0.1", MysqlTls::VerifyCa, true)).await, "TLS 1.3, host not checked");
    for tls in [MysqlTls::Required, MysqlTls::Preferred] {
        assert_eq!(encryption(spec("127.0.0.1", tls, false)).await, "TLS 1.3, certificate not checked");
    }
    assert_eq!(encryption(spec("127.0.0.1", MysqlTls::Disabled, false)).await, "not encrypted");
    for (wrong, fault) in [
        (spec("127.0.0.1", MysqlTls::VerifyIdentity, true), CertificateFault::OtherHost),
        (spec("localhost", MysqlTls::VerifyIdentity, false), CertificateFault::UnknownAuthority),
        (spec("127.0.0.1", MysqlTls::VerifyCa, false), CertificateFault::UnknownAuthority),
    ] {
        let error = cause(wrong).await;
        assert!(
            matches!(&error, SourceError::CertificateNotTrusted { why, .. } if *why == fault),
            "{error:?}"
        );
    }
    // Users who must encrypt, or show a certificate of their own.
    let as_user = |user: &str, tls| MysqlSpec { user: user.into(), ..spec("127.0.0.1", tls, false) };
    assert_eq!(encryption(as_user("tls_only", MysqlTls::Required)).await, "TLS 1.3, certificate not checked");
    let error = cause(as_user("tls_only", MysqlTls::Disabled)).await;
    assert!(matches!(error, SourceError::WrongPassword { .. }), "{error:?}");
    let card = |name: &str| Some(server.authority().with_file_name(name));
    let holder = as_user("card_holder", MysqlTls::Required);
    assert!(matches!(cause(holder.clone()).await, SourceError::WrongPassword { .. }));
    let with_card = MysqlSpec { client_cert: card("card.crt"), client_key: card("card.key"), ..holder };
    assert_eq!(encryption(with_card).await, "TLS 1.3, certificate not checked");
}
