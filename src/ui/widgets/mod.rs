//! Parts used by two or more steps. They know the theme and nothing of migrations.

mod bar;
mod button;
mod card;
mod chart;
mod chip;
mod choice;
mod dialog;
mod drawer;
mod field;
mod notice;
mod rows;
mod scroll;
mod slider;
mod table;
mod text;
mod tiles;
mod toast;

pub use crate::model::{counted, listed, number};
pub use bar::{Piece, coloured_bar};
pub use button::{Push, follow_focus};
pub use card::{Card, at_right, card, cells, spread};
pub use chart::{chart_said, still_chart};
pub use chip::{Chip, chip};
pub use choice::{
    choice_card, dashed_outline, drop_down, menu_row, menu_row_width, segmented, switch, tabs, tick_box,
    tick_in_row,
};
pub use dialog::{Dialog, DialogAnswer};
pub use drawer::{DRAWER_CLOSE, drawer, drawer_is_open, drawer_rect};
pub use field::Field;
pub use notice::{empty_state, problem_card, waiting};
pub use rows::{check_row, fact_row, progress_line};
pub use scroll::scrolled;
pub use slider::slider;
pub use table::{
    Drawn, HeadCell, RowFact, Sorting, TableStop, bring_into_view, cell_rule, cell_text, focus_table, head,
    last_cell_text, people_table, reading_row, row_by_key, row_rule, table_has_keyboard, table_stop,
};
pub use text::{Words, lines_of};
pub use tiles::{Sign, TileFace, TileGroup, monogram, tile_grid};
pub use toast::{Toast, Toasts};

/// Whether the window is so narrow that the rail shows numbers only and Review's panel is a drawer.
pub fn is_narrow(ctx: &egui::Context) -> bool {
    ctx.content_rect().width() < crate::ui::theme::size::NARROW
}

/// Whether the window is so low that every line counts.
pub fn is_low(ctx: &egui::Context) -> bool {
    ctx.content_rect().height() < crate::ui::theme::size::LOW
}

/// Tells screen readers what a list that opened is of.
pub fn name_menu(ui: &egui::Ui, name: &str) {
    let menu = ui.stack().iter().find(|part| part.kind().is_some_and(|kind| kind.is_area()));
    if let Some(menu) = menu {
        ui.ctx().accesskit_node_builder(menu.unique_id, |node| node.set_label(name));
    }
}

/// Whether Enter was pressed just now. Held down, it counts once: else it would answer the question that it has just opened.
pub fn enter_pressed(ctx: &egui::Context) -> bool {
    ctx.input(|i| {
        i.events.iter().any(|event| {
            matches!(event, egui::Event::Key { key: egui::Key::Enter, pressed: true, repeat: false, .. })
        })
    })
}

/// Whether Enter was pressed in this field just now. It confirms the field; what that leads to is only what the field is for.
pub fn confirmed_by_enter(field: &egui::Response) -> bool {
    field.lost_focus() && enter_pressed(&field.ctx)
}

/// Remembers whether something has the keyboard, before this frame takes what was typed: a field gives the keyboard up while it takes
/// Enter. To be called once, before anything is drawn.
pub fn note_keyboard(ctx: &egui::Context) {
    let held = ctx.memory(|m| m.focused().is_some()) || egui::Popup::is_any_open(ctx);
    ctx.data_mut(|d| d.insert_temp(keyboard_held(), held));
}

/// Whether Enter was pressed just now and was meant for nothing else: no field, button or list had the keyboard when the frame began,
/// nor has it now. Only then it may press what the eye need not be on, the main button of a page or dialog.
pub fn enter_is_free(ctx: &egui::Context) -> bool {
    let held = ctx.data(|d| d.get_temp::<bool>(keyboard_held())).unwrap_or(false)
        || ctx.memory(|m| m.focused().is_some())
        || egui::Popup::is_any_open(ctx);
    !held && enter_pressed(ctx)
}

fn keyboard_held() -> egui::Id {
    egui::Id::unique("something had the keyboard when the frame began")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        for (n, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (48_210, "48,210"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(n), text);
        }
    }

    #[test]
    fn one_person_is_not_one_people() {
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(counted(0, "person", "people"), "0 people");
    }

    #[test]
    fn lists_read_as_a_person_writes_them() {
        assert_eq!(listed(&["users"]), "users");
        assert_eq!(listed(&["users", "groups", "inline hooks"]), "users, groups and inline hooks");
    }
}
