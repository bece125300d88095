//! One Causeway at a time: an advisory lock on a file beside the workspace, which says who holds it. A second one in the system's
//! folder for temporary files is named after the workspace's number on its disk, so that a file with two names (a hard link) is one.
//!
//! The workspace itself is never opened for the lock: SQLite's own locks on it are lost when any handle of the process closes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::error::{Result, WorkspaceError};

/// Held while a workspace is open; let go when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(Vec<Held>);

/// One lock file, open and locked.
#[derive(Debug)]
struct Held {
    path: PathBuf,
    _file: File,
}

fn beside(workspace: &Path) -> PathBuf {
    let mut name = workspace.file_name().unwrap_or_default().to_owned();
    name.push("-lock");
    workspace.with_file_name(name)
}

impl Lock {
    pub(crate) fn take(workspace: &Path, now: DateTime<Utc>) -> Result<Self> {
        Ok(Self(vec![Held::take(beside(workspace), now)?]))
    }

    /// Also keeps out who opens the same file by another name. Where that can't be told, the first lock alone holds.
    pub(crate) fn with_file(mut self, workspace: &Path, now: DateTime<Utc>) -> Result<Self> {
        if let Some(path) = by_number(workspace) {
            self.0.push(Held::take(path, now)?);
        }
        Ok(self)
    }
}

/// The lock file of a file by its number on its disk, in a folder that only its owner can write.
#[cfg(unix)]
fn by_number(workspace: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let about = std::fs::metadata(workspace).ok()?;
    // Whose process this is shows in a file it made.
    let own = tempfile::tempfile().ok()?.metadata().ok()?.uid();
    let folder = tempfile::env::temp_dir().join(format!("causeway-locks-{own}"));
    let _ = std::fs::DirBuilder::new().mode(0o700).create(&folder);
    let there = std::fs::symlink_metadata(&folder).ok()?;
    (there.is_dir() && there.uid() == own)
        .then(|| folder.join(format!("{:x}-{:x}", about.dev(), about.ino())))
}

#[cfg(not(unix))]
fn by_number(_: &Path) -> Option<PathBuf> {
    None
}

impl Held {
    fn take(path: PathBuf, now: DateTime<Utc>) -> Result<Self> {
        loop {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt as _;
                options.mode(0o600);
            }
            let opened = options.open(&path);
            let mut file = opened.map_err(|error| WorkspaceError::io(&path, &error))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(WorkspaceError::InUse { by: holder(&mut file) }),
                Err(TryLockError::Error(error)) => return Err(WorkspaceError::io(&path, &error)),
            }
            // The former holder takes the file away when it closes: a lock on a file that is gone keeps nobody out.
            if !same_file(&file, &path) {
                continue;
            }
            let host = gethostname::gethostname();
            let who = format!(
                "process {} on {}, since {}",
                std::process::id(),
                host.to_string_lossy(),
                now.format("%Y-%m-%d %H:%M UTC")
            );
            // Only for the message; the lock holds without it.
            let _ =
                file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(who.as_bytes()));
            return Ok(Self { path, _file: file });
        }
    }
}

/// Who wrote themselves into the lock file. Where the platform keeps others from reading it, nobody knows.
fn holder(file: &mut File) -> String {
    let mut who = String::new();
    let read = file.take(300).read_to_string(&mut who);
    if read.is_err() || who.is_empty() { "another process".to_owned() } else { who }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(there)) => ours.ino() == there.ino() && ours.dev() == there.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true // a file that is open is not taken away there
}

impl Drop for Held {
    fn drop(&mut self) {
        #[cfg(unix)]
        let _ = std::fs::remove_file(&self.path);
        #[cfg(not(unix))]
        let _ = &self.path;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it_and_the_next_gets_in() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("a.causeway");
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let first = Lock::take(&workspace, now).unwrap();
        let WorkspaceError::InUse { by } = Lock::take(&workspace, now).unwrap_err() else { panic!() };
        #[cfg(unix)]
        assert!(by.starts_with(&format!("process {} on ", std::process::id())), "{by}");
        assert!(!by.is_empty());
        drop(first);
        drop(Lock::take(&workspace, now).unwrap());
        #[cfg(unix)]
        assert!(!beside(&workspace).exists());
    }

    #[cfg(unix)]
    #[test]
    fn two_names_of_one_file_are_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("a.causeway"), folder.path().join("b.causeway"));
        std::fs::write(&one, "x").unwrap();
        std::fs::hard_link(&one, &other).unwrap();
        let now = DateTime::UNIX_EPOCH;
        let lock = |path: &Path| Lock::take(path, now).and_then(|lock| lock.with_file(path, now));
        let first = lock(&one).unwrap();
        assert!(matches!(lock(&other), Err(WorkspaceError::InUse { .. })));
        let mode = beside(&one).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(first);
        drop(lock(&other).unwrap());
    }

    #[test]
    fn the_lock_of_a_dead_process_does_not_hold() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = folder.path().join("a.causeway");
        std::fs::write(beside(&workspace), "process 1 on elsewhere").unwrap();
        assert!(Lock::take(&workspace, DateTime::UNIX_EPOCH).is_ok());
    }
}
