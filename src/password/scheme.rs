//! The two seams of this room: [`Scheme`] recognises a stored value, [`Method`] is what it then can do.

use std::borrow::Cow;

use crate::model::PasswordSettings;

use super::reading::{Candidates, Conversion, Reading, VerifyError, Weakness};
use super::systems::stated_by;
use super::words::is_of;

/// A stored value as a family gets to see it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The value, line ends and padding of a fixed-width column taken off.
    pub text: &'a [u8],
    /// The salt column's bytes, where there is one and it is not empty.
    pub salt: Option<&'a [u8]>,
    /// The source's user name.
    pub username: Option<&'a str>,
    /// What the administrator stated.
    pub settings: &'a PasswordSettings,
    /// How many wrappers were taken off already.
    pub(crate) depth: u8,
}

impl<'a> Seen<'a> {
    /// The same value with a wrapper taken off. `None` when two are off already.
    pub(crate) fn unwrapped(self, text: &'a [u8]) -> Option<Self> {
        (self.depth < 2).then(|| Self { text, depth: self.depth + 1, ..self })
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

/// What it would cost to check a plaintext.
pub enum Cost {
    /// Within the caps.
    Fine,
    /// Over the caps, but Okta imports it: the value is good, only not checkable here. Which parameter, in words.
    ImportOnly(String),
    /// Over the caps. Which parameter, in words.
    Over(String),
    /// Nothing here can compute it, or something it needs was not stated.
    Impossible(Cow<'static, str>),
}

/// How a recognised value was computed: explains, converts and verifies itself.
pub trait Method: Send + Sync {
    /// How it was computed, as the rest of a sentence: "bcrypt with cost 10 over the password".
    fn explain(&self) -> String;

    /// What Okta can do with it. Lossless or not at all.
    fn convert(&self) -> Conversion;

    /// What checking a plaintext would cost.
    fn cost(&self) -> Cost {
        Cost::Fine
    }

    /// How much memory checking a plaintext takes, in bytes, where that is what makes it hard (scrypt, Argon2, yescrypt).
    fn memory(&self) -> u64 {
        0
    }

    /// Whether this is the password. Called only within the caps; compares in constant time.
    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError>;

    /// Whether Okta would take it, were it sure to be what it looks like.
    fn is_unproven(&self) -> bool {
        false
    }

    /// A remark on its strength.
    fn weakness(&self) -> Option<Weakness> {
        None
    }
}
