//! A look at a workspace that is not opened: what the start page tells of it. Needs no key, and changes nothing.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::error::Result;
use super::loose::{Number, Text};
use super::numbers;
use super::open::Workspace;
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
        let (people, in_okta): (Number, Number) = sqlx::query_as(
            "SELECT total(n) FILTER (WHERE gone = 0), total(n) FILTER (WHERE outcome IN (?, ?, ?))
             FROM tally_people",
        )
        .bind(created)
        .bind(there)
        .bind(updated)
        .fetch_one(&mut connection)
        .await?;
        let source: Option<Text> = sqlx::query_scalar("SELECT json FROM docs WHERE name = 'source'")
            .fetch_optional(&mut connection)
            .await?;
        connection.close().await?;
        Ok(Glance {
            // What can't be understood is told where the migration is opened.
            source: source.and_then(|text| serde_json::from_str(&text.0).ok()),
            people: people.count(),
            in_okta: in_okta.count(),
        })
    }
}
