//! Step 2: where each column goes, and what changes on the way.

mod assign;
mod changes;
mod columns;
mod derived;
mod elsewhere;
mod filter;
mod former;
mod groups;
mod halves;
mod key;
mod passwords;
mod picker;
mod side;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Ui, UiBuilder, Vec2};

use self::assign::assign;
use self::changes::Editor;
use self::derived::Derived;
use self::former::Former;
use super::{Action, Footer, Page, Step, StepId, View, Work};
use crate::app::command::Command;
use crate::app::facts::{Facts, MappingFact, PeopleFact, SourceSetup};
use crate::app::jobs::{self, Job, Question, Suggested, Wanted};
use crate::mapping::{GroupCandidate, Mapping, OtherHalf, Rule, SwitchTable, Target, Transform};
use crate::migration::PersonKey;
use crate::migration::read::ReadEnd;
use crate::model::{Condition, Membership, Phase, Progress, Sample, Selection, TableName};
use crate::ui::Problem;
use crate::ui::theme::{Icon, size};
use crate::ui::widgets::{
    Card, Toast, Words as _, counted, empty_state, number, problem_card, progress_line, waiting,
};

/// The step's state.
#[derive(Default)]
pub struct MapStep {
    /// The mapping as it is edited.
    pub mapping: Option<Mapping>,
    /// The first rows.
    pub sample: Option<Sample>,
    /// The memberships that may give these people their groups.
    pub group_choices: Vec<GroupCandidate>,
    /// What tells these people apart, once it was looked at.
    pub key: Option<PersonKey>,
    /// Tables with what the mapping misses of these people.
    pub halves: Vec<OtherHalf>,
    /// Tables that may say who of them is switched off, and that the mapping doesn't read.
    pub switch_tables: Vec<SwitchTable>,
    /// What else should be known before these people are read.
    pub notes: Vec<String>,
    /// Why there are none, or why the last thing asked for failed.
    pub problem: Option<Problem>,
    /// Which of the first rows the preview shows.
    pub person: usize,
    /// The job that reads everyone, while it runs.
    pub reading: Option<Job<Progress, ReadEnd>>,
    /// The dialog with the changes of a rule, while it is open.
    editor: Option<Editor>,
    /// The dialog with the row filter, while it is open.
    filter: Option<Vec<Condition>>,
    /// The dialog that states how passwords were made, while it is open.
    stating: Option<passwords::Draft>,
    /// What is typed into the list of targets.
    search: String,
    /// The mapping of the rows chosen before, until the bar about it is put away.
    former: Option<Former>,
    derived: Derived,
    setup: Option<Arc<SourceSetup>>,
    asking: Question<Suggested>,
    keeping: Question<()>,
    saving: Question<PathBuf>,
    loading: Question<String>,
    picking: Question<Option<PathBuf>>,
    picking_to_save: bool,
}

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq)]
pub enum MapAsk {
    /// Send a column somewhere: the rule of that number, or a new one for the column.
    Assign {
        /// The rule to change; `None` for a new one.
        rule: Option<usize>,
        /// The column of a new rule.
        column: String,
        /// Where it goes; `None` leaves it behind.
        target: Option<Target>,
    },
    /// Use a column that may say who is switched off, or say that it doesn't: its rule.
    Switch(Box<Rule>),
    /// Open the dialog with the changes of a rule.
    Edit(usize),
    /// Take over the changes of the dialog.
    SetChanges(usize, Vec<Transform>),
    /// Close the dialog.
    DropEdit,
    /// Open the row filter.
    OpenFilter,
    /// Read only rows where all of these hold.
    SetFilter(Vec<Condition>),
    /// Close the row filter.
    DropFilter,
    /// Write a SELECT instead of a table.
    UseSql,
    /// Start over with Causeway's suggestion.
    Suggest,
    /// Go back to the rows chosen before, with their mapping as it was.
    BackToFormer,
    /// Put the bar about the rows chosen before away.
    DropFormer,
    /// Take the groups' join out, or none.
    DropGroups,
    /// Read these people together with their other half.
    Join(Box<Selection>),
    /// A table doesn't say who is switched off: don't ask about it again.
    LeaveTable(TableName),
    /// Tell people apart by these columns.
    SetKey(Vec<String>),
    /// Take the groups of this membership.
    TakeGroups(Box<Membership>),
    /// Takes the groups of this membership beside those that are taken.
    AddGroups(Box<Membership>),
    /// Show this of the first rows.
    Person(usize),
    /// Save the mapping to a file.
    Save,
    /// Load a mapping from a file.
    Load,
    /// Open the dialog that states how passwords were made.
    OpenPasswords,
    /// Take over what the dialog states.
    StatePasswords,
    /// Close it.
    DropPasswords,
    /// The mapping was changed elsewhere, and is kept already: something was stated about stored passwords.
    Stated(Box<Mapping>),
    /// Read everyone.
    Read,
    /// Stop reading.
    StopReading,
}

impl MapStep {
    /// Takes a mapping and the rows to show it on, as if just suggested; for tests and pictures too.
    pub fn show(&mut self, mapping: Mapping, sample: Sample) {
        self.mapping = Some(mapping);
        self.sample = Some(sample);
        self.problem = None;
        self.person = 0;
        self.derive();
    }

    fn derive(&mut self) {
        self.derived = match (&self.mapping, &self.sample) {
            (Some(mapping), Some(sample)) => {
                Derived::of(mapping, sample, self.person, chrono::Utc::now().date_naive())
            }
            _ => Derived::default(),
        };
    }

    fn rows(&self) -> Option<u64> {
        self.sample.as_ref().and_then(|s| s.rows).or_else(|| self.setup.as_ref().and_then(|s| s.rows))
    }

    /// The mapping was changed: shown, told, kept.
    fn changed(&mut self, work: &mut Work<'_>) {
        if let Some(mapping) = &mut self.mapping {
            mapping.note_product_of_path();
        }
        self.derive();
        let Some(mapping) = &self.mapping else { return };
        work.facts.mapping = Some(MappingFact {
            mapped: self.derived.mapped,
            columns: self.derived.columns,
            complete: self.derived.complete(),
        });
        self.keeping.ask(jobs::keep_mapping(work.jobs, mapping.clone()));
    }

    fn ask(&mut self, work: &mut Work<'_>, keep: Option<Mapping>) {
        let Some(setup) = &self.setup else { return };
        let selection = keep.as_ref().map_or_else(|| setup.selection.clone(), |m| m.selection.clone());
        self.problem = None;
        self.asking.ask(jobs::suggest_mapping(
            work.jobs,
            setup.spec.clone(),
            setup.catalog.clone(),
            selection,
            keep,
        ));
    }

    fn take_reading(&mut self, end: Result<ReadEnd, Problem>, work: &mut Work<'_>) {
        match end {
            Ok(ReadEnd::Done { summary, too_big }) => {
                let mut text = format!("{} read.", counted(summary.people, "person", "people"));
                if summary.unchanged + summary.changed > 0 {
                    text = format!(
                        "{text} {} new, {} changed, {} gone.",
                        number(summary.added),
                        number(summary.changed),
                        number(summary.gone)
                    );
                }
                work.toast(Toast::good(text));
                for big in too_big {
                    let values = counted(big.values, "value", "values");
                    work.toast(Toast::bad(format!(
                        "{values} of “{}” left out: larger than 1 MiB.",
                        big.column
                    )));
                }
                work.facts.read_from = self.setup.as_ref().map(|setup| setup.spec.summary());
                let before = work.facts.people.unwrap_or(PeopleFact { total: 0, blocked: 0, hook: 0 });
                work.facts.people = Some(PeopleFact { total: summary.people, ..before });
                work.send(Command::Refresh);
                work.send(super::OktaAsk::ReadAgain);
                if summary.people > 0 {
                    work.send(Command::GoTo(StepId::Review));
                } else {
                    self.problem = Some(Problem::new(
                        "Nobody was read.",
                        "No row passes “Only rows where…”, or the table is empty. Change the filter or choose another table.",
                    ));
                }
            }
            Ok(ReadEnd::Stopped) => work.toast(Toast::good("Stopped. Everything is as it was before.")),
            Err(problem) => self.problem = Some(problem),
        }
    }
}

impl Page for MapStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        (
            "Match columns to Okta attributes".into(),
            "Suggested from names and values. Send Okta what people sign in with, and leave the rest behind."
                .into(),
        )
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        if self.reading.is_some() {
            return Some("Reading…".into());
        }
        let known = facts.mapping?;
        Some(if known.columns == 0 {
            format!("{} mapped", counted(known.mapped as u64, "column", "columns"))
        } else {
            format!("{} of {} columns mapped", known.mapped, known.columns.max(known.mapped))
        })
    }

    fn footer(&self, facts: &Facts) -> Footer {
        if let Some(job) = &self.reading {
            let stopping = job.is_stopping();
            let word = if stopping { "Stopping…" } else { "Stop" };
            return Footer {
                back: false,
                secondary: vec![Action::new(word, MapAsk::StopReading).enabled(!stopping).danger()],
                note: "People are shown once everyone is read".into(),
                main: Some(Action::new("Reading…", MapAsk::Read).enabled(false)),
            };
        }
        let has = self.mapping.is_some();
        let secondary = vec![
            Action::new("Save mapping…", MapAsk::Save).enabled(has),
            Action::new("Load…", MapAsk::Load).enabled(self.sample.is_some()),
        ];
        let again = facts.people.is_some();
        let label = match (self.rows(), again) {
            (Some(rows), false) => format!("Read {}", counted(rows, "person", "people")),
            (Some(rows), true) => format!("Read {} again", counted(rows, "person", "people")),
            (None, false) => "Read everyone".into(),
            (None, true) => "Read everyone again".into(),
        };
        let note = self.derived.missing().unwrap_or_else(|| {
            if again {
                "Edits, and who is left out, are kept".into()
            } else {
                "Next: read and check everyone".into()
            }
        });
        let nobody = self.sample.as_ref().is_some_and(|sample| sample.records.is_empty());
        // Read again, nobody is an answer too: those who were there are gone.
        let ready = has && self.sample.is_some() && self.derived.missing().is_none() && (again || !nobody);
        let note = match (&self.sample, &self.problem) {
            (None, Some(_)) => "Without the first rows nobody can be read".into(),
            (None, None) => "Waiting for the first rows".into(),
            // Not by the number of rows, which may be the database's guess: the first ones were asked for.
            _ if nobody && again => "These rows hold nobody: read again, nobody is left to import".into(),
            _ if nobody => "These rows hold nobody".into(),
            _ => note,
        };
        Footer { back: true, secondary, note, main: Some(Action::new(label, MapAsk::Read).enabled(ready)) }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
            ui.add_space(size::TINY);
        }
        if let Some(job) = &self.reading {
            reading_ui(ui, &job.progress(), view);
            return;
        }
        self.elsewhere_ui(ui, view);
        self.former_ui(ui, view);
        if self.mapping.is_none() || self.sample.is_none() {
            Card::new().show(ui, |ui| {
                if self.asking.is_waiting() {
                    waiting(ui, "Reading the first rows");
                } else if empty_state(
                    ui,
                    Icon::Database,
                    "No rows to show",
                    "The first rows could not be read. Fix what is said above, then look again.",
                    Some("Look again"),
                ) {
                    view.send(MapAsk::Suggest);
                }
            });
            return;
        }
        let room = ui.available_rect_before_wrap();
        let side = 300.0_f32.min(room.width() * 0.36);
        let (left, right) = room.split_left_right_at_x(room.right() - side - size::GAP);
        let right = right.with_min_x(right.left() + size::GAP);
        let mut table = ui.new_child(UiBuilder::new().id_salt("map table").max_rect(left));
        self.columns_ui(&mut table, view);
        let mut cards = ui.new_child(UiBuilder::new().id_salt("map side").max_rect(right));
        self.side_ui(&mut cards, view);
        ui.allocate_space(Vec2::new(room.width(), room.height()));
        self.changes_ui(ui, view);
        self.filter_ui(ui, view);
        self.stating_ui(ui, view);
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        match self.asking.take() {
            None => {}
            Some(Ok(suggested)) => self.take_suggested(suggested, work),
            Some(Err(problem)) => self.problem = Some(problem),
        }
        if let Some(Err(problem)) = self.keeping.take() {
            self.problem = Some(problem);
        }
        match self.saving.take() {
            None => {}
            Some(Ok(path)) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                work.toast(Toast::good(format!("Mapping saved to {name}.")));
            }
            Some(Err(problem)) => self.problem = Some(problem),
        }
        match self.loading.take() {
            None => {}
            Some(Ok(text)) => match Mapping::from_json(&text) {
                Ok(mapping) => self.ask(work, Some(mapping)),
                Err(error) => self.problem = Some(error.into()),
            },
            Some(Err(problem)) => self.problem = Some(problem),
        }
        if let Some(Ok(Some(path))) = self.picking.take() {
            if self.picking_to_save {
                if let Some(mapping) = &self.mapping {
                    self.saving.ask(jobs::write_text(work.jobs, path, mapping.to_json()));
                }
            } else {
                self.loading.ask(jobs::read_text(work.jobs, path));
            }
        }
        if let Some(end) = self.reading.as_mut().and_then(Job::take) {
            self.reading = None;
            self.take_reading(end, work);
        }
    }

    fn opened(&mut self, work: &mut Work<'_>) {
        *self = Self::default();
        if let Some(kept) = &work.facts.kept {
            self.mapping.clone_from(&kept.mapping);
        }
    }

    fn entered(&mut self, work: &mut Work<'_>) {
        let Some(setup) = work.facts.source.as_ref().and_then(|s| s.setup.clone()) else { return };
        let same_people = self.mapping.as_ref().is_some_and(|m| m.selection.people == setup.selection.people);
        let same_source = self.same_source(&setup.spec, work.facts);
        self.setup = Some(setup);
        if same_people && same_source && self.sample.is_some() {
            return;
        }
        let known = self.sample.take().map(|sample| sample.columns);
        let current = self.mapping.take();
        let keep = if same_people { current } else { self.put_aside(current, known, same_source) };
        self.ask(work, keep);
    }
}

fn reading_ui(ui: &mut Ui, progress: &Progress, view: &mut View<'_>) {
    Card::new().show(ui, |ui| {
        ui.card_title("Reading people from the source");
        ui.add_space(size::TINY);
        progress_line(ui, "People read", progress);
        let total = progress.total.map(|n| format!(" of about {}", number(n))).unwrap_or_default();
        let words = match progress.phase {
            Phase::Preparing => "Connecting".to_owned(),
            Phase::Finishing => "Comparing people with each other".to_owned(),
            Phase::Working | Phase::Waiting | Phase::Paused => {
                format!("{} read{total}", number(progress.done))
            }
        };
        ui.body(words);
        ui.fine("One consistent snapshot of the source, read-only. If you stop, nothing changes.");
    });
    let _ = view;
}

impl Step for MapStep {
    type Ask = MapAsk;

    fn handle(&mut self, ask: MapAsk, work: &mut Work<'_>) {
        match ask {
            MapAsk::Assign { rule, column, target } => {
                let Some(mapping) = &mut self.mapping else { return };
                assign(mapping, self.sample.as_ref(), rule, column, target.as_ref());
                self.changed(work);
            }
            MapAsk::Switch(rule) => {
                let Some(mapping) = &mut self.mapping else { return };
                mapping.rules.push(*rule);
                self.changed(work);
            }
            MapAsk::Edit(at) => {
                if let (Some(mapping), Some(sample)) = (&self.mapping, &self.sample) {
                    self.editor = Editor::open(mapping, at, sample);
                }
            }
            MapAsk::SetChanges(at, transforms) => {
                self.editor = None;
                if let Some(rule) = self.mapping.as_mut().and_then(|m| m.rules.get_mut(at)) {
                    rule.transforms = transforms;
                    self.changed(work);
                }
            }
            MapAsk::DropEdit => self.editor = None,
            MapAsk::OpenFilter => {
                let Some(mapping) = &self.mapping else { return };
                self.filter = Some(mapping.selection.only.clone());
            }
            MapAsk::SetFilter(only) => {
                self.filter = None;
                let Some(mut mapping) = self.mapping.clone() else { return };
                mapping.selection.only = only;
                self.ask(work, Some(mapping));
            }
            MapAsk::DropFilter => self.filter = None,
            MapAsk::UseSql => {
                work.send(Command::GoTo(StepId::Source));
                work.send(super::SourceAsk::WriteSql);
            }
            MapAsk::Suggest => self.ask(work, None),
            MapAsk::BackToFormer => self.back_to_former(work),
            MapAsk::DropFormer => self.former = None,
            MapAsk::DropGroups => {
                let Some(mut mapping) = self.mapping.clone() else { return };
                mapping.selection.drop_groups();
                self.ask(work, Some(mapping));
            }
            MapAsk::Join(selection) => self.choose(*selection, work),
            MapAsk::LeaveTable(table) => {
                let Some(mapping) = &mut self.mapping else { return };
                self.switch_tables.retain(|other| other.table != table);
                mapping.left_tables.push(table);
                self.changed(work);
            }
            MapAsk::SetKey(columns) => {
                let Some(mut mapping) = self.mapping.clone() else { return };
                mapping.selection.key = columns;
                self.ask(work, Some(mapping));
            }
            MapAsk::AddGroups(membership) => {
                let Some(mut mapping) = self.mapping.clone() else { return };
                mapping.selection.add_groups(*membership);
                self.ask(work, Some(mapping));
            }
            MapAsk::TakeGroups(membership) => {
                let Some(mut mapping) = self.mapping.clone() else { return };
                mapping.selection.drop_groups();
                mapping.selection.add_groups(*membership);
                self.ask(work, Some(mapping));
            }
            MapAsk::Person(at) => {
                let last = self.sample.as_ref().map_or(0, |s| s.records.len().saturating_sub(1));
                self.person = at.min(last);
                self.derive();
            }
            MapAsk::OpenPasswords => self.open_passwords(),
            MapAsk::StatePasswords => {
                if self.state_passwords() {
                    self.changed(work);
                    if work.facts.people.is_some() {
                        work.toast(Toast::good("Saved. Read people again so that it applies to everyone."));
                    }
                }
            }
            MapAsk::DropPasswords => self.stating = None,
            MapAsk::Stated(mapping) => {
                self.mapping = Some(*mapping);
                self.derive();
            }
            MapAsk::Save => {
                self.picking_to_save = true;
                let name = "mapping.json".to_owned();
                self.picking.ask(work.jobs.pick(Wanted::Save { title: "Save the mapping", name }));
            }
            MapAsk::Load => {
                self.picking_to_save = false;
                let kinds: &[(&str, &[&str])] = &[("Mappings", &["json"])];
                self.picking.ask(work.jobs.pick(Wanted::Open { title: "Load a mapping", kinds }));
            }
            MapAsk::Read => {
                let (Some(setup), Some(mapping)) = (&self.setup, &self.mapping) else { return };
                if self.derived.missing().is_some() || self.reading.is_some() {
                    return;
                }
                self.problem = None;
                match jobs::read_people(work.jobs, setup.spec.clone(), mapping.clone(), self.rows()) {
                    Ok(job) => self.reading = Some(job),
                    Err(_) => work.toast(Toast::bad("People are being read already.")),
                }
            }
            MapAsk::StopReading => {
                if let Some(job) = &self.reading {
                    job.stop();
                }
            }
        }
    }
}
