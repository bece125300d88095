//! How a connection to a server is protected.

use serde::{Deserialize, Serialize};

use super::form::Values;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Encrypted; the certificate must be trusted and made for this host. What a URL means that says nothing.
    #[default]
    VerifyFull,
    /// Encrypted; whoever answers is believed.
    Require,
    /// Not encrypted. Passwords' hashes travel in the clear: the window warns.
    Off,
}

impl TlsMode {
    /// As it stands in a form's [`Values`].
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::VerifyFull => "verify-full",
            Self::Require => "require",
            Self::Off => "off",
        }
    }

    /// The same read back; what is not known is the safest.
    pub(crate) fn of(value: &str) -> Self {
        match value {
            "require" => Self::Require,
            "off" => Self::Off,
            _ => Self::VerifyFull,
        }
    }
}

/// What is wrong where only one half of a client certificate is named, in a form with the fields `client-cert` and `client-key`.
pub(crate) fn client_certificate_is_half(values: &Values) -> Option<&'static str> {
    (values.path("client-cert").is_some() != values.path("client-key").is_some())
        .then_some("A client certificate needs its key, and the key its certificate")
}
