//! `causeway finish`

use std::fmt::Write as _;

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tokio::sync::watch;

use super::Exit;
use super::args::FinishArgs;
use super::error::CliError;
use super::source;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::migration::finish::{self, Links, ResetJob, ResetSummary};
use crate::migration::hook;
use crate::model::{Progress, counted, number, people};

pub(super) async fn run(args: FinishArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    let client = source::okta_at(args.okta.as_deref(), &workspace, args.share).await?;
    let now = Utc::now();
    let before = now - TimeDelta::days(args.older_than.into());
    tokio::select! {
        synced = hook::sync(&workspace, &client, now) => synced.map(drop)?,
        () = stop.cancelled() => {
            workspace.close().await?;
            return Ok(Exit::Stopped);
        }
    }
    if !args.yes {
        let many = workspace.count_stragglers(before).await?;
        let text = format!(
            "Nothing was changed. {} created for the hook, and Okta does not have {} password. Reset {} with --yes.",
            counted(many, "person was", "people were"),
            if many == 1 { "this" } else { "their" },
            if many == 1 { "it" } else { "them" },
        );
        talk.answer(&text, &json!({ "stragglers": many }));
        workspace.close().await?;
        return Ok(Exit::Done);
    }
    let links = args.links.clone().map_or(Links::Mail, Links::File);
    let job = ResetJob { workspace: workspace.clone(), client, before, links };
    let progress = watch::Sender::new(Progress::default());
    let follower = talk.follow(progress.subscribe(), |p: &Progress| match p.total {
        Some(total) => format!("Resetting passwords: {} of {}", number(p.done), number(total)),
        None => String::new(),
    });
    let summary = finish::run(job, stop, progress).await;
    drop(follower);
    let summary = summary?;
    let value = json!({
        "reset": summary.reset, "signedIn": summary.signed_in, "left": summary.left, "failed": summary.failed,
        "failure": summary.failure, "stopped": summary.stopped,
    });
    talk.answer(&words(&summary), &value);
    workspace.close().await?;
    Ok(match (summary.stopped, summary.failed) {
        (true, _) => Exit::Stopped,
        (false, 0) => Exit::Done,
        (false, _) => Exit::SomeFailed,
    })
}

fn words(summary: &ResetSummary) -> String {
    let mut text = format!(
        "{} reset. {} had signed in already. {} could not be reset.",
        counted(summary.reset, "password was", "passwords were"),
        people(summary.signed_in),
        number(summary.failed)
    );
    for (status, many) in &summary.left {
        let status = if status == "GONE" { "not in Okta any more" } else { status };
        let _ = write!(text, "\n{} left unchanged: {status}.", people(*many));
    }
    if let Some(failure) = &summary.failure {
        let _ = write!(text, "\nOkta's words for one: {failure}");
    }
    text
}
