//! One person out of the tables: as candidate, as detail, as someone to send. And an assessed person back into them.

use std::collections::{BTreeMap, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::change;
use super::codec;
use super::error::{Result, WorkspaceError};
use super::loose::{Number, Text};
use super::numbers;
use super::open::moment;
use super::seal::{BlobKind, Sealer};
use super::types::{PersonId, Reassess};
use crate::assess::must_reset;
use crate::model::{Assessed, Candidate, Finding, PasswordEvidence, Profile, Severity, StoredPassword, fold};

/// `last_sign_in` of someone who never did.
pub(crate) const NEVER: i64 = i64::MIN;

/// Okta takes no login or name longer than 100 characters; what lists, search and comparison keep ends here. The profile itself is kept whole.
const LONGEST: usize = 300;

/// The start of a text.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// A person's texts as search and comparison use them.
pub(crate) struct Folded {
    pub(crate) name: String,
    pub(crate) login: String,
    /// `None` where it equals the login.
    pub(crate) email: Option<String>,
}

impl Folded {
    pub(crate) fn of(profile: &Profile) -> Self {
        let login = fold(&shorten(profile.login()));
        let email = Some(fold(&shorten(profile.email()))).filter(|email| *email != login);
        Self { name: fold(&shorten(&profile.display_name())), login, email }
    }
}

/// The gravest finding, the first of equals.
pub(crate) fn gravest(findings: &[Finding]) -> Option<&Finding> {
    // `max_by_key` gives the last of equals.
    findings.iter().rev().max_by_key(|finding| finding.severity)
}

pub(crate) fn blocks(findings: &[Finding]) -> i64 {
    let count = findings.iter().filter(|finding| finding.severity == Severity::Blocks).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        WorkspaceError::damaged("a person's data can't be understood", format!("{what}: {error}"))
    })
}

pub(crate) fn to_json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| WorkspaceError::Database(error.to_string()))
}

pub(crate) fn person_id(number: i64) -> Result<PersonId> {
    u32::try_from(number)
        .map(PersonId)
        .map_err(|_| WorkspaceError::damaged("a person's number is too large", number.to_string()))
}

/// Opens a sealed stored password.
pub(crate) fn open_password(sealer: &Sealer, key: &str, blob: &[u8]) -> Result<StoredPassword> {
    let opened = sealer.open(BlobKind::Password, key, blob);
    let opened = opened
        .map_err(|error| WorkspaceError::damaged("a sealed password does not open", error.to_string()))?;
    codec::decode_password(opened.expose())
        .map_err(|error| WorkspaceError::damaged("a sealed password can't be understood", error.to_string()))
}

/// Among the edits: that someone sets a new password, whatever is stored. No attribute of Okta's has brackets in its name.
pub(crate) const MUST_RESET: &str = "(must reset)";

/// Among the edits: how many people have someone's very clear-text password, where those are too many. Nobody made it by hand; it
/// stands there because edits are bound to their person.
pub(crate) const SHARED: &str = "(shared clear text)";

/// Whether an edit is one of an attribute.
pub(crate) fn is_attribute(name: &str) -> bool {
    !name.starts_with('(')
}

/// The edits of some people, by person and attribute.
pub(crate) async fn edits(
    connection: &mut SqliteConnection,
    ids: &str,
) -> Result<HashMap<i64, BTreeMap<String, serde_json::Value>>> {
    let rows: Vec<(Number, Text, Text)> = sqlx::query_as(
        "SELECT person, attribute, value FROM edits WHERE person IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    let mut edits = HashMap::<i64, BTreeMap<String, serde_json::Value>>::new();
    for (person, attribute, value) in rows {
        // Of whoever's edits are theirs all can be understood; of others none counts.
        if let Ok(value) = serde_json::from_str(&value.0) {
            edits.entry(person.0).or_default().insert(attribute.0, value);
        }
    }
    Ok(edits)
}

/// A profile with the edits laid over it.
pub(crate) fn overlay(original: &Profile, edits: Option<&BTreeMap<String, serde_json::Value>>) -> Profile {
    let mut profile = original.clone();
    for (attribute, value) in edits.into_iter().flatten().filter(|(name, _)| is_attribute(name)) {
        profile.set(attribute, value.clone());
    }
    profile
}

/// The columns [`candidate`] needs, of `details d`.
pub(crate) const CANDIDATE: &str =
    "d.id, d.key, d.profile, d.groups, d.active, d.last_sign_in, d.mapping_findings, d.evidence, d.password";

/// The candidate as mapped, without edits, from a row with the columns of [`CANDIDATE`].
pub(crate) fn candidate(sealer: &Sealer, row: &SqliteRow) -> Result<Candidate> {
    let mut candidate = covered_candidate(row)?;
    candidate.password = match row.try_get::<i64, _>("evidence")? {
        1 => PasswordEvidence::Stored(open_password(sealer, &candidate.key, row.try_get("password")?)?),
        2 => PasswordEvidence::AskSource,
        3 => PasswordEvidence::TooLarge,
        _ => PasswordEvidence::None,
    };
    Ok(candidate)
}

/// The same with the edits laid over it: what is assessed.
fn edited_candidate(
    sealer: &Sealer,
    row: &SqliteRow,
    edited: Option<&BTreeMap<String, serde_json::Value>>,
) -> Result<Candidate> {
    let mut candidate = candidate(sealer, row)?;
    candidate.profile = overlay(&candidate.profile, edited);
    if let Some(edited) = edited {
        candidate.sharing = edited.get(SHARED).and_then(serde_json::Value::as_u64).unwrap_or(0);
        // What the mapping said of a value does not hold for the one put in its place.
        candidate
            .mapping_findings
            .retain(|finding| finding.attribute.as_ref().is_none_or(|name| !edited.contains_key(name)));
    }
    Ok(candidate)
}

/// Someone assessed with the edits they have: values, and whether they are to set a new password.
pub(crate) fn assess_edited(
    sealer: &Sealer,
    row: &SqliteRow,
    edited: Option<&BTreeMap<String, serde_json::Value>>,
    reassess: &dyn Reassess,
) -> Result<Assessed> {
    let mut assessed = reassess.reassess(edited_candidate(sealer, row, edited)?);
    if edited.is_some_and(|edited| edited.contains_key(MUST_RESET)) {
        must_reset(&mut assessed);
    }
    Ok(assessed)
}

/// The same with the password left sealed: its evidence is `None`.
pub(crate) fn covered_candidate(row: &SqliteRow) -> Result<Candidate> {
    let key: String = row.try_get("key")?;
    let groups: Option<&str> = row.try_get("groups")?;
    let mapping_findings: Option<&str> = row.try_get("mapping_findings")?;
    let last_sign_in: Option<i64> = row.try_get("last_sign_in")?;
    Ok(Candidate {
        profile: json("profile", row.try_get("profile")?)?,
        groups: groups.map_or_else(|| Ok(Vec::new()), |text| json("groups", text))?,
        password: PasswordEvidence::None,
        active: row.try_get("active")?,
        last_sign_in: last_sign_in.map(|at| (at != NEVER).then(|| moment(at))),
        sharing: 0,
        mapping_findings: mapping_findings.map_or_else(|| Ok(Vec::new()), |text| json("findings", text))?,
        key,
    })
}

/// The number of a scheme in the file; made when it is new.
pub(crate) async fn scheme_number(tx: &mut SqliteConnection, scheme: &str, label: &str) -> Result<i64> {
    let found: Option<i64> = sqlx::query_scalar("SELECT id FROM schemes WHERE scheme = ? AND label = ?")
        .bind(scheme)
        .bind(label)
        .fetch_optional(&mut *tx)
        .await?;
    if let Some(id) = found {
        return Ok(id);
    }
    let made = sqlx::query("INSERT INTO schemes (scheme, label) VALUES (?, ?)").bind(scheme).bind(label);
    Ok(made.execute(tx).await?.last_insert_rowid())
}

/// How many people are assessed again at once: bounds memory.
const PORTION: usize = 500;

/// Assesses people again with the edits they have now, and writes what came out. The caller touches before and settles after.
pub(crate) async fn assess_again(
    tx: &mut SqliteConnection,
    sealer: &Sealer,
    ids: &[PersonId],
    reassess: &dyn Reassess,
) -> Result<()> {
    for portion in ids.chunks(PORTION) {
        let list = change::list(portion);
        let edits = edits(tx, &list).await?;
        let sql = format!("SELECT {CANDIDATE} FROM details d WHERE d.id IN (SELECT value FROM json_each(?))");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&list).fetch_all(&mut *tx).await?;
        let mut done = Vec::with_capacity(rows.len());
        for row in rows {
            let id: i64 = row.try_get("id")?;
            // What can't be understood is left as it is: nobody else waits for it.
            let Ok(assessed) = assess_edited(sealer, &row, edits.get(&id), reassess) else { continue };
            done.push((id, assessed));
        }
        write(tx, &done).await?;
    }
    Ok(())
}

/// Findings that are written at once: SQLite binds no more than 32,766 values.
const FINDINGS: usize = 4000;

/// Writes what the assessments of a portion say, a few statements for all of them. Findings across people stay as they are.
async fn write(tx: &mut SqliteConnection, all: &[(i64, Assessed)]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let mut numbered: HashMap<(&str, &str), i64> = HashMap::new();
    let mut schemes = Vec::with_capacity(all.len());
    for (_, assessed) in all {
        let scheme = (assessed.scheme.as_str(), assessed.scheme_label.as_str());
        let number = match numbered.get(&scheme) {
            Some(number) => *number,
            None => scheme_number(tx, scheme.0, scheme.1).await?,
        };
        numbered.insert(scheme, number);
        schemes.push(number);
    }
    sqlx::raw_sql(
        "CREATE TEMP TABLE IF NOT EXISTS assessed (id INTEGER PRIMARY KEY, name TEXT, login TEXT, scheme INTEGER, route INTEGER,
            folded_name TEXT, folded_login TEXT, folded_email TEXT);
         DELETE FROM assessed;",
    )
    .execute(&mut *tx)
    .await?;
    let mut rows = QueryBuilder::<Sqlite>::new("INSERT INTO assessed ");
    rows.push_values(all.iter().zip(&schemes), |mut row, ((id, assessed), scheme)| {
        let profile = &assessed.candidate.profile;
        let folded = Folded::of(profile);
        row.push_bind(*id)
            .push_bind(shorten(&profile.display_name()))
            .push_bind(shorten(profile.login()))
            .push_bind(*scheme)
            .push_bind(numbers::route(assessed.route))
            .push_bind(folded.name)
            .push_bind(folded.login)
            .push_bind(folded.email);
    });
    rows.build().execute(&mut *tx).await?;
    sqlx::raw_sql(
        "UPDATE people SET name = a.name, login = a.login, scheme = a.scheme, route = a.route FROM assessed a WHERE a.id = people.id;
         UPDATE texts SET name = a.folded_name, login = a.folded_login, email = a.folded_email FROM assessed a WHERE a.id = texts.id;
         DELETE FROM findings WHERE person IN (SELECT id FROM assessed) AND place < 1000;",
    )
    .execute(&mut *tx)
    .await?;
    let findings: Vec<(i64, i64, &Finding)> = all
        .iter()
        .flat_map(|(id, assessed)| {
            (0_i64..super::twins::LOGIN_PLACE)
                .zip(&assessed.findings)
                .map(|(place, finding)| (*id, place, finding))
        })
        .collect();
    for portion in findings.chunks(FINDINGS) {
        let mut rows = QueryBuilder::<Sqlite>::new(
            "INSERT INTO findings (person, place, code, severity, attribute, text) ",
        );
        rows.push_values(portion, |mut row, (id, place, finding)| {
            row.push_bind(*id)
                .push_bind(*place)
                .push_bind(finding.code.clone())
                .push_bind(numbers::severity(finding.severity))
                .push_bind(finding.attribute.clone())
                .push_bind(finding.text.clone());
        });
        rows.build().execute(&mut *tx).await?;
    }
    Ok(())
}
