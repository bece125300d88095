//! Rows of cards: checks, facts, progress.

use egui::{CornerRadius, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::Words as _;
use crate::model::Progress;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};

/// A check: its sign on a coloured square, and what was found. `icon` is the sign; [`Icon::of`] a tone's own.
pub fn check_row(ui: &mut Ui, tone: Tone, icon: Icon, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(22.0), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::same(size::CORNER_CHIP), t.tone(tone).bg);
        icon.paint_centred(ui, rect, 12.0, t.tone(tone).text);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(1.0);
            add(ui);
        });
    });
}

/// A name and its value over a rule, as in an inspector; `label_width` in points.
pub fn fact_row(ui: &mut Ui, label_width: f32, name: &str, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let row = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing = Vec2::new(size::SMALL, size::TINY);
        ui.set_min_height(34.0);
        ui.vertical(|ui| {
            ui.set_width(label_width);
            ui.add_space(8.0);
            ui.words_cut(Face::Small, t.muted, name);
        });
        ui.vertical(|ui| {
            ui.set_width(ui.available_width());
            ui.add_space(8.0);
            add(ui);
            ui.add_space(6.0);
        });
    });
    let rect = row.response.rect;
    let across = egui::Rangef::new(rect.left(), rect.left().max(ui.max_rect().right()));
    ui.painter().hline(across, rect.bottom() + 0.5, Stroke::new(1.0, t.line));
    ui.add_space(1.0 - ui.spacing().item_spacing.y);
}

/// How far a job is: a thin line, and the words under it.
pub fn progress_line(ui: &mut Ui, name: &str, progress: &Progress) {
    let t = tokens(ui);
    let part = match progress.total {
        Some(total) if total > 0 => Some((progress.done as f32 / total as f32).clamp(0.0, 1.0)),
        _ => None,
    };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 6.0), Sense::hover());
    let percent = part.map_or(0.0, |p| f64::from(p) * 100.0);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(percent.round());
        info
    });
    ui.painter().rect_filled(rect, 3.0, t.quiet.bg);
    if let Some(part) = part {
        let done = rect.with_max_x(egui::lerp(rect.x_range(), part));
        ui.painter().rect_filled(done, 3.0, t.accent);
    }
}
