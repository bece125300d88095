//! Why people can't be sent: each reason once, with how many it stops.

use super::error::Result;
use super::loose::{Number, Text};
use super::open::Workspace;
use super::types::BlockedBy;

impl Workspace {
    /// What blocks people of the source as they are now, the reason that stops most of them first. Someone may be blocked by several.
    /// Costs with how many are blocked.
    pub async fn blocked_by(&self) -> Result<Vec<BlockedBy>> {
        let rows: Vec<(Text, Option<Text>, Number, Text, bool)> = sqlx::query_as(
            "SELECT f.code, f.attribute, count(DISTINCT f.person), min(f.text), min(f.text) = max(f.text)
             FROM people p CROSS JOIN findings f ON f.person = p.id
             WHERE p.gone = 0 AND p.state = 3 AND f.severity = 2
             GROUP BY f.code, f.attribute ORDER BY 3 DESC, 1, 2",
        )
        .fetch_all(&self.0.readers)
        .await?;
        let reason =
            |(code, attribute, people, text, always): (Text, Option<Text>, Number, Text, bool)| BlockedBy {
                code: code.0,
                attribute: attribute.map(|attribute| attribute.0),
                people: people.count(),
                text: text.0,
                always,
            };
        Ok(rows.into_iter().map(reason).collect())
    }
}
