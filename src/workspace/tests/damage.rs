//! Files that are no workspace, damaged, newer, open elsewhere, without a key, on a full disk.

use proptest::test_runner::{Config, TestRunner};
use sqlx::Connection as _;

use super::*;
use crate::model::Explain as _;
use crate::secrets::KeyFile;

async fn filled(desk: &Desk) {
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn what_is_no_workspace_is_refused_and_left_alone() {
    let desk = Desk::new();
    let path = desk.path();
    assert!(matches!(desk.open().await, Err(WorkspaceError::Missing(p)) if p == path));
    for content in [b"".as_slice(), b"hello", &[0; 8192], &b"just a text ".repeat(500)] {
        std::fs::write(&path, content).unwrap();
        assert!(matches!(desk.open().await, Err(WorkspaceError::NotAWorkspace(p)) if p == path));
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    std::fs::remove_file(&path).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE people (id INTEGER)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(matches!(desk.open().await, Err(WorkspaceError::NotAWorkspace(_))));
    assert!(matches!(
        Workspace::open(desk.folder.path(), desk.keys()).await,
        Err(WorkspaceError::NotAWorkspace(_))
    ));
    let left: Vec<_> =
        std::fs::read_dir(desk.folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["move.causeway"]);
}

#[tokio::test]
async fn a_new_one_overwrites_nothing_and_leaves_nothing_when_it_fails() {
    let desk = Desk::new();
    std::fs::write(desk.path(), "mine").unwrap();
    let new = || NewWorkspace { name: "N".into() };
    let refused = Workspace::create(desk.path(), new(), desk.keys()).await;
    assert!(matches!(refused, Err(WorkspaceError::Exists(_))));
    assert_eq!(std::fs::read(desk.path()).unwrap(), b"mine");
    let nowhere = desk.folder.path().join("not-there").join("a.causeway");
    assert!(matches!(Workspace::create(nowhere, new(), desk.keys()).await, Err(WorkspaceError::Missing(_))));
    let no_place = KeyFile::new(desk.folder.path().join("no-such-folder/keys")).unwrap();
    let elsewhere = desk.folder.path().join("b.causeway");
    let refused = Workspace::create(&elsewhere, new(), Keys::new(Arc::new(no_place))).await;
    assert!(matches!(refused, Err(WorkspaceError::Secrets(_))));
    assert!(!elsewhere.exists());
}

#[tokio::test]
async fn a_second_causeway_is_told_who_has_it_open() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let Err(WorkspaceError::InUse { by }) = desk.open().await else { panic!() };
    assert!(by.contains(&std::process::id().to_string()), "{by}");
    workspace.put_doc("still", &"open").await.unwrap();
    workspace.close().await.unwrap();
    desk.open().await.unwrap();
}

#[tokio::test]
async fn a_newer_file_says_so_and_is_left_alone() {
    let desk = Desk::new();
    filled(&desk).await;
    let mut bytes = std::fs::read(desk.path()).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(desk.path(), &bytes).unwrap();
    assert!(matches!(desk.open().await, Err(WorkspaceError::Newer { found: 99, known: 2.. })));
    assert_eq!(std::fs::read(desk.path()).unwrap(), bytes);
}

#[tokio::test]
async fn without_its_key_it_says_where_it_looked() {
    let desk = Desk::new();
    let in_file = |name: &str| Keys::new(Arc::new(KeyFile::new(desk.folder.path().join(name)).unwrap()));
    let new = NewWorkspace { name: "On a server".into() };
    Workspace::create(desk.path(), new, in_file("keys")).await.unwrap().close().await.unwrap();
    let refused = Workspace::open(desk.path(), in_file("other keys")).await;
    assert!(matches!(refused, Err(WorkspaceError::NoKey { place }) if place == "the key file"));
    Workspace::open(desk.path(), in_file("keys")).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_key_that_was_in_memory_only_is_said_to_be_gone() {
    let desk = Desk::new();
    filled(&desk).await;
    let empty = Keys::new(Arc::new(SessionOnly::new()));
    assert!(matches!(Workspace::open(desk.path(), empty).await, Err(WorkspaceError::KeyEnded)));

    let other = Desk::new();
    filled(&other).await;
    std::fs::copy(other.path(), desk.path()).unwrap();
    assert!(matches!(desk.open().await, Err(WorkspaceError::KeyEnded)));
    // The other place has it.
    let both = desk.keys().or(Arc::<SessionOnly>::clone(&other.keychain));
    Workspace::open(desk.path(), both).await.unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_told_from_a_missing_one() {
    use crate::secrets::SecretStore as _;
    let desk = Desk::new();
    filled(&desk).await;
    let workspace = desk.open().await.unwrap();
    let entry = format!("workspace-key/{}", workspace.id());
    workspace.close().await.unwrap();
    for wrong in ["00".repeat(32), "nonsense".to_owned()] {
        desk.keychain.set(&entry, &wrong.into()).unwrap();
        assert!(matches!(desk.open().await, Err(WorkspaceError::WrongKey { .. })));
    }
}

#[tokio::test]
async fn a_key_file_serves_as_well() {
    let desk = Desk::new();
    let file = Arc::new(KeyFile::new(desk.folder.path().join("keys")).unwrap());
    let keys = Keys::new(file);
    let new = NewWorkspace { name: "N".into() };
    let workspace = Workspace::create(desk.path(), new, keys.clone()).await.unwrap();
    read(&workspace, staff()).await;
    workspace.close().await.unwrap();
    let workspace = Workspace::open(desk.path(), keys).await.unwrap();
    assert!(workspace.secret(id(&workspace, 1).await).await.unwrap().is_some());
}

#[tokio::test]
async fn a_cut_file_is_damaged() {
    let desk = Desk::new();
    filled(&desk).await;
    let bytes = std::fs::read(desk.path()).unwrap();
    for length in [4096, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(desk.path(), &bytes[..length]).unwrap();
        let refused = desk.open().await;
        assert!(matches!(refused, Err(WorkspaceError::Damaged { .. })), "{length}: {refused:?}");
    }
    std::fs::write(desk.path(), &bytes).unwrap();
    desk.open().await.unwrap();
}

/// Whatever byte is bent: an error to act on or the right people, never a panic, never a wrong password.
#[test]
fn bent_bytes_never_panic_and_never_give_another_password() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let desk = Desk::new();
    runtime.block_on(filled(&desk));
    let bytes = std::fs::read(desk.path()).unwrap();
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let bend = (0..bytes.len(), 1..=255_u8, 1..200_usize);
    runner
        .run(&bend, |(at, by, length)| {
            let mut damaged = bytes.clone();
            for byte in damaged.iter_mut().skip(at).take(length) {
                *byte ^= by;
            }
            std::fs::write(desk.path(), &damaged).unwrap();
            for suffix in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", desk.path().display()));
            }
            runtime.block_on(async {
                let Ok(workspace) = desk.open().await else { return };
                let _ = workspace.counts().await;
                if let Ok(order) = workspace.order(&PeopleFilter::default(), Sort::default()).await {
                    let _ = workspace.persons(&order).await;
                    for id in order {
                        if let Ok(Some(stored)) = workspace.secret(id).await {
                            let known = (1..=6).any(|n| stored.text.expose() == hash(n).as_bytes());
                            assert!(known, "a password nobody has");
                        }
                        let _ = workspace.source_row(id).await;
                    }
                }
                let _ = workspace.close().await;
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_blob_moved_to_another_person_does_not_open() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let mut tx = workspace.begin().await.unwrap();
    sqlx::query("UPDATE details SET (password, source_row) = (SELECT password, source_row FROM details o WHERE o.key = '1') WHERE key = '2'")
        .execute(&mut *tx)
        .await
        .unwrap();
    workspace.commit(tx).await.unwrap();
    let maire = id(&workspace, 2).await;
    assert!(matches!(workspace.secret(maire).await, Err(WorkspaceError::Damaged { .. })));
    assert!(matches!(workspace.source_row(maire).await, Err(WorkspaceError::Damaged { .. })));
    assert!(workspace.secret(id(&workspace, 1).await).await.unwrap().is_some());
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_there() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    let before = workspace.counts().await.unwrap();
    // The file may not grow: what SQLite answers is what a full disk answers.
    sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&workspace.0.writer).await.unwrap();
    let mut reading = workspace.begin_reading(info(), Arc::new(assess)).await;
    let ended = match &mut reading {
        Ok(reading) => {
            let mut ended = Ok(());
            for batch in 0..50_u32 {
                let people = (0..200).map(|n| {
                    let n = 1000 + batch * 200 + n;
                    person(n, &format!("p{n}@example.com"), "P", "Q")
                });
                ended = reading.add(people.collect()).await;
                if ended.is_err() {
                    break;
                }
            }
            ended
        }
        Err(_) => Err(WorkspaceError::DiskFull),
    };
    assert!(matches!(ended, Err(WorkspaceError::DiskFull)), "{ended:?}");
    drop(reading);
    assert_eq!(workspace.counts().await.unwrap(), before);
    // When room was made the work goes on, without the file being opened anew.
    sqlx::raw_sql("PRAGMA max_page_count = 1000000").execute(&workspace.0.writer).await.unwrap();
    workspace.put_doc("note", &1).await.unwrap();
    assert_eq!(read(&workspace, staff()).await.unchanged, 6);
    workspace.close().await.unwrap();
    let workspace = desk.open().await.unwrap();
    assert_eq!(workspace.counts().await.unwrap(), before);
    assert_eq!(read(&workspace, staff()).await.unchanged, 6);
}

#[tokio::test]
async fn a_copying_of_the_log_that_was_cut_short_is_no_damage() {
    let desk = Desk::new();
    desk.create().await.close().await.unwrap();
    let path = desk.path();
    let log = path.with_extension("causeway-wal");
    let short = std::fs::read(&path).unwrap();
    let workspace = desk.open().await.unwrap();
    read(&workspace, (1..2_000).map(|n| person(n, &format!("p{n}@example.com"), "P", "Q")).collect()).await;
    let logged = std::fs::read(&log).unwrap();
    workspace.close().await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert!(whole.len() > 2 * short.len() && !logged.is_empty());
    // As SQLite leaves it when the program is killed, or the disk full, after the first page: pages are copied in order.
    std::fs::write(&path, [&whole[..4096], &short[4096..]].concat()).unwrap();
    assert!(matches!(desk.open().await, Err(WorkspaceError::Damaged { .. })), "without the log it is damage");
    std::fs::write(&log, logged).unwrap();
    assert_eq!(desk.open().await.unwrap().counts().await.unwrap().total, 1_999);
}

#[tokio::test]
async fn a_closed_workspace_says_so() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let clone = workspace.clone();
    workspace.close().await.unwrap();
    assert!(matches!(clone.counts().await, Err(WorkspaceError::Closed)));
    assert!(matches!(clone.put_doc("a", &1).await, Err(WorkspaceError::Closed)));
}

#[test]
fn every_error_says_what_to_do() {
    for error in [
        WorkspaceError::DiskFull,
        WorkspaceError::KeyEnded,
        WorkspaceError::NoKey { place: "Keychain".into() },
        WorkspaceError::Newer { found: 2, known: 1 },
        WorkspaceError::InUse { by: "process 1".into() },
    ] {
        assert!(error.to_string().ends_with(['.', ')']) && error.advice().ends_with('.'), "{error}");
    }
}

/// A search must not fail because of its index, whatever was done to it: it is made anew.
#[tokio::test]
async fn an_index_of_names_that_makes_no_sense_is_built_anew() {
    for bend in [
        "UPDATE search_data SET block = x'00ff00ff'",
        "UPDATE search_data SET block = zeroblob(40) WHERE id > 10",
        "UPDATE search_data SET block = NULL",
        "DELETE FROM search_data",
        "DELETE FROM search_idx",
        "DROP TABLE search",
    ] {
        let desk = Desk::new();
        filled(&desk).await;
        let workspace = desk.open().await.unwrap();
        let find = PeopleFilter { search: "dvor".into(), ..PeopleFilter::default() };
        let mut index = workspace.search_index();
        index.wait_for(|index| index.ready).await.unwrap();
        assert_eq!(workspace.count(&find).await.unwrap(), 1, "{bend}");
        let mut tx = workspace.begin().await.unwrap();
        sqlx::raw_sql(bend).execute(&mut *tx).await.unwrap();
        workspace.commit(tx).await.unwrap();
        workspace.close().await.unwrap();
        let workspace = desk.open().await.unwrap();
        let mut index = workspace.search_index();
        index.wait_for(|index| index.ready).await.unwrap();
        let looked = workspace.count(&find).await;
        assert_eq!(looked.ok(), Some(1), "{bend}");
        workspace.order(&find, Sort::default()).await.unwrap();
        workspace.head(&find, Sort::default(), 10).await.unwrap();
        workspace.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_finding_that_was_bent_does_not_come_to_count_by_another_change() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let twin = || {
        let mut twin = person(2, "ben@x.example", "Ben", "Okri");
        twin.record.key = "1".into();
        twin.assessed.candidate.key = "1".into();
        twin
    };
    read(&workspace, vec![person(1, "ada@x.example", "Ada", "Lovelace"), twin()]).await;
    let blocked = PeopleFilter { finding: Some(KEY_DUPLICATE.into()), ..PeopleFilter::default() };
    let who = workspace.order(&blocked, Sort::default()).await.unwrap();
    for bend in [
        "UPDATE findings SET severity = 0 WHERE code = 'key_duplicate'",
        "DELETE FROM findings WHERE code = 'key_duplicate'",
        "UPDATE findings SET person = 1 WHERE code = 'key_duplicate'",
    ] {
        let mut tx = workspace.begin().await.unwrap();
        sqlx::query(bend).execute(&mut *tx).await.unwrap();
        workspace.commit(tx).await.unwrap();
        let city = Some("Prague".into());
        workspace.set_attribute(&Who::These(who.clone()), "city", city, &assess).await.unwrap();
        workspace.leave_out(&Who::These(who.clone())).await.unwrap();
        workspace.put_back(&Who::These(who.clone())).await.unwrap();
        let next =
            workspace.next_run(&Scope::Only(who.clone()), crate::model::RoutePolicy::Best).await.unwrap();
        assert_eq!(next.people(), 0, "{bend}");
        read(&workspace, vec![person(1, "ada@x.example", "Ada", "Lovelace"), twin()]).await;
    }
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn whoever_was_changed_and_is_gone_is_counted_once() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let ada = || person(1, "ada@x.example", "Ada", "Lovelace");
    read(&workspace, vec![ada(), person(2, "ben@x.example", "Ben", "Okri")]).await;
    read(&workspace, vec![ada()]).await;
    let mut tx = workspace.begin().await.unwrap();
    sqlx::query("UPDATE details SET profile = '{}' WHERE key = '2'").execute(&mut *tx).await.unwrap();
    workspace.commit(tx).await.unwrap();
    let audit = workspace.audit().await.unwrap();
    let counts = workspace.counts().await.unwrap();
    let failed = counts.outcomes.iter().find(|(kind, _)| *kind == crate::model::OutcomeKind::Failed);
    assert_eq!((audit.changed, counts.gone, failed.map(|(_, n)| *n)), (1, 0, Some(1)));
    assert_counts_fit(&workspace).await;
    workspace.close().await.unwrap();
}

#[tokio::test]
async fn who_was_changed_before_a_further_reading_is_counted_with_the_finding_that_says_so() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    let both =
        || vec![person(1, "ada@x.example", "Ada", "Lovelace"), person(2, "ben@x.example", "Ben", "Okri")];
    read(&workspace, both()).await;
    let mut tx = workspace.begin().await.unwrap();
    sqlx::query("UPDATE people SET left_out = 1, state = 4 WHERE id = 1").execute(&mut *tx).await.unwrap();
    workspace.commit(tx).await.unwrap();
    read(&workspace, both()).await;
    let counted = workspace.counts().await.unwrap().findings;
    assert_eq!(
        counted.iter().map(|f| (f.code.as_str(), f.people)).collect::<Vec<_>>(),
        [(CHANGED_OUTSIDE, 1)]
    );
    assert_counts_fit(&workspace).await;
    workspace.close().await.unwrap();
}
