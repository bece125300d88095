//! A reading: people come in by batches beside what is there, and take its place as a whole at the end.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sqlx::SqliteConnection;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::audit;
use super::bond;
use super::error::{Result, WorkspaceError};
use super::loose::{Number, Text};
use super::open::{Inner, Workspace, moment};
use super::store;
use super::types::{Arrived, PastReading, ReadingInfo, ReadingSummary, Reassess};

mod again;
mod exchange;
mod found_again;
mod keys;
mod prepare;
mod rows;
mod stage;
mod tallies;

pub(super) use again::Displaced;
pub(super) use found_again::renumber;
pub use prepare::{Prepared, Preparer};
use stage::{Stage, TABLES};

/// No reading has a number as large as this.
const MOST_READINGS: i64 = 1 << 40;

/// Batches that wait to be written: enough to keep the writer busy, few enough to keep memory flat.
const WAITING: usize = 2;

/// A reading under way. Dropped without [`Reading::finish`] it never was.
pub struct Reading {
    workspace: Workspace,
    info: ReadingInfo,
    id: i64,
    reassess: Arc<dyn Reassess>,
    batches: Option<mpsc::Sender<Prepared>>,
    writer: Option<JoinHandle<Result<Stage>>>,
    preparer: Preparer,
    _only: Only,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.abort();
        }
    }
}

/// One reading at a time.
struct Only(Arc<Inner>);

impl Drop for Only {
    fn drop(&mut self) {
        self.0.reading.store(false, Ordering::Release);
    }
}

impl Workspace {
    /// Begins a reading. `reassess` is asked about people whose attributes were edited by hand before.
    pub async fn begin_reading(&self, info: ReadingInfo, reassess: Arc<dyn Reassess>) -> Result<Reading> {
        if self.0.reading.swap(true, Ordering::AcqRel) {
            return Err(WorkspaceError::AlreadyReading);
        }
        let only = Only(Arc::clone(&self.0));
        let before = self.current_reading().await?;
        let mut tx = self.begin().await?;
        drop_staged(&mut tx).await?;
        // Nobody who was never read is known again, and no number is given after theirs.
        audit::drop_strangers(&mut tx, self.0.sealer.bonds()).await?;
        // People are known again by their key: where another one is chosen now, those who are here get it first.
        if before.is_some_and(|before| before.info.key != info.key) && !info.key.is_empty() {
            keys::exchange(&self.0.sealer, &mut tx, &info.key).await?;
        }
        stage::make_tables(&mut tx).await?;
        // Never a number that a reading had before: an entry of that one would pass for one of this.
        let current = bond::now(&mut tx, self.0.sealer.bonds()).await?.reading;
        let known = if current < MOST_READINGS { current } else { 0 };
        let id = sqlx::query(
            "INSERT OR REPLACE INTO readings (id, started, state, info)
             SELECT max(coalesce(max(id), 0), ?) + 1, ?, 'running', ? FROM readings WHERE id < ?",
        )
        .bind(known)
        .bind(self.now())
        .bind(store::to_json(&info)?)
        .bind(MOST_READINGS)
        .execute(&mut *tx)
        .await?
        .last_insert_rowid();
        let stage = Stage::begin(&mut tx, self.0.sealer.bonds().clone(), id).await?;
        self.commit(tx).await?;
        let (batches, incoming) = mpsc::channel(WAITING);
        let writer = tokio::spawn(stage.run(Arc::downgrade(&self.0), incoming));
        let preparer = Preparer::new(Arc::clone(&self.0), &info)?;
        Ok(Reading {
            workspace: self.clone(),
            info,
            id,
            reassess,
            batches: Some(batches),
            writer: Some(writer),
            preparer,
            _only: only,
        })
    }

    /// The last reading, whether or not it came to its end.
    pub async fn last_reading(&self) -> Result<Option<PastReading>> {
        self.past_reading("1").await
    }

    /// The reading the people here are from.
    pub async fn current_reading(&self) -> Result<Option<PastReading>> {
        self.past_reading("state = 'complete'").await
    }

    async fn past_reading(&self, which: &'static str) -> Result<Option<PastReading>> {
        type Row = (Number, Option<Number>, Text, Text, Number, Number, Number, Number, Number);
        let sql = format!(
            "SELECT started, ended, state, info, people, added, changed, unchanged, gone FROM readings
             WHERE {which} ORDER BY id DESC LIMIT 1"
        );
        let row: Option<Row> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_optional(&self.0.readers).await?;
        let Some((started, ended, state, info, people, added, changed, unchanged, gone)) = row else {
            return Ok(None);
        };
        Ok(Some(PastReading {
            // Only told; what was read, and by which key, each person's own entry says.
            info: serde_json::from_str(&info.0).unwrap_or_default(),
            started: moment(started.0),
            ended: ended.map(|at| moment(at.0)),
            complete: state.0 == "complete",
            summary: ReadingSummary {
                people: people.count(),
                added: added.count(),
                changed: changed.count(),
                unchanged: unchanged.count(),
                gone: gone.count(),
            },
        }))
    }

    /// Throws away what a reading left behind when the program ended in the middle.
    pub(crate) async fn drop_unfinished_reading(&self) -> Result<()> {
        let mut reader = self.0.readers.acquire().await?;
        let left: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name LIKE 'next\\_%' ESCAPE '\\'")
                .fetch_one(&mut *reader)
                .await?;
        if left > 0 {
            let mut tx = self.begin().await?;
            drop_staged(&mut tx).await?;
            self.commit(tx).await?;
        }
        Ok(())
    }
}

async fn drop_staged(tx: &mut SqliteConnection) -> Result<()> {
    for table in TABLES {
        let sql = sqlx::AssertSqlSafe(format!("DROP TABLE IF EXISTS next_{table}"));
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    Ok(())
}

impl Reading {
    /// Seals and adds a batch (best 500 to 5,000 people), in the source's order. Waits when the disk is slower than the source.
    pub async fn add(&mut self, people: Vec<Arrived>) -> Result<()> {
        let prepared = self.preparer.prepare(people);
        self.add_prepared(prepared).await
    }

    /// A worker's own preparer: sealing is most of the work, and several workers can share it.
    pub fn preparer(&self) -> Result<Preparer> {
        Preparer::new(Arc::clone(&self.workspace.0), &self.info)
    }

    /// Adds a batch that a [`Preparer`] made, in the source's order.
    pub async fn add_prepared(&mut self, prepared: Prepared) -> Result<()> {
        let sent = match &self.batches {
            Some(batches) => batches.send(prepared).await.is_ok(),
            None => false,
        };
        if sent { Ok(()) } else { Err(self.why_it_ended().await) }
    }

    /// The writer is gone: it says why.
    async fn why_it_ended(&mut self) -> WorkspaceError {
        self.batches = None;
        match self.writer.take() {
            Some(writer) => match writer.await {
                Ok(Err(error)) => error,
                Ok(Ok(_)) | Err(_) => WorkspaceError::Closed,
            },
            None => WorkspaceError::Closed,
        }
    }

    /// Ends the reading well: from now on the workspace shows these people. All or nothing.
    pub async fn finish(mut self) -> Result<ReadingSummary> {
        self.batches = None;
        let Some(writer) = self.writer.take() else { return Err(WorkspaceError::Closed) };
        let stage = writer.await.map_err(|_| WorkspaceError::Closed)??;
        let summary = exchange::exchange(&self.workspace, stage, self.id, self.reassess.as_ref()).await?;
        self.workspace.start_search_index().await?;
        Ok(summary)
    }

    /// Ends the reading before its end: the workspace stays as it was.
    pub async fn abandon(mut self) -> Result<()> {
        self.batches = None;
        if let Some(writer) = self.writer.take() {
            writer.abort();
            let _ = writer.await;
        }
        let mut tx = self.workspace.begin().await?;
        drop_staged(&mut tx).await?;
        sqlx::query("UPDATE readings SET state = 'stopped', ended = ? WHERE id = ?")
            .bind(self.workspace.now())
            .bind(self.id)
            .execute(&mut *tx)
            .await?;
        self.workspace.commit(tx).await
    }
}
