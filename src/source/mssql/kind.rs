//! What is said of a SQL Server database, its form, and how it is written in one line.

use std::sync::Arc;

use secrecy::SecretString;

use super::source::MssqlSource;
use super::spec::{CAN, MssqlSpec};
use super::url;
use crate::source::form::{Choice, Field, Form, Input, PEM, Row, Values};
use crate::source::kind::{About, Group, Kind, Tile, UrlForms};
use crate::source::pasted::Pasted;
use crate::source::{Source, SourceError, TlsMode, guard};

impl Kind for MssqlSpec {
    const ABOUT: About = About {
        name: "SQL Server",
        tiles: &[Tile {
            monogram: "MS",
            title: "SQL Server",
            note: "Azure SQL too",
            group: Group::Database,
            words: &[
                "mssql",
                "Microsoft",
                "T-SQL",
                "sqlcmd",
                "Azure SQL",
                "ASP.NET Identity",
                "ASP.NET Membership",
                "DotNetNuke",
                "DNN",
                "Umbraco",
                "Sitecore",
                "nopCommerce",
                "Kentico",
                "Dynamics",
                "SQL Express",
                "RDS",
            ],
            endings: &[],
        }],
        form: FORM,
        can: CAN,
        url: UrlForms {
            schemes: &["mssql", "sqlserver", "mssql+pyodbc", "mssql+pymssql"],
            programs: &["sqlcmd", "bcp"],
            any_file: false,
            example: "mssql://user@host:1433/database",
        },
        exports: &[],
    };

    fn values(&self) -> Values {
        Values::default()
            .with("host", &self.host)
            .with("port", self.port.to_string())
            .with("database", &self.database)
            .with("user", &self.user)
            .with("tls", if self.strict { "strict" } else { self.tls.value() })
            .with_path("ca", self.ca_file.as_ref())
            .with("certificate-name", self.certificate_name.as_deref().unwrap_or_default())
    }

    fn from_values(values: &Values) -> Self {
        Self {
            host: values.trimmed("host").to_owned(),
            port: values.trimmed("port").parse().unwrap_or_default(),
            database: values.trimmed("database").to_owned(),
            user: values.trimmed("user").to_owned(),
            tls: TlsMode::of(values.get("tls")),
            strict: values.get("tls") == "strict",
            ca_file: values.path("ca"),
            certificate_name: Some(values.trimmed("certificate-name"))
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        }
    }

    fn is_written(names: &[(String, String)]) -> bool {
        url::is_connection_string(names)
    }

    fn parse(pasted: &Pasted<'_>) -> Result<(Self, Option<SecretString>), SourceError> {
        url::parse(pasted)
    }

    fn to_url(&self) -> String {
        url::of(self)
    }

    fn summary(&self) -> String {
        format!("SQL Server · {}", self.database)
    }

    fn short_name(&self) -> String {
        self.database.clone()
    }

    fn whereabouts(&self) -> String {
        self.host.clone()
    }

    fn secret_name(&self) -> Option<String> {
        Some(format!("source-password/mssql://{}@{}/{}", self.user, self.place(), self.database))
    }

    fn open(&self, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(guard::Guarded::new(MssqlSource::new(self.clone(), password))))
    }
}

const FORM: Form = Form {
    rows: &[
        Row {
            fields: &[
                Field {
                    hint: r"db01.corp.example or db01\SQLEXPRESS",
                    share: 455.0,
                    needed: Some("Type the server's name first"),
                    ..Field::text("host", "Host")
                },
                Field { share: 159.0, input: Input::Port, ..Field::text("port", "Port") },
                Field {
                    share: 296.0,
                    needed: Some("Type the database's name first"),
                    ..Field::text("database", "Database")
                },
            ],
            more: false,
        },
        Row {
            fields: &[
                Field {
                    hint: "a SQL Server login with permission to read",
                    share: 455.0,
                    needed: Some("Type the user name first"),
                    ..Field::text("user", "User name")
                },
                Field { share: 471.0, input: Input::Password, ..Field::text("password", "Password") },
            ],
            more: false,
        },
        Row {
            fields: &[Field {
                input: Input::Choice(&[
                    Choice { value: "verify-full", words: "Verify certificate and host", warning: "" },
                    Choice { value: "strict", words: "Strict (TDS 8.0)", warning: "" },
                    Choice {
                        value: "require",
                        words: "Require, don't verify",
                        warning: "Encrypted, but the server's identity isn't verified. Fine on a network you trust.",
                    },
                    Choice {
                        value: "off",
                        words: "Off",
                        warning: "Only signing in is encrypted. Password hashes will travel this network in the clear. Use it only on \
                                  this computer or inside a tunnel.",
                    },
                ]),
                ..Field::text("tls", "Encryption")
            }],
            more: false,
        },
        Row {
            fields: &[
                Field {
                    hint: "ca.pem",
                    flag: Some("source-ca"),
                    input: PEM,
                    ..Field::text("ca", "Custom CA certificate (PEM)")
                },
                Field {
                    beside: "where it isn't the host's",
                    hint: "sql.corp.example",
                    ..Field::text("certificate-name", "Name in the certificate")
                },
            ],
            more: true,
        },
    ],
    more: "Certificates",
    note: "",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceSpec;

    #[test]
    fn survives_json_and_the_form() {
        let spec = MssqlSpec {
            host: r"db01\SQLEXPRESS".into(),
            database: "Portal".into(),
            user: "reader".into(),
            strict: true,
            certificate_name: Some("sql.corp.example".into()),
            ..MssqlSpec::default()
        };
        assert_eq!(MssqlSpec::from_values(&spec.values()), spec);
        let spec = SourceSpec::Mssql(spec);
        let json = serde_json::to_string(&spec).unwrap();
        assert_eq!(serde_json::from_str::<SourceSpec>(&json).unwrap(), spec);
        assert_eq!(spec.summary(), "SQL Server · Portal");
        assert_eq!(spec.secret_name().unwrap(), r"source-password/mssql://reader@db01\SQLEXPRESS/Portal");
    }

    #[test]
    fn a_port_that_is_named_says_more_than_an_instance() {
        let spec = |host: &str, port| MssqlSpec { host: host.into(), port, ..MssqlSpec::default() };
        assert_eq!(spec(r"db\A", 1433).instance(), Some("A"));
        assert_eq!(spec(r"db\A", 1500).instance(), None);
        assert_eq!(spec(r"db\A", 1500).place(), "db:1500");
        // The one without a name.
        assert_eq!(spec(r"db\MSSQLSERVER", 1433).instance(), None);
        assert_eq!(spec("db", 1433).place(), "db:1433");
        assert_eq!(spec("2001:db8::1", 1433).place(), "[2001:db8::1]:1433");
    }
}
