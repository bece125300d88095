//! The step Import: people go to Okta, and what became of each.

mod chart;
mod numbers;
mod table;
mod token;
mod words;

use std::path::PathBuf;
use std::time::Duration;

use egui::Ui;

use super::{Action, Footer, LiveRun, Page, ReviewAsk, Step, StepId, View, Work};
use crate::app::Command;
use crate::app::facts::{Facts, Target};
use crate::app::jobs::{Answer, Job, LongJob, Question, Wanted};
use crate::app::people::PeopleList;
use crate::migration::Choices;
use crate::migration::import::{self as ask, For};
use crate::migration::import::{Control, ImportProgress, ImportSummary, Tally};
use crate::migration::review::export_csv;
use crate::model::{OutcomeKind, Phase};
use crate::ui::Problem;
use crate::ui::theme::{Icon, size};
use crate::ui::widgets::{
    DialogAnswer, Toast, Words as _, cells, counted, empty_state, number, problem_card,
};
use crate::workspace::{PeopleFilter, PersonId, Presence, Sort, SortKey, Who};
pub use chart::Chart;
use words::{end_words, left_words, spent_words};

/// How often the table and the chart are brought up to date while people are sent.
const TICK: Duration = Duration::from_millis(700);

/// The step's state.
#[derive(Default)]
pub struct ImportStep {
    /// The run under way.
    pub job: Option<Job<ImportProgress, ImportSummary>>,
    /// How far it is, or was at its end.
    pub progress: ImportProgress,
    /// How the last run ended.
    pub summary: Option<ImportSummary>,
    /// People per minute over time.
    pub chart: Chart,
    /// The people sent.
    pub list: PeopleList,
    /// The table follows along.
    pub follow: bool,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// The question before a run into a real org, while it is open.
    pub asking: Option<LiveRun>,
    /// The run is for people who failed before.
    again: bool,
    /// The choices the last run went by.
    went_by: Option<Choices>,
    token: token::NewToken,
    control: Option<Control>,
    ticking: Question<()>,
    retrying: Question<Vec<PersonId>>,
    picking: Question<Option<PathBuf>>,
    exporting: Question<(u64, PathBuf)>,
    seen: Vec<(OutcomeKind, u64)>,
}

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAsk {
    /// Begin as chosen in step 4; whoever asks has said yes already.
    Start(Choices),
    /// Everyone who still waits; asks once when it is a real org.
    GoOn,
    /// Yes.
    Confirm,
    /// No.
    Decline,
    /// Stand still; calls under way come to their end.
    Pause,
    /// Go on.
    Resume,
    /// End the run; the rest waits.
    Stop,
    /// Show these in the table.
    Show(Vec<OutcomeKind>),
    /// Select a place in the table; `None` for nobody.
    Select(Option<usize>),
    /// Let the table follow along, or stay.
    Follow(bool),
    /// Try failed people again.
    Retry(Who),
    /// Let this failed person set a new password, and try again.
    MustReset(PersonId),
    /// Write the people shown to a file.
    Export,
    /// Go on with the token typed.
    UseToken,
    /// Open this person in Review.
    Review(PersonId),
}

/// Everyone who came to an end: what the list shows, the newest on top.
fn ended() -> Vec<OutcomeKind> {
    let still = [OutcomeKind::Waiting, OutcomeKind::Sending];
    OutcomeKind::ALL.into_iter().filter(|kind| !still.contains(kind)).collect()
}

impl ImportStep {
    /// Whether a run is under way.
    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// How many requests for people are on their way. Those who are claimed and wait for the pace, or for a pause to end, are not.
    fn sending(&self, tally: &Tally) -> u64 {
        if self.is_running() { tally.sending.min(u64::from(self.progress.in_flight)) } else { 0 }
    }

    /// Whether it stands still, with nothing on its way.
    fn holds(&self) -> bool {
        self.is_running() && self.progress.base.phase == Phase::Paused && self.progress.in_flight == 0
    }

    fn filter(outcomes: Vec<OutcomeKind>) -> PeopleFilter {
        PeopleFilter { outcomes, presence: Presence::Any, ..PeopleFilter::default() }
    }

    /// The numbers shown: the run's own while it runs, the workspace's otherwise.
    fn tally(&self, facts: &Facts) -> Tally {
        if self.is_running() && self.progress.tally.people > 0 { self.progress.tally } else { facts.tally() }
    }

    fn start(&mut self, scope: For, choices: Choices, work: &mut Work<'_>) {
        if self.is_running() {
            return;
        }
        let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org().cloned()) else {
            self.problem = Some(Problem::new(
                "Causeway is not connected to the org.",
                "Go back to Okta and connect, then start again. Nobody was sent.",
            ));
            return;
        };
        let control = Control::default();
        let handle = control.clone();
        let again = matches!(scope, For::These(_));
        let now = Choices { pilot: None, ..choices.clone() };
        let other = self.went_by.replace(now.clone()).is_some_and(|before| before != now);
        let started = work.jobs.start(LongJob::Import, ImportProgress::default(), move |stop, progress| {
            ask::import(workspace, org.client, (scope, choices), handle, stop, progress)
        });
        if let Ok(job) = started {
            self.job = Some(job);
            work.facts.import.begun = true;
            work.facts.rehearsed = Some(matches!(work.facts.target, Target::Practice));
            work.facts.other_org = false;
            self.control = Some(control);
            self.again = again;
            self.summary = None;
            self.problem = None;
            self.chart.begin();
            self.progress = ImportProgress::default();
            if other {
                work.toast(Toast::good(
                    "This run uses the choices on the Okta page as they are now, not the last run's.",
                ));
            }
            // Who tries some again looks at those: the table stays where it is.
            if !again {
                self.follow = true;
                self.list.show(Self::filter(ended()));
            }
        }
    }

    /// Starts a run, or asks first when it is a real org.
    fn start_or_ask(&mut self, scope: For, many: u64, work: &mut Work<'_>) {
        let choices = work.facts.choices.clone();
        if matches!(work.facts.target, Target::Live(_)) {
            let url = work.jobs.org().map(|org| org.client.org().clone());
            self.asking = Some(LiveRun::open(scope, many, choices, url, work));
        } else {
            self.start(scope, choices, work);
        }
    }

    fn take_job(&mut self, work: &mut Work<'_>) {
        let Some(job) = &mut self.job else { return };
        self.progress = job.progress();
        let Some(end) = job.take() else { return };
        self.job = None;
        self.control = None;
        self.list.outdate(true);
        match end {
            Ok(summary) => {
                work.toast(end_words(&summary, self.again));
                self.summary = Some(summary);
            }
            Err(problem) => self.problem = Some(problem),
        }
    }

    fn tick(&mut self, work: &mut Work<'_>) {
        let ticked = self.ticking.take().is_some();
        if ticked {
            if self.seen != work.facts.counts.outcomes && !self.list.is_ordering() {
                self.seen.clone_from(&work.facts.counts.outcomes);
                // A frozen list stays as it is, whoever comes to an end meanwhile.
                self.list.outdate(self.follow || !self.is_running());
            }
            if self.is_running() {
                self.chart.note(&self.progress);
            }
        }
        let stale = self.seen != work.facts.counts.outcomes;
        if (self.is_running() || stale) && !self.ticking.is_waiting() && work.jobs.workspace().is_some() {
            self.ticking.ask(work.jobs.ask("tick", async {
                tokio::time::sleep(TICK).await;
                Answer::Ok(())
            }));
        }
    }

    fn take_answers(&mut self, work: &mut Work<'_>) {
        match self.retrying.take() {
            Some(Ok(ids)) => {
                let many = ids.len() as u64;
                self.list.outdate(true);
                if many == 0 {
                    work.toast(Toast::good("Nobody has failed."));
                } else if self.is_running() {
                    work.toast(Toast::good(format!(
                        "{} back in the queue",
                        counted(many, "person is", "people are")
                    )));
                } else {
                    self.start_or_ask(For::These(ids), many, work);
                }
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        if let Some(Ok(Some(path))) = self.picking.take()
            && let Some(workspace) = work.jobs.workspace().cloned()
        {
            let (filter, sort) = (self.list.filter.clone(), self.list.sort);
            self.exporting.ask(work.jobs.ask("export outcomes", async move {
                export_csv(&workspace, &filter, sort, path.clone()).await.map(|n| (n, path))
            }));
        }
        match self.exporting.take() {
            Some(Ok((people, path))) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                work.toast(Toast::good(format!("{} written to {name}", counted(people, "person", "people"))));
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    /// A run that stands still for a reason, or one that was cut off: said above everything else.
    fn notices_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(problem) = self.problem.as_ref().or(self.list.problem.as_ref()) {
            problem_card(ui, problem);
        }
        if let Some(pause) = &self.progress.pause
            && self.is_running()
            && let Some(reason) = pause.reason
        {
            let problem = Problem {
                what: format!("Paused. {}", reason.words()),
                next: reason.advice().to_owned(),
                technical: pause.words.clone(),
                ..Problem::default()
            };
            problem_card(ui, &problem);
            if token::may_help(reason) {
                self.token.ui(ui, view);
            }
        }
        if self.is_running()
            && let Some(trouble) = &self.progress.trouble
        {
            numbers::banner(ui, &trouble.words(), |ui| {
                ui.fine("Nobody is lost: anyone who may have been on the way is looked up in Okta before anything is sent again.");
            });
        }
        let cut_off = !self.is_running()
            && self.summary.is_none()
            && view.facts.import.begun
            && view.facts.import.waiting > 0;
        if cut_off {
            let waiting = counted(view.facts.import.waiting, "person still waits", "people still wait");
            numbers::banner(ui, &format!("The last import was interrupted: {waiting} to be sent."), |ui| {
                ui.fine("Anyone whose request may have reached Okta is looked up there first, so nobody is created twice.");
            });
        }
    }

    fn next_note(&self, facts: &Facts) -> String {
        let tally = self.tally(facts);
        let hook = facts.hook.waiting.unwrap_or(tally.created_hook);
        if self.is_running() {
            match self.progress.base.phase {
                Phase::Paused => "Paused. Nothing is sent until you resume".to_owned(),
                _ if self.job.as_ref().is_some_and(Job::is_stopping) => {
                    "Stopping: waiting for the last answers".to_owned()
                }
                _ => match &self.progress.base.note {
                    Some(note) => note.clone(),
                    None => "Safe to close: it continues where it stopped".to_owned(),
                },
            }
        } else if facts.import.waiting > 0 && !facts.target_ready {
            "Connect to the org in step 4 first".to_owned()
        } else if facts.import.waiting > 0 {
            format!("{} to be sent", counted(facts.import.waiting, "person is still", "people are still"))
        } else if hook > 0 {
            format!("Next: the password hook for {}", counted(hook, "person", "people"))
        } else {
            "Everyone was sent".to_owned()
        }
    }
}

impl Page for ImportStep {
    fn heading(&self, facts: &Facts) -> (String, String) {
        let tally = self.tally(facts);
        let title = if self.is_running() {
            let total = self.progress.base.total.unwrap_or(tally.people);
            let who = counted(total, "person", "people");
            match (self.again, self.progress.pilot) {
                _ if self.progress.base.phase == Phase::Paused => {
                    format!("Paused at {} of {who}", number(self.progress.base.done))
                }
                (true, _) => format!("Trying {who} again"),
                (false, true) => format!("Importing a pilot of {who}"),
                (false, false) => format!("Importing {who}"),
            }
        } else if tally.done() == 0 {
            "Import".to_owned()
        } else if tally.failed > 0 {
            format!(
                "{} sent, {} failed",
                counted(tally.done() - tally.failed, "person", "people"),
                number(tally.failed)
            )
        } else {
            format!("{} sent", counted(tally.done(), "person", "people"))
        };
        let line = if self.is_running() {
            "Safe to close: the import picks up where it stopped."
        } else if facts.import.waiting > 0 {
            "Nothing is being sent now."
        } else {
            "Nothing is being sent now. Okta's answer for each person is below."
        };
        (title, line.to_owned())
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        let tally = self.tally(facts);
        if self.is_running() {
            let base = &self.progress.base;
            let (done, total) = base.total.map_or((tally.done(), tally.people), |total| (base.done, total));
            return Some(format!("{} of {}", number(done), number(total)));
        }
        (facts.import.begun && facts.import.sent_some() && !facts.sent_elsewhere()).then(|| {
            let created = format!("{} created", number(tally.created()));
            if tally.failed > 0 { format!("{created}, {} failed", number(tally.failed)) } else { created }
        })
    }

    fn footer(&self, facts: &Facts) -> Footer {
        let note = self.next_note(facts);
        if self.is_running() {
            let paused = self.progress.pause.is_some() || self.progress.base.phase == Phase::Paused;
            let hold = if paused {
                Action::new("Resume", ImportAsk::Resume)
            } else {
                Action::new("Pause", ImportAsk::Pause)
            };
            let stopping = self.job.as_ref().is_some_and(Job::is_stopping);
            return Footer {
                back: false,
                secondary: vec![
                    hold.enabled(!stopping),
                    Action::new("Stop", ImportAsk::Stop).danger().enabled(!stopping),
                ],
                note,
                main: Some(Action::new("Continue", Command::GoTo(StepId::Finish)).enabled(false)),
            };
        }
        let waiting = facts.import.waiting;
        let main = if waiting > 0 {
            let label = if facts.import.begun && facts.import.sent_some() {
                format!("Import the other {}", number(waiting))
            } else {
                format!("Import {}", counted(waiting, "person", "people"))
            };
            Action::new(label, ImportAsk::GoOn).enabled(facts.target_ready)
        } else {
            let hook = self.tally(facts).created_hook;
            Action::new("Continue", Command::GoTo(if hook > 0 { StepId::Hook } else { StepId::Finish }))
                .enabled(facts.import.begun)
        };
        Footer { back: true, secondary: vec![], note, main: Some(main) }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        self.notices_ui(ui, view);
        let tally = self.tally(view.facts);
        if !self.is_running() && !view.facts.import.begun {
            let note = "Choose how people arrive in step 4, and start from there.";
            if empty_state(ui, Icon::People, "Nothing has been sent yet", note, Some("Go to Okta")) {
                view.send(Command::GoTo(StepId::Okta));
            }
            return;
        }
        let this = &mut *self;
        let run = this.is_running().then_some(&this.progress);
        cells(ui, &[518.0, 450.0], |ui, cell| {
            if cell == 0 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "seconds of a run"
                )]
                let took = this.summary.as_ref().map(|summary| summary.seconds as u64);
                numbers::numbers_ui(ui, &tally, run, took);
            } else {
                chart::chart_ui(ui, &this.chart, &this.progress, run.is_some());
            }
        });
        ui.add_space(size::TINY);
        table::card_ui(ui, view, self, &tally);
        if let Some(asking) = &mut self.asking {
            match asking.ui(ui, view) {
                DialogAnswer::Yes => view.send(ImportAsk::Confirm),
                DialogAnswer::No => view.send(ImportAsk::Decline),
                DialogAnswer::Open => {}
            }
        }
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        self.take_job(work);
        self.take_answers(work);
        if let Some(asking) = &mut self.asking {
            asking.logic();
        }
        if self.token.logic(work)
            && let Some(control) = &self.control
        {
            control.resume();
        }
        self.tick(work);
        let workspace = work.jobs.workspace().cloned();
        self.list.logic(work.jobs, workspace.as_ref());
    }

    fn opened(&mut self, _: &mut Work<'_>) {
        *self = Self { follow: true, ..Self::default() };
        self.list.sort = Sort { key: SortKey::Recorded, descending: true };
        self.list.show(Self::filter(ended()));
    }

    fn entered(&mut self, _: &mut Work<'_>) {
        if !self.list.loaded && !self.list.is_ordering() {
            self.list.show(Self::filter(ended()));
        }
    }
}

impl Step for ImportStep {
    type Ask = ImportAsk;

    fn handle(&mut self, ask: ImportAsk, work: &mut Work<'_>) {
        match ask {
            ImportAsk::Start(choices) => self.start(For::Chosen, choices, work),
            ImportAsk::GoOn => {
                let many = work.facts.import.waiting;
                self.start_or_ask(For::Everyone, many, work);
            }
            ImportAsk::Confirm => {
                if let Some(LiveRun { scope, choices, .. }) = self.asking.take() {
                    self.start(scope, choices, work);
                }
            }
            ImportAsk::Decline => self.asking = None,
            ImportAsk::Pause => {
                if let Some(control) = &self.control {
                    control.pause();
                }
            }
            ImportAsk::Resume => {
                if let Some(control) = &self.control {
                    control.resume();
                }
            }
            ImportAsk::Stop => {
                if let Some(job) = &self.job {
                    job.stop();
                }
            }
            ImportAsk::Show(outcomes) => {
                let outcomes = if outcomes.is_empty() { ended() } else { outcomes };
                self.list.show(Self::filter(outcomes));
            }
            ImportAsk::Select(at) => {
                let order = std::sync::Arc::clone(&self.list.order);
                match at {
                    Some(at) => {
                        self.list.selection.only(&order, at);
                        self.list.scroll_to = Some(at);
                        self.follow = false;
                    }
                    None => self.list.selection.clear(),
                }
            }
            ImportAsk::Follow(on) => {
                self.follow = on;
                if on {
                    self.list.outdate(true);
                    self.list.scroll_to = Some(0);
                }
            }
            ImportAsk::UseToken => self.token.send(work),
            ImportAsk::Review(id) => {
                work.send(Command::GoTo(StepId::Review));
                work.send(ReviewAsk::Reveal(id));
            }
            ImportAsk::Retry(who) => {
                let Some(workspace) = work.jobs.workspace().cloned() else { return };
                if !self.retrying.is_waiting() {
                    self.retrying
                        .ask(work.jobs.ask("retry", async move { ask::retry(&workspace, who).await }));
                }
            }
            ImportAsk::MustReset(id) => {
                let Some(workspace) = work.jobs.workspace().cloned() else { return };
                if !self.retrying.is_waiting() {
                    let asked = async move { ask::retry_with_reset(&workspace, vec![id]).await };
                    self.retrying.ask(work.jobs.ask("retry without the password", asked));
                }
            }
            ImportAsk::Export => {
                if !self.picking.is_waiting() {
                    let wanted = Wanted::Save { title: "Export these people", name: "import.csv".into() };
                    self.picking.ask(work.jobs.pick(wanted));
                }
            }
        }
    }
}
