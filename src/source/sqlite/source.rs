//! A SQLite file as a source.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::model::{Record, Sample, Selection};
use crate::source::batch::{Batcher, Shape, key_parts};
use crate::source::capabilities::Capabilities;
use crate::source::sql::{Dialect, Find, Query};
use crate::source::{Probe, ReadSummary, Source, SourceError};

use super::file::{Limit, ROWS_AT_ONCE, Session};
use super::plan::Plan;
use super::spec::{CAN, SqliteSpec};
use super::staged::{Place, Stage};
use super::{catalog, errors};

/// Rows of one key that are looked at: a key that was chosen by hand may not be one.
const SAME_KEY: usize = 10;

/// How long the rows of a selection may be counted for; then they are estimated.
const COUNT_TIME: Duration = Duration::from_secs(1);

/// A SQLite file.
#[derive(Debug)]
pub(crate) struct SqliteSource {
    place: Place,
    can: Capabilities,
}

impl SqliteSource {
    /// Opens nothing yet.
    pub(crate) fn new(spec: SqliteSpec) -> Self {
        Self { place: Place::File(spec.path), can: CAN }
    }

    /// The database that stands for another file.
    pub(crate) fn staged(stage: Arc<dyn Stage>, can: Capabilities) -> Self {
        Self { place: Place::Staged(stage), can }
    }

    /// The records of a selection, few of them.
    async fn few(
        &self,
        selection: &Selection,
        find: Option<Find<'_>>,
        limit: usize,
        session: &mut Session,
    ) -> Result<(Plan, Vec<Record>), SourceError> {
        let plan = Plan::make(session, selection).await?;
        let query = plan.query(selection, find, Some(limit))?;
        let decoder = plan.decoder();
        let shape = plan.shape();
        let records = {
            let mut rows = rows(&mut session.connection, query);
            let mut records = Vec::new();
            while let Some(row) = rows.try_next().await.map_err(|e| errors::query(e, self.place.path(), 0))? {
                records.push(shape.record(decoder.values(&row, &mut Vec::new())));
            }
            records
        };
        Ok((plan, records))
    }
}

/// Runs a query, its values bound as text.
fn rows(
    connection: &mut SqliteConnection,
    query: Query,
) -> futures_util::stream::BoxStream<'_, Result<SqliteRow, sqlx::Error>> {
    let mut run = sqlx::query(AssertSqlSafe(query.sql)).persistent(false);
    for value in query.bound {
        run = run.bind(value);
    }
    run.fetch(connection)
}

#[async_trait]
impl Source for SqliteSource {
    async fn probe(&self) -> Result<Probe, SourceError> {
        let started = std::time::Instant::now();
        let mut session = Session::open_place(&self.place, Limit::seconds(errors::QUESTION_SECONDS)).await?;
        let (version, catalog) = catalog::look(&mut session).await?;
        let content = session.content.clone();
        let encryption = if session.immutable { "local file, on a read-only medium" } else { "local file" };
        session.close().await;
        Ok(Probe {
            server: content
                .as_ref()
                .map_or_else(|| format!("SQLite {version}"), |content| content.form.clone()),
            encryption: encryption.into(),
            read_only: true,
            catalog,
            notes: content.map(|content| content.notes.clone()).unwrap_or_default(),
            took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn can(&self) -> Capabilities {
        self.can
    }

    fn dialect(&self) -> Option<Dialect> {
        Some(Dialect::Sqlite)
    }

    async fn sample(&self, selection: &Selection, rows: usize) -> Result<Sample, SourceError> {
        let mut session = Session::open_place(&self.place, Limit::seconds(errors::QUESTION_SECONDS)).await?;
        let (plan, records) = self.few(selection, None, rows, &mut session).await?;
        session.limit(Limit::time(COUNT_TIME)).await;
        let (rows, exact) = match plan.count(&mut session, selection).await {
            Ok(count) => (Some(count), true),
            Err(SourceError::QueryTimedOut { .. }) => {
                session.limit(Limit::seconds(errors::QUESTION_SECONDS)).await;
                (plan.estimate(&mut session, selection).await?, false)
            }
            Err(error) => return Err(error),
        };
        session.close().await;
        Ok(Sample { columns: plan.shape().columns, type_names: plan.type_names(), records, rows, exact })
    }

    async fn read(
        &self,
        selection: &Selection,
        batches: mpsc::Sender<Vec<Record>>,
        stop: CancellationToken,
    ) -> Result<ReadSummary, SourceError> {
        let mut session = Session::open_place(&self.place, Limit::stop(stop.clone())).await?;
        let plan = Plan::make(&mut session, selection).await?;
        let query = plan.query(selection, None, None)?;
        let decoder = plan.decoder();
        let shape: Shape = plan.shape();
        let mut collector = Batcher::new(shape, batches, stop.clone());
        let mut stopped = false;
        {
            // What is there is taken at once, so that SQLite's thread has room again, and is woken once for many rows.
            let mut rows = rows(&mut session.connection, query).ready_chunks(ROWS_AT_ONCE);
            let mut oversized = Vec::new();
            'rows: while let Some(chunk) = rows.next().await {
                for row in chunk {
                    let row = match row {
                        Ok(row) => row,
                        Err(_) if stop.is_cancelled() => {
                            stopped = true;
                            break 'rows;
                        }
                        Err(error) => return Err(errors::query(error, self.place.path(), collector.sent())),
                    };
                    let values = decoder.values(&row, &mut oversized);
                    if collector.push(values, &oversized).await.is_break() {
                        stopped = true;
                        break 'rows;
                    }
                    oversized.clear();
                }
            }
        }
        session.close().await;
        Ok(collector.finish(stopped).await)
    }

    async fn find_where(
        &self,
        selection: &Selection,
        wanted: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<Record>, SourceError> {
        let mut session = Session::open_place(&self.place, Limit::seconds(errors::QUESTION_SECONDS)).await?;
        let (_, records) = self.few(selection, Some(Find::Same(wanted)), limit, &mut session).await?;
        session.close().await;
        Ok(records)
    }

    async fn find_key(&self, selection: &Selection, key: &str) -> Result<Option<Vec<Record>>, SourceError> {
        let mut session = Session::open_place(&self.place, Limit::seconds(errors::QUESTION_SECONDS)).await?;
        let values = key_parts(key);
        let plan = Plan::make(&mut session, selection).await?;
        let mut found = None;
        // SQLite's values have types of their own: what does not compare as the column is declared compares as text.
        for as_text in [false, true] {
            if plan.key_columns() != values.len()
                || found.as_ref().is_some_and(|found: &Vec<_>| !found.is_empty())
            {
                break;
            }
            let find = Some(Find::Key { values: &values, as_text });
            let (_, mut records) = self.few(selection, find, SAME_KEY, &mut session).await?;
            records.retain(|record| record.key == key);
            found = Some(records);
        }
        session.close().await;
        Ok(found)
    }
}
