//! The table of people sent, its filters, and what can be done about a failure.

use egui::{Role, Ui, WidgetInfo};
use egui_extras::Column;

use super::{ImportAsk, ImportStep};
use crate::app::people::{outcome_tone, outcome_word, said};
use crate::app::steps::View;
use crate::app::theme::{Face, Icon, Tone, size, tokens};
use crate::app::widgets::{
    Card, Chip, Drawn, HeadCell, Push, Words as _, at_right, bring_into_view, cell_rule, cell_text,
    empty_state, head, number, people_table, waiting,
};
use crate::migration::import::Tally;
use crate::model::OutcomeKind;
use crate::workspace::{PeopleFilter, PersonRow, Who};

const HEAD: [HeadCell<()>; 5] = [
    HeadCell { text: "Status", sort: None },
    HeadCell { text: "Login", sort: None },
    HeadCell { text: "Password", sort: None },
    HeadCell { text: "Okta id", sort: None },
    HeadCell { text: "What Okta said", sort: None },
];

/// The card under the numbers.
pub(super) fn card_ui(ui: &mut Ui, view: &mut View<'_>, step: &mut ImportStep, tally: &Tally) {
    Card::new().padding(0.0).fill_height().show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 9)).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(size::CONTROL);
                chips_ui(ui, view, step, tally);
                let narrow = ui.available_width() < NARROW;
                at_right(ui, |ui| buttons_ui(ui, view, step, tally, narrow));
            });
        });
        let y = ui.cursor().top() - 4.0;
        let line = tokens(ui).line;
        ui.painter().hline(ui.max_rect().x_range(), y, egui::Stroke::new(1.0, line));
        let chosen = step.list.selection.single().and_then(|id| step.list.rows.get(id)).cloned();
        let below = if chosen.is_some() { 104.0 } else { 0.0 };
        if step.list.order.is_empty() && step.list.is_ordering() {
            ui.add_space(size::GAP);
            waiting(ui, "Looking for them");
        } else if step.list.order.is_empty() {
            let note = "Nobody is in this state now.";
            empty_state(ui, Icon::People, "Nobody here", note, None);
        } else {
            let room = egui::vec2(ui.available_width(), (ui.available_height() - below).max(80.0));
            ui.allocate_ui(room, |ui| table_ui(ui, view, step));
        }
        if let Some(row) = chosen {
            person_ui(ui, view, &row, step.is_running());
        }
    });
}

fn chips_ui(ui: &mut Ui, view: &mut View<'_>, step: &ImportStep, tally: &Tally) {
    let chosen = &step.list.filter.outcomes;
    let all = chosen.len() > 3;
    if ui.add(Chip::new(Tone::Accent, "All").choice(all)).clicked() {
        view.send(ImportAsk::Show(vec![]));
    }
    let narrow = ui.available_width() < 760.0;
    let chips = [
        (Tone::Quiet, "On the way", tally.sending, vec![OutcomeKind::Sending]),
        (Tone::Good, if narrow { "New" } else { "Created" }, tally.created(), vec![OutcomeKind::Created]),
        (
            Tone::There,
            if narrow { "There" } else { "Already there" },
            tally.already_there + tally.updated,
            vec![OutcomeKind::AlreadyThere, OutcomeKind::Updated],
        ),
        (Tone::Bad, "Failed", tally.failed, vec![OutcomeKind::Failed]),
    ];
    for (tone, word, count, outcomes) in chips {
        let on = *chosen == outcomes;
        if (count > 0 || on)
            && ui.add(Chip::new(tone, format!("{word} {}", number(count))).choice(on)).clicked()
        {
            view.send(ImportAsk::Show(if on { vec![] } else { outcomes }));
        }
    }
}

/// With less room than this for the buttons over the table, in points, the first is its icon only.
const NARROW: f32 = 345.0;

fn buttons_ui(ui: &mut Ui, view: &mut View<'_>, step: &ImportStep, tally: &Tally, narrow: bool) {
    if step.is_running() {
        let words = if step.follow { "Following" } else { "Follow along" };
        let icon = if step.follow { Icon::Check } else { Icon::SortDown };
        let push = if narrow { Push::icon_only(icon, words) } else { Push::bare(words).icon(icon) };
        if ui.add(push).clicked() {
            view.send(ImportAsk::Follow(!step.follow));
        }
    }
    // A run for a few does not take others with it.
    let can = tally.failed > 0 && !(step.is_running() && (step.progress.pilot || step.again));
    if ui.add(Push::plain("Retry failed").enabled(can)).clicked() {
        view.send(ImportAsk::Retry(Who::All(PeopleFilter::default())));
    }
    if ui.add(Push::plain("Export").enabled(!step.list.order.is_empty())).clicked() {
        view.send(ImportAsk::Export);
    }
}

fn table_ui(ui: &mut Ui, view: &mut View<'_>, step: &mut ImportStep) {
    let policy = view.facts.policy;
    let narrow = ui.available_width() < 860.0;
    let list = &mut step.list;
    let order = std::sync::Arc::clone(&list.order);
    let mut drawn = Drawn::default();
    let mut clicked = None;
    let scrolled = ui.rect_contains_pointer(ui.max_rect()) && ui.input(|i| i.smooth_scroll_delta().y > 0.0);
    let builder = people_table(ui, "sent")
        .stick_to_bottom(step.follow)
        .column(Column::exact(if narrow { 172.0 } else { 196.0 }).clip(true))
        .column(Column::remainder().at_least(120.0).clip(true))
        .column(Column::exact(if narrow { 100.0 } else { 130.0 }).clip(true))
        .column(Column::exact(if narrow { 90.0 } else { 178.0 }).clip(true))
        .column(Column::remainder().at_least(120.0).clip(true));
    bring_into_view(builder, &mut list.scroll_to, order.len())
        .header(36.0, |mut row| {
            for (nth, cell) in HEAD.into_iter().enumerate() {
                row.col(|ui| {
                    ui.add_space(if nth == 0 { 12.0 } else { 4.0 });
                    head(ui, cell, None);
                });
            }
        })
        .body(|body| {
            body.rows(size::ROW, order.len(), |mut row| {
                let at = row.index();
                drawn.row(at);
                let Some(id) = order.get(at).copied() else { return };
                let chosen = list.selection.contains(id);
                row.set_selected(chosen);
                let person = list.rows.get(id);
                row.col(|ui| {
                    cell_rule(ui, 12.0);
                    if let Some(p) = person {
                        let (kind, route) = (p.outcome.kind, policy.apply(p.route));
                        ui.add(Chip::new(outcome_tone(kind, route), outcome_word(kind, route)));
                    }
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    let text = tokens(ui).text;
                    cell_text(ui, Face::Body, text, person.map_or("…", |p| &p.login));
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    let muted = tokens(ui).muted;
                    cell_text(ui, Face::Body, muted, person.map_or("", |p| &p.scheme_label));
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    let text = tokens(ui).text;
                    let id = person.and_then(|p| p.outcome.okta_id.as_deref()).unwrap_or("–");
                    cell_text(ui, Face::Mono, text, id);
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    let t = tokens(ui);
                    if let Some(p) = person {
                        let bad = p.outcome.kind == OutcomeKind::Failed;
                        cell_text(ui, Face::Body, if bad { t.bad.text } else { t.muted }, &said(&p.outcome));
                    }
                });
                let response = row.response();
                response.widget_info(|| {
                    let name = person.map_or_else(
                        || "Person".to_owned(),
                        |p| format!("{}, {}", p.login, outcome_word(p.outcome.kind, policy.apply(p.route))),
                    );
                    WidgetInfo::selected(Role::Row, true, chosen, name)
                });
                if response.clicked() {
                    clicked = Some((!chosen).then_some(at));
                }
            });
        });
    list.in_view = drawn.range();
    if let Some(at) = clicked {
        view.send(ImportAsk::Select(at));
    }
    if scrolled && step.follow {
        // Whoever scrolls up wants to read.
        view.send(ImportAsk::Follow(false));
    }
}

/// One person in full: Okta's words, what to do, and a way to try again.
fn person_ui(ui: &mut Ui, view: &mut View<'_>, row: &PersonRow, running: bool) {
    let t = tokens(ui);
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, t.line));
    egui::Frame::new().inner_margin(egui::Margin::symmetric(14, 10)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let failed = row.outcome.kind == OutcomeKind::Failed;
        ui.horizontal(|ui| {
            ui.set_min_height(28.0);
            let name = if row.name.is_empty() { &row.login } else { &row.name };
            ui.bold(name.as_str());
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.add(Push::icon_only(Icon::Cross, "Close")).clicked() {
                    view.send(ImportAsk::Select(None));
                }
                if ui.add(Push::plain("Open in Review").in_row()).clicked() {
                    view.send(ImportAsk::Review(row.id));
                }
                if failed && ui.add(Push::plain("Retry this one").in_row().enabled(!running)).clicked() {
                    view.send(ImportAsk::Retry(Who::These(vec![row.id])));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.words_cut(
                        Face::Body,
                        t.muted,
                        format!("{} · row {}", row.login, number(u64::from(row.row))),
                    );
                });
            });
        });
        ui.words_cut(Face::Body, if failed { t.bad.text } else { t.text }, said(&row.outcome));
        if let Some(suggestion) = &row.outcome.suggestion {
            ui.words_cut(Face::Body, t.muted, suggestion.as_str());
        }
    });
}
