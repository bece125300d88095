//! What is stated of the password itself: its characters were written in another encoding, its letters put into one case, a
//! pepper put beside it, a digest or other text made of it. An application does that before it hashes, whatever it hashes with: so
//! it counts for values that name their own scheme too. Okta hashes passwords as they are typed, so nothing of it is imported; the
//! hook tries the password as it is stated, and then as it is typed, for the values that others made.
//!
//! Where a digest was made of the password first, what is typed is not tried: whoever had that digest from an older leak would
//! get in with it.

use std::borrow::Cow;

use crate::model::{LetterCase, PasswordEncoding, PasswordSettings, Preparation, StatedSecret};

use super::kernel::prepare::{Beside, prepare, salt_bytes};
use super::kernel::recipe::typed;
use super::method::{Conversion, VerifyError};
use super::method::{Cost, Method};
use super::reading::{Parsed, Reading};
use super::scheme::Seen;
use super::systems::{self, Habit};
use super::text::{self, Bytes};

/// Makes what is hashed from what is typed; `None` where the password can't be written so.
type Change = Box<dyn Fn(&[u8]) -> Option<Bytes> + Send + Sync>;

/// A computation over a password that was changed first.
pub(crate) struct Altered {
    /// The computation.
    pub(crate) inner: Box<dyn Method>,
    /// What goes into it.
    pub(crate) change: Change,
    /// What is done to the password, as the rest of a sentence.
    pub(crate) words: Cow<'static, str>,
    /// Whether it is tried as it is typed too.
    pub(crate) typed_too: bool,
}

impl Method for Altered {
    fn explain(&self) -> String {
        let too = if self.typed_too { "; the hook tries the password as it is typed too" } else { "" };
        format!("{}. As you stated, {}{too}", self.inner.explain(), self.words)
    }

    fn convert(&self) -> Conversion {
        let reason = || format!("Okta hashes passwords as they are typed, and {}", self.words).into();
        self.inner.convert().by_hook(reason)
    }

    fn cost(&self) -> Cost {
        self.inner.cost().checked()
    }

    fn memory(&self) -> u64 {
        self.inner.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        // As good as typed where it changes nothing.
        let same = |changed: &Bytes| self.typed_too && changed.as_slice() == plaintext;
        let changed = (self.change)(plaintext).filter(|changed| !same(changed));
        if let Some(changed) = changed
            && self.inner.verify(&changed)?
        {
            return Ok(true);
        }
        if self.typed_too { self.inner.verify(plaintext) } else { Ok(false) }
    }
}

/// Something that is part of what was hashed, and not at hand: nothing can be checked.
struct Lacking {
    inner: Box<dyn Method>,
    /// What it is, as the rest of a sentence.
    with: &'static str,
    reason: &'static str,
}

const PEPPER: (&str, &str) = (
    "with the application's pepper",
    "the application's pepper is stated, but not known here: enter it in the Map step",
);
const KEY: (&str, &str) = (
    "with a secret of the application",
    "a secret of the application is part of it: state it as the pepper in the Map step",
);
const SALT: (&str, &str) = (
    "with what the salt column says",
    "the salt column is stated to be part of it, and this row's salt is not written as stated",
);
const NAME: (&str, &str) =
    ("with the user name", "the user name is part of it, and none is mapped as the login");

impl Lacking {
    fn around(parsed: Parsed, (with, reason): (&'static str, &'static str)) -> Parsed {
        parsed.map(|inner| Box::new(Self { inner, with, reason }))
    }
}

impl Method for Lacking {
    fn explain(&self) -> String {
        format!("{}, {}", self.inner.explain(), self.with)
    }

    fn convert(&self) -> Conversion {
        Conversion::Reset { reason: self.reason.into() }
    }

    fn cost(&self) -> Cost {
        Cost::Impossible(self.reason.into())
    }

    fn verify(&self, _: &[u8]) -> Result<bool, VerifyError> {
        Err(VerifyError::CannotCheck { why: self.reason.into() })
    }
}

/// Schemes that are over the password in UTF-16.
const IN_UTF_16: [&str; 10] = [
    "nt-hash",
    "crypt-nthash-3",
    "azure-ad-connect",
    "aspnet-membership-sha1",
    "aspnet-membership-sha256",
    "aspnet-membership-hmacsha256",
    "sha256-utf16le-prefix",
    "peoplesoft",
    "mssql2005",
    "mssql2012",
];

/// Schemes whose text names no product: what a product's name says about the password counts for these.
pub(crate) const NAMELESS: [&str; 9] = [
    "bcrypt-2a",
    "bcrypt-2b",
    "bcrypt-2y",
    "argon2id",
    "argon2i",
    "argon2d",
    "argon2-v16",
    "phpass-P",
    "phpass-H",
];

/// What is stated of the password itself, as far as a scheme has not taken it in already.
#[derive(Clone, Copy)]
struct Stated<'a> {
    encoding: PasswordEncoding,
    case: Option<LetterCase>,
    pepper: Option<&'a StatedSecret>,
    prepared: &'a [Preparation],
    /// The product that prepares passwords so, where its name is what is stated.
    system: Option<&'static systems::System>,
    username: Option<&'a str>,
    /// The salt column's value, and how it is written.
    salt: Option<&'a [u8]>,
    settings: &'a PasswordSettings,
    /// Whether the password is not tried as it is typed beside it.
    exact: bool,
}

impl<'a> Stated<'a> {
    fn of(seen: &Seen<'a>) -> Self {
        let settings = seen.settings;
        let stated = settings.assume.as_deref().and_then(systems::stated_by);
        // Where characters only are written otherwise, most people's passwords prove nothing: the tables are believed.
        let shown = settings.made_by.as_deref().and_then(systems::system_of).filter(|system| {
            let text = matches!(system.habit, Habit::First(all) if !all.iter().any(|one| one.is_digest()));
            text && settings.assume.is_none()
        });
        let system = stated.or(shown).filter(|_| settings.prepared.is_empty());
        let prepared = match system.map(|system| system.habit) {
            Some(Habit::First(all)) => all,
            _ => &settings.prepared,
        };
        Self {
            encoding: settings.password_encoding.unwrap_or(PasswordEncoding::Utf8),
            case: settings.password_case,
            pepper: settings.pepper.as_ref(),
            prepared,
            system: system.filter(|_| !prepared.is_empty()),
            username: seen.username,
            salt: seen.salt,
            settings,
            exact: false,
        }
    }

    fn is_nothing(&self) -> bool {
        self.encoding == PasswordEncoding::Utf8
            && self.case.is_none()
            && self.pepper.is_none()
            && self.prepared.is_empty()
    }

    /// Whether the pepper is a key of what is made of the password, and is not put beside it.
    fn keyed(&self) -> bool {
        self.prepared.contains(&Preparation::HmacSha512Base64)
    }

    fn words(&self) -> String {
        let mut words = Vec::new();
        match self.case {
            Some(LetterCase::Upper) => words.push("its letters were made capital first"),
            Some(LetterCase::Lower) => words.push("its letters were made small first"),
            None => {}
        }
        match self.encoding {
            PasswordEncoding::Utf8 => {}
            PasswordEncoding::Utf16Le | PasswordEncoding::Utf16Be => {
                words.push("it was written in UTF-16 first");
            }
            PasswordEncoding::Windows1252 => words.push("it was written in Windows-1252 first"),
        }
        words.extend(self.prepared.iter().map(|one| one.words()));
        if self.pepper.is_some() && !self.keyed() {
            words.push("the application's pepper was put beside it first");
        }
        words.join(" and ")
    }

    fn parsed(&self, parsed: Parsed) -> Parsed {
        let id = parsed.scheme();
        let mut stated = match id {
            // Described piece by piece: all of it is in there, but for what was made of the password.
            "stated-digest" => Self { encoding: PasswordEncoding::Utf8, case: None, pepper: None, ..*self },
            "devise-bcrypt-pepper" => Self { pepper: None, ..*self },
            // Theirs is the password in UTF-16 whatever is stated.
            id if IN_UTF_16.contains(&id) => Self { encoding: PasswordEncoding::Utf8, ..*self },
            _ => *self,
        };
        // A product's name says nothing of values that name another, and its own ways have its habits in them.
        if stated.system.is_some_and(|system| system.owns(id) || !NAMELESS.contains(&id)) {
            stated = Self { prepared: &[], system: None, ..stated };
        }
        // Clear text has no encoding of its own, and nothing was made of it.
        if parsed.is_clear_text() {
            stated = Self { encoding: PasswordEncoding::Utf8, pepper: None, prepared: &[], ..stated };
        }
        if stated.is_nothing() || matches!(parsed.conversion(), Conversion::Reset { .. }) {
            return parsed;
        }
        let keyed = stated.keyed();
        let pepper = match stated.pepper.map(StatedSecret::value) {
            Some(None) => return Lacking::around(parsed, PEPPER),
            None if keyed => return Lacking::around(parsed, KEY),
            Some(Some(pepper)) => text::bytes(pepper.expose()),
            None => Bytes::default(),
        };
        let username = text::bytes(stated.username.unwrap_or_default().to_lowercase().as_bytes());
        if username.is_empty() && stated.prepared.contains(&Preparation::UserName) {
            return Lacking::around(parsed, NAME);
        }
        let salted = stated.prepared.iter().any(|one| one.is_salted());
        let salt = stated.salt.filter(|_| salted).map(|salt| salt_bytes(salt, stated.settings));
        let Some(salt) = salt.unwrap_or_else(|| Some(Bytes::default())) else {
            return Lacking::around(parsed, SALT);
        };
        let parsed = match stated.system {
            Some(system) => {
                let label = format!("{} ({})", parsed.label(), system.name);
                parsed.renamed(system.id, label)
            }
            None => parsed,
        };
        let Self { encoding, case, prepared, exact, .. } = stated;
        let prepared = prepared.to_vec();
        let digest = prepared.iter().any(|one| one.is_digest());
        // Between salt and password in a digest, behind the password everywhere else.
        let before = matches!(parsed.conversion(), Conversion::Import(hash) if hash.begins_with_a_salt());
        let words = stated.words().into();
        parsed.map(|inner| {
            let change = Box::new(move |password: &[u8]| {
                let password = typed(password, encoding, case)?;
                let beside = Beside { username: &username, secret: &pepper, salt: &salt };
                let password = prepare(&password, &prepared, &beside);
                if keyed {
                    return Some(password);
                }
                let parts = if before { [&pepper, &password] } else { [&password, &pepper] };
                Some(Bytes::new([parts[0].as_slice(), parts[1].as_slice()].concat()))
            });
            Box::new(Altered { inner, change, words, typed_too: !digest && !exact })
        })
    }
}

/// Whether the pepper that is stated is the key of what is made of the password, and is not put beside it.
pub(crate) fn keyed(settings: &PasswordSettings) -> bool {
    let system = || settings.assume.as_deref().and_then(systems::stated_by).map(|system| system.habit);
    settings.prepared.contains(&Preparation::HmacSha512Base64)
        || matches!(system(), Some(Habit::First(all)) if all.contains(&Preparation::HmacSha512Base64))
}

/// A value as this product makes it, as if that were stated.
pub(crate) fn prepared_by(system: &'static systems::System, parsed: Parsed, seen: &Seen<'_>) -> Parsed {
    let Habit::First(prepared) = system.habit else { return parsed };
    Stated { prepared, system: Some(system), ..Stated::of(seen) }.parsed(parsed)
}

/// A value over what this makes of the password and over nothing else, as if that were stated.
pub(crate) fn over(prepared: &[Preparation], parsed: Parsed, seen: &Seen<'_>) -> Parsed {
    Stated { prepared, system: None, exact: true, ..Stated::of(seen) }.parsed(parsed)
}

/// The reading, held against what is stated of the password itself.
pub(crate) fn altered(reading: Reading, seen: &Seen<'_>) -> Reading {
    let stated = Stated::of(seen);
    if stated.is_nothing() {
        return reading;
    }
    match reading {
        Reading::Recognised(parsed) => Reading::Recognised(stated.parsed(parsed)),
        Reading::Ambiguous(mut candidates) => {
            candidates.schemes = candidates.schemes.into_iter().map(|parsed| stated.parsed(parsed)).collect();
            Reading::Ambiguous(candidates)
        }
        other => other,
    }
}
