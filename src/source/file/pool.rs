//! Temporary databases that are ready: a file is read once, and again when it has changed.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::SqliteConnection;
use tokio::sync::OwnedMutexGuard;

use super::print::Print;
use super::stage::{Staged, prints, stage};
use crate::source::sqlite::{Content, Stage};
use crate::source::{FileSpec, SourceError};

/// How long one that nobody asks is kept. People's passwords are in it.
const IDLE: Duration = Duration::from_mins(5);

/// How many are kept.
const KEPT: usize = 4;

/// How long one that is in use is waited for before another is made: a question is done by then, a reading is not.
const BUSY: Duration = Duration::from_secs(2);

/// A temporary database.
struct Entry {
    spec: FileSpec,
    prints: Vec<Print>,
    connection: Arc<tokio::sync::Mutex<SqliteConnection>>,
    content: Arc<Content>,
    used: Instant,
}

static READY: LazyLock<Mutex<Vec<Entry>>> = LazyLock::new(Mutex::default);

/// One file is read at a time: who asks for the same one meanwhile finds it ready.
static READING: LazyLock<tokio::sync::Mutex<()>> = LazyLock::new(tokio::sync::Mutex::default);

/// A file whose rows are asked for.
pub(super) struct FileStage {
    spec: FileSpec,
}

/// A database for whoever asks alone.
type Taken = (OwnedMutexGuard<SqliteConnection>, Arc<Content>);

impl FileStage {
    /// Nothing is opened yet.
    pub(super) fn new(spec: FileSpec) -> Self {
        Self { spec }
    }

    /// One that is ready and free; or else one that is in use.
    fn ready(&self, now: &[Print]) -> Result<Taken, Option<Arc<tokio::sync::Mutex<SqliteConnection>>>> {
        let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
        // What a file was is of no more use.
        ready.retain(|entry| {
            entry.spec.path != self.spec.path || entry.spec != self.spec || entry.prints == now
        });
        let mut busy = None;
        for entry in ready.iter_mut().filter(|entry| entry.spec == self.spec) {
            match Arc::clone(&entry.connection).try_lock_owned() {
                Ok(connection) => {
                    entry.used = Instant::now();
                    return Ok((connection, Arc::clone(&entry.content)));
                }
                Err(_) => busy = Some(Arc::clone(&entry.connection)),
            }
        }
        Err(busy)
    }

    async fn keep(&self, prints: Vec<Print>, staged: Staged) -> Taken {
        let content = Arc::new(staged.content);
        let connection = Arc::new(tokio::sync::Mutex::new(staged.connection));
        // Nobody else knows of it yet.
        let taken = Arc::clone(&connection).lock_owned().await;
        let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
        ready.push(Entry {
            spec: self.spec.clone(),
            prints,
            connection,
            content: Arc::clone(&content),
            used: Instant::now(),
        });
        while ready.len() > KEPT {
            // In use it stays until its user is done.
            ready.remove(0);
        }
        if ready.len() == 1 {
            tokio::spawn(tidy());
        }
        (taken, content)
    }
}

/// Closes those that nobody asks any more. Ends with the last.
async fn tidy() {
    loop {
        tokio::time::sleep(IDLE / 10).await;
        let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
        ready.retain(|entry| entry.used.elapsed() < IDLE || entry.connection.try_lock().is_err());
        if ready.is_empty() {
            return;
        }
    }
}

#[async_trait]
impl Stage for FileStage {
    async fn stage(&self) -> Result<Taken, SourceError> {
        let now = prints(&self.spec)?;
        let busy = match self.ready(&now) {
            Ok(taken) => return Ok(taken),
            Err(busy) => busy,
        };
        if let Some(busy) = busy
            && tokio::time::timeout(BUSY, busy.lock_owned()).await.is_ok()
            && let Ok(taken) = self.ready(&now)
        {
            return Ok(taken);
        }
        let _reading = READING.lock().await;
        let now = prints(&self.spec)?;
        if let Ok(taken) = self.ready(&now) {
            return Ok(taken);
        }
        let staged = stage(&self.spec).await?;
        Ok(self.keep(now, staged).await)
    }

    fn path(&self) -> &Path {
        &self.spec.path
    }
}
