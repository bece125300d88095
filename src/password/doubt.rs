//! What keeps a value from being imported though its text alone would allow it.
//!
//! - A word is stated that Causeway does not know: something is known about these values, and not to Causeway.
//! - The tables show a product that may have made something of the password first ([`PasswordSettings::made_by`]), and nobody stated or
//!   proved yet how it is here.
//! - The row itself says something else than the value does (`told.rs`).
//!
//! None of it keeps a value from the hook, where it is tried.
//!
//! [`PasswordSettings::made_by`]: crate::model::PasswordSettings::made_by

use crate::model::PasswordSettings;

use super::altered::{NAMELESS, prepared_by};
use super::catalogue::format_of;
use super::family::bcrypt::peppered_unknown;
use super::method::{Conversion, Cost, Method, VerifyError};
use super::reading::{Candidates, Parsed, Reading};
use super::registry::alias_of;
use super::scheme::Seen;
use super::systems::{self, Habit};
use super::unproven::unproven;
use super::words;

/// The plain reading of a value that may be over a digest of the password: that digest, typed, does not let anyone in.
pub(super) struct Guarded(pub(super) Box<dyn Method>);

impl Method for Guarded {
    fn explain(&self) -> String {
        self.0.explain()
    }

    fn convert(&self) -> Conversion {
        self.0.convert()
    }

    fn cost(&self) -> Cost {
        self.0.cost()
    }

    fn memory(&self) -> u64 {
        self.0.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let digest = [32, 40, 64, 96, 128].contains(&plaintext.len())
            && plaintext.iter().all(u8::is_ascii_hexdigit)
            || [44, 64, 88].contains(&plaintext.len()) && super::text::base64(plaintext).is_some();
        if digest { Ok(false) } else { self.0.verify(plaintext) }
    }
}

/// The reading, held against what is not sure about it.
pub(crate) fn doubted(reading: Reading, seen: &Seen<'_>) -> Reading {
    let settings = seen.settings;
    if let Some(word) = settings.assume.as_deref()
        && !words::is_known(word)
    {
        let word: String = word.trim().chars().filter(|c| !c.is_control()).take(40).collect();
        let reason = format!(
            "“{word}” is stated for these passwords, and Causeway does not know how that makes them: state it in another word, or prove it with a known password"
        );
        return unproven(reading, reason);
    }
    if let Some(word) = unknown_product(settings) {
        return unproven(reading, nobodys(word));
    }
    let reading = contradicted(reading, seen);
    let shown = settings.made_by.as_deref().and_then(systems::system_of);
    // A product that may mix a secret in has said nothing by its name alone.
    let stated = settings.assume.as_deref().and_then(systems::stated_by);
    let stated = stated.filter(|system| matches!(system.habit, Habit::MayPepper));
    let Some(system) = shown.or(stated) else { return reading };
    let Reading::Recognised(parsed) = reading else { return reading };
    if !NAMELESS.contains(&parsed.scheme()) || settles(settings, parsed.scheme()) {
        return Reading::Recognised(parsed);
    }
    let again = || match seen.recognise() {
        Reading::Recognised(parsed) => Some(parsed),
        _ => None,
    };
    let schemes: Vec<Parsed> = match system.habit {
        Habit::First(_) if !system.owns(parsed.scheme()) => {
            let prepared = again().map(|parsed| prepared_by(system, parsed, seen));
            let plain = parsed.map(|inner| Box::new(Guarded(inner)));
            prepared.into_iter().chain([plain]).collect()
        }
        Habit::Own => {
            let named = PasswordSettings { assume: Some(system.id.to_owned()), ..settings.clone() };
            let named = match (Seen { settings: &named, ..*seen }).recognise() {
                Reading::Recognised(parsed) => Some(parsed),
                _ => None,
            };
            named.into_iter().chain([parsed]).collect()
        }
        Habit::MayPepper | Habit::Keyed if parsed.scheme().starts_with("bcrypt-2") => {
            vec![parsed, peppered_unknown()]
        }
        _ => return Reading::Recognised(parsed),
    };
    Reading::Ambiguous(Candidates { shape: system.shape.into(), ask: system.ask, schemes })
}

/// The reading, held against a secret that is stated and that it does not use: one of the two statements is wrong, and nobody knows
/// which. A salt column is no such statement: see `salt_column.rs`.
fn contradicted(reading: Reading, seen: &Seen<'_>) -> Reading {
    let settings = seen.settings;
    let Reading::Recognised(parsed) = &reading else { return reading };
    let scheme = parsed.scheme();
    let described = scheme == "stated-digest";
    let site_salted = described || scheme.starts_with("site-salt");
    let keyed = scheme.starts_with("spring-");
    if settings.site_salt.is_some() && !site_salted {
        return unproven(
            reading,
            "a salt of the application is stated beside this, and this way has no use for it: state where it stood, take it out, or prove the way with a known password",
        );
    }
    if settings.secret.is_some() && !keyed {
        return unproven(
            reading,
            "a secret of the application is stated beside this, and this way has no use for it: take it out, or prove the way with a known password",
        );
    }
    reading
}

/// The product that is named as the one that made the passwords, where Causeway knows none of that name.
pub(super) fn unknown_product(settings: &PasswordSettings) -> Option<&str> {
    let word = settings.made_by.as_deref().map(str::trim).filter(|word| !word.is_empty())?;
    systems::system_of(word).is_none().then_some(word)
}

/// What to say of such a name, as a sentence without its end.
pub(super) fn nobodys(word: &str) -> String {
    let word: String = word.chars().filter(|c| !c.is_control()).take(40).collect();
    format!(
        "“{word}” is named as what made these passwords, and Causeway does not know what it does to them first: name a product it knows, or take the name out of the mapping"
    )
}

/// Whether what is stated says of this very scheme that it is what it looks like, or what is mixed in.
fn settles(settings: &PasswordSettings, scheme: &'static str) -> bool {
    let stated = settings.assume.as_deref().map(str::trim);
    !settings.prepared.is_empty()
        || settings.pepper.is_some()
        || stated.is_some_and(|word| covers(word, scheme))
}

/// Whether a word of `assume` names a scheme: by its id, another id of the same values, or its family's name.
pub(crate) fn covers(word: &str, scheme: &'static str) -> bool {
    let same_format = || match (format_of(&word.to_ascii_lowercase()), format_of(scheme)) {
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        _ => false,
    };
    word.eq_ignore_ascii_case(scheme)
        || alias_of(word, scheme).is_some()
        || (word.len() >= 6 && scheme.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
        || same_format()
}
