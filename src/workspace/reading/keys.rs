//! People are known again by their key. When another key is chosen, people who were read by the one before get the new one, from the row
//! that is kept of each: else everyone would be somebody new, and a second account would be made for whoever was sent already.

use sqlx::{Row as _, SqliteConnection};

use super::super::bond;
use super::super::codec;
use super::super::error::{Result, WorkspaceError};
use super::super::seal::{BlobKind, Nonces, Sealer};
use super::super::store;
use crate::model::{Columns, Record, Value, counted};

/// So many rows of one key are no accident but a wrong choice of key: which is which is not kept for more.
pub(super) const MOST_DOUBLES: u32 = 50;

/// The key of the nth row of a key, from 2.
pub(super) fn double_key(key: &str, nth: u32) -> String {
    format!("{key}\u{1f}\u{1f}{nth}")
}

/// People at a time.
const PORTION: i64 = 1000;

/// Gives everyone the key that these columns of their kept row make. Who has no such columns, no value in one of them, or the same as
/// somebody else, keeps the key they had.
pub(super) async fn exchange(sealer: &Sealer, tx: &mut SqliteConnection, columns: &[String]) -> Result<()> {
    let mut nonces = Nonces::new().map_err(|error| WorkspaceError::Database(error.to_string()))?;
    let mut last = 0_i64;
    loop {
        let people = sqlx::query(
            "SELECT d.id, d.key, d.password, d.source_row, c.names FROM details d JOIN row_columns c ON c.id = d.row_columns
             WHERE d.id > ? ORDER BY d.id LIMIT ?",
        )
        .bind(last)
        .bind(PORTION)
        .fetch_all(&mut *tx)
        .await?;
        if people.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> =
            people.iter().map(|person| person.try_get("id")).collect::<std::result::Result<_, _>>()?;
        let faults = bond::faults(tx, sealer.bonds(), &store::to_json(&ids)?).await?;
        let mut changed = Vec::new();
        for person in people {
            let id: i64 = person.try_get("id")?;
            last = id;
            // Whose entry is not theirs keeps their key: it must not become theirs.
            if faults.contains_key(&id) {
                continue;
            }
            let old: String = person.try_get("key")?;
            let row: Vec<u8> = person.try_get("source_row")?;
            let names = Columns::new(store::json::<Vec<String>>("columns", person.try_get("names")?)?);
            // One damaged row is that person's alone: they keep their key.
            let Ok(clear) = sealer.open(BlobKind::Row, &old, &row) else { continue };
            let Ok(values) = codec::decode_row(clear.expose()) else { continue };
            let Some(new) = key_of(&names, &values, columns).filter(|new| *new != old) else { continue };
            let password: Option<Vec<u8>> = person.try_get("password")?;
            let password = match password.map(|blob| sealer.open(BlobKind::Password, &old, &blob)) {
                None => None,
                Some(Ok(clear)) => Some(sealer.seal(BlobKind::Password, &new, clear.expose(), &mut nonces)),
                Some(Err(_)) => continue,
            };
            sqlx::query("UPDATE OR IGNORE details SET key = ?, password = ?, source_row = ? WHERE id = ?")
                .bind(&new)
                .bind(password)
                .bind(sealer.seal(BlobKind::Row, &new, clear.expose(), &mut nonces))
                .bind(id)
                .execute(&mut *tx)
                .await?;
            changed.push(id);
        }
        bond::rebind(tx, sealer.bonds(), &store::to_json(&changed)?).await?;
    }
}

/// The key that columns of a row make, as a source makes it.
fn key_of(names: &Columns, values: &[Value], columns: &[String]) -> Option<String> {
    let value = |column: &String| values.get(names.position(column)?);
    let parts: Vec<&Value> = columns.iter().map(value).collect::<Option<_>>()?;
    (!parts.iter().any(|value| value.is_empty())).then(|| Record::key_from(&parts))
}

/// What is said of a row that has the key of another: where both stand, and the columns in which they differ, never what is in them.
pub(super) fn doubled(row: i64, names: &Columns, first: &[Value], second: &[Value]) -> String {
    const SHOWN: usize = 4;
    let row = crate::model::number(u64::try_from(row).unwrap_or(0));
    let differ = |(at, _): &(usize, &String)| first.get(*at) != second.get(*at);
    let columns: Vec<&str> =
        names.names().iter().enumerate().filter(differ).map(|(_, name)| name.as_str()).collect();
    match columns.as_slice() {
        [] => format!("Same key as row {row}, and the same in every column"),
        [one] => format!("Same key as row {row}; they differ in {one}"),
        few if few.len() <= SHOWN => {
            let (last, most) = few.split_last().unwrap_or((&"", &[]));
            format!("Same key as row {row}; they differ in {} and {last}", most.join(", "))
        }
        many => format!(
            "Same key as row {row}; they differ in {} and {}",
            many[..SHOWN].join(", "),
            counted((many.len() - SHOWN) as u64, "more column", "more columns")
        ),
    }
}
