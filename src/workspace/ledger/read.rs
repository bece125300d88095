//! What was done with people, told.

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::{Row as _, SqliteConnection};

use super::state::{to_kind, to_state};
use super::write::{GroupRow, group_tag, place};
use crate::model::Profile;
use crate::workspace::bond;
use crate::workspace::change::list;
use crate::workspace::error::{Result, WorkspaceError};
use crate::workspace::loose::Text;
use crate::workspace::open::{Workspace, moment};
use crate::workspace::seal::{BlobKind, Sealer};
use crate::workspace::store;
use crate::workspace::types::{Before, GivenGroup, Operation, PersonId, RunId};

impl Workspace {
    /// The operations on these people's accounts, each person's in order. Whose record was changed by another program has none.
    pub async fn operations(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Vec<Operation>>> {
        let sealer = &self.0.sealer;
        let mut tx = self.0.readers.begin().await?;
        let faults = bond::faults(&mut tx, sealer.bonds(), &list(people)).await?;
        let sound = people.iter().copied().filter(|id| !faults.contains_key(&i64::from(id.0)));
        let sound = list(&sound.collect::<Vec<_>>());
        let rows = sqlx::query(
            "SELECT person, nth, kind, state, run, at, ended, remote, request, groups, before FROM ledger
             WHERE person IN (SELECT value FROM json_each(?)) ORDER BY person, nth",
        )
        .bind(sound)
        .fetch_all(&mut *tx)
        .await?;
        let mut given = BTreeSet::new();
        let numbers =
            |text: &str| -> Vec<i64> { text.split(' ').filter_map(|number| number.parse().ok()).collect() };
        for row in &rows {
            let groups: Option<&str> = row.try_get("groups")?;
            given.extend(groups.map(numbers).unwrap_or_default());
        }
        let known = groups(&mut tx, sealer, &given).await?;
        tx.commit().await?;
        let mut operations = HashMap::<PersonId, Vec<Operation>>::new();
        for row in rows {
            let person = store::person_id(row.try_get("person")?)?;
            let nth: i64 = row.try_get("nth")?;
            let before: Option<&[u8]> = row.try_get("before")?;
            let groups: Option<&str> = row.try_get("groups")?;
            let groups = groups.map(|text| {
                let unknown = || GivenGroup { okta_id: None, name: None };
                numbers(text).iter().map(|id| known.get(id).cloned().unwrap_or_else(unknown)).collect()
            });
            operations.entry(person).or_default().push(Operation {
                person,
                nth: u32::try_from(nth).unwrap_or(u32::MAX),
                kind: to_kind(row.try_get("kind")?)?,
                state: to_state(row.try_get("state")?)?,
                run: row.try_get::<Option<i64>, _>("run")?.map(RunId),
                at: Some(row.try_get::<i64, _>("at")?).filter(|at| *at != 0).map(moment),
                ended: row.try_get::<Option<i64>, _>("ended")?.map(moment),
                okta_id: row.try_get("remote")?,
                request: row.try_get("request")?,
                groups,
                before: before.map(|blob| open(sealer, person, nth, blob)).transpose()?,
            });
        }
        Ok(operations)
    }

    /// The profile a person had in Okta before we first updated it.
    pub async fn original_profile(&self, id: PersonId) -> Result<Option<Profile>> {
        let operations = self.operations(&[id]).await?.remove(&id).unwrap_or_default();
        Ok(operations.into_iter().find_map(|operation| operation.before).map(|before| before.profile))
    }

    /// Of whom an update was sent, or was about to be, and its end is not known.
    pub async fn updates_in_doubt(&self) -> Result<HashSet<PersonId>> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT p.id FROM people p CROSS JOIN ledger l ON l.person = p.id
             WHERE p.outcome IN (0, 1) AND l.kind = 1 AND l.state IN (0, 6)",
        )
        .fetch_all(&self.0.readers)
        .await?;
        Ok(ids.into_iter().filter_map(|id| store::person_id(id).ok()).collect())
    }
}

fn open(sealer: &Sealer, person: PersonId, nth: i64, blob: &[u8]) -> Result<Before> {
    let opened = sealer.open(BlobKind::Before, &place(person, nth), blob);
    let opened = opened.map_err(|error| {
        WorkspaceError::damaged("a sealed profile of before does not open", error.to_string())
    })?;
    serde_json::from_slice(opened.expose()).map_err(|error| {
        WorkspaceError::damaged("a sealed profile of before can't be understood", error.to_string())
    })
}

/// Groups by their numbers, as far as their record is as this program wrote it.
async fn groups(
    connection: &mut SqliteConnection,
    sealer: &Sealer,
    ids: &BTreeSet<i64>,
) -> Result<HashMap<i64, GivenGroup>> {
    let rows: Vec<GroupRow> = sqlx::query_as(
        "SELECT id, okta_id, name, CAST(tag AS BLOB) FROM ledger_groups WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(store::to_json(ids)?)
    .fetch_all(connection)
    .await?;
    let sound = rows.into_iter().filter_map(|(id, Text(okta_id), name, tag)| {
        let name = name.map(|name| name.0);
        let fits = group_tag(sealer.bonds(), id, &okta_id, name.as_deref()).is(tag.as_deref());
        fits.then_some((id, GivenGroup { okta_id: Some(okta_id), name }))
    });
    Ok(sound.collect())
}
