//! Everyone assessed again, when what they are assessed by has changed: a portion at a time.

use sqlx::{AssertSqlSafe, Row as _};

use super::change;
use super::error::Result;
use super::loose::{Number, Text};
use super::numbers;
use super::open::Workspace;
use super::people;
use super::store;
use super::twins::LOGIN_PLACE;
use super::types::{CarriedAttribute, PersonId, Reassess, Who};

impl Workspace {
    /// Assesses some people again; only those for whom something else comes out are written. How many those are. Memory and
    /// time go with how many are given: give a portion (some 500) at a time.
    pub async fn reassess(&self, ids: &[PersonId], reassess: &dyn Reassess) -> Result<u64> {
        let changed = self.assessed_otherwise(ids, reassess).await?;
        if changed.is_empty() {
            return Ok(0);
        }
        // Assessed once more inside the transaction: an edit may have come between.
        let mut tx = self.begin().await?;
        let chosen = self.choose(&mut tx, &Who::These(changed)).await?;
        self.assess_chosen(&mut tx, &chosen, None, reassess).await?;
        self.commit(tx).await?;
        Ok(u64::try_from(chosen.len()).unwrap_or(u64::MAX))
    }

    /// Those of some people whose route, scheme or findings would be others than those on record.
    async fn assessed_otherwise(&self, ids: &[PersonId], reassess: &dyn Reassess) -> Result<Vec<PersonId>> {
        let mut tx = self.0.readers.begin().await?;
        let list = change::list(ids);
        let edits = store::edits(&mut tx, &list).await?;
        let mut findings = people::findings_below(&mut tx, &list, LOGIN_PLACE).await?;
        let sql = format!(
            "SELECT {}, p.route, s.scheme, s.label FROM details d JOIN people p ON p.id = d.id LEFT JOIN schemes s ON s.id = p.scheme
             WHERE d.id IN (SELECT value FROM json_each(?))",
            store::CANDIDATE
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(&list).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let mut changed = Vec::new();
        for row in rows {
            let id: i64 = row.try_get("id")?;
            let Ok(assessed) = store::assess_edited(&self.0.sealer, &row, edits.get(&id), reassess) else {
                continue;
            };
            let same = numbers::route(assessed.route) == row.try_get::<Number, _>("route")?.0
                && assessed.scheme == row.try_get::<Text, _>("scheme")?.0
                && assessed.scheme_label == row.try_get::<Text, _>("label")?.0
                && assessed.findings == findings.remove(&id).unwrap_or_default();
            if !same {
                changed.push(store::person_id(id)?);
            }
        }
        Ok(changed)
    }

    /// The attributes of a finding, with what people present carry in them: for attributes that the org has to be given first.
    /// Reads everyone with that finding.
    pub async fn carried(&self, finding: &str) -> Result<Vec<CarriedAttribute>> {
        let rows = sqlx::query(
            "WITH carried AS (
                SELECT f.attribute AS name, coalesce(
                    (SELECT e.value FROM edits e WHERE e.person = f.person AND e.attribute = f.attribute),
                    d.profile -> f.attribute) AS value
                FROM findings f JOIN details d ON d.id = f.person JOIN people p ON p.id = f.person
                WHERE f.code = ? AND f.attribute IS NOT NULL AND p.gone = 0)
             SELECT name, count(*) AS people,
                sum(json_type(value) IN ('true', 'false')) AS booleans,
                sum(json_type(value) = 'integer' AND CAST(value AS INTEGER) BETWEEN -2147483648 AND 2147483647) AS integers,
                sum(json_type(value) IN ('integer', 'real')) AS numbers,
                sum(json_type(value) = 'array') AS lists
             FROM carried GROUP BY name ORDER BY name",
        )
        .bind(finding)
        .fetch_all(&self.0.readers)
        .await?;
        let number = |row: &sqlx::sqlite::SqliteRow, name: &str| -> Result<u64> {
            Ok(row.try_get::<Number, _>(name)?.count())
        };
        rows.iter()
            .map(|row| {
                Ok(CarriedAttribute {
                    name: row.try_get::<Text, _>("name")?.0,
                    people: number(row, "people")?,
                    booleans: number(row, "booleans")?,
                    integers: number(row, "integers")?,
                    numbers: number(row, "numbers")?,
                    lists: number(row, "lists")?,
                })
            })
            .collect()
    }
}
