//! Values made right by a rule, each person's by itself, in as many attributes as need it: one change that one undo takes back.

use serde_json::Value;
use sqlx::{Row as _, SqliteConnection};

use super::error::{Result, WorkspaceError};
use super::filter::IS_THERE;
use super::loose::Text;
use super::open::Workspace;
use super::preview::{EXAMPLES, IN_OKTA, LOOKED_AT, blocked, compare_blocked};
use super::types::{EditExample, EditPreview, PersonId, Reassess, Repair, Who};
use super::{change, store, undo};
use crate::model::Profile;

/// People looked at between two questions.
const PORTION: usize = 500;

/// One value that is not right.
struct Mend {
    person: PersonId,
    attribute: String,
    /// The edit there is already, as kept.
    edit: Option<String>,
    before: Value,
    after: Value,
}

impl Workspace {
    /// Gives every value that a rule can make right its right value, for one or many people, who are assessed anew. How many people
    /// have another value now.
    pub async fn repair(&self, who: &Who, repair: &dyn Repair, reassess: &dyn Reassess) -> Result<u64> {
        let mut tx = self.begin().await?;
        let ids = self.choose(&mut tx, who).await?;
        let mends = mends(&mut tx, &ids, repair).await?;
        let ids = self.choose_mended(&mut tx, &mends).await?;
        let words = format!("Repair values of {}", super::edit::people(ids.len()));
        let undo = self.undo_unit(&mut tx, &words, &ids).await?;
        for mend in &mends {
            sqlx::query("INSERT INTO undo_items (undo, person, attribute, value) VALUES (?, ?, ?, ?)")
                .bind(undo)
                .bind(mend.person.0)
                .bind(&mend.attribute)
                .bind(&mend.edit)
                .execute(&mut *tx)
                .await?;
        }
        undo::bind(&mut tx, self.0.sealer.bonds(), undo).await?;
        write(&mut tx, &mends).await?;
        self.assess_chosen(&mut tx, &ids, None, reassess).await?;
        self.commit(tx).await?;
        Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
    }

    /// What [`Workspace::repair`] would do, from the first 500 people it is for. Changes nothing.
    pub async fn preview_repair(
        &self,
        who: &Who,
        repair: &dyn Repair,
        reassess: &dyn Reassess,
    ) -> Result<EditPreview> {
        let mut tx = self.begin().await?;
        let mut ids = self.choose(&mut tx, who).await?;
        let mut preview = EditPreview { people: ids.len() as u64, ..EditPreview::default() };
        ids.truncate(LOOKED_AT);
        preview.looked_at = ids.len() as u64;
        let mends = mends(&mut tx, &ids, repair).await?;
        let ids = self.choose_mended(&mut tx, &mends).await?;
        preview.changing = ids.len() as u64;
        let sql = format!(
            "SELECT count(*) FROM chosen c JOIN people p ON p.id = c.id WHERE p.outcome IN ({IN_OKTA}) OR {IS_THERE}"
        );
        let in_okta: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *tx).await?;
        preview.in_okta = u64::try_from(in_okta).unwrap_or(0);
        for mend in mends.iter().take(EXAMPLES) {
            let Text(name) =
                sqlx::query_scalar("SELECT coalesce(nullif(name, ''), login) FROM people WHERE id = ?")
                    .bind(mend.person.0)
                    .fetch_one(&mut *tx)
                    .await?;
            let (before, after) = (mend.before.clone(), mend.after.clone());
            preview.examples.push(EditExample { name, before, after });
        }
        let before = blocked(&mut tx).await?;
        write(&mut tx, &mends).await?;
        self.assess_chosen(&mut tx, &ids, None, reassess).await?;
        compare_blocked(&before, &blocked(&mut tx).await?, &mut preview);
        tx.rollback().await?;
        Ok(preview)
    }

    /// Makes those whose values change the chosen ones.
    async fn choose_mended(&self, tx: &mut SqliteConnection, mends: &[Mend]) -> Result<Vec<PersonId>> {
        let mut ids: Vec<PersonId> = mends.iter().map(|mend| mend.person).collect();
        ids.dedup();
        self.choose(tx, &Who::These(ids)).await
    }
}

/// Every value that is not right, with what it becomes; by person.
async fn mends(tx: &mut SqliteConnection, ids: &[PersonId], repair: &dyn Repair) -> Result<Vec<Mend>> {
    let mut all = Vec::new();
    for portion in ids.chunks(PORTION) {
        let list = change::list(portion);
        let edits = store::edits(tx, &list).await?;
        let rows = sqlx::query(
            "SELECT d.id, d.profile FROM details d WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id",
        )
        .bind(&list)
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let id: i64 = row.try_get("id")?;
            let person = store::person_id(id)?;
            let original = row.try_get("profile").map_err(WorkspaceError::from);
            let Ok(original) = original.and_then(|text| store::json::<Profile>("profile", text)) else {
                continue;
            };
            let edited = edits.get(&id);
            for (name, before) in store::overlay(&original, edited).iter() {
                let Some(after) = before.as_str().and_then(|text| repair.repair(name, text)) else {
                    continue;
                };
                let edit = edited.and_then(|edited| edited.get(name)).map(store::to_json).transpose()?;
                let (attribute, before, after) = (name.to_owned(), before.clone(), Value::String(after));
                all.push(Mend { person, attribute, edit, before, after });
            }
        }
    }
    Ok(all)
}

async fn write(tx: &mut SqliteConnection, mends: &[Mend]) -> Result<()> {
    for mend in mends {
        sqlx::query(
            "INSERT INTO edits (person, attribute, value) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET value = excluded.value",
        )
        .bind(mend.person.0)
        .bind(&mend.attribute)
        .bind(store::to_json(&mend.after)?)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
