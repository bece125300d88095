//! SQLite's result codes in a person's words. Codes: <https://www.sqlite.org/rescode.html>.

use std::path::Path;

use crate::source::guard::too_much;
use crate::source::{Lookalike, SourceError};

/// How long a question (not a reading) may take, in seconds.
pub(super) const QUESTION_SECONDS: u64 = 30;

const ERROR: u32 = 1;
const PERM: u32 = 3;
const BUSY: u32 = 5;
const LOCKED: u32 = 6;
const NOMEM: u32 = 7;
const READONLY: u32 = 8;
const INTERRUPT: u32 = 9;
const IOERR: u32 = 10;
const CORRUPT: u32 = 11;
const CANTOPEN: u32 = 14;
const TOOBIG: u32 = 18;
const AUTH: u32 = 23;
const NOTADB: u32 = 26;

/// The primary result code: the lowest byte of the extended one.
fn code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

/// SQLite's own message, with its code.
fn technical(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => error.to_string(),
        None => error.to_string(),
    }
}

/// Whether SQLite wanted to write beside the file and could not.
pub(super) fn is_place_read_only(error: &sqlx::Error) -> bool {
    matches!(code(error), Some(READONLY | CANTOPEN))
}

/// What went wrong while opening a file that begins like a database.
pub(super) fn open(error: sqlx::Error, path: &Path) -> SourceError {
    match code(&error) {
        Some(CANTOPEN | PERM | AUTH) => {
            SourceError::FileRefused { path: path.to_owned(), technical: technical(&error) }
        }
        Some(READONLY) => SourceError::NeedsRecovery { path: path.to_owned(), technical: technical(&error) },
        _ => query(error, path, 0),
    }
}

/// What went wrong with a query; `read` rows had been handed on.
pub(super) fn query(error: sqlx::Error, path: &Path, read: u64) -> SourceError {
    let path = path.to_owned();
    let technical = technical(&error);
    match code(&error) {
        Some(BUSY | LOCKED) => SourceError::Locked { what: format!("“{}”", path.display()), technical },
        Some(INTERRUPT) => SourceError::QueryTimedOut { seconds: QUESTION_SECONDS },
        Some(NOMEM | TOOBIG) => too_much("more memory than SQLite may take here, or a value of a gigabyte"),
        Some(CORRUPT | NOTADB) => SourceError::Damaged { path, technical },
        Some(IOERR) => SourceError::Lost { read, technical },
        Some(READONLY) => SourceError::WritingQuery { what: technical },
        Some(ERROR)
            if error.as_database_error().is_some_and(|e| e.message().contains("unsupported file format")) =>
        {
            SourceError::NotADatabase { path, looks: Lookalike::Other }
        }
        Some(ERROR) => {
            match error.as_database_error().and_then(|e| e.message().strip_prefix("no such table: ")) {
                Some(table) => SourceError::NoSuchTable { table: table.to_owned(), technical },
                None => SourceError::QueryFailed { technical },
            }
        }
        Some(_) => SourceError::QueryFailed { technical },
        None => match error {
            // The connection's thread ended: SQLite gave it something it could not stand (a name that is not UTF-8).
            sqlx::Error::WorkerCrashed => SourceError::Damaged { path, technical },
            sqlx::Error::Io(error) => SourceError::FileRefused { path, technical: error.to_string() },
            _ => SourceError::QueryFailed { technical },
        },
    }
}
