//! Exports that are known: what their files leave unsaid.

use super::rows::Draft;

/// Firebase's `auth:export` as CSV. Its columns by their places: firebase-tools, `accountExporter.ts`, with the names that its JSON has.
const FIREBASE: [&str; 28] = [
    "localId",
    "email",
    "emailVerified",
    "passwordHash",
    "salt",
    "displayName",
    "photoUrl",
    "googleId",
    "googleEmail",
    "googleDisplayName",
    "googlePhotoUrl",
    "facebookId",
    "facebookEmail",
    "facebookDisplayName",
    "facebookPhotoUrl",
    "twitterId",
    "twitterEmail",
    "twitterDisplayName",
    "twitterPhotoUrl",
    "githubId",
    "githubEmail",
    "githubDisplayName",
    "githubPhotoUrl",
    "createdAt",
    "lastSignedInAt",
    "phoneNumber",
    "disabled",
    "customAttributes",
];

/// The columns of an export that names none, and what it is.
pub(super) fn columns(rows: &[Vec<String>]) -> Option<(&'static str, &'static [&'static str])> {
    let of = |row: &Vec<String>, at: usize| row.get(at).map_or("", String::as_str).to_owned();
    let truth = |text: &str| matches!(text, "true" | "false" | "");
    let moment =
        |text: &str| text.is_empty() || (text.len() >= 12 && text.bytes().all(|b| b.is_ascii_digit()));
    let firebase = |row: &Vec<String>| {
        (24..=30).contains(&row.len())
            && !of(row, 0).is_empty()
            && (of(row, 1).is_empty() || of(row, 1).contains('@'))
            && truth(&of(row, 2))
            && moment(&of(row, 23))
            && moment(&of(row, 24))
            && truth(&of(row, 26))
    };
    (!rows.is_empty() && rows.iter().all(firebase)).then_some(("Firebase's auth:export", &FIREBASE[..]))
}

/// A file of passwords whose people are in another one: what finds them there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Relation {
    /// The table with passwords, and its column.
    pub(super) passwords: (usize, usize),
    /// What stands before the column's values in the people's key.
    pub(super) before: &'static str,
    /// The table of people.
    pub(super) people: usize,
    /// The name of its key, which the other table gets too.
    pub(super) key: &'static str,
}

/// Auth0 gives hashes in a file of their own, by the id that stands in the users' `user_id` after the connection's kind (Auth0's reply to
/// a request for password hashes; <https://auth0.com/docs/troubleshoot/customer-support/manage-subscriptions/export-data>).
pub(super) fn relation(tables: &[Draft]) -> Option<Relation> {
    let at = |table: &Draft, name: &str| table.columns.iter().position(|column| column == name);
    let has = |table: &Draft, names: &[&str]| names.iter().all(|name| at(table, name).is_some());
    let passwords = tables.iter().position(|table| has(table, &["_id", "passwordHash", "connection"]))?;
    if has(&tables[passwords], &["user_id"]) {
        return None;
    }
    let people = tables.iter().position(|table| has(table, &["user_id", "email"]))?;
    let column = at(&tables[passwords], "_id")?;
    Some(Relation { passwords: (passwords, column), before: "auth0|", people, key: "user_id" })
}
