//! A PostgreSQL database as a source.

use std::time::Instant;

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt};
use secrecy::SecretString;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use super::ask::{ask, collect};
use super::plan::Plan;
use super::session::{Patience, Session};
use super::spec::{CAN, PostgresSpec};
use super::{catalog, connect, session};

use crate::model::{Record, Sample, Selection};
use crate::source::batch::{Batcher, key_parts};
use crate::source::capabilities::Capabilities;
use crate::source::guard::{Budget, too_much};
use crate::source::sql::{Dialect, Find};
use crate::source::{Probe, ReadSummary, Source, SourceError};

/// Rows asked for at a time. Each answer costs one way to the server and back; rows are taken in one by one, so memory does not
/// grow with this.
const FETCH: usize = 5000;

/// Connections kept for the next question.
const KEPT: usize = 8;

/// After so long without a row, the server is asked whether it still works on it.
const SILENCE: std::time::Duration = std::time::Duration::from_mins(1);

/// Rows of one key that are looked at: a key that was chosen by hand may not be one.
const SAME_KEY: usize = 10;

/// A PostgreSQL database.
#[derive(Debug)]
pub(crate) struct PostgresSource {
    spec: PostgresSpec,
    password: Option<SecretString>,
    /// Connections at rest, for [`Source::find`]: a person who signs in should not wait for another handshake.
    kept: Mutex<Vec<PgConnection>>,
}

impl PostgresSource {
    /// Connects to nothing yet.
    pub(crate) fn new(spec: PostgresSpec, password: Option<SecretString>) -> Self {
        Self { spec, password, kept: Mutex::new(Vec::new()) }
    }

    async fn connect(&self) -> Result<PgConnection, SourceError> {
        connect::connect(&self.spec, self.password.as_ref()).await
    }

    async fn session(&self, patience: Patience) -> Result<Session, SourceError> {
        let connection = self.connect().await?;
        Session::begin(connection, &self.spec, patience).await
    }

    /// The records of a selection, few of them.
    async fn few(
        session: &mut Session,
        plan: &Plan,
        selection: &Selection,
        find: Option<Find<'_>>,
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        // Through a cursor as well: a bound query's answer would come in binary form.
        session.declare(plan.query(selection, find, Some(limit))?, &plan.place).await?;
        let fetch = format!("FETCH ALL FROM {}", session::CURSOR);
        let rows = collect(&mut session.connection, fetch, Budget::rows(limit))
            .await
            .map_err(|error| session.failed(error, &plan.place, 0))?;
        session.close_cursor().await?;
        let shape = plan.shape();
        let decoder = plan.decoder();
        Ok(rows.iter().map(|row| shape.record(decoder.values(row, &mut Vec::new()))).collect())
    }

    /// `None`: asked by a key of as many parts as the selection has none.
    async fn find_with(
        &self,
        connection: PgConnection,
        selection: &Selection,
        find: Wanted<'_>,
        limit: usize,
    ) -> Result<Option<Vec<Record>>, SourceError> {
        let mut session = Session::begin(connection, &self.spec, Patience::Hook).await?;
        let plan = Plan::make(&mut session, selection).await?;
        let find = match find {
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
        find: Wanted<'_>,
        limit: usize,
    ) -> Result<Option<Vec<Record>>, SourceError> {
        let kept = self.kept.lock().await.pop();
        if let Some(connection) = kept {
            match self.find_with(connection, selection, find, limit).await {
                // A connection at rest may have been closed meanwhile; a new one is tried.
                Err(SourceError::Lost { .. }) => {}
                answer => return answer,
            }
        }
        self.find_with(self.connect().await?, selection, find, limit).await
    }

    /// Whether the server may still work for the session of that process. It does not where nobody answers, or where the server
    /// says so itself; one that answers, but takes no second session now, may well be busy with ours.
    async fn may_still_work(&self, process: i32) -> bool {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(error) => return !error.nobody_answered(),
        };
        let ask = async {
            let sql = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {process} AND state = 'active'");
            let rows = ask(&mut connection, sql).await.ok()?;
            let _ = connection.close().await;
            (!rows.is_empty()).then_some(())
        };
        tokio::time::timeout(SILENCE, ask).await.is_ok_and(|active| active.is_some())
    }

    /// Asks the server to give up what it does for the session of that process. Best effort: without it the server notices when it
    /// sends the next row.
    async fn cancel(&self, process: i32) {
        let ask = async {
            let mut connection = self.connect().await.ok()?;
            let sql = format!("SELECT pg_cancel_backend({process})");
            let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
            connection.close().await.ok()
        };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(3), ask).await;
    }
}

/// Who is looked for.
#[derive(Debug, Clone, Copy)]
enum Wanted<'a> {
    Same(&'a [(&'a str, &'a str)]),
    Key(&'a [&'a str]),
}

/// What a look for the next row gave.
enum Next {
    Row(Result<PgRow, sqlx::Error>),
    /// The answer's end.
    End,
    /// No more rows are wanted.
    Stopped,
    /// The server is gone without a word.
    Gone,
}

#[async_trait]
impl Source for PostgresSource {
    async fn probe(&self) -> Result<Probe, SourceError> {
        let started = Instant::now();
        let mut session = self.session(Patience::Question).await?;
        let (server, encryption, read_only) = catalog::server(&mut session, &self.spec).await?;
        let catalog = catalog::look(&mut session, &self.spec).await?;
        session.close().await;
        Ok(Probe {
            server,
            encryption,
            read_only,
            catalog,
            notes: Vec::new(),
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn can(&self) -> Capabilities {
        CAN
    }

    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Postgres)
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
        session.declare(plan.query(selection, None, None)?, &plan.place).await?;
        let decoder = plan.decoder();
        let mut collector = Batcher::new(plan.shape(), batches, stop.clone());
        let mut oversized = Vec::new();
        let process = session.process;
        loop {
            let mut fetched = 0;
            let fetch = format!("FETCH FORWARD {FETCH} FROM {}", session::CURSOR);
            let mut rows = sqlx::raw_sql(AssertSqlSafe(fetch)).fetch(&mut session.connection);
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
                                self.may_still_work(process).await
                            } => if !works { break Next::Gone },
                        }
                    },
                };
                match next {
                    Next::Row(Ok(_)) if fetched == FETCH => {
                        return Err(too_much("more rows than were asked for"));
                    }
                    Next::Row(Ok(row)) => {
                        fetched += 1;
                        oversized.clear();
                        let values = decoder.values(&row, &mut oversized);
                        if collector.push(values, &oversized).await.is_break() {
                            return Ok(collector.finish(true).await);
                        }
                    }
                    Next::Row(Err(error)) => break Some(error),
                    Next::End => break None,
                    Next::Stopped => {
                        self.cancel(process).await;
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
            if fetched < FETCH {
                break;
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_takes_no_second_session_is_not_one_that_is_gone() {
        let place = "db.example.com:5432".to_owned();
        let technical = "too many connections for role \"reader\"".to_owned();
        assert!(!SourceError::Busy { technical }.nobody_answered());
        assert!(SourceError::TimedOut { place, seconds: 10 }.nobody_answered());
    }
}
