//! What the services of all platforms share: where the server listens, the flags it takes, and how its secrets are handed over.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A platform's way to run services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Linux.
    Systemd,
    /// macOS.
    Launchd,
    /// Windows, by its Task Scheduler.
    Windows,
    /// Podman, Docker, Kubernetes.
    Container,
}

impl Kind {
    /// All, in the order screens show them.
    pub const ALL: [Self; 4] = [Self::Systemd, Self::Launchd, Self::Windows, Self::Container];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Launchd => "launchd",
            Self::Windows => "windows",
            Self::Container => "container",
        }
    }

    /// The reverse of [`Kind::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// On screens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Systemd => "Linux",
            Self::Launchd => "macOS",
            Self::Windows => "Windows",
            Self::Container => "Container",
        }
    }

    /// This computer's own.
    pub fn here() -> Self {
        if cfg!(target_os = "macos") {
            Self::Launchd
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Systemd
        }
    }
}

/// How calls come in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Inbound {
    /// Plain HTTP on loopback, behind a proxy or tunnel that has the certificate.
    #[default]
    Plain,
    /// The administrator's certificate and key.
    Certificate {
        /// The certificate with its chain, PEM.
        certificate: PathBuf,
        /// Its key, PEM.
        key: PathBuf,
    },
    /// A trial certificate.
    SelfSigned,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The program.
    pub program: PathBuf,
    /// The migration's file.
    pub workspace: PathBuf,
    /// Where to listen.
    pub bind: SocketAddr,
    /// The path Okta posts to.
    pub path: String,
    /// How calls come in.
    pub inbound: Inbound,
    /// Whether passwords are checked against the live source, not against those kept in the workspace.
    pub live: bool,
}

/// Something to do with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// What and why.
    pub words: String,
    /// What to type; empty when there is nothing to.
    pub command: String,
}

impl Todo {
    pub(super) fn new(words: impl Into<String>, command: impl Into<String>) -> Self {
        Self { words: words.into(), command: command.into() }
    }
}

/// A file, and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFile {
    /// What to call it.
    pub name: &'static str,
    /// Its text.
    pub text: String,
    /// What it does, and why so.
    pub about: &'static str,
    /// What to do, in order.
    pub steps: Vec<Todo>,
}

/// The flags every platform gives, with these places for the files.
pub(super) fn flags(
    plan: &Plan,
    bind: &str,
    secret: &str,
    key_file: &str,
    certificate: &str,
    key: &str,
) -> Vec<String> {
    let mut flags = serving(plan, bind, certificate, key);
    flags.extend(["--secret-file".into(), secret.into(), "--key-file".into(), key_file.into()]);
    flags
}

/// The flags that say where it listens and what it checks against.
pub(super) fn serving(plan: &Plan, bind: &str, certificate: &str, key: &str) -> Vec<String> {
    let mut flags: Vec<String> = vec!["--bind".into(), bind.into(), "--path".into(), plan.path.clone()];
    match &plan.inbound {
        Inbound::Plain => flags.push("--plain".into()),
        Inbound::SelfSigned => flags.push("--self-signed".into()),
        Inbound::Certificate { .. } => {
            flags.extend(["--cert".into(), certificate.into(), "--key".into(), key.into()]);
        }
    }
    if plan.live {
        flags.push("--live".into());
    }
    flags
}

/// Hands the hook's secret over without showing it: `into` reads it from stdin.
pub(super) fn hand_secret(program: &str, workspace: &str, into: &str) -> String {
    format!("{program} hook secret {workspace} --show | {into}")
}

/// The same for the workspace's sealing key.
pub(super) fn hand_key(program: &str, workspace: &str, into: &str) -> String {
    format!("{program} hook export-key {workspace} | {into}")
}

/// Why the key is to be kept to the service.
pub(super) const KEY_WORDS: &str = "Hand over the key that opens the stored passwords. With it and the migration's file all of them can be read: \
                         the service alone may.";
/// Where the secret comes from.
pub(super) const SECRET_WORDS: &str = "Hand over the secret that Okta sends, without showing it.";
/// What to do when neither is in a keychain.
pub(super) const NO_KEYCHAIN: &str = "Where this window keeps its secrets for one session only, no other program finds them: the secret can be \
                           copied from this page, and the key can't be had.";

pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// For a POSIX shell.
pub(super) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
