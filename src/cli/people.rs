//! `causeway people`

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::Exit;
use super::args::{PeopleArgs, PeopleFormat};
use super::error::CliError;
use super::source;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::migration::chosen_policy;
use crate::migration::people::{Format, export};
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
    let out: Box<dyn Write + Send> = match &args.output {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|e| CliError::writing(path, &e))?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let written = export(&workspace, &filter, Sort::default(), format, out, &stop).await?;
    if args.output.is_some() {
        talk.say(&format!("{written} people written."));
    }
    workspace.close().await?;
    Ok(if stop.is_cancelled() { Exit::Stopped } else { Exit::Done })
}
