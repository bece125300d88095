//! `causeway people`

use std::io::{self, BufWriter};

use serde_json::json;

use super::Exit;
use super::args::{PeopleArgs, PeopleFormat};
use super::error::CliError;
use super::report::whole;
use super::talk::{Talk, stop_on_ctrl_c};
use super::{outputs, source};
use crate::files::PrivateFile;
use crate::migration::chosen_policy;
use crate::migration::people::{self as job, Format, export};
use crate::migration::review::{self, Change, Changed};
use crate::model::people;
use crate::password::format_of;
use crate::workspace::{Counts, PeopleFilter, Sort, Who, Workspace};

/// The most names that are offered instead of one that is not there.
const MOST_OFFERED: usize = 60;

pub(super) async fn run(args: PeopleArgs, talk: &Talk) -> Result<Exit, CliError> {
    let stop = stop_on_ctrl_c();
    let workspace = source::open(&args.workspace).await?;
    outputs::apart(&[&args.output], &args.workspace, &workspace).await?;
    let mut filter = PeopleFilter {
        search: args.search.clone(),
        disposition: args.disposition,
        policy: chosen_policy(&workspace).await?,
        scheme: args.scheme.clone(),
        finding: args.finding.clone(),
        group: args.group.clone(),
        outcomes: args.outcome.clone(),
        ..PeopleFilter::default()
    };
    known(&workspace.counts().await?, &mut filter)?;
    let change = &args.change;
    if change.must_reset || change.keep_password || change.same_person || change.somebody_new {
        decide(&workspace, &args, filter, talk).await?;
        workspace.close().await?;
        return Ok(Exit::Done);
    }
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

/// Makes sure that what a filter names is there: a typing error must not look like nobody. A scheme may be given as it is shown.
fn known(counts: &Counts, filter: &mut PeopleFilter) -> Result<(), CliError> {
    if let Some(code) = &filter.finding
        && !job::finding_codes().any(|known| known == code)
    {
        let here: Vec<&str> = counts.findings.iter().map(|finding| finding.code.as_str()).collect();
        // Those that somebody here has come first.
        let all = here.into_iter().chain(job::finding_codes().map(|code: &str| code));
        return Err(no_such("finding", code, all, usize::MAX));
    }
    if let Some(word) = filter.scheme.take() {
        let is = |name: &str| name.eq_ignore_ascii_case(&word);
        let there = &counts.schemes;
        if let Some(scheme) = there.iter().find(|scheme| is(&scheme.scheme)) {
            filter.scheme = Some(scheme.scheme.clone());
        } else if let Some(scheme) = there.iter().find(|scheme| is(&scheme.label)) {
            filter.scheme_label = Some(scheme.label.clone());
        } else if format_of(&word).is_some() {
            filter.scheme = Some(word);
        } else {
            let names = there.iter().map(|scheme| scheme.scheme.as_str());
            return Err(no_such("scheme", &word, names, MOST_OFFERED));
        }
    }
    if let Some(group) = &filter.group
        && !counts.groups.iter().any(|known| known.name == *group)
    {
        let names = counts.groups.iter().map(|group| group.name.as_str());
        return Err(no_such("group", group, names, MOST_OFFERED));
    }
    Ok(())
}

fn no_such<'a>(
    what: &'static str,
    wanted: &str,
    offered: impl Iterator<Item = &'a str>,
    most: usize,
) -> CliError {
    let mut names: Vec<String> = Vec::new();
    for name in offered {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    if names.len() > most {
        let more = names.len() - most;
        names.truncate(most);
        names.push(format!("and {more} more"));
    }
    CliError::NoSuch { what, wanted: wanted.to_owned(), offered: names }
}

/// Lets people set a new password, or takes that back; says who people are.
async fn decide(
    workspace: &Workspace,
    args: &PeopleArgs,
    filter: PeopleFilter,
    talk: &Talk,
) -> Result<(), CliError> {
    let everyone = PeopleFilter { policy: filter.policy, ..PeopleFilter::default() };
    let (who, named) = if !args.change.key.is_empty() {
        let mut ids = Vec::new();
        for key in &args.change.key {
            let id = workspace.by_key(key).await?;
            let id = id.ok_or_else(|| no_such("key", key, std::iter::empty(), 0))?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let named = ids.len() as u64;
        (Who::These(ids), named)
    } else if filter == everyone {
        return Err(CliError::NobodyNamed);
    } else {
        let named = workspace.count(&filter).await?;
        (Who::All(filter), named)
    };
    if args.change.same_person || args.change.somebody_new {
        return identify(workspace, args.change.same_person, who, named, talk).await;
    }
    let reset = args.change.must_reset;
    let change = if reset { Change::MustReset(who) } else { Change::KeepPassword(who) };
    let changed = match review::change(workspace, &change).await? {
        Changed::People(changed) => changed,
        Changed::Undone(_) => 0,
    };
    let text = if reset {
        format!("{} must reset; nothing stored of their password is sent.", people(changed))
    } else {
        format!("The stored password of {} is used again, as far as it can move.", people(changed))
    };
    let untouched = named.saturating_sub(changed);
    let others = match (untouched, reset) {
        (0, _) => String::new(),
        (_, true) => {
            format!(" Nothing changes for {}: in Okta already, or they must reset anyway.", people(untouched))
        }
        (_, false) => format!(
            " Nothing changes for {}: that was not chosen for them, or they are in Okta already.",
            people(untouched)
        ),
    };
    talk.answer(&format!("{text}{others}"), &json!({"mustReset": reset, "named": named, "changed": changed}));
    Ok(())
}

/// Says whether people are those they may be.
async fn identify(
    workspace: &Workspace,
    same: bool,
    who: Who,
    named: u64,
    talk: &Talk,
) -> Result<(), CliError> {
    let change = if same { Change::SamePerson(who) } else { Change::SomebodyNew(who) };
    let changed = match review::change(workspace, &change).await? {
        Changed::People(changed) => changed,
        Changed::Undone(_) => 0,
    };
    let words = match (same, changed) {
        (true, 1) => "is the same person as before",
        (true, _) => "are the same people as before",
        (false, 1) => "is somebody new",
        (false, _) => "are new people",
    };
    let text = format!("{} {words}.", people(changed));
    let others = match named.saturating_sub(changed) {
        0 => String::new(),
        untouched => format!(" Nothing changes for {}: it was not asked who they are.", people(untouched)),
    };
    let left = workspace.count_unsure().await?;
    talk.answer(
        &format!("{text}{others}"),
        &json!({"samePerson": same, "named": named, "changed": changed, "stillUnsure": left}),
    );
    Ok(())
}
