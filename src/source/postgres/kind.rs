//! What is said of a PostgreSQL database, its form, and how it is written in one line.

use std::sync::Arc;

use secrecy::SecretString;

use super::source::PostgresSource;
use super::spec::{CAN, PostgresSpec};
use super::url;
use crate::source::form::{Choice, Field, Form, Input, PEM, Row, Values};
use crate::source::kind::{About, Group, Kind, Tile, UrlForms};
use crate::source::pasted::Pasted;
use crate::source::tls::client_certificate_is_half;
use crate::source::{Source, SourceError, TlsMode, guard};

impl Kind for PostgresSpec {
    const ABOUT: About = About {
        name: "PostgreSQL",
        tiles: &[Tile {
            monogram: "Pg",
            title: "PostgreSQL",
            note: "Tables, views, your SQL",
            group: Group::Database,
            words: &[
                "postgres",
                "psql",
                "pg",
                "Supabase",
                "Keycloak",
                "Odoo",
                "Discourse",
                "GitLab",
                "Mastodon",
                "Mattermost",
                "Gitea",
                "Forgejo",
                "Nextcloud",
                "Moodle",
                "Ory Kratos",
                "FusionAuth",
                "Django",
                "Rails",
                "Devise",
                "Spring",
                "Strapi",
                "Aurora",
                "RDS",
                "Cloud SQL",
                "Neon",
                "CockroachDB",
                "TimescaleDB",
            ],
            endings: &[],
        }],
        form: FORM,
        can: CAN,
        url: UrlForms {
            schemes: &["postgres", "postgresql"],
            programs: &["psql", "pg_dump"],
            any_file: false,
            example: "postgres://user@host:5432/database",
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
            .with_list("schemas", &self.search_path)
    }

    fn from_values(values: &Values) -> Self {
        Self {
            host: values.trimmed("host").to_owned(),
            port: values.trimmed("port").parse().unwrap_or_default(),
            database: values.trimmed("database").to_owned(),
            user: values.trimmed("user").to_owned(),
            tls: TlsMode::of(values.get("tls")),
            ca_file: values.path("ca"),
            client_cert: values.path("client-cert"),
            client_key: values.path("client-key"),
            search_path: values.list("schemas"),
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
        format!("PostgreSQL · {}", self.database)
    }

    fn short_name(&self) -> String {
        self.database.clone()
    }

    fn whereabouts(&self) -> String {
        self.host.clone()
    }

    fn secret_name(&self) -> Option<String> {
        Some(format!("source-password/postgres://{}@{}/{}", self.user, self.place(), self.database))
    }

    fn open(&self, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(guard::Guarded::new(PostgresSource::new(self.clone(), password))))
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
                    Choice { value: "verify-full", words: "Verify certificate and host", warning: "" },
                    Choice {
                        value: "require",
                        words: "Require, don't verify",
                        warning: "Encrypted, but the server's identity isn't verified. Fine on a network you trust.",
                    },
                    Choice {
                        value: "off",
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
            fields: &[
                Field {
                    hint: "ca.pem",
                    flag: Some("source-ca"),
                    input: PEM,
                    ..Field::text("ca", "Custom CA certificate (PEM)")
                },
                Field {
                    beside: "comma-separated; leave empty for the server default",
                    hint: "public, hr",
                    ..Field::text("schemas", "Schemas")
                },
            ],
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
    more: "Certificates and schemas",
    note: "",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceSpec;

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
}
