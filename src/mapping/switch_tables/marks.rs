//! Columns of other tables that say who is switched off, and the conditions they make.

use crate::mapping::activity::{Code, Sense, code_of, named, status_word};
use crate::mapping::guess::{quoted, quoted_table};
use crate::model::Table;

/// Texts that say no.
const NO: &str = "('', '0', 'f', 'false', 'n', 'no', 'off', '0000-00-00', '0000-00-00 00:00:00')";

/// Whether a column says who is switched off, by its name or its product's.
pub(super) fn says(table: &Table, column: &str) -> bool {
    let by_name = named(column).is_some_and(|named| {
        named.exact && !matches!(named.sense, Sense::Trace | Sense::Doubt | Sense::ValidFrom)
    });
    by_name || code(table, column).is_some()
}

fn code(table: &Table, column: &str) -> Option<Code> {
    let all: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    code_of(column, &all)
}

/// A status whose words decide what the condition is: the source is asked for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenStatus {
    /// What stands for its condition until then.
    place: String,
    /// Its value in small text, as SQL.
    text: String,
    /// The SELECT of its different values.
    pub(crate) values: String,
}

impl OpenStatus {
    pub(super) fn new(at: usize, text: String, value: &str, rows: &str) -> Self {
        let values = format!("SELECT DISTINCT CAST({value} AS text) AS status FROM {rows}");
        Self { place: format!("/*status {at}*/"), text, values }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// SQL with its condition, now that its values are known (`None`: they could not be asked). The second: whether they leave open who
    /// is switched off.
    pub(super) fn settled(&self, sql: &str, values: Option<&[String]>) -> (String, bool) {
        let words = values.unwrap_or_default();
        let off: Vec<String> = words
            .iter()
            .filter(|word| status_word(word) == Some(false))
            .map(|word| format!("'{}'", word.to_lowercase().replace('\'', "''")))
            .collect();
        let says = |word: &&String| !word.trim().is_empty() && status_word(word).is_none();
        // One code for everyone parts nobody.
        let open = values.is_none() || words.len() > 1 && words.iter().any(|word| says(&word));
        let condition = if off.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("{} IN ({})", self.text, off.join(", "))
        };
        (sql.replace(&self.place, &condition), open)
    }
}

/// What several columns of a row `b` say.
pub(super) struct Marks {
    /// That somebody is switched off by one of them.
    pub(super) condition: String,
    /// The statuses in it that are not settled yet.
    pub(super) open: Vec<OpenStatus>,
}

/// The condition that a row `b` has one of these marks.
pub(super) fn marks(table: &Table, columns: &[String]) -> Marks {
    let mut open = Vec::new();
    let mut conditions = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let text = format!("lower(CAST(b.{} AS text))", quoted(column));
        let known = match code(table, column) {
            Some(code) => Some(by_code(code, &text)),
            None => named(column).and_then(|named| by_sense(named.sense, &text)),
        };
        conditions.push(known.unwrap_or_else(|| {
            let rows = format!("{} b", quoted_table(&table.name));
            let status = OpenStatus::new(at, text, &format!("b.{}", quoted(column)), &rows);
            let place = status.place.clone();
            open.push(status);
            place
        }));
    }
    Marks { condition: conditions.join(" OR "), open }
}

fn by_code((on, off): Code, text: &str) -> String {
    let list = |words: &[&str]| words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(", ");
    match off {
        ["*"] => format!("COALESCE({text}, '') NOT IN ({})", list(on)),
        off => format!("COALESCE({text}, '') IN ({})", list(off)),
    }
}

/// That a text says that somebody is switched off, by what its name means. `None`: its words say so.
pub(super) fn by_sense(sense: Sense, text: &str) -> Option<String> {
    match sense {
        Sense::Off | Sense::OffFrom | Sense::OffUntil | Sense::ValidUntil => {
            Some(format!("COALESCE({text}, '') NOT IN {NO}"))
        }
        Sense::On => Some(format!("COALESCE({text}, '') IN {NO}")),
        Sense::Status | Sense::Trace | Sense::Doubt | Sense::ValidFrom => None,
    }
}
