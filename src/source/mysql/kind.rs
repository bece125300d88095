//! What is said of a MySQL database, its form, and how it is written in one line.

use std::sync::Arc;

use secrecy::SecretString;

use super::source::MysqlSource;
use super::spec::{CAN, MysqlSpec, MysqlTls};
use super::url;
use crate::source::form::{Choice, Field, Form, Input, PEM, Row, Values};
use crate::source::kind::{About, Group, Kind, Tile, UrlForms};
use crate::source::pasted::Pasted;
use crate::source::tls::client_certificate_is_half;
use crate::source::{Source, SourceError, guard};

impl Kind for MysqlSpec {
    const ABOUT: About = About {
        name: "MySQL",
        tiles: &[Tile {
            monogram: "My",
            title: "MySQL, MariaDB",
            note: "Tables, views, your SQL",
            group: Group::Database,
            words: &[
                "Percona",
                "Aurora",
                "RDS",
                "Cloud SQL",
                "PlanetScale",
                "TiDB",
                "Galera",
                "WordPress",
                "Drupal",
                "Joomla",
                "Magento",
                "PrestaShop",
                "MediaWiki",
                "phpBB",
                "Moodle",
                "Nextcloud",
                "ownCloud",
                "Laravel",
                "Symfony",
                "Keycloak",
                "Django",
                "Rails",
                "Spring",
                "Ghost",
                "Strapi",
                "ERPNext",
                "Gitea",
                "Forgejo",
                "FusionAuth",
                "TYPO3",
                "vBulletin",
                "Matomo",
                "SuiteCRM",
                "ISPConfig",
            ],
            endings: &[],
        }],
        form: FORM,
        can: CAN,
        url: UrlForms {
            schemes: &[
                "mysql",
                "mariadb",
                "mysql2",
                "mysql+pymysql",
                "mysql+mysqldb",
                "mysql+mysqlconnector",
                "mariadb+mariadbconnector",
                "mariadb+pymysql",
            ],
            programs: &["mysql", "mariadb", "mysqldump", "mariadb-dump", "mysqlsh"],
            any_file: false,
            example: "mysql://user@host:3306/database",
        },
        exports: &[],
    };

    fn values(&self) -> Values {
        Values::default()
            .with("host", &self.host)
            .with("port", self.port.to_string())
            .with("database", &self.database)
            .with("user", &self.user)
            .with("tls", self.tls.value())
            .with_path("ca", self.ca_file.as_ref())
            .with_path("client-cert", self.client_cert.as_ref())
            .with_path("client-key", self.client_key.as_ref())
    }

    fn from_values(values: &Values) -> Self {
        Self {
            host: values.trimmed("host").to_owned(),
            port: values.trimmed("port").parse().unwrap_or_default(),
            database: values.trimmed("database").to_owned(),
            user: values.trimmed("user").to_owned(),
            tls: MysqlTls::of(values.get("tls")).unwrap_or_default(),
            ca_file: values.path("ca"),
            client_cert: values.path("client-cert"),
            client_key: values.path("client-key"),
        }
    }

    fn wrong(values: &Values) -> Option<&'static str> {
        client_certificate_is_half(values)
    }

    fn parse(pasted: &Pasted<'_>) -> Result<(Self, Option<SecretString>), SourceError> {
        url::parse(pasted)
    }

    fn to_url(&self) -> String {
        url::of(self)
    }

    fn summary(&self) -> String {
        format!("MySQL · {}", self.database)
    }

    fn short_name(&self) -> String {
        self.database.clone()
    }

    fn whereabouts(&self) -> String {
        self.host.clone()
    }

    fn secret_name(&self) -> Option<String> {
        Some(format!("source-password/mysql://{}@{}/{}", self.user, self.place(), self.database))
    }

    fn open(&self, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(guard::Guarded::new(MysqlSource::new(self.clone(), password))))
    }
}

const FORM: Form = Form {
    rows: &[
        Row {
            fields: &[
                Field {
                    hint: "db01.corp.example",
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
                    hint: "a user with permission to read is enough",
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
                    Choice { value: "verify-identity", words: "Verify certificate and host", warning: "" },
                    Choice {
                        value: "verify-ca",
                        words: "Verify certificate",
                        warning: "Encrypted, and the certificate must be trusted, but it may be another server's.",
                    },
                    Choice {
                        value: "required",
                        words: "Require, don't verify",
                        warning: "Encrypted, but the server's identity isn't verified. Fine on a network you trust.",
                    },
                    Choice {
                        value: "preferred",
                        words: "If offered",
                        warning: "In the clear where the server offers no encryption, and its identity isn't verified.",
                    },
                    Choice {
                        value: "disabled",
                        words: "Off",
                        warning: "Password hashes will travel this network in the clear. Use it only on this computer or inside a \
                                  tunnel.",
                    },
                ]),
                ..Field::text("tls", "Encryption")
            }],
            more: false,
        },
        Row {
            fields: &[Field {
                hint: "ca.pem",
                flag: Some("source-ca"),
                input: PEM,
                ..Field::text("ca", "Custom CA certificate (PEM)")
            }],
            more: true,
        },
        Row {
            fields: &[
                Field {
                    hint: "client.pem",
                    flag: Some("source-cert"),
                    input: PEM,
                    ..Field::text("client-cert", "Client certificate (PEM)")
                },
                Field {
                    hint: "client.key",
                    flag: Some("source-key"),
                    input: PEM,
                    ..Field::text("client-key", "Client key (PEM)")
                },
            ],
            more: true,
        },
    ],
    more: "Certificates",
    note: "",
};
