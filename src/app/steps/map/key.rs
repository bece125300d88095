//! The card about the key: what tells one person from another when people are read again.

use egui::{Popup, Ui};

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::migration::PersonKey;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Push, Words as _, check_row, menu_row, name_menu};

impl MapStep {
    pub(super) fn key_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(key) = &self.key else { return };
        let t = tokens(ui);
        ui.bold("Key");
        if key.warns() {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.words(Face::Small, t.text, key.words());
            });
        } else {
            ui.fine(key.words());
        }
        if let PersonKey::Login { offered } = key {
            for column in offered {
                if ui.add(Push::link(format!("Use {column} as the key"))).clicked() {
                    view.send(MapAsk::SetKey(vec![column.clone()]));
                }
            }
        }
        if matches!(key, PersonKey::Primary(_)) {
            return;
        }
        let Some(sample) = &self.sample else { return };
        let other = ui.add(Push::link("Choose another key").opens_list());
        Popup::menu(&other).show(|ui| {
            name_menu(ui, "Another key");
            ui.set_min_width(220.0);
            egui::ScrollArea::vertical().max_height(280.0).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for column in sample.columns.names() {
                    if menu_row(ui, column, false).clicked() {
                        view.send(MapAsk::SetKey(vec![column.clone()]));
                        ui.close();
                    }
                }
            });
        });
        ui.add_space(size::TINY / 2.0);
    }
}
