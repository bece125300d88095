//! What a hook is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::auth::HookSecrets;
use super::error::HookError;
use crate::model::PasswordSettings;
use crate::workspace::Workspace;

/// The port unless told.
pub const PORT: u16 = 8443;

/// How calls come in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Transport {
    /// Plain HTTP, on this computer only: behind a reverse proxy or tunnel that has the certificate.
    #[default]
    PlainLoopback,
    /// TLS with the administrator's certificate and key. Both are read again when their files change.
    Certificate {
        /// The certificate with its chain, in PEM.
        certificate: PathBuf,
        /// Its key, in PEM, without a password.
        key: PathBuf,
    },
    /// TLS with a certificate made at start, for trying out: Okta wants one of a public authority.
    SelfSigned {
        /// The names it is for, besides this computer's.
        names: Vec<String>,
    },
}

/// The path Okta posts to. Begins with a slash; not `/healthz` or `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPath(String);

impl HookPath {
    /// From what was typed; a missing slash is put before it.
    pub fn new(typed: &str) -> Result<Self, HookError> {
        let typed = typed.trim();
        let path = if typed.starts_with('/') { typed.to_owned() } else { format!("/{typed}") };
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
        let taken = ["/", "/healthz", "/readyz"].contains(&path.as_str());
        if taken || path.len() > 200 || !path.chars().all(good) || path.contains("//") {
            return Err(HookError::BadPath(typed.to_owned()));
        }
        Ok(Self(path))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for HookPath {
    fn default() -> Self {
        Self("/pwhook".to_owned())
    }
}

/// What the hook allows itself and others. The defaults keep every answer within Okta's three seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// No sign-in is answered later: Okta waits three seconds, and the way takes some of them.
    pub deadline: Duration,
    /// No refusal is told sooner, so that its time does not tell how someone's password was stored, or whether they are known; longer
    /// where some check takes longer. Right passwords are told at once. Zero: none.
    pub floor: Duration,
    /// How long an answer waits to be on record before it is given all the same; then it is told that nothing is recorded, and no
    /// answer waits until that has ended.
    pub record: Duration,
    /// With all cores busy, a sign-in that would take longer than this is turned away at once. Okta asks once more, and calls
    /// that hang count against the org's limit of concurrent calls. What is expected is an average: with 0.7 s all but one of a
    /// hundred are answered within a second.
    pub patience: Duration,
    /// How long the place the passwords are in may take to answer.
    pub lookup: Duration,
    /// Look-ups at once in that place: it is somebody else's database, with other work and only so many connections.
    pub lookups: usize,
    /// Hashing threads. 0: as many as there are cores.
    pub threads: usize,
    /// Memory for memory-hard schemes (scrypt, Argon2, yescrypt) together, in bytes.
    pub memory: u64,
    /// Connections at once.
    pub connections: usize,
    /// A request's header, and a handshake, must have come within this; a connection may rest as long.
    pub header: Duration,
    /// A request's body must have come within this.
    pub body: Duration,
    /// How long calls under way may take when the hook is stopped.
    pub drain: Duration,
    /// How often the certificate's files are looked at.
    pub certificate: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(2500),
            floor: Duration::from_millis(400),
            record: Duration::from_secs(1),
            patience: Duration::from_millis(700),
            lookup: Duration::from_millis(1500),
            lookups: 16,
            threads: 0,
            memory: 512 << 20,
            connections: 512,
            header: Duration::from_secs(10),
            body: Duration::from_secs(5),
            drain: Duration::from_secs(5),
            certificate: Duration::from_secs(5),
        }
    }
}

/// What a hook is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// The path Okta posts to.
    pub path: HookPath,
    /// How calls come in.
    pub transport: Transport,
    /// The host of the public address, where it is known: a certificate for another one is told.
    pub public_host: Option<String>,
    /// Who is let in.
    pub secrets: HookSecrets,
    /// What is stated about stored passwords.
    pub password: PasswordSettings,
    /// Where what was answered is written down. `None`: nowhere; then the hook keeps nothing.
    pub journal: Option<Workspace>,
    /// What it allows itself and others.
    pub limits: Limits,
}

impl Config {
    /// Plain HTTP on this computer at [`PORT`], with these secrets.
    pub fn new(secrets: HookSecrets) -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), PORT),
            path: HookPath::default(),
            transport: Transport::default(),
            public_host: None,
            secrets,
            password: PasswordSettings::default(),
            journal: None,
            limits: Limits::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_paths() {
        for (typed, path) in
            [("/pwhook", "/pwhook"), ("okta/in", "/okta/in"), (" /a-b_c.d~e/1 ", "/a-b_c.d~e/1")]
        {
            assert_eq!(HookPath::new(typed).unwrap().as_str(), path);
        }
        for typed in ["", "/", "/healthz", "readyz", "/a b", "/ä", "/a?b", "//x", "/a%20", &"x".repeat(300)]
        {
            assert!(matches!(HookPath::new(typed), Err(HookError::BadPath(_))), "{typed}");
        }
    }
}
