//! The seam of recognition: a [`Scheme`] says what a stored value is.

use crate::model::PasswordSettings;

use super::reading::{Candidates, Reading};
use super::systems::{is_of, stated_by};

/// A stored value as a family gets to see it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The value, line ends and padding of a fixed-width column taken off.
    pub text: &'a [u8],
    /// The salt column's bytes, where there is one and it is not empty.
    pub salt: Option<&'a [u8]>,
    /// The source's user name.
    pub username: Option<&'a str>,
    /// What the row says in other columns that its value is read by: name and text.
    pub columns: &'a [(String, String)],
    /// What the administrator stated.
    pub settings: &'a PasswordSettings,
    /// How many wrappers were taken off already.
    pub(crate) depth: u8,
    /// What asks every family, this one too: for values that hold another's.
    pub(crate) families: fn(&Seen<'_>) -> Reading,
}

impl<'a> Seen<'a> {
    /// The same value with a wrapper taken off. `None` when two are off already.
    pub(crate) fn unwrapped(self, text: &'a [u8]) -> Option<Self> {
        (self.depth < 2).then(|| Self { text, depth: self.depth + 1, ..self })
    }

    /// What this is, asked of every family.
    pub(crate) fn recognise(&self) -> Reading {
        (self.families)(self)
    }

    /// The one candidate that the administrator stated, by its id or as the only one of its product; all of them if none was.
    pub(crate) fn settle(&self, mut candidates: Candidates) -> Reading {
        let by_id = candidates.schemes.iter().position(|parsed| self.assumes(parsed.scheme()));
        let stated = self.settings.assume.as_deref().unwrap_or_default();
        let system = stated_by(stated);
        let mut of_product = candidates.schemes.iter().enumerate().filter(|(_, p)| {
            is_of(stated, p.scheme()) || system.is_some_and(|system| system.owns(p.scheme()))
        });
        let at = by_id.or_else(|| match (of_product.next(), of_product.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        });
        match at {
            Some(at) => Reading::Recognised(candidates.schemes.swap_remove(at)),
            None => Reading::Ambiguous(candidates),
        }
    }

    /// Whether the administrator stated this scheme.
    pub fn assumes(&self, id: &str) -> bool {
        self.settings.assume.as_deref().is_some_and(|stated| stated.trim().eq_ignore_ascii_case(id))
    }
}

/// A family of schemes: how values of it are recognised. One file each, listed in `registry.rs`.
pub trait Scheme: Sync {
    /// What this value is. `None` if it does not carry this family's marks. Never guesses: a value with the marks and
    /// a broken grammar is [`Reading::Malformed`], one that fits several schemes is [`Reading::Ambiguous`].
    fn recognise(&self, seen: &Seen<'_>) -> Option<Reading>;
}
