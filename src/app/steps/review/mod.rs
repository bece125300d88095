//! The step Review: everyone, what happens to each password, and every finding.

mod ask;
mod bulk;
mod everyone;
mod filters;
mod inspector;
mod profile;
mod repair;
mod table;
mod trial;

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers, Ui};

pub use self::ask::{InspectAsk, ReviewAsk, Select, Tab, TrialAsk};
use super::{Action, Footer, Page, Step, StepId, View, Work};
use crate::app::Command;
use crate::app::facts::Facts;
use crate::app::jobs::{Answer, Job, Question, Wanted};
use crate::app::people::{PeopleList, policy_line, undo_words};
use crate::app::place::Looked;
use crate::assess::codes::ATTRIBUTE_UNKNOWN;
use crate::migration::prove::{Restated, Stating};
use crate::migration::review::{self, Change, Changed};
use crate::model::{OutcomeKind, PasswordSettings, Progress, RoutePolicy};
use crate::ui::Problem;
use crate::ui::theme::{Icon, size};
use crate::ui::widgets::{
    DRAWER_CLOSE, Toast, cells, counted, drawer, drawer_rect, empty_state, is_narrow, number, problem_card,
    waiting,
};
use crate::workspace::{Counts, Disposition, PeopleFilter, Who};
pub use bulk::{Bulk, BulkKind};
use inspector::Inspector;
use repair::RepairDialog;
pub use trial::{Phase as TrialPhase, Trial};

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);

/// The step's state.
#[derive(Default)]
pub struct ReviewStep {
    /// The people shown.
    pub list: PeopleList,
    /// The numbers over everyone.
    pub counts: Option<Counts>,
    /// What undo would take back, in words.
    pub undo: Option<String>,
    /// The panel about one person, or about those selected.
    pub inspector: Inspector,
    /// The dialog that changes one attribute of several people, while it is open.
    pub bulk: Option<Bulk>,
    /// The dialog that repairs values of several people, while it is open.
    repair: Option<RepairDialog>,
    /// What went wrong with the last change or export.
    pub problem: Option<Problem>,
    /// The dialog that tries a known password, while it is open.
    pub trial: Option<Trial>,
    /// What was stated about stored passwords before it was stated here: to take it back.
    pub stated_before: Option<PasswordSettings>,
    restating: Option<Restating>,
    filters: filters::Filters,
    numbers: Question<(Counts, Option<String>)>,
    changing: Question<Changed>,
    picking: Question<Option<PathBuf>>,
    exporting: Question<(u64, PathBuf)>,
    changes: Option<tokio::sync::watch::Receiver<u64>>,
    edited: bool,
    /// In a narrow window: the drawer about everyone shown is open.
    for_all: bool,
}

/// What was stated is being applied, with no dialog open.
struct Restating {
    job: Job<Progress, Restated>,
    /// Whether it takes something back.
    back: bool,
}

impl ReviewStep {
    /// Puts the numbers in by hand; for tests and pictures.
    pub fn fill(&mut self, counts: Counts, rows: Vec<crate::workspace::PersonRow>) {
        self.counts = Some(counts);
        self.list.fill(rows);
    }

    /// What is looked at, to be there again when the workspace is opened again.
    pub(crate) fn looked(&self) -> Looked {
        self.list.looked()
    }

    fn ask_numbers(&mut self, work: &Work<'_>, at_once: bool) {
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        let pending = work.jobs.ask("numbers", async move {
            if !at_once {
                // While an import writes there is something new all the time; the eye needs it four times a second.
                tokio::time::sleep(std::time::Duration::from_millis(250)).await;
            }
            Answer::Ok((workspace.counts().await?, workspace.can_undo().await?))
        });
        self.numbers.ask(pending);
    }

    fn notice_changes(&mut self, work: &Work<'_>) {
        let Some(workspace) = work.jobs.workspace() else { return };
        let receiver = self.changes.get_or_insert_with(|| workspace.changes());
        let changed = receiver.has_changed().unwrap_or(false);
        if changed && !self.numbers.is_waiting() {
            receiver.mark_unchanged();
            let at_once = std::mem::take(&mut self.edited) || self.counts.is_none();
            self.ask_numbers(work, at_once);
        }
    }

    fn take_numbers(&mut self, work: &mut Work<'_>) {
        match self.numbers.take() {
            Some(Ok((counts, undo))) => {
                // Counted before a first reading ended, answered after: nobody is taken away again for it.
                let stale = self.changes.as_ref().is_some_and(|c| c.has_changed().unwrap_or(false));
                if counts.total > 0 || !stale {
                    work.facts.take_counts(&counts);
                }
                let people_changed = self.counts.as_ref().is_none_or(|old| !same_people(old, &counts));
                self.list.outdate(people_changed);
                if people_changed || self.undo != undo {
                    self.inspector.outdate();
                }
                self.counts = Some(counts);
                self.undo = undo;
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    fn take_changed(&mut self, work: &mut Work<'_>) {
        match self.changing.take() {
            Some(Ok(Changed::People(_))) => self.changed(work),
            Some(Ok(Changed::Undone(Some(undone)))) => {
                work.toast(Toast::good(undo_words(&undone.words, undone.people)));
                self.changed(work);
            }
            Some(Ok(Changed::Undone(None))) => work.toast(Toast::good("There is nothing to undo.")),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    fn changed(&mut self, work: &Work<'_>) {
        self.problem = None;
        self.edited = true;
        self.list.outdate(true);
        self.inspector.outdate();
        self.ask_numbers(work, true);
    }

    fn handle_trial(&mut self, ask: TrialAsk, work: &Work<'_>) {
        match ask {
            TrialAsk::Open => {
                let shown = self.inspector.person.as_ref().map(|person| &person.detail);
                if let Some(detail) = shown.filter(|detail| detail.has_password) {
                    self.trial = Some(Trial::new(&detail.row));
                }
            }
            TrialAsk::Close => {
                if let Some(Trial { phase: TrialPhase::Searching(job), .. }) = &self.trial {
                    job.stop();
                }
                // A job that states goes on to its end, the dialog open or not.
                if let Some(Trial { phase: TrialPhase::Stating(job), .. }) = self.trial.take() {
                    self.restating = Some(Restating { job: *job, back: false });
                }
            }
            TrialAsk::Stop => {
                if let Some(Trial { phase: TrialPhase::Searching(job), .. }) = &self.trial {
                    job.stop();
                }
            }
            TrialAsk::Try => {
                if let Some(trial) = &mut self.trial {
                    trial.begin(work.jobs);
                }
            }
            TrialAsk::Again => {
                if let Some(trial) = &mut self.trial {
                    trial.again();
                }
            }
            TrialAsk::State => {
                if let Some(trial) = &mut self.trial {
                    trial.state(work.jobs);
                }
            }
            TrialAsk::TakeBack => {
                if self.restating.is_none()
                    && let Some(before) = self.stated_before.take()
                {
                    let job = trial::state_job(work.jobs, Stating::Exactly(before));
                    self.restating = job.map(|job| Restating { job, back: true });
                }
            }
        }
    }

    fn take_restated(&mut self, work: &mut Work<'_>) {
        let mut restated = self.trial.as_mut().and_then(Trial::logic).inspect(|_| self.trial = None);
        let mut taken_back = false;
        if let Some(answer) = self.restating.as_mut().and_then(|restating| restating.job.take()) {
            taken_back = self.restating.take().is_some_and(|restating| restating.back);
            match answer {
                Ok(done) => restated = Some(done),
                Err(problem) => self.problem = Some(problem),
            }
        }
        let Some(Restated { mapping, before, people, moving }) = restated else { return };
        work.send(super::MapAsk::Stated(Box::new(mapping)));
        if people.is_none() {
            work.toast(Toast::good("The salt is mapped. Read people again so that it applies to everyone."));
            work.send(Command::GoTo(StepId::Map));
            return;
        }
        let (was, now) = moving;
        work.toast(Toast::good(format!(
            "{} can now be imported as is ({} before).",
            counted(now, "password", "passwords"),
            number(was)
        )));
        self.stated_before = (!taken_back).then_some(before);
        self.changed(work);
    }

    /// A filter by what happens to people is meant as the page shows it: by the policy chosen now.
    fn follow_policy(&mut self, policy: RoutePolicy) {
        let filter = &self.list.filter;
        let Some(disposition) = filter.disposition.filter(|_| filter.policy != policy) else { return };
        let some = Disposition::ALL.into_iter().any(|best| best.under(policy) == disposition);
        let (disposition, policy) =
            if some { (Some(disposition), policy) } else { (None, RoutePolicy::Best) };
        self.list.show(PeopleFilter { disposition, policy, ..filter.clone() });
    }

    fn take_export(&mut self, work: &mut Work<'_>) {
        if let Some(Ok(Some(path))) = self.picking.take()
            && let Some(workspace) = work.jobs.workspace().cloned()
        {
            let (filter, sort) = (self.list.filter.clone(), self.list.sort);
            self.exporting.ask(work.jobs.ask("export people", async move {
                review::export_csv(&workspace, &filter, sort, path.clone()).await.map(|n| (n, path))
            }));
        }
        match self.exporting.take() {
            Some(Ok((people, path))) => {
                self.problem = None;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                work.toast(Toast::good(format!("{} written to {name}", counted(people, "person", "people"))));
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    fn start_change(&mut self, work: &Work<'_>, changes: Vec<Change>) {
        if self.changing.is_waiting() {
            return;
        }
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.changing.ask(work.jobs.ask("change people", async move {
            let mut done = Ok(Changed::People(0));
            for change in changes {
                done = review::change(&workspace, &change).await;
                if done.is_err() {
                    break;
                }
            }
            done
        }));
    }

    /// The table, and the panel beside it.
    fn side_by_side_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(counts) = &self.counts else { return };
        let wide = ui.available_width() >= 900.0;
        let panel = if wide { size::INSPECTOR } else { 248.0 };
        let left = ui.available_width() - panel - size::GAP;
        let (list, filters, inspector) = (&mut self.list, &mut self.filters, &mut self.inspector);
        cells(ui, &[left, panel], |ui, cell| {
            if cell == 0 {
                filters.bar_ui(ui, view, list, counts);
                table::card_ui(ui, view, list, filters, (counts, 0.0));
            } else {
                inspector.ui(ui, view, list, counts);
            }
        });
    }

    /// The table in all the width there is; the panel lies over it while somebody is selected, or was asked for.
    fn with_drawer_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(counts) = &self.counts else { return };
        let (list, filters, inspector) = (&mut self.list, &mut self.filters, &mut self.inspector);
        let open = self.for_all || !list.selection.is_empty();
        let right = ui.available_rect_before_wrap().right();
        let covered = if open { right - drawer_rect(ui.ctx()).left() } else { 0.0 };
        ui.scope(|ui| {
            // Bar, numbers, search field and lists stay in view beside it.
            ui.set_max_width(ui.available_width() - if open { covered + size::MEDIUM } else { 0.0 });
            filters.bar_ui(ui, view, list, counts);
        });
        table::card_ui(ui, view, list, filters, (counts, covered));
        if open {
            let closed = drawer(ui, "About who is selected", |ui| {
                inspector.inside_ui(ui, view, list, counts, DRAWER_CLOSE);
            });
            if closed {
                view.send(ReviewAsk::Unselect);
                view.send(ReviewAsk::ForAll(false));
            }
        }
    }

    fn keys(&self, ui: &Ui, view: &mut View<'_>) {
        let elsewhere = ui.memory(|m| m.focused().is_some()) && !table::has_keyboard(ui);
        let typing = elsewhere || ui.memory(|m| m.top_modal_layer().is_some());
        if typing {
            return;
        }
        if self.undo.is_some() && ui.input_mut(|i| i.consume_shortcut(&UNDO)) {
            view.send(ReviewAsk::Change(Change::Undo));
        }
        if ui.input(|i| i.key_pressed(Key::Escape)) {
            if !self.list.selection.is_empty() {
                view.send(ReviewAsk::Unselect);
            } else if self.for_all {
                view.send(ReviewAsk::ForAll(false));
            }
        }
        if let Some((at, how)) = table::key_step(ui, &self.list) {
            view.send(ReviewAsk::Select(at, how));
        }
    }
}

/// Whether nothing changed that decides who is in a list.
fn same_people(a: &Counts, b: &Counts) -> bool {
    (a.total, a.import, a.hook, a.reset, a.blocked, a.left_out, a.gone)
        == (b.total, b.import, b.hook, b.reset, b.blocked, b.left_out, b.gone)
        && a.findings == b.findings
}

impl Page for ReviewStep {
    fn heading(&self, facts: &Facts) -> (String, String) {
        match &self.counts {
            Some(counts) if counts.total > 0 => {
                let sent = counts.outcomes.iter().any(|(k, n)| *n > 0 && *k != OutcomeKind::Waiting);
                let sent = if sent { "" } else { " Nothing has been sent yet." };
                let line = match policy_line(facts.policy) {
                    Some(chosen) => format!("{chosen}{sent}"),
                    None => format!("Click a color to see who is in it.{sent}"),
                };
                (
                    format!(
                        "{}, and what happens to each password",
                        counted(counts.total, "person", "people")
                    ),
                    line,
                )
            }
            _ => ("What happens to each password".to_owned(), String::new()),
        }
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        facts.people.map(|people| counted(people.total, "person", "people"))
    }

    fn footer(&self, _: &Facts) -> Footer {
        let counts = self.counts.clone().unwrap_or_default();
        let shown = self.list.order.len() as u64;
        let exporting = self.exporting.is_waiting();
        let mut secondary = vec![
            Action::new(if exporting { "Exporting…" } else { "Export this list" }, ReviewAsk::Export)
                .enabled(shown > 0 && !exporting),
        ];
        if self.stated_before.is_some() {
            secondary.push(
                Action::new("Undo: how passwords are stored", ReviewAsk::Trial(TrialAsk::TakeBack))
                    .enabled(self.restating.is_none()),
            );
        } else if let Some(words) = &self.undo {
            let mut words: String = words.chars().take(34).collect();
            if words.chars().count() == 34 {
                words.push('…');
            }
            secondary.push(
                Action::new(format!("Undo: {words}"), ReviewAsk::Change(Change::Undo))
                    .enabled(!self.changing.is_waiting()),
            );
        }
        let ready = counts.ready();
        // What the org lacks is created where one is connected to it.
        let lacking = counts.findings.iter().any(|f| f.code == ATTRIBUTE_UNKNOWN && f.people > 0);
        let note = if counts.total == 0 {
            "Nobody has been read yet: go back to Map and read".to_owned()
        } else if ready == 0 && lacking {
            "Okta lacks attributes: create them in the next step, or leave the columns behind in Map"
                .to_owned()
        } else if ready == 0 {
            "Nobody is left to import: fix the blocked ones, or put people back".to_owned()
        } else if counts.blocked == 1 {
            "1 blocked person will not be imported unless you fix them".to_owned()
        } else if counts.blocked > 0 {
            format!("{} blocked people will not be imported unless you fix them", number(counts.blocked))
        } else {
            format!("{} will be imported", counted(ready, "person", "people"))
        };
        Footer {
            back: true,
            secondary,
            note,
            main: Some(Action::new("Continue", Command::GoTo(StepId::Okta)).enabled(ready > 0 || lacking)),
        }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(problem) = self.problem.as_ref().or(self.list.problem.as_ref()) {
            problem_card(ui, problem);
        }
        let Some(counts) = &self.counts else {
            waiting(ui, "Loading people");
            return;
        };
        if counts.total == 0 {
            let note = "Go back to Map and read the people. They stay on this computer until you send them.";
            empty_state(ui, Icon::People, "Nobody has been read yet", note, None);
            return;
        }
        self.keys(ui, view);
        if is_narrow(ui.ctx()) {
            self.with_drawer_ui(ui, view);
        } else {
            self.side_by_side_ui(ui, view);
        }
        if let Some(bulk) = &mut self.bulk {
            bulk::bulk_ui(ui, view, bulk);
        }
        if let Some(repair) = &mut self.repair {
            repair.ui(ui, view);
        }
        if let Some(trial) = &mut self.trial {
            trial.ui(ui, view);
        }
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        self.notice_changes(work);
        self.take_numbers(work);
        self.take_changed(work);
        self.take_restated(work);
        self.take_export(work);
        let workspace = work.jobs.workspace().cloned();
        self.list.logic(work.jobs, workspace.as_ref());
        if let Some(bulk) = &mut self.bulk {
            bulk.logic(work.jobs, workspace.as_ref());
        }
        if let Some(repair) = &mut self.repair {
            repair.logic(work.jobs, workspace.as_ref());
        }
        self.inspector.logic(work.jobs, workspace.as_ref(), self.list.selection.single(), work.facts.policy);
        self.follow_policy(work.facts.policy);
    }

    fn opened(&mut self, work: &mut Work<'_>) {
        *self = Self::default();
        self.ask_numbers(work, true);
        let looked = work.facts.kept.as_ref().map(|kept| kept.place.review.clone()).unwrap_or_default();
        self.list.restore(&looked);
    }

    fn entered(&mut self, work: &mut Work<'_>) {
        if !self.numbers.is_waiting() {
            self.ask_numbers(work, true);
        }
        if !self.list.loaded {
            // Who is wanted may have been said already: by another page that shows some of them here.
            self.list.show(self.list.filter.clone());
        }
    }
}

impl Step for ReviewStep {
    type Ask = ReviewAsk;

    fn handle(&mut self, ask: ReviewAsk, work: &mut Work<'_>) {
        match ask {
            ReviewAsk::Show(filter) => self.list.show(filter),
            ReviewAsk::Reveal(id) => self.list.reveal(id),
            ReviewAsk::Sort(sort) => self.list.sort_by(sort),
            ReviewAsk::Select(at, how) => {
                self.for_all = false;
                let order = std::sync::Arc::clone(&self.list.order);
                match how {
                    Select::Only => self.list.selection.only(&order, at),
                    Select::Toggle => self.list.selection.toggle(&order, at),
                    Select::Extend => self.list.selection.extend(&order, at),
                    Select::Move => self.list.selection.move_to(&order, at),
                    // Only the first of them are known yet: they are not everyone.
                    Select::All if self.list.count().is_none() => {}
                    Select::All => self.list.selection.all(&order),
                }
                if how != Select::All {
                    self.list.scroll_to = Some(at);
                }
            }
            ReviewAsk::Unselect => self.list.selection.clear(),
            ReviewAsk::ForAll(on) => self.for_all = on,
            ReviewAsk::Inspect(ask) => {
                let workspace = work.jobs.workspace().cloned();
                self.inspector.handle(ask, work.jobs, workspace.as_ref());
            }
            ReviewAsk::Trial(ask) => self.handle_trial(ask, work),
            ReviewAsk::Change(change) => self.start_change(work, vec![change]),
            ReviewAsk::Save(id, values) => {
                let who = Who::These(vec![id]);
                let set = |(attribute, value)| Change::Set { who: who.clone(), attribute, value };
                self.start_change(work, values.into_iter().map(set).collect());
            }
            ReviewAsk::Bulk(who, count) => self.bulk = Some(Bulk::open(who, count, work.jobs)),
            ReviewAsk::DropBulk => self.bulk = None,
            ReviewAsk::Repair(who, count, finding) => {
                self.repair = Some(RepairDialog::open(who, count, finding));
            }
            ReviewAsk::DropRepair => self.repair = None,
            ReviewAsk::Export => {
                if !self.picking.is_waiting() {
                    let wanted = Wanted::Save { title: "Export this list", name: "people.csv".into() };
                    self.picking.ask(work.jobs.pick(wanted));
                }
            }
        }
    }
}
