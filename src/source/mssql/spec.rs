//! What is kept of a SQL Server database: where it is and who reads it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::source::TlsMode;
use crate::source::capabilities::Capabilities;

/// What a SQL Server database can be asked.
pub(super) const CAN: Capabilities =
    Capabilities { sql: true, find: true, password: true, file: false, tables: true };

/// A SQL Server or Azure SQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MssqlSpec {
    /// A name or an address; with `\INSTANCE` behind it where an instance has a name.
    pub host: String,
    /// The TCP port. Of a named instance, [`MSSQL_PORT`] means that the server's SQL Browser is asked for it.
    pub port: u16,
    /// The database's name.
    pub database: String,
    /// The SQL Server login.
    pub user: String,
    /// How the connection is protected. [`TlsMode::Off`] still encrypts the sign-in, as SQL Server does.
    #[serde(default)]
    pub tls: TlsMode,
    /// Whether TLS stands before anything else is said (TDS 8.0, `encrypt=strict`). Always with [`TlsMode::VerifyFull`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// Authorities to trust besides the system's and the web's, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The name the certificate was made for, where it is another than the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_name: Option<String>,
}

/// SQL Server's port.
pub(crate) const MSSQL_PORT: u16 = 1433;

impl Default for MssqlSpec {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: MSSQL_PORT,
            database: String::new(),
            user: String::new(),
            tls: TlsMode::default(),
            strict: false,
            ca_file: None,
            certificate_name: None,
        }
    }
}

impl MssqlSpec {
    /// The computer's name or address, without the instance.
    pub fn computer(&self) -> &str {
        self.host.split_once('\\').map_or(&self.host, |(computer, _)| computer)
    }

    /// The instance's name, where its port must be asked for. A port that is named says more.
    pub fn instance(&self) -> Option<&str> {
        let (_, instance) = self.host.split_once('\\')?;
        (self.port == MSSQL_PORT && !instance.eq_ignore_ascii_case("MSSQLSERVER")).then_some(instance)
    }

    /// Where it is, for messages: `host:port`, or `host\INSTANCE`.
    pub(crate) fn place(&self) -> String {
        match self.instance() {
            Some(_) => self.host.clone(),
            None if self.computer().contains(':') => format!("[{}]:{}", self.computer(), self.port),
            None => format!("{}:{}", self.computer(), self.port),
        }
    }
}
