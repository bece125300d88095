//! `causeway people`

use std::io::{self, BufWriter};

use super::Exit;
use super::args::{PeopleArgs, PeopleFormat};
use super::error::CliError;
use super::report::whole;
use super::source;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::files::PrivateFile;
use crate::migration::chosen_policy;
use crate::migration::people::{Format, export};
use crate::model::people;
use crate::workspace::{PeopleFilter, Sort};

pub(super) async fn run(args: PeopleArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    let filter = PeopleFilter {
        search: args.search,
        disposition: args.disposition,
        policy: chosen_policy(&workspace).await?,
        scheme: args.scheme,
        finding: args.finding,
        group: args.group,
        outcomes: args.outcome,
        ..PeopleFilter::default()
    };
    let format =
        if talk.json || args.format == PeopleFormat::Jsonl { Format::JsonLines } else { Format::Csv };
    let sort = Sort::default();
    if let Some(path) = &args.output {
        let broken = |error: &io::Error| CliError::writing(path, error);
        let mut file = BufWriter::new(PrivateFile::begin(path).map_err(|e| broken(&e))?);
        let written = export(&workspace, &filter, sort, format, &mut file, &stop).await?;
        if !stop.is_cancelled() {
            whole(file).map_err(|e| broken(&e))?;
            talk.say(&format!("{} written to {}.", people(written), path.display()));
        }
    } else {
        export(&workspace, &filter, sort, format, BufWriter::new(io::stdout()), &stop).await?;
    }
    workspace.close().await?;
    Ok(if stop.is_cancelled() { Exit::Stopped } else { Exit::Done })
}
