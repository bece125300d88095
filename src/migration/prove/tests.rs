//! A known password from the first try to everyone assessed by it, on a real workspace.

use base64::Engine as _;
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::*;
use crate::assess::SchemaRules;
use crate::mapping::{guess_people, suggest};
use crate::migration::read::{self, ReadEnd, ReadJob};
use crate::model::{Route, SaltOrder};
use crate::secrets::KeyFile;
use crate::source::{self, SourceSpec, SqliteSpec};
use crate::workspace::{Keys, NewWorkspace};

/// Says its own scheme, and so stays what it is.
const BCRYPT: &str = "$2a$10$GRLdNijSQMUvl/au9ofL.eDwmoohzzS7.rmNSJZ.0FxO/BTk76klW";

fn known_password(n: usize) -> String {
    format!("letmein-{n}")
}

/// Six people with SHA-256 over the salt and the password in hex, which nothing in the value tells, two with bcrypt, and one
/// with the same written in Base64: another shape.
/// `salt`: the name of the column that the salts stand in.
async fn company(folder: &tempfile::TempDir, salt: &str) -> Workspace {
    let database = folder.path().join("company.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database).create_if_missing(true);
    let mut db = options.connect().await.unwrap();
    let mut sql = format!(
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, email TEXT, first_name TEXT, last_name TEXT, \
         password_hash TEXT, {salt} TEXT);"
    );
    for n in 1..=9 {
        let salt = format!("x{n}#Salt");
        let digest = Sha256::digest(format!("{salt}{}", known_password(n)));
        let hash = match n {
            7 | 8 => BCRYPT.to_owned(),
            9 => base64::engine::general_purpose::STANDARD.encode(digest),
            _ => hex::encode(digest),
        };
        // Beside a salt that is filled, bcrypt would wait for a proof of its own.
        let salt = if hash == BCRYPT { "NULL".to_owned() } else { format!("'{salt}'") };
        sql.push_str(&format!(
            "INSERT INTO staff VALUES ({n},'person{n}@example.com','Ada','Number {n}','{hash}',{salt});"
        ));
    }
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
    db.close().await.unwrap();

    let spec = SourceSpec::Sqlite(SqliteSpec { path: database });
    let source: Arc<dyn source::Source> = source::open(&spec, None).unwrap();
    let catalog = source.probe().await.unwrap().catalog;
    let guess = guess_people(&catalog).into_iter().next().unwrap();
    let sample = source.sample(&guess.selection, 50).await.unwrap();
    let mapping = suggest(&catalog, &guess.selection, &sample);
    let keys = Keys::new(Arc::new(KeyFile::new(folder.path().join("keys")).unwrap()));
    let new = NewWorkspace { name: "Test".to_owned() };
    let workspace = Workspace::create(folder.path().join("move.causeway"), new, keys).await.unwrap();
    keep_mapping(&workspace, &mapping).await.unwrap();
    let job = ReadJob {
        workspace: workspace.clone(),
        source,
        source_label: spec.summary(),
        mapping,
        schema: SchemaRules::default(),
        today: NaiveDate::from_ymd_opt(2026, 5, 11).unwrap(),
        expected: None,
    };
    let end = read::run(job, CancellationToken::new(), watch::Sender::new(Progress::default())).await;
    assert!(matches!(end, Ok(ReadEnd::Done { .. })), "{end:?}");
    workspace
}

/// What happens to each person's password, by the number in the login.
async fn routes(workspace: &Workspace) -> Vec<Route> {
    let ids = workspace.order(&PeopleFilter::default(), Sort::default()).await.unwrap();
    let mut rows = workspace.rows(&ids).await.unwrap();
    rows.sort_by(|a, b| a.login.cmp(&b.login));
    rows.into_iter().map(|row| row.route).collect()
}

async fn tried(workspace: &Workspace, n: usize) -> Result<Found, MigrationError> {
    let known = vec![(Whose::Login(format!("Person{n}@example.com")), known_password(n).as_str().into())];
    let tell = watch::Sender::new(Progress::default());
    try_passwords(workspace.clone(), known, CancellationToken::new(), tell).await
}

async fn stated(workspace: &Workspace, stating: Stating) -> Restated {
    state(workspace.clone(), stating, watch::Sender::new(Progress::default())).await.unwrap()
}

#[tokio::test]
async fn what_one_password_proves_moves_everyone_with_the_shape_and_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = company(&folder, "salt").await;
    let at_first = routes(&workspace).await;
    assert_eq!(at_first[6..8], [Route::Import; 2], "bcrypt says what it is");
    assert!(at_first[..6].iter().all(|route| *route != Route::Import), "{at_first:?}");
    assert_eq!(at_first[8], Route::Hook);

    let Found::One(fit) = tried(&workspace, 3).await.unwrap() else { panic!("one way fits") };
    assert_eq!((fit.route, fit.settings.salt_order), (Route::Import, Some(SaltOrder::Prefix)));
    assert_eq!(fit.salt, SaltFrom::AsMapped);

    let done = stated(&workspace, Stating::Way(fit.settings.clone(), fit.salt.clone())).await;
    assert_eq!((done.people, done.moving), (Some(9), (2, 8)));
    let after = routes(&workspace).await;
    assert_eq!(after[..8], [Route::Import; 8]);
    assert_eq!(after[8], Route::Hook, "what was proven of hex neither imports nor loses what is in Base64");
    let kept = kept_mapping(&workspace).await.unwrap().unwrap();
    assert_eq!(kept.password.salt_order, Some(SaltOrder::Prefix), "stated for the next reading too");
    assert_eq!(kept, done.mapping);
    // Somebody else's password is now right at once.
    assert!(matches!(tried(&workspace, 5).await.unwrap(), Found::Right(_)));

    let back = stated(&workspace, Stating::Exactly(done.before)).await;
    assert_eq!((back.people, back.moving), (Some(9), (8, 2)));
    assert_eq!(routes(&workspace).await, at_first);
    assert_eq!(kept_mapping(&workspace).await.unwrap().unwrap().password, back.mapping.password);
    assert!(matches!(tried(&workspace, 5).await.unwrap(), Found::One(_)), "as before");
}

#[tokio::test]
async fn those_whom_a_proof_does_not_reach_are_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = company(&folder, "salt").await;
    let known = vec![(Whose::Login("person3@example.com".into()), known_password(3).as_str().into())];
    let tell = watch::Sender::new(Progress::default());
    let try_for = |shape: (&str, &str)| {
        let shape = (shape.0.to_owned(), shape.1.to_owned());
        try_and_count(workspace.clone(), known.clone(), shape, CancellationToken::new(), tell.clone())
    };
    let tried = try_for(("ambiguous", "64 hex digits")).await.unwrap();
    assert!(matches!(tried.found, Found::One(_)));
    assert_eq!(tried.reach, Some(6), "all but bcrypt and Base64");
    // The one in Base64 has another shape, and what was proven of hex does not change it.
    assert_eq!(try_for(("ambiguous", "32 bytes in Base64")).await.unwrap().reach, Some(0));
}

#[tokio::test]
async fn a_salt_in_a_column_nobody_mapped_is_found_and_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = company(&folder, "joined").await;
    let before = kept_mapping(&workspace).await.unwrap().unwrap();
    assert!(before.rules.iter().all(|rule| rule.target != Target::Salt));

    let Found::One(fit) = tried(&workspace, 2).await.unwrap() else { panic!("one way fits") };
    assert_eq!(fit.salt, SaltFrom::Column("joined".to_owned()));

    let done = stated(&workspace, Stating::Way(fit.settings.clone(), fit.salt.clone())).await;
    assert_eq!(done.people, None, "the salts are not in the workspace: people are read again");
    let salt = done.mapping.rules.iter().find(|rule| rule.target == Target::Salt).unwrap();
    assert_eq!(salt.column.as_deref(), Some("joined"));
    assert_eq!(kept_mapping(&workspace).await.unwrap().unwrap(), done.mapping);
}

#[tokio::test]
async fn whose_password_it_is_has_to_be_somebody_here() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = company(&folder, "salt").await;
    let problem = tried(&workspace, 40).await.unwrap_err();
    assert_eq!(problem.to_string(), "Nobody here has the login “Person40@example.com”.");
}
