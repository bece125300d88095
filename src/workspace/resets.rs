//! The end of a migration: who never signed in through the hook, and whose password was reset for it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::bond;
use super::change::list;
use super::error::{Result, WorkspaceError};
use super::ledger;
use super::loose::{Number, Text};
use super::numbers;
use super::open::{Workspace, moment};
use super::store;
use super::types::{OperationState, PersonId};
use crate::model::{OutcomeKind, Route};

/// Someone who was created for the hook, and of whom Okta has not said that it has the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Straggler {
    /// Who.
    pub id: PersonId,
    /// Their login.
    pub login: String,
    /// Okta's id.
    pub okta_id: String,
    /// What Okta's log keeps of our creates of this person.
    pub mark: Option<String>,
    /// Whether a reset was sent and its end is not known.
    pub sending: bool,
    /// Their entry was changed by something other than this program, in this way: whose password would be reset is not known.
    pub changed: Option<&'static str>,
}

/// How a reset stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reset {
    /// About to be sent.
    Sending,
    /// Okta has reset the password.
    Done,
    /// It has not, for this reason.
    Failed(String),
}

/// Created before a moment, by a route. Parameters: outcome, route, moment.
const CREATED: &str = "FROM people p CROSS JOIN memory m ON m.person = p.id
     LEFT JOIN hook_people h ON h.person = p.id LEFT JOIN resets r ON r.person = p.id
     WHERE p.outcome = ?1 AND coalesce(m.route, p.route) = ?2 AND m.recorded < ?3 AND m.okta_id IS NOT NULL";
/// And not moved, not reset.
const LEFT: &str = "h.moved IS NULL AND coalesce(r.state, '') <> 'done'";

fn standing(state: &str, words: Option<Text>) -> Reset {
    match state {
        "sending" => Reset::Sending,
        "done" => Reset::Done,
        "failed" => Reset::Failed(words.unwrap_or_default().0),
        // None that this program writes.
        _ => Reset::Failed(bond::words(bond::Fault::Sent).to_owned()),
    }
}

impl Workspace {
    /// How many people there are to look at ([`Workspace::stragglers`]).
    pub async fn count_stragglers(&self, before: DateTime<Utc>) -> Result<u64> {
        let sql = format!("SELECT count(*) {CREATED} AND {LEFT}");
        let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(numbers::outcome(OutcomeKind::Created))
            .bind(numbers::route(Route::Hook))
            .bind(before.timestamp_millis())
            .fetch_one(&self.0.readers)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// People who were created for the hook before a moment, and of whom Okta has not said that it has the password; those after
    /// `after`, in order, at most `limit`. Whether they have signed in all the same, only Okta knows.
    pub async fn stragglers(
        &self,
        before: DateTime<Utc>,
        after: Option<PersonId>,
        limit: u32,
    ) -> Result<Vec<Straggler>> {
        type Row = (i64, Text, Option<Text>, Option<bool>, bool);
        let mut last = after.map_or(-1, |id| i64::from(id.0));
        loop {
            // Those who have moved, too: whether they have is only believed where it is bound to them.
            let sql = format!(
                "SELECT p.id, m.okta_id, m.mark, r.state = 'sending', {LEFT} {CREATED} AND p.id > ?4 ORDER BY p.id LIMIT ?5"
            );
            let mut tx = self.0.readers.begin().await?;
            let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .bind(numbers::outcome(OutcomeKind::Created))
                .bind(numbers::route(Route::Hook))
                .bind(before.timestamp_millis())
                .bind(last)
                .bind(limit)
                .fetch_all(&mut *tx)
                .await?;
            let Some((end, ..)) = rows.last() else { return Ok(Vec::new()) };
            last = *end;
            let ids = store::to_json(&rows.iter().map(|(id, ..)| *id).collect::<Vec<_>>())?;
            let faults = bond::faults(&mut tx, self.0.sealer.bonds(), &ids).await?;
            tx.commit().await?;
            let rows = rows.into_iter().filter(|(id, .., left)| *left || faults.contains_key(id));
            let mut found = Vec::new();
            for (id, okta_id, mark, sending, _) in rows {
                let id = store::person_id(id)?;
                let changed = faults.get(&i64::from(id.0)).map(|fault| bond::words(*fault));
                // Not the one that lists show: whoever gets this person's link must be this person.
                found.push(Straggler {
                    id,
                    login: String::new(),
                    okta_id: okta_id.0,
                    mark: mark.map(|mark| mark.0),
                    sending: sending == Some(true),
                    changed,
                });
            }
            let logins = self.logins(&found.iter().map(|person| person.id).collect::<Vec<_>>()).await?;
            for person in &mut found {
                person.login = logins.get(&person.id).cloned().unwrap_or_default();
            }
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }

    /// The logins of some people, as they are bound to them.
    async fn logins(&self, people: &[PersonId]) -> Result<HashMap<PersonId, String>> {
        let people = self.persons(people).await?;
        Ok(people.into_iter().map(|person| (person.row.id, person.profile.login().to_owned())).collect())
    }

    /// Writes down how a reset stands.
    pub async fn record_reset(&self, person: PersonId, reset: &Reset) -> Result<()> {
        self.record_reset_by(person, reset, None).await
    }

    /// The same with Okta's id of the request that did it.
    pub async fn record_reset_by(
        &self,
        person: PersonId,
        reset: &Reset,
        request: Option<&str>,
    ) -> Result<()> {
        let (state, words, stands) = match reset {
            Reset::Sending => ("sending", None, OperationState::Intended),
            Reset::Done => ("done", None, OperationState::Done),
            Reset::Failed(words) => ("failed", Some(store::shorten(words)), OperationState::Failed),
        };
        let mut tx = self.begin().await?;
        let who = list(&[person]);
        if !self.sent_is_sound(&mut tx, &who).await? {
            return Err(WorkspaceError::changed_outside("The record of what was sent of a person"));
        }
        sqlx::query(
            "INSERT INTO resets (person, state, at, words) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET state = excluded.state, at = excluded.at, words = excluded.words",
        )
        .bind(person.0)
        .bind(state)
        .bind(self.now())
        .bind(words)
        .execute(&mut *tx)
        .await?;
        ledger::record_reset(&mut tx, person, stands, request, self.now()).await?;
        bond::renew_sent(&mut tx, self.0.sealer.bonds(), &who).await?;
        self.commit(tx).await
    }

    /// How the resets of these people stand, and since when; who was not to be reset has none.
    pub async fn resets_of(&self, people: &[PersonId]) -> Result<HashMap<PersonId, (Reset, DateTime<Utc>)>> {
        let rows: Vec<(i64, Text, Number, Option<Text>)> = sqlx::query_as(
            "SELECT person, state, at, words FROM resets WHERE person IN (SELECT value FROM json_each(?))",
        )
        .bind(list(people))
        .fetch_all(&self.0.readers)
        .await?;
        rows.into_iter()
            .map(|(id, state, at, words)| {
                Ok((store::person_id(id)?, (standing(&state.0, words), moment(at.0))))
            })
            .collect()
    }

    /// Everyone whose password was reset or was to be, in the source's order, at most `limit`: name, login, how it stands, since
    /// when.
    pub async fn resets(&self, limit: u32) -> Result<Vec<(String, String, Reset, DateTime<Utc>)>> {
        let rows: Vec<(i64, Text, Number, Option<Text>)> = sqlx::query_as(
            "SELECT r.person, r.state, r.at, r.words FROM resets r CROSS JOIN people p ON p.id = r.person
             ORDER BY p.row_no LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.0.readers)
        .await?;
        let mut resets = Vec::with_capacity(rows.len());
        for some in rows.chunks(500) {
            let ids: Vec<_> = some.iter().filter_map(|(id, ..)| store::person_id(*id).ok()).collect();
            let people: HashMap<_, _> =
                self.persons(&ids).await?.into_iter().map(|person| (person.row.id, person)).collect();
            for (id, state, at, words) in some {
                let Some(person) = store::person_id(*id).ok().and_then(|id| people.get(&id)) else {
                    continue;
                };
                let reset = match &person.row.changed {
                    Some(words) => Reset::Failed((*words).to_owned()),
                    None => standing(&state.0, words.clone()),
                };
                let (name, login) = (person.profile.display_name(), person.profile.login().to_owned());
                resets.push((name, login, reset, moment(at.0)));
            }
        }
        Ok(resets)
    }

    /// How many people's passwords were reset.
    pub async fn count_resets(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM resets WHERE state = 'done'")
            .fetch_one(&self.0.readers)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
