//! Rows of cells, as CSV files and sheets have them: which row is the header, and which rows are no people.

use super::known;
use super::mangled::Column;
use super::notes::About;
use super::rows::Harvest;
use crate::model::Value;

/// Rows that are looked at before the header is decided.
const LOOKED: usize = 60;

/// Lines of one cell above the header that are taken for titles.
const TITLES: usize = 10;

/// Words that a row of totals begins with, in small letters.
const TOTALS: [&str; 17] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "count",
    "gesamt",
    "summe",
    "anzahl",
    "totale",
    "total general",
    "somme",
    "suma",
    "totaal",
    "итого",
    "всего",
    "合計",
    "总计",
];

/// One table of cells that is being read.
pub(super) struct Grid {
    name: String,
    /// Whether the first row is a header, where somebody said.
    header: Option<bool>,
    /// Whether empty cells and all others are text.
    text: bool,
    waiting: Vec<(u64, Vec<Value>)>,
    open: Option<Open>,
    /// The last row: it may be a total.
    held: Option<(u64, Vec<Value>)>,
}

/// A grid whose header is decided.
struct Open {
    table: usize,
    /// How many columns the header names.
    width: usize,
    columns: Vec<Column>,
}

impl Grid {
    pub(super) fn new(name: &str, header: Option<bool>, text: bool) -> Self {
        Self { name: name.to_owned(), header, text, waiting: Vec::new(), open: None, held: None }
    }

    /// Takes a row in.
    pub(super) fn row(&mut self, out: &mut Harvest, line: u64, cells: Vec<Value>) {
        if cells.iter().all(is_blank) {
            return;
        }
        if self.open.is_some() {
            self.pass(out, line, cells);
            return;
        }
        self.waiting.push((line, cells));
        if self.waiting.len() >= LOOKED {
            self.decide(out);
        }
    }

    /// The end of the table: what waits goes on, and what the columns say is said.
    pub(super) fn end(&mut self, out: &mut Harvest) {
        if self.open.is_none() {
            self.decide(out);
        }
        if let Some((line, cells)) = self.held.take() {
            if is_total(&cells, self.open.as_ref().map_or(0, |open| open.width)) {
                out.notes.row(&About::Totals, line);
            } else {
                self.put(out, line, cells);
            }
        }
        if let Some(open) = self.open.take() {
            for column in &open.columns {
                column.end(&mut out.notes);
            }
        }
    }

    /// Decides the header, and lets what waits go on.
    fn decide(&mut self, out: &mut Harvest) {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return;
        }
        let texts: Vec<Vec<String>> =
            rows.iter().map(|(_, cells)| cells.iter().map(text_of).collect()).collect();
        let Header { titles, named, second } = match self.header {
            Some(false) => Header { titles: 0, named: false, second: false },
            Some(true) => Header { titles: 0, named: true, second: false },
            None => header_of(&texts),
        };
        let table = out.new_table(&self.name);
        for (line, _) in &rows[..titles] {
            out.notes.row(&About::Preamble, *line);
        }
        let mut skip = titles;
        let width = if named {
            skip += 1;
            let names = &texts[titles];
            // Empty cells after the last name are none.
            let width = names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
            for name in &names[..width] {
                Self::add(out, table, name);
            }
            if second {
                out.notes.row(&About::SecondHeader, rows[titles + 1].0);
                skip += 1;
            }
            width
        } else {
            let width = rows.iter().skip(titles).map(|(_, cells)| cells.len()).max().unwrap_or(0);
            let known = known::columns(&texts[titles..]);
            let names = known.map_or(&[][..], |(_, names)| names);
            for at in 0..width {
                let name =
                    names.get(at).map_or_else(|| format!("column_{}", at + 1), |name| (*name).to_owned());
                Self::add(out, table, &name);
            }
            if let Some((what, _)) = known {
                out.notes.say(format!("“{}” has no header row; its columns are those of {what}.", self.name));
            } else if self.header.is_none() {
                out.notes.say(format!(
                    "“{}” has no header row, so its columns are called column_1, column_2 and so on.",
                    self.name
                ));
            }
            width
        };
        out.tables[table].text = self.text;
        let columns = out.tables[table].columns.iter().map(|name| Column::new(name)).collect();
        self.open = Some(Open { table, width, columns });
        for (line, cells) in rows.into_iter().skip(skip) {
            self.pass(out, line, cells);
        }
    }

    fn add(out: &mut Harvest, table: usize, name: &str) {
        let Some(at) = out.tables[table].add(name) else { return };
        let now = out.tables[table].columns[at].clone();
        if !name.is_empty() && now != name.trim() {
            out.notes.row(&About::Doubled { name: name.to_owned(), now }, 1);
        }
    }

    fn pass(&mut self, out: &mut Harvest, line: u64, cells: Vec<Value>) {
        if let Some((line, cells)) = self.held.replace((line, cells)) {
            self.put(out, line, cells);
        }
    }

    fn put(&mut self, out: &mut Harvest, line: u64, mut cells: Vec<Value>) {
        let Some(open) = &mut self.open else { return };
        while cells.len() > open.width && cells.last().is_some_and(is_blank) {
            cells.pop();
        }
        if cells.len() > open.width {
            out.notes.row(&About::Long, line);
            let draft = &mut out.tables[open.table];
            while draft.columns.len() < cells.len() && draft.add("").is_some() {}
            if draft.columns.len() < cells.len() {
                out.notes.row(&About::TooManyColumns, line);
                cells.truncate(draft.columns.len());
            }
        } else if self.text && cells.len() < open.width {
            out.notes.row(&About::Short, line);
        }
        for (column, value) in open.columns.iter_mut().zip(&cells) {
            match value {
                Value::Text(text) => column.look(text, line, &mut out.notes),
                Value::Integer(number) => column.look(&number.to_string(), line, &mut out.notes),
                _ => {}
            }
        }
        out.push(open.table, cells);
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        other => other.is_empty(),
    }
}

fn text_of(value: &Value) -> String {
    value.as_text().map(|text| text.trim().to_owned()).unwrap_or_default()
}

struct Header {
    titles: usize,
    named: bool,
    second: bool,
}

/// What the first rows say about the header.
fn header_of(rows: &[Vec<String>]) -> Header {
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let width = rows.iter().map(|row| filled(row)).max().unwrap_or(0);
    // Titles: a lone cell above rows of many.
    let titles = if width > 1 {
        rows.iter().take(TITLES).take_while(|row| filled(row) == 1).count().min(rows.len() - 1)
    } else {
        0
    };
    // A title row's cell that was merged over the columns leaves groups of columns above the names.
    let mut at = titles;
    if let [first, next, ..] = &rows[at..]
        && names(first)
        && names(next)
        && filled(first) * 2 <= filled(next)
        && distinct(next)
    {
        at += 1;
    }
    let Some(first) = rows.get(at) else { return Header { titles: 0, named: true, second: false } };
    let data = &rows[at + 1..];
    let named = names(first) && (data.is_empty() || differs(first, data) || !like_data(first, data));
    if !named {
        return Header { titles, named: false, second: false };
    }
    let second = data.len() > 1 && names(&data[0]) && second_header(first, &data[0], &data[1..]);
    Header { titles: at, named: true, second }
}

/// Whether all cells of a row could be names of columns.
fn names(row: &[String]) -> bool {
    row.iter().any(|cell| !cell.is_empty())
        && row.iter().all(|cell| {
            cell.chars().count() <= 100
                && !cell.contains(['@', '$', '{', '\n'])
                && cell.parse::<f64>().is_err()
                // `2FA enabled` is a name; dates and ids are not.
                && !(cell.starts_with(|c: char| c.is_ascii_digit()) && mostly_digits(cell))
                && !matches!(cell.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no")
        })
}

fn mostly_digits(cell: &str) -> bool {
    cell.chars().filter(char::is_ascii_digit).count() * 2
        >= cell.chars().filter(|c| c.is_alphanumeric()).count()
}

fn distinct(row: &[String]) -> bool {
    let mut seen = std::collections::HashSet::new();
    row.iter().filter(|cell| !cell.is_empty()).all(|cell| seen.insert(cell.to_lowercase()))
}

/// The looks of a value: what a name of a column does not have.
fn shape(cell: &str) -> u8 {
    if cell.contains('@') {
        1
    } else if cell.parse::<f64>().is_ok() || cell.starts_with('+') {
        2
    } else if cell.starts_with(|c: char| c.is_ascii_digit()) {
        3
    } else if cell.starts_with(['$', '{']) || (cell.len() >= 24 && !cell.contains(' ')) {
        4
    } else if matches!(cell.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no") {
        5
    } else {
        0
    }
}

/// Whether the values below have looks that the row above has not.
fn differs(above: &[String], below: &[Vec<String>]) -> bool {
    above.iter().enumerate().any(|(at, cell)| {
        let values: Vec<&String> =
            below.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_empty()).collect();
        let shaped = values.iter().filter(|value| shape(value) != 0).count();
        shape(cell) == 0 && shaped > 0 && shaped * 2 >= values.len()
    })
}

/// Whether a row of words stands among rows of words as one of them: its words come again in the same columns.
fn like_data(first: &[String], data: &[Vec<String>]) -> bool {
    first
        .iter()
        .enumerate()
        .any(|(at, cell)| !cell.is_empty() && data.iter().any(|row| row.get(at) == Some(cell)))
}

/// Whether the second row is a header too: it differs from what is below in the same columns as the first.
fn second_header(first: &[String], second: &[String], below: &[Vec<String>]) -> bool {
    let telling = |row: &[String]| -> Vec<usize> {
        (0..row.len()).filter(|at| differs(std::slice::from_ref(&row[*at]), &column(below, *at))).collect()
    };
    let filled = second.iter().filter(|cell| !cell.is_empty()).count();
    let of_first = telling(first);
    let of_second = telling(second);
    !of_first.is_empty() && of_first.iter().all(|at| of_second.contains(at)) && filled * 2 >= first.len()
}

fn column(rows: &[Vec<String>], at: usize) -> Vec<Vec<String>> {
    rows.iter().map(|row| vec![row.get(at).cloned().unwrap_or_default()]).collect()
}

/// Whether a last row is a total: it begins with a word for it, and has little else; or it is what psql writes at the end.
fn is_total(cells: &[Value], width: usize) -> bool {
    let texts: Vec<String> = cells.iter().map(text_of).filter(|text| !text.is_empty()).collect();
    let Some(first) = texts.first() else { return false };
    let small = first.to_lowercase();
    let counted = small
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(" rows)").or_else(|| rest.strip_suffix(" row)")))
        .is_some_and(|n| n.parse::<u64>().is_ok());
    let word = small.trim_end_matches(|c: char| !c.is_alphabetic());
    let total = TOTALS.contains(&word) || TOTALS.contains(&word.split(" (").next().unwrap_or(word));
    let others = texts[1..].iter().all(|text| text.parse::<f64>().is_ok());
    (counted && texts.len() == 1) || (total && width > 1 && texts.len() * 2 <= width.max(3) + 1 && others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[&str]], header: Option<bool>) -> Harvest {
        let mut out = Harvest::default();
        let mut grid = Grid::new("people", header, true);
        for (at, row) in rows.iter().enumerate() {
            let cell = |cell: &&str| if cell.is_empty() { Value::Null } else { Value::Text((*cell).into()) };
            grid.row(&mut out, at as u64 + 1, row.iter().map(cell).collect());
        }
        grid.end(&mut out);
        out
    }

    #[test]
    fn a_header_is_told_from_people() {
        let out = grid(&[&["id", "E-mail", "Name"], &["1", "ada@example.com", "Ada"]], None);
        assert_eq!(out.tables[0].columns, ["id", "E-mail", "Name"]);
        assert_eq!((out.rows.len(), out.notes.words().len()), (1, 0));
        let out = grid(&[&["1", "ada@example.com", "Ada"], &["2", "bob@example.com", "Bob"]], None);
        assert_eq!(out.tables[0].columns, ["column_1", "column_2", "column_3"]);
        assert_eq!(out.rows.len(), 2);
        assert!(out.notes.words()[0].contains("no header row"));
        // Words alone: a header unless its words come again.
        assert_eq!(grid(&[&["first", "last"], &["Ada", "Byron"]], None).rows.len(), 1);
        let said = grid(&[&["id", "E-mail"], &["1", "ada@example.com"]], Some(false));
        assert_eq!((said.tables[0].columns[0].as_str(), said.rows.len()), ("column_1", 2));
    }

    #[test]
    fn a_name_may_begin_with_a_digit() {
        let out = grid(&[&["email", "2sv Enrolled [READ ONLY]"], &["ada@example.com", "TRUE"]], None);
        assert_eq!(out.tables[0].columns, ["email", "2sv Enrolled [READ ONLY]"]);
        assert_eq!(
            grid(&[&["ada@example.com", "2024-05-01"], &["b@example.com", "2024-05-02"]], None).rows.len(),
            2
        );
    }

    #[test]
    fn titles_two_headers_and_a_total_are_no_people() {
        let out = grid(
            &[
                &["Export of 1 May", "", ""],
                &["", "", ""],
                &["id", "email", "name"],
                &["ID", "E-Mail address", "Full name"],
                &["1", "ada@example.com", "Ada"],
                &["2", "bob@example.com", "Bob"],
                &["Total", "2", ""],
            ],
            None,
        );
        assert_eq!(out.tables[0].columns, ["id", "email", "name"]);
        assert_eq!(out.rows.len(), 2);
        assert_eq!(
            out.notes.words(),
            [
                "Row 1 above the header is left out: titles, not people.",
                "Row 4 is a second header row and left out.",
                "Row 7 at the end is left out: a total, not a person."
            ]
        );
        // Groups of columns above their names.
        let out = grid(
            &[
                &["Person", "", "Account", ""],
                &["first", "last", "login", "age"],
                &["Ada", "Byron", "ada@x.example", "36"],
            ],
            None,
        );
        assert_eq!(out.tables[0].columns, ["first", "last", "login", "age"]);
        assert_eq!(out.rows.len(), 1);
        // A person called Total is a person.
        let out = grid(&[&["name", "email"], &["Ada", "a@x.example"], &["Total", "total@x.example"]], None);
        assert_eq!(out.rows.len(), 2);
    }

    #[test]
    fn ragged_rows_and_doubled_names_are_said() {
        let out = grid(
            &[
                &["id", "name", "name"],
                &["1", "Ada", "Byron"],
                &["2", "Bob"],
                &["3", "Cyd", "x", "y", ""],
                &["4", "Dee", "z"],
            ],
            None,
        );
        assert_eq!(out.tables[0].columns, ["id", "name", "name_2", "column_4"]);
        assert_eq!(out.rows.len(), 4);
        let words = out.notes.words();
        assert!(
            words.contains(
                &"The header names “name” twice. The second one is called “name_2” here.".to_owned()
            )
        );
        assert!(words.iter().any(|text| text.starts_with("Row 3 has fewer cells")), "{words:?}");
        assert!(words.iter().any(|text| text.starts_with("Row 4 has more cells")), "{words:?}");
    }
}
