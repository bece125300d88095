//! Products whose tables tell how their passwords were made: what is suggested, what goes to Okta, and what the hook answers, sealed and live.

use std::sync::Arc;

use causeway::hook::LiveLookup;
use causeway::mapping::{Mapping, MappingProblem, check};
use causeway::model::Route;
use causeway::source::{self, Source, SourceSpec, SqliteSpec};
use causeway::workspace::Workspace;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::desk::{Desk, config, patient};
use crate::support::company::{everyone, read_database};

struct Product {
    folder: tempfile::TempDir,
    workspace: Workspace,
    mapping: Mapping,
}

impl Product {
    /// A database of these statements, read as it is suggested.
    async fn read(sql: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("old.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database).create_if_missing(true);
        let mut db = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut db).await.unwrap();
        sqlx::Connection::close(db).await.unwrap();
        let (workspace, mapping) =
            read_database(&database, &folder.path().join("w.causeway"), &folder.path().join("key")).await;
        Self { folder, workspace, mapping }
    }

    fn source(&self) -> Arc<dyn Source> {
        let spec = SourceSpec::Sqlite(SqliteSpec { path: self.folder.path().join("old.db") });
        source::open(&spec, None).unwrap()
    }

    /// Each person's login, scheme and route.
    async fn routes(&self) -> Vec<(String, String, Route)> {
        let mut all: Vec<_> = everyone(&self.workspace)
            .await
            .into_iter()
            .map(|person| (person.row.login.clone(), person.row.scheme.clone(), person.row.route))
            .collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }

    /// What is told about the passwords' column.
    async fn concerns(&self) -> String {
        let sample = self.source().sample(&self.mapping.selection, 100).await.unwrap();
        let problems = check(&self.mapping, &sample);
        let told = problems.iter().filter(|p| matches!(p, MappingProblem::Passwords { .. }));
        told.map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    /// The hook's answers against the sealed passwords and against the live database: they are the same.
    async fn answers(&self, asked: &[(&str, &str)]) -> Vec<String> {
        let sealed = Desk::sealed(&self.workspace, &self.mapping).await;
        let mut config = config();
        config.password = self.mapping.password.clone();
        patient(&mut config);
        let live = LiveLookup::new(self.source(), "SQLite", self.mapping.clone(), None).unwrap();
        let live = Desk::start(config, Arc::new(live)).await;
        let mut answers = Vec::new();
        for (login, password) in asked {
            let (one, other) = (sealed.sign_in(login, password).await, live.sign_in(login, password).await);
            assert_eq!(one, other, "{login}");
            answers.push(one);
        }
        answers
    }
}

const SALT: &str = "00112233445566778899aabbccddeeff";

fn pbkdf2(password: &str, salt: &[u8], rounds: u32) -> String {
    let mut key = [0_u8; 50];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt, rounds, &mut key);
    hex::encode(key)
}

fn argon2(password: &str) -> String {
    let params = argon2::Params::new(1024, 2, 8, Some(50)).unwrap();
    let engine = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut key = [0_u8; 50];
    engine.hash_password_into(password.as_bytes(), &hex::decode(SALT).unwrap(), &mut key).unwrap();
    hex::encode(key)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_is_read_by_its_own_algorithm() {
    let salt = hex::decode(SALT).unwrap();
    let rows = [
        ("a", pbkdf2("pw-a", &salt, 50_000), "pbkdf2$50000$50", SALT),
        ("b", pbkdf2("pw-b", &salt, 320_000), "pbkdf2$320000$50", SALT),
        // The oldest ones name no cost, and their salt is text.
        ("c", pbkdf2("pw-c", b"aB3dE6gH9k", 10_000), "pbkdf2", "aB3dE6gH9k"),
        ("d", argon2("pw-d"), "argon2$2$1024$8$50", SALT),
        ("e", bcrypt::hash("pw-e", 4).unwrap(), "bcrypt$4", SALT),
        // A digest of another length, an algorithm that is none, a value of another kind than its row says.
        ("f", pbkdf2("pw-f", &salt, 50_000)[..64].to_owned(), "pbkdf2$50000$50", SALT),
        ("g", pbkdf2("pw-g", &salt, 50_000), "whirlpool$7", SALT),
        ("h", bcrypt::hash("pw-h", 4).unwrap(), "pbkdf2$50000$50", SALT),
        ("i", bcrypt::hash("pw-i", 4).unwrap(), "whirlpool$7", SALT),
    ];
    let values: Vec<String> = rows
        .iter()
        .map(|(n, hash, algo, salt)| {
            format!("('{n}', '{n}@example.com', 'N {n}', '{hash}', '{algo}', '{salt}')")
        })
        .collect();
    let product = Product::read(&format!(
        "CREATE TABLE user (id INTEGER PRIMARY KEY, lower_name TEXT, email TEXT, full_name TEXT, passwd TEXT, passwd_hash_algo TEXT, salt TEXT);
         INSERT INTO user (lower_name, email, full_name, passwd, passwd_hash_algo, salt) VALUES {};",
        values.join(",")
    ))
    .await;
    assert_eq!(product.mapping.password.told_by.as_deref(), Some("passwd_hash_algo"));
    let routes = product.routes().await;
    let routes: Vec<(&str, &str, Route)> =
        routes.iter().map(|(login, scheme, route)| (&login[..1], scheme.as_str(), *route)).collect();
    assert_eq!(
        routes,
        [
            ("a", "gitea-pbkdf2", Route::Import),
            ("b", "gitea-pbkdf2", Route::Import),
            ("c", "gitea-pbkdf2", Route::Import),
            ("d", "gitea-argon2", Route::Hook),
            ("e", "bcrypt-2b", Route::Import),
            ("f", "ambiguous", Route::Hook),
            ("g", "ambiguous", Route::Hook),
            ("h", "bcrypt-2b", Route::Hook),
            ("i", "bcrypt-2b", Route::Hook),
        ]
    );
    assert!(
        product.concerns().await.contains("“passwd_hash_algo” says “whirlpool$7”"),
        "{}",
        product.concerns().await
    );
    let asked = [
        ("a@example.com", "pw-a"),
        ("b@example.com", "pw-b"),
        ("c@example.com", "pw-c"),
        ("d@example.com", "pw-d"),
        ("e@example.com", "pw-e"),
        ("h@example.com", "pw-h"),
        ("d@example.com", "pw-a"),
        ("b@example.com", "pw-a"),
    ];
    let mut right = vec!["VERIFIED"; 6];
    right.extend(["UNVERIFIED"; 2]);
    assert_eq!(product.answers(&asked).await, right);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_be_about_the_rows_in_which_a_column_says_something() {
    let digest = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let sql = format!(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password_hash TEXT, hash_algo TEXT);
         INSERT INTO people (email, first_name, last_name, password_hash, hash_algo) VALUES
            ('a@example.com', 'A', 'A', '{}', 'v1'), ('b@example.com', 'B', 'B', '{}', 'v2'), ('c@example.com', 'C', 'C', '{}', 'v1');",
        digest("pw-a"),
        digest("pw-b"),
        digest("pw-c")
    );
    let product = Product::read(&sql).await;
    assert_eq!(product.mapping.password.told_by.as_deref(), Some("hash_algo"));
    assert!(
        product
            .routes()
            .await
            .iter()
            .all(|(_, scheme, route)| scheme == "ambiguous" && *route == Route::Hook)
    );

    // What the row of one person proves holds for the rows that say the same.
    let mut text = product.mapping.to_json();
    text = text.replace(
        "\"told_by\": \"hash_algo\"",
        "\"told_by\": \"hash_algo\", \"also\": [{\"when\": {\"column\": \"hash_algo\", \"is\": \"v1\"}, \"assume\": \"sha256\"}]",
    );
    let stated = Mapping::from_json(&text).unwrap();
    assert_eq!(stated.password.also.len(), 1, "{text}");
    let people = everyone(&product.workspace).await;
    let context = causeway::assess::AssessContext::new(
        stated.password.clone(),
        chrono::NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
    );
    let ids = people.iter().map(|person| person.row.id).collect();
    let who = causeway::workspace::Who::These(ids);
    let again = move |candidate| causeway::assess::assess(candidate, &context);
    product.workspace.assess_anew(&who, &again).await.unwrap();
    let routes: Vec<Route> = product.routes().await.into_iter().map(|(_, _, route)| route).collect();
    assert_eq!(routes, [Route::Import, Route::Hook, Route::Import]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bcrypt_of_a_product_that_may_change_it_first_waits_for_a_proof() {
    let hash = |text: &str| bcrypt::hash(text, 4).unwrap();
    let md5 = |text: &str| hex::encode(<md5::Md5 as md5::Digest>::digest(text.as_bytes()));
    let twice = |text: &str| {
        let salted = |text: &str| {
            let parts = bcrypt::hash_with_salt(text, 4, *b"0123456789abcdef").unwrap();
            parts.format_for_version(bcrypt::Version::TwoA)
        };
        salted(&salted(text))
    };
    for (sql, made_by, route, password, told) in [
        (
            format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, encrypted_password TEXT, reset_password_token TEXT, sign_in_count INTEGER);
                 INSERT INTO users VALUES (1, 'a@example.com', 'A', 'A', '{}', NULL, 3);",
                hash("pw&1")
            ),
            Some("devise"),
            Route::Hook,
            "pw&1",
            "“encrypted_password”: Devise may mix a secret in",
        ),
        (
            format!(
                "CREATE TABLE matomo_user (login TEXT PRIMARY KEY, password TEXT, email TEXT, first_name TEXT, last_name TEXT, superuser_access INTEGER);
                 INSERT INTO matomo_user VALUES ('a', '{}', 'a@example.com', 'A', 'A', 0);",
                hash(&md5("pw&1"))
            ),
            Some("matomo"),
            Route::Hook,
            "pw&1",
            "Matomo hashes the MD5 of the password",
        ),
        (
            format!(
                "CREATE TABLE users (id TEXT PRIMARY KEY, user_name TEXT, email TEXT, first_name TEXT, last_name TEXT, user_hash TEXT, system_generated_password INTEGER, status TEXT);
                 INSERT INTO users VALUES ('1', 'a', 'a@example.com', 'A', 'A', '{}', 0, 'Active');",
                hash(&md5("pw&1"))
            ),
            Some("suitecrm"),
            Route::Hook,
            "pw&1",
            "SuiteCRM and SugarCRM hash the MD5",
        ),
        (
            format!(
                "CREATE TABLE wcf1_user (userID INTEGER PRIMARY KEY, username TEXT, email TEXT, first_name TEXT, last_name TEXT, password TEXT, banned INTEGER, banExpires INTEGER, activationCode INTEGER);
                 INSERT INTO wcf1_user VALUES (1, 'a', 'a@example.com', 'A', 'A', '{}', 0, 0, 0);",
                twice("pw&1")
            ),
            Some("woltlab"),
            Route::Hook,
            "pw&1",
            "WoltLab may run bcrypt twice",
        ),
        (
            format!(
                "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password TEXT, \"password:shaWrapped\" INTEGER);
                 INSERT INTO members VALUES (1, 'a@example.com', 'A', 'A', '{}', 1);",
                hash(&hex::encode(<sha2::Sha512 as sha2::Digest>::digest(b"pw&1")))
            ),
            Some("nodebb"),
            Route::Hook,
            "pw&1",
            "NodeBB hashes the SHA-512",
        ),
        (
            format!(
                "CREATE TABLE users (_id TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, services_password_bcrypt TEXT);
                 INSERT INTO users VALUES ('x1', 'a@example.com', 'A', 'A', '{}');",
                hash(&hex::encode(Sha256::digest(b"pw&1")))
            ),
            Some("meteor"),
            Route::Hook,
            "pw&1",
            "Meteor hashes the SHA-256",
        ),
        // The same where a part of the document stayed one.
        (
            format!(
                r#"CREATE TABLE users (_id TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, services TEXT);
                 INSERT INTO users VALUES ('x1', 'a@example.com', 'A', 'A',
                    '{{"password": {{"bcrypt": "{}"}}, "resume": {{"loginTokens": [{{"hashedToken": "abcd"}}]}}}}');"#,
                hash(&hex::encode(Sha256::digest(b"pw&1")))
            ),
            Some("meteor"),
            Route::Hook,
            "pw&1",
            "Meteor hashes the SHA-256",
        ),
        (
            format!(
                "CREATE TABLE forum_users (user_id INTEGER PRIMARY KEY, username TEXT, username_clean TEXT, user_email TEXT, first_name TEXT, last_name TEXT, user_password TEXT);
                 INSERT INTO forum_users VALUES (2, 'a@example.com', 'a@example.com', 'a@example.com', 'A', 'A', '{}');",
                hash("pw&amp;1")
            ),
            Some("phpbb3"),
            Route::Hook,
            "pw&1",
            "phpBB writes & < > \" as in HTML",
        ),
        (
            format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, encrypted_password TEXT, instance_id TEXT, raw_user_meta_data TEXT, confirmation_token TEXT);
                 INSERT INTO users VALUES (1, 'a@example.com', 'A', 'A', '{}', '0', '{{}}', '');",
                hash("pw&1")
            ),
            None,
            Route::Import,
            "pw&1",
            "",
        ),
        (
            format!(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, password_digest TEXT);
                 INSERT INTO users VALUES (1, 'a@example.com', 'A', 'A', '{}');",
                hash("pw&1")
            ),
            None,
            Route::Import,
            "pw&1",
            "",
        ),
    ] {
        let product = Product::read(&sql).await;
        assert_eq!(product.mapping.password.made_by.as_deref(), made_by, "{sql}");
        let routes = product.routes().await;
        assert_eq!(routes.iter().map(|(_, _, route)| *route).collect::<Vec<_>>(), [route], "{sql}");
        let concerns = product.concerns().await;
        assert!(concerns.contains(told) && concerns.is_empty() == told.is_empty(), "{concerns}");
        let login = routes[0].0.clone();
        assert_eq!(product.answers(&[(&login, password), (&login, "another")]).await, ["VERIFIED", "UNVERIFIED"], "{sql}");
    }
}
