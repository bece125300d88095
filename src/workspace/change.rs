//! Every change to people goes through here, so that counts, twins and states always fit.
//!
//! Temporary tables of the one writing connection hold who is being changed. [`touch`] takes people out of the tallies before
//! anything about them changes; [`settle`] works out their state anew and puts them back.
//!
//! SQLite knows nothing of how few are being changed and would sooner walk through all people: `CROSS JOIN` makes it begin
//! with the few, `+` keeps it from an index that fits everybody.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::bond::{self, Bonds};
use super::error::Result;
use super::types::PersonId;

/// Makes the writer's temporary tables.
pub(crate) async fn prepare(connection: &mut SqliteConnection) -> std::result::Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "CREATE TEMP TABLE IF NOT EXISTS chosen (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS fresh (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS dirty (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS unsound (id INTEGER PRIMARY KEY);
         CREATE TEMP TABLE IF NOT EXISTS hot_logins (v TEXT PRIMARY KEY) WITHOUT ROWID;
         CREATE TEMP TABLE IF NOT EXISTS hot_emails (v TEXT PRIMARY KEY) WITHOUT ROWID;",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// People as a JSON list, for `json_each`.
pub(crate) fn list(ids: &[PersonId]) -> String {
    let mut text = String::with_capacity(ids.len() * 8 + 2);
    text.push('[');
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&id.0.to_string());
    }
    text.push(']');
    text
}

/// The reverse, from numbers joined by commas.
pub(crate) fn ids(joined: &str) -> Vec<PersonId> {
    // A number that no person has is passed over: it is nobody's.
    joined.split(',').filter_map(|id| id.parse().map(PersonId).ok()).collect()
}

/// Begins a change: nobody is touched yet.
pub(crate) async fn begin(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "DELETE FROM chosen; DELETE FROM fresh; DELETE FROM touched; DELETE FROM dirty; DELETE FROM unsound;
         DELETE FROM hot_logins; DELETE FROM hot_emails;",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes these the chosen ones: who a change is for.
pub(crate) async fn choose(tx: &mut SqliteConnection, ids: &[PersonId]) -> Result<()> {
    sqlx::query("INSERT OR IGNORE INTO chosen SELECT value FROM json_each(?)")
        .bind(list(ids))
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes the people a SELECT gives out of the tallies, those already touched excepted. To be called before they change. Whose
/// decisions are not theirs is noted, where their tags can be checked: they are not bound anew when the change is settled.
pub(crate) async fn touch(
    tx: &mut SqliteConnection,
    bonds: Option<&Bonds>,
    select: &'static str,
) -> Result<()> {
    sqlx::query("DELETE FROM fresh").execute(&mut *tx).await?;
    let insert = format!("INSERT OR IGNORE INTO fresh {select}");
    sqlx::query(AssertSqlSafe(insert)).execute(&mut *tx).await?;
    sqlx::query("DELETE FROM fresh WHERE id IN (SELECT id FROM touched)").execute(&mut *tx).await?;
    if let Some(bonds) = bonds {
        bond::note_unsound(tx, bonds, bond::Of::Fresh).await?;
    }
    tally(tx, "fresh", "-").await?;
    sqlx::query("INSERT INTO touched SELECT id FROM fresh").execute(&mut *tx).await?;
    Ok(())
}

/// By what people are counted: how they stand, and by which route they were created (`people p`, `memory m`; else -1). A number also
/// where the file has none.
const COUNTED: &str = "coalesce(CAST(p.gone AS INTEGER), 0), coalesce(CAST(p.state AS INTEGER), -1), coalesce(CAST(p.route AS INTEGER), -1),
    coalesce(CAST(p.outcome AS INTEGER), -1), coalesce(CAST(p.scheme AS INTEGER), -1),
    CASE p.outcome WHEN 2 THEN coalesce(CAST(m.route AS INTEGER), CAST(p.route AS INTEGER), -1) ELSE -1 END";

/// Adds people to the tallies (`""`) or takes them out (`"-"`).
async fn tally(tx: &mut SqliteConnection, who: &str, sign: &str) -> Result<()> {
    let people = format!(
        "INSERT INTO tally_people SELECT {COUNTED}, {sign}count(*)
         FROM people p LEFT JOIN memory m ON m.person = p.id
         WHERE p.id IN (SELECT id FROM {who}) GROUP BY 1, 2, 3, 4, 5, 6
         ON CONFLICT DO UPDATE SET n = coalesce(n, 0) + excluded.n"
    );
    sqlx::query(AssertSqlSafe(people)).execute(&mut *tx).await?;
    let findings = format!(
        "INSERT INTO tally_findings SELECT coalesce(f.code, ''), coalesce(f.severity, -1), {sign}count(DISTINCT f.person)
         FROM {who} w CROSS JOIN people p ON p.id = w.id CROSS JOIN findings f ON f.person = w.id WHERE +p.gone = 0
         GROUP BY 1, 2
         ON CONFLICT DO UPDATE SET n = coalesce(n, 0) + excluded.n"
    );
    sqlx::query(AssertSqlSafe(findings)).execute(&mut *tx).await?;
    Ok(())
}

/// Works out what the findings of the dirty say together, and the state of the touched, binds what is decided about them now, and
/// counts them again.
pub(crate) async fn settle(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    summarise(tx).await?;
    bond::renew_decided(tx, bonds, "touched").await?;
    tally(tx, "touched", "").await
}

/// The same at the end of a reading, where everyone touched was bound as they were read: only those about whom something else is
/// decided are bound anew.
pub(crate) async fn settle_read(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    summarise(tx).await?;
    sqlx::raw_sql(
        "DELETE FROM fresh;
         INSERT OR IGNORE INTO fresh SELECT id FROM dirty;
         INSERT OR IGNORE INTO fresh SELECT person FROM memory WHERE left_out IS NOT NULL AND person IN (SELECT id FROM people);",
    )
    .execute(&mut *tx)
    .await?;
    bond::renew_decided(tx, bonds, "fresh").await?;
    tally(tx, "touched", "").await
}

/// What lists show of the findings of the dirty (those whose findings were written), and what will happen to the touched.
pub(crate) async fn summarise(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "UPDATE people SET
            blocks = (SELECT count(*) FROM findings f WHERE f.person = people.id AND f.severity = 2),
            finding_count = (SELECT count(*) FROM findings f WHERE f.person = people.id),
            (finding_severity, finding_text) = (SELECT f.severity, f.text FROM findings f
                WHERE f.person = people.id ORDER BY f.severity DESC, f.place LIMIT 1)
         WHERE id IN (SELECT id FROM dirty)",
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE people SET state = CASE WHEN left_out THEN 4 WHEN blocks > 0 THEN 3 ELSE route END
         WHERE id IN (SELECT id FROM touched)",
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}

/// Whether the tallies of people are what counting them gives.
pub(crate) async fn tallies_fit(connection: &mut SqliteConnection) -> Result<bool> {
    let kept = "SELECT gone, state, route, outcome, scheme, sent, n FROM tally_people WHERE n <> 0";
    let counted = format!(
        "SELECT {COUNTED}, count(*) FROM people p LEFT JOIN memory m ON m.person = p.id GROUP BY 1, 2, 3, 4, 5, 6"
    );
    let sql = format!(
        "SELECT NOT EXISTS (SELECT * FROM ({kept} EXCEPT {counted})) AND NOT EXISTS (SELECT * FROM ({counted} EXCEPT {kept}))"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?)
}

/// Counts everyone from nothing.
pub(crate) async fn count_anew(tx: &mut SqliteConnection) -> Result<()> {
    begin(tx).await?;
    sqlx::raw_sql(
        "DELETE FROM tally_people; DELETE FROM tally_findings; INSERT INTO chosen SELECT id FROM people;",
    )
    .execute(&mut *tx)
    .await?;
    put_in_chosen(tx).await?;
    tally_groups(tx).await?;
    begin(tx).await
}

/// Adds the chosen, who are in no tally yet.
pub(crate) async fn put_in_chosen(tx: &mut SqliteConnection) -> Result<()> {
    tally(tx, "chosen", "").await
}

/// Counts everyone's groups from nothing: at the end of a reading.
pub(crate) async fn tally_groups(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "DELETE FROM tally_groups;
         INSERT INTO tally_groups SELECT group_id, count(*) FROM memberships
            WHERE person NOT IN (SELECT id FROM people WHERE gone = 1) GROUP BY 1;",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts the touched again after a change that touches neither findings nor states: a change of outcomes.
pub(crate) async fn recount(tx: &mut SqliteConnection) -> Result<()> {
    tally(tx, "touched", "").await
}
