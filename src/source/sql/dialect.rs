//! The databases that SQL is made for, and what differs between them.

use super::mssql;
use crate::model::TableName;

/// An identifier in SQL's own quotes. Case is kept; what stands inside can't get out.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table's name in SQL's own quotes.
pub(crate) fn quote_table(name: &TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    }
}

/// A text in SQL's own quotes.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

/// The databases that SQL is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
    /// SQL Server and Azure SQL.
    Mssql,
}

impl Dialect {
    /// An identifier in the database's own quotes. Case is kept; what stands inside can't get out.
    pub(crate) fn quote(self, name: &str) -> String {
        match self {
            // SQL Server takes the standard's quotes as well as brackets.
            Self::Postgres | Self::Sqlite | Self::Mssql => quote(name),
            Self::Mysql => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A table's name in the database's own quotes.
    pub(crate) fn quote_table(self, name: &TableName) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.quote(schema), self.quote(&name.name)),
            None => self.quote(&name.name),
        }
    }

    /// A text as it stands in SQL.
    pub(crate) fn literal(self, text: &str) -> String {
        match self {
            Self::Postgres | Self::Sqlite => literal(text),
            // Unicode, whatever the database's code page.
            Self::Mssql => format!("N{}", literal(text)),
            // Digits, so that no setting of the server (backslashes, character sets) makes anything else of it.
            Self::Mysql => format!("_utf8mb4 X'{}'", hex::encode(text.replace('\0', ""))),
        }
    }

    /// The place of the `n`th bound value, counted from 1. `None`: values are written into the SQL as literals.
    pub(super) fn bound(self, n: usize) -> Option<String> {
        match self {
            // Bound values are always sent as text.
            Self::Postgres => Some(format!("${n}::text")),
            Self::Sqlite => Some(format!("?{n}")),
            Self::Mssql => Some(format!("@P{n}")),
            // An answer to bound values comes in binary form, which not every type has.
            Self::Mysql => None,
        }
    }

    /// An expression as text, which compares to the letter.
    pub(crate) fn text(self, expression: &str) -> String {
        match self {
            Self::Postgres => format!("{expression}::text"),
            Self::Sqlite => format!("CAST({expression} AS TEXT)"),
            Self::Mssql => mssql::text(expression),
            Self::Mysql => format!("CAST({expression} AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin"),
        }
    }

    /// Where `needle` stands in `haystack`, counted from 1; 0 when it does not.
    pub(super) fn position(self, haystack: &str, needle: &str) -> String {
        match self {
            Self::Postgres => format!("strpos({haystack}, {needle})"),
            Self::Sqlite | Self::Mysql => format!("instr({haystack}, {needle})"),
            Self::Mssql => format!("charindex({needle}, {haystack})"),
        }
    }

    /// The distinct values of an expression as one value.
    pub(super) fn gather(self, expression: &str) -> String {
        match self {
            Self::Postgres => format!("array_agg(DISTINCT {expression}::text)"),
            Self::Sqlite => format!("json_group_array(DISTINCT CAST({expression} AS TEXT))"),
            Self::Mssql => mssql::gather(expression),
            // The sign between them stands in no name, so that no name turns into two.
            Self::Mysql => {
                format!(
                    "GROUP_CONCAT(DISTINCT REPLACE({}, X'1E', '') SEPARATOR X'1E')",
                    self.text(expression)
                )
            }
        }
    }
}

/// What stands between the names that MySQL gathers.
pub(crate) const GATHERED: char = '\u{1e}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_their_quotes() {
        assert_eq!(quote(r#"a"; DROP TABLE b; --"#), r#""a""; DROP TABLE b; --""#);
        let name = crate::model::TableName { schema: Some("hr".into()), name: "Benutzer".into() };
        assert_eq!(quote_table(&name), r#""hr"."Benutzer""#);
    }
}
