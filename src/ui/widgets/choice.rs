//! Choosing one of several: segments, cards, a list that opens, tabs, a switch.

use egui::{Color32, CornerRadius, Popup, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use super::{Push, Words as _, button::focus_ring};
use crate::ui::theme::{Face, Icon, size, tokens};

/// Words side by side, one of them chosen. Gives whether the choice changed.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, chosen: &mut T, options: &[(T, &str)]) -> bool {
    let mut changed = false;
    for (value, word) in options {
        if segment(ui, *chosen == *value, word, false).clicked() && *chosen != *value {
            *chosen = *value;
            changed = true;
        }
    }
    changed
}

/// Words over what they show, one of them underlined. Gives whether the choice changed.
pub fn tabs<T: Copy + PartialEq>(ui: &mut Ui, chosen: &mut T, options: &[(T, &str)]) -> bool {
    let t = tokens(ui);
    let mut changed = false;
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        for (value, word) in options {
            if segment(ui, *chosen == *value, word, true).clicked() && *chosen != *value {
                *chosen = *value;
                changed = true;
            }
        }
    });
    let y = row.response.rect.bottom();
    let across = egui::Rangef::new(row.response.rect.left(), row.response.rect.left() + ui.available_width());
    ui.painter().hline(across, y, Stroke::new(1.0, t.line));
    changed
}

fn segment(ui: &mut Ui, on: bool, word: &str, tab: bool) -> Response {
    let t = tokens(ui);
    let face = if tab || on { Face::Label } else { Face::Body };
    let galley = ui.fonts_mut(|f| f.layout_no_wrap(word.to_owned(), face.font(), Color32::PLACEHOLDER));
    let pad = if tab { 0.0 } else { 9.0 };
    let height = if tab { 30.0 } else { 24.0 };
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(galley.size().x + 2.0 * pad, height), Sense::click());
    let role = if tab { Role::Tab } else { Role::RadioButton };
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(role, enabled, on, word));
    let ink = match (on, response.hovered()) {
        (true, _) => t.accent,
        (false, true) => t.text,
        (false, false) => t.muted,
    };
    if on && !tab {
        ui.painter().rect_filled(rect, CornerRadius::same(size::CORNER_CHIP), t.accent_bg);
    } else if response.hovered() && !tab {
        ui.painter().rect_filled(rect, CornerRadius::same(size::CORNER_CHIP), t.hover);
    }
    if on && tab {
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(2.0, t.accent));
    }
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    focus_ring(ui, &response, rect, size::CORNER_CHIP);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A card to choose: a title and a line under it.
pub fn choice_card(ui: &mut Ui, title: &str, beside: &str, note: &str, on: bool) -> Response {
    let t = tokens(ui);
    let pad = 15.0;
    let width = ui.available_width();
    let inner = (width - 2.0 * pad).max(20.0);
    let wrap = egui::text::TextWrapping::truncate_at_width(inner);
    let mut head = egui::text::LayoutJob { wrap, ..Default::default() };
    let format = |face: Face, color| egui::TextFormat { font_id: face.font(), color, ..Default::default() };
    head.append(title, 0.0, format(Face::Strong, t.text));
    if !beside.is_empty() {
        head.append(beside, 6.0, format(Face::Body, t.muted));
    }
    let (head, note_galley) = ui.fonts_mut(|f| {
        let head = f.layout_job(head);
        let mut job = egui::text::LayoutJob::simple(note.to_owned(), Face::Small.font(), t.muted, inner);
        for section in &mut job.sections {
            section.format.line_height = Some(Face::Small.line());
        }
        (head, f.layout_job(job))
    });
    let height = (13.0 + 20.0 + note_galley.size().y + 14.0).max(62.0);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), Sense::click());
    let name = format!("{title}. {note}");
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, on, &name));
    if ui.is_rect_visible(rect) {
        let (fill, line) = match (on, response.hovered()) {
            (true, _) => (t.accent_bg, t.accent),
            (false, true) => (t.hover, t.line_strong),
            (false, false) => (t.panel, t.line),
        };
        let corner = CornerRadius::same(size::CORNER_CARD);
        ui.painter().rect_filled(rect, corner, fill);
        ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, line), StrokeKind::Inside);
        let at = rect.min + Vec2::new(pad, 13.0);
        ui.painter().galley(at, head, t.text);
        ui.painter().galley(at + Vec2::new(0.0, 21.0), note_galley, t.muted);
    }
    focus_ring(ui, &response, rect, size::CORNER_CARD);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A rounded outline of dashes.
pub fn dashed_outline(ui: &Ui, rect: egui::Rect, color: Color32) {
    let rect = rect.shrink(0.5);
    let r = f32::from(size::CORNER_CARD);
    let mut points = Vec::new();
    let quarter = std::f32::consts::FRAC_PI_2;
    for (centre, from) in [
        (egui::pos2(rect.right() - r, rect.top() + r), -quarter),
        (egui::pos2(rect.right() - r, rect.bottom() - r), 0.0),
        (egui::pos2(rect.left() + r, rect.bottom() - r), quarter),
        (egui::pos2(rect.left() + r, rect.top() + r), 2.0 * quarter),
    ] {
        for step in 0..=6_u8 {
            let angle = from + quarter * f32::from(step) / 6.0;
            points.push(centre + r * Vec2::angled(angle));
        }
    }
    if let Some(first) = points.first().copied() {
        points.push(first);
    }
    ui.painter().extend(egui::Shape::dashed_line(&points, Stroke::new(1.0, color), 4.0, 3.0));
}

/// A button that shows what is chosen and opens the list. Gives whether the choice changed. `name` is its name for screen readers,
/// which hear the chosen word after it.
pub fn drop_down<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    chosen: &mut T,
    options: &[(T, String)],
) -> bool {
    let current = options.iter().find(|(v, _)| v == chosen).map_or("", |(_, word)| word.as_str());
    let button = ui.add(Push::plain(current).name(format!("{name}: {current}")).opens_list());
    let mut changed = false;
    let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&button));
    let widest = if is_open {
        options.iter().map(|(_, word)| menu_row_width(ui, word)).fold(160.0, f32::max)
    } else {
        160.0
    };
    let wide = widest.max(button.rect.width());
    // A button at the right end: its list would reach out of the card or panel it stands in.
    let align = if button.rect.left() + wide > ui.max_rect().right() + 0.5 {
        egui::RectAlign::BOTTOM_END
    } else {
        egui::RectAlign::BOTTOM_START
    };
    Popup::menu(&button).align(align).show(|ui| {
        super::name_menu(ui, name);
        // As wide as its words: rows take what room there is, and that may be more than the panel has.
        ui.set_width(wide);
        // A long list scrolls: it would reach over the window's edge.
        egui::ScrollArea::vertical().max_height(306.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (value, word) in options {
                let row = menu_row(ui, word, value == chosen);
                if row.clicked() {
                    changed = *value != *chosen;
                    *chosen = value.clone();
                    ui.close();
                }
            }
        });
    });
    changed
}

/// How wide a row of a list that opens has to be for this word, in points.
pub fn menu_row_width(ui: &Ui, word: &str) -> f32 {
    let galley = ui.fonts_mut(|f| f.layout_no_wrap(word.to_owned(), Face::Body.font(), Color32::PLACEHOLDER));
    galley.size().x + 44.0
}

/// One row of a list that opens: a word, with a ✓ where it is chosen.
pub fn menu_row(ui: &mut Ui, word: &str, on: bool) -> Response {
    let t = tokens(ui);
    let mut job =
        egui::text::LayoutJob::simple_singleline(word.to_owned(), Face::Body.font(), Color32::PLACEHOLDER);
    // A group's name may be as long as it likes.
    job.wrap = egui::text::TextWrapping::truncate_at_width((ui.available_width() - 40.0).max(120.0));
    let galley = ui.fonts_mut(|f| f.layout_job(job));
    let width = (galley.size().x + 44.0).max(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, 30.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, enabled, on, word));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, CornerRadius::same(size::CORNER_CHIP), t.hover);
    }
    if on {
        let at = egui::pos2(rect.left() + 15.0, rect.center().y);
        let square = egui::Rect::from_center_size(at, Vec2::splat(size::ICON));
        Icon::Check.paint(ui, square, t.accent);
    }
    let at = egui::pos2(rect.left() + 30.0, rect.center().y - galley.size().y / 2.0);
    let cut = galley.elided;
    ui.painter().galley(at, galley, if enabled { t.text } else { t.muted });
    let response = if cut { response.on_hover_text(word) } else { response };
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A box to tick, without words beside it; `name` is what screen readers say. What is ticked is the caller's.
pub fn tick_box(ui: &mut Ui, name: &str, on: bool) -> Response {
    tick(ui, name, on, Sense::click())
}

/// The same in a table's row: no stop of the Tab key, since the table is one, and Space there ticks the row.
pub fn tick_in_row(ui: &mut Ui, name: &str, on: bool) -> Response {
    tick(ui, name, on, Sense::CLICK)
}

fn tick(ui: &mut Ui, name: &str, on: bool, sense: Sense) -> Response {
    let t = tokens(ui);
    let (room, response) = ui.allocate_exact_size(Vec2::splat(20.0), sense);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, name));
    let rect = egui::Rect::from_center_size(room.center(), Vec2::splat(16.0));
    let (fill, line) = match (on, response.hovered()) {
        (true, _) => (t.accent, t.accent),
        (false, true) => (t.hover, t.muted),
        (false, false) => (t.panel, t.line_strong),
    };
    ui.painter().rect(rect, CornerRadius::same(4), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    if on {
        Icon::Check.paint_centred(ui, rect, 11.0, t.on_accent);
    }
    focus_ring(ui, &response, rect, 4);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A switch with its words beside it. Gives whether it was moved.
pub fn switch(ui: &mut Ui, name: &str, on: &mut bool) -> bool {
    let mut moved = false;
    ui.horizontal(|ui| {
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(34.0, 20.0), Sense::click());
        if response.clicked() {
            *on = !*on;
            moved = true;
        }
        let (now, enabled) = (*on, ui.is_enabled());
        response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, now, name));
        let time = ui.style().animation_time;
        let way = ui.ctx().animate_bool_with_time(response.id, now, time);
        let track = if now { t.accent } else { t.line_strong };
        ui.painter().rect_filled(rect, CornerRadius::same(10), track);
        let x = egui::lerp((rect.left() + 10.0)..=(rect.right() - 10.0), way);
        ui.painter().circle_filled(egui::pos2(x, rect.center().y), 7.5, t.panel);
        focus_ring(ui, &response, rect, 10);
        if !name.is_empty() {
            ui.body(name);
        }
    });
    moved
}
