//! Opening and making workspaces, and what the window needs to know of one at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Jobs, Pending};
use crate::app::place::{PLACE, Place};
use crate::mapping::Mapping;
use crate::migration::kept_mapping;
use crate::okta::OrgUrl;
use crate::secrets::{KeyFile, SecretError, SecretStore};
use crate::source::SourceSpec;
use crate::ui::Problem;
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
    /// The source they were read from, in one line, if they were.
    pub read_from: Option<String>,
    /// Where the person looked last.
    pub place: Place,
    /// Whether an import was begun.
    pub import_begun: bool,
    /// Whether the last one went to a practice org.
    pub rehearsed: Option<bool>,
    /// Whether the last import was cut off: the window was closed, or the program ended, while it ran.
    pub cut_off: bool,
    /// Whether its key is in memory only: once Causeway is closed, nobody opens it again.
    pub one_session: bool,
}

/// Where the key of a new workspace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyPlace {
    /// Into the keychain.
    #[default]
    Keychain,
    /// Into a file that only its owner can read.
    File,
    /// Nowhere but memory: the workspace can't be opened again once Causeway is closed.
    Session,
}

/// What came of making or opening a workspace.
#[derive(Debug)]
pub enum Opened {
    /// It is open.
    Contents(Box<Contents>),
    /// Nothing was made, because the keychain did not take the key: someone must say where it goes.
    NoKeychain(NoKeychain),
}

/// Why the keychain did not take a key, and what else there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoKeychain {
    /// Why.
    pub problem: Problem,
    /// The file the key would go to instead.
    pub file: PathBuf,
}

/// What a workspace's key may be kept in.
#[derive(Clone)]
pub(super) struct KeyPlaces {
    keychain: Arc<dyn SecretStore>,
    session: Arc<dyn SecretStore>,
    data: PathBuf,
    named: Option<PathBuf>,
}

impl KeyPlaces {
    pub(super) fn of(jobs: &Jobs) -> Self {
        Self {
            keychain: jobs.secrets(),
            session: jobs.session(),
            data: jobs.places().data.clone(),
            named: jobs.places().key_file.clone(),
        }
    }

    fn path(&self) -> PathBuf {
        self.data.join("workspace.key")
    }

    fn file(&self) -> Result<Arc<dyn SecretStore>, Problem> {
        std::fs::create_dir_all(&self.data)
            .map_err(|error| Problem::file("This folder can't be created", &self.data, &error))?;
        Ok(Arc::new(KeyFile::new(self.path())?))
    }

    /// Everywhere a key may have been put.
    fn all(&self) -> Result<Keys, Problem> {
        let keys = Keys::new(Arc::clone(&self.session)).or(Arc::clone(&self.keychain));
        let keys = if self.path().exists() { keys.or(self.file()?) } else { keys };
        Ok(match &self.named {
            Some(file) => keys.or(Arc::new(KeyFile::new(file)?)),
            None => keys,
        })
    }
}

/// Makes a workspace, with its key in this place.
pub fn create(jobs: &Jobs, path: PathBuf, name: String, key: KeyPlace) -> Pending<Opened> {
    let places = KeyPlaces::of(jobs);
    jobs.ask_here("make a workspace", async move || match make(path, name, &places, key).await? {
        Ok(made) => Ok(Opened::Contents(Box::new(contents(made, &places).await?))),
        Err(no_keychain) => Ok(Opened::NoKeychain(no_keychain)),
    })
}

/// The same, for those who fill it before it is shown.
pub(super) async fn make(
    path: PathBuf,
    name: String,
    places: &KeyPlaces,
    key: KeyPlace,
) -> Result<Result<Workspace, NoKeychain>, Problem> {
    make_folder_of(&path)?;
    let keys = Keys::new(match key {
        KeyPlace::Keychain => Arc::clone(&places.keychain),
        KeyPlace::File => places.file()?,
        KeyPlace::Session => Arc::clone(&places.session),
    });
    match Workspace::create(&path, NewWorkspace { name }, keys).await {
        Ok(made) => Ok(Ok(made)),
        Err(WorkspaceError::Secrets(error @ (SecretError::Unavailable(_) | SecretError::Refused(_))))
            if key == KeyPlace::Keychain =>
        {
            Ok(Err(NoKeychain { problem: error.into(), file: places.path() }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens a workspace.
pub fn open(jobs: &Jobs, path: PathBuf) -> Pending<Opened> {
    let places = KeyPlaces::of(jobs);
    let closed = jobs.closed();
    jobs.ask_here("open a workspace", async move || {
        closed.await;
        let workspace = Workspace::open(path, places.all()?).await?;
        // Behind: whoever was changed in the file meanwhile is shown and counted as such. What fails here fails where it matters too.
        let looked = workspace.clone();
        tokio::spawn(async move {
            if let Err(error) = looked.audit().await {
                tracing::debug!(%error, "the look through everyone ended early");
            }
        });
        Ok(Opened::Contents(Box::new(contents(workspace, &places).await?)))
    })
}

/// Opens one for those who do something about it when that fails.
pub(super) async fn open_at(
    path: &Path,
    places: &KeyPlaces,
) -> Result<Result<Workspace, WorkspaceError>, Problem> {
    Ok(Workspace::open(path, places.all()?).await)
}

/// A moment on a worker: folders are made in no time.
fn make_folder_of(path: &Path) -> Result<(), Problem> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| Problem::file("This folder can't be created", folder, &error)),
        _ => Ok(()),
    }
}

pub(super) async fn contents(workspace: Workspace, places: &KeyPlaces) -> Result<Contents, Problem> {
    let source = workspace.doc(SOURCE).await?;
    let mapping = kept_mapping(&workspace).await?;
    // A place that can't be understood, from another version, is no reason not to open.
    let place = workspace.doc(PLACE).await.ok().flatten().unwrap_or_default();
    let counts = workspace.counts().await?;
    let read_from = workspace.current_reading().await?.map(|reading| reading.info.source);
    let runs = workspace.runs().await?;
    let (import_begun, cut_off) = (!runs.is_empty(), runs.first().is_some_and(|run| run.ended.is_none()));
    let rehearsed =
        runs.first().map(|run| OrgUrl::parse(&run.begun_with.org).is_ok_and(|org| org.is_practice()));
    let one_session = workspace.key_place() == Some(places.session.place());
    Ok(Contents {
        workspace,
        source,
        mapping,
        counts,
        read_from,
        place,
        import_begun,
        rehearsed,
        cut_off,
        one_session,
    })
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::secrets::SessionOnly;

    /// A computer whose keychain answers like this.
    struct Refusing(fn() -> SecretError);

    impl SecretStore for Refusing {
        fn place(&self) -> &'static str {
            "Secret Service"
        }
        fn get(&self, _: &str) -> Result<Option<SecretString>, SecretError> {
            Err((self.0)())
        }
        fn set(&self, _: &str, _: &SecretString) -> Result<(), SecretError> {
            Err((self.0)())
        }
        fn delete(&self, _: &str) -> Result<(), SecretError> {
            Err((self.0)())
        }
    }

    fn places(folder: &Path, keychain: fn() -> SecretError) -> KeyPlaces {
        KeyPlaces {
            keychain: Arc::new(Refusing(keychain)),
            session: Arc::new(SessionOnly::new()),
            data: folder.join("data"),
            named: None,
        }
    }

    const ABSENT: fn() -> SecretError = || SecretError::Unavailable("no bus".into());
    const LOCKED: fn() -> SecretError = || SecretError::Refused("locked".into());

    #[tokio::test]
    async fn without_a_keychain_nothing_is_made_until_someone_says_where_the_key_goes() {
        for keychain in [ABSENT, LOCKED] {
            let folder = tempfile::tempdir().unwrap();
            let places = places(folder.path(), keychain);
            let path = folder.path().join("a.causeway");
            let asked =
                make(path.clone(), "A".into(), &places, KeyPlace::Keychain).await.unwrap().unwrap_err();
            assert_eq!(asked.problem, Problem::from(keychain()));
            assert!(!path.exists() && !asked.file.exists(), "nothing is made before the answer");

            let made = make(path.clone(), "A".into(), &places, KeyPlace::File).await.unwrap().unwrap();
            made.close().await.unwrap();
            assert!(asked.file.exists());
            let again = open_at(&path, &places).await.unwrap().unwrap();
            assert!(!contents(again, &places).await.unwrap().one_session);
        }
    }

    #[tokio::test]
    async fn a_key_of_one_session_is_in_no_file_and_the_next_session_says_that_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let this = places(folder.path(), ABSENT);
        let path = folder.path().join("a.causeway");
        let made = make(path.clone(), "A".into(), &this, KeyPlace::Session).await.unwrap().unwrap();
        made.close().await.unwrap();
        assert!(!this.path().exists());
        let again = contents(open_at(&path, &this).await.unwrap().unwrap(), &this).await.unwrap();
        assert!(again.one_session);
        again.workspace.close().await.unwrap();
        let next = places(folder.path(), ABSENT);
        let error = open_at(&path, &next).await.unwrap().unwrap_err();
        assert!(matches!(error, WorkspaceError::KeyEnded), "{error:?}");
    }
}
