//! Dialogs: a question over the dimmed window, answered by a button, Escape, or a click outside.

use egui::{Context, CornerRadius, Frame, Id, Margin, Modal, Stroke, Ui, UiKind};

use super::{Push, Words as _, at_right, enter_is_free, enter_pressed, field};
use crate::ui::theme::{size, tokens_of};

/// What a dialog needs around its body, in points: title, buttons, its own margins, and a little of the window behind it.
const AROUND: f32 = 190.0;

/// Its own margins at the sides, and a little of the window, in points.
const ASIDE: f32 = 36.0;

/// How a dialog was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogAnswer {
    /// Not yet.
    Open,
    /// The main button.
    Yes,
    /// The other button, Escape, or a click outside.
    No,
}

/// A dialog. Draw it every frame while it is open; what is open is the caller's state.
#[must_use = "show it"]
#[derive(Debug, Clone)]
pub struct Dialog {
    title: String,
    yes: Option<String>,
    no: String,
    danger: bool,
    harmless_enter: bool,
    enter_in_field: bool,
    ready: bool,
    width: f32,
}

impl Dialog {
    /// A dialog with this title and a way out.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            yes: None,
            no: "Cancel".into(),
            danger: false,
            harmless_enter: false,
            enter_in_field: false,
            ready: true,
            width: 460.0,
        }
    }

    /// The main button's words.
    pub fn yes(mut self, words: impl Into<String>) -> Self {
        self.yes = Some(words.into());
        self
    }

    /// The other button's words; `Cancel` without.
    pub fn no(mut self, words: impl Into<String>) -> Self {
        self.no = words.into();
        self
    }

    /// The main button stops or removes something. Enter gives the other answer.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self.irreversible()
    }

    /// What the main button does can't be taken back: Enter gives the other answer.
    pub fn irreversible(mut self) -> Self {
        self.harmless_enter = true;
        self
    }

    /// The dialog is its one field, and harmless: Enter in it is the main button. Without this, Enter in a field only confirms the field.
    pub fn enter_in_field(mut self) -> Self {
        self.enter_in_field = true;
        self
    }

    /// Whether the main button can be pressed.
    pub fn ready(mut self, ready: bool) -> Self {
        self.ready = ready;
        self
    }

    /// So wide, in points.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Draws it.
    pub fn show(self, ctx: &Context, body: impl FnOnce(&mut Ui)) -> DialogAnswer {
        let t = tokens_of(ctx);
        let mut answer = DialogAnswer::Open;
        let frame = Frame::new()
            .fill(t.panel)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(CornerRadius::same(size::CORNER_CARD))
            .inner_margin(Margin::same(22))
            .shadow(ctx.global_style().visuals.window_shadow);
        let room = (ctx.content_rect().height() - AROUND).max(240.0);
        let free = enter_is_free(ctx);
        let shown = Modal::new(Id::unique(("dialog", &self.title)))
            .frame(frame)
            .backdrop_color(t.backdrop)
            .show(ctx, |ui| {
                let width = self.width.min(ctx.content_rect().width() - 2.0 * ASIDE);
                ui.set_width(width);
                let title = ui.card_title(&self.title);
                named_by(ui, &title);
                ui.add_space(size::TINY);
                // The room is known from the start. Otherwise a long list inside gets what the dialog had the frame before, and
                // the dialog grows for a second before the reader's eyes.
                ui.scope(|ui| {
                    ui.set_max_height(room);
                    body_ui(ui, &self.title, body);
                });
                ui.add_space(size::GAP);
                // In a row, which is no higher than its buttons: else they stand in the middle of whatever is left, and a
                // dialog that was once long never gets short again.
                ui.horizontal(|ui| {
                    at_right(ui, |ui| {
                        if ui.add(Push::plain(&self.no)).clicked() {
                            answer = DialogAnswer::No;
                        }
                        if let Some(yes) = &self.yes {
                            let push = if self.danger { Push::danger(yes) } else { Push::main(yes) };
                            if ui.add(push.enabled(self.ready)).clicked() {
                                answer = DialogAnswer::Yes;
                            }
                        }
                    });
                });
            });
        // It is put in the middle by the size it had before: when that changed, once more, before anyone sees it jump.
        let size = shown.response.rect.size();
        let id = Id::unique(("dialog's size", &self.title));
        let before = ctx.data(|d| d.get_temp::<egui::Vec2>(id));
        if before != Some(size) {
            ctx.data_mut(|d| d.insert_temp(id, size));
            ctx.request_discard("the dialog has another size");
            ctx.request_repaint();
        }
        if answer == DialogAnswer::Open {
            let confirmed =
                self.enter_in_field && enter_pressed(ctx) && ctx.memory(|m| m.focused().is_none());
            match (free, self.harmless_enter) {
                (true, true) => answer = DialogAnswer::No,
                (true, false) if self.ready && self.yes.is_some() => answer = DialogAnswer::Yes,
                (false, false) if confirmed && self.ready && self.yes.is_some() => answer = DialogAnswer::Yes,
                _ => {}
            }
        }
        if answer == DialogAnswer::Open && shown.should_close() {
            answer = DialogAnswer::No;
        }
        answer
    }
}

/// Tells screen readers that the dialog is called what its title says.
fn named_by(ui: &Ui, title: &egui::Response) {
    let dialog = ui.stack().iter().find(|part| part.kind() == Some(UiKind::Modal));
    if let Some(dialog) = dialog {
        ui.ctx().accesskit_node_builder(dialog.unique_id, |node| {
            node.push_labelled_by(title.id.accesskit_id());
            node.set_modal();
        });
    }
}

/// When a dialog was drawn.
#[derive(Clone, Copy, Default)]
struct Seen {
    first: u64,
    last: u64,
    /// Whether its first field has had the keyboard.
    focused: bool,
}

/// Draws the body; when the dialog has just opened, its first field gets the keyboard. Kept by title: what is asked next in the
/// same place is new.
fn body_ui(ui: &mut Ui, title: &str, body: impl FnOnce(&mut Ui)) {
    let id = Id::unique(("dialog was drawn", title));
    let now = ui.ctx().cumulative_frame_nr();
    let mut seen: Seen = ui.data(|d| d.get_temp(id)).unwrap_or_default();
    if seen.last + 1 < now || seen.first == 0 {
        seen = Seen { first: now, ..Seen::default() };
    }
    seen.last = now;
    // Its size is measured first, with everything in it disabled: only then a field can take the keyboard.
    let wanted = !seen.focused && now <= seen.first + 2;
    seen.focused |= field::focus_first(ui, wanted, body);
    ui.data_mut(|d| d.insert_temp(id, seen));
}
