//! Buttons.

use std::sync::Arc;

use egui::{Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo};

use crate::ui::theme::{Face, Icon, Tokens, size, tokens};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Main,
    Plain,
    Danger,
    Link,
    Bare,
}

/// A button with a word on it. Its name for screen readers is the word, or what [`Push::name`] says.
#[must_use = "add it to a Ui"]
#[derive(Debug, Clone)]
pub struct Push {
    kind: Kind,
    text: String,
    name: Option<String>,
    icon: Option<Icon>,
    chevron: bool,
    enabled: bool,
    height: f32,
    width: Option<f32>,
}

impl Push {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            name: None,
            icon: None,
            chevron: false,
            enabled: true,
            height: size::CONTROL,
            width: None,
        }
    }

    /// The one button of a page that goes on.
    pub fn main(text: impl Into<String>) -> Self {
        Self::new(Kind::Main, text)
    }

    /// Any other button.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(Kind::Plain, text)
    }

    /// A button that stops or removes something.
    pub fn danger(text: impl Into<String>) -> Self {
        Self::new(Kind::Danger, text)
    }

    /// A button that looks like a link in the text.
    pub fn link(text: impl Into<String>) -> Self {
        Self::new(Kind::Link, text)
    }

    /// A button with a frame only under the pointer; for small tools beside something.
    pub fn bare(text: impl Into<String>) -> Self {
        Self::new(Kind::Bare, text)
    }

    /// A button that is only an icon; `name` is what screen readers say and what hovering shows.
    pub fn icon_only(icon: Icon, name: impl Into<String>) -> Self {
        Self {
            icon: Some(icon),
            name: Some(name.into()),
            height: size::CONTROL_ROW,
            ..Self::new(Kind::Bare, "")
        }
    }

    /// An icon before the word.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// A chevron after the word: it opens a list.
    pub fn opens_list(mut self) -> Self {
        self.chevron = true;
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// What screen readers say, where the word alone is not enough.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Low enough for a table row.
    pub fn in_row(mut self) -> Self {
        self.height = size::CONTROL_ROW;
        self
    }

    /// At least this wide, in points; the word then starts at the left.
    pub fn wide(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    fn colours(&self, t: &Tokens, lit: bool, pressed: bool) -> (Color32, Color32, Color32) {
        let none = Color32::TRANSPARENT;
        match self.kind {
            Kind::Main if pressed => (t.accent.gamma_multiply(0.88), none, t.on_accent),
            Kind::Main if lit => (t.accent.gamma_multiply(0.94), none, t.on_accent),
            Kind::Main => (t.accent, none, t.on_accent),
            Kind::Plain if pressed => (t.accent_bg, t.accent, t.text),
            Kind::Plain if lit => (t.hover, t.line_strong, t.text),
            Kind::Plain => (t.panel, t.line, t.text),
            Kind::Danger if pressed || lit => (t.bad.bg, t.bad.text, t.bad.text),
            Kind::Danger => (t.panel, t.bad.text, t.bad.text),
            Kind::Link => (none, none, t.accent),
            Kind::Bare if pressed || lit => (t.hover, none, t.text),
            Kind::Bare => (none, none, t.muted),
        }
    }
}

/// What a button is made of, in points.
struct Inside {
    face: Face,
    pad: f32,
    icon_room: f32,
    galley: Arc<egui::Galley>,
    content: f32,
    width: f32,
}

impl Push {
    /// How wide it will be.
    pub fn measure(&self, ui: &Ui) -> f32 {
        self.inside(ui).width
    }

    fn inside(&self, ui: &Ui) -> Inside {
        let face = if matches!(self.kind, Kind::Link | Kind::Bare) { Face::Body } else { Face::Button };
        let pad = match self.kind {
            Kind::Link => 0.0,
            Kind::Bare => 8.0,
            Kind::Main | Kind::Plain | Kind::Danger if self.height < size::CONTROL => 9.0,
            Kind::Main | Kind::Plain | Kind::Danger => 15.0,
        };
        let has_text = !self.text.is_empty();
        let icon_room = if self.icon.is_some() { size::ICON + if has_text { 6.0 } else { 0.0 } } else { 0.0 };
        let chevron_room = if self.chevron { size::ICON + 4.0 } else { 0.0 };
        let room = self.width.map_or(f32::INFINITY, |w| w - 2.0 * pad - icon_room - chevron_room);
        let mut job =
            egui::text::LayoutJob::simple_singleline(self.text.clone(), face.font(), Color32::PLACEHOLDER);
        if room.is_finite() {
            job.wrap = egui::text::TextWrapping::truncate_at_width(room.max(8.0));
        }
        let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
        let content = icon_room + galley.size().x + chevron_room;
        let least = if has_text { 0.0 } else { self.height };
        let width = self.width.unwrap_or(content + 2.0 * pad).max(least);
        Inside { face, pad, icon_room, galley, content, width }
    }
}

impl Widget for Push {
    fn ui(self, ui: &mut Ui) -> Response {
        let enabled = self.enabled && ui.is_enabled();
        let t = tokens(ui);
        let Inside { face, pad, icon_room, galley, content, width } = self.inside(ui);
        let has_text = !self.text.is_empty();
        let height = if self.kind == Kind::Link { face.line() } else { self.height };
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), sense);
        let spoken = self.name.clone().unwrap_or_else(|| self.text.clone());
        let role = if self.kind == Kind::Link { Role::Link } else { Role::Button };
        response.widget_info(|| WidgetInfo::labeled(role, enabled, &spoken));
        if ui.is_rect_visible(rect) {
            let lit = enabled && response.hovered();
            let pressed = enabled && response.is_pointer_button_down_on();
            let (mut fill, line, mut ink) = self.colours(t, lit, pressed);
            if !enabled {
                fill = fill.gamma_multiply(0.45);
                ink = if self.kind == Kind::Main { ink } else { ink.gamma_multiply(0.5) };
            }
            let corner = CornerRadius::same(size::CORNER);
            ui.painter().rect(rect, corner, fill, Stroke::new(1.0, line), StrokeKind::Inside);
            let start =
                if self.width.is_some() { rect.left() + pad } else { rect.center().x - content / 2.0 };
            if let Some(icon) = self.icon {
                let at = egui::pos2(start + size::ICON / 2.0, rect.center().y);
                let square = egui::Rect::from_center_size(at, Vec2::splat(size::ICON));
                icon.paint(ui, square, ink);
            }
            let at = egui::pos2(start + icon_room, rect.center().y - galley.size().y / 2.0);
            let end = at.x + galley.size().x;
            ui.painter().galley(at, galley, ink);
            if self.kind == Kind::Link && lit {
                let y = at.y + face.font().size + 3.0;
                ui.painter().hline(at.x..=end, y, Stroke::new(1.0, ink));
            }
            if self.chevron {
                let x = if self.width.is_some() { rect.right() - pad - size::ICON } else { end + 4.0 };
                let at = egui::pos2(x + size::ICON / 2.0, rect.center().y);
                let square = egui::Rect::from_center_size(at, Vec2::splat(size::ICON));
                Icon::ChevronDown.paint(ui, square, ink);
            }
        }
        // Also when it is out of view: that is where the keyboard brings it from.
        focus_ring(ui, &response, rect, size::CORNER);
        let response =
            if enabled { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response };
        match self.name {
            Some(name) if !has_text => response.on_hover_text(name),
            _ => response,
        }
    }
}

/// Brings what the keyboard has just come to into view, in whatever scrolls around it.
pub fn follow_focus(ui: &Ui, response: &Response) {
    if response.gained_focus() && !ui.clip_rect().contains_rect(response.rect) {
        // What stands over or under it is of it: a label, the edge of its card.
        ui.scroll_to_rect(response.rect.expand(size::GAP), None);
    }
}

/// The ring that shows where the keyboard is.
pub(super) fn focus_ring(ui: &Ui, response: &Response, rect: egui::Rect, corner: u8) {
    if response.has_focus() {
        follow_focus(ui, response);
        let t = tokens(ui);
        ui.painter().rect_stroke(
            rect.expand(2.0),
            CornerRadius::same(corner + 2),
            Stroke::new(2.0, t.accent.gamma_multiply(0.7)),
            StrokeKind::Inside,
        );
    }
}
