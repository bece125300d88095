//! The application: its state, and the two halves of a frame.

use egui::{Context, Key, KeyboardShortcut, Modifiers, ViewportCommand};

use super::command::Command;
use super::facts::{Facts, Standing, next_step, standing};
use super::fit::Fit;
use super::jobs::{Jobs, LongJob, Question};
use super::place::Place;
use super::practice::PracticePanel;
use super::start::{self, Start};
use super::steps::{StepId, Steps, View, Work};
use super::{portal, shell, typed_path};
use crate::ui::theme::Look;
use crate::ui::widgets::{Toasts, note_keyboard};
use crate::workspace::Counts;

const QUIT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Q);
const FIND: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::F);

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The start page: no workspace is open.
    Start,
    /// A step of the open workspace.
    Step(StepId),
}

/// The program's window.
pub struct App {
    /// What is known about the open migration.
    pub facts: Facts,
    /// The start page.
    pub start: Start,
    /// The pages of the wizard.
    pub steps: Steps,
    /// The small window into the practice org.
    pub practice: PracticePanel,
    /// Short messages.
    pub toasts: Toasts,
    shown: Shown,
    look: Look,
    jobs: Jobs,
    commands: Vec<Command>,
    place: Place,
    /// When the place was written last, in the window's seconds.
    placed: f64,
    counting: Question<Counts>,
    /// What would be lost by closing, as it was when that was asked.
    asks_to_quit: Option<shell::Losing>,
    /// A file's path to be typed.
    typing: Option<super::jobs::Asked>,
    may_close: bool,
    fit: Fit,
    /// The window's title as it was set last.
    titled: String,
}

impl App {
    /// The window at its start page. The context must have our theme already ([`crate::ui::theme::apply`]).
    pub fn new(jobs: Jobs) -> Self {
        Self {
            facts: Facts::default(),
            start: Start::default(),
            steps: Steps::default(),
            practice: PracticePanel::default(),
            toasts: Toasts::default(),
            shown: Shown::Start,
            look: Look::default(),
            jobs,
            commands: Vec::new(),
            place: Place::default(),
            placed: 0.0,
            counting: Question::default(),
            asks_to_quit: None,
            typing: None,
            may_close: false,
            fit: Fit::default(),
            titled: String::new(),
        }
    }

    /// Asks for something, as a button would.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.commands.push(command.into());
    }

    /// What is shown.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// Shows a page without asking whether it can be opened; for tests and pictures.
    pub fn show(&mut self, shown: Shown) {
        self.shown = shown;
    }

    /// The bridge to async work.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The first half of a frame: what jobs sent, then what was asked for in the last frame.
    pub fn logic(&mut self, ctx: &Context) {
        let runtime = self.jobs.handle();
        let _inside = runtime.as_ref().map(tokio::runtime::Handle::enter);
        portal::take_in(ctx);
        self.fit.logic(ctx);
        self.take_counts();
        if let Some(asked) = self.jobs.asked_path() {
            self.typing = Some(asked);
        }
        self.facts.running = self.jobs.running();
        let mut asked = std::mem::take(&mut self.commands);
        let mut more = Vec::new();
        let Self { facts, start, steps, practice, jobs, .. } = self;
        let mut work = Work::new(jobs, facts, &mut more);
        start.logic(&mut work);
        practice.logic(&mut work);
        for step in StepId::ALL {
            steps.page_mut(step).logic(&mut work);
        }
        asked.append(&mut more);
        // A command may send others (a test of the source that leads on to the next page); they run in the same frame.
        let mut rounds = 0;
        while !asked.is_empty() && rounds < 16 {
            rounds += 1;
            for command in std::mem::take(&mut asked) {
                self.carry_out(command, ctx, &mut asked);
            }
        }
        self.commands.append(&mut asked);
        self.keep_place(ctx.input(|i| i.time));
        if ctx.input(|i| i.viewport().close_requested()) && !self.may_close && self.would_lose() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.ask_to_quit();
        }
    }

    fn carry_out(&mut self, command: Command, ctx: &Context, more: &mut Vec<Command>) {
        match command {
            Command::GoTo(step) => {
                if self.facts.workspace.is_some() && standing(&self.facts, step) != Standing::NotYet {
                    self.enter(step, more);
                }
            }
            Command::Back => match self.shown {
                Shown::Step(step) => match step.before() {
                    Some(before) => self.enter(before, more),
                    None => more.push(Command::CloseWorkspace),
                },
                Shown::Start => {}
            },
            Command::Opened => {
                let Self { facts, steps, jobs, .. } = self;
                let mut work = Work::new(jobs, facts, more);
                for step in StepId::ALL {
                    steps.page_mut(step).opened(&mut work);
                }
                let waiting = self.facts.import.waiting > 0;
                let kept = self.facts.kept.as_ref().and_then(|kept| {
                    if kept.cut_off && waiting { Some(StepId::Import) } else { kept.place.step }
                });
                let kept = kept.filter(|step| standing(&self.facts, *step) != Standing::NotYet);
                let step = kept.unwrap_or_else(|| next_step(&self.facts));
                self.enter(step, more);
            }
            Command::Refresh => self.count(),
            Command::CloseWorkspace => {
                let running = self.jobs.at_stake();
                if running.is_empty() {
                    // What only looks is not waited for.
                    self.jobs.stop_all();
                    self.facts = Facts::default();
                    self.steps = Steps::default();
                    self.practice = PracticePanel::default();
                    self.shown = Shown::Start;
                    let Self { facts, start, jobs, .. } = self;
                    start.shown(&mut Work::new(jobs, facts, more));
                } else {
                    self.toasts.push(crate::ui::widgets::Toast::bad(format!(
                        "Still running: {}. Stop it first.",
                        LongJob::list(&running)
                    )));
                }
            }
            Command::Look(look) => {
                self.look = look;
                ctx.set_theme(look.preference());
                self.start.remember_look(look, &self.jobs);
            }
            Command::Toast(toast) => self.toasts.push(toast),
            Command::Quit => {
                if self.would_lose() {
                    self.ask_to_quit();
                } else {
                    self.jobs.stop_all();
                    self.close(ctx);
                }
            }
            Command::QuitAnyway => {
                // Closed while people are sent: that is what it opens with again.
                if self.jobs.is_running(LongJob::Import) {
                    self.shown = Shown::Step(StepId::Import);
                    self.keep_place(f64::MAX);
                }
                self.jobs.stop_all();
                self.close(ctx);
            }
            Command::Stay => self.asks_to_quit = None,
            Command::Start(ask) => {
                let Self { facts, start, jobs, .. } = self;
                start.handle(ask, &mut Work::new(jobs, facts, more));
            }
            Command::Practice(ask) => {
                let Self { facts, practice, jobs, .. } = self;
                practice.handle(ask, &mut Work::new(jobs, facts, more));
            }
            Command::Step(ask) => {
                let Self { facts, steps, jobs, .. } = self;
                steps.handle(ask, &mut Work::new(jobs, facts, more));
            }
        }
    }

    /// Keeps where the person looks, at most every other second; the last of it when the workspace is closed.
    fn keep_place(&mut self, now: f64) {
        let (Shown::Step(step), Some(_)) = (self.shown, self.jobs.workspace()) else { return };
        let place = Place { step: Some(step), review: self.steps.review.looked() };
        if place == self.place {
            return;
        }
        let due = now - self.placed > 2.0;
        self.jobs.keep_place(place.clone(), due);
        if due {
            self.placed = now;
            self.place = place;
        }
    }

    /// Asks the workspace how many people are what.
    fn count(&mut self) {
        let counts =
            self.jobs.ask_workspace("count people", async |workspace| Ok(workspace.counts().await?));
        self.counting.ask(counts);
    }

    /// Takes in how many people are what.
    fn take_counts(&mut self) {
        if let Some(Ok(counts)) = self.counting.take() {
            self.facts.take_counts(&counts);
        }
    }

    fn enter(&mut self, step: StepId, more: &mut Vec<Command>) {
        self.shown = Shown::Step(step);
        let Self { facts, steps, jobs, .. } = self;
        steps.page_mut(step).entered(&mut Work::new(jobs, facts, more));
    }

    /// Whether closing now stops a job, or loses the only key to the open workspace.
    fn would_lose(&self) -> bool {
        !self.jobs.at_stake().is_empty() || self.loses_key()
    }

    /// Whether closing loses the only key to something that is not made up.
    fn loses_key(&self) -> bool {
        self.facts.one_session && !self.facts.sample
    }

    /// Asks once. What the question says stays what it is while it is open, whatever ends in the meantime.
    fn ask_to_quit(&mut self) {
        let (running, one_session) = (self.jobs.at_stake(), self.loses_key());
        self.asks_to_quit.get_or_insert(shell::Losing { running, one_session });
    }

    fn close(&mut self, ctx: &Context) {
        self.may_close = true;
        self.asks_to_quit = None;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// The window's title: which migration, and where in it.
    pub fn title(&self) -> String {
        match (&self.facts.workspace, self.shown) {
            (Some(workspace), Shown::Step(step)) => {
                format!("{} · {} · Causeway", workspace.name, step.title())
            }
            _ => "Causeway".to_owned(),
        }
    }

    /// Says the title to the system and to screen readers.
    fn tell_title(&mut self, ctx: &Context) {
        let title = self.title();
        ctx.accesskit_node_builder(egui::accesskit_root_id(), |root| root.set_label(title.as_str()));
        if title != self.titled {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.titled = title;
        }
    }

    /// The second half of a frame: draws plain state, sends commands.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        note_keyboard(ui.ctx());
        self.tell_title(ui.ctx());
        if ui.input_mut(|i| i.consume_shortcut(&QUIT)) {
            self.commands.push(Command::Quit);
        }
        super::rail_narrow::keys(ui.ctx());
        let find = ui.input_mut(|i| i.consume_shortcut(&FIND));
        let Self { facts, start, steps, commands, .. } = self;
        let mut view = View::new(facts, find, commands);
        match self.shown {
            Shown::Start => start::start_ui(ui, start, self.look, &mut view),
            Shown::Step(step) => shell::wizard_ui(ui, steps, step, self.look, &mut view),
        }
        if self.facts.workspace.is_some() {
            self.practice.show(ui.ctx(), self.facts.sample, &mut self.commands);
        }
        typed_path::typed_path_ui(ui.ctx(), &mut self.typing);
        if let Some(losing) = &self.asks_to_quit {
            shell::quit_dialog(ui.ctx(), losing, &self.facts, &mut self.commands);
        }
        self.toasts.show(ui.ctx());
        if !self.commands.is_empty() {
            // What was asked for is carried out before anyone could notice.
            ui.ctx().request_repaint();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}
