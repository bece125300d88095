//! One read-only transaction.

use futures_util::TryStreamExt as _;
use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};

use super::spec::MysqlSpec;
use super::{errors, values};
use crate::source::SourceError;
use crate::source::guard::Budget;

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
    /// In seconds; 0 is for ever.
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
    pub(super) connection: MySqlConnection,
    pub(super) user: String,
    patience: Patience,
    /// The product and its version, e.g. `MariaDB 10.11.6`.
    pub(super) server: String,
    /// Whether it is MariaDB.
    pub(super) mariadb: bool,
    /// The server's number for this connection.
    pub(super) number: u64,
}

impl Session {
    /// Sets what a session needs and begins the transaction.
    pub(super) async fn begin(
        connection: MySqlConnection,
        spec: &MysqlSpec,
        patience: Patience,
    ) -> Result<Self, SourceError> {
        let mut session = Self {
            connection,
            user: spec.user.clone(),
            patience,
            server: String::new(),
            mariadb: false,
            number: 0,
        };
        let rows =
            session.ask("SELECT VERSION(), CONNECTION_ID(), @@version_comment", "the database").await?;
        if let Some(row) = rows.first() {
            let get = |at| values::text(row, at).unwrap_or_default();
            let version = get(0).to_owned();
            session.number = get(1).parse().unwrap_or(0);
            session.mariadb = version.contains("MariaDB") || get(2).contains("MariaDB");
            // `5.5.5-10.11.6-MariaDB-0+deb12u1`, `8.4.3-0ubuntu0`
            let number = version.strip_prefix("5.5.5-").filter(|_| session.mariadb).unwrap_or(&version);
            let number: String = number.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            session.server = format!("{} {number}", if session.mariadb { "MariaDB" } else { "MySQL" });
        }
        let seconds = patience.seconds();
        let limit = if session.mariadb {
            format!("SET SESSION max_statement_time = {seconds}")
        } else {
            format!("SET SESSION max_execution_time = {}", seconds * 1000)
        };
        let settings = [
            // One meaning whatever the server is set to; `||` joins texts, as it does in other databases.
            "SET SESSION sql_mode = 'PIPES_AS_CONCAT', time_zone = '+00:00', sql_select_limit = 18446744073709551615, \
             sql_big_selects = 1, group_concat_max_len = 16777216, \
             lock_wait_timeout = 10, net_write_timeout = 31536000, net_read_timeout = 31536000",
            "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
            "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ];
        for setting in settings {
            session.ask(setting, "the database").await?;
        }
        // Not known to every relative; without it the window's own patience ends.
        let _ = session.answer(&limit).await;
        Ok(session)
    }

    /// What an error means here.
    #[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
    pub(super) fn failed(&self, error: sqlx::Error, place: &str, read: u64) -> SourceError {
        errors::query(&error, &self.user, place, self.patience.seconds(), read)
    }

    async fn answer(&mut self, sql: &str) -> Result<Vec<MySqlRow>, sqlx::Error> {
        collect(&mut self.connection, sql, Budget::answer()).await
    }

    /// The rows of a query, as text.
    pub(super) async fn ask(&mut self, sql: &str, place: &str) -> Result<Vec<MySqlRow>, SourceError> {
        self.few(sql, place, Budget::answer()).await
    }

    /// The same, as many as there is room for.
    pub(super) async fn few(
        &mut self,
        sql: &str,
        place: &str,
        budget: Budget,
    ) -> Result<Vec<MySqlRow>, SourceError> {
        match collect(&mut self.connection, sql, budget).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.failed(error, place, 0)),
        }
    }

    /// Ends the transaction; the connection may be used again. `None` when it is no good any more.
    pub(super) async fn end(mut self) -> Option<MySqlConnection> {
        self.answer("ROLLBACK").await.ok()?;
        Some(self.connection)
    }

    /// Ends the transaction and the connection. What goes wrong here concerns no one: nothing was written.
    pub(super) async fn close(self) {
        let _ = self.connection.close().await;
    }
}

/// The rows of a query, as many as there is room for.
async fn collect(
    connection: &mut MySqlConnection,
    sql: &str,
    mut budget: Budget,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let mut answer = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch(connection);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        budget.take(values::size(&row)).map_err(|overflow| sqlx::Error::Decode(overflow.into()))?;
        rows.push(row);
    }
    Ok(rows)
}
