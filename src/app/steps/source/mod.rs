//! Step 1: where people are today. Pick a kind, fill in the form, test, and choose the table.

mod chooser;
mod form;
mod found;
mod kinds;

use egui::{ScrollArea, Ui};

pub(super) use chooser::shown;
pub(crate) use form::Form;

use super::{Action, Footer, Page, Step, StepId, View, Work};
use crate::app::command::Command;
use crate::app::facts::{Facts, SourceFact, SourceSetup};
use crate::app::jobs::{self, Question, Tested, Wanted};
use crate::mapping::selection_for;
use crate::model::{Condition, Explain as _, People, Sample, Selection, TableName};
use crate::source::{Input, SourceKind, SourceSpec, Tile, select_of};
use crate::ui::Problem;
use crate::ui::theme::size;
use crate::ui::widgets::{Toast, problem_card, scrolled, waiting};

/// The step's state.
#[derive(Default)]
pub struct SourceStep {
    /// What is typed and chosen.
    pub(crate) form: Form,
    /// Whether a kind was chosen; else the kinds are shown.
    kind_chosen: bool,
    /// What the kinds are searched for.
    search: String,
    /// What the last test found; `None` when it failed or the form was changed since.
    pub tested: Option<Tested>,
    /// Why the last test failed.
    pub problem: Option<Problem>,
    /// Which rows are people.
    pub chosen: Option<Chosen>,
    /// The dialog for choosing another table or writing SQL, while it is open.
    pub chooser: Option<Chooser>,
    testing: Question<Tested>,
    tried: Option<SourceSpec>,
    looking: Question<Sample>,
    keeping: Question<()>,
    picking: Question<Option<std::path::PathBuf>>,
    picking_for: Option<&'static str>,
}

/// Which rows are people, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Which rows.
    pub selection: Selection,
    /// The table's name, or `your own SQL`.
    pub name: String,
    /// Rows, as far as known.
    pub rows: Option<u64>,
    /// Why Causeway thinks so; empty when the administrator chose it.
    pub reasons: Vec<String>,
    /// The product these tables are of, if known.
    pub product: Option<&'static str>,
}

impl Chosen {
    /// Rows that the administrator chose, now or before.
    fn by_hand(selection: Selection, rows: Option<u64>) -> Self {
        Self { name: people_words(&selection.people), selection, rows, reasons: Vec::new(), product: None }
    }
}

/// Which rows, in words: the table's name, or `your own SQL`.
pub(super) fn people_words(people: &People) -> String {
    match people {
        People::Table(name) => name.display(),
        People::Sql(_) => "your own SQL".into(),
    }
}

/// The dialog for choosing another table or writing SQL.
#[derive(Default)]
pub struct Chooser {
    /// Whether SQL is being written.
    pub sql: bool,
    /// What the tables are searched for.
    pub search: String,
    /// The table chosen.
    pub table: Option<TableName>,
    /// The SELECT written.
    pub text: String,
    /// The first rows of the table or SELECT looked at.
    pub rows: Option<Sample>,
    /// Why there are none.
    pub problem: Option<Problem>,
    /// Whether the SELECT is to be used as soon as its first rows are seen.
    use_when_seen: bool,
    /// Whether it was opened from Map, which is shown again after it.
    from_map: bool,
    /// Whether the field for the SELECT is to get the keyboard.
    focus: bool,
}

impl Chooser {
    /// Opens it where the rows chosen now are.
    fn at(people: Option<&People>) -> Self {
        let mut chooser = Self::default();
        match people {
            Some(People::Table(name)) => chooser.table = Some(name.clone()),
            Some(People::Sql(text)) => {
                chooser.sql = true;
                chooser.text.clone_from(text);
            }
            None => {}
        }
        chooser
    }

    /// Turns to the SELECT. Where none was written yet it begins with what the table gives, and the keyboard goes there.
    fn turn_to_sql(&mut self) {
        self.sql = true;
        self.focus = true;
        if let (true, Some(table)) = (self.text.trim().is_empty(), &self.table) {
            self.text = select_of(table);
        }
    }
}

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceAsk {
    /// Test the connection.
    Test,
    /// The form was changed: what was found no longer holds.
    Changed,
    /// Fill the form from the pasted URL.
    TakeUrl,
    /// Show the kinds to choose from.
    Kinds,
    /// Show the form again.
    Form,
    /// Fill in the form of this kind, as it is offered there.
    Kind(SourceKind, &'static Tile),
    /// Pick a file for this field of the form with the system's dialog.
    Pick(&'static str),
    /// Pick the file that people are in.
    PickAny,
    /// Take the file that people are in: picked or dropped.
    TakeFile(std::path::PathBuf),
    /// Open the dialog for another table or SQL.
    Choose,
    /// Open it from Map, to write or change the SELECT.
    WriteSql,
    /// Look at the first rows of what is chosen in the dialog.
    Look,
    /// Use what is chosen in the dialog.
    Use,
    /// Close the dialog.
    Drop,
    /// Go back to rows that were chosen before.
    ChooseAgain(Box<Selection>),
    /// Use the sample company.
    Sample,
    /// Go on to the mapping.
    Continue,
}

impl SourceStep {
    /// Fills the form from a connection URL; one that can't be understood changes nothing.
    pub fn paste_url(&mut self, url: &str) {
        self.form.url = Some(url.to_owned());
        self.kind_chosen |= self.form.take_url().is_ok();
    }

    /// Shows what a test found, as if it was just made; for tests and pictures.
    pub fn show(&mut self, tested: Tested) {
        self.tried = Some(tested.spec.clone());
        self.found(tested);
    }

    /// Whether the form is ready to be tested; else what is missing.
    fn missing(&self) -> Option<&'static str> {
        self.form.missing()
    }

    /// Whether a test is under way.
    pub fn is_testing(&self) -> bool {
        self.testing.is_waiting()
    }

    fn test(&mut self, work: &mut Work<'_>) {
        if self.missing().is_some() {
            return;
        }
        let spec = self.form.spec();
        self.problem = None;
        self.tested = None;
        self.tried = Some(spec.clone());
        self.testing.ask(jobs::test_source(work.jobs, spec, self.form.password()));
    }

    fn take(&mut self, tested: Tested, work: &mut Work<'_>) {
        if let Some(not_kept) = &tested.not_kept {
            work.toast(Toast::bad(format!(
                "{} The password is stored for this session only.",
                not_kept.what
            )));
        }
        self.found(tested);
        self.tell(work);
    }

    /// Takes what a test found, with the guess where people are, or the table chosen before if it is still there.
    fn found(&mut self, tested: Tested) {
        self.form.password_taken(tested.kept_in);
        let keep = self.chosen.take().filter(|chosen| still_there(chosen, &tested));
        // As many rows as it has now, which may be another database's.
        let keep =
            keep.map(|chosen| Chosen { rows: tested.probe.catalog.rows(&chosen.selection.people), ..chosen });
        self.chosen = keep.or_else(|| {
            tested.guesses.first().map(|guess| Chosen {
                selection: guess.selection.clone(),
                name: guess.table.display(),
                rows: tested.probe.catalog.rows(&guess.selection.people),
                reasons: guess.reasons.clone(),
                product: guess.product,
            })
        });
        self.tested = Some(tested);
    }

    /// Tells the facts what is known now.
    fn tell(&self, work: &mut Work<'_>) {
        let (Some(tested), Some(chosen)) = (&self.tested, &self.chosen) else { return };
        work.facts.sample = jobs::is_sample(work.jobs.places(), Some(&tested.spec));
        work.facts.source = Some(SourceFact {
            summary: tested.spec.summary(),
            setup: Some(std::sync::Arc::new(SourceSetup {
                spec: tested.spec.clone(),
                catalog: Some(tested.probe.catalog.clone()),
                selection: chosen.selection.clone(),
                rows: chosen.rows,
            })),
        });
        // A workspace just opened knows its rules; how many columns there are, the source says.
        let table = match &chosen.selection.people {
            People::Table(name) => tested.probe.catalog.table(name),
            People::Sql(_) => None,
        };
        if let (Some(mapping), Some(table)) = (work.facts.mapping.as_mut().filter(|m| m.columns == 0), table)
        {
            mapping.columns = table.columns.len();
        }
    }

    fn use_chooser(&mut self, work: &mut Work<'_>) {
        let (Some(chooser), Some(tested)) = (self.chooser.take(), &self.tested) else { return };
        self.looking.forget();
        let from_map = chooser.from_map;
        self.chosen = if chooser.sql {
            let text = chooser.text.trim().to_owned();
            let selection = Selection {
                people: People::Sql(text),
                key: Vec::new(),
                only: Vec::<Condition>::new(),
                groups: None,
                more_groups: Vec::new(),
            };
            let rows = chooser.rows.as_ref().and_then(|sample| sample.rows);
            Some(Chosen::by_hand(selection, rows))
        } else {
            let catalog = &tested.probe.catalog;
            chooser.table.map(|table| {
                let selection = selection_for(catalog, &table);
                let rows = catalog.rows(&selection.people);
                Chosen::by_hand(selection, rows)
            })
        };
        self.tell(work);
        if from_map && self.chosen.is_some() {
            work.send(SourceAsk::Continue);
        }
    }
}

fn still_there(chosen: &Chosen, tested: &Tested) -> bool {
    match &chosen.selection.people {
        People::Table(name) => tested.probe.catalog.table(name).is_some(),
        People::Sql(_) => true,
    }
}

impl Page for SourceStep {
    fn heading(&self, _: &Facts) -> (String, String) {
        (
            "Where are your people today?".into(),
            "Causeway only reads from this system. It never changes it.".into(),
        )
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        let tested = self.tested.as_ref().map(|tested| tested.spec.summary());
        tested.or_else(|| facts.source.as_ref().map(|source| source.summary.clone()))
    }

    fn footer(&self, _: &Facts) -> Footer {
        let test = |label: &str| Action::new(label, SourceAsk::Test).enabled(self.missing().is_none());
        let back = false;
        if !self.kind_chosen {
            let title = self.form.tile().title;
            let form = Action::new(format!("Back to {title}"), SourceAsk::Form);
            return Footer {
                back,
                secondary: self.tried.iter().map(|_| form.clone()).collect(),
                note: "Choose where your people are".into(),
                main: Some(Action::new("Continue", SourceAsk::Continue).enabled(false)),
            };
        }
        let kinds = || Action::new("All kinds", SourceAsk::Kinds);
        if self.is_testing() {
            let main = Action::new("Testing…", SourceAsk::Test).enabled(false);
            return Footer {
                back,
                note: "Waiting for the server to answer".into(),
                main: Some(main),
                ..Footer::default()
            };
        }
        match (&self.tested, &self.chosen) {
            (Some(_), Some(_)) => Footer {
                back,
                secondary: vec![kinds(), test("Test again")],
                note: "Next: match columns to Okta attributes".into(),
                main: Some(Action::new("Continue", SourceAsk::Continue)),
            },
            (Some(_), None) => Footer {
                back,
                secondary: vec![kinds(), test("Test again")],
                note: "Choose the table your people are in".into(),
                main: Some(Action::new("Continue", SourceAsk::Continue).enabled(false)),
            },
            (None, _) => Footer {
                back,
                secondary: vec![kinds()],
                note: self.missing().unwrap_or("Next: see what's there").into(),
                main: Some(test("Test connection")),
            },
        }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        scrolled(ui, ScrollArea::vertical().auto_shrink(false), |ui| {
            ui.spacing_mut().item_spacing.y = size::MEDIUM;
            if !self.kind_chosen {
                self.kinds_ui(ui, view);
                return;
            }
            self.form_ui(ui, view);
            if self.is_testing() {
                let place = self.form.place();
                crate::ui::widgets::Card::new()
                    .padding(16.0)
                    .show(ui, |ui| waiting(ui, format!("Connecting to {place}")));
            }
            if let Some(problem) = &self.problem {
                problem_card(ui, problem);
            }
            if let Some(tested) = &self.tested {
                found::found_ui(ui, tested, self.chosen.as_ref(), view);
            }
        });
        if self.chooser.is_some() {
            self.chooser_ui(ui, view);
        } else if let Some(file) =
            ui.input(|i| i.raw.dropped_files.first().map(|file| file.path().to_path_buf()))
        {
            view.send(SourceAsk::TakeFile(file));
        }
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        match self.testing.take() {
            None => {}
            Some(Ok(tested)) => {
                self.take(tested, work);
                if self.chooser.is_some() {
                    work.send(SourceAsk::Look);
                }
            }
            Some(Err(problem)) => {
                self.problem = Some(problem);
                self.chooser = None;
            }
        }
        if let (Some(answer), Some(chooser)) = (self.looking.take(), &mut self.chooser) {
            match answer {
                Ok(sample) => {
                    chooser.problem = None;
                    chooser.rows = Some(sample);
                    if std::mem::take(&mut chooser.use_when_seen) {
                        work.send(SourceAsk::Use);
                    }
                }
                Err(problem) => {
                    chooser.rows = None;
                    chooser.use_when_seen = false;
                    chooser.problem = Some(problem);
                }
            }
        }
        if let Some(Err(problem)) = self.keeping.take() {
            work.toast(Toast::bad(problem.what));
        }
        if let Some(Ok(Some(path))) = self.picking.take() {
            match self.picking_for {
                Some(field) => {
                    self.form.picked(field, &path);
                    work.send(SourceAsk::Changed);
                }
                None => work.send(SourceAsk::TakeFile(path)),
            }
        }
    }

    fn opened(&mut self, work: &mut Work<'_>) {
        *self = Self::default();
        let Some(kept) = work.facts.kept.clone() else { return };
        if let Some(spec) = &kept.source {
            self.form = Form::of(spec, work.jobs.secrets().place());
            self.kind_chosen = true;
            if let Some(mapping) = &kept.mapping {
                self.chosen = Some(Chosen::by_hand(mapping.selection.clone(), None));
            }
            self.test(work);
        } else {
            self.form = Form::default();
            self.form.keychain = work.jobs.secrets().place();
        }
    }
}

impl Step for SourceStep {
    type Ask = SourceAsk;

    fn handle(&mut self, ask: SourceAsk, work: &mut Work<'_>) {
        match ask {
            SourceAsk::Test => self.test(work),
            SourceAsk::Changed => {
                if self.tried.as_ref().is_some_and(|tried| *tried != self.form.spec()) {
                    self.tested = None;
                    self.problem = None;
                    self.testing.forget();
                    self.tried = None;
                }
            }
            SourceAsk::TakeUrl => {
                if let Err(error) = self.form.take_url() {
                    self.form.url_error = Some(format!("{error} {}", error.advice()));
                } else {
                    self.kind_chosen = true;
                    work.send(SourceAsk::Changed);
                }
            }
            SourceAsk::Kinds => self.kind_chosen = false,
            SourceAsk::Form => self.kind_chosen = true,
            SourceAsk::Kind(kind, tile) => {
                self.form.turn_to(kind, tile);
                self.kind_chosen = true;
                work.send(SourceAsk::Changed);
            }
            SourceAsk::TakeFile(file) => match self.form.take_file(&file) {
                Ok(()) => {
                    self.kind_chosen = true;
                    work.send(SourceAsk::Changed);
                }
                Err(error) => self.form.url_error = Some(format!("{error} {}", error.advice())),
            },
            SourceAsk::Pick(id) => {
                let field = self.form.kind.about().form.field(id);
                let Some(Input::File { title, kinds }) = field.map(|field| field.input) else { return };
                self.picking_for = Some(id);
                self.picking.ask(work.jobs.pick(Wanted::Open { title, kinds }));
            }
            SourceAsk::PickAny => {
                self.picking_for = None;
                let wanted =
                    Wanted::Open { title: "The file your people are in", kinds: &[("All files", &["*"])] };
                self.picking.ask(work.jobs.pick(wanted));
            }
            SourceAsk::Choose => {
                self.chooser = Some(Chooser::at(self.chosen.as_ref().map(|chosen| &chosen.selection.people)));
                work.send(SourceAsk::Look);
            }
            SourceAsk::WriteSql => {
                let mut chooser = Chooser::at(self.chosen.as_ref().map(|chosen| &chosen.selection.people));
                chooser.turn_to_sql();
                chooser.from_map = true;
                self.chooser = Some(chooser);
                // A migration just opened has not looked at its source yet; the dialog comes when it has.
                if self.tested.is_none() && !self.is_testing() {
                    self.test(work);
                }
                work.send(SourceAsk::Look);
            }
            SourceAsk::Look => {
                let (Some(chooser), Some(tested)) = (&mut self.chooser, &self.tested) else { return };
                let selection = if chooser.sql {
                    let text = chooser.text.trim();
                    if text.is_empty() {
                        // Rows of a table that are still on their way are not of this SELECT.
                        self.looking.forget();
                        return;
                    }
                    Selection {
                        people: People::Sql(text.to_owned()),
                        key: Vec::new(),
                        only: Vec::new(),
                        groups: None,
                        more_groups: Vec::new(),
                    }
                } else {
                    let Some(table) = &chooser.table else { return };
                    Selection::table(table.clone())
                };
                self.looking.ask(jobs::sample_rows(work.jobs, tested.spec.clone(), selection, 8));
            }
            SourceAsk::Use => match &mut self.chooser {
                // A SELECT is tried before it is used: what is wrong with it is said beside it.
                Some(chooser) if chooser.sql && chooser.rows.is_none() => {
                    chooser.use_when_seen = true;
                    work.send(SourceAsk::Look);
                }
                _ => self.use_chooser(work),
            },
            SourceAsk::Drop => {
                self.looking.forget();
                if self.chooser.take().is_some_and(|chooser| chooser.from_map) {
                    work.send(Command::GoTo(StepId::Map));
                }
            }
            SourceAsk::ChooseAgain(selection) => {
                let table = match (&selection.people, &self.tested) {
                    (People::Table(name), Some(tested)) => tested.probe.catalog.table(name),
                    _ => None,
                };
                let rows = table.and_then(|table| table.rows);
                self.chosen = Some(Chosen::by_hand(*selection, rows));
                self.tell(work);
            }
            SourceAsk::Sample => work.send(crate::app::start::StartAsk::Sample),
            SourceAsk::Continue => {
                let (Some(tested), Some(_)) = (&self.tested, &self.chosen) else { return };
                self.keeping.ask(jobs::keep_source(work.jobs, tested.spec.clone()));
                self.tell(work);
                work.send(Command::GoTo(StepId::Map));
            }
        }
    }
}
