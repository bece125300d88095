//! The frame around every page: rail, badge, title, footer, and the dialog before closing.

use egui::{
    Align, CentralPanel, CornerRadius, Frame, Layout, Margin, Panel, Rect, Role, Sense, Stroke, Ui,
    UiBuilder, Vec2, WidgetInfo,
};

use super::command::Command;
use super::facts::{Facts, Standing, Target, standing};
use super::jobs::LongJob;
use super::rail_narrow;
use super::steps::{Footer, StepId, Steps, View};
use crate::ui::theme::{Face, Icon, Look, Tokens, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Push, Words as _, drawer_is_open, drawer_rect, enter_is_free, is_low, is_narrow,
    menu_row, name_menu,
};

/// Draws rail, page and footer of an open workspace.
pub(super) fn wizard_ui(ui: &mut Ui, steps: &mut Steps, at: StepId, look: Look, view: &mut View<'_>) {
    let t = tokens(ui);
    if rail_narrow::is_shown(ui.ctx()) {
        rail_narrow::rail_ui(ui, steps, at, look, view);
    } else {
        rail_ui(ui, steps, at, look, view);
    }
    let footer = steps.page(at).footer(view.facts);
    // The page before its footer: the keyboard reaches them in the order they are read.
    let rest = ui.available_rect_before_wrap();
    let (above, below) = rest.split_top_bottom_at_y(rest.bottom() - size::FOOTER);
    let aside = if is_narrow(ui.ctx()) { 16 } else { 28 };
    let low = is_low(ui.ctx());
    let (top, bottom) = if low { (12, 12) } else { (20, 18) };
    let page = Frame::new().fill(t.bg).inner_margin(Margin { left: aside, right: aside, top, bottom });
    ui.scope_builder(UiBuilder::new().id_salt("page").max_rect(above), |ui| {
        CentralPanel::default().frame(page).show(ui, |ui| {
            name_panel(ui, at.title());
            in_the_middle(ui, |ui| {
                let (title, subtitle) = steps.page(at).heading(view.facts);
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.scope(|ui| {
                    if drawer_is_open(ui.ctx()) {
                        let free = drawer_rect(ui.ctx()).left() - ui.cursor().left();
                        ui.set_max_width((free - size::MEDIUM).max(200.0));
                    }
                    title_ui(ui, title, &subtitle, low);
                });
                ui.add_space(if low { 10.0 } else { 18.0 });
                ui.spacing_mut().item_spacing.y = size::SMALL;
                steps.page_mut(at).ui(ui, view);
            });
        });
    });
    ui.scope_builder(UiBuilder::new().id_salt("footer").max_rect(below), |ui| {
        let margin = Margin { left: aside, right: aside, top: 1, bottom: 0 };
        let bar = Frame::new().fill(t.panel).inner_margin(margin);
        CentralPanel::default().frame(bar).show(ui, |ui| {
            name_panel(ui, "What comes next");
            in_the_middle(ui, |ui| footer_ui(ui, &footer, view));
        });
        ui.painter().hline(below.x_range(), below.top() + 0.5, Stroke::new(1.0, t.line));
    });
}

/// In a wide window no wider than is read at a glance, and in the middle.
fn in_the_middle(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let aside = ((room.width() - size::CONTENT) / 2.0).max(0.0);
    let rect = room.shrink2(Vec2::new(aside.floor(), 0.0));
    ui.scope_builder(UiBuilder::new().id_salt("in the middle").max_rect(rect), add);
}

/// The page's title and the line under it. In a low window every line counts: the second is shown by hovering the first.
fn title_ui(ui: &mut Ui, title: String, subtitle: &str, low: bool) {
    ui.spacing_mut().item_spacing.y = 2.0;
    if low {
        let shown = ui.title_low(title);
        if !subtitle.is_empty() {
            ui.ctx().accesskit_node_builder(shown.id, |node| node.set_description(subtitle));
            shown.on_hover_text(subtitle);
        }
        return;
    }
    ui.title(title);
    if !subtitle.is_empty() {
        ui.muted(subtitle);
    }
}

/// Tells screen readers what a part of the window is.
pub(super) fn name_panel(ui: &Ui, name: &str) {
    let panel = ui.stack().iter().find(|part| part.kind().is_some_and(|kind| kind.is_panel()));
    if let Some(panel) = panel {
        ui.ctx().accesskit_node_builder(panel.unique_id, |node| node.set_label(name));
    }
}

fn rail_ui(ui: &mut Ui, steps: &Steps, at: StepId, look: Look, view: &mut View<'_>) {
    let t = tokens(ui);
    let frame = Frame::new().fill(t.rail).inner_margin(Margin { left: 16, right: 16, top: 18, bottom: 20 });
    Panel::left("rail").exact_size(size::RAIL).resizable(false).show_separator_line(true).frame(frame).show(
        ui,
        |ui| {
            name_panel(ui, "Steps");
            ui.spacing_mut().item_spacing.y = 2.0;
            let facts = view.facts;
            brand_ui(ui, facts, view.commands_mut(), look);
            ui.add_space(15.0);
            for step in StepId::ALL {
                let line = steps.page(step).rail_line(view.facts);
                if step_ui(ui, view.facts, step, step == at, line.as_deref()) && step != at {
                    view.send(Command::GoTo(step));
                }
            }
            ui.with_layout(Layout::bottom_up(Align::Min), |ui| badge_ui(ui, view.facts));
        },
    );
}

fn brand_ui(ui: &mut Ui, facts: &Facts, commands: &mut Vec<Command>, look: Look) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        Icon::Bridge.show(ui, 24.0, t.accent);
        ui.words(Face::CardTitle, t.text, "Causeway");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = ui.add(Push::icon_only(Icon::Dots, "Menu"));
            menu_ui(&button, facts, commands, look);
        });
    });
    let name = facts.workspace.as_ref().map_or("", |w| w.name.as_str());
    ui.add_space(-3.0);
    ui.horizontal(|ui| {
        ui.set_max_height(18.0);
        ui.add_space(34.0);
        ui.words_cut(Face::Small, t.muted, name);
    });
}

/// The list under the three dots.
pub(super) fn menu_ui(button: &egui::Response, facts: &Facts, commands: &mut Vec<Command>, look: Look) {
    egui::Popup::menu(button).show(|ui| {
        // As wide as its words: rows take what room there is, and a popup has more.
        ui.set_width(210.0);
        name_menu(ui, "Menu");
        if facts.workspace.is_some() && menu_row(ui, "Start page", false).clicked() {
            commands.push(Command::CloseWorkspace);
            ui.close();
        }
        if is_narrow(ui.ctx()) && facts.workspace.is_some() {
            let word = if rail_narrow::is_shown(ui.ctx()) { "Show step names" } else { "Hide step names" };
            if menu_row(ui, word, false).on_hover_text("Ctrl+B").clicked() {
                rail_narrow::toggle(ui.ctx());
                ui.close();
            }
        }
        ui.add_space(4.0);
        ui.label_text("  Look");
        for choice in Look::ALL {
            if menu_row(ui, choice.word(), choice == look).clicked() {
                commands.push(Command::Look(choice));
                ui.close();
            }
        }
        ui.add_space(4.0);
        if menu_row(ui, "Quit", false).clicked() {
            commands.push(Command::Quit);
            ui.close();
        }
    });
}

fn step_ui(ui: &mut Ui, facts: &Facts, step: StepId, current: bool, line: Option<&str>) -> bool {
    let t = tokens(ui);
    let how = standing(facts, step);
    let can_open = how != Standing::NotYet || current;
    let optional = step == StepId::Hook;
    let line = line.unwrap_or(if optional { "Optional" } else { "Not started" });
    let (rect, response) = ui.allocate_exact_size(
        Vec2::new(ui.available_width(), 54.0),
        if can_open { Sense::click() } else { Sense::hover() },
    );
    let done = how == Standing::Done;
    response.widget_info(|| {
        let state = if done { ", done" } else { "" };
        WidgetInfo::selected(
            Role::Tab,
            can_open,
            current,
            format!("{} {}{state}: {line}", step.number(), step.title()),
        )
    });
    let corner = CornerRadius::same(size::CORNER);
    if current {
        ui.painter().rect_filled(rect, corner, t.accent_bg);
    } else if can_open && response.hovered() {
        ui.painter().rect_filled(rect, corner, t.hover);
    }
    circle_ui(ui, response.id, rect.min + Vec2::new(21.0, 19.0), step, (done, current));
    let ink = if current { t.accent } else { t.text };
    let left = rect.left() + 42.0;
    let room = rect.right() - left - 8.0;
    cut_line(ui, egui::pos2(left, rect.top() + 10.0), room, Face::Button, ink, step.title());
    cut_line(ui, egui::pos2(left, rect.top() + 30.0), room, Face::Small, t.muted, line);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, corner, Stroke::new(2.0, t.accent), egui::StrokeKind::Inside);
    }
    if can_open { response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() } else { false }
}

/// A step's number in its circle; when it is done, a check on green.
pub(super) fn circle_ui(
    ui: &Ui,
    id: egui::Id,
    centre: egui::Pos2,
    step: StepId,
    (done, current): (bool, bool),
) {
    let t = tokens(ui);
    let animation = ui.style().animation_time;
    let fresh = ui.ctx().animate_bool_with_time(id.with("done"), done && !current, animation);
    if fresh > 0.0 {
        ui.painter().circle_filled(centre, 11.0 * fresh.max(0.6), t.good.bar);
        let square = Rect::from_center_size(centre, Vec2::splat(11.0 * fresh));
        Icon::Check.paint(ui, square, t.on_sign());
    } else {
        let (line, ink) = if current { (t.accent, t.accent) } else { (t.line, t.muted) };
        ui.painter().circle(centre, 10.5, if current { t.accent_bg } else { t.rail }, Stroke::new(1.0, line));
        ui.painter().text(
            centre,
            egui::Align2::CENTER_CENTER,
            step.number().to_string(),
            egui::FontId { size: 11.0, ..Face::Label.font() },
            ink,
        );
    }
}

impl Tokens {
    /// A sign on a full ground of its own colour.
    fn on_sign(&self) -> egui::Color32 {
        self.rail
    }
}

/// One line of text painted at a place, cut where there is no room.
fn cut_line(ui: &Ui, at: egui::Pos2, room: f32, face: Face, color: egui::Color32, text: &str) {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), face.font(), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = ui.fonts_mut(|f| f.layout_job(job));
    ui.painter().galley(at, galley, color);
}

/// Where people go: whether it is where people work, the word for it, and which org or what that means.
pub(super) fn badge_words(facts: &Facts) -> (bool, &'static str, &str) {
    match &facts.target {
        Target::Practice => (false, "PRACTICE", "A pretend Okta org on this computer. Nothing leaves it."),
        Target::Live(org) if org.is_empty() => {
            (false, "NO ORG YET", "Nothing is sent before you connect to one.")
        }
        Target::Live(org) if facts.preview => (false, "PREVIEW", org.as_str()),
        Target::Live(org) => (true, "PRODUCTION", org.as_str()),
    }
}

fn badge_ui(ui: &mut Ui, facts: &Facts) {
    let t = tokens(ui);
    let (production, head, note) = badge_words(facts);
    // Calm where nothing real can happen; an org where people work has a red line around it.
    let (fill, line, ink, second) = if production {
        (t.rail, t.bad.text, t.bad.text, t.muted)
    } else {
        (t.accent_bg, t.accent_bg, t.accent, t.accent)
    };
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(CornerRadius::same(size::CORNER))
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| {
            // The layout runs from the bottom up: the last line first.
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.words(Face::Small, second, note);
            ui.words_cut(Face::Label, ink, head);
        });
}

fn footer_ui(ui: &mut Ui, footer: &Footer, view: &mut View<'_>) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.x = size::MEDIUM;
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        if footer.back && ui.add(Push::plain("Back")).clicked() {
            view.send(Command::Back);
        }
        for action in &footer.secondary {
            let push = if action.danger { Push::danger(&action.label) } else { Push::plain(&action.label) };
            if ui.add(push.enabled(action.enabled)).clicked() {
                view.send(action.command.clone());
            }
        }
        let Some(action) = &footer.main else {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.words_cut(Face::Body, t.muted, &footer.note);
            });
            return;
        };
        let push = if action.danger { Push::danger(&action.label) } else { Push::main(&action.label) };
        let push = push.enabled(action.enabled);
        let beside = (ui.available_width() - push.measure(ui) - size::MEDIUM).max(0.0);
        ui.allocate_ui_with_layout(
            Vec2::new(beside, ui.available_height()),
            Layout::right_to_left(Align::Center),
            |ui| {
                ui.set_width(beside);
                ui.words_cut(Face::Body, t.muted, &footer.note);
            },
        );
        let pressed = ui.add(push).clicked();
        let modal = ui.memory(|m| m.top_modal_layer().is_some());
        if pressed || (action.enabled && !modal && enter_is_free(ui.ctx())) {
            view.send(action.command.clone());
        }
    });
}

/// What closing the window would lose.
pub(super) struct Losing {
    /// The jobs that run.
    pub(super) running: Vec<LongJob>,
    /// The only key to the open workspace.
    pub(super) one_session: bool,
}

/// Asks before the window closes while a job runs, or while the open workspace's key is in memory only.
pub(super) fn quit_dialog(ctx: &egui::Context, losing: &Losing, facts: &Facts, commands: &mut Vec<Command>) {
    let running = !losing.running.is_empty();
    let (title, yes) = if running {
        ("Close while Causeway is working?", "Stop and close")
    } else {
        ("Close this migration for good?", "Close for good")
    };
    let answer = Dialog::new(title).yes(yes).no("Keep going").danger().show(ctx, |ui| {
        if running {
            let what = LongJob::list(&losing.running);
            ui.body(if facts.running.is_empty() {
                format!("It has finished in the meantime: {what}.")
            } else {
                format!("Still running: {what}.")
            });
        }
        if losing.one_session {
            ui.body("The key to this migration's passwords is in memory only. Once Causeway is closed, nobody can open this migration again.");
            ui.muted("People who are in Okta stay there. Anyone not sent yet must be read again, in a new migration.");
        } else if losing.running.iter().all(|what| *what == LongJob::HookServer) && running {
            ui.muted("Until it is started again, people who wait for the hook can't sign in. To keep it running without the window, run it as a service.");
        } else if losing.running.iter().all(|what| *what == LongJob::Reading) && running {
            ui.muted("If a read is stopped early, nothing changes. Read again when you come back.");
        } else {
            ui.muted("What is done stays done. Open this migration again to continue where it stopped.");
        }
    });
    match answer {
        DialogAnswer::Yes => commands.push(Command::QuitAnyway),
        DialogAnswer::No => commands.push(Command::Stay),
        DialogAnswer::Open => {}
    }
}
