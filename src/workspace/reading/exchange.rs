//! The end of a reading: in one transaction the people read take the place of those of the reading before, with everything
//! that belongs to their keys.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::super::bond::{self, Bonds, CHANGED_OUTSIDE, Fault};
use super::super::codec;
use super::super::error::{Result, WorkspaceError};
use super::super::open::Workspace;
use super::super::seal::{BlobKind, Nonces, Sealer};
use super::super::store;
use super::super::twins::{self, KEY_DUPLICATE, KEY_PLACE};
use super::super::types::{ReadingSummary, Reassess};
use super::super::{change, held, import, lists, search, shared};
use super::keys::{MOST_DOUBLES, double_key};
use super::stage::{Stage, TABLES};
use super::{found_again, keys};
use crate::model::{Columns, Severity};

pub(super) async fn exchange(
    workspace: &Workspace,
    stage: Stage,
    reading: i64,
    reassess: &dyn Reassess,
) -> Result<ReadingSummary> {
    let mut tx = workspace.begin().await?;
    change::begin(&mut tx).await?;
    let bonds = workspace.0.sealer.bonds();
    let unsound = bond::roll_on(&mut tx, bonds).await?;
    let whole = bond::before(&mut tx, bonds).await?;
    let definitions = indexes(&mut tx).await?;
    let mut tallies = stage.tallies;
    let doubled = index_keys(workspace, &mut tx, reading).await?;
    tallies.add_finding(KEY_DUPLICATE, Severity::Blocks, doubled);
    import::fill_sent_logins(&mut tx, &workspace.0.sealer).await?;
    let found =
        found_again::settle(workspace, &mut tx, stage.known_upto, (stage.displaced, stage.outed)).await?;
    let mut summary = compare(&mut tx, stage.known_upto).await?;
    summary.people = u64::from(stage.rows);
    carry_over(&mut tx).await?;
    for table in TABLES {
        let sql = format!("DROP TABLE {table}; ALTER TABLE next_{table} RENAME TO {table};");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    // From here on it is a change like any other: whoever differs from what was counted while reading is taken out of the
    // tallies before and put back after. Counting everyone here would cost a second a million.
    tallies.write(&mut tx).await?;
    change::put_in_chosen(&mut tx).await?;
    bond::set_reading(&mut tx, bonds, whole, reading).await?;
    doubt(&mut tx, bonds, &unsound, workspace.now()).await?;
    let sent_unsound: Vec<i64> =
        unsound.iter().filter(|(_, fault)| *fault == Fault::Sent).map(|(id, _)| *id).collect();
    let rebound: Vec<i64> = found.rebound.into_iter().filter(|id| !sent_unsound.contains(id)).collect();
    bond::renew_sent(&mut tx, bonds, &store::to_json(&rebound)?).await?;
    held::keep(&mut tx, bonds, &found.held).await?;
    change::touch(&mut tx, None, "SELECT id FROM dirty").await?;
    change::touch(&mut tx, None, "SELECT person FROM memory WHERE person IN (SELECT id FROM people)").await?;
    remember(&mut tx).await?;
    held::tell(&mut tx, held::EVERYONE).await?;
    for definition in definitions {
        sqlx::raw_sql(AssertSqlSafe(definition)).execute(&mut *tx).await?;
    }
    shared::weigh_read(&mut tx, &workspace.0.sealer).await?;
    let edited: Vec<u32> =
        sqlx::query_scalar("SELECT DISTINCT person FROM edits WHERE person IN (SELECT id FROM people)")
            .fetch_all(&mut *tx)
            .await?;
    let edited: Vec<_> = edited.into_iter().map(super::super::types::PersonId).collect();
    sqlx::query("INSERT OR IGNORE INTO dirty SELECT value FROM json_each(?)")
        .bind(change::list(&edited))
        .execute(&mut *tx)
        .await?;
    change::touch(&mut tx, None, "SELECT id FROM dirty").await?;
    store::assess_again(&mut tx, &workspace.0.sealer, &edited, reassess).await?;
    twins::watch_all(&mut tx).await?;
    change::touch(&mut tx, None, "SELECT id FROM dirty").await?;
    twins::recompute(&mut tx).await?;
    change::settle_read(&mut tx, bonds).await?;
    change::tally_groups(&mut tx).await?;
    change::begin(&mut tx).await?;
    workspace.0.search.send_modify(|index| index.ready = false);
    search::clear(&mut tx).await?;
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let sent_changed: i64 =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) {}", import::CHANGED_SINCE_SENT)))
            .fetch_one(&mut *tx)
            .await?;
    sqlx::query(
        "UPDATE readings SET state = 'complete', ended = ?, people = ?, added = ?, changed = ?, unchanged = ?, gone = ?, sent_changed = ?
         WHERE id = ?",
    )
    .bind(workspace.now())
    .bind(number(summary.people))
    .bind(number(summary.added))
    .bind(number(summary.changed))
    .bind(number(summary.unchanged))
    .bind(number(summary.gone))
    .bind(sent_changed)
    .bind(reading)
    .execute(&mut *tx)
    .await?;
    workspace.commit(tx).await?;
    Ok(summary)
}

/// Makes the index of the new people's keys, by which they are known again; where keys are doubled, once each has its own. How
/// many had to be given one.
///
/// It is named after the reading: the index of the people before still has its name, and making it twice costs seconds.
async fn index_keys(workspace: &Workspace, tx: &mut SqliteConnection, reading: i64) -> Result<i64> {
    let unique = format!("CREATE UNIQUE INDEX {KEYS}_{reading} ON next_details (key)");
    match sqlx::raw_sql(AssertSqlSafe(unique.clone())).execute(&mut *tx).await {
        Ok(_) => return Ok(0),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
        Err(error) => return Err(error.into()),
    }
    sqlx::query("CREATE INDEX next_details_by_key ON next_details (key)").execute(&mut *tx).await?;
    separate_keys(workspace, &mut *tx).await?;
    let doubles: Vec<i64> = sqlx::query_scalar("SELECT id FROM doubles").fetch_all(&mut *tx).await?;
    for some in doubles.chunks(1000) {
        bond::renew_read(tx, workspace.0.sealer.bonds(), "next_details", &store::to_json(some)?).await?;
    }
    sqlx::query("DROP INDEX next_details_by_key").execute(&mut *tx).await?;
    sqlx::raw_sql(AssertSqlSafe(unique)).execute(&mut *tx).await?;
    Ok(sqlx::query_scalar("SELECT count(*) FROM doubles").fetch_one(tx).await?)
}

/// How the name of the index of keys begins.
const KEYS: &str = "details_by_key";

/// How the indexes of the exchanged tables are made, that of the keys and those built behind excepted.
async fn indexes(tx: &mut SqliteConnection) -> Result<Vec<String>> {
    let list = store::to_json(&TABLES)?;
    Ok(sqlx::query_scalar(
        "SELECT sql FROM sqlite_master
         WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(?))
            AND substr(name, 1, length(?2)) <> ?2 AND name NOT IN (SELECT value FROM json_each(?3))",
    )
    .bind(list)
    .bind(KEYS)
    .bind(store::to_json(&lists::NAMES)?)
    .fetch_all(tx)
    .await?)
}

/// The second and later rows of one key get keys of their own, and a finding that blocks. The first in the source's order,
/// or the one known before, keeps the key.
async fn separate_keys(workspace: &Workspace, tx: &mut SqliteConnection) -> Result<()> {
    let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
    sqlx::raw_sql(
        "CREATE TEMP TABLE IF NOT EXISTS doubles (id INTEGER PRIMARY KEY, nth INTEGER NOT NULL, first_row INTEGER NOT NULL, first_id INTEGER NOT NULL);
         DELETE FROM doubles;
         WITH doubled AS (SELECT key FROM next_details GROUP BY key HAVING count(*) > 1),
             numbered AS (SELECT d.id, row_number() OVER (PARTITION BY d.key ORDER BY d.id) AS nth,
                first_value(p.row_no) OVER (PARTITION BY d.key ORDER BY d.id) AS first_row,
                first_value(d.id) OVER (PARTITION BY d.key ORDER BY d.id) AS first_id
                FROM doubled b JOIN next_details d ON d.key = b.key JOIN next_people p ON p.id = d.id)
         INSERT INTO doubles SELECT id, nth, first_row, first_id FROM numbered WHERE nth > 1;
         INSERT OR IGNORE INTO dirty SELECT id FROM doubles;",
    )
    .execute(&mut *tx)
    .await?;
    let mut last = 0_i64;
    loop {
        let doubles = sqlx::query(
            "SELECT n.id, n.nth, n.first_row, d.key, d.password, d.source_row, c.names, f.source_row AS first_source_row
             FROM doubles n JOIN next_details d ON d.id = n.id JOIN row_columns c ON c.id = d.row_columns
             JOIN next_details f ON f.id = n.first_id WHERE n.id > ? ORDER BY n.id LIMIT 1000",
        )
        .bind(last)
        .fetch_all(&mut *tx)
        .await?;
        if doubles.is_empty() {
            return Ok(());
        }
        for double in doubles {
            let id: i64 = double.try_get("id")?;
            last = id;
            let key: String = double.try_get("key")?;
            let row: i64 = double.try_get("first_row")?;
            let own = free_key(tx, &key, double.try_get("nth")?, id).await?;
            let sealer = &workspace.0.sealer;
            let reseal = |kind, blob: &[u8], nonces: &mut Nonces| -> Result<Vec<u8>> {
                let clear = sealer.open(kind, &key, blob);
                let clear = clear
                    .map_err(|e| WorkspaceError::damaged("a sealed value does not open", e.to_string()))?;
                Ok(sealer.seal(kind, &own, clear.expose(), nonces))
            };
            let password: Option<Vec<u8>> = double.try_get("password")?;
            let password = password.map(|blob| reseal(BlobKind::Password, &blob, &mut nonces)).transpose()?;
            let source_row: Vec<u8> = double.try_get("source_row")?;
            let said = said_of(sealer, &key, row, &double, &source_row)?;
            let source_row = reseal(BlobKind::Row, &source_row, &mut nonces)?;
            sqlx::query(
                "UPDATE next_details SET key = ?, password = ?, source_row = ?, tag = NULL WHERE id = ?",
            )
            .bind(&own)
            .bind(password)
            .bind(source_row)
            .bind(id)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT INTO next_findings (person, place, code, severity, attribute, text)
                 VALUES (?, ?, ?, 2, NULL, ?)",
            )
            .bind(id)
            .bind(KEY_PLACE)
            .bind(KEY_DUPLICATE)
            .bind(said)
            .execute(&mut *tx)
            .await?;
        }
    }
}

/// What is said of a doubled row: the row whose key it has, and in which columns they differ.
fn said_of(sealer: &Sealer, key: &str, row: i64, double: &SqliteRow, own: &[u8]) -> Result<String> {
    let values = |blob: &[u8]| {
        let clear = sealer.open(BlobKind::Row, key, blob).ok()?;
        codec::decode_row(clear.expose()).ok()
    };
    let names = Columns::new(store::json::<Vec<String>>("columns", double.try_get("names")?)?);
    let first = values(double.try_get("first_source_row")?).unwrap_or_default();
    let own = values(own).unwrap_or_default();
    Ok(keys::doubled(row, &names, &first, &own))
}

/// A key nobody has: the doubled one and a number. The same place in the source gets the same one at the next reading, as
/// long as the rows before it stay.
async fn free_key(tx: &mut SqliteConnection, key: &str, nth: u32, id: i64) -> Result<String> {
    for number in nth..=MOST_DOUBLES {
        let own = double_key(key, number);
        let taken: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM next_details WHERE key = ?1)
                OR EXISTS (SELECT 1 FROM details WHERE key = ?1 AND id <> ?2)",
        )
        .bind(&own)
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
        if !taken {
            return Ok(own);
        }
    }
    Ok(format!("{key}\u{1f}\u{1f}#{id}"))
}

/// What is new, changed, unchanged and gone since the reading before.
async fn compare(tx: &mut SqliteConnection, known_upto: u32) -> Result<ReadingSummary> {
    if known_upto == 0 {
        let added: i64 = sqlx::query_scalar("SELECT count(*) FROM next_people").fetch_one(tx).await?;
        return Ok(ReadingSummary { added: u64::try_from(added).unwrap_or(0), ..ReadingSummary::default() });
    }
    let (added, same, changed, gone): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT
            (SELECT count(*) FROM next_people n LEFT JOIN people o ON o.id = n.id WHERE o.id IS NULL OR o.gone = 1),
            (SELECT count(*) FROM next_details n JOIN details o ON o.id = n.id JOIN people p ON p.id = n.id
                WHERE p.gone = 0 AND n.fingerprint = o.fingerprint),
            (SELECT count(*) FROM next_details n JOIN details o ON o.id = n.id JOIN people p ON p.id = n.id
                WHERE p.gone = 0 AND n.fingerprint <> o.fingerprint),
            (SELECT count(*) FROM people WHERE gone = 0 AND id NOT IN (SELECT id FROM next_people))",
    )
    .fetch_one(tx)
    .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(ReadingSummary {
        people: 0,
        added: count(added),
        changed: count(changed),
        unchanged: count(same),
        gone: count(gone),
    })
}

/// People who are gone stay on record, marked. What stands where something must, and is nothing, keeps nobody else from it: what such
/// a row decides is not believed anyhow.
async fn carry_over(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "DELETE FROM chosen;
         INSERT INTO chosen SELECT id FROM people WHERE id NOT IN (SELECT id FROM next_people);
         UPDATE people SET row_no = coalesce(row_no, id), name = coalesce(name, ''), login = coalesce(login, ''), scheme = coalesce(scheme, 0),
            route = coalesce(route, 2), state = coalesce(state, 3), outcome = coalesce(outcome, 0), left_out = coalesce(left_out, 0),
            default_out = coalesce(default_out, 0), gone = 1, blocks = coalesce(blocks, 1), finding_count = coalesce(finding_count, 0),
            reading = coalesce(reading, -1) WHERE id IN (SELECT id FROM chosen);
         INSERT INTO next_people SELECT * FROM people WHERE id IN (SELECT id FROM chosen);
         UPDATE next_people SET gone = 1 WHERE id IN (SELECT id FROM chosen);
         INSERT OR IGNORE INTO next_texts SELECT * FROM texts WHERE id IN (SELECT id FROM chosen);
         INSERT OR IGNORE INTO next_details SELECT * FROM details WHERE id IN (SELECT id FROM chosen);
         INSERT OR IGNORE INTO next_findings SELECT * FROM findings WHERE person IN (SELECT id FROM chosen) AND place NOT IN (1000, 1001, 1005);
         INSERT OR IGNORE INTO next_memberships SELECT * FROM memberships WHERE person IN (SELECT id FROM chosen);
         INSERT OR IGNORE INTO dirty SELECT id FROM chosen;",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Where the finding of someone stands whose decisions were changed outside.
const DOUBT_PLACE: i64 = 1006;

/// Whose decisions were not theirs before this reading: they are left out until someone has looked, and their edits are gone. Whose
/// record of what was sent was not theirs: it is begun anew as a failure, and a further try finds out in Okta how things are.
async fn doubt(tx: &mut SqliteConnection, bonds: &Bonds, unsound: &[(i64, Fault)], now: i64) -> Result<()> {
    if unsound.is_empty() {
        return Ok(());
    }
    let of = |fault: Fault| -> Result<String> {
        let ids = unsound.iter().filter(|(_, found)| *found == fault).map(|(id, _)| *id);
        store::to_json(&ids.collect::<Vec<_>>())
    };
    let decided = of(Fault::Decided)?;
    // Who is gone goes on as they are: not trusted.
    sqlx::query("INSERT OR IGNORE INTO unsound SELECT p.id FROM people p JOIN json_each(?) j ON p.id = j.value WHERE p.gone = 1")
        .bind(&decided)
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM edits WHERE person IN (SELECT value FROM json_each(?))")
        .bind(&decided)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO memory (person, left_out) SELECT value, 1 FROM json_each(?) WHERE true
         ON CONFLICT DO UPDATE SET left_out = 1",
    )
    .bind(&decided)
    .execute(&mut *tx)
    .await?;
    // Taken out of what is counted before they have it: else it would be counted once too few.
    sqlx::query("INSERT OR IGNORE INTO dirty SELECT value FROM json_each(?)")
        .bind(&decided)
        .execute(&mut *tx)
        .await?;
    change::touch(tx, None, "SELECT id FROM dirty").await?;
    sqlx::query(
        "INSERT OR REPLACE INTO findings (person, place, code, severity, attribute, text)
         SELECT value, ?, ?, 1, NULL, 'Changed in the file by something other than Causeway before this read. Edits of this person were dropped, and they are left out until you put them back'
         FROM json_each(?)",
    )
    .bind(DOUBT_PLACE)
    .bind(CHANGED_OUTSIDE)
    .bind(&decided)
    .execute(&mut *tx)
    .await?;
    import::doubt_sent(tx, bonds, &of(Fault::Sent)?, now).await
}

/// What was decided about people, and what Okta did with them, holds on.
async fn remember(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "UPDATE people SET outcome = coalesce(m.outcome, 0), left_out = coalesce(m.left_out, people.default_out)
            FROM memory m WHERE m.person = people.id;
         UPDATE people SET state = CASE WHEN left_out THEN 4 WHEN blocks > 0 THEN 3 ELSE route END
            WHERE id IN (SELECT person FROM memory);",
    )
    .execute(tx)
    .await?;
    Ok(())
}
