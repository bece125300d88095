//! The step Password hook: the server that Okta asks at a person's first sign-in, its registration, its checks, and what it
//! answered.

mod act;
mod dialogs;
mod feed;
mod ready;
mod server;
mod settings;

use chrono::{DateTime, Utc};
use egui::{ScrollArea, Ui};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::{Action, Footer, Page, Step, StepId, View, Work};
use crate::app::Command;
use crate::app::facts::{Facts, Target, standing};
use crate::app::jobs::{Job, Question, Watch};
use crate::hook::HookSecrets;
use crate::migration::hook::service::{Kind, Proxy};
use crate::migration::hook::{self as ask, Feed, Followed, HookSettings, Kept, OrgAct, ServerView, TryBy};
use crate::migration::hook::{Exchange, HookCheck, MovedSummary, Standing};
use crate::model::Route;
use crate::practice::SignIn;
use crate::ui::Problem;
use crate::ui::widgets::{cells, counted, problem_card, scrolled};

/// The step's state.
#[derive(Default)]
pub struct HookStep {
    /// The settings as they are now.
    pub settings: HookSettings,
    /// The server, while it runs.
    pub job: Option<Job<ServerView, ()>>,
    /// How it stands; from the job.
    pub server: ServerView,
    /// Why it ended by itself or did not start.
    pub died: Option<Problem>,
    /// Whose hook the org has; `None`: not known yet.
    pub standing: Option<Standing>,
    /// What the checks found; `None`: not made yet.
    pub checks: Option<Vec<HookCheck>>,
    /// What was answered lately.
    pub feed: Feed,
    /// When a service that is not this window's server answered last; `None`: none does, or not lately.
    pub elsewhere: Option<DateTime<Utc>>,
    /// What went wrong otherwise.
    pub problem: Option<Problem>,
    /// What is open over the page.
    pub dialog: Option<Open>,
    /// Where the secret is kept.
    pub place: &'static str,
    /// Whether the secret is shown.
    pub shown: bool,
    /// A test sign-in: who, how, and how it ended.
    pub trial: Trial,
    /// Seconds that this computer's clock is ahead of UTC.
    pub offset: i32,
    /// What Okta's log said lately of passwords it could not keep.
    pub moved: Option<MovedSummary>,
    /// The program that a service runs; `None`: this one.
    pub program: Option<std::path::PathBuf>,
    secrets: Option<HookSecrets>,
    telling: Option<tokio::sync::watch::Sender<HookSecrets>>,
    draft: HookSettings,
    register_when_up: bool,
    copy: Option<Zeroizing<String>>,
    questions: Questions,
    following: Option<Watch<Followed>>,
    /// Whether to look whose hook the org has, as soon as it is connected: a migration opened again begins without.
    look: bool,
    synced: Option<std::time::Instant>,
}

/// What was asked and not answered yet.
#[derive(Default)]
struct Questions {
    loading: Question<Kept>,
    saving: Question<()>,
    replacing: Question<(HookSecrets, &'static str)>,
    acting: Question<Standing>,
    checking: Question<Vec<HookCheck>>,
    moving: Question<MovedSummary>,
    trying: Question<Exchange>,
    signing: Question<SignIn>,
    inventing: Question<Option<String>>,
}

/// What is open over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Address, certificate, what is checked against.
    Settings(Proxy),
    /// Run as a service.
    Service(Kind),
    /// Try a sign-in.
    Try,
    /// Before something is changed in a real org, or something that can't be taken back.
    Sure(Sure),
}

/// What one is asked about before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// Register, or change what is registered.
    Register,
    /// Okta stops calling.
    Deactivate,
    /// The hook goes out of the org.
    Remove,
    /// Another secret.
    Replace,
    /// The server stops while Okta calls it.
    Stop,
}

/// A test sign-in.
#[derive(Default)]
pub struct Trial {
    /// Who.
    pub login: String,
    /// By which way.
    pub by: TryBy,
    /// What was asked and answered.
    pub exchange: Option<Exchange>,
    /// How a whole sign-in at the practice org ended.
    pub signed_in: Option<SignIn>,
    /// One of the sample company's people who waits for the hook, to try it with.
    pub invented: Option<String>,
    password: Zeroizing<String>,
    field: Option<egui::Id>,
}

/// What a person can ask for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookAsk {
    /// Start the server.
    Start,
    /// Start it and register it.
    StartAndRegister,
    /// Stop it; asks first while Okta calls it.
    Stop,
    /// Do something in the org; asks first in a real one.
    Org(OrgAct),
    /// Yes, do it.
    Confirm(Sure),
    /// Check again.
    Check,
    /// Open something over the page.
    Open(Open),
    /// Close it.
    Close,
    /// Keep the settings typed.
    Save,
    /// Show or cover the secret.
    Show(bool),
    /// Copy the secret's header.
    CopySecret,
    /// Try a login and password without changing anybody.
    Try,
    /// A whole first sign-in at the practice org.
    SignIn,
}

impl HookStep {
    /// Whether the server runs.
    pub fn is_running(&self) -> bool {
        self.job.is_some()
    }

    /// Whether it listens: it runs, and its address is known.
    pub fn is_listening(&self) -> bool {
        self.is_running() && !self.server.url.is_empty()
    }

    /// Whether something is being done in the org.
    pub fn is_acting(&self) -> bool {
        self.questions.acting.is_waiting()
    }

    /// Whether the checks are under way.
    pub fn is_checking(&self) -> bool {
        self.questions.checking.is_waiting()
    }

    /// The header's value, for the screen.
    fn header(&self) -> Option<Zeroizing<String>> {
        let secrets = self.secrets.as_ref()?;
        Some(Zeroizing::new(ask::header(secrets).expose_secret().to_owned()))
    }

    /// How many can sign in only through the hook, and have not yet.
    fn waiting(&self) -> u64 {
        self.feed.waiting
    }

    fn start_action(&self, facts: &Facts) -> Action {
        let action = if practice(facts) {
            Action::new("Start and register", HookAsk::StartAndRegister)
        } else {
            Action::new("Start server", HookAsk::Start)
        };
        action.enabled(self.secrets.is_some())
    }

    /// What those who wait can't sign in without, and how to say it; `None` while nobody waits or all is there.
    fn missing(&self, facts: &Facts) -> Option<(Action, String)> {
        if self.waiting() == 0 {
            return None;
        }
        let whom = counted(self.waiting(), "person", "people");
        if !self.is_running() && self.elsewhere.is_none() {
            return Some((self.start_action(facts), format!("{whom} can't sign in until it runs")));
        }
        if self.is_acting() || !self.can_register() {
            return None;
        }
        let (word, what) = match self.standing.as_ref()? {
            Standing::None => ("Register in Okta", OrgAct::Register),
            Standing::Ours(ours) if !ours.fits() => ("Update in Okta", OrgAct::Register),
            Standing::Ours(ours) if !ours.hook.is_active() => ("Activate", OrgAct::Active(true)),
            Standing::Ours(_) | Standing::Foreign(_) => return None,
        };
        Some((Action::new(word, HookAsk::Org(what)), format!("{whom} can't sign in until Okta calls it")))
    }

    fn note(&self, facts: &Facts) -> String {
        if self.waiting() > 0 {
            return format!("{} still to sign in", counted(self.waiting(), "person", "people"));
        }
        if !facts.import.begun {
            "Nobody was imported yet".to_owned()
        } else if self.feed.moved + self.feed.verified > 0 {
            if facts.hook.reset > 0 {
                "Everyone who needed the hook has signed in or was reset".to_owned()
            } else {
                "Everyone who needs the hook has signed in".to_owned()
            }
        } else {
            "Nobody waits for the password hook".to_owned()
        }
    }
}

/// Whether people go to the practice org, which calls this computer.
fn practice(facts: &Facts) -> bool {
    facts.target == Target::Practice
}

impl Page for HookStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        ("Password hook".into(), "Okta asks this server once per person, the first time they sign in.".into())
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        if self.is_listening() {
            let down = matches!(self.server.status.backend, crate::hook::BackendState::Down { .. });
            return Some(if down {
                format!("Source down · :{}", self.server.port)
            } else {
                format!("Listening on :{}", self.server.port)
            });
        }
        if self.died.is_some() {
            return Some("Stopped by itself".into());
        }
        if self.elsewhere.is_some() {
            return Some("A service answers".into());
        }
        let sent = facts.counts.created_by(Route::Hook);
        (facts.import.begun && !facts.sent_elsewhere()).then(|| match (facts.hook.waiting, sent) {
            (Some(n), _) if n > 0 => format!("{} waiting", counted(n, "person", "people")),
            (Some(_), n) if n > 0 => "Everyone has signed in".to_owned(),
            (None, n) if n > 0 => "Later".to_owned(),
            _ if facts.import.waiting > 0 => "Optional".to_owned(),
            _ => "Not needed".to_owned(),
        })
    }

    fn footer(&self, facts: &Facts) -> Footer {
        let can = standing(facts, StepId::Finish) != crate::app::facts::Standing::NotYet;
        let go_on = Action::new("Continue", Command::GoTo(StepId::Finish)).enabled(can);
        let mut secondary = Vec::new();
        let missing = self.missing(facts);
        if self.is_running() {
            secondary.push(Action::new("Stop server", HookAsk::Stop).danger());
        } else if missing.is_none() {
            secondary.push(self.start_action(facts));
        }
        secondary.push(Action::new("Try a sign-in", HookAsk::Open(Open::Try)).enabled(self.is_listening()));
        let (main, note) = match missing {
            Some((action, note)) => {
                secondary.push(go_on);
                (action, note)
            }
            None if can => (go_on, self.note(facts)),
            None => (go_on, "Finish opens once everyone has been sent".to_owned()),
        };
        Footer { back: true, secondary, note, main: Some(main) }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(text) = self.copy.take() {
            ui.ctx().copy_text(text.as_str().to_owned());
        }
        cells(ui, &[0.80, 1.1], |ui, cell| {
            if cell == 0 {
                scrolled(ui, ScrollArea::vertical().id_salt("hook").auto_shrink([false, false]), |ui| {
                    self.alarms_ui(ui);
                    self.server_ui(ui, view);
                    ui.add_space(4.0);
                    self.ready_ui(ui, view);
                });
            } else {
                self.chart_ui(ui);
                ui.add_space(4.0);
                self.feed_ui(ui);
            }
        });
        self.dialogs_ui(ui, view);
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        self.take_answers(work);
        self.take_server(work);
        self.keep_fresh(work);
    }

    fn opened(&mut self, work: &mut Work<'_>) {
        *self = Self { offset: chrono::Local::now().offset().local_minus_utc(), ..Self::default() };
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        let (secrets, session) = (work.jobs.secrets(), work.jobs.session());
        self.questions
            .loading
            .ask(work.jobs.ask("the hook's settings", ask::kept(workspace, secrets, session)));
    }

    fn entered(&mut self, _: &mut Work<'_>) {
        self.synced = None;
        self.look = true;
    }
}

impl HookStep {
    /// What is wrong and must be seen first.
    fn alarms_ui(&self, ui: &mut Ui) {
        if let Some(problem) = &self.died {
            problem_card(ui, problem);
            ui.add_space(4.0);
        }
        if let Some(problem) = self.backend_problem() {
            problem_card(ui, &problem);
            ui.add_space(4.0);
        }
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
            ui.add_space(4.0);
        }
    }

    /// The source does not answer, as a person reads it.
    fn backend_problem(&self) -> Option<Problem> {
        let crate::hook::BackendState::Down { since, why } = &self.server.status.backend else { return None };
        if !self.is_running() {
            return None;
        }
        Some(Problem {
            what: format!("No password can be checked since {}.", self.clock(*since)),
            why: why.what.clone(),
            next: format!(
                "{} Until then Okta is told to try again, and no try counts as a wrong password.",
                why.advice
            ),
            technical: why.technical.clone().unwrap_or_default(),
        })
    }

    /// `09:41`, by this computer's clock.
    fn clock(&self, at: DateTime<Utc>) -> String {
        self.local(at).format("%H:%M").to_string()
    }

    fn local(&self, at: DateTime<Utc>) -> chrono::NaiveDateTime {
        at.naive_utc() + chrono::TimeDelta::seconds(self.offset.into())
    }
}

impl Step for HookStep {
    type Ask = HookAsk;

    fn handle(&mut self, ask: HookAsk, work: &mut Work<'_>) {
        self.carry_out(ask, work);
    }
}
