//! What is bound as a whole: the settings, and which reading the people are from.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::super::error::{Result, WorkspaceError};
use super::super::store;
use super::tag::{Bond, Bonds, Tag};

const SETTINGS: &str = "settings";
const READING: &str = "reading";

/// What a setting's tag is made of.
pub(super) fn setting_tag(bonds: &Bonds, name: &str, json: &str) -> Tag {
    bonds.begin(Bond::Setting).bytes(name.as_bytes()).bytes(json.as_bytes()).tag()
}

/// The settings there are, with each one's tag in hexadecimal digits.
type List = BTreeMap<String, String>;

async fn kept(connection: &mut SqliteConnection, bonds: &Bonds, name: &str) -> Result<Option<String>> {
    let row: Option<(String, Vec<u8>)> = sqlx::query_as("SELECT value, tag FROM bonds WHERE name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(row.filter(|(value, tag)| fits(bonds, name, value, tag)).map(|(value, _)| value))
}

fn fits(bonds: &Bonds, name: &str, value: &str, tag: &[u8]) -> bool {
    bonds.begin(Bond::Whole).bytes(name.as_bytes()).bytes(value.as_bytes()).is(Some(tag))
}

async fn keep(tx: &mut SqliteConnection, bonds: &Bonds, name: &str, value: &str) -> Result<()> {
    let tag = bonds.begin(Bond::Whole).bytes(name.as_bytes()).bytes(value.as_bytes()).tag();
    sqlx::query("INSERT INTO bonds (name, value, tag) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, tag = excluded.tag")
        .bind(name)
        .bind(value)
        .bind(tag.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Binds a new file: no setting, no reading.
pub(crate) async fn begin(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    keep(tx, bonds, SETTINGS, "{}").await?;
    set_reading(tx, bonds, 0).await
}

/// The reading the people are from; 0 for none. A number nobody has where it is not as this program wrote it.
pub(crate) async fn reading(connection: &mut SqliteConnection, bonds: &Bonds) -> Result<i64> {
    let kept = kept(connection, bonds, READING).await?;
    Ok(kept.and_then(|number| number.parse().ok()).unwrap_or(i64::MAX))
}

/// Binds which reading the people are from.
pub(crate) async fn set_reading(tx: &mut SqliteConnection, bonds: &Bonds, reading: i64) -> Result<()> {
    keep(tx, bonds, READING, &reading.to_string()).await
}

async fn list(connection: &mut SqliteConnection, bonds: &Bonds) -> Result<Option<List>> {
    let kept = kept(connection, bonds, SETTINGS).await?;
    Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A setting's JSON; `None` when it was never made. Refused when it is not what was put there last.
pub(crate) async fn setting(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
) -> Result<Option<String>> {
    type Row = (Option<String>, Option<String>, Option<Vec<u8>>);
    let row: Row = sqlx::query_as(
        "SELECT (SELECT json FROM docs WHERE name = ?), (SELECT value FROM bonds WHERE name = ?2),
            (SELECT tag FROM bonds WHERE name = ?2)",
    )
    .bind(name)
    .bind(SETTINGS)
    .fetch_one(connection)
    .await?;
    let (json, value, tag) = row;
    let list: Option<List> = value
        .zip(tag)
        .filter(|(value, tag)| fits(bonds, SETTINGS, value, tag))
        .and_then(|(value, _)| serde_json::from_str(&value).ok());
    let known = list.as_ref().map(|list| list.get(name));
    match (json, known) {
        (None, Some(None)) => Ok(None),
        (Some(json), Some(Some(tag))) if *tag == hex::encode(setting_tag(bonds, name, &json)) => {
            Ok(Some(json))
        }
        _ => Err(WorkspaceError::changed_outside(&format!("The setting “{name}”"))),
    }
}

/// Binds a setting that was just written.
pub(crate) async fn keep_setting(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
    json: &str,
) -> Result<()> {
    // Where the list itself was bent, the others of it are refused until they are set anew.
    let mut list = list(tx, bonds).await?.unwrap_or_default();
    list.insert(name.to_owned(), hex::encode(setting_tag(bonds, name, json)));
    keep(tx, bonds, SETTINGS, &store::to_json(&list)?).await
}

/// Binds that there is no such setting any more.
pub(crate) async fn forget_setting(tx: &mut SqliteConnection, bonds: &Bonds, name: &str) -> Result<()> {
    let mut list = list(tx, bonds).await?.unwrap_or_default();
    list.remove(name);
    keep(tx, bonds, SETTINGS, &store::to_json(&list)?).await
}
