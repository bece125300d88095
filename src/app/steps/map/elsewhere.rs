//! Another source was chosen than the people here were read from.

use egui::Ui;

use super::MapStep;
use crate::app::facts::Facts;
use crate::app::steps::View;
use crate::ui::theme::{Face, size, tokens};
use crate::ui::widgets::{Card, Words as _};

impl MapStep {
    /// The source that the people here were read from, and the one they would be read from now, where these are not the same.
    fn elsewhere(&self, facts: &Facts) -> Option<(String, String)> {
        let before = facts.read_from.clone().filter(|_| facts.people.is_some())?;
        let now = self.setup.as_ref()?.spec.summary();
        (before != now).then_some((before, now))
    }

    /// The bar that says so, before anyone is read.
    pub(super) fn elsewhere_ui(&self, ui: &mut Ui, view: &View<'_>) {
        let Some((before, now)) = self.elsewhere(view.facts) else { return };
        let t = tokens(ui);
        Card::new().padding(12.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.words_cut(Face::Strong, t.text, format!("The people here were read from {before}."));
            ui.fine(format!(
                "If you read again, the people from {now} take their place. Anyone with the same key counts as the same person, with their edits and outcomes. For other people, start a new migration."
            ));
        });
        ui.add_space(size::TINY);
    }
}
