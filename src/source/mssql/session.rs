//! One transaction that only reads, and is rolled back.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use tiberius::{Query, QueryItem, QueryStream, Row};

use super::connect::Connection;
use super::spec::MssqlSpec;
use super::{errors, values};
use crate::source::SourceError;
use crate::source::guard::{Budget, too_much};
use crate::source::sql;

/// How long the server may work on one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// A person waits in the window.
    Question,
    /// A person signs in, and Okta waits three seconds at most.
    Hook,
    /// As long as it takes; there is a button to stop it.
    Reading,
}

impl Patience {
    fn limit(self) -> Option<Duration> {
        match self {
            Self::Question => Some(Duration::from_secs(30)),
            Self::Hook => Some(Duration::from_secs(2)),
            Self::Reading => None,
        }
    }
}

/// Whether a reading sees one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The whole transaction does.
    Transaction,
    /// Each statement does.
    Statement,
    /// What is changed meanwhile may be in it.
    None,
}

/// What is asked at the start: who this is, and what it allows.
const ABOUT: &str = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), CAST(SERVERPROPERTY('EngineEdition') AS nvarchar(20)), \
     d.snapshot_isolation_state, d.is_read_committed_snapshot_on, d.is_read_only, @@VERSION \
     FROM sys.databases AS d WHERE d.name = DB_NAME()";

/// Sets one meaning whatever the server and the login are set to. A table that is being rebuilt must not hold us up without a word.
const SETTINGS: &str = "SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON; SET ANSI_PADDING ON; SET ANSI_WARNINGS ON; SET ARITHABORT ON; \
     SET CONCAT_NULL_YIELDS_NULL ON; SET NUMERIC_ROUNDABORT OFF; SET TEXTSIZE 2147483647; SET ROWCOUNT 0; SET LOCK_TIMEOUT 10000; \
     SET DATEFORMAT ymd; SET XACT_ABORT OFF";

/// A session in a transaction.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: Connection,
    pub(super) user: String,
    patience: Patience,
    /// The product and its version, e.g. `SQL Server 2019 (15.0.4312)`.
    pub(super) server: String,
    /// The first number of the version: 14 is SQL Server 2017. Azure's own numbers say nothing: `None`.
    pub(super) major: Option<u32>,
    /// Whether the database refuses to be written.
    pub(super) read_only: bool,
    pub(super) moment: Moment,
}

impl Session {
    /// Sets what a session needs and begins the transaction.
    pub(super) async fn begin(
        connection: Connection,
        spec: &MssqlSpec,
        patience: Patience,
    ) -> Result<Self, SourceError> {
        let mut session = Self {
            connection,
            user: spec.user.clone(),
            patience,
            server: "SQL Server".to_owned(),
            major: None,
            read_only: false,
            moment: Moment::None,
        };
        let rows = session.ask(&format!("{SETTINGS}; {ABOUT}"), &[], "the database").await?;
        let (mut snapshot, mut committed) = (false, false);
        if let Some(row) = rows.first() {
            let version = values::text(row, 0).unwrap_or_default();
            let azure = matches!(values::number(row, 1), Some(5 | 6 | 8 | 11));
            let major = version.split('.').next().and_then(|major| major.parse().ok());
            (session.server, session.major) = named(&version, azure, major);
            snapshot = values::number(row, 2) == Some(1);
            committed = values::number(row, 3) == Some(1);
            session.read_only = values::number(row, 4) == Some(1);
        }
        session.moment = match (snapshot || session.read_only, committed) {
            (true, _) => Moment::Transaction,
            (false, true) => Moment::Statement,
            (false, false) => Moment::None,
        };
        // A session that was used before may have another level.
        let level = if snapshot { "SNAPSHOT" } else { "READ COMMITTED" };
        session.tell(&format!("SET TRANSACTION ISOLATION LEVEL {level}; BEGIN TRANSACTION")).await?;
        Ok(session)
    }

    /// What an error means here.
    #[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
    pub(super) fn failed(&self, error: tiberius::error::Error, place: &str, read: u64) -> SourceError {
        let seconds = self.patience.limit().map_or(0, |limit| limit.as_secs());
        errors::query(&error, &self.user, place, seconds, read)
    }

    /// Statements whose answers hold nothing.
    async fn tell(&mut self, sql: &str) -> Result<(), SourceError> {
        let limit = self.patience.limit();
        let work = async {
            let answer = self.connection.simple_query(sql).await?;
            answer.into_results().await.map(drop)
        };
        match patiently(limit, work).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.failed(error, "the database", 0)),
        }
    }

    /// The rows of a question.
    pub(super) async fn ask(
        &mut self,
        sql: &str,
        bound: &[String],
        place: &str,
    ) -> Result<Vec<Row>, SourceError> {
        self.few(sql, bound, place, Budget::answer()).await
    }

    /// The same, as many as there is room for.
    pub(super) async fn few(
        &mut self,
        sql: &str,
        bound: &[String],
        place: &str,
        budget: Budget,
    ) -> Result<Vec<Row>, SourceError> {
        self.within(self.patience.limit(), sql, bound, place, budget).await
    }

    /// The same, in so much time.
    pub(super) async fn within(
        &mut self,
        limit: Option<Duration>,
        sql: &str,
        bound: &[String],
        place: &str,
        mut budget: Budget,
    ) -> Result<Vec<Row>, SourceError> {
        let mut overflow = None;
        let work = async {
            let mut rows = Vec::new();
            let mut answer = run(&mut self.connection, sql, bound).await?;
            while let Some(item) = answer.try_next().await? {
                let QueryItem::Row(row) = item else { continue };
                if let Err(too_many) = budget.take(values::size(&row)) {
                    overflow = Some(too_many);
                    return Ok(rows);
                }
                rows.push(row);
            }
            Ok(rows)
        };
        let rows = patiently(limit, work).await;
        match (rows, overflow) {
            (_, Some(overflow)) => Err(too_much(overflow.0)),
            (Ok(rows), None) => Ok(rows),
            (Err(error), None) => Err(self.failed(error, place, 0)),
        }
    }

    /// Ends the transaction; the connection may be used again. `None` when it is no good any more.
    pub(super) async fn end(mut self) -> Option<Connection> {
        self.tell("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION").await.ok()?;
        Some(self.connection)
    }

    /// Ends the transaction and the connection. What goes wrong here concerns no one: nothing was written.
    pub(super) async fn close(self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.connection.close()).await;
    }
}

/// Asks; values go beside the SQL (`sp_executesql`), all as text.
pub(super) async fn run<'a>(
    connection: &'a mut Connection,
    sql: &str,
    bound: &[String],
) -> Result<QueryStream<'a>, tiberius::error::Error> {
    if bound.is_empty() {
        return connection.simple_query(sql.to_owned()).await;
    }
    let mut query = Query::new(sql.to_owned());
    for value in bound {
        query.bind(value.clone());
    }
    query.query(connection).await
}

async fn patiently<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, tiberius::error::Error>>,
) -> Result<T, tiberius::error::Error> {
    let late = || tiberius::error::Error::Io {
        kind: std::io::ErrorKind::TimedOut,
        message: "no answer in time".into(),
    };
    match limit {
        None => work.await,
        Some(limit) => tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(late())),
    }
}

/// The product's name as people know it.
fn named(version: &str, azure: bool, major: Option<u32>) -> (String, Option<u32>) {
    if azure {
        return ("Azure SQL".into(), None);
    }
    let year = match major {
        Some(17) => "2025",
        Some(16) => "2022",
        Some(15) => "2019",
        Some(14) => "2017",
        Some(13) => "2016",
        Some(12) => "2014",
        Some(11) => "2012",
        Some(10) => "2008",
        _ => return (format!("SQL Server {version}"), major),
    };
    (format!("SQL Server {year} ({version})"), major)
}

/// A text as it stands in SQL.
pub(super) fn literal(text: &str) -> String {
    format!("N{}", sql::literal(text))
}
