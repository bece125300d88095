//! What is said of a SQLite file, its form, and how it is written in one line.

use std::path::Path;
use std::sync::Arc;

use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::source::SqliteSource;
use super::spec::{CAN, SqliteSpec};
use crate::source::form::{Field, Form, Input, Row, Values};
use crate::source::kind::{About, Group, Kind, Tile, UrlForms};
use crate::source::pasted::{Opt, Options, PATH, Pasted, bad, decode, file_path};
use crate::source::{Source, SourceError, guard};

impl Kind for SqliteSpec {
    const ABOUT: About = About {
        name: "SQLite",
        tiles: &[Tile {
            monogram: "Sl",
            title: "SQLite",
            note: "A file, opened read-only",
            group: Group::Database,
            words: &[
                "sqlite3",
                "Django",
                "Gitea",
                "Forgejo",
                "Ghost",
                "Strapi",
                "Nextcloud",
                "Laravel",
                "PocketBase",
                "Grafana",
            ],
            endings: &["db", "sqlite", "sqlite3", "db3"],
        }],
        form: Form {
            rows: &[Row {
                fields: &[Field {
                    hint: "people.db",
                    needed: Some("Choose the file first"),
                    input: Input::File {
                        title: "SQLite file",
                        kinds: &[
                            ("SQLite databases", &["db", "sqlite", "sqlite3", "db3"]),
                            ("All files", &["*"]),
                        ],
                    },
                    ..Field::text("path", "File")
                }],
                more: false,
            }],
            more: "",
            note: "The file is opened read-only, also while its own program is using it.",
        },
        can: CAN,
        url: UrlForms {
            schemes: &["sqlite", "sqlite3"],
            programs: &["sqlite3"],
            any_file: true,
            example: "sqlite:///folder/file.db",
        },
        exports: &[],
    };

    fn values(&self) -> Values {
        Values::default().with_path("path", Some(&self.path))
    }

    fn from_values(values: &Values) -> Self {
        Self { path: values.path("path").unwrap_or_default() }
    }

    fn parse(pasted: &Pasted<'_>) -> Result<(Self, Option<SecretString>), SourceError> {
        let path = match pasted {
            Pasted::Path(path) => file_path(path)?,
            Pasted::Pairs(_) => return Err(bad("it is another database's connection string")),
            Pasted::Url { rest } => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                let path = path.split_once('?').map_or(path, |(path, _)| path);
                file_path(&decode(path)?)?
            }
            Pasted::Command(words) => {
                let values = &["cmd", "init", "newline", "nullvalue", "separator"];
                let name = Options::new(words.clone(), "", values).find_map(|word| match word {
                    Opt::Name(name) => Some(name),
                    Opt::Short(..) | Opt::Long(..) => None,
                });
                file_path(&name.ok_or_else(|| bad("it names no file"))?)?
            }
        };
        Ok((Self { path }, None))
    }

    fn to_url(&self) -> String {
        let path = self.path.to_string_lossy();
        let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path.into_owned() };
        // Two slashes begin a URL's authority; a relative path goes without them.
        let slashes = if path.starts_with('/') { "//" } else { "" };
        format!("sqlite:{slashes}{}", utf8_percent_encode(&path, PATH))
    }

    fn summary(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        format!("SQLite · {}", name.to_string_lossy())
    }

    fn short_name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn whereabouts(&self) -> String {
        self.path.display().to_string()
    }

    fn path(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn open(&self, _: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
        Ok(Arc::new(guard::Guarded::new(SqliteSource::new(self.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::{SourceKind, SourceSpec};

    #[test]
    fn a_file_is_named_by_its_name() {
        let spec = SourceSpec::Sqlite(SqliteSpec { path: "/data/Máire O'Neill.db".into() });
        assert_eq!(spec.summary(), "SQLite · Máire O'Neill.db");
        assert_eq!(spec.short_name(), "Máire O'Neill");
        assert_eq!(spec.secret_name(), None);
    }

    #[test]
    fn sqlite_files() {
        let path = |url: &str| {
            let spec = SourceSpec::parse_url(url).unwrap().0;
            assert_eq!(spec.kind(), SourceKind::Sqlite, "{url}");
            spec.path().unwrap().to_string_lossy().into_owned()
        };
        assert_eq!(path("sqlite:///data/my%20people.db?mode=ro"), "/data/my people.db");
        assert_eq!(path("sqlite:people.db"), "people.db");
        assert_eq!(path("/data/people.db"), "/data/people.db");
        assert_eq!(path("file:///data/people.db"), "/data/people.db");
        assert_eq!(path(r"C:\data\people.db"), r"C:\data\people.db");
        assert_eq!(path("sqlite:///data/李伟 100%25.db"), "/data/李伟 100%.db");
        assert_eq!(path("sqlite3 -readonly 'my people.db' .tables"), "my people.db");
        assert_eq!(path("jdbc:sqlite:/data/people.db"), "/data/people.db");
    }

    proptest! {
        #[test]
        fn file_to_url_reads_back(path in "/?[^\0:/? ][^\0]{0,20}") {
            prop_assume!(!path.starts_with("//") && !path.starts_with("jdbc"));
            let spec = SourceSpec::Sqlite(SqliteSpec { path: path.into() });
            prop_assert_eq!(SourceSpec::parse_url(&spec.to_url()).unwrap().0, spec);
        }
    }
}
