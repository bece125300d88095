//! Opening the file: what it is, and a read-only transaction on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

use super::errors;
use super::staged::{Content, Held, Place};
use crate::source::{Lookalike, SourceError};

/// How every SQLite 3 file begins (<https://www.sqlite.org/fileformat2.html#the_database_header>).
const HEADER: &[u8] = b"SQLite format 3\0";

/// How long to wait for a program that is just writing.
const BUSY_TIME: Duration = Duration::from_secs(3);

/// How often the limit is looked at, in steps of SQLite's virtual machine: some thousand times a second.
const STEPS: i32 = 20_000;

/// The most memory SQLite may take in this program, in bytes: a function of its own (`replace`, `printf`) makes texts of up to a
/// gigabyte out of nothing, one out of the other. A query that needs more fails.
const HEAP: u64 = 2 << 30;

/// Rows that wait between SQLite's thread and us, and that we take at once: enough that neither wakes the other for each row, few
/// enough that a column of photographs does not fill the memory.
pub(super) const ROWS_AT_ONCE: usize = 64;

/// When to give a query up.
#[derive(Debug, Clone)]
pub(super) enum Limit {
    /// After so much time.
    After(Duration),
    /// When the reading is stopped.
    Stop(CancellationToken),
}

impl Limit {
    pub(super) fn seconds(seconds: u64) -> Self {
        Self::After(Duration::from_secs(seconds))
    }

    pub(super) fn time(time: Duration) -> Self {
        Self::After(time)
    }

    pub(super) fn stop(stop: CancellationToken) -> Self {
        Self::Stop(stop)
    }
}

/// A read-only transaction on the file.
pub(super) struct Session {
    pub(super) connection: Held,
    pub(super) path: PathBuf,
    /// What is known of a database that stands for another file.
    pub(super) content: Option<Arc<Content>>,
    /// Whether it was opened without any locks, because the place can't be written to.
    pub(super) immutable: bool,
    /// How large the file is, in bytes.
    pub(super) size: u64,
}

impl Session {
    /// Opens what is there.
    pub(super) async fn open_place(place: &Place, limit: Limit) -> Result<Self, SourceError> {
        let stage = match place {
            Place::File(path) => return Self::open(path, limit).await,
            Place::Staged(stage) => stage,
        };
        let (connection, content) = stage.stage().await?;
        let connection = Held::Staged(connection);
        let path = stage.path().to_owned();
        let mut session = Self { connection, path, content: Some(content), immutable: false, size: 0 };
        session.limit(limit).await;
        Ok(session)
    }

    /// Opens the file and begins the transaction.
    pub(super) async fn open(path: &Path, limit: Limit) -> Result<Self, SourceError> {
        let size = look(path).await?;
        let (connection, immutable) = match begin(path, false).await {
            Ok(connection) => (connection, false),
            Err(error) if errors::is_place_read_only(&error) => {
                // SQLite wants to make a file beside a database in WAL mode, or to undo what a crash left, and can't. When nothing is
                // left beside it, the file alone is whole: then it may be read without locks.
                if has_leftovers(path).await {
                    return Err(SourceError::NeedsRecovery {
                        path: path.to_owned(),
                        technical: error.to_string(),
                    });
                }
                (begin(path, true).await.map_err(|error| errors::open(error, path))?, true)
            }
            Err(error) => return Err(errors::open(error, path)),
        };
        let connection = Held::Own(connection);
        let mut session = Self { connection, path: path.to_owned(), content: None, immutable, size };
        session.limit(limit).await;
        Ok(session)
    }

    /// Changes when queries are given up.
    pub(super) async fn limit(&mut self, limit: Limit) {
        let Ok(mut handle) = self.connection.lock_handle().await else { return };
        match limit {
            Limit::After(time) => {
                let end = Instant::now() + time;
                handle.set_progress_handler(STEPS, move || Instant::now() < end);
            }
            Limit::Stop(stop) => handle.set_progress_handler(STEPS, move || !stop.is_cancelled()),
        }
    }

    /// Ends the transaction and closes the file. What goes wrong here concerns no one: nothing was written.
    pub(super) async fn close(mut self) {
        if let Ok(mut handle) = self.connection.lock_handle().await {
            handle.remove_progress_handler();
        }
        if let Held::Own(connection) = self.connection {
            let _ = connection.close().await;
        }
    }
}

pub(super) async fn begin(path: &Path, immutable: bool) -> Result<SqliteConnection, sqlx::Error> {
    // Absolute, so that no name is taken for a `file:` URI or `:memory:`.
    let absolute = std::path::absolute(path)?;
    let mut connection = SqliteConnectOptions::new()
        .filename(absolute)
        .read_only(true)
        .create_if_missing(false)
        .immutable(immutable)
        .busy_timeout(BUSY_TIME)
        .statement_cache_capacity(0)
        .command_buffer_size(4)
        .row_buffer_size(ROWS_AT_ONCE)
        .thread_name(|_| "causeway-sqlite".into())
        .disable_statement_logging()
        .connect()
        .await?;
    // A table is read once from end to end: pages kept are of no more use. Reading something takes the snapshot, and shows whether it is a database at all.
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA hard_heap_limit = {HEAP}; PRAGMA cache_size = -1000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; BEGIN; \
         SELECT count(*) FROM sqlite_schema;"
    )))
    .execute(&mut connection)
    .await?;
    Ok(connection)
}

/// Whether a write-ahead log or a rollback journal with something in it lies beside the file.
async fn has_leftovers(path: &Path) -> bool {
    for ending in ["-wal", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        if tokio::fs::metadata(PathBuf::from(name)).await.is_ok_and(|file| file.len() > 0) {
            return true;
        }
    }
    false
}

/// What the file is, before SQLite is asked. Its size.
async fn look(path: &Path) -> Result<u64, SourceError> {
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            SourceError::FileMissing { path: path.to_owned() }
        }
        _ => SourceError::FileRefused { path: path.to_owned(), technical: error.to_string() },
    };
    let file = tokio::fs::metadata(path).await.map_err(refused)?;
    if file.is_dir() {
        return Err(SourceError::FileIsFolder { path: path.to_owned() });
    }
    if !file.is_file() {
        return Err(SourceError::NotADatabase { path: path.to_owned(), looks: Lookalike::Other });
    }
    let mut start = Vec::with_capacity(4096);
    tokio::fs::File::open(path)
        .await
        .map_err(refused)?
        .take(4096)
        .read_to_end(&mut start)
        .await
        .map_err(refused)?;
    if start.starts_with(HEADER) {
        return Ok(file.len());
    }
    Err(if looks_encrypted(&start, file.len()) {
        SourceError::Encrypted { path: path.to_owned() }
    } else {
        SourceError::NotADatabase { path: path.to_owned(), looks: looks_like(&start) }
    })
}

fn looks_like(start: &[u8]) -> Lookalike {
    if start.is_empty() {
        Lookalike::Empty
    } else if start.starts_with(b"** This file contains an SQLite 2") {
        Lookalike::OldSqlite
    } else if start.starts_with(b"PK\x03\x04")
        || start.starts_with(&[0x1f, 0x8b])
        || start.starts_with(b"7z\xbc\xaf")
    {
        Lookalike::Archive
    } else if !start.contains(&0)
        && String::from_utf8_lossy(start).chars().filter(|c| *c == '\u{fffd}').count() < 8
    {
        Lookalike::Text
    } else {
        Lookalike::Other
    }
}

/// Whole pages of noise. Encrypted pages use all byte values about equally; 4 KiB of noise has 7.9 bits of entropy a byte, machine
/// code and pictures of that length less, and compressed files begin with a mark and are not a number of pages long.
fn looks_encrypted(start: &[u8], size: u64) -> bool {
    if start.len() < 512 || !size.is_multiple_of(512) || looks_like(start) != Lookalike::Other {
        return false;
    }
    let mut counts = [0_u32; 256];
    for byte in start {
        counts[usize::from(*byte)] += 1;
    }
    let total = start.len() as f64;
    let entropy: f64 = counts
        .into_iter()
        .filter(|n| *n > 0)
        .map(|n| {
            let share = f64::from(n) / total;
            -share * share.log2()
        })
        .sum();
    entropy > if start.len() >= 4096 { 7.8 } else { 7.3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_noise_from_text_and_archives() {
        let mut noise = Vec::new();
        let mut state = 1_u32;
        for _ in 0..4096 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.push((state >> 24) as u8);
        }
        assert!(looks_encrypted(&noise, 8192));
        assert!(!looks_encrypted(&noise, 8191));
        assert_eq!(looks_like(b"login;name\nmaire;M\xc3\xa1ire\n"), Lookalike::Text);
        assert_eq!(looks_like(b"login;name\nmaire;M\xe1ire\n"), Lookalike::Text);
        assert_eq!(looks_like(b"PK\x03\x04\0\0"), Lookalike::Archive);
        assert_eq!(looks_like(&[0x7f, b'E', b'L', b'F', 0, 0]), Lookalike::Other);
    }
}
