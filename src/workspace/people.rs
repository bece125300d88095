//! The questions screens and files ask about people.

use std::collections::{BTreeMap, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _, SqliteConnection};

use super::bond::{self, Fault};
use super::change::{self, list};
use super::codec;
use super::error::{Result, WorkspaceError};
use super::filter;
use super::filter::IS_THERE;
use super::loose::{Number, Text};
use super::numbers;
use super::open::{Workspace, moment};
use super::seal::BlobKind;
use super::store::{self, MUST_RESET};
use super::types::{
    Counts, Disposition, FindingCount, FoundThere, GroupCount, PeopleFilter, PersonDetail, PersonId,
    PersonRow, SchemeCount, Sort, SourceRow,
};
use crate::model::{
    Candidate, Columns, Finding, Outcome, OutcomeKind, PasswordEvidence, Profile, Route, StoredPassword,
    holds_secrets, names_secrets,
};

/// A scheme that the file does not name.
const UNKNOWN: &str = "Unknown";

const ROW: &str = "p.id, p.row_no, p.name, p.login, p.route, p.state, p.outcome, p.gone, p.finding_severity, p.finding_text,
    p.finding_count, s.scheme, s.label, m.okta_id, m.okta_status, m.code, m.message, m.suggestion,
    CASE WHEN p.outcome IN (1, 2) THEN m.route END AS sent,
    EXISTS (SELECT 1 FROM edits e WHERE e.person = p.id AND substr(e.attribute, 1, 1) <> '(') AS edited, {IS_THERE} AS there,
    (SELECT h.status FROM there h WHERE h.person = p.id) AS there_status, (SELECT h.okta_id FROM there h WHERE h.person = p.id) AS there_id
    FROM people p LEFT JOIN schemes s ON s.id = p.scheme LEFT JOIN memory m ON m.person = p.id";

impl Workspace {
    /// How many people are what. Kept as things change, so it costs the same for ten people and a million.
    pub async fn counts(&self) -> Result<Counts> {
        // One snapshot: the numbers fit each other.
        let mut tx = self.0.readers.begin().await?;
        let rows: Vec<(Number, Number, Number, Number, Number, Number, Number)> = sqlx::query_as(
            "SELECT gone, state, route, outcome, scheme, sent, n FROM tally_people WHERE n <> 0",
        )
        .fetch_all(&mut *tx)
        .await?;
        let names: Vec<(i64, Text, Text)> =
            sqlx::query_as("SELECT id, scheme, label FROM schemes").fetch_all(&mut *tx).await?;
        let findings: Vec<(Text, Number, Number)> = sqlx::query_as(
            "SELECT code, severity, n FROM tally_findings WHERE n > 0 ORDER BY severity DESC, n DESC, code",
        )
        .fetch_all(&mut *tx)
        .await?;
        let groups: Vec<(Text, Number)> = sqlx::query_as(
            "SELECT g.name, t.n FROM tally_groups t JOIN groups g ON g.id = t.group_id WHERE t.n > 0 ORDER BY g.name COLLATE NOCASE, g.name",
        )
        .fetch_all(&mut *tx)
        .await?;
        let changed: Option<Number> = sqlx::query_scalar(
            "SELECT sent_changed FROM readings WHERE state = 'complete' ORDER BY id DESC LIMIT 1",
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut counts = tallied(&rows, names);
        // Whoever was rolled back since, or is to start over, is in Okta no more.
        let in_okta: u64 = IN_OKTA.into_iter().map(|kind| counts.outcome(kind)).sum();
        counts.changed_in_okta = changed.map_or(0, Number::count).min(in_okta);
        for (code, severity, n) in findings {
            let Ok(severity) = numbers::to_severity(severity.0) else { continue };
            counts.findings.push(FindingCount { code: code.0, severity, people: n.count() });
        }
        counts.groups =
            groups.into_iter().map(|(name, n)| GroupCount { name: name.0, people: n.count() }).collect();
        Ok(counts)
    }

    /// Everyone a filter shows, in order: four bytes each, for a virtual table. Grows with the number of people (some
    /// 0.2 s a million), so never wait for it in a frame.
    pub async fn order(&self, filter: &PeopleFilter, sort: Sort) -> Result<Vec<PersonId>> {
        let looked = self.order_once(filter, sort).await;
        if !self.is_index_at_fault(filter, &looked) {
            return looked;
        }
        self.renew_search().await;
        self.order_once(filter, sort).await
    }

    async fn order_once(&self, filter: &PeopleFilter, sort: Sort) -> Result<Vec<PersonId>> {
        let mut tx = self.0.readers.begin().await?;
        let search = self.search(&mut tx, filter).await?;
        let mut sql = QueryBuilder::new("SELECT group_concat(id) FROM (SELECT p.id");
        filter::from_where(&mut sql, filter, &search, filter::sorts_by_text(sort));
        // One long text instead of a million rows: a row costs more on its way here than in the file.
        let gather = filter::narrows(filter, &search) && !filter::comes_sorted(filter, sort);
        let by = if gather { filter::sorted_by(sort) } else { filter::order_by(sort) };
        sql.push(" ORDER BY ").push(by).push(")");
        let joined: Option<String> = sql.build_query_scalar().fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(change::ids(&joined.unwrap_or_default()))
    }

    /// How many people a filter shows.
    pub async fn count(&self, filter: &PeopleFilter) -> Result<u64> {
        let looked = self.count_once(filter).await;
        if !self.is_index_at_fault(filter, &looked) {
            return looked;
        }
        self.renew_search().await;
        self.count_once(filter).await
    }

    async fn count_once(&self, filter: &PeopleFilter) -> Result<u64> {
        let mut tx = self.0.readers.begin().await?;
        let search = self.search(&mut tx, filter).await?;
        let mut sql = QueryBuilder::new("SELECT count(*)");
        filter::from_where(&mut sql, filter, &search, false);
        let count: i64 = sql.build_query_scalar().fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// A page of rows, in the order asked for. Those who are not there any more are left out.
    pub async fn rows(&self, ids: &[PersonId]) -> Result<Vec<PersonRow>> {
        // One snapshot: what is checked is what is shown.
        let mut tx = self.0.readers.begin().await?;
        let faults = bond::faults(&mut tx, self.0.sealer.bonds(), &list(ids)).await?;
        let rows = rows(&mut tx, ids, &faults).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Everything about one person, the password and the source row excepted.
    pub async fn person(&self, id: PersonId) -> Result<PersonDetail> {
        self.persons(&[id]).await?.pop().ok_or(WorkspaceError::NoSuchPerson)
    }

    /// Everything about some people, in the order asked for.
    pub async fn persons(&self, ids: &[PersonId]) -> Result<Vec<PersonDetail>> {
        let mut tx = self.0.readers.begin().await?;
        let list = list(ids);
        let faults = bond::faults(&mut tx, self.0.sealer.bonds(), &list).await?;
        let shown = rows(&mut tx, ids, &faults).await?;
        let sound: Vec<_> = ids.iter().copied().filter(|id| !faults.contains_key(&i64::from(id.0))).collect();
        let edits = store::edits(&mut tx, &change::list(&sound)).await?;
        let mut findings = findings(&mut tx, &list).await?;
        let sql = format!(
            "SELECT {}, m.attempt, m.recorded FROM details d LEFT JOIN memory m ON m.person = d.id
             WHERE d.id IN (SELECT value FROM json_each(?))",
            store::CANDIDATE
        );
        let details = sqlx::query(AssertSqlSafe(sql)).bind(&list).fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let mut by_id = HashMap::new();
        for detail in &details {
            by_id.insert(detail.try_get::<i64, _>("id")?, detail);
        }
        let mut people = Vec::with_capacity(shown.len());
        for row in shown {
            let id = i64::from(row.id.0);
            let detail = by_id.get(&id).copied();
            if let Some(fault) = faults.get(&id) {
                people.push(changed(row, *fault, detail, findings.remove(&id).unwrap_or_default()));
                continue;
            }
            let detail = detail
                .ok_or_else(|| WorkspaceError::damaged("a person's data is missing", id.to_string()))?;
            let candidate = store::covered_candidate(detail)?;
            let edited = edits.get(&id);
            people.push(PersonDetail {
                profile: store::overlay(&candidate.profile, edited),
                original: candidate.profile,
                edited: edited
                    .into_iter()
                    .flat_map(|edits| edits.keys())
                    .filter(|name| store::is_attribute(name))
                    .cloned()
                    .collect(),
                must_reset: edited.is_some_and(|edits| edits.contains_key(MUST_RESET)),
                key: candidate.key,
                groups: candidate.groups,
                findings: findings.remove(&id).unwrap_or_default(),
                active: candidate.active,
                last_sign_in: candidate.last_sign_in,
                has_password: detail.try_get::<i64, _>("evidence")? == 1,
                attempts: detail.try_get::<Option<u32>, _>("attempt")?.unwrap_or(0),
                recorded: detail.try_get::<Option<i64>, _>("recorded")?.map(moment),
                row,
            });
        }
        Ok(people)
    }

    /// Who has this key in the source.
    pub async fn by_key(&self, key: &str) -> Result<Option<PersonId>> {
        let id: Option<i64> = sqlx::query_scalar("SELECT id FROM details WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.0.readers)
            .await?;
        id.map(store::person_id).transpose()
    }

    /// The stored password, opened. `None` when the source keeps none.
    pub async fn secret(&self, id: PersonId) -> Result<Option<StoredPassword>> {
        let found: Option<(String, Option<Vec<u8>>)> =
            sqlx::query_as("SELECT key, password FROM details WHERE id = ?")
                .bind(id.0)
                .fetch_optional(&self.0.readers)
                .await?;
        let (key, blob) = found.ok_or(WorkspaceError::NoSuchPerson)?;
        blob.map(|blob| store::open_password(&self.0.sealer, &key, &blob)).transpose()
    }

    /// The row a person came from, opened, with the columns marked that hold secrets: the mapped password and salt, and whatever else
    /// is one by its name or its looks.
    pub async fn source_row(&self, id: PersonId) -> Result<SourceRow> {
        let found: Option<(String, Vec<u8>, String, String)> = sqlx::query_as(
            "SELECT d.key, d.source_row, c.names, c.covered FROM details d JOIN row_columns c ON c.id = d.row_columns WHERE d.id = ?",
        )
        .bind(id.0)
        .fetch_optional(&self.0.readers)
        .await?;
        let (key, blob, names, covered) = found.ok_or(WorkspaceError::NoSuchPerson)?;
        let opened = self.0.sealer.open(BlobKind::Row, &key, &blob);
        let opened = opened.map_err(|error| {
            WorkspaceError::damaged("a sealed source row does not open", error.to_string())
        })?;
        let values = codec::decode_row(opened.expose()).map_err(|error| {
            WorkspaceError::damaged("a sealed source row can't be understood", error.to_string())
        })?;
        let columns = Columns::new(store::json::<Vec<String>>("columns", &names)?);
        let hidden: Vec<String> = store::json("columns", &covered)?;
        let mapped = |name: &String| hidden.iter().any(|h| h.eq_ignore_ascii_case(name));
        let covered = columns.names().iter().zip(&values);
        let covered = covered
            .map(|(name, value)| mapped(name) || names_secrets(name) || holds_secrets(value))
            .collect();
        Ok(SourceRow { columns, values, covered })
    }
}

async fn rows(
    connection: &mut SqliteConnection,
    ids: &[PersonId],
    faults: &BTreeMap<i64, Fault>,
) -> Result<Vec<PersonRow>> {
    let row = ROW.replace("{IS_THERE}", IS_THERE);
    let sql = format!("SELECT {row} WHERE p.id IN (SELECT value FROM json_each(?))");
    let found = sqlx::query(AssertSqlSafe(sql)).bind(list(ids)).fetch_all(connection).await?;
    let mut by_id = HashMap::with_capacity(found.len());
    for row in &found {
        let Ok(id) = store::person_id(row.try_get("id")?) else { continue };
        let row = match (person_row(row), faults.get(&i64::from(id.0))) {
            (row, None) => row?,
            // Even where the row itself makes no sense: they are shown, with the reason.
            (row, Some(fault)) => doubted(row.unwrap_or_else(|_| nothing(id)), *fault),
        };
        by_id.insert(row.id, row);
    }
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

fn person_row(row: &SqliteRow) -> Result<PersonRow> {
    let severity: Option<i64> = row.try_get("finding_severity")?;
    let finding: Option<String> = row.try_get("finding_text")?;
    // What is only shown, and bound to nobody.
    let text = |name: &str| row.try_get::<Option<Text>, _>(name).map(|text| text.map(|text| text.0));
    Ok(PersonRow {
        id: store::person_id(row.try_get("id")?)?,
        row: row.try_get("row_no")?,
        name: row.try_get("name")?,
        login: row.try_get("login")?,
        route: numbers::to_route(row.try_get("route")?)?,
        disposition: numbers::to_disposition(row.try_get("state")?)?,
        scheme: text("scheme")?.unwrap_or_default(),
        scheme_label: text("label")?.unwrap_or_else(|| UNKNOWN.to_owned()),
        finding: severity.map(numbers::to_severity).transpose()?.zip(finding),
        findings: row.try_get("finding_count")?,
        outcome: Outcome {
            kind: numbers::to_outcome(row.try_get("outcome")?)?,
            okta_id: text("okta_id")?,
            okta_status: text("okta_status")?,
            code: text("code")?,
            message: text("message")?,
            suggestion: text("suggestion")?,
            login: None,
        },
        sent: row.try_get::<Option<i64>, _>("sent")?.map(numbers::to_route).transpose()?,
        edited: row.try_get("edited")?,
        there: row.try_get("there")?,
        there_as: match (row.try_get("there")?, text("there_status")?, text("there_id")?) {
            (true, Some(status), Some(okta_id)) => Some(FoundThere { status, okta_id }),
            _ => None,
        },
        gone: row.try_get("gone")?,
        changed: None,
    })
}

/// Someone whose entry is not theirs, as lists show them: blocked, and why.
fn doubted(mut row: PersonRow, fault: Fault) -> PersonRow {
    let Finding { severity, text, .. } = bond::finding(fault);
    if row.disposition.goes() {
        row.disposition = Disposition::Blocked;
    }
    row.finding = Some((severity, text));
    row.findings += 1;
    row.changed = Some(bond::words(fault));
    row
}

/// Someone of whom not even the row can be read.
fn nothing(id: PersonId) -> PersonRow {
    PersonRow {
        id,
        row: 0,
        name: String::new(),
        login: String::new(),
        route: Route::Reset,
        disposition: Disposition::Blocked,
        scheme: String::new(),
        scheme_label: String::new(),
        finding: None,
        findings: 0,
        outcome: Outcome::of(OutcomeKind::Waiting),
        sent: None,
        edited: false,
        there: false,
        there_as: None,
        gone: false,
        changed: None,
    }
}

/// The same with what can be read of them. Their edits are not laid over it.
fn changed(
    row: PersonRow,
    fault: Fault,
    detail: Option<&SqliteRow>,
    mut findings: Vec<Finding>,
) -> PersonDetail {
    findings.insert(0, bond::finding(fault));
    let candidate = detail.and_then(|detail| store::covered_candidate(detail).ok());
    let number = |name: &str| detail.and_then(|detail| detail.try_get::<Option<i64>, _>(name).ok().flatten());
    let (attempts, recorded) = (number("attempt"), number("recorded"));
    let candidate = candidate.unwrap_or_else(|| Candidate {
        key: String::new(),
        profile: Profile::default(),
        groups: Vec::new(),
        password: PasswordEvidence::None,
        active: None,
        last_sign_in: None,
        sharing: 0,
        mapping_findings: Vec::new(),
    });
    PersonDetail {
        row,
        key: candidate.key,
        profile: candidate.profile.clone(),
        original: candidate.profile,
        edited: Vec::new(),
        must_reset: false,
        groups: candidate.groups,
        findings,
        active: candidate.active,
        last_sign_in: candidate.last_sign_in,
        has_password: false,
        attempts: attempts.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        recorded: recorded.map(moment),
    }
}

/// The tallies of people, added up. What this program does not write counts as what keeps people from being sent: nobody is missing.
/// Where those stand who are in Okta.
const IN_OKTA: [OutcomeKind; 3] = [OutcomeKind::Created, OutcomeKind::AlreadyThere, OutcomeKind::Updated];

fn tallied(
    rows: &[(Number, Number, Number, Number, Number, Number, Number)],
    names: Vec<(i64, Text, Text)>,
) -> Counts {
    // Someone changed outside is taken out where they are now, and not where they were counted: only sums are right.
    let mut outcomes = HashMap::<OutcomeKind, i64>::new();
    let mut created = HashMap::<Route, i64>::new();
    let mut dispositions = HashMap::<Disposition, i64>::new();
    let mut schemes = HashMap::<i64, [i64; 3]>::new();
    let (mut gone_people, mut gone_in_okta) = (0, 0);
    let add = |sum: &mut i64, n: i64| *sum = sum.saturating_add(n);
    for (gone, state, route, outcome, scheme, sent, Number(n)) in rows {
        let disposition = numbers::to_disposition(state.0).unwrap_or(Disposition::Blocked);
        let kind = numbers::to_outcome(outcome.0).unwrap_or(OutcomeKind::Failed);
        let route = numbers::to_route(route.0).unwrap_or(Route::Reset);
        if kind != OutcomeKind::Waiting || (gone.0 == 0 && disposition.goes()) {
            add(outcomes.entry(kind).or_default(), *n);
        }
        if kind == OutcomeKind::Created {
            add(created.entry(numbers::to_route(sent.0).unwrap_or(route)).or_default(), *n);
        }
        if gone.0 != 0 {
            add(&mut gone_people, *n);
            if IN_OKTA.contains(&kind) {
                add(&mut gone_in_okta, *n);
            }
            continue;
        }
        add(dispositions.entry(disposition).or_default(), *n);
        let by_route = schemes.entry(scheme.0).or_default();
        add(&mut by_route[usize::try_from(numbers::route(route)).unwrap_or(0)], *n);
    }
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let of = |disposition| count(dispositions.get(&disposition).copied().unwrap_or(0));
    let mut counts = Counts {
        total: dispositions.values().fold(0, |sum, n| sum.saturating_add(count(*n))),
        gone: count(gone_people),
        gone_in_okta: count(gone_in_okta),
        import: of(Disposition::Import),
        hook: of(Disposition::Hook),
        reset: of(Disposition::Reset),
        blocked: of(Disposition::Blocked),
        left_out: of(Disposition::LeftOut),
        ..Counts::default()
    };
    counts.outcomes = OutcomeKind::ALL
        .into_iter()
        .filter_map(|kind| outcomes.get(&kind).map(|n| (kind, count(*n))))
        .collect();
    counts.created =
        Route::ALL.into_iter().filter_map(|route| created.get(&route).map(|n| (route, count(*n)))).collect();
    for (id, scheme, label) in names {
        let Some(by_route) = schemes.get(&id) else { continue };
        let by_route = by_route.map(count);
        let routes = Route::ALL.into_iter().zip(by_route).filter(|(_, n)| *n > 0).collect();
        let people = by_route.iter().fold(0_u64, |sum, n| sum.saturating_add(*n));
        counts.schemes.push(SchemeCount { scheme: scheme.0, label: label.0, routes, people });
    }
    counts.schemes.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.label.cmp(&b.label)));
    counts
}

/// The findings of some people, the gravest first.
async fn findings(connection: &mut SqliteConnection, ids: &str) -> Result<HashMap<i64, Vec<Finding>>> {
    findings_below(connection, ids, i64::MAX).await
}

/// Those of them at places before `end`: with [`LOGIN_PLACE`](super::twins::LOGIN_PLACE), what an assessment found.
pub(crate) async fn findings_below(
    connection: &mut SqliteConnection,
    ids: &str,
    end: i64,
) -> Result<HashMap<i64, Vec<Finding>>> {
    let rows = sqlx::query(
        "SELECT person, code, severity, attribute, text FROM findings
         WHERE person IN (SELECT value FROM json_each(?)) AND place < ? ORDER BY person, severity DESC, place",
    )
    .bind(ids)
    .bind(end)
    .fetch_all(connection)
    .await?;
    let mut findings = HashMap::<i64, Vec<Finding>>::new();
    for row in rows {
        // What this program does not write is no finding.
        let (Ok(person), Ok(severity)) = (row.try_get("person"), row.try_get("severity")) else { continue };
        let Ok(severity) = numbers::to_severity(severity) else { continue };
        findings.entry(person).or_default().push(Finding {
            code: row.try_get::<Text, _>("code")?.0,
            severity,
            attribute: row.try_get::<Option<Text>, _>("attribute")?.map(|attribute| attribute.0),
            text: row.try_get::<Text, _>("text")?.0,
        });
    }
    Ok(findings)
}
