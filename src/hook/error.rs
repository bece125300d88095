//! What keeps the hook from starting or answering, as something the administrator can act on.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::model::Explain;
use crate::secrets::SecretError;
use crate::source::SourceError;
use crate::workspace::WorkspaceError;

/// What keeps the hook from starting. `Display` says what happened, [`Explain::advice`] what to do,
/// [`Explain::technical`] the text for one click away. None of them holds a secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HookError {
    /// Another program listens there.
    #[error("Another program listens at {0} already.")]
    PortTaken(SocketAddr),
    /// The system does not let this user listen there.
    #[error("This user isn't allowed to listen at {0}.")]
    PortForbidden(SocketAddr),
    /// The address is none of this computer's.
    #[error("{0} is not an address of this computer.")]
    NoSuchAddress(SocketAddr),
    /// Listening failed in another way.
    #[error("Listening at {address} failed.")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        technical: String,
    },
    /// Plain HTTP was asked for at an address that others reach.
    #[error(
        "Without a certificate the hook listens on this computer only, and {0} is reached from elsewhere."
    )]
    PlainInPublic(SocketAddr),
    /// The path is no path.
    #[error("“{0}” is not a path that can be served.")]
    BadPath(String),
    /// A certificate or key file can't be read or is not what it should be.
    #[error("The {what} “{}” can't be used: {why}.", path.display())]
    CertificateFile {
        /// `certificate` or `key`.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The key is another certificate's.
    #[error("The key “{}” does not belong to the certificate “{}”.", key.display(), certificate.display())]
    KeyMismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A self-signed certificate could not be made.
    #[error("A certificate for trying out could not be made.")]
    SelfSigned(String),
    /// A secret that can't be one.
    #[error("This can't be the hook's secret: {0}.")]
    BadSecret(&'static str),
    /// A file with the secret that others can read, or that can't be read.
    #[error("The secret's file “{}” can't be used: {why}.", path.display())]
    SecretFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody can be found in the source by what Okta sends.
    #[error("People can't be looked up in the source by their login: {why}.")]
    NotFindable {
        /// What the mapping does that can't be turned around.
        why: String,
    },
    /// The source is none that one person can be looked up in.
    #[error(
        "{source_name} can't be asked for one person at a time, so passwords can't be checked against it live."
    )]
    NotLive {
        /// How messages call the source.
        source_name: String,
    },
    /// The keychain or key file.
    #[error("{0}")]
    Secrets(#[from] SecretError),
    /// The workspace.
    #[error("{0}")]
    Workspace(#[from] WorkspaceError),
    /// The source.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// The system gave no randomness or no threads.
    #[error("The system did not give the hook what it needs to run.")]
    System(String),
}

impl Explain for HookError {
    fn advice(&self) -> String {
        match self {
            Self::PortTaken(_) => "Choose another port, or end the program that listens there (perhaps this hook runs already).".into(),
            Self::PortForbidden(address) if address.port() < 1024 => "Choose a port from 1024 on, and let a proxy pass 443 on to it; or allow the service CAP_NET_BIND_SERVICE.".into(),
            Self::PortForbidden(_) | Self::Listen { .. } => "Choose another address or port.".into(),
            Self::NoSuchAddress(_) => "Use 127.0.0.1, 0.0.0.0 (every address) or one of this computer's own.".into(),
            Self::PlainInPublic(_) => "Name a certificate and its key, or listen at 127.0.0.1 behind a proxy or tunnel that has one.".into(),
            Self::BadPath(_) => "Use something like /pwhook: a slash, then letters, digits, dashes, dots and more slashes.".into(),
            Self::CertificateFile { .. } => "Name the certificate with its chain and its key, both in PEM, the key without a password.".into(),
            Self::KeyMismatch { .. } => "Name the key that the certificate was requested with.".into(),
            Self::SelfSigned(_) | Self::System(_) => "Close other programs and try again.".into(),
            Self::BadSecret(_) => "Let Causeway make one: causeway hook secret WORKSPACE.".into(),
            Self::SecretFile { .. } => "Make the file with the secret on one line, and let only its owner read it (chmod 600).".into(),
            Self::NotFindable { .. } => "Map the login from one column; or run it with the migration, which remembers everyone's key; or check against the passwords stored in it.".into(),
            Self::NotLive { .. } => "Check against the passwords stored in the migration instead.".into(),
            Self::Secrets(error) => error.advice(),
            Self::Workspace(error) => error.advice(),
            Self::Source(error) => error.advice(),
        }
    }

    fn technical(&self) -> Option<&str> {
        match self {
            Self::Listen { technical, .. } | Self::SelfSigned(technical) | Self::System(technical) => {
                Some(technical)
            }
            Self::Secrets(error) => error.technical(),
            Self::Workspace(error) => error.technical(),
            Self::Source(error) => error.technical(),
            _ => None,
        }
    }
}

/// Why the place the passwords are in gives no answer: what the window shows in red.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct BackendError {
    /// What happened.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// The driver's text.
    pub technical: Option<String>,
}

impl<E: Explain> From<E> for BackendError {
    fn from(error: E) -> Self {
        Self {
            what: error.to_string(),
            advice: error.advice(),
            technical: error.technical().map(str::to_owned),
        }
    }
}

/// What is wrong with a certificate that is served all the same: a renewed one is taken up when its file changes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateProblem {
    /// It has run out.
    #[error("The certificate ran out on {}. Okta calls no hook with such a one.", .0.format("%Y-%m-%d"))]
    Expired(DateTime<Utc>),
    /// It is not valid yet.
    #[error("The certificate is not valid before {}. Check this computer's clock.", .0.format("%Y-%m-%d %H:%M UTC"))]
    NotYet(DateTime<Utc>),
    /// It was made for other names than the public address.
    #[error("The certificate is not for {host}, but for {}.", if names.is_empty() { "nobody".to_owned() } else { names.join(", ") })]
    OtherHost {
        /// The public address' host.
        host: String,
        /// The names it was made for.
        names: Vec<String>,
    },
    /// The certificates between it and the authority are missing.
    #[error(
        "The certificate of {issuer} stands alone in its file. Okta can trace it only with the certificates between it and the certificate authority: choose the file with the whole chain (fullchain.pem)."
    )]
    Alone {
        /// Who issued it, as it says itself.
        issuer: String,
    },
    /// Signed by itself: for trying out.
    #[error(
        "The certificate is self-signed. That is fine for trying things out; Okta needs one from a public certificate authority."
    )]
    SelfSigned,
    /// The files changed, and the new ones can't be used: the old certificate is served on.
    #[error("The changed certificate was not taken up: {0}")]
    NotTakenUp(String),
}
