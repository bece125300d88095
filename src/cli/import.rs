//! `causeway import`

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::Exit;
use super::args::ImportArgs;
use super::check::missing;
use super::error::CliError;
use super::reasons::Reasons;
use super::talk::{Talk, spell, stop_on_ctrl_c};
use super::{rules, source};
use crate::migration::import::{self, Control, Ended, ImportJob, ImportProgress, ImportSummary};
use crate::migration::rules::Unfed;
use crate::migration::{MigrationError, kept_mapping, shared_names, switches};
use crate::model::{OutcomeKind, built_in_words, number, people, statuses_in_words};
use crate::okta::PauseReason;
use crate::workspace::{PeopleFilter, Sort, Who, Workspace};

pub(super) async fn run(args: ImportArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    let Some(mapping) = kept_mapping(&workspace).await? else {
        return Err(MigrationError::NothingRead.into());
    };
    let choices = source::choices(&args.okta, &workspace).await?;
    let client = source::okta(&args.okta, &workspace, choices.share).await?;
    rules::follow_if_it_answers(&workspace, &client, args.okta.create_attributes, &stop, talk).await?;
    if stop.is_cancelled() {
        workspace.close().await?;
        return Ok(Exit::Stopped);
    }
    for switch in switches::unread(&workspace).await? {
        talk.warn(&switches::words(&switch));
    }
    for table in switches::unread_tables(&workspace).await? {
        talk.warn(&switches::table_words(&table));
    }
    for shared in shared_names::kept(&workspace).await? {
        talk.warn(&shared.words());
    }
    if args.start_over {
        let over = import::record_and_start_over(&workspace, chrono::Utc::now()).await?;
        talk.say(&format!("What was recorded about {} is forgotten.", people(over.people)));
        if let Some(record) = over.record {
            talk.say(&format!("Who was sent before is saved in {}.", record.display()));
        }
    }
    if args.retry_failed {
        let failed = PeopleFilter { outcomes: vec![OutcomeKind::Failed], ..PeopleFilter::default() };
        let again = workspace.retry(&Who::All(failed)).await?;
        talk.say(&format!("Retrying {} who failed.", people(again)));
    }
    let progress = watch::Sender::new(ImportProgress::default());
    let follower = talk.follow(progress.subscribe(), line);
    let job = ImportJob {
        workspace: workspace.clone(),
        client,
        choices,
        password: mapping.password,
        control: Control::default(),
        only: None,
        unattended: true,
    };
    let summary = import::run(job, stop, progress).await;
    drop(follower);
    let summary = summary?;
    let kept_out = statuses_in_words(workspace.kept_out().await?);
    let mut text = words(&summary);
    if !kept_out.is_empty() {
        text.push_str(&format!(
            "\nIn Okta already, but kept out there: {kept_out}. Nothing was changed for them; the report lists them and says what to do."
        ));
    }
    for name in &summary.groups_left_out {
        text.push_str(&format!("\n{}", built_in_words(name)));
    }
    let reasons = Reasons::of(&workspace).await?;
    let unfed = crate::migration::rules::unfed(&workspace).await?;
    let counts = workspace.counts().await?;
    let blocked = counts.blocked;
    let mut answer = json!(summary);
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("blocked".to_owned(), blocked.into());
        answer.insert("blocked_by".to_owned(), reasons.blocked_values());
        answer.insert("left_out".to_owned(), counts.left_out.into());
        answer.insert("left_out_by".to_owned(), reasons.left_out_values());
        answer.insert("gone".to_owned(), reasons.gone().into());
    }
    text.push_str(&failures(&workspace).await?);
    text.push_str(&not_sent(blocked, &summary, &reasons, &unfed));
    // Whoever a whole run leaves behind was passed over by what the file says of them now.
    let left = summary.tally.waiting + summary.tally.sending;
    let passed_over = summary.ended == Ended::Done && !summary.pilot && left > 0;
    if passed_over {
        text.push_str(&format!(
            "\nNothing was left to send, and yet {} not sent: the file was changed while it ran, or by something other than Causeway. \
             Read people again, check, and import again.",
            if left == 1 { "1 person was".to_owned() } else { format!("{} people were", number(left)) }
        ));
    }
    if summary.changed > 0 {
        text.push_str(&format!(
            "\nChanged in the migration's file by something other than Causeway: {}. None of them was sent; the report names each. Find \
             out who can write the file, then read people again.",
            people(summary.changed)
        ));
    }
    if summary.missing > 0 {
        text.push_str(&format!("\n{}", missing(summary.missing)));
    }
    talk.answer(&text, &answer);
    workspace.close().await?;
    let bent = summary.changed + summary.missing > 0;
    let some_failed =
        bent || summary.tally.failed > 0 || blocked > 0 || summary.tally.people == 0 || passed_over;
    Ok(match &summary.ended {
        Ended::Done if some_failed => Exit::SomeFailed,
        Ended::Done => Exit::Done,
        Ended::Stopped => Exit::Stopped,
        Ended::NeedsAttention { pause } => {
            talk.say(pause.reason.map_or("", |reason| reason.advice()));
            Exit::NeedsAttention
        }
    })
}

/// The most failures looked through for their reasons.
const LOOKED_AT: usize = 10_000;

/// Why people failed: the commonest reasons, each with how many and in the words of the first, and where everyone's is.
async fn failures(workspace: &Workspace) -> Result<String, CliError> {
    let failed = PeopleFilter { outcomes: vec![OutcomeKind::Failed], ..PeopleFilter::default() };
    let mut ids = workspace.order(&failed, Sort::default()).await?;
    ids.truncate(LOOKED_AT);
    let mut reasons: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for some in ids.chunks(500) {
        for row in workspace.rows(some).await? {
            let words = row.outcome.message.unwrap_or_default();
            let kind = row.outcome.code.unwrap_or_else(|| words.clone());
            reasons.entry(kind).or_insert((0, words)).0 += 1;
        }
    }
    let mut reasons: Vec<(u64, String)> =
        reasons.into_values().filter(|(_, words)| !words.is_empty()).collect();
    reasons.sort_by_key(|(many, _)| std::cmp::Reverse(*many));
    if reasons.is_empty() {
        return Ok(String::new());
    }
    let mut text = "\nFailed because:".to_owned();
    for (many, words) in reasons.iter().take(5) {
        let words: String = words.chars().take(300).collect();
        text.push_str(&format!("\n  {}: {words}", people(*many)));
    }
    text.push_str("\nEveryone's reason, and what to do: causeway report MIGRATION --csv FILE --failed.");
    Ok(text)
}

/// Who was not sent, and why.
fn not_sent(blocked: u64, summary: &ImportSummary, reasons: &Reasons, unfed: &[Unfed]) -> String {
    let heading = match (summary.tally.people, blocked) {
        (0, 0) => "Nobody could be sent: everyone is left out, or nobody was read.".to_owned(),
        (0, n) => format!("Nobody could be sent. Blocked: {}.", people(n)),
        (_, 0) => String::new(),
        (_, n) => format!("Not sent because they are blocked: {}.", people(n)),
    };
    let mut text = String::new();
    if !heading.is_empty() {
        text.push('\n');
        text.push_str(&heading);
    }
    for one in unfed {
        text.push('\n');
        text.push_str(&rules::unfed_words(one));
    }
    text + &reasons.blocked_words("Blocked by:", unfed) + &reasons.left_out_words() + &reasons.where_words()
}

fn line(progress: &ImportProgress) -> String {
    let base = &progress.base;
    let Some(total) = base.total else { return base.note.clone().unwrap_or_default() };
    let left = match progress.seconds_left {
        Some(seconds) if base.done < total => format!(", about {} left", spell(seconds)),
        _ => String::new(),
    };
    let note = base.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!(
        "{} of {}, {} failed, {:.0} per minute of {}{left}{note}",
        number(base.done),
        people(total),
        number(progress.tally.failed),
        progress.per_minute,
        progress.pace.cap
    )
}

fn words(summary: &ImportSummary) -> String {
    let tally = &summary.tally;
    let how = match &summary.ended {
        Ended::Done if summary.pilot => "The pilot is done.".to_owned(),
        Ended::Done => "Done.".to_owned(),
        Ended::Stopped => "Stopped; run the same command to continue.".to_owned(),
        Ended::NeedsAttention { pause } => {
            let reason = pause.reason.map_or("Paused.", |reason| reason.words());
            // What was no answer of Okta's is not what Okta says.
            let says = match pause.reason {
                Some(PauseReason::NotOkta | PauseReason::Failing | PauseReason::Unreadable) => {
                    "The last answer"
                }
                _ => "Okta says",
            };
            format!("{reason} {says}: {}. Nobody is lost.", pause.words)
        }
    };
    format!(
        "{how} {} in {}: in all {} created ({} imported as is, {} checked by the hook, {} must reset), {} updated, \
         {} left unchanged, {} failed, {} still to go.",
        people(summary.done),
        spell(Duration::from_secs_f64(summary.seconds).as_secs()),
        number(tally.created()),
        number(tally.created_import),
        number(tally.created_hook),
        number(tally.created_reset),
        number(tally.updated),
        number(tally.already_there),
        number(tally.failed),
        number(tally.waiting + tally.sending)
    )
}
