//! The dialog “Only rows where…”.

use egui::Ui;

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::model::{Comparison, Condition};
use crate::ui::theme::{Icon, size};
use crate::ui::widgets::{Dialog, DialogAnswer, Field, Push, Words as _, drop_down};

/// Comparisons in words.
const COMPARISONS: [(Comparison, &str); 10] = [
    (Comparison::Is, "is"),
    (Comparison::IsNot, "is not"),
    (Comparison::Contains, "contains"),
    (Comparison::StartsWith, "starts with"),
    (Comparison::HasValue, "has a value"),
    (Comparison::IsEmpty, "is empty"),
    (Comparison::Above, "is above"),
    (Comparison::Below, "is below"),
    (Comparison::Yes, "says yes"),
    (Comparison::No, "says no or nothing"),
];

impl MapStep {
    pub(super) fn filter_ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let (Some(only), Some(sample)) = (&mut self.filter, &self.sample) else { return };
        let columns: Vec<(String, String)> =
            sample.columns.names().iter().map(|name| (name.clone(), name.clone())).collect();
        let words: Vec<(Comparison, String)> =
            COMPARISONS.iter().map(|(c, w)| (*c, (*w).to_owned())).collect();
        let ready = only.iter().all(|c| !c.comparison.needs_value() || !c.value.trim().is_empty());
        let answer =
            Dialog::new("Only rows where…").yes("Use").ready(ready).width(640.0).show(ui.ctx(), |ui| {
                ui.muted("People are read only from rows where all of these hold.");
                ui.add_space(size::TINY);
                let mut gone = None;
                for (at, condition) in only.iter_mut().enumerate() {
                    ui.push_id(at, |ui| {
                        ui.horizontal(|ui| {
                            drop_down(ui, "Column", &mut condition.column, &columns);
                            drop_down(ui, "Comparison", &mut condition.comparison, &words);
                            if condition.comparison.needs_value() {
                                Field::new("Value").hide_label().width(200.0).show(ui, &mut condition.value);
                            }
                            if ui.add(Push::icon_only(Icon::Cross, "Remove this condition")).clicked() {
                                gone = Some(at);
                            }
                        });
                    });
                }
                if let Some(at) = gone {
                    only.remove(at);
                }
                if ui.add(Push::plain("Add a condition").icon(Icon::Plus)).clicked()
                    && let Some((column, _)) = columns.first()
                {
                    only.push(Condition {
                        column: column.clone(),
                        comparison: Comparison::Is,
                        value: String::new(),
                    });
                }
            });
        match answer {
            DialogAnswer::Yes => view.send(MapAsk::SetFilter(only.clone())),
            DialogAnswer::No => view.send(MapAsk::DropFilter),
            DialogAnswer::Open => {}
        }
    }
}
