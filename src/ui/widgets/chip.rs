//! Chips: a sign and a word on a coloured ground.

use egui::{CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo};

use super::button::focus_ring;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};

/// A chip.
#[must_use = "add it to a Ui"]
#[derive(Debug, Clone)]
pub struct Chip {
    tone: Tone,
    text: String,
    sign: Option<Icon>,
    choice: Option<bool>,
    mono: bool,
}

impl Chip {
    /// A chip with the sign of its tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        let sign = (tone != Tone::Accent).then(|| Icon::of(tone));
        Self { tone, text: text.into(), sign, choice: None, mono: false }
    }

    /// With another sign.
    pub fn sign(mut self, icon: Icon) -> Self {
        self.sign = Some(icon);
        self
    }

    /// Without a sign; only where the tone carries no meaning (a name, a count).
    pub fn bare(mut self) -> Self {
        self.sign = None;
        self
    }

    /// One that can be pressed, as a filter; `on` when it is chosen.
    pub fn choice(mut self, on: bool) -> Self {
        self.choice = Some(on);
        self
    }

    /// In mono.
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }
}

impl Widget for Chip {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui);
        let colours = t.tone(self.tone);
        let face = if self.mono { Face::MonoSmall } else { Face::Label };
        let pad = 8.0;
        let sign_room = if self.sign.is_none() {
            0.0
        } else if self.text.is_empty() {
            12.0
        } else {
            12.0 + size::TINY
        };
        let room = (ui.available_width() - 2.0 * pad - sign_room).max(16.0);
        let mut job = egui::text::LayoutJob::simple_singleline(self.text.clone(), face.font(), colours.text);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room);
        let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
        let width = galley.size().x + sign_room + 2.0 * pad;
        let sense = if self.choice.is_some() { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, size::CHIP), sense);
        let cut = galley.elided;
        let enabled = ui.is_enabled();
        let text = self.text.clone();
        response.widget_info(|| match self.choice {
            Some(on) => WidgetInfo::selected(Role::Button, enabled, on, &text),
            None => WidgetInfo::labeled(Role::Label, enabled, &text),
        });
        if ui.is_rect_visible(rect) {
            let chosen = self.choice == Some(true);
            let line = if chosen || (self.choice.is_some() && response.hovered()) {
                Stroke::new(if chosen { 1.5 } else { 1.0 }, colours.text)
            } else {
                Stroke::NONE
            };
            let corner = CornerRadius::same(size::CORNER_CHIP);
            ui.painter().rect(rect, corner, colours.bg, line, StrokeKind::Inside);
            if let Some(icon) = self.sign {
                let x = if text.is_empty() { rect.center().x } else { rect.left() + pad + 6.0 };
                let square = egui::Rect::from_center_size(egui::pos2(x, rect.center().y), Vec2::splat(12.0));
                icon.paint(ui, square, colours.text);
            }
            let at = egui::pos2(rect.left() + pad + sign_room, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, colours.text);
        }
        focus_ring(ui, &response, rect, size::CORNER_CHIP);
        if cut { response.on_hover_text(text) } else { response }
    }
}

/// A chip with the sign of its tone.
pub fn chip(ui: &mut Ui, tone: Tone, text: impl Into<String>) -> Response {
    ui.add(Chip::new(tone, text))
}
