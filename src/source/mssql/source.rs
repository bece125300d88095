//! A SQL Server database as a source.

use std::fmt;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{FutureExt as _, StreamExt as _};
use secrecy::SecretString;
use tiberius::QueryItem;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::catalog;
use super::connect::{self, Connection};
use super::plan::Plan;
use super::session::{Patience, Session, run};
use super::spec::{CAN, MssqlSpec};
use crate::model::{Record, Sample, Selection};
use crate::source::batch::{Batcher, key_parts};
use crate::source::capabilities::Capabilities;
use crate::source::guard::Budget;
use crate::source::sql::{Dialect, Find, Query};
use crate::source::{Probe, ReadSummary, Source, SourceError};

/// Connections kept for the next question.
const KEPT: usize = 8;

/// After so long without a row, it is tried whether the server is still there.
const SILENCE: Duration = Duration::from_mins(1);

/// How long the server may take to give a reading up.
const STOPPING: Duration = Duration::from_secs(3);

/// Rows of one key that are looked at: what a collation takes for one key may be several.
const SAME_KEY: usize = 10;

/// A SQL Server database.
pub(super) struct MssqlSource {
    spec: MssqlSpec,
    password: Option<SecretString>,
    /// Connections at rest, for [`Source::find`]: a person who signs in should not wait for another handshake.
    kept: Mutex<Vec<Connection>>,
}

impl fmt::Debug for MssqlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MssqlSource").field("spec", &self.spec).finish_non_exhaustive()
    }
}

/// Who is looked for.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    Same(&'a [(&'a str, &'a str)]),
    Key(&'a [&'a str]),
}

impl MssqlSource {
    /// Connects to nothing yet.
    pub(super) fn new(spec: MssqlSpec, password: Option<SecretString>) -> Self {
        Self { spec, password, kept: Mutex::new(Vec::new()) }
    }

    async fn connect(&self) -> Result<Connection, SourceError> {
        connect::connect(&self.spec, self.password.as_ref()).await
    }

    async fn session(&self, patience: Patience) -> Result<Session, SourceError> {
        Session::begin(self.connect().await?, &self.spec, patience).await
    }

    /// The records of a selection, few of them.
    async fn few(
        session: &mut Session,
        plan: &Plan,
        selection: &Selection,
        find: Option<Find<'_>>,
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        let query = plan.query(selection, find, Some(limit))?;
        let rows = session.few(&query.sql, &query.bound, &plan.place, Budget::rows(limit)).await?;
        let shape = plan.shape();
        let decoder = plan.decoder();
        Ok(rows.iter().map(|row| shape.record(decoder.values(row, &mut Vec::new()))).collect())
    }

    /// `None`: asked by a key of as many parts as the selection has none.
    async fn find_with(
        &self,
        connection: Connection,
        selection: &Selection,
        wanted: Wanted<'_>,
        limit: usize,
    ) -> Result<Option<Vec<Record>>, SourceError> {
        let mut session = Session::begin(connection, &self.spec, Patience::Hook).await?;
        let plan = Plan::make(&mut session, selection).await?;
        let find = match wanted {
            Wanted::Same(wanted) => Some(Find::Same(wanted)),
            Wanted::Key(values) => {
                (values.len() == plan.key_columns()).then_some(Find::Key { values, as_text: false })
            }
        };
        let records = match find {
            Some(find) => Some(Self::few(&mut session, &plan, selection, Some(find), limit).await?),
            None => None,
        };
        if let Some(connection) = session.end().await {
            let mut kept = self.kept.lock().await;
            if kept.len() < KEPT {
                kept.push(connection);
            }
        }
        Ok(records)
    }

    /// With a connection at rest, where there is one.
    async fn find_again(
        &self,
        selection: &Selection,
        wanted: Wanted<'_>,
        limit: usize,
    ) -> Result<Option<Vec<Record>>, SourceError> {
        let kept = self.kept.lock().await.pop();
        if let Some(connection) = kept {
            match self.find_with(connection, selection, wanted, limit).await {
                // A connection at rest may have been closed meanwhile; a new one is tried.
                Err(SourceError::Lost { .. } | SourceError::Nonsense { .. }) => {}
                answer => return answer,
            }
        }
        self.find_with(self.connect().await?, selection, wanted, limit).await
    }

    /// Hands the rows of a query on, until there are no more, or none are wanted.
    async fn pour(
        &self,
        connection: &mut Connection,
        query: &Query,
        plan: &Plan,
        collector: &mut Batcher,
        stop: &CancellationToken,
    ) -> End {
        let decoder = plan.decoder();
        let mut oversized = Vec::new();
        let mut rows = tokio::select! {
            biased;
            () = stop.cancelled() => return End::Stopped,
            rows = run(connection, &query.sql, &query.bound) => match rows {
                Ok(rows) => rows,
                Err(error) => return End::Failed(error),
            },
        };
        loop {
            // Mostly the next row is already here; only when it is not, a clock and the stop token are watched.
            let next = match rows.next().now_or_never() {
                Some(next) => next,
                None => loop {
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => return End::Stopped,
                        next = rows.next() => break next,
                        there = async {
                            tokio::time::sleep(SILENCE).await;
                            self.is_there().await
                        } => if !there { return End::Gone },
                    }
                },
            };
            match next {
                Some(Ok(QueryItem::Metadata(_))) => {}
                Some(Ok(QueryItem::Row(row))) => {
                    oversized.clear();
                    let values = decoder.values(&row, &mut oversized);
                    if collector.push(values, &oversized).await.is_break() {
                        return End::Stopped;
                    }
                }
                Some(Err(error)) => return End::Failed(error),
                None => return End::Whole,
            }
        }
    }

    /// Whether anybody answers there. One who does may well be busy with our reading.
    async fn is_there(&self) -> bool {
        match tokio::time::timeout(SILENCE, self.connect()).await {
            Ok(Ok(connection)) => {
                let _ = tokio::time::timeout(STOPPING, connection.close()).await;
                true
            }
            Ok(Err(error)) => !error.nobody_answered(),
            Err(_) => false,
        }
    }
}

/// How a reading's rows ended.
enum End {
    /// With the last.
    Whole,
    /// No more were wanted.
    Stopped,
    /// The server is gone without a word.
    Gone,
    Failed(tiberius::error::Error),
}

#[async_trait]
impl Source for MssqlSource {
    async fn probe(&self) -> Result<Probe, SourceError> {
        let started = Instant::now();
        let mut session = self.session(Patience::Question).await?;
        let catalog = catalog::look(&mut session).await?;
        let notes = catalog::notes(&mut session).await;
        let (server, read_only) = (session.server.clone(), session.read_only);
        session.close().await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Probe { server, encryption: catalog::protection(&self.spec), read_only, catalog, notes, took_ms })
    }

    fn can(&self) -> Capabilities {
        CAN
    }

    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Mssql)
    }

    async fn sample(&self, selection: &Selection, rows: usize) -> Result<Sample, SourceError> {
        let mut session = self.session(Patience::Question).await?;
        let plan = Plan::make(&mut session, selection).await?;
        let records = Self::few(&mut session, &plan, selection, None, rows).await?;
        let (rows, exact) = plan.count(&mut session, selection).await?;
        session.close().await;
        Ok(Sample { columns: plan.shape().columns, type_names: plan.type_names(), records, rows, exact })
    }

    async fn read(
        &self,
        selection: &Selection,
        batches: mpsc::Sender<Vec<Record>>,
        stop: CancellationToken,
    ) -> Result<ReadSummary, SourceError> {
        let mut session = self.session(Patience::Reading).await?;
        let plan = Plan::make(&mut session, selection).await?;
        let query = plan.query(selection, None, None)?;
        let mut collector = Batcher::new(plan.shape(), batches, stop.clone());
        match self.pour(&mut session.connection, &query, &plan, &mut collector, &stop).await {
            End::Whole => {
                session.close().await;
                Ok(collector.finish(false).await)
            }
            End::Stopped => {
                give_up(session).await;
                Ok(collector.finish(true).await)
            }
            End::Gone => {
                let technical = "no answer, and nobody is there any more".to_owned();
                Err(SourceError::Lost { read: collector.sent(), technical })
            }
            End::Failed(error) => Err(session.failed(error, &plan.place, collector.sent())),
        }
    }

    async fn find_where(
        &self,
        selection: &Selection,
        wanted: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        Ok(self.find_again(selection, Wanted::Same(wanted), limit).await?.unwrap_or_default())
    }

    async fn find_key(&self, selection: &Selection, key: &str) -> Result<Option<Vec<Record>>, SourceError> {
        let mut found = self.find_again(selection, Wanted::Key(&key_parts(key)), SAME_KEY).await?;
        if let Some(records) = &mut found {
            records.retain(|record| record.key == key);
        }
        Ok(found)
    }
}

/// Asks the server to give up what it does for this session, and ends it. Best effort: without it the server notices when it sends the
/// next row.
async fn give_up(mut session: Session) {
    let _ = tokio::time::timeout(STOPPING, session.connection.cancel_query()).await;
}
