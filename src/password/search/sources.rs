//! Where a salt may come from: each distinct value of the row once, however many columns hold it.

use crate::model::{SecretBytes, StoredPassword, TextEncoding};
use crate::password::text;

use super::known::{Known, SaltFrom};

/// Most other columns that are tried.
const COLUMNS: usize = 64;
/// Longest value that is tried as a salt, in bytes.
const LONGEST: usize = 256;

/// One value that may be the salt.
pub(super) struct Source {
    /// The stored password with this salt.
    pub(super) stored: StoredPassword,
    /// The columns that hold it: the mapped one first.
    pub(super) from: Vec<SaltFrom>,
    /// The ways its text can be read as bytes that are not the same.
    pub(super) encodings: Vec<TextEncoding>,
}

impl Source {
    /// The salt's bytes read one way.
    pub(super) fn bytes(&self, encoding: TextEncoding) -> Option<text::Bytes> {
        let salt = self.stored.salt.as_ref()?.expose();
        match encoding {
            TextEncoding::Text => Some(text::bytes(salt)),
            TextEncoding::Hex => text::hex(salt),
            TextEncoding::Base64 => text::base64(salt),
        }
    }
}

/// Every value that may be the salt, the likeliest first, and none.
pub(super) struct Sources {
    /// Without a salt.
    pub(super) none: Source,
    /// With one.
    pub(super) salted: Vec<Source>,
}

impl Sources {
    pub(super) fn of(known: &Known) -> Self {
        let with = |salt: Option<SecretBytes>| StoredPassword { salt, ..known.stored.clone() };
        let from = if known.stored.salt.is_some() { SaltFrom::Nowhere } else { SaltFrom::AsMapped };
        let none = Source { stored: with(None), from: vec![from], encodings: vec![TextEncoding::Text] };
        let mut salted: Vec<Source> = Vec::new();
        let mapped = known.stored.salt.clone().map(|salt| (SaltFrom::AsMapped, salt));
        let others = known.others.iter().take(COLUMNS);
        let others = others.map(|(name, bytes)| (SaltFrom::Column(name.clone()), bytes.clone()));
        // The user name is a column too, if the row is known: that one can be mapped.
        let name = known.stored.username.as_deref().map(|name| (SaltFrom::UserName, SecretBytes::from(name)));
        for (from, salt) in mapped.into_iter().chain(others).chain(name) {
            if salt.is_empty() || salt.len() > LONGEST || salt == known.stored.text {
                continue;
            }
            if let Some(source) = salted.iter_mut().find(|source| source.stored.salt.as_ref() == Some(&salt))
            {
                // What is mapped needs no change; a user name that is a column is that column.
                if source.from != [SaltFrom::AsMapped] && from != SaltFrom::UserName {
                    source.from.push(from);
                }
                continue;
            }
            let encodings = encodings(salt.expose());
            salted.push(Source { stored: with(Some(salt)), from: vec![from], encodings });
        }
        Self { none, salted }
    }
}

/// Text always; hex and Base64 where it is written so.
fn encodings(salt: &[u8]) -> Vec<TextEncoding> {
    let mut all = vec![TextEncoding::Text];
    if text::hex(salt).is_some() {
        all.push(TextEncoding::Hex);
    }
    if text::base64(salt).is_some() {
        all.push(TextEncoding::Base64);
    }
    all
}
