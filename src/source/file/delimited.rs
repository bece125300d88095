//! CSV and its like: cells with a delimiter between them.

use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::fault::{Endless, Fault};
use super::grid::Grid;
use super::notes::About;
use super::rows::{Harvest, LONGEST, Reader};
use super::scan::line_ends;
use crate::model::Value;

/// Delimiters that are looked for, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at for the delimiter.
const LOOKED: usize = 50;

/// A value over more lines than this is most likely a quote without its partner.
const LINES: u64 = 100;

/// How cells are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// What stands between cells.
    pub(super) delimiter: u8,
    /// What stands around cells that hold a delimiter.
    pub(super) quote: u8,
    /// Whether a quote inside quotes is written `\"` and not `""`.
    pub(super) backslash: bool,
    /// Whether the first line names the delimiter, as Excel reads it: `sep=;`.
    pub(super) named: bool,
}

impl Style {
    /// How the screen calls it: `comma`, `semicolon`, `tab`.
    pub(super) fn words(self) -> String {
        match self.delimiter {
            b',' => "comma-separated".into(),
            b';' => "semicolon-separated".into(),
            b'\t' => "tab-separated".into(),
            other => format!("separated by “{}”", char::from(other)),
        }
    }

    /// The style that a beginning speaks for; `delimiter` where somebody said it.
    pub(super) fn detect(text: &str, delimiter: Option<u8>) -> Self {
        let named = text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("sep="));
        let by_name = named.then(|| text.as_bytes().get(4).copied()).flatten().filter(u8::is_ascii);
        let body = if named { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        let quote = quote_of(body);
        // `\"` before a delimiter ends a cell that ends in a backslash; before anything else it is a quote.
        let backslash = body.match_indices("\\\"").any(|(at, _)| {
            let next = body[at + 2..].chars().next();
            next.is_some_and(|next| {
                !DELIMITERS.iter().any(|d| char::from(*d) == next) && !next.is_whitespace()
            })
        });
        let style = |delimiter| Self { delimiter, quote, backslash, named };
        if let Some(delimiter) = delimiter.or(by_name) {
            return style(delimiter);
        }
        let mut best = (0, b',');
        for delimiter in DELIMITERS {
            let score = score(body, style(delimiter));
            if score > best.0 {
                best = (score, delimiter);
            }
        }
        style(best.1)
    }

    fn reader<R: Read>(self, input: R) -> csv::Reader<R> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .quote(self.quote)
            .double_quote(!self.backslash)
            .escape(self.backslash.then_some(b'\\'))
            .from_reader(input)
    }
}

/// Single quotes where all cells of the first lines stand in them.
fn quote_of(text: &str) -> u8 {
    let mut lines = text.lines().filter(|line| !line.is_empty()).take(5).peekable();
    let single = lines.peek().is_some()
        && lines.all(|line| line.len() > 1 && line.starts_with('\'') && line.ends_with('\''));
    if single { b'\'' } else { b'"' }
}

/// How much speaks for a delimiter: rows of the same number of cells, more than one.
fn score(text: &str, style: Style) -> usize {
    let mut reader = style.reader(text.as_bytes());
    let mut widths: Vec<usize> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while widths.len() < LOOKED && reader.read_byte_record(&mut record).is_ok_and(|read| read) {
        widths.push(record.len());
    }
    // The last one may be cut.
    if widths.len() > 2 {
        widths.pop();
    }
    let most = widths
        .iter()
        .copied()
        .filter(|width| *width > 1)
        .max_by_key(|width| (widths.iter().filter(|other| *other == width).count(), *width));
    let Some(width) = most else { return 0 };
    let same = widths.iter().filter(|other| **other == width).count();
    same * 1000 / widths.len() * 100 + width.min(99)
}

/// Reads no more than a record may have before the next begins.
struct Bounded<R> {
    input: R,
    left: Arc<AtomicU64>,
    row: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other(Endless(self.row.load(Ordering::Relaxed))));
        }
        let read = self.input.read(into)?;
        self.left.store(left.saturating_sub(read as u64), Ordering::Relaxed);
        Ok(read)
    }
}

/// Whether a line of a cell has as many parts as a row of so many cells: then it is one.
fn holds_row(cell: &[u8], delimiter: u8, cells: usize) -> bool {
    let parts = |line: &[u8]| line.split(|byte| *byte == delimiter).count();
    cells > 1 && cell.split(|byte| *byte == b'\n').skip(1).any(|line| parts(line) >= cells)
}

/// A CSV file that is being read.
pub(super) struct Delimited {
    reader: csv::Reader<Bounded<BufReader<Box<dyn Read + Send>>>>,
    record: csv::ByteRecord,
    left: Arc<AtomicU64>,
    row: Arc<AtomicU64>,
    grid: Grid,
    /// Lines above the first that the reader sees.
    above: u64,
    /// Whether lines end with CR and LF. The reader then counts a line only when it goes on to the next record.
    crlf: bool,
    /// What parts the cells.
    delimiter: u8,
    /// Cells of the widest row so far.
    width: usize,
    /// Whether the encoding was found and not chosen: then text that is not in it is a reason to begin again.
    found: bool,
}

impl Delimited {
    /// `found`: whether the encoding is a guess that may be wrong.
    pub(super) fn new(
        input: Box<dyn Read + Send>,
        name: &str,
        style: Style,
        header: Option<bool>,
        found: bool,
    ) -> Result<Self, Fault> {
        let (left, row) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(1)));
        let mut input = BufReader::with_capacity(64 * 1024, input);
        let mut above = 0;
        if style.named {
            let mut line = Vec::new();
            input.by_ref().take(100).read_until(b'\n', &mut line)?;
            above = 1;
        }
        let seen = input.fill_buf()?;
        let end = seen.iter().position(|byte| *byte == b'\n');
        let crlf = end.is_some_and(|at| at > 0 && seen[at - 1] == b'\r');
        let input = Bounded { input, left: Arc::clone(&left), row: Arc::clone(&row) };
        Ok(Self {
            reader: style.reader(input),
            record: csv::ByteRecord::new(),
            left,
            row,
            grid: Grid::new(name, header, true),
            above,
            crlf,
            delimiter: style.delimiter,
            width: 0,
            found,
        })
    }

    fn value(&self, cell: &[u8]) -> Result<Value, Fault> {
        if cell.is_empty() || cell == b"\\N" {
            return Ok(Value::Null);
        }
        match std::str::from_utf8(cell) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) if self.found => Err(Fault::NotThatEncoding),
            Err(_) => Ok(Value::Bytes(cell.to_vec())),
        }
    }
}

impl Reader for Delimited {
    fn fill(&mut self, out: &mut Harvest) -> Result<bool, Fault> {
        while !out.full() {
            let uncounted = u64::from(self.crlf);
            let before = self.reader.position();
            let begun = before.line() + if before.byte() > 0 { uncounted } else { 0 };
            self.row.store(begun + self.above, Ordering::Relaxed);
            self.left.store(LONGEST as u64, Ordering::Relaxed);
            let read =
                self.reader.read_byte_record(&mut self.record).map_err(|error| match error.into_kind() {
                    csv::ErrorKind::Io(error) => Fault::from(error),
                    other => Fault::Malformed { row: begun + self.above, what: format!("{other:?}") },
                })?;
            if !read {
                self.grid.end(out);
                return Ok(false);
            }
            // Where it began, after empty lines: what ends it is a line end, and those inside stand in quotes.
            let inside = line_ends(self.record.as_slice());
            let ended = self.reader.position().line() + uncounted;
            let line = ended.saturating_sub(inside + 1).max(begun) + self.above;
            if inside > LINES {
                out.notes.row(&About::OpenQuote, line);
            }
            // A quote without its partner makes one cell of whole rows: whose they were is not to be guessed.
            let cells = self.record.len().max(self.width);
            if inside > 0 && self.record.iter().any(|cell| holds_row(cell, self.delimiter, cells)) {
                return Err(Fault::Malformed {
                    row: line,
                    what: "a quote in it is not closed there, and swallows the rows after it".to_owned(),
                });
            }
            self.width = self.width.max(self.record.len());
            let cells = self.record.iter().map(|cell| self.value(cell)).collect::<Result<Vec<_>, _>>()?;
            self.grid.row(out, line, cells);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn read(text: &str) -> Result<Harvest, Fault> {
        let style = Style::detect(text, None);
        let input = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut reader = Delimited::new(input, "people", style, None, true)?;
        let mut out = Harvest::default();
        let mut all = Vec::new();
        while reader.fill(&mut out)? {
            all.extend(out.take_rows());
        }
        all.extend(out.take_rows());
        out.rows = all;
        Ok(out)
    }

    fn texts(out: &Harvest) -> Vec<Vec<String>> {
        let text =
            |value: &Value| value.as_text().map_or_else(|| "-".to_owned(), std::borrow::Cow::into_owned);
        out.rows.iter().map(|(_, values)| values.iter().map(text).collect()).collect()
    }

    #[test]
    fn each_delimiter_is_found() {
        for (delimiter, words) in
            [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "separated by “|”")]
        {
            let text =
                format!("id{delimiter}name{delimiter}mail\n1{delimiter}\"O'Neill, Máire; x\"{delimiter}\n");
            let style = Style::detect(&text, None);
            assert!(style.words().starts_with(words), "{delimiter}: {}", style.words());
            let out = read(&text).unwrap();
            assert_eq!(texts(&out), [["1", "O'Neill, Máire; x", "-"]]);
        }
        // Numbers with a decimal comma between semicolons.
        assert_eq!(Style::detect("id;a;b\n1;1,5;2,5\n2;1,5;2,5\n", None).delimiter, b';');
        assert_eq!(Style::detect("email\na@x.example\nb@x.example\n", None).delimiter, b',');
    }

    #[test]
    fn quotes_of_every_kind_and_the_line_of_excel() {
        let out = read("sep=;\r\nid;name\r\n1;\"a \"\"b\"\"\r\nc\"\r\n2;d\r\n").unwrap();
        assert_eq!(texts(&out), [["1", "a \"b\"\r\nc"], ["2", "d"]]);
        let out = read("id,name\n1,\"a \\\"b\\\"\"\n2,\\N\n").unwrap();
        assert_eq!(texts(&out), [["1", "a \"b\""], ["2", "-"]]);
        let out = read("'id','name'\n'1','a \"b'\n").unwrap();
        assert_eq!(texts(&out), [["1", "a \"b"]]);
    }

    #[test]
    fn rows_are_named_as_a_spreadsheet_counts_them() {
        let out = read("id,name\n1,\"two\nlines\"\n\n2\n3,x,y\n").unwrap();
        let words = out.notes.words();
        assert!(words.iter().any(|text| text.starts_with("Row 5 has fewer cells")), "{words:?}");
        assert!(words.iter().any(|text| text.starts_with("Row 6 has more cells")), "{words:?}");
    }

    #[test]
    fn rows_are_named_alike_however_lines_end() {
        let lines = "id,name\n1,\"two\nlines\"\n\n2\n3,x,y\n4";
        for end in ["\n", "\r\n"] {
            let words = read(&lines.replace('\n', end)).unwrap().notes.words();
            for starts in ["Rows 5 and 7 have fewer cells", "Row 6 has more cells"] {
                assert!(words.iter().any(|text| text.starts_with(starts)), "{end:?}: {words:?}");
            }
        }
    }

    #[test]
    fn a_quote_that_swallows_rows_takes_the_whole_file_back() {
        for text in [
            // Up to the end of the file.
            "id,mail,hash\n1,a@x.example,h1\n2,\"b@x.example,h2\n3,c@x.example,h3\n4,d@x.example,h4\n",
            // Up to another one: 2 would get the hash of 4.
            "id,mail,note,hash\n1,a@x,,h1\n2,b@x,\"call back,h2\n3,c@x,,h3\n4,d@x,see file\",h4\n5,e@x,,h5\n",
        ] {
            let refused = read(text);
            assert!(matches!(&refused, Err(Fault::Malformed { row: 3, .. })), "{refused:?}");
        }
        let address = "id,mail,address,hash\n1,a@x,\"Main St 1, rear\nSpringfield, US\",h1\n2,b@x,,h2\n";
        assert_eq!(read(address).unwrap().rows.len(), 2, "an address of two lines is one");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_said() {
        let mut text = "id,name\n1,\"Ada\n".to_owned();
        for n in 2..300 {
            text.push_str(&format!("{n},x\n"));
        }
        assert!(matches!(read(&text), Err(Fault::Malformed { row: 2, .. })));
        // Lines that can be no rows are a long text.
        let lines = text.replace(",x", " x");
        let words = read(&lines).unwrap().notes.words();
        assert!(words.iter().any(|text| text.starts_with("Row 2 has a value that runs over")), "{words:?}");
    }

    #[test]
    fn a_record_without_an_end_is_refused_at_flat_memory() {
        let endless = io::repeat(b'x').take(2 << 30);
        let input = Box::new(io::Cursor::new(b"id,name\n1,".to_vec()).chain(endless));
        let style = Style { delimiter: b',', quote: b'"', backslash: false, named: false };
        let mut reader = Delimited::new(input, "people", style, None, true).unwrap();
        let refused = reader.fill(&mut Harvest::default());
        assert!(matches!(refused, Err(Fault::TooLong { row: 2 })), "{refused:?}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let style = Style::detect(&text, None);
            let mut reader =
                Delimited::new(Box::new(io::Cursor::new(bytes)), "people", style, None, false).unwrap();
            let mut out = Harvest::default();
            while matches!(reader.fill(&mut out), Ok(true)) {}
        }

        #[test]
        fn what_was_written_comes_back(
            rows in proptest::collection::vec(
                proptest::collection::vec(prop_oneof!["[a-zA-Z ,;\"'|é]{1,8}", "[a-zA-Z \"'\né]{1,8}"], 3),
                1..8,
            ),
            delimiter in prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["id", "first", "last"]).unwrap();
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let style = Style { delimiter, quote: b'"', backslash: false, named: false };
            let input = Box::new(io::Cursor::new(text));
            let mut reader = Delimited::new(input, "people", style, Some(true), true).unwrap();
            let mut out = Harvest::default();
            while reader.fill(&mut out).unwrap() {}
            let filled: Vec<_> = rows.iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
            // A last row may look like a total.
            prop_assert!(out.rows.len() == filled.len() || out.notes.words().iter().any(|w| w.contains("total")));
            for ((_, values), row) in out.rows.iter().zip(filled) {
                let values: Vec<_> = values.iter().map(|v| v.as_text().unwrap_or_default().into_owned()).collect();
                prop_assert_eq!(&values, row);
            }
        }
    }
}
