//! The dialog “Try a password”: a password somebody knows proves how the stored value was made, or finds it out.

use egui::Ui;
use zeroize::Zeroizing;

use super::ask::{ReviewAsk, TrialAsk};
use crate::app::invented::offer_ui;
use crate::app::jobs::{Job, Jobs, LongJob};
use crate::app::people::route_sentence;
use crate::app::steps::View;
use crate::migration::prove::{self as ask, Restated, Stating, Tried, Whose};
use crate::model::{Phase as JobPhase, Progress, Route, SecretBytes};
use crate::password::search::{Fit, Found, SaltFrom};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Push, Words as _, check_row, counted, number, problem_card, progress_line,
};
use crate::workspace::{PersonId, PersonRow};

/// How far it is.
pub enum Phase {
    /// A password is being typed.
    Asking,
    /// The search runs.
    Searching(Job<Progress, Tried>),
    /// The search ended so.
    Ended(Found),
    /// It could not be done.
    Failed(Problem),
    /// What was found is being stated, and everyone assessed by it.
    Stating(Box<Job<Progress, Restated>>),
}

/// The dialog's state. Everything typed is wiped when it goes.
pub struct Trial {
    /// Whose password is tried.
    pub person: PersonId,
    name: String,
    login: String,
    /// What people with the same shape have in common: scheme and short name.
    shape: (String, String),
    /// What is typed.
    pub typed: Zeroizing<String>,
    /// A second person's login, where one password can't decide.
    pub other: String,
    /// How far it is.
    pub phase: Phase,
    known: Vec<(Whose, SecretBytes)>,
    /// How many people what was found is for; none where they are too many to count at once, or have to be read again.
    pub reach: Option<u64>,
    /// Whether the first field was focused: once, when it is shown.
    focused: bool,
    /// The field a password was typed in, while egui may remember what.
    typed_in: Option<egui::Id>,
}

impl Trial {
    /// Opens it for a person.
    pub fn new(row: &PersonRow) -> Self {
        let name = if row.name.is_empty() { row.login.clone() } else { row.name.clone() };
        Self {
            person: row.id,
            name,
            login: row.login.clone(),
            shape: (row.scheme.clone(), row.scheme_label.clone()),
            typed: Zeroizing::default(),
            other: String::new(),
            phase: Phase::Asking,
            known: Vec::new(),
            reach: None,
            focused: false,
            typed_in: None,
        }
    }

    /// Another password is typed.
    pub(super) fn again(&mut self) {
        self.phase = Phase::Asking;
        self.focused = false;
    }

    /// Whether the value fits several schemes as it stands: then it was not read wrongly, but not read yet.
    fn is_open(&self) -> bool {
        self.shape.0 == "ambiguous"
    }

    /// The search begins with what was typed.
    pub(super) fn begin(&mut self, jobs: &Jobs) {
        let Some(workspace) = jobs.workspace().cloned() else { return };
        if self.typed.is_empty() {
            return;
        }
        let second = matches!(&self.phase, Phase::Ended(Found::Several(_)));
        let whose = if second { Whose::Login(self.other.clone()) } else { Whose::Person(self.person) };
        if !second {
            self.known.clear();
        }
        self.known.truncate(1);
        let typed = std::mem::take(&mut self.typed);
        self.known.push((whose, SecretBytes::from(typed.as_str())));
        let (known, shape) = (self.known.clone(), self.shape.clone());
        let first = Progress { phase: JobPhase::Preparing, done: 0, total: None, note: None };
        let job = jobs.start(LongJob::TryPassword, first, move |stop, tell| {
            ask::try_and_count(workspace, known, shape, stop, tell)
        });
        match job {
            Ok(job) => self.phase = Phase::Searching(job),
            Err(_) => {
                self.phase = Phase::Failed(Problem::new(
                    "A password is being tried already.",
                    "Wait a moment, then try again.",
                ));
            }
        }
    }

    /// What was found is stated.
    pub(super) fn state(&mut self, jobs: &Jobs) {
        let Phase::Ended(Found::One(fit)) = &self.phase else { return };
        if let Some(job) = state_job(jobs, Stating::Way(fit.settings.clone(), fit.salt.clone())) {
            self.phase = Phase::Stating(Box::new(job));
        }
    }

    /// Takes in what the jobs sent. Gives what stating came to, when it is done.
    pub(super) fn logic(&mut self) -> Option<Restated> {
        match &mut self.phase {
            Phase::Searching(job) => match job.take() {
                Some(Ok(Tried { found, reach })) => {
                    self.reach = reach;
                    self.focused = false;
                    if !matches!(found, Found::Several(_)) {
                        self.known.clear();
                    }
                    self.phase = Phase::Ended(found);
                }
                Some(Err(problem)) => {
                    self.known.clear();
                    self.phase = Phase::Failed(problem);
                }
                None => {}
            },
            Phase::Stating(job) => match job.take() {
                Some(Ok(restated)) => return Some(restated),
                Some(Err(problem)) => self.phase = Phase::Failed(problem),
                None => {}
            },
            Phase::Asking | Phase::Ended(_) | Phase::Failed(_) => {}
        }
        None
    }

    /// Draws it.
    pub(super) fn ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        if self.typed.is_empty()
            && let Some(field) = self.typed_in.take()
        {
            Field::forget(ui.ctx(), field);
        }
        let dialog = Dialog::new("Try a password").width(520.0);
        let (dialog, yes) = match &self.phase {
            Phase::Asking => {
                (dialog.yes("Try").ready(!self.typed.is_empty()).enter_in_field(), Some(TrialAsk::Try))
            }
            Phase::Ended(Found::One(_)) => {
                (dialog.yes(apply_words(self.reach)).no("Close"), Some(TrialAsk::State))
            }
            Phase::Ended(Found::Several(_)) => {
                let ready = !self.typed.is_empty() && !self.other.trim().is_empty();
                (dialog.yes("Try both").ready(ready), Some(TrialAsk::Try))
            }
            Phase::Ended(Found::Nothing { .. }) | Phase::Failed(_) => {
                (dialog.yes("Try another password").no("Close"), Some(TrialAsk::Again))
            }
            Phase::Searching(_) => (dialog.no("Stop"), None),
            Phase::Ended(_) => (dialog.no("Done"), None),
            Phase::Stating(_) => (dialog.no("Close"), None),
        };
        let searching = matches!(self.phase, Phase::Searching(_));
        let sample = view.facts.sample;
        match dialog.show(ui.ctx(), |ui| self.body_ui(ui, sample)) {
            DialogAnswer::Yes => {
                if let Some(ask) = yes {
                    view.send(ReviewAsk::Trial(ask));
                }
            }
            DialogAnswer::No => {
                view.send(ReviewAsk::Trial(if searching { TrialAsk::Stop } else { TrialAsk::Close }));
            }
            DialogAnswer::Open => {}
        }
    }

    /// `sample`: the people are invented, and their passwords no secret.
    fn body_ui(&mut self, ui: &mut Ui, sample: bool) {
        let t = tokens(ui);
        ui.spacing_mut().item_spacing.y = size::SMALL;
        let label = if self.shape.1.is_empty() { "no password" } else { &self.shape.1 };
        ui.words_cut(Face::Body, t.muted, format!("{} · stored as {label}", self.name));
        match &self.phase {
            Phase::Asking => {
                ui.body(
                    "Type a password you know for this person, for example of a test account. Causeway proves with it that it \
                     understands the stored value, or finds out how it was made.",
                );
                self.field_ui(ui, "Known password");
                if sample && let Some(password) = offer_ui(ui, &self.login) {
                    self.typed = Zeroizing::new(password.to_owned());
                }
                ui.fine("It is used for this check, wiped, and saved nowhere.");
            }
            Phase::Searching(job) => {
                let progress = job.progress();
                ui.body(if self.is_open() {
                    "It fits several schemes. Looking for the one that is right."
                } else {
                    "Not right as it is read now, so far. Looking for a way that fits."
                });
                progress_line(ui, "Ways tried", &progress);
                let stage =
                    progress.note.clone().unwrap_or_else(|| "Checking it as it is read now".to_owned());
                let total = progress.total.map(|n| format!(", {} of {}", number(progress.done), number(n)));
                let stopping = if job.is_stopping() { " Stopping…" } else { "" };
                ui.fine(format!("{stage}{}.{stopping}", total.unwrap_or_default()));
            }
            Phase::Ended(found) => {
                ended_ui(ui, found, self.is_open());
                if matches!(found, Found::Several(_)) {
                    let field = Field::new("Another person's login").show(ui, &mut self.other);
                    self.focus(&field);
                    self.field_ui(ui, "Their password");
                    if sample && let Some(password) = offer_ui(ui, &self.other) {
                        self.typed = Zeroizing::new(password.to_owned());
                    }
                }
            }
            Phase::Failed(problem) => problem_card(ui, problem),
            Phase::Stating(job) => {
                let progress = job.progress();
                ui.body("Assessing everyone by what was found.");
                progress_line(ui, "People assessed", &progress);
                ui.fine(counted(progress.done, "person so far", "people so far"));
            }
        }
    }

    /// Typing can begin at once, in the first field that is shown.
    fn focus(&mut self, field: &egui::Response) {
        if !std::mem::replace(&mut self.focused, true) {
            field.request_focus();
        }
    }

    fn field_ui(&mut self, ui: &mut Ui, label: &str) {
        let field = Field::new(label).password().show(ui, &mut self.typed);
        self.focus(&field);
        self.typed_in = Some(field.id);
    }
}

/// States how passwords are stored, for everybody.
pub(super) fn state_job(jobs: &Jobs, stating: Stating) -> Option<Job<Progress, Restated>> {
    let workspace = jobs.workspace()?.clone();
    let first = Progress { phase: JobPhase::Preparing, done: 0, total: None, note: None };
    // It has no stop: half of the people assessed by one rule and half by another would be worse than the wait.
    jobs.start(LongJob::Assess, first, move |_, tell| ask::state(workspace, stating, tell)).ok()
}

fn apply_words(reach: Option<u64>) -> String {
    let people = reach.map(|n| format!(" ({})", counted(n, "person", "people"))).unwrap_or_default();
    format!("Apply to everybody with the same shape{people}")
}

fn ended_ui(ui: &mut Ui, found: &Found, open: bool) {
    match found {
        Found::Right(fit) => {
            check_row(ui, Tone::Good, Icon::Check, |ui| {
                ui.bold("Right: the password fits as the value is read.");
                fit_ui(ui, fit);
            });
        }
        Found::One(fit) => {
            check_row(ui, Tone::Good, Icon::Check, |ui| {
                ui.bold(if open {
                    "Several schemes were possible. This one is right:"
                } else {
                    "Not as it is read now, but this way fits:"
                });
                fit_ui(ui, fit);
            });
            ui.fine("Values that name their own scheme stay as they are, and so does what was stated for others. Undo takes it back.");
        }
        Found::Several(fits) => {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.bold(format!("{} ways fit this person. A second known password decides.", fits.len()));
                for fit in fits.iter().take(4) {
                    ui.add_space(size::TINY);
                    fit_ui(ui, fit);
                }
                if fits.len() > 4 {
                    ui.fine(format!("and {} more", fits.len() - 4));
                }
            });
        }
        Found::Nothing { tried, stopped } => {
            check_row(ui, Tone::Bad, Icon::Bang, |ui| {
                let tries = counted(*tried, "way", "ways");
                if *stopped {
                    ui.bold(format!("Stopped. {tries} tried, none fits so far."));
                } else {
                    ui.bold(format!("Not right, and none of {tries} fits."));
                    ui.body("Either it is another password, or the value was made in a way that Causeway does not know.");
                }
            });
        }
        Found::NoSearch { why } => {
            check_row(ui, Tone::Quiet, Icon::Bang, |ui| {
                ui.bold("This can't be tried.");
                ui.body(why);
            });
        }
    }
}

fn fit_ui(ui: &mut Ui, fit: &Fit) {
    ui.body(&fit.sentence);
    match &fit.salt {
        SaltFrom::AsMapped => {}
        SaltFrom::Nowhere => {
            ui.body(
                "The column mapped as the salt has no part in it: it is left out, and people are read again.",
            );
        }
        SaltFrom::UserName => {
            ui.body("The salt is the user name: it is mapped so, and people are read again.");
        }
        SaltFrom::Column(name) => {
            ui.body(format!("The salt is the column “{name}”: it is mapped so, and people are read again."));
        }
    }
    let t = tokens(ui);
    let tone = match fit.route {
        Route::Import => Tone::Good,
        Route::Hook => Tone::Hook,
        Route::Reset => Tone::Reset,
    };
    ui.words(Face::Body, t.tone(tone).text, route_sentence(fit.route));
    if let Some(weakness) = fit.weakness {
        ui.fine(format!("{}.", weakness.text()));
    }
}

/// The button that opens it.
pub(super) fn button_ui(ui: &mut Ui, view: &mut View<'_>, push: Push) {
    if ui.add(push).clicked() {
        view.send(ReviewAsk::Trial(TrialAsk::Open));
    }
}
