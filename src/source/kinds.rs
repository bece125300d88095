//! The kinds of source. A new one is a folder beside this file, and one line in the table below.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::capabilities::Capabilities;
use super::file::FileSpec;
use super::form::Values;
use super::kind::{About, Kind, Tile};
use super::mssql::MssqlSpec;
use super::mysql::MysqlSpec;
use super::pasted::Pasted;
use super::postgres::PostgresSpec;
use super::sqlite::SqliteSpec;
use super::{Source, SourceError};

macro_rules! sources {
    ($($(#[$about:meta])* $kind:ident($spec:ty),)+) => {
        /// The kinds of source.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SourceKind {
            $($(#[$about])* $kind,)+
        }

        /// Where people are today, without the password. Kept in the workspace; a new kind of source is a new variant.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum SourceSpec {
            $($(#[$about])* $kind($spec),)+
        }

        impl SourceKind {
            /// Every kind, in the order of the screen.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// What the kind says of itself.
            pub fn about(self) -> &'static About {
                match self {
                    $(Self::$kind => &<$spec as Kind>::ABOUT,)+
                }
            }

            /// What the form holds before anything is typed.
            pub fn blank(self) -> Values {
                match self {
                    $(Self::$kind => <$spec>::default().values(),)+
                }
            }

            /// What a form says, without the password.
            pub fn spec(self, values: &Values) -> SourceSpec {
                match self {
                    $(Self::$kind => SourceSpec::$kind(<$spec>::from_values(values)),)+
                }
            }

            /// What is missing or wrong in a form, the first of it; `None` when it may be tested.
            pub fn missing(self, values: &Values) -> Option<&'static str> {
                let wrong = match self {
                    $(Self::$kind => <$spec>::wrong,)+
                };
                values.missing(&self.about().form).or_else(|| wrong(values))
            }

            /// Whether a connection string of these names and values is one of this kind.
            pub(super) fn is_written(self, pairs: &[(String, String)]) -> bool {
                match self {
                    $(Self::$kind => <$spec>::is_written(pairs),)+
                }
            }

            /// Understands what was pasted, which is of this kind.
            pub(super) fn parse(
                self,
                pasted: &Pasted<'_>,
            ) -> Result<(SourceSpec, Option<SecretString>), SourceError> {
                match self {
                    $(Self::$kind => {
                        let (spec, password) = <$spec>::parse(pasted)?;
                        Ok((SourceSpec::$kind(spec), password))
                    })+
                }
            }
        }

        impl SourceSpec {
            /// Which kind it is.
            pub fn kind(&self) -> SourceKind {
                match self {
                    $(Self::$kind(_) => SourceKind::$kind,)+
                }
            }

            /// What the form's fields hold.
            pub fn values(&self) -> Values {
                match self {
                    $(Self::$kind(spec) => spec.values(),)+
                }
            }

            /// The connection URL, without any password. [`SourceSpec::parse_url`] reads it back to the same value.
            pub fn to_url(&self) -> String {
                match self {
                    $(Self::$kind(spec) => spec.to_url(),)+
                }
            }

            /// One line for the rail: `PostgreSQL · example_db`, `SQLite · people.db`.
            pub fn summary(&self) -> String {
                match self {
                    $(Self::$kind(spec) => spec.summary(),)+
                }
            }

            /// A short name for what is made from it (the label group, a workspace's title): the database's or the file's own.
            pub fn short_name(&self) -> String {
                match self {
                    $(Self::$kind(spec) => spec.short_name(),)+
                }
            }

            /// What is connected to, for the line beside the spinner: a host or a file.
            pub fn whereabouts(&self) -> String {
                match self {
                    $(Self::$kind(spec) => spec.whereabouts(),)+
                }
            }

            /// The name its password has in the keychain; `None` for kinds that have no password.
            ///
            /// Only what the password belongs to is in the name (server, database, user), so that it is found again when another
            /// setting changes.
            pub fn secret_name(&self) -> Option<String> {
                match self {
                    $(Self::$kind(spec) => spec.secret_name(),)+
                }
            }

            /// The file it is, where it is one.
            pub fn path(&self) -> Option<&Path> {
                match self {
                    $(Self::$kind(spec) => spec.path(),)+
                }
            }

            pub(super) fn open(&self, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError> {
                match self {
                    $(Self::$kind(spec) => spec.open(password),)+
                }
            }
        }
    };
}

sources! {
    /// A PostgreSQL database.
    Postgres(PostgresSpec),
    /// A MySQL or MariaDB database.
    Mysql(MysqlSpec),
    /// A SQL Server or Azure SQL database.
    Mssql(MssqlSpec),
    /// A SQLite file.
    Sqlite(SqliteSpec),
    /// A file that somebody exported.
    File(FileSpec),
}

impl SourceKind {
    /// What it can be asked.
    pub fn can(self) -> Capabilities {
        self.about().can
    }
}

impl SourceSpec {
    /// What is offered on the screen as this: of a kind of files the tile of the file's ending.
    pub fn tile(&self) -> &'static Tile {
        let tiles = self.kind().about().tiles;
        let ending = self.path().and_then(Path::extension).map(|e| e.to_string_lossy().to_lowercase());
        let of_ending = tiles.iter().find(|tile| ending.iter().any(|e| tile.endings.contains(&e.as_str())));
        of_ending.unwrap_or(&tiles[0])
    }

    /// The same with fields of the form set by their command-line flags. A flag of another kind is an error.
    pub fn with_flags<'a>(
        &self,
        flags: impl IntoIterator<Item = (&'a str, String)>,
    ) -> Result<Self, SourceError> {
        let kind = self.kind();
        let mut values = self.values();
        let mut any = false;
        for (flag, text) in flags {
            let Some(field) = kind.about().form.fields().find(|field| field.flag == Some(flag)) else {
                return Err(SourceError::FlagOfOtherKind { flag: flag.to_owned(), kind: kind.about().name });
            };
            values.set(field.id, text);
            any = true;
        }
        if !any {
            return Ok(self.clone());
        }
        match kind.missing(&values) {
            Some(why) => Err(SourceError::BadFlags { why }),
            None => Ok(kind.spec(&values)),
        }
    }
}
