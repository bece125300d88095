//! `causeway check`

use std::fmt::Write as _;

use tokio::sync::watch;

use super::Exit;
use super::args::CheckArgs;
use super::error::CliError;
use super::talk::{Talk, spell, stop_on_ctrl_c};
use super::{rules, source};
use crate::migration::check::{self, CheckJob, CheckReport};
use crate::migration::switches;
use crate::model::{Progress, number, people};

pub(super) async fn run(args: CheckArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    let choices = source::choices(&args.okta, &workspace).await?;
    let client = source::okta(&args.okta, &workspace, choices.share).await?;
    rules::follow(&workspace, &client, args.okta.create_attributes, &stop, talk).await?;
    let progress = watch::Sender::new(Progress::default());
    let follower = talk.follow(progress.subscribe(), |p: &Progress| {
        p.note.as_ref().map(|note| format!("{note}: {}", p.done)).unwrap_or_default()
    });
    let job =
        CheckJob { workspace: workspace.clone(), client, choices, today: chrono::Local::now().date_naive() };
    let report = check::run(job, stop, progress).await;
    drop(follower);
    let report = report?;
    talk.answer(&words(&report), &serde_json::to_value(&report).unwrap_or_default());
    workspace.close().await?;
    Ok(if report.stopped {
        Exit::Stopped
    } else if report.unknown_attributes.is_empty() && report.unfed.is_empty() {
        Exit::Done
    } else {
        Exit::SomeFailed
    })
}

fn words(report: &CheckReport) -> String {
    let stopped =
        if report.stopped { "Stopped before the end: this is of what was seen until then.\n" } else { "" };
    let mut text = format!(
        "{stopped}Nothing was sent. An import into {} would create {}: {} with their password, {} through the hook, {} to set a new one.\n",
        report.org,
        people(report.created()),
        number(report.create_import),
        number(report.create_hook),
        number(report.create_reset)
    );
    let _ = writeln!(
        text,
        "In Okta already: {} left as they are, {} updated. Not sent: {} blocked, {} left out, {} done before.",
        number(report.left),
        number(report.updated),
        number(report.blocked),
        number(report.left_out),
        number(report.done_before)
    );
    let _ = writeln!(
        text,
        "Groups: {} to make{}, {} there.",
        report.groups_to_make.len(),
        if report.groups_to_make.is_empty() {
            String::new()
        } else {
            format!(" ({})", report.groups_to_make.join(", "))
        },
        report.groups_there.len()
    );
    for unfed in &report.unfed {
        let _ = writeln!(text, "{}", rules::unfed_words(unfed));
    }
    if !report.unknown_attributes.is_empty() {
        let _ = writeln!(text, "{} Whoever has one is blocked.", rules::words(&report.unknown_attributes));
    }
    for switch in &report.unread_switches {
        let _ = writeln!(text, "{}", switches::words(switch));
    }
    if report.small_org {
        let _ = writeln!(text, "This looks like a free or trial org: it takes about ten people only.");
    }
    let _ = write!(text, "It would take about {}.", spell(report.seconds));
    text
}
