//! Why the practice org could not start or be restored.

use thiserror::Error;

/// Why the practice org could not start, or its sample could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PracticeError {
    /// The port is taken, or this process may not listen on it.
    #[error("The practice org cannot listen on port {port}. Choose another port, or 0 for any free one.")]
    Port {
        /// The port that was asked for; 0 means any.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// What was kept of an earlier org cannot be read; the org has to start empty.
    #[error("The saved practice org is damaged ({0}). Start it empty.")]
    Damaged(String),
    /// The random numbers for a token could not be had.
    #[error("This computer gives no random numbers, so no token can be made.")]
    Random(String),
    /// The sample company could not be written.
    #[error("The sample company cannot be written to {path}. Choose a folder you may write to.")]
    Sample {
        /// Where it was to go.
        path: std::path::PathBuf,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
