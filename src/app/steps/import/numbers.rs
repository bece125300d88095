//! The two cards above the table: how many stand where, and how fast it goes.

use egui::{CornerRadius, Frame, Margin, Ui};
use egui_plot::{HLine, HoverPosition, Line, LineStyle, PlotPoints};

use super::{left_words, spent_words};
use crate::app::theme::{Face, Icon, Tone, size, tokens};
use crate::app::widgets::{Piece, Words as _, card, chart_said, coloured_bar, number, spread, still_chart};
use crate::migration::import::{ImportProgress, Tally};
use crate::model::Phase;

/// Height of both cards' content, so that they end on one line.
const HEIGHT: f32 = 152.0;

/// How many stand where.
pub(super) fn numbers_ui(ui: &mut Ui, tally: &Tally, run: Option<&ImportProgress>, took: Option<u64>) {
    card(ui, |ui| {
        ui.set_min_height(HEIGHT);
        let t = tokens(ui);
        // While it runs, the run's own share: a pilot counts its ten, not everyone.
        let share = run.map_or(*tally, |run| run.tally.since(&run.before));
        let (done, whole) = match run.and_then(|run| run.base.total.map(|total| (run.base.done, total))) {
            Some((done, total)) => (done, total.max(done)),
            None => (tally.done(), tally.people.max(tally.done())),
        };
        let tally = &share;
        let paused = run.is_some_and(|run| run.base.phase == Phase::Paused);
        spread(
            ui,
            36.0,
            |ui| {
                ui.words(Face::Figure, t.text, number(done));
                let part = if whole > 0 { done as f64 * 100.0 / whole as f64 } else { 0.0 };
                ui.muted(format!("of {} · {part:.1} %", number(whole)));
            },
            |_| {},
        );
        let there = tally.already_there + tally.updated;
        let pieces = [
            Piece { tone: Tone::Good, count: tally.created_import },
            Piece { tone: Tone::Hook, count: tally.created_hook },
            Piece { tone: Tone::Reset, count: tally.created_reset },
            Piece { tone: Tone::There, count: there },
            Piece { tone: Tone::Bad, count: tally.failed },
        ];
        let pieces = pieces.map(|piece| if paused { Piece { tone: Tone::Quiet, ..piece } } else { piece });
        coloured_bar(ui, "How far the import is", &pieces, whole, 12.0);
        ui.horizontal(|ui| {
            ui.set_min_height(18.0);
            match (run, took) {
                (Some(run), _) => {
                    ui.fine(format!("{} so far", spent_words(run.seconds)));
                    let left = match (paused, run.seconds_left) {
                        (true, _) => "paused".to_owned(),
                        (false, Some(seconds)) => left_words(seconds),
                        (false, None) => String::new(),
                    };
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        ui.words(Face::Small, t.text, left);
                    });
                }
                (None, Some(took)) => {
                    ui.fine(format!("The last run took {}", spent_words(took)));
                }
                (None, None) => {}
            }
        });
        let width = (ui.available_width() - 4.0 * 10.0) / 5.0;
        let words = [
            (Tone::Good, tally.created_import, "as is"),
            (Tone::Hook, tally.created_hook, if width < 80.0 { "hook" } else { "by the hook" }),
            (Tone::Reset, tally.created_reset, if width < 80.0 { "reset" } else { "must reset" }),
            (Tone::There, there, if width < 80.0 { "there" } else { "already there" }),
            (Tone::Bad, tally.failed, "failed"),
        ];
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
                HoverPosition::NearDataPoint { position, .. } => {
                    Some(format!("{:.0} per minute", position.y))
                }
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
