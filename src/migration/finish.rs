//! The end of the hook: people who never signed in through it get a new password (okta-api.md 2.8 and 9).
//!
//! Nobody is reset on our word alone: Okta is asked about each first, and the account it names must be that person's. Who has
//! signed in meanwhile, is switched off, or was reset already is left as they are. What is about to be sent is on disk before it is sent, so that a run that was cut short goes on
//! where it was.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::MigrationError;
use super::import::Control;
use super::import::ask::{Ask, Got, Tries};
use super::import::lookup::one_user;
use super::org::same_org;
use super::there::unpaused;
use crate::assess::same_login;
use crate::files;
use crate::model::{Phase, Progress, csv_cell};
use crate::okta::{Client, Mark, Reply, Request, User, creation_of};
use crate::workspace::{PersonId, Reset, Straggler, Workspace};

/// People looked at between two questions to the workspace.
const PORTION: u32 = 200;
/// Calls under way at once. The pace is Okta's.
const AT_ONCE: usize = 8;

/// How people get to their new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// Okta e-mails each a reset link.
    Mail,
    /// No mail: each one's link is written to this new file, for a mailing of one's own.
    File(PathBuf),
}

/// What to do.
#[derive(Debug, Clone)]
pub struct ResetJob {
    /// The workspace.
    pub workspace: Workspace,
    /// The org.
    pub client: Client,
    /// Only those who were created before.
    pub before: DateTime<Utc>,
    /// How they get to their new password.
    pub links: Links,
}

/// What became of people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResetSummary {
    /// Passwords that were reset.
    pub reset: u64,
    /// People who have signed in, by what Okta says of them.
    pub signed_in: u64,
    /// People left as they are, by the status that Okta has them in.
    pub left: BTreeMap<String, u64>,
    /// People Okta refused to reset, or who could not be asked about.
    pub failed: u64,
    /// Why, of one of them.
    pub failure: Option<String>,
    /// Stopped before the end.
    pub stopped: bool,
}

/// What became of one person.
enum End {
    Reset,
    SignedIn,
    Left(String),
    Failed(String),
    Stopped,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    reset_password_url: Option<String>,
}

/// Resets the password of everyone who was created for the hook, still is Okta's to import, and can be reset.
pub async fn run(
    job: ResetJob,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<ResetSummary, MigrationError> {
    // Another org has other people by these ids, or none.
    same_org(&job.workspace, &job.client, &stop).await?;
    let links = match &job.links {
        Links::Mail => None,
        Links::File(path) => Some(LinkFile::create(path)?),
    };
    let control = Control::default();
    let ask = Ask::new(job.client.clone(), control.clone(), stop.child_token());
    let resetter = Resetter { job: &job, ask, links };
    unpaused(&control, resetter.everyone(&progress)).await
}

struct Resetter<'a> {
    job: &'a ResetJob,
    ask: Ask,
    links: Option<LinkFile>,
}

impl Resetter<'_> {
    async fn everyone(&self, progress: &watch::Sender<Progress>) -> Result<ResetSummary, MigrationError> {
        let ResetJob { workspace, before, .. } = self.job;
        let total = workspace.count_stragglers(*before).await?;
        let (mut summary, mut done, mut changed, mut after): (_, u64, u64, Option<PersonId>) =
            (ResetSummary::default(), 0, 0, None);
        loop {
            let some = workspace.stragglers(*before, after, PORTION).await?;
            let Some(last) = some.last() else { break };
            after = Some(last.id);
            changed += some.iter().filter(|person| person.changed.is_some()).count() as u64;
            let mut ends =
                futures_util::stream::iter(&some).map(|person| self.one(person)).buffer_unordered(AT_ONCE);
            while let Some(end) = ends.next().await {
                match end? {
                    End::Reset => summary.reset += 1,
                    End::SignedIn => summary.signed_in += 1,
                    End::Left(status) => *summary.left.entry(status).or_default() += 1,
                    End::Failed(words) => {
                        summary.failed += 1;
                        summary.failure = Some(words);
                    }
                    End::Stopped => summary.stopped = true,
                }
                done += 1;
                progress.send_replace(Progress {
                    phase: Phase::Working,
                    done,
                    total: Some(total),
                    note: self.ask.waiting_for().map(|why| why.words().to_owned()),
                });
            }
            if summary.stopped {
                return Ok(summary);
            }
        }
        // Whoever is no longer among them because the file was changed is told too.
        let unsaid = workspace.audit().await?.changed.saturating_sub(changed);
        if unsaid > 0 {
            summary.failed += unsaid;
            summary.failure = Some(format!(
                "{} changed in the migration's file by something other than Causeway. The report names them; nothing of them was reset",
                if unsaid == 1 { "1 person was".to_owned() } else { format!("{unsaid} people were") }
            ));
        }
        Ok(summary)
    }

    /// How somebody stands in Okta now. An answer that is not about them is none.
    async fn look(&self, person: &Straggler) -> Result<User, End> {
        let read = |reply: &Reply| one_user(reply).filter(|user| user.id == person.okta_id);
        match self.ask.call_as(&Request::get_user(&person.okta_id), &mut Tries::patient(), read).await {
            Got::Done(user) => Ok(*user),
            Got::Missing => Err(End::Left("GONE".to_owned())),
            Got::Stopped => Err(End::Stopped),
            Got::Refused(refusal) | Got::Taken(refusal) => Err(End::Failed(refusal.words)),
            Got::Unsure(why) | Got::GaveUp(why) => Err(End::Failed(why.words().to_owned())),
        }
    }

    async fn one(&self, person: &Straggler) -> Result<End, MigrationError> {
        let workspace = &self.job.workspace;
        if let Some(words) = person.changed {
            return Ok(End::Failed(format!("{}: {words}. Nothing was reset", person.login)));
        }
        let user = match self.look(person).await {
            Ok(user) => user,
            Err(end) => return Ok(end),
        };
        if !self.is_theirs(person, &user).await {
            if self.ask.stop.is_cancelled() {
                return Ok(End::Stopped);
            }
            let words = not_theirs(person, &user);
            workspace.record_reset(person.id, &Reset::Failed(words.clone())).await?;
            return Ok(End::Failed(words));
        }
        let recovering = user.status == "RECOVERY";
        if person.sending && recovering && self.links.is_none() {
            // The last run was cut short after it was sent.
            workspace.record_reset(person.id, &Reset::Done).await?;
            return Ok(End::Reset);
        }
        // Okta answers for the password itself from the first sign-in on.
        if user.provider() == "OKTA" && !recovering {
            workspace.mark_moved(&[(person.okta_id.clone(), Utc::now())]).await?;
            return Ok(End::SignedIn);
        }
        if user.provider() != "IMPORT" && !recovering {
            return Ok(End::Left(format!("password of {}", user.provider())));
        }
        let can =
            matches!(user.status.as_str(), "ACTIVE" | "PASSWORD_EXPIRED" | "LOCKED_OUT" | "PROVISIONED");
        if !(can || recovering && person.sending) {
            return Ok(End::Left(user.status));
        }
        workspace.record_reset(person.id, &Reset::Sending).await?;
        let request = Request::reset_password(&person.okta_id, self.links.is_none());
        let failed = async |words: String| -> Result<End, MigrationError> {
            workspace.record_reset(person.id, &Reset::Failed(words.clone())).await?;
            Ok(End::Failed(words))
        };
        let mut tries = Tries::default();
        let reply = loop {
            match self.ask.call(&request, &mut tries).await {
                Got::Done(reply) => break reply,
                // It may have gone through: nobody is mailed a second link that makes the first of no use. Where the links are ours
                // to hand out there is no mail, and this one is lost.
                Got::Unsure(_) if self.links.is_none() => match self.look(person).await {
                    Ok(user) if user.status == "RECOVERY" => {
                        workspace.record_reset(person.id, &Reset::Done).await?;
                        return Ok(End::Reset);
                    }
                    Ok(_) => {}
                    // Its end is not known: the next run looks.
                    Err(end) => return Ok(end),
                },
                Got::Unsure(_) => {}
                // Nothing was sent, or its end is not known: the next run looks.
                Got::Stopped => return Ok(End::Stopped),
                Got::Missing => return failed("Okta does not know them any more".to_owned()).await,
                Got::Refused(refusal) | Got::Taken(refusal) => {
                    return failed(format!("{}: {}", refusal.code, refusal.words)).await;
                }
                Got::GaveUp(why) => return Ok(End::Failed(why.words().to_owned())),
            }
            if self.ask.stop.is_cancelled() {
                return Ok(End::Stopped);
            }
        };
        if let Some(links) = &self.links {
            let Some(link) =
                reply.parse::<Answer>().and_then(|answer| answer.reset_password_url.map(Zeroizing::new))
            else {
                return failed("Okta gave no link: reset them in the Admin Console".to_owned()).await;
            };
            links.add(&person.login, &link)?;
        }
        workspace.record_reset_by(person.id, &Reset::Done, reply.request_id.as_deref()).await?;
        Ok(End::Reset)
    }

    /// Whether the account that Okta's id of a person names is that person's: it has their login, or Okta's log says that it was made
    /// by our create of them. Whoever was given another's id is not reset for it.
    async fn is_theirs(&self, person: &Straggler, user: &User) -> bool {
        if user.id != person.okta_id {
            return false;
        }
        if same_login(user.profile.login(), &person.login) {
            return true;
        }
        // Renamed since, there or in the source.
        let Some((mark, created)) = person.mark.as_deref().and_then(Mark::new).zip(user.created) else {
            return false;
        };
        let question = Request::creations_of(&user.id, created - TimeDelta::minutes(2));
        match self.ask.aside(&question).await.map(|reply| creation_of(&reply, &user.id)) {
            Ok(Ok(Some(creation))) => creation.mark.as_ref() == Some(&mark),
            Ok(Ok(None) | Err(())) | Err(_) => false,
        }
    }
}

/// What is said of someone whose id of Okta's names an account that is not known to be theirs.
fn not_theirs(person: &Straggler, user: &User) -> String {
    format!(
        "The account that was made for {} is “{}” in Okta now, and Okta's log does not show that it is theirs. Nothing was reset: look \
         at the account in the Admin Console, and reset it there if it is theirs",
        person.login,
        user.profile.login()
    )
}

/// The file with everyone's link: whoever reads it can set their passwords.
struct LinkFile {
    path: PathBuf,
    file: Mutex<File>,
}

impl LinkFile {
    /// A new file that only its owner reads.
    fn create(path: &Path) -> Result<Self, MigrationError> {
        let broken = |error: &std::io::Error| MigrationError::Write {
            path: path.to_owned(),
            technical: error.to_string(),
        };
        let mut file = files::open_new(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => MigrationError::Exists(path.to_owned()),
            _ => broken(&error),
        })?;
        file.write_all(b"login,link\r\n").map_err(|error| broken(&error))?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file) })
    }

    /// On disk before it counts as done: the link is given once.
    fn add(&self, login: &str, link: &str) -> Result<(), MigrationError> {
        let row = Zeroizing::new(format!("{},{}\r\n", cell(login), cell(link)));
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let written = file.write_all(row.as_bytes()).and_then(|()| file.sync_data());
        written
            .map_err(|error| MigrationError::Write { path: self.path.clone(), technical: error.to_string() })
    }
}

/// A value of a CSV file (RFC 4180) that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text = csv_cell(text);
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_cells() {
        assert_eq!(cell("a@example.com"), "a@example.com");
        assert_eq!(cell("=cmd()"), "'=cmd()");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
