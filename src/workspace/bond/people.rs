//! The tags of people: made anew after a change, checked before a use.
//!
//! A row is taken apart with nothing assumed: whoever bent it may have put text where a number was. Such a row is a fault of
//! that person, never an error of everyone who was asked about together with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::super::error::Result;
use super::tag::{Bonds, DecidedParts, ReadParts, SentParts, Tag};
use super::whole::{self, Now};

/// What does not belong to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// What was read of them.
    Read,
    /// What was decided about them.
    Decided,
    /// The record of what was sent.
    Sent,
    /// What lists show of them.
    Listed,
}

/// People looked at together: bounds memory.
const PORTION: i64 = 2000;

const DECIDED: &str =
    "p.id, p.reading, p.gone, p.route, p.state, p.left_out, p.default_out, p.blocks, p.tag, d.key, d.tag AS read,
    m.left_out AS by_hand";
const LISTED: &str =
    "p.row_no, p.name, p.login, p.scheme, p.finding_count, p.finding_severity, p.finding_text";
const READ: &str =
    "d.profile, d.groups, d.active, d.last_sign_in, d.mapping_findings, d.evidence, d.password,
    substr(d.source_row, 1, 25) AS row_head, substr(d.source_row, -16) AS row_tail, d.fingerprint, c.names, c.covered";
const JOINED_READ: &str = "LEFT JOIN row_columns c ON c.id = d.row_columns";
/// The operations as one text: every value of every row of theirs, each in a form of its own type. Of what is sealed its ends, which
/// say which blob it is.
const SENT: &str =
    "p.outcome AS shown, m.outcome, m.attempt, m.run, m.claimed, m.recorded, m.okta_id, m.okta_status,
    m.route AS sent_by, m.mark, m.marked, m.tried, m.sent_login, m.holder, m.doubted, m.tag AS sent_tag, h.moved, r.state AS reset,
    (SELECT group_concat(row, ';') FROM (
        SELECT concat_ws(',', quote(l.nth), quote(l.kind), quote(l.state), quote(l.run), quote(l.at), quote(l.ended),
            quote(CAST(l.remote AS BLOB)), quote(CAST(l.request AS BLOB)), quote(CAST(l.groups AS BLOB)),
            quote(CAST(l.fingerprint AS BLOB)),
            CASE WHEN l.before IS NULL THEN '' ELSE quote(substr(CAST(l.before AS BLOB), 1, 25))
                || quote(substr(CAST(l.before AS BLOB), -16)) END) AS row
        FROM ledger l WHERE l.person = p.id ORDER BY l.nth)) AS operations";
/// A person without details is one with a fault: they must come up.
const JOINED: &str = "LEFT JOIN details d ON d.id = p.id LEFT JOIN memory m ON m.person = p.id";
const JOINED_SENT: &str = "LEFT JOIN hook_people h ON h.person = p.id LEFT JOIN resets r ON r.person = p.id";

type Bytes = Vec<u8>;
type Edits = HashMap<i64, Vec<(Bytes, Bytes)>>;
/// A row that is not as this program writes it.
type Taken<T> = std::result::Result<T, sqlx::Error>;

/// The longest text that lists show, in bytes: more than any that this program writes.
const LONGEST: usize = 1 << 20;

/// A number that must be there.
fn number(row: &SqliteRow, name: &str) -> Taken<i64> {
    row.try_get::<Option<i64>, _>(name)?.ok_or(sqlx::Error::RowNotFound)
}

fn read_parts(row: &SqliteRow) -> Taken<ReadParts<'_>> {
    Ok(ReadParts {
        key: row.try_get("key")?,
        profile: row.try_get("profile")?,
        groups: row.try_get("groups")?,
        active: row.try_get("active")?,
        last_sign_in: row.try_get("last_sign_in")?,
        mapping_findings: row.try_get("mapping_findings")?,
        evidence: number(row, "evidence")?,
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
        reading: number(row, "reading")?,
        route: number(row, "route")?,
        state: number(row, "state")?,
        left_out: number(row, "left_out")?,
        default_out: number(row, "default_out")?,
        blocks: number(row, "blocks")?,
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
        mark: row.try_get("mark")?,
        marked: row.try_get("marked")?,
        tried: row.try_get("tried")?,
        moved: row.try_get("moved")?,
        reset: row.try_get("reset")?,
        operations: row.try_get("operations")?,
        login: row.try_get("sent_login")?,
        holder: row.try_get("holder")?,
        doubted: row.try_get("doubted")?,
    })
}

fn read_fits(row: &SqliteRow, bonds: &Bonds) -> Taken<bool> {
    Ok(read_parts(row)?.begin(bonds).is(row.try_get("read")?))
}

fn decided_fits(row: &SqliteRow, edits: &Edits, now: Now, bonds: &Bonds) -> Taken<bool> {
    let parts = decided_parts(row, edits)?;
    // Who is not of the current reading is gone; so an entry of an earlier one never stands for someone who is there, and nobody who is
    // there is passed over as gone.
    let as_read = match number(row, "gone")? {
        0 => parts.reading == now.reading,
        1 => parts.reading != now.reading,
        _ => false,
    };
    // So the count of what blocks can't be taken away from whoever is blocked.
    let follows = match (parts.left_out, parts.blocks) {
        (_, ..0) => None,
        (0, 0) => Some(parts.route),
        (0, _) => Some(3),
        _ => Some(4),
    };
    Ok(as_read && follows == Some(parts.state) && parts.begin(bonds).is(row.try_get("tag")?))
}

fn sent_fits(row: &SqliteRow, now: Now, bonds: &Bonds) -> Taken<bool> {
    let parts = sent_parts(row)?;
    let tag: Option<&[u8]> = row.try_get("sent_tag")?;
    let bound = if tag.is_none() { parts.is_blank() } else { parts.begin(bonds).is(tag) };
    // A record of a run that never was is one of a later state of the file than the rest of it.
    let known_run = parts.run.is_none_or(|run| run <= now.run);
    Ok(bound && known_run && number(row, "shown")? == parts.outcome.unwrap_or(0))
}

/// Whether lists can show them. What they show is bound to nobody, and decides nothing.
fn listed_fits(row: &SqliteRow) -> Taken<bool> {
    let count = |name| number(row, name).map(u32::try_from).map(|n| n.is_ok());
    let short =
        |name| row.try_get::<Option<&str>, _>(name).map(|text| text.is_none_or(|text| text.len() <= LONGEST));
    let severity: Option<i64> = row.try_get("finding_severity")?;
    number(row, "scheme")?;
    row.try_get::<Option<&str>, _>("name")?.ok_or(sqlx::Error::RowNotFound)?;
    row.try_get::<Option<&str>, _>("login")?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(count("row_no")?
        && count("finding_count")?
        && severity.is_none_or(|severity| (0..=2).contains(&severity))
        && short("name")?
        && short("login")?
        && short("finding_text")?)
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
    let now = whole::now(connection, bonds).await?;
    let edits = edits_of(connection, "WHERE person IN (SELECT value FROM json_each(?1))", ids).await?;
    let sql = format!(
        "SELECT {DECIDED}, {READ}, {SENT}, {LISTED} FROM people p {JOINED} {JOINED_READ} {JOINED_SENT}
         WHERE p.id IN (SELECT value FROM json_each(?))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let mut faults = BTreeMap::new();
    for row in &rows {
        let fault = if !read_fits(row, bonds).unwrap_or(false) {
            Fault::Read
        } else if !decided_fits(row, &edits, now, bonds).unwrap_or(false) {
            Fault::Decided
        } else if !sent_fits(row, now, bonds).unwrap_or(false) {
            Fault::Sent
        } else if !listed_fits(row).unwrap_or(false) {
            Fault::Listed
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
    let now = whole::now(tx, bonds).await?;
    let mut last = -1_i64;
    loop {
        let sql = format!(
            "SELECT {DECIDED}, (SELECT count(*) FROM findings b WHERE b.person = f.id AND b.severity = 2) AS blocking
             FROM {table} f CROSS JOIN people p ON p.id = f.id {JOINED}
             WHERE f.id > ? {others} ORDER BY f.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get("id")?;
        let edits = edits_of(tx, RANGE, &range(&rows)).await?;
        let mut unsound = Vec::new();
        for row in &rows {
            // What blocks is counted anew after a change: a finding that was bent or planted must not come to count by it.
            let blocking = number(row, "blocking").ok() == number(row, "blocks").ok();
            if !blocking || !decided_fits(row, &edits, now, bonds).unwrap_or(false) {
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

/// Whose rows of a reading that is about to take its place (a JSON list of numbers) are as they were written.
pub(crate) async fn staged_sound(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    ids: &str,
) -> Result<BTreeSet<i64>> {
    let sql = format!(
        "SELECT {DECIDED}, {READ} FROM next_people p LEFT JOIN next_details d ON d.id = p.id {JOINED_READ}
         LEFT JOIN memory m ON m.person = p.id WHERE p.id IN (SELECT value FROM json_each(?))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let mut sound = BTreeSet::new();
    for row in &rows {
        let decided = decided_parts(row, &Edits::new())
            .is_ok_and(|parts| row.try_get("tag").is_ok_and(|tag| parts.begin(bonds).is(tag)));
        if decided && read_fits(row, bonds).unwrap_or(false) {
            sound.insert(row.try_get("id")?);
        }
    }
    Ok(sound)
}

/// Who of these (a JSON list of numbers) has a record of what was sent that is not theirs.
pub(crate) async fn sent_unsound(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    ids: &str,
) -> Result<Vec<i64>> {
    let now = whole::now(connection, bonds).await?;
    let rows = sent_rows(connection, ids).await?;
    let mut unsound = Vec::new();
    for row in &rows {
        if !sent_fits(row, now, bonds).unwrap_or(false) {
            unsound.push(row.try_get("id")?);
        }
    }
    Ok(unsound)
}

/// Who of these (a JSON list of numbers) has a record that is bound as files kept it before there was a ledger.
pub(crate) async fn sound_before_ledger(
    connection: &mut SqliteConnection,
    bonds: &Bonds,
    ids: &str,
) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT p.id, d.key, {SENT}, b.original, b.sent_fingerprint FROM people p {JOINED} {JOINED_SENT}
         LEFT JOIN before_ledger b ON b.person = p.id WHERE p.id IN (SELECT value FROM json_each(?))"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(connection).await?;
    let fits = |row: &SqliteRow| -> Taken<bool> {
        let tag: Option<&[u8]> = row.try_get("sent_tag")?;
        let former =
            sent_parts(row)?.begin_before(bonds, row.try_get("original")?, row.try_get("sent_fingerprint")?);
        Ok(former.is(tag))
    };
    let mut sound = Vec::new();
    for row in &rows {
        if fits(row).unwrap_or(false) {
            sound.push(row.try_get("id")?);
        }
    }
    Ok(sound)
}

/// Binds everyone's record as files kept it before there was a ledger: what was kept stands in `before_ledger`.
#[cfg(test)]
pub(crate) async fn bind_as_before_ledger(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    let sql = format!(
        "SELECT p.id, d.key, {SENT}, b.original, b.sent_fingerprint FROM people p {JOINED} {JOINED_SENT}
         LEFT JOIN before_ledger b ON b.person = p.id WHERE m.person IS NOT NULL"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *tx).await?;
    let mut tags = Tags::default();
    for row in &rows {
        let parts = sent_parts(row)?;
        let (original, fingerprint) = (row.try_get("original")?, row.try_get("sent_fingerprint")?);
        tags.add(parts.id, Some(parts.begin_before(bonds, original, fingerprint).tag()));
    }
    tags.write(tx, "memory", "person").await
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
    for table in ["edits", "memory", "ledger", "hook_people", "resets", "there"] {
        let sql = format!("DELETE FROM {table} WHERE person NOT IN (SELECT id FROM people)");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    // Findings begin anew with a reading: what others have of people's is told again when it is looked up again.
    sqlx::query("DELETE FROM taken_there").execute(&mut *tx).await?;
    let now = whole::now(tx, bonds).await?;
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
            if !decided_fits(row, &edits, now, bonds).unwrap_or(false) {
                unsound.push((row.try_get("id")?, Fault::Decided));
            }
        }
    }
    last = -1;
    loop {
        let sql = format!(
            "SELECT p.id, d.key, {SENT} FROM people p {JOINED} {JOINED_SENT}
             WHERE p.id > ? AND (m.person IS NOT NULL OR p.outcome <> 0 OR h.moved IS NOT NULL OR r.person IS NOT NULL
                OR EXISTS (SELECT 1 FROM ledger o WHERE o.person = p.id))
             ORDER BY p.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(unsound) };
        last = end.try_get("id")?;
        for row in &rows {
            if !sent_fits(row, now, bonds).unwrap_or(false) {
                unsound.push((row.try_get("id")?, Fault::Sent));
            }
        }
    }
}

/// Binds those anew who are left out though something blocks them, where they are bound as files kept it before that was part of the
/// tag.
pub(super) async fn bind_what_blocks(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    let mut last = -1_i64;
    loop {
        let sql = format!(
            "SELECT {DECIDED} FROM people p {JOINED} WHERE p.id > ? AND p.left_out <> 0 AND p.blocks > 0 ORDER BY p.id LIMIT {PORTION}"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut *tx).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get("id")?;
        let edits = edits_of(tx, RANGE, &range(&rows)).await?;
        let mut tags = Tags::default();
        for row in &rows {
            let Ok(parts) = decided_parts(row, &edits) else { continue };
            let before = DecidedParts { blocks: 0, ..parts };
            if before.begin(bonds).is(row.try_get("tag").unwrap_or_default()) {
                let parts = DecidedParts { blocks: 1, ..before };
                tags.add(parts.id, Some(parts.begin(bonds).tag()));
            }
        }
        tags.write(tx, "people", "id").await?;
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
