//! What a spreadsheet did to a column's values: digits, zeros and dates that are lost.

use super::notes::{About, Notes};

/// What is known of one column.
#[derive(Debug, Default, Clone)]
pub(super) struct Column {
    name: String,
    /// Its name says phone or the like: digits that are no number.
    digits: bool,
    /// Its name says postal code: digits too, mostly of one length.
    postal: bool,
    /// Values of digits alone by their length, with the first rows.
    lengths: [(u64, Vec<u64>); 12],
    /// Its name says date.
    date: bool,
    filled: u64,
    /// Values of digits alone that begin with neither zero nor plus.
    bare: Vec<u64>,
    bare_count: u64,
    longest: usize,
    /// Values that are whole numbers as a spreadsheet counts days.
    serial: Vec<u64>,
    serial_count: u64,
}

/// Words of names of columns with digits that are no number.
const DIGITS: [&str; 10] =
    ["phone", "mobile", "cell", "tel", "telephone", "fax", "telefon", "handy", "mobil", "gsm"];

/// Words of names of columns with postal codes.
const POSTAL: [&str; 6] = ["zip", "postal", "postcode", "plz", "zipcode", "cap"];

/// Words of names of columns with dates.
const DATES: [&str; 12] = [
    "date",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "hired",
    "created",
    "updated",
    "joined",
    "expires",
    "datum",
    "at",
];

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Column {
    pub(super) fn new(name: &str) -> Self {
        let words = words(name);
        let has = |list: &[&str]| {
            words.iter().any(|word| list.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
        };
        Self {
            name: name.to_owned(),
            postal: has(&POSTAL),
            digits: has(&DIGITS) || words.iter().any(|word| word.contains("phone")),
            date: has(&DATES),
            ..Self::default()
        }
    }

    /// Looks at a value.
    pub(super) fn look(&mut self, text: &str, row: u64, notes: &mut Notes) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        if !text.as_bytes()[0].is_ascii_digit() && !text.starts_with(['+', '-']) {
            return;
        }
        if is_shortened(text) {
            notes.row(&About::Shortened { column: self.name.clone() }, row);
            return;
        }
        if !self.digits && !self.date && !self.postal {
            return;
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let only = digits == text.len();
        if only && let Some((count, rows)) = self.lengths.get_mut(digits) {
            *count += 1;
            if rows.len() < 5 {
                rows.push(row);
            }
        }
        if only && !text.starts_with(['0', '+']) {
            self.bare_count += 1;
            if self.bare.len() < 5 {
                self.bare.push(row);
            }
        }
        self.longest = self.longest.max(digits);
        if self.date && text.parse::<f64>().is_ok_and(|days| (7_000.0..80_000.0).contains(&days)) {
            self.serial_count += 1;
            if self.serial.len() < 5 {
                self.serial.push(row);
            }
        }
    }

    /// What the whole column says.
    pub(super) fn end(&self, notes: &mut Notes) {
        // A column of phone numbers in which none begins with 0 or +, or in which some do and others don't.
        let lost = self.digits && self.bare_count > 0 && self.longest >= 4;
        if lost {
            repeat(notes, &About::ZerosLost { column: self.name.clone() }, self.bare_count, &self.bare);
        }
        // Codes of one length, and some that lack a digit of it.
        if self.postal
            && let Some(longest) = self.lengths.iter().rposition(|(count, _)| *count > 0)
            && (5..8).contains(&longest)
            && let (count @ 1.., rows) = &self.lengths[longest - 1]
        {
            repeat(notes, &About::ZerosLost { column: self.name.clone() }, *count, rows);
        }
        // Years are not days: one value in the range may be anything, most of a column are days.
        if self.date && self.serial_count > 0 && self.serial_count * 2 >= self.filled {
            repeat(notes, &About::SerialDates { column: self.name.clone() }, self.serial_count, &self.serial);
        }
    }
}

/// Notes so many rows of which the first are known.
fn repeat(notes: &mut Notes, about: &About, count: u64, rows: &[u64]) {
    for at in 0..count {
        let row = usize::try_from(at).ok().and_then(|at| rows.get(at)).or(rows.last());
        notes.row(about, row.copied().unwrap_or(0));
    }
}

/// `1.23457E+31`, `4,91234E+12`: what is left of a long number.
fn is_shortened(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    let Some(power) = power.strip_prefix('+') else { return false };
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    whole.len() == 1 && digits(whole) && digits(part) && power.len() <= 3 && digits(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(name: &str, values: &[&str]) -> Vec<String> {
        let (mut notes, mut column) = (Notes::default(), Column::new(name));
        for (at, value) in values.iter().enumerate() {
            column.look(value, at as u64 + 2, &mut notes);
        }
        column.end(&mut notes);
        notes.words()
    }

    #[test]
    fn shortened_numbers_lost_zeros_and_days_are_seen() {
        let said = words_of("employee", &["123", "1.23457E+31", "4,91234E+12", "12E", "1E5", "E+3"]);
        assert!(said.len() == 1 && said[0].starts_with("“employee”: Rows 3 and 4 hold a number"), "{said:?}");
        let said = words_of("Mobile phone", &["4915112345", "+4915112345", "33"]);
        assert!(said.len() == 1 && said[0].contains("Rows 2 and 4 may have lost leading zeros"), "{said:?}");
        let said = words_of("postalCode", &["1067", "01069", "94105"]);
        assert!(said[0].contains("Row 2 may have lost"), "{said:?}");
        let said = words_of("date_of_birth", &["29952", "31000.5", ""]);
        assert!(said[0].contains("Rows 2 and 3 hold a date as a spreadsheet"), "{said:?}");
    }

    #[test]
    fn good_columns_are_left_alone() {
        for (name, values) in [
            ("id", ["1", "2", "30000"]),
            ("postal_code", ["94105", "10115", "80331"]),
            ("phone", ["+1 415 555 0100", "0176 1234", "(415) 555"]),
            ("hire_date", ["2024-01-01", "01.02.2024", "1714521600"]),
            ("password", ["$2a$10$abc", "1e+notes", "5E+x"]),
        ] {
            assert_eq!(words_of(name, &values), Vec::<String>::new(), "{name}");
        }
    }
}
