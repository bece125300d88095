//! The card above the table that says how many stand where, and what is said above everything else.

use egui::{CornerRadius, Frame, Margin, Ui};

use super::{left_words, spent_words};
use crate::migration::import::{ImportProgress, Tally};
use crate::model::Phase;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Piece, Words as _, card, coloured_bar, number, spread};

/// Height of both cards' content, so that they end on one line.
pub(super) const HEIGHT: f32 = 152.0;

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
