//! A file from before there were tags: bound once, as it is.

use sqlx::SqliteConnection;

use super::super::error::Result;
use super::super::{runs, undo};
use super::people::{bind_what_blocks, renew_decided, renew_read, renew_sent};
use super::tag::Bonds;
use super::whole;

/// Binds as one what was bound in parts before, and says so in the file's `key_check`. Nothing that was not bound becomes so.
pub(crate) async fn bind_as_one(tx: &mut SqliteConnection, bonds: &Bonds, check_value: &str) -> Result<()> {
    whole::join(tx, bonds).await?;
    bind_what_blocks(tx, bonds).await?;
    keep_check(tx, check_value).await
}

/// Says in the file's `key_check` that everything is bound as it is now.
pub(crate) async fn keep_check(tx: &mut SqliteConnection, check_value: &str) -> Result<()> {
    sqlx::query("UPDATE meta SET value = ? WHERE name = 'key_check'").bind(check_value).execute(tx).await?;
    Ok(())
}

/// Binds everything in the file as it stands, and says so in its `key_check`, in one transaction.
pub(crate) async fn bind_all(tx: &mut SqliteConnection, bonds: &Bonds, check_value: &str) -> Result<()> {
    super::super::change::prepare(tx).await?;
    super::super::change::begin(tx).await?;
    sqlx::query("DELETE FROM bonds").execute(&mut *tx).await?;
    let docs: Vec<(String, String)> =
        sqlx::query_as("SELECT name, json FROM docs").fetch_all(&mut *tx).await?;
    for (name, json) in docs {
        whole::keep_setting(tx, bonds, &name, &json).await?;
    }
    let reading: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM readings WHERE state = 'complete'")
        .fetch_one(&mut *tx)
        .await?;
    let reading = reading.unwrap_or(0);
    let before = whole::before(tx, bonds).await?;
    whole::set_reading(tx, bonds, before, reading).await?;
    sqlx::query("UPDATE people SET reading = CASE gone WHEN 0 THEN ? ELSE -1 END")
        .bind(reading)
        .execute(&mut *tx)
        .await?;
    let all: Vec<i64> = sqlx::query_scalar("SELECT id FROM details").fetch_all(&mut *tx).await?;
    for some in all.chunks(1000) {
        renew_read(tx, bonds, "details", &super::super::store::to_json(some)?).await?;
    }
    sqlx::query("INSERT OR IGNORE INTO chosen SELECT id FROM people").execute(&mut *tx).await?;
    renew_decided(tx, bonds, "chosen").await?;
    let sent: Vec<i64> = sqlx::query_scalar("SELECT person FROM memory").fetch_all(&mut *tx).await?;
    for some in sent.chunks(1000) {
        renew_sent(tx, bonds, &super::super::store::to_json(some)?).await?;
    }
    runs::bind_all(tx, bonds).await?;
    undo::bind_all(tx, bonds).await?;
    keep_check(tx, check_value).await?;
    super::super::change::begin(tx).await
}
