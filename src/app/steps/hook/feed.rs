//! The right side: today's sign-ins by hour, and each of the last ones.

use egui::Ui;
use egui_extras::Column;
use egui_plot::{Bar, BarChart, HoverPosition};

use super::HookStep;
use crate::model::{HookAnswer, HookCall, HookReason};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Card, Chip, HeadCell, RowFact, TableStop, Words as _, bring_into_view, card, cell_text, chart_said,
    empty_state, head, number, people_table, reading_row, row_rule, still_chart, table_stop,
};

const HEAD: [HeadCell<()>; 5] = [
    HeadCell { text: "Time", sort: None },
    HeadCell { text: "Login", sort: None },
    HeadCell { text: "Answer", sort: None },
    HeadCell { text: "Checked against", sort: None },
    HeadCell { text: "Took", sort: None },
];

/// `412 verified · 37 unverified · 0 errors · p50 61 ms · p95 118 ms`.
fn facts_line(totals: &crate::workspace::HookTotals) -> String {
    let errors = if totals.unavailable == 1 { "error" } else { "errors" };
    let mut parts = vec![
        format!("{} verified", number(totals.verified)),
        format!("{} unverified", number(totals.unverified)),
        format!("{} {errors}", number(totals.unavailable)),
    ];
    if let (Some(half), Some(most)) = (totals.p50_ms, totals.p95_ms) {
        parts.push(format!("p50 {half} ms"));
        parts.push(format!("p95 {most} ms"));
    }
    parts.join(" · ")
}

/// How long, in words: whole milliseconds.
fn took(micros: u64) -> String {
    format!("{} ms", number(micros / 1000))
}

/// The sign and word of an answer.
fn answered(call: &HookCall) -> (Tone, Icon, &'static str) {
    match (call.answer, call.reason) {
        (HookAnswer::Verified, _) => (Tone::Good, Icon::Check, "VERIFIED"),
        (HookAnswer::Unverified, HookReason::Slowed) => (Tone::Quiet, Icon::Hourglass, "slowed"),
        (HookAnswer::Unverified, _) => (Tone::Bad, Icon::Cross, "UNVERIFIED"),
        (HookAnswer::Unavailable, _) => (Tone::Hook, Icon::Bang, "no answer"),
        (HookAnswer::Refused, _) => (Tone::Quiet, Icon::Dash, "refused"),
    }
}

/// What it was checked against, or why it was not.
fn against(call: &HookCall) -> String {
    if call.is_test() {
        return format!("Your test · {}", call.reason.text());
    }
    match (&call.scheme, call.reason) {
        (Some(scheme), HookReason::Right) => scheme.clone(),
        (_, reason) => reason.text().to_owned(),
    }
}

/// Everything that is known of an answer.
fn more(call: &HookCall) -> String {
    let mut parts = vec![call.reason.text().to_owned()];
    parts.extend(call.scheme.clone());
    if call.is_test() {
        parts.push("your own test, not counted".to_owned());
    } else {
        parts.extend(call.request.as_ref().map(|request| format!("Okta's request {request}")));
    }
    parts.extend(call.address.as_ref().map(|address| format!("from {address}")));
    if call.again {
        parts.push("Okta's second call for this sign-in".to_owned());
    }
    parts.join(" · ")
}

impl HookStep {
    /// An answer as a screen reader says it.
    fn spoken(&self, call: &HookCall) -> String {
        let login = if call.login.is_empty() { "no login" } else { call.login.as_str() };
        let (_, _, word) = answered(call);
        format!("{login}, {word}, {}, {}, {}", against(call), self.clock(call.at), took(call.took_us))
    }

    pub(super) fn chart_ui(&self, ui: &mut Ui) {
        card(ui, |ui| {
            let t = tokens(ui);
            // Three noughts tell nothing that the sentence under them doesn't.
            let facts =
                if self.feed.hours.is_empty() { String::new() } else { facts_line(&self.feed.totals) };
            let wide = |face: Face, text: &str| {
                ui.fonts_mut(|f| f.layout_no_wrap(text.to_owned(), face.font(), t.text)).size().x
            };
            let title = "Sign-ins checked today";
            if wide(Face::Strong, title) + size::GAP + wide(Face::Small, &facts) > ui.available_width() {
                ui.bold(title);
                ui.words_cut(Face::Small, t.muted, &facts);
            } else {
                ui.horizontal(|ui| {
                    ui.set_min_height(22.0);
                    ui.bold(title);
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if !facts.is_empty() {
                            ui.words_cut(Face::Small, t.muted, &facts);
                        }
                    });
                });
            }
            if self.feed.hours.is_empty() {
                ui.add_space(size::SMALL);
                ui.fine("Nobody has signed in through the hook today.");
                ui.add_space(size::SMALL);
                return;
            }
            let bars: Vec<Bar> = self
                .feed
                .hours
                .iter()
                .map(|hour| {
                    use chrono::Timelike as _;
                    let at = f64::from(self.local(hour.start).hour());
                    let all = hour.verified + hour.unverified + hour.unavailable;
                    Bar::new(at, all as f64).width(0.6).fill(t.accent).stroke(egui::Stroke::NONE)
                })
                .collect();
            let top = bars.iter().map(|bar| bar.value).fold(1.0, f64::max) * 1.06;
            let most = bars.iter().max_by(|a, b| a.value.total_cmp(&b.value));
            let most = most.map(|bar| format!(", most at {:02.0}:00: {:.0}", bar.argument, bar.value));
            let words = format!("Chart of sign-ins by hour: {facts}{}", most.unwrap_or_default());
            let chart = still_chart("sign-ins by hour", -0.6..=23.6, top)
                .height(86.0)
                .label_formatter(|position| match position {
                    HoverPosition::NearDataPoint { position, .. } => {
                        Some(format!("{:02.0}:00 · {:.0} sign-ins", position.x, position.y))
                    }
                    HoverPosition::Elsewhere { .. } => None,
                })
                .show(ui, |plot| {
                    let chart = BarChart::new("sign-ins", bars).color(t.accent);
                    plot.bar_chart(chart.element_formatter(Box::new(|bar: &Bar, _: &BarChart| {
                        format!("{:02.0}:00 · {:.0} sign-ins", bar.argument, bar.value)
                    })));
                });
            chart_said(&chart.response, &words);
            let across = ui.min_rect().x_range();
            ui.painter().hline(across, ui.cursor().top() - size::SMALL, egui::Stroke::new(1.0, t.line));
            ui.horizontal(|ui| {
                ui.fine("00:00");
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.fine("24:00");
                });
            });
        });
    }

    pub(super) fn feed_ui(&self, ui: &mut Ui) {
        Card::new().padding(0.0).fill_height().show(ui, |ui| {
            self.unrecorded_ui(ui);
            if self.feed.calls.is_empty() {
                let note = if self.is_listening() {
                    "Each sign-in that Okta asks about appears here, never its password."
                } else {
                    "Start the server, and each sign-in that Okta asks about appears here."
                };
                empty_state(ui, Icon::People, "No sign-ins yet", note, None);
                return;
            }
            for guessed in &self.feed.guessed {
                egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
                    ui.words(Face::Small, tokens(ui).hook.text, guessed.words());
                });
            }
            table_stop(ui, "Sign-ins", |ui, stop| self.table_ui(ui, stop));
        });
    }

    /// What was answered and does not show below, and why.
    fn unrecorded_ui(&self, ui: &mut Ui) {
        let status = &self.server.status;
        let behind = status.behind.as_ref().filter(|_| self.is_running()).map(ToString::to_string);
        for words in behind.into_iter().chain(crate::hook::lost_words(status.lost)) {
            egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
                ui.words(Face::Small, tokens(ui).bad.text, words);
            });
        }
    }

    fn table_ui(&self, ui: &mut Ui, stop: &TableStop) {
        let t = tokens(ui);
        let across = ui.max_rect().x_range();
        let calls = &self.feed.calls;
        // In a small window the reason stands under the login.
        let narrow = ui.available_width() < 460.0;
        let wide = ui.available_width() > 640.0;
        let high = if narrow { size::ROW_TWO } else { size::ROW };
        let (at, moved) = reading_row(ui, stop, calls.len(), high);
        let mut wanted = at.filter(|_| moved);
        let mut table = bring_into_view(people_table(ui, "hook calls"), &mut wanted, calls.len())
            .column(Column::exact(80.0).clip(true))
            .column(Column::remainder().at_least(90.0).clip(true))
            .column(Column::exact(116.0).clip(true));
        if !narrow {
            // The login gets what is left: it is what one looks for.
            let against = Column::exact(if wide { 166.0 } else { 118.0 });
            table = table.column(against.clip(true));
        }
        table
            .column(Column::exact(74.0).clip(true))
            .header(36.0, |mut row| {
                for (nth, cell) in HEAD.into_iter().enumerate().filter(|(nth, _)| !narrow || *nth != 3) {
                    row.col(|ui| {
                        ui.add_space(if nth == 0 { 12.0 } else { 4.0 });
                        head(ui, cell, None);
                    });
                }
            })
            .body(|body| {
                body.rows(high, calls.len(), |mut row| {
                    let nth = row.index();
                    let Some(call) = calls.get(nth) else { return };
                    let current = at == Some(nth);
                    row.col(|ui| {
                        stop.mark(ui, current);
                        row_rule(ui, across);
                        ui.add_space(12.0);
                        let time = self.local(call.at).format("%H:%M:%S").to_string();
                        cell_text(ui, Face::Mono, t.text, &time);
                    });
                    row.col(|ui| {
                        ui.add_space(4.0);
                        let login = if call.login.is_empty() { "–" } else { call.login.as_str() };
                        if narrow {
                            ui.vertical(|ui| {
                                ui.spacing_mut().item_spacing.y = 0.0;
                                ui.add_space(4.0);
                                cell_text(ui, Face::Body, t.text, login).on_hover_text(login);
                                cell_text(ui, Face::Small, t.muted, &against(call)).on_hover_text(more(call));
                            });
                        } else {
                            cell_text(ui, Face::Body, t.text, login).on_hover_text(login);
                        }
                    });
                    row.col(|ui| {
                        ui.add_space(4.0);
                        let (tone, icon, word) = answered(call);
                        ui.add(Chip::new(tone, word).sign(icon));
                    });
                    if !narrow {
                        row.col(|ui| {
                            ui.add_space(4.0);
                            cell_text(ui, Face::Body, t.muted, &against(call)).on_hover_text(more(call));
                        });
                    }
                    row.col(|ui| {
                        ui.add_space(4.0);
                        cell_text(ui, Face::Mono, t.text, &took(call.took_us));
                    });
                    let fact = RowFact { at: nth, of: calls.len(), chosen: false, current };
                    stop.row(&row.response(), fact, || self.spoken(call));
                });
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_was_answered_and_how_fast() {
        let totals = crate::workspace::HookTotals {
            verified: 1412,
            unverified: 37,
            unavailable: 1,
            p50_ms: Some(61),
            p95_ms: Some(118),
            ..Default::default()
        };
        assert_eq!(facts_line(&totals), "1,412 verified · 37 unverified · 1 error · p50 61 ms · p95 118 ms");
        assert_eq!(
            facts_line(&crate::workspace::HookTotals::default()),
            "0 verified · 0 unverified · 0 errors"
        );
        assert_eq!((took(96_400), took(1_250_000)), ("96 ms".to_owned(), "1,250 ms".to_owned()));
    }
}
