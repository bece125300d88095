//! Yes and no as databases write them: a flag may be a truth, a number, a bit, a letter or a word, whatever its column is declared as.

use super::dialect::Dialect;
use super::kind::Kind;

/// Words for yes, in small letters. The first six stand in every database; then letters and words of languages.
const YES: [&str; 22] = [
    "1", "true", "t", "yes", "y", "on", "x", "-1", "1.0", "-1.0", "ja", "j", "oui", "o", "si", "s", "sim",
    "tak", "ano", "da", "\u{1}", "\\x01",
];

/// Words for no, in small letters, and what programs write for nothing.
const NO: [&str; 17] = [
    "", "0", "false", "f", "no", "n", "off", "0.0", "nein", "non", "nie", "nee", "nao", "ne", "\u{0}",
    "\\x00", "null",
];

/// What a word says.
pub(super) fn of(word: &str) -> Option<bool> {
    let word = word.trim().to_lowercase();
    if YES.contains(&word.as_str()) {
        return Some(true);
    }
    (!word.is_empty() && NO.contains(&word.as_str())).then_some(false)
}

/// The condition that a column says yes, or no (or nothing).
pub(super) fn says(dialect: Dialect, kind: Kind, column: &str, text: &str, yes: bool) -> String {
    match (dialect, kind, yes) {
        (Dialect::Postgres, Kind::Bool, true) => format!("{column} IS TRUE"),
        (Dialect::Postgres, Kind::Bool, false) => format!("{column} IS NOT TRUE"),
        (Dialect::Postgres, Kind::Number, true) | (Dialect::Mssql, Kind::Bool | Kind::Number, true) => {
            format!("{column} IN (1, -1)")
        }
        (Dialect::Postgres, Kind::Number, false) | (Dialect::Mssql, Kind::Bool | Kind::Number, false) => {
            format!("coalesce({column}, 0) = 0")
        }
        (Dialect::Mysql, Kind::Bool | Kind::Number, true) => format!("({column} + 0) IN (1, -1)"),
        (Dialect::Mysql, Kind::Bool | Kind::Number, false) => format!("coalesce({column} + 0, 0) = 0"),
        (Dialect::Postgres | Dialect::Mysql | Dialect::Mssql, _, true) => among(dialect, text, &YES),
        (Dialect::Postgres | Dialect::Mysql | Dialect::Mssql, _, false) => {
            format!("({column} IS NULL OR {})", among(dialect, text, &NO))
        }
        (Dialect::Sqlite, _, true) => format!("{} IS 1", number(column, text)),
        (Dialect::Sqlite, _, false) => format!("({column} IS NULL OR {} IS 0)", number(column, text)),
    }
}

/// What a value of a SQLite column says, as 1 and 0, and as NULL where it says neither: values have types of their own there.
pub(super) fn number(column: &str, text: &str) -> String {
    let dialect = Dialect::Sqlite;
    format!(
        "(CASE WHEN {column} IS NULL THEN NULL WHEN typeof({column}) = 'blob' THEN (CASE {column} WHEN X'01' THEN 1 WHEN X'00' THEN 0 \
         WHEN X'31' THEN 1 WHEN X'30' THEN 0 WHEN X'' THEN 0 END) WHEN {} THEN 1 WHEN {} THEN 0 END)",
        among(dialect, text, &YES),
        among(dialect, text, &NO)
    )
}

fn among(dialect: Dialect, text: &str, words: &[&str]) -> String {
    // A zero byte is in no text.
    let written = words.iter().filter(|word| !word.contains('\0')).map(|word| dialect.literal(word));
    let words = written.collect::<Vec<_>>().join(", ");
    match dialect {
        Dialect::Postgres => format!("lower(btrim({text})) IN ({words})"),
        Dialect::Sqlite | Dialect::Mysql => format!("lower(trim({text})) IN ({words})"),
        // `trim` came with SQL Server 2017.
        Dialect::Mssql => format!("lower(ltrim(rtrim({text}))) IN ({words})"),
    }
}
