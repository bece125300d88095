//! The tags of people: made anew after a change, checked before a use.
//!
//! A row is taken apart with nothing assumed: whoever bent it may have put text where a number was. Such a row is a fault of
//! that person, never an error of everyone who was asked about together with them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::super::error::Result;
use super::tag::{Bonds, DecidedParts, ReadParts, SentParts, Tag};
use super::whole;

/// What does not belong to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What was read of them.
    Read,
    /// What was decided about them.
    Decided,
    /// The record of what was sent.
    Sent,
}

/// People looked at together: bounds memory.
const PORTION: i64 = 2000;

const DECIDED: &str =
    "p.id, p.reading, p.gone, p.route, p.state, p.left_out, p.default_out, p.tag, d.key, d.tag AS read,
    m.left_out AS by_hand";
const READ: &str =
    "d.profile, d.groups, d.active, d.last_sign_in, d.mapping_findings, d.evidence, d.password,
    substr(d.source_row, 1, 25) AS row_head, substr(d.source_row, -16) AS row_tail, d.fingerprint, c.names, c.covered";
const JOINED_READ: &str = "LEFT JOIN row_columns c ON c.id = d.row_columns";
const SENT: &str =
    "p.outcome AS shown, m.outcome, m.attempt, m.run, m.claimed, m.recorded, m.okta_id, m.okta_status,
    m.route AS sent_by, m.original, m.sent_fingerprint, m.mark, m.marked, m.tried, m.tag AS sent_tag, h.moved, r.state AS reset";
/// A person without details is one with a fault: they must come up.
const JOINED: &str = "LEFT JOIN details d ON d.id = p.id LEFT JOIN memory m ON m.person = p.id";
const JOINED_SENT: &str = "LEFT JOIN hook_people h ON h.person = p.id LEFT JOIN resets r ON r.person = p.id";

type Bytes = Vec<u8>;
type Edits = HashMap<i64, Vec<(Bytes, Bytes)>>;
/// A row that is not as this program writes it.
type Taken<T> = std::result::Result<T, sqlx::Error>;

fn read_parts(row: &SqliteRow) -> Taken<ReadParts<'_>> {
    Ok(ReadParts {
        key: row.try_get("key")?,
        profile: row.try_get("profile")?,
        groups: row.try_get("groups")?,
        active: row.try_get("active")?,
        last_sign_in: row.try_get("last_sign_in")?,
        mapping_findings: row.try_get("mapping_findings")?,
        evidence: row.try_get("evidence")?,
        password: row.try_get("password")?,
        source_row: [row.try_get("row_head")?, row.try_get("row_tail")?],
        fingerprint: row.try_get("fingerprint")?,
        columns: [row.try_get("names")?, row.try_get("covered")?],
    })
}

fn decided_parts<'a>(row: &'a SqliteRow, edits: &'a Edits) -> Taken<DecidedParts<'a>> {
    let id = row.try_get("id")?;
    Ok(DecidedParts {
        id,
        key: row.try_get("key")?,
        read: row.try_get("read")?,
        reading: row.try_get("reading")?,
        route: row.try_get("route")?,
        state: row.try_get("state")?,
        left_out: row.try_get("left_out")?,
        default_out: row.try_get("default_out")?,
        by_hand: row.try_get("by_hand")?,
        edits: edits.get(&id).map_or(&[], Vec::as_slice),
    })
}

fn sent_parts(row: &SqliteRow) -> Taken<SentParts<'_>> {
    Ok(SentParts {
        id: row.try_get("id")?,
        key: row.try_get("key")?,
        outcome: row.try_get("outcome")?,
        attempt: row.try_get("attempt")?,
        run: row.try_get("run")?,
        claimed: row.try_get("claimed")?,
        recorded: row.try_get("recorded")?,
        okta_id: row.try_get("okta_id")?,
        okta_status: row.try_get("okta_status")?,
        route: row.try_get("sent_by")?,
        original: row.try_get("original")?,
        fingerprint: row.try_get("sent_fingerprint")?,
        mark: row.try_get("mark")?,
        marked: row.try_get("marked")?,
        tried: row.try_get("tried")?,
        moved: row.try_get("moved")?,
        reset: row.try_get("reset")?,
    })
}

fn read_fits(row: &SqliteRow, bonds: &Bonds) -> Taken<bool> {
    Ok(read_parts(row)?.begin(bonds).is(row.try_get("read")?))
}

fn decided_fits(row: &SqliteRow, edits: &Edits, current: i64, bonds: &Bonds) -> Taken<bool> {
    let parts = decided_parts(row, edits)?;
    // Who is not of the current reading is gone; so an entry of an earlier one never stands for someone who is there.
    let present = row.try_get::<i64, _>("gone")? == 0;
    Ok((parts.reading == current) == present && parts.begin(bonds).is(row.try_get("tag")?))
}

fn sent_fits(row: &SqliteRow, bonds: &Bonds) -> Taken<bool> {
    let parts = sent_parts(row)?;
    let tag: Option<&[u8]> = row.try_get("sent_tag")?;
    let bound = if tag.is_none() { parts.is_blank() } else { parts.begin(bonds).is(tag) };
    Ok(bound && row.try_get::<i64, _>("shown")? == parts.outcome.unwrap_or(0))
}

/// The edits of some people as the file has them, by attribute. Those with a row that can't be read have one that fits nothing.
async fn edits_of(connection: &mut SqliteConnection, whose: &str, from: &str) -> Result<Edits> {
    let sql = format!("SELECT person, attribute, value FROM edits {whose} ORDER BY person, attribute");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(from).fetch_all(connection).await?;
    let mut edits = Edits::new();
    for row in rows {
        let Ok(person) = row.try_get::<i64, _>("person") else { continue };
        let of = edits.entry(person).or_default();
        match (row.try_get("attribute"), row.try_get("value")) {
            (Ok(attribute), Ok(value)) => of.push((attribute, value)),
            _ => of.push((Vec::new(), Vec::new())),
        }
    }
    Ok(edits)
}

/// The first and last id of a portion, as a range for `json_each`-less questions.
const RANGE: &str = "WHERE person BETWEEN json_extract(?1, '$[0]') AND json_extract(?1, '$[1]')";

fn range(rows: &[SqliteRow]) -> String {
    let id = |row: Option<&SqliteRow>| row.and_then(|row| row.try_get::<i64, _>("id").ok()).unwrap_or(0);
    format!("[{},{}]", id(rows.first()), id(rows.last()))
}

/// Who of these (a JSON list of numbers) has something that is not theirs. Everyone else may be used.
pub(crate) async fn faults(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    ids: &str,
) -> Result<BTreeMap<i64, Fault>> {
    let current = whole::reading(connection, bonds).await?;
    let edits = edits_of(connection, "WHERE person IN (SELECT value FROM json_each(?1))", ids).await?;
    let sql = format!(
        "SELECT {DECIDED}, {READ}, {SENT} FROM people p {JOINED} {JOINED_READ} {JOINED_SENT}
         WHERE p.id IN (SELECT value FROM json_each(?))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let mut faults = BTreeMap::new();
    for row in &rows {
        let fault = if !read_fits(row, bonds).unwrap_or(false) {
            Fault::Read
        } else if !decided_fits(row, &edits, current, bonds).unwrap_or(false) {
            Fault::Decided
        } else if !sent_fits(row, bonds).unwrap_or(false) {
            Fault::Sent
        } else {
            continue;
        };
        faults.insert(row.try_get("id")?, fault);
    }
    Ok(faults)
}

/// Which temporary table is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Whom a change is for, before anything changes.
    Chosen,
    /// Whom it touches besides: the chosen may have been changed already, and were looked at before.
    Fresh,
}

/// Puts those of a temporary table whose decisions are not theirs into the table `unsound`: nothing of them is bound anew.
pub(crate) async fn note_unsound(tx: &mut SqliteConnection, bonds: &Bonds, of: Of) -> Result<()> {
    let (table, others) = match of {
        Of::Chosen => ("chosen", ""),
        Of::Fresh => ("fresh", "AND f.id NOT IN (SELECT id FROM chosen)"),
    };
    let current = whole::reading(tx, bonds).await?;
    let mut last = -1_i64;
    loop {
        let sql = format!(
            "SELECT {DECIDED} FROM {table} f CROSS JOIN people p ON p.id = f.id {JOINED}
             WHERE f.id > ? {others} ORDER BY f.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get("id")?;
        let edits = edits_of(tx, RANGE, &range(&rows)).await?;
        let mut unsound = Vec::new();
        for row in &rows {
            if !decided_fits(row, &edits, current, bonds).unwrap_or(false) {
                unsound.push(row.try_get::<i64, _>("id")?);
            }
        }
        if !unsound.is_empty() {
            sqlx::query("INSERT OR IGNORE INTO unsound SELECT value FROM json_each(?)")
                .bind(super::super::store::to_json(&unsound)?)
                .execute(&mut *tx)
                .await?;
        }
    }
}

/// Binds the decisions of everyone in a temporary table as they are now, those in `unsound` excepted.
pub(crate) async fn renew_decided(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    table: &'static str,
) -> Result<()> {
    let mut last = -1_i64;
    loop {
        let sql = format!(
            "SELECT {DECIDED} FROM {table} f CROSS JOIN people p ON p.id = f.id {JOINED}
             WHERE f.id > ? AND f.id NOT IN (SELECT id FROM unsound) ORDER BY f.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get("id")?;
        let edits = edits_of(tx, RANGE, &range(&rows)).await?;
        let mut tags = Tags::default();
        for row in &rows {
            if let Ok(parts) = decided_parts(row, &edits) {
                tags.add(parts.id, Some(parts.begin(bonds).tag()));
            }
        }
        tags.write(tx, "people", "id").await?;
    }
}

/// Binds what was read of these people (a JSON list of numbers) as it stands in a table of details.
pub(crate) async fn renew_read(
    tx: &mut SqliteConnection,
    bonds: &Bonds,
    table: &'static str,
    ids: &str,
) -> Result<()> {
    let sql = format!(
        "SELECT d.id, d.key, {READ} FROM {table} d {JOINED_READ} WHERE d.id IN (SELECT value FROM json_each(?))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(&mut *tx).await?;
    let mut tags = Tags::default();
    for row in &rows {
        let tag = read_parts(row).ok().map(|parts| parts.begin(bonds).tag());
        tags.add(row.try_get("id")?, tag);
    }
    tags.write(tx, table, "id").await
}

/// Binds these people (a JSON list of numbers), whose tags fitted, anew after their key was changed.
pub(crate) async fn rebind(tx: &mut SqliteConnection, bonds: &Bonds, ids: &str) -> Result<()> {
    renew_read(tx, bonds, "details", ids).await?;
    let edits = edits_of(tx, "WHERE person IN (SELECT value FROM json_each(?1))", ids).await?;
    let sql =
        format!("SELECT {DECIDED} FROM people p {JOINED} WHERE p.id IN (SELECT value FROM json_each(?))");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(&mut *tx).await?;
    let mut tags = Tags::default();
    for row in &rows {
        if let Ok(parts) = decided_parts(row, &edits) {
            tags.add(parts.id, Some(parts.begin(bonds).tag()));
        }
    }
    tags.write(tx, "people", "id").await?;
    renew_sent(tx, bonds, ids).await
}

/// Binds what was sent of these people (a JSON list of numbers) as it is now.
pub(crate) async fn renew_sent(tx: &mut SqliteConnection, bonds: &Bonds, ids: &str) -> Result<()> {
    let rows = sent_rows(tx, ids).await?;
    let mut tags = Tags::default();
    for row in &rows {
        if let Ok(parts) = sent_parts(row) {
            tags.add(parts.id, (!parts.is_blank()).then(|| parts.begin(bonds).tag()));
        }
    }
    tags.write(tx, "memory", "person").await
}

/// Who of these (a JSON list of numbers) has a record of what was sent that is not theirs.
pub(crate) async fn sent_unsound(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    ids: &str,
) -> Result<Vec<i64>> {
    let rows = sent_rows(connection, ids).await?;
    let mut unsound = Vec::new();
    for row in &rows {
        if !sent_fits(row, bonds).unwrap_or(false) {
            unsound.push(row.try_get("id")?);
        }
    }
    Ok(unsound)
}

async fn sent_rows(connection: &mut SqliteConnection, ids: &str) -> Result<Vec<SqliteRow>> {
    let sql = format!(
        "SELECT p.id, d.key, {SENT} FROM people p {JOINED} {JOINED_SENT}
         WHERE p.id IN (SELECT value FROM json_each(?))"
    );
    Ok(sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?)
}

/// Before people are read again: whose decisions, or whose record of what was sent, are not theirs. Also throws away what belongs
/// to nobody: the next to come must not find edits waiting for them.
pub(crate) async fn roll_on(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<Vec<(i64, Fault)>> {
    for table in ["edits", "memory", "hook_people", "resets", "there"] {
        let sql = format!("DELETE FROM {table} WHERE person NOT IN (SELECT id FROM people)");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    let current = whole::reading(tx, bonds).await?;
    let mut unsound = Vec::new();
    let mut last = -1_i64;
    loop {
        let sql =
            format!("SELECT {DECIDED} FROM people p {JOINED} WHERE p.id > ? ORDER BY p.id LIMIT {PORTION}");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { break };
        last = end.try_get("id")?;
        let edits = edits_of(tx, RANGE, &range(&rows)).await?;
        for row in &rows {
            if !decided_fits(row, &edits, current, bonds).unwrap_or(false) {
                unsound.push((row.try_get("id")?, Fault::Decided));
            }
        }
    }
    last = -1;
    loop {
        let sql = format!(
            "SELECT p.id, d.key, {SENT} FROM people p {JOINED} {JOINED_SENT}
             WHERE p.id > ? AND (m.person IS NOT NULL OR p.outcome <> 0 OR h.moved IS NOT NULL OR r.person IS NOT NULL)
             ORDER BY p.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(unsound) };
        last = end.try_get("id")?;
        for row in &rows {
            if !sent_fits(row, bonds).unwrap_or(false) {
                unsound.push((row.try_get("id")?, Fault::Sent));
            }
        }
    }
}

/// Tags on their way into a table, many to a statement.
#[derive(Default)]
struct Tags(String);

impl Tags {
    fn add(&mut self, id: i64, tag: Option<Tag>) {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        let tag = tag.map(hex::encode).unwrap_or_default();
        let _ = write!(self.0, "[{id},\"{tag}\"]");
    }

    async fn write(mut self, tx: &mut SqliteConnection, table: &str, by: &str) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.push(']');
        let sql = format!(
            "UPDATE {table} SET tag = unhex(nullif(j.value ->> 1, '')) FROM json_each(?) j WHERE {table}.{by} = (j.value ->> 0)"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(self.0).execute(tx).await?;
        Ok(())
    }
}
