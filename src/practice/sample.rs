//! The sample company: an SQLite database of about 250 invented people, with passwords of many kinds and every mess a
//! review step knows. Made by `assets/sample/make.py`, carried in the program as text.

use std::path::Path;
use std::sync::OnceLock;

use chrono::NaiveDate;
use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};

use super::error::PracticeError;

const COMPANY: &str = include_str!("../../assets/sample/company.sql");
const PASSWORDS: &str = include_str!("../../assets/sample/passwords.csv");

/// The day the dates in the text are as of: `AS_OF` in `make.py`.
const AS_OF: NaiveDate = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();

/// The columns with dates, all written `2026-05-31 13:30:00`.
const DATES: [(&str, &str); 4] =
    [("staff", "last_login"), ("staff", "created_at"), ("sessions", "expires_at"), ("audit_log", "at")];

/// Writes the sample company as an SQLite file, replacing one that is there. The file appears whole or not at all. Its dates are
/// as of `today`: on any day, about ten people have not signed in for more than a year.
pub async fn write(path: &Path, today: NaiveDate) -> Result<(), PracticeError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| PracticeError::Sample {
        path: path.to_owned(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let made = tempfile::Builder::new()
        .prefix(".sample-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(|error| failed(Box::new(error)))?
        .into_temp_path();
    fill(&made, today).await.map_err(|error| failed(Box::new(error)))?;
    made.persist(path).map_err(|error| failed(Box::new(error.error)))
}

async fn fill(path: &Path, today: NaiveDate) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // One file and nothing beside it: it is handed out as a whole.
        .journal_mode(SqliteJournalMode::Off);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    connection.execute("BEGIN").await?;
    connection.execute(COMPANY).await?;
    let on = format!("{:+} days", (today - AS_OF).num_days());
    for (table, column) in DATES {
        let sql = format!("UPDATE {table} SET {column} = datetime({column}, ?)");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&on).execute(&mut connection).await?;
    }
    connection.execute("COMMIT").await?;
    connection.close().await
}

/// The known password of one of the sample's invented people, by login: as it is written in the table, or in other capitals where only
/// one person is called so.
pub fn password_of(login: &str) -> Option<&'static str> {
    static KNOWN: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let (known, login) = (KNOWN.get_or_init(passwords), login.trim());
    if let Some((_, password)) = known.iter().find(|(name, _)| name == login) {
        return Some(password);
    }
    let mut like = known.iter().filter(|(name, _)| name.to_lowercase() == login.to_lowercase());
    like.next().filter(|_| like.next().is_none()).map(|(_, password)| password.as_str())
}

/// The known passwords of the sample's invented people, by login, in the order of the table. People without a usable
/// password are not among them.
pub fn passwords() -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(PASSWORDS.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Row as _;

    async fn opened(path: &Path) -> SqliteConnection {
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path).read_only(true))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn the_company_is_written_whole_and_again_over_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.sqlite");
        write(&path, AS_OF).await.unwrap();
        write(&path, AS_OF).await.unwrap();
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["company.sqlite"]);
        let mut connection = opened(&path).await;
        let count = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql);
        assert_eq!(count("SELECT count(*) FROM staff").fetch_one(&mut connection).await.unwrap(), 255);
        assert!(count("SELECT count(*) FROM team_members").fetch_one(&mut connection).await.unwrap() > 300);
        let first: String = sqlx::query_scalar("SELECT first_name FROM staff WHERE id = 1")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(first, "李伟");
        assert!(connection.execute("PRAGMA foreign_key_check").await.unwrap().rows_affected() == 0);
    }

    #[tokio::test]
    async fn on_any_day_nearly_everyone_signed_in_lately() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.sqlite");
        for day in ["2026-05-20", "2026-11-23", "2031-02-28"] {
            let today: NaiveDate = day.parse().unwrap();
            write(&path, today).await.unwrap();
            let mut connection = opened(&path).await;
            let count = async |sql: &'static str, connection: &mut SqliteConnection| {
                sqlx::query_scalar::<_, i64>(sql).bind(day).fetch_one(connection).await.unwrap()
            };
            let long = "SELECT count(*) FROM staff WHERE last_login < date(?, '-365 days')";
            assert_eq!(count(long, &mut connection).await, 10, "{day}");
            let later = "SELECT count(*) FROM staff WHERE last_login >= ?";
            assert_eq!(count(later, &mut connection).await, 0, "{day}");
            let lately = "SELECT count(*) FROM staff WHERE last_login >= date(?, '-3 days')";
            assert!(count(lately, &mut connection).await > 0, "{day}");
            let before = "SELECT count(*) FROM staff WHERE last_login < created_at AND ? <> ''";
            assert_eq!(count(before, &mut connection).await, 0, "{day}");
            let form =
                "SELECT count(*) FROM staff WHERE last_login NOT GLOB '20??-??-?? ??:??:??' AND ? <> ''";
            assert_eq!(count(form, &mut connection).await, 0, "{day}");
        }
    }

    #[tokio::test]
    async fn every_known_password_belongs_to_someone_with_a_stored_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.sqlite");
        write(&path, AS_OF).await.unwrap();
        let mut connection = opened(&path).await;
        let rows = sqlx::query(
            "SELECT trim(username), password_hash FROM staff WHERE coalesce(password_hash, '') <> ''",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let stored: std::collections::HashSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let known = passwords();
        assert!(known.len() > 240, "{}", known.len());
        for (login, password) in &known {
            assert!(stored.contains(login), "{login}");
            assert!(!password.is_empty());
        }
        // Plain-text ones are the only that the file tells by itself.
        for row in &rows {
            let (login, hash): (String, String) = (row.get(0), row.get(1));
            if let Some(plain) = hash.strip_prefix("{noop}") {
                assert!(known.iter().any(|(name, password)| *name == login && password == plain), "{login}");
            }
        }
    }

    #[test]
    fn a_password_is_found_by_login_however_it_is_written() {
        for (login, password) in passwords() {
            assert_eq!(password_of(&login), Some(password.as_str()), "{login}");
            // Two of them differ by capitals alone: then only the way it is written tells whose it is.
            let alone =
                passwords().iter().filter(|(other, _)| other.eq_ignore_ascii_case(&login)).count() == 1;
            let expected = alone.then_some(password.as_str());
            assert_eq!(password_of(&format!(" {} ", login.to_uppercase())), expected, "{login}");
        }
        assert_eq!(password_of("nobody@northwind.example"), None);
        assert_eq!(password_of(""), None);
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_told() {
        let refused = write(Path::new("/nonexistent/folder/company.sqlite"), AS_OF).await.unwrap_err();
        assert!(refused.to_string().contains("/nonexistent/folder/company.sqlite"), "{refused}");
    }
}
