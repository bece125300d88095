//! Excel's workbooks (`.xlsx`): each sheet is a table.
//!
//! The workbook's texts are held in memory, as the format wants it; its rows are not. What is packed is looked at first: an archive that
//! unpacks to more than any workbook of people is refused before anything else reads it.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, Xlsx, XlsxError};

use super::fault::Fault;
use super::grid::Grid;
use super::notes::About;
use super::rows::{Harvest, LONGEST, Reader};
use crate::model::Value;

/// The most that the parts of a workbook that are held in memory may unpack to, in bytes: its texts, styles, relations.
const HELD: u64 = 256 * 1024 * 1024;

/// The most that its sheets may unpack to, in bytes. A million people of thirty columns take some 2 GiB.
const SHEETS: u64 = 16 * 1024 * 1024 * 1024;

/// Files in the archive.
const FILES: usize = 10_000;

/// Columns that are looked at.
const COLUMNS: usize = 2000;

/// Rows that are handed over at once.
const ROWS: usize = 200;

/// What the thread that reads the workbook says.
enum Part {
    /// A sheet begins.
    Sheet(String),
    /// Some of its rows.
    Rows(Vec<(u64, Vec<Value>)>),
    /// A cell with an error.
    ErrorCell(u64, usize),
    /// A row with merged cells.
    Merged(u64),
    /// Everything was read.
    End,
    /// It can't be read.
    Fault(Fault),
}

/// A workbook that is being read.
pub(super) struct Excel {
    parts: Receiver<Part>,
    sheet: Option<String>,
    header: Option<bool>,
    grid: Option<(String, Grid)>,
}

impl Excel {
    /// `sheet`: only this one.
    pub(super) fn new(file: File, sheet: Option<String>, header: Option<bool>) -> Result<Self, Fault> {
        let (sender, parts) = sync_channel(4);
        let only = sheet.clone();
        std::thread::Builder::new().name("causeway-excel".into()).spawn(move || {
            let end = match read(file, only.as_deref(), &sender) {
                Ok(true) => Part::End,
                // Nobody listens any more.
                Ok(false) => return,
                Err(fault) => Part::Fault(fault),
            };
            let _ = sender.send(end);
        })?;
        Ok(Self { parts, sheet, header, grid: None })
    }

    fn close(&mut self, out: &mut Harvest) {
        if let Some((_, mut grid)) = self.grid.take() {
            grid.end(out);
        }
    }
}

impl Reader for Excel {
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        while !out.full() {
            match self.parts.recv() {
                Ok(Part::Sheet(name)) => {
                    self.close(out);
                    let grid = Grid::new(&name, self.header, false);
                    self.grid = Some((name, grid));
                }
                Ok(Part::Rows(rows)) => {
                    if let Some((_, grid)) = &mut self.grid {
                        for (line, cells) in rows {
                            grid.row(out, line, cells);
                        }
                    }
                }
                Ok(Part::ErrorCell(line, column)) => {
                    out.notes.row(&About::ErrorCells { column: letters(column) }, line);
                }
                Ok(Part::Merged(line)) => {
                    if let Some((name, _)) = &self.grid {
                        out.notes.row(&About::Merged { sheet: name.clone() }, line);
                    }
                }
                Ok(Part::End) => {
                    self.close(out);
                    if out.tables.is_empty()
                        && let Some(sheet) = &self.sheet
                    {
                        return Err(Fault::Wrong {
                            is: format!("has no sheet “{sheet}” with people in it"),
                            advice: "Choose another sheet, or none: then all of them are shown.".into(),
                        });
                    }
                    return Ok(false);
                }
                Ok(Part::Fault(fault)) => return Err(fault),
                Err(_) => return Err(damaged()),
            }
        }
        Ok(true)
    }
}

/// How Excel calls a column: `A`, `AB`.
fn letters(mut column: usize) -> String {
    let mut text = Vec::new();
    loop {
        text.push(b'A' + u8::try_from(column % 26).unwrap_or(0));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    text.reverse();
    String::from_utf8_lossy(&text).into_owned()
}

fn damaged() -> Fault {
    Fault::Wrong {
        is: "is damaged, or isn't an Excel workbook".into(),
        advice: "Open it in Excel and save it again as an Excel workbook (.xlsx), or as CSV UTF-8.".into(),
    }
}

fn of_excel(error: XlsxError) -> Fault {
    match error {
        XlsxError::Io(error) => Fault::Io(error),
        XlsxError::Password => Fault::Wrong {
            is: "has a password".into(),
            advice: "Open it in Excel, save it without a password, and delete the copy afterwards.".into(),
        },
        _ => damaged(),
    }
}

/// Reads a workbook to its end. `false`: nobody listens.
fn read(mut file: File, only: Option<&str>, to: &SyncSender<Part>) -> Result<bool, Fault> {
    check(&file)?;
    file.seek(SeekFrom::Start(0))?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(of_excel)?;
    for name in book.sheet_names() {
        if only.is_some_and(|only| !only.trim().eq_ignore_ascii_case(name.trim())) {
            continue;
        }
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        // A chart's sheet has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        if to.send(Part::Sheet(name)).is_err() {
            return Ok(false);
        }
        for Dimensions { start, end } in merged.into_iter().filter(|merged| merged.start != merged.end) {
            // Merged over columns alone: a title.
            if end.0 > start.0 && to.send(Part::Merged(u64::from(start.0) + 1)).is_err() {
                return Ok(false);
            }
        }
        let (mut rows, mut row, mut at) = (Vec::new(), Vec::new(), None);
        loop {
            let cell = cells.next_cell().map_err(of_excel)?;
            let position = cell.as_ref().map(calamine::Cell::get_position);
            if at.is_some() && position.map(|(row, _)| row) != at {
                let line = at.map_or(0, u64::from) + 1;
                rows.push((line, std::mem::take(&mut row)));
                if (rows.len() >= ROWS || position.is_none())
                    && to.send(Part::Rows(std::mem::take(&mut rows))).is_err()
                {
                    return Ok(false);
                }
            }
            let Some((cell, (line, column))) = cell.zip(position) else { break };
            at = Some(line);
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column >= COLUMNS {
                continue;
            }
            if row.len() <= column {
                row.resize(column + 1, Value::Null);
            }
            if matches!(cell.get_value(), DataRef::Error(_))
                && to.send(Part::ErrorCell(u64::from(line) + 1, column)).is_err()
            {
                return Ok(false);
            }
            row[column] = value(cell.get_value());
        }
    }
    Ok(true)
}

fn value(data: &DataRef<'_>) -> Value {
    match data {
        DataRef::Empty | DataRef::Error(_) => Value::Null,
        DataRef::Int(number) => Value::Integer(*number),
        DataRef::Float(number) => number_of(*number),
        DataRef::String(text) => of_text(text),
        DataRef::SharedString(text) => of_text(text),
        DataRef::Bool(truth) => Value::Bool(*truth),
        DataRef::DateTime(moment) => Value::Text(of_moment(moment)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text.clone()),
    }
}

fn of_text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) }
}

/// Excel has no whole numbers of its own.
fn number_of(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole, and in the range where every whole number is exact"
        )]
        return Value::Integer(number as i64);
    }
    Value::Real(number)
}

/// A day as `2024-05-01`, a moment as `2024-05-01T12:00:00`, a time of day as `12:00:00`.
fn of_moment(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if moment.is_duration() || moment.as_f64() < 1.0 {
        time
    } else if moment.as_f64().fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{time}")
    }
}

/// Looks at what the archive unpacks to, at flat memory: how much, and that no text in it is without an end.
fn check(file: &File) -> Result<(), Fault> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(|_| damaged())?;
    let bomb = || Fault::Wrong {
        is: "unpacks to far more than a workbook of people".into(),
        advice: "Make sure of where the file is from. If it is your own, export the people as CSV UTF-8."
            .into(),
    };
    if archive.len() > FILES {
        return Err(bomb());
    }
    let (mut held, mut sheets) = (HELD, SHEETS);
    let mut buffer = vec![0; 64 * 1024];
    let mut workbook = false;
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { return Err(damaged()) };
        let name = part.name().map_err(|_| damaged())?.to_ascii_lowercase();
        workbook |= name.ends_with("workbook.xml");
        let ending = name.rsplit('.').next().unwrap_or_default();
        if !matches!(ending, "xml" | "rels") {
            continue;
        }
        let left = if name.contains("worksheets/") { &mut sheets } else { &mut held };
        let mut run = 0;
        loop {
            let read = part.read(&mut buffer).map_err(|_| damaged())?;
            if read == 0 {
                break;
            }
            *left = left.checked_sub(read as u64).ok_or_else(bomb)?;
            match buffer[..read].iter().rposition(|byte| *byte == b'<') {
                Some(last) => run = read - last,
                None => run += read,
            }
            if run > LONGEST {
                return Err(bomb());
            }
        }
    }
    if workbook {
        return Ok(());
    }
    Err(Fault::Wrong {
        is: "is an archive, not an Excel workbook".into(),
        advice: "Unpack it first, and choose the file inside.".into(),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::*;

    /// A workbook of sheets whose rows are given as XML.
    pub(in crate::source::file) fn workbook(sheets: &[(&str, &str)], styles: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let mut put = |name: &str, text: &str| {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        };
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        put(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"></Types>",
        );
        put(
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        let (mut names, mut rels) = (String::new(), String::new());
        for (at, (name, _)) in sheets.iter().enumerate() {
            names += &format!("<sheet name=\"{name}\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", at + 1);
            rels += &format!(
                "<Relationship Id=\"rId{0}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{0}.xml\"/>",
                at + 1
            );
        }
        rels += &format!("<Relationship Id=\"rIdS\" Type=\"{office}/styles\" Target=\"styles.xml\"/>");
        put(
            "xl/workbook.xml",
            &format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{names}</sheets></workbook>"),
        );
        put(
            "xl/_rels/workbook.xml.rels",
            &format!("<Relationships xmlns=\"{package}\">{rels}</Relationships>"),
        );
        put("xl/styles.xml", &format!("<styleSheet xmlns=\"{main}\">{styles}</styleSheet>"));
        for (at, (_, body)) in sheets.iter().enumerate() {
            put(
                &format!("xl/worksheets/sheet{}.xml", at + 1),
                &format!("<worksheet xmlns=\"{main}\">{body}</worksheet>"),
            );
        }
        zip.finish().unwrap().into_inner()
    }

    fn read_all(bytes: &[u8], sheet: Option<&str>) -> Result<Harvest, Fault> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut reader = Excel::new(file, sheet.map(str::to_owned), None)?;
        let mut out = Harvest::default();
        let mut all = Vec::new();
        while reader.fill(&mut out)? {
            all.extend(out.take_rows());
        }
        all.extend(out.take_rows());
        out.rows = all;
        Ok(out)
    }

    fn text(at: &str, text: &str) -> String {
        format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    }

    #[test]
    fn sheets_dates_numbers_and_merged_cells() {
        let people = format!(
            "<sheetData><row r=\"1\">{}{}{}{}</row>\
             <row r=\"2\"><c r=\"A2\"><v>7</v></c>{}<c r=\"C2\" s=\"1\"><v>45413</v></c><c r=\"D2\" t=\"b\"><v>1</v></c></row>\
             <row r=\"3\"><c r=\"A3\"><v>8.5</v></c>{}<c r=\"C3\" s=\"1\"><v>45413.5</v></c><c r=\"D3\" t=\"e\"><v>#REF!</v></c></row>\
             </sheetData><mergeCells count=\"1\"><mergeCell ref=\"B2:B3\"/></mergeCells>",
            text("A1", "id"),
            text("B1", "email"),
            text("C1", "hired"),
            text("D1", "active"),
            text("B2", "ada@example.com"),
            text("B3", "bob@example.com"),
        );
        let groups = format!(
            "<sheetData><row r=\"1\">{}{}</row><row r=\"2\"><c r=\"A2\"><v>7</v></c>{}</row></sheetData>",
            text("A1", "id"),
            text("B1", "group"),
            text("B2", "Staff")
        );
        let styles = "<cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>";
        let book = workbook(&[("People", &people), ("Groups", &groups)], styles);
        let out = read_all(&book, None).unwrap();
        assert_eq!(out.tables.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["People", "Groups"]);
        let word = |text: &str| Value::Text(text.into());
        assert_eq!(
            out.rows[0].1,
            [Value::Integer(7), word("ada@example.com"), word("2024-05-01"), Value::Bool(true)]
        );
        assert_eq!(
            out.rows[1].1[..3],
            [Value::Real(8.5), word("bob@example.com"), word("2024-05-01T12:00:00")]
        );
        assert_eq!(out.rows[2].1, [Value::Integer(7), word("Staff")]);
        let words = out.notes.words();
        assert!(
            words.iter().any(|text| text.starts_with("Sheet “People” has merged cells (row 2)")),
            "{words:?}"
        );
        assert!(words.iter().any(|text| text.starts_with("“D”: Row 3 holds an error")), "{words:?}");
        let out = read_all(&book, Some("groups")).unwrap();
        assert_eq!((out.tables.len(), out.rows.len()), (1, 1));
        assert!(matches!(read_all(&book, Some("Nobody")), Err(Fault::Wrong { .. })));
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let long = format!(
            "<sheetData><row r=\"1\">{}</row></sheetData>",
            text("A1", &"x".repeat(LONGEST + 100_000))
        );
        let refused = read_all(&workbook(&[("People", &long)], ""), None);
        assert!(
            matches!(&refused, Err(Fault::Wrong { is, .. }) if is.starts_with("unpacks to far more")),
            "{refused:?}"
        );
    }

    #[test]
    fn an_archive_that_is_no_workbook_says_so() {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("people.csv", SimpleFileOptions::default()).unwrap();
        zip.write_all(b"id,name\n1,Ada\n").unwrap();
        let refused = read_all(&zip.finish().unwrap().into_inner(), None);
        assert!(
            matches!(&refused, Err(Fault::Wrong { is, .. }) if is.starts_with("is an archive")),
            "{refused:?}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_damaged_workbook_ends(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let sheet = format!("<sheetData><row r=\"1\">{}</row></sheetData>", text("A1", "id"));
            let mut book = workbook(&[("People", &sheet)], "");
            let changed = at.index(book.len());
            book[changed] = byte;
            book.truncate(book.len() - cut.index(book.len()) / 4);
            let _ = read_all(&book, None);
        }
    }
}
