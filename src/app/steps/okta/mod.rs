//! The step Okta: where people go, what the token may do there, and how they arrive.

mod arrive;
mod connect;
mod dry;
mod empty;
mod looking;
mod over;

use std::sync::Arc;

use chrono::Utc;
use egui::{ScrollArea, Ui};
use zeroize::{Zeroize as _, Zeroizing};

use super::{Action, Footer, ImportAsk, LiveRun, Page, Step, StepId, View, Work};
use crate::app::Command;
use crate::app::facts::{Facts, Target};
use crate::app::jobs::org::{self as ask, Connected};
use crate::app::jobs::{self, Answer, Job, LongJob, Question};
use crate::migration::check::{self, CheckJob, CheckReport};
use crate::migration::connect::{Checked, TokenPlace};
use crate::migration::import::For;
use crate::migration::import::StartedOver;
use crate::migration::{Choices, default_label, docs};
use crate::model::Progress;
use crate::okta::OrgUrl;
use crate::secrets::SecretStore;
use crate::ui::Problem;
use crate::ui::widgets::{DialogAnswer, card, cells, counted, number, scrolled};
pub use looking::{LookAsk, Looking};

/// The step's state.
#[derive(Default)]
pub struct OktaStep {
    /// A real org, not the practice org.
    pub real: bool,
    /// The domain as typed.
    pub domain: String,
    /// How people arrive.
    pub choices: Choices,
    /// What connecting found.
    pub checked: Option<Checked>,
    /// Where the token is.
    pub place: Option<TokenPlace>,
    /// What went wrong with connecting.
    pub problem: Option<Problem>,
    /// The question before a run into a real org, while it is open.
    pub asking: Option<LiveRun>,
    /// Whether the practice org is to be emptied: asked, not answered.
    pub emptying: bool,
    /// Whether what was sent to a real org is to be forgotten: asked, not answered.
    pub over: bool,
    /// Everyone by the org's rules, and who is there already.
    pub found: Looking,
    /// The check without sending, under way.
    pub check: Option<Job<Progress, CheckReport>>,
    /// What it found.
    pub report: Option<CheckReport>,
    /// Why there is no keychain for the token, when there is none: it will be stored for this session only.
    pub no_keychain: Option<Problem>,
    /// Where it was written who was sent to another org before starting over.
    pub record: Option<std::path::PathBuf>,
    looking: Question<Option<Problem>>,
    token: Zeroizing<String>,
    token_field: Option<egui::Id>,
    connecting: Question<Connected>,
    loading: Question<Kept>,
    saving: Question<()>,
    starting_over: Question<StartedOver>,
    saved: Option<(Choices, Option<String>)>,
    /// The label group offered, for the source it was offered for.
    offered: Option<(String, String)>,
    offering: Question<(String, String)>,
    ready_to_save: bool,
}

/// What the workspace keeps of this step.
#[derive(Debug, Clone, Default)]
struct Kept {
    org: Option<OrgUrl>,
    choices: Option<Choices>,
    source: String,
    label: String,
}

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OktaAsk {
    /// The practice org, or a real one.
    Real(bool),
    /// Look again whether there is a keychain for the token.
    LookForKeychain,
    /// Connect and look.
    Connect,
    /// Begin with the import; asks once when it is a real org.
    Begin,
    /// Yes, begin.
    Confirm,
    /// No, not yet.
    Decline,
    /// Look what an import would do, without a write.
    Check,
    /// Stop looking.
    StopCheck,
    /// Put what was found away.
    DropReport,
    /// Forget what was sent to another org; asks first when that was a real one.
    StartOver,
    /// Yes, forget it.
    ConfirmStartOver,
    /// Empty the practice org; asks once.
    Empty,
    /// Yes, empty it.
    ConfirmEmpty,
    /// Other people were read: what the org lacks of them and who is there is looked at anew.
    ReadAgain,
    /// About what is looked at after connecting.
    Look(LookAsk),
}

impl OktaStep {
    /// Whether connecting is under way.
    pub fn is_connecting(&self) -> bool {
        self.connecting.is_waiting()
    }

    /// Whether people can be sent: connected, nothing there forbids it, and everyone is assessed by the org's rules. Told to the other
    /// pages whenever one of these changes.
    pub(super) fn tell_ready(&self, work: &mut Work<'_>) {
        let connected = self.checked.as_ref().is_some_and(Checked::ready);
        work.facts.target_ready = connected && !self.found.unsettled();
    }

    /// How many the next run sends.
    fn next_run(&self, facts: &Facts) -> u64 {
        let waiting = facts.import.waiting;
        self.choices.pilot.map_or(waiting, |pilot| u64::from(pilot).min(waiting))
    }

    fn connect(&mut self, work: &mut Work<'_>) {
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.problem = None;
        let share = self.choices.share;
        if self.real {
            let url = match OrgUrl::parse(&self.domain) {
                Ok(url) => url,
                Err(problem) => {
                    self.problem = Some(problem.into());
                    return;
                }
            };
            self.domain = domain_of(&url);
            let typed = self.token.trim();
            let typed = (!typed.is_empty()).then(|| secrecy::SecretString::from(typed.to_owned()));
            let held = work.jobs.org().map(|org| org.client.clone());
            let secrets = (work.jobs.secrets(), work.jobs.session() as Arc<dyn SecretStore>);
            let pending =
                work.jobs.ask("connect to Okta", ask::real(workspace, secrets, url, typed, held, share));
            self.connecting.ask(pending);
        } else {
            let slot = work.jobs.practice_slot();
            let pending = work.jobs.ask("connect to the practice org", ask::practice(workspace, slot, share));
            self.connecting.ask(pending);
        }
    }

    fn take_connected(&mut self, work: &mut Work<'_>) {
        match self.connecting.take() {
            Some(Ok(connected)) => {
                self.token.zeroize();
                self.token = Zeroizing::new(String::new());
                work.facts.target =
                    if self.real { Target::Live(connected.checked.name.clone()) } else { Target::Practice };
                work.facts.preview = self.real && is_preview(&connected.checked.url);
                self.place = Some(connected.place);
                work.facts.other_org = connected.checked.other_org.is_some();
                // People who are being sent are not assessed again under way: that run was settled before.
                if !work.facts.is_importing() {
                    self.found.begin();
                }
                self.checked = Some(connected.checked);
                self.tell_ready(work);
                work.jobs.hold_org(Some(connected.org));
                self.problem = None;
            }
            Some(Err(problem)) => {
                self.checked = None;
                self.found.forget();
                self.tell_ready(work);
                self.problem = Some(problem);
            }
            None => {}
        }
    }

    fn take_kept(&mut self, work: &mut Work<'_>) {
        match self.loading.take() {
            Some(Ok(kept)) => {
                // What the page shows is on disk from now on, touched or not: every run goes by it. A label group taken away stays away.
                self.saved =
                    kept.choices.clone().map(|choices| (choices, kept.org.as_ref().map(OrgUrl::to_string)));
                self.choices = kept.choices.unwrap_or_else(|| Choices {
                    pilot: Some(10),
                    label_group: Some(kept.label.clone()).filter(|label| !label.is_empty()),
                    ..Choices::default()
                });
                self.offered = Some((kept.source, kept.label));
                if let Some(org) = kept.org {
                    self.real = true;
                    self.domain = domain_of(&org);
                    work.facts.target = Target::Live(self.domain.clone());
                    work.facts.preview = is_preview(&self.domain);
                    self.looking.ask(jobs::look_for_keychain(work.jobs));
                }
                work.facts.choose(&self.choices);
                self.ready_to_save = true;
                self.connect(work);
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    /// Offers the label group of the source chosen since, where the one offered before still stands.
    fn offer_label(&mut self, work: &Work<'_>) {
        let name = source_name(work.facts);
        let Some((before, label)) = &self.offered else { return };
        if *before == name || self.choices.label_group.as_ref() != Some(label) {
            return;
        }
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.offering.ask(work.jobs.ask("the label group to offer", async move {
            let today = Utc::now().date_naive();
            let label = default_label(&workspace, &name, today).await?;
            Answer::Ok((name, label))
        }));
    }

    fn take_offer(&mut self) {
        if let Some(Ok((source, label))) = self.offering.take() {
            let stands = self.offered.as_ref().map(|(_, before)| before) == self.choices.label_group.as_ref();
            if stands {
                self.choices.label_group = Some(label.clone());
                self.offered = Some((source, label));
            }
        }
    }

    fn take_keychain(&mut self) {
        if let Some(Ok(problem)) = self.looking.take() {
            self.no_keychain = problem;
        }
    }

    fn to_save(&self) -> (Choices, Option<String>) {
        let org = if self.real { OrgUrl::parse(&self.domain).ok().map(|org| org.to_string()) } else { None };
        (self.choices.clone(), org)
    }

    /// Puts what was chosen on disk, as it is chosen.
    fn save(&mut self, work: &Work<'_>) {
        if !self.ready_to_save || self.saving.is_waiting() {
            return;
        }
        let now = self.to_save();
        if self.saved.as_ref() == Some(&now) {
            return;
        }
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.saved = Some(now.clone());
        self.saving.ask(work.jobs.ask("keep the choices", async move {
            workspace.put_doc(docs::CHOICES, &now.0).await?;
            match &now.1 {
                Some(org) => workspace.put_doc(docs::ORG, org).await,
                None => workspace.remove_doc(docs::ORG).await,
            }
            .map_err(Problem::from)
        }));
    }

    fn missing(&self, facts: &Facts) -> Option<String> {
        if self.is_connecting() {
            return Some("Connecting".into());
        }
        if facts.import.waiting == 0 && facts.import.begun {
            return Some("Everyone was sent".into());
        }
        if facts.import.waiting == 0 {
            return Some("Nobody is waiting to be imported: see Review".into());
        }
        match &self.checked {
            None if self.real && self.domain.trim().is_empty() => Some("Type the Okta domain".into()),
            None => Some("Connect to the org first".into()),
            Some(checked) if checked.other_org.is_some() => Some("Decide about the other org first".into()),
            Some(checked) if !checked.ready() => Some("Fix what is marked red, then connect again".into()),
            Some(_) if self.found.unsettled() => Some("Everyone is being checked by this org's rules".into()),
            Some(_) => None,
        }
    }
}

impl Page for OktaStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        let line = if self.real {
            match &self.place {
                Some(TokenPlace::Session(_)) => "The token is stored for this session only.",
                None if self.no_keychain.is_some() => "The token will be stored for this session only.",
                _ => "The token goes into this computer's keychain and nowhere else.",
            }
        } else {
            "Try everything on a pretend org first. Nothing leaves this computer."
        };
        ("Where are they going?".into(), line.to_owned())
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        (facts.target_ready && facts.people.is_some()).then(|| match &facts.target {
            Target::Practice => "Practice org".to_owned(),
            Target::Live(name) => name.clone(),
        })
    }

    fn footer(&self, facts: &Facts) -> Footer {
        let missing = self.missing(facts);
        let many = self.next_run(facts);
        let running = facts.is_importing();
        let done = facts.import.begun && facts.import.waiting == 0;
        if running || done {
            let note = if running { "The import is under way" } else { "Everyone was sent" };
            return Footer {
                back: true,
                note: note.into(),
                main: Some(Action::new("Go to the import", Command::GoTo(StepId::Import))),
                ..Footer::default()
            };
        }
        let pilot = self.choices.pilot.is_some_and(|p| u64::from(p) < facts.import.waiting);
        let label = match (&facts.target, pilot) {
            (Target::Live(_), _) if self.real => format!("Import {}", counted(many, "person", "people")),
            (_, true) => "Start pilot".to_owned(),
            (_, false) => "Start import".to_owned(),
        };
        let note = missing.clone().unwrap_or_else(|| {
            let what = counted(many, "person", "people");
            if pilot { format!("Next: import {what} as a pilot") } else { format!("Next: import {what}") }
        });
        Footer {
            back: true,
            secondary: vec![
                Action::new("Check without sending", OktaAsk::Check)
                    .enabled(facts.target_ready && self.check.is_none()),
            ],
            note,
            main: Some(Action::new(label, OktaAsk::Begin).enabled(missing.is_none())),
        }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        scrolled(ui, ScrollArea::vertical().auto_shrink([false, false]), |ui| {
            cells(ui, &[1.0, 1.0], |ui, cell| {
                if cell == 0 {
                    card(ui, |ui| self.connect_ui(ui, view));
                    ui.add_space(4.0);
                    card(ui, |ui| self.speed_ui(ui, view));
                } else {
                    card(ui, |ui| self.arrive_ui(ui, view));
                }
            });
        });
        self.dry_ui(ui, view);
        self.empty_ui(ui, view);
        self.over_ui(ui, view);
        let org = self.checked.as_ref().map_or("Okta", |checked| checked.name.as_str());
        self.found.dialog_ui(ui, view, org, self.real);
        if let Some(asking) = &mut self.asking {
            match asking.ui(ui, view) {
                DialogAnswer::Yes => view.send(OktaAsk::Confirm),
                DialogAnswer::No => view.send(OktaAsk::Decline),
                DialogAnswer::Open => {}
            }
        }
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        self.take_kept(work);
        self.take_connected(work);
        if let Some(asking) = &mut self.asking {
            asking.logic();
        }
        self.take_keychain();
        self.take_offer();
        if self.found.logic(work) {
            self.tell_ready(work);
        }
        if let Some(Err(problem)) = self.saving.take() {
            self.problem = Some(problem);
        }
        if let Some(end) = self.check.as_mut().and_then(Job::take) {
            self.check = None;
            match end {
                Ok(report) => self.report = Some(report),
                Err(problem) => self.problem = Some(problem),
            }
        }
        match self.starting_over.take() {
            Some(Ok(over)) => {
                self.started_over(&over, work);
                work.send(Command::Refresh);
                self.connect(work);
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        if self.ready_to_save {
            work.facts.choose(&self.choices);
        }
        self.save(work);
    }

    fn opened(&mut self, work: &mut Work<'_>) {
        self.found.forget();
        *self = Self::default();
        work.jobs.forget_practice();
        let name = source_name(work.facts);
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.loading.ask(work.jobs.ask("the choices kept", async move {
            let org: Option<String> = workspace.doc(docs::ORG).await?;
            let choices = workspace.doc(docs::CHOICES).await?;
            let label = default_label(&workspace, &name, Utc::now().date_naive()).await?;
            Answer::Ok(Kept {
                org: org.and_then(|org| OrgUrl::parse(&org).ok()),
                choices,
                source: name,
                label,
            })
        }));
    }

    fn entered(&mut self, work: &mut Work<'_>) {
        self.offer_label(work);
    }
}

/// An org as its field shows it: the domain; one on this computer with its port, which is a part of it.
pub(super) fn domain_of(org: &OrgUrl) -> String {
    if org.is_practice() { org.to_string() } else { org.host().to_owned() }
}

/// Whether this is the address of one of Okta's preview orgs. Any other may be where people work.
fn is_preview(address: &str) -> bool {
    OrgUrl::parse(address).is_ok_and(|org| org.is_preview())
}

/// What the source is called in the label group's name: as the command line calls it, without a file's ending.
fn source_name(facts: &Facts) -> String {
    let chosen = facts.source.as_ref().and_then(|source| source.setup.as_ref()).map(|setup| &setup.spec);
    let kept = facts.kept.as_ref().and_then(|kept| kept.source.as_ref());
    if let Some(spec) = chosen.or(kept) {
        return spec.short_name();
    }
    let summary = facts.source.as_ref().map_or("source", |source| source.summary.as_str());
    summary.rsplit(" · ").next().unwrap_or("source").to_owned()
}

impl Step for OktaStep {
    type Ask = OktaAsk;

    fn handle(&mut self, ask: OktaAsk, work: &mut Work<'_>) {
        match ask {
            OktaAsk::LookForKeychain => self.looking.ask(jobs::look_for_keychain(work.jobs)),
            OktaAsk::Real(real) => {
                if real != self.real && !work.facts.is_importing() {
                    self.real = real;
                    self.checked = None;
                    self.problem = None;
                    self.place = None;
                    self.found.forget();
                    self.connecting.forget();
                    self.tell_ready(work);
                    work.facts.other_org = false;
                    work.facts.target =
                        if real { Target::Live(self.domain.clone()) } else { Target::Practice };
                    work.facts.preview = real && is_preview(&self.domain);
                    work.jobs.hold_org(None);
                    if real {
                        self.looking.ask(jobs::look_for_keychain(work.jobs));
                    } else {
                        self.connect(work);
                    }
                }
            }
            OktaAsk::Connect => self.connect(work),
            OktaAsk::ReadAgain => {
                if self.checked.is_some() && !work.facts.is_importing() {
                    self.report = None;
                    self.found.begin();
                    self.tell_ready(work);
                }
            }
            OktaAsk::Look(ask) => {
                self.found.handle(ask);
                if self.found.unsettled() {
                    self.tell_ready(work);
                }
            }
            OktaAsk::Begin if self.real => {
                let many = self.next_run(work.facts);
                let url = self.checked.as_ref().and_then(|checked| OrgUrl::parse(&checked.url).ok());
                self.asking = Some(LiveRun::open(For::Chosen, many, self.choices.clone(), url, work));
            }
            OktaAsk::Begin | OktaAsk::Confirm => {
                let yes = !self.real || self.asking.take().is_some();
                if yes && self.missing(work.facts).is_none() {
                    self.found.leave_off();
                    work.send(Command::GoTo(StepId::Import));
                    work.send(ImportAsk::Start(self.choices.clone()));
                }
            }
            OktaAsk::Decline => {
                self.asking = None;
                (self.emptying, self.over) = (false, false);
            }
            OktaAsk::Empty => self.emptying = true,
            OktaAsk::ConfirmEmpty => self.empty(work),
            OktaAsk::Check => {
                let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org().cloned())
                else {
                    return;
                };
                let job = CheckJob {
                    workspace,
                    client: org.client,
                    choices: self.choices.clone(),
                    today: Utc::now().date_naive(),
                };
                let started =
                    work.jobs.start(LongJob::Check, Progress::default(), |stop, progress| async move {
                        check::run(job, stop, progress).await.map_err(Problem::from)
                    });
                if let Ok(started) = started {
                    self.check = Some(started);
                    self.report = None;
                }
            }
            OktaAsk::StopCheck => {
                if let Some(job) = &self.check {
                    job.stop();
                }
            }
            OktaAsk::DropReport => self.report = None,
            OktaAsk::StartOver => self.start_over(false, work),
            OktaAsk::ConfirmStartOver => self.start_over(true, work),
        }
    }
}

/// How long so many people take at so many a minute, in words.
fn duration_words(people: u64, per_minute: u64) -> String {
    let seconds = people.saturating_mul(60).div_ceil(per_minute.max(1));
    time_words(seconds)
}

/// Seconds in words: `2 h 41 min`.
pub(super) fn time_words(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    match (minutes / 60, minutes % 60) {
        _ if seconds < 60 => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{} h", number(hours)),
        (hours, minutes) => format!("{} h {minutes} min", number(hours)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_on_this_computer_keeps_its_port() {
        for (typed, shown) in [
            ("http://127.0.0.1:41234/api/v1", "http://127.0.0.1:41234"),
            ("https://acme-admin.okta.com/admin", "acme.okta.com"),
        ] {
            let org = OrgUrl::parse(typed).unwrap();
            assert_eq!(domain_of(&org), shown);
            assert_eq!(OrgUrl::parse(&domain_of(&org)), Ok(org), "read again it is the same");
        }
    }

    #[test]
    fn time_is_told_as_a_person_would() {
        for (people, rate, words) in [
            (46_253, 288, "2 h 41 min"),
            (10, 600, "less than a minute"),
            (600, 600, "1 min"),
            (0, 0, "less than a minute"),
            (72_000, 600, "2 h"),
        ] {
            assert_eq!(duration_words(people, rate), words, "{people} at {rate}");
        }
    }
}
