//! What is kept of a SQLite file: where it is and who reads it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::source::capabilities::Capabilities;

/// What a SQLite file can be asked.
pub(super) const CAN: Capabilities =
    Capabilities { sql: true, find: true, password: false, file: true, tables: true };

/// A SQLite file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SqliteSpec {
    /// The file.
    pub path: PathBuf,
}
