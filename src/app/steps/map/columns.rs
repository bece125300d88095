//! The table: a line a column, where it goes, and what changes on the way.

use egui::{CornerRadius, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};
use egui_extras::Column;

use super::derived::Line;
use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::app::steps::source::people_words;
use crate::mapping::{Target, target_words};
use crate::model::{People, attribute};
use crate::ui::theme::{Face, Icon, size, tokens};
use crate::ui::widgets::{
    Card, HeadCell, Push, RowFact, TableStop, Words as _, at_right, bring_into_view, cell_text, counted,
    follow_focus, head, people_table, reading_row, row_rule, spread, table_stop,
};

/// The height of a line, in points.
const LINE: f32 = 43.0;

impl MapStep {
    pub(super) fn columns_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let t = tokens(ui);
        Card::new().padding(0.0).fill_height().show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            self.bar_ui(ui, view);
            ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top(), Stroke::new(1.0, t.line));
            table_stop(ui, "Columns", |ui, stop| self.table_ui(ui, view, stop));
        });
    }

    fn bar_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(mapping) = &self.mapping else { return };
        let name = people_words(&mapping.selection.people);
        let filters = mapping.selection.only.len() as u64;
        egui::Frame::new().inner_margin(egui::Margin { left: 14, right: 14, top: 10, bottom: 10 }).show(
            ui,
            |ui| {
                spread(
                    ui,
                    size::CONTROL,
                    |ui| {
                        let rows = self.rows().map(|rows| counted(rows, "row", "rows"));
                        let beside = if rows.is_some() { 96.0 } else { 0.0 };
                        let ink = tokens(ui).text;
                        ui.scope(|ui| {
                            ui.set_max_width((ui.available_width() - beside).max(60.0));
                            ui.words_cut(Face::Mono, ink, &name);
                        });
                        if let Some(rows) = rows
                            && ui.available_width() > 70.0
                        {
                            ui.words_cut(Face::Body, tokens(ui).muted, rows);
                        }
                    },
                    |ui| {
                        at_right(ui, |ui| {
                            let tool = Push::icon_only(Icon::Again, "Start over with Causeway's suggestion");
                            if ui.add(tool).clicked() {
                                view.send(MapAsk::Suggest);
                            }
                            let word = if matches!(mapping.selection.people, People::Sql(_)) {
                                "Edit the SQL"
                            } else {
                                "Use SQL instead"
                            };
                            if ui.add(Push::plain(word)).clicked() {
                                view.send(MapAsk::UseSql);
                            }
                            let words = if filters == 0 {
                                "Only rows where…".to_owned()
                            } else {
                                format!("Only rows where: {}", counted(filters, "condition", "conditions"))
                            };
                            if ui.add(Push::plain(words).opens_list()).clicked() {
                                view.send(MapAsk::OpenFilter);
                            }
                        });
                    },
                );
            },
        );
    }

    fn table_ui(&mut self, ui: &mut Ui, view: &mut View<'_>, stop: &TableStop) {
        let width = ui.available_width();
        let across = ui.max_rect().x_range();
        let narrow = width < 520.0;
        let target = if narrow { 148.0 } else { 168.0 };
        let Self { derived, search, mapping, .. } = self;
        let Some(mapping) = mapping.as_ref() else { return };
        let (at, moved) = reading_row(ui, stop, derived.lines.len(), LINE);
        let mut wanted = at.filter(|_| moved);
        bring_into_view(people_table(ui, "columns"), &mut wanted, derived.lines.len())
            .column(Column::exact(12.0))
            .column(Column::exact((width * 0.21).max(90.0)).clip(true))
            .column(Column::remainder().at_least(70.0).clip(true))
            .column(Column::exact(20.0))
            .column(Column::exact(target).clip(true))
            .column(Column::exact(if narrow { 84.0 } else { width * 0.21 }).clip(true))
            .header(size::ROW, |mut row| {
                for text in [
                    "",
                    "Source column",
                    "First values",
                    "",
                    "Okta attribute",
                    if narrow { "Change" } else { "Change on the way" },
                ] {
                    row.col(|ui| {
                        if text.starts_with("Change") {
                            ui.add_space(8.0);
                        }
                        head::<()>(ui, HeadCell { text, sort: None }, None);
                    });
                }
            })
            .body(|body| {
                body.rows(LINE, derived.lines.len(), |mut row| {
                    let nth = row.index();
                    let Some(line) = derived.lines.get(nth) else { return };
                    let current = at == Some(nth);
                    row.col(|ui| {
                        stop.mark(ui, current);
                        row_rule(ui, across);
                    });
                    row.col(|ui| column_ui(ui, line));
                    row.col(|ui| {
                        let ink = tokens(ui).muted;
                        // A little air before the arrow.
                        ui.set_max_width(ui.available_width() - 8.0);
                        cell_text(ui, Face::Body, ink, &line.values);
                    });
                    row.col(|ui| {
                        let t = tokens(ui);
                        Icon::ArrowRight.show(
                            ui,
                            14.0,
                            if line.rule.is_some() { t.text } else { t.line_strong },
                        );
                    });
                    row.col(|ui| {
                        let button = target_button(ui, line, target - 8.0);
                        if button.clicked() {
                            search.clear();
                        }
                        super::picker::picker(&button, line, mapping, search, view);
                    });
                    row.col(|ui| change_ui(ui, line, view));
                    let fact = RowFact { at: nth, of: derived.lines.len(), chosen: false, current };
                    stop.row(&row.response(), fact, || spoken(line));
                });
            });
    }
}

/// A line as a screen reader says it.
fn spoken(line: &Line) -> String {
    let column = if line.column.is_empty() { "fixed text" } else { line.column.as_str() };
    let place =
        line.target.as_ref().map_or_else(|| "left behind".to_owned(), |t| format!("goes to {}", words(t)));
    let change = if line.change.is_empty() { String::new() } else { format!(", {}", line.change) };
    format!("Column {column}, {place}{change}, first values {}", line.values)
}

fn column_ui(ui: &mut Ui, line: &Line) {
    let t = tokens(ui);
    if line.column.is_empty() {
        cell_text(ui, Face::Body, t.muted, "(fixed text)");
    } else {
        let ink = if line.rule.is_some() { t.text } else { t.muted };
        cell_text(ui, Face::Mono, ink, &line.column);
    }
}

/// The button that shows where a column goes and opens the list of places.
fn target_button(ui: &mut Ui, line: &Line, width: f32) -> egui::Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, size::CONTROL_ROW), Sense::click());
    let word = line.target.as_ref().map_or_else(|| "Leave behind".to_owned(), words);
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        WidgetInfo::labeled(Role::ComboBox, enabled, format!("{} goes to {word}", line.column))
    });
    let role = line.target.as_ref().is_some_and(|t| !matches!(t, Target::Attribute(_)));
    let (ink, edge) = match (&line.target, line.problem.is_some()) {
        (_, true) => (t.bad.text, t.bad.text),
        (None, false) => (t.muted, t.line),
        (Some(_), false) if role => (t.accent, t.accent),
        (Some(_), false) => (t.text, t.line),
    };
    let fill = if response.hovered() { t.hover } else { t.panel };
    let corner = CornerRadius::same(size::CORNER);
    ui.painter().rect(rect, corner, fill, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    let mut job = egui::text::LayoutJob::simple_singleline(word, Face::Body.font(), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width - 46.0);
    let galley = ui.fonts_mut(|f| f.layout_job(job));
    let at = egui::pos2(rect.left() + 10.0, rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, ink);
    if is_required(line.target.as_ref()) {
        let star = egui::Rect::from_center_size(egui::pos2(end + 11.0, rect.center().y), Vec2::splat(11.0));
        Icon::Star.paint(ui, star, ink);
    }
    let at =
        egui::Rect::from_center_size(egui::pos2(rect.right() - 13.0, rect.center().y), Vec2::splat(12.0));
    Icon::ChevronDown.paint(ui, at, t.muted);
    follow_focus(ui, &response);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, corner, Stroke::new(2.0, t.accent), egui::StrokeKind::Inside);
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    match &line.problem {
        Some(problem) => response.on_hover_text(problem),
        None => response,
    }
}

/// Where a column goes, as the button says it; attributes that are not Okta's own with a plus.
fn words(target: &Target) -> String {
    match target {
        Target::Attribute(name) if attribute(name).is_none() => format!("+ {name}"),
        other => target_words(other),
    }
}

fn is_required(target: Option<&Target>) -> bool {
    matches!(target, Some(Target::Attribute(name)) if attribute(name).is_some_and(|a| a.required))
}

fn change_ui(ui: &mut Ui, line: &Line, view: &mut View<'_>) {
    let Some(rule) = line.rule else {
        let ink = tokens(ui).muted;
        ui.add_space(8.0);
        cell_text(ui, Face::Body, ink, "–");
        return;
    };
    if matches!(line.target, Some(Target::Password | Target::Salt)) {
        let ink = tokens(ui).muted;
        ui.add_space(8.0);
        cell_text(ui, Face::Body, ink, &line.change);
        return;
    }
    let word = if line.change.is_empty() { "–" } else { line.change.as_str() };
    let name = format!("Changes on the way for {}: {word}", line.column);
    let width = ui.available_width() - 6.0;
    if ui.add(Push::bare(word).in_row().wide(width).name(name)).on_hover_text(word).clicked() {
        view.send(MapAsk::Edit(rule));
    }
}
