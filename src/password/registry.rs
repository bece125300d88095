//! Every family, once, in the order they are asked.
//!
//! Families with marks of their own (a label, an id, a prefix) come first and never compete; what has no marks (bare
//! digests, clear text) comes last.

use super::family;
use super::scheme::Scheme;

/// All families.
pub(crate) static FAMILIES: &[&dyn Scheme] = &[
    &family::markers::Markers,
    &family::bcrypt::Bcrypt,
    &family::clear_text::Labelled,
    &family::bare_digest::BareDigest,
    &family::clear_text::Stated,
];
