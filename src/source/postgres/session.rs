//! One read-only transaction.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::ask::ask;
use super::spec::PostgresSpec;
use super::{errors, values};
use crate::source::SourceError;
use crate::source::sql::{Query, quote};

/// The cursor's name.
pub(super) const CURSOR: &str = "causeway_people";

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
    /// In seconds; 0 is for ever, as PostgreSQL has it.
    fn seconds(self) -> u64 {
        match self {
            Self::Question => 30,
            Self::Hook => 2,
            Self::Reading => 0,
        }
    }
}

/// A transaction that can only read.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: PgConnection,
    pub(super) user: String,
    pub(super) patience: Patience,
    /// The server's version, e.g. `15.18`.
    pub(super) version: String,
    /// The same as a number, e.g. 150018.
    pub(super) version_number: u32,
    /// The server's process.
    pub(super) process: i32,
}

impl Session {
    /// Begins the transaction and sets what it needs, for it alone.
    pub(super) async fn begin(
        connection: PgConnection,
        spec: &PostgresSpec,
        patience: Patience,
    ) -> Result<Self, SourceError> {
        let mut connection = connection;
        let mut begin = String::from("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ");
        if !spec.search_path.is_empty() {
            let schemas: Vec<_> = spec.search_path.iter().map(|schema| quote(schema)).collect();
            let _ = write!(begin, "SET LOCAL search_path TO {}; ", schemas.join(", "));
        }
        let settings = [
            ("statement_timeout", format!("{}s", patience.seconds())),
            // A table that is being rebuilt must not hold us up without a word.
            ("lock_timeout", "10s".into()),
            // Assessing and storing may take their time between two fetches.
            ("idle_in_transaction_session_timeout", "0".into()),
            // Fail rather than leave people out.
            ("row_security", "off".into()),
            // All rows will be read, not just the first few.
            ("cursor_tuple_fraction", if patience == Patience::Reading { "1" } else { "0.1" }.into()),
            ("bytea_output", "hex".into()),
            ("datestyle", "ISO, YMD".into()),
            ("timezone", "UTC".into()),
            ("standard_conforming_strings", "on".into()),
        ];
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| format!("('{name}', '{value}')")).collect();
        // Only what this server knows: each of them came with some version.
        let _ = write!(
            begin,
            "SELECT set_config(s.name, s.value, true) FROM (VALUES {}) AS s(name, value) \
             JOIN pg_settings AS known ON lower(known.name) = s.name; \
             SELECT current_setting('server_version'), current_setting('server_version_num'), \
             current_setting('server_encoding'), pg_backend_pid()",
            settings.join(", ")
        );
        let failed =
            |error: sqlx::Error| errors::query(&error, &spec.user, "the database", patience.seconds(), 0);
        let rows = ask(&mut connection, begin).await.map_err(failed)?;
        let (mut version, mut version_number, mut process) = (String::new(), 0, 0);
        if let Some(row) = rows.last() {
            let text = |at| values::text(row, at).unwrap_or_default();
            version = text(0).split(' ').next().unwrap_or_default().to_owned();
            version_number = text(1).parse().unwrap_or(0);
            process = text(3).parse().unwrap_or(0);
            if text(2) == "SQL_ASCII" {
                // The server does not know what its text means. As it is, then; what is not UTF-8 becomes bytes.
                ask(&mut connection, "SET LOCAL client_encoding TO 'SQL_ASCII'".into())
                    .await
                    .map_err(failed)?;
            }
        }
        Ok(Self { connection, user: spec.user.clone(), patience, version, version_number, process })
    }

    /// What an error means here.
    #[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
    pub(super) fn failed(&self, error: sqlx::Error, place: &str, read: u64) -> SourceError {
        errors::query(&error, &self.user, place, self.patience.seconds(), read)
    }

    /// Opens the cursor.
    pub(super) async fn declare(&mut self, query: Query, place: &str) -> Result<(), SourceError> {
        let sql = format!("DECLARE {CURSOR} NO SCROLL CURSOR FOR {}", query.sql);
        let mut run = sqlx::query(AssertSqlSafe(sql)).persistent(false);
        for value in query.bound {
            run = run.bind(value);
        }
        match run.execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(error, place, 0)),
        }
    }

    /// Closes the cursor.
    pub(super) async fn close_cursor(&mut self) -> Result<(), SourceError> {
        match ask(&mut self.connection, format!("CLOSE {CURSOR}")).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.failed(error, "the database", 0)),
        }
    }

    /// Ends the transaction, undoing whatever a function in own SQL may have done all the same (servers before 16 let large objects
    /// be made even when read-only); the connection may be used again. `None` when it is no good any more.
    pub(super) async fn end(mut self) -> Option<PgConnection> {
        ask(&mut self.connection, "ROLLBACK".into()).await.ok()?;
        Some(self.connection)
    }

    /// Ends the transaction and the connection. What goes wrong here concerns no one: nothing was written.
    pub(super) async fn close(self) {
        let _ = self.connection.close().await;
    }
}
