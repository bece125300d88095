//! A drawer: a panel that lies over the page in a narrow window, from its top to the footer.

use egui::{Area, Frame, Id, Margin, Order, Rect, Role, Stroke, Ui, UiBuilder, Vec2, pos2};

use super::Push;
use crate::ui::theme::{Icon, size, tokens};

/// Where a drawer lies in the window.
pub fn drawer_rect(ctx: &egui::Context) -> Rect {
    let window = ctx.content_rect();
    let min = pos2(window.right() - size::DRAWER, window.top());
    Rect::from_min_max(min, pos2(window.right(), window.bottom() - size::FOOTER))
}

/// Whether a drawer lay over the page in the frame before: what would reach under it is cut at its edge.
pub fn drawer_is_open(ctx: &egui::Context) -> bool {
    let last: Option<u64> = ctx.data(|d| d.get_temp(drawn()));
    last.is_some_and(|last| last + 1 >= ctx.cumulative_frame_nr())
}

fn drawn() -> Id {
    Id::unique("when a drawer was drawn")
}

/// Room at the right of a drawer's first line for its button to close, in points.
pub const DRAWER_CLOSE: f32 = size::CONTROL_ROW + size::SMALL;

/// Draws a drawer with a button to close it, which it gives; `name` is what screen readers say of it. Draw it while it is open.
pub fn drawer(ui: &Ui, name: &str, add: impl FnOnce(&mut Ui)) -> bool {
    let t = tokens(ui);
    let rect = drawer_rect(ui.ctx());
    let mut closed = false;
    let now = ui.ctx().cumulative_frame_nr();
    ui.data_mut(|d| d.insert_temp(drawn(), now));
    let area = Area::new(Id::unique(("drawer", name))).order(Order::Middle).role(Role::Pane);
    area.fixed_pos(rect.min).movable(false).constrain(false).show(ui.ctx(), |ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_label(name);
            let (min, max) = (rect.min, rect.max);
            node.set_bounds(egui::accesskit::Rect {
                x0: min.x.into(),
                y0: min.y.into(),
                x1: max.x.into(),
                y1: max.y.into(),
            });
        });
        Frame::new().fill(t.panel).inner_margin(Margin::symmetric(20, 14)).show(ui, |ui| {
            let inside = rect.size() - Vec2::new(40.0, 28.0);
            ui.set_min_size(inside);
            ui.set_max_size(inside);
            add(ui);
        });
        ui.painter().vline(rect.left() + 0.5, rect.y_range(), Stroke::new(1.0, t.line));
        let at = pos2(rect.right() - 16.0 - size::CONTROL_ROW, rect.top() + 12.0);
        let corner = Rect::from_min_size(at, Vec2::splat(size::CONTROL_ROW));
        ui.scope_builder(UiBuilder::new().max_rect(corner), |ui| {
            closed = ui.add(Push::icon_only(Icon::Cross, "Close")).clicked();
        });
    });
    closed
}
