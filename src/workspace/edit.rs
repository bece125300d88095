//! What the administrator changes by hand: values, leave-outs; and taking it back. An overlay over what was read.

use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, SqliteConnection};

use super::bond::{self, Bonds};
use super::error::{Result, WorkspaceError};
use super::filter;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::store;
use super::types::{Edit, PersonId, Reassess, Undone, Who};
use super::{change, search, twins, undo};
use crate::model::Profile;

/// Changes that can be taken back; older ones stay as they are.
const UNDO_DEPTH: i64 = 100;

/// No change has a number as large as this.
const MOST_UNDONE: i64 = 1 << 40;

impl Workspace {
    /// Gives an attribute this value for one or many people, who are assessed anew. `None`, or empty text, takes the attribute
    /// away. How many people it was for.
    pub async fn set_attribute(
        &self,
        who: &Who,
        attribute: &str,
        value: Option<serde_json::Value>,
        reassess: &dyn Reassess,
    ) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ids = self.choose(&mut tx, who).await?;
        let undo =
            self.undo_unit(&mut tx, &format!("Change {attribute} of {}", people(ids.len())), &ids).await?;
        sqlx::query(
            "INSERT INTO undo_items (undo, person, attribute, value)
                SELECT ?1, c.id, ?2, e.value FROM chosen c LEFT JOIN edits e ON e.person = c.id AND e.attribute = ?2",
        )
        .bind(undo)
        .bind(attribute)
        .execute(&mut *tx)
        .await?;
        undo::bind(&mut tx, self.0.sealer.bonds(), undo).await?;
        self.edit_chosen(&mut tx, &ids, attribute, &Edit::Set(value), reassess).await?;
        self.commit(tx).await?;
        Ok(count(&ids))
    }

    /// Takes back the edits of an attribute: the value is again what the source gives.
    pub async fn clear_attribute(&self, who: &Who, attribute: &str, reassess: &dyn Reassess) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ids = self.choose(&mut tx, who).await?;
        let words = format!("Change {attribute} of {} back to the source's value", people(ids.len()));
        let undo = self.undo_unit(&mut tx, &words, &ids).await?;
        sqlx::query(
            "INSERT INTO undo_items (undo, person, attribute, value)
                SELECT ?1, c.id, ?2, e.value FROM chosen c JOIN edits e ON e.person = c.id AND e.attribute = ?2",
        )
        .bind(undo)
        .bind(attribute)
        .execute(&mut *tx)
        .await?;
        undo::bind(&mut tx, self.0.sealer.bonds(), undo).await?;
        self.edit_chosen(&mut tx, &ids, attribute, &Edit::Clear, reassess).await?;
        self.commit(tx).await?;
        Ok(count(&ids))
    }

    /// Puts an edit of the chosen in place, with all that follows.
    pub(crate) async fn edit_chosen(
        &self,
        tx: &mut SqliteConnection,
        ids: &[PersonId],
        attribute: &str,
        edit: &Edit,
        reassess: &dyn Reassess,
    ) -> Result<()> {
        match edit {
            Edit::Set(value) => {
                let given = value.as_ref().filter(|value| value.as_str() != Some(""));
                sqlx::query(
                    "INSERT INTO edits (person, attribute, value) SELECT id, ?, ? FROM chosen WHERE true
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                )
                .bind(attribute)
                .bind(store::to_json(given.unwrap_or(&serde_json::Value::Null))?)
                .execute(&mut *tx)
                .await?;
                self.assess_chosen(tx, ids, Some(attribute), reassess).await
            }
            Edit::Clear => {
                sqlx::query("DELETE FROM edits WHERE attribute = ? AND person IN (SELECT id FROM chosen)")
                    .bind(attribute)
                    .execute(&mut *tx)
                    .await?;
                self.assess_chosen(tx, ids, None, reassess).await
            }
        }
    }

    /// Lets people set a new password, whatever is stored of them: no hash is sent. Only those not in Okta yet (waiting, failed, rolled
    /// back) and whose password would otherwise move. Lasts over reading again. How many.
    pub async fn must_reset(&self, who: &Who, reassess: &dyn Reassess) -> Result<u64> {
        let still = "outcome IN (0, 5, 6) AND route <> 2";
        let edit = Edit::Set(Some(serde_json::Value::Bool(true)));
        self.set_must_reset(who, still, ("Must reset for ", ""), &edit, reassess).await
    }

    /// Takes that choice back: their stored password moves again as it can. How many.
    pub async fn keep_password(&self, who: &Who, reassess: &dyn Reassess) -> Result<u64> {
        let chosen = "outcome IN (0, 5, 6) AND EXISTS (SELECT 1 FROM edits e WHERE e.person = people.id AND e.attribute = '(must reset)')";
        self.set_must_reset(who, chosen, ("Use the stored password of ", ""), &Edit::Clear, reassess).await
    }

    async fn set_must_reset(
        &self,
        who: &Who,
        only: &'static str,
        (before, after): (&str, &str),
        edit: &Edit,
        reassess: &dyn Reassess,
    ) -> Result<u64> {
        let mut tx = self.begin().await?;
        self.choose(&mut tx, who).await?;
        let others = format!("DELETE FROM chosen WHERE id NOT IN (SELECT id FROM people WHERE {only})");
        sqlx::query(AssertSqlSafe(others)).execute(&mut *tx).await?;
        let ids = chosen(&mut tx).await?;
        let undo = self.undo_unit(&mut tx, &format!("{before}{}{after}", people(ids.len())), &ids).await?;
        sqlx::query(
            "INSERT INTO undo_items (undo, person, attribute, value)
                SELECT ?1, c.id, ?2, e.value FROM chosen c LEFT JOIN edits e ON e.person = c.id AND e.attribute = ?2",
        )
        .bind(undo)
        .bind(store::MUST_RESET)
        .execute(&mut *tx)
        .await?;
        undo::bind(&mut tx, self.0.sealer.bonds(), undo).await?;
        self.edit_chosen(&mut tx, &ids, store::MUST_RESET, edit, reassess).await?;
        self.commit(tx).await?;
        Ok(count(&ids))
    }

    /// Assesses people anew by other rules, their values and edits as they are: after something else was stated about their
    /// passwords. How many. Taken back by assessing them by the former rules.
    pub async fn assess_anew(&self, who: &Who, reassess: &dyn Reassess) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ids = self.choose(&mut tx, who).await?;
        self.assess_chosen(&mut tx, &ids, None, reassess).await?;
        self.commit(tx).await?;
        Ok(count(&ids))
    }

    /// Leaves people out of the import. How many.
    pub async fn leave_out(&self, who: &Who) -> Result<u64> {
        self.set_left_out(who, true).await
    }

    /// Puts people back, those a rule left out included. How many.
    pub async fn put_back(&self, who: &Who) -> Result<u64> {
        self.set_left_out(who, false).await
    }

    async fn set_left_out(&self, who: &Who, out: bool) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ids = self.choose(&mut tx, who).await?;
        let words = format!("{} {}", if out { "Leave out" } else { "Put back" }, people(ids.len()));
        let undo = self.undo_unit(&mut tx, &words, &ids).await?;
        sqlx::query(
            "INSERT INTO undo_items (undo, person, attribute, value)
                SELECT ?, c.id, '', m.left_out FROM chosen c LEFT JOIN memory m ON m.person = c.id",
        )
        .bind(undo)
        .execute(&mut *tx)
        .await?;
        let bonds = self.0.sealer.bonds();
        undo::bind(&mut tx, bonds, undo).await?;
        twins::watch(&mut tx, bonds).await?;
        sqlx::query(
            "INSERT INTO memory (person, left_out) SELECT id, ? FROM chosen WHERE true
             ON CONFLICT DO UPDATE SET left_out = excluded.left_out",
        )
        .bind(out)
        .execute(&mut *tx)
        .await?;
        apply_left_out(&mut tx).await?;
        twins::recompute(&mut tx).await?;
        change::settle(&mut tx, bonds).await?;
        self.commit(tx).await?;
        Ok(count(&ids))
    }

    /// What [`Workspace::undo`] would take back, in words. `None` when there is nothing.
    pub async fn can_undo(&self) -> Result<Option<String>> {
        let words = sqlx::query_scalar("SELECT words FROM undo ORDER BY id DESC LIMIT 1");
        let words: Option<Text> = words.fetch_optional(&self.0.readers).await?;
        Ok(words.map(|words| words.0))
    }

    /// Takes the last change back, and says which. Lasts over closing and reading again.
    pub async fn undo(&self, reassess: &dyn Reassess) -> Result<Option<Undone>> {
        let mut tx = self.begin().await?;
        let last: Option<(i64, Text, Number)> =
            sqlx::query_as("SELECT id, words, people FROM undo ORDER BY id DESC LIMIT 1")
                .fetch_optional(&mut *tx)
                .await?;
        let Some((undo, Text(words), people)) = last else { return Ok(None) };
        let bonds = self.0.sealer.bonds();
        if !undo::fits(&mut tx, bonds, undo, &words).await? {
            // What stands there may never have been: it is not put in place, and does not keep others from being taken back.
            forget_undo(&mut tx, "= ?", undo).await?;
            self.commit(tx).await?;
            return Err(WorkspaceError::changed_outside("The last change that could be undone"));
        }
        change::begin(&mut tx).await?;
        // All items of one change are of one kind: attributes, or the empty name of leaving out.
        let attribute: Option<Text> =
            sqlx::query_scalar("SELECT attribute FROM undo_items WHERE undo = ? LIMIT 1")
                .bind(undo)
                .fetch_optional(&mut *tx)
                .await?;
        sqlx::query("INSERT OR IGNORE INTO chosen SELECT person FROM undo_items WHERE undo = ?")
            .bind(undo)
            .execute(&mut *tx)
            .await?;
        pass_over_unsound(&mut tx, bonds).await?;
        let ids = chosen(&mut tx).await?;
        match attribute.as_ref().map(|attribute| attribute.0.as_str()) {
            None => {}
            Some("") => {
                twins::watch(&mut tx, bonds).await?;
                sqlx::query(
                    "UPDATE memory SET left_out = i.value FROM undo_items i WHERE i.undo = ? AND i.person = memory.person",
                )
                .bind(undo)
                .execute(&mut *tx)
                .await?;
                apply_left_out(&mut tx).await?;
                twins::recompute(&mut tx).await?;
                change::settle(&mut tx, bonds).await?;
            }
            Some(_) => {
                for sql in [
                    "DELETE FROM edits WHERE (person, attribute) IN (SELECT person, attribute FROM undo_items WHERE undo = ?)",
                    "INSERT INTO edits (person, attribute, value)
                        SELECT person, attribute, value FROM undo_items WHERE undo = ? AND value IS NOT NULL",
                ] {
                    sqlx::query(sql).bind(undo).execute(&mut *tx).await?;
                }
                self.assess_chosen(&mut tx, &ids, None, reassess).await?;
            }
        }
        forget_undo(&mut tx, "= ?", undo).await?;
        self.commit(tx).await?;
        Ok(Some(Undone { words, people: people.count() }))
    }

    /// Begins a change for these people. Those who are not there are passed over, and those whose entry was changed by another
    /// program: what is not theirs must not become so.
    pub(crate) async fn choose(&self, tx: &mut SqliteConnection, who: &Who) -> Result<Vec<PersonId>> {
        change::begin(tx).await?;
        match who {
            Who::These(ids) => {
                sqlx::query("INSERT OR IGNORE INTO chosen SELECT id FROM people WHERE id IN (SELECT value FROM json_each(?))")
                    .bind(change::list(ids))
                    .execute(&mut *tx)
                    .await?;
            }
            Who::All(filter) => {
                let search = self.search(tx, filter).await?;
                let mut sql = QueryBuilder::new("INSERT OR IGNORE INTO chosen SELECT p.id");
                filter::from_where(&mut sql, filter, &search, false);
                sql.build().execute(&mut *tx).await?;
            }
        }
        pass_over_unsound(tx, self.0.sealer.bonds()).await?;
        chosen(tx).await
    }

    /// Remembers that a change begins, so that it can be taken back. Nobody to change: nothing to take back.
    pub(super) async fn undo_unit(
        &self,
        tx: &mut SqliteConnection,
        words: &str,
        ids: &[PersonId],
    ) -> Result<i64> {
        if ids.is_empty() {
            return Ok(0);
        }
        // A number this program would never come to leaves none for the next.
        forget_undo(tx, "> ?", MOST_UNDONE).await?;
        sqlx::query("UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(id), 0) FROM undo) WHERE name = 'undo' AND NOT seq <= ?")
            .bind(MOST_UNDONE)
            .execute(&mut *tx)
            .await?;
        let insert = sqlx::query("INSERT INTO undo (words, made, people) VALUES (?, ?, ?)");
        let people = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let undo =
            insert.bind(words).bind(self.now()).bind(people).execute(&mut *tx).await?.last_insert_rowid();
        forget_undo(tx, "<= ?", undo - UNDO_DEPTH).await?;
        Ok(undo)
    }

    /// Assesses the chosen again, with everything that follows for them and for others. An edit of `attribute` that gives what
    /// the source gives anyway is no edit.
    pub(crate) async fn assess_chosen(
        &self,
        tx: &mut SqliteConnection,
        ids: &[PersonId],
        attribute: Option<&str>,
        reassess: &dyn Reassess,
    ) -> Result<()> {
        if let Some(attribute) = attribute {
            drop_idle_edits(tx, ids, attribute).await?;
        }
        let bonds = self.0.sealer.bonds();
        twins::watch(tx, bonds).await?;
        store::assess_again(tx, &self.0.sealer, ids, reassess).await?;
        sqlx::query("INSERT OR IGNORE INTO dirty SELECT id FROM chosen").execute(&mut *tx).await?;
        search::update_chosen(tx).await?;
        twins::watch(tx, bonds).await?;
        twins::recompute(tx).await?;
        change::settle(tx, bonds).await
    }
}

/// Those a change is for.
async fn chosen(tx: &mut SqliteConnection) -> Result<Vec<PersonId>> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM chosen ORDER BY id").fetch_all(tx).await?;
    Ok(ids.into_iter().filter_map(|id| store::person_id(id).ok()).collect())
}

/// Takes those out of the chosen whose decisions are not theirs.
async fn pass_over_unsound(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    bond::note_unsound(tx, bonds, bond::Of::Chosen).await?;
    sqlx::query("DELETE FROM chosen WHERE id IN (SELECT id FROM unsound)").execute(tx).await?;
    Ok(())
}

async fn forget_undo(tx: &mut SqliteConnection, which: &str, undo: i64) -> Result<()> {
    for sql in
        [format!("DELETE FROM undo_items WHERE undo {which}"), format!("DELETE FROM undo WHERE id {which}")]
    {
        sqlx::query(AssertSqlSafe(sql)).bind(undo).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Whether the chosen are left out: by hand, else as the reading says.
async fn apply_left_out(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "UPDATE people SET left_out = coalesce((SELECT m.left_out FROM memory m WHERE m.person = people.id), default_out)
         WHERE id IN (SELECT id FROM chosen)",
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn drop_idle_edits(tx: &mut SqliteConnection, ids: &[PersonId], attribute: &str) -> Result<()> {
    for portion in ids.chunks(1000) {
        let rows = sqlx::query(
            "SELECT d.id, d.profile, e.value FROM details d JOIN edits e ON e.person = d.id AND e.attribute = ?
             WHERE d.id IN (SELECT value FROM json_each(?))",
        )
        .bind(attribute)
        .bind(change::list(portion))
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let profile = row.try_get("profile").map_err(WorkspaceError::from);
            let Ok(profile) = profile.and_then(|text| store::json::<Profile>("profile", text)) else {
                continue;
            };
            let value: serde_json::Value = store::json("edit", row.try_get("value")?)?;
            if profile.get(attribute).unwrap_or(&serde_json::Value::Null) == &value {
                sqlx::query("DELETE FROM edits WHERE person = ? AND attribute = ?")
                    .bind(row.try_get::<i64, _>("id")?)
                    .bind(attribute)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    Ok(())
}

fn count(ids: &[PersonId]) -> u64 {
    u64::try_from(ids.len()).unwrap_or(u64::MAX)
}

/// `1 person`, `1,208 people`.
pub(super) fn people(n: usize) -> String {
    if n == 1 {
        return "1 person".to_owned();
    }
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + " people"
}
