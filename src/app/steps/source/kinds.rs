//! The kinds to choose from: tiles in groups, a search over them and the products they keep people of, and a field for what can be
//! pasted instead.

use egui::{CornerRadius, Key, Stroke, StrokeKind, Ui, UiBuilder, Vec2};

use super::{SourceAsk, SourceStep};
use crate::app::steps::View;
use crate::source::{Group, SourceKind, Tile};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Chip, Field, Push, Sign, TileFace, TileGroup, Words as _, empty_state, tile_grid};

/// A kind as it is offered.
pub(super) type Offer = (SourceKind, &'static Tile);

/// Everything that is offered, in the order of the screen.
fn offers() -> Vec<Offer> {
    let mut offers: Vec<Offer> = SourceKind::ALL
        .iter()
        .flat_map(|kind| kind.about().tiles.iter().map(move |tile| (*kind, tile)))
        .collect();
    offers.sort_by_key(|(_, tile)| tile.group);
    offers
}

/// The same, as far as it is found by these words. All that begins with the words goes before what only holds them.
fn found(search: &str) -> Vec<Offer> {
    let wanted = search.trim().to_lowercase();
    let mut offers = offers();
    if wanted.is_empty() {
        return offers;
    }
    let finds = |tile: &Tile, test: fn(&str, &str) -> bool| {
        [tile.title, tile.note, tile.group.name()]
            .iter()
            .chain(tile.words)
            .chain(tile.endings)
            .any(|word| test(&word.to_lowercase(), &wanted))
    };
    offers.retain(|(_, tile)| finds(tile, |word, wanted| word.contains(wanted)));
    offers
}

fn icon_of(group: Group) -> Icon {
    match group {
        Group::Database => Icon::Database,
        Group::File => Icon::File,
    }
}

/// The sample company's words, for the search.
const SAMPLE: [&str; 4] = ["sample company", "try", "example", "demo"];

impl SourceStep {
    pub(super) fn kinds_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let first = self.fields_ui(ui, view);
        let offers = found(&self.search);
        let current = self.tested.is_some().then_some(self.form.kind);
        let mut groups: Vec<TileGroup<'_>> = Vec::new();
        let mut order: Vec<Option<Offer>> = Vec::new();
        let mut last = None;
        let mut sample = SAMPLE.iter().any(|word| word.contains(&self.search.trim().to_lowercase()));
        let add_sample = |groups: &mut Vec<TileGroup<'_>>, order: &mut Vec<Option<Offer>>| {
            let face = TileFace {
                sign: Sign::Icon(Icon::Building),
                title: "Sample company",
                note: "Ready to try",
                on: false,
                dashed: true,
            };
            groups.push(TileGroup { icon: Icon::Star, heading: "New here?", tiles: vec![face] });
            order.push(None);
        };
        for (kind, tile) in &offers {
            if last != Some(tile.group) {
                // Beside the first group, where the eye is.
                if last.is_some() && std::mem::take(&mut sample) {
                    add_sample(&mut groups, &mut order);
                }
                let icon = icon_of(tile.group);
                groups.push(TileGroup { icon, heading: tile.group.name(), tiles: Vec::new() });
                last = Some(tile.group);
            }
            let face = TileFace {
                sign: Sign::Letters(tile.monogram),
                title: tile.title,
                note: tile.note,
                on: current == Some(*kind) && std::ptr::eq(self.form.tile(), *tile),
                dashed: false,
            };
            if let Some(group) = groups.last_mut() {
                group.tiles.push(face);
            }
            order.push(Some((*kind, *tile)));
        }
        if sample {
            add_sample(&mut groups, &mut order);
        }
        if order.is_empty() {
            let note = "Try another word. Most programs keep their people in a database, or can export them as a file.";
            empty_state(ui, Icon::Search, "Nothing here is called so", note, None);
        } else {
            let chosen = tile_grid(ui, "Kinds of source", &groups).or(first.then_some(0));
            match chosen.and_then(|at| order.get(at)) {
                Some(Some((kind, tile))) => view.send(SourceAsk::Kind(*kind, tile)),
                Some(None) => view.send(SourceAsk::Sample),
                None => {}
            }
        }
        ui.add_space(size::TINY);
        drop_ui(ui, view);
    }

    /// The search, and what can be pasted. Gives whether the first tile is to be opened.
    fn fields_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> bool {
        let mut first = false;
        let find = view.find;
        let whole = ui.available_width();
        let beside = whole >= 720.0;
        let search_wide = if beside { (whole * 0.294).floor() } else { whole };
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing = Vec2::new(size::MEDIUM, size::MEDIUM);
            let mut search = |ui: &mut Ui| {
                let field = Field::search("Search kinds and products").hint("Search, for example “Keycloak”");
                let response = field.width(search_wide).show(ui, &mut self.search);
                if find {
                    response.request_focus();
                }
                first = !self.search.trim().is_empty() && crate::ui::widgets::confirmed_by_enter(&response);
                if response.has_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
                    self.search.clear();
                }
            };
            if beside {
                ui.horizontal_top(|ui| {
                    search(ui);
                    paste_ui(ui, &mut self.form, view);
                });
            } else {
                search(ui);
                paste_ui(ui, &mut self.form, view);
            }
        });
        first
    }
}

/// The field for a URL, and the button that pastes into it.
fn paste_ui(ui: &mut Ui, form: &mut super::Form, view: &mut View<'_>) {
    let error = form.url_error.clone();
    let url = form.url.get_or_insert_default();
    let paste = Push::plain(if url.trim().is_empty() { "Paste" } else { "Fill in" });
    let width = ui.available_width() - paste.measure(ui) - size::SMALL;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::SMALL;
        let field = Field::new("Connection URL")
            .hide_label()
            .icon(Icon::Link)
            .hint("Paste a connection URL, JDBC string or command line")
            .error(error);
        let empty = url.trim().is_empty();
        let response = field.width(width).show(ui, url);
        let pasted =
            response.has_focus() && ui.input(|i| i.events.iter().any(|e| matches!(e, egui::Event::Paste(_))));
        if response.changed() {
            form.url_error = None;
        }
        let mut take = (response.changed() && pasted) || crate::ui::widgets::confirmed_by_enter(&response);
        if ui.add(paste).clicked() {
            if empty {
                response.request_focus();
                ui.ctx().send_viewport_cmd(egui::ViewportCommand::RequestPaste);
            } else {
                take = true;
            }
        }
        if take && !url.trim().is_empty() {
            view.send(SourceAsk::TakeUrl);
        }
    });
}

/// How high the place for a file is, in points.
const DROP: f32 = 150.0;

/// Where a file may be dropped; anywhere in the window will do.
fn drop_ui(ui: &mut Ui, view: &mut View<'_>) {
    let t = tokens(ui);
    let exports: Vec<&str> = SourceKind::ALL.iter().flat_map(|kind| kind.about().exports).copied().collect();
    let over = ui.input(|i| i.raw.hovered_files.first().map(|file| file.path.clone()));
    let top = ui.cursor().left_top();
    let width = ui.available_width();
    let inner = width.min(560.0) - 2.0 * size::CARD;
    let rect =
        egui::Rect::from_min_size(top + Vec2::new((width - inner) / 2.0, size::CARD), Vec2::new(inner, DROP));
    let mut inside = ui.new_child(UiBuilder::new().id_salt("drop").max_rect(rect));
    inside.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP;
        let (square, _) = ui.allocate_exact_size(Vec2::splat(56.0), egui::Sense::hover());
        ui.painter().rect_filled(square, CornerRadius::same(size::CORNER_CARD), t.accent_bg);
        Icon::Download.paint_centred(ui, square, 24.0, t.accent);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = size::TINY;
            let name = over.as_ref().map(|path| {
                let name = path.as_ref().and_then(|path| path.file_name());
                name.map_or_else(|| "the file".to_owned(), |name| name.to_string_lossy().into_owned())
            });
            let title = match name {
                Some(name) => format!("Drop to read {name}"),
                None => "Drop a file anywhere in this window".to_owned(),
            };
            ui.words(Face::CardTitle, t.text, title);
            ui.muted(if exports.is_empty() {
                formats()
            } else {
                "Exports of these products map themselves:".to_owned()
            });
            if !exports.is_empty() {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing = Vec2::splat(6.0);
                    for export in &exports {
                        ui.add(Chip::new(Tone::Quiet, *export).bare());
                    }
                });
            }
            ui.add_space(size::SMALL);
            if ui.add(Push::plain("Choose a file…").icon(Icon::Folder)).clicked() {
                view.send(SourceAsk::PickAny);
            }
        });
    });
    let used = inside.min_rect();
    let area = egui::Rect::from_min_max(top, egui::pos2(top.x + width, used.bottom() + size::CARD));
    if over.is_some() {
        let corner = CornerRadius::same(size::CORNER_CARD);
        ui.painter().rect_stroke(area, corner, Stroke::new(2.0, t.accent), StrokeKind::Inside);
    } else {
        crate::ui::widgets::dashed_outline(ui, area, t.line_strong);
    }
    ui.advance_cursor_after_rect(area);
}

/// The files that can be read, in words: `SQLite (.db, .sqlite)`.
fn formats() -> String {
    let tiles = SourceKind::ALL.iter().flat_map(|kind| kind.about().tiles);
    let formats: Vec<String> = tiles
        .filter(|tile| !tile.endings.is_empty())
        .map(|tile| {
            let endings: Vec<String> = tile.endings.iter().map(|ending| format!(".{ending}")).collect();
            format!("{} ({})", tile.title, endings.join(", "))
        })
        .collect();
    formats.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(search: &str) -> Vec<&'static str> {
        found(search).iter().map(|(_, tile)| tile.title).collect()
    }

    #[test]
    fn a_product_finds_where_its_people_are() {
        assert!(titles("keycloak").contains(&"PostgreSQL"));
        assert!(!titles("keycloak").contains(&"SQLite"));
        assert_eq!(titles("sqlite3"), ["SQLite"]);
        assert_eq!(titles("  "), titles(""));
        assert_eq!(titles("no such thing"), Vec::<&str>::new());
    }

    #[test]
    fn everything_offered_has_a_name_of_its_own() {
        let offers = offers();
        let names: std::collections::HashSet<_> = offers.iter().map(|(_, tile)| tile.title).collect();
        assert_eq!(names.len(), offers.len());
    }
}
