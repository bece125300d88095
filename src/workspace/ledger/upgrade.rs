//! A file from before there was a ledger: what it kept of operations is taken over once, as far as it is bound.

use sqlx::{Row as _, SqliteConnection};

use super::org::{Row, group};
use super::write::seal;
use crate::model::Profile;
use crate::workspace::bond::{self, Bond};
use crate::workspace::error::{Result, WorkspaceError};
use crate::workspace::loose::{Number, Text};
use crate::workspace::runs;
use crate::workspace::seal::{Nonces, Sealer};
use crate::workspace::store;
use crate::workspace::types::{Before, OperationState};

/// People at a time.
const PORTION: i64 = 1000;

/// Takes away what only files from before have. A new file has it empty.
pub(crate) async fn drop_former(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql("DROP TABLE IF EXISTS before_ledger; DROP TABLE IF EXISTS okta_groups_before;")
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes over what a file from before kept. `bound`: what does not fit its former tag is left, and stays what does not fit.
pub(crate) async fn take_over(tx: &mut SqliteConnection, sealer: &Sealer, bound: bool) -> Result<()> {
    let there: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'before_ledger' AND type = 'table')",
    )
    .fetch_one(&mut *tx)
    .await?;
    if !there {
        return Ok(());
    }
    groups(tx, sealer, bound).await?;
    let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
    let mut last = -1_i64;
    loop {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT person FROM memory WHERE person > ? ORDER BY person LIMIT ?")
                .bind(last)
                .bind(PORTION)
                .fetch_all(&mut *tx)
                .await?;
        let Some(end) = ids.last() else { break };
        last = *end;
        let sound = if bound {
            bond::sound_before_ledger(tx, sealer.bonds(), &store::to_json(&ids)?).await?
        } else {
            ids
        };
        let sound = store::to_json(&sound)?;
        people(tx, sealer, &mut nonces, &sound).await?;
        bond::renew_sent(tx, sealer.bonds(), &sound).await?;
    }
    drop_former(tx).await
}

/// What was kept of these people (a JSON list of numbers). Which groups their creates named, and Okta's ids of the requests, were not
/// kept.
async fn people(tx: &mut SqliteConnection, sealer: &Sealer, nonces: &mut Nonces, who: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, run, at, ended, remote, fingerprint)
            SELECT m.person, 1, 0, CASE m.outcome WHEN 1 THEN 0 WHEN 2 THEN 1 WHEN 3 THEN 4 WHEN 4 THEN 4 WHEN 5 THEN 2 ELSE 3 END, m.run,
                coalesce(m.claimed, 0), iif(m.outcome = 1, NULL, m.recorded), m.okta_id, b.sent_fingerprint
            FROM json_each(?) j CROSS JOIN memory m ON m.person = j.value LEFT JOIN before_ledger b ON b.person = m.person
            WHERE m.outcome BETWEEN 1 AND 6",
    )
    .bind(who)
    .execute(&mut *tx)
    .await?;
    let updates = sqlx::query(
        "SELECT m.person, m.outcome, m.run, m.recorded, m.okta_id, b.original,
            coalesce((SELECT max(l.nth) FROM ledger l WHERE l.person = m.person), 0) + 1 AS nth
         FROM json_each(?) j CROSS JOIN memory m ON m.person = j.value CROSS JOIN before_ledger b ON b.person = m.person
         WHERE b.original IS NOT NULL",
    )
    .bind(who)
    .fetch_all(&mut *tx)
    .await?;
    for update in updates {
        let person = store::person_id(update.try_get("person")?)?;
        let nth: i64 = update.try_get("nth")?;
        // One damaged profile is that person's alone.
        let Ok(profile) = serde_json::from_str::<Profile>(update.try_get("original")?) else { continue };
        let stands = match update.try_get::<i64, _>("outcome")? {
            1 => OperationState::Intended,
            4 => OperationState::Done,
            _ => OperationState::Unknown,
        };
        sqlx::query(
            "INSERT INTO ledger (person, nth, kind, state, run, at, ended, remote, before) VALUES (?, ?, 1, ?, ?, 0, ?, ?, ?)",
        )
        .bind(person.0)
        .bind(nth)
        .bind(super::state::state(stands))
        .bind(update.try_get::<Option<i64>, _>("run")?)
        .bind(update.try_get::<Option<i64>, _>("recorded")?.filter(|_| stands != OperationState::Intended))
        .bind(update.try_get::<Option<String>, _>("okta_id")?)
        .bind(seal(sealer, person, nth, &Before { profile, set: None }, nonces)?)
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "INSERT INTO ledger (person, nth, kind, state, at, ended, remote)
            SELECT r.person, coalesce((SELECT max(l.nth) FROM ledger l WHERE l.person = r.person), 0) + 1, 3,
                CASE r.state WHEN 'sending' THEN 0 WHEN 'done' THEN 1 ELSE 2 END, r.at, iif(r.state = 'sending', NULL, r.at), m.okta_id
            FROM json_each(?) j CROSS JOIN resets r ON r.person = j.value LEFT JOIN memory m ON m.person = r.person",
    )
    .bind(who)
    .execute(tx)
    .await?;
    Ok(())
}

/// The org's groups: which of them this migration made.
async fn groups(tx: &mut SqliteConnection, sealer: &Sealer, bound: bool) -> Result<()> {
    type Former = (Text, Option<Text>, Number, Option<Vec<u8>>);
    let bonds = sealer.bonds();
    let rows: Vec<Former> = sqlx::query_as(
        "SELECT name, okta_id, created, CAST(tag AS BLOB) FROM okta_groups_before ORDER BY name",
    )
    .fetch_all(&mut *tx)
    .await?;
    for (Text(name), okta_id, created, tag) in rows {
        let okta_id = okta_id.map(|id| id.0);
        let former = bonds
            .begin(Bond::Group)
            .bytes(name.as_bytes())
            .maybe(okta_id.as_deref().map(str::as_bytes))
            .number(Some(i64::from(created.0 == 1)));
        if bound && !former.is(tag.as_deref()) {
            continue;
        }
        if created.0 == 1 {
            let stands = if okta_id.is_some() { OperationState::Done } else { OperationState::Intended };
            let row = group(&name, stands, None, 0);
            Row { remote: okta_id.clone(), ..row }.add(tx, bonds).await?;
        }
        if let Some(okta_id) = okta_id {
            runs::keep_group(tx, bonds, &name, &okta_id).await?;
        }
    }
    Ok(())
}
