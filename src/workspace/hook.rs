//! The password hook's share of the workspace: looking a login up, what was answered, who has moved.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, SqliteConnection};

use super::bond;
use super::change::list;
use super::error::Result;
use super::identity;
use super::loose::{Number, Text};
use super::numbers;
use super::open::{Workspace, moment};
use super::store;
use super::types::PersonId;
use crate::assess::Identity;
use crate::model::{HookAnswer, HookCall, HookReason, OutcomeKind, PasswordEvidence, Profile, Route, fold};

/// So many calls are kept one by one; the numbers by hour stay.
const KEPT: i64 = 100_000;

/// Numbers by hour are kept so many days: longer than any migration's hook is open.
const DAYS: i64 = 400;

const HOUR: i64 = 3_600_000;

/// No login has more people than are looked at here.
const MOST: i64 = 20;

/// Longest login that is looked up, in characters. Okta's longest has 100.
const LOGIN: usize = 300;

/// Someone with the login that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct HookPerson {
    /// Who.
    pub id: PersonId,
    /// The source's key.
    pub key: String,
    /// The login as the mapping made it when the source was read, whatever it was changed to by hand since.
    pub login_read: String,
    /// What they are known by: the row that is at their key now may be somebody else's.
    pub identity: Identity,
    /// Whether they are gone from the source.
    pub gone: bool,
    /// Whether the administrator, or a rule, left them out.
    pub left_out: bool,
    /// Whether the source says the account is switched off.
    pub disabled: bool,
    /// Whether they would be imported: neither left out nor blocked.
    pub goes: bool,
    /// Whether this migration sent them to Okta, or found them there.
    pub in_okta: bool,
    /// Whether Okta has said that the password is its own now.
    pub moved: bool,
    /// Whether their entry was changed by something other than this program: then nothing else here counts.
    pub changed: bool,
    /// What there is to check a password against.
    pub evidence: PasswordEvidence,
}

/// Adds up what may stand for anything in the file.
fn add(sum: &mut u64, n: u64) {
    *sum = sum.saturating_add(n);
}

/// One hour of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HookHour {
    /// Its start.
    pub start: DateTime<Utc>,
    /// Right passwords.
    pub verified: u64,
    /// All other sign-ins that were answered.
    pub unverified: u64,
    /// Calls that got no answer: source down, too busy.
    pub unavailable: u64,
}

/// The hook's numbers since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HookTotals {
    /// Right passwords.
    pub verified: u64,
    /// All other sign-ins that were answered.
    pub unverified: u64,
    /// Calls that got no answer.
    pub unavailable: u64,
    /// Calls that were none of Okta's.
    pub refused: u64,
    /// Half of the answers (verified or not) took no longer than this, in milliseconds. `None` without any.
    pub p50_ms: Option<u32>,
    /// 95 of a hundred took no longer than this, in milliseconds.
    pub p95_ms: Option<u32>,
}

impl Workspace {
    /// Everyone whose login Okta takes for this one: without regard to case, accents and blanks at the ends. Okta asks by the login that
    /// an account has, so whoever was sent by this one comes first, and whoever only has it in the source today counts where nobody was.
    pub async fn hook_find(&self, login: &str) -> Result<Vec<HookPerson>> {
        self.still_there()?;
        if login.chars().nth(LOGIN).is_some() {
            return Ok(Vec::new());
        }
        self.hook_people(
            "(SELECT id FROM texts WHERE login = ?1 UNION SELECT person FROM memory WHERE sent_login = ?1) t
                CROSS JOIN people p ON p.id = t.id",
            "?1 = ?1",
            &fold(login),
            Some(login),
        )
        .await
    }

    /// Someone with a stored password of the scheme, cost included, that most people have: what a check for nobody is made
    /// to take as long as. `None` when nobody has a stored password.
    pub async fn hook_example(&self) -> Result<Option<HookPerson>> {
        let schemes: Vec<Number> = sqlx::query_scalar(
            "SELECT scheme FROM tally_people WHERE gone = 0 AND route <> ? GROUP BY scheme HAVING total(n) > 0
             ORDER BY total(n) DESC LIMIT 5",
        )
        .bind(numbers::route(Route::Reset))
        .fetch_all(&self.0.readers)
        .await?;
        for scheme in schemes {
            // Among the first people of the file: with the commonest scheme the first of it is near.
            let id: Option<i64> = sqlx::query_scalar(
                "SELECT p.id FROM people p CROSS JOIN details d ON d.id = p.id
                 WHERE p.scheme = ? AND p.gone = 0 AND d.evidence = 1 LIMIT 1",
            )
            .bind(scheme.0)
            .fetch_optional(&self.0.readers)
            .await?;
            if let Some(id) = id {
                let found = self.hook_people("people p", "p.id = ?1", &id.to_string(), None).await?.pop();
                return Ok(found.filter(|person| !person.changed));
            }
        }
        Ok(None)
    }

    /// `login`: the one that was asked for. The index finds people by it; whether it is theirs, what is bound to them says.
    async fn hook_people(
        &self,
        people: &str,
        is: &str,
        value: &str,
        login: Option<&str>,
    ) -> Result<Vec<HookPerson>> {
        let sql = format!(
            "SELECT {}, {}, p.gone, p.left_out, p.state, p.outcome, m.okta_id IS NOT NULL AS has_account, h.moved IS NOT NULL AS moved
             FROM {people} CROSS JOIN details d ON d.id = p.id LEFT JOIN row_columns c ON c.id = d.row_columns
             LEFT JOIN memory m ON m.person = p.id LEFT JOIN hook_people h ON h.person = p.id
             WHERE {is} ORDER BY p.row_no, p.id LIMIT {MOST}",
            store::CANDIDATE,
            identity::COLUMNS_ONLY
        );
        // One snapshot: what is checked is what is used.
        let mut tx = self.0.readers.begin().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(value).fetch_all(&mut *tx).await?;
        if rows.is_empty() {
            // Nobody has it, or the index does not say so.
            if !value.is_empty() {
                self.0.missed.notify_one();
            }
            return Ok(Vec::new());
        }
        let mut ids = Vec::with_capacity(rows.len());
        for row in &rows {
            ids.extend(store::person_id(row.try_get("id")?).ok());
        }
        let faults = bond::faults(&mut tx, self.0.sealer.bonds(), &list(&ids)).await?;
        ids.retain(|id| !faults.contains_key(&i64::from(id.0)));
        let edits = store::edits(&mut tx, &list(&ids)).await?;
        tx.commit().await?;
        let asked = login.map(|login| fold(&store::shorten(login)));
        let mut people = Vec::with_capacity(rows.len());
        // Whose account has this login, as far as what is bound says; and whether someone's bent record claims to be.
        let (mut by_sent, mut claimed) = (Vec::new(), false);
        for row in &rows {
            let Ok(id) = store::person_id(row.try_get("id")?) else { continue };
            let number = i64::from(id.0);
            let sent: Option<String> = row.try_get("sent_login").unwrap_or_default();
            let sent = asked.is_some() && sent == asked;
            let person = match self.hook_person(row, edits.get(&number)) {
                Ok((person, theirs)) if !faults.contains_key(&number) => {
                    let today = asked.as_ref().is_none_or(|asked| *asked == fold(&store::shorten(&theirs)));
                    let has = sent && (person.in_okta || row.try_get("has_account")?);
                    if has {
                        by_sent.push(person.clone());
                    } else if sent && !today {
                        // Okta refused them by a login that is not theirs any more.
                        continue;
                    }
                    Some(person).filter(|_| today || sent)
                }
                // A sealed password that was bent, or text that was never JSON, is that person's trouble alone.
                Ok(_) | Err(_) => None,
            };
            claimed |= person.is_none() && sent;
            people.push(person.unwrap_or_else(|| changed(id)));
        }
        if !by_sent.is_empty() {
            return Ok(by_sent);
        }
        if claimed {
            // It may be the account of someone whose record was bent: nobody else is let into it.
            people.retain(|person| person.changed);
            return Ok(people);
        }
        if people.iter().any(|person| person.changed) {
            self.0.missed.notify_one();
            // Whoever only the index gives this login, or whose own entry is bent, does not keep the one out whose login it is by what is
            // bound to them: nobody else has it, or both would be blocked, which is bound too.
            if people.iter().any(|person| !person.changed) {
                people.retain(|person| !person.changed);
            }
        }
        Ok(people)
    }

    /// The person of a row, and the login they have now.
    fn hook_person(
        &self,
        row: &SqliteRow,
        edits: Option<&BTreeMap<String, serde_json::Value>>,
    ) -> Result<(HookPerson, String)> {
        let key: String = row.try_get("key")?;
        let evidence = match row.try_get::<i64, _>("evidence")? {
            1 => PasswordEvidence::Stored(store::open_password(
                &self.0.sealer,
                &key,
                row.try_get("password")?,
            )?),
            2 => PasswordEvidence::AskSource,
            3 => PasswordEvidence::TooLarge,
            _ => PasswordEvidence::None,
        };
        let outcome = numbers::to_outcome(row.try_get("outcome")?)?;
        let profile = store::json::<Profile>("profile", row.try_get("profile")?)?;
        let login = store::overlay(&profile, edits).login().to_owned();
        let person = HookPerson {
            id: store::person_id(row.try_get("id")?)?,
            login_read: profile.login().to_owned(),
            identity: identity::of_row(&self.0.sealer, row, edits),
            key,
            changed: false,
            gone: row.try_get("gone")?,
            left_out: row.try_get("left_out")?,
            disabled: row.try_get::<Option<bool>, _>("active")? == Some(false),
            goes: numbers::to_disposition(row.try_get("state")?)?.goes(),
            in_okta: matches!(
                outcome,
                OutcomeKind::Sending
                    | OutcomeKind::Created
                    | OutcomeKind::AlreadyThere
                    | OutcomeKind::Updated
            ),
            moved: row.try_get("moved")?,
            evidence,
        };
        Ok((person, login))
    }

    /// Writes down what the hook answered, and with it who gave the right password.
    pub async fn record_hook_calls(&self, calls: &[HookCall]) -> Result<()> {
        if calls.is_empty() {
            return Ok(());
        }
        self.still_there()?;
        let mut tx = self.begin().await?;
        for call in calls {
            let at = call.at.timestamp_millis();
            sqlx::query(
                "INSERT INTO hook_calls (at, person, login, answer, reason, scheme, took, request, again, address, service)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(at)
            .bind(call.person)
            .bind(store::shorten(&call.login))
            .bind(call.answer.as_str())
            .bind(call.reason.as_str())
            .bind(&call.scheme)
            .bind(i64::try_from(call.took_us).unwrap_or(i64::MAX))
            .bind(call.request.as_deref().map(store::shorten))
            .bind(call.again)
            .bind(call.address.as_deref().map(store::shorten))
            .bind(self.0.guest)
            .execute(&mut *tx)
            .await?;
            if call.is_test() {
                // Told, and counted nowhere: a test is nobody's sign-in.
                continue;
            }
            sqlx::query(
                "INSERT INTO hook_hours (hour, answer, step, n) VALUES (?, ?, ?, 1)
                 ON CONFLICT DO UPDATE SET n = coalesce(n, 0) + 1",
            )
            .bind(at - at.rem_euclid(HOUR))
            .bind(call.answer.as_str())
            .bind(step(call.took_us))
            .execute(&mut *tx)
            .await?;
            if call.answer == HookAnswer::Verified
                && let Some(person) = call.person
            {
                sqlx::query(
                    "INSERT INTO hook_people (person, verified) VALUES (?, ?)
                     ON CONFLICT DO UPDATE SET verified = coalesce(verified, excluded.verified)",
                )
                .bind(person)
                .bind(at)
                .execute(&mut *tx)
                .await?;
            }
        }
        forget_old(&mut tx, self.now()).await?;
        self.commit(tx).await
    }

    /// Marks people whose password Okta says it has taken over (`user.import.password` in its log): they are not checked any
    /// more. People by Okta's id and when; unknown ids are passed over. How many are new.
    pub async fn mark_moved(&self, people: &[(String, DateTime<Utc>)]) -> Result<u64> {
        let mut tx = self.begin().await?;
        let mut marked = 0;
        let bonds = self.0.sealer.bonds();
        for (okta_id, at) in people {
            let whose: Vec<i64> = sqlx::query_scalar("SELECT person FROM memory WHERE okta_id = ?")
                .bind(okta_id)
                .fetch_all(&mut *tx)
                .await?;
            if whose.is_empty() {
                continue;
            }
            // Whose id of Okta's is not theirs is not taken for moved.
            let unsound = bond::sent_unsound(&mut tx, bonds, &store::to_json(&whose)?).await?;
            let sound = store::to_json(&whose.iter().filter(|id| !unsound.contains(id)).collect::<Vec<_>>())?;
            let done = sqlx::query(
                "INSERT INTO hook_people (person, moved) SELECT value, ?2 FROM json_each(?1) WHERE true
                 ON CONFLICT DO UPDATE SET moved = excluded.moved WHERE moved IS NULL",
            )
            .bind(&sound)
            .bind(at.timestamp_millis())
            .execute(&mut *tx)
            .await?;
            bond::renew_sent(&mut tx, bonds, &sound).await?;
            marked += done.rows_affected();
        }
        self.commit(tx).await?;
        Ok(marked)
    }

    /// Which of these ids of Okta's are people of this migration.
    pub async fn ours_in_okta(&self, okta_ids: &[&str]) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT okta_id FROM memory WHERE okta_id IN (SELECT value FROM json_each(?))";
        let list = store::to_json(okta_ids)?;
        let ids: Vec<Text> = sqlx::query_scalar(sql).bind(list).fetch_all(&self.0.readers).await?;
        Ok(ids.into_iter().map(|id| id.0).collect())
    }

    /// Takes the mark off again: for someone whose password in Okta was given back to the hook.
    pub async fn unmark_moved(&self, person: PersonId) -> Result<()> {
        let mut tx = self.begin().await?;
        let who = list(&[person]);
        if self.sent_is_sound(&mut tx, &who).await? {
            sqlx::query("UPDATE hook_people SET moved = NULL WHERE person = ?")
                .bind(person.0)
                .execute(&mut *tx)
                .await?;
            bond::renew_sent(&mut tx, self.0.sealer.bonds(), &who).await?;
        }
        self.commit(tx).await
    }

    /// A number that rises with every call written down, by whichever process: what a service beside the window answered
    /// shows by it.
    pub async fn hook_seen(&self) -> Result<i64> {
        let last = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM hook_calls");
        Ok(last.fetch_one(&self.0.readers).await?)
    }

    /// The last calls, the newest first: at most `limit`, with one of these answers (empty: any).
    pub async fn hook_calls(&self, answers: &[HookAnswer], limit: u32) -> Result<Vec<HookCall>> {
        let mut sql = QueryBuilder::new(
            "SELECT at, person, login, answer, reason, scheme, took, request, again, address, service FROM hook_calls",
        );
        if !answers.is_empty() {
            sql.push(" WHERE answer IN (");
            let mut list = sql.separated(", ");
            for answer in answers {
                list.push_bind(answer.as_str());
            }
            sql.push(")");
        }
        sql.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        Ok(sql.build().fetch_all(&self.0.readers).await?.iter().filter_map(call).collect())
    }

    /// The calls for one person, the newest first, at most `limit`.
    pub async fn hook_calls_of(&self, person: PersonId, limit: u32) -> Result<Vec<HookCall>> {
        let rows = sqlx::query(
            "SELECT at, person, login, answer, reason, scheme, took, request, again, address, service FROM hook_calls
             WHERE person = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(person.0)
        .bind(limit)
        .fetch_all(&self.0.readers)
        .await?;
        Ok(rows.iter().filter_map(call).collect())
    }

    /// The chart: sign-ins by hour since a moment, in order. Hours in which nothing happened are left out.
    pub async fn hook_hours(&self, since: DateTime<Utc>) -> Result<Vec<HookHour>> {
        let rows: Vec<(Number, Text, Number)> = sqlx::query_as(
            "SELECT hour, answer, total(n) FROM hook_hours WHERE hour > ? GROUP BY hour, answer ORDER BY hour",
        )
        .bind(since.timestamp_millis() - HOUR)
        .fetch_all(&self.0.readers)
        .await?;
        let mut hours: Vec<HookHour> = Vec::new();
        for (hour, answer, n) in rows {
            let n = n.count();
            let start = moment(hour.0);
            if hours.last().is_none_or(|last| last.start != start) {
                hours.push(HookHour { start, ..HookHour::default() });
            }
            let Some(last) = hours.last_mut() else { continue };
            match HookAnswer::parse(&answer.0) {
                Some(HookAnswer::Verified) => add(&mut last.verified, n),
                Some(HookAnswer::Unverified) => add(&mut last.unverified, n),
                Some(HookAnswer::Unavailable) => add(&mut last.unavailable, n),
                _ => {}
            }
        }
        hours.retain(|hour| hour.verified > 0 || hour.unverified > 0 || hour.unavailable > 0);
        Ok(hours)
    }

    /// The numbers since a moment (to the hour), and how long answers took.
    pub async fn hook_totals(&self, since: DateTime<Utc>) -> Result<HookTotals> {
        let rows: Vec<(Text, Number, Number)> = sqlx::query_as(
            "SELECT answer, step, total(n) FROM hook_hours WHERE hour > ? GROUP BY answer, step ORDER BY step",
        )
        .bind(since.timestamp_millis() - HOUR)
        .fetch_all(&self.0.readers)
        .await?;
        let mut totals = HookTotals::default();
        let mut times: Vec<(i64, u64)> = Vec::new();
        for (answer, step, n) in rows {
            let n = n.count();
            match HookAnswer::parse(&answer.0) {
                Some(HookAnswer::Verified) => add(&mut totals.verified, n),
                Some(HookAnswer::Unverified) => add(&mut totals.unverified, n),
                Some(HookAnswer::Unavailable) => add(&mut totals.unavailable, n),
                Some(HookAnswer::Refused) => add(&mut totals.refused, n),
                None => {}
            }
            if matches!(HookAnswer::parse(&answer.0), Some(HookAnswer::Verified | HookAnswer::Unverified)) {
                times.push((step.0, n));
            }
        }
        totals.p50_ms = percentile(&times, 50);
        totals.p95_ms = percentile(&times, 95);
        Ok(totals)
    }

    /// How many people were created who can sign in only through the hook and have not done so: neither has the hook said
    /// yes to them nor Okta that it has their password, nor was it reset.
    pub async fn hook_waiting(&self) -> Result<u64> {
        let count: Number = sqlx::query_scalar(
            "SELECT (SELECT total(n) FROM tally_people WHERE outcome = ?1 AND sent = ?2)
             - (SELECT count(*) FROM (
                    SELECT person FROM hook_people WHERE verified IS NOT NULL OR moved IS NOT NULL
                    UNION SELECT person FROM resets WHERE state = 'done'
                ) h CROSS JOIN people p ON p.id = h.person LEFT JOIN memory m ON m.person = p.id
                WHERE p.outcome = ?1 AND coalesce(m.route, p.route) = ?2)",
        )
        .bind(numbers::outcome(OutcomeKind::Created))
        .bind(numbers::route(Route::Hook))
        .fetch_one(&self.0.readers)
        .await?;
        Ok(count.count())
    }

    /// How many people have given the hook the right password, and of how many Okta has said that the password is its own.
    pub async fn hook_moved(&self) -> Result<(u64, u64)> {
        let (verified, moved): (i64, i64) =
            sqlx::query_as("SELECT count(verified), count(moved) FROM hook_people")
                .fetch_one(&self.0.readers)
                .await?;
        Ok((u64::try_from(verified).unwrap_or(0), u64::try_from(moved).unwrap_or(0)))
    }
}

/// Someone of whom nothing counts but that their entry was changed.
fn changed(id: PersonId) -> HookPerson {
    HookPerson {
        id,
        key: String::new(),
        login_read: String::new(),
        identity: Identity::default(),
        gone: false,
        left_out: false,
        disabled: false,
        goes: false,
        in_okta: false,
        moved: false,
        changed: true,
        evidence: PasswordEvidence::None,
    }
}

/// Keeps the log bounded.
async fn forget_old(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    // A number this program would never come to is none of its own, and must not make all others old.
    sqlx::query("DELETE FROM hook_calls WHERE id > 1 << 60").execute(&mut *tx).await?;
    sqlx::query("DELETE FROM hook_calls WHERE id <= (SELECT max(id) FROM hook_calls) - ?")
        .bind(KEPT)
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM hook_hours WHERE hour < ?").bind(now - DAYS * 24 * HOUR).execute(tx).await?;
    Ok(())
}

/// A line of the log. `None` for one that this program did not write.
fn call(row: &SqliteRow) -> Option<HookCall> {
    let text = |name: &str| row.try_get::<Option<Text>, _>(name).ok().flatten().map(|text| text.0);
    let number = |name: &str| row.try_get::<Number, _>(name).map(|number| number.0).unwrap_or_default();
    Some(HookCall {
        at: moment(number("at")),
        login: text("login").unwrap_or_default(),
        person: row.try_get("person").ok()?,
        answer: HookAnswer::parse(&text("answer")?)?,
        reason: HookReason::parse(&text("reason")?)?,
        scheme: text("scheme"),
        took_us: u64::try_from(number("took")).unwrap_or(0),
        request: text("request"),
        again: number("again") != 0,
        address: text("address"),
        service: number("service") != 0,
    })
}

/// Which step of a tenth a duration falls in: 0 up to a millisecond.
fn step(micros: u64) -> i64 {
    let millis = micros as f64 / 1000.0;
    if millis <= 1.0 {
        return 0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 465 for the longest duration there is")]
    let step = (millis.ln() / 1.1_f64.ln()).ceil() as i64;
    step
}

/// The upper end of a step, in milliseconds.
fn millis(step: i64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive; longer than 49 days reads as 49 days"
    )]
    let millis = 1.1_f64.powf(step as f64).round() as u32;
    millis
}

/// The time within which so many of a hundred were answered; `times` in order of steps.
fn percentile(times: &[(i64, u64)], percent: u64) -> Option<u32> {
    let all: u128 = times.iter().map(|(_, n)| u128::from(*n)).sum();
    let mut seen = 0_u128;
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.iter().find_map(|(step, n)| {
        seen += u128::from(*n);
        (seen * 100 >= all * u128::from(percent)).then(|| millis(*step))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_a_tenth() {
        for ms in [1_u64, 2, 7, 61, 110, 999, 2500] {
            let told = u64::from(millis(step(ms * 1000)));
            assert!(told >= ms && told <= ms + ms / 10 + 1, "{ms}: {told}");
        }
        assert_eq!(step(0), 0);
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[(0, 50), (10, 49), (20, 1)], 50), Some(1));
        assert_eq!(percentile(&[(0, 50), (10, 49), (20, 1)], 95), Some(millis(10)));
        assert_eq!(percentile(&[(0, 50), (10, 49), (20, 1)], 100), Some(millis(20)));
    }
}
