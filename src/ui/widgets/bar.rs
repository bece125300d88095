//! The coloured bar: how many of each, at one look.

use egui::{Response, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::ui::theme::{Tone, tokens};

/// One piece of a coloured bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Its colour and meaning.
    pub tone: Tone,
    /// How many.
    pub count: u64,
}

/// Draws the pieces in proportion to `whole` (what is missing to it stays pale), `height` points high. Every piece with someone in
/// it is at least 3 points wide, so that nobody disappears. Gives the piece that was clicked.
///
/// `name` is what screen readers say; the legend beside it must tell the numbers in words.
pub fn coloured_bar(
    ui: &mut Ui,
    name: &str,
    pieces: &[Piece],
    whole: u64,
    height: f32,
) -> (Response, Option<usize>) {
    let t = tokens(ui);
    // Clicked, not focused: the keyboard reaches the legend, whose words do the same.
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), name));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let radius = height / 2.0;
    painter.rect_filled(rect, radius, t.tone(Tone::Quiet).bg);
    let present: Vec<(usize, &Piece)> = pieces.iter().enumerate().filter(|(_, p)| p.count > 0).collect();
    let sum: u64 = present.iter().map(|(_, p)| p.count).sum();
    let whole = whole.max(sum).max(1);
    let widths = widths(rect.width(), &present.iter().map(|(_, p)| p.count).collect::<Vec<_>>(), whole);
    let (mut x, mut clicked) = (rect.left(), None);
    let last = present.len().saturating_sub(1);
    let gap = 2.0;
    for (nth, ((at, piece), width)) in present.iter().zip(&widths).enumerate() {
        let full = egui::Rect::from_min_size(egui::pos2(x, rect.top()), Vec2::new(*width, height));
        let ends_bar = nth == last && sum >= whole;
        let drawn =
            if ends_bar { full } else { full.with_max_x((full.right() - gap).max(full.left() + 1.0)) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "half of a bar's height")]
        let round = radius as u8;
        let corner = egui::CornerRadius {
            nw: if nth == 0 { round } else { 0 },
            sw: if nth == 0 { round } else { 0 },
            ne: if ends_bar { round } else { 0 },
            se: if ends_bar { round } else { 0 },
        };
        painter.rect_filled(drawn, corner, t.tone(piece.tone).bar);
        if response.clicked() && response.interact_pointer_pos().is_some_and(|p| full.contains(p)) {
            clicked = Some(*at);
        }
        x += width;
    }
    (response, clicked)
}

/// The widths of pieces in a bar of `room` points that stands for `whole`.
fn widths(room: f32, counts: &[u64], whole: u64) -> Vec<f32> {
    const LEAST: f32 = 5.0;
    let raw: Vec<f32> = counts.iter().map(|n| room * (*n as f32 / whole as f32)).collect();
    let short: f32 = raw.iter().filter(|w| **w < LEAST).map(|w| LEAST - w).sum();
    let long: f32 = raw.iter().filter(|w| **w >= LEAST).map(|w| w - LEAST).sum();
    let shrink = if long > 0.0 { (1.0 - short / long).max(0.0) } else { 1.0 };
    raw.into_iter().map(|w| if w < LEAST { LEAST } else { LEAST + (w - LEAST) * shrink }).collect()
}

#[cfg(test)]
mod tests {
    use super::widths;

    #[test]
    fn pieces_are_in_proportion_and_fill_the_bar() {
        let w = widths(400.0, &[75, 25], 100);
        assert!((w[0] - 300.0).abs() < 0.01 && (w[1] - 100.0).abs() < 0.01, "{w:?}");
    }

    #[test]
    fn one_person_in_a_million_is_still_seen_and_the_bar_does_not_grow() {
        let w = widths(400.0, &[1_000_000, 1], 1_000_001);
        assert!(w[1] >= 5.0, "{w:?}");
        assert!(w.iter().sum::<f32>() <= 400.1, "{w:?}");
    }
}
