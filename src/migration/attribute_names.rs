//! What the rows of a table of names and values are about: asked of the source.

use crate::mapping::AttributeTable;
use crate::source::{Source, different_values};

/// Names of what is known of people in rows, at most.
const NAMES: usize = 500;

/// What the rows of such a table are about.
pub(super) async fn names_in(
    source: &dyn Source,
    table: &AttributeTable,
    until: tokio::time::Instant,
) -> Option<Vec<String>> {
    let keys = table.keys();
    tokio::time::timeout_at(until, different_values(source, &keys, NAMES)).await.ok()?.ok()?
}
