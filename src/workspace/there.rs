//! Who is in Okta already, as it was looked up before an import. Marks only: the import looks for itself.

use std::collections::HashMap;

use sqlx::{QueryBuilder, SqliteConnection};

use super::change;
use super::error::Result;
use super::filter::IS_THERE;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::store;
use super::twins;
use super::types::{PersonId, TakenThere, There, WhatIsTaken};
use crate::model::OktaStatus;

impl Workspace {
    /// Marks people as found in Okta by their login.
    pub async fn note_there(&self, found: &[There]) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for one in found {
            sqlx::query(
                "INSERT INTO there (person, login, okta_id, status) SELECT id, login, ?, ? FROM texts WHERE id = ?
                 ON CONFLICT DO UPDATE SET login = excluded.login, okta_id = excluded.okta_id, status = excluded.status",
            )
            .bind(&one.okta_id)
            .bind(&one.status)
            .bind(one.person.0)
            .execute(&mut *tx)
            .await?;
        }
        self.commit(tx).await
    }

    /// Forgets who was found, and what of people's others have: before looking again, or in another org.
    pub async fn forget_there(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM there").execute(&mut *tx).await?;
        change::begin(&mut tx).await?;
        sqlx::query(
            "INSERT OR IGNORE INTO chosen SELECT person FROM taken_there WHERE person IN (SELECT id FROM people)",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM taken_there").execute(&mut *tx).await?;
        self.tell_taken(&mut tx).await?;
        self.commit(tx).await
    }

    /// Puts down what another account in Okta has of people's, as findings of theirs.
    pub async fn note_taken(&self, found: &[TakenThere]) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        change::begin(&mut tx).await?;
        let ids: Vec<PersonId> = found.iter().map(|one| one.person).collect();
        change::choose(&mut tx, &ids).await?;
        for one in found {
            sqlx::query(
                "INSERT INTO taken_there (person, what, value, okta_id, login)
                    SELECT id, ?1, CASE ?1 WHEN 0 THEN login ELSE coalesce(email, login) END, ?2, ?3 FROM texts WHERE id = ?4
                 ON CONFLICT DO UPDATE SET value = excluded.value, okta_id = excluded.okta_id, login = excluded.login",
            )
            .bind(i64::from(one.what == WhatIsTaken::Email))
            .bind(&one.okta_id)
            .bind(&one.login)
            .bind(one.person.0)
            .execute(&mut *tx)
            .await?;
        }
        self.tell_taken(&mut tx).await?;
        self.commit(tx).await
    }

    async fn tell_taken(&self, tx: &mut SqliteConnection) -> Result<()> {
        let bonds = self.0.sealer.bonds();
        change::touch(tx, Some(bonds), "SELECT id FROM chosen").await?;
        twins::tell_taken(tx).await?;
        sqlx::query("INSERT OR IGNORE INTO dirty SELECT id FROM chosen").execute(&mut *tx).await?;
        change::settle(tx, bonds).await
    }

    /// How many people who wait were found in Okta. Costs with how many they are.
    pub async fn count_there(&self) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM there w JOIN people p ON p.id = w.person WHERE p.gone = 0 AND {IS_THERE}"
        );
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.0.readers).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How many people who wait were found in Okta, by their status there. Costs with how many they are.
    pub async fn there_by_status(&self) -> Result<Vec<(String, u64)>> {
        let sql = format!(
            "SELECT w.status, count(*) FROM there w JOIN people p ON p.id = w.person WHERE p.gone = 0 AND {IS_THERE}
             GROUP BY w.status ORDER BY w.status"
        );
        let rows: Vec<(Text, Number)> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.0.readers).await?;
        Ok(rows.into_iter().map(|(status, count)| (status.0, count.count())).collect())
    }

    /// How many people failed since Okta keeps them out, by their status there.
    pub async fn kept_out(&self) -> Result<Vec<(OktaStatus, u64)>> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT m.code, count(*) FROM people p JOIN memory m ON m.person = p.id
             WHERE p.outcome = 5 AND p.gone = 0 AND m.code IN ('DEPROVISIONED', 'SUSPENDED', 'LOCKED_OUT') GROUP BY m.code",
        )
        .fetch_all(&self.0.readers)
        .await?;
        Ok(rows.into_iter().map(|(code, n)| (OktaStatus::of(&code), u64::try_from(n).unwrap_or(0))).collect())
    }

    /// People who go and wait, by login, folded as Okta compares ([`fold_login`](crate::assess::fold_login)).
    pub async fn waiting_by_login(&self, folded: &[String]) -> Result<HashMap<String, PersonId>> {
        let mut sql = QueryBuilder::new("SELECT t.login, t.id FROM json_each(");
        sql.push_bind(store::to_json(folded)?);
        sql.push(
            ") j CROSS JOIN texts t ON t.login = j.value CROSS JOIN people p ON p.id = t.id
             WHERE +p.gone = 0 AND p.outcome = 0 AND p.state <= 2",
        );
        let rows: Vec<(Text, i64)> = sql.build_query_as().fetch_all(&self.0.readers).await?;
        Ok(rows.into_iter().filter_map(|(login, id)| Some((login.0, store::person_id(id).ok()?))).collect())
    }

    /// People who go and wait, by e-mail address, folded likewise: each with their folded login.
    pub async fn waiting_by_email(&self, folded: &[String]) -> Result<Vec<(PersonId, String, String)>> {
        let mut sql = QueryBuilder::new("WITH j AS (SELECT DISTINCT value AS v FROM json_each(");
        sql.push_bind(store::to_json(folded)?);
        sql.push(
            ") WHERE value <> ''), hit AS (
                SELECT t.id, t.login, j.v FROM j CROSS JOIN texts t ON t.email = j.v
                UNION ALL
                SELECT t.id, t.login, j.v FROM j CROSS JOIN texts t ON t.login = j.v WHERE t.email IS NULL)
             SELECT h.id, h.login, h.v FROM hit h CROSS JOIN people p ON p.id = h.id
             WHERE +p.gone = 0 AND p.outcome = 0 AND p.state <= 2",
        );
        let rows: Vec<(i64, String, String)> = sql.build_query_as().fetch_all(&self.0.readers).await?;
        rows.into_iter().map(|(id, login, email)| Ok((store::person_id(id)?, login, email))).collect()
    }

    /// The ids of everyone who goes and waits, in the source's order: four bytes each.
    pub async fn waiting(&self) -> Result<Vec<PersonId>> {
        let joined: Option<String> = sqlx::query_scalar(
            "SELECT group_concat(id) FROM (SELECT id FROM people INDEXED BY people_ready
             WHERE outcome = 0 AND state <= 2 AND gone = 0 ORDER BY row_no)",
        )
        .fetch_one(&self.0.readers)
        .await?;
        Ok(change::ids(&joined.unwrap_or_default()))
    }
}
