//! What is looked at after connecting, as jobs: everyone by the org's own rules, and who is in Okta already.

use chrono::Utc;
use egui::Ui;

use super::OktaAsk;
use crate::app::Command;
use crate::app::jobs::{Job, LongJob};
use crate::app::steps::{ReviewAsk, StepId, View, Work};
use crate::migration::connect as ask;
use crate::migration::rules::{Missing, NotCreatable, Reassessed, Unfed};
use crate::migration::there::Looked;
use crate::model::{OktaStatus, Progress, statuses_in_words};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Push, Words as _, check_row, counted, listed, number, problem_card, progress_line,
};
use crate::workspace::{EMAIL_IN_OKTA, LOGIN_IN_OKTA, PeopleFilter};

/// How far the looking is, and what it found.
#[derive(Default)]
pub struct Looking {
    /// Attributes that people have and the org has not.
    pub missing: Vec<Missing>,
    /// Attributes that the org requires and no column feeds.
    pub unfed: Vec<Unfed>,
    /// Who is there already, once it was looked.
    pub there: Option<Looked>,
    /// Whether it is being asked if the missing attributes shall be created.
    pub asking: bool,
    /// Everyone being assessed by the org's rules.
    pub assessing: Option<Job<Progress, Option<Reassessed>>>,
    /// Who is there being looked up.
    pub looking: Option<Job<Progress, Looked>>,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// The assessing was stopped before its end.
    pub stopped: bool,
    unseen: bool,
    rules_due: bool,
    there_due: bool,
    create: Vec<Missing>,
}

impl Looking {
    /// Begins anew, for another connection. What runs is told to stop; the new jobs begin when it has.
    pub(super) fn begin(&mut self) {
        self.forget();
        self.rules_due = true;
    }

    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.stop();
        *self = Self::default();
    }

    fn stop(&self) {
        if let Some(job) = &self.assessing {
            job.stop();
        }
        if let Some(job) = &self.looking {
            job.stop();
        }
    }

    /// Whether people are not yet assessed by the org's rules: an import would send some that it refuses.
    pub(super) fn unsettled(&self) -> bool {
        self.rules_due || self.assessing.is_some() || self.stopped
    }

    /// Starts what is due and takes in what is done. Whether everyone was just assessed.
    pub(super) fn logic(&mut self, work: &mut Work<'_>) -> bool {
        self.start(work);
        let mut settled = false;
        if let Some(end) = self.assessing.as_mut().and_then(Job::take) {
            self.assessing = None;
            match end {
                Ok(done) => {
                    self.unseen = done.is_none();
                    let done = done.unwrap_or_default();
                    self.stopped = done.stopped;
                    self.missing = done.missing;
                    self.unfed = done.unfed;
                    settled = !done.stopped;
                    self.there_due |= settled;
                }
                Err(problem) => {
                    self.problem = Some(problem);
                    self.stopped = true;
                }
            }
        }
        if let Some(end) = self.looking.as_mut().and_then(Job::take) {
            self.looking = None;
            match end {
                Ok(looked) => self.there = Some(looked),
                Err(problem) => self.problem = Some(problem),
            }
        }
        settled
    }

    fn start(&mut self, work: &Work<'_>) {
        let (Some(workspace), Some(org)) = (work.jobs.workspace().cloned(), work.jobs.org().cloned()) else {
            return;
        };
        if self.rules_due && !work.jobs.is_running(LongJob::ByRules) {
            self.rules_due = false;
            let (workspace, client) = (workspace.clone(), org.client.clone());
            let create = std::mem::take(&mut self.create);
            let today = Utc::now().date_naive();
            let started =
                work.jobs.start(LongJob::ByRules, Progress::default(), move |stop, progress| async move {
                    ask::by_rules(workspace, client, create, today, stop, progress).await
                });
            self.assessing = started.ok();
        }
        if self.there_due && !work.jobs.is_running(LongJob::WhoIsThere) {
            self.there_due = false;
            let started =
                work.jobs.start(LongJob::WhoIsThere, Progress::default(), move |stop, progress| async move {
                    crate::migration::there::run(workspace, org.client, stop, progress)
                        .await
                        .map_err(Problem::from)
                });
            self.looking = started.ok();
        }
    }

    /// Whoever is sent now is looked up by the run itself.
    pub(super) fn leave_off(&self) {
        if let Some(job) = &self.looking {
            job.stop();
        }
    }

    pub(super) fn handle(&mut self, ask: LookAsk) {
        match ask {
            LookAsk::Create => {
                self.asking = false;
                self.create.clone_from(&self.missing);
                self.missing.clear();
                self.unfed.clear();
                self.problem = None;
                self.rules_due = true;
            }
            LookAsk::AskCreate => self.asking = true,
            LookAsk::NotCreate => self.asking = false,
            LookAsk::Stop => self.stop(),
            LookAsk::Again => {
                self.problem = None;
                if self.stopped {
                    self.stopped = false;
                    self.rules_due = true;
                } else {
                    self.there = None;
                    self.there_due = true;
                }
            }
        }
    }

    /// The lines under the checks.
    pub(super) fn ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
            if self.looking.is_none()
                && self.assessing.is_none()
                && !self.stopped
                && ui.add(Push::link("Look again")).clicked()
            {
                view.send(OktaAsk::Look(LookAsk::Again));
            }
        }
        if self.unseen {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.body("This token can't read the profile's attributes");
                ui.fine("People were checked by Okta's usual rules; this org may have others.");
            });
        }
        if let Some(job) = &self.assessing {
            running_ui(ui, view, "Checking everyone by this org's rules", &job.progress(), job.is_stopping());
        } else if self.stopped {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.body("Not everyone was checked by this org's rules");
                if ui.add(Push::link("Go on")).clicked() {
                    view.send(OktaAsk::Look(LookAsk::Again));
                }
            });
        }
        for unfed in &self.unfed {
            check_row(ui, Tone::Bad, Icon::Bang, |ui| {
                ui.body(format!("This org requires {}, and no column feeds it", unfed.name));
                ui.fine(format!(
                    "{} be sent. Choose a column for it in Map, or make it optional in Okta.",
                    counted(unfed.people, "person can't", "people can't")
                ));
            });
        }
        if !self.missing.is_empty() {
            self.missing_ui(ui, view);
        }
        if let Some(job) = &self.looking {
            running_ui(ui, view, "Checking who is already in Okta", &job.progress(), job.is_stopping());
        } else if let Some(looked) = &self.there {
            let begun = view.facts.import.begun && view.facts.import.sent_some();
            there_ui(ui, view, looked, begun);
            taken_ui(ui, view, looked);
            not_known_ui(ui, view, looked);
            for note in &looked.group_notes {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    ui.body(note);
                });
            }
        }
    }

    fn missing_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let names: Vec<&str> = self.missing.iter().take(5).map(|m| m.name.as_str()).collect();
        let people: u64 = self.missing.iter().map(|m| m.people).max().unwrap_or(0);
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            let word = if self.missing.len() == 1 { "attribute" } else { "attributes" };
            let more = self.missing.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
            let list = if more.is_empty() { listed(&names) } else { names.join(", ") };
            ui.body(format!("Okta's profile has no {word} {list}{more}"));
            let at_least = if self.missing.len() == 1 { "" } else { "At least " };
            ui.fine(format!(
                "{at_least}{} blocked by it. Create what is missing, or leave the column behind in Map.",
                counted(people, "person is", "people are")
            ));
            for missing in &self.missing {
                if let Some(problem) = &missing.problem {
                    ui.fine(cannot(&missing.name, problem));
                }
            }
            let creatable = self.missing.iter().filter(|m| m.problem.is_none()).count();
            if creatable > 0 {
                let word = if creatable == 1 { "Create it" } else { "Create them" };
                if ui
                    .add(Push::plain(word).icon(Icon::Plus).name(format!("{word} in Okta's profile")))
                    .clicked()
                {
                    view.send(OktaAsk::Look(LookAsk::AskCreate));
                }
            }
        });
    }

    /// Asks before anything is created.
    pub(super) fn dialog_ui(&self, ui: &Ui, view: &mut View<'_>, org: &str, live: bool) {
        if !self.asking {
            return;
        }
        let creatable: Vec<&Missing> = self.missing.iter().filter(|m| m.problem.is_none()).collect();
        let what = counted(creatable.len() as u64, "attribute", "attributes");
        let dialog =
            Dialog::new(format!("Create {what} in {org}?")).yes(format!("Create {what}")).no("Not yet");
        let dialog = if live { dialog.irreversible() } else { dialog };
        let answer = dialog.show(ui.ctx(), |ui| {
            if live {
                ui.body("This is a real org. Its user profile gets these for everyone in it:");
            } else {
                ui.body("The practice org's user profile gets:");
            }
            ui.add_space(size::TINY);
            for missing in creatable.iter().take(12) {
                ui.mono(format!("{} · {}", missing.name, kind_word(missing.kind)));
            }
            if creatable.len() > 12 {
                ui.fine(format!("and {} more", number(creatable.len() as u64 - 12)));
            }
            ui.add_space(size::TINY);
            ui.muted("People don't see them in their own profile until you show them under Directory › Profile Editor.");
        });
        match answer {
            DialogAnswer::Yes => view.send(OktaAsk::Look(LookAsk::Create)),
            DialogAnswer::No => view.send(OktaAsk::Look(LookAsk::NotCreate)),
            DialogAnswer::Open => {}
        }
    }
}

/// What can be asked of the looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookAsk {
    /// Ask whether to create what is missing.
    AskCreate,
    /// Create the missing attributes.
    Create,
    /// Don't.
    NotCreate,
    /// Stop what runs.
    Stop,
    /// Go on, or look again.
    Again,
}

fn running_ui(ui: &mut Ui, view: &mut View<'_>, what: &str, progress: &Progress, stopping: bool) {
    ui.add_space(size::TINY);
    progress_line(ui, what, progress);
    ui.horizontal(|ui| {
        let words = match (stopping, progress.total, progress.done) {
            (true, _, _) => format!("{what}: stopping"),
            (false, _, 0) => what.to_owned(),
            (false, Some(total), done) => format!("{what}: {} of {}", number(done), number(total)),
            (false, None, done) => format!("{what}: {} checked", number(done)),
        };
        ui.fine(words);
        if !stopping && ui.add(Push::link("Stop").name(format!("Stop: {what}"))).clicked() {
            view.send(OktaAsk::Look(LookAsk::Stop));
        }
    });
}

fn there_ui(ui: &mut Ui, view: &mut View<'_>, looked: &Looked, begun: bool) {
    let (tone, icon) = if looked.there > 0 { (Tone::There, Icon::Equals) } else { (Tone::Good, Icon::Check) };
    let (tone, icon) =
        if looked.stopped && looked.there == 0 { (Tone::Quiet, Icon::Dash) } else { (tone, icon) };
    check_row(ui, tone, icon, |ui| {
        let words = match (looked.there, looked.stopped) {
            (0, false) if looked.not_known.is_some() => {
                "Nobody else of these people is in Okta yet".to_owned()
            }
            // Looked at before anybody was sent, and shown afterwards too.
            (0, false) if begun => "None of these people was in Okta before".to_owned(),
            (0, false) => "None of these people is in Okta yet".to_owned(),
            (0, true) => "Stopped before it was known who is already in Okta".to_owned(),
            (n, false) => format!("{} in Okta already", of_these(n)),
            (n, true) => format!("{} in Okta already, as far as checked", of_these(n)),
        };
        ui.body(words);
        let told = |kept_out: bool| {
            let known = looked.statuses.iter().copied();
            statuses_in_words(known.filter(|(s, _)| s.keeps_out() == kept_out && *s != OktaStatus::Active))
        };
        let (kept_out, others) = (told(true), told(false));
        if !kept_out.is_empty() {
            let t = tokens(ui);
            let words = format!(
                "Kept out there: {kept_out}. Nothing is changed for them; Review lists them and says what to do."
            );
            ui.words(Face::Small, t.bad.text, words);
        }
        if !others.is_empty() {
            ui.fine(format!("Not all of them can sign in at once: {others}."));
        }
        if looked.there == 0 && !looked.stopped {
            return;
        }
        ui.horizontal(|ui| {
            if looked.there > 0
                && ui.add(Push::link("Show them").name("Show who is in Okta already")).clicked()
            {
                view.send(ReviewAsk::Show(PeopleFilter { there: true, ..PeopleFilter::default() }));
                view.send(Command::GoTo(StepId::Review));
            }
            if looked.stopped && ui.add(Push::link("Look again")).clicked() {
                view.send(OktaAsk::Look(LookAsk::Again));
            }
        });
    });
}

/// Of whom another account in Okta has something, with the way to see who they are.
fn taken_ui(ui: &mut Ui, view: &mut View<'_>, looked: &Looked) {
    let rows = [
        (
            looked.login_taken,
            counted(looked.login_taken, "login differs", "logins differ"),
            "only in accents from another account's in Okta",
            "Okta takes both for the same and refuses the second. Change it in Review, or leave them out.",
            LOGIN_IN_OKTA,
        ),
        (
            looked.email_taken,
            counted(looked.email_taken, "e-mail address belongs", "e-mail addresses belong"),
            "to another account in Okta",
            "If self-service registration is switched on, Okta refuses them. Change it in Review, or leave them out.",
            EMAIL_IN_OKTA,
        ),
    ];
    for (count, what, of_whom, next, code) in rows {
        if count == 0 {
            continue;
        }
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(format!("{what} {of_whom}"));
            ui.fine(next);
            if ui.add(Push::link("Show them").name(format!("Show whose {what} {of_whom}"))).clicked() {
                let filter = PeopleFilter { finding: Some(code.to_owned()), ..PeopleFilter::default() };
                view.send(ReviewAsk::Show(filter));
                view.send(Command::GoTo(StepId::Review));
            }
        });
    }
}

/// What could not be found out: never the same as that nobody is there.
fn not_known_ui(ui: &mut Ui, view: &mut View<'_>, looked: &Looked) {
    let mut lines = Vec::new();
    if let Some(not_known) = &looked.not_known {
        let words = counted(not_known.people, "person is", "people are");
        lines.push((format!("Not known whether {words} in Okta"), &not_known.why));
    }
    if let Some(not_known) = &looked.emails_not_known {
        let words = counted(not_known.people, "e-mail address is", "e-mail addresses are");
        lines.push((format!("Not known whether {words} in use in Okta"), &not_known.why));
    }
    if let Some((groups, why)) = &looked.groups_not_known {
        let words = counted(*groups, "group is", "groups are");
        lines.push((format!("Not known whether {words} in Okta"), why));
    }
    for (words, why) in lines {
        check_row(ui, Tone::Hook, Icon::Bang, |ui| {
            ui.body(words);
            ui.fine(why);
            if ui.add(Push::link("Look again")).clicked() {
                view.send(OktaAsk::Look(LookAsk::Again));
            }
        });
    }
}

/// `1 of these people is`, `37 of these people are`.
fn of_these(n: u64) -> String {
    counted(n, "of these people is", "of these people are")
}

/// Why an attribute can't be created, and what to do.
fn cannot(name: &str, problem: &NotCreatable) -> String {
    match problem {
        NotCreatable::Name(proposal) => format!(
            "{name} can't be created: Okta takes letters, digits and underscores, no digit first. Call it {proposal} in Map."
        ),
        NotCreatable::OtherCapitals(other) => {
            format!("{name} can't be created: Okta has {other}. Write it so in Map.")
        }
    }
}

/// Okta's word for a type, as a person says it.
fn kind_word(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "whole number",
        "array" => "list of texts",
        other => other,
    }
}
