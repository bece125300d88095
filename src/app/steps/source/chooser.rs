//! The dialog for choosing another table, or writing a SELECT, with the first rows shown before it is used.

use egui::{ScrollArea, Sense, Ui, Vec2};

use super::{Chooser, SourceAsk, SourceStep};
use crate::app::steps::View;
use crate::mapping::Shown;
use crate::model::{Sample, Table, is_secret, names_secrets};
use crate::ui::theme::{Face, Icon, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Push, Words as _, counted, empty_state, problem_card, segmented, waiting,
};

impl SourceStep {
    pub(super) fn chooser_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let looking = self.looking.is_waiting();
        let Self { chooser: Some(chooser), tested: Some(tested), looking: question, .. } = self else {
            return;
        };
        let ready = if chooser.sql {
            !chooser.text.trim().is_empty() && chooser.problem.is_none()
        } else {
            chooser.table.is_some()
        };
        let yes = if chooser.sql { "Use this SELECT" } else { "Use this table" };
        let answer =
            Dialog::new("Which rows are people?").yes(yes).ready(ready).width(760.0).show(ui.ctx(), |ui| {
                ui.horizontal(|ui| {
                    let kinds = [(false, "A table or view"), (true, "Your own SELECT")];
                    if segmented(ui, &mut chooser.sql, &kinds) {
                        if chooser.sql {
                            chooser.turn_to_sql();
                        }
                        chooser.rows = None;
                        chooser.problem = None;
                        view.send(SourceAsk::Look);
                    }
                });
                ui.add_space(size::TINY);
                if chooser.sql {
                    if sql_ui(ui, chooser, view) {
                        // Rows of what was written before say nothing of what is written now.
                        question.forget();
                    }
                } else {
                    tables_ui(ui, chooser, &tested.probe.catalog.tables, view);
                }
                ui.add_space(size::TINY);
                // As high while it looks as with the rows, so that nothing moves away from under the pointer.
                ui.scope(|ui| {
                    ui.set_min_height(ROWS);
                    if looking {
                        waiting(ui, "Reading the first rows");
                    } else if let Some(problem) = &chooser.problem {
                        problem_card(ui, problem);
                    } else if let Some(rows) = &chooser.rows {
                        rows_ui(ui, rows);
                    }
                });
            });
        match answer {
            DialogAnswer::Yes => view.send(SourceAsk::Use),
            DialogAnswer::No => view.send(SourceAsk::Drop),
            DialogAnswer::Open => {}
        }
    }
}

/// The room for the first rows, in points.
const ROWS: f32 = 210.0;

/// Gives whether the text was changed.
fn sql_ui(ui: &mut Ui, chooser: &mut Chooser, view: &mut View<'_>) -> bool {
    ui.fine("One SELECT, run read-only. Each row it gives is a person.");
    let hint = "SELECT u.*, d.name AS department FROM users u LEFT JOIN departments d ON d.id = u.dept_id";
    let field = Field::new("SELECT").hide_label().hint(hint).mono().rows(5).show(ui, &mut chooser.text);
    if std::mem::take(&mut chooser.focus) {
        field.request_focus();
    }
    let changed = field.changed();
    if changed {
        chooser.problem = None;
        chooser.rows = None;
        chooser.use_when_seen = false;
    }
    if ui.add(Push::plain("Show the first rows").enabled(!chooser.text.trim().is_empty())).clicked() {
        view.send(SourceAsk::Look);
    }
    changed
}

fn tables_ui(ui: &mut Ui, chooser: &mut Chooser, tables: &[Table], view: &mut View<'_>) {
    let t = tokens(ui);
    Field::search("Search tables").show(ui, &mut chooser.search);
    let wanted = chooser.search.trim().to_lowercase();
    let shown: Vec<&Table> =
        tables.iter().filter(|table| table.name.display().to_lowercase().contains(&wanted)).collect();
    if shown.is_empty() {
        empty_state(
            ui,
            Icon::Database,
            "No table of that name",
            "Try another word, or write a SELECT.",
            None,
        );
        return;
    }
    let mut look = false;
    ScrollArea::vertical().max_height(200.0).auto_shrink([false, true]).show_rows(
        ui,
        34.0,
        shown.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for table in shown.get(range).unwrap_or_default() {
                let on = chooser.table.as_ref() == Some(&table.name);
                let can = table.refused.is_none();
                let sense = if can { Sense::click() } else { Sense::hover() };
                let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 34.0), sense);
                let name = table.name.display();
                response
                    .widget_info(|| egui::WidgetInfo::selected(egui::Role::ListBoxOption, can, on, &name));
                let fill = if on {
                    t.accent_bg
                } else if response.hovered() && can {
                    t.hover
                } else {
                    t.panel
                };
                ui.painter().rect_filled(rect, size::CORNER, fill);
                let about = match (&table.refused, table.rows) {
                    (Some(why), _) => why.clone(),
                    (None, Some(rows)) => format!(
                        "{} · {}",
                        counted(rows, "row", "rows"),
                        counted(table.columns.len() as u64, "column", "columns")
                    ),
                    (None, None) => counted(table.columns.len() as u64, "column", "columns"),
                };
                let about = if table.view { format!("view · {about}") } else { about };
                let ink = if can { t.text } else { t.muted };
                let at = egui::pos2(rect.left() + 10.0, rect.center().y);
                ui.painter().text(at, egui::Align2::LEFT_CENTER, &name, Face::Mono.font(), ink);
                let at = egui::pos2(rect.right() - 10.0, rect.center().y);
                ui.painter().text(at, egui::Align2::RIGHT_CENTER, about, Face::Small.font(), t.muted);
                if response.clicked() && !on {
                    chooser.table = Some(table.name.clone());
                    look = true;
                }
            }
        },
    );
    if look {
        chooser.rows = None;
        chooser.problem = None;
        view.send(SourceAsk::Look);
    }
}

/// The first rows as a small grid. Values that look like stored passwords are covered.
fn rows_ui(ui: &mut Ui, sample: &Sample) {
    let t = tokens(ui);
    ui.label_text(format!("The first {} rows", sample.records.len()));
    ScrollArea::horizontal().id_salt("first rows").auto_shrink([false, true]).show(ui, |ui| {
        egui::Grid::new("first rows grid").spacing(Vec2::new(18.0, 5.0)).show(ui, |ui| {
            for column in sample.columns.names() {
                ui.words(Face::MonoSmall, t.muted, column);
            }
            ui.end_row();
            for record in sample.records.iter().take(5) {
                for (value, column) in record.values.iter().zip(sample.columns.names()) {
                    let text =
                        if names_secrets(column) { "•••".to_owned() } else { shown(&Shown::of(value)) };
                    ui.words(Face::Small, t.text, text);
                }
                ui.end_row();
            }
        });
    });
}

/// A value in a few characters. A password or the like is covered, in JSON too, whatever its column is called.
pub(in crate::app::steps) fn shown(value: &Shown) -> String {
    let text = match value {
        Shown::Nothing => "–".to_owned(),
        Shown::Text(text) if is_secret(text) => "•••".to_owned(),
        Shown::Text(text) => text.replace(['\n', '\r', '\t'], " "),
        Shown::List(texts) => texts.join(", "),
        Shown::Bytes(_) => "(binary)".to_owned(),
        Shown::TooLarge => "(larger than 1 MiB)".to_owned(),
        Shown::Covered => "•••".to_owned(),
    };
    if text.chars().count() > 32 { text.chars().take(31).chain(['…']).collect() } else { text }
}
