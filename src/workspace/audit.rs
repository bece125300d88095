//! A look through everyone: whoever was changed in the file by something other than this program is told, and not passed over.
//!
//! Who is sent is checked when they are claimed, and who signs in when they do. But the columns of `people` say who that is in the first
//! place: someone marked as gone, as left out or as sent is never asked for. So before a run everyone's entry is compared with what is
//! bound to them. Whoever does not fit and waits becomes a failure with the reason; what lists and tallies hold of them is put right
//! from what is bound, so that they are shown and counted. Nothing is bound anew here.
//!
//! The index of logins (`texts`), by which the password hook finds people, is compared too, and made anew where it disagrees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::bond::{self, Census, Fault};
use super::change;
use super::error::Result;
use super::import::{CUT_OFF, UNSENT};
use super::open::Workspace;
use super::search;
use super::store::{self, Folded};
use crate::model::Profile;

/// People looked at together: bounds memory.
const PORTION: i64 = 1000;

/// What a look through everyone found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    /// People whose entry was changed by something other than this program: they are neither sent nor let in.
    pub changed: u64,
    /// People who were read and are not in the file any more.
    pub missing: u64,
    /// Entries of nobody who was ever read: thrown away.
    pub strangers: u64,
    /// Entries of the index of names and logins that were made anew.
    pub mended: u64,
}

impl Audit {
    /// Whether everything is as this program left it.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

/// What the index and the lists must hold of someone.
struct Mend {
    id: i64,
    name: String,
    login: String,
    folded: Folded,
}

impl Workspace {
    /// Looks through everyone, some 15 µs each, and puts right what can be: before a run, a check, or resets. Others may read and write
    /// meanwhile. Opened beside another Causeway, only the index is put right.
    pub async fn audit(&self) -> Result<Audit> {
        let mut audit = Audit::default();
        if !self.0.guest {
            (audit.missing, audit.strangers) = self.count_people().await?;
        }
        let mut last = -1_i64;
        loop {
            let mut tx = self.0.readers.begin().await?;
            let Some(ids) = next(&mut tx, &mut last).await? else { break };
            let faults = bond::faults(&mut tx, self.0.sealer.bonds(), &ids).await?;
            let off = off_index(&mut tx, &ids, &faults).await?;
            tx.commit().await?;
            audit.changed += faults.len() as u64;
            if !faults.is_empty() && !self.0.guest {
                self.put_right(&store::to_json(&faults.keys().collect::<Vec<_>>())?).await?;
            }
            audit.mended += self.mend_index(&off).await?;
        }
        if !self.0.guest {
            self.fit_tallies().await?;
        }
        if !audit.is_clean() {
            tracing::warn!(
                changed = audit.changed,
                missing = audit.missing,
                strangers = audit.strangers,
                index = audit.mended,
                "the migration's file was changed by something other than Causeway; the index of logins was made anew where it disagreed"
            );
        }
        Ok(audit)
    }

    /// How many who were read are missing, and how many were there who never were: those are thrown away.
    async fn count_people(&self) -> Result<(u64, u64)> {
        let mut tx = self.0.readers.begin().await?;
        let Some(census) = bond::census(&mut tx, self.0.sealer.bonds()).await? else { return Ok((0, 0)) };
        let (there, strangers): (i64, bool) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM people WHERE id BETWEEN 1 AND ?1),
                EXISTS (SELECT 1 FROM people WHERE id > ?1 OR id < 1) OR EXISTS (SELECT 1 FROM texts WHERE id > ?1 OR id < 1)
                OR EXISTS (SELECT 1 FROM details WHERE id > ?1 OR id < 1)",
        )
        .bind(census.upto)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut thrown = 0;
        if strangers {
            let mut tx = self.begin().await?;
            thrown = drop_strangers(&mut tx, self.0.sealer.bonds()).await?;
            self.commit(tx).await?;
        }
        Ok((u64::try_from(census.people - there).unwrap_or(0), thrown))
    }

    /// Of people (a JSON list of numbers) whose entry is not theirs: puts the columns that lists and runs go by back to what is bound to
    /// them, as far as that is known, and whoever waits down as failed.
    async fn put_right(&self, ids: &str) -> Result<()> {
        let bonds = self.0.sealer.bonds();
        let mut tx = self.begin().await?;
        change::begin(&mut tx).await?;
        let faults = bond::faults(&mut tx, bonds, ids).await?;
        let who = store::to_json(&faults.keys().collect::<Vec<_>>())?;
        sqlx::query("INSERT INTO chosen SELECT value FROM json_each(?)").bind(&who).execute(&mut *tx).await?;
        change::touch(&mut tx, None, "SELECT id FROM chosen").await?;
        let now = bond::now(&mut tx, bonds).await?;
        for sql in AS_WRITTEN {
            sqlx::query(sql).bind(now.reading).execute(&mut *tx).await?;
        }
        // Whoever still does not fit is shown among those who are there, whatever is said of them.
        let still = bond::faults(&mut tx, bonds, &who).await?;
        let of = |fault: Fault| -> Result<String> {
            store::to_json(
                &still.iter().filter(|(_, found)| **found == fault).map(|(id, _)| id).collect::<Vec<_>>(),
            )
        };
        // Nobody is counted twice, as changed and as gone.
        for fault in [Fault::Read, Fault::Decided] {
            sqlx::query("UPDATE people SET gone = 0 WHERE id IN (SELECT value FROM json_each(?))")
                .bind(of(fault)?)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query(
            "UPDATE people SET name = '', login = '', finding_severity = NULL, finding_text = NULL
             WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(of(Fault::Listed)?)
        .execute(&mut *tx)
        .await?;
        let waiting: BTreeSet<i64> = sqlx::query_scalar::<_, i64>(
            "SELECT p.id FROM chosen c CROSS JOIN people p ON p.id = c.id WHERE p.outcome = 0",
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .collect();
        // Who was left out or gone all along, and only shown wrongly, is no failure.
        let stayed: BTreeSet<i64> = sqlx::query_scalar::<_, i64>(
            "SELECT p.id FROM chosen c CROSS JOIN people p ON p.id = c.id WHERE p.gone = 1 OR p.state > 2",
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .collect();
        let (mut unsent, mut cut_off) = (BTreeMap::new(), BTreeMap::new());
        for (id, fault) in faults {
            match fault {
                Fault::Sent => cut_off.insert(id, fault),
                Fault::Listed if stayed.contains(&id) => None,
                _ if waiting.contains(&id) => unsent.insert(id, fault),
                _ => None,
            };
        }
        let at = self.now();
        self.put_down(&mut tx, &cut_off, CUT_OFF, at).await?;
        self.put_down(&mut tx, &unsent, UNSENT, at).await?;
        change::recount(&mut tx).await?;
        change::tally_groups(&mut tx).await?;
        self.commit(tx).await
    }

    /// Makes the entries of these people in the index anew where they still disagree with what is bound. How many.
    async fn mend_index(&self, off: &[Mend]) -> Result<u64> {
        if off.is_empty() {
            return Ok(0);
        }
        let ids = &store::to_json(&off.iter().map(|mend| mend.id).collect::<Vec<_>>())?;
        let mut tx = self.begin().await?;
        // Others may have changed them since they were looked at.
        let faults = bond::faults(&mut tx, self.0.sealer.bonds(), ids).await?;
        let off = off_index(&mut tx, ids, &faults).await?;
        for mend in &off {
            sqlx::query("INSERT OR REPLACE INTO texts (id, name, login, email) VALUES (?, ?, ?, ?)")
                .bind(mend.id)
                .bind(&mend.folded.name)
                .bind(&mend.folded.login)
                .bind(&mend.folded.email)
                .execute(&mut *tx)
                .await?;
            sqlx::query("UPDATE people SET name = ?, login = ? WHERE id = ?")
                .bind(&mend.name)
                .bind(&mend.login)
                .bind(mend.id)
                .execute(&mut *tx)
                .await?;
        }
        if !self.0.guest {
            change::begin(&mut tx).await?;
            let who = store::to_json(&off.iter().map(|mend| mend.id).collect::<Vec<_>>())?;
            sqlx::query("INSERT INTO chosen SELECT value FROM json_each(?)")
                .bind(who)
                .execute(&mut *tx)
                .await?;
            search::update_chosen(&mut tx).await?;
        }
        self.commit(tx).await?;
        Ok(off.len() as u64)
    }

    /// Counts everyone anew where the tallies are not what counting gives: some 1 s a million.
    async fn fit_tallies(&self) -> Result<()> {
        let mut reader = self.0.readers.begin().await?;
        let fit = change::tallies_fit(&mut reader).await?;
        reader.commit().await?;
        if !fit {
            let mut tx = self.begin().await?;
            change::count_anew(&mut tx).await?;
            self.commit(tx).await?;
        }
        Ok(())
    }

    /// Keeps the index of logins right while a password hook answers by it: looks through it at once, and again when a login was asked
    /// for that nobody has. Ends when the workspace is closed. Takes at most a twentieth of the time.
    pub fn keep_index(&self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let weak = Arc::downgrade(&self.0);
        let asked = Arc::clone(&self.0.missed);
        runtime.spawn(async move {
            loop {
                let Some(inner) = weak.upgrade() else { return };
                let begun = Instant::now();
                let looked = Self(inner).audit_index().await;
                if let Err(error) = looked {
                    if matches!(error, super::error::WorkspaceError::Closed) {
                        return;
                    }
                    tracing::warn!(%error, "the index of logins could not be looked through");
                }
                tokio::time::sleep((begun.elapsed() * 20).max(REST)).await;
                // Woken by who was not found; now and then also by itself, so that a closed workspace is let go of.
                let _ = tokio::time::timeout(LONG_REST, asked.notified()).await;
            }
        });
    }

    /// Only the index: what a password hook needs.
    async fn audit_index(&self) -> Result<u64> {
        let (mut last, mut mended) = (-1_i64, 0);
        loop {
            let mut tx = self.0.readers.begin().await?;
            let Some(ids) = next(&mut tx, &mut last).await? else { return Ok(mended) };
            let off = off_index(&mut tx, &ids, &BTreeMap::new()).await?;
            tx.commit().await?;
            let made = self.mend_index(&off).await?;
            mended += made;
            if made > 0 {
                tracing::warn!(
                    people = made,
                    "the index of logins was changed in the migration's file by something other than Causeway; it was made anew from what is bound to each person"
                );
            }
        }
    }
}

/// How long the index is left alone at least.
const REST: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_secs(5) };
/// How long it is left alone where nobody was missed.
const LONG_REST: Duration = Duration::from_mins(10);

/// What is put back, of the chosen: each column to a value that this program writes, and what follows from others to what follows. Bound
/// values that were changed can't be known any more; their tag still says that they were.
const AS_WRITTEN: [&str; 4] = [
    "UPDATE people SET
        row_no = iif(typeof(row_no) = 'integer' AND row_no BETWEEN 1 AND 4294967295, row_no, id),
        name = iif(typeof(name) = 'text' AND length(name) < 1000, name, ''),
        login = iif(typeof(login) = 'text' AND length(login) < 1000, login, ''),
        scheme = iif(typeof(scheme) = 'integer', scheme, 0),
        route = iif(typeof(route) = 'integer' AND route BETWEEN 0 AND 2, route, 2),
        reading = iif(typeof(reading) = 'integer', reading, -1),
        default_out = iif(typeof(default_out) = 'integer' AND default_out BETWEEN 0 AND 1, default_out, 0),
        left_out = 0, state = 0, gone = 0, blocks = 0, finding_count = 0,
        outcome = coalesce((SELECT m.outcome FROM memory m WHERE m.person = people.id
            AND typeof(m.outcome) = 'integer' AND m.outcome BETWEEN 0 AND 6), 0)
     WHERE id IN (SELECT id FROM chosen) AND ?1 IS NOT NULL",
    "UPDATE people SET
        gone = (reading <> ?1),
        left_out = coalesce((SELECT m.left_out FROM memory m WHERE m.person = people.id
            AND typeof(m.left_out) = 'integer' AND m.left_out BETWEEN 0 AND 1), default_out),
        blocks = (SELECT count(*) FROM findings f WHERE f.person = people.id AND f.severity = 2),
        finding_count = (SELECT count(*) FROM findings f WHERE f.person = people.id)
     WHERE id IN (SELECT id FROM chosen)",
    "UPDATE people SET (finding_severity, finding_text) = (SELECT f.severity, substr(f.text, 1, 1000) FROM findings f
        WHERE f.person = people.id AND f.severity BETWEEN 0 AND 2 AND typeof(f.text) = 'text'
        ORDER BY f.severity DESC, f.place LIMIT 1)
     WHERE id IN (SELECT id FROM chosen) AND ?1 IS NOT NULL",
    "UPDATE people SET state = CASE WHEN left_out THEN 4 WHEN blocks > 0 THEN 3 ELSE route END
     WHERE id IN (SELECT id FROM chosen) AND ?1 IS NOT NULL",
];

/// The next people after `last`, as a JSON list of numbers; none at the end.
async fn next(connection: &mut SqliteConnection, last: &mut i64) -> Result<Option<String>> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM people WHERE id > ? ORDER BY id LIMIT ?")
        .bind(*last)
        .bind(PORTION)
        .fetch_all(connection)
        .await?;
    let Some(end) = ids.last() else { return Ok(None) };
    *last = *end;
    Ok(Some(store::to_json(&ids)?))
}

/// Who of these (a JSON list of numbers), those with a fault excepted, stands in the index or in lists under another name or login than
/// is bound to them, or not at all.
async fn off_index(
    connection: &mut SqliteConnection,
    ids: &str,
    faults: &BTreeMap<i64, Fault>,
) -> Result<Vec<Mend>> {
    let edits = store::edits(connection, ids).await?;
    let rows = sqlx::query(
        "SELECT d.id, CAST(d.profile AS BLOB) AS profile, CAST(p.name AS BLOB) AS shown, CAST(p.login AS BLOB) AS shown_login, t.id AS known,
            CAST(t.name AS BLOB) AS name, CAST(t.login AS BLOB) AS login, CAST(t.email AS BLOB) AS email
         FROM people p CROSS JOIN details d ON d.id = p.id LEFT JOIN texts t ON t.id = p.id
         WHERE p.id IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let mut off = Vec::new();
    for row in rows {
        let id: i64 = row.try_get("id")?;
        let original = row
            .try_get::<&[u8], _>("profile")
            .ok()
            .and_then(|json| serde_json::from_slice::<Profile>(json).ok());
        let Some(original) = original.filter(|_| !faults.contains_key(&id)) else { continue };
        let profile = store::overlay(&original, edits.get(&id));
        let folded = Folded::of(&profile);
        let (name, login) = (store::shorten(&profile.display_name()), store::shorten(profile.login()));
        let is = |column: &str, text: Option<&str>| -> Result<bool> {
            Ok(row.try_get::<Option<&[u8]>, _>(column)? == text.map(str::as_bytes))
        };
        let right = row.try_get::<Option<i64>, _>("known")?.is_some()
            && is("name", Some(&folded.name))?
            && is("login", Some(&folded.login))?
            && is("email", folded.email.as_deref())?
            && is("shown", Some(&name))?
            && is("shown_login", Some(&login))?;
        if !right {
            off.push(Mend { id, name, login, folded });
        }
    }
    Ok(off)
}

/// Throws away entries of nobody who was ever read. How many.
pub(super) async fn drop_strangers(tx: &mut SqliteConnection, bonds: &bond::Bonds) -> Result<u64> {
    let Some(Census { upto, .. }) = bond::census(tx, bonds).await? else { return Ok(0) };
    let mut thrown = 0;
    for (table, column) in [
        ("people", "id"),
        ("texts", "id"),
        ("details", "id"),
        ("findings", "person"),
        ("edits", "person"),
        ("memory", "person"),
        ("ledger", "person"),
        ("hook_people", "person"),
        ("resets", "person"),
        ("there", "person"),
    ] {
        let sql = format!("DELETE FROM {table} WHERE {column} > ?1 OR {column} < 1");
        let gone = sqlx::query(AssertSqlSafe(sql)).bind(upto).execute(&mut *tx).await?.rows_affected();
        if column == "id" {
            thrown = thrown.max(gone);
        }
    }
    Ok(thrown)
}
