//! `causeway report`

use std::io::{self, BufWriter};

use serde_json::json;

use super::Exit;
use super::args::ReportArgs;
use super::error::CliError;
use super::read::{numbers, words};
use super::talk::{Talk, stop_on_ctrl_c};
use super::{outputs, source};
use crate::files::{self, PrivateFile};
use crate::migration::import::Tally;
use crate::migration::report::{Secrets, TableScope, csv, html, operations};
use crate::model::{counted, number, people};

pub(super) async fn run(args: ReportArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    outputs::apart(&[&args.csv, &args.html, &args.operations], &args.workspace, &workspace).await?;
    if let Some(path) = &args.csv {
        let scope = if args.failed { TableScope::Failed } else { TableScope::Everyone };
        let secrets = if args.with_passwords { Secrets::Written } else { Secrets::Covered };
        let mut file = BufWriter::new(PrivateFile::begin(path).map_err(|e| CliError::writing(path, &e))?);
        let lines = csv(&workspace, scope, secrets, &mut file, &stop).await?;
        if !stop.is_cancelled() {
            whole(file).map_err(|e| CliError::writing(path, &e))?;
            talk.say(&format!("{} written to {}.", people(lines), path.display()));
        }
    }
    if let Some(path) = &args.html {
        let page = html(&workspace).await?;
        files::write(path, page.as_bytes()).map_err(|e| CliError::writing(path, &e))?;
        talk.say(&format!("The report is in {}.", path.display()));
    }
    if let Some(path) = &args.operations {
        let mut file = BufWriter::new(PrivateFile::begin(path).map_err(|e| CliError::writing(path, &e))?);
        let lines = operations(&workspace, &mut file, &stop).await?;
        if !stop.is_cancelled() {
            whole(file).map_err(|e| CliError::writing(path, &e))?;
            talk.say(&format!(
                "{} written to {}.",
                counted(lines, "operation", "operations"),
                path.display()
            ));
        }
    }
    let counts = workspace.counts().await?;
    let tally = Tally::of(&counts);
    let text = format!(
        "{}. {}\nIn Okta: {} created, {} updated, {} left unchanged; {} failed, {} not sent yet.",
        people(counts.total),
        words(&counts),
        number(tally.created()),
        number(tally.updated),
        number(tally.already_there),
        number(tally.failed),
        number(tally.waiting + tally.sending)
    );
    talk.answer(&text, &json!({"people": numbers(&counts), "tally": tally}));
    workspace.close().await?;
    Ok(if stop.is_cancelled() {
        Exit::Stopped
    } else if tally.failed > 0 || counts.blocked > 0 {
        Exit::SomeFailed
    } else {
        Exit::Done
    })
}

/// Puts what was written in its place.
pub(super) fn whole(file: BufWriter<PrivateFile>) -> io::Result<()> {
    file.into_inner().map_err(io::IntoInnerError::into_error)?.keep()
}
