//! Exports without a header row whose columns are known.

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
