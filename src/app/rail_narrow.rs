//! The rail of a narrow window: the steps' numbers only. What each is called and holds is said by hovering and to screen readers;
//! Ctrl+B shows the names until it is pressed again.

use egui::{
    Align, Context, CornerRadius, FontId, Frame, Key, KeyboardShortcut, Layout, Margin, Modifiers, Panel,
    Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use super::command::Command;
use super::facts::{Facts, Standing, standing};
use super::shell::{badge_words, circle_ui, menu_ui, name_panel};
use super::steps::{StepId, Steps, View};
use crate::ui::theme::{Face, Icon, Look, size, tokens};
use crate::ui::widgets::{Push, is_narrow};

/// Shows the names of the steps in a narrow window, and hides them again.
const NAMES: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::B);

/// Whether the rail is numbers only now.
pub(super) fn is_shown(ctx: &Context) -> bool {
    is_narrow(ctx) && !ctx.data(|d| d.get_temp::<bool>(opened()).unwrap_or_default())
}

/// Shows the names of the steps, or hides them.
pub(super) fn toggle(ctx: &Context) {
    ctx.data_mut(|d| {
        let names = d.get_temp_mut_or_default::<bool>(opened());
        *names = !*names;
    });
}

/// Once a frame: the key for it.
pub(super) fn keys(ctx: &Context) {
    if is_narrow(ctx) && ctx.input_mut(|i| i.consume_shortcut(&NAMES)) {
        toggle(ctx);
    }
}

fn opened() -> egui::Id {
    egui::Id::unique("the names of the steps are shown")
}

/// Draws it.
pub(super) fn rail_ui(ui: &mut Ui, steps: &Steps, at: StepId, look: Look, view: &mut View<'_>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.rail).inner_margin(Margin { left: 8, right: 8, top: 14, bottom: 14 });
    // An id of its own: the wide rail keeps its width.
    let panel = Panel::left("narrow rail").exact_size(size::RAIL_NARROW).resizable(false);
    panel.show_separator_line(true).frame(frame).show(ui, |ui| {
        name_panel(ui, "Steps");
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.vertical_centered(|ui| {
            Icon::Bridge.show(ui, 24.0, t.accent);
            let facts = view.facts;
            let button = ui.add(Push::icon_only(Icon::Dots, "Menu"));
            menu_ui(&button, facts, view.commands_mut(), look);
        });
        ui.add_space(size::TINY);
        for step in StepId::ALL {
            let line = steps.page(step).rail_line(view.facts);
            if step_ui(ui, view.facts, step, step == at, line.as_deref()) && step != at {
                view.send(Command::GoTo(step));
            }
        }
        ui.with_layout(Layout::bottom_up(Align::Center), |ui| badge_ui(ui, view.facts));
    });
}

fn step_ui(ui: &mut Ui, facts: &Facts, step: StepId, current: bool, line: Option<&str>) -> bool {
    let t = tokens(ui);
    let how = standing(facts, step);
    let can_open = how != Standing::NotYet || current;
    let line = line.unwrap_or(if step == StepId::Hook { "Optional" } else { "Not started" });
    let sense = if can_open { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 40.0), sense);
    let done = how == Standing::Done;
    let state = if done { ", done" } else { "" };
    let said = format!("{} {}{state}: {line}", step.number(), step.title());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, can_open, current, &said));
    let corner = CornerRadius::same(size::CORNER);
    if current {
        ui.painter().rect_filled(rect, corner, t.accent_bg);
    } else if can_open && response.hovered() {
        ui.painter().rect_filled(rect, corner, t.hover);
    }
    circle_ui(ui, response.id, rect.center(), step, (done, current));
    if response.has_focus() {
        ui.painter().rect_stroke(rect, corner, Stroke::new(2.0, t.accent), StrokeKind::Inside);
    }
    let response = response.on_hover_text(format!("{}\n{line}", step.title()));
    if can_open { response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() } else { false }
}

/// The word at the foot, and the org's name as far as there is room; hovering says the rest.
fn badge_ui(ui: &mut Ui, facts: &Facts) {
    let t = tokens(ui);
    let (production, head, note) = badge_words(facts);
    let (fill, line, ink) =
        if production { (t.rail, t.bad.text, t.bad.text) } else { (t.accent_bg, t.accent_bg, t.accent) };
    let word = match head {
        "PRODUCTION" => "PROD",
        "NO ORG YET" => "NO ORG",
        word => word,
    };
    let font = FontId { size: 9.5, ..Face::Label.font() };
    let galley = ui.painter().layout_no_wrap(word.to_owned(), font, ink);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 32.0), Sense::hover());
    // Into the rail's margin: the longest word would touch the edges of its ground.
    let rect = rect.expand2(Vec2::new(5.0, 0.0));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{head}. {note}")));
    ui.painter().rect(
        rect,
        CornerRadius::same(size::CORNER),
        fill,
        Stroke::new(1.0, line),
        StrokeKind::Inside,
    );
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    response.on_hover_text(format!("{head}\n{note}"));
}
