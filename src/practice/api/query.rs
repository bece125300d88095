//! Cursors of lists. Opaque to callers: nothing but a number with a letter before it.

use crate::practice::refusal::Refusal;

/// Writes a cursor.
pub(crate) fn cursor(next: u64) -> String {
    format!("c{next:x}")
}

/// Reads a cursor; 0 when there is none.
pub(crate) fn from_cursor(after: Option<&str>) -> Result<u64, Refusal> {
    let Some(after) = after else { return Ok(0) };
    after
        .strip_prefix('c')
        .and_then(|digits| u64::from_str_radix(digits, 16).ok())
        .ok_or_else(|| Refusal::invalid("after", vec!["after: invalid cursor".to_owned()]))
}
