//! What the administrator states once about all stored passwords of a migration.

use super::{SaltOrder, TextEncoding};
use serde::{Deserialize, Serialize};

/// What the stored text alone does not tell. Everything is optional: nothing stated means nothing assumed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordSettings {
    /// Where the salt column's salt stood. Without it a salted digest is never imported on a guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_order: Option<SaltOrder>,
    /// How the salt column writes its bytes. Default: the text's bytes are the salt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt_encoding: Option<TextEncoding>,
    /// The scheme the administrator states, where the string alone does not tell (`md5`, `nt-hash`, `plaintext`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume: Option<String>,
}
