//! What a command could not do, and what to do about it.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::hook::HookError;
use crate::mapping::MappingError;
use crate::migration::MigrationError;
use crate::migration::hook::AddressProblem;
use crate::model::Explain;
use crate::okta::{OktaError, UrlProblem};
use crate::practice::PracticeError;
use crate::secrets::SecretError;
use crate::source::SourceError;
use crate::workspace::WorkspaceError;

/// What a command could not do. `Display` says what happened, [`Explain::advice`] what to do.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// A job.
    #[error("{0}")]
    Job(#[from] MigrationError),
    /// The keychain or key file.
    #[error("{0}")]
    Secret(#[from] SecretError),
    /// The practice org.
    #[error("{0}")]
    Practice(#[from] PracticeError),
    /// The password hook.
    #[error("{0}")]
    Hook(#[from] HookError),
    /// Okta could not call this address.
    #[error(transparent)]
    Address(#[from] AddressProblem),
    /// The hook has no secret.
    #[error("The hook has no secret yet.")]
    NoHookSecret,
    /// A file that a hook can't be run from.
    #[error("{} does not say what a password hook checks against.", path.display())]
    NoHookFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        technical: String,
    },
    /// No source was named and the workspace knows none.
    #[error("No source is given.")]
    NoSource,
    /// No org was named and the workspace knows none.
    #[error("No Okta org is given.")]
    NoOkta,
    /// No token.
    #[error("There is no API token for {host}.")]
    NoToken {
        /// The org's host.
        host: String,
        /// What the keychain said, if it was asked in vain.
        keychain: Option<String>,
    },
    /// No table looks like people.
    #[error("No table in this source looks like it holds people.")]
    NoGuess,
    /// No membership of that name can be theirs.
    #[error("“{wanted}” isn't a table that could hold these people’s memberships.")]
    NoSuchGroups {
        /// What was named.
        wanted: String,
        /// What speaks against it, where it looks like one.
        why: Option<String>,
        /// Those that could, each with its tables.
        offered: Vec<String>,
    },
    /// No table of that name holds what is missing.
    #[error("“{wanted}” isn't a table with what these people lack.")]
    NoSuchHalf {
        /// What was named.
        wanted: String,
        /// Those that are.
        offered: Vec<String>,
    },
    /// A filter names what nobody here has.
    #[error("There is no {what} “{wanted}” here.")]
    NoSuch {
        /// `finding`, `scheme`, `group` or `key`.
        what: &'static str,
        /// What was named.
        wanted: String,
        /// Those that could be.
        offered: Vec<String>,
    },
    /// Something is to be decided about people, and nobody is named.
    #[error("Nobody is named.")]
    NobodyNamed,
    /// Nothing to print.
    #[error("Name a workspace or a source.")]
    NothingAsked,
    /// The workspace has no mapping.
    #[error("This workspace has no mapping yet.")]
    NoMapping,
    /// A file can't be read or written.
    #[error("{} can't be {what}.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// `read` or `written`.
        what: &'static str,
        /// What the operating system said.
        technical: String,
    },
    /// A file to be written is one that is needed.
    #[error("{} is {what}, and is not written over.", path.display())]
    NotOver {
        /// Which.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A sealing key is not shown.
    #[error("A sealing key is not shown on a screen.")]
    KeyOnScreen,
    /// A file with what is known about passwords is no such thing.
    #[error("{} is not a JSON object of what is known about the passwords.", .0.display())]
    Context(PathBuf),
    /// A word about passwords that nobody knows.
    #[error("{0}.")]
    Stated(String),
    /// A password is to be typed, and there is nowhere to.
    #[error("There is no terminal to ask the password on.")]
    NoTerminal(String),
    /// What comes in can't be read, or what goes out can't be written.
    #[error("Reading stdin or writing stdout failed.")]
    Stream(String),
    /// The program could not start its workers.
    #[error("Causeway could not start.")]
    Runtime(String),
}

impl CliError {
    pub(super) fn runtime(error: &std::io::Error) -> Self {
        Self::Runtime(error.to_string())
    }

    pub(super) fn reading(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), what: "read", technical: error.to_string() }
    }

    pub(super) fn writing(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), what: "written", technical: error.to_string() }
    }

    /// Whether it is the command line that names what is not there, or nobody.
    pub(super) fn is_of_the_command_line(&self) -> bool {
        matches!(self, Self::NoSuch { .. } | Self::NobodyNamed | Self::NotOver { .. })
    }
}

impl Explain for CliError {
    fn advice(&self) -> String {
        match self {
            Self::Job(error) => super::advice::of(error).map_or_else(|| error.advice(), str::to_owned),
            Self::Secret(error) => error.advice(),
            Self::Practice(_) => "Choose another port, or leave out --port to use a free one.".to_owned(),
            Self::Hook(error) => error.advice(),
            Self::Address(problem) => problem.advice(),
            Self::NoHookSecret => {
                "Make one with `causeway hook secret WORKSPACE`, or set CAUSEWAY_HOOK_SECRET or --secret-file.".to_owned()
            }
            Self::NoHookFile { .. } => "Write it with `causeway hook export-config WORKSPACE`.".to_owned(),
            Self::NoSuchGroups { why, offered, .. } if offered.is_empty() => {
                let why = why.as_ref().map(|why| format!("It is joined {why} ")).unwrap_or_default();
                format!(
                    "{why}No table looks like one. Write the membership into the mapping (causeway map … > mapping.json), or join it in a \
                     SELECT with --sql."
                )
            }
            Self::NoSuchHalf { offered, .. } if offered.is_empty() => {
                "No table here is known for certain to have what they lack. Join it in a SELECT with --sql.".to_owned()
            }
            Self::NoSuchGroups { why, offered, .. } => {
                let why = why.as_ref().map(|why| format!("It is joined {why} ")).unwrap_or_default();
                let list = offered.join(", ");
                format!("{why}Name one of {list}.")
            }
            Self::NoSuchHalf { offered, .. } => {
                format!("Name one of {}.", offered.join(", "))
            }
            Self::NoSuch { what: "key", .. } => {
                "causeway people WORKSPACE prints everyone's key in the column “key”.".to_owned()
            }
            Self::NoSuch { what, offered, .. } if offered.is_empty() => {
                format!("Nobody here has a {what}. Read people first.")
            }
            Self::NoSuch { offered, .. } => format!("Use one of {}.", offered.join(", ")),
            Self::NobodyNamed => "Give the keys of people (--key), or name them by --search, --disposition, --scheme, --finding, --group \
                                  or --outcome."
                .to_owned(),
            Self::NoSource => {
                "Name it with --source postgres://user@host/db or --source sqlite:///path.".to_owned()
            }
            Self::NoOkta => "Name it with --okta acme.okta.com.".to_owned(),
            Self::NoToken { .. } => {
                "Set CAUSEWAY_OKTA_TOKEN, or enter the token once in the window so that the keychain has it."
                    .to_owned()
            }
            Self::NoGuess => "Name the table with --table, or give a SELECT with --sql.".to_owned(),
            Self::NothingAsked => "For example: causeway map --source sqlite:///people.db".to_owned(),
            Self::NoMapping => "Read people first, or save the mapping in the window.".to_owned(),
            Self::File { .. } => {
                "Make sure that the file and its folder exist and that you have permission to use them.".to_owned()
            }
            Self::NotOver { .. } => "Name another file.".to_owned(),
            Self::KeyOnScreen => {
                "Name a file for it with --output, or pass it on to another program (see --help).".to_owned()
            }
            Self::Context(_) | Self::Stated(_) => {
                "See `causeway password explain --help` for the fields and their words.".to_owned()
            }
            Self::NoTerminal(_) => "Run it in a terminal, or set CAUSEWAY_KNOWN_PASSWORD.".to_owned(),
            Self::Stream(_) => "Make sure that the other end of the pipe is there, and try again.".to_owned(),
            Self::Runtime(_) => "Close other programs and try again.".to_owned(),
        }
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::Job(error) => error.technical(),
            Self::Secret(error) => error.technical(),
            Self::NoToken { keychain, .. } => keychain.as_deref(),
            Self::Hook(error) => error.technical(),
            Self::NoHookFile { technical, .. }
            | Self::File { technical, .. }
            | Self::Stream(technical)
            | Self::NoTerminal(technical)
            | Self::Runtime(technical) => Some(technical),
            _ => None,
        }
    }
}

macro_rules! as_job {
    ($($error:ty),*) => {$(
        impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::Job(error.into())
            }
        }
    )*};
}
as_job!(SourceError, MappingError, WorkspaceError, OktaError);

impl From<UrlProblem> for CliError {
    fn from(problem: UrlProblem) -> Self {
        Self::Job(OktaError::from(problem).into())
    }
}
