//! The table of people sent, its filters, and what can be done about a failure.

use std::sync::Arc;

use egui::{Galley, Ui};
use egui_extras::Column;

use super::{ImportAsk, ImportStep};
use crate::app::people::{outcome_tone, outcome_word, said};
use crate::app::steps::View;
use crate::migration::import::Tally;
use crate::model::{OutcomeKind, Route};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Card, Chip, Drawn, HeadCell, Push, RowFact, TableStop, Words as _, at_right, bring_into_view, cell_rule,
    cell_text, empty_state, head, last_cell_text, lines_of, number, people_table, row_by_key, table_stop,
    waiting,
};
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
        let chosen = chosen.map(|row| (told(ui, &row), row));
        let below = chosen.as_ref().map_or(0.0, |(told, _)| person_height(told));
        if step.list.order.is_empty() && step.list.is_ordering() {
            ui.add_space(size::GAP);
            waiting(ui, "Loading people");
        } else if step.list.order.is_empty() {
            let (title, note) = if step.is_running() && step.list.filter.outcomes == super::ended() {
                ("Nobody yet", "People appear here as Okta answers, the newest on top.")
            } else {
                ("Nobody here", "Nobody has this outcome now.")
            };
            empty_state(ui, Icon::People, title, note, None);
        } else {
            let room = egui::vec2(ui.available_width(), (ui.available_height() - below).max(80.0));
            ui.allocate_ui(room, |ui| {
                table_stop(ui, "People sent", |ui, rows| table_ui(ui, view, step, rows));
            });
        }
        if let Some((told, row)) = chosen {
            person_ui(ui, view, &row, told, step.is_running());
        }
    });
}

fn chips_ui(ui: &mut Ui, view: &mut View<'_>, step: &ImportStep, tally: &Tally) {
    let chosen = &step.list.filter.outcomes;
    let all = *chosen == super::ended();
    if ui.add(Chip::new(Tone::Accent, "All").choice(all)).clicked() {
        view.send(ImportAsk::Show(vec![]));
    }
    let narrow = ui.available_width() < 760.0;
    // Claimed is not sent: what is on its way is what Okta has been asked and has not answered.
    let sending = step.sending(tally);
    // In a run for a few, most of those who wait are not in its queue.
    let for_some = step.progress.pilot || step.again;
    let queued = if step.is_running() && !narrow && !for_some {
        (tally.waiting + tally.sending).saturating_sub(sending)
    } else {
        0
    };
    let chips = [
        (Tone::Quiet, "Queued", queued, vec![OutcomeKind::Waiting, OutcomeKind::Sending]),
        (Tone::Quiet, "Sending", sending, vec![OutcomeKind::Sending]),
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
        let newer = tally.done().saturating_sub(step.list.order.len() as u64);
        let words = match (step.follow, step.list.filter.outcomes == super::ended()) {
            (true, _) => "Freeze list".to_owned(),
            (false, true) if newer > 0 => format!("Show {} newer", number(newer)),
            (false, _) => "Show the newest".to_owned(),
        };
        let icon = if step.follow { Icon::Pause } else { Icon::SortUp };
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

fn table_ui(ui: &mut Ui, view: &mut View<'_>, step: &mut ImportStep, rows: &TableStop) {
    let policy = view.facts.policy;
    let narrow = ui.available_width() < 860.0;
    let held = step.holds();
    let word = |p: &PersonRow| match p.outcome.kind {
        OutcomeKind::Sending if held => "on hold",
        kind => outcome_word(kind, p.way(policy)),
    };
    let list = &mut step.list;
    let order = Arc::clone(&list.order);
    let mut drawn = Drawn::default();
    let mut clicked = None;
    let scrolled = ui.rect_contains_pointer(ui.max_rect()) && ui.input(|i| i.smooth_scroll_delta().y < 0.0);
    let builder = people_table(ui, "sent")
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
                let current = list.selection.cursor() == Some(at);
                row.col(|ui| {
                    rows.mark(ui, current);
                    cell_rule(ui, 12.0);
                    if let Some(p) = person {
                        ui.add(Chip::new(outcome_tone(p.outcome.kind, p.way(policy)), word(p)));
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
                        let ink = if bad { t.bad.text } else { t.muted };
                        last_cell_text(ui, Face::Body, ink, &said(&p.outcome));
                    }
                });
                let response = row.response();
                rows.row(&response, RowFact { at, of: order.len(), chosen, current }, || {
                    person.map_or_else(|| "Person".to_owned(), |p| format!("{}, {}", p.login, word(p)))
                });
                if response.clicked() {
                    clicked = Some((!chosen).then_some(at));
                }
            });
        });
    list.in_view = drawn.range();
    if rows.focused && !order.is_empty() {
        let from = list.selection.cursor().or(list.in_view.start.checked_sub(1));
        if let Some(at) = row_by_key(ui, from, order.len(), list.in_view.len()) {
            view.send(ImportAsk::Select(Some(at)));
        }
    }
    if let Some(at) = clicked {
        view.send(ImportAsk::Select(at));
    }
    if scrolled && step.follow {
        // Anyone who scrolls down wants to read: the newest come on top.
        view.send(ImportAsk::Follow(false));
    }
}

/// What is said of a person, and what to do about it: each in as many lines as it takes, up to three.
fn told(ui: &Ui, row: &PersonRow) -> Vec<Arc<Galley>> {
    let t = tokens(ui);
    let ink = if row.outcome.kind == OutcomeKind::Failed { t.bad.text } else { t.text };
    let room = ui.available_width() - 2.0 * ASIDE;
    let suggestion = row.outcome.suggestion.as_ref().map(|text| (text.clone(), t.muted));
    let lines = std::iter::once((said(&row.outcome), ink)).chain(suggestion);
    lines.map(|(text, ink)| lines_of(ui, Face::Body, ink, text, room, 3)).collect()
}

/// How high a person in full is, with what is told of them.
fn person_height(told: &[Arc<Galley>]) -> f32 {
    let words: f32 = told.iter().map(|galley| galley.size().y + BETWEEN).sum();
    2.0 * ABOVE + 28.0 + words + size::SMALL
}

/// Room at the sides of a person in full, above and below, and between the lines, in points.
const ASIDE: f32 = 14.0;
const ABOVE: f32 = 10.0;
const BETWEEN: f32 = 2.0;

/// One person in full: Okta's words, what to do, and a way to try again.
fn person_ui(ui: &mut Ui, view: &mut View<'_>, row: &PersonRow, told: Vec<Arc<Galley>>, running: bool) {
    let t = tokens(ui);
    let top = ui.cursor().top();
    ui.painter().hline(ui.max_rect().x_range(), top, egui::Stroke::new(1.0, t.line));
    #[expect(clippy::cast_possible_truncation, reason = "paddings are small whole numbers")]
    let margin = egui::Margin::symmetric(ASIDE as i8, ABOVE as i8);
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = BETWEEN;
        // An id of its own: the buttons over the table stand at the right of their row in the same way.
        ui.push_id("person", |ui| ui.horizontal(|ui| person_row_ui(ui, view, row, running)));
        for galley in told {
            ui.label(galley);
        }
    });
}

/// Who it is, and at the right what can be done.
fn person_row_ui(ui: &mut Ui, view: &mut View<'_>, row: &PersonRow, running: bool) {
    let t = tokens(ui);
    ui.set_min_height(28.0);
    let room = ui.available_rect_before_wrap();
    let buttons = at_right(ui, |ui| person_buttons_ui(ui, view, row, running));
    // What they are called has the room that the buttons leave.
    let left = room.with_max_x((buttons - size::SMALL).max(room.left()));
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut left = ui.new_child(egui::UiBuilder::new().max_rect(left).layout(layout));
    if !row.name.is_empty() {
        // However long the name, there is room for the login.
        let most = egui::vec2(left.available_width() * 0.6, left.available_height());
        left.allocate_ui_with_layout(most, layout, |ui| {
            ui.words_cut(Face::Strong, t.text, row.name.as_str());
        });
    }
    let login = format!("{} · row {}", row.login, number(u64::from(row.row)));
    left.words_cut(Face::Body, t.muted, login);
}

/// What can be done about them; gives where the first button stands.
fn person_buttons_ui(ui: &mut Ui, view: &mut View<'_>, row: &PersonRow, running: bool) -> f32 {
    let failed = row.outcome.kind == OutcomeKind::Failed;
    if failed && ui.add(Push::plain("Retry this one").in_row().enabled(!running)).clicked() {
        view.send(ImportAsk::Retry(Who::These(vec![row.id])));
    }
    // Not where they were to set a new one anyway: then it was not the password.
    let reset = Push::plain("Must reset, and retry").in_row().enabled(!running);
    if failed
        && row.route != Route::Reset
        && ui
            .add(reset)
            .on_hover_text("They must reset their password: the stored one is not sent.")
            .clicked()
    {
        view.send(ImportAsk::MustReset(row.id));
    }
    if ui.add(Push::plain("Open in Review").in_row()).clicked() {
        view.send(ImportAsk::Review(row.id));
    }
    if ui.add(Push::icon_only(Icon::Cross, "Close")).clicked() {
        view.send(ImportAsk::Select(None));
    }
    ui.min_rect().left()
}
