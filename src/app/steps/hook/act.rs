//! What is asked of the step, and what came back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Local, NaiveTime, TimeDelta, TimeZone as _, Utc};
use secrecy::SecretString;
use zeroize::{Zeroize as _, Zeroizing};

use super::{HookAsk, HookStep, Open, Sure, Work, practice};
use crate::app::jobs::sample::someone_waiting;
use crate::app::jobs::{Answer, Job, LongJob, Watch};
use crate::migration::hook::{self as ask, Followed, HookSettings, OrgAct, ServerJob, ServerView};
use crate::migration::hook::{Sign, Standing, public_uri};
use crate::ui::Problem;
use crate::ui::widgets::{Field, Toast};

/// An answer of a service this old says nothing any more of whether it runs.
const ELSEWHERE: TimeDelta = TimeDelta::minutes(15);
/// How often Okta's log is read while Okta may be calling (its bucket is small).
const LOG_EVERY: Duration = Duration::from_mins(1);

impl HookStep {
    pub(super) fn carry_out(&mut self, asked: HookAsk, work: &mut Work<'_>) {
        match asked {
            HookAsk::Start => self.start(work),
            HookAsk::StartAndRegister => {
                self.register_when_up = true;
                self.start(work);
            }
            HookAsk::Stop if self.okta_calls() && !practice(work.facts) => {
                self.dialog = Some(Open::Sure(Sure::Stop));
            }
            HookAsk::Stop => self.stop(),
            HookAsk::Org(what) => match (what, practice(work.facts)) {
                (OrgAct::Register, false) => self.dialog = Some(Open::Sure(Sure::Register)),
                (OrgAct::Active(false), false) => self.dialog = Some(Open::Sure(Sure::Deactivate)),
                (OrgAct::Remove, _) => self.dialog = Some(Open::Sure(Sure::Remove)),
                _ => self.org(what, work),
            },
            HookAsk::Confirm(sure) => {
                self.dialog = None;
                match sure {
                    Sure::Register => self.org(OrgAct::Register, work),
                    Sure::Deactivate => self.org(OrgAct::Active(false), work),
                    Sure::Remove => self.org(OrgAct::Remove, work),
                    Sure::Replace => self.replace(work),
                    Sure::Stop => self.stop(),
                }
            }
            HookAsk::Check => self.check(work),
            HookAsk::Open(open) => {
                if matches!(open, Open::Settings(_)) && !matches!(self.dialog, Some(Open::Settings(_))) {
                    self.draft = self.in_use();
                }
                if open == Open::Try {
                    self.look_for_someone(work);
                }
                self.dialog = Some(open);
            }
            HookAsk::Close => {
                self.dialog = None;
                self.trial.exchange = None;
                self.trial.signed_in = None;
                self.trial.password.zeroize();
            }
            HookAsk::Save => {
                self.dialog = None;
                self.settings = self.draft.clone();
                self.save(work);
            }
            HookAsk::Show(on) => self.shown = on,
            HookAsk::CopySecret => {
                self.copy = self.header();
                work.toast(Toast::good("The header's value is in the clipboard"));
            }
            HookAsk::Try => self.attempt(work),
            HookAsk::SignIn => self.sign_in(work),
        }
    }

    /// Looks for one of the sample company's people who waits for the hook.
    fn look_for_someone(&mut self, work: &Work<'_>) {
        if let (true, Some(workspace)) = (work.facts.sample, work.jobs.workspace().cloned()) {
            let pending = work.jobs.ask("somebody invented who waits", someone_waiting(workspace));
            self.questions.inventing.ask(pending);
        }
    }

    /// Whether Okta calls this server now.
    pub(super) fn okta_calls(&self) -> bool {
        self.standing.as_ref().and_then(Standing::ours).is_some_and(|ours| ours.hook.is_active())
    }

    /// When a service answered last, if one does: an answer that this window's server did not give, not long ago.
    fn answered_elsewhere(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.feed.calls.iter().find(|call| call.service)?.at;
        (!self.is_running() && now - last <= ELSEWHERE).then_some(last)
    }

    /// Whether the way to the server can be checked: it listens here, or somewhere under the public address.
    pub(super) fn can_check(&self, practice: bool) -> bool {
        let there = !practice && public_uri(&self.settings.public, &self.settings.path, false).is_ok();
        !self.is_checking() && (self.is_listening() || there)
    }

    /// Whether Okta may be told to call: a server answers, here or, as the checks found, elsewhere.
    pub(super) fn can_register(&self) -> bool {
        let found = self.checks.as_ref().is_some_and(|checks| checks.iter().all(|c| c.sign != Sign::Fails));
        self.is_listening() || self.elsewhere.is_some() || found
    }

    /// The settings as they hold now: with the port that the server really has, while it listens.
    pub(super) fn in_use(&self) -> HookSettings {
        let port = self.other_port().unwrap_or(self.settings.port);
        HookSettings { port, ..self.settings.clone() }
    }

    /// The server's port, where it is another one than was set: that one was taken.
    pub(super) fn other_port(&self) -> Option<u16> {
        let port = self.server.port;
        (self.is_listening() && port != 0 && port != self.settings.port).then_some(port)
    }

    /// The server's address on this computer.
    pub(super) fn here(&self) -> String {
        if self.is_listening() { self.server.url.clone() } else { self.settings.here() }
    }

    /// The address Okta is to call. The practice org calls this computer.
    pub(super) fn uri(&self, practice: bool) -> Result<String, Problem> {
        let typed = if practice { self.here() } else { self.settings.public.clone() };
        Ok(public_uri(&typed, &self.settings.path, practice)?)
    }

    fn start(&mut self, work: &mut Work<'_>) {
        let (Some(workspace), Some(secrets)) = (work.jobs.workspace().cloned(), self.secrets.clone()) else {
            return;
        };
        if self.is_running() {
            return;
        }
        self.died = None;
        self.problem = None;
        let (telling, told) = tokio::sync::watch::channel(secrets);
        let job = ServerJob {
            workspace,
            settings: self.settings.clone(),
            secrets: told,
            keychain: work.jobs.secrets(),
            session: work.jobs.session(),
            any_port: practice(work.facts),
        };
        let started = work.jobs.start(LongJob::HookServer, ServerView::default(), |stop, progress| {
            ask::serve(job, stop, progress)
        });
        if let Ok(job) = started {
            self.telling = Some(telling);
            self.server = ServerView::default();
            self.job = Some(job);
        }
    }

    fn stop(&mut self) {
        self.register_when_up = false;
        if let Some(job) = &self.job {
            job.stop();
        }
    }

    /// Asks the org something, or changes something there.
    pub(super) fn org(&mut self, what: OrgAct, work: &mut Work<'_>) {
        let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org()) else { return };
        let client = org.client.clone();
        let wanted = match (self.uri(practice(work.facts)), &self.secrets) {
            (Ok(uri), Some(secrets)) => Some(ask::wanted(uri, secrets)),
            (Err(problem), _) if what == OrgAct::Register => {
                self.problem = Some(problem);
                return;
            }
            _ => None,
        };
        if what != OrgAct::Look {
            self.problem = None;
            self.checks = None;
        }
        let name = match what {
            OrgAct::Look => "look at the org's hooks",
            OrgAct::Register => "register the hook",
            OrgAct::Active(_) => "switch the hook",
            OrgAct::Remove => "take the hook away",
        };
        self.questions.acting.ask(work.jobs.ask(name, ask::act(workspace, client, wanted, what)));
    }

    fn check(&mut self, work: &mut Work<'_>) {
        let uri = match self.uri(practice(work.facts)) {
            Ok(uri) => uri,
            Err(problem) => {
                self.problem = Some(problem);
                return;
            }
        };
        let client = work.jobs.org().map(|org| org.client.clone());
        let hook = self
            .standing
            .as_ref()
            .and_then(Standing::ours)
            .filter(|ours| ours.fits() && ours.hook.is_active())
            .map(|ours| ours.hook.id.clone());
        let Some(secrets) = self.secrets.clone() else { return };
        self.questions.checking.ask(work.jobs.ask("check the hook", ask::check(uri, client, secrets, hook)));
    }

    fn replace(&mut self, work: &Work<'_>) {
        let (Some(workspace), Some(now)) = (work.jobs.workspace().cloned(), self.secrets.clone()) else {
            return;
        };
        let (secrets, session) = (work.jobs.secrets(), work.jobs.session());
        let pending =
            work.jobs.ask("replace the hook's secret", ask::replace_secret(workspace, now, secrets, session));
        self.questions.replacing.ask(pending);
    }

    /// Puts the settings on disk.
    pub(super) fn save(&mut self, work: &Work<'_>) {
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        let pending =
            work.jobs.ask("keep the hook's settings", ask::keep_settings(workspace, self.settings.clone()));
        self.questions.saving.ask(pending);
    }

    /// Takes the password typed; the field is wiped.
    fn typed(&mut self) -> (String, SecretString) {
        let login = self.trial.login.trim().to_owned();
        let password = SecretString::from(self.trial.password.as_str());
        self.trial.password.zeroize();
        self.trial.password = Zeroizing::new(String::new());
        self.trial.exchange = None;
        self.trial.signed_in = None;
        (login, password)
    }

    fn attempt(&mut self, work: &Work<'_>) {
        let Some(secrets) = self.secrets.clone() else { return };
        let hook = self.standing.as_ref().and_then(Standing::ours).map(|ours| ours.hook.id.clone());
        let okta = work.jobs.org().map(|org| org.client.clone()).zip(hook);
        let (login, password) = self.typed();
        let url = self.server.url.clone();
        let trying = ask::attempt(self.trial.by, url, secrets, okta, login, password);
        self.questions.trying.ask(work.jobs.ask("try a sign-in", trying));
    }

    fn sign_in(&mut self, work: &Work<'_>) {
        let Some(org) = work.jobs.practice() else { return };
        let (login, password) = self.typed();
        let org = Arc::clone(&org);
        let signing = async move { Answer::Ok(org.sign_in(&login, &password).await) };
        self.questions.signing.ask(work.jobs.ask("sign in", signing));
    }

    /// Takes in what was answered.
    pub(super) fn take_answers(&mut self, work: &mut Work<'_>) {
        match self.questions.loading.take() {
            Some(Ok(kept)) => {
                self.settings = kept.settings;
                self.secrets = Some(kept.secrets);
                self.place = kept.place;
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        if let Some(Err(problem)) = self.questions.saving.take() {
            self.problem = Some(problem);
        }
        match self.questions.replacing.take() {
            Some(Ok((secrets, place))) => {
                if let Some(telling) = &self.telling {
                    telling.send_replace(secrets.clone());
                }
                self.secrets = Some(secrets);
                self.place = place;
                let told = self.standing.as_ref().and_then(Standing::ours).is_some();
                work.toast(Toast::good(if told {
                    "New secret. The old one is accepted for a day; Okta is told the new one"
                } else {
                    "New secret. The old one is accepted for a day"
                }));
                if told {
                    self.org(OrgAct::Register, work);
                }
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        match self.questions.acting.take() {
            Some(Ok(standing)) => {
                let fits = standing.ours().is_some_and(|o| o.fits() && o.hook.is_active());
                work.facts.hook.registered = standing.ours().is_some();
                self.standing = Some(standing);
                if fits && self.checks.is_none() && self.is_listening() {
                    self.check(work);
                }
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        match self.questions.checking.take() {
            Some(Ok(checks)) => self.checks = Some(checks),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        if let Some(feed) = self.following.as_mut().and_then(Watch::take).and_then(|now| now.feed) {
            work.facts.hook.waiting = Some(feed.waiting);
            work.facts.hook.reset = feed.reset;
            work.facts.hook.signed_in = feed.verified.max(feed.moved);
            self.feed = feed;
            self.elsewhere = self.answered_elsewhere(Utc::now());
        }
        if let Some(Ok(moved)) = self.questions.moving.take() {
            self.moved = Some(moved);
        }
        if let Some(Ok(login)) = self.questions.inventing.take() {
            self.trial.invented = login;
        }
        match self.questions.trying.take() {
            Some(Ok(exchange)) => self.trial.exchange = Some(exchange),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        if let Some(Ok(signed)) = self.questions.signing.take() {
            self.trial.signed_in = Some(signed);
            self.look_for_someone(work);
            // What the sign-in changed shows at once in Okta's log, too.
            self.synced = None;
        }
    }

    /// Takes in how the server stands, and what must follow from it.
    pub(super) fn take_server(&mut self, work: &mut Work<'_>) {
        let Some(job) = &mut self.job else { return };
        self.server = job.progress();
        let stopping = job.is_stopping();
        if let Some(end) = job.take() {
            self.job = None;
            self.telling = None;
            self.checks = None;
            match end {
                Ok(()) if stopping => {}
                Ok(()) => self.died = Some(died()),
                Err(problem) => self.died = Some(problem),
            }
            self.register_when_up = false;
            return;
        }
        if self.register_when_up && self.is_listening() && !self.is_acting() {
            self.register_when_up = false;
            self.org(OrgAct::Register, work);
        }
    }

    /// Looks at the answers and at Okta's log, now and then.
    pub(super) fn keep_fresh(&mut self, work: &mut Work<'_>) {
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        if self.look && !self.is_acting() && self.secrets.is_some() && work.jobs.org().is_some() {
            self.look = false;
            self.org(OrgAct::Look, work);
        }
        if self.following.is_none() {
            let first = Followed::default();
            let watching = workspace.clone();
            self.following = Some(
                work.jobs.watch("the hook's answers", first, |told| ask::follow(watching, midnight, told)),
            );
        }
        let now = Instant::now();
        let due = |last: Option<Instant>, every| last.is_none_or(|last| now.duration_since(last) >= every);
        // Whoever answers, a service on another computer too: Okta writes down who has moved.
        let calling = self.is_running() || self.okta_calls();
        if let Some(org) = work.jobs.org()
            && work.facts.import.begun
            && !self.questions.moving.is_waiting()
            && (self.synced.is_none() || calling && due(self.synced, LOG_EVERY))
        {
            self.synced = Some(now);
            let client = org.client.clone();
            self.questions.moving.ask(work.jobs.ask("who has signed in", ask::who_moved(workspace, client)));
        }
    }

    /// Wipes what a password field remembers of what was typed, once it is empty.
    pub(super) fn forget_typed(&mut self, ctx: &egui::Context, field: egui::Id) {
        if self.trial.password.is_empty() {
            if let Some(id) = self.trial.field.take() {
                Field::forget(ctx, id);
            }
        } else {
            self.trial.field = Some(field);
        }
    }

    /// A server that is not there, for tests and pictures.
    pub fn stand(&mut self, view: ServerView) {
        let nobodys = crate::hook::HookSecret::random().ok().map(crate::hook::HookSecrets::new);
        self.secrets = self.secrets.take().or(nobodys);
        self.server = view.clone();
        self.job = Some(Job::standing_still(view));
    }
}

/// When the day began, by this computer's clock.
fn midnight() -> DateTime<Utc> {
    let now = Local::now();
    let start = now.date_naive().and_time(NaiveTime::MIN);
    // Where clocks are put forward at midnight the day begins an hour later.
    let first = [start, start + TimeDelta::hours(1)]
        .into_iter()
        .find_map(|start| Local.from_local_datetime(&start).earliest());
    first.unwrap_or(now).to_utc()
}

fn died() -> Problem {
    Problem::new(
        "The server ended by itself.",
        "Start it again. If it ends again, please report it with the log.",
    )
}
