//! Tables that draw only the rows in view, however many there are.

use egui::{Align, Color32, Layout, Response, Role, Sense, Stroke, Ui, WidgetInfo};
use egui_extras::TableBuilder;

use super::Words as _;
use crate::app::theme::{Face, Icon, size, tokens};

/// A table's head in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadCell<K> {
    /// The words.
    pub text: &'static str,
    /// What pressing it sorts by; `None` where one can't sort.
    pub sort: Option<K>,
}

/// What a table is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting<K> {
    /// The key.
    pub by: K,
    /// From the greatest.
    pub down: bool,
}

/// A table in our look: rows can be clicked, lines are cut, nothing is selectable as text (it would swallow the clicks). Add the
/// columns, [`head`] and `body.rows(size::ROW, count, …)`; never `body.row`.
pub fn people_table<'a>(ui: &'a mut Ui, id: &'static str) -> TableBuilder<'a> {
    let t = tokens(ui);
    let style = ui.style_mut();
    style.interaction.selectable_labels = false;
    // Cells make their own room, so that the rules under rows have no gaps.
    style.spacing.item_spacing = egui::Vec2::ZERO;
    let visuals = &mut style.visuals;
    visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, t.line);
    visuals.widgets.hovered.bg_fill = t.hover;
    visuals.selection.bg_fill = t.accent_bg;
    TableBuilder::new(ui)
        .id_salt(id)
        .striped(false)
        .sense(Sense::click())
        .auto_shrink(false)
        // Without it a table takes 200 points even where what is under it needs them.
        .min_scrolled_height(0.0)
        .cell_layout(Layout::left_to_right(Align::Center))
}

/// Brings a row into view at once, if one is wanted; it is no longer wanted then. `count` is how many rows there are.
pub fn bring_into_view<'a>(
    table: TableBuilder<'a>,
    wanted: &mut Option<usize>,
    count: usize,
) -> TableBuilder<'a> {
    match wanted.take() {
        Some(at) => table.animate_scrolling(false).scroll_to_row(at.min(count.saturating_sub(1)), None),
        None => table,
    }
}

/// Which rows of a table were drawn in a frame.
#[derive(Debug, Default)]
pub struct Drawn(Option<(usize, usize)>);

impl Drawn {
    /// This row was.
    pub fn row(&mut self, at: usize) {
        let (top, bottom) = self.0.unwrap_or((at, at));
        self.0 = Some((top.min(at), bottom.max(at)));
    }

    /// From the first to the last.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.0.map_or(0..0, |(top, bottom)| top..bottom + 1)
    }
}

/// The line under a row in one cell, and the room before its content.
pub fn cell_rule(ui: &mut Ui, before: f32) {
    let t = tokens(ui);
    let rect = ui.max_rect();
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    ui.add_space(before);
}

/// Draws one cell of the head; gives the new sorting when it was pressed.
pub fn head<K: Copy + PartialEq>(
    ui: &mut Ui,
    cell: HeadCell<K>,
    sorting: Option<Sorting<K>>,
) -> Option<Sorting<K>> {
    let Some(key) = cell.sort else {
        ui.label_text(cell.text);
        return None;
    };
    let t = tokens(ui);
    let now = sorting.filter(|s| s.by == key);
    let galley =
        ui.fonts_mut(|f| f.layout_no_wrap(cell.text.to_owned(), Face::Label.font(), Color32::PLACEHOLDER));
    let size = egui::vec2(galley.size().x + 18.0, 26.0);
    let (rect, response): (_, Response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, format!("Sort by {}", cell.text)));
    let ink = if response.hovered() || now.is_some() { t.text } else { t.muted };
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, ink);
    if let Some(now) = now {
        let icon = if now.down { Icon::SortDown } else { Icon::SortUp };
        let at = egui::pos2(end + 9.0, rect.center().y);
        icon.paint(ui, egui::Rect::from_center_size(at, egui::Vec2::splat(11.0)), ink);
    }
    super::button::focus_ring(ui, &response, rect, size::CORNER_CHIP);
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .clicked()
        .then(|| Sorting { by: key, down: now.is_some_and(|s| !s.down) })
}

/// A cell's text on one line, cut where there is no room; hovering shows all of it.
pub fn cell_text(ui: &mut Ui, face: Face, color: Color32, text: &str) -> Response {
    ui.words_cut(face, color, text)
}

/// The same in the last column: it ends before the scroll bar and the card's edge.
pub fn last_cell_text(ui: &mut Ui, face: Face, color: Color32, text: &str) -> Response {
    let room = egui::vec2((ui.available_width() - size::MEDIUM).max(0.0), ui.available_height());
    let layout = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(room, layout, |ui| cell_text(ui, face, color, text)).inner
}

/// A rule at the upper edge of a row, from one side of the table to the other. Call it in the row's first cell; `across` is the
/// table's own extent.
pub fn row_rule(ui: &Ui, across: egui::Rangef) {
    let clip = ui.clip_rect();
    let clip = egui::Rect::from_x_y_ranges(across, clip.y_range());
    let mut painter = ui.painter().clone();
    painter.set_clip_rect(clip);
    painter.hline(across, ui.max_rect().top(), Stroke::new(1.0, tokens(ui).line));
}

#[cfg(test)]
mod tests {
    use super::Drawn;

    #[test]
    fn the_rows_drawn_are_a_range() {
        let mut drawn = Drawn::default();
        assert_eq!(drawn.range(), 0..0);
        for at in [7, 5, 9] {
            drawn.row(at);
        }
        assert_eq!(drawn.range(), 5..10);
    }
}
