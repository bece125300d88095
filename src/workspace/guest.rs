//! Opening a workspace beside the window that holds it: for the password hook as a service.
//!
//! The lock keeps two Causeways from reading, editing or importing at once. A guest does none of that: it looks people up and
//! writes the hook's own tables, which SQLite keeps apart from everyone else's writing. So a service may run for months while
//! the window is opened and closed beside it, on the same computer (SQLite's log can't be shared over a network drive).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::{Connection as _, SqliteConnection};
use zeroize::Zeroizing;

use super::error::{Result, WorkspaceError};
use super::keys::Keys;
use super::lock::Lock;
use super::open::{
    APPLICATION_ID, Inner, Meta, Workspace, at, bind, blocking, migrate, one_name, options, pool, real_path,
};
use super::schema;

/// Pages a connection keeps, in KiB (negative, as SQLite wants it): a look-up needs a handful.
const CACHE: &str = "-1000";

/// No guest waits longer for a connection that is free: nobody signs in after that.
const WAIT: Duration = Duration::from_secs(30);

impl Workspace {
    /// Opens a workspace without taking its lock, whoever holds it: to look people up and to write down what the hook
    /// answered ([`Workspace::hook_find`], [`Workspace::record_hook_calls`]). Nothing else may be done with it.
    ///
    /// A file of an older format is brought up to date if nobody holds it, and refused as in use otherwise.
    pub async fn open_beside(path: impl AsRef<Path>, keys: Keys) -> Result<Self> {
        let path = path.as_ref();
        let path = real_path(path)?;
        let about = std::fs::metadata(&path).map_err(|error| WorkspaceError::io(&path, &error))?;
        if !about.is_file() {
            return Err(WorkspaceError::NotAWorkspace(path));
        }
        one_name(&path)?;
        let meta = look(&path).await.map_err(|error| at(&path, error))?;
        let (sealer, meta) =
            blocking(move || Ok((keys.find(&meta.id, &meta.check, meta.key_place.as_deref())?, meta)))
                .await?;
        let options = options(&path).pragma("cache_size", CACHE);
        let writer = pool(1, WAIT).connect_with(options.clone().journal_mode(SqliteJournalMode::Wal));
        let writer = writer.await.map_err(|error| at(&path, error.into()))?;
        if sealer.age(&meta.check).is_some() {
            let held = Lock::take(&path, Utc::now())?.with_file(&path, Utc::now())?;
            bind(&writer, &sealer, &meta).await?;
            drop(held);
        }
        let readers = pool(2, WAIT).connect_with(options.pragma("query_only", "1"));
        let readers = readers.await.map_err(|error| at(&path, error.into()))?;
        Ok(Self(Arc::new(Inner::new(writer, readers, sealer, meta, path, Arc::new(Utc::now), None))))
    }
}

impl Workspace {
    /// The workspace's sealing key, out of wherever `keys` finds it, as the text of a key file for a server. Whoever has it
    /// and the workspace can read every stored password in it.
    pub async fn key_file_text(path: impl AsRef<Path>, keys: Keys) -> Result<Zeroizing<String>> {
        let path = path.as_ref();
        let about = std::fs::metadata(path).map_err(|error| WorkspaceError::io(path, &error))?;
        if !about.is_file() {
            return Err(WorkspaceError::NotAWorkspace(path.to_owned()));
        }
        let meta = look(path).await.map_err(|error| at(path, error))?;
        blocking(move || keys.to_key_file(&meta.id, &meta.check, meta.key_place.as_deref())).await
    }
}

/// What the file says of itself. Through SQLite alone: a handle of our own on the file, closed again, would take the locks of
/// this process's other connections with it.
async fn look(path: &Path) -> Result<Meta> {
    let mut connection = SqliteConnection::connect_with(&options(path)).await?;
    let looked = async {
        let application: i64 =
            match sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await {
                Ok(id) => id,
                // SQLite's "file is not a database".
                Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("26") => 0,
                Err(error) => return Err(error.into()),
            };
        if application != i64::from(APPLICATION_ID) {
            return Err(WorkspaceError::NotAWorkspace(path.to_owned()));
        }
        let version: u32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await?;
        if version > schema::NEWEST {
            return Err(WorkspaceError::Newer { found: version, known: schema::NEWEST });
        }
        if version < schema::NEWEST {
            let held = Lock::take(path, Utc::now())?.with_file(path, Utc::now())?;
            migrate(&mut connection).await?;
            drop(held);
        }
        Meta::read(&mut connection).await
    };
    let meta = looked.await;
    connection.close().await?;
    meta
}
