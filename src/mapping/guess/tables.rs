//! Tables and columns by the names a product gives them.

use crate::model::{Catalog, Table};

/// Whether a table has all these columns, ignoring case.
pub(super) fn has(table: &Table, columns: &[&str]) -> bool {
    columns.iter().all(|name| table.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name)))
}

/// A table beside another: of this name, in the same schema.
pub(super) fn beside<'c>(
    catalog: &'c Catalog,
    table: &Table,
    name: &str,
    columns: &[&str],
) -> Option<&'c Table> {
    let found = catalog.tables.iter().find(|t| {
        t.name.schema == table.name.schema && t.name.name.eq_ignore_ascii_case(name) && t.refused.is_none()
    })?;
    has(found, columns).then_some(found)
}

/// A column as the table writes it.
pub(super) fn column(table: &Table, name: &str) -> String {
    let own = table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
    own.map_or_else(|| name.to_owned(), |c| c.name.clone())
}
