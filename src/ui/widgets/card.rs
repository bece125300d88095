//! Cards, and cells side by side.

use egui::{Align, CornerRadius, Frame, InnerResponse, Layout, Margin, Stroke, Ui, UiBuilder, Vec2};

use crate::ui::theme::{Tone, size, tokens};

/// A card: a panel with a one-pixel line and no shadow, as wide as there is room.
#[must_use = "show it"]
#[derive(Debug, Clone, Copy)]
pub struct Card {
    tone: Option<Tone>,
    padding: f32,
    fill_height: bool,
}

impl Default for Card {
    fn default() -> Self {
        Self::new()
    }
}

impl Card {
    /// A card.
    pub fn new() -> Self {
        Self { tone: None, padding: size::CARD, fill_height: false }
    }

    /// With a line in the tone's colour.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    /// With other padding, in points; 0 for a table.
    pub fn padding(mut self, padding: f32) -> Self {
        self.padding = padding;
        self
    }

    /// As high as there is room.
    pub fn fill_height(mut self) -> Self {
        self.fill_height = true;
        self
    }

    /// Draws it.
    pub fn show<R>(self, ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let t = tokens(ui);
        let line = self.tone.map_or(t.line, |tone| t.tone(tone).text);
        #[expect(clippy::cast_possible_truncation, reason = "paddings are small whole numbers")]
        let margin = Margin::same(self.padding as i8);
        Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, line))
            .corner_radius(CornerRadius::same(size::CORNER_CARD))
            .inner_margin(margin)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                if self.fill_height {
                    ui.set_min_height(ui.available_height());
                }
                add(ui)
            })
    }
}

/// A plain card.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    Card::new().show(ui, add)
}

/// Cells side by side, their widths in proportion to `weights`, [`size::GAP`] between them. `add` draws the cell of that number.
pub fn cells(ui: &mut Ui, weights: &[f32], mut add: impl FnMut(&mut Ui, usize)) {
    let gap = size::GAP;
    let whole = ui.available_width() - gap * (weights.len().saturating_sub(1)) as f32;
    let sum: f32 = weights.iter().sum();
    let top = ui.cursor().left_top();
    let height = ui.available_height();
    let (mut x, mut bottom) = (top.x, top.y);
    for (at, weight) in weights.iter().enumerate() {
        let width = (whole * weight / sum).max(1.0);
        let rect = egui::Rect::from_min_size(egui::pos2(x, top.y), Vec2::new(width, height));
        let mut cell = ui.new_child(
            UiBuilder::new().id_salt(("cell", at)).max_rect(rect).layout(Layout::top_down(egui::Align::Min)),
        );
        add(&mut cell, at);
        bottom = bottom.max(cell.min_rect().bottom());
        x += width + gap;
    }
    let used = egui::Rect::from_min_max(top, egui::pos2(top.x + ui.available_width(), bottom));
    ui.advance_cursor_after_rect(used);
}

/// One line: `left` from the left, `right` from the right in reverse order, both centred on `height`.
pub fn spread(ui: &mut Ui, height: f32, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(
        Vec2::new(ui.available_width(), height),
        Layout::right_to_left(egui::Align::Center),
        |ui| {
            ui.set_min_height(height);
            right(ui);
            ui.with_layout(Layout::left_to_right(egui::Align::Center), left);
        },
    );
}

/// What stands at the right end of a line, added as it is read: the keyboard reaches it in that order too. (A right-to-left
/// layout would hand the focus backwards.)
pub fn at_right<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.scope_id().with("at right");
    let known: Option<f32> = ui.data(|d| d.get_temp(id));
    let room = ui.available_rect_before_wrap();
    let mut rect = room;
    if let Some(known) = known {
        rect.min.x = (room.right() - known).max(room.left());
    }
    let mut inner = ui
        .new_child(UiBuilder::new().id_salt(id).max_rect(rect).layout(Layout::left_to_right(Align::Center)));
    let out = add(&mut inner);
    let used = inner.min_rect();
    if known.is_none_or(|known| (known - used.width()).abs() > 0.5) {
        // Another width than before: drawn anew before anyone sees it.
        ui.data_mut(|d| d.insert_temp(id, used.width()));
        ui.ctx().request_discard("what stands at the right has another width");
    }
    ui.advance_cursor_after_rect(used);
    out
}
