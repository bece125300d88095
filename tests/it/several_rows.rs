//! Which of several rows of a person in another table is read with them: the current one, else the newest, and never one by chance.

use causeway::mapping::Plan;
use causeway::migration::{Groups, Suggestion, group_choices, suggest_for};
use causeway::model::{PasswordEvidence, Selection, TableName};
use causeway::source::{Source, SourceSpec, open};

use crate::groups::File;
use crate::support::postgres::{Postgres, READER_PASSWORD};

async fn suggested(source: &dyn Source, people: Selection) -> Suggestion {
    let catalog = source.probe().await.unwrap().catalog;
    let choices = group_choices(source, &catalog, &people).await;
    suggest_for(source, &catalog, people, &choices, Groups::Certain, 200).await.unwrap()
}

/// E-mail address and stored password of each.
fn facts(made: &Suggestion) -> Vec<(String, String)> {
    let plan = Plan::compile(&made.mapping, &made.sample.columns).unwrap();
    let mut facts: Vec<_> = made
        .sample
        .records
        .iter()
        .map(|record| plan.apply(record))
        .map(|person| {
            let password = match &person.password {
                PasswordEvidence::Stored(stored) => String::from_utf8(stored.text.expose().to_vec()).unwrap(),
                _ => String::new(),
            };
            (person.profile.text("email").unwrap_or_default().to_owned(), password)
        })
        .collect();
    facts.sort();
    facts
}

const ACCOUNTS: &str =
    "CREATE TABLE accounts (id TEXT PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT);
     INSERT INTO accounts VALUES ('u1', 'a@example.com', 'Ada', 'One'), ('u2', 'b@example.com', 'Bob', 'Two');";

async fn passwords(source: &dyn Source) -> (String, Vec<String>, Vec<String>) {
    let people = Selection::table(TableName { schema: None, name: "accounts".to_owned() });
    let made = suggested(source, people).await;
    let half = made.halves.first().expect("a half");
    let Some(joined) = half.selection.clone() else { return (half.words(), Vec::new(), Vec::new()) };
    let both = suggested(source, joined).await;
    let passwords = facts(&both).into_iter().map(|(_, password)| password).collect();
    (half.words(), passwords, both.notes)
}

#[tokio::test]
async fn of_several_passwords_the_one_that_counts_is_taken() {
    let cases = [
        // UUIDs and a time: the newest, whichever row comes first.
        (
            "id TEXT PRIMARY KEY, account_id TEXT REFERENCES accounts(id), password_hash TEXT, created_at TEXT",
            "('f', 'u1', '$2a$10$old', '2019-01-01'), ('a', 'u1', '$2a$10$new', '2024-01-01'), ('c', 'u1', '$2a$10$mid', '2021-01-01'),
             ('d', 'u2', '$2a$10$two', '2018-01-01')",
            "the newest is taken (by created_at)",
            vec!["$2a$10$new", "$2a$10$two"],
        ),
        // The newest was revoked; of the other all were, and nobody signs in with any.
        (
            "id TEXT PRIMARY KEY, account_id TEXT REFERENCES accounts(id), password_hash TEXT, revoked_at TEXT, created_at TEXT",
            "('a', 'u1', '$2a$10$revoked', '2024-02-02', '2024-01-01'), ('b', 'u1', '$2a$10$new', NULL, '2023-01-01'),
             ('c', 'u1', '$2a$10$mid', NULL, '2021-01-01'), ('d', 'u2', '$2a$10$gone', '2024-02-02', '2018-01-01')",
            "the current one is taken (by revoked_at), and of several the newest (by created_at)",
            vec!["$2a$10$new", ""],
        ),
        // A number counts up; a mark goes first.
        (
            "id INTEGER PRIMARY KEY, account_id TEXT REFERENCES accounts(id), secret_hash TEXT, password_hash TEXT, is_current BOOLEAN",
            "(9, 'u1', NULL, '$2a$10$old', 0), (3, 'u1', NULL, '$2a$10$new', 1), (4, 'u2', NULL, '$2a$10$older', 0),
             (5, 'u2', NULL, '$2a$10$two', 0)",
            "the current one is taken (by is_current), and of several the last (by id)",
            vec!["$2a$10$new", "$2a$10$two"],
        ),
        // What was never changed has only when it was made.
        (
            "id TEXT PRIMARY KEY, account_id TEXT REFERENCES accounts(id), password_hash TEXT, created_at DATETIME, updated_at DATETIME",
            "('a', 'u1', '$2a$10$new', '2024-01-01', NULL), ('b', 'u1', '$2a$10$old', '2019-01-01', '2020-01-01')",
            "the newest is taken (by updated_at, created_at)",
            vec!["$2a$10$new", ""],
        ),
    ];
    for (columns, rows, words, expected) in cases {
        let file = File::of(&format!(
            "{ACCOUNTS} CREATE TABLE account_credentials ({columns}); INSERT INTO account_credentials VALUES {rows};"
        ))
        .await;
        let (told, passwords, notes) = passwords(&*file.source()).await;
        assert!(told.contains("several rows there") && told.contains(words), "{told}");
        assert_eq!(passwords, expected, "{columns}");
        let told = notes
            .iter()
            .any(|note| note.contains("several rows in account_credentials") && note.contains(words));
        assert!(told, "{notes:?}");
    }
}

#[tokio::test]
async fn where_nothing_tells_which_password_counts_it_is_asked() {
    let table = "CREATE TABLE account_credentials (id TEXT PRIMARY KEY, account_id TEXT REFERENCES accounts(id), password_hash TEXT);";
    let file = File::of(&format!(
        "{ACCOUNTS} {table} INSERT INTO account_credentials VALUES ('a', 'u1', '$2a$10$old'), ('b', 'u1', '$2a$10$new');"
    ))
    .await;
    let (told, passwords, _) = passwords(&*file.source()).await;
    assert!(
        told.ends_with(
            "1 person has several rows there, and no column says which one counts: choose it yourself. Join it in your SELECT."
        ),
        "{told}"
    );
    assert!(passwords.is_empty());
    let (code, _, err) = file.causeway("map", &["--table", "accounts", "--join", "account_credentials"]);
    assert_eq!(code, 1, "{err}");

    // Where everyone has one row, there is nothing to choose.
    let file = File::of(&format!(
        "{ACCOUNTS} {table} INSERT INTO account_credentials VALUES ('a', 'u1', '$2a$10$one'), ('b', 'u2', '$2a$10$two');"
    ))
    .await;
    let (told, passwords, notes) = self::passwords(&*file.source()).await;
    assert!(told.ends_with("Without it everyone must reset."), "{told}");
    assert_eq!(passwords, ["$2a$10$one", "$2a$10$two"]);
    assert_eq!(notes, [""; 0]);
}

#[tokio::test]
async fn an_address_that_is_verified_goes_before_a_newer_one() {
    let file = File::of(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, first_name TEXT, last_name TEXT, password_hash TEXT);
         CREATE TABLE contact_emails (id TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id), email TEXT, verified BOOLEAN, created_at TEXT);
         INSERT INTO users VALUES (1, 'ada', 'Ada', 'One', '$2a$10$x'), (2, 'bob', 'Bob', 'Two', '$2a$10$x');
         INSERT INTO contact_emails VALUES ('z', 1, 'evil@example.com', 0, '2024-01-01'), ('a', 1, 'ada@example.com', 1, '2020-01-01'),
            ('b', 2, 'bob@example.com', 1, '2023-01-01'), ('c', 2, 'old@example.com', 1, '2020-01-01');",
    )
    .await;
    let source = file.source();
    let made =
        suggested(&*source, Selection::table(TableName { schema: None, name: "users".to_owned() })).await;
    let both = suggested(&*source, made.halves[0].selection.clone().unwrap()).await;
    let addresses: Vec<String> = facts(&both).into_iter().map(|(email, _)| email).collect();
    assert_eq!(addresses, ["ada@example.com", "bob@example.com"]);
    let (code, _, err) = file.causeway("map", &["--table", "users", "--join", "contact_emails"]);
    assert!(
        code == 0 && err.contains("2 people have several rows in contact_emails; the current one is taken"),
        "{err}"
    );
}

/// The same SQL in PostgreSQL, with its own types.
#[tokio::test(flavor = "multi_thread")]
async fn postgres_takes_the_same_row() {
    let server = Postgres::shared();
    server.database(
        "several_rows",
        "CREATE TABLE accounts (id uuid PRIMARY KEY, email text, first_name text, last_name text);
         CREATE TABLE account_credentials (id uuid PRIMARY KEY, account_id uuid REFERENCES accounts(id), password_hash text, revoked boolean,
            expires_at timestamptz, status text, created_at timestamptz, updated_at timestamptz);
         INSERT INTO accounts VALUES ('00000000-0000-0000-0000-000000000001', 'a@example.com', 'Ada', 'One');
         INSERT INTO account_credentials
            SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001', hash, revoked, expires, status, made::timestamptz, changed::timestamptz
            FROM (VALUES ('$2a$10$revoked', true, NULL::timestamptz, 'active', '2024-06-01', NULL::text), ('$2a$10$old', NULL, NULL, 'active', '2019-01-01', '2020-01-01'),
                ('$2a$10$new', false, '2999-01-01'::timestamptz, 'active', '2023-01-01', NULL), ('$2a$10$ended', false, '2020-01-01'::timestamptz, 'active', '2024-01-01', NULL),
                ('$2a$10$former', false, NULL, 'old', '2024-03-01', NULL)) v(hash, revoked, expires, status, made, changed);",
    );
    let source =
        open(&SourceSpec::Postgres(server.spec("several_rows")), Some(READER_PASSWORD.into())).unwrap();
    let people =
        Selection::table(TableName { schema: Some("public".to_owned()), name: "accounts".to_owned() });
    let made = suggested(&*source, people).await;
    let both = suggested(&*source, made.halves[0].selection.clone().unwrap()).await;
    assert_eq!(facts(&both), [("a@example.com".to_owned(), "$2a$10$new".to_owned())]);
}
