//! Findings across people: the same login, the same e-mail, the same key.
//!
//! People who are left out or gone from the source are nobody's twin. Logins and e-mails are compared folded, as Okta does.

use sqlx::SqliteConnection;

use super::bond::Bonds;
use super::change;
use super::error::Result;

/// Another person has the same login. Blocks all of them.
pub const LOGIN_DUPLICATE: &str = "login_duplicate";
/// Another person has the same e-mail address, with another login. Warns: Okta takes each address once where self-service
/// registration is switched on (okta-api.md 2.5).
pub const EMAIL_DUPLICATE: &str = "email_duplicate";
/// Another account in Okta has a login that differs from this person's only in accents, which Okta takes for the same. Warns, as the
/// org may change.
pub const LOGIN_IN_OKTA: &str = "login_in_okta";
/// Another account in Okta has this person's e-mail address. Warns: whether Okta refuses them for it is the org's setting.
pub const EMAIL_IN_OKTA: &str = "email_in_okta";
/// Another row of the same reading has the same key. Blocks all but the first.
pub const KEY_DUPLICATE: &str = "key_duplicate";

/// Where the findings of logins (1000) and e-mails (1001) stand among a person's findings: after all others.
pub(crate) const LOGIN_PLACE: i64 = 1000;
/// Where a doubled key's finding stands.
pub(crate) const KEY_PLACE: i64 = 1002;

/// Where the finding of someone stands who may be somebody known from before.
pub(crate) const IDENTITY_PLACE: i64 = 1005;

/// The findings of what another account in Okta has of the chosen's: as they are looked up, and as long as the value is the one looked
/// up. To be called with the chosen touched.
pub(crate) async fn tell_taken(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "DELETE FROM findings WHERE place IN (1003, 1004) AND person IN (SELECT id FROM chosen);
         INSERT INTO findings (person, place, code, severity, attribute, text)
            SELECT t.id, 1003, 'login_in_okta', 1, 'login',
                '“' || k.login || '” in Okta differs from this login only in accents: Okta takes both for the same'
            FROM chosen c CROSS JOIN taken_there k ON k.person = c.id AND k.what = 0 CROSS JOIN texts t ON t.id = c.id
            WHERE k.value = t.login;
         INSERT INTO findings (person, place, code, severity, attribute, text)
            SELECT t.id, 1004, 'email_in_okta', 1, 'email',
                '“' || k.login || '” in Okta has this e-mail address: with self-service registration on, Okta refuses a second one'
            FROM chosen c CROSS JOIN taken_there k ON k.person = c.id AND k.what = 1 CROSS JOIN texts t ON t.id = c.id
            WHERE k.value = coalesce(t.email, t.login);",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Everyone who shares a hot login or e-mail.
const SHARERS: &str = "SELECT t.id FROM hot_logins h CROSS JOIN texts t ON t.login = h.v
     UNION SELECT t.id FROM hot_emails h CROSS JOIN texts t ON t.email = h.v
     UNION SELECT t.id FROM hot_emails h CROSS JOIN texts t ON t.login = h.v WHERE t.email IS NULL";

/// Remembers which logins and e-mails the chosen share with others as they are now, and touches the chosen and those others.
/// To be called before and after a change of the chosen; then [`recompute`].
pub(crate) async fn watch(tx: &mut SqliteConnection, bonds: &Bonds) -> Result<()> {
    sqlx::raw_sql(
        "INSERT OR IGNORE INTO hot_logins SELECT t.login FROM chosen c CROSS JOIN texts t ON t.id = c.id
            WHERE t.login <> '' AND EXISTS (SELECT 1 FROM texts o WHERE o.login = t.login AND o.id <> t.id);
         INSERT OR IGNORE INTO hot_emails SELECT coalesce(t.email, t.login) FROM chosen c CROSS JOIN texts t ON t.id = c.id
            WHERE coalesce(t.email, t.login) <> '' AND (
                EXISTS (SELECT 1 FROM texts o WHERE o.email = coalesce(t.email, t.login) AND o.id <> t.id)
                OR EXISTS (SELECT 1 FROM texts o
                    WHERE o.login = coalesce(t.email, t.login) AND o.email IS NULL AND o.id <> t.id));",
    )
    .execute(&mut *tx)
    .await?;
    change::touch(tx, Some(bonds), "SELECT id FROM chosen").await?;
    change::touch(tx, Some(bonds), SHARERS).await?;
    mark_sharers(tx).await
}

/// The findings of the sharers will be written anew.
async fn mark_sharers(tx: &mut SqliteConnection) -> Result<()> {
    let sql = format!("INSERT OR IGNORE INTO dirty {SHARERS}");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(tx).await?;
    Ok(())
}

/// Makes every shared login and e-mail hot, and touches those people: at the end of a reading.
pub(crate) async fn watch_all(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::raw_sql(
        "INSERT OR IGNORE INTO hot_logins SELECT login FROM texts WHERE login <> '' GROUP BY login HAVING count(*) > 1;
         INSERT OR IGNORE INTO hot_emails SELECT email FROM texts
            WHERE email IS NOT NULL AND email <> '' GROUP BY email HAVING count(*) > 1;
         INSERT OR IGNORE INTO hot_emails SELECT t.email FROM texts t
            WHERE t.email IS NOT NULL AND t.email <> ''
            AND EXISTS (SELECT 1 FROM texts o WHERE o.login = t.email AND o.email IS NULL);",
    )
    .execute(&mut *tx)
    .await?;
    mark_sharers(tx).await
}

/// Writes the findings of everyone who shares a hot login or e-mail anew.
pub(crate) async fn recompute(tx: &mut SqliteConnection) -> Result<()> {
    // Who shares a hot e-mail may share a login that is not hot: that finding stays.
    // The first is told of the second, all others of the first: no pair is looked at twice, however many share one.
    sqlx::raw_sql(
        "DELETE FROM findings WHERE place = 1000 AND person IN (
            SELECT id FROM chosen UNION SELECT t.id FROM hot_logins h CROSS JOIN texts t ON t.login = h.v);
         WITH alive AS (
            SELECT t.id, t.login, p.row_no FROM hot_logins h CROSS JOIN texts t ON t.login = h.v CROSS JOIN people p ON p.id = t.id
            WHERE +p.gone = 0 AND p.left_out = 0
         ), numbered AS (
            SELECT id, row_number() OVER (PARTITION BY login ORDER BY row_no, id) AS nth,
                first_value(row_no) OVER (PARTITION BY login ORDER BY row_no, id) AS first,
                lead(row_no) OVER (PARTITION BY login ORDER BY row_no, id) AS next
            FROM alive
         )
         INSERT INTO findings (person, place, code, severity, attribute, text)
            SELECT id, 1000, 'login_duplicate', 2, 'login',
                'Same login as row ' || printf('%,d', CASE WHEN nth = 1 THEN next ELSE first END)
            FROM numbered WHERE nth > 1 OR next IS NOT NULL;

         DELETE FROM findings WHERE place = 1001 AND person IN (
            SELECT id FROM chosen UNION SELECT t.id FROM hot_emails h CROSS JOIN texts t ON t.email = h.v
            UNION SELECT t.id FROM hot_emails h CROSS JOIN texts t ON t.login = h.v WHERE t.email IS NULL);
         WITH alive AS (
            SELECT t.id, h.v AS email, t.login, p.row_no
            FROM hot_emails h CROSS JOIN texts t ON t.email = h.v CROSS JOIN people p ON p.id = t.id
            WHERE +p.gone = 0 AND p.left_out = 0
            UNION ALL
            SELECT t.id, h.v, t.login, p.row_no
            FROM hot_emails h CROSS JOIN texts t ON t.login = h.v CROSS JOIN people p ON p.id = t.id
            WHERE t.email IS NULL AND +p.gone = 0 AND p.left_out = 0
         ), numbered AS (
            SELECT id, row_number() OVER (PARTITION BY email ORDER BY row_no, id) AS nth,
                first_value(row_no) OVER (PARTITION BY email ORDER BY row_no, id) AS first,
                lead(row_no) OVER (PARTITION BY email ORDER BY row_no, id) AS next,
                min(login) OVER (PARTITION BY email) AS least, max(login) OVER (PARTITION BY email) AS most
            FROM alive
         )
         INSERT INTO findings (person, place, code, severity, attribute, text)
            SELECT id, 1001, 'email_duplicate', 1, 'email',
                'Same e-mail as row ' || printf('%,d', CASE WHEN nth = 1 THEN next ELSE first END)
                    || ': with self-service registration on, Okta takes only one of them'
            FROM numbered WHERE (nth > 1 OR next IS NOT NULL) AND least <> most;",
    )
    .execute(&mut *tx)
    .await?;
    tell_taken(tx).await
}
