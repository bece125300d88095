//! The password itself.

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::same;
use crate::password::limits;
use crate::password::method::Method;
use crate::password::method::{Conversion, VerifyError, Weakness};

/// A password stored as it is.
pub(crate) struct ClearText(Zeroizing<String>);

impl ClearText {
    /// Takes text; `None` if it is not UTF-8.
    pub(crate) fn new(text: &[u8]) -> Option<Self> {
        std::str::from_utf8(text).ok().map(|text| Self(Zeroizing::new(text.to_owned())))
    }
}

impl Method for ClearText {
    fn explain(&self) -> String {
        "the password itself, not a hash of it".to_owned()
    }

    fn convert(&self) -> Conversion {
        if self.0.chars().count() > limits::PLAIN_TEXT {
            return Conversion::Hook {
                reason: "Okta takes clear-text passwords of up to 72 characters".into(),
            };
        }
        if self.0.chars().any(char::is_control) {
            return Conversion::Hook {
                reason: "it holds control characters, which Okta's passwords can't".into(),
            };
        }
        Conversion::PlainText(SecretString::from(self.0.as_str()))
    }

    fn verify(&self, plaintext: &[u8]) -> Result<bool, VerifyError> {
        Ok(same(self.0.as_bytes(), plaintext))
    }

    fn weakness(&self) -> Option<Weakness> {
        Some(Weakness::ClearText)
    }
}
