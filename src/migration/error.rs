//! What can stop a long job, as something the administrator can act on.

use thiserror::Error;

use crate::hook::HookError;
use crate::mapping::MappingError;
use crate::model::Explain;
use crate::okta::OktaError;
use crate::secrets::SecretError;
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
    /// There is no API token of this org.
    #[error("There is no API token for this org yet.")]
    NoToken,
    /// The token that was saved can't be fetched.
    #[error("The saved API token can't be fetched. {0}")]
    TokenKept(SecretError),
    /// The migration knows no source.
    #[error("This migration has no source to check against.")]
    NoSource,
    /// The migration has no mapping.
    #[error("This migration has no mapping.")]
    NoMapping,
    /// A person has no stored password that could be tried.
    #[error("The source has no password for this person.")]
    NoStoredPassword,
    /// Nobody has this login.
    #[error("Nobody here has the login “{0}”.")]
    NobodyCalled(String),
    /// The password hook.
    #[error("{0}")]
    Hook(#[from] HookError),
    /// The keychain, or where else secrets are.
    #[error("{0}")]
    Secret(#[from] SecretError),
    /// No certificate for the hook was chosen, or no key.
    #[error("{0}")]
    NoCertificate(&'static str),
    /// Okta is to try a hook that it does not know.
    #[error("The hook is not registered in Okta.")]
    NotRegistered,
    /// A part of the program ended unexpectedly.
    #[error("Something inside Causeway went wrong.")]
    Internal(String),
}

impl MigrationError {
    /// A thread that a job was waiting for ended without an answer.
    pub(crate) fn interrupted(error: &tokio::task::JoinError) -> Self {
        Self::Internal(error.to_string())
    }
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
            Self::NoToken => "Paste one, then connect.".to_owned(),
            Self::TokenKept(error) | Self::Secret(error) => error.advice(),
            Self::NoSource => "Check against the passwords stored in the migration, or choose a source in step 1.".to_owned(),
            Self::NoMapping => "Open the Map step once, then try again.".to_owned(),
            Self::NoStoredPassword => "Try somebody who has one.".to_owned(),
            Self::NobodyCalled(_) => "Type it as it appears in the list.".to_owned(),
            Self::Hook(error) => error.advice(),
            Self::NoCertificate(_) => {
                "Choose both files under Address and certificate, or let a proxy or tunnel hold the certificate.".to_owned()
            }
            Self::NotRegistered => "Register it first.".to_owned(),
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
            Self::TokenKept(error) | Self::Secret(error) => error.technical(),
            Self::Hook(error) => error.technical(),
            Self::NoToken
            | Self::NoSource
            | Self::NoMapping
            | Self::NoStoredPassword
            | Self::NobodyCalled(_)
            | Self::NoCertificate(_)
            | Self::NotRegistered
            | Self::Exists(_)
            | Self::Mapping(_)
            | Self::OtherOrg { .. }
            | Self::ForeignHook { .. }
            | Self::NothingRead
            | Self::Stopped => None,
        }
    }
}
