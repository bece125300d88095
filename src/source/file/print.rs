//! What tells one state of a file from another.

use std::io;
use std::path::Path;
use std::time::SystemTime;

/// A file's size, times and identity. A file that was written to, or replaced by another, has another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Print {
    size: u64,
    modified: Option<SystemTime>,
    /// Device, inode, and when the inode changed: seconds and nanoseconds.
    identity: (u64, u64, i64, i64),
}

impl Print {
    /// Of a path, as it is now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self::from(&std::fs::metadata(path)?))
    }
}

impl From<&std::fs::Metadata> for Print {
    fn from(file: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt as _;
            (file.dev(), file.ino(), file.ctime(), file.ctime_nsec())
        };
        #[cfg(not(unix))]
        let identity = (0, 0, 0, 0);
        Self { size: file.len(), modified: file.modified().ok(), identity }
    }
}
