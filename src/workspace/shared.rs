//! Clear-text passwords that too many people have: a first password nobody changed, or a word that stands for none.
//!
//! Whether two people have the same one only shows over everyone. It is counted with a keyed tag of each value, whose key is made for
//! one counting and thrown away with it, and the tags are in a temporary table: afterwards nothing is kept that tells who has the same
//! password as whom, but for how many share it where those are too many. A column without clear text costs one look at the schemes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use zeroize::Zeroizing;

use super::change;
use super::error::{Result, WorkspaceError};
use super::open::Workspace;
use super::seal::Sealer;
use super::store::{self, SHARED};
use super::types::{PersonId, Reassess, Who};
use crate::assess::{clear_text_schemes, clear_text_value};

/// People whose values are opened at once: bounds memory.
const PORTION: i64 = 1000;

/// From how many people on a value is too many's, of so many with clear text.
///
/// Two may be one person with two accounts, or a couple. Three are no accident in a store of some thousands. In a great store chance
/// brings the same word to some: there the most frequent words that people choose themselves are each had by some two in ten thousand,
/// so one in five thousand is where it begins, and fifty is too many in any store: those words are what every guesser tries first.
fn too_many(people: u64) -> u64 {
    (people / 5_000).clamp(3, 50)
}

impl Workspace {
    /// Counts over everyone who has the same clear-text password as others, and assesses those anew for whom that is otherwise than
    /// on record. How many. To be called when what is clear text has changed; a reading does it by itself.
    pub async fn weigh_shared(&self, reassess: &dyn Reassess) -> Result<u64> {
        let mut tx = self.begin().await?;
        let changed = weigh(&mut tx, &self.0.sealer).await?;
        if changed.is_empty() {
            return Ok(0);
        }
        let chosen = self.choose(&mut tx, &Who::These(changed)).await?;
        keep(&mut tx, "chosen").await?;
        self.assess_chosen(&mut tx, &chosen, None, reassess).await?;
        self.commit(tx).await?;
        Ok(u64::try_from(chosen.len()).unwrap_or(u64::MAX))
    }
}

/// The same at the end of a reading, before those with edits are assessed again: what is found is put into the edits.
pub(crate) async fn weigh_read(tx: &mut SqliteConnection, sealer: &Sealer) -> Result<()> {
    let changed = weigh(tx, sealer).await?;
    if changed.is_empty() {
        return Ok(());
    }
    sqlx::query("INSERT OR IGNORE INTO dirty SELECT value FROM json_each(?)")
        .bind(change::list(&changed))
        .execute(&mut *tx)
        .await?;
    keep(tx, "dirty").await
}

/// Fills the temporary table `shared`: who has a clear text that is too many's, and how many have it. Those for whom that is
/// otherwise than in the edits.
async fn weigh(tx: &mut SqliteConnection, sealer: &Sealer) -> Result<Vec<PersonId>> {
    sqlx::raw_sql(
        "CREATE TEMP TABLE IF NOT EXISTS clear_values (person INTEGER PRIMARY KEY, tag BLOB NOT NULL);
         CREATE TEMP TABLE IF NOT EXISTS shared (person INTEGER PRIMARY KEY, n INTEGER NOT NULL);
         DELETE FROM clear_values; DELETE FROM shared;",
    )
    .execute(&mut *tx)
    .await?;
    let schemes: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM schemes WHERE scheme IN (SELECT value FROM json_each(?))")
            .bind(store::to_json(clear_text_schemes())?)
            .fetch_all(&mut *tx)
            .await?;
    if !schemes.is_empty() {
        count(tx, sealer, &store::to_json(&schemes)?).await?;
    }
    let changed: Vec<u32> = sqlx::query_scalar(
        "SELECT s.person FROM shared s LEFT JOIN edits e ON e.person = s.person AND e.attribute = ?1
            WHERE e.value IS NULL OR e.value <> CAST(s.n AS TEXT)
         UNION SELECT e.person FROM edits e
            WHERE e.attribute = ?1 AND e.person IN (SELECT id FROM people) AND e.person NOT IN (SELECT person FROM shared)",
    )
    .bind(SHARED)
    .fetch_all(tx)
    .await?;
    Ok(changed.into_iter().map(PersonId).collect())
}

async fn count(tx: &mut SqliteConnection, sealer: &Sealer, schemes: &str) -> Result<()> {
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(key.as_mut_slice()).map_err(|error| WorkspaceError::Database(error.to_string()))?;
    let mut last = -1_i64;
    let mut people = 0_u64;
    loop {
        let rows = sqlx::query(
            "SELECT d.id, d.key, d.password, s.scheme FROM people p CROSS JOIN schemes s ON s.id = p.scheme
                CROSS JOIN details d ON d.id = p.id
             WHERE p.id > ? AND p.scheme IN (SELECT value FROM json_each(?)) AND +p.gone = 0 AND d.evidence = 1
             ORDER BY p.id LIMIT ?",
        )
        .bind(last)
        .bind(schemes)
        .bind(PORTION)
        .fetch_all(&mut *tx)
        .await?;
        let Some(end) = rows.last() else { break };
        last = end.try_get("id")?;
        let mut tags = Vec::with_capacity(rows.len());
        for row in &rows {
            // What does not open is that person's own fault: it is told elsewhere.
            let Ok(stored) = store::open_password(sealer, row.try_get("key")?, row.try_get("password")?)
            else {
                continue;
            };
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
                .map_err(|error| WorkspaceError::Database(error.to_string()))?;
            mac.update(clear_text_value(row.try_get("scheme")?, stored.text.expose()));
            let tag = mac.finalize().into_bytes();
            tags.push((row.try_get::<i64, _>("id")?, hex::encode(&tag[..16])));
        }
        people += u64::try_from(tags.len()).unwrap_or(0);
        sqlx::query(
            "INSERT INTO clear_values SELECT value ->> 0, unhex(value ->> 1) FROM json_each(?) WHERE true",
        )
        .bind(store::to_json(&tags)?)
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO shared SELECT v.person, c.n FROM clear_values v
            JOIN (SELECT tag, count(*) AS n FROM clear_values GROUP BY tag HAVING count(*) >= ?) c ON c.tag = v.tag",
    )
    .bind(i64::try_from(too_many(people)).unwrap_or(i64::MAX))
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM clear_values").execute(tx).await?;
    Ok(())
}

/// Puts what was counted into the edits of everyone in a temporary table.
async fn keep(tx: &mut SqliteConnection, who: &'static str) -> Result<()> {
    for sql in [
        format!("DELETE FROM edits WHERE attribute = ? AND person IN (SELECT id FROM {who})"),
        format!(
            "INSERT INTO edits (person, attribute, value)
             SELECT s.person, ?, CAST(s.n AS TEXT) FROM shared s WHERE s.person IN (SELECT id FROM {who})"
        ),
    ] {
        sqlx::query(AssertSqlSafe(sql)).bind(SHARED).execute(&mut *tx).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::too_many;

    #[test]
    fn three_are_too_many_in_a_small_store_and_fifty_in_any() {
        for (people, least) in
            [(0, 3), (3, 3), (15_000, 3), (20_000, 4), (100_000, 20), (250_000, 50), (5_000_000, 50)]
        {
            assert_eq!(too_many(people), least, "{people}");
        }
    }
}
