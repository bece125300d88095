//! The org's own rules, before `check` and `import` do anything else.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::error::CliError;
use super::talk::Talk;
use crate::migration::MigrationError;
use crate::migration::rules::{self, Missing, NotCreatable, Unfed};
use crate::model::{Progress, people};
use crate::okta::Client;
use crate::workspace::Workspace;

/// The same before an import: where Okta refuses or is silent, the import itself meets that, waits or stops, and says why.
pub(super) async fn follow_if_it_answers(
    workspace: &Workspace,
    client: &Client,
    create: bool,
    stop: &CancellationToken,
    talk: &Talk,
) -> Result<(), CliError> {
    match follow(workspace, client, create, stop, talk).await {
        Err(CliError::Job(MigrationError::Okta(error))) => {
            talk.say(&format!("The org's rules could not be read: {error}"));
            Ok(())
        }
        other => other.map(|_| ()),
    }
}

/// Assesses everyone by the org's rules; with `create` after creating the attributes it lacks. Says what that changed.
pub(super) async fn follow(
    workspace: &Workspace,
    client: &Client,
    create: bool,
    stop: &CancellationToken,
    talk: &Talk,
) -> Result<Vec<Missing>, CliError> {
    let today = chrono::Local::now().date_naive();
    let progress = watch::Sender::new(Progress::default());
    let follower = talk.follow(progress.subscribe(), |p: &Progress| {
        p.note
            .as_ref()
            .map(|note| format!("{note}: {} of {}", p.done, p.total.unwrap_or(0)))
            .unwrap_or_default()
    });
    let Some(mut done) = rules::follow(workspace, client, today, stop, &progress).await? else {
        drop(follower);
        talk.say("This token isn't allowed to read the org's profile: people were checked by Okta's own rules only.");
        return Ok(Vec::new());
    };
    if create && done.missing.iter().any(|m| m.problem.is_none()) && !done.stopped {
        let names: Vec<_> = done
            .missing
            .iter()
            .filter(|m| m.problem.is_none())
            .map(|m| format!("{} ({})", m.name, m.kind))
            .collect();
        talk.say(&format!("Creating in the profile of {}: {}.", client.org(), names.join(", ")));
        let before = done.changed;
        done = rules::create(workspace, client, &done.missing, today, stop, &progress).await?;
        done.changed += before;
    }
    drop(follower);
    if done.changed > 0 {
        talk.say(&format!("This org's rules change something for {}.", people(done.changed)));
    }
    if !done.missing.is_empty() {
        talk.say(&format!("{} Anyone who has one is blocked.", words(&done.missing)));
        if !create {
            talk.say("--create-attributes creates them in Okta.");
        }
    }
    Ok(done.missing)
}

/// A required attribute that no column feeds, once for all who lack it.
pub(super) fn unfed_words(unfed: &Unfed) -> String {
    format!(
        "{} is required by this org, and no column feeds it: {} can't be sent. Choose a column for it in Map, or make it optional in \
         Okta.",
        unfed.name,
        people(unfed.people)
    )
}

/// Which attributes the org lacks, in a sentence.
pub(super) fn words(missing: &[Missing]) -> String {
    let names: Vec<String> = missing
        .iter()
        .map(|m| {
            let people = people(m.people);
            match &m.problem {
                None => format!("{} ({people})", m.name),
                Some(NotCreatable::Name(proposal)) => {
                    format!(
                        "{} ({people}; Okta takes letters, digits and underscores, no digit first: call it {proposal})",
                        m.name
                    )
                }
                Some(NotCreatable::OtherCapitals(other)) => {
                    format!("{} ({people}; Okta has {other})", m.name)
                }
            }
        })
        .collect();
    format!("Okta's profile lacks: {}.", names.join(", "))
}
