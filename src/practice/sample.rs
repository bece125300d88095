//! The sample company: an SQLite database of about 250 invented people, with passwords of many kinds and every mess a
//! review step knows. Made by `assets/sample/make.py`, carried in the program as text.

use std::path::Path;

use sqlx::Connection as _;
use sqlx::Executor as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};

use super::error::PracticeError;

const COMPANY: &str = include_str!("../../assets/sample/company.sql");
const PASSWORDS: &str = include_str!("../../assets/sample/passwords.csv");

/// Writes the sample company as an SQLite file, replacing one that is there. The file appears whole or not at all.
pub async fn write(path: &Path) -> Result<(), PracticeError> {
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
    fill(&made).await.map_err(|error| failed(Box::new(error)))?;
    made.persist(path).map_err(|error| failed(Box::new(error.error)))
}

async fn fill(path: &Path) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // One file and nothing beside it: it is handed out as a whole.
        .journal_mode(SqliteJournalMode::Off);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    connection.execute("BEGIN").await?;
    connection.execute(COMPANY).await?;
    connection.execute("COMMIT").await?;
    connection.close().await
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
        write(&path).await.unwrap();
        write(&path).await.unwrap();
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
    async fn every_known_password_belongs_to_someone_with_a_stored_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("company.sqlite");
        write(&path).await.unwrap();
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

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_told() {
        let refused = write(Path::new("/nonexistent/folder/company.sqlite")).await.unwrap_err();
        assert!(refused.to_string().contains("/nonexistent/folder/company.sqlite"), "{refused}");
    }
}
