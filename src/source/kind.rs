//! What a kind of source says of itself. Everything outside this room that differs from kind to kind is drawn from it.

use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use super::capabilities::Capabilities;
use super::error::SourceError;
use super::form::{Form, Values};
use super::pasted::Pasted;
use super::seam::Source;

/// What a kind says of itself.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// What messages call it, e.g. `PostgreSQL`.
    pub name: &'static str,
    /// How the screen offers it; never empty.
    pub tiles: &'static [Tile],
    /// What is typed for it.
    pub form: Form,
    /// What it can be asked.
    pub can: Capabilities,
    /// How it is written in one line.
    pub url: UrlForms,
    /// Products whose exports map themselves, where it is a file.
    pub exports: &'static [&'static str],
}

/// One way a kind is offered: a kind that reads several formats has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Two or three signs.
    pub monogram: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The line under the title.
    pub note: &'static str,
    /// Where it stands.
    pub group: Group,
    /// More words it is found by: products whose people are kept so, other names.
    pub words: &'static [&'static str],
    /// The endings of its files, without the dot, in small letters; none where it is no file.
    pub endings: &'static [&'static str],
}

/// The groups of the screen, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Databases.
    Database,
    /// Files.
    File,
}

impl Group {
    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "Database",
            Self::File => "File",
        }
    }
}

/// How a kind is written in one line.
#[derive(Debug, Clone, Copy)]
pub struct UrlForms {
    /// What stands before the colon of a URL, in small letters.
    pub schemes: &'static [&'static str],
    /// Programs whose command line says where it is, e.g. `psql`.
    pub programs: &'static [&'static str],
    /// Whether a file of an ending that nobody knows is one of this kind. Of one kind only.
    pub any_file: bool,
    /// A URL of this kind, for the help.
    pub example: &'static str,
}

/// A kind: what its form holds, and what is made of that.
pub(crate) trait Kind: Sized + Default {
    /// What it says of itself.
    const ABOUT: About;

    /// What the form's fields hold.
    fn values(&self) -> Values;

    /// What the form says. Fields that can't be understood are as good as empty: [`Values::missing`] has told them before.
    fn from_values(values: &Values) -> Self;

    /// What is wrong with fields that don't fit each other.
    fn wrong(values: &Values) -> Option<&'static str> {
        let _ = values;
        None
    }

    /// Whether a connection string (`Server=…;Database=…`) of these names and values is one of this kind.
    fn is_written(pairs: &[(String, String)]) -> bool {
        let _ = pairs;
        false
    }

    /// Understands what was pasted; it is of this kind. The password, where there is one, comes apart.
    fn parse(pasted: &Pasted<'_>) -> Result<(Self, Option<SecretString>), SourceError>;

    /// The connection URL, without any password. [`Kind::parse`] reads it back to the same value.
    fn to_url(&self) -> String;

    /// One line for the rail, e.g. `PostgreSQL · example_db`.
    fn summary(&self) -> String;

    /// A short name for what is made from it: the database's or the file's own.
    fn short_name(&self) -> String;

    /// What is connected to, for the line beside the spinner: a host or a file.
    fn whereabouts(&self) -> String;

    /// The name its password has in the keychain; `None` where there is none. Only what the password belongs to is in the name, so
    /// that it is found again when another setting changes.
    fn secret_name(&self) -> Option<String> {
        None
    }

    /// The file it is, where it is one.
    fn path(&self) -> Option<&Path> {
        None
    }

    /// The source. Nothing is connected to or opened yet; an error is a description that can't be right.
    fn open(&self, password: Option<SecretString>) -> Result<Arc<dyn Source>, SourceError>;
}
