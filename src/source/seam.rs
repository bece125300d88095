//! What every source can be asked, and what it answers.

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::capabilities::Capabilities;
use super::error::SourceError;
use super::sql::Dialect;
use crate::model::{Catalog, Record, Sample, Selection};

/// What a good connection test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The product and version, e.g. `PostgreSQL 15.18`.
    pub server: String,
    /// How the connection is protected, e.g. `TLS 1.3`, `not encrypted`, `local file`.
    pub encryption: String,
    /// Whether the session is read-only at the server.
    pub read_only: bool,
    /// Tables, views, keys.
    pub catalog: Catalog,
    /// What should be known of it before it is read, in sentences: rows of a file that are not as they should be.
    pub notes: Vec<String>,
    /// How long the test took, in milliseconds.
    pub took_ms: u64,
}

/// Values of one column that were left out of a reading because they are larger than 1 MiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooBig {
    /// The column.
    pub column: String,
    /// How many of its values.
    pub values: u64,
    /// The key of the first record concerned.
    pub first_key: String,
}

/// How a reading ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadSummary {
    /// Records sent.
    pub records: u64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
    /// Values that were left out, by column.
    pub too_big: Vec<TooBig>,
}

/// Where people are today.
#[async_trait]
pub trait Source: Send + Sync {
    /// Connects, looks around, and says what it found or what is wrong.
    async fn probe(&self) -> Result<Probe, SourceError>;

    /// What it can be asked.
    fn can(&self) -> Capabilities;

    /// The SQL it understands; `None` for a kind that is not asked in SQL. What is counted in it ([`super::overlap`], [`super::uniqueness`])
    /// then works for a new kind of database by this alone.
    fn dialect(&self) -> Option<Dialect> {
        None
    }

    /// The first `rows` rows of a selection, as a reading would give them.
    async fn sample(&self, selection: &Selection, rows: usize) -> Result<Sample, SourceError>;

    /// Reads the selection as one consistent snapshot and sends it in batches; waits when the channel is full, so memory
    /// stays flat. Ends early, without error, when `stop` is cancelled or the receiver is gone.
    async fn read(
        &self,
        selection: &Selection,
        batches: mpsc::Sender<Vec<Record>>,
        stop: CancellationToken,
    ) -> Result<ReadSummary, SourceError>;

    /// The records whose `column` equals `value` ignoring case, as they are now, at most `limit`. What the password hook asks
    /// for one person.
    async fn find(
        &self,
        selection: &Selection,
        column: &str,
        value: &str,
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        self.find_where(selection, &[(column, value)], limit).await
    }

    /// The same by several columns at once. Asked only of a source that [can](Self::can) find.
    async fn find_where(
        &self,
        selection: &Selection,
        wanted: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<Record>, SourceError>;

    /// The records of this key ([`Record::key`]), as they are now: one, or none if it is gone. `None`: the selection has no key, or one
    /// of another number of columns. Asked only of a source that [can](Self::can) find.
    async fn find_key(&self, selection: &Selection, key: &str) -> Result<Option<Vec<Record>>, SourceError>;
}
