//! The report, written to a file of the administrator's choice.

use std::io::Write as _;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::{Secrets, TableScope, csv, html};
use crate::files::PrivateFile;
use crate::migration::MigrationError;
use crate::workspace::Workspace;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// One page to read and print.
    #[default]
    Html,
    /// A line a person.
    Csv,
    /// A line for each who failed, with the source's columns: to mend and read in again.
    Failed,
}

impl Kind {
    /// The file name proposed.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Html => "migration-report.html",
            Self::Csv => "migration-report.csv",
            Self::Failed => "failed-people.csv",
        }
    }
}

/// Writes it beside and moves it into place, so that no half report is left behind.
pub async fn write(workspace: Workspace, kind: Kind, path: PathBuf) -> Result<PathBuf, MigrationError> {
    let broken =
        |error: &std::io::Error| MigrationError::Write { path: path.clone(), technical: error.to_string() };
    let mut file = PrivateFile::begin(&path).map_err(|e| broken(&e))?;
    let scope = match kind {
        Kind::Html => {
            let page = html(&workspace).await?;
            file.write_all(page.as_bytes()).map_err(|e| broken(&e))?;
            None
        }
        Kind::Csv => Some(TableScope::Everyone),
        Kind::Failed => Some(TableScope::Failed),
    };
    if let Some(scope) = scope {
        let stop = CancellationToken::new();
        csv(&workspace, scope, Secrets::Covered, &mut file, &stop).await?;
    }
    file.keep().map_err(|e| broken(&e))?;
    Ok(path)
}
