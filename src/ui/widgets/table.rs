//! Tables that draw only the rows in view, however many there are.

use std::cell::Cell;

use egui::{
    Align, Color32, Context, EventFilter, FocusDirection, Id, Key, Layout, Rangef, Rect, Response, Role,
    Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
};
use egui_extras::TableBuilder;

use super::Words as _;
use crate::ui::theme::{Face, Icon, size, tokens};

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
/// columns, [`head`] and `body.rows(size::ROW, count, …)`; never `body.row`. Its cells are no stops of the Tab key: draw it in a
/// [`table_stop`].
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
        // Clicked, not focused: every cell of every row would be a stop without a name.
        .sense(Sense::CLICK)
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

/// A table as one stop of the Tab key. Arrows move inside it, and a screen reader follows to the row they lead to.
pub struct TableStop {
    id: Id,
    /// Whether the table has the keyboard.
    pub focused: bool,
    /// Whether it has it since this frame.
    pub gained: bool,
    across: Rangef,
    /// The current row and what of it is in view.
    mark: Cell<Option<(Rect, Rect)>>,
}

/// One row, as a screen reader hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowFact {
    /// Its place, from 0.
    pub at: usize,
    /// How many rows there are.
    pub of: usize,
    /// Whether it is selected.
    pub chosen: bool,
    /// Whether the arrows led to it.
    pub current: bool,
}

impl TableStop {
    fn id_of(name: &str) -> Id {
        Id::unique(("table", name))
    }

    /// The arrows led to this row: it gets the edge that shows where the keyboard is. Call it in the row's first cell.
    pub fn mark(&self, ui: &Ui, current: bool) {
        if current && self.focused {
            let row = Rect::from_x_y_ranges(self.across, ui.max_rect().y_range());
            let seen = Rect::from_x_y_ranges(self.across, ui.clip_rect().y_range());
            self.mark.set(Some((row, seen)));
        }
    }

    /// Tells screen readers of a row. Call it with the row's response.
    pub fn row(&self, response: &Response, row: RowFact, name: impl Fn() -> String) {
        response.widget_info(|| WidgetInfo::labeled(Role::Row, true, name()));
        let ctx = &response.ctx;
        ctx.accesskit_node_builder(response.id, |node| {
            node.set_selected(row.chosen);
            // What is longer than its cell is cut off there.
            node.set_bounds(bounds(Rect::from_x_y_ranges(self.across, response.rect.y_range())));
            node.set_position_in_set(row.at + 1);
            node.set_size_of_set(row.of);
        });
        if row.current && self.focused {
            let id = response.id.accesskit_id();
            ctx.accesskit_node_builder(self.id, |node| node.set_active_descendant(id));
        }
    }
}

/// A place as screen readers are told it.
fn bounds(rect: Rect) -> egui::accesskit::Rect {
    let [x0, y0, x1, y1] = [rect.left(), rect.top(), rect.right(), rect.bottom()].map(f64::from);
    egui::accesskit::Rect { x0, y0, x1, y1 }
}

/// Draws a table that the keyboard reaches as a whole. `name` is what screen readers say of it, and unlike any other's in the
/// window.
pub fn table_stop<R>(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui, &TableStop) -> R) -> R {
    let id = TableStop::id_of(name);
    let builder = UiBuilder::new()
        .scope_id(id)
        .sense(Sense::FOCUSABLE)
        .accessibility_role(Role::Grid)
        .accessibility_label(name);
    let shown = ui.scope_builder(builder, |ui| {
        let focused = ui.memory(|m| m.has_focus(id));
        if focused {
            let arrows =
                EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|m| m.set_focus_lock_filter(id, arrows));
        }
        let had = ui.data(|d| d.get_temp::<bool>(id)).unwrap_or_default();
        if had != focused {
            ui.data_mut(|d| d.insert_temp(id, focused));
        }
        let gained = focused && !had;
        let stop = TableStop { id, focused, gained, across: ui.max_rect().x_range(), mark: Cell::new(None) };
        let out = add(ui, &stop);
        let edge = Stroke::new(2.0, tokens(ui).accent);
        match stop.mark.get() {
            Some((row, seen)) => {
                ui.painter().with_clip_rect(seen).rect_stroke(row, 0, edge, StrokeKind::Inside);
            }
            // Nothing to be at: the table itself is.
            None if focused => {
                ui.painter().rect_stroke(ui.min_rect(), size::CORNER, edge, StrokeKind::Inside);
            }
            None => {}
        }
        out
    });
    // egui told its place before it was known.
    ui.ctx().accesskit_node_builder(id, |node| node.set_bounds(bounds(shown.response.rect)));
    shown.inner
}

/// Whether the table of this name has the keyboard.
pub fn table_has_keyboard(ctx: &Context, name: &str) -> bool {
    ctx.memory(|m| m.has_focus(TableStop::id_of(name)))
}

/// Gives the keyboard to the table of this name.
pub fn focus_table(ctx: &Context, name: &str) {
    ctx.memory_mut(|m| {
        m.request_focus(TableStop::id_of(name));
        // An arrow that led into the table does not lead on to what stands beyond it.
        m.move_focus(FocusDirection::None);
    });
}

/// The row that an arrow, Page Up or Down, Home or End leads to, if one was pressed. `from` is the row the keyboard is at, `page` how
/// many rows are in view.
pub fn row_by_key(ui: &Ui, from: Option<usize>, count: usize, page: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let page = page.max(2) - 1;
    let pressed = |key: Key| ui.input(|i| i.key_pressed(key));
    let to = if pressed(Key::ArrowDown) {
        from.map_or(0, |at| at + 1)
    } else if pressed(Key::ArrowUp) {
        from.map_or(0, |at| at.saturating_sub(1))
    } else if pressed(Key::PageDown) {
        from.unwrap_or(0) + page
    } else if pressed(Key::PageUp) {
        from.unwrap_or(0).saturating_sub(page)
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    Some(to.min(last))
}

/// The row that the keyboard is at in a table of which nothing but the window knows the rows (nobody can be selected in it), and
/// whether it has just come there. Call it before the table is drawn, with the table's stop; `height` is a row's, in points.
pub fn reading_row(ui: &Ui, stop: &TableStop, count: usize, height: f32) -> (Option<usize>, bool) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows in a window are few")]
    let page = (ui.available_height().max(0.0) / height) as usize;
    let id = stop.id.with("row");
    let known = ui.data(|d| d.get_temp::<usize>(id)).filter(|at| *at < count);
    if !stop.focused || count == 0 {
        return (known, false);
    }
    let moved = if known.is_none() { Some(0) } else { row_by_key(ui, known, count, page) };
    if let Some(at) = moved {
        ui.data_mut(|d| d.insert_temp(id, at));
    }
    (moved.or(known), moved.is_some())
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
        if !cell.text.is_empty() {
            ui.label_text(cell.text);
        }
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
