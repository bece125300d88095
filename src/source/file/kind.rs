//! What a file says of itself as a kind of source.

use std::path::Path;
use std::sync::Arc;

use percent_encoding::utf8_percent_encode;
use secrecy::SecretString;

use super::pool::FileStage;
use super::spec::{CAN, FileSpec, delimiter_of, encoding_of};
use crate::source::form::{Choice, Field, Form, Input, Row, Values};
use crate::source::kind::{About, Group, Kind, Tile, UrlForms};
use crate::source::pasted::{PATH, Pasted, bad, decode, file_path};
use crate::source::sqlite::SqliteSource;
use crate::source::{Source, SourceError, guard};

/// What the system's dialog offers.
const KINDS: &[(&str, &[&str])] = &[
    ("Exports", &["csv", "tsv", "tab", "txt", "xlsx", "json", "jsonl", "ndjson", "ldif", "sql"]),
    ("All files", &["*"]),
];

const fn choice(value: &'static str, words: &'static str) -> Choice {
    Choice { value, words, warning: "" }
}

fn checked(spec: FileSpec) -> Result<FileSpec, SourceError> {
    match FileSpec::wrong(&spec.values()) {
        Some(why) => Err(bad(why)),
        None => Ok(spec),
    }
}

impl Kind for FileSpec {
    const ABOUT: About = About {
        name: "File",
        tiles: &[
            Tile {
                monogram: "Cs",
                title: "CSV",
                note: "Commas, semicolons or tabs",
                group: Group::File,
                words: &[
                    "TSV",
                    "text",
                    "spreadsheet",
                    "export",
                    "Okta",
                    "Entra",
                    "Google Workspace",
                    "Clerk",
                    "Supabase",
                ],
                endings: &["csv", "tsv", "tab", "txt"],
            },
            Tile {
                monogram: "Xl",
                title: "Excel",
                note: "Each sheet is a table",
                group: Group::File,
                words: &["xlsx", "workbook", "spreadsheet", "LibreOffice"],
                endings: &["xlsx"],
            },
            Tile {
                monogram: "Js",
                title: "JSON",
                note: "A list, or a line for each",
                group: Group::File,
                words: &[
                    "JSON lines",
                    "NDJSON",
                    "Auth0",
                    "Firebase",
                    "Keycloak",
                    "Cognito",
                    "Kratos",
                    "FusionAuth",
                    "MongoDB",
                ],
                endings: &["json", "jsonl", "ndjson"],
            },
            Tile {
                monogram: "Ld",
                title: "LDIF",
                note: "A directory's entries",
                group: Group::File,
                words: &["LDAP", "OpenLDAP", "Active Directory", "389", "slapcat"],
                endings: &["ldif"],
            },
            Tile {
                monogram: "Sq",
                title: "SQL dump",
                note: "pg_dump, mysqldump",
                group: Group::File,
                words: &["backup", "WordPress", "PostgreSQL", "MySQL", "MariaDB", "SQLite"],
                endings: &["sql"],
            },
        ],
        form: Form {
            rows: &[
                Row {
                    fields: &[Field {
                        hint: "people.csv",
                        needed: Some("Choose the file first"),
                        input: Input::File { title: "File with people", kinds: KINDS },
                        ..Field::text("path", "File")
                    }],
                    more: false,
                },
                Row {
                    fields: &[Field {
                        beside: "groups or passwords; may be empty",
                        hint: "groups.csv",
                        flag: Some("with"),
                        input: Input::File { title: "Second file", kinds: KINDS },
                        ..Field::text("with", "Second file")
                    }],
                    more: false,
                },
                Row {
                    fields: &[Field {
                        flag: Some("no-header"),
                        input: Input::Choice(&[
                            choice("", "Detect"),
                            choice("yes", "Names the columns"),
                            choice("no", "Is a person"),
                        ]),
                        ..Field::text("header", "First row")
                    }],
                    more: false,
                },
                Row {
                    fields: &[Field {
                        flag: Some("encoding"),
                        input: Input::Choice(&[
                            choice("", "Detect"),
                            choice("utf-8", "UTF-8"),
                            choice("utf-16le", "UTF-16 LE"),
                            choice("utf-16be", "UTF-16 BE"),
                            choice("windows-1252", "Windows-1252"),
                        ]),
                        ..Field::text("encoding", "Encoding")
                    }],
                    more: true,
                },
                Row {
                    fields: &[Field {
                        flag: Some("delimiter"),
                        input: Input::Choice(&[
                            choice("", "Detect"),
                            choice("comma", "Comma"),
                            choice("semicolon", "Semicolon"),
                            choice("tab", "Tab"),
                            choice("pipe", "Pipe |"),
                        ]),
                        ..Field::text("delimiter", "Delimiter")
                    }],
                    more: true,
                },
                Row {
                    fields: &[Field {
                        beside: "of a workbook; empty: all of them",
                        flag: Some("sheet"),
                        ..Field::text("sheet", "Sheet")
                    }],
                    more: true,
                },
            ],
            more: "Encoding, delimiter, sheet",
            note: "The file is only read. It is read again when it changes.",
        },
        can: CAN,
        url: UrlForms {
            schemes: &["export"],
            programs: &[],
            any_file: false,
            example: "file:///folder/people.csv",
        },
        exports: &[
            "Auth0",
            "Firebase",
            "Keycloak",
            "Cognito",
            "Okta",
            "Entra",
            "Google Workspace",
            "Ory Kratos",
            "FusionAuth",
            "Supabase",
            "Clerk",
            "WordPress",
        ],
    };

    fn values(&self) -> Values {
        let header = match self.header {
            None => "",
            Some(true) => "yes",
            Some(false) => "no",
        };
        Values::default()
            .with_path("path", Some(&self.path))
            .with_path("with", self.with.as_ref())
            .with("encoding", self.encoding.clone().unwrap_or_default())
            .with("delimiter", self.delimiter.clone().unwrap_or_default())
            .with("header", header)
            .with("sheet", self.sheet.clone().unwrap_or_default())
    }

    fn from_values(values: &Values) -> Self {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Self {
            path: values.path("path").unwrap_or_default(),
            encoding: some(values.trimmed("encoding")),
            // A tab or a blank is a delimiter.
            delimiter: some(values.get("delimiter")),
            sheet: some(values.trimmed("sheet")),
            header: match values.trimmed("header") {
                "no" => Some(false),
                "" => None,
                _ => Some(true),
            },
            with: values.path("with"),
        }
    }

    fn wrong(values: &Values) -> Option<&'static str> {
        let (encoding, delimiter) = (values.trimmed("encoding"), values.get("delimiter"));
        if !encoding.is_empty() && encoding_of(encoding).is_none() {
            return Some("There is no such encoding; utf-8, utf-16le and windows-1252 are three");
        }
        if !delimiter.is_empty() && delimiter_of(delimiter).is_none() {
            return Some("The delimiter is one sign like , or ; or one of comma, semicolon, tab and pipe");
        }
        None
    }

    fn parse(pasted: &Pasted<'_>) -> Result<(Self, Option<SecretString>), SourceError> {
        let mut spec = Self::default();
        match pasted {
            Pasted::Path(path) => spec.path = file_path(path)?,
            Pasted::Url { rest } => {
                let rest = rest.strip_prefix("//").unwrap_or(rest);
                let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
                spec.path = file_path(&decode(path)?)?;
                for (name, value) in ::url::form_urlencoded::parse(options.as_bytes()) {
                    let value = value.into_owned();
                    match &*name {
                        "encoding" => spec.encoding = Some(value),
                        "delimiter" => spec.delimiter = Some(value),
                        "sheet" => spec.sheet = Some(value),
                        "header" => spec.header = Some(!matches!(value.as_str(), "no" | "false" | "0")),
                        "with" => spec.with = Some(file_path(&value)?),
                        _ => {}
                    }
                }
            }
            Pasted::Pairs(_) => return Err(bad("it is a database's connection string, not a file")),
            Pasted::Command(_) => return Err(bad("it is a command line, not a file")),
        }
        Ok((checked(spec)?, None))
    }

    fn to_url(&self) -> String {
        let path = self.path.to_string_lossy();
        let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path.into_owned() };
        let mut options = ::url::form_urlencoded::Serializer::new(String::new());
        let header = self.header.map(|header| if header { "yes" } else { "no" });
        let with = self.with.as_ref().map(|path| path.to_string_lossy());
        for (name, value) in [
            ("encoding", self.encoding.as_deref()),
            ("delimiter", self.delimiter.as_deref()),
            ("sheet", self.sheet.as_deref()),
            ("header", header),
            ("with", with.as_deref()),
        ] {
            if let Some(value) = value {
                options.append_pair(name, value);
            }
        }
        let options = options.finish();
        let mark = if options.is_empty() { "" } else { "?" };
        let ending = self.path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let known = Self::ABOUT.tiles.iter().any(|tile| tile.endings.contains(&ending.as_str()));
        // What the path alone does not say, the scheme does. Two slashes begin a URL's authority; a relative path goes without them.
        let scheme = match (known && path.starts_with('/'), path.starts_with('/')) {
            (true, _) => "file://",
            (false, true) => "export://",
            (false, false) => "export:",
        };
        format!("{scheme}{}{mark}{options}", utf8_percent_encode(&path, PATH))
    }

    fn summary(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        format!("File · {}", name.to_string_lossy())
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
        let spec = checked(self.clone())?;
        Ok(Arc::new(guard::Guarded::new(SqliteSource::staged(Arc::new(FileStage::new(spec)), CAN))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::path::PathBuf;

    use encoding_rs::Encoding;

    use super::*;
    use crate::source::SourceSpec;

    fn file(url: &str) -> FileSpec {
        match SourceSpec::parse_url(url).unwrap().0 {
            SourceSpec::File(spec) => spec,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn exports_are_told_from_databases_by_their_ending() {
        assert_eq!(file("/data/people.csv").path, PathBuf::from("/data/people.csv"));
        assert_eq!(file("People.XLSX").path, PathBuf::from("People.XLSX"));
        assert_eq!(file(r"C:\data\users.json").path, PathBuf::from(r"C:\data\users.json"));
        let spec = file(
            "file:///data/my%20people.csv?delimiter=tab&encoding=latin1&header=no&with=/data/hashes.csv",
        );
        assert_eq!(spec.path, PathBuf::from("/data/my people.csv"));
        assert_eq!(
            (spec.chosen_delimiter(), spec.encoding.as_deref(), spec.header),
            (Some(b'\t'), Some("latin1"), Some(false))
        );
        assert_eq!(spec.with, Some(PathBuf::from("/data/hashes.csv")));
        assert_eq!(file("export:///data/people?sheet=Staff").sheet.as_deref(), Some("Staff"));
        assert!(matches!(SourceSpec::parse_url("file:///data/people.db").unwrap().0, SourceSpec::Sqlite(_)));
        for wrong in ["delimiter=%22", "delimiter=ab", "encoding=klingon"] {
            assert!(SourceSpec::parse_url(&format!("file:///a.csv?{wrong}")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn flags_set_what_the_form_sets() {
        let spec = SourceSpec::parse_url("people.csv").unwrap().0;
        let flags = [("no-header", "no"), ("delimiter", ";"), ("encoding", "UTF-16"), ("sheet", "A")];
        let set = spec.with_flags(flags.map(|(flag, text)| (flag, text.to_owned()))).unwrap();
        let SourceSpec::File(set) = set else { panic!("{set:?}") };
        assert_eq!(
            (set.header, set.chosen_delimiter(), set.sheet.as_deref()),
            (Some(false), Some(b';'), Some("A"))
        );
        assert_eq!(set.chosen_encoding().map(Encoding::name), Some("UTF-16LE"));
        assert!(spec.with_flags([("encoding", "klingon".to_owned())]).is_err());
    }

    proptest! {
        #[test]
        fn file_to_url_reads_back(
            path in "/?[^\0:/? ][^\0]{0,20}",
            ending in prop_oneof![Just(""), Just(".csv"), Just(".json"), Just(".db")],
            encoding in proptest::option::of(prop_oneof![Just("utf-8"), Just("latin1")]),
            delimiter in proptest::option::of("[,;|\t ]|tab"),
            sheet in proptest::option::of("\\PC{1,9}"),
            header in proptest::option::of(any::<bool>()),
            with in proptest::option::of("[^\0]{1,9}"),
        ) {
            prop_assume!(!path.starts_with("//") && !path.starts_with("jdbc"));
            prop_assume!(with.as_deref() != Some(":memory:"));
            let spec = SourceSpec::File(FileSpec {
                path: format!("{path}{ending}").into(),
                encoding: encoding.map(str::to_owned),
                delimiter,
                sheet,
                header,
                with: with.map(PathBuf::from),
            });
            prop_assert_eq!(SourceSpec::parse_url(&spec.to_url()).unwrap().0, spec);
        }
    }
}
