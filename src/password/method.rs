//! What a recognised value can do: explain itself, say what Okta takes of it, what a check costs, and check a plaintext.
//!
//! The ground that everything else of this room stands on.

use std::borrow::Cow;

use secrecy::SecretString;

use super::limits;
use super::okta_hash::OktaHash;

/// What Okta can do with a stored password. Without loss, or not at all.
#[derive(Debug)]
pub enum Conversion {
    /// Okta takes the hash; the person signs in with the password they have.
    Import(OktaHash),
    /// The source keeps the password itself. Okta takes it as a value; its password policy applies.
    PlainText(SecretString),
    /// Okta can't take it, the password hook can verify it.
    Hook {
        /// Why Okta can't take it: one sentence.
        reason: Cow<'static, str>,
    },
    /// Neither: the person sets a new one.
    Reset {
        /// Why: one sentence.
        reason: Cow<'static, str>,
    },
}

impl Conversion {
    /// What is left where Okta must not be sent it: the hook, for this reason.
    pub(crate) fn by_hook(self, reason: impl FnOnce() -> Cow<'static, str>) -> Self {
        match self {
            Self::Import(_) | Self::PlainText(_) => Self::Hook { reason: reason() },
            other => other,
        }
    }

    /// Whether Okta takes it, as a hash or as it is.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(self, Self::Import(_) | Self::PlainText(_))
    }
}

/// Why a plaintext was not checked against a stored password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The scheme's cost parameters are over the caps of [`limits`].
    #[error("Checking this password would cost too much: {what}")]
    TooCostly {
        /// Which parameter, in words, with its value.
        what: String,
    },
    /// The password is longer than [`limits::PASSWORD_BYTES`].
    #[error("The password is longer than {} bytes", limits::PASSWORD_BYTES)]
    PasswordTooLong,
    /// Nothing here can compute this scheme, or something it needs was not stated.
    #[error("This can't be checked: {why}")]
    CannotCheck {
        /// What is missing.
        why: Cow<'static, str>,
    },
}

/// A remark about a scheme that Okta imports but nobody should choose today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// One digest without a salt: equal passwords have equal hashes.
    Unsalted,
    /// One round of a fast digest.
    FastDigest,
    /// The password itself is stored.
    ClearText,
}

impl Weakness {
    /// What it means, in one sentence.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unsalted => {
                "The old store has a single digest without a salt: anyone who copies it can look up most passwords. It is imported as is, and Okta stores it safely after the first sign-in"
            }
            Self::FastDigest => {
                "The old store has a single round of a fast digest: anyone who copies it can guess passwords quickly. It is imported as is, and Okta stores it safely after the first sign-in"
            }
            Self::ClearText => {
                "The old store has the password itself, readable by anyone who can read the table"
            }
        }
    }
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

impl Cost {
    /// What it is where Okta was to take the value unchecked, and now does not.
    pub(crate) fn checked(self) -> Self {
        match self {
            Self::ImportOnly(what) => Self::Over(what),
            cost => cost,
        }
    }
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
