//! A slider in our look.

use std::ops::RangeInclusive;

use egui::{DragValue, Response, Slider, Stroke, Ui};

use crate::ui::theme::tokens;

/// A number chosen by sliding or typing, as wide as there is room. `name` is what screen readers say. Gives whether it changed.
pub fn slider(
    ui: &mut Ui,
    name: &str,
    value: &mut u8,
    range: RangeInclusive<u8>,
    step: u8,
    suffix: &str,
) -> bool {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        // The field after it, with room before.
        ui.spacing_mut().slider_width = (ui.available_width() - 76.0).max(120.0);
        ui.visuals_mut().selection.bg_fill = t.accent;
        let step = f64::from(step);
        let slid = ui.add(Slider::new(value, range.clone()).step_by(step).show_value(false));
        named(&slid, name, *value);
        handle(ui, &slid, *value, &range);
        let typed = ui.add(DragValue::new(value).range(range).speed(step / 4.0).suffix(suffix));
        let typed_name = format!("{name}, as a number");
        ui.ctx().accesskit_node_builder(typed.id, |node| node.set_label(typed_name));
        for part in [&slid, &typed] {
            super::button::follow_focus(ui, part);
        }
        slid.changed() || typed.changed()
    })
    .inner
}

fn named(response: &Response, name: &str, value: u8) {
    let enabled = response.enabled();
    response.widget_info(|| egui::WidgetInfo::slider(enabled, f64::from(value), name));
}

/// The handle over egui's own, which has the colour of the rail.
fn handle(ui: &Ui, slid: &Response, value: u8, range: &RangeInclusive<u8>) {
    let t = tokens(ui);
    let rect = slid.rect;
    let radius = rect.height() / 2.5;
    let (from, to) = (f32::from(*range.start()), f32::from(*range.end()));
    let way = (f32::from(value) - from) / (to - from).max(1.0);
    let x = egui::lerp((rect.left() + radius)..=(rect.right() - radius), way);
    let wide = if slid.dragged() || slid.has_focus() { 3.0 } else { 2.0 };
    let fill = if slid.hovered() { t.accent_bg } else { t.panel };
    ui.painter().circle(egui::pos2(x, rect.center().y), radius, fill, Stroke::new(wide, t.accent));
}
