//! How the hook's server is set up: where it listens, its certificate, what it checks against.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::public_uri;
use super::service::{Inbound, Plan};
use crate::hook::{HookPath, PORT, Transport};
use crate::migration::{MigrationError, docs};
use crate::workspace::Workspace;

/// How calls come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Plain HTTP on this computer, behind a proxy or tunnel.
    #[default]
    Proxy,
    /// The administrator's certificate.
    Certificate,
    /// A certificate made at start, for trying out.
    Trial,
}

/// The settings of the server, kept in the workspace. No secret is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HookSettings {
    /// The port.
    pub port: u16,
    /// Whether other computers may call, not this one only.
    pub everywhere: bool,
    /// The path Okta posts to.
    pub path: String,
    /// How calls come in.
    pub tls: Tls,
    /// The certificate's file.
    pub certificate: String,
    /// The key's file.
    pub key: String,
    /// Whether passwords are checked against the live source.
    pub live: bool,
    /// The public address Okta calls, as typed.
    pub public: String,
}

impl Default for HookSettings {
    fn default() -> Self {
        Self {
            port: PORT,
            everywhere: false,
            path: HookPath::default().as_str().to_owned(),
            tls: Tls::Proxy,
            certificate: String::new(),
            key: String::new(),
            live: false,
            public: String::new(),
        }
    }
}

impl HookSettings {
    /// Where it listens.
    pub fn bind(&self) -> SocketAddr {
        let open = self.everywhere && self.tls != Tls::Proxy;
        SocketAddr::new(IpAddr::V4(if open { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST }), self.port)
    }

    /// Its address on this computer.
    pub fn here(&self) -> String {
        let scheme = if self.tls == Tls::Proxy { "http" } else { "https" };
        format!("{scheme}://127.0.0.1:{}{}", self.port, self.path)
    }

    /// The host of the public address, where it is one.
    pub fn host(&self) -> Option<String> {
        let uri = public_uri(&self.public, &self.path, false).ok()?;
        url::Url::parse(&uri).ok()?.host_str().map(str::to_owned)
    }

    /// What to run as a service; or what is missing for that.
    pub fn plan(&self, program: PathBuf, workspace: PathBuf) -> Result<Plan, MigrationError> {
        let inbound = match self.tls {
            Tls::Proxy => Inbound::Plain,
            Tls::Trial => Inbound::SelfSigned,
            Tls::Certificate => {
                let (certificate, key) = self.files()?;
                Inbound::Certificate { certificate, key }
            }
        };
        Ok(Plan { program, workspace, bind: self.bind(), path: self.path.clone(), inbound, live: self.live })
    }

    /// The certificate's file and its key's; or which is missing.
    fn files(&self) -> Result<(PathBuf, PathBuf), MigrationError> {
        let what = match (self.certificate.trim(), self.key.trim()) {
            ("", "") => "No certificate and key have been chosen yet.",
            ("", _) => "No certificate has been chosen yet.",
            (_, "") => "No key has been chosen for the certificate yet.",
            (certificate, key) => return Ok((certificate.into(), key.into())),
        };
        Err(MigrationError::NoCertificate(what))
    }

    pub(super) fn transport(&self) -> Result<Transport, MigrationError> {
        Ok(match self.tls {
            Tls::Proxy => Transport::PlainLoopback,
            Tls::Trial => Transport::SelfSigned { names: self.host().into_iter().collect() },
            Tls::Certificate => {
                let (certificate, key) = self.files()?;
                Transport::Certificate { certificate, key }
            }
        })
    }
}

/// Keeps the settings.
pub async fn keep_settings(workspace: Workspace, settings: HookSettings) -> Result<(), MigrationError> {
    Ok(workspace.put_doc(docs::HOOK_SERVER, &settings).await?)
}
