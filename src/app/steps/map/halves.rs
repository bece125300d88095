//! The card about what is missing here and is in another table, and about whose people are together.

use egui::Ui;

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::ui::theme::{Face, Icon, Tone, tokens};
use crate::ui::widgets::{Card, Push, Words as _, check_row};

impl MapStep {
    /// The amber card; nothing where all is here.
    pub(super) fn halves_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        if self.halves.is_empty() && self.switch_tables.is_empty() && self.notes.is_empty() {
            return;
        }
        let t = tokens(ui);
        Card::new().tone(Tone::Hook).padding(18.0).show(ui, |ui| {
            ui.bold("Before you read them");
            for table in &self.switch_tables {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    ui.words(Face::Small, t.text, table.words());
                });
                ui.horizontal_wrapped(|ui| {
                    let name = table.table.display();
                    if let Some(selection) = &table.selection
                        && ui.add(Push::plain(format!("Read {name} too"))).clicked()
                    {
                        view.send(MapAsk::Join(Box::new(selection.clone())));
                    }
                    let leave = Push::link("No, leave it").name(format!("No, leave {name} behind"));
                    if ui.add(leave).clicked() {
                        view.send(MapAsk::LeaveTable(table.table.clone()));
                    }
                });
            }
            for half in &self.halves {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    ui.words(Face::Small, t.text, half.words());
                });
                if let Some(selection) = &half.selection
                    && ui.add(Push::plain(format!("Read {} too", half.table.display()))).clicked()
                {
                    view.send(MapAsk::Join(Box::new(selection.clone())));
                }
            }
            for note in &self.notes {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    ui.words(Face::Small, t.text, note);
                });
            }
        });
    }
}
