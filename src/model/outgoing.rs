//! Foreign text on its way out of the program: to a terminal, and into a file that a spreadsheet may open.
//!
//! Names, groups, keys, and what servers say come from outside. A terminal obeys control characters, and a spreadsheet runs a cell
//! that begins like a formula; neither must happen because of what somebody is called.

use std::borrow::Cow;
use std::io::{self, Write};

use unicode_normalization::UnicodeNormalization as _;

use super::invisible::is_invisible;

/// Whether a terminal would act on a character instead of showing it: control characters (C0, DEL, C1), the characters that turn
/// the order of what follows round (UAX #9), and line ends that are no line feed. Line feeds and tabs only lay text out.
fn acts(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

/// Text for a terminal: what a terminal would act on is written out, as `\u{1b}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    written_out(text, |c, out| {
        for c in c.escape_unicode() {
            out.push(c);
        }
    })
}

/// JSON text for a terminal: the same characters in JSON's own way, `\u001b`. It means the same to whoever reads it as JSON.
pub fn printable_json(text: &str) -> Cow<'_, str> {
    // All of them are in the first plane: one escape each. They only ever stand inside strings.
    written_out(text, |c, out| out.push_str(&format!("\\u{:04x}", u32::from(c))))
}

fn written_out(text: &str, escape: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' && chars.peek() == Some(&'\n') {
            // How Windows ends a line.
        } else if acts(c) {
            escape(c, &mut out);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A log for a terminal: each write, which has to be whole lines, is made printable by itself.
#[derive(Debug)]
pub struct PrintableLog<W> {
    out: W,
    json: bool,
}

impl<W> PrintableLog<W> {
    /// Lines of text.
    pub fn text(out: W) -> Self {
        Self { out, json: false }
    }

    /// A JSON object a line.
    pub fn json(out: W) -> Self {
        Self { out, json: true }
    }
}

impl<W: Write> Write for PrintableLog<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let shown = if self.json { printable_json(&text) } else { printable(&text) };
        self.out.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A cell of a CSV file, safe to open in a spreadsheet and to print: a text that begins like a formula is led in by an apostrophe
/// (OWASP, *CSV Injection*), and what a terminal would act on is written out. A number or a phone number stays one.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = text.split(';').collect();
    if let [first, rest @ ..] = parts.as_slice()
        && rest.iter().any(|part| begins_like_formula(part))
    {
        // Where a semicolon parts cells (Excel in much of Europe), what follows it begins one, in quotes or not.
        let rest = rest.iter().map(|part| csv_cell(part).into_owned());
        return Cow::Owned(
            std::iter::once(csv_cell(first).into_owned()).chain(rest).collect::<Vec<_>>().join(";"),
        );
    }
    let shown = printable(text);
    if begins_like_formula(text) && !is_number(text) && !is_phone(text) {
        Cow::Owned(format!("'{shown}"))
    } else {
        shown
    }
}

/// Several texts as one cell of a CSV file, parted by `; `. Each is guarded: some spreadsheets take a semicolon for the next cell.
pub fn csv_list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = texts.into_iter().map(|text| csv_cell(text.as_ref()).into_owned()).collect();
    cells.join("; ")
}

/// `=`, `+`, `-`, `@`, their full-width, small, raised and lowered forms, and the minus sign; after blanks and what can't be seen
/// too, since programs take both away. A tab or line end at the very start begins another cell.
fn begins_like_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let first = text.chars().find(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c));
    let plain = first.and_then(|c| std::iter::once(c).nfkc().next());
    matches!(plain, Some('=' | '+' | '-' | '@' | '\u{2212}'))
}

/// `-5`, `+1,234.50`, `-1.5E+3`, `-12 %`: digits grouped by points, commas, apostrophes or blanks, perhaps an exponent.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let text = text.strip_suffix('%').map_or(text, str::trim_end);
    let (digits, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(d, e)| (d, Some(e)));
    let marks = |c: char| matches!(c, '.' | ',' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}');
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().any(|c| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || marks(c))
        && exponent.is_none_or(|e| {
            let e = e.strip_prefix(['+', '-']).unwrap_or(e);
            !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
        })
}

/// `+49 (0)30 123-45`, `+1 415 555 2671 ext. 12`: a plus, five digits or more, the marks people write between them, an extension.
fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let lower = rest.to_ascii_lowercase();
    let (number, extension) = [";ext=", "extension", "ext.", "ext", "x", "#"]
        .into_iter()
        .find_map(|word| lower.split_once(word))
        .map_or((lower.as_str(), None), |(number, extension)| (number, Some(extension.trim())));
    let between =
        |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2011}' | '.' | '/' | '(' | ')' | ',');
    number.chars().filter(char::is_ascii_digit).count() >= 5
        && number.chars().all(|c| c.is_ascii_digit() || between(c))
        && extension.is_none_or(|e| (1..=8).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_disarmed_in_every_form() {
        for text in [
            "=HYPERLINK(\"x\")",
            "=1+1",
            "@SUM(A1)",
            "+cmd|' /C calc'!A0",
            "-cmd|' /C calc'!A0",
            "-",
            "+",
            "-2+3+cmd|' /C calc'!A0",
            "+1+cmd|' /C calc'!A0",
            "+49 30 123456+cmd|' /C calc'!A0",
            "-1-1",
            "+1-1",
            "- 5 and more",
            "\tx",
            "\rx",
            "\n=x",
            "\t=1",
            " =1+1",
            "\u{a0}=1+1",
            "\u{feff}=1+1",
            "\u{200b}@x",
            "\u{202e}=x",
            "\u{1b}=x",
            "\u{ff1d}1+1",
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}SUM(A1)",
            "\u{fe66}1+1",
            "\u{fe62}1",
            "\u{fe63}1",
            "\u{fe6b}x",
            "\u{207a}1",
            "\u{2212}1+1",
        ] {
            assert!(csv_cell(text).starts_with('\''), "{text:?}: {}", csv_cell(text));
        }
    }

    #[test]
    fn numbers_phones_and_names_stay_what_they_are() {
        for text in [
            "",
            "-5",
            "+5",
            "-1.5",
            "-.5",
            "-1,234.50",
            "-1'234.50",
            "-1.5E+3",
            "+1e9",
            "-12 %",
            "+49 30 123",
            "+49 (0)30 123-45",
            "+1 (415) 555-2671",
            "+1 415 555 2671 ext. 12",
            "+14155552671;ext=12",
            "+1.415.555.2671x12",
            "+49/89/1234567",
            "李伟",
            "Ana-María",
            "ada+news@example.com",
            "O'Neill",
            "'quoted'",
            "$2y$10$abc",
        ] {
            assert_eq!(csv_cell(text), text);
        }
        assert_eq!(csv_list(["Staff", "=cmd|x", "Plain"]), "Staff; '=cmd|x; Plain");
        // A semicolon begins a cell in much of Europe, inside quotes too.
        assert_eq!(csv_cell("x;=cmd|x;ok"), "x;'=cmd|x;ok");
        assert_eq!(csv_cell(";=1"), ";'=1");
        for plain in ["a; b", "+1 415 555 2671;ext=12", "x;-5", "Tom; Ann"] {
            assert_eq!(csv_cell(plain), plain);
        }
    }

    #[test]
    fn a_terminal_is_shown_what_it_would_act_on() {
        assert_eq!(printable("Ann\u{1b}[31m\u{7}\u{9b}2J\u{7f}"), "Ann\\u{1b}[31m\\u{7}\\u{9b}2J\\u{7f}");
        assert_eq!(printable("a\r\nb\rc\tд李"), "a\nb\\u{d}c\tд李");
        assert_eq!(printable("x\u{202e}y\u{2066}z\u{2028}"), "x\\u{202e}y\\u{2066}z\\u{2028}");
        assert_eq!(printable("ع\u{200c}ر \u{200f}"), "ع\u{200c}ر \u{200f}", "letters' own joiners are left");
        let value = serde_json::json!({ "name": "A\u{1b}\u{9b}\u{202e}\u{7f}\n" });
        let text = printable_json(&value.to_string()).into_owned();
        assert_eq!(text, r#"{"name":"A\u001b\u009b\u202e\u007f\n"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        let mut log = PrintableLog::text(Vec::new());
        log.write_all("err\u{1b}[2J\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(log.out).unwrap(), "err\\u{1b}[2J\n");
        let mut log = PrintableLog::json(Vec::new());
        log.write_all("{\"a\":\"\u{9b}\"}\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(log.out).unwrap(), "{\"a\":\"\\u009b\"}\n");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in any::<String>(), tail in "[=+@\\-\u{ff1d}\t\r\u{200b}a-z0-9 |!()]{0,12}") {
            for text in [&text, &tail] {
                prop_assert!(!printable(text).chars().any(acts));
                let cell = csv_cell(text);
                prop_assert!(!cell.chars().any(acts));
                prop_assert!(!begins_like_formula(&cell) || is_number(&cell) || is_phone(&cell));
                let json = serde_json::Value::String(text.clone()).to_string();
                let read: String = serde_json::from_str(&printable_json(&json)).unwrap();
                prop_assert_eq!(&read, text);
            }
        }
    }
}
