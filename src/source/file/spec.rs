//! What is kept of a file: where it is, and what was set by hand.

use std::path::PathBuf;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::source::capabilities::Capabilities;

/// What a file can be asked. Nobody is looked up live in it: it is as it was when it was exported.
pub(super) const CAN: Capabilities =
    Capabilities { sql: true, find: false, password: false, file: true, tables: true };

/// A file that somebody exported: CSV, an Excel workbook, JSON, LDIF, an SQL dump. What is not set is found in the file itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileSpec {
    /// The file.
    pub path: PathBuf,
    /// The character encoding by a name of the WHATWG's list: `utf-8`, `utf-16le`, `windows-1252`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands between the cells of a CSV file: the sign, or its name (`tab`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// The one sheet of a workbook that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whether the first row names the columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// A second file, whose tables stand beside the first one's: groups, or passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<PathBuf>,
}

impl FileSpec {
    /// The encoding that was chosen; `None` where none was, or there is none of that name.
    pub(super) fn chosen_encoding(&self) -> Option<&'static Encoding> {
        self.encoding.as_deref().and_then(encoding_of)
    }

    /// The delimiter that was chosen.
    pub(super) fn chosen_delimiter(&self) -> Option<u8> {
        self.delimiter.as_deref().and_then(delimiter_of)
    }
}

/// The encoding of that name.
pub(super) fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let plain = label.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let plain = match plain.as_str() {
        "utf8" => "utf-8",
        "utf16" | "utf-16" | "utf16le" | "utf-16-le" => "utf-16le",
        "utf16be" | "utf-16-be" => "utf-16be",
        "ansi" | "windows1252" => "windows-1252",
        other => other,
    };
    Encoding::for_label(plain.as_bytes())
}

/// The delimiter of that name, or the sign itself.
pub(super) fn delimiter_of(text: &str) -> Option<u8> {
    match text.trim().to_ascii_lowercase().as_str() {
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "tab" | "\\t" => Some(b'\t'),
        "pipe" => Some(b'|'),
        _ => match text.as_bytes() {
            [sign] if sign.is_ascii() && !matches!(sign, b'"' | b'\n' | b'\r' | 0) => Some(*sign),
            _ => None,
        },
    }
}
