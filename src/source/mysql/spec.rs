//! What is kept of a MySQL database: where it is and who reads it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::source::capabilities::Capabilities;

/// What a MySQL database can be asked.
pub(super) const CAN: Capabilities =
    Capabilities { sql: true, find: true, password: true, file: false, tables: true };

/// How a connection is protected: MySQL's own five, with their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MysqlTls {
    /// Encrypted; the certificate must be trusted and made for this host. What a URL means that says nothing.
    #[default]
    VerifyIdentity,
    /// Encrypted; the certificate must be trusted, for whatever host it was made.
    VerifyCa,
    /// Encrypted; whoever answers is believed.
    Required,
    /// Encrypted where the server offers it, else in the clear; whoever answers is believed.
    Preferred,
    /// Not encrypted.
    Disabled,
}

impl MysqlTls {
    /// Every mode, the safest first.
    pub const ALL: [Self; 5] =
        [Self::VerifyIdentity, Self::VerifyCa, Self::Required, Self::Preferred, Self::Disabled];

    /// MySQL's word for it, as it stands in URLs and forms.
    pub fn value(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "verify-identity",
            Self::VerifyCa => "verify-ca",
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Disabled => "disabled",
        }
    }

    /// The mode of a word: MySQL's own, in any case and with either line, and those of MariaDB's and other drivers.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().replace('_', "-").as_str() {
            "verify-identity" | "verify-full" => Self::VerifyIdentity,
            "verify-ca" => Self::VerifyCa,
            "required" | "require" | "trust" => Self::Required,
            "preferred" | "prefer" => Self::Preferred,
            "disabled" | "disable" => Self::Disabled,
            _ => return None,
        })
    }
}

/// A MySQL or MariaDB database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MysqlSpec {
    /// A name, an address, or (beginning with `/`) a Unix socket.
    pub host: String,
    /// The TCP port. Not used on a Unix socket.
    pub port: u16,
    /// The database's name.
    pub database: String,
    /// The database user.
    pub user: String,
    /// How the connection is protected. Not used on a Unix socket.
    #[serde(default)]
    pub tls: MysqlTls,
    /// Authorities to trust besides the system's and the web's, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// A client certificate in PEM; needs `client_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<PathBuf>,
    /// The client certificate's key in PEM, not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<PathBuf>,
}

/// MySQL's port.
pub(super) const PORT: u16 = 3306;

impl Default for MysqlSpec {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: PORT,
            database: String::new(),
            user: String::new(),
            tls: MysqlTls::default(),
            ca_file: None,
            client_cert: None,
            client_key: None,
        }
    }
}

impl MysqlSpec {
    /// Whether the host is a Unix socket.
    pub fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Where it is, for messages: `host:port`, or the path of the socket.
    pub(super) fn place(&self) -> String {
        if self.is_socket() {
            self.host.clone()
        } else if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}
