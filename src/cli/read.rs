//! `causeway read`

use serde_json::json;
use tokio::sync::watch;

use super::Exit;
use super::args::{ReadArgs, SourceArgs};
use super::error::CliError;
use super::reasons::Reasons;
use super::source;
use super::talk::{Talk, stop_on_ctrl_c};
use crate::mapping::Mapping;
use crate::migration::read::{ReadEnd, ReadJob};
use crate::migration::shared_names::{self, SharedName};
use crate::migration::{docs, keep_mapping, kept_mapping, read, reading_notes, rules, switches};
use crate::model::{OutcomeKind, Progress, number, people};
use crate::workspace::{Counts, Workspace};

pub(super) async fn run(args: ReadArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    if source::password_in_url(args.source.source.as_deref()) {
        talk.say("The password in the URL can be seen by other users of this computer; CAUSEWAY_SOURCE_PASSWORD can't.");
    }
    let existing =
        if args.workspace.workspace.exists() { Some(source::open(&args.workspace).await?) } else { None };
    let (spec, from) =
        source::source(args.source.source.as_deref(), &args.source.flags, existing.as_ref()).await?;
    // A table that is in truth a long calculation is not waited for either.
    let suggested = tokio::select! {
        biased;
        suggested = mapping(&args, existing.as_ref(), from.as_ref(), talk) => Some(suggested?),
        () = stop.cancelled() => None,
    };
    let Some((mapping, expected)) = suggested else {
        talk.say("Stopped. Nothing was read.");
        return Ok(Exit::Stopped);
    };
    let workspace = if let Some(workspace) = existing {
        workspace
    } else {
        talk.say_access();
        // Only now: a source that can't be read makes no workspace.
        source::open_or_create(&args.workspace, &spec.short_name()).await?
    };
    workspace.put_doc(docs::SOURCE, &spec).await?;
    keep_mapping(&workspace, &mapping).await?;
    let job = ReadJob {
        workspace: workspace.clone(),
        source: from,
        source_label: spec.summary(),
        mapping,
        schema: rules::schema(&workspace).await?,
        today: chrono::Local::now().date_naive(),
        expected,
    };
    let progress = watch::Sender::new(Progress::default());
    let follower = talk.follow(progress.subscribe(), |p: &Progress| match p.total {
        Some(total) if total > 0 => format!("Reading: {} of about {}", number(p.done), people(total)),
        _ => format!("Reading: {}", people(p.done)),
    });
    let end = read::run(job, stop, progress).await;
    drop(follower);
    let exit = match end? {
        ReadEnd::Stopped => {
            talk.say("Stopped. Nothing in the workspace changed.");
            Exit::Stopped
        }
        ReadEnd::Done { summary, too_big } => {
            for left_out in &too_big {
                talk.say(&format!(
                    "{} values of {} are larger than 1 MiB and were left out, the first for {}.",
                    left_out.values, left_out.column, left_out.first_key
                ));
            }
            let counts = workspace.counts().await?;
            let reasons = Reasons::of(&workspace).await?;
            let text = format!(
                "{} read. {}{}{}{}{}{}",
                people(summary.people),
                words(&counts),
                reasons.blocked_words("Blocked by:", &[]),
                reasons.left_out_words(),
                reasons.warned_words(),
                reasons.where_words(),
                reasons.since_words()
            );
            let too_big: Vec<_> = too_big
                .iter()
                .map(|t| json!({"column": t.column, "values": t.values, "firstKey": t.first_key}))
                .collect();
            let unread = switches::unread(&workspace).await?;
            let tables = switches::unread_tables(&workspace).await?;
            let shared = shared_names::kept(&workspace).await?;
            let lines = unread.iter().map(switches::words).chain(tables.iter().map(switches::table_words));
            let notes = reading_notes::kept(&workspace).await?;
            let lines = lines.chain(shared.iter().map(SharedName::words)).chain(notes.iter().cloned());
            let text = std::iter::once(text).chain(lines).collect::<Vec<_>>().join("\n");
            let told = json!({
                "reading": summary,
                "people": numbers(&counts),
                "blockedBy": reasons.blocked_values(),
                "leftOutBy": reasons.left_out_values(),
                "warnedOf": reasons.warned_values(),
                "tooBig": too_big,
                "unreadSwitches": unread,
                "switchTables": tables,
                "sharedGroupNames": shared,
                "notes": notes,
            });
            talk.answer(&text, &told);
            // Reading was done: who is blocked is told here, and counts from `check` on.
            Exit::Done
        }
    };
    workspace.close().await?;
    Ok(exit)
}

/// The mapping that was given, the workspace's own, or the suggestion, printed.
async fn mapping(
    args: &ReadArgs,
    workspace: Option<&Workspace>,
    from: &dyn crate::source::Source,
    talk: &Talk,
) -> Result<(Mapping, Option<u64>), CliError> {
    if let Some(path) = &args.mapping {
        return Ok((source::mapping_file(path)?, None));
    }
    let SourceArgs { table, sql, key, join, groups, no_groups, .. } = &args.source;
    let named = table.is_some() || !groups.is_empty() || !join.is_empty();
    let asked = named || sql.is_some() || !key.is_empty() || *no_groups;
    if !asked
        && let Some(workspace) = workspace
        && let Some(kept) = kept_mapping(workspace).await?
    {
        return Ok((kept, None));
    }
    let suggested = source::suggested(from, &args.source).await?;
    talk.say(&format!("People: {}. The suggested mapping:", suggested.reasons.join(", ")));
    talk.say(&suggested.mapping.to_json());
    suggested.tell(talk);
    Ok((suggested.mapping, suggested.sample.rows))
}

/// What will happen to everyone, in a sentence.
pub(super) fn words(counts: &Counts) -> String {
    format!(
        "{} imported as is, {} checked by the hook, {} must reset; {} blocked, {} left out.",
        number(counts.import),
        number(counts.hook),
        number(counts.reset),
        number(counts.blocked),
        number(counts.left_out)
    )
}

/// The same as JSON.
pub(super) fn numbers(counts: &Counts) -> serde_json::Value {
    let outcomes: serde_json::Map<_, _> = OutcomeKind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), counts.outcome(kind).into()))
        .collect();
    json!({
        "total": counts.total,
        "import": counts.import,
        "hook": counts.hook,
        "reset": counts.reset,
        "blocked": counts.blocked,
        "leftOut": counts.left_out,
        "gone": counts.gone,
        "changedInOkta": counts.changed_in_okta,
        "goneInOkta": counts.gone_in_okta,
        "outcomes": outcomes,
    })
}
