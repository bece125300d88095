//! What is stated of the password itself: its characters were written in another encoding, its letters put into one case, a
//! pepper put beside it. An application does that before it hashes, whatever it hashes with: so it counts for values that
//! name their own scheme too. Okta hashes passwords as they are typed, so nothing of it is imported; the hook tries the
//! password as it is stated, and then as it is typed, for the values that others made.

use std::borrow::Cow;

use crate::model::{LetterCase, PasswordEncoding, PasswordSettings, StatedSecret};

use super::kernel::recipe::typed;
use super::reading::{Conversion, Parsed, Reading, VerifyError};
use super::scheme::{Cost, Method};
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
}

impl Method for Altered {
    fn explain(&self) -> String {
        format!(
            "{}. As you stated, {}; the hook tries the password as it is typed too",
            self.inner.explain(),
            self.words
        )
    }

    fn convert(&self) -> Conversion {
        match self.inner.convert() {
            Conversion::Import(_) | Conversion::PlainText(_) => Conversion::Hook {
                reason: format!("Okta hashes passwords as they are typed, and {}", self.words).into(),
            },
            other => other,
        }
    }

    fn cost(&self) -> Cost {
        match self.inner.cost() {
            // Okta was to take it unchecked, and now it can't.
            Cost::ImportOnly(what) => Cost::Over(what),
            cost => cost,
        }
    }

    fn memory(&self) -> u64 {
        self.inner.memory()
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        let changed = (self.change)(plaintext).filter(|changed| changed.as_slice() != plaintext);
        if let Some(changed) = changed
            && self.inner.verify(&changed)?
        {
            return Ok(true);
        }
        self.inner.verify(plaintext)
    }
}

/// A pepper that is stated, and not at hand: nothing can be checked.
struct Lacking(Box<dyn Method>);

const LACKING: &str = "the application's pepper is stated, but not known here: enter it in the Map step";

impl Method for Lacking {
    fn explain(&self) -> String {
        format!("{}, with the application's pepper", self.0.explain())
    }

    fn convert(&self) -> Conversion {
        Conversion::Reset { reason: LACKING.into() }
    }

    fn cost(&self) -> Cost {
        Cost::Impossible(LACKING.into())
    }

    fn verify(&self, _: &[u8]) -> Result<bool, VerifyError> {
        Err(VerifyError::CannotCheck { why: LACKING.into() })
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

/// What is stated of the password itself, as far as a scheme has not taken it in already.
#[derive(Clone, Copy)]
struct Stated<'a> {
    encoding: PasswordEncoding,
    case: Option<LetterCase>,
    pepper: Option<&'a StatedSecret>,
}

impl<'a> Stated<'a> {
    fn of(settings: &'a PasswordSettings) -> Self {
        Self {
            encoding: settings.password_encoding.unwrap_or(PasswordEncoding::Utf8),
            case: settings.password_case,
            pepper: settings.pepper.as_ref(),
        }
    }

    fn is_nothing(&self) -> bool {
        self.encoding == PasswordEncoding::Utf8 && self.case.is_none() && self.pepper.is_none()
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
        if self.pepper.is_some() {
            words.push("the application's pepper was put beside it first");
        }
        words.join(" and ")
    }

    fn parsed(&self, parsed: Parsed) -> Parsed {
        let stated = match parsed.scheme() {
            // Described piece by piece: all of it is in there.
            "stated-digest" => return parsed,
            "devise-bcrypt-pepper" => Self { pepper: None, ..*self },
            // Theirs is the password in UTF-16 whatever is stated.
            id if IN_UTF_16.contains(&id) => Self { encoding: PasswordEncoding::Utf8, ..*self },
            _ => *self,
        };
        let clear = matches!(parsed.conversion(), Conversion::PlainText(_));
        // Clear text has no encoding of its own, and nothing was put beside it.
        let stated =
            if clear { Self { encoding: PasswordEncoding::Utf8, pepper: None, ..stated } } else { stated };
        if stated.is_nothing() || matches!(parsed.conversion(), Conversion::Reset { .. }) {
            return parsed;
        }
        let Self { encoding, case, pepper } = stated;
        let pepper = match pepper.map(StatedSecret::value) {
            Some(None) => return parsed.map(|inner| Box::new(Lacking(inner))),
            Some(Some(pepper)) => text::bytes(pepper.expose()),
            None => Bytes::default(),
        };
        // Between salt and password in a digest, behind the password everywhere else.
        let before = matches!(parsed.conversion(), Conversion::Import(hash) if hash.begins_with_a_salt());
        let words = stated.words().into();
        parsed.map(|inner| {
            let change = Box::new(move |password: &[u8]| {
                let password = typed(password, encoding, case)?;
                let parts = if before { [&pepper, &password] } else { [&password, &pepper] };
                Some(Bytes::new([parts[0].as_slice(), parts[1].as_slice()].concat()))
            });
            Box::new(Altered { inner, change, words })
        })
    }
}

/// The reading, held against what is stated of the password itself.
pub(crate) fn altered(reading: Reading, settings: &PasswordSettings) -> Reading {
    let stated = Stated::of(settings);
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
