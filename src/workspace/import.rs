//! The import's memory: the intent on disk before anything is sent, the outcome after.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::bond::{self, Bonds, CHANGED_OUTSIDE, Fault};
use super::change::{self, list};
use super::error::{Result, WorkspaceError};
use super::ledger;
use super::loose::Text;
use super::numbers;
use super::open::{Workspace, moment};
use super::seal::Sealer;
use super::store;
use super::types::{Did, PersonId, Ready, Recorded, RunId, Scope, Who};
use crate::model::{Outcome, OutcomeKind, PasswordEvidence, Profile, Route, RoutePolicy, fold};

/// Ten seconds, in milliseconds: one point of the chart.
const PACE_STEP: i64 = 10_000;

/// Nothing was sent of someone just claimed.
pub(super) const UNSENT: &str = "Nothing was sent.";
/// Someone whom a crash cut off.
pub(super) const CUT_OFF: &str = "An earlier try may have gone through: the next one looks in Okta.";

impl Workspace {
    /// Takes up to `n` people who go and wait, in the source's order, and puts on disk that they are about to be sent, before it
    /// returns, and by which route. Whoever is claimed stays `sending` until [`Workspace::record`], over crashes and power cuts.
    ///
    /// `okta_time`: what Okta's clock surely shows by now, if that is known. Together with a mark of their own it tells later which
    /// account a create of ours made.
    pub async fn claim(
        &self,
        run: RunId,
        n: u32,
        scope: &Scope,
        policy: RoutePolicy,
        okta_time: Option<DateTime<Utc>>,
    ) -> Result<Vec<Ready>> {
        loop {
            let (ready, failed) = self.claim_some(run, n, scope, policy, okta_time).await?;
            // Where all of them were changed by another program, others may still wait.
            if !ready.is_empty() || !failed {
                return Ok(ready);
            }
        }
    }

    /// The same for the next who wait; whether there were some whose entry is not theirs. Those are put down as failed.
    async fn claim_some(
        &self,
        run: RunId,
        n: u32,
        scope: &Scope,
        policy: RoutePolicy,
        okta_time: Option<DateTime<Utc>>,
    ) -> Result<(Vec<Ready>, bool)> {
        let now = self.now();
        let bonds = self.0.sealer.bonds();
        let mut tx = self.begin().await?;
        change::begin(&mut tx).await?;
        match scope {
            Scope::Everyone => {
                sqlx::query(
                    "INSERT INTO chosen SELECT id FROM people INDEXED BY people_ready
                     WHERE outcome = 0 AND state <= 2 AND gone = 0 ORDER BY row_no LIMIT ?",
                )
                .bind(n)
                .execute(&mut *tx)
                .await?;
            }
            Scope::Only(ids) => {
                sqlx::query(
                    "INSERT INTO chosen SELECT id FROM people WHERE id IN (SELECT value FROM json_each(?))
                        AND outcome = 0 AND state <= 2 AND gone = 0 ORDER BY row_no LIMIT ?",
                )
                .bind(list(ids))
                .bind(n)
                .execute(&mut *tx)
                .await?;
            }
        }
        change::touch(&mut tx, None, "SELECT id FROM chosen").await?;
        let faults = chosen_faults(&mut tx, bonds).await?;
        self.put_down(&mut tx, &faults, UNSENT, now).await?;
        sqlx::query(
            "INSERT INTO memory (person, outcome, attempt, run, claimed, route, mark, marked, tried)
                SELECT c.id, 1, 1, ?1, ?2, json_extract(?3, '$[' || p.route || ']'), lower(hex(randomblob(10))), 1, ?4
                FROM chosen c JOIN people p ON p.id = c.id WHERE true
             ON CONFLICT DO UPDATE SET outcome = 1, attempt = attempt + 1, run = ?1, claimed = ?2,
                route = excluded.route, code = NULL, message = NULL, suggestion = NULL, mark = coalesce(mark, excluded.mark),
                marked = CASE WHEN mark IS NULL THEN attempt + 1 ELSE marked END,
                tried = CASE WHEN mark IS NULL THEN excluded.tried ELSE tried END",
        )
        .bind(run.0)
        .bind(now)
        .bind(store::to_json(&Route::ALL.map(|best| numbers::route(policy.apply(best))))?)
        .bind(okta_time.map(|at| at.timestamp_millis()))
        .execute(&mut *tx)
        .await?;
        ledger::intend(&mut tx, run.0, now).await?;
        sqlx::query("UPDATE people SET outcome = 1 WHERE id IN (SELECT id FROM chosen)")
            .execute(&mut *tx)
            .await?;
        let (ready, broken) = self.ready(&mut tx, "chosen c CROSS JOIN people p ON p.id = c.id").await?;
        self.put_down(&mut tx, &broken, UNSENT, now).await?;
        keep_logins(&mut tx, ready.iter().map(|ready| (ready.id, ready.profile.login()))).await?;
        let who = chosen(&mut tx).await?;
        bond::renew_sent(&mut tx, bonds, &who).await?;
        change::recount(&mut tx).await?;
        let failed = !faults.is_empty() || !broken.is_empty();
        if failed || !ready.is_empty() {
            self.commit(tx).await?;
        }
        Ok((ready, failed))
    }

    /// Puts down people whose entry is not theirs as failed: nothing of it is sent, and `sent` says whether something was before. They are no longer among the chosen.
    pub(super) async fn put_down(
        &self,
        tx: &mut SqliteConnection,
        faults: &BTreeMap<i64, Fault>,
        sent: &str,
        now: i64,
    ) -> Result<()> {
        if faults.is_empty() {
            return Ok(());
        }
        let bonds = self.0.sealer.bonds();
        let all = store::to_json(&faults.keys().collect::<Vec<_>>())?;
        let mut by_fault = BTreeMap::<Fault, Vec<i64>>::new();
        for (id, fault) in faults {
            by_fault.entry(*fault).or_default().push(*id);
        }
        for (fault, ids) in by_fault {
            let ids = store::to_json(&ids)?;
            if fault == Fault::Sent {
                doubt_sent(tx, bonds, &ids, now).await?;
            }
            sqlx::query(
                "INSERT INTO memory (person, outcome, attempt, recorded, code, message, suggestion)
                    SELECT value, 5, 1, ?2, ?3, ?4, ?5 FROM json_each(?1) WHERE true
                 ON CONFLICT DO UPDATE SET outcome = 5, attempt = max(attempt, 1), recorded = ?2, code = ?3, message = ?4,
                    suggestion = ?5",
            )
            .bind(ids)
            .bind(now)
            .bind(CHANGED_OUTSIDE)
            .bind(format!("{}. {sent}", bond::words(fault)))
            .bind(bond::ADVICE)
            .execute(&mut *tx)
            .await?;
        }
        ledger::fail(tx, &all, now).await?;
        sqlx::query("UPDATE people SET outcome = 5 WHERE id IN (SELECT value FROM json_each(?))")
            .bind(&all)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM chosen WHERE id IN (SELECT value FROM json_each(?))")
            .bind(&all)
            .execute(&mut *tx)
            .await?;
        bond::renew_sent(tx, bonds, &all).await
    }

    /// Who was claimed and never recorded: after a crash, ask Okta about each before anything else. Those whose entry is not theirs
    /// are put down as failed.
    pub async fn left_in_sending(&self) -> Result<Vec<Ready>> {
        let now = self.now();
        let mut tx = self.begin().await?;
        change::begin(&mut tx).await?;
        sqlx::query("INSERT INTO chosen SELECT id FROM people WHERE outcome = 1").execute(&mut *tx).await?;
        change::touch(&mut tx, None, "SELECT id FROM chosen").await?;
        let faults = chosen_faults(&mut tx, self.0.sealer.bonds()).await?;
        self.put_down(&mut tx, &faults, CUT_OFF, now).await?;
        let (ready, broken) = self.ready(&mut tx, "chosen c CROSS JOIN people p ON p.id = c.id").await?;
        self.put_down(&mut tx, &broken, CUT_OFF, now).await?;
        change::recount(&mut tx).await?;
        if !faults.is_empty() || !broken.is_empty() {
            self.commit(tx).await?;
        }
        Ok(ready)
    }

    /// People to send, and those of whom something can't be understood: their tags fit, so a sealed value was bent.
    async fn ready(
        &self,
        connection: &mut SqliteConnection,
        people: &'static str,
    ) -> Result<(Vec<Ready>, BTreeMap<i64, Fault>)> {
        let sql = format!(
            "SELECT {}, p.row_no, p.route, s.scheme, m.attempt, m.claimed, m.run, m.okta_id, m.route AS sent,
                m.mark, m.marked, m.tried,
                EXISTS (SELECT 1 FROM ledger l WHERE l.person = p.id AND l.kind = 1 AND l.state IN (0, 6)) AS updating, EXISTS (SELECT 1 FROM there h JOIN texts ht ON ht.id = h.person
                    WHERE h.person = p.id AND h.login = ht.login) AS known_there
             FROM {people} CROSS JOIN details d ON d.id = p.id LEFT JOIN schemes s ON s.id = p.scheme
             CROSS JOIN memory m ON m.person = p.id ORDER BY p.row_no",
            store::CANDIDATE
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            ids.push(store::person_id(row.try_get("id")?)?);
        }
        let edits = store::edits(connection, &list(&ids)).await?;
        let mut ready = Vec::with_capacity(rows.len());
        let mut broken = BTreeMap::new();
        for (id, row) in ids.into_iter().zip(&rows) {
            let Ok(candidate) = store::candidate(&self.0.sealer, row) else {
                broken.insert(i64::from(id.0), Fault::Read);
                continue;
            };
            let attempt = row.try_get("attempt")?;
            ready.push(Ready {
                id,
                key: candidate.key,
                row: row.try_get("row_no")?,
                attempt,
                claimed: moment(row.try_get::<Option<i64>, _>("claimed")?.unwrap_or(0)),
                run: row.try_get::<Option<i64>, _>("run")?.map(RunId),
                profile: store::overlay(&candidate.profile, edits.get(&i64::from(id.0))),
                groups: candidate.groups,
                route: numbers::to_route(row.try_get("route")?)?,
                sent: row.try_get::<Option<i64>, _>("sent")?.map(numbers::to_route).transpose()?,
                scheme: row.try_get::<Text, _>("scheme")?.0,
                stored: match candidate.password {
                    PasswordEvidence::Stored(stored) => Some(stored),
                    PasswordEvidence::None | PasswordEvidence::TooLarge | PasswordEvidence::AskSource => None,
                },
                okta_id: row.try_get("okta_id")?,
                mark: row.try_get("mark")?,
                tried: row.try_get::<Option<i64>, _>("tried")?.map(moment),
                in_doubt: row
                    .try_get::<Option<i64>, _>("marked")?
                    .is_some_and(|marked| marked < i64::from(attempt)),
                known_there: row.try_get("known_there")?,
                updating: row.try_get("updating")?,
            });
        }
        Ok((ready, broken))
    }

    /// Puts on disk that someone claimed is about to be sent by this route after all: someone a crash cut off, whom Okta does not
    /// know, under another choice than before.
    pub async fn reroute(&self, id: PersonId, route: Route) -> Result<()> {
        let mut tx = self.begin().await?;
        let who = list(&[id]);
        if self.sent_is_sound(&mut tx, &who).await? {
            sqlx::query("UPDATE memory SET route = ? WHERE person = ? AND outcome = 1")
                .bind(numbers::route(route))
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            bond::renew_sent(&mut tx, self.0.sealer.bonds(), &who).await?;
        }
        self.commit(tx).await
    }

    /// Puts outcomes on disk. `Waiting` gives a claimed person back: for one that surely was not sent.
    pub async fn record(&self, outcomes: &[(PersonId, Outcome)]) -> Result<()> {
        let recorded = outcomes.iter().map(|(person, outcome)| Recorded {
            person: *person,
            outcome: outcome.clone(),
            did: Did::default(),
        });
        self.record_with(&recorded.collect::<Vec<_>>()).await
    }

    /// The same with what was done on the way: it goes into the ledger.
    pub async fn record_with(&self, recorded: &[Recorded]) -> Result<()> {
        if recorded.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let mut tx = self.begin().await?;
        change::begin(&mut tx).await?;
        let ids: Vec<PersonId> = recorded.iter().map(|one| one.person).collect();
        change::choose(&mut tx, &ids).await?;
        change::touch(&mut tx, None, "SELECT id FROM chosen").await?;
        let (bonds, who) = (self.0.sealer.bonds(), list(&ids));
        // What a record that is not theirs says of them is not carried on.
        let unsound = bond::sent_unsound(&mut tx, bonds, &who).await?;
        if !unsound.is_empty() {
            doubt_sent(&mut tx, bonds, &store::to_json(&unsound)?, now).await?;
        }
        let rows = store::to_json(&recorded.iter().map(as_recorded).collect::<Vec<_>>())?;
        let changed = sqlx::query(
            "UPDATE people SET outcome = j.value ->> 1 FROM json_each(?) j WHERE people.id = (j.value ->> 0)",
        );
        let known = changed.bind(&rows).execute(&mut *tx).await?.rows_affected();
        if known < ids.iter().collect::<BTreeSet<_>>().len() as u64 {
            return Err(WorkspaceError::NoSuchPerson);
        }
        // What was learned of a person in Okta is not forgotten because a later answer does not repeat it.
        sqlx::query(
            "INSERT INTO memory (person, outcome, recorded, okta_id, okta_status, code, message, suggestion, sent_login)
                SELECT j.value ->> 0, j.value ->> 1, ?2, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6,
                    j.value ->> 7
                FROM json_each(?1) j WHERE true
             ON CONFLICT DO UPDATE SET outcome = excluded.outcome, recorded = excluded.recorded,
                okta_id = coalesce(excluded.okta_id, okta_id), okta_status = coalesce(excluded.okta_status, okta_status),
                code = excluded.code, message = excluded.message, suggestion = excluded.suggestion,
                sent_login = coalesce(excluded.sent_login, sent_login)",
        )
        .bind(&rows)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let groups = ledger::number_groups(&mut tx, bonds, recorded).await?;
        ledger::end(&mut tx, now, recorded, &groups).await?;
        bond::renew_sent(&mut tx, bonds, &who).await?;
        change::recount(&mut tx).await?;
        let kinds = || recorded.iter().map(|one| one.outcome.kind);
        let done = kinds().filter(|kind| !matches!(kind, OutcomeKind::Waiting | OutcomeKind::Sending));
        let failed = kinds().filter(|kind| *kind == OutcomeKind::Failed).count();
        pace(&mut tx, now, None, done.count(), failed, 0).await?;
        self.commit(tx).await
    }

    /// Which of these ids of Okta's we hold for somebody else: who they were told of, and the login of whom we have them for. Each
    /// account is one person's.
    pub async fn held_for_others(&self, ids: &[(PersonId, &str)]) -> Result<Vec<(PersonId, String)>> {
        let mut reader = self.0.readers.acquire().await?;
        let rows: Vec<(i64, i64, Text)> = sqlx::query_as(
            "SELECT j.value ->> 0, m.person, p.login FROM json_each(?) j CROSS JOIN memory m ON m.okta_id = (j.value ->> 1)
             CROSS JOIN people p ON p.id = m.person WHERE m.person <> (j.value ->> 0) ORDER BY 1",
        )
        .bind(store::to_json(ids)?)
        .fetch_all(&mut *reader)
        .await?;
        let holders: Vec<i64> = rows.iter().map(|(_, holder, _)| *holder).collect();
        // What a record that is not theirs says keeps nobody else's account from them.
        let unsound =
            bond::sent_unsound(&mut reader, self.0.sealer.bonds(), &store::to_json(&holders)?).await?;
        let held = rows.into_iter().filter(|(_, holder, _)| !unsound.contains(holder));
        held.map(|(id, _, login)| Ok((store::person_id(id)?, login.0))).collect()
    }

    /// Puts on disk that no create of these people is in Okta or on its way there: whoever is found under their login is somebody
    /// else's.
    pub async fn surely_unsent(&self, people: &[PersonId]) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let (bonds, who) = (self.0.sealer.bonds(), list(people));
        let mut tx = self.begin().await?;
        let unsound = bond::sent_unsound(&mut tx, bonds, &who).await?;
        let sound = people.iter().copied().filter(|id| !unsound.contains(&i64::from(id.0)));
        let who = list(&sound.collect::<Vec<_>>());
        sqlx::query(
            "UPDATE memory SET mark = NULL, marked = NULL, tried = NULL
             WHERE person IN (SELECT value FROM json_each(?))",
        )
        .bind(&who)
        .execute(&mut *tx)
        .await?;
        bond::renew_sent(&mut tx, bonds, &who).await?;
        self.commit(tx).await
    }

    /// Counts answers of `429 Too Many Requests`, for the chart.
    pub async fn note_throttled(&self, run: RunId, times: u32) -> Result<()> {
        let mut tx = self.begin().await?;
        pace(&mut tx, self.now(), Some(run), 0, 0, times as usize).await?;
        self.commit(tx).await
    }

    /// Lets failed people wait again, to be tried once more. Others among `who` stay as they are. How many.
    pub async fn retry(&self, who: &Who) -> Result<u64> {
        let mut tx = self.begin().await?;
        self.choose(&mut tx, who).await?;
        sqlx::query("DELETE FROM chosen WHERE id NOT IN (SELECT id FROM people WHERE outcome = 5)")
            .execute(&mut *tx)
            .await?;
        let (bonds, who) = (self.0.sealer.bonds(), chosen(&mut tx).await?);
        let unsound = bond::sent_unsound(&mut tx, bonds, &who).await?;
        change::touch(&mut tx, None, "SELECT id FROM chosen").await?;
        doubt_sent(&mut tx, bonds, &store::to_json(&unsound)?, self.now()).await?;
        ledger::let_go(&mut tx).await?;
        let changed = sqlx::query("UPDATE people SET outcome = 0 WHERE id IN (SELECT id FROM chosen)");
        let changed = changed.execute(&mut *tx).await?.rows_affected();
        sqlx::query(
            "UPDATE memory SET outcome = 0, code = NULL, message = NULL, suggestion = NULL WHERE person IN (SELECT id FROM chosen)",
        )
        .execute(&mut *tx)
        .await?;
        bond::renew_sent(&mut tx, bonds, &who).await?;
        change::recount(&mut tx).await?;
        self.commit(tx).await?;
        Ok(changed)
    }

    /// Puts on disk that these values of a person's account are about to be set, and the profile it had before: for the way back.
    pub async fn intend_update(
        &self,
        id: PersonId,
        okta_id: &str,
        before: &Profile,
        set: &Profile,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let who = list(&[id]);
        if !self.sent_is_sound(&mut tx, &who).await? {
            // What stands there is not what Okta had. Their outcome, which is recorded next, begins the record anew.
            doubt_sent(&mut tx, self.0.sealer.bonds(), &who, self.now()).await?;
        }
        sqlx::query("INSERT OR IGNORE INTO memory (person) VALUES (?)").bind(id.0).execute(&mut *tx).await?;
        ledger::intend_update(&mut tx, &self.0.sealer, (id, okta_id), before, set, self.now()).await?;
        bond::renew_sent(&mut tx, self.0.sealer.bonds(), &who).await?;
        self.commit(tx).await
    }

    /// Whether the record of what was sent of someone is as this program wrote it.
    pub(crate) async fn sent_is_sound(&self, connection: &mut SqliteConnection, who: &str) -> Result<bool> {
        Ok(bond::sent_unsound(connection, self.0.sealer.bonds(), who).await?.is_empty())
    }

    /// Whose profile, password, groups or active flag changed in the source since they were sent.
    pub async fn changed_since_sent(&self) -> Result<Vec<PersonId>> {
        let sql = format!("SELECT l.person {CHANGED_SINCE_SENT} ORDER BY p.row_no");
        let ids: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&self.0.readers).await?;
        Ok(ids.into_iter().filter_map(|id| store::person_id(id).ok()).collect())
    }
}

/// A login as it is kept of what was sent, and compared with the one that Okta asks about.
pub(super) fn sent_login(login: &str) -> Option<String> {
    Some(fold(&store::shorten(login))).filter(|login| !login.is_empty())
}

/// Keeps the logins by which people are about to be sent. Whose account in Okta is known already has the login it had: only Okta's own
/// answer changes that.
pub(super) async fn keep_logins<'a>(
    tx: &mut SqliteConnection,
    people: impl Iterator<Item = (PersonId, &'a str)>,
) -> Result<()> {
    let logins: Vec<(u32, Option<String>)> = people.map(|(id, login)| (id.0, sent_login(login))).collect();
    sqlx::query(
        "UPDATE memory SET sent_login = CASE WHEN okta_id IS NULL THEN j.value ->> 1 ELSE coalesce(sent_login, j.value ->> 1) END
         FROM json_each(?) j WHERE memory.person = (j.value ->> 0)",
    )
    .bind(store::to_json(&logins)?)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps by which login people were sent of whom a file from before that does not say it: as they were read, where nothing of them has
/// changed since.
pub(super) async fn fill_sent_logins(tx: &mut SqliteConnection, sealer: &Sealer) -> Result<()> {
    let ids: Vec<i64> = sqlx::query_scalar(
        "SELECT m.person FROM memory m JOIN details d ON d.id = m.person
         WHERE m.sent_login IS NULL AND m.outcome IN (1, 2, 3, 4)
            AND EXISTS (SELECT 1 FROM ledger l WHERE l.person = m.person AND l.fingerprint = d.fingerprint)",
    )
    .fetch_all(&mut *tx)
    .await?;
    for some in ids.chunks(1000) {
        let who = store::to_json(some)?;
        let faults = bond::faults(tx, sealer.bonds(), &who).await?;
        let edits = store::edits(tx, &who).await?;
        let sql = "SELECT id, profile FROM details WHERE id IN (SELECT value FROM json_each(?))";
        let rows: Vec<(i64, String)> = sqlx::query_as(sql).bind(&who).fetch_all(&mut *tx).await?;
        let mut logins = Vec::new();
        for (id, profile) in rows.iter().filter(|(id, _)| !faults.contains_key(id)) {
            let profile = store::overlay(&store::json::<Profile>("profile", profile)?, edits.get(id));
            logins.push((store::person_id(*id)?, profile.login().to_owned()));
        }
        keep_logins(tx, logins.iter().map(|(id, login)| (*id, login.as_str()))).await?;
        let sound: Vec<PersonId> = logins.iter().map(|(id, _)| *id).collect();
        bond::renew_sent(tx, sealer.bonds(), &list(&sound)).await?;
    }
    Ok(())
}

/// Those in Okta of whom the source says something else than when they were sent.
pub(super) const CHANGED_SINCE_SENT: &str =
    "FROM ledger l CROSS JOIN details d ON d.id = l.person CROSS JOIN people p ON p.id = l.person
     WHERE l.kind = 0 AND l.state IN (1, 4) AND p.gone = 0 AND l.fingerprint <> d.fingerprint";

/// `[person, outcome, Okta's id, status, code, message, suggestion, login]`.
fn as_recorded(one: &Recorded) -> serde_json::Value {
    let outcome = &one.outcome;
    serde_json::json!([
        one.person.0,
        numbers::outcome(outcome.kind),
        outcome.okta_id,
        outcome.okta_status,
        outcome.code,
        outcome.message,
        outcome.suggestion,
        outcome.login.as_deref().and_then(sent_login),
    ])
}

/// The chosen as a JSON list.
async fn chosen(tx: &mut SqliteConnection) -> Result<String> {
    Ok(sqlx::query_scalar("SELECT json_group_array(id) FROM chosen").fetch_one(tx).await?)
}

async fn chosen_faults(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<BTreeMap<i64, Fault>> {
    let who = chosen(tx).await?;
    bond::faults(tx, bonds, &who).await
}

/// Begins the record of what was sent anew, as a failure, for people (a JSON list of numbers) of whom it is not as this program wrote
/// it: no id of Okta's, no mark that they have moved or were reset. An earlier try may have gone through: the next one looks in Okta.
pub(crate) async fn doubt_sent(tx: &mut SqliteConnection, bonds: &Bonds, who: &str, now: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO memory (person, outcome, attempt, recorded, code, message, suggestion, mark, marked)
            SELECT value, 5, 1, ?2, ?3, ?4, ?5, lower(hex(randomblob(10))), 0 FROM json_each(?1) WHERE true
         ON CONFLICT DO UPDATE SET outcome = 5, attempt = 1, run = NULL, claimed = NULL, recorded = ?2, okta_id = NULL,
            okta_status = NULL, code = ?3, message = ?4, suggestion = ?5, route = NULL, mark = excluded.mark, marked = 0, tried = NULL,
            sent_login = NULL, holder = NULL, doubted = NULL",
    )
    .bind(who)
    .bind(now)
    .bind(CHANGED_OUTSIDE)
    .bind(format!("{}.", bond::words(Fault::Sent)))
    .bind(bond::ADVICE)
    .execute(&mut *tx)
    .await?;
    ledger::begin_anew(tx, who, now).await?;
    for sql in [
        "UPDATE hook_people SET moved = NULL WHERE person IN (SELECT value FROM json_each(?))",
        "DELETE FROM resets WHERE person IN (SELECT value FROM json_each(?))",
    ] {
        sqlx::query(sql).bind(who).execute(&mut *tx).await?;
    }
    bond::renew_sent(tx, bonds, who).await
}

/// Adds to the ten seconds that run now. Without a run, to the last one.
async fn pace(
    tx: &mut SqliteConnection,
    now: i64,
    run: Option<RunId>,
    done: usize,
    failed: usize,
    throttled: usize,
) -> Result<()> {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO pace (run, at, done, failed, throttled)
            SELECT coalesce(?, (SELECT max(id) FROM runs)), ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM runs)
         ON CONFLICT DO UPDATE SET done = coalesce(done, 0) + excluded.done, failed = coalesce(failed, 0) + excluded.failed,
            throttled = coalesce(throttled, 0) + excluded.throttled",
    )
    .bind(run.map(|run| run.0))
    .bind(now - now.rem_euclid(PACE_STEP))
    .bind(number(done))
    .bind(number(failed))
    .bind(number(throttled))
    .execute(tx)
    .await?;
    Ok(())
}
