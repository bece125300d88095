//! The stored password, and the secret bytes it is made of.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes that are wiped when dropped and never shown: a stored password, a salt, a key.
///
/// For text that people type (tokens, passwords) use [`secrecy::SecretString`].
#[derive(Clone, Default)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. The caller must not copy them into anything that outlives the need.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for SecretBytes {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(covered)")
    }
}

/// Constant-time for equal lengths.
impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for SecretBytes {}

/// What the source keeps for a person's password: the text, and a salt from another column if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredPassword {
    /// The column's bytes, untouched.
    pub text: SecretBytes,
    /// The salt column's bytes, untouched, where there is one and it is not empty.
    pub salt: Option<SecretBytes>,
    /// The source's user name, where a scheme mixes it into the hash (PostgreSQL `md5…`, HTTP digest).
    pub username: Option<String>,
    /// What the row says in the other columns that its value is read by (`passwd_hash_algo`): name and text, empty for none.
    pub columns: Vec<(String, String)>,
}

/// On which side of the password the salt stood when it was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SaltOrder {
    /// H(salt ‖ password).
    Prefix,
    /// H(password ‖ salt).
    Postfix,
}

/// How bytes are written as text in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextEncoding {
    /// The column's bytes are the bytes.
    Text,
    /// Two hexadecimal digits a byte, either case.
    Hex,
    /// Standard Base64, padded.
    Base64,
}
