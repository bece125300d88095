//! A way that fits, and its proof.

use super::known::SaltFrom;
use crate::model::{PasswordSettings, Route, StoredPassword};
use crate::password::method::{Conversion, Weakness};
use crate::password::read::read;
use crate::password::reading::{Parsed, Reading};

/// A way that fits.
#[derive(Debug, Clone)]
pub struct Fit {
    /// What to state so that values are read this way. Secrets that were stated stay.
    pub settings: PasswordSettings,
    /// Where the salt comes from.
    pub salt: SaltFrom,
    /// The scheme's id.
    pub scheme: &'static str,
    /// Its short name.
    pub label: String,
    /// How it was computed, in plain sentences.
    pub sentence: String,
    /// What then happens to such passwords.
    pub route: Route,
    /// A remark on its strength.
    pub weakness: Option<Weakness>,
}

/// Two fits are the same when they say the same about everybody.
impl PartialEq for Fit {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings && self.salt == other.salt
    }
}

/// What a proof says.
pub(super) fn fit_of(parsed: &Parsed, settings: PasswordSettings, salt: SaltFrom) -> Fit {
    let route = match parsed.conversion() {
        Conversion::Import(_) | Conversion::PlainText(_) => Route::Import,
        Conversion::Hook { .. } => Route::Hook,
        Conversion::Reset { .. } => Route::Reset,
    };
    Fit {
        settings,
        salt,
        scheme: parsed.scheme(),
        label: parsed.label().to_owned(),
        sentence: parsed.sentence(),
        route,
        weakness: parsed.weakness(),
    }
}

/// The proof: the value read under these settings is one scheme, and the password is right.
pub(super) fn prove(stored: &StoredPassword, settings: &PasswordSettings, password: &[u8]) -> Option<Parsed> {
    match read(stored, settings) {
        Reading::Recognised(parsed) if parsed.verify(password) == Ok(true) => Some(parsed),
        _ => None,
    }
}
