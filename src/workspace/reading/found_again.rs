//! At the end of a reading: people found again under another key, and those whose key somebody else has by now.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::super::bond;
use super::super::error::{Result, WorkspaceError};
use super::super::identity;
use super::super::open::Workspace;
use super::super::seal::{BlobKind, Nonces, Sealer};
use super::super::store;
use super::again::{Displaced, former_key};
use super::stage::TABLES;
use crate::assess::{Identity, SamePerson, same_person};

/// People at a time.
const PORTION: usize = 500;

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct FoundAgain {
    /// Rows that may be somebody known before, or have their key: the row's number, whose, and whether that is still to be said.
    pub(super) held: Vec<Displaced>,
    /// Whose record of what was sent is bound to another key now.
    pub(super) rebound: Vec<i64>,
}

/// Gives rows of keys nobody knows to whom they belong by login or e-mail address: who is not in this reading otherwise, and has
/// something to inherit. And those whose key somebody else has give it up.
pub(super) async fn settle(
    workspace: &Workspace,
    tx: &mut SqliteConnection,
    known_upto: u32,
    (displaced, outed): (Vec<Displaced>, Vec<u32>),
) -> Result<FoundAgain> {
    if known_upto == 0 {
        return Ok(FoundAgain::default());
    }
    let sealer = &workspace.0.sealer;
    let mut held: BTreeMap<u32, Displaced> = displaced.into_iter().map(|one| (one.new, one)).collect();
    let mut moved: Vec<(u32, u32)> = Vec::new();
    let mut taken = BTreeSet::new();
    for some in candidates(tx, known_upto).await?.chunks(PORTION) {
        let list = |ids: Vec<u32>| store::to_json(&ids);
        let rows = staged(tx, sealer, &list(some.iter().map(|(new, ..)| *new).collect())?).await?;
        let before =
            identity::known(tx, sealer, &list(some.iter().map(|(_, old, _)| *old).collect())?).await?;
        for (new, old, weighs) in some {
            let (Some(now), Some(before)) = (rows.get(new), before.get(old)) else { continue };
            if taken.contains(new) || taken.contains(old) {
                continue;
            }
            match same_person(before, now) {
                SamePerson::Same => {
                    taken.extend([*new, *old]);
                    held.remove(new);
                    moved.push((*new, *old));
                }
                SamePerson::Unsure if *weighs => {
                    let doubt = Displaced { new: *new, old: *old, doubted: true };
                    held.entry(*new)
                        .and_modify(|one| *one = if one.doubted { *one } else { doubt })
                        .or_insert(doubt);
                }
                SamePerson::Unsure | SamePerson::Other => {}
            }
        }
    }
    renumber(tx, "next_", &moved).await?;
    let there = present(tx, held.values().map(|one| one.old).chain(outed.iter().copied())).await?;
    // Two rows that have one key: the other of them was that person.
    held.retain(|_, one| !there.contains(&one.old));
    let without: BTreeSet<u32> = held.values().map(|one| one.old).chain(outed).collect();
    give_up_keys(sealer, tx, without.difference(&there).copied().collect()).await?;
    let rebound: Vec<i64> = sqlx::query_scalar(
        "SELECT m.person FROM memory m CROSS JOIN details o ON o.id = m.person CROSS JOIN next_details n ON n.id = m.person
         WHERE n.key <> o.key",
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(FoundAgain { held: held.into_values().collect(), rebound })
}

/// Rows of new numbers, with whom of those who are not in this reading they share a login or an e-mail address.
async fn candidates(tx: &mut SqliteConnection, known_upto: u32) -> Result<Vec<(u32, u32, bool)>> {
    // Each SELECT by an index of the people before.
    let pairs: Vec<(i64, i64, bool)> = sqlx::query_as(
        "SELECT pair.new, pair.old, m.person IS NOT NULL FROM (
            SELECT n.id AS new, m.person AS old FROM next_texts n CROSS JOIN memory m ON m.sent_login = n.login
                WHERE n.id > ?1 AND n.login <> ''
            UNION SELECT n.id, t.id FROM next_texts n CROSS JOIN texts t ON t.login = n.login WHERE n.id > ?1 AND n.login <> ''
            UNION SELECT n.id, t.id FROM next_texts n CROSS JOIN texts t ON t.email = n.email
                WHERE n.id > ?1 AND n.email <> ''
            UNION SELECT n.id, t.id FROM next_texts n CROSS JOIN texts t ON t.login = n.email AND t.email IS NULL
                WHERE n.id > ?1 AND n.email <> ''
            UNION SELECT n.id, t.id FROM next_texts n CROSS JOIN texts t ON t.email = n.login
                WHERE n.id > ?1 AND n.email IS NULL AND n.login <> ''
         ) pair LEFT JOIN memory m ON m.person = pair.old
         WHERE NOT EXISTS (SELECT 1 FROM next_people p WHERE p.id = pair.old)
            AND EXISTS (SELECT 1 FROM people p WHERE p.id = pair.old)
         ORDER BY 1, 3 DESC, 2",
    )
    .bind(known_upto)
    .fetch_all(tx)
    .await?;
    Ok(pairs
        .into_iter()
        .filter_map(|(new, old, weighs)| Some((new.try_into().ok()?, old.try_into().ok()?, weighs)))
        .collect())
}

/// What rows of this reading are known by, as far as they are as they were written.
async fn staged(tx: &mut SqliteConnection, sealer: &Sealer, ids: &str) -> Result<BTreeMap<u32, Identity>> {
    let sound = bond::staged_sound(tx, sealer.bonds(), ids).await?;
    let rows = sqlx::query(
        "SELECT d.id, d.key, d.profile, d.evidence, d.password, d.source_row, c.names, NULL AS sent_login
         FROM next_details d LEFT JOIN row_columns c ON c.id = d.row_columns WHERE d.id IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(tx)
    .await?;
    let mut known = BTreeMap::new();
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        if let Ok(number) = u32::try_from(id)
            && sound.contains(&id)
        {
            known.insert(number, identity::of_row(sealer, row, None));
        }
    }
    Ok(known)
}

/// Who of these is in this reading.
async fn present(tx: &mut SqliteConnection, ids: impl Iterator<Item = u32>) -> Result<BTreeSet<u32>> {
    let ids = store::to_json(&ids.collect::<Vec<_>>())?;
    let sql = "SELECT id FROM next_people WHERE id IN (SELECT value FROM json_each(?))";
    let there: Vec<i64> = sqlx::query_scalar(sql).bind(ids).fetch_all(tx).await?;
    Ok(there.into_iter().filter_map(|id| id.try_into().ok()).collect())
}

/// Gives rows another number, in all tables that are about people. The caller binds them anew.
pub(in crate::workspace) async fn renumber(
    tx: &mut SqliteConnection,
    prefix: &'static str,
    moved: &[(u32, u32)],
) -> Result<()> {
    if moved.is_empty() {
        return Ok(());
    }
    sqlx::raw_sql(
        "CREATE TEMP TABLE IF NOT EXISTS renumbered (was INTEGER PRIMARY KEY, now INTEGER NOT NULL); DELETE FROM renumbered;",
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO renumbered SELECT value ->> 0, value ->> 1 FROM json_each(?)")
        .bind(store::to_json(moved)?)
        .execute(&mut *tx)
        .await?;
    for table in TABLES {
        let number = if ["findings", "memberships"].contains(&table) { "person" } else { "id" };
        let table = format!("{prefix}{table}");
        let sql = format!(
            "UPDATE {table} SET {number} = (SELECT r.now FROM renumbered r WHERE r.was = {table}.{number})
             WHERE {number} IN (SELECT was FROM renumbered)"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    sqlx::query("INSERT OR IGNORE INTO dirty SELECT now FROM renumbered").execute(tx).await?;
    Ok(())
}

/// Gives people a key of their own whose key somebody else has. Whose entry is not theirs gets it as well, and stays as it is otherwise:
/// not trusted.
async fn give_up_keys(sealer: &Sealer, tx: &mut SqliteConnection, ids: Vec<u32>) -> Result<()> {
    let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
    for some in ids.chunks(PORTION) {
        let who = store::to_json(some)?;
        let faults = bond::faults(tx, sealer.bonds(), &who).await?;
        let rows = sqlx::query(
            "SELECT id, key, password, source_row FROM details WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(&who)
        .fetch_all(&mut *tx)
        .await?;
        let mut changed = Vec::new();
        for row in &rows {
            let id: i64 = row.try_get("id")?;
            // What is no text is nobody's key by now.
            let Ok(old) = row.try_get::<String, _>("key") else { continue };
            let new = former_key(&old, id.try_into().unwrap_or(u32::MAX));
            let mut reseal = |kind, blob: &[u8]| {
                let clear = sealer.open(kind, &old, blob).ok()?;
                Some(sealer.seal(kind, &new, clear.expose(), &mut nonces))
            };
            let password = row.try_get::<Option<&[u8]>, _>("password").ok().flatten();
            let password = password.and_then(|blob| reseal(BlobKind::Password, blob));
            let source_row = row.try_get::<Option<&[u8]>, _>("source_row").ok().flatten();
            let source_row = source_row.and_then(|blob| reseal(BlobKind::Row, blob));
            sqlx::query(
                "UPDATE details SET key = ?, password = ?, source_row = coalesce(?, source_row) WHERE id = ?",
            )
            .bind(&new)
            .bind(password)
            .bind(source_row)
            .bind(id)
            .execute(&mut *tx)
            .await?;
            if !faults.contains_key(&id) {
                changed.push(id);
            }
        }
        bond::rebind(tx, sealer.bonds(), &store::to_json(&changed)?).await?;
    }
    Ok(())
}
