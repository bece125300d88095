//! Rows of a table on their way: bound as they come, many to a statement.
//!
//! SQLite works on a thread of its own, and each statement is a trip there and back: fewer and larger ones are most of what
//! makes a reading fast.

use std::collections::VecDeque;
use std::sync::Arc;

use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection};

use super::super::error::{Result, WorkspaceError};

/// Rows a statement. SQLite takes at most 32,766 values; the widest row has 17.
const ROWS: usize = 200;

/// An INSERT with its values, ready to go.
pub(super) struct Statement {
    sql: Arc<str>,
    values: SqliteArguments,
    whole: bool,
}

impl Statement {
    pub(super) async fn execute(self, tx: &mut SqliteConnection) -> Result<()> {
        // The odd ones at the end come once: their plan is not worth keeping.
        let query = sqlx::query_with(AssertSqlSafe(self.sql), self.values).persistent(self.whole);
        query.execute(tx).await?;
        Ok(())
    }
}

/// The rows for one table.
pub(super) struct Rows {
    head: String,
    row: String,
    whole: Arc<str>,
    width: usize,
    values: SqliteArguments,
    count: usize,
}

impl Rows {
    /// For `next_{table}`.
    pub(super) fn new(table: &str, columns: &str) -> Self {
        let width = columns.split(',').count();
        let row = format!("({})", vec!["?"; width].join(","));
        // FAIL: no copy of each page is kept to take half a statement back. A reading that fails is thrown away as a whole.
        let head = format!("INSERT OR FAIL INTO next_{table} ({columns}) VALUES ");
        let whole = statement(&head, &row, ROWS);
        Self { head, row, whole, width, values: SqliteArguments::default(), count: 0 }
    }

    /// Adds a row; a statement that is full joins `ready`.
    pub(super) fn add(
        &mut self,
        ready: &mut VecDeque<Statement>,
        bind: impl FnOnce(&mut SqliteArguments) -> std::result::Result<(), BoxDynError>,
    ) -> Result<()> {
        if self.count == 0 {
            self.values.reserve(ROWS * self.width, 0);
        }
        bind(&mut self.values).map_err(|error| WorkspaceError::Database(error.to_string()))?;
        self.count += 1;
        if self.count == ROWS {
            self.count = 0;
            let values = std::mem::take(&mut self.values);
            ready.push_back(Statement { sql: Arc::clone(&self.whole), values, whole: true });
        }
        Ok(())
    }

    /// What is left over when no more rows come.
    pub(super) fn rest(&mut self, ready: &mut VecDeque<Statement>) {
        if self.count > 0 {
            let sql = statement(&self.head, &self.row, self.count);
            self.count = 0;
            ready.push_back(Statement { sql, values: std::mem::take(&mut self.values), whole: false });
        }
    }
}

fn statement(head: &str, row: &str, rows: usize) -> Arc<str> {
    format!("{head}{}", vec![row; rows].join(",")).into()
}
