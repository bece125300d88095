//! A MySQL or MariaDB database as a source.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt};
use secrecy::SecretString;
use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::plan::Plan;
use super::session::{Patience, Session};
use super::spec::{CAN, MysqlSpec};
use super::{catalog, connect};
use crate::model::{Record, Sample, Selection};
use crate::source::batch::{Batcher, key_parts};
use crate::source::capabilities::Capabilities;
use crate::source::guard::Budget;
use crate::source::sql::{Dialect, Find};
use crate::source::{Probe, ReadSummary, Source, SourceError};

/// Connections kept for the next question.
const KEPT: usize = 8;

/// After so long without a row, the server is asked whether it still works on it.
const SILENCE: Duration = Duration::from_mins(1);

/// Rows of one key that are looked at: what a collation takes for one key may be several.
const SAME_KEY: usize = 10;

/// A MySQL or MariaDB database.
#[derive(Debug)]
pub(super) struct MysqlSource {
    spec: MysqlSpec,
    password: Option<SecretString>,
    /// Connections at rest, for [`Source::find`]: a person who signs in should not wait for another handshake.
    kept: Mutex<Vec<MySqlConnection>>,
}

/// Who is looked for.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    Same(&'a [(&'a str, &'a str)]),
    Key(&'a [&'a str]),
}

impl MysqlSource {
    /// Connects to nothing yet.
    pub(super) fn new(spec: MysqlSpec, password: Option<SecretString>) -> Self {
        Self { spec, password, kept: Mutex::new(Vec::new()) }
    }

    async fn connect(&self) -> Result<MySqlConnection, SourceError> {
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
        let rows = session.few(&query.sql, &plan.place, Budget::rows(limit)).await?;
        let shape = plan.shape();
        let decoder = plan.decoder();
        Ok(rows.iter().map(|row| shape.record(decoder.values(row, &mut Vec::new()))).collect())
    }

    /// `None`: asked by a key of as many parts as the selection has none.
    async fn find_with(
        &self,
        connection: MySqlConnection,
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
                Err(SourceError::Lost { .. }) => {}
                answer => return answer,
            }
        }
        self.find_with(self.connect().await?, selection, wanted, limit).await
    }

    /// Whether the server may still work for the connection of that number. It does not where nobody answers, or where the server says
    /// so itself; one that answers, but takes no second session now, may well be busy with ours.
    async fn may_still_work(&self, number: u64) -> bool {
        let ask = async {
            let mut session = match self.session(Patience::Question).await {
                Ok(session) => session,
                Err(error) => return !error.nobody_answered(),
            };
            let sql = format!("SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = {number}");
            let working = session.ask(&sql, "the database").await.is_ok_and(|rows| !rows.is_empty());
            session.close().await;
            working
        };
        tokio::time::timeout(SILENCE, ask).await.unwrap_or(false)
    }

    /// Asks the server to give up what it does for the connection of that number. Best effort: without it the server notices when it
    /// sends the next row.
    async fn cancel(&self, number: u64) {
        let ask = async {
            let mut connection = self.connect().await.ok()?;
            let sql = format!("KILL QUERY {number}");
            let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
            connection.close().await.ok()
        };
        let _ = tokio::time::timeout(Duration::from_secs(3), ask).await;
    }
}

/// What a look for the next row gave.
enum Next {
    Row(Result<MySqlRow, sqlx::Error>),
    /// The answer's end.
    End,
    /// No more rows are wanted.
    Stopped,
    /// The server is gone without a word.
    Gone,
}

#[async_trait]
impl Source for MysqlSource {
    async fn probe(&self) -> Result<Probe, SourceError> {
        let started = Instant::now();
        let mut session = self.session(Patience::Question).await?;
        let (encryption, read_only) = catalog::protection(&mut session, &self.spec).await?;
        let (catalog, notes) = catalog::look(&mut session).await?;
        let server = session.server.clone();
        session.close().await;
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Probe { server, encryption, read_only, catalog, notes, took_ms })
    }

    fn can(&self) -> Capabilities {
        CAN
    }

    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Mysql)
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
        let sql = plan.query(selection, None, None)?.sql;
        let decoder = plan.decoder();
        let mut collector = Batcher::new(plan.shape(), batches, stop.clone());
        let mut oversized = Vec::new();
        let number = session.number;
        let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(&mut session.connection);
        let failure = loop {
            // Mostly the next row is already here; only when it is not, a clock and the stop token are watched.
            let next = match rows.next().now_or_never() {
                Some(Some(row)) => Next::Row(row),
                Some(None) => Next::End,
                None => loop {
                    tokio::select! {
                        biased;
                        () = stop.cancelled() => break Next::Stopped,
                        row = rows.next() => break row.map_or(Next::End, Next::Row),
                        works = async {
                            tokio::time::sleep(SILENCE).await;
                            self.may_still_work(number).await
                        } => if !works { break Next::Gone },
                    }
                },
            };
            match next {
                Next::Row(Ok(row)) => {
                    oversized.clear();
                    let values = decoder.values(&row, &mut oversized);
                    if collector.push(values, &oversized).await.is_break() {
                        // The connection is dropped with the rows still under way: the server notices.
                        return Ok(collector.finish(true).await);
                    }
                }
                Next::Row(Err(error)) => break Some(error),
                Next::End => break None,
                Next::Stopped => {
                    self.cancel(number).await;
                    return Ok(collector.finish(true).await);
                }
                Next::Gone => {
                    let technical = "no answer, and the server knows nothing of this session".to_owned();
                    return Err(SourceError::Lost { read: collector.sent(), technical });
                }
            }
        };
        drop(rows);
        if let Some(error) = failure {
            return Err(session.failed(error, &plan.place, collector.sent()));
        }
        session.close().await;
        Ok(collector.finish(false).await)
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
