//! A look at a workspace that is not opened: what the start page tells of it. Needs no key, and changes nothing.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::error::Result;
use super::numbers;
use super::open::Workspace;
use super::store;
use crate::model::OutcomeKind;

/// How long for someone who writes just now.
const WAIT: Duration = Duration::from_millis(500);

/// What is told of a workspace that is not opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glance {
    /// The document with the source, if one was chosen.
    pub source: Option<serde_json::Value>,
    /// Everyone present in the source.
    pub people: u64,
    /// Everyone who is in Okta: created, there before, updated.
    pub in_okta: u64,
}

impl Workspace {
    /// Looks at the workspace in this file as it is on disk, open elsewhere or not, also after a crash.
    pub async fn glance(path: &Path) -> Result<Glance> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .busy_timeout(WAIT)
            .disable_statement_logging();
        let mut connection = options.connect().await?;
        let in_okta = [OutcomeKind::Created, OutcomeKind::AlreadyThere, OutcomeKind::Updated];
        let [created, there, updated] = in_okta.map(numbers::outcome);
        let (people, in_okta): (i64, i64) = sqlx::query_as(
            "SELECT coalesce(sum(n) FILTER (WHERE gone = 0), 0), coalesce(sum(n) FILTER (WHERE outcome IN (?, ?, ?)), 0)
             FROM tally_people",
        )
        .bind(created)
        .bind(there)
        .bind(updated)
        .fetch_one(&mut connection)
        .await?;
        let source: Option<String> = sqlx::query_scalar("SELECT json FROM docs WHERE name = 'source'")
            .fetch_optional(&mut connection)
            .await?;
        connection.close().await?;
        Ok(Glance {
            source: source.map(|text| store::json("source", &text)).transpose()?,
            people: u64::try_from(people).unwrap_or(0),
            in_okta: u64::try_from(in_okta).unwrap_or(0),
        })
    }
}
