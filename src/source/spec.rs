//! What the form of a source holds: where it is and who reads it, never the password.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Encrypted; the certificate must be trusted and made for this host. What a URL means that says nothing.
    #[default]
    VerifyFull,
    /// Encrypted; whoever answers is believed.
    Require,
    /// Not encrypted. Passwords' hashes travel in the clear: the window warns.
    Off,
}

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
pub(crate) const POSTGRES_PORT: u16 = 5432;

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

/// A SQLite file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SqliteSpec {
    /// The file.
    pub path: PathBuf,
}

/// The kinds of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// PostgreSQL.
    Postgres,
    /// A SQLite file.
    Sqlite,
}

impl SourceKind {
    /// Every kind, in the order of the screen.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// What the screen calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite file",
        }
    }
}

/// Where people are today, without the password. Kept in the workspace; a new kind of source is a new variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceSpec {
    /// A PostgreSQL database.
    Postgres(PostgresSpec),
    /// A SQLite file.
    Sqlite(SqliteSpec),
}

impl SourceSpec {
    /// Which kind it is.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Postgres(_) => SourceKind::Postgres,
            Self::Sqlite(_) => SourceKind::Sqlite,
        }
    }

    /// One line for the rail: `PostgreSQL · example_db`, `SQLite · people.db`.
    pub fn summary(&self) -> String {
        match self {
            Self::Postgres(spec) => format!("PostgreSQL · {}", spec.database),
            Self::Sqlite(spec) => {
                let name = spec.path.file_name().unwrap_or(spec.path.as_os_str());
                format!("SQLite · {}", name.to_string_lossy())
            }
        }
    }

    /// A short name for what is made from it (the label group, a workspace's title): the database's or the file's own.
    pub fn short_name(&self) -> String {
        match self {
            Self::Postgres(spec) => spec.database.clone(),
            Self::Sqlite(spec) => spec.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// The name its password has in the keychain; `None` for kinds that have no password.
    ///
    /// Only what the password belongs to is in the name (server, database, user), so that it is found again when another
    /// setting changes.
    pub fn secret_name(&self) -> Option<String> {
        match self {
            Self::Postgres(spec) => {
                Some(format!("source-password/postgres://{}@{}/{}", spec.user, spec.place(), spec.database))
            }
            Self::Sqlite(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_json_and_says_what_it_is() {
        let spec = SourceSpec::Postgres(PostgresSpec {
            host: "db01.corp.example".into(),
            database: "example_db".into(),
            user: "readonly_hr".into(),
            search_path: vec!["hr".into()],
            ..PostgresSpec::default()
        });
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(
            json,
            r#"{"kind":"postgres","host":"db01.corp.example","port":5432,"database":"example_db","user":"readonly_hr","tls":"verify-full","search_path":["hr"]}"#
        );
        assert_eq!(serde_json::from_str::<SourceSpec>(&json).unwrap(), spec);
        assert_eq!(spec.summary(), "PostgreSQL · example_db");
        assert_eq!(
            spec.secret_name().unwrap(),
            "source-password/postgres://readonly_hr@db01.corp.example:5432/example_db"
        );
    }

    #[test]
    fn a_file_is_named_by_its_name() {
        let spec = SourceSpec::Sqlite(SqliteSpec { path: "/data/Máire O'Neill.db".into() });
        assert_eq!(spec.summary(), "SQLite · Máire O'Neill.db");
        assert_eq!(spec.short_name(), "Máire O'Neill");
        assert_eq!(spec.secret_name(), None);
    }
}
