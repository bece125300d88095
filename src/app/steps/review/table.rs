//! The table of people: only the rows in view are drawn.

use egui::{Key, Modifiers, Ui};
use egui_extras::Column;

use super::ask::{ReviewAsk, Select};
use super::filters::{Filters, chosen_ui, last_run_chips_ui, short_word};
use crate::app::people::{
    PeopleList, Selection, THERE, disposition_tone, disposition_word, last_run_word, outcome_tone, said,
    severity_tone, spoken, there_word, was_sent,
};
use crate::app::steps::View;
use crate::model::{OutcomeKind, RoutePolicy};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Card, Chip, Drawn, HeadCell, RowFact, Sorting, TableStop, Words as _, bring_into_view, cell_rule,
    cell_text, empty_state, focus_table, head, last_cell_text, number, people_table, row_by_key,
    table_has_keyboard, table_stop, tick_box, tick_in_row, waiting,
};
use crate::workspace::{Counts, PersonRow, Sort, SortKey};

const HEAD: [HeadCell<SortKey>; 4] = [
    HeadCell { text: "Password", sort: Some(SortKey::Disposition) },
    HeadCell { text: "Person", sort: Some(SortKey::Name) },
    HeadCell { text: "Stored password", sort: Some(SortKey::Scheme) },
    HeadCell { text: "Findings", sort: Some(SortKey::Findings) },
];

/// What the last run made of each, once there was one.
const LAST_RUN: HeadCell<SortKey> = HeadCell { text: "Last run", sort: Some(SortKey::Outcome) };
/// Its width, in points.
const LAST_RUN_WIDTH: f32 = 88.0;

/// The card with search field, lists and table. So much of it at the right lies under a drawer.
pub(super) fn card_ui(
    ui: &mut Ui,
    view: &mut View<'_>,
    list: &mut PeopleList,
    filters: &mut Filters,
    (counts, covered): (&Counts, f32),
) {
    Card::new().padding(0.0).fill_height().show(ui, |ui| {
        egui::Frame::new().inner_margin(egui::Margin::symmetric(10, 10)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = size::TINY;
            ui.set_max_width(ui.available_width() - covered);
            filters.row_ui(ui, view, list, counts);
            last_run_chips_ui(ui, view, &list.filter, counts);
            chosen_ui(ui, view, &list.filter, counts, list.count());
        });
        let y = ui.cursor().top() - 4.0;
        let t = tokens(ui);
        ui.painter().hline(ui.max_rect().x_range(), y, egui::Stroke::new(1.0, t.line));
        if list.order.is_empty() && list.is_ordering() {
            ui.add_space(size::GAP);
            waiting(ui, "Loading people");
        } else if list.order.is_empty() {
            empty_state(
                ui,
                Icon::Search,
                "Nobody fits these filters",
                "Remove a filter, or search for something else.",
                None,
            );
        } else {
            let ran = was_sent(counts);
            table_stop(ui, TABLE, |ui, stop| table_ui(ui, view, list, (stop, ran)));
        }
    });
}

/// What screen readers call the table.
const TABLE: &str = "People";

/// Draws the table; `ran`: something was sent, so that the last run is told.
fn table_ui(ui: &mut Ui, view: &mut View<'_>, list: &mut PeopleList, (stop, ran): (&TableStop, bool)) {
    let policy = view.facts.policy;
    let room = ui.available_width();
    let narrow = room < 560.0;
    // With the last run told, what happens to the password has its short word; in a narrow table the stored one is in the panel only.
    let brief = narrow || ran;
    let with_stored = !(narrow && ran);
    let (outcome_width, run_width) =
        (if brief { 100.0 } else { 144.0 }, if ran { LAST_RUN_WIDTH } else { 0.0 });
    // What is left after the columns of a known width is shared by the person and the finding.
    let findings =
        if narrow { 100.0 } else { ((room - 34.0 - outcome_width - 132.0 - run_width) * 0.5).max(172.0) };
    let sorting =
        (list.sort.key != SortKey::Row).then_some(Sorting { by: list.sort.key, down: list.sort.descending });
    let mut sorted = None;
    let mut clicked = None;
    let order = std::sync::Arc::clone(&list.order);
    let mut drawn = Drawn::default();
    let mut builder = people_table(ui, "people")
        .column(Column::exact(34.0).clip(true))
        .column(Column::exact(outcome_width).clip(true))
        .column(Column::remainder().at_least(110.0).clip(true));
    if with_stored {
        builder = builder.column(Column::exact(if narrow { 96.0 } else { 132.0 }).clip(true));
    }
    builder = builder.column(Column::exact(findings).clip(true));
    if ran {
        builder = builder.column(Column::exact(LAST_RUN_WIDTH).clip(true));
    }
    builder = bring_into_view(builder, &mut list.scroll_to, order.len());
    if let Some(at) = list.scroll_top.take() {
        builder = builder.animate_scrolling(false).scroll_to_row(at, Some(egui::Align::TOP));
    }
    builder
        .header(36.0, |mut row| {
            row.col(|ui| {
                ui.add_space(12.0);
                // Not before everyone shown is known.
                let few = list.count().is_some_and(|shown| shown <= Selection::MOST);
                let hover = if few {
                    "Everyone shown"
                } else {
                    "Too many to tick. Use what can be done for everyone shown"
                };
                let all = list.selection.is_all(&order);
                let tick = ui.add_enabled_ui(few, |ui| tick_box(ui, "Tick everyone shown", all)).inner;
                if tick.on_hover_text(hover).clicked() {
                    clicked = Some((0, Select::All));
                }
            });
            let head_cells = HEAD.into_iter().chain(ran.then_some(LAST_RUN)).enumerate();
            for (nth, cell) in head_cells.filter(|(nth, _)| with_stored || *nth != 2) {
                let cell = if narrow && nth == 2 { HeadCell { text: "Stored", ..cell } } else { cell };
                row.col(|ui| {
                    ui.add_space(4.0);
                    if let Some(now) = head(ui, cell, sorting) {
                        sorted = Some(now);
                    }
                });
            }
        })
        .body(|body| {
            body.rows(size::ROW_TWO, order.len(), |mut row| {
                let at = row.index();
                drawn.row(at);
                let Some(id) = order.get(at).copied() else { return };
                let chosen = list.selection.contains(id);
                row.set_selected(chosen);
                let person = list.rows.get(id);
                let current = list.selection.cursor() == Some(at);
                row.col(|ui| {
                    stop.mark(ui, current);
                    if current {
                        // Where the keyboard is.
                        let edge = ui.max_rect().left_center() + egui::vec2(1.5, 0.0);
                        let mark =
                            egui::Rect::from_center_size(edge, egui::vec2(3.0, ui.max_rect().height()));
                        ui.painter().rect_filled(mark, 0, tokens(ui).accent);
                    }
                    cell_rule(ui, 12.0);
                    let name = person
                        .map_or_else(|| format!("person {}", number(at as u64 + 1)), |p| p.login.clone());
                    if tick_in_row(ui, &format!("Tick {name}"), chosen).clicked() {
                        let extend = ui.input(|i| i.modifiers.shift);
                        clicked = Some((at, if extend { Select::Extend } else { Select::Toggle }));
                    }
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    outcome_ui(ui, person, policy, brief);
                });
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    name_ui(ui, person);
                });
                if with_stored {
                    row.col(|ui| {
                        cell_rule(ui, 4.0);
                        let t = tokens(ui);
                        cell_text(ui, Face::Mono, t.text, person.map_or("…", |p| &p.scheme_label));
                    });
                }
                row.col(|ui| {
                    cell_rule(ui, 4.0);
                    finding_ui(ui, person);
                });
                if ran {
                    row.col(|ui| {
                        cell_rule(ui, 4.0);
                        last_run_ui(ui, person, policy);
                    });
                }
                let response = row.response();
                stop.row(&response, RowFact { at, of: order.len(), chosen, current }, || {
                    person.map_or_else(|| format!("Person {}", number(at as u64 + 1)), |p| spoken(p, policy))
                });
                if response.clicked() && clicked.is_none() {
                    let held = response.ctx.input(|i| i.modifiers);
                    clicked = Some((at, how(held)));
                }
            });
        });
    list.in_view = drawn.range();
    if stop.gained && list.selection.cursor().is_none() {
        // The keyboard is somewhere from the beginning; nobody is selected by that.
        view.send(ReviewAsk::Select(list.in_view.start, Select::Move));
    }
    if let Some((at, how)) = clicked {
        view.send(ReviewAsk::Select(at, how));
    }
    if let Some(now) = sorted {
        // A third press goes back to the source's order.
        let again = list.sort.key == now.by && list.sort.descending;
        let sort = if again { Sort::default() } else { Sort { key: now.by, descending: now.down } };
        view.send(ReviewAsk::Sort(sort));
    }
}

fn how(held: Modifiers) -> Select {
    if held.shift {
        Select::Extend
    } else if held.command {
        Select::Toggle
    } else {
        Select::Only
    }
}

fn outcome_ui(ui: &mut Ui, person: Option<&PersonRow>, policy: RoutePolicy, narrow: bool) {
    let Some(person) = person else {
        ui.muted("…");
        return;
    };
    if person.there && person.disposition.goes() {
        // Their password stays as it is in Okta, whatever the old store has.
        let (tone, word) = there_word(person);
        ui.add(Chip::new(tone, if narrow && word == THERE { "There" } else { word }));
        return;
    }
    let what = person.disposition.under(policy);
    let word = if narrow { short_word(what) } else { disposition_word(what) };
    // Where Okta refused them, what would happen is no good news.
    let refused = person.outcome.kind == OutcomeKind::Failed;
    ui.add(Chip::new(if refused { Tone::Quiet } else { disposition_tone(what) }, word));
}

fn name_ui(ui: &mut Ui, person: Option<&PersonRow>) {
    let t = tokens(ui);
    let Some(person) = person else { return };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(4.0);
        let name = if person.name.is_empty() { "No name" } else { &person.name };
        ui.words_cut(Face::Body, if person.name.is_empty() { t.muted } else { t.text }, name);
        let login = if person.login.is_empty() { "no login" } else { &person.login };
        let login = if person.edited { format!("{login} · edited") } else { login.to_owned() };
        ui.words_cut(Face::Small, t.muted, login);
    });
}

fn finding_ui(ui: &mut Ui, person: Option<&PersonRow>) {
    let t = tokens(ui);
    let Some((severity, text)) = person.and_then(|p| p.finding.as_ref()) else { return };
    let more = person.map_or(0, |p| p.findings.saturating_sub(1));
    let words = if more > 0 { format!("{text} +{more}") } else { text.clone() };
    last_cell_text(ui, Face::Body, t.tone(severity_tone(*severity)).text, &words);
}

fn last_run_ui(ui: &mut Ui, person: Option<&PersonRow>, policy: RoutePolicy) {
    let t = tokens(ui);
    let Some(person) = person else { return };
    let tone = outcome_tone(person.outcome.kind, person.way(policy));
    let word = cell_text(ui, Face::Body, t.tone(tone).text, last_run_word(person.outcome.kind));
    if person.outcome.kind == OutcomeKind::Failed {
        word.on_hover_text(said(&person.outcome));
    }
}

/// Where a key of the table leads.
pub(super) fn key_step(ui: &Ui, list: &PeopleList) -> Option<(usize, Select)> {
    let count = list.order.len();
    if count == 0 {
        return None;
    }
    let from = list.selection.cursor();
    if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::A)) {
        return Some((0, Select::All));
    }
    if ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Space)) {
        return from.map(|at| (at, Select::Toggle));
    }
    let held = ui.input(|i| i.modifiers);
    let how = match (held.shift, held.command) {
        (true, _) => Select::Extend,
        (false, true) => Select::Move,
        (false, false) => Select::Only,
    };
    let to = row_by_key(ui, from, count, list.in_view.len())?;
    // From here on a screen reader follows.
    focus_table(ui.ctx(), TABLE);
    Some((to, how))
}

/// Whether the table has the keyboard.
pub(super) fn has_keyboard(ui: &Ui) -> bool {
    table_has_keyboard(ui.ctx(), TABLE)
}
