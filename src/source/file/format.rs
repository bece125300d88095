//! What kind of file it is, by its content: a name may say anything.

use std::path::Path;

use super::fault::Fault;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Cells with a delimiter between them.
    Delimited,
    /// Excel's workbook (`.xlsx`).
    Excel,
    /// JSON, or a line of JSON for each person.
    Json,
    /// A directory's entries (RFC 2849).
    Ldif,
    /// What pg_dump, mysqldump or sqlite3's `.dump` write.
    Dump,
}

/// Bytes of formats that are not text, and what to do about each.
const OTHERS: [(&[u8], &str, &str); 8] = [
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old Excel file (.xls) or a workbook with a password",
        "Open it in Excel and save it as an Excel workbook (.xlsx) without a password, or as CSV UTF-8.",
    ),
    (b"SQLite format 3\0", "is a SQLite database", "Choose “SQLite file” as the source."),
    (
        b"PGDMP",
        "is a pg_dump archive in PostgreSQL's own format",
        "Turn it into SQL with pg_restore -f people.sql FILE, and choose that file.",
    ),
    (b"\x1f\x8b", "is compressed (gzip)", "Unpack it first, and choose the file inside."),
    (b"BZh", "is compressed (bzip2)", "Unpack it first, and choose the file inside."),
    (b"\xfd7zXZ", "is compressed (xz)", "Unpack it first, and choose the file inside."),
    (b"7z\xbc\xaf\x27\x1c", "is an archive (7z)", "Unpack it first, and choose the file inside."),
    (b"%PDF-", "is a PDF", "Export the people as CSV, JSON or an Excel workbook."),
];

/// What a file is that is no text, by its first bytes. `None`: it is text.
pub(super) fn of_bytes(start: &[u8]) -> Result<Option<Format>, Fault> {
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Some(Format::Excel));
    }
    match OTHERS.iter().find(|(bytes, ..)| start.starts_with(bytes)) {
        Some((_, is, advice)) => Err(Fault::Wrong { is: (*is).into(), advice: (*advice).into() }),
        None => Ok(None),
    }
}

/// What a text is, by its beginning and its name's ending.
pub(super) fn of_text(text: &str, path: &Path) -> Result<Format, Fault> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let begun = text.trim_start();
    let small: String = begun.chars().take(200).collect::<String>().to_lowercase();
    if small.starts_with("<!doctype html") || small.starts_with("<html") {
        return Err(Fault::Wrong {
            is: "is a web page, not an export".into(),
            advice: "You may have to sign in before you download the export. Download it again.".into(),
        });
    }
    if small.starts_with("<?xml") {
        return Err(Fault::Wrong {
            is: "is XML, which isn't read".into(),
            advice: "Export the people as CSV, JSON or an Excel workbook.".into(),
        });
    }
    let lines = || begun.lines().map(str::trim_start);
    let ldif = lines().find(|line| !line.is_empty() && !line.starts_with('#')).is_some_and(|line| {
        let small = line.get(..9).unwrap_or(line).to_ascii_lowercase();
        small.starts_with("version:") || small.starts_with("dn:")
    });
    if ldif {
        return Ok(Format::Ldif);
    }
    let starts = |line: &str, words: &str| {
        line.get(..words.len()).is_some_and(|head| head.eq_ignore_ascii_case(words))
    };
    let sql = lines().any(|line| {
        starts(line, "CREATE TABLE ")
            || starts(line, "INSERT INTO ")
            || (starts(line, "COPY ") && line.contains(" FROM stdin"))
    });
    let comment = ["-- PostgreSQL database dump", "-- MySQL dump", "-- MariaDB dump", "PRAGMA foreign_keys"];
    if ending == "sql" || comment.iter().any(|words| lines().any(|line| starts(line, words))) {
        return Ok(Format::Dump);
    }
    if begun.starts_with(['{', '[']) && json_begins(begun) {
        return Ok(Format::Json);
    }
    if sql && !begun.starts_with(['"', '\'']) && !matches!(ending.as_str(), "csv" | "tsv") {
        return Ok(Format::Dump);
    }
    Ok(Format::Delimited)
}

/// Whether it goes on as JSON does: `{` and a name or its end, `[` and a value. A table whose first header is `[id]` does not.
fn json_begins(text: &str) -> bool {
    let next = text[1..].trim_start().chars().next();
    match next {
        None => true,
        Some(next) if text.starts_with('{') => matches!(next, '"' | '}'),
        Some(next) => matches!(next, '{' | '[' | ']' | '"' | '-' | '0'..='9'),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str, name: &str) -> Format {
        of_text(text, Path::new(name)).unwrap()
    }

    #[test]
    fn the_content_says_what_it_is() {
        assert_eq!(of("id,name\n1,Ada\n", "people.csv"), Format::Delimited);
        assert_eq!(of("[id],[name]\n1,Ada\n", "people.csv"), Format::Delimited);
        assert_eq!(of("[{\"id\": 1}]", "people.csv"), Format::Json);
        assert_eq!(of(" {\"id\": 1}\n{\"id\": 2}", "people.txt"), Format::Json);
        assert_eq!(of("# exported\nversion: 1\n\ndn: cn=a\n", "people.txt"), Format::Ldif);
        assert_eq!(of("DN: cn=a\ncn: a", "x"), Format::Ldif);
        assert_eq!(of("-- MySQL dump 10.13\n", "x.txt"), Format::Dump);
        assert_eq!(of("INSERT INTO users VALUES (1);", "x.txt"), Format::Dump);
        assert_eq!(of("note,sql\n1,\"\nINSERT INTO users VALUES (1)\"", "x.csv"), Format::Delimited);
        assert_eq!(of_bytes(b"PK\x03\x04rest").unwrap(), Some(Format::Excel));
        assert_eq!(of_bytes(b"id,name").unwrap(), None);
    }

    #[test]
    fn what_is_not_read_says_what_it_is() {
        for (bytes, _, _) in OTHERS {
            assert!(matches!(of_bytes(bytes), Err(Fault::Wrong { .. })));
        }
        assert!(matches!(of_text("<!DOCTYPE html><p>", Path::new("a.csv")), Err(Fault::Wrong { .. })));
        assert!(matches!(of_text("<?xml version='1.0'?>", Path::new("a")), Err(Fault::Wrong { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_something(text in any::<String>(), name in "[a-z]{0,4}\\.?[a-z]{0,4}") {
            let _ = of_text(&text, Path::new(&name));
            let _ = of_bytes(text.as_bytes());
        }
    }
}
