//! Whose password is known, and where their salt may stand.

use crate::model::{SecretBytes, StoredPassword};

/// A person whose password somebody knows.
pub struct Known {
    /// What the source keeps, the salt as it is mapped now.
    pub stored: StoredPassword,
    /// Other columns of the row, any of which may be the salt: name and bytes.
    pub others: Vec<(String, SecretBytes)>,
    /// The password.
    pub password: SecretBytes,
}

/// Where the salt comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SaltFrom {
    /// Where it is mapped from now (or there is none, and none is needed).
    AsMapped,
    /// From this other column: it has to be mapped as the salt, and people read again.
    Column(String),
    /// From the user name: likewise.
    UserName,
    /// There is none; the column mapped as the salt has no part in it.
    Nowhere,
}
