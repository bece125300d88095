//! What goes into Okta's create call for a person's route.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::model::{PasswordSettings, Route, StoredPassword};

use super::method::Conversion;
use super::read::read;
use super::reading::Reading;
use super::{OktaHash, SecretText};

/// The `credentials` of a create request. Serialises to the object itself (`{"password":{…}}`, or `{}` for none), so
/// that the secret goes straight into the request's buffer.
#[derive(Debug)]
pub enum OktaCredentials {
    /// `{"password":{"hash":{…}}}`
    Hash(OktaHash),
    /// `{"password":{"value":"…"}}`
    Value(SecretString),
    /// `{"password":{"hook":{"type":"default"}}}`
    Hook,
    /// No password: leave `credentials` out of the request, or the person is to set one.
    None,
}

impl OktaCredentials {
    /// Whether there is nothing to send.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The same for screens: hash, salt and clear text are dots, everything else is exact.
    pub fn covered(&self) -> Covered<'_> {
        Covered(self)
    }

    fn serialize_as<S: Serializer>(&self, serializer: S, covered: bool) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        enum Password<'a> {
            Hash(&'a OktaHash),
            Value(&'a str),
            Hook(Hook),
        }
        #[derive(Serialize)]
        struct Hook {
            r#type: &'static str,
        }
        let hidden;
        let password = match self {
            Self::None => return serializer.serialize_map(Some(0))?.end(),
            Self::Hash(hash) if covered => {
                hidden = hash.covered();
                Password::Hash(&hidden)
            }
            Self::Hash(hash) => Password::Hash(hash),
            Self::Value(_) if covered => Password::Value(DOTS),
            Self::Value(value) => Password::Value(value.expose_secret()),
            Self::Hook => Password::Hook(Hook { r#type: "default" }),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("password", &password)?;
        map.end()
    }
}

/// What stands for a secret on a screen.
pub(crate) const DOTS: &str = "••••••••";

impl Serialize for OktaCredentials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize_as(serializer, false)
    }
}

/// Credentials with their secrets as dots. Made by [`OktaCredentials::covered`].
#[derive(Debug)]
pub struct Covered<'a>(&'a OktaCredentials);

impl Serialize for Covered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_as(serializer, true)
    }
}

/// Why there are no credentials for a route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The route says import, but this value can't be imported as the settings now stand. Assess the person again.
    #[error("This password can't be imported: {reason}")]
    NotImportable {
        /// Why, in one sentence.
        reason: Cow<'static, str>,
    },
    /// The route says import or hook, and the source keeps nothing for this person. Assess the person again.
    #[error("There is no stored password for this person")]
    NothingStored,
}

/// What goes into the create call for this person and route. `stored` is `None` where the source keeps nothing, or
/// proves passwords itself.
///
/// `Reset` and `Hook` need nothing from the stored value. `Import` reads it again, under the settings of now: whatever
/// was decided earlier, only what is importable at this moment is sent.
pub fn credentials(
    stored: Option<&StoredPassword>,
    settings: &PasswordSettings,
    route: Route,
) -> Result<OktaCredentials, CredentialsError> {
    match route {
        Route::Reset => Ok(OktaCredentials::None),
        Route::Hook => Ok(OktaCredentials::Hook),
        Route::Import => {
            let stored = stored.ok_or(CredentialsError::NothingStored)?;
            let not = |reason| Err(CredentialsError::NotImportable { reason });
            match read(stored, settings) {
                Reading::Recognised(parsed) => match parsed.conversion() {
                    Conversion::Import(hash) => Ok(OktaCredentials::Hash(hash)),
                    Conversion::PlainText(value) => Ok(OktaCredentials::Value(value)),
                    Conversion::Hook { reason } | Conversion::Reset { reason } => not(reason),
                },
                Reading::Empty { .. } => Err(CredentialsError::NothingStored),
                Reading::Ambiguous(candidates) => not(candidates.ask.into()),
                other => not(other.sentence().into()),
            }
        }
    }
}

impl SecretText {
    /// What stands for a secret on a screen.
    pub(crate) fn dots() -> Self {
        Self::new(DOTS.to_owned())
    }
}
