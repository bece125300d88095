//! The SQL that Causeway makes: one SELECT for a selection, for databases that differ in little.

use std::collections::HashSet;

mod check;
mod kind;
mod select;
mod truth;

pub(crate) use check::check_query;
pub(crate) use kind::Kind;
pub(crate) use select::{Field, Find, Members, Query, Request, build};

/// An identifier in SQL's own quotes. Case is kept; what stands inside can't get out.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table's name in SQL's own quotes.
pub(crate) fn quote_table(name: &crate::model::TableName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    }
}

/// A text in SQL's own quotes.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', ""))
}

/// The names, each once: a second `id` becomes `id_2`. Names are compared ignoring case, as the database does.
pub(crate) fn unique(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.into_iter().collect();
    let given: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut taken = HashSet::new();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        if taken.insert(name.to_lowercase()) {
            unique.push(name);
            continue;
        }
        let mut n = 2;
        let free = loop {
            let free = format!("{name}_{n}");
            let small = free.to_lowercase();
            if !given.contains(&small) && taken.insert(small) {
                break free;
            }
            n += 1;
        };
        unique.push(free);
    }
    unique
}

/// The databases that SQL is made for. MySQL and SQL Server will be two more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl Dialect {
    /// The place of the `n`th bound value, counted from 1.
    fn bound(self, n: usize) -> String {
        match self {
            // Bound values are always sent as text.
            Self::Postgres => format!("${n}::text"),
            Self::Sqlite => format!("?{n}"),
        }
    }

    /// An expression as text.
    pub(crate) fn text(self, expression: &str) -> String {
        match self {
            Self::Postgres => format!("{expression}::text"),
            Self::Sqlite => format!("CAST({expression} AS TEXT)"),
        }
    }

    /// Where `needle` stands in `haystack`, counted from 1; 0 when it does not.
    fn position(self, haystack: &str, needle: &str) -> String {
        match self {
            Self::Postgres => format!("strpos({haystack}, {needle})"),
            Self::Sqlite => format!("instr({haystack}, {needle})"),
        }
    }

    /// The distinct values of an expression as one value.
    fn gather(self, expression: &str) -> String {
        match self {
            Self::Postgres => format!("array_agg(DISTINCT {expression}::text)"),
            Self::Sqlite => format!("json_group_array(DISTINCT CAST({expression} AS TEXT))"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_once() {
        let names = ["id", "name", "ID", "id_2", "id"].map(str::to_owned);
        assert_eq!(unique(names), ["id", "name", "ID_3", "id_2", "id_4"]);
    }

    #[test]
    fn names_stay_inside_their_quotes() {
        assert_eq!(quote(r#"a"; DROP TABLE b; --"#), r#""a""; DROP TABLE b; --""#);
        let name = crate::model::TableName { schema: Some("hr".into()), name: "Benutzer".into() };
        assert_eq!(quote_table(&name), r#""hr"."Benutzer""#);
    }
}
