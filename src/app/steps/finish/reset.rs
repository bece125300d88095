//! New passwords for those who never signed in through the hook: who they are, how they get there, and what became of them.

use std::path::PathBuf;

use egui::Ui;

use super::{FinishAsk, View, Work};
use crate::app::facts::{Facts, Target};
use crate::app::jobs::{Job, LongJob, Question, Wanted};
use crate::migration::finish::ResetSummary;
use crate::migration::stragglers::{self as ask, Age};
use crate::model::Progress;
use crate::ui::Problem;
use crate::ui::theme::{Icon, Tone, size};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Push, Words as _, check_row, counted, number, problem_card, segmented, waiting,
};

/// Resets: what is chosen, what runs, what came of it.
#[derive(Default)]
pub struct Resets {
    /// Whether the dialog is open.
    pub open: bool,
    /// How long ago they must have been imported.
    pub age: Age,
    /// Whether their links go to a file, not into mails.
    pub links: bool,
    /// How many there are to look at; `None`: not known yet.
    pub many: Option<u64>,
    /// What became of them.
    pub done: Option<ResetSummary>,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// The run.
    pub job: Option<Job<Progress, ResetSummary>>,
    counting: Question<u64>,
    picking: Question<Option<PathBuf>>,
}

/// What a person can ask for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetAsk {
    /// Open the dialog.
    Open,
    /// Those imported so long ago.
    Of(Age),
    /// Links to a file, or mails.
    Links(bool),
    /// Do it.
    Confirm,
    /// Close the dialog.
    Close,
    /// Stop the run.
    Stop,
}

impl From<ResetAsk> for FinishAsk {
    fn from(ask: ResetAsk) -> Self {
        Self::Reset(ask)
    }
}

impl Resets {
    /// Whether there is something to say of it.
    pub(super) fn is_begun(&self) -> bool {
        self.job.is_some() || self.done.is_some() || self.problem.is_some()
    }

    pub(super) fn handle(&mut self, asked: ResetAsk, work: &mut Work<'_>) {
        match asked {
            ResetAsk::Open => {
                self.open = true;
                self.problem = None;
                self.count(work);
            }
            ResetAsk::Of(age) => {
                self.age = age;
                self.count(work);
            }
            ResetAsk::Links(links) => self.links = links,
            ResetAsk::Close => self.open = false,
            ResetAsk::Confirm => {
                self.open = false;
                if self.links {
                    let name = "new-password-links.csv".to_owned();
                    let title = "Write the links to a new file";
                    self.picking.ask(work.jobs.pick(Wanted::Save { title, name }));
                } else {
                    self.start(None, work);
                }
            }
            ResetAsk::Stop => {
                if let Some(job) = &self.job {
                    job.stop();
                }
            }
        }
    }

    fn count(&mut self, work: &Work<'_>) {
        self.many = None;
        let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org()) else { return };
        let counting = ask::count(workspace, org.client.clone(), self.age);
        self.counting.ask(work.jobs.ask("who never signed in", counting));
    }

    fn start(&mut self, links: Option<PathBuf>, work: &mut Work<'_>) {
        let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org()) else { return };
        let (client, age) = (org.client.clone(), self.age);
        self.problem = None;
        self.done = None;
        let started = work.jobs.start(LongJob::Resets, Progress::default(), move |stop, progress| {
            ask::reset(workspace, client, age, links, stop, progress)
        });
        self.job = started.ok();
    }

    pub(super) fn logic(&mut self, work: &mut Work<'_>) {
        match self.counting.take() {
            Some(Ok(many)) => self.many = Some(many),
            Some(Err(problem)) => {
                self.open = false;
                self.problem = Some(problem);
            }
            None => {}
        }
        if let Some(Ok(Some(path))) = self.picking.take() {
            self.start(Some(path), work);
        }
        if let Some(end) = self.job.as_mut().and_then(Job::take) {
            self.job = None;
            match end {
                Ok(summary) => self.done = Some(summary),
                Err(problem) => self.problem = Some(problem),
            }
        }
    }

    /// Beside what was done: the button, the run, and what came of it.
    pub(super) fn ui(&self, ui: &mut Ui, view: &mut View<'_>, still: u64) {
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
        }
        if let Some(done) = &self.done {
            done_ui(ui, done);
        }
        if let Some(job) = &self.job {
            let now = job.progress();
            let of = now.total.map_or_else(String::new, |total| format!(" of {}", number(total)));
            waiting(ui, format!("Resetting passwords: {}{of}", number(now.done)));
            if let Some(note) = &now.note {
                ui.fine(format!("Waiting: {note}."));
            }
            if ui.add(Push::plain("Stop").name("Stop the resets").enabled(!job.is_stopping())).clicked() {
                view.send(FinishAsk::from(ResetAsk::Stop));
            }
        } else if still > 0 {
            let push = Push::plain("Reset their passwords").enabled(view.facts.target_ready);
            if ui.add(push).clicked() {
                view.send(FinishAsk::from(ResetAsk::Open));
            }
            if !view.facts.target_ready {
                ui.fine("Connect to the org in step 4 first.");
            }
        }
    }

    pub(super) fn dialog_ui(&self, ui: &Ui, view: &mut View<'_>) {
        if !self.open {
            return;
        }
        let org = org(view.facts);
        let many = self.many.unwrap_or(0);
        let yes = match self.many {
            Some(many) => format!("Reset {}", counted(many, "password", "passwords")),
            None => "Reset".to_owned(),
        };
        let answer = Dialog::new(format!("Reset the passwords of people who never signed in to {org}?"))
            .yes(yes)
            .no("Not now")
            .danger()
            .width(620.0)
            .ready(many > 0)
            .show(ui.ctx(), |ui| {
                ui.label_text("Imported");
                let mut age = self.age;
                ui.horizontal_wrapped(|ui| {
                    let ages = [
                        (Age::Any, "At any time"),
                        (Age::Days(30), "30 days ago or more"),
                        (Age::Days(60), "60 days ago or more"),
                    ];
                    if segmented(ui, &mut age, &ages) {
                        view.send(FinishAsk::from(ResetAsk::Of(age)));
                    }
                });
                if let Some(many) = self.many {
                    ui.body(format!(
                        "{} created for the hook, and Okta does not have their password.",
                        counted(many, "person was", "people were")
                    ));
                } else {
                    waiting(ui, "Reading Okta's log of who has signed in");
                }
                ui.add_space(size::SMALL);
                ui.label_text("How they get a new password");
                let mut links = self.links;
                ui.horizontal_wrapped(|ui| {
                    let ways = [(false, "Okta e-mails each a reset link"), (true, "Reset links to a file, no e-mail")];
                    if segmented(ui, &mut links, &ways) {
                        view.send(FinishAsk::from(ResetAsk::Links(links)));
                    }
                });
                ui.fine(if self.links {
                    "For an e-mail of your own. Anyone who reads the file can set their passwords; links last as long as the org's password policy says."
                } else {
                    "Tell them beforehand, so that they recognize the e-mail. Links last as long as the org's password policy says."
                });
                ui.add_space(size::SMALL);
                ui.muted("Okta is asked about each person first. Anyone who has signed in, or is suspended or deactivated, is left unchanged. For everyone else the old password stops working, and they can't sign in until they follow the link.");
            });
        match answer {
            DialogAnswer::Yes => view.send(FinishAsk::from(ResetAsk::Confirm)),
            DialogAnswer::No => view.send(FinishAsk::from(ResetAsk::Close)),
            DialogAnswer::Open => {}
        }
    }
}

fn org(facts: &Facts) -> String {
    match &facts.target {
        Target::Practice => "the practice org".to_owned(),
        Target::Live(name) => name.clone(),
    }
}

fn done_ui(ui: &mut Ui, done: &ResetSummary) {
    let row = |ui: &mut Ui, tone, icon, words: String| {
        check_row(ui, tone, icon, |ui| {
            ui.body(words);
        });
    };
    if done.signed_in > 0 {
        let words = format!("{} signed in already", counted(done.signed_in, "person had", "people had"));
        row(ui, Tone::Good, Icon::Check, words);
    }
    for (status, many) in &done.left {
        let words =
            format!("{} left unchanged: {}", counted(*many, "person was", "people were"), why(status));
        row(ui, Tone::Quiet, Icon::Dash, words);
    }
    if done.failed > 0 {
        let mut words = format!("{} not be reset", counted(done.failed, "password could", "passwords could"));
        if let Some(failure) = &done.failure {
            words.push_str(&format!(". Okta's words for one: {failure}"));
        }
        row(ui, Tone::Bad, Icon::Bang, words);
    }
    if done.stopped {
        row(ui, Tone::Quiet, Icon::Dash, "Stopped early; you can continue later".to_owned());
    }
    if done.reset == 0 && done.failed == 0 && !done.stopped {
        row(ui, Tone::Quiet, Icon::Dash, "Nobody was reset".to_owned());
    }
}

/// What a status of Okta's means for a reset.
fn why(status: &str) -> String {
    match status {
        "STAGED" => "not activated yet; activate them instead".to_owned(),
        "SUSPENDED" => "suspended".to_owned(),
        "DEPROVISIONED" => "deactivated".to_owned(),
        "RECOVERY" => "their password was reset before".to_owned(),
        "GONE" => "not in Okta any more".to_owned(),
        other => other.to_owned(),
    }
}
