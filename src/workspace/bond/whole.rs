//! What is bound as a whole: the settings, the reading the people are from, how many they are, and how many runs there were.
//!
//! All of it stands in one row with a counter that rises with every change: an older copy of a part of it, put back by itself, does not
//! fit the people, their records or the runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::super::error::{Result, WorkspaceError};
use super::super::loose::{Number, Text};
use super::super::store;
use super::tag::{Bond, Bonds, Tag};

/// The row of the table `bonds`.
const WHOLE: &str = "whole";

/// What a setting's tag is made of.
fn setting_tag(bonds: &Bonds, name: &str, json: &str) -> Tag {
    bonds.begin(Bond::Setting).bytes(name.as_bytes()).bytes(json.as_bytes()).tag()
}

/// The settings there are, with each one's tag in hexadecimal digits.
type List = BTreeMap<String, String>;

/// What is bound as one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Whole {
    /// Rises with every change.
    n: u64,
    settings: List,
    /// The reading the people are from; 0 for none.
    reading: i64,
    /// The greatest number a person has, and how many there are.
    upto: i64,
    people: i64,
    /// The last run.
    run: i64,
}

/// Where the whole stands, as what belongs to people is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Now {
    /// The reading the people are from. A number nobody has where the row is not as this program wrote it.
    pub(crate) reading: i64,
    /// The last run.
    pub(crate) run: i64,
}

/// The people there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Census {
    /// The greatest number a person has.
    pub(crate) upto: i64,
    /// How many they are, those who are gone from the source included.
    pub(crate) people: i64,
}

async fn kept(connection: &mut SqliteConnection, bonds: &Bonds, name: &str) -> Result<Option<String>> {
    let row: Option<(Text, Vec<u8>)> =
        sqlx::query_as("SELECT value, CAST(tag AS BLOB) FROM bonds WHERE name = ?")
            .bind(name)
            .fetch_optional(connection)
            .await?;
    let fits = |value: &str, tag: &[u8]| {
        bonds.begin(Bond::Whole).bytes(name.as_bytes()).bytes(value.as_bytes()).is(Some(tag))
    };
    Ok(row.filter(|(value, tag)| fits(&value.0, tag)).map(|(value, _)| value.0))
}

/// As this program wrote it last, if it did.
async fn whole(connection: &mut SqliteConnection, bonds: &Bonds) -> Result<Option<Whole>> {
    let kept = kept(connection, bonds, WHOLE).await?;
    Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
}

async fn last_run(connection: &mut SqliteConnection) -> Result<i64> {
    let last: Number =
        sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM runs").fetch_one(connection).await?;
    Ok(last.0)
}

/// How a row that carries its tag stands to the rest of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    /// They are of one state.
    Fits,
    /// The runs are others than it knows.
    OtherRuns,
    /// The people are from a later reading, as far as the first of them tell.
    LaterPeople,
}

async fn age(connection: &mut SqliteConnection, whole: &Whole) -> Result<Age> {
    // One person whose entry was bent makes nothing older. The first and the last are at hand, however many there are.
    let later: bool = sqlx::query_scalar(
        "SELECT coalesce(2 * sum(reading > ?1) > sum(gone = 0), 0) FROM (
            SELECT * FROM (SELECT reading, gone FROM people ORDER BY id LIMIT 20)
            UNION ALL SELECT * FROM (SELECT reading, gone FROM people ORDER BY id DESC LIMIT 20))",
    )
    .bind(whole.reading)
    .fetch_one(&mut *connection)
    .await?;
    if later {
        return Ok(Age::LaterPeople);
    }
    Ok(if whole.run == last_run(connection).await? { Age::Fits } else { Age::OtherRuns })
}

/// What a change starts from. Where the row was bent, or is older than the rest of the file, the settings are refused until each is set
/// anew, and the people it does not fit until they are read again.
async fn to_change(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<Whole> {
    let run = last_run(tx).await?;
    let unknown = Whole { reading: i64::MAX, upto: i64::MAX, run, ..Whole::default() };
    let Some(whole) = whole(tx, bonds).await? else { return Ok(unknown) };
    Ok(match age(tx, &whole).await? {
        Age::Fits => whole,
        Age::OtherRuns => Whole { settings: List::new(), run, ..whole },
        Age::LaterPeople => unknown,
    })
}

async fn keep(tx: &mut SqliteConnection, bonds: &Bonds, mut whole: Whole) -> Result<()> {
    whole.n += 1;
    let value = store::to_json(&whole)?;
    let tag = bonds.begin(Bond::Whole).bytes(WHOLE.as_bytes()).bytes(value.as_bytes()).tag();
    sqlx::query("INSERT INTO bonds (name, value, tag) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, tag = excluded.tag")
        .bind(WHOLE)
        .bind(value)
        .bind(tag.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Binds a new file: no setting, no reading.
pub(crate) async fn begin(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    keep(tx, bonds, Whole::default()).await
}

/// Where the whole stands.
pub(crate) async fn now(connection: &mut SqliteConnection, bonds: &Bonds) -> Result<Now> {
    let whole = whole(connection, bonds).await?;
    Ok(whole.map_or(Now { reading: i64::MAX, run: i64::MAX }, |whole| Now {
        reading: whole.reading,
        run: whole.run,
    }))
}

/// Who there is to be. `None` where that is not known: the row is not as this program wrote it.
pub(crate) async fn census(connection: &mut SqliteConnection, bonds: &Bonds) -> Result<Option<Census>> {
    let whole = whole(connection, bonds).await?.filter(|whole| whole.upto < i64::MAX);
    Ok(whole.map(|whole| Census { upto: whole.upto, people: whole.people }))
}

/// The whole before the people are exchanged for those of a further reading: what it is then compared with goes with them.
pub(crate) async fn before(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<Whole> {
    to_change(tx, bonds).await
}

/// Binds which reading the people are from now, and who there is.
pub(crate) async fn set_reading(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    before: Whole,
    reading: i64,
) -> Result<()> {
    let (upto, people) =
        sqlx::query_as("SELECT coalesce(max(id), 0), count(*) FROM people").fetch_one(&mut *tx).await?;
    keep(tx, bonds, Whole { reading, upto, people, ..before }).await
}

/// Binds that a run begins, which has just been put on record.
pub(crate) async fn set_run(tx: &mut SqliteConnection, bonds: &Bonds, run: i64) -> Result<()> {
    let whole = whole(tx, bonds).await?;
    let before: Number = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM runs WHERE id <> ?")
        .bind(run)
        .fetch_one(&mut *tx)
        .await?;
    match whole {
        Some(whole) if whole.run == before.0 => keep(tx, bonds, Whole { run, ..whole }).await,
        _ => Err(put_back()),
    }
}

/// The settings and the runs do not fit each other.
fn put_back() -> WorkspaceError {
    WorkspaceError::changed_outside(
        "The migration's settings, or the record of its imports, are an older copy or incomplete: a part of it",
    )
}

/// A setting's JSON, if it is the one that this program wrote last.
pub(crate) async fn setting(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    name: &str,
) -> Result<Option<String>> {
    let json: Option<Text> = sqlx::query_scalar("SELECT json FROM docs WHERE name = ?")
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
    let whole = whole(connection, bonds).await?;
    if let Some(whole) = &whole
        && age(connection, whole).await? != Age::Fits
    {
        return Err(put_back());
    }
    let known = whole.as_ref().map(|whole| whole.settings.get(name));
    match (json, known) {
        (None, Some(None)) => Ok(None),
        (Some(Text(json)), Some(Some(tag))) if *tag == hex::encode(setting_tag(bonds, name, &json)) => {
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
    let mut whole = to_change(tx, bonds).await?;
    whole.settings.insert(name.to_owned(), hex::encode(setting_tag(bonds, name, json)));
    keep(tx, bonds, whole).await
}

/// Binds that there is no such setting any more.
pub(crate) async fn forget_setting(tx: &mut SqliteConnection, bonds: &Bonds, name: &str) -> Result<()> {
    let mut whole = to_change(tx, bonds).await?;
    whole.settings.remove(name);
    keep(tx, bonds, whole).await
}

/// Binds as one what a file of before kept in two rows: the settings, and the reading the people are from.
pub(super) async fn join(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    let settings = kept(tx, bonds, "settings").await?.and_then(|json| serde_json::from_str(&json).ok());
    let reading = kept(tx, bonds, "reading").await?.and_then(|number| number.parse().ok());
    let (upto, people) =
        sqlx::query_as("SELECT coalesce(max(id), 0), count(*) FROM people").fetch_one(&mut *tx).await?;
    sqlx::query("DELETE FROM bonds").execute(&mut *tx).await?;
    let run = last_run(tx).await?;
    let whole = Whole {
        n: 0,
        settings: settings.unwrap_or_default(),
        reading: reading.unwrap_or(i64::MAX),
        upto,
        people,
        run,
    };
    keep(tx, bonds, whole).await
}
