//! The sample company: its database written out, and a workspace that reads from it.

use std::path::{Path, PathBuf};

use super::workspace::{self, Contents, KeyPlace, KeyPlaces, Opened, SOURCE};
use super::{Jobs, Pending, Places};
use crate::mapping::{guess_people, suggest};
use crate::migration::keep_mapping;
use crate::practice::sample as company;
use crate::secrets::SecretError;
use crate::source::{self, SourceSpec, SqliteSpec};
use crate::ui::Problem;
use crate::workspace::{Workspace, WorkspaceError};

/// The sample's workspace.
const FILE: &str = "Sample company.causeway";
/// The one made while the key of the other is out of reach.
const SESSION: &str = "Sample company, this session.causeway";
/// Its people.
const DATABASE: &str = "company.db";
/// Looked at for somebody whose password is known: nearly everyone's is.
const LOOKED_AT: u32 = 50;

fn folder(places: &Places) -> PathBuf {
    places.data.join("sample")
}

/// Whether these are the sample company's people: invented ones, whose passwords are no secret.
pub fn is_sample(places: &Places, source: Option<&SourceSpec>) -> bool {
    let path = source.and_then(SourceSpec::path);
    path.is_some_and(|path| path == folder(places).join(DATABASE))
}

/// Whether this file is a sample's workspace, which is made anew when it can't be opened.
pub fn is_sample_file(places: &Places, path: &Path) -> bool {
    [FILE, SESSION].iter().any(|name| folder(places).join(name) == path)
}

/// Opens the sample company: its database is written into the data folder, and a workspace made with it as the source. A sample
/// made before is opened again as it is; one whose key is gone is made anew. Nobody is asked where the key goes: where the
/// keychain does not take it, it is there for this session, since all it seals is made up.
pub fn sample(jobs: &Jobs) -> Pending<Opened> {
    let folder = folder(jobs.places());
    let places = KeyPlaces::of(jobs);
    jobs.ask_here("make the sample company", async move || {
        let contents = open_or_make(&folder, &places).await?;
        Ok(Opened::Contents(Box::new(contents)))
    })
}

async fn open_or_make(folder: &Path, places: &KeyPlaces) -> Result<Contents, Problem> {
    let path = folder.join(FILE);
    match open(&path, places).await? {
        Found::Open(contents) => Ok(*contents),
        Found::Nothing => make(path, folder, places, KeyPlace::Keychain).await,
        // Another day its key may be in reach again: it stays as it is.
        Found::OutOfReach => {
            let path = folder.join(SESSION);
            match open(&path, places).await? {
                Found::Open(contents) => Ok(*contents),
                Found::Nothing | Found::OutOfReach => {
                    remove(&path)?;
                    make(path, folder, places, KeyPlace::Session).await
                }
            }
        }
    }
}

/// What there is of a sample made before.
enum Found {
    /// It is open.
    Open(Box<Contents>),
    /// None, or one that nobody can open again.
    Nothing,
    /// One whose key is in a keychain that does not answer.
    OutOfReach,
}

async fn open(path: &Path, places: &KeyPlaces) -> Result<Found, Problem> {
    if !path.exists() {
        return Ok(Found::Nothing);
    }
    match workspace::open_at(path, places).await? {
        Ok(opened) => Ok(Found::Open(Box::new(workspace::contents(opened, places).await?))),
        // All that was in it is made up.
        Err(WorkspaceError::KeyEnded | WorkspaceError::NoKey { .. }) => {
            remove(path)?;
            Ok(Found::Nothing)
        }
        Err(WorkspaceError::Secrets(SecretError::Unavailable(_) | SecretError::Refused(_))) => {
            Ok(Found::OutOfReach)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a sample away, with what SQLite keeps beside it: a log of the old file would be played into the new one.
fn remove(path: &Path) -> Result<(), Problem> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Problem::file("The previous sample can't be replaced", path, &error)),
        }
    }
    Ok(())
}

async fn make(path: PathBuf, folder: &Path, places: &KeyPlaces, key: KeyPlace) -> Result<Contents, Problem> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Problem::file("This folder can't be created", folder, &error))?;
    let database = folder.join(DATABASE);
    if !database.exists() {
        company::write(&database, chrono::Utc::now().date_naive()).await.map_err(|error| {
            Problem::new(
                error.to_string(),
                "Make sure that the disk has room and that you have permission to write there.",
            )
        })?;
    }
    let spec = SourceSpec::Sqlite(SqliteSpec { path: database });
    let source = source::open(&spec, None)?;
    let catalog = source.probe().await?.catalog;
    let made = match workspace::make(path.clone(), "Sample company".into(), places, key).await? {
        Ok(made) => made,
        Err(no_keychain) => workspace::make(path, "Sample company".into(), places, KeyPlace::Session)
            .await?
            .map_err(|_| no_keychain.problem)?,
    };
    made.put_doc(SOURCE, &spec).await?;
    if let Some(guess) = guess_people(&catalog).into_iter().next() {
        let rows = source.sample(&guess.selection, 50).await?;
        keep_mapping(&made, &suggest(&catalog, &guess.selection, &rows)).await?;
    }
    workspace::contents(made, places).await
}

/// The login of somebody who waits for the hook and whose password is known.
pub(crate) async fn someone_waiting(workspace: Workspace) -> Result<Option<String>, Problem> {
    let waiting = workspace.stragglers(chrono::Utc::now(), None, LOOKED_AT).await?;
    Ok(waiting.into_iter().map(|person| person.login).find(|login| company::password_of(login).is_some()))
}
