//! Opening a file: what it is, how it is written, and who reads it.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use encoding_rs::{UTF_8, WINDOWS_1252};

use super::delimited::{Delimited, Style};
use super::dump::Dump;
use super::encoding::{Text, beginning, detect, name};
use super::excel::Excel;
use super::fault::{Fault, refused};
use super::format::{self, Format};
use super::json::JsonReader;
use super::ldif::Ldif;
use super::rows::Reader;
use crate::source::{FileSpec, SourceError};

/// How much of a file is looked at to say what it is.
const LOOKED: u64 = 256 * 1024;

/// A file that is ready to be read.
pub(super) struct Opened {
    /// Who reads it.
    pub(super) reader: Box<dyn Reader>,
    /// What it is and how it is read: `CSV · UTF-8 · comma-separated`.
    pub(super) form: String,
}

/// Opens a file. `fallback`: not UTF-8 after all, though its beginning is.
pub(super) fn open(path: &Path, spec: &FileSpec, fallback: bool) -> Result<Opened, SourceError> {
    let at = |error: std::io::Error| refused(path, &error);
    let meta = std::fs::metadata(path).map_err(at)?;
    if meta.is_dir() {
        return Err(SourceError::FileIsFolder { path: path.to_owned() });
    }
    if !meta.is_file() {
        let is = "is a device or a pipe, not a file".to_owned();
        return Err(Fault::Wrong { is, advice: "Choose a file.".into() }.into_error(path));
    }
    let mut file = File::open(path).map_err(at)?;
    let mut start = Vec::new();
    file.by_ref().take(LOOKED).read_to_end(&mut start).map_err(at)?;
    file.seek(SeekFrom::Start(0)).map_err(at)?;
    let whole = (start.len() as u64) < LOOKED;
    reader(path, spec, file, &start, whole, fallback).map_err(|fault| fault.into_error(path))
}

fn reader(
    path: &Path,
    spec: &FileSpec,
    file: File,
    start: &[u8],
    whole: bool,
    fallback: bool,
) -> Result<Opened, Fault> {
    if start.iter().all(u8::is_ascii_whitespace) && whole {
        return Err(Fault::Empty);
    }
    let table = table_name(path);
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if format::of_bytes(start)? == Some(Format::Excel) {
        let reader = Excel::new(file, spec.sheet.clone(), spec.header)?;
        let form = if ending == "xlsx" || ending == "xlsm" {
            "Excel workbook".to_owned()
        } else {
            format!("Excel workbook (though it is named .{ending})")
        };
        return Ok(Opened { reader: Box::new(reader), form });
    }
    let chosen = spec.chosen_encoding();
    let encoding = chosen.unwrap_or_else(|| if fallback { WINDOWS_1252 } else { detect(start, whole) });
    let text = beginning(start, encoding);
    if text.chars().take(4096).filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count()
        > 64
    {
        return Err(Fault::Wrong {
            is: "isn't a text, a workbook or any other export that is read".into(),
            advice: "Export the people as CSV, JSON or an Excel workbook.".into(),
        });
    }
    let named = name(encoding);
    let input = Box::new(Text::new(file, encoding));
    Ok(match format::of_text(&text, path)? {
        Format::Delimited => {
            let style = Style::detect(&text, spec.chosen_delimiter());
            let found = chosen.is_none() && encoding == UTF_8;
            let reader = Delimited::new(input, &table, style, spec.header, found)?;
            Opened { reader: Box::new(reader), form: format!("CSV · {named} · {}", style.words()) }
        }
        Format::Json => {
            Opened { reader: Box::new(JsonReader::new(input, &table)?), form: format!("JSON · {named}") }
        }
        Format::Ldif => {
            Opened { reader: Box::new(Ldif::new(input, &table)), form: format!("LDIF · {named}") }
        }
        Format::Dump => {
            Opened { reader: Box::new(Dump::new(input, &text)), form: format!("SQL dump · {named}") }
        }
        Format::Excel => return Err(Fault::Empty),
    })
}

/// What the table of a file without names of its own is called.
fn table_name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let plain = stem.trim().trim_start_matches("sqlite_");
    if plain.is_empty() { "people".into() } else { plain.to_owned() }
}
