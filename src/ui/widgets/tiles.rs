//! Tiles to choose from: a grid of cards in groups, each group's heading above its own. The keyboard reaches the grid as one stop, and
//! arrows lead from tile to tile.

use egui::{
    Align2, Color32, CornerRadius, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2,
};

use super::button::focus_ring;
use super::choice::dashed_outline;
use crate::ui::theme::{Face, Icon, size, tokens};

/// How high a tile is, in points.
const HIGH: f32 = 72.0;
/// Between tiles.
const GAP: f32 = 12.0;
/// A group's heading, with the room under it.
const HEADING: f32 = 26.0;
/// The square with the signs.
const SQUARE: f32 = 36.0;

/// The signs in a tile's square.
#[derive(Debug, Clone, Copy)]
pub enum Sign<'a> {
    /// Two or three letters.
    Letters(&'a str),
    /// An icon.
    Icon(Icon),
}

/// One tile.
#[derive(Debug, Clone, Copy)]
pub struct TileFace<'a> {
    /// The signs in its square.
    pub sign: Sign<'a>,
    /// Its title.
    pub title: &'a str,
    /// The line under the title.
    pub note: &'a str,
    /// Whether it is chosen.
    pub on: bool,
    /// Whether its edge is dashed: something to try.
    pub dashed: bool,
}

/// Tiles under one heading.
#[derive(Debug, Clone)]
pub struct TileGroup<'a> {
    /// The heading's icon.
    pub icon: Icon,
    /// The heading.
    pub heading: &'a str,
    /// The tiles.
    pub tiles: Vec<TileFace<'a>>,
}

/// How many tiles stand in a row of this width.
fn columns(width: f32) -> usize {
    match width {
        width if width < 640.0 => 2,
        width if width < 960.0 => 3,
        width if width < 1100.0 => 4,
        _ => 5,
    }
}

/// Where tiles stand: for each group the column it begins in, and for each of its tiles its line and column. A group that has no room
/// beside the one before it begins a new line.
fn places(sizes: &[usize], columns: usize) -> Vec<Vec<(usize, usize)>> {
    let (mut line, mut column) = (0, 0);
    let mut all = Vec::with_capacity(sizes.len());
    for &tiles in sizes {
        if column > 0 && column + tiles > columns {
            (line, column) = (line + 1, 0);
        }
        let mut of_group = Vec::with_capacity(tiles);
        for _ in 0..tiles {
            if column == columns {
                (line, column) = (line + 1, 0);
            }
            of_group.push((line, column));
            column += 1;
        }
        all.push(of_group);
    }
    all
}

/// The tile that an arrow leads to from the one at `from`.
fn arrow(at: &[(usize, usize)], from: usize, key: Key) -> Option<usize> {
    let (line, column) = *at.get(from)?;
    let next = from + 1;
    match key {
        Key::ArrowLeft => from.checked_sub(1),
        Key::ArrowRight => (next < at.len()).then_some(next),
        Key::Home => Some(0),
        Key::End => at.len().checked_sub(1),
        Key::ArrowUp | Key::ArrowDown => {
            let wanted = if key == Key::ArrowUp { line.checked_sub(1)? } else { line + 1 };
            let of_line = (0..at.len()).filter(|tile| at[*tile].0 == wanted);
            of_line.min_by_key(|tile| at[*tile].1.abs_diff(column))
        }
        _ => None,
    }
}

/// Draws the groups. Gives the number of the tile that was chosen, counted over all groups. `name` is unlike any other's in the window.
pub fn tile_grid(ui: &mut Ui, name: &str, groups: &[TileGroup<'_>]) -> Option<usize> {
    let t = tokens(ui);
    let width = ui.available_width();
    let columns = columns(width);
    let wide = (width - GAP * (columns - 1) as f32) / columns as f32;
    let sizes: Vec<usize> = groups.iter().map(|group| group.tiles.len()).collect();
    let places = places(&sizes, columns);
    let flat: Vec<(usize, usize)> = places.iter().flatten().copied().collect();
    // A line begins under a heading where a group begins in it.
    let lines = flat.last().map_or(0, |(line, _)| line + 1);
    let mut tops = Vec::with_capacity(lines);
    let mut y = 0.0;
    for line in 0..lines {
        let headed = places.iter().any(|group| group.first().is_some_and(|(first, _)| *first == line));
        if line > 0 {
            y += if headed { GAP + 6.0 } else { GAP };
        }
        y += if headed { HEADING } else { 0.0 };
        tops.push(y);
        y += HIGH;
    }
    let (area, _) = ui.allocate_exact_size(Vec2::new(width, y), Sense::hover());
    let rect_of = |(line, column): (usize, usize)| {
        let left = area.left() + column as f32 * (wide + GAP);
        Rect::from_min_size(pos2(left, area.top() + tops[line]), Vec2::new(wide, HIGH))
    };

    let base = Id::unique(("tiles", name));
    let id_of = |tile: usize| base.with(tile);
    let focused = (0..flat.len()).find(|tile| ui.memory(|m| m.has_focus(id_of(*tile))));
    if let Some(tile) = focused {
        let arrows = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(id_of(tile), arrows));
        ui.data_mut(|d| d.insert_temp(base, tile));
        let keys = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown, Key::Home, Key::End];
        let pressed = keys.into_iter().find(|key| ui.input(|i| i.key_pressed(*key)));
        if let Some(to) = pressed.and_then(|key| arrow(&flat, tile, key)) {
            ui.data_mut(|d| d.insert_temp(base, to));
            ui.memory_mut(|m| m.request_focus(id_of(to)));
        }
    }
    // The one tile that Tab leads to.
    let chosen = groups.iter().flat_map(|group| &group.tiles).position(|tile| tile.on);
    let known: Option<usize> = ui.data(|d| d.get_temp(base));
    let stop = known.or(chosen).unwrap_or(0).min(flat.len().saturating_sub(1));

    let (mut clicked, mut at) = (None, 0);
    for (group, of_group) in groups.iter().zip(&places) {
        if let Some(first) = of_group.first() {
            let rect = rect_of(*first);
            let middle = rect.top() - HEADING / 2.0 - 2.0;
            let square = Rect::from_center_size(pos2(rect.left() + 7.0, middle), Vec2::splat(size::ICON));
            group.icon.paint(ui, square, t.muted);
            let word = pos2(rect.left() + 22.0, middle);
            ui.painter().text(word, Align2::LEFT_CENTER, group.heading, Face::Label.font(), t.muted);
        }
        for (face, place) in group.tiles.iter().zip(of_group) {
            let sense = if at == stop { Sense::click() } else { Sense::CLICK };
            if tile(ui, rect_of(*place), id_of(at), sense, group.heading, *face).clicked() {
                clicked = Some(at);
            }
            at += 1;
        }
    }
    clicked
}

fn tile(ui: &Ui, rect: Rect, id: Id, sense: Sense, heading: &str, face: TileFace<'_>) -> Response {
    let t = tokens(ui);
    let response = ui.interact(rect, id, sense);
    let enabled = ui.is_enabled();
    let name = format!("{}. {}. {heading}", face.title, face.note);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &name));
    if ui.is_rect_visible(rect) {
        let (fill, line) = match (face.on, response.hovered()) {
            (true, _) => (t.accent_bg, t.accent),
            (false, true) => (t.hover, t.line_strong),
            (false, false) => (t.panel, t.line),
        };
        let corner = CornerRadius::same(size::CORNER_CARD);
        ui.painter().rect_filled(rect, corner, fill);
        if face.dashed && !face.on {
            dashed_outline(ui, rect, line);
        } else {
            ui.painter().rect_stroke(rect, corner, Stroke::new(1.0, line), StrokeKind::Inside);
        }
        let square = Rect::from_center_size(
            pos2(rect.left() + 14.0 + SQUARE / 2.0, rect.center().y),
            Vec2::splat(SQUARE),
        );
        let ground = if face.on { t.panel } else { t.quiet.bg };
        sign(ui, square, face.sign, ground, if face.on { t.accent } else { t.muted });
        let left = square.right() + 12.0;
        let room = rect.right() - 12.0 - left;
        let line = |text: &str, font: Face, ink: Color32, y: f32| {
            let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font.font(), ink);
            job.wrap = egui::text::TextWrapping::truncate_at_width(room);
            let galley = ui.fonts_mut(|f| f.layout_job(job));
            let top = y - galley.size().y / 2.0;
            ui.painter().galley(pos2(left, top), galley, ink);
        };
        line(face.title, Face::Strong, t.text, rect.center().y - 9.0);
        line(face.note, Face::Small, t.muted, rect.center().y + 10.0);
    }
    focus_ring(ui, &response, rect, size::CORNER_CARD);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

fn sign(ui: &Ui, square: Rect, sign: Sign<'_>, ground: Color32, ink: Color32) {
    ui.painter().rect_filled(square, CornerRadius::same(size::CORNER), ground);
    match sign {
        Sign::Letters(letters) => {
            ui.painter().text(square.center(), Align2::CENTER_CENTER, letters, Face::MonoSmall.font(), ink);
        }
        Sign::Icon(icon) => icon.paint_centred(ui, square, 16.0, ink),
    }
}

/// A square with letters, as decoration in a line: what follows it says the same in words.
pub fn monogram(ui: &mut Ui, letters: &str, on: bool) {
    let t = tokens(ui);
    let (square, _) = ui.allocate_exact_size(Vec2::splat(SQUARE), Sense::hover());
    let (ground, ink) = if on { (t.accent_bg, t.accent) } else { (t.quiet.bg, t.muted) };
    sign(ui, square, Sign::Letters(letters), ground, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_group_shares_a_line_and_a_long_one_begins_its_own() {
        let at = places(&[4, 1, 2, 5], 5);
        assert_eq!(at[1], [(0, 4)]);
        assert_eq!(at[2], [(1, 0), (1, 1)]);
        assert_eq!(at[3], [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4)]);
        // Longer than a line: it goes on in the next.
        assert_eq!(places(&[5], 3), [[(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]]);
    }

    #[test]
    fn arrows_lead_to_the_nearest_tile() {
        let at: Vec<_> = places(&[3, 5], 5).concat();
        assert_eq!(arrow(&at, 0, Key::ArrowLeft), None);
        assert_eq!(arrow(&at, 2, Key::ArrowRight), Some(3));
        assert_eq!(arrow(&at, 7, Key::ArrowUp), Some(2));
        assert_eq!(arrow(&at, 1, Key::ArrowDown), Some(4));
        assert_eq!(arrow(&at, 1, Key::ArrowUp), None);
        assert_eq!(arrow(&at, 1, Key::End), Some(7));
    }
}
