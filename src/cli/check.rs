//! `causeway check`

use std::fmt::Write as _;
use std::io::{self, BufWriter};
use std::path::Path;

use tokio::sync::watch;

use super::Exit;
use super::args::CheckArgs;
use super::error::CliError;
use super::reasons::Reasons;
use super::report::whole;
use super::talk::{Talk, spell, stop_on_ctrl_c};
use super::{outputs, rules, source};
use crate::files::PrivateFile;
use crate::migration::check::{self, CheckJob, CheckReport};
use crate::migration::{PlanTable, Planned, switches};
use crate::model::{OktaStatus, Progress, counted, number, people, statuses_in_words};
use crate::workspace::WhatIsTaken;

pub(super) async fn run(args: CheckArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    outputs::apart(&[&args.plan], &args.workspace, &workspace).await?;
    let choices = source::choices(&args.okta, &workspace).await?;
    let client = source::okta(&args.okta, &workspace, choices.share).await?;
    rules::follow(&workspace, &client, args.okta.create_attributes, &stop, talk).await?;
    let progress = watch::Sender::new(Progress::default());
    let follower = talk.follow(progress.subscribe(), |p: &Progress| {
        p.note.as_ref().map(|note| format!("{note}: {}", p.done)).unwrap_or_default()
    });
    let job =
        CheckJob { workspace: workspace.clone(), client, choices, today: chrono::Local::now().date_naive() };
    let broken = |path: &Path, error: &io::Error| CliError::writing(path, error);
    let mut table = match &args.plan {
        Some(path) => {
            let file = PrivateFile::begin(path).map_err(|e| broken(path, &e))?;
            Some(PlanTable::begin(BufWriter::new(file))?)
        }
        None => None,
    };
    let mut plan = |planned: &Planned| table.as_mut().map_or(Ok(()), |table| table.add(planned));
    let report = check::run_with_plan(job, &mut plan, stop, progress).await;
    drop(follower);
    let report = report?;
    if let (Some(path), Some(table)) = (&args.plan, table) {
        let file = table.finish()?;
        if !report.stopped {
            whole(file).map_err(|e| broken(path, &e))?;
            talk.say(&format!("The plan is in {}.", path.display()));
        }
    }
    let reasons = Reasons::of(&workspace).await?;
    let mut answer = serde_json::to_value(&report).unwrap_or_default();
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("blocked_by".to_owned(), reasons.blocked_values());
        answer.insert("left_out_by".to_owned(), reasons.left_out_values());
        answer.insert("warned_of".to_owned(), reasons.warned_values());
        answer.insert("gone".to_owned(), reasons.gone().into());
    }
    talk.answer(&words(&report, &reasons), &answer);
    workspace.close().await?;
    Ok(if report.stopped {
        Exit::Stopped
    } else if report.finds_some() {
        Exit::SomeFailed
    } else {
        Exit::Done
    })
}

/// People who were read and are not in the file any more.
pub(super) fn missing(n: u64) -> String {
    format!(
        "Taken out of the migration's file by something other than Causeway: {}. Nobody sends them or lets them in. Find out who can \
         write the file, then read people again.",
        people(n)
    )
}

/// Most people who are named.
const MOST_NAMED: usize = 20;

/// Who is in Okta already, and kept out there.
fn conflicts(report: &CheckReport, text: &mut String) {
    let _ = writeln!(
        text,
        "In Okta already, but kept out there: {}. Nothing would be changed for them. Let in by hand those who should sign in:",
        statuses_in_words(report.by_status(true))
    );
    let kept_out = || report.there.iter().filter(|there| OktaStatus::of(&there.status).keeps_out());
    for there in kept_out().take(MOST_NAMED) {
        let link = there.console.as_ref().map(|link| format!(", {link}")).unwrap_or_default();
        let _ = writeln!(text, "  {}: {}{link}", there.login, OktaStatus::of(&there.status));
    }
    if report.conflicts > MOST_NAMED as u64 {
        let _ = writeln!(
            text,
            "  and {} more; --json names a thousand",
            number(report.conflicts - MOST_NAMED as u64)
        );
    }
}

/// Of whom another account in Okta has something that Okta takes only once.
fn taken(report: &CheckReport, text: &mut String) {
    let login = "Would be refused, as their login differs only in accents from another account's in Okta";
    let email = "Their e-mail address is another account's in Okta, which refuses them if self-service registration is switched on";
    for (what, count, words) in
        [(WhatIsTaken::Login, report.login_taken, login), (WhatIsTaken::Email, report.email_taken, email)]
    {
        if count == 0 {
            continue;
        }
        let _ = writeln!(text, "{words}: {}. Change it in Review, or leave them out:", people(count));
        for one in report.taken.iter().filter(|one| one.what == what).take(MOST_NAMED) {
            let link = one.console.as_ref().map(|link| format!(", {link}")).unwrap_or_default();
            let status = OktaStatus::of(&one.status);
            let _ = writeln!(text, "  {}: {} ({status}){link}", one.login, one.theirs);
        }
        if count > MOST_NAMED as u64 {
            let _ =
                writeln!(text, "  and {} more; --json names a thousand", number(count - MOST_NAMED as u64));
        }
    }
    if report.emails_shared > 0 {
        let _ = writeln!(
            text,
            "{} an e-mail address with another of these people: with self-service registration switched on, Okta takes only one of them.",
            counted(report.emails_shared, "person shares", "people share")
        );
    }
}

/// What could not be found out, and why.
fn not_known(report: &CheckReport, text: &mut String) {
    if let Some(not_known) = &report.not_known {
        let _ = writeln!(
            text,
            "Not known whether they are in Okta: {}. {}. Check again.",
            people(not_known.people),
            sentence(&not_known.why)
        );
    }
    if let Some(not_known) = &report.emails_not_known {
        let _ = writeln!(
            text,
            "Not known whether another account has their e-mail address: {}. {}.",
            people(not_known.people),
            sentence(&not_known.why)
        );
    }
}

/// Okta's words, or ours, as a sentence begins and without its end.
fn sentence(words: &str) -> String {
    let words = words.trim_end_matches('.');
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn words(report: &CheckReport, reasons: &Reasons) -> String {
    let stopped = if report.stopped {
        "Stopped early: these numbers are only for the people checked until then.\n"
    } else {
        ""
    };
    let mut text = format!(
        "{stopped}Nothing was sent. An import into {} would create {}: {} imported as is, {} checked by the hook, {} must reset.\n",
        report.org,
        people(report.created()),
        number(report.create_import),
        number(report.create_hook),
        number(report.create_reset)
    );
    let _ = writeln!(
        text,
        "Already in Okta: {} left unchanged, {} updated. Not sent: {} blocked, {} left out, {} done before.",
        number(report.left),
        number(report.updated),
        number(report.blocked),
        number(report.left_out),
        number(report.done_before)
    );
    if report.changed > 0 {
        let _ = writeln!(
            text,
            "Changed in the migration's file by something other than Causeway: {}. They are neither sent nor let in by the hook. Find \
             out who can write the file, then read people again; the report names them.",
            people(report.changed)
        );
    }
    if report.missing > 0 {
        let _ = writeln!(text, "{}", missing(report.missing));
    }
    // Active is what everyone expects.
    let other = report.by_status(false).into_iter().filter(|(status, _)| *status != OktaStatus::Active);
    let other = statuses_in_words(other);
    if !other.is_empty() {
        let _ = writeln!(text, "Not all of those can sign in at once: {other}.");
    }
    if report.conflicts > 0 {
        conflicts(report, &mut text);
    }
    taken(report, &mut text);
    not_known(report, &mut text);
    let why = [
        reasons.blocked_words("Blocked by:", &report.unfed),
        reasons.left_out_words(),
        reasons.warned_words(),
        reasons.where_words(),
        reasons.since_words(),
    ];
    for line in why.concat().lines().filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "{line}");
    }
    if !report.somebody() {
        let _ = writeln!(text, "Nobody would be sent.");
    }
    let _ = writeln!(
        text,
        "Groups: {} to create{}, {} already there.",
        report.groups_to_make.len(),
        if report.groups_to_make.is_empty() {
            String::new()
        } else {
            format!(" ({})", report.groups_to_make.join(", "))
        },
        report.groups_there.len()
    );
    if !report.groups_not_known.is_empty() {
        let why = report.groups_not_known_why.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "Not known whether they are in Okta: {} ({}). {}.",
            counted(report.groups_not_known.len() as u64, "group", "groups"),
            report.groups_not_known.join(", "),
            sentence(why)
        );
    }
    for unfed in &report.unfed {
        let _ = writeln!(text, "{}", rules::unfed_words(unfed));
    }
    for note in report.group_notes.iter().chain(&report.reading_notes) {
        let _ = writeln!(text, "{note}");
    }
    if !report.unknown_attributes.is_empty() {
        let _ = writeln!(text, "{} Anyone who has one is blocked.", rules::words(&report.unknown_attributes));
    }
    for switch in &report.unread_switches {
        let _ = writeln!(text, "{}", switches::words(switch));
    }
    for table in &report.switch_tables {
        let _ = writeln!(text, "{}", switches::table_words(table));
    }
    if report.small_org {
        let _ = writeln!(text, "This looks like a free or trial org, which holds about ten people.");
    }
    let _ = write!(text, "It would take about {}.", spell(report.seconds));
    text
}
