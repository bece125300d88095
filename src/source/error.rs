//! What can go wrong with a source, as something the administrator can act on.

use thiserror::Error;

/// What can go wrong with a source. `Display` says what happened; [`SourceError::advice`] what to do next;
/// [`SourceError::technical`] the driver's own text, for one click away. None of them holds a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The name does not resolve.
    #[error("There is no server called “{host}”.")]
    UnknownHost {
        /// As typed.
        host: String,
        /// The driver's text.
        technical: String,
    },
    /// Anything not yet told apart.
    #[error("{what}")]
    Other {
        /// What happened.
        what: String,
        /// What to do.
        advice: String,
        /// The driver's text.
        technical: String,
    },
}
