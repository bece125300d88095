//! The sample company: its database written out, and a workspace that reads from it.

use super::workspace::{self, KeyPlace, KeyPlaces, Opened, SOURCE};
use super::{Jobs, Pending};
use crate::app::problem::Problem;
use crate::mapping::{guess_people, suggest};
use crate::migration::keep_mapping;
use crate::practice::sample as company;
use crate::source::{self, SourceSpec, SqliteSpec};
use crate::workspace::WorkspaceError;

/// Writes the sample company into the data folder and makes a workspace with it as the source. A sample made before is opened
/// again as it is; one whose key went with an earlier session is made anew. The key of a new one goes to this place.
pub fn sample(jobs: &Jobs, key: KeyPlace) -> Pending<Result<Opened, Problem>> {
    let folder = jobs.places().data.join("sample");
    let path = folder.join("Sample company.causeway");
    let places = KeyPlaces::of(jobs);
    jobs.ask_here("make the sample company", async move || {
        if path.exists() {
            match workspace::open_at(&path, &places).await? {
                // Nobody can open that one again, and all that was in it is made up.
                Err(WorkspaceError::KeyEnded) => std::fs::remove_file(&path)
                    .map_err(|error| Problem::file("The former sample can't be replaced", &path, &error))?,
                opened => {
                    let contents = workspace::contents(opened?, &places).await?;
                    return Ok(Opened::Contents(Box::new(contents)));
                }
            }
        }
        std::fs::create_dir_all(&folder)
            .map_err(|error| Problem::file("This folder can't be made", &folder, &error))?;
        let database = folder.join("company.db");
        if !database.exists() {
            company::write(&database, chrono::Utc::now().date_naive()).await.map_err(|error| {
                Problem::new(error.to_string(), "See that the disk has room and that you may write there.")
            })?;
        }
        let spec = SourceSpec::Sqlite(SqliteSpec { path: database });
        let source = source::open(&spec, None)?;
        let catalog = source.probe().await?.catalog;
        let made = match workspace::make(path, "Sample company".into(), &places, key).await? {
            Ok(made) => made,
            Err(no_keychain) => return Ok(Opened::NoKeychain(no_keychain)),
        };
        made.put_doc(SOURCE, &spec).await?;
        if let Some(guess) = guess_people(&catalog).into_iter().next() {
            let rows = source.sample(&guess.selection, 50).await?;
            keep_mapping(&made, &suggest(&catalog, &guess.selection, &rows)).await?;
        }
        Ok(Opened::Contents(Box::new(workspace::contents(made, &places).await?)))
    })
}
