//! What should be said about a file, with the rows it is about: a spreadsheet's habits do harm that nobody sees.

use std::fmt::Write as _;

use crate::model::number;

/// Rows that are named.
const NAMED: usize = 5;

/// What is the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    /// Rows with fewer cells than the header.
    Short,
    /// Rows with more cells than the header.
    Long,
    /// A name in the header that is there twice; the second got another name.
    Doubled {
        /// As in the file.
        name: String,
        /// What it is called now.
        now: String,
    },
    /// Numbers that a spreadsheet shortened: `1.23457E+31`.
    Shortened {
        /// The column.
        column: String,
    },
    /// Numbers without the zeros or the plus they began with.
    ZerosLost {
        /// The column.
        column: String,
    },
    /// Days as a spreadsheet counts them: `45292`.
    SerialDates {
        /// The column.
        column: String,
    },
    /// Cells with an error: `#REF!`.
    ErrorCells {
        /// The column.
        column: String,
    },
    /// Merged cells.
    Merged {
        /// The sheet.
        sheet: String,
    },
    /// Lines above the header.
    Preamble,
    /// A second header row.
    SecondHeader,
    /// A row of totals at the end.
    Totals,
    /// A record over very many lines: most likely a quote that is not closed.
    OpenQuote,
    /// Entries of a change list (`changetype: modify`), which are no people.
    Changes,
    /// Values that stand in another file (`<`).
    Elsewhere {
        /// The attribute.
        column: String,
    },
    /// Values beyond the last column that there is room for.
    TooManyColumns,
    /// Something that has no rows.
    Said(String),
}

/// Everything that should be said.
#[derive(Debug, Default)]
pub(super) struct Notes(Vec<(About, u64, Vec<u64>)>);

impl Notes {
    /// Notes a row.
    pub(super) fn row(&mut self, about: &About, row: u64) {
        match self.0.iter_mut().find(|(known, ..)| known == about) {
            Some((_, count, rows)) => {
                *count += 1;
                if rows.len() < NAMED {
                    rows.push(row);
                }
            }
            None => self.0.push((about.clone(), 1, vec![row])),
        }
    }

    /// Notes something that has no rows.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        let said = About::Said(text.into());
        if !self.0.iter().any(|(known, ..)| *known == said) {
            self.0.push((said, 0, Vec::new()));
        }
    }

    /// The sentences.
    pub(super) fn words(&self) -> Vec<String> {
        self.0.iter().map(|(about, count, rows)| sentence(about, *count, rows)).collect()
    }
}

/// `Row 7`, `Rows 3, 7 and 12`, `1,204 rows (3, 7, 12, 19, 23 …)`.
fn named(count: u64, rows: &[u64]) -> String {
    match rows {
        [one] => format!("Row {}", number(*one)),
        [most @ .., last] if count == rows.len() as u64 => {
            let most: Vec<_> = most.iter().map(|row| number(*row)).collect();
            format!("Rows {} and {}", most.join(", "), number(*last))
        }
        rows => {
            let mut text = format!("{} rows (", number(count));
            for row in rows {
                let _ = write!(text, "{}, ", number(*row));
            }
            text.push_str("…)");
            text
        }
    }
}

fn sentence(about: &About, count: u64, rows: &[u64]) -> String {
    let of = named(count, rows);
    let one = count == 1;
    let (has, is, hold) = if one { ("has", "is", "holds") } else { ("have", "are", "hold") };
    match about {
        About::Short => {
            format!("{of} {has} fewer cells than the header. The missing ones are read as empty.")
        }
        About::Long => format!(
            "{of} {has} more cells than the header, so values may stand in the wrong column. Check the delimiter and the quotes there \
             before you import."
        ),
        About::Doubled { name, now } => {
            format!("The header names “{name}” twice. The second one is called “{now}” here.")
        }
        About::Shortened { column } => format!(
            "“{column}”: {of} {hold} a number that a spreadsheet shortened (like 1.23457E+31), and its digits are lost. Export the \
             people again with this column as text."
        ),
        About::ZerosLost { column } => format!(
            "“{column}”: {of} may have lost leading zeros or a plus sign, as spreadsheets drop them (0033 becomes 33). Export the \
             people again with this column as text."
        ),
        About::SerialDates { column } => format!(
            "“{column}”: {of} {hold} a date as a spreadsheet counts days (like 45292). Format the column as a date and export the \
             people again."
        ),
        About::ErrorCells { column } => {
            format!("“{column}”: {of} {hold} an error of the spreadsheet (like #REF!), read as no value.")
        }
        About::Merged { sheet } => format!(
            "Sheet “{sheet}” has merged cells ({}). Only the first cell of each has its value; the others are read as empty.",
            of.to_lowercase()
        ),
        About::Preamble => format!("{of} above the header {is} left out: titles, not people."),
        About::SecondHeader => format!("{of} {is} a second header row and left out."),
        About::Totals => format!("{of} at the end {is} left out: a total, not a person."),
        About::OpenQuote => format!(
            "{of} {has} a value that runs over more than a hundred lines. A quote may be missing its partner there, and the people \
             after it may be missing."
        ),
        About::Changes => {
            format!(
                "{of} {is} left out: a change to an entry (changetype), not an entry. Export the entries themselves."
            )
        }
        About::Elsewhere { column } => format!(
            "“{column}”: {of} {has} a value that is kept in another file (“<”). It isn't read; export with the values in the file."
        ),
        About::TooManyColumns => {
            format!("{of} {has} values beyond the 1,000th column. Those values are left out.")
        }
        About::Said(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_and_long_lists_cut() {
        let mut notes = Notes::default();
        for row in [3, 7, 12] {
            notes.row(&About::Short, row);
        }
        for row in 100..1300 {
            notes.row(&About::Shortened { column: "phone".into() }, row);
        }
        notes.row(&About::Totals, 1_301);
        notes.say("Said once.");
        notes.say("Said once.");
        let words = notes.words();
        assert_eq!(
            words[0],
            "Rows 3, 7 and 12 have fewer cells than the header. The missing ones are read as empty."
        );
        assert!(
            words[1].starts_with("“phone”: 1,200 rows (100, 101, 102, 103, 104, …) hold"),
            "{}",
            words[1]
        );
        assert_eq!(words[2], "Row 1,301 at the end is left out: a total, not a person.");
        assert_eq!(words[3..], ["Said once."]);
    }
}
