//! The card at the right: how people arrive.

use egui::Ui;

use super::OktaStep;
use crate::app::steps::View;
use crate::migration::Existing;
use crate::model::RoutePolicy;
use crate::ui::theme::size;
use crate::ui::widgets::{Field, Words as _, choice_card, counted, drop_down, number, spread, switch};
use crate::workspace::Counts;

impl OktaStep {
    pub(super) fn arrive_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ui.card_title("How should they arrive?");
        // What is shown is what the run goes by, to its end.
        let running = view.facts.is_importing();
        if running {
            ui.fine(
                "The import that is running uses these choices. You can change them once it has ended or is stopped.",
            );
            ui.disable();
        }
        let narrow = ui.available_width() < 380.0;
        let counts = &view.facts.counts;
        for policy in [RoutePolicy::Best, RoutePolicy::AllHook, RoutePolicy::AllReset] {
            let (title, beside) = match policy {
                RoutePolicy::Best => ("Best for each person", "recommended"),
                RoutePolicy::AllHook => ("Everyone checked by the hook", ""),
                RoutePolicy::AllReset => ("Everyone must reset", ""),
            };
            let note = policy_note(policy, counts);
            if choice_card(ui, title, beside, &note, self.choices.policy == policy).clicked() {
                self.choices.policy = policy;
            }
        }
        ui.add_space(size::TINY);
        row(ui, "Already in Okta", |ui| {
            let options = [
                (Existing::Leave, "Leave unchanged".to_owned()),
                (Existing::Update, "Update their profile".to_owned()),
            ];
            drop_down(ui, "Already in Okta", &mut self.choices.existing, &options);
        });
        if let Some(words) = self.there_words() {
            ui.fine(words);
        }
        row(ui, "Activate now", |ui| {
            // Whoever sets a new password is staged, whatever is chosen here.
            if self.choices.policy == RoutePolicy::AllReset {
                ui.muted("No · everyone stays staged");
                return;
            }
            let words =
                if self.choices.activate { "On · no e-mail is sent" } else { "Off · they stay staged" };
            switch(ui, words, &mut self.choices.activate);
        });
        row(ui, "Start with a pilot", |ui| {
            let kind = if narrow { "" } else { ", one of each kind" };
            let mut options = vec![(None, "No, everyone at once".to_owned())];
            for size in [10, 25, 50, 100] {
                options.push((Some(size), format!("{size} people{kind}")));
            }
            if let Some(other) = self.choices.pilot
                && !options.iter().any(|(size, _)| *size == Some(other))
            {
                options.push((Some(other), format!("{other} people{kind}")));
            }
            drop_down(ui, "Start with a pilot", &mut self.choices.pilot, &options);
        });
        ui.add_space(size::TINY);
        let mut label = self.choices.label_group.clone().unwrap_or_default();
        let field = Field::new("Label group")
            .beside("everyone created is put into this group")
            .hint("No label group");
        if field.show(ui, &mut label).changed() {
            let label = label.trim_start().to_owned();
            self.choices.label_group = (!label.is_empty()).then_some(label);
        }
        if !self.choices.activate || self.choices.policy == RoutePolicy::AllReset {
            ui.fine("Staged people can't sign in until you activate them in Okta.");
        }
    }

    /// What becomes of those who were found in Okta, if there are any.
    pub(super) fn there_words(&self) -> Option<String> {
        let there = self.found.there.as_ref().map(|looked| looked.there).filter(|n| *n > 0)?;
        let whom = counted(there, "of them is already in Okta and is", "of them are already in Okta and are");
        Some(match self.choices.existing {
            Existing::Leave => format!("{whom} left unchanged."),
            Existing::Update => format!("{whom} not created again: only the profile is updated."),
        })
    }
}

fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    spread(
        ui,
        size::CONTROL,
        |ui| {
            ui.body(words);
        },
        add,
    );
}

/// What a policy means, in numbers where they are known.
fn policy_note(policy: RoutePolicy, counts: &Counts) -> String {
    let Counts { import, hook, reset, .. } = counts;
    match policy {
        RoutePolicy::Best if counts.ready() > 0 => {
            let mut parts = vec![format!("{} imported as is", number(*import))];
            if *hook > 0 {
                parts.push(format!("{} checked by the hook", number(*hook)));
            }
            if *reset > 0 {
                parts.push(format!("{} must reset", number(*reset)));
            }
            parts.join(" · ")
        }
        RoutePolicy::Best => "Anyone whose password Okta takes keeps it.".to_owned(),
        RoutePolicy::AllHook if *reset > 0 => format!(
            "No hash leaves this network. The legacy system must stay up. {} without a password must reset.",
            counted(*reset, "person", "people")
        ),
        RoutePolicy::AllHook => "No hash leaves this network. The legacy system must stay up.".to_owned(),
        RoutePolicy::AllReset => "Staged accounts. Okta e-mails people when you activate them.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_tells_how_many_keep_their_password() {
        let counts = Counts { import: 29_905, hook: 12_018, reset: 2_884, ..Counts::default() };
        assert_eq!(
            policy_note(RoutePolicy::Best, &counts),
            "29,905 imported as is · 12,018 checked by the hook · 2,884 must reset"
        );
        let counts = Counts { import: 5, ..Counts::default() };
        assert_eq!(policy_note(RoutePolicy::Best, &counts), "5 imported as is");
    }
}
