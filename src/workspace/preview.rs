//! What an edit of many people would do: done on some of them in a transaction that is taken back.

use std::collections::BTreeMap;

use sqlx::{Row as _, SqliteConnection};

use super::error::{Result, WorkspaceError};
use super::filter::IS_THERE;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::types::{Edit, EditExample, EditPreview, PersonId, Reassess, Who};
use super::{numbers, store};
use crate::model::Profile;

/// People looked at. Assessing them takes some tens of milliseconds, in which nobody else writes.
pub(super) const LOOKED_AT: usize = 500;
/// Examples shown.
pub(super) const EXAMPLES: usize = 5;

impl Workspace {
    /// What an edit would do, from the first 500 people it is for. Changes nothing.
    pub async fn preview_edit(
        &self,
        who: &Who,
        attribute: &str,
        edit: &Edit,
        reassess: &dyn Reassess,
    ) -> Result<EditPreview> {
        let mut tx = self.begin().await?;
        let mut ids = self.choose(&mut tx, who).await?;
        let mut preview = EditPreview { people: ids.len() as u64, ..EditPreview::default() };
        if let Some(last) = ids.get(LOOKED_AT - 1) {
            sqlx::query("DELETE FROM chosen WHERE id > ?").bind(last.0).execute(&mut *tx).await?;
            ids.truncate(LOOKED_AT);
        }
        preview.looked_at = ids.len() as u64;
        compare(&mut tx, attribute, edit, &mut preview).await?;
        let before = blocked(&mut tx).await?;
        self.edit_chosen(&mut tx, &ids, attribute, edit, reassess).await?;
        let after = blocked(&mut tx).await?;
        compare_blocked(&before, &after, &mut preview);
        preview.findings = findings(&mut tx, attribute).await?;
        tx.rollback().await?;
        Ok(preview)
    }
}

/// The outcomes of whoever is in Okta: being sent, created, there before, updated.
pub(super) const IN_OKTA: &str = "1, 2, 3, 4";

/// Who changes, and from what to what.
async fn compare(
    tx: &mut SqliteConnection,
    attribute: &str,
    edit: &Edit,
    preview: &mut EditPreview,
) -> Result<()> {
    let sql = format!(
        "SELECT p.name, p.login, d.profile, e.value, p.outcome IN ({IN_OKTA}) OR {IS_THERE} AS in_okta
         FROM chosen c JOIN people p ON p.id = c.id
         JOIN details d ON d.id = c.id LEFT JOIN edits e ON e.person = c.id AND e.attribute = ? ORDER BY p.row_no"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(attribute).fetch_all(tx).await?;
    for row in rows {
        let profile = row.try_get("profile").map_err(WorkspaceError::from);
        let Ok(profile) = profile.and_then(|text| store::json::<Profile>("profile", text)) else { continue };
        let original = profile.get(attribute).cloned().unwrap_or_default();
        let edited: Option<&str> = row.try_get("value")?;
        let before = match edited {
            Some(text) => store::json("edit", text)?,
            None => original.clone(),
        };
        let after = match edit {
            Edit::Set(value) => value.clone().unwrap_or_default(),
            Edit::Clear => original,
        };
        if before == after {
            continue;
        }
        preview.changing += 1;
        preview.in_okta += u64::from(row.try_get::<bool, _>("in_okta")?);
        if preview.examples.len() < EXAMPLES {
            let (Text(name), Text(login)) = (row.try_get("name")?, row.try_get("login")?);
            let name = if name.is_empty() { login } else { name };
            preview.examples.push(EditExample { name, before, after });
        }
    }
    Ok(())
}

/// Who is blocked now and was not before, and the other way round.
pub(super) fn compare_blocked(
    before: &BTreeMap<PersonId, bool>,
    after: &BTreeMap<PersonId, bool>,
    preview: &mut EditPreview,
) {
    for (id, now) in after {
        match (before.get(id).copied().unwrap_or(false), *now) {
            (false, true) => preview.newly_blocked += 1,
            (true, false) => preview.unblocked += 1,
            _ => {}
        }
    }
}

/// Which of the chosen are blocked.
pub(super) async fn blocked(tx: &mut SqliteConnection) -> Result<BTreeMap<PersonId, bool>> {
    let rows: Vec<(i64, bool)> =
        sqlx::query_as("SELECT p.id, p.blocks > 0 FROM chosen c CROSS JOIN people p ON p.id = c.id")
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().filter_map(|(id, blocked)| Some((store::person_id(id).ok()?, blocked))).collect())
}

/// What is found about the attribute, the gravest first.
async fn findings(
    tx: &mut SqliteConnection,
    attribute: &str,
) -> Result<Vec<(crate::model::Severity, String, u64)>> {
    let rows: Vec<(Number, Text, Number)> = sqlx::query_as(
        "SELECT f.severity, min(f.text), count(DISTINCT f.person) FROM chosen c CROSS JOIN findings f ON f.person = c.id
         WHERE f.attribute = ? GROUP BY f.severity, f.code ORDER BY 1 DESC, 3 DESC LIMIT 3",
    )
    .bind(attribute)
    .fetch_all(tx)
    .await?;
    let known = |(severity, Text(text), people): (Number, Text, Number)| {
        Some((numbers::to_severity(severity.0).ok()?, text, people.count()))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}
