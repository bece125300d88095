//! The start page: recent workspaces, a new one, the sample company.

mod keyless;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{
    Align, CentralPanel, CornerRadius, Frame, Layout, Margin, Role, ScrollArea, Sense, Stroke, Ui, Vec2,
    WidgetInfo,
};

pub use keyless::Keyless;

use super::command::Command;
use super::facts::{Facts, ImportFact, MappingFact, OpenWorkspace, SourceFact, SourceSetup};
use super::jobs::{self, Contents, Jobs, KeyPlace, Opened, Question, Settings, Wanted};
use super::steps::{View, Work};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Look, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Push, Words as _, at_right, card, counted, empty_state, problem_card,
    scrolled, segmented, waiting,
};

/// A workspace opened before.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recent {
    /// What the administrator calls it.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it holds in one line.
    #[serde(default)]
    pub note: String,
    /// Whether the file is gone.
    #[serde(skip)]
    pub missing: bool,
}

/// What is typed into the dialog for a new migration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewForm {
    /// What to call it.
    pub name: String,
    /// Where its file goes.
    pub path: String,
    /// Whether the path was typed or picked; until then it follows the name.
    pub path_chosen: bool,
}

/// The start page's state.
#[derive(Default)]
pub struct Start {
    /// What is in the settings file.
    pub settings: Settings,
    /// What went wrong with the thing last tried.
    pub problem: Option<Problem>,
    /// The dialog for a new migration, while it is open.
    pub new: Option<NewForm>,
    /// The question where a key goes that the keychain did not take, while it is open.
    pub keyless: Option<Keyless>,
    /// The path typed to open a workspace that is not in the list.
    pub path: String,
    reading: Question<Settings>,
    writing: Question<()>,
    opening: Question<Opened>,
    what: &'static str,
    picking: Question<Option<PathBuf>>,
    picking_new: Question<Option<PathBuf>>,
}

/// What a person can ask for on the start page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartAsk {
    /// Look for recent workspaces.
    Look,
    /// Show the dialog for a new migration.
    New,
    /// Close that dialog.
    DropNew,
    /// Pick where the new file goes, with the system's dialog.
    PickNew,
    /// Make the new migration.
    Create,
    /// Open this workspace.
    Open(PathBuf),
    /// Pick a workspace with the system's dialog, and open it.
    PickOpen,
    /// Take this workspace off the list; the file stays.
    Forget(PathBuf),
    /// Make the sample company and open it.
    Sample,
    /// What the keychain did not take goes here; the keychain again, too.
    Key(KeyPlace),
    /// Make nothing then.
    DropKey,
    /// Remember the look.
    Remember(Look),
}

impl Start {
    /// Whether something is being opened.
    pub fn is_busy(&self) -> bool {
        self.opening.is_waiting()
    }

    /// The page is shown again.
    pub(super) fn shown(&mut self, work: &mut Work<'_>) {
        work.jobs.hold(None);
        self.problem = None;
        self.reading.ask(jobs::read_settings(work.jobs));
    }

    /// Takes in what jobs sent.
    pub(super) fn logic(&mut self, work: &mut Work<'_>) {
        if let Some(Ok(settings)) = self.reading.take() {
            if settings.look != self.settings.look {
                work.send(Command::Look(settings.look));
            }
            self.settings = settings;
        }
        if let Some(Err(problem)) = self.writing.take() {
            tracing::warn!(what = problem.what, "the settings were not written");
        }
        if let Some(Ok(Some(path))) = self.picking.take() {
            work.send(StartAsk::Open(path));
        }
        if let (Some(Ok(Some(path))), Some(new)) = (self.picking_new.take(), &mut self.new) {
            new.path = path.display().to_string();
            new.path_chosen = true;
        }
        match self.opening.take() {
            None => {}
            Some(Ok(Opened::Contents(contents))) => self.take_over(*contents, work),
            Some(Ok(Opened::NoKeychain(why))) => {
                let place = self.keyless.take().map_or(KeyPlace::File, |asked| asked.place);
                self.keyless = Some(Keyless { why, place, problem: None });
            }
            Some(Err(problem)) => match &mut self.keyless {
                Some(keyless) => keyless.problem = Some(problem),
                None => self.problem = Some(problem),
            },
        }
    }

    /// A workspace is open: it becomes the one the window is about.
    fn take_over(&mut self, contents: Contents, work: &mut Work<'_>) {
        self.new = None;
        self.keyless = None;
        self.problem = None;
        *work.facts = facts_of(&contents);
        work.facts.sample = jobs::is_sample(work.jobs.places(), contents.source.as_ref());
        let recent = Recent {
            name: contents.workspace.name().to_owned(),
            path: contents.workspace.path().to_path_buf(),
            note: note_of(work.facts),
            missing: false,
        };
        self.settings.remember(recent);
        self.writing.ask(jobs::write_settings(work.jobs, self.settings.clone()));
        work.jobs.hold(Some(contents.workspace));
        work.send(Command::Opened);
    }

    /// Carries out what was asked.
    pub(super) fn handle(&mut self, ask: StartAsk, work: &mut Work<'_>) {
        match ask {
            StartAsk::Look => self.reading.ask(jobs::read_settings(work.jobs)),
            StartAsk::New => {
                let mut form = NewForm { name: "Intranet to Okta".into(), ..NewForm::default() };
                form.path = proposed_path(&work.jobs.places().data, &form.name);
                self.problem = None;
                self.new = Some(form);
            }
            StartAsk::DropNew => self.new = None,
            StartAsk::PickNew => {
                let name = self.new.as_ref().map_or_else(String::new, |new| file_name(&new.name));
                self.picking_new.ask(work.jobs.pick(Wanted::Save { title: "New migration", name }));
            }
            StartAsk::Create => {
                self.make(KeyPlace::Keychain, work);
            }
            // One whose key was there for a session is made anew.
            StartAsk::Open(path) if jobs::is_sample_file(work.jobs.places(), &path) => {
                work.send(StartAsk::Sample);
            }
            StartAsk::Open(path) => {
                self.problem = None;
                self.what = "Opening the migration";
                self.opening.ask(jobs::open(work.jobs, path));
            }
            StartAsk::PickOpen => self.picking.ask(work.jobs.pick(Wanted::Open {
                title: "Open a migration",
                kinds: &[("Causeway migrations", &["causeway"])],
            })),
            StartAsk::Forget(path) => {
                self.settings.recent.retain(|recent| recent.path != path);
                self.writing.ask(jobs::write_settings(work.jobs, self.settings.clone()));
            }
            StartAsk::Sample => {
                self.problem = None;
                self.what = "Creating the sample company";
                self.opening.ask(jobs::sample(work.jobs));
            }
            StartAsk::Key(place) => {
                if let Some(keyless) = &mut self.keyless {
                    keyless.problem = None;
                }
                self.make(place, work);
            }
            StartAsk::DropKey => self.keyless = None,
            StartAsk::Remember(look) => self.remember_look(look, work.jobs),
        }
    }
}

impl Start {
    /// Keeps a chosen look for the next time, wherever it was chosen.
    pub(super) fn remember_look(&mut self, look: Look, jobs: &Jobs) {
        if self.settings.look != look {
            self.settings.look = look;
            self.writing.ask(jobs::write_settings(jobs, self.settings.clone()));
        }
    }

    /// Makes what was asked for, with its key in this place.
    fn make(&mut self, key: KeyPlace, work: &Work<'_>) {
        let Some(new) = &self.new else { return };
        let mut path = PathBuf::from(new.path.trim());
        if path.extension().is_none() {
            path.set_extension("causeway");
        }
        self.what = "Creating the migration";
        self.opening.ask(jobs::create(work.jobs, path, new.name.trim().to_owned(), key));
    }
}

/// What a workspace's contents tell.
fn facts_of(contents: &Contents) -> Facts {
    let mut facts = Facts {
        workspace: Some(OpenWorkspace {
            name: contents.workspace.name().to_owned(),
            path: contents.workspace.path().to_path_buf(),
        }),
        source: contents.source.as_ref().map(|spec| SourceFact {
            summary: spec.summary(),
            setup: contents.mapping.as_ref().map(|mapping| {
                Arc::new(SourceSetup {
                    spec: spec.clone(),
                    catalog: None,
                    selection: mapping.selection.clone(),
                    rows: None,
                })
            }),
        }),
        mapping: contents.mapping.as_ref().map(|mapping| MappingFact {
            mapped: crate::mapping::mapped_columns(mapping),
            columns: 0,
            complete: crate::mapping::required_matched(mapping).0
                == crate::mapping::required_matched(mapping).1,
        }),
        one_session: contents.one_session,
        read_from: contents.read_from.clone(),
        import: ImportFact { begun: contents.import_begun, ..ImportFact::default() },
        rehearsed: contents.rehearsed,
        kept: Some(Arc::new(super::facts::Kept {
            source: contents.source.clone(),
            mapping: contents.mapping.clone(),
            place: contents.place.clone(),
            cut_off: contents.cut_off,
        })),
        ..Facts::default()
    };
    facts.take_counts(&contents.counts);
    facts
}

/// A workspace in one line for the list.
fn note_of(facts: &Facts) -> String {
    let source = facts.source.as_ref().map(|s| s.summary.clone());
    note_words(source, facts.people.map_or(0, |p| p.total), facts.import.done)
}

/// `SQLite · company.db · 255 people · 235 in Okta`.
pub(super) fn note_words(source: Option<String>, people: u64, in_okta: u64) -> String {
    let people = (people > 0).then(|| counted(people, "person", "people"));
    let in_okta = (in_okta > 0).then(|| format!("{} in Okta", crate::ui::widgets::number(in_okta)));
    [source, people, in_okta].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A file name from what a person calls a migration.
fn file_name(name: &str) -> String {
    let kept: String = name
        .trim()
        .chars()
        .map(|c| if c.is_alphanumeric() || " -_.".contains(c) { c } else { '-' })
        .collect();
    let kept = kept.trim_matches(['.', ' ', '-']);
    format!("{}.causeway", if kept.is_empty() { "Migration" } else { kept })
}

fn proposed_path(data: &Path, name: &str) -> String {
    data.join(file_name(name)).display().to_string()
}

/// Draws the page.
pub(super) fn start_ui(ui: &mut Ui, start: &mut Start, look: Look, view: &mut View<'_>) {
    let t = tokens(ui);
    let page = Frame::new().fill(t.bg).inner_margin(Margin::symmetric(28, 0));
    CentralPanel::default().frame(page).show(ui, |ui| {
        super::shell::name_panel(ui, "Start page");
        let room = ui.available_size();
        let width = room.x.min(840.0);
        ui.add_space((room.y * 0.09).clamp(24.0, 96.0));
        ui.horizontal(|ui| {
            ui.add_space((room.x - width) / 2.0);
            ui.allocate_ui_with_layout(Vec2::new(width, room.y * 0.88), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                content_ui(ui, start, look, view);
            });
        });
    });
    if start.keyless.is_some() {
        keyless::dialog(ui, start, view);
    } else if start.new.is_some() {
        new_dialog(ui, start, view);
    }
}

fn content_ui(ui: &mut Ui, start: &mut Start, look: Look, view: &mut View<'_>) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        Icon::Bridge.show(ui, 40.0, t.accent);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.words(Face::Title, t.text, "Causeway");
            ui.muted("Moves people, with their passwords, from an old user store into Okta.");
        });
        at_right(ui, |ui| {
            let mut chosen = look;
            let words: Vec<(Look, &str)> = Look::ALL.iter().map(|l| (*l, l.word())).collect();
            if segmented(ui, &mut chosen, &words) {
                view.send(Command::Look(chosen));
                view.send(StartAsk::Remember(chosen));
            }
        });
    });
    ui.add_space(size::GAP);
    let busy = start.is_busy();
    ui.add_enabled_ui(!busy, |ui| {
        crate::ui::widgets::cells(ui, &[1.0, 1.0], |ui, at| {
            if at == 0 {
                let note = "Choose where people are today. Nothing is sent until you say so.";
                if big_button(ui, Icon::Plus, "New migration", note, true).clicked() {
                    view.send(StartAsk::New);
                }
            } else {
                let note = "A small company and a pretend Okta org on this computer. Nothing leaves it.";
                if big_button(ui, Icon::Building, "Try the sample company", note, false).clicked() {
                    view.send(StartAsk::Sample);
                }
            }
        });
    });
    ui.add_space(size::TINY);
    if busy {
        waiting(ui, start.what);
    }
    if let (Some(problem), None) = (&start.problem, &start.new) {
        problem_card(ui, problem);
        ui.add_space(size::TINY);
    }
    card(ui, |ui| {
        ui.card_title("Recent migrations");
        ui.add_space(size::TINY);
        if start.settings.recent.is_empty() {
            empty_state(ui, Icon::Folder, "Nothing here yet", "Migrations you open are listed here.", None);
        } else {
            let room = (ui.available_height() - 70.0).max(96.0);
            scrolled(ui, ScrollArea::vertical().max_height(room).auto_shrink([false, true]), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for recent in &start.settings.recent {
                    recent_row(ui, recent, busy, view);
                }
            });
        }
        ui.add_space(size::SMALL);
        ui.horizontal(|ui| {
            let open = Push::plain("Open").enabled(!busy && !start.path.trim().is_empty());
            let choose = Push::plain("Choose file…").icon(Icon::Folder).enabled(!busy);
            let beside = open.measure(ui) + choose.measure(ui) + 2.0 * ui.spacing().item_spacing.x;
            let width = ui.available_width() - beside;
            let field = Field::new("Path of a migration file")
                .hide_label()
                .hint("…or the path of a .causeway file")
                .width(width);
            let typed = field.show(ui, &mut start.path);
            let path = start.path.trim().to_owned();
            let ready = !busy && !path.is_empty();
            let enter = crate::ui::widgets::confirmed_by_enter(&typed);
            if (ui.add(open).clicked() || enter) && ready {
                view.send(StartAsk::Open(path.into()));
            }
            if ui.add(choose).clicked() {
                view.send(StartAsk::PickOpen);
            }
        });
    });
    let dropped = ui.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_path_buf()));
    if let Some(path) = dropped.filter(|_| !busy) {
        view.send(StartAsk::Open(path));
    }
}

fn big_button(ui: &mut Ui, icon: Icon, title: &str, note: &str, main: bool) -> egui::Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 92.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, title));
    let (fill, line, ink, second) = match (main, response.hovered()) {
        (true, false) => (t.accent, t.accent, t.on_accent, t.on_accent),
        (true, true) => (t.accent.gamma_multiply(0.94), t.accent, t.on_accent, t.on_accent),
        (false, false) => (t.panel, t.line, t.text, t.muted),
        (false, true) => (t.hover, t.line_strong, t.text, t.muted),
    };
    let corner = CornerRadius::same(size::CORNER_CARD);
    ui.painter().rect(rect, corner, fill, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    let square = egui::Rect::from_min_size(rect.min + Vec2::new(18.0, 18.0), Vec2::splat(20.0));
    icon.paint(ui, square, if main { ink } else { t.accent });
    let inner = rect.width() - 54.0 - 16.0;
    let (head, body) = ui.fonts_mut(|f| {
        let mut job = egui::text::LayoutJob::simple(note.to_owned(), Face::Small.font(), second, inner);
        for section in &mut job.sections {
            section.format.line_height = Some(Face::Small.line());
        }
        (f.layout_no_wrap(title.to_owned(), Face::CardTitle.font(), ink), f.layout_job(job))
    });
    ui.painter().galley(rect.min + Vec2::new(52.0, 17.0), head, ink);
    ui.painter().galley(rect.min + Vec2::new(52.0, 43.0), body, second);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand(2.0),
            corner,
            Stroke::new(2.0, t.accent),
            egui::StrokeKind::Inside,
        );
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn recent_row(ui: &mut Ui, recent: &Recent, busy: bool, view: &mut View<'_>) {
    let t = tokens(ui);
    let can_open = !recent.missing && !busy;
    let width = ui.available_width();
    let (rect, response) = ui
        .allocate_exact_size(Vec2::new(width, 48.0), if can_open { Sense::click() } else { Sense::hover() });
    response.widget_info(|| WidgetInfo::labeled(Role::Button, can_open, format!("Open {}", recent.name)));
    if can_open && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, CornerRadius::same(size::CORNER), t.hover);
    }
    let icon =
        egui::Rect::from_center_size(egui::pos2(rect.left() + 22.0, rect.center().y), Vec2::splat(18.0));
    Icon::File.paint(ui, icon, if recent.missing { t.muted } else { t.accent });
    let inner = egui::Rect::from_min_max(rect.min + Vec2::new(44.0, 5.0), rect.max - Vec2::new(40.0, 0.0));
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    child.spacing_mut().item_spacing.y = 0.0;
    child.words_cut(Face::Button, if recent.missing { t.muted } else { t.text }, &recent.name);
    let place = recent.path.display();
    let line = if recent.missing {
        format!("The file is gone: {place}")
    } else if recent.note.is_empty() {
        place.to_string()
    } else {
        format!("{} · {place}", recent.note)
    };
    child.words_cut(Face::Small, t.muted, line);
    let at =
        egui::Rect::from_center_size(egui::pos2(rect.right() - 20.0, rect.center().y), Vec2::splat(28.0));
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt(("forget", &recent.path)).max_rect(at));
    if child.add(Push::icon_only(Icon::Cross, format!("Remove {} from the list", recent.name))).clicked() {
        view.send(StartAsk::Forget(recent.path.clone()));
    } else if can_open && response.clicked() {
        view.send(StartAsk::Open(recent.path.clone()));
    }
}

fn new_dialog(ui: &mut Ui, start: &mut Start, view: &mut View<'_>) {
    let busy = start.is_busy();
    let Start { new: Some(form), problem, .. } = start else { return };
    let ready = !busy && !form.name.trim().is_empty() && !form.path.trim().is_empty();
    let answer = Dialog::new("New migration").yes("Create").ready(ready).width(520.0).show(ui.ctx(), |ui| {
        ui.muted("One file holds everything about it. Password hashes in it are sealed; the key to them goes into this computer's keychain.");
        if let Some(note) = crate::files::access_note() {
            ui.fine(note);
        }
        ui.add_space(size::SMALL);
        if Field::new("Name").show(ui, &mut form.name).changed() && !form.path_chosen {
            let folder = Path::new(&form.path).parent().map(Path::to_path_buf).unwrap_or_default();
            form.path = proposed_path(&folder, &form.name);
        }
        ui.add_space(size::SMALL);
        ui.horizontal_top(|ui| {
            let choose = Push::plain("Choose…").name("Choose where the file goes");
            let width = ui.available_width() - choose.measure(ui) - ui.spacing().item_spacing.x;
            if Field::new("File").width(width).show(ui, &mut form.path).changed() {
                form.path_chosen = true;
            }
            ui.vertical(|ui| {
                ui.add_space(22.0);
                if ui.add(choose).clicked() {
                    view.send(StartAsk::PickNew);
                }
            });
        });
        if let Some(problem) = problem {
            ui.add_space(size::SMALL);
            problem_card(ui, problem);
        }
        if busy {
            waiting(ui, "Creating the migration");
        }
    });
    match answer {
        DialogAnswer::Yes if ready => view.send(StartAsk::Create),
        DialogAnswer::No if !busy => view.send(StartAsk::DropNew),
        DialogAnswer::Yes | DialogAnswer::No | DialogAnswer::Open => {}
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_becomes_a_file_every_system_takes() {
        for (name, file) in [
            ("Intranet to Okta", "Intranet to Okta.causeway"),
            ("HR/2026: Müller", "HR-2026- Müller.causeway"),
            ("李伟", "李伟.causeway"),
            ("../../etc", "etc.causeway"),
            ("  ", "Migration.causeway"),
        ] {
            assert_eq!(file_name(name), file);
        }
    }
}
