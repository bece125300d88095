//! Fields to type in.

use egui::{CornerRadius, Frame, Margin, Response, Stroke, TextEdit, Ui, Vec2};

use super::{Words as _, button::follow_focus};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};

/// A field with its label above.
#[must_use = "show it"]
#[derive(Debug, Clone)]
pub struct Field<'a> {
    label: &'a str,
    beside: Option<String>,
    hint: String,
    error: Option<String>,
    password: bool,
    mono: bool,
    rows: usize,
    hidden_label: bool,
    icon: Option<Icon>,
    low: bool,
    width: Option<f32>,
}

impl<'a> Field<'a> {
    /// A field; the label is its name for screen readers too.
    pub fn new(label: &'a str) -> Self {
        Self {
            label,
            beside: None,
            hint: String::new(),
            error: None,
            password: false,
            mono: false,
            rows: 1,
            hidden_label: false,
            icon: None,
            low: false,
            width: None,
        }
    }

    /// More words after the label, e.g. where a password is kept.
    pub fn beside(mut self, text: impl Into<String>) -> Self {
        self.beside = Some(text.into());
        self
    }

    /// Pale words while it is empty.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What is wrong with what was typed, told under it.
    pub fn error(mut self, error: Option<impl Into<String>>) -> Self {
        self.error = error.map(Into::into);
        self
    }

    /// Covers what is typed. After taking the secret, wipe the buffer and call [`Field::forget`].
    pub fn password(mut self) -> Self {
        self.password = true;
        self
    }

    /// In mono, for SQL, paths and tokens.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }

    /// Several lines.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Without the label above it (it stays the name for screen readers).
    pub fn hide_label(mut self) -> Self {
        self.hidden_label = true;
        self
    }

    /// An icon inside, before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Low enough for a table row.
    pub fn in_row(mut self) -> Self {
        self.low = true;
        self
    }

    /// So wide, in points; without it as wide as there is room.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// A search field.
    pub fn search(label: &'a str) -> Self {
        Self::new(label).hide_label().hint(label).icon(Icon::Search)
    }

    /// Draws it over `text`.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        let t = tokens(ui);
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let control = if self.low { size::CONTROL_ROW } else { size::CONTROL };
        let label = if self.hidden_label { 0.0 } else { Face::Label.line() + 5.0 };
        let high = if self.rows > 1 { 0.0 } else { label + control };
        ui.allocate_ui_with_layout(Vec2::new(width, high), egui::Layout::top_down(egui::Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            let label = (!self.hidden_label).then(|| {
                let words = match &self.beside {
                    Some(more) => format!("{} · {more}", self.label),
                    None => self.label.to_owned(),
                };
                ui.label_text(words)
            });
            let id = ui.next_auto_id().with(self.label);
            let focused = ui.memory(|m| m.has_focus(id));
            let line = if self.error.is_some() {
                t.bad.text
            } else if focused {
                t.accent
            } else {
                t.line
            };
            let height = control;
            let face = if self.mono { Face::Mono } else { Face::Body };
            let inside = if self.low { 8 } else { 11 };
            let up = if self.rows > 1 { 8 } else { 2 };
            let frame = Frame::new()
                .fill(t.panel)
                .stroke(Stroke::new(1.0, line))
                .corner_radius(CornerRadius::same(size::CORNER))
                .inner_margin(Margin {
                    left: if self.icon.is_some() { 32 } else { inside },
                    right: inside,
                    top: up,
                    bottom: up,
                });
            let mut edit = if self.rows > 1 {
                TextEdit::multiline(text).desired_rows(self.rows)
            } else {
                TextEdit::singleline(text).min_size(Vec2::new(0.0, height)).align(egui::Align2::LEFT_CENTER)
            };
            edit = edit
                .id(id)
                .frame(frame)
                .font(face.font())
                .text_color(t.text)
                .password(self.password)
                .hint_text(Face::Body.text(self.hint.clone()).color(t.muted).line_height(None))
                .desired_width(width);
            let mut response = ui.add(edit);
            if ui.is_enabled() && ui.data_mut(|d| d.remove_temp::<bool>(first_field())).is_some() {
                response.request_focus();
            }
            if let Some(icon) = self.icon {
                let at = egui::pos2(response.rect.left() + 18.0, response.rect.center().y);
                let square = egui::Rect::from_center_size(at, Vec2::splat(size::ICON));
                icon.paint(ui, square, t.muted);
            }
            follow_focus(ui, &response);
            if focused {
                ui.painter().rect_stroke(
                    response.rect.expand(2.0),
                    CornerRadius::same(size::CORNER + 2),
                    Stroke::new(2.0, t.accent_bg),
                    egui::StrokeKind::Inside,
                );
            }
            if let Some(label) = label {
                response = response.labelled_by(label.id);
            } else {
                let (name, enabled) = (self.label.to_owned(), ui.is_enabled());
                ui.ctx().accesskit_node_builder(response.id, |node| {
                    node.set_label(name);
                    if !enabled {
                        node.set_disabled();
                    }
                });
            }
            if let Some(error) = self.error {
                ui.words(Face::Small, t.tone(Tone::Bad).text, error);
            }
            response
        })
        .inner
    }

    /// Makes egui forget what was typed into a password field (its undo history keeps the clear text).
    pub fn forget(ctx: &egui::Context, response_id: egui::Id) {
        egui::text_edit::TextEditState::default().store(ctx, response_id);
    }
}

/// Draws `body`; if `wanted`, the first field in it that can be typed in gets the keyboard. Gives whether one did.
pub(super) fn focus_first(ui: &mut Ui, wanted: bool, body: impl FnOnce(&mut Ui)) -> bool {
    if wanted {
        ui.data_mut(|d| d.insert_temp(first_field(), true));
    }
    body(ui);
    wanted && ui.data_mut(|d| d.remove_temp::<bool>(first_field())).is_none()
}

fn first_field() -> egui::Id {
    egui::Id::unique("the first field gets the keyboard")
}
