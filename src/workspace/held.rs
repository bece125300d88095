//! Rows that may be somebody known from before, and differ from them: the finding that says so, and the answer.
//!
//! Until someone says who it is, such a row is a person of its own that is blocked, and the one it may be is gone from the source: nothing
//! is inherited, nothing is sent, nobody is let in. “The same person” puts the row in the place of the one it may be, with everything that
//! was sent and decided; “somebody new” lets it go by itself.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::bond::{self, Bonds};
use super::change;
use super::error::Result;
use super::open::Workspace;
use super::reading::{Displaced, renumber};
use super::store;
use super::types::{PersonId, Reassess, Who};
use super::{search, twins};

/// Someone may be a person known from before, and nobody has said so yet. Blocks.
pub const IDENTITY_UNSURE: &str = "identity_unsure";
/// Someone has the entry that was another person's, and counts as somebody new. Warns; notes once that was said.
pub const IDENTITY_NEW: &str = "identity_new";

/// Everyone who may be, or is not, somebody known from before.
pub(super) const EVERYONE: &str = "SELECT person FROM memory WHERE holder IS NOT NULL";

/// Puts on record whom rows of a reading may be. Whom someone may be, and who is in the source again, they are not.
pub(super) async fn keep(tx: &mut SqliteConnection, bonds: &Bonds, held: &[Displaced]) -> Result<()> {
    let rows: Vec<(u32, u32, bool)> = held.iter().map(|one| (one.new, one.old, one.doubted)).collect();
    sqlx::query(
        "INSERT OR IGNORE INTO memory (person, holder, doubted)
         SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS INTEGER) FROM json_each(?)",
    )
    .bind(store::to_json(&rows)?)
    .execute(&mut *tx)
    .await?;
    let new: Vec<u32> = held.iter().map(|one| one.new).collect();
    bond::renew_sent(tx, bonds, &store::to_json(&new)?).await?;
    let back: Vec<i64> =
        sqlx::query_scalar("SELECT m.person FROM memory m JOIN people o ON o.id = m.holder WHERE o.gone = 0")
            .fetch_all(&mut *tx)
            .await?;
    let unsound = bond::sent_unsound(tx, bonds, &store::to_json(&back)?).await?;
    let back = store::to_json(&back.iter().filter(|id| !unsound.contains(id)).collect::<Vec<_>>())?;
    sqlx::query(
        "UPDATE memory SET holder = NULL, doubted = NULL WHERE person IN (SELECT value FROM json_each(?))",
    )
    .bind(&back)
    .execute(&mut *tx)
    .await?;
    bond::renew_sent(tx, bonds, &back).await?;
    let dirty =
        format!("INSERT OR IGNORE INTO dirty SELECT id FROM people WHERE gone = 0 AND id IN ({EVERYONE})");
    sqlx::query(AssertSqlSafe(dirty)).execute(tx).await?;
    Ok(())
}

/// Writes the findings of some anew. To be called with them touched and dirty.
pub(super) async fn tell(tx: &mut SqliteConnection, whose: &'static str) -> Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO findings (person, place, code, severity, attribute, text)
         SELECT m.person, {}, CASE m.doubted WHEN 1 THEN '{IDENTITY_UNSURE}' ELSE '{IDENTITY_NEW}' END,
            CASE m.doubted WHEN 1 THEN 2 WHEN 0 THEN 1 ELSE 0 END, NULL,
            CASE m.doubted WHEN 1 THEN 'May be “' || coalesce(b.sent_login, o.login) || '” with other data'
                || CASE WHEN b.outcome <> 0 THEN ', who was sent already' ELSE '' END || ': the same person, or somebody new?'
            ELSE 'Has the entry that was “' || coalesce(b.sent_login, o.login) || '”, and counts as somebody new' END
         FROM memory m CROSS JOIN people p ON p.id = m.person CROSS JOIN people o ON o.id = m.holder
         LEFT JOIN memory b ON b.person = m.holder
         WHERE p.gone = 0 AND m.holder IS NOT NULL AND m.person IN ({whose})",
        twins::IDENTITY_PLACE
    );
    sqlx::query(AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

impl Workspace {
    /// Says of those who may be somebody known from before that they are: the same person, changed. They take that person's place, with
    /// what was sent and decided. Others among `who` stay as they are, as does anyone of whom something was changed outside, or who
    /// was sent by themselves meanwhile. How many. Can't be taken back.
    pub async fn same_person(&self, who: &Who, reassess: &dyn Reassess) -> Result<u64> {
        let mut tx = self.begin().await?;
        self.choose(&mut tx, who).await?;
        let bonds = self.0.sealer.bonds();
        let pairs: Vec<(u32, u32)> = sqlx::query_as(
            "SELECT c.id, m.holder FROM chosen c CROSS JOIN memory m ON m.person = c.id
             CROSS JOIN people p ON p.id = c.id CROSS JOIN people o ON o.id = m.holder
             WHERE p.gone = 0 AND o.gone = 1 AND m.outcome = 0 AND m.attempt = 0 AND m.okta_id IS NULL
             GROUP BY m.holder HAVING count(*) = 1 ORDER BY c.id",
        )
        .fetch_all(&mut *tx)
        .await?;
        let both: Vec<u32> = pairs.iter().flat_map(|(new, old)| [*new, *old]).collect();
        let faults = bond::faults(&mut tx, bonds, &store::to_json(&both)?).await?;
        let sound = |id: u32| !faults.contains_key(&i64::from(id));
        let pairs: Vec<(u32, u32)> =
            pairs.into_iter().filter(|(new, old)| sound(*new) && sound(*old)).collect();
        if pairs.is_empty() {
            return Ok(0);
        }
        let both: Vec<PersonId> = pairs.iter().flat_map(|(new, old)| [*new, *old]).map(PersonId).collect();
        change::begin(&mut tx).await?;
        change::choose(&mut tx, &both).await?;
        twins::watch(&mut tx, bonds).await?;
        let whole = bond::before(&mut tx, bonds).await?;
        let reading = bond::now(&mut tx, bonds).await?.reading;
        let old = store::to_json(&pairs.iter().map(|(_, old)| old).collect::<Vec<_>>())?;
        let new = store::to_json(&pairs.iter().map(|(new, _)| new).collect::<Vec<_>>())?;
        for (table, number) in [
            ("people", "id"),
            ("texts", "id"),
            ("details", "id"),
            ("findings", "person"),
            ("memberships", "person"),
        ] {
            let sql = format!("DELETE FROM {table} WHERE {number} IN (SELECT value FROM json_each(?))");
            sqlx::query(AssertSqlSafe(sql)).bind(&old).execute(&mut *tx).await?;
        }
        // What was decided about the row by itself goes with it: what was decided about the person holds. Its number may be given again.
        for sql in [
            "DELETE FROM memory WHERE person IN (SELECT value FROM json_each(?))",
            "DELETE FROM edits WHERE person IN (SELECT value FROM json_each(?))",
            "DELETE FROM there WHERE person IN (SELECT value FROM json_each(?))",
            "DELETE FROM undo WHERE id IN (SELECT undo FROM undo_items WHERE person IN (SELECT value FROM json_each(?)))",
        ] {
            sqlx::query(sql).bind(&new).execute(&mut *tx).await?;
        }
        sqlx::query("DELETE FROM undo_items WHERE undo NOT IN (SELECT id FROM undo)")
            .execute(&mut *tx)
            .await?;
        renumber(&mut tx, "", &pairs).await?;
        sqlx::query("DELETE FROM findings WHERE place = ? AND person IN (SELECT value FROM json_each(?))")
            .bind(twins::IDENTITY_PLACE)
            .bind(&old)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE people SET outcome = coalesce(m.outcome, 0), left_out = coalesce(m.left_out, people.default_out)
             FROM memory m WHERE m.person = people.id AND people.id IN (SELECT value FROM json_each(?))",
        )
        .bind(&old)
        .execute(&mut *tx)
        .await?;
        bond::set_reading(&mut tx, bonds, whole, reading).await?;
        // The row's key is the person's from now on.
        bond::renew_sent(&mut tx, bonds, &old).await?;
        let people: Vec<PersonId> = pairs.iter().map(|(_, old)| PersonId(*old)).collect();
        store::assess_again(&mut tx, &self.0.sealer, &people, reassess).await?;
        twins::watch(&mut tx, bonds).await?;
        twins::recompute(&mut tx).await?;
        change::settle(&mut tx, bonds).await?;
        change::tally_groups(&mut tx).await?;
        self.0.search.send_modify(|index| index.ready = false);
        search::clear(&mut tx).await?;
        self.commit(tx).await?;
        self.start_search_index().await?;
        Ok(pairs.len() as u64)
    }

    /// Says of those who may be somebody known from before that they are not: somebody new. How many.
    pub async fn somebody_new(&self, who: &Who) -> Result<u64> {
        let mut tx = self.begin().await?;
        self.choose(&mut tx, who).await?;
        let bonds = self.0.sealer.bonds();
        sqlx::query("DELETE FROM chosen WHERE id NOT IN (SELECT person FROM memory WHERE doubted = 1)")
            .execute(&mut *tx)
            .await?;
        let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM chosen").fetch_all(&mut *tx).await?;
        let unsound = bond::faults(&mut tx, bonds, &store::to_json(&ids)?).await?;
        let sound: Vec<i64> = ids.into_iter().filter(|id| !unsound.contains_key(id)).collect();
        let who = store::to_json(&sound)?;
        sqlx::query("DELETE FROM chosen WHERE id NOT IN (SELECT value FROM json_each(?))")
            .bind(&who)
            .execute(&mut *tx)
            .await?;
        change::touch(&mut tx, Some(bonds), "SELECT id FROM chosen").await?;
        sqlx::query("UPDATE memory SET doubted = 2 WHERE person IN (SELECT id FROM chosen)")
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT OR IGNORE INTO dirty SELECT id FROM chosen").execute(&mut *tx).await?;
        tell(&mut tx, "SELECT id FROM chosen").await?;
        bond::renew_sent(&mut tx, bonds, &who).await?;
        change::settle(&mut tx, bonds).await?;
        self.commit(tx).await?;
        Ok(sound.len() as u64)
    }

    /// How many may be somebody known from before, and nobody has said yet.
    pub async fn count_unsure(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM memory m CROSS JOIN people p ON p.id = m.person WHERE m.doubted = 1 AND p.gone = 0",
        )
        .fetch_one(&self.0.readers)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
