//! Why people are not sent, and what to know about those who are: each reason once, with how many it is about.

use sqlx::AssertSqlSafe;

use super::bond::CHANGED_OUTSIDE;
use super::error::Result;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::types::ReasonCount;
use crate::assess::codes::DISABLED;

/// The reason of people whom the administrator left out. No finding has it.
pub const LEFT_OUT_BY_HAND: &str = "left_out_by_hand";

type Row = (Text, Option<Text>, Number, Text, bool);

fn reason((code, attribute, people, text, always): Row) -> ReasonCount {
    ReasonCount {
        code: code.0,
        attribute: attribute.map(|attribute| attribute.0),
        people: people.count(),
        text: text.0,
        always,
    }
}

impl Workspace {
    /// What blocks people of the source as they are now, the reason that stops most of them first. Someone may be blocked by several.
    /// Costs with how many are blocked.
    pub async fn blocked_by(&self) -> Result<Vec<ReasonCount>> {
        self.reasons("p.state = 3 AND f.severity = 2").await
    }

    /// What warns of people who will be sent, the same way. Costs with how many have a warning.
    pub async fn warned_of(&self) -> Result<Vec<ReasonCount>> {
        // Most migrations have none, and the counts know.
        let any: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM tally_findings WHERE severity = 1 AND n > 0)")
                .fetch_one(&self.0.readers)
                .await?;
        if any { self.reasons("p.state <= 2 AND f.severity = 1").await } else { Ok(Vec::new()) }
    }

    async fn reasons(&self, whose: &'static str) -> Result<Vec<ReasonCount>> {
        let sql = format!(
            "SELECT f.code, f.attribute, count(DISTINCT f.person), min(f.text), min(f.text) = max(f.text)
             FROM people p CROSS JOIN findings f ON f.person = p.id
             WHERE p.gone = 0 AND {whose}
             GROUP BY f.code, f.attribute ORDER BY 3 DESC, 1, 2"
        );
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&self.0.readers).await?;
        Ok(rows.into_iter().map(reason).collect())
    }

    /// Why people of the source are left out, each of them by one reason: the administrator's choice, a change of the file by
    /// something else, or what the source says of them being switched on: `closer` are two codes of findings that say more of that than
    /// that they are switched off, the first before the second. Costs with how many are left out.
    pub async fn left_out_by(&self, closer: [&str; 2]) -> Result<Vec<ReasonCount>> {
        let rows: Vec<Row> = sqlx::query_as(
            "WITH out AS (
                SELECT p.id, CASE
                    WHEN m.left_out = 1 AND EXISTS (SELECT 1 FROM findings f WHERE f.person = p.id AND f.code = ?1) THEN ?1
                    WHEN m.left_out = 1 THEN ?2
                    WHEN EXISTS (SELECT 1 FROM findings f WHERE f.person = p.id AND f.code = ?3 AND f.attribute IS NULL) THEN ?3
                    WHEN EXISTS (SELECT 1 FROM findings f WHERE f.person = p.id AND f.code = ?4 AND f.attribute IS NULL) THEN ?4
                    ELSE ?5 END AS code
                FROM people p LEFT JOIN memory m ON m.person = p.id WHERE p.gone = 0 AND p.state = 4),
             told AS (
                SELECT o.code, coalesce(
                    (SELECT f.text FROM findings f WHERE f.person = o.id AND f.code = o.code ORDER BY f.place LIMIT 1),
                    CASE o.code WHEN ?2 THEN 'You left them out' ELSE 'Switched off in the source' END) AS text
                FROM out o)
             SELECT code, NULL, count(*), min(text), min(text) = max(text) FROM told GROUP BY code ORDER BY 3 DESC, 1",
        )
        .bind(CHANGED_OUTSIDE)
        .bind(LEFT_OUT_BY_HAND)
        .bind(closer[0])
        .bind(closer[1])
        .bind(DISABLED)
        .fetch_all(&self.0.readers)
        .await?;
        Ok(rows.into_iter().map(reason).collect())
    }
}
