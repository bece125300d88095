//! Opening and making workspaces, and what the window needs to know of one at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Jobs, Pending};
use crate::app::problem::Problem;
use crate::mapping::Mapping;
use crate::migration::kept_mapping;
use crate::secrets::{KeyFile, SecretError, SecretStore};
use crate::source::SourceSpec;
use crate::workspace::{Counts, Keys, NewWorkspace, Workspace, WorkspaceError};

/// The document with the source: a [`SourceSpec`]. Shared with the jobs that run without a window.
pub(crate) const SOURCE: &str = "source";

/// A workspace, open, and what it holds.
#[derive(Debug)]
pub struct Contents {
    /// The workspace.
    pub workspace: Workspace,
    /// The source, if one was chosen.
    pub source: Option<SourceSpec>,
    /// The mapping, if there is one.
    pub mapping: Option<Mapping>,
    /// How many people are what.
    pub counts: Counts,
    /// Whether an import was begun.
    pub import_begun: bool,
}

/// Makes a workspace. Its key goes to the keychain; on a computer without one, to a key file only its owner can read.
pub fn create(jobs: &Jobs, path: PathBuf, name: String) -> Pending<Result<Contents, Problem>> {
    let (secrets, data) = (jobs.secrets(), jobs.places().data.clone());
    jobs.ask_here("make a workspace", async move || contents(make(path, name, secrets, &data).await?).await)
}

/// The same, for those who fill it before it is shown.
pub(super) async fn make(
    path: PathBuf,
    name: String,
    secrets: Arc<dyn SecretStore>,
    data: &Path,
) -> Result<Workspace, Problem> {
    make_folder_of(&path)?;
    let new = NewWorkspace { name };
    let made = match Workspace::create(&path, new.clone(), Keys::new(secrets)).await {
        Err(WorkspaceError::Secrets(SecretError::Unavailable(_))) => {
            Workspace::create(&path, new, Keys::new(key_file(data)?)).await
        }
        other => other,
    };
    Ok(made?)
}

/// Opens a workspace.
pub fn open(jobs: &Jobs, path: PathBuf) -> Pending<Result<Contents, Problem>> {
    let (secrets, data) = (jobs.secrets(), jobs.places().data.clone());
    jobs.ask_here("open a workspace", async move || {
        let mut keys = Keys::new(secrets);
        if key_path(&data).exists() {
            keys = keys.or(key_file(&data)?);
        }
        contents(Workspace::open(path, keys).await?).await
    })
}

/// A moment on a worker: folders are made in no time.
fn make_folder_of(path: &Path) -> Result<(), Problem> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| Problem::file("This folder can't be made", folder, &error)),
        _ => Ok(()),
    }
}

pub(super) async fn contents(workspace: Workspace) -> Result<Contents, Problem> {
    let source = workspace.doc(SOURCE).await?;
    let mapping = kept_mapping(&workspace).await?;
    let counts = workspace.counts().await?;
    let import_begun = !workspace.runs().await?.is_empty();
    Ok(Contents { workspace, source, mapping, counts, import_begun })
}

fn key_path(data: &Path) -> PathBuf {
    data.join("workspace.key")
}

fn key_file(data: &Path) -> Result<Arc<dyn SecretStore>, Problem> {
    std::fs::create_dir_all(data)
        .map_err(|error| Problem::file("This folder can't be made", data, &error))?;
    Ok(Arc::new(KeyFile::new(key_path(data))?))
}
