//! What can stop a long job, as something the administrator can act on.

use thiserror::Error;

use crate::mapping::MappingError;
use crate::model::Explain;
use crate::okta::OktaError;
use crate::source::SourceError;
use crate::workspace::WorkspaceError;

/// What can stop a long job. `Display` says what happened; [`Explain::advice`] what to do next;
/// [`Explain::technical`] the text for support.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The source.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// The mapping no longer fits the source.
    #[error("{0}")]
    Mapping(#[from] MappingError),
    /// The workspace.
    #[error("{0}")]
    Workspace(#[from] WorkspaceError),
    /// Okta.
    #[error("{0}")]
    Okta(#[from] OktaError),
    /// The people here were sent to another org before.
    #[error("This migration was used with another Okta org before ({before}).")]
    OtherOrg {
        /// That org's address.
        before: String,
    },
    /// Someone else's password hook is registered, and an org has only one.
    #[error("Another password import hook is registered in this org: “{name}”, which calls {uri}.")]
    ForeignHook {
        /// Its name in the org.
        name: String,
        /// The address it calls.
        uri: String,
    },
    /// There is nobody here yet.
    #[error("Nobody has been read into this migration yet.")]
    NothingRead,
    /// A file could not be written.
    #[error("{} can't be written.", path.display())]
    Write {
        /// Which.
        path: std::path::PathBuf,
        /// What the operating system said.
        technical: String,
    },
    /// A file that must not be written over.
    #[error("{} is there already, and is not written over.", .0.display())]
    Exists(std::path::PathBuf),
    /// The job was stopped before it had begun.
    #[error("Stopped. Nothing was sent.")]
    Stopped,
    /// A part of the program ended unexpectedly.
    #[error("Something inside Causeway went wrong.")]
    Internal(String),
}

impl Explain for MigrationError {
    fn advice(&self) -> String {
        match self {
            Self::Source(error) => error.advice(),
            Self::Mapping(error) => error.advice(),
            Self::Workspace(error) => error.advice(),
            Self::Okta(error) => error.advice(),
            Self::OtherOrg { .. } => {
                "Go on with that org, or start over in this one: what was recorded about the other org is forgotten then."
                    .to_owned()
            }
            Self::ForeignHook { .. } => {
                "Okta takes one such hook for the whole org, so Causeway leaves it alone. Ask the person who set it up; when it is no longer \
                 needed, deactivate and delete it in the Admin Console under Workflow › Inline Hooks, then register here."
                    .to_owned()
            }
            Self::NothingRead => "Read people from the source first.".to_owned(),
            Self::Write { .. } => "Make sure that the folder exists and has room, and that you have permission to write to it.".to_owned(),
            Self::Exists(_) => "Name another file, or take that one away if nothing needs it any more.".to_owned(),
            Self::Stopped => "Start it again to go on.".to_owned(),
            Self::Internal(_) => {
                "Nothing is lost: start it again. If it comes back, report it with the technical text.".to_owned()
            }
        }
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::Source(error) => error.technical(),
            Self::Workspace(error) => error.technical(),
            Self::Okta(error) => error.technical(),
            Self::Write { technical, .. } | Self::Internal(technical) => Some(technical),
            Self::Exists(_)
            | Self::Mapping(_)
            | Self::OtherOrg { .. }
            | Self::ForeignHook { .. }
            | Self::NothingRead
            | Self::Stopped => None,
        }
    }
}
