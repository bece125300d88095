//! Who of the people known from before a row of the source is. Its key leads to them; whether it still is theirs, what they are known by
//! says ([`same_person`]), where there is anything that somebody else must not inherit: what was sent of them, their account in Okta, what
//! was decided by hand.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::super::error::Result;
use super::super::identity;
use super::super::seal::Sealer;
use super::super::store;
use super::keys::{MOST_DOUBLES, double_key};
use super::prepare::Person;

use crate::assess::{Identity, SamePerson, same_person};
use crate::model::Profile;

/// Someone known from before.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: u32,
    fingerprint: Vec<u8>,
    /// Whether there is something to inherit.
    pub(super) weighs: bool,
}

impl Known {
    /// Whether a row may be taken for theirs without a closer look: nothing changed, or there is nothing to inherit.
    pub(super) fn is_plain(&self, person: &Person) -> bool {
        !self.weighs || self.is_unchanged(person)
    }

    pub(super) fn is_unchanged(&self, person: &Person) -> bool {
        self.fingerprint == person.fingerprint
    }
}

/// A row that has somebody's key and is not taken for theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workspace) struct Displaced {
    /// The number the row was given.
    pub(in crate::workspace) new: u32,
    /// Whose key it has.
    pub(in crate::workspace) old: u32,
    /// Whether it may be theirs all the same.
    pub(in crate::workspace) doubted: bool,
}

/// What is known of these keys.
pub(super) async fn known(tx: &mut SqliteConnection, keys: &[&str]) -> Result<HashMap<String, Known>> {
    let found = select(tx, "d.key IN (SELECT value FROM json_each(?))", &store::to_json(keys)?).await?;
    Ok(found.into_iter().collect())
}

async fn select(tx: &mut SqliteConnection, which: &'static str, value: &str) -> Result<Vec<(String, Known)>> {
    let sql = format!(
        "SELECT d.key, d.id, CAST(d.fingerprint AS BLOB), EXISTS (SELECT 1 FROM memory m WHERE m.person = d.id)
            OR EXISTS (SELECT 1 FROM edits e WHERE e.person = d.id) FROM details d WHERE {which}"
    );
    let rows: Vec<(String, i64, Option<Vec<u8>>, bool)> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(value).fetch_all(tx).await?;
    let known = rows.into_iter().filter_map(|(key, id, fingerprint, weighs)| {
        let id = u32::try_from(id).ok()?;
        Some((key, Known { id, fingerprint: fingerprint.unwrap_or_default(), weighs }))
    });
    Ok(known.collect())
}

/// Everyone who has or had this key: the one who has it, further rows of it, those to whom it belonged before somebody else had it.
async fn holders(tx: &mut SqliteConnection, key: &str) -> Result<Vec<Known>> {
    let mut found = select(tx, "d.key = ?1", key).await?;
    let which = "d.key >= ?1 || char(31, 31) AND d.key < ?1 || char(31, 32) ORDER BY d.id LIMIT 60";
    found.extend(select(tx, which, key).await?);
    Ok(found.into_iter().map(|(_, known)| known).collect())
}

/// Which logins of rows that changed are those of somebody with something to inherit: whatever key such a row has.
pub(super) async fn logins_of_others(
    tx: &mut SqliteConnection,
    people: &[Person],
    known: &HashMap<String, Known>,
) -> Result<HashSet<String>> {
    let changed = people.iter().filter(|person| {
        known.get(&person.key).is_some_and(|known| !known.weighs && !known.is_unchanged(person))
    });
    let logins: Vec<&str> = changed.map(|person| person.folded.login.as_str()).collect();
    if logins.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT j.value FROM json_each(?) j WHERE EXISTS (SELECT 1 FROM memory m WHERE m.sent_login = j.value)
            OR EXISTS (SELECT 1 FROM texts t CROSS JOIN memory m ON m.person = t.id WHERE t.login = j.value)",
    )
    .bind(store::to_json(&logins)?)
    .fetch_all(tx)
    .await?;
    Ok(found.into_iter().collect())
}

/// What those who changed, and have something to inherit, are known by.
pub(super) async fn looked_up(
    tx: &mut SqliteConnection,
    sealer: &Sealer,
    people: &[Person],
    known: &HashMap<String, Known>,
) -> Result<HashMap<u32, Identity>> {
    let changed = people.iter().filter_map(|person| {
        let known = known.get(&person.key)?;
        (!known.is_plain(person)).then_some(known.id)
    });
    let changed: Vec<u32> = changed.collect();
    if changed.is_empty() {
        return Ok(HashMap::new());
    }
    identity::known(tx, sealer, &store::to_json(&changed)?).await
}

/// What a row that was just read is known by.
pub(super) fn of(sealer: &Sealer, person: &Person) -> Identity {
    let profile: Profile = serde_json::from_str(&person.profile).unwrap_or_default();
    let names = serde_json::to_string(person.columns.names()).ok();
    let (row, password) = (Some(person.source_row.as_slice()), person.password.as_deref());
    identity::of(sealer, &person.key, &profile, names.as_deref(), row, password)
}

/// Whom a row is, of those who have or had its key.
pub(super) enum Whose {
    /// Somebody known, who is not in this reading yet.
    Known(u32),
    /// Nobody of them. `instead`: whose key it has, if they are not in this reading yet; and whether it may be theirs.
    New { instead: Option<(u32, bool)> },
}

/// Looks closer. `free`: who is not in this reading yet.
pub(super) async fn whose(
    tx: &mut SqliteConnection,
    sealer: &Sealer,
    person: &Person,
    at_key: &Known,
    looked_up: &HashMap<u32, Identity>,
    free: impl Fn(u32) -> bool,
) -> Result<Whose> {
    let now = of(sealer, person);
    // Mostly it is whoever has the key: after another mapping everyone changed, and nobody is somebody else.
    if free(at_key.id)
        && let Some(before) = looked_up.get(&at_key.id)
        && same_person(before, &now) == SamePerson::Same
    {
        return Ok(Whose::Known(at_key.id));
    }
    let mut holders = holders(tx, &person.key).await?;
    holders.retain(|known| free(known.id));
    if let Some(same) = holders.iter().find(|known| known.is_unchanged(person)) {
        return Ok(Whose::Known(same.id));
    }
    let mut instead: Option<(u32, bool)> = None;
    for known in holders.iter().filter(|known| known.weighs) {
        let before = if let Some(before) = looked_up.get(&known.id) {
            before.clone()
        } else {
            let found = identity::known(tx, sealer, &store::to_json(&[known.id])?).await?;
            found.into_values().next().unwrap_or_default()
        };
        match same_person(&before, &now) {
            SamePerson::Same => return Ok(Whose::Known(known.id)),
            // Who may be meant comes before who surely is not.
            SamePerson::Unsure if instead.is_none_or(|(_, doubted)| !doubted) => {
                instead = Some((known.id, true));
            }
            SamePerson::Other if instead.is_none() => instead = Some((known.id, false)),
            SamePerson::Unsure | SamePerson::Other => {}
        }
    }
    Ok(match holders.iter().find(|known| !known.weighs) {
        Some(nobody) => Whose::Known(nobody.id),
        None => Whose::New { instead },
    })
}

/// The key that someone is given whose own belongs to somebody else by now. Whoever has it is looked at again when a row has that key.
pub(super) fn former_key(key: &str, id: u32) -> String {
    double_key(key, MOST_DOUBLES.saturating_add(id))
}
