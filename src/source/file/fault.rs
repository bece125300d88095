//! What can go wrong with a file, as something the administrator can act on.

use std::io;
use std::path::Path;

use crate::model::number;
use crate::source::SourceError;

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The operating system does not give it.
    Io(io::Error),
    /// There is nothing in it, or nothing but a header.
    Empty,
    /// A record without an end in sight.
    TooLong {
        /// Where it begins.
        row: u64,
    },
    /// The text is not in the encoding it began in.
    NotThatEncoding,
    /// It is not well formed.
    Malformed {
        /// Where.
        row: u64,
        /// What is wrong, in a clause.
        what: String,
    },
    /// It is something that is not read.
    Wrong {
        /// What it is, in a clause: `is an old Excel file (.xls)`.
        is: String,
        /// What to do.
        advice: String,
    },
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Endless>()) {
            Some(endless) => Self::TooLong { row: endless.0 },
            None => Self::Io(error),
        }
    }
}

/// A record longer than any should be, and the row it begins in. Travels through readers as an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("a record has no end")]
pub(super) struct Endless(pub(super) u64);

impl Fault {
    /// The same for the screen.
    pub(super) fn into_error(self, path: &Path) -> SourceError {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let other = |what: String, advice: &str| SourceError::Other {
            what,
            advice: advice.to_owned(),
            technical: String::new(),
        };
        match self {
            Self::Io(error) => refused(path, &error),
            Self::Empty => other(
                format!("There is nobody in “{name}”: it is empty."),
                "Export the people again, and check that the export ended without an error.",
            ),
            Self::TooLong { row } => other(
                format!("Row {} of “{name}” has no end: it is longer than 16 MiB.", number(row)),
                "A quote may be missing its partner there, or the file isn't of this format. Check the row, the delimiter and the \
                 quotes, then choose the file again.",
            ),
            Self::NotThatEncoding => other(
                format!("“{name}” begins in one character encoding and goes on in another."),
                "Set the encoding yourself, or export the people again as UTF-8.",
            ),
            Self::Malformed { row, what } => other(
                format!("Row {} of “{name}” can't be read: {what}.", number(row)),
                "Nothing of the file was taken. Fix the row, or export the people again.",
            ),
            Self::Wrong { is, advice } => other(format!("“{name}” {is}."), &advice),
        }
    }
}

/// What the operating system says when a file can't be opened or read.
pub(super) fn refused(path: &Path, error: &io::Error) -> SourceError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            SourceError::FileMissing { path: path.to_owned() }
        }
        _ => SourceError::FileRefused { path: path.to_owned(), technical: error.to_string() },
    }
}

/// A file that changed while it was read.
pub(super) fn changing(path: &Path) -> SourceError {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    SourceError::Other {
        what: format!("“{name}” changed while it was being read."),
        advice: "Nothing of it was taken. Wait until the program that writes it is done, then try again."
            .into(),
        technical: String::new(),
    }
}
