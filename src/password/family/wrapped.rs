//! Values that something else was wrapped around on the way: LDIF's Base64, drivers' hex, labels that nobody knows.
//!
//! `userPassword:: e1NTSEF9…` is Base64 of `{SSHA}…`; `\x7b…` (PostgreSQL bytea) and `0x7B…` (SQL Server varbinary) are hex of
//! it. Decoded once, and only where a value with marks of its own comes out.

use crate::password::read::recognise;
use crate::password::reading::Reading;
use crate::password::scheme::{Scheme, Seen};
use crate::password::text;

/// LDIF's Base64 and drivers' hex. Asked first.
pub(crate) struct Encoded;

impl Scheme for Encoded {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let inner = match seen.text {
            [b'\\', b'x', rest @ ..] | [b'0', b'x' | b'X', rest @ ..] => text::hex(rest)?,
            // `{` followed by a letter is `e0` to `e3` in Base64, and `$` followed by one is `JD` and the like.
            [b'e', b'0'..=b'3', ..] | [b'J', b'C'..=b'H', ..] => text::base64(seen.text)?,
            _ => return None,
        };
        let marked = inner.first() == Some(&b'$') || text::label(&inner).is_some();
        // MySQL 8's salt may be any bytes.
        if !marked || !(inner.starts_with(b"$A$") || inner.iter().all(u8::is_ascii_graphic)) {
            return None;
        }
        let reading = recognise(&Seen { text: &inner, depth: seen.depth + 1, ..*seen });
        (seen.depth < 2 && !matches!(reading, Reading::Unknown)).then_some(reading)
    }
}

/// A label that no family knows, before a value that one does. Asked after all families with labels.
pub(crate) struct Labelled;

impl Scheme for Labelled {
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading> {
        let (_, rest) = text::label(seen.text)?;
        // Only values with marks of their own: behind an unknown label bare digests mean anything.
        if !rest.starts_with(b"$") && text::label(rest).is_none() {
            return None;
        }
        let reading = recognise(&seen.unwrapped(rest)?);
        matches!(reading, Reading::Recognised(_) | Reading::Refused { .. } | Reading::Malformed { .. })
            .then_some(reading)
    }
}
