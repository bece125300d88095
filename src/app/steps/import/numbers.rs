//! The two cards above the table: how many stand where, and how fast it goes.

use egui::{CornerRadius, Frame, Margin, Ui};
use egui_plot::{HLine, HoverPosition, Line, LineStyle, PlotPoints};

use super::left_words;
use crate::app::theme::{Face, Icon, Tone, size, tokens};
use crate::app::widgets::{Piece, Words as _, card, chart_said, coloured_bar, number, spread, still_chart};
use crate::migration::import::{ImportProgress, Tally};
use crate::model::Phase;

/// Height of both cards' content, so that they end on one line.
const HEIGHT: f32 = 137.0;

/// How many stand where.
pub(super) fn numbers_ui(ui: &mut Ui, tally: &Tally, run: Option<&ImportProgress>) {
    card(ui, |ui| {
        ui.set_min_height(HEIGHT);
        let t = tokens(ui);
        let done = tally.done();
        let whole = tally.people.max(done);
        spread(
            ui,
            36.0,
            |ui| {
                ui.words(Face::Figure, t.text, number(done));
                let part = if whole > 0 { done as f64 * 100.0 / whole as f64 } else { 0.0 };
                ui.muted(format!("of {} · {part:.1} %", number(whole)));
            },
            |ui| {
                let Some(run) = run else { return };
                let words = match (run.base.phase, run.seconds_left) {
                    (Phase::Paused, _) => "paused".to_owned(),
                    (_, Some(seconds)) => left_words(seconds),
                    (_, None) => String::new(),
                };
                ui.muted(words);
            },
        );
        let there = tally.already_there + tally.updated;
        let pieces = [
            Piece { tone: Tone::Good, count: tally.created_import },
            Piece { tone: Tone::Hook, count: tally.created_hook },
            Piece { tone: Tone::Reset, count: tally.created_reset },
            Piece { tone: Tone::There, count: there },
            Piece { tone: Tone::Bad, count: tally.failed },
        ];
        coloured_bar(ui, "How far the import is", &pieces, whole, 12.0);
        ui.add_space(size::TINY);
        let words = [
            (Tone::Good, tally.created_import, "with their password"),
            (Tone::Hook, tally.created_hook, "for the hook"),
            (Tone::Reset, tally.created_reset, "set a new one"),
            (Tone::There, there, "already there"),
            (Tone::Bad, tally.failed, "failed"),
        ];
        let width = (ui.available_width() - 4.0 * 10.0) / 5.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            for (tone, count, word) in words {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing.y = 1.0;
                    ui.horizontal(|ui| {
                        ui.spacing_mut().item_spacing.x = 5.0;
                        Icon::of(tone).show(ui, 12.0, t.tone(tone).text);
                        let bad = tone == Tone::Bad && count > 0;
                        ui.words(Face::Strong, if bad { t.bad.text } else { t.text }, number(count));
                    });
                    ui.fine(word);
                });
            }
        });
    });
}

/// People per minute over time, and the limit. `ran`: there was a run since Causeway was opened.
pub(super) fn chart_ui(ui: &mut Ui, rate: &[[f64; 2]], progress: &ImportProgress, running: bool, ran: bool) {
    card(ui, |ui| {
        ui.set_min_height(HEIGHT);
        let t = tokens(ui);
        spread(
            ui,
            22.0,
            |ui| {
                ui.bold("People per minute");
            },
            |ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                // In a small window what is never missed stays: the title and how fast it goes now.
                let room = ui.available_width() - 150.0;
                ui.fine(facts_line(progress, running, room));
            },
        );
        let limit = progress.pace.limit.map(f64::from);
        let top = rate.iter().map(|p| p[1]).fold(limit.unwrap_or(10.0), f64::max) * 1.08;
        let last = rate.last().map_or(1.0, |p| p[0]).max(0.05);
        if rate.len() < 2 {
            ui.add_space(size::MEDIUM);
            let words = match (running, ran) {
                (true, _) => "The chart begins in a moment.",
                (false, true) => "The last run was over in a moment.",
                (false, false) => "No run since Causeway was opened.",
            };
            ui.fine(words);
            return;
        }
        let chart = still_chart("people per minute", 0.0..=last, top)
            .height(ui.available_height().clamp(70.0, 96.0))
            .label_formatter(|position| match position {
                HoverPosition::NearDataPoint { position, .. } => Some(format!("{:.0} a minute", position.y)),
                HoverPosition::Elsewhere { .. } => None,
            })
            .show(ui, |plot| {
                let fill = Line::new("people per minute", PlotPoints::from(rate.to_vec()));
                plot.line(fill.color(t.accent).width(2.0).fill(0.0).fill_alpha(0.10));
                if let Some(limit) = limit {
                    let line = HLine::new("limit", limit).color(t.bad.text).width(1.0);
                    plot.hline(line.style(LineStyle::dashed_dense()));
                }
            });
        let facts = facts_line(progress, running, f32::INFINITY);
        chart_said(&chart.response, &format!("Chart of people per minute: {facts}"));
        let rect = ui.min_rect();
        ui.painter().hline(rect.x_range(), ui.cursor().top() - size::SMALL, egui::Stroke::new(1.0, t.line));
    });
}

/// `591 now · limit 600 · no 429s`.
/// What the chart is about, as far as there is room: some 6 points a letter.
fn facts_line(progress: &ImportProgress, running: bool, room: f32) -> String {
    let mut parts = Vec::new();
    if running {
        parts.push(format!("{:.0} now", progress.per_minute));
    }
    if let Some(limit) = progress.pace.limit {
        parts.push(format!("limit {}", number(u64::from(limit))));
        if progress.pace.cap > 0 && progress.pace.cap < limit {
            parts.push(format!("ours {}", number(u64::from(progress.pace.cap))));
        }
    }
    if running || progress.throttled > 0 {
        parts.push(match progress.throttled {
            0 => "no 429s".to_owned(),
            1 => "one 429".to_owned(),
            n => format!("{} 429s", number(n)),
        });
    }
    while parts.len() > 1 && parts.join(" · ").chars().count() as f32 * 6.0 > room {
        // Ours first, then the limit: how fast it goes and what went wrong stay.
        parts.remove(parts.len() - 2);
    }
    parts.join(" · ")
}

/// Something to know before anything else is done.
pub(super) fn banner(ui: &mut Ui, words: &str, more: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let pair = t.tone(Tone::Hook);
    Frame::new()
        .fill(pair.bg)
        .corner_radius(CornerRadius::same(size::CORNER_CARD))
        .inner_margin(Margin::symmetric(16, 12))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                Icon::Bang.show(ui, size::ICON, pair.text);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.words(Face::Strong, pair.text, words);
                    more(ui);
                });
            });
        });
    ui.add_space(size::TINY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_says_rate_limit_and_refusals() {
        let mut progress = ImportProgress { per_minute: 591.2, ..ImportProgress::default() };
        progress.pace.limit = Some(600);
        progress.pace.cap = 600;
        assert_eq!(facts_line(&progress, true, 400.0), "591 now · limit 600 · no 429s");
        progress.throttled = 3;
        progress.pace.cap = 480;
        assert_eq!(facts_line(&progress, false, 400.0), "limit 600 · ours 480 · 3 429s");
        assert_eq!(facts_line(&progress, true, 100.0), "591 now · 3 429s");
    }
}
