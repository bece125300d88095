//! A database that stands for another file: its rows were put into a temporary one, so that it is asked as any database is.

use std::collections::HashSet;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use tokio::sync::OwnedMutexGuard;

use crate::model::{Catalog, Table};
use crate::source::SourceError;

/// Where the database is.
#[derive(Clone)]
pub(crate) enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A temporary one in place of another file.
    Staged(Arc<dyn Stage>),
}

impl Place {
    /// The file that the administrator knows.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Staged(stage) => stage.path(),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({})", self.path().display())
    }
}

/// Puts a file's rows into a temporary database.
#[async_trait]
pub(crate) trait Stage: Send + Sync {
    /// The database, for whoever asks alone, with the file's rows as they are now.
    async fn stage(&self) -> Result<(OwnedMutexGuard<SqliteConnection>, Arc<Content>), SourceError>;

    /// The file.
    fn path(&self) -> &Path;
}

/// What is known of the rows of a temporary database beside what it says itself.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Its tables, with the types and keys that the file states.
    pub(crate) catalog: Catalog,
    /// Columns with lists, which are JSON there: table and column.
    pub(crate) lists: HashSet<(String, String)>,
    /// What kind of file it is, and how it is read: `CSV · UTF-8 · comma-separated`.
    pub(crate) form: String,
    /// What should be said of it.
    pub(crate) notes: Vec<String>,
}

impl Content {
    /// A table by its name, ignoring case as the database does.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.catalog.tables.iter().find(|table| table.name.name.eq_ignore_ascii_case(name))
    }
}

/// A connection: one's own, or that of a temporary database, which others use after.
pub(super) enum Held {
    /// Closed at the end.
    Own(SqliteConnection),
    /// Given back at the end.
    Staged(OwnedMutexGuard<SqliteConnection>),
}

impl Deref for Held {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Own(connection) => connection,
            Self::Staged(connection) => connection,
        }
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Own(connection) => connection,
            Self::Staged(connection) => connection,
        }
    }
}
