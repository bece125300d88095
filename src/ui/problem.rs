//! What went wrong, as a person sees it.

use std::path::Path;

use crate::model::Explain;

/// What went wrong: what happened, why, what to do next, in that order; the technical text apart. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// What happened, one sentence.
    pub what: String,
    /// Why, where it is known and not said already.
    pub why: String,
    /// What to do next.
    pub next: String,
    /// The driver's or system's own text.
    pub technical: String,
}

impl Problem {
    /// What happened, and what to do.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), ..Self::default() }
    }

    /// With the technical text.
    #[must_use]
    pub fn technical(mut self, text: impl Into<String>) -> Self {
        self.technical = text.into();
        self
    }

    /// A file that can't be read or written; the path stands last, so that it can be left out when the text is passed on.
    pub fn file(what: &str, path: &Path, error: &std::io::Error) -> Self {
        let next = match error.kind() {
            std::io::ErrorKind::NotFound => "Make sure that the folder exists.",
            std::io::ErrorKind::PermissionDenied => "Choose a folder you have permission to write to.",
            std::io::ErrorKind::StorageFull => "Make room on that disk, then try again.",
            _ => "Make sure that the disk is there and that you have permission to use this folder.",
        };
        Self::new(format!("{what}: {}", path.display()), next).technical(error.to_string())
    }

    /// A task that ended without an answer: it panicked, or the program is closing.
    pub fn interrupted() -> Self {
        Self::new(
            "Something went wrong inside Causeway.",
            "Try again. If it happens again, please report it with the log.",
        )
    }
}

impl<E: Explain> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::new(error.to_string(), error.advice()).technical(error.technical().unwrap_or_default())
    }
}
