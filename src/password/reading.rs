//! What a stored password turned out to be.

use std::borrow::Cow;
use std::fmt;

use super::limits;
use super::method::{Conversion, Cost, Method, VerifyError, Weakness};

/// A stored password with one reading. Holds the secret parts in memory that is wiped when dropped.
pub struct Parsed {
    scheme: &'static str,
    label: Cow<'static, str>,
    origin: &'static str,
    method: Box<dyn Method>,
}

impl Parsed {
    /// A reading: `origin` says in words who writes such values ("Made by Django").
    pub(crate) fn new(
        scheme: &'static str,
        label: impl Into<Cow<'static, str>>,
        origin: &'static str,
        method: impl Method + 'static,
    ) -> Self {
        Self { scheme, label: label.into(), origin, method: Box::new(method) }
    }

    /// The same with another computation around its own.
    pub(crate) fn map(self, around: impl FnOnce(Box<dyn Method>) -> Box<dyn Method>) -> Self {
        Self { method: around(self.method), ..self }
    }

    /// The same under the name of the product whose way it is.
    pub(crate) fn renamed(self, scheme: &'static str, label: String) -> Self {
        Self { scheme, label: label.into(), ..self }
    }

    /// The scheme's stable id, e.g. `spring-bcrypt`.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// A short name for tables, e.g. `bcrypt · 10`.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// One or two plain sentences: who writes such values, and how they are computed.
    pub fn sentence(&self) -> String {
        format!("{}: {}.", self.origin, self.method.explain())
    }

    /// What Okta can do with it.
    pub fn conversion(&self) -> Conversion {
        self.method.convert()
    }

    /// Whether Okta would take it, were it sure to be what it looks like: a proof settles that.
    pub(crate) fn is_unproven(&self) -> bool {
        self.method.is_unproven()
    }

    /// Whether it is the password itself.
    pub(crate) fn is_clear_text(&self) -> bool {
        self.weakness() == Some(Weakness::ClearText)
    }

    /// A remark on its strength, if there is one to make.
    pub fn weakness(&self) -> Option<Weakness> {
        self.method.weakness()
    }

    /// Whether a plaintext can be checked here at all, within [`limits`].
    pub fn checkable(&self) -> Result<(), VerifyError> {
        match self.method.cost() {
            Cost::Fine => Ok(()),
            Cost::ImportOnly(what) | Cost::Over(what) => Err(VerifyError::TooCostly { what }),
            Cost::Impossible(why) => Err(VerifyError::CannotCheck { why }),
        }
    }

    /// Whether this is the password. Costs are compared with [`limits`] first; digests are compared in constant time.
    /// An empty password is computed like any other: whoever answers a sign-in refuses it beforehand.
    pub fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        if plaintext.len() > limits::PASSWORD_BYTES {
            return Err(VerifyError::PasswordTooLong);
        }
        self.checkable()?;
        self.method.verify(plaintext)
    }

    /// How much memory checking a plaintext takes, in bytes, beyond next to nothing: for whoever runs several at once.
    pub fn memory(&self) -> u64 {
        self.method.memory()
    }

    pub(crate) fn cost(&self) -> Cost {
        self.method.cost()
    }
}

/// Names the scheme; covers everything else.
impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parsed").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// What to do where the row fills a salt column beside a value that carries its own salt.
pub(super) const SALT_COLUMN: &str = "The row fills a salt column too, and nothing in the value tells whether that was put beside the password: prove it with a known password, or state in the Map step what the salt column is for";

/// Several ways to read one value.
#[derive(Debug)]
pub struct Candidates {
    /// What the string looks like, e.g. `64 hex digits`.
    pub shape: Cow<'static, str>,
    /// What to state so that it is settled: one sentence.
    pub ask: &'static str,
    /// The schemes it fits, likeliest first. At least one.
    pub schemes: Vec<Parsed>,
}

impl Candidates {
    /// Whether a salt column beside the value is what is not sure: the first candidate is the value as it looks.
    pub(crate) fn by_salt(&self) -> bool {
        self.ask == SALT_COLUMN
    }

    /// Tries the candidates in order and gives the first that this plaintext fits.
    pub fn prove(&self, plaintext: &[u8]) -> Result<Option<&Parsed>, VerifyError> {
        let mut refused = None;
        for parsed in &self.schemes {
            match parsed.verify(plaintext) {
                Ok(true) => return Ok(Some(parsed)),
                Ok(false) => {}
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) if self.schemes.iter().all(|p| p.checkable().is_err()) => Err(error),
            Some(VerifyError::PasswordTooLong) => Err(VerifyError::PasswordTooLong),
            _ => Ok(None),
        }
    }

    /// The schemes by their short names, each once: the likeliest six, and how many more there are.
    fn names(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for parsed in &self.schemes {
            if !names.contains(&parsed.label()) {
                names.push(parsed.label());
            }
        }
        let more = names.len().saturating_sub(6);
        names.truncate(6);
        match (names.as_slice(), more) {
            ([only], 0) => format!("one scheme, but do not name it: {only}"),
            (names, 0) => format!("several schemes: {}", names.join(", ")),
            (names, more) => format!("several schemes: {} and {more} more", names.join(", ")),
        }
    }

    /// Whether the hook could check at least one of them.
    pub fn checkable(&self) -> bool {
        self.schemes.iter().any(|parsed| parsed.checkable().is_ok())
    }
}

/// What a stored password turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// One way to read it.
    Recognised(Parsed),
    /// Several ways to read it; never imported.
    Ambiguous(Candidates),
    /// Carries a scheme's marks but breaks its grammar; never imported, never verifies.
    Malformed {
        /// The scheme whose marks it carries, as a person knows it.
        looks_like: &'static str,
        /// What is wrong with it.
        reason: Cow<'static, str>,
    },
    /// Well formed, but its cost is over the caps of [`limits`]; treated like a malformed one.
    Refused {
        /// The scheme's id.
        scheme: &'static str,
        /// The scheme's short name.
        label: Cow<'static, str>,
        /// Which parameter is too great.
        reason: String,
    },
    /// There is no password.
    Empty {
        /// How one can tell, and what to do if there is more to it.
        why: &'static str,
    },
    /// Nothing fits.
    Unknown,
}

impl Reading {
    pub(crate) fn malformed(looks_like: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed { looks_like, reason: reason.into() }
    }

    /// The scheme's id, or `ambiguous`, `malformed`, `none`, `unknown`.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Recognised(parsed) => parsed.scheme(),
            Self::Ambiguous(_) => "ambiguous",
            Self::Malformed { .. } => "malformed",
            Self::Refused { scheme, .. } => scheme,
            Self::Empty { .. } => "none",
            Self::Unknown => "unknown",
        }
    }

    /// A short name for tables.
    pub fn label(&self) -> Cow<'_, str> {
        match self {
            Self::Recognised(parsed) => Cow::Borrowed(parsed.label()),
            Self::Ambiguous(candidates) => Cow::Borrowed(&candidates.shape),
            Self::Malformed { looks_like, .. } => Cow::Owned(format!("{looks_like}, damaged")),
            Self::Refused { label, .. } => Cow::Borrowed(label),
            Self::Empty { .. } => Cow::Borrowed("no password"),
            Self::Unknown => Cow::Borrowed("not recognized"),
        }
    }

    /// What it is in plain sentences, for an inspector. Holds no secret.
    pub fn sentence(&self) -> String {
        match self {
            Self::Recognised(parsed) => parsed.sentence(),
            Self::Ambiguous(candidates) => {
                format!("{} fit {}. {}.", candidates.shape, candidates.names(), candidates.ask)
            }
            Self::Malformed { looks_like, reason } => {
                format!("Looks like {looks_like}, but {reason}. Nothing can be done with it.")
            }
            Self::Refused { label, reason, .. } => {
                format!("{label}, but checking it would cost too much: {reason}. It is not used.")
            }
            Self::Empty { why } => format!("{why}."),
            Self::Unknown => {
                "No scheme that Causeway knows writes values like this one. If the column holds the passwords \
                 themselves, say so in the Map step."
                    .to_owned()
            }
        }
    }

    /// How much memory [`Reading::verify`] takes, in bytes, beyond next to nothing. Of several candidates the greatest: they
    /// are tried one after the other.
    pub fn memory(&self) -> u64 {
        match self {
            Self::Recognised(parsed) => parsed.memory(),
            Self::Ambiguous(candidates) => candidates.schemes.iter().map(Parsed::memory).max().unwrap_or(0),
            Self::Malformed { .. } | Self::Refused { .. } | Self::Empty { .. } | Self::Unknown => 0,
        }
    }

    /// Whether this is the password. `Ok(None)` where there is nothing to check against; for an ambiguous value each
    /// candidate is tried.
    pub fn verify(&self, plaintext: &[u8]) -> Result<Option<bool>, VerifyError> {
        match self {
            Self::Recognised(parsed) => parsed.verify(plaintext).map(Some),
            Self::Ambiguous(candidates) => Ok(Some(candidates.prove(plaintext)?.is_some())),
            Self::Refused { reason, .. } => Err(VerifyError::TooCostly { what: reason.clone() }),
            Self::Malformed { .. } | Self::Empty { .. } | Self::Unknown => Ok(None),
        }
    }
}
