//! `causeway report`

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::Path;

use serde_json::json;

use super::Exit;
use super::args::ReportArgs;
use super::error::CliError;
use super::read::{numbers, words};
use super::source;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::migration::import::Tally;
use crate::migration::report::{Secrets, TableScope, csv, html};

pub(super) async fn run(args: ReportArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    if let Some(path) = &args.csv {
        let scope = if args.failed { TableScope::Failed } else { TableScope::Everyone };
        let secrets = if args.with_passwords { Secrets::Written } else { Secrets::Covered };
        let lines = csv(&workspace, scope, secrets, BufWriter::new(create(path)?), &stop).await?;
        talk.say(&format!("{lines} people written to {}.", path.display()));
    }
    if let Some(path) = &args.html {
        let page = html(&workspace).await?;
        std::fs::write(path, page).map_err(|e| CliError::writing(path, &e))?;
        talk.say(&format!("The report is in {}.", path.display()));
    }
    let counts = workspace.counts().await?;
    let tally = Tally::of(&counts);
    let text = format!(
        "{} people. {}\nIn Okta: {} created, {} updated, {} left as they were; {} failed, {} not sent yet.",
        counts.total,
        words(&counts),
        tally.created(),
        tally.updated,
        tally.already_there,
        tally.failed,
        tally.waiting + tally.sending
    );
    talk.answer(&text, &json!({"people": numbers(&counts), "tally": tally}));
    workspace.close().await?;
    Ok(if stop.is_cancelled() {
        Exit::Stopped
    } else if tally.failed > 0 {
        Exit::SomeFailed
    } else {
        Exit::Done
    })
}

/// A file only its owner can read: it is full of people.
fn create(path: &Path) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(|e| CliError::writing(path, &e))
}
