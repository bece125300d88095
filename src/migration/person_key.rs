//! What tells people apart from one reading to the next. Where the source has no key of its own, a column is looked for that has one value
//! for each of all rows: counted in the database, not guessed from the first ones.

use std::time::Duration;

use crate::mapping::{as_written, key_candidates};
use crate::model::{Catalog, People, Sample, Selection, number};
use crate::source::{Source, Uniqueness, uniqueness};

/// Columns that are counted at most.
const CANDIDATES: usize = 3;

/// How long counting may take. What was not counted by then is judged by the first rows.
const PATIENCE: Duration = Duration::from_secs(20);

/// What tells people apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// The table's primary key.
    Primary(Vec<String>),
    /// Columns that were chosen or suggested.
    Columns {
        /// The columns.
        columns: Vec<String>,
        /// How all rows are told apart by it; `None` for several columns, or where it could not be counted.
        counted: Option<Uniqueness>,
    },
    /// Their login.
    Login {
        /// Columns that would serve as a key, the likeliest first.
        offered: Vec<String>,
    },
}

impl PersonKey {
    /// In a sentence or two, for a person to read.
    pub fn words(&self) -> String {
        match self {
            Self::Primary(columns) if columns.is_empty() => {
                "People are told apart by the source's own key.".to_owned()
            }
            Self::Primary(columns) => {
                format!("People are told apart by {}, the table's primary key.", columns.join(", "))
            }
            Self::Columns { columns, counted: None } => {
                format!("People are told apart by {}.", columns.join(", "))
            }
            Self::Columns { columns, counted: Some(counted) } if counted.holds() => format!(
                "People are told apart by {}: each of {} rows has its own.",
                columns.join(", "),
                number(counted.rows)
            ),
            Self::Columns { columns, counted: Some(counted) } => {
                let columns = columns.join(", ");
                let missing = counted.rows.saturating_sub(counted.filled);
                let twice = counted.filled.saturating_sub(counted.different);
                let why = match (missing, twice) {
                    (0, twice) => {
                        format!("{} of {} rows repeat another's", number(twice), number(counted.rows))
                    }
                    (missing, 0) => format!("{} of {} rows have none", number(missing), number(counted.rows)),
                    (missing, twice) => format!(
                        "{} of {} rows have none and {} repeat another's",
                        number(missing),
                        number(counted.rows),
                        number(twice)
                    ),
                };
                format!(
                    "{columns} does not tell people apart: {why}. Those rows are blocked. Choose another key."
                )
            }
            Self::Login { offered } => {
                let offer = match offered.as_slice() {
                    [] => "No column was found that stays the same and differs from row to row: add one where these people are kept.".to_owned(),
                    [one] => format!("{one} would serve as the key."),
                    several => format!("{} would serve as the key.", several.join(" or ")),
                };
                format!(
                    "People are told apart by their login. If someone's login changes and people are read again, they count as somebody \
                     new and get a second account in Okta. {offer}"
                )
            }
        }
    }

    /// Whether it is no good: the login, or columns that repeat.
    pub fn warns(&self) -> bool {
        match self {
            Self::Primary(_) | Self::Columns { counted: None, .. } => false,
            Self::Columns { counted: Some(counted), .. } => !counted.holds(),
            Self::Login { .. } => true,
        }
    }
}

/// What tells a selection's people apart, with the columns that would do it better where that is their login.
pub async fn person_key(
    source: &dyn Source,
    catalog: Option<&Catalog>,
    selection: &Selection,
    sample: &Sample,
) -> PersonKey {
    let table = match &selection.people {
        People::Table(name) => catalog.and_then(|catalog| catalog.table(name)),
        People::Sql(_) => None,
    };
    if !selection.key.is_empty() {
        let columns = as_written(&sample.columns, &selection.key);
        let counted = match columns.as_slice() {
            [one] => {
                count(source, selection, sample, &[one]).await.and_then(|counted| counted.first().copied())
            }
            _ => None,
        };
        return PersonKey::Columns { columns, counted };
    }
    if let Some(table) = table.filter(|table| !table.primary_key.is_empty()) {
        return PersonKey::Primary(table.primary_key.clone());
    }
    // A source that has keys of its own, though the catalog does not tell.
    if sample.records.iter().any(|record| !record.key.is_empty()) {
        return PersonKey::Primary(Vec::new());
    }
    let mut offered: Vec<String> = key_candidates(table, sample).into_iter().take(CANDIDATES).collect();
    let names: Vec<&str> = offered.iter().map(String::as_str).collect();
    if !names.is_empty()
        && let Some(counted) = count(source, selection, sample, &names).await
    {
        let mut counted = counted.into_iter();
        offered.retain(|_| counted.next().is_none_or(|counted| counted.holds()));
    }
    PersonKey::Login { offered }
}

async fn count(
    source: &dyn Source,
    selection: &Selection,
    sample: &Sample,
    columns: &[&str],
) -> Option<Vec<Uniqueness>> {
    let asked = uniqueness(source, &selection.people, &sample.columns, columns);
    tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?
}
