//! The panel beside the table: about one person, or about those selected.

use chrono::{DateTime, Local, Utc};
use egui::{ScrollArea, Ui};
use zeroize::Zeroizing;

use super::ask::{InspectAsk, ReviewAsk, Tab};
use super::everyone::{MUST_RESET, SAME_PERSON, SOMEBODY_NEW, everyone_ui, selected_ui};
use super::profile;
use crate::app::jobs::{Jobs, Question};
use crate::app::people::{
    PeopleList, arrival_sentence, disposition_tone, disposition_word, last_run_word, said, sent_sentence,
    severity_icon, severity_tone, severity_word, there_word,
};
use crate::app::steps::View;
use crate::migration::review::{self as ask, Change, Inspected};
use crate::model::{Finding, OktaStatus, OutcomeKind, Route, RoutePolicy, Value};
use crate::ui::Problem;
use crate::ui::theme::{Face, Tone, size, tokens};
use crate::ui::widgets::{
    Card, Push, Words as _, chip, counted, fact_row, lines_of, number, problem_card, scrolled, tabs, waiting,
};
use crate::workspace::{
    Counts, Disposition, IDENTITY_UNSURE, PersonDetail, PersonId, PersonRow, SourceRow, Who, Workspace,
};

/// The panel's state.
#[derive(Default)]
pub struct Inspector {
    /// The person shown.
    pub person: Option<Inspected>,
    /// Which tab.
    pub tab: Tab,
    /// The profile as it is being edited.
    pub editing: Option<profile::Editing>,
    open: Option<PersonId>,
    /// How people arrive: the request shown is by it.
    policy: RoutePolicy,
    looking: Question<Inspected>,
    request: Option<Zeroizing<String>>,
    uncovering: Question<Zeroizing<String>>,
    source: Option<SourceRow>,
    fetching: Question<SourceRow>,
    uncovered: bool,
    stale: bool,
    problem: Option<Problem>,
}

impl Inspector {
    /// What is shown may be out of date: look again.
    pub(super) fn outdate(&mut self) {
        self.stale = true;
    }

    /// Everything secret goes when another person is shown.
    fn cover(&mut self) {
        self.request = None;
        self.uncovering.forget();
        self.uncovered = false;
    }

    pub(super) fn logic(
        &mut self,
        jobs: &Jobs,
        workspace: Option<&Workspace>,
        single: Option<PersonId>,
        policy: RoutePolicy,
    ) {
        if policy != self.policy {
            self.policy = policy;
            self.stale = true;
        }
        if single != self.open && (single.is_some() || workspace.is_some()) {
            self.open = single;
            self.person = self.person.take().filter(|p| Some(p.detail.row.id) == single);
            self.editing = None;
            self.source = None;
            self.fetching.forget();
            self.problem = None;
            self.cover();
            self.stale = true;
        }
        match self.looking.take() {
            Some(Ok(person)) if Some(person.detail.row.id) == self.open => {
                self.person = Some(person);
                self.problem = None;
            }
            Some(Ok(_)) | None => {}
            Some(Err(problem)) => self.problem = Some(problem),
        }
        match self.uncovering.take() {
            Some(Ok(text)) => self.request = Some(text),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        match self.fetching.take() {
            Some(Ok(row)) => self.source = Some(row),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        let (Some(workspace), Some(id)) = (workspace, self.open) else { return };
        if self.stale {
            self.stale = false;
            self.cover();
            let workspace = workspace.clone();
            let pending = jobs.ask("a person", async move { ask::inspect(&workspace, id, policy).await });
            self.looking.ask(pending);
        }
        if self.tab == Tab::Source
            && self.source.is_none()
            && !self.fetching.is_waiting()
            && self.problem.is_none()
        {
            let workspace = workspace.clone();
            self.fetching.ask(jobs.ask("a source row", async move { workspace.source_row(id).await }));
        }
    }

    pub(super) fn handle(&mut self, ask: InspectAsk, jobs: &Jobs, workspace: Option<&Workspace>) {
        match ask {
            InspectAsk::Tab(tab) => {
                self.tab = tab;
                self.editing = None;
                self.cover();
            }
            InspectAsk::Cover => self.cover(),
            InspectAsk::Uncover => {
                self.uncovered = true;
                if self.tab == Tab::Request
                    && let (Some(workspace), Some(id)) = (workspace.cloned(), self.open)
                {
                    let policy = self.policy;
                    let pending = jobs.ask("a request uncovered", async move {
                        ask::uncovered(&workspace, id, policy).await
                    });
                    self.uncovering.ask(pending);
                }
            }
            InspectAsk::Edit => {
                self.tab = Tab::Profile;
                self.cover();
                self.editing = self.person.as_ref().map(|p| profile::Editing::of(&p.detail));
            }
            InspectAsk::Leave => self.editing = None,
        }
    }

    /// Draws the panel.
    pub(super) fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, list: &PeopleList, counts: &Counts) {
        Card::new().padding(18.0).fill_height().show(ui, |ui| self.inside_ui(ui, view, list, counts, 0.0));
    }

    /// What is in the panel, or in the drawer that it is in a narrow window; `aside`: how much of the first line is not free.
    pub(super) fn inside_ui(
        &mut self,
        ui: &mut Ui,
        view: &mut View<'_>,
        list: &PeopleList,
        counts: &Counts,
        aside: f32,
    ) {
        ui.spacing_mut().item_spacing.y = 6.0;
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
        }
        match (list.selection.len(), list.selection.single()) {
            // Its parts are more than a low window is high.
            (0, _) => {
                let area = ScrollArea::vertical().id_salt("everyone").auto_shrink([false, true]);
                scrolled(ui, area, |ui| everyone_ui(ui, view, list, counts));
            }
            (_, Some(id)) => match &self.person {
                Some(person) if person.detail.row.id == id => self.person_ui(ui, view, aside),
                _ => waiting(ui, "Opening"),
            },
            (many, None) => selected_ui(ui, view, list, counts, many as u64),
        }
    }

    fn person_ui(&mut self, ui: &mut Ui, view: &mut View<'_>, aside: f32) {
        let Some(person) = &self.person else { return };
        let detail = &person.detail;
        let row = &detail.row;
        let t = tokens(ui);
        let name = if row.name.is_empty() { "No name" } else { &row.name };
        name_ui(ui, name, aside);
        ui.words_cut(Face::Body, t.muted, format!("{} · row {}", row.login, number(u64::from(row.row))));
        // Who was sent stays what they were sent as, whatever is chosen for the others now.
        let what = row.sent.map_or_else(
            || row.disposition.under(view.facts.policy),
            |route| Disposition::of(false, false, route),
        );
        let refused = row.outcome.kind == OutcomeKind::Failed;
        chip(ui, if refused { Tone::Quiet } else { disposition_tone(what) }, disposition_word(what));
        if row.there {
            let (tone, word) = there_word(row);
            chip(ui, tone, word);
            there_ui(ui, row, person.console.as_deref());
        }
        last_run_ui(ui, detail, person.console.as_deref());
        sentence_ui(ui, person, view.facts.policy);
        // More rows of buttons where they don't fit in one.
        let low = ui.available_width() < 260.0;
        let buttons = match (self.editing.is_some(), low) {
            (true, _) => 48.0,
            (false, false) => 92.0,
            (false, true) => 76.0,
        };
        // In a low window a line or two of what the tabs show has to do.
        let least = if ui.available_height() < 330.0 { 40.0 } else { LEAST };
        // However much there is to say, tabs, a few lines under them and the buttons stay in view.
        let most = (ui.available_height() - buttons - least - 48.0).max(40.0);
        let area = ScrollArea::vertical().id_salt("findings").max_height(most).min_scrolled_height(40.0);
        scrolled(ui, area.auto_shrink([false, true]), |ui| findings_ui(ui, &detail.findings));
        let mut tab = self.tab;
        let options =
            [(Tab::Profile, "Profile"), (Tab::Request, "Okta request"), (Tab::Source, "Source row")];
        if tabs(ui, &mut tab, &options) {
            view.send(ReviewAsk::Inspect(InspectAsk::Tab(tab)));
        }
        let height = (ui.available_height() - buttons).max(least);
        let area = ScrollArea::vertical().id_salt("inspected").max_height(height).auto_shrink([false, true]);
        let mut confirmed = false;
        scrolled(ui, area, |ui| match self.tab {
            Tab::Profile => match &mut self.editing {
                Some(editing) => confirmed = profile::edit_ui(ui, detail, editing),
                None => profile::profile_ui(ui, view, detail),
            },
            Tab::Request => {
                request_ui(ui, view, &person.request, self.request.as_deref().map(String::as_str));
            }
            Tab::Source => source_ui(ui, view, self.source.as_ref(), self.uncovered),
        });
        ui.add_space(size::TINY);
        buttons_ui(ui, view, low, self.editing.as_ref().map(|editing| (editing, confirmed)), detail);
    }
}

/// What the last run made of them: of a failure Okta's words and what to do, in a card of its own.
fn last_run_ui(ui: &mut Ui, detail: &PersonDetail, console: Option<&str>) {
    let outcome = &detail.row.outcome;
    if outcome.kind == OutcomeKind::Waiting {
        return;
    }
    let t = tokens(ui);
    let when = detail.recorded.map_or_else(String::new, |at| format!(" on {}", day(at)));
    let words = last_run_word(outcome.kind);
    if outcome.kind != OutcomeKind::Failed {
        ui.fine(format!("Last run: {}{when}. {}", words.to_lowercase(), said(outcome)));
        return;
    }
    egui::Frame::new()
        .fill(t.bad.bg)
        .corner_radius(egui::CornerRadius::same(size::CORNER))
        .inner_margin(egui::Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            let told = format!("{words}{when}: {}", said(outcome));
            let lines = lines_of(ui, Face::Small, t.bad.text, told, ui.available_width(), 4);
            ui.label(lines);
            if let Some(suggestion) = &outcome.suggestion {
                // The address has a line of its own, to be followed.
                let words = console.and_then(|link| suggestion.strip_suffix(link)).unwrap_or(suggestion);
                let lines =
                    lines_of(ui, Face::Small, t.text, words.trim_end().to_owned(), ui.available_width(), 3);
                ui.label(lines);
            }
            if let Some(link) = console {
                ui.hyperlink_to("Open in the Admin Console", link);
            }
        });
}

/// A day as people read it: `November 22`.
fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%B %-d").to_string()
}

/// How they are in Okta already, where that is not as one would expect: in words, with what to do and where.
fn there_ui(ui: &mut Ui, row: &PersonRow, console: Option<&str>) {
    let Some(there) = &row.there_as else { return };
    let status = OktaStatus::of(&there.status);
    if status == OktaStatus::Active {
        return;
    }
    ui.fine(status.sentence());
    if !status.keeps_out() {
        return;
    }
    ui.fine(status.advice());
    if let Some(link) = console {
        ui.hyperlink_to("Open in the Admin Console", link);
    }
}

/// What they are called, in two lines at most: whatever the source holds, the rest stays in view. Hovering shows all of it.
fn name_ui(ui: &mut Ui, name: &str, aside: f32) {
    let room = ui.available_width() - aside;
    let galley = lines_of(ui, Face::CardTitle, tokens(ui).text, name.to_owned(), room, 2);
    ui.label(galley);
}

/// The least height of what a tab shows, in points.
const LEAST: f32 = 80.0;

/// What is to be known about them, up to six.
fn findings_ui(ui: &mut Ui, findings: &[Finding]) {
    let t = tokens(ui);
    for finding in findings.iter().take(6) {
        let tone = severity_tone(finding.severity);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.vertical(|ui| {
                ui.set_width(12.0);
                ui.add_space(3.0);
                severity_icon(finding.severity).show(ui, 12.0, t.tone(tone).text);
            });
            let words = format!("{}: {}", severity_word(finding.severity), finding.text);
            // A width of its own: in a row of parts, words would otherwise push the panel wider instead of breaking.
            let room = ui.available_width();
            ui.vertical(|ui| {
                ui.set_max_width(room);
                ui.words(Face::Small, t.tone(tone).text, words);
            });
        });
    }
    if findings.len() > 6 {
        ui.fine(format!("and {} more", findings.len() - 6));
    }
}

/// What the stored password is and what happens to it, in words.
fn sentence_ui(ui: &mut Ui, person: &Inspected, policy: RoutePolicy) {
    let row = &person.detail.row;
    let sent = sent_sentence(row.outcome.kind, row.sent.unwrap_or(policy.apply(row.route)));
    let outcome = match row.disposition {
        _ if sent.is_some() => sent.unwrap_or_default(),
        Disposition::LeftOut => "Left out: they are not sent to Okta unless you put them back.",
        Disposition::Blocked if is_asked(&person.detail) => {
            "Say who this is: the person from before, changed, or somebody new. Until then nothing is sent."
        }
        Disposition::Blocked => "Okta would refuse this person. Fix what is marked below, or leave them out.",
        _ if person.detail.must_reset => {
            "You chose that this person must reset: the stored password is not sent."
        }
        // Not a kind that Okta refuses: it is not known yet which kind it is.
        Disposition::Hook if row.scheme == "ambiguous" && policy == RoutePolicy::Best => {
            "Several schemes write such values. Until one is proven or stated, nothing is imported: the password hook tries \
             them in turn at their first sign-in."
        }
        Disposition::Import | Disposition::Hook | Disposition::Reset => arrival_sentence(row.route, policy),
    };
    let stored = match (person.detail.has_password, row.route) {
        (false, Route::Hook) => "The source itself checks this password; it shows no hash.".to_owned(),
        (false, _) => person.sentence.clone(),
        (true, _) => format!("Stored as {}.", row.scheme_label),
    };
    // What would happen is no help where Okta has just refused it.
    let words = if row.outcome.kind == OutcomeKind::Failed && !person.detail.must_reset {
        stored
    } else {
        format!("{stored} {outcome}")
    };
    ui.body(words).on_hover_text(&person.sentence);
}

fn buttons_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    low: bool,
    editing: Option<(&profile::Editing, bool)>,
    detail: &PersonDetail,
) {
    let (id, disposition) = (detail.row.id, detail.row.disposition);
    let plain = |words: &str| if low { Push::plain(words).in_row() } else { Push::plain(words) };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::SMALL;
        if let Some((editing, confirmed)) = editing {
            let changed = editing.changed(detail);
            let save = ui.add(Push::main("Save").enabled(!changed.is_empty()));
            if confirmed && !changed.is_empty() {
                // Enter confirmed the field; the next one saves, and the ring around the button says so.
                save.request_focus();
            }
            if save.clicked() {
                view.send(ReviewAsk::Save(id, changed));
                view.send(ReviewAsk::Inspect(InspectAsk::Leave));
            }
            if ui.add(Push::plain("Cancel")).clicked() {
                view.send(ReviewAsk::Inspect(InspectAsk::Leave));
            }
            return;
        }
        let who = Who::These(vec![id]);
        if is_asked(detail) {
            if ui.add(plain("Same person")).on_hover_text(SAME_PERSON).clicked() {
                view.send(ReviewAsk::Change(Change::SamePerson(who.clone())));
            }
            if ui.add(plain("Somebody new")).on_hover_text(SOMEBODY_NEW).clicked() {
                view.send(ReviewAsk::Change(Change::SomebodyNew(who.clone())));
            }
        }
        if ui.add(plain("Edit")).clicked() {
            view.send(ReviewAsk::Inspect(InspectAsk::Edit));
        }
        if disposition == Disposition::LeftOut {
            if ui.add(plain("Put back")).clicked() {
                view.send(ReviewAsk::Change(Change::PutBack(who.clone())));
            }
        } else if ui.add(plain("Leave out")).clicked() {
            view.send(ReviewAsk::Change(Change::LeaveOut(who.clone())));
        }
        // Whoever is in Okta has what they were sent with; the others can still be let set a new password.
        let kind = detail.row.outcome.kind;
        let still = matches!(kind, OutcomeKind::Waiting | OutcomeKind::Failed | OutcomeKind::RolledBack);
        if still && detail.must_reset {
            if ui.add(plain("Use stored password")).clicked() {
                view.send(ReviewAsk::Change(Change::KeepPassword(who)));
            }
        } else if still
            && detail.row.route != Route::Reset
            && ui.add(plain("Must reset").name("Must reset: this person")).on_hover_text(MUST_RESET).clicked()
        {
            view.send(ReviewAsk::Change(Change::MustReset(who)));
        }
        if detail.has_password {
            // In two rows with the others, in a narrow panel too.
            let words = if low { "Try password" } else { "Try a password" };
            super::trial::button_ui(ui, view, plain(words).name("Try a password"));
        }
    });
}

/// Whether it is to be said who this is.
fn is_asked(detail: &PersonDetail) -> bool {
    detail.findings.iter().any(|finding| finding.code == IDENTITY_UNSURE)
}

/// The request, its hash covered until asked for.
fn request_ui(ui: &mut Ui, view: &mut View<'_>, covered: &str, uncovered: Option<&str>) {
    let t = tokens(ui);
    ui.fine("What Okta is sent to create this person. Groups go by their Okta ids.");
    if uncovered.is_some() {
        if ui.add(Push::link("Cover the password")).clicked() {
            view.send(ReviewAsk::Inspect(InspectAsk::Cover));
        }
    } else if covered.contains(crate::okta::request::COVERED)
        && ui.add(Push::link("Show the password's hash")).clicked()
    {
        view.send(ReviewAsk::Inspect(InspectAsk::Uncover));
    }
    let text = uncovered.unwrap_or(covered);
    ui.add(egui::Label::new(Face::MonoSmall.text(text).color(t.text)).wrap());
}

/// The source row, its password and salt covered until asked for.
fn source_ui(ui: &mut Ui, view: &mut View<'_>, row: Option<&SourceRow>, uncovered: bool) {
    let Some(row) = row else {
        waiting(ui, "Opening the source row");
        return;
    };
    let t = tokens(ui);
    if row.covered.iter().any(|c| *c) {
        let (word, ask) = if uncovered {
            ("Cover the password", InspectAsk::Cover)
        } else {
            ("Show what is covered", InspectAsk::Uncover)
        };
        if ui.add(Push::link(word)).clicked() {
            view.send(ReviewAsk::Inspect(ask));
        }
    }
    for ((name, value), covered) in row.columns.names().iter().zip(&row.values).zip(&row.covered) {
        fact_row(ui, 100.0, name, |ui| {
            if *covered && !uncovered && !value.is_empty() {
                ui.words(Face::Mono, t.muted, "••••••••").on_hover_text("Covered");
            } else {
                value_ui(ui, value);
            }
        });
    }
}

fn value_ui(ui: &mut Ui, value: &Value) {
    let t = tokens(ui);
    match value {
        Value::Null => ui.words(Face::Small, t.muted, "no value"),
        Value::TooLarge => ui.words(Face::Small, t.muted, "larger than 1 MiB, left in the source"),
        Value::Bytes(bytes) if value.as_text().is_none() => {
            ui.words(Face::Small, t.muted, counted(bytes.len() as u64, "byte", "bytes"))
        }
        Value::List(values) => {
            let words: Vec<String> =
                values.iter().filter_map(|v| v.as_text().map(std::borrow::Cow::into_owned)).collect();
            ui.words(Face::Small, t.text, words.join(", "))
        }
        other => {
            let text = other.as_text().unwrap_or_default();
            // A cell of megabytes would take a frame to lay out.
            let short: String = text.chars().take(2_000).collect();
            ui.words(Face::Small, t.text, short)
        }
    };
}
