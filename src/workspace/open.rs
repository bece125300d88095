//! Making, opening and closing the file.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _, Sqlite, SqliteConnection, Transaction};
use tokio::sync::watch;

use super::bond::{self, Bonds};
use super::error::{Result, WorkspaceError};
use super::keys::Keys;
use super::ledger;
use super::lock::Lock;
use super::loose::Text;
use super::schema;
use super::seal::{Age, Sealer};
use super::types::{NewWorkspace, SearchIndex};
use crate::files;

/// `CSWY`: what SQLite keeps at offset 68 of our files, so that `file` and we know them.
pub(super) const APPLICATION_ID: u32 = 0x4353_5759;

/// Files up to this size are looked through at each opening (some 100 ms); larger ones when something is amiss.
const CHECK_UP_TO: u64 = 32 << 20;

/// A migration's memory. Cheap to clone; all clones are the same workspace.
#[derive(Clone)]
pub struct Workspace(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) sealer: Sealer,
    pub(crate) reading: AtomicBool,
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) search: watch::Sender<SearchIndex>,
    /// Told when a login was asked for that nobody in the index has.
    pub(crate) missed: Arc<tokio::sync::Notify>,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) key_place: Option<String>,
    pub(super) path: PathBuf,
    /// Which file it was when it was opened.
    pub(super) number: Option<FileNumber>,
    pub(super) clock: Clock,
    /// Whether the workspace is open beside whoever holds it.
    pub(super) guest: bool,
    /// `None` for a guest, and once closed.
    pub(super) lock: Mutex<Option<Lock>>,
}

impl Inner {
    pub(super) fn new(
        writer: SqlitePool,
        readers: SqlitePool,
        sealer: Sealer,
        meta: Meta,
        path: PathBuf,
        clock: Clock,
        lock: Option<Lock>,
    ) -> Self {
        Self {
            writer,
            readers,
            sealer,
            reading: AtomicBool::new(false),
            changes: watch::Sender::new(0),
            search: watch::Sender::new(SearchIndex::default()),
            missed: Arc::default(),
            id: meta.id,
            name: meta.name,
            key_place: meta.key_place,
            number: FileNumber::of(&path),
            path,
            clock,
            guest: lock.is_none(),
            lock: Mutex::new(lock),
        }
    }
}

/// Connections that stay open as long as the workspace. `wait`: how long for one that is free.
pub(super) fn pool(connections: u32, wait: Duration) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(wait)
        // A full or broken disk makes SQLite end a transaction by itself; the driver goes on counting it, and every later one would
        // fail. Such a connection is closed, and the next who needs one gets a new one. The ping waits until what was sent is done.
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
}

/// What time it is; tests bring their own.
pub(crate) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Workspace({})", self.0.path.display())
    }
}

impl Workspace {
    /// Makes a new one. The file must not exist; its folder must. The key goes to the first place of `keys`.
    pub async fn create(path: impl AsRef<Path>, new: NewWorkspace, keys: Keys) -> Result<Self> {
        Self::create_at(path.as_ref(), new, keys, Arc::new(Utc::now)).await
    }

    /// Opens one. Refuses, without changing the file, what is no workspace, damaged, newer, open elsewhere or without its key.
    pub async fn open(path: impl AsRef<Path>, keys: Keys) -> Result<Self> {
        Self::open_at(path.as_ref(), keys, Arc::new(Utc::now)).await
    }

    pub(crate) async fn create_at(path: &Path, new: NewWorkspace, keys: Keys, clock: Clock) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| WorkspaceError::io(path, &error))?;
        if let Some(folder) = path.parent() {
            fs::metadata(folder).map_err(|error| WorkspaceError::io(folder, &error))?;
        }
        let lock = Lock::take(&path, clock())?;
        if path.exists() {
            return Err(WorkspaceError::Exists(path));
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| WorkspaceError::Database(error.to_string()))?;
        let id = hex::encode(random);
        let (for_make, id_for_make) = (keys.clone(), id.clone());
        let key = blocking(move || for_make.make(&id_for_make)).await?;
        let sealer = Sealer::new(&key, &id);
        // Built beside and renamed: there is never half a workspace under the name.
        let mut beside = path.file_name().unwrap_or_default().to_owned();
        beside.push(".new");
        let beside = path.with_file_name(beside);
        let built = async {
            let _ = fs::remove_file(&beside);
            // Only its owner reads it, from its first byte on; what SQLite puts beside it takes after it.
            drop(files::open_new(&beside).map_err(|error| WorkspaceError::io(&beside, &error))?);
            let meta = Meta {
                id: id.clone(),
                name: new.name,
                check: sealer.check_value(),
                key_place: Some(keys.first_place().to_owned()),
            };
            build(&beside, &meta, sealer.bonds(), clock().timestamp_millis()).await?;
            fs::rename(&beside, &path).map_err(|error| WorkspaceError::io(&path, &error))
        };
        if let Err(error) = built.await {
            let _ = fs::remove_file(&beside);
            let _ = blocking(move || {
                keys.forget(&id);
                Ok(())
            })
            .await;
            return Err(error);
        }
        Self::start(path, lock, clock, move |_| Ok(sealer)).await
    }

    pub(crate) async fn open_at(path: &Path, keys: Keys, clock: Clock) -> Result<Self> {
        let path = real_path(path)?;
        let about = fs::metadata(&path).map_err(|error| WorkspaceError::io(&path, &error))?;
        if !about.is_file() {
            return Err(WorkspaceError::NotAWorkspace(path));
        }
        let lock = Lock::take(&path, clock())?;
        look_at_header(&path, about.len())?;
        Self::start(path, lock, clock, move |meta| {
            keys.find(&meta.id, &meta.check, meta.key_place.as_deref())
        })
        .await
    }

    async fn start(
        path: PathBuf,
        lock: Lock,
        clock: Clock,
        key: impl FnOnce(&Meta) -> Result<Sealer> + Send + 'static,
    ) -> Result<Self> {
        let lock = lock.with_file(&path, clock())?;
        one_name(&path)?;
        let opened = async {
            let mut one = SqliteConnection::connect_with(&options(&path)).await?;
            let checked = check(&mut one, &path).await;
            let meta = match checked {
                Ok(()) => Meta::read(&mut one).await,
                Err(error) => Err(error),
            };
            one.close().await?;
            meta
        };
        let meta = opened.await.map_err(|error| at(&path, error))?;
        let (sealer, meta) = blocking(move || Ok((key(&meta)?, meta))).await?;
        // Writers wait for each other, the end of a large reading included.
        let wait = Duration::from_hours(1);
        let writer = pool(1, wait)
            .after_connect(|connection, _| Box::pin(async move { super::change::prepare(connection).await }))
            .connect_with(options(&path).journal_mode(SqliteJournalMode::Wal))
            .await
            .map_err(|error| at(&path, error.into()))?;
        upgrade(&writer).await?;
        bind(&writer, &sealer, &meta).await?;
        let readers = pool(3, wait)
            .connect_with(options(&path).pragma("query_only", "1"))
            .await
            .map_err(|error| at(&path, error.into()))?;
        let workspace = Self(Arc::new(Inner::new(writer, readers, sealer, meta, path, clock, Some(lock))));
        workspace.drop_unfinished_reading().await?;
        workspace.start_search_index().await?;
        Ok(workspace)
    }

    /// Ends all work with the file: everything is in the one file then, with no `-wal` beside it. Other clones answer
    /// [`WorkspaceError::Closed`] from then on.
    pub async fn close(self) -> Result<()> {
        self.0.search.send_modify(|index| index.stop = true);
        let checkpointed = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.0.writer).await;
        self.0.readers.close().await;
        self.0.writer.close().await;
        self.0.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        match checkpointed {
            Ok(_) | Err(sqlx::Error::PoolClosed) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// What it was called when it was made.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where its key was put when it was made; `None` in files of earlier versions.
    pub fn key_place(&self) -> Option<&str> {
        self.0.key_place.as_deref()
    }

    /// Its own id: 32 hexadecimal digits, in the name of its key.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// A number that rises with every change: wait on it to know when to ask again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Looks through the whole file for damage: seconds for a large one.
    pub async fn check(&self) -> Result<()> {
        let mut connection = self.0.readers.acquire().await?;
        quick_check(&mut connection).await
    }

    pub(crate) fn now(&self) -> i64 {
        (self.0.clock)().timestamp_millis()
    }

    /// The one transaction that writes. Dropping it rolls back.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        let mut tx = self.0.writer.begin_with("BEGIN IMMEDIATE").await?;
        nothing_runs_by_itself(&mut tx).await?;
        Ok(tx)
    }

    /// Whether the file that is open is still where it was. Moved, deleted or replaced, what is written into it is found by nobody, and
    /// a connection made anew would be to another file. On Windows a file that is open stays where it is.
    pub(crate) fn still_there(&self) -> Result<()> {
        let now = FileNumber::of(&self.0.path);
        if self.0.number == now { Ok(()) } else { Err(WorkspaceError::Replaced(self.0.path.clone())) }
    }

    pub(crate) async fn commit(&self, tx: Transaction<'static, Sqlite>) -> Result<()> {
        tx.commit().await?;
        self.0.changes.send_modify(|n| *n += 1);
        Ok(())
    }
}

/// Whoever can write the file could leave a trigger in it, which changes rows between the moment they are checked and the moment
/// they are bound again. Causeway makes none, and no view either: with one of them nothing is read or written.
async fn nothing_runs_by_itself(connection: &mut SqliteConnection) -> Result<()> {
    let found: Option<(String, String)> =
        sqlx::query_as("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') LIMIT 1")
            .fetch_optional(connection)
            .await?;
    match found {
        Some((kind, name)) => Err(WorkspaceError::RunsByItself { kind, name }),
        None => Ok(()),
    }
}

/// A file by its number on its disk, where the system has such numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileNumber(u64, u64);

impl FileNumber {
    /// `None` where there is no file, and on Windows.
    fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            fs::metadata(path).ok().map(|about| Self(about.dev(), about.ino()))
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }
}

/// A file with a second name would have two logs. On Windows this can't be told.
pub(super) fn one_name(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let about = fs::metadata(path).map_err(|error| WorkspaceError::io(path, &error))?;
        if about.nlink() > 1 {
            return Err(WorkspaceError::TwoNames(path.to_owned()));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Where a workspace really is: by a link it is the same one, and what lies beside it lies beside the file.
pub(super) fn real_path(path: &Path) -> Result<PathBuf> {
    let io = |error: std::io::Error| WorkspaceError::io(path, &error);
    let is_link = fs::symlink_metadata(path).is_ok_and(|about| about.file_type().is_symlink());
    if is_link { fs::canonicalize(path).map_err(io) } else { std::path::absolute(path).map_err(io) }
}

/// A moment from the file.
pub(crate) fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Runs what blocks (a keychain may wait for a person) off the async workers.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| WorkspaceError::Closed)?
}

/// Puts the file's name where SQLite only said "disk I/O error".
pub(super) fn at(path: &Path, error: WorkspaceError) -> WorkspaceError {
    match error {
        WorkspaceError::Io { technical, .. } => WorkspaceError::Io { path: path.to_owned(), technical },
        other => other,
    }
}

pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        // An intent must be on disk before a request leaves, power cuts included.
        .synchronous(SqliteSynchronous::Full)
        .pragma("fullfsync", "1")
        .foreign_keys(false)
        .busy_timeout(Duration::from_secs(10))
        // No "cache_size": SQLite's own 2 MB a connection, which it shares among all of them. More makes no list quicker, as the
        // system keeps the rest of the file, and a reading would fill it.
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864")
        .pragma("trusted_schema", "0")
        .pragma("cell_size_check", "1")
        .statement_cache_capacity(200)
}

pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    use sqlx::migrate::MigrateError;
    schema::MIGRATOR.run(&mut *connection).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => WorkspaceError::damaged("its format history makes no sense", other.to_string()),
    })?;
    let version = AssertSqlSafe(format!("PRAGMA user_version = {}", schema::NEWEST));
    sqlx::raw_sql(version).execute(connection).await?;
    Ok(())
}

async fn build(path: &Path, meta: &Meta, bonds: &Bonds, now: i64) -> Result<()> {
    let options = options(path).create_if_missing(true).journal_mode(SqliteJournalMode::Delete);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(|error| at(path, error.into()))?;
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA application_id = {APPLICATION_ID}")))
        .execute(&mut connection)
        .await?;
    migrate(&mut connection).await?;
    for (key, value) in [
        ("id", meta.id.as_str()),
        ("name", &meta.name),
        ("key_check", &meta.check),
        ("key_place", meta.key_place.as_deref().unwrap_or_default()),
        ("made", &now.to_string()),
    ] {
        let insert = sqlx::query("INSERT INTO meta (name, value) VALUES (?, ?)");
        insert.bind(key).bind(value).execute(&mut connection).await?;
    }
    ledger::drop_former(&mut connection).await?;
    bond::begin(&mut connection, bonds).await?;
    connection.close().await?;
    Ok(())
}

/// Brings an older file up to date. A file that is up to date is not written to.
async fn upgrade(writer: &SqlitePool) -> Result<()> {
    let mut connection = writer.acquire().await?;
    let version: u32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    if version < schema::NEWEST { migrate(&mut connection).await } else { Ok(()) }
}

/// Brings what an older file binds up to date, once: what was not bound does not become so, but for a file from before there were tags.
pub(super) async fn bind(writer: &SqlitePool, sealer: &Sealer, meta: &Meta) -> Result<()> {
    let Some(age) = sealer.age(&meta.check) else { return Ok(()) };
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    ledger::take_over(&mut tx, sealer, age != Age::Unbound).await?;
    match age {
        Age::Unbound => bond::bind_all(&mut tx, sealer.bonds(), &sealer.check_value()).await?,
        Age::InParts => bond::bind_as_one(&mut tx, sealer.bonds(), &sealer.check_value()).await?,
        Age::BeforeLedger => bond::keep_check(&mut tx, &sealer.check_value()).await?,
    }
    tx.commit().await?;
    if age == Age::Unbound {
        tracing::info!(
            "the migration is from before entries were bound to people by tags: they were bound as they are now"
        );
    }
    Ok(())
}

/// What a file says of itself in its first hundred bytes (sqlite.org/fileformat.html, 1.3).
fn look_at_header(path: &Path, length: u64) -> Result<()> {
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    match read {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(WorkspaceError::NotAWorkspace(path.to_owned()));
        }
        Err(error) => return Err(WorkspaceError::io(path, &error)),
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if !header.starts_with(b"SQLite format 3\0") || number(68) != APPLICATION_ID {
        return Err(WorkspaceError::NotAWorkspace(path.to_owned()));
    }
    if number(60) > schema::NEWEST {
        return Err(WorkspaceError::Newer { found: number(60), known: schema::NEWEST });
    }
    let page_size = match u32::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65536,
        size => size,
    };
    let expected = u64::from(number(28)) * u64::from(page_size);
    // Ended or out of room while the log is copied into the file, the first page can be ahead of the end: the log has the rest.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let logged = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    if length < expected && !logged {
        let technical = format!("{length} bytes, where the header says {expected}");
        return Err(WorkspaceError::damaged("the end of the file is missing", technical));
    }
    Ok(())
}

async fn quick_check(connection: &mut SqliteConnection) -> Result<()> {
    let said: Vec<String> = sqlx::query_scalar("PRAGMA quick_check").fetch_all(connection).await?;
    // Nothing where something must be is that row's fault, and no damage to the file: whoever it is about is told apart.
    // And the index of names (FTS5) is made anew from what it is of.
    let harmless = |said: &str| {
        said == "ok" || said.starts_with("NULL value in ") || said.to_ascii_lowercase().contains("fts5")
    };
    let damage = said.into_iter().find(|said| !harmless(said));
    match damage {
        None => Ok(()),
        Some(said) => Err(WorkspaceError::damaged("a page of the file makes no sense", said)),
    }
}

async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<()> {
    let length = fs::metadata(path).map_err(|error| WorkspaceError::io(path, &error))?.len();
    if length <= CHECK_UP_TO {
        quick_check(connection).await?;
    }
    // The log beside the file may hold a newer format than the header of the file itself.
    let version: u32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
    if version > schema::NEWEST {
        return Err(WorkspaceError::Newer { found: version, known: schema::NEWEST });
    }
    Ok(())
}

pub(super) struct Meta {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) check: String,
    pub(super) key_place: Option<String>,
}

impl Meta {
    pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Self> {
        nothing_runs_by_itself(connection).await?;
        let mut meta = Self { id: String::new(), name: String::new(), check: String::new(), key_place: None };
        let rows: Vec<(Text, Text)> =
            match sqlx::query_as("SELECT name, value FROM meta").fetch_all(connection).await {
                Ok(rows) => rows,
                // The application id says it is ours; then the tables must be there.
                Err(sqlx::Error::Database(error)) => match WorkspaceError::from(sqlx::Error::Database(error))
                {
                    WorkspaceError::Database(technical) => {
                        return Err(WorkspaceError::damaged("its first table is missing", technical));
                    }
                    other => return Err(other),
                },
                Err(error) => return Err(error.into()),
            };
        for (Text(name), Text(value)) in rows {
            match name.as_str() {
                "id" => meta.id = value,
                "name" => meta.name = value,
                "key_check" => meta.check = value,
                "key_place" => meta.key_place = Some(value).filter(|place| !place.is_empty()),
                _ => {}
            }
        }
        if meta.id.is_empty() || meta.check.is_empty() {
            return Err(WorkspaceError::damaged(
                "it does not say which workspace it is",
                "meta: id, key_check",
            ));
        }
        Ok(meta)
    }
}
