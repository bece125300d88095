//! What people are known by, out of the tables; and the answer to whether someone is the person they may be.

use std::collections::{BTreeMap, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::bond::{self, Fault};
use super::codec;
use super::error::Result;
use super::open::Workspace;
use super::seal::{BlobKind, Sealer};
use super::store;
use crate::assess::{Identity, SamePerson, same_person};
use crate::model::{Candidate, Columns, PasswordEvidence, Profile, Record, StoredPassword};

/// The columns [`of_row`] needs besides a person's profile and key: of `details d`, `row_columns c`, `memory m`.
pub(super) const COLUMNS: &str = "d.evidence, d.password, d.source_row, c.names, m.sent_login";
/// The same beside [`store::CANDIDATE`].
pub(super) const COLUMNS_ONLY: &str = "d.source_row, c.names, m.sent_login";

/// What someone is known by: what was read, what was changed by hand, what was sent. What of it can't be understood counts for nothing.
pub(super) fn of_row(
    sealer: &Sealer,
    row: &SqliteRow,
    edits: Option<&BTreeMap<String, serde_json::Value>>,
) -> Identity {
    let get = |name| row.try_get::<Option<&str>, _>(name).ok().flatten();
    let key = get("key").unwrap_or_default();
    let profile: Profile =
        get("profile").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let blob = |name| row.try_get::<Option<&[u8]>, _>(name).ok().flatten();
    let edited = store::overlay(&profile, edits);
    of(sealer, key, &profile, get("names"), blob("source_row"), blob("password"))
        .also(edited.login(), edited.email())
        .also(get("sent_login").unwrap_or_default(), "")
}

/// The same of what a reading has just sealed.
pub(super) fn of(
    sealer: &Sealer,
    key: &str,
    profile: &Profile,
    names: Option<&str>,
    source_row: Option<&[u8]>,
    password: Option<&[u8]>,
) -> Identity {
    let columns = names.and_then(|json| serde_json::from_str::<Vec<String>>(json).ok());
    let columns = Columns::new(columns.unwrap_or_default());
    let clear = source_row.and_then(|blob| sealer.open(BlobKind::Row, key, blob).ok());
    let values = clear.as_ref().and_then(|clear| codec::decode_row(clear.expose()).ok()).unwrap_or_default();
    let row = clear.as_ref().map(|clear| whole(sealer, names, clear.expose()));
    let stored = password.and_then(|blob| store::open_password(sealer, key, blob).ok());
    let own = stored.and_then(|stored| own(sealer, &stored));
    Identity::new(profile, &columns, &values).with_password(own).with_row(row)
}

/// What a whole row is compared by: its columns and values.
fn whole(sealer: &Sealer, names: Option<&str>, values: &[u8]) -> [u8; 16] {
    sealer.fingerprint([b"row".as_slice(), names.unwrap_or_default().as_bytes(), values])
}

impl Workspace {
    /// Whether a row, as it stands in the source now, is still that of someone who is known by this.
    pub fn still_theirs(&self, before: &Identity, record: &Record, candidate: &Candidate) -> SamePerson {
        let stored = match &candidate.password {
            PasswordEvidence::Stored(stored) => own(&self.0.sealer, stored),
            _ => None,
        };
        let now = Identity::new(&candidate.profile, &record.columns, &record.values).with_password(stored);
        same_person(before, &now)
    }
}

/// What a stored password can be compared by: nobody else has it, if it is salted. Those that say by a `$` how they were made are.
fn own(sealer: &Sealer, stored: &StoredPassword) -> Option<[u8; 16]> {
    let text = stored.text.expose();
    (text.first() == Some(&b'$') && text.len() > 30)
        .then(|| sealer.fingerprint([b"identity".as_slice(), text]))
}

/// What these people (a JSON list of numbers) are known by. Of whose entry was changed by something else nothing is known.
pub(super) async fn known(
    connection: &mut SqliteConnection,
    sealer: &Sealer,
    ids: &str,
) -> Result<HashMap<u32, Identity>> {
    let sql = format!(
        "SELECT {}, {COLUMNS} FROM details d LEFT JOIN row_columns c ON c.id = d.row_columns
         LEFT JOIN memory m ON m.person = d.id WHERE d.id IN (SELECT value FROM json_each(?))",
        "d.id, d.key, d.profile"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(ids).fetch_all(&mut *connection).await?;
    let faults = bond::faults(connection, sealer.bonds(), ids).await?;
    let edits = store::edits(connection, ids).await?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in &rows {
        let id: i64 = row.try_get("id")?;
        let Ok(number) = u32::try_from(id) else { continue };
        let identity = match faults.get(&id) {
            Some(Fault::Read | Fault::Sent) => Identity::default(),
            Some(Fault::Decided) => of_row(sealer, row, None),
            Some(Fault::Listed) | None => of_row(sealer, row, edits.get(&id)),
        };
        known.insert(number, identity);
    }
    Ok(known)
}
