//! One file under two names, and who may read it.

#![cfg(unix)]

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

#[tokio::test]
async fn by_a_link_or_another_name_it_is_the_same_workspace_and_open_once() {
    let desk = Desk::new();
    let workspace = desk.create().await;
    read(&workspace, staff()).await;
    // From the first byte on, and whatever lies beside it.
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link.causeway");
    symlink(desk.path(), &link).unwrap();
    let other = desk.folder.path().join("other.causeway");
    std::fs::hard_link(desk.path(), &other).unwrap();
    for name in [&link, &other] {
        let again = Workspace::open(name, desk.keys()).await;
        assert!(matches!(again, Err(WorkspaceError::InUse { .. })), "{again:?}");
    }
    workspace.close().await.unwrap();
    // Closed, too: two programs by two names would each write a log of their own.
    for name in [&link, &other] {
        let again = Workspace::open(name, desk.keys()).await;
        assert!(matches!(again, Err(WorkspaceError::TwoNames(_))), "{again:?}");
        let beside = Workspace::open_beside(name, desk.keys()).await;
        assert!(matches!(beside, Err(WorkspaceError::TwoNames(_))), "{beside:?}");
    }
    std::fs::remove_file(&other).unwrap();
    let again = Workspace::open(&link, desk.keys()).await.unwrap();
    assert_eq!(again.path(), desk.path().canonicalize().unwrap());
    assert!(matches!(desk.open().await, Err(WorkspaceError::InUse { .. })));
    again.close().await.unwrap();
    assert!(!elsewhere.path().join("link.causeway-lock").exists());
}
