//! What SQL Server writes otherwise than other databases.

use super::kind::{Field, Kind};

/// Compares to the letter, whatever the column or the database has set. Known since SQL Server 2008.
const TO_THE_LETTER: &str = "COLLATE Latin1_General_100_BIN2";

/// What stands between a person's group names in what [`gather`] gives; no name holds it.
pub(crate) const BETWEEN: char = '\u{1f}';

/// In [`Field::cast`]: text of the national types, whose collation takes large and small letters for the same.
pub(crate) const MSSQL_NATIONAL_ANY_CASE: &str = "any case";
/// The same of a code page's types. A text that is compared with it becomes one of its kind, so that an index serves.
pub(crate) const MSSQL_ANY_CASE: &str = "varchar(8000), any case";
/// Text of a code page's types whose collation tells letters apart.
pub(crate) const MSSQL_CODE_PAGE: &str = "varchar(8000)";

/// An expression as text, to the letter.
pub(super) fn text(expression: &str) -> String {
    format!("CAST({expression} AS nvarchar(max)) {TO_THE_LETTER}")
}

/// The values of an expression as one text; a name may be in it twice.
pub(super) fn gather(expression: &str) -> String {
    // To the letter here too: for other collations a control character may be as good as none.
    format!("STRING_AGG(REPLACE({}, NCHAR(31), N''), NCHAR(31))", text(expression))
}

/// A column as the text that is shown of it.
pub(super) fn shown(column: &str, field: &Field) -> String {
    let written = match (field.kind, field.cast.as_deref()) {
        (_, Some("uniqueidentifier")) => format!("lower(CAST({column} AS nvarchar(36)))"),
        (_, Some(cast)) if is_binary(cast) => format!("lower(CONVERT(nvarchar(max), {column}, 2))"),
        (Kind::Time, _) => format!("CONVERT(nvarchar(40), {column}, 121)"),
        _ => return text(column),
    };
    format!("{written} {TO_THE_LETTER}")
}

fn is_binary(cast: &str) -> bool {
    ["binary", "varbinary", "timestamp", "rowversion"].iter().any(|name| cast.starts_with(name))
}

/// The condition that a column's value is this one to the letter, ignoring case. `places`: of the value as it is, in small and in capital
/// letters.
pub(super) fn same_ignoring_case(column: &str, field: &Field, places: &[String]) -> String {
    // What SQL Server takes for the same where only blanks at the end differ is told apart by a sign after them.
    let cases: Vec<_> = places.iter().map(|place| format!("lower({place} {TO_THE_LETTER}) + N'|'")).collect();
    let exact = format!("lower({}) + N'|' IN ({})", shown(column, field), cases.join(", "));
    // What the column's own collation takes for the same is more: an index serves it, and the letters decide.
    match field.cast.as_deref() {
        Some(MSSQL_NATIONAL_ANY_CASE) => format!("({column} IN ({}) AND {exact})", places.join(", ")),
        Some(MSSQL_ANY_CASE) => {
            let own: Vec<_> = places.iter().map(|place| format!("CAST({place} AS varchar(8000))")).collect();
            format!("({column} IN ({}) AND {exact})", own.join(", "))
        }
        _ => exact,
    }
}

/// The condition that a column of the key has this value, as the column has it, so that an index serves. It may find more: who asks
/// compares to the letter.
pub(super) fn same(column: &str, field: &Field, value: &str, place: &str) -> String {
    match (field.kind, field.cast.as_deref()) {
        (Kind::Text, Some(MSSQL_ANY_CASE | MSSQL_CODE_PAGE)) => {
            format!("{column} = CAST({place} AS varchar(8000))")
        }
        (Kind::Text, _) => format!("{column} = {place}"),
        (_, Some(cast)) if is_binary(cast) => {
            // Bytes that are no text stand in a key as hexadecimal digits.
            let mut bytes = vec![format!("0x{}", hex::encode(value))];
            if value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                bytes.push(format!("0x{value}"));
            }
            format!("{column} IN ({})", bytes.join(", "))
        }
        (Kind::Number | Kind::Time | Kind::Bool | Kind::Ordered, Some(cast)) => {
            format!("{column} = TRY_CAST({place} AS {cast})")
        }
        _ => format!("{} = {place}", shown(column, field)),
    }
}

/// A moment (RFC 3339) as it is compared: in UTC, as all moments without a zone are taken.
pub(super) fn moment(rfc3339: &str) -> String {
    let utc = chrono::DateTime::parse_from_rfc3339(rfc3339).map(|moment| moment.to_utc());
    utc.map(|utc| utc.format("%Y-%m-%d %H:%M:%S%.6f").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_serves_and_the_letters_decide() {
        let field =
            |kind, cast: Option<&str>| Field { name: "e".into(), kind, cast: cast.map(str::to_owned) };
        let places = ["@P1".to_owned()];
        let condition = same_ignoring_case("p.\"e\"", &field(Kind::Text, Some(MSSQL_ANY_CASE)), &places);
        assert!(condition.starts_with("(p.\"e\" IN (CAST(@P1 AS varchar(8000))) AND lower("), "{condition}");
        assert!(condition.contains("BIN2"), "{condition}");
        let key = same("p.\"e\"", &field(Kind::Number, Some("int")), "7", "@P1");
        assert_eq!(key, "p.\"e\" = TRY_CAST(@P1 AS int)");
        let key = same("p.\"e\"", &field(Kind::Ordered, Some("binary(2)")), "00ff", "@P1");
        assert_eq!(key, "p.\"e\" IN (0x30306666, 0x00ff)");
    }
}
