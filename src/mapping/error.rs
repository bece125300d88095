//! Why a mapping can't be used, as something the administrator can act on.

use thiserror::Error;

use crate::model::Explain;

/// Why a mapping can't be used. `Display` says what happened and why; [`Explain::advice`] what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MappingError {
    /// A rule names a column that the source does not have (any more).
    #[error("There is no column “{column}” in the source any more. It was to become {target}.")]
    ColumnGone {
        /// The column.
        column: String,
        /// What it was to become, in words.
        target: String,
    },
    /// A rule has neither a column nor a text of its own.
    #[error("The rule for {target} has no column.")]
    NoColumn {
        /// What it was to become, in words.
        target: String,
    },
    /// A change is not complete.
    #[error("A change on the way to {target} is not complete: {what}.")]
    Change {
        /// What the rule is for, in words.
        target: String,
        /// What is missing or wrong.
        what: String,
    },
    /// A file that is no mapping.
    #[error("This is not a mapping Causeway can read: {what}")]
    NotAMapping {
        /// The reader's words, with line and column.
        what: String,
    },
    /// A mapping made by a newer Causeway.
    #[error("This mapping was saved by a newer Causeway (format {found}; this one reads up to {known}).")]
    Newer {
        /// The file's format.
        found: u64,
        /// The newest format known.
        known: u32,
    },
}

impl MappingError {
    /// [`Explain::advice`], as it stands.
    pub(crate) fn next(&self) -> &'static str {
        match self {
            Self::ColumnGone { .. } => "Choose another column for it, or take the rule out.",
            Self::NoColumn { .. } => "Choose a column, or give it a fixed text.",
            Self::Change { .. } => "Complete the change, or take it out.",
            Self::NotAMapping { .. } => "Choose a file saved with “Save mapping”, or fix it at that place.",
            Self::Newer { .. } => "Update Causeway, or save the mapping again from the version that made it.",
        }
    }
}

impl Explain for MappingError {
    fn advice(&self) -> String {
        self.next().to_owned()
    }
}
