//! The sample company: its database written out, and a workspace that reads from it.

use super::workspace::{self, Contents, SOURCE};
use super::{Jobs, Pending};
use crate::app::problem::Problem;
use crate::mapping::{guess_people, suggest};
use crate::migration::keep_mapping;
use crate::practice::sample as company;
use crate::source::{self, SourceSpec, SqliteSpec};

/// Writes the sample company into the data folder and makes a workspace with it as the source. A sample made before is opened
/// again as it is.
pub fn sample(jobs: &Jobs) -> Pending<Result<Contents, Problem>> {
    let folder = jobs.places().data.join("sample");
    let path = folder.join("Sample company.causeway");
    if path.exists() {
        return workspace::open(jobs, path);
    }
    let (secrets, data) = (jobs.secrets(), jobs.places().data.clone());
    jobs.ask_here("make the sample company", async move || {
        std::fs::create_dir_all(&folder)
            .map_err(|error| Problem::file("This folder can't be made", &folder, &error))?;
        let database = folder.join("company.db");
        if !database.exists() {
            company::write(&database).await.map_err(|error| {
                Problem::new(error.to_string(), "See that the disk has room and that you may write there.")
            })?;
        }
        let spec = SourceSpec::Sqlite(SqliteSpec { path: database });
        let source = source::open(&spec, None)?;
        let catalog = source.probe().await?.catalog;
        let made = workspace::make(path, "Sample company".into(), secrets, &data).await?;
        made.put_doc(SOURCE, &spec).await?;
        if let Some(guess) = guess_people(&catalog).into_iter().next() {
            let rows = source.sample(&guess.selection, 50).await?;
            keep_mapping(&made, &suggest(&catalog, &guess.selection, &rows)).await?;
        }
        workspace::contents(made).await
    })
}
