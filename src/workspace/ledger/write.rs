//! What is done with people, put down.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::state::{kind, of_outcome, state};
use crate::model::{OutcomeKind, Profile};
use crate::workspace::bond::{Bond, Bonds, Tagger};
use crate::workspace::error::{Result, WorkspaceError};
use crate::workspace::loose::Text;
use crate::workspace::seal::{BlobKind, Nonces, Sealer};
use crate::workspace::store;
use crate::workspace::types::{Before, OperationKind, OperationState, PersonId, Recorded};

/// Ids of requests come from outside: what is longer than any of Okta's is cut.
const LONGEST_REQUEST: usize = 100;

/// Okta's id of a request as it is kept.
pub(crate) fn words_of(request: Option<&str>) -> Option<String> {
    request.map(|id| id.chars().take(LONGEST_REQUEST).collect())
}

/// Puts down that everyone chosen is about to be sent.
pub(crate) async fn intend(tx: &mut SqliteConnection, run: i64, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, run, at, fingerprint)
            SELECT c.id, coalesce((SELECT max(l.nth) FROM ledger l WHERE l.person = c.id), 0) + 1, 0, 0, ?1, ?2, d.fingerprint
            FROM chosen c CROSS JOIN details d ON d.id = c.id",
    )
    .bind(run)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Of people recorded: `[person, the create's state or null, account, request, groups, state of updates, request of updates]`.
fn ends(recorded: &[Recorded], groups: &HashMap<String, i64>) -> Vec<Value> {
    let ends = recorded.iter().map(|one| {
        let (outcome, did) = (&one.outcome, &one.did);
        let updated = outcome.kind == OutcomeKind::Updated;
        let request = words_of(did.request.as_deref());
        let numbers = did.groups.as_ref().map(|ids| {
            let numbers = ids.iter().filter_map(|id| groups.get(id)).map(i64::to_string);
            numbers.collect::<Vec<_>>().join(" ")
        });
        let update = match outcome.kind {
            OutcomeKind::Updated => OperationState::Done,
            OutcomeKind::Failed if !did.unsure => OperationState::Failed,
            _ => OperationState::Unknown,
        };
        json!([
            one.person.0,
            of_outcome(outcome.kind).map(state),
            outcome.okta_id,
            request.as_ref().filter(|_| outcome.kind == OutcomeKind::Created),
            numbers,
            state(update),
            request.as_ref().filter(|_| updated),
        ])
    });
    ends.collect()
}

/// Puts down how people's operations ended. `groups`: the numbers of all groups named.
pub(crate) async fn end(
    tx: &mut SqliteConnection,
    now: i64,
    recorded: &[Recorded],
    groups: &HashMap<String, i64>,
) -> Result<()> {
    let ends = store::to_json(&ends(recorded, groups))?;
    // Whoever was not claimed, as far as anybody records such a person.
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, at)
            SELECT j.value ->> 0, coalesce((SELECT max(l.nth) FROM ledger l WHERE l.person = (j.value ->> 0)), 0) + 1, 0, 0, ?2
            FROM json_each(?1) j WHERE j.value ->> 1 IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.person = (j.value ->> 0) AND l.kind = 0 AND l.state <> 5)",
    )
    .bind(&ends)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE ledger SET state = j.value ->> 1, ended = iif(j.value ->> 1 = 3, ended, iif(j.value ->> 1 = 0, NULL, ?2)),
            remote = coalesce(j.value ->> 2, remote), request = coalesce(j.value ->> 3, request),
            groups = coalesce(j.value ->> 4, groups)
         FROM json_each(?1) j
         WHERE ledger.person = (j.value ->> 0) AND ledger.kind = 0 AND ledger.state <> 5 AND j.value ->> 1 IS NOT NULL",
    )
    .bind(&ends)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    // An update whose answer never came is done all the same where Okta has its values.
    sqlx::query(
        "UPDATE ledger SET state = j.value ->> 5, ended = ?2, request = coalesce(j.value ->> 6, request)
         FROM json_each(?1) j WHERE ledger.person = (j.value ->> 0) AND ledger.kind = 1
            AND (ledger.state = 0 OR (ledger.state = 6 AND j.value ->> 5 = 1)) AND coalesce(j.value ->> 1, -1) <> 0",
    )
    .bind(&ends)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if recorded.iter().any(|one| one.outcome.kind == OutcomeKind::Waiting) {
        give_back(tx, recorded).await?;
    }
    joins(tx, now, recorded, groups).await
}

/// Of whoever waits again nothing was sent; or what was sent counts no more.
async fn give_back(tx: &mut SqliteConnection, recorded: &[Recorded]) -> Result<()> {
    let waiting = recorded.iter().filter(|one| one.outcome.kind == OutcomeKind::Waiting);
    let waiting = store::to_json(&waiting.map(|one| one.person.0).collect::<Vec<_>>())?;
    for sql in [
        "DELETE FROM ledger WHERE person IN (SELECT value FROM json_each(?)) AND kind = 0 AND state = 0",
        "UPDATE ledger SET state = 5 WHERE person IN (SELECT value FROM json_each(?)) AND kind = 0",
    ] {
        sqlx::query(sql).bind(&waiting).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Memberships by requests of their own.
async fn joins(
    tx: &mut SqliteConnection,
    now: i64,
    recorded: &[Recorded],
    groups: &HashMap<String, i64>,
) -> Result<()> {
    let mut rows = Vec::new();
    for one in recorded {
        for (join, nth) in one.did.joins.iter().zip(1..) {
            let group = groups.get(&join.group).map(i64::to_string);
            let request = words_of(join.request.as_deref());
            rows.push(json!([one.person.0, nth, state(join.state), request, group]));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, run, at, ended, request, groups)
            SELECT j.value ->> 0, (SELECT max(l.nth) FROM ledger l WHERE l.person = (j.value ->> 0)) + (j.value ->> 1), 2, j.value ->> 2,
                c.run, c.at, ?2, j.value ->> 3, j.value ->> 4
            FROM json_each(?1) j JOIN ledger c ON c.person = (j.value ->> 0) AND c.kind = 0 AND c.state <> 5",
    )
    .bind(store::to_json(&rows)?)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts people (a JSON list of numbers) down as failed, whether they were claimed or not.
pub(crate) async fn fail(tx: &mut SqliteConnection, who: &str, now: i64) -> Result<()> {
    for sql in [
        "INSERT INTO ledger (person, nth, kind, state, at)
            SELECT j.value, coalesce((SELECT max(l.nth) FROM ledger l WHERE l.person = j.value), 0) + 1, 0, 0, ?2
            FROM json_each(?1) j
            WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.person = j.value AND l.kind = 0 AND l.state <> 5)",
        "UPDATE ledger SET state = 2, ended = ?2 WHERE person IN (SELECT value FROM json_each(?1)) AND kind = 0 AND state <> 5",
        "UPDATE ledger SET state = 6, ended = ?2 WHERE person IN (SELECT value FROM json_each(?1)) AND kind = 1 AND state = 0",
    ] {
        sqlx::query(sql).bind(who).bind(now).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Of people (a JSON list of numbers) whose record is not theirs: begins it anew, as a failure.
pub(crate) async fn begin_anew(tx: &mut SqliteConnection, who: &str, now: i64) -> Result<()> {
    for sql in [
        "DELETE FROM ledger WHERE person IN (SELECT value FROM json_each(?1)) AND ?2 IS NOT NULL",
        "INSERT INTO ledger (person, nth, kind, state, at, ended) SELECT value, 1, 0, 2, ?2, ?2 FROM json_each(?1)",
    ] {
        sqlx::query(sql).bind(who).bind(now).execute(&mut *tx).await?;
    }
    Ok(())
}

/// Lets the failures of everyone chosen count no more: they wait again.
pub(crate) async fn let_go(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "UPDATE ledger SET state = 5 WHERE person IN (SELECT id FROM chosen) AND kind = 0 AND state = 2",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts down that an account's attributes are about to be set, and what they were. Another such intent of theirs, whose end was never
/// known, stays as such.
pub(crate) async fn intend_update(
    tx: &mut SqliteConnection,
    sealer: &Sealer,
    (person, okta_id): (PersonId, &str),
    before: &Profile,
    set: &Profile,
    now: i64,
) -> Result<()> {
    sqlx::query("UPDATE ledger SET state = 6 WHERE person = ? AND kind = 1 AND state = 0")
        .bind(person.0)
        .execute(&mut *tx)
        .await?;
    let nth: i64 = sqlx::query_scalar("SELECT coalesce(max(nth), 0) + 1 FROM ledger WHERE person = ?")
        .bind(person.0)
        .fetch_one(&mut *tx)
        .await?;
    let before = Before { profile: before.clone(), set: Some(set.clone()) };
    let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, run, at, remote, before)
            SELECT ?1, ?2, 1, 0, (SELECT run FROM ledger WHERE person = ?1 AND kind = 0 AND state <> 5), ?3, ?4, ?5",
    )
    .bind(person.0)
    .bind(nth)
    .bind(now)
    .bind(okta_id)
    .bind(seal(sealer, person, nth, &before, &mut nonces)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Seals what stood there before an operation.
pub(super) fn seal(
    sealer: &Sealer,
    person: PersonId,
    nth: i64,
    before: &Before,
    nonces: &mut Nonces,
) -> Result<Vec<u8>> {
    let clear = zeroize::Zeroizing::new(store::to_json(before)?.into_bytes());
    Ok(sealer.seal(BlobKind::Before, &place(person, nth), &clear, nonces))
}

/// Where something sealed belongs.
pub(super) fn place(person: PersonId, nth: i64) -> String {
    format!("{}/{nth}", person.0)
}

/// Puts down how the reset of a person's password stands.
pub(crate) async fn record_reset(
    tx: &mut SqliteConnection,
    person: PersonId,
    stands: OperationState,
    request: Option<&str>,
    now: i64,
) -> Result<()> {
    let ended = (stands != OperationState::Intended).then_some(now);
    let going_on = sqlx::query(
        "UPDATE ledger SET state = ?2, ended = ?3, request = ?4 WHERE person = ?1 AND kind = 3 AND state = 0",
    );
    let request = words_of(request);
    let changed = going_on.bind(person.0).bind(state(stands)).bind(ended).bind(&request);
    if changed.execute(&mut *tx).await?.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, at, ended, remote, request)
            SELECT ?1, coalesce((SELECT max(nth) FROM ledger WHERE person = ?1), 0) + 1, ?2, ?3, ?4, ?5,
                (SELECT okta_id FROM memory WHERE person = ?1), ?6",
    )
    .bind(person.0)
    .bind(kind(OperationKind::Reset))
    .bind(state(stands))
    .bind(now)
    .bind(ended)
    .bind(request)
    .execute(tx)
    .await?;
    Ok(())
}

/// A group's number, Okta's id of it, its name, and what binds them.
pub(super) type GroupRow = (i64, Text, Option<Text>, Option<Vec<u8>>);

/// What binds a group's number.
pub(super) fn group_tag(bonds: &Bonds, id: i64, okta_id: &str, name: Option<&str>) -> Tagger {
    bonds.begin(Bond::GivenGroup).number(Some(id)).bytes(okta_id.as_bytes()).maybe(name.map(str::as_bytes))
}

/// The numbers of the groups that people were put into, by Okta's id; those without one get it.
pub(crate) async fn number_groups(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    recorded: &[Recorded],
) -> Result<HashMap<String, i64>> {
    let named = recorded
        .iter()
        .flat_map(|one| one.did.groups.iter().flatten().chain(one.did.joins.iter().map(|join| &join.group)));
    let named: BTreeSet<&str> = named.map(String::as_str).collect();
    let mut numbers = HashMap::new();
    if named.is_empty() {
        return Ok(numbers);
    }
    let rows: Vec<GroupRow> = sqlx::query_as(
        "SELECT id, okta_id, name, CAST(tag AS BLOB) FROM ledger_groups WHERE okta_id IN (SELECT value FROM json_each(?))",
    )
    .bind(store::to_json(&named)?)
    .fetch_all(&mut *tx)
    .await?;
    for (id, Text(okta_id), name, tag) in rows {
        let name = name.map(|name| name.0);
        if group_tag(bonds, id, &okta_id, name.as_deref()).is(tag.as_deref()) {
            numbers.insert(okta_id, id);
        }
    }
    for okta_id in named {
        if numbers.contains_key(okta_id) {
            continue;
        }
        let name: Option<Text> = sqlx::query_scalar("SELECT name FROM okta_groups WHERE okta_id = ? LIMIT 1")
            .bind(okta_id)
            .fetch_optional(&mut *tx)
            .await?;
        let name = name.map(|name| name.0);
        let id = sqlx::query("INSERT INTO ledger_groups (okta_id, name) VALUES (?, ?)")
            .bind(okta_id)
            .bind(&name)
            .execute(&mut *tx)
            .await?
            .last_insert_rowid();
        sqlx::query("UPDATE ledger_groups SET tag = ? WHERE id = ?")
            .bind(group_tag(bonds, id, okta_id, name.as_deref()).tag().to_vec())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        numbers.insert(okta_id.to_owned(), id);
    }
    Ok(numbers)
}
