//! The import engine: everyone who goes, into Okta, once.
//!
//! Before a create is sent the intent is on disk (`sending`); after it, the outcome. Whoever is found in `sending` at the start was
//! cut off by a crash, and is looked up in Okta before anything is sent. So: killed at any instant and started again, nobody is
//! created twice and nobody is lost.
//!
//! The coordinator here claims, starts and records; `person.rs` takes one person all the way, `taken.rs` where somebody has their
//! login, and `provenance.rs` says whose account that is; `ask.rs` takes one call to its end; the pace is [`okta::Pace`](crate::okta::Pace)'s.

pub(super) mod ask;
mod control;
mod flow;
mod groups;
pub(super) mod lookup;
mod outcomes;
mod over;
mod person;
mod progress;
mod provenance;
mod scope;
pub(super) mod sender;
mod speed;
mod taken;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::org::same_org;
use super::{Choices, Existing, MigrationError, docs, pilot, shared};
use crate::model::{Outcome, OutcomeKind, PasswordSettings, Phase, Progress};
use crate::okta::{Bucket, Client};
use crate::workspace::{Audit, Did, NewRun, PersonId, Ready, Recorded, RunId, Scope, Workspace};
use ask::Ask;
use groups::{Groups, Known, NoGroups};
use outcomes::{held_for, no_label};
use provenance::Witness;
use sender::{Sender, Sent};
use speed::Speed;

pub use control::{Control, Pause};
pub use flow::Trouble;
pub use over::{StartedOver, record_and_start_over, start_over};
pub use progress::{Ended, ImportProgress, ImportSummary, Tally};
pub use scope::{For, import, next_run, retry, retry_with_reset};

/// What to import.
pub struct ImportJob {
    /// The people.
    pub workspace: Workspace,
    /// The org. Its pace is set from the choices' share.
    pub client: Client,
    /// How they arrive.
    pub choices: Choices,
    /// What is stated about stored passwords: the mapping's.
    pub password: PasswordSettings,
    /// The handle that pauses and resumes.
    pub control: Control,
    /// Only these people, and nobody else who may wait: a retry. `None`: as the choices say.
    pub only: Option<Vec<PersonId>>,
    /// Nobody is there to ask: a pause for a reason ends the run.
    pub unattended: bool,
}

/// People on their way at once, waiting for the pace included. More than can be in flight, so that the pace never waits for us.
const ON_THE_WAY: usize = 48;
/// The most who may wait besides for Okta to find what was made a moment ago.
const MOST_SETTLING: usize = 256;
/// People claimed in one transaction.
const CLAIM: u32 = 16;
/// Claimed people who wait for a place; fewer, and more are claimed.
const LOW: usize = 8;
/// Outcomes are put on disk at the latest after this.
const FLUSH: Duration = Duration::from_millis(150);
/// Outcomes that go to disk together.
const FLUSH_AT: usize = 32;

/// Imports everyone of the scope. Returns when all came to an end, when stopped, or when the workspace fails.
///
/// Stopping lets calls under way come to their end; people who were claimed and not sent are given back.
pub async fn run(
    job: ImportJob,
    stop: CancellationToken,
    progress: watch::Sender<ImportProgress>,
) -> Result<ImportSummary, MigrationError> {
    let ImportJob { workspace, client, choices, password, control, only, unattended } = job;
    progress.send_modify(|p| p.base.note = Some("Looking at the org".to_owned()));
    shared::settle(&workspace, chrono::Utc::now().date_naive()).await?;
    let run = begin(&workspace, &client, &choices, &stop).await?;
    progress.send_modify(|p| p.base.note = Some("Looking through everyone".to_owned()));
    let audit = workspace.audit().await?;
    let ours = stop.child_token();
    let ask = Arc::new(Ask::new(client, control, ours.clone()));
    let groups = Groups::new(Arc::clone(&ask), workspace.clone()).await?;
    let sender = Arc::new(Sender {
        ask: Arc::clone(&ask),
        groups,
        workspace: workspace.clone(),
        choices,
        password,
        witness: Witness::default(),
        begun: Instant::now(),
    });
    let engine = Engine {
        workspace: workspace.clone(),
        ask,
        sender,
        run,
        audit,
        scope: only.map_or(Scope::Everyone, Scope::Only),
        pilot: false,
        unattended,
        progress,
        stop: ours,
        queue: VecDeque::new(),
        tasks: JoinSet::new(),
        outcomes: Vec::new(),
        unsent: Vec::new(),
        exhausted: false,
        done: 0,
        failed: 0,
        total: 0,
        before: Tally::default(),
        started: Instant::now(),
        speed: Speed::default(),
        told_throttled: 0,
    };
    let end = engine.run().await;
    let how = match &end {
        Ok(ImportSummary { ended: Ended::Done, .. }) => "done",
        Ok(ImportSummary { ended: Ended::Stopped, .. }) => "stopped",
        Ok(_) => "paused",
        Err(_) => "failed",
    };
    // The error that ended the run says more than one about its record.
    let recorded = workspace.end_run(run, how).await;
    let summary = end?;
    recorded?;
    Ok(summary)
}

/// Puts the run on record, after making sure that it is the org of the runs before.
async fn begin(
    workspace: &Workspace,
    client: &Client,
    choices: &Choices,
    stop: &CancellationToken,
) -> Result<RunId, MigrationError> {
    let org = same_org(workspace, client, stop).await?;
    client.pace().set_share(choices.share);
    let mut kept = serde_json::to_value(choices).unwrap_or_default();
    if let Some(kept) = kept.as_object_mut() {
        kept.insert("orgId".to_owned(), org.id.into());
    }
    let new =
        NewRun { org: client.org().to_string(), label_group: choices.label_group.clone(), choices: kept };
    Ok(workspace.start_run(&new).await?)
}

/// Somebody claimed; `unsure` when an earlier try may have gone through, and by when it surely had come to its end.
struct Claimed {
    ready: Ready,
    unsure: Option<Instant>,
}

struct Engine {
    workspace: Workspace,
    ask: Arc<Ask>,
    sender: Arc<Sender>,
    run: RunId,
    audit: Audit,
    scope: Scope,
    pilot: bool,
    unattended: bool,
    progress: watch::Sender<ImportProgress>,
    stop: CancellationToken,
    queue: VecDeque<Claimed>,
    tasks: JoinSet<(PersonId, Sent)>,
    outcomes: Vec<Recorded>,
    /// Those of them of whom surely nothing was sent, or nothing that Okta took.
    unsent: Vec<PersonId>,
    exhausted: bool,
    done: u64,
    failed: u64,
    total: u64,
    /// How many people stood where when the run began.
    before: Tally,
    started: Instant,
    speed: Speed,
    told_throttled: u64,
}

impl Engine {
    async fn run(mut self) -> Result<ImportSummary, MigrationError> {
        // First of all those whom a crash cut off; then, if asked for, the pilot.
        for ready in self.workspace.left_in_sending().await? {
            self.queue.push_back(Claimed { ready, unsure: Some(self.started) });
        }
        if let (Some(size), Scope::Everyone) = (self.sender.choices.pilot, &self.scope) {
            let policy = self.sender.choices.policy;
            self.scope = Scope::Only(pilot::begin(&self.workspace, policy, size).await?);
            self.pilot = true;
        }
        let tally = Tally::of(&self.workspace.counts().await?);
        self.total = match &self.scope {
            Scope::Everyone => tally.waiting + tally.sending,
            Scope::Only(_) => {
                self.workspace.next_run(&self.scope, self.sender.choices.policy).await?.people()
            }
        };
        self.before = tally;
        self.tell(tally);
        // The label group first: whether the token may make groups shows before anybody is created. Where everyone may be there
        // already, whoever is the first to be created has it made.
        let known = self.workspace.count_there().await?;
        let somebody = self.total > known && self.sender.choices.existing == Existing::Leave;
        if let Some(label) = self.sender.choices.label_group.clone().filter(|_| somebody) {
            self.make_label(&label).await?;
        }
        let end = self.work().await;
        // Whatever happened: what is known goes on disk.
        let flushed = self.flush().await;
        let given_back = self.give_back().await;
        end?;
        flushed?;
        given_back?;
        self.finish().await
    }

    async fn make_label(&mut self, label: &str) -> Result<(), MigrationError> {
        let sender = Arc::clone(&self.sender);
        let resolve = sender.groups.resolve(label);
        tokio::pin!(resolve);
        let mut held = self.ask.control.watch();
        let mut tick = tokio::time::interval(Duration::from_millis(250));
        loop {
            tokio::select! {
                known = &mut resolve => {
                    return match known {
                        Ok(Known::Refused(code, words)) => Err(no_label(label, code, &words)),
                        Ok(_) | Err(NoGroups::Stopped | NoGroups::Refused(..)) => Ok(()),
                        Err(NoGroups::Workspace(error)) => Err(error.into()),
                    };
                }
                _ = held.changed() => self.look_at_pause(),
                _ = tick.tick() => self.tell_soon(),
            }
        }
    }

    async fn work(&mut self) -> Result<(), MigrationError> {
        let mut tick = tokio::time::interval(FLUSH);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut held = self.ask.control.watch();
        let mut stopping = self.stop.is_cancelled();
        loop {
            if stopping {
                self.give_back().await?;
            } else {
                self.top_up().await?;
            }
            if self.tasks.is_empty() && self.queue.is_empty() && (self.exhausted || stopping) {
                return Ok(());
            }
            tokio::select! {
                Some(ended) = self.tasks.join_next() => {
                    self.take(ended)?;
                    while let Some(more) = self.tasks.try_join_next() {
                        self.take(more)?;
                    }
                    if self.outcomes.len() >= FLUSH_AT {
                        self.flush().await?;
                    }
                }
                _ = tick.tick() => {
                    self.flush().await?;
                    self.tell_counts().await?;
                }
                _ = held.changed() => self.look_at_pause(),
                () = self.stop.cancelled(), if !stopping => stopping = true,
            }
        }
    }

    /// Claims people while there is room, and sets them on their way.
    async fn top_up(&mut self) -> Result<(), MigrationError> {
        // While the run stands still nobody more is claimed: whoever is not `sending` need not be looked up after a crash.
        let paused = self.ask.control.paused().is_some();
        // Whoever waits for Okta to find what was made a moment ago sends nothing, and keeps nobody else waiting.
        let room = ON_THE_WAY + self.ask.settling().min(MOST_SETTLING);
        if !self.exhausted && !paused && self.queue.len() < LOW && self.tasks.len() < room {
            let claimed = self
                .workspace
                .claim(
                    self.run,
                    CLAIM,
                    &self.scope,
                    self.sender.choices.policy,
                    self.ask.client.pace().okta_time(),
                )
                .await?;
            self.exhausted = claimed.is_empty();
            self.queue.extend(claimed.into_iter().map(|ready| Claimed { ready, unsure: None }));
        }
        while self.tasks.len() < room
            && let Some(Claimed { ready, unsure }) = self.queue.pop_front()
        {
            let sender = Arc::clone(&self.sender);
            self.tasks.spawn(async move { (ready.id, sender.send(&ready, unsure).await) });
        }
        Ok(())
    }

    fn take(
        &mut self,
        ended: Result<(PersonId, Sent), tokio::task::JoinError>,
    ) -> Result<(), MigrationError> {
        // A task that panicked leaves its person `sending`: the next run looks them up.
        let (id, sent) = ended.map_err(|e| MigrationError::Internal(e.to_string()))?;
        if matches!(sent, Sent::Unsent(_)) {
            self.unsent.push(id);
        }
        let (outcome, did) = match sent {
            Sent::Outcome(outcome) | Sent::Unsent(outcome) => (outcome, Did::default()),
            Sent::Did(outcome, did) => (outcome, did),
            Sent::Unknown => return Ok(()),
            Sent::Broken(error) => return Err(error),
        };
        self.done += u64::from(outcome.kind != OutcomeKind::Waiting);
        self.failed += u64::from(outcome.kind == OutcomeKind::Failed);
        self.outcomes.push(Recorded { person: id, outcome, did });
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), MigrationError> {
        let throttled = self.ask.client.pace().refusals();
        if throttled > self.told_throttled {
            let new = u32::try_from(throttled - self.told_throttled).unwrap_or(u32::MAX);
            self.workspace.note_throttled(self.run, new).await?;
            self.told_throttled = throttled;
        }
        if !self.outcomes.is_empty() {
            self.doubt_held().await?;
            self.workspace.record_with(&self.outcomes).await?;
            self.outcomes.clear();
            // After the outcomes: whoever a crash between finds in doubt is looked at once more, and no harm is done.
            self.workspace.surely_unsent(&self.unsent).await?;
            self.unsent.clear();
        }
        Ok(())
    }

    /// An account that we have for somebody else already is not believed to be this person's, whatever login Okta answers with.
    async fn doubt_held(&mut self) -> Result<(), MigrationError> {
        let named: Vec<(PersonId, &str)> = self
            .outcomes
            .iter()
            .filter_map(|one| Some((one.person, one.outcome.okta_id.as_deref()?)))
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut doubted: HashMap<PersonId, String> =
            self.workspace.held_for_others(&named).await?.into_iter().collect();
        let mut first: HashMap<&str, PersonId> = HashMap::new();
        let mut twice = Vec::new();
        for (id, okta_id) in &named {
            let whose = *first.entry(okta_id).or_insert(*id);
            if whose != *id {
                twice.push((*id, whose));
            }
        }
        for (id, whose) in twice {
            let login = self.workspace.rows(&[whose]).await?.pop().map(|row| row.login).unwrap_or_default();
            doubted.entry(id).or_insert(login);
        }
        for Recorded { person, outcome, .. } in &mut self.outcomes {
            if let Some(login) = doubted.get(person) {
                self.failed += u64::from(outcome.kind != OutcomeKind::Failed);
                *outcome = held_for(login, outcome.okta_id.as_deref().unwrap_or_default());
                self.unsent.retain(|unsent| unsent != person);
            }
        }
        Ok(())
    }

    /// Gives back whoever was claimed and not set on their way. Those whose fate is unknown stay `sending`.
    async fn give_back(&mut self) -> Result<(), MigrationError> {
        let back: Vec<_> = self.queue.drain(..).filter(|claimed| claimed.unsure.is_none()).collect();
        let waiting: Vec<_> =
            back.iter().map(|claimed| (claimed.ready.id, Outcome::of(OutcomeKind::Waiting))).collect();
        self.workspace.record(&waiting).await?;
        let unsent: Vec<_> =
            back.iter().filter(|claimed| !claimed.ready.in_doubt).map(|claimed| claimed.ready.id).collect();
        Ok(self.workspace.surely_unsent(&unsent).await?)
    }

    /// Nobody to ask: a pause for a reason ends the run.
    fn look_at_pause(&self) {
        if self.unattended && self.ask.control.paused().is_some_and(|p| p.reason.is_some()) {
            self.stop.cancel();
        }
        self.tell_soon();
    }

    async fn finish(self) -> Result<ImportSummary, MigrationError> {
        let tally = Tally::of(&self.workspace.counts().await?);
        let pause = self.ask.control.paused().filter(|p| p.reason.is_some());
        let ended = match pause {
            Some(pause) if self.stop.is_cancelled() => Ended::NeedsAttention { pause },
            _ if self.stop.is_cancelled() => Ended::Stopped,
            _ => Ended::Done,
        };
        if self.pilot && ended == Ended::Done {
            self.workspace.remove_doc(docs::PILOT).await?;
        }
        self.tell(tally);
        Ok(ImportSummary {
            ended,
            done: self.done,
            failed: self.failed,
            tally,
            throttled: self.ask.client.pace().refusals(),
            seconds: self.started.elapsed().as_secs_f64(),
            pilot: self.pilot,
            label_group: self.sender.choices.label_group.clone(),
            groups_left_out: self.sender.groups.left_out(),
            changed: self.audit.changed,
            missing: self.audit.missing,
        })
    }

    async fn tell_counts(&mut self) -> Result<(), MigrationError> {
        let now = self.started.elapsed().as_secs_f64();
        if self.ask.control.paused().is_some() {
            self.speed.stand(now, self.done);
        } else {
            self.speed.note(now, self.done);
        }
        let tally = Tally::of(&self.workspace.counts().await?);
        self.tell(tally);
        Ok(())
    }

    fn tell_soon(&self) {
        let tally = self.progress.borrow().tally;
        self.tell(tally);
    }

    fn tell(&self, tally: Tally) {
        let pace = self.ask.client.pace().view(Bucket::Users);
        let pause = self.ask.control.paused();
        let left = self.total.saturating_sub(self.done);
        let speed = self.speed.now();
        // Before there is a speed: what the allowance lets us expect.
        let expected = if speed > 0.5 { speed } else { f64::from(pace.cap) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds ahead")]
        let seconds_left = Some((left as f64 / expected * 60.0).ceil() as u64);
        let trouble = self.ask.trouble().filter(|_| pause.is_none());
        let (phase, note) = if let Some(pause) = &pause {
            (Phase::Paused, Some(pause.reason.map_or_else(|| "Paused".to_owned(), |r| r.words().to_owned())))
        } else if self.stop.is_cancelled() {
            (Phase::Finishing, Some("Waiting for the last answers".to_owned()))
        } else if let Some(seconds) = pace.shut_for {
            (Phase::Waiting, Some(format!("Okta's rate limit resets in {} s", seconds.ceil())))
        } else if let Some(trouble) = &trouble {
            (Phase::Waiting, Some(trouble.words()))
        } else if let Some(why) = self.ask.waiting_for() {
            (Phase::Waiting, Some(format!("Trying again: {}", why.words())))
        } else {
            (Phase::Working, None)
        };
        self.progress.send_replace(ImportProgress {
            base: Progress { phase, done: self.done, total: Some(self.total), note },
            tally,
            in_flight: pace.all_in_flight,
            per_minute: if pause.is_some() { 0.0 } else { self.speed.shown() },
            throttled: self.ask.client.pace().refusals(),
            pace,
            seconds: self.started.elapsed().as_secs(),
            seconds_left,
            before: self.before,
            trouble,
            pause,
            pilot: self.pilot,
        });
    }
}
