//! What to show where there is nothing yet, where something is awaited, and where something went wrong.

use egui::{CornerRadius, Frame, Margin, Spinner, Ui, Vec2};

use super::{Push, Words as _};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};

/// A spinner with the reason for it. A spinner keeps the window repainting, so it never stands without a reason.
pub fn waiting(ui: &mut Ui, why: impl Into<String>) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        let spinner = ui.add(Spinner::new().size(16.0).color(t.accent));
        let why = ui.muted(why);
        spinner.labelled_by(why.id);
    });
}

/// An icon, a title and a line, in the middle of the room there is. Gives whether the button was pressed, if one is given.
pub fn empty_state(ui: &mut Ui, icon: Icon, title: &str, note: &str, button: Option<&str>) -> bool {
    let t = tokens(ui);
    let mut pressed = false;
    ui.vertical_centered(|ui| {
        let room = ui.available_height();
        ui.add_space(((room - 150.0) / 2.5).clamp(12.0, 160.0));
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(44.0), egui::Sense::hover());
        ui.painter().circle_filled(rect.center(), 22.0, t.accent_bg);
        icon.paint_centred(ui, rect, 20.0, t.accent);
        ui.add_space(size::TINY);
        ui.bold(title);
        ui.set_max_width(ui.available_width().min(460.0));
        ui.muted(note);
        if let Some(word) = button {
            ui.add_space(size::TINY);
            pressed = ui.add(Push::plain(word)).clicked();
        }
        ui.add_space(size::MEDIUM);
    });
    pressed
}

/// What went wrong: what happened, why, what to do, and the technical text one click away.
pub fn problem_card(ui: &mut Ui, problem: &Problem) {
    let t = tokens(ui);
    let bad = t.tone(Tone::Bad);
    Frame::new()
        .fill(bad.bg)
        .corner_radius(CornerRadius::same(size::CORNER_CARD))
        .inner_margin(Margin::symmetric(16, 14))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(size::ICON);
                    ui.add_space(3.0);
                    Icon::Bang.show(ui, size::ICON, bad.text);
                });
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 3.0;
                    ui.words(Face::Strong, bad.text, &problem.what);
                    if !problem.why.is_empty() {
                        ui.body(&problem.why);
                    }
                    if !problem.next.is_empty() {
                        ui.body(&problem.next);
                    }
                    if !problem.technical.is_empty() {
                        technical(ui, problem);
                    }
                });
            });
        });
}

fn technical(ui: &mut Ui, problem: &Problem) {
    let id = ui.scope_id().with(("technical", &problem.technical));
    let mut open = ui.data(|d| d.get_temp::<bool>(id)).unwrap_or_default();
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let word = if open { "Hide the technical text" } else { "Show the technical text" };
        if ui.add(Push::link(word)).clicked() {
            open = !open;
            ui.data_mut(|d| d.insert_temp(id, open));
        }
        if open && ui.add(Push::icon_only(Icon::Copy, "Copy the technical text")).clicked() {
            ui.ctx().copy_text(problem.technical.clone());
        }
    });
    if open {
        let t = tokens(ui);
        let text = Face::MonoSmall.text(&problem.technical).color(t.text);
        ui.add(egui::Label::new(text).selectable(true).wrap());
    }
}
