//! Where a scroll bar stands: beside what it scrolls, not over its edge.

use egui::{ScrollArea, Ui, UiBuilder};

/// Room for a scroll bar in the margin at the right, in points: the bar, and a little before it.
const BAR: f32 = 12.0;

/// Draws a scroll area whose bar stands in the margin right of it (there must be one of 12 points), so that it lies over no card's
/// edge. What is in it is as wide as without the bar.
pub fn scrolled<R>(ui: &mut Ui, area: ScrollArea, add: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    let wider = room.with_max_x(room.right() + BAR);
    let mut child = ui.new_child(UiBuilder::new().id_salt("beside a bar").max_rect(wider));
    let out = area.show(&mut child, |ui| {
        ui.set_max_width(ui.available_width() - BAR);
        add(ui)
    });
    let used = child.min_rect();
    ui.advance_cursor_after_rect(used.with_max_x(used.right().min(room.right())));
    out.inner
}
