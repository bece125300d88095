//! What can go wrong with a workspace, as something the administrator can act on.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::model::Explain;
use crate::secrets::SecretError;

/// What can go wrong with a workspace. `Display` says what happened; [`Explain::advice`] what to do next;
/// [`Explain::technical`] the text for one click away. None of them holds a secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    /// There is no file of that name.
    #[error("There is no file {}.", .0.display())]
    Missing(PathBuf),
    /// A new workspace would overwrite a file.
    #[error("{} exists already.", .0.display())]
    Exists(PathBuf),
    /// The file is something else: a text, a picture, another program's database.
    #[error("{} is not a Causeway migration.", .0.display())]
    NotAWorkspace(PathBuf),
    /// It is a workspace, but parts of it cannot be read.
    #[error("The migration is damaged: {what}.")]
    Damaged {
        /// Which part, in plain words.
        what: String,
        /// What SQLite or the decoder said.
        technical: String,
    },
    /// Something in it was changed, moved or taken away by another program: it does not carry this program's tag.
    #[error("{what} was changed in the migration's file by something other than Causeway.")]
    ChangedOutside {
        /// What, as the beginning of a sentence.
        what: String,
    },
    /// The file holds something that runs by itself: Causeway makes no trigger and no view. It would change what was just checked
    /// before it is bound again.
    #[error("The migration's file holds a {kind} that Causeway did not make: {name}.")]
    RunsByItself {
        /// `trigger` or `view`.
        kind: String,
        /// Its name.
        name: String,
    },
    /// The file has a second name, by a hard link. Opened by both, SQLite would write two logs for one file and destroy it.
    #[error("{} is the same file as another one, by a hard link.", .0.display())]
    TwoNames(PathBuf),
    /// Written by a newer Causeway.
    #[error("This migration was made by a newer Causeway (format {found}; this one knows {known}).")]
    Newer {
        /// The file's format.
        found: u32,
        /// The newest format this program knows.
        known: u32,
    },
    /// Open in another Causeway.
    #[error("This migration is open in another Causeway ({by}).")]
    InUse {
        /// Which: process, computer and since when, as far as known.
        by: String,
    },
    /// The key that opens its passwords was found nowhere.
    #[error("The key to this migration's passwords was not found in {place}.")]
    NoKey {
        /// Where it was looked for.
        place: String,
    },
    /// The key was kept in memory only, by a program that has ended.
    #[error(
        "The key to this migration's passwords was stored for one session only, and that session has ended."
    )]
    KeyEnded,
    /// There is a key, but of another workspace.
    #[error("The key in {place} does not fit this migration.")]
    WrongKey {
        /// Where it was found.
        place: String,
    },
    /// The place the key is kept in did not answer.
    #[error("The key to this migration's passwords could not be fetched. {0}")]
    Secrets(#[from] SecretError),
    /// Another program holds the file's write lock, and did not let go of it in time.
    #[error("Another program keeps the migration's file locked.")]
    Locked,
    /// Where the file was there is none or another one: it was moved, deleted or replaced while it was open.
    #[error("{} is not the file any more that was opened: it was moved, deleted or replaced meanwhile.", .0.display())]
    Replaced(PathBuf),
    /// No room left where the workspace is.
    #[error("The disk is full. Everything up to now is saved.")]
    DiskFull,
    /// The file can't be read or written.
    #[error("{} can't be read or written.", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        technical: String,
    },
    /// A second reading was begun while one runs.
    #[error("People are being read right now.")]
    AlreadyReading,
    /// No such person.
    #[error("There is no such person in this migration.")]
    NoSuchPerson,
    /// A setting can't be understood.
    #[error("The setting “{name}” in this migration can't be understood.")]
    Setting {
        /// Its name.
        name: String,
        /// The decoder's text.
        technical: String,
    },
    /// The workspace was closed, or its worker is gone.
    #[error("The migration is closed.")]
    Closed,
    /// SQLite refused in a way that should not happen.
    #[error("The migration's file could not be read or written.")]
    Database(
        /// SQLite's text.
        String,
    ),
}

impl WorkspaceError {
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(path.to_owned()),
            io::ErrorKind::AlreadyExists => Self::Exists(path.to_owned()),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io { path: path.to_owned(), technical: error.to_string() },
        }
    }

    pub(crate) fn changed_outside(what: &str) -> Self {
        Self::ChangedOutside { what: what.to_owned() }
    }

    pub(crate) fn damaged(what: &str, technical: impl Into<String>) -> Self {
        Self::Damaged { what: what.to_owned(), technical: technical.into() }
    }
}

impl Explain for WorkspaceError {
    fn advice(&self) -> String {
        match self {
            Self::Missing(_) => "Check whether it was moved or renamed, then open it from where it is now.".into(),
            Self::Exists(_) => "Choose another name, or open the file that is there.".into(),
            Self::NotAWorkspace(_) => "Choose a file that ends in .causeway.".into(),
            Self::Damaged { .. } => {
                "Open a copy from a backup. If there is none, begin a new migration: people already in Okta are found there by their login.".into()
            }
            Self::RunsByItself { .. } => {
                "Find out who can write this file: with it, people's passwords could be mixed up. Then open a copy from a backup.".into()
            }
            Self::TwoNames(_) => {
                "Remove the other name, or make a copy of the file and open that.".into()
            }
            Self::ChangedOutside { .. } => {
                "Find out who can write this file. Then open a copy from a backup, or set what is named here again.".into()
            }
            Self::Newer { .. } => "Install the newest Causeway and open it with that.".into(),
            Self::InUse { .. } => "Go on in that window, or close it first.".into(),
            Self::NoKey { .. } => {
                "Open it as the person who made it, on the computer where it was made, or name its key file (--key-file, CAUSEWAY_KEY_FILE).".into()
            }
            Self::KeyEnded => {
                "Nobody can open it again. Start a new migration and read people again: those already in Okta are found there by their login.".into()
            }
            Self::WrongKey { .. } => "Name the key file this migration was made with (--key-file, CAUSEWAY_KEY_FILE).".into(),
            Self::Secrets(SecretError::Unavailable(_)) => {
                "Start the keychain it is stored in (GNOME Keyring, KWallet), then open it again.".into()
            }
            Self::Secrets(error) => error.advice(),
            Self::Locked => "Wait until its work is done, or end that program.".into(),
            Self::Replaced(_) => "Put it back where it was, or stop this and open the file that is meant.".into(),
            Self::DiskFull => "Make room on that disk, then go on: the work is taken up where it stopped.".into(),
            Self::Io { .. } => "Make sure that the disk is there and that you have permission to write to this folder.".into(),
            Self::AlreadyReading => "Wait until it has ended, or stop it.".into(),
            Self::NoSuchPerson => "Read the list again.".into(),
            Self::Setting { .. } => "Set it again; nothing else is lost.".into(),
            Self::Closed => "Open it again.".into(),
            Self::Database(_) => "Close the migration and open it again. If it stays so, tell us the technical text.".into(),
        }
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::Damaged { technical, .. }
            | Self::Io { technical, .. }
            | Self::Setting { technical, .. }
            | Self::Database(technical) => Some(technical),
            Self::Secrets(error) => error.technical(),
            _ => None,
        }
    }
}

/// SQLite's primary result codes that mean something to a person (sqlite.org/rescode.html).
impl From<sqlx::Error> for WorkspaceError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let code = error.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0);
                let technical = error.message().to_owned();
                match code & 0xff {
                    5 | 6 => Self::Locked,
                    13 => Self::DiskFull,
                    11 | 26 => Self::damaged("a page of the file makes no sense", technical),
                    3 | 8 | 10 | 14 => Self::Io { path: PathBuf::from("The migration"), technical },
                    _ => Self::Database(technical),
                }
            }
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::PoolTimedOut => Self::Closed,
            sqlx::Error::Io(error) => Self::io(Path::new("The migration"), &error),
            sqlx::Error::ColumnDecode { source, .. } | sqlx::Error::Decode(source) => {
                Self::damaged("a value has the wrong form", source.to_string())
            }
            sqlx::Error::RowNotFound => Self::NoSuchPerson,
            other => Self::Database(other.to_string()),
        }
    }
}

/// The room's result.
pub(crate) type Result<T> = std::result::Result<T, WorkspaceError>;
