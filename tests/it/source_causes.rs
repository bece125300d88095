//! What a connection test and a reading say when something is wrong: the real cause, made to happen with a real server.

use std::path::PathBuf;

use causeway::model::{Explain as _, Selection, TableName};
use causeway::source::{CertificateFault, PostgresSpec, SourceError, SourceSpec, TlsMode, open};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use secrecy::SecretString;

use crate::source_postgres::{all, own, source, table};
use crate::support::postgres::{Postgres, READER_PASSWORD};

async fn cause(spec: PostgresSpec) -> SourceError {
    let error = source(spec).probe().await.unwrap_err();
    for text in [error.to_string(), error.advice(), format!("{error:?}")] {
        assert!(!text.contains(READER_PASSWORD), "the password is in: {text}");
        assert!(!text.is_empty());
    }
    error
}

#[tokio::test]
async fn every_cause_of_a_failed_connection_is_told_apart() {
    let server = Postgres::shared();
    server.database("src_causes", "");
    let spec = server.spec("src_causes");
    let user = |user: &str| PostgresSpec { user: user.into(), ..spec.clone() };

    let error = cause(PostgresSpec { host: "no-such-host.invalid".into(), ..spec.clone() }).await;
    assert_eq!(error.to_string(), "There is no server called “no-such-host.invalid”.");

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let error = cause(PostgresSpec { port, ..spec.clone() }).await;
    assert_eq!(
        error.to_string(),
        format!("Nothing listens at 127.0.0.1:{port}: the connection was refused.")
    );

    let spec_source = SourceSpec::Postgres(spec.clone());
    let with = |password: Option<&str>| open(&spec_source, password.map(SecretString::from)).unwrap();
    let error = with(Some("wrong")).probe().await.unwrap_err();
    assert!(matches!(&error, SourceError::WrongPassword { given: true, .. }), "{error:?}");
    let error = with(None).probe().await.unwrap_err();
    assert!(matches!(&error, SourceError::WrongPassword { given: false, .. }), "{error:?}");

    let error = cause(PostgresSpec { database: "Src_Causes".into(), ..spec.clone() }).await;
    assert_eq!(error.to_string(), "There is no database called “Src_Causes” on this server.");

    let error = cause(user("outsider")).await;
    assert!(matches!(error, SourceError::NotAdmitted { encrypted: false, .. }), "{error:?}");
    let error = cause(user("nobody_known")).await;
    assert!(matches!(error, SourceError::UserRefused { .. }), "{error:?}");
    // A plain password, as old servers ask for it, works as well.
    source(user("old_style")).probe().await.unwrap();

    let error = cause(PostgresSpec { tls: TlsMode::VerifyFull, ..spec.clone() }).await;
    assert!(matches!(error, SourceError::TlsNotOffered { .. }), "{error:?}");

    server.admin("postgres", "REVOKE CONNECT ON DATABASE src_causes FROM public;");
    let error = cause(spec.clone()).await;
    assert_eq!(error.to_string(), "“causeway_reader” has no right to read database “src_causes”.");

    let missing = PostgresSpec { host: "/nowhere".into(), ..spec.clone() };
    assert!(
        matches!(cause(missing).await, SourceError::Refused { place, .. } if place.starts_with("/nowhere/.s.PGSQL."))
    );
    let socket =
        PostgresSpec { host: server.folder().display().to_string(), database: "postgres".into(), ..spec };
    assert_eq!(source(socket).probe().await.unwrap().encryption, "local socket");
}

#[tokio::test]
async fn the_url_of_a_password_with_odd_signs_connects() {
    let server = Postgres::shared();
    let (spec, password) = SourceSpec::parse_url(&server.url("postgres")).unwrap();
    open(&spec, password).unwrap().probe().await.unwrap();
}

/// Answers every connection with these bytes, or not at all.
async fn impostor(answer: Option<&'static [u8]>) -> PostgresSpec {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            if let Some(answer) = answer {
                let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await;
            }
            kept.push(stream);
        }
    });
    PostgresSpec {
        host: "127.0.0.1".into(),
        port,
        database: "x".into(),
        user: "x".into(),
        ..PostgresSpec::default()
    }
}

#[tokio::test]
async fn other_servers_and_silent_ones_are_told_apart() {
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"J\0\0\0\n8.0.36\0", b"SSH-2.0-OpenSSH_9.2\r\n"]
    {
        let error = cause(impostor(Some(answer)).await).await;
        assert!(matches!(error, SourceError::NotThisProduct { .. }), "{error:?}");
    }
    let error = cause(impostor(None).await).await;
    assert!(matches!(error, SourceError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn a_pooler_that_takes_no_options_is_asked_again_without() {
    // PgBouncer's answer to options, then a wrong password: it got that far.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let length = tokio::io::AsyncReadExt::read_u32(&mut stream).await.unwrap();
            let mut startup = vec![0; length as usize - 4];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut startup).await.unwrap();
            let fields: &[u8] = if startup.windows(8).any(|w| w == b"options\0") {
                b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0"
            } else {
                b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"
            };
            let mut answer = vec![b'E'];
            answer.extend_from_slice(&(u32::try_from(fields.len()).unwrap() + 4).to_be_bytes());
            answer.extend_from_slice(fields);
            tokio::io::AsyncWriteExt::write_all(&mut stream, &answer).await.unwrap();
        }
    });
    let spec = PostgresSpec { tls: TlsMode::Off, port, ..impostor(None).await };
    let error = cause(spec).await;
    assert!(matches!(error, SourceError::WrongPassword { .. }), "{error:?}");
}

/// A certificate and its key in PEM, for `localhost` unless told otherwise.
struct Made {
    cert: String,
    key: String,
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn signed(params: &CertificateParams, authority: &Issuer<'_, KeyPair>) -> Made {
    let key = KeyPair::generate().unwrap();
    let cert = params.signed_by(&key, authority).unwrap();
    Made { cert: cert.pem(), key: key.serialize_pem() }
}

#[tokio::test]
async fn certificates() {
    let mut ca = params("Causeway test authority");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let authority = Issuer::new(ca, ca_key);

    let good = signed(&params("localhost"), &authority);
    let other_host = signed(&params("db.example.com"), &authority);
    let mut old = params("localhost");
    old.not_before = rcgen::date_time_ymd(2019, 1, 1);
    old.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let expired = signed(&old, &authority);
    let own_key = KeyPair::generate().unwrap();
    let self_signed =
        Made { cert: params("localhost").self_signed(&own_key).unwrap().pem(), key: own_key.serialize_pem() };

    let settings = "ssl = on\nssl_cert_file = '../server.crt'\nssl_key_file = '../server.key'\nssl_ca_file = '../ca.crt'";
    let server = Postgres::start(
        settings,
        &[("server.crt", &good.cert), ("server.key", &good.key), ("ca.crt", &ca_pem)],
    );
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let ca_file = file("ca.pem", &ca_pem);
    let spec = PostgresSpec {
        host: "localhost".into(),
        tls: TlsMode::VerifyFull,
        ca_file: Some(ca_file.clone()),
        ..server.spec("postgres")
    };

    // Good, with the authority's file; not without it; and in any case when nothing is verified.
    assert_eq!(source(spec.clone()).probe().await.unwrap().encryption, "TLS 1.3");
    let fault = |error: SourceError| match error {
        SourceError::CertificateNotTrusted { why, .. } => why,
        other => panic!("{other:?}"),
    };
    let unknown = PostgresSpec { ca_file: None, ..spec.clone() };
    assert_eq!(fault(cause(unknown).await), CertificateFault::UnknownAuthority);
    let unchecked = PostgresSpec { tls: TlsMode::Require, ca_file: None, ..spec.clone() };
    assert_eq!(source(unchecked).probe().await.unwrap().encryption, "TLS 1.3, certificate not checked");
    let by_address = PostgresSpec { host: "127.0.0.1".into(), ..spec.clone() };
    assert_eq!(fault(cause(by_address).await), CertificateFault::OtherHost);

    // Files that are no certificates.
    for (path, what) in
        [(folder.path().join("gone.pem"), "no such file"), (file("x.pem", "hello"), "no certificate")]
    {
        let error = cause(PostgresSpec { ca_file: Some(path), ..spec.clone() }).await;
        assert!(error.to_string().contains(what), "{error}");
    }

    // Users who must encrypt, or show a certificate of their own.
    let ipv4 = PostgresSpec { host: "127.0.0.1".into(), tls: TlsMode::Require, ..spec.clone() };
    let tls_only = PostgresSpec { user: "tls_only".into(), ..ipv4.clone() };
    source(tls_only.clone()).probe().await.unwrap();
    let error = cause(PostgresSpec { tls: TlsMode::Off, ..tls_only }).await;
    assert!(matches!(error, SourceError::NotAdmitted { encrypted: false, .. }), "{error:?}");
    assert!(error.advice().contains("switch encryption on"));
    let holder = PostgresSpec { user: "card_holder".into(), ..ipv4 };
    let error = cause(holder.clone()).await;
    assert!(matches!(error, SourceError::ClientCertificate { .. }), "{error:?}");
    let card = signed(&params("card_holder"), &authority);
    let with_card = PostgresSpec {
        client_cert: Some(file("card.crt", &card.cert)),
        client_key: Some(file("card.key", &card.key)),
        ..holder.clone()
    };
    source(with_card.clone()).probe().await.unwrap();
    let foreign_key = KeyPair::generate().unwrap();
    let foreign = params("card_holder").self_signed(&foreign_key).unwrap().pem();
    let with_foreign = PostgresSpec {
        client_cert: Some(file("foreign.crt", &foreign)),
        client_key: Some(file("foreign.key", &foreign_key.serialize_pem())),
        ..holder
    };
    let error = cause(with_foreign).await;
    assert!(matches!(error, SourceError::ClientCertificate { .. }), "{error:?}");
    let error = cause(PostgresSpec { client_key: None, ..with_card }).await;
    assert!(error.to_string().contains("its key is missing"), "{error}");

    // Bad certificates, one after another.
    for (made, why) in [
        (other_host, CertificateFault::OtherHost),
        (expired, CertificateFault::Expired),
        (self_signed, CertificateFault::UnknownAuthority),
    ] {
        let before = server.ask("postgres", "pg_conf_load_time()").await;
        server.put("server.crt", &made.cert);
        server.put("server.key", &made.key);
        server.ask("postgres", "pg_reload_conf()").await;
        // A session that began after the reload tells so.
        while server.ask("postgres", "pg_conf_load_time()").await == before {}
        assert_eq!(fault(cause(spec.clone()).await), why);
    }
}

#[tokio::test]
async fn what_may_not_be_read_or_is_not_there_is_named() {
    let server = Postgres::shared();
    server.database(
        "src_rights",
        "CREATE TABLE secret (id int); CREATE TABLE partly (id int PRIMARY KEY, open text, shut text);
         CREATE SEQUENCE counter; GRANT USAGE ON counter TO causeway_reader; CREATE TABLE guarded (id int); INSERT INTO guarded VALUES (1), (2);
         CREATE SCHEMA closed; CREATE TABLE closed.people (id int);
         INSERT INTO partly VALUES (1, 'o', 's');",
    );
    server.admin(
        "src_rights",
        "REVOKE ALL ON secret, partly FROM causeway_reader; GRANT SELECT (id, open) ON partly TO causeway_reader;
         GRANT SELECT ON closed.people TO causeway_reader;
         ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY a_few ON guarded USING (id = 1);",
    );
    let source = source(server.spec("src_rights"));
    let found = source.probe().await.unwrap().catalog.tables;
    let refused: Vec<_> =
        found.iter().map(|t| (t.name.display(), t.refused.clone().unwrap_or_default())).collect();
    assert_eq!(
        refused[0],
        ("public.guarded".into(), "Row security would hide some of its rows from “causeway_reader”.".into())
    );
    assert_eq!(refused[1], ("public.partly".into(), String::new()));
    assert_eq!(refused[2], ("public.secret".into(), "“causeway_reader” isn't allowed to read it.".into()));
    assert_eq!(
        refused[3],
        ("closed.people".into(), "“causeway_reader” isn't allowed to use the schema “closed”.".into())
    );
    let partly: Vec<_> = found[1].columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(partly, ["id", "open"]);

    let error = |selection: Selection| {
        let source = std::sync::Arc::clone(&source);
        async move { all(&*source, &selection).await.unwrap_err() }
    };
    let (records, _) = all(&*source, &table("partly")).await.unwrap();
    assert_eq!(records[0].columns.names(), ["id", "open"]);
    assert_eq!(
        error(table("secret")).await.to_string(),
        "“causeway_reader” has no right to read “public.secret”."
    );
    let closed = Selection::table(TableName { schema: Some("closed".into()), name: "people".into() });
    assert!(matches!(error(closed).await, SourceError::NoRight { .. }));
    assert!(matches!(error(table("guarded")).await, SourceError::RowSecurity { .. }));
    assert_eq!(error(table("gone")).await.to_string(), "There is no table or view called “public.gone”.");
    let key = Selection { key: vec!["shut".into()], ..table("partly") };
    assert_eq!(error(key).await.to_string(), "There is no column called “shut” in “public.partly”.");

    // Own SQL.
    assert_eq!(
        error(own("SELECT * FROM secret")).await.to_string(),
        "“causeway_reader” has no right to read table secret."
    );
    assert_eq!(
        error(own("SELECT * FROM gone")).await.to_string(),
        "There is no table or view called “gone”."
    );
    let wrong = error(own("SELECT emial FROM partly")).await;
    assert!(
        matches!(&wrong, SourceError::QueryFailed { technical } if technical.contains("emial")),
        "{wrong:?}"
    );
    assert!(matches!(error(own("DROP TABLE partly")).await, SourceError::WritingQuery { .. }));
    assert!(matches!(error(own("SELECT 1; DROP TABLE partly")).await, SourceError::ManyStatements));
    // What the check can't see, the server refuses.
    let writes = error(own("SELECT nextval('counter')")).await;
    assert!(matches!(&writes, SourceError::WritingQuery { what } if what == "nextval()"), "{writes:?}");
    // And what servers before 16 let through is undone: nothing is ever committed.
    let _ = all(&*source, &own("SELECT lo_create(0)")).await;
    assert_eq!(server.ask("src_rights", "SELECT count(*) FROM pg_largeobject_metadata").await, "0");
    assert!(matches!(
        error(own("SELECT set_config('transaction_read_only', 'off', false)")).await,
        SourceError::QueryFailed { .. }
    ));
    // A value out of a row stays out of the message.
    let value = error(own("SELECT open::int FROM partly")).await;
    assert!(!format!("{value:?}").contains("\"o\""), "{value:?}");
}

#[tokio::test]
async fn a_locked_table_is_told_and_not_waited_for_without_end() {
    let server = Postgres::shared();
    server.database("src_locked", "CREATE TABLE people (id int);");
    let mut other = server.connect("src_locked").await;
    sqlx::raw_sql("BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE").execute(&mut other).await.unwrap();
    let error = source(server.spec("src_locked")).find(&table("people"), "id", "1", 1).await.unwrap_err();
    assert!(
        matches!(error, SourceError::QueryTimedOut { seconds: 2 } | SourceError::Locked { .. }),
        "{error:?}"
    );
}
