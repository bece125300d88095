//! What is kept of a PostgreSQL database: where it is and who reads it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::source::TlsMode;
use crate::source::capabilities::Capabilities;

/// What a PostgreSQL database can be asked.
pub(super) const CAN: Capabilities =
    Capabilities { sql: true, find: true, password: true, file: false, tables: true };

/// A PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostgresSpec {
    /// A name, an address, or (beginning with `/`) the folder of a Unix socket.
    pub host: String,
    /// The TCP port, or the number in the socket's name.
    pub port: u16,
    /// The database's name.
    pub database: String,
    /// The database user.
    pub user: String,
    /// How the connection is protected. Not used on a Unix socket.
    #[serde(default)]
    pub tls: TlsMode,
    /// Authorities to trust besides the system's and the web's, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// A client certificate in PEM; needs `client_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert: Option<PathBuf>,
    /// The client certificate's key in PEM, not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<PathBuf>,
    /// Schemas to look in, in order. Empty: as the server has it set for the user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_path: Vec<String>,
}

/// PostgreSQL's port.
pub(super) const POSTGRES_PORT: u16 = 5432;

impl Default for PostgresSpec {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: POSTGRES_PORT,
            database: String::new(),
            user: String::new(),
            tls: TlsMode::default(),
            ca_file: None,
            client_cert: None,
            client_key: None,
            search_path: Vec::new(),
        }
    }
}

impl PostgresSpec {
    /// Whether the host is the folder of a Unix socket.
    pub fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Where it is, for messages: `host:port`, or the path of the socket.
    pub(crate) fn place(&self) -> String {
        if self.is_socket() {
            format!("{}/.s.PGSQL.{}", self.host.trim_end_matches('/'), self.port)
        } else if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}
