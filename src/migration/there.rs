//! Who of the people still to be sent is in Okta already: looked up, and marked in the workspace. Nothing is written to Okta.

use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::MigrationError;
use super::group_names::{self, GroupsInOkta};
use super::import::Control;
use super::import::ask::{Ask, Got, Tries};
use super::import::lookup::Look;
use crate::assess::fold_login;
use crate::model::{OktaStatus, Phase, Progress};
use crate::okta::{Bucket, Client, OktaError, Request, User};
use crate::workspace::{PersonId, There, Workspace};

/// How the looking ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// How many of the people who wait are in Okta already, as far as checked.
    pub there: u64,
    /// The same by their status there.
    pub statuses: Vec<(OktaStatus, u64)>,
    /// What is worth knowing of the groups' spellings, a sentence each.
    pub group_notes: Vec<String>,
    /// Stopped before the end: there may be more.
    pub stopped: bool,
}

/// Below so many people each is asked about by name; above, listing the org may take fewer calls.
const FEW: usize = 200;
/// People looked up between two writes.
const PORTION: usize = 200;

/// Looks who of those who wait is in Okta already, and marks them in the workspace; marks of before are forgotten.
pub async fn run(
    workspace: Workspace,
    client: Client,
    stop: CancellationToken,
    progress: watch::Sender<Progress>,
) -> Result<Looked, MigrationError> {
    let control = Control::default();
    let ask = Arc::new(Ask::new(client, control.clone(), stop.child_token()));
    let looker = Looker { ask, workspace: workspace.clone(), progress };
    let groups: Vec<(String, u64)> =
        workspace.counts().await?.groups.into_iter().map(|group| (group.name, group.people)).collect();
    let in_okta = unpaused(&control, async {
        looker.look(async |_| Ok(())).await?;
        // Many would take many calls: then the check without sending asks about them.
        if groups.len() > FEW {
            let names = groups.iter().map(|(name, people)| (name.as_str(), *people));
            return Ok(GroupsInOkta { notes: group_names::notes_of(names), ..GroupsInOkta::default() });
        }
        let seen = group_names::look(&looker.ask, &groups, &looker.progress).await;
        group_names::keep(&workspace, &seen).await?;
        Ok(seen)
    })
    .await?;
    let statuses = workspace.there_by_status().await?;
    let statuses = statuses.into_iter().map(|(word, count)| (OktaStatus::of(&word), count)).collect();
    Ok(Looked {
        there: workspace.count_there().await?,
        statuses,
        group_notes: in_okta.notes,
        stopped: stop.is_cancelled(),
    })
}

/// Work during which nobody is there to ask: a reason to pause ends it as an error.
pub(super) async fn unpaused<T>(
    control: &Control,
    work: impl Future<Output = Result<T, MigrationError>>,
) -> Result<T, MigrationError> {
    let mut held = control.watch();
    tokio::select! {
        done = work => done,
        paused = held.wait_for(Option::is_some) => {
            let pause = paused.ok().and_then(|p| p.clone());
            let (words, code) = pause.map_or_else(Default::default, |p| (p.words, format!("{:?}", p.reason)));
            Err(OktaError::Refused { code, words }.into())
        }
    }
}

/// Looks people up, a portion at a time: memory stays flat however many there are.
pub(super) struct Looker {
    pub(super) ask: Arc<Ask>,
    pub(super) workspace: Workspace,
    pub(super) progress: watch::Sender<Progress>,
}

impl Looker {
    /// Looks who is there by the cheaper way: one list of everybody in the org, or a question about each person. Whoever is found is
    /// marked, and given to `found`.
    pub(super) async fn look(
        &self,
        mut found: impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        self.workspace.forget_there().await?;
        let waiting = self.workspace.waiting().await?;
        if waiting.len() > FEW && self.by_listing(waiting.len(), &mut found).await? {
            return Ok(());
        }
        self.by_asking(&waiting, &mut found).await
    }

    fn tell(&self, done: usize, total: Option<usize>, note: &str) {
        self.progress.send_replace(Progress {
            phase: Phase::Working,
            done: done as u64,
            total: total.map(|n| n as u64),
            note: Some(note.to_owned()),
        });
    }

    /// Lists the org. False when that would take more calls than asking about each.
    async fn by_listing(
        &self,
        waiting: usize,
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<bool, MigrationError> {
        // The list's bucket is smaller than the one for single users: a page must be worth several questions.
        let most_pages = waiting / 4;
        let mut pages = 0;
        // Deactivated people are left out of the plain list, and their logins are taken all the same.
        for first in [Request::list_users(), Request::users_where("status eq \"DEPROVISIONED\"")] {
            let mut request = Some(first);
            while let Some(page) = request.take() {
                if pages >= most_pages {
                    return Ok(false);
                }
                pages += 1;
                let reply = match self.ask.call(&page, &mut Tries::default()).await {
                    Got::Done(reply) => reply,
                    Got::Stopped => return Ok(true),
                    _ => return Ok(false),
                };
                let users = reply.parse::<Vec<User>>().unwrap_or_default();
                let logins: Vec<String> = users.iter().map(|user| fold_login(user.profile.login())).collect();
                let people = self.workspace.waiting_by_login(&logins).await?;
                let ours = users
                    .into_iter()
                    .zip(&logins)
                    .filter_map(|(user, login)| people.get(login).map(|id| (*id, user)))
                    .collect();
                self.mark(ours, found).await?;
                self.tell(pages * 200, None, "Checking who is already in Okta");
                request = reply.next.as_deref().and_then(|next| Request::next_page(Bucket::Users, next));
            }
        }
        Ok(true)
    }

    async fn by_asking(
        &self,
        waiting: &[PersonId],
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        for (nth, some) in waiting.chunks(PORTION).enumerate() {
            let rows = self.workspace.rows(some).await?;
            let asked = futures_util::stream::iter(rows).map(|row| async move {
                let user = self.find(&row.login).await;
                user.map(|user| (row.id, user))
            });
            let mut answers = asked.buffer_unordered(32);
            let (mut ours, mut done) = (Vec::new(), 0);
            while let Some(answer) = answers.next().await {
                ours.extend(answer);
                done += 1;
                if done % 16 == 0 {
                    self.tell(nth * PORTION + done, Some(waiting.len()), "Checking who is already in Okta");
                }
            }
            self.mark(ours, found).await?;
            if self.ask.stop.is_cancelled() {
                break;
            }
        }
        Ok(())
    }

    /// The user of exactly this login.
    async fn find(&self, login: &str) -> Option<User> {
        match self.ask.look_up(login, Tries::default()).await {
            Look::Found(user) => Some(*user),
            Look::Twin(_) | Look::Nobody | Look::Stopped | Look::Refused(_) | Look::GaveUp(_) => None,
        }
    }

    async fn mark(
        &self,
        ours: Vec<(PersonId, User)>,
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        if ours.is_empty() {
            return Ok(());
        }
        let mark = |(id, user): &(PersonId, User)| There {
            person: *id,
            okta_id: user.id.clone(),
            status: user.status.clone(),
        };
        self.workspace.note_there(&ours.iter().map(mark).collect::<Vec<_>>()).await?;
        found(ours).await
    }
}
