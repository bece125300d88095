//! The chart of people per minute: each run a line of its own.

use std::time::Instant;

use egui::Ui;
use egui_plot::{HLine, HoverPosition, Line, LineStyle, PlotPoints};

use super::numbers::HEIGHT;
use crate::migration::import::ImportProgress;
use crate::ui::theme::{size, tokens};
use crate::ui::widgets::{Words as _, card, chart_said, number, spread, still_chart};

/// Points kept of all runs together; when there are more, every other is dropped.
const POINTS: usize = 600;
/// Room between two runs, as a part of what the runs before take.
const BETWEEN: f64 = 0.02;
/// The least of it, in minutes.
const LEAST_BETWEEN: f64 = 0.02;

/// People per minute over the time that runs took, since the workspace was opened.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// A line for each run: minutes from the chart's left edge, and people per minute then.
    pub runs: Vec<Vec<[f64; 2]>>,
    /// Where the last run begins, in minutes.
    from: f64,
    started: Option<Instant>,
}

impl Chart {
    /// A run begins, with some room to the one before: nothing was sent in between.
    pub(super) fn begin(&mut self) {
        self.runs.retain(|run| run.len() > 1);
        let end = self.runs.last().and_then(|run| run.last()).map(|point| point[0]);
        self.from = end.map_or(0.0, |end| end + (end * BETWEEN).max(LEAST_BETWEEN));
        self.runs.push(Vec::new());
        self.started = Some(Instant::now());
    }

    /// Whether there was a run.
    pub(super) fn began(&self) -> bool {
        self.started.is_some()
    }

    /// How fast the run is now.
    pub(super) fn note(&mut self, progress: &ImportProgress) {
        if let Some(started) = self.started {
            self.put(started.elapsed().as_secs_f64() / 60.0, now(progress));
        }
    }

    fn put(&mut self, minutes: f64, rate: f64) {
        let Some(run) = self.runs.last_mut() else { return };
        run.push([self.from + minutes, rate]);
        if self.runs.iter().map(Vec::len).sum::<usize>() > POINTS {
            for run in &mut self.runs {
                // The first and the last stay: where a run began and how it ended.
                let last = run.len().saturating_sub(1);
                let mut at = 0;
                run.retain(|_| {
                    at += 1;
                    at % 2 == 1 || at > last
                });
            }
        }
    }

    fn points(&self) -> impl Iterator<Item = &[f64; 2]> {
        self.runs.iter().flatten()
    }
}

/// People per minute now. When a part of Okta's minute is left and much of its limit, people go faster for some seconds than the
/// limit allows for a whole minute; against the limit that would read as too fast.
fn now(progress: &ImportProgress) -> f64 {
    progress.pace.limit.map_or(progress.per_minute, |limit| progress.per_minute.min(f64::from(limit)))
}

/// People per minute over time, and the limit.
pub(super) fn chart_ui(ui: &mut Ui, chart: &Chart, progress: &ImportProgress, running: bool) {
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
                let facts = facts_line(progress, running, room);
                if !facts.is_empty() {
                    ui.fine(facts);
                }
            },
        );
        let limit = progress.pace.limit.map(f64::from);
        let top = chart.points().map(|p| p[1]).fold(limit.unwrap_or(10.0), f64::max) * 1.08;
        let last = chart.points().map(|p| p[0]).fold(0.05, f64::max);
        if chart.runs.iter().all(|run| run.len() < 2) {
            ui.add_space(size::MEDIUM);
            let words = match (running, chart.began()) {
                (true, _) => "The chart begins in a moment.",
                (false, true) => "The last run took less than a second.",
                (false, false) => "No run since Causeway was opened.",
            };
            ui.fine(words);
            return;
        }
        let shown = still_chart("people per minute", 0.0..=last, top)
            .height(ui.available_height().clamp(70.0, 96.0))
            .label_formatter(|position| match position {
                HoverPosition::NearDataPoint { position, .. } => {
                    Some(format!("{:.0} per minute", position.y))
                }
                HoverPosition::Elsewhere { .. } => None,
            })
            .show(ui, |plot| {
                for run in chart.runs.iter().filter(|run| run.len() > 1) {
                    let fill = Line::new("people per minute", PlotPoints::from(run.clone()));
                    plot.line(fill.color(t.accent).width(2.0).fill(0.0).fill_alpha(0.10));
                }
                if let Some(limit) = limit {
                    let line = HLine::new("limit", limit).color(t.bad.text).width(1.0);
                    plot.hline(line.style(LineStyle::dashed_dense()));
                }
            });
        let facts = facts_line(progress, running, f32::INFINITY);
        chart_said(&shown.response, &format!("Chart of people per minute: {facts}"));
        let rect = ui.min_rect();
        ui.painter().hline(rect.x_range(), ui.cursor().top() - size::SMALL, egui::Stroke::new(1.0, t.line));
    });
}

/// `591 now · limit 600 · no 429s`: what the chart is about, as far as there is room, some 6 points per letter.
fn facts_line(progress: &ImportProgress, running: bool, room: f32) -> String {
    let mut parts = Vec::new();
    if running {
        parts.push(format!("{:.0} now", now(progress)));
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

    #[test]
    fn a_rate_is_never_above_the_limit_it_is_measured_against() {
        // A third of Okta's minute was left, and all of its limit.
        let mut progress = ImportProgress { per_minute: 1_790.0, ..ImportProgress::default() };
        assert_eq!(facts_line(&progress, true, 400.0), "1790 now · no 429s");
        progress.pace.limit = Some(600);
        progress.pace.cap = 600;
        assert_eq!(facts_line(&progress, true, 400.0), "600 now · limit 600 · no 429s");
    }

    #[test]
    fn runs_are_lines_of_their_own_with_room_between() {
        let mut chart = Chart::default();
        for _ in 0..2 {
            chart.begin();
            for at in 0..4 {
                chart.put(f64::from(at), 500.0);
            }
        }
        assert_eq!(chart.runs.len(), 2);
        assert!(chart.points().all(|point| point[1] > 499.0), "nothing leads down to nothing and up again");
        let (end, begin) = (chart.runs[0][3][0], chart.runs[1][0][0]);
        assert!(begin > end, "{begin} after {end}");
        // A run that was over before its second point leaves nothing behind.
        chart.begin();
        chart.put(0.0, 10.0);
        chart.begin();
        assert_eq!(chart.runs.len(), 3);
        // However long it lasts, memory stays flat, and ends stay.
        for at in 0..5_000 {
            chart.put(f64::from(at), 500.0);
        }
        assert!(chart.points().count() <= POINTS + 1, "{}", chart.points().count());
        assert_eq!(chart.runs[0].first().map(|point| point[0]), Some(0.0));
        assert_eq!(chart.runs[0].last().map(|point| point[0]), Some(3.0));
    }
}
