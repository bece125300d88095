//! Who of the people still to be sent is in Okta already, and what of theirs another account there has: looked up, and marked in the
//! workspace. Nothing is written to Okta.
//!
//! A look-up that fails says nothing about anybody: whoever could not be asked about is told as not known, with the reason.

mod others;

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::MigrationError;
use super::group_names::{self, GroupsInOkta};
use super::import::Control;
use super::import::ask::{Ask, Got, Tries};
use super::import::lookup::{Look, users};
use crate::assess::{fold_login, same_login};
use crate::model::{OktaStatus, Phase, Progress};
use crate::okta::{Bucket, Client, OktaError, Reply, Request, User};
use crate::workspace::{PersonId, TakenThere, There, WhatIsTaken, Workspace};

/// People about whom Okta could not be asked: they may be there or not.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NotKnown {
    /// How many.
    pub people: u64,
    /// Why, for one of them.
    pub why: String,
}

/// How the looking ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// How many of the people who wait are in Okta already, as far as checked.
    pub there: u64,
    /// The same by their status there.
    pub statuses: Vec<(OktaStatus, u64)>,
    /// How many have a login that differs only in accents from another account's: Okta refuses them.
    pub login_taken: u64,
    /// How many have an e-mail address that another account has: whether Okta takes them is the org's setting.
    pub email_taken: u64,
    /// Those who could not be asked about.
    pub not_known: Option<NotKnown>,
    /// Those whose e-mail address could not be asked about.
    pub emails_not_known: Option<NotKnown>,
    /// What is worth knowing of the groups' spellings, a sentence each.
    pub group_notes: Vec<String>,
    /// Groups that could not be looked up, and why, for one of them.
    pub groups_not_known: Option<(u64, String)>,
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
    let mut looker = Looker::new(ask, workspace.clone(), progress);
    let groups: Vec<(String, u64)> =
        workspace.counts().await?.groups.into_iter().map(|group| (group.name, group.people)).collect();
    let (seen, in_okta) = unpaused(&control, async {
        let seen = looker.look(async |_| Ok(())).await?;
        // Many would take many calls: then the check without sending asks about them.
        if groups.len() > FEW {
            let names = groups.iter().map(|(name, people)| (name.as_str(), *people));
            let notes = group_names::notes_of(names);
            return Ok((seen, GroupsInOkta { notes, ..GroupsInOkta::default() }));
        }
        let in_okta = group_names::look(&looker.ask, &groups, &looker.progress).await;
        group_names::keep(&workspace, &in_okta).await?;
        Ok((seen, in_okta))
    })
    .await?;
    let statuses = workspace.there_by_status().await?;
    let statuses = statuses.into_iter().map(|(word, count)| (OktaStatus::of(&word), count)).collect();
    let not_known = in_okta.not_known.len() as u64;
    Ok(Looked {
        there: workspace.count_there().await?,
        statuses,
        login_taken: seen.taken(WhatIsTaken::Login),
        email_taken: seen.taken(WhatIsTaken::Email),
        not_known: seen.not_known(),
        emails_not_known: seen.emails_not_known,
        group_notes: in_okta.notes,
        groups_not_known: in_okta.not_known_why.map(|why| (not_known, why)),
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
            let reason = pause.as_ref().and_then(|pause| pause.reason);
            let words = pause.map(|pause| pause.words).unwrap_or_default();
            Err(match reason {
                Some(reason) => OktaError::of_pause(reason, words),
                None => OktaError::Busy { words },
            }.into())
        }
    }
}

/// What was seen of everyone.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Those who are there by their own login.
    there: HashSet<PersonId>,
    /// What of people's another account has.
    pub(super) taken: Vec<(TakenThere, String)>,
    /// Those about whom Okta could not be asked.
    pub(super) unknown: HashSet<PersonId>,
    why: Option<String>,
    /// Those whose address could not be asked about.
    pub(super) emails_not_known: Option<NotKnown>,
}

impl Seen {
    /// Those about whom Okta could not be asked, counted.
    pub(super) fn not_known(&self) -> Option<NotKnown> {
        let why = self.why.clone()?;
        Some(NotKnown { people: self.unknown.len() as u64, why })
    }

    /// How many have something of that kind that another account has.
    pub(super) fn taken(&self, what: WhatIsTaken) -> u64 {
        self.taken.iter().filter(|(taken, _)| taken.what == what).count() as u64
    }

    fn miss(&mut self, person: PersonId, why: String) {
        self.unknown.insert(person);
        self.why = Some(why);
    }

    /// Another account has something of a person's, by Okta's status of it. One account is told for each.
    fn takes(&mut self, person: PersonId, what: WhatIsTaken, theirs: &User) {
        if self.taken.iter().rev().take(400).any(|(one, _)| one.person == person && one.what == what) {
            return;
        }
        let login = theirs.profile.login().to_owned();
        let taken = TakenThere { person, what, okta_id: theirs.id.clone(), login };
        self.taken.push((taken, theirs.status.clone()));
    }

    /// Whoever is there by their own login is not created, so nothing is in their way.
    fn settle(&mut self) {
        let Self { there, taken, .. } = self;
        taken.retain(|(one, _)| !there.contains(&one.person));
        taken.sort_by_key(|(one, _)| (one.what, one.person));
        taken.dedup_by_key(|(one, _)| (one.what, one.person));
        // Who is refused for the login need not be told of the address.
        let refused: HashSet<PersonId> = taken
            .iter()
            .filter(|(one, _)| one.what == WhatIsTaken::Login)
            .map(|(one, _)| one.person)
            .collect();
        taken.retain(|(one, _)| one.what == WhatIsTaken::Login || !refused.contains(&one.person));
    }
}

/// How listing the org ended.
enum Listed {
    /// Everybody was seen, or the job was stopped.
    Done,
    /// It would take more calls than asking about each, or can't be told from the list.
    AskEach,
}

/// Looks people up, a portion at a time: memory stays flat however many there are, but for those who are there.
pub(super) struct Looker {
    pub(super) ask: Arc<Ask>,
    pub(super) workspace: Workspace,
    pub(super) progress: watch::Sender<Progress>,
    seen: Seen,
}

impl Looker {
    pub(super) fn new(ask: Arc<Ask>, workspace: Workspace, progress: watch::Sender<Progress>) -> Self {
        Self { ask, workspace, progress, seen: Seen::default() }
    }

    /// Looks who is there by the cheaper way: one list of everybody in the org, or a question about each person. Whoever is found is
    /// marked, and given to `found`.
    pub(super) async fn look(
        &mut self,
        mut found: impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<Seen, MigrationError> {
        self.workspace.forget_there().await?;
        let waiting = self.workspace.waiting().await?;
        let few = waiting.len() <= FEW;
        if few || matches!(self.by_listing(waiting.len(), &mut found).await?, Listed::AskEach) {
            self.seen = Seen::default();
            self.by_asking(&waiting, &mut found).await?;
        }
        let mut seen = std::mem::take(&mut self.seen);
        seen.settle();
        let taken: Vec<TakenThere> = seen.taken.iter().map(|(taken, _)| taken.clone()).collect();
        for some in taken.chunks(1000) {
            self.workspace.note_taken(some).await?;
        }
        Ok(seen)
    }

    fn tell(&self, done: usize, total: Option<usize>, note: &str) {
        self.progress.send_replace(Progress {
            phase: Phase::Working,
            done: done as u64,
            total: total.map(|n| n as u64),
            note: Some(note.to_owned()),
        });
    }

    /// Lists the org.
    async fn by_listing(
        &mut self,
        waiting: usize,
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<Listed, MigrationError> {
        // The list's bucket is smaller than the one for single users: a page must be worth several questions.
        let most_pages = waiting / 4;
        let mut pages = 0;
        // Deactivated people are left out of the plain list, and their logins are taken all the same.
        for first in [Request::list_users(), Request::users_where("status eq \"DEPROVISIONED\"")] {
            let mut request = Some(first);
            while let Some(page) = request.take() {
                if pages >= most_pages {
                    return Ok(Listed::AskEach);
                }
                pages += 1;
                let read = |reply: &Reply| Some((users(reply)?, reply.next.clone()));
                let (users, next) = match self.ask.call_as(&page, &mut Tries::default(), read).await {
                    Got::Done(done) => done,
                    Got::Stopped => return Ok(Listed::Done),
                    _ => return Ok(Listed::AskEach),
                };
                self.on_the_list(users, found).await?;
                self.tell(pages * 200, None, "Checking who is already in Okta");
                request = match next {
                    // A list that can't be followed is not at its end.
                    Some(next) => match Request::next_page(Bucket::Users, &next) {
                        Some(next) => Some(next),
                        None => return Ok(Listed::AskEach),
                    },
                    None => None,
                };
            }
        }
        Ok(Listed::Done)
    }

    /// Meets a page of the list with ours.
    async fn on_the_list(
        &mut self,
        users: Vec<User>,
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        self.others_have(&users).await?;
        let logins: Vec<String> = users.iter().map(|user| fold_login(user.profile.login())).collect();
        let people = self.workspace.waiting_by_login(&logins).await?;
        let met: Vec<(PersonId, User)> = users
            .into_iter()
            .zip(&logins)
            .filter_map(|(user, login)| people.get(login).map(|id| (*id, user)))
            .collect();
        let ids: Vec<PersonId> = met.iter().map(|(id, _)| *id).collect();
        let rows = self.workspace.rows(&ids).await?;
        let mut ours = Vec::new();
        for (id, user) in met {
            let login = rows.iter().find(|row| row.id == id).map_or("", |row| row.login.as_str());
            if same_login(user.profile.login(), login) {
                ours.push((id, user));
            } else {
                self.seen.takes(id, WhatIsTaken::Login, &user);
            }
        }
        self.mark(ours, found).await
    }

    async fn by_asking(
        &mut self,
        waiting: &[PersonId],
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        for (nth, some) in waiting.chunks(PORTION).enumerate() {
            let rows = self.workspace.rows(some).await?;
            let mut ours = Vec::new();
            {
                let ask = &self.ask;
                let asked = futures_util::stream::iter(&rows)
                    .map(|row| async move { (row.id, ask.look_up(&row.login, Tries::default()).await) });
                let mut answers = asked.buffer_unordered(32);
                let mut done = 0;
                while let Some((id, look)) = answers.next().await {
                    match look {
                        Look::Found(user) => ours.push((id, *user)),
                        Look::Twin(user) => self.seen.takes(id, WhatIsTaken::Login, &user),
                        // Whoever was not asked about before the stop is told by the stop itself.
                        Look::Nobody | Look::Stopped => {}
                        Look::Refused(refusal) => self.seen.miss(id, refusal.words),
                        Look::GaveUp(why) => self.seen.miss(id, why.words().to_owned()),
                    }
                    done += 1;
                    if done % 16 == 0 {
                        self.progress.send_replace(Progress {
                            phase: Phase::Working,
                            done: (nth * PORTION + done) as u64,
                            total: Some(waiting.len() as u64),
                            note: Some("Checking who is already in Okta".to_owned()),
                        });
                    }
                }
            }
            self.mark(ours, found).await?;
            if self.ask.stop.is_cancelled() {
                return Ok(());
            }
            self.ask_for_others(&rows).await?;
        }
        Ok(())
    }

    async fn mark(
        &mut self,
        ours: Vec<(PersonId, User)>,
        found: &mut impl AsyncFnMut(Vec<(PersonId, User)>) -> Result<(), MigrationError>,
    ) -> Result<(), MigrationError> {
        if ours.is_empty() {
            return Ok(());
        }
        self.seen.there.extend(ours.iter().map(|(id, _)| *id));
        let mark = |(id, user): &(PersonId, User)| There {
            person: *id,
            okta_id: user.id.clone(),
            status: user.status.clone(),
        };
        self.workspace.note_there(&ours.iter().map(mark).collect::<Vec<_>>()).await?;
        found(ours).await
    }
}
