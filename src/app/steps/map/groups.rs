//! The card about groups: where they come from, and the memberships that may be these people's and are not taken by themselves.

use egui::Ui;

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::mapping::{GroupCandidate, Target, membership_words};
use crate::model::Membership;
use crate::ui::theme::{Face, Icon, Tone, tokens};
use crate::ui::widgets::{Chip, Push, Words as _, check_row};

/// Questions shown at once.
const SHOWN: usize = 3;

impl MapStep {
    pub(super) fn groups_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        ui.bold("Groups");
        let Some(mapping) = &self.mapping else { return };
        let taken: Vec<&Membership> = mapping.selection.memberships().collect();
        for join in &taken {
            ui.mono(membership_words(join));
            if let Some(candidate) = self.choice(join).filter(|candidate| !candidate.certain()) {
                ui.fine(format!("You chose these: {}", candidate.reason()));
            }
        }
        let columns: Vec<_> = mapping.rules.iter().filter(|r| r.target == Target::Group).collect();
        for rule in &columns {
            ui.mono(rule.column.clone().unwrap_or_default());
        }
        if taken.is_empty() && columns.is_empty() && self.group_choices.is_empty() {
            ui.fine("No table of members was found. A column can go to Group.");
            return;
        }
        let seen = &self.derived.groups;
        if taken.is_empty() && columns.is_empty() {
            ui.fine("No groups are taken. A column can go to Group.");
        } else if seen.is_empty() {
            ui.muted("Nobody in the first rows is in a group.");
        } else {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = egui::vec2(6.0, 6.0);
                for name in seen.iter().take(6) {
                    ui.add(Chip::new(Tone::Quiet, name).bare());
                }
                if seen.len() > 6 {
                    ui.fine(format!("and {} more", seen.len() - 6));
                }
            });
        }
        let t = tokens(ui);
        for note in self.derived.group_notes.iter().take(SHOWN) {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.words(Face::Small, t.text, note);
            });
        }
        if !taken.is_empty() && ui.add(Push::link("Leave these groups behind")).clicked() {
            view.send(MapAsk::DropGroups);
        }
        // Where groups are certain or chosen, what else could be is no question that waits.
        if taken.is_empty() {
            self.group_questions_ui(ui, view);
        } else {
            self.not_taken_ui(&taken, ui, view);
        }
    }

    /// Memberships that are certainly theirs too, and are not taken: they can be taken as well, or instead.
    fn not_taken_ui(&self, taken: &[&Membership], ui: &mut Ui, view: &mut View<'_>) {
        let others: Vec<_> = self
            .group_choices
            .iter()
            .filter(|candidate| {
                candidate.certain() && !taken.iter().any(|taken| candidate.membership.same_join(taken))
            })
            .collect();
        if others.is_empty() {
            return;
        }
        let one = taken.len() == 1;
        ui.fine(if one { "One membership is taken. Not taken:" } else { "Not taken:" });
        for candidate in others.iter().take(SHOWN) {
            ui.horizontal_wrapped(|ui| {
                ui.mono(candidate.words());
                let add = Push::link("Take it too").name(format!("Take {} too", candidate.words()));
                if ui.add(add).clicked() {
                    view.send(MapAsk::AddGroups(Box::new(candidate.membership.clone())));
                }
                let take = Push::link("Take it instead").name(format!("Take {} instead", candidate.words()));
                if ui.add(take).clicked() {
                    view.send(MapAsk::TakeGroups(Box::new(candidate.membership.clone())));
                }
            });
        }
        if others.len() > SHOWN {
            ui.fine(format!("and {} more", others.len() - SHOWN));
        }
    }

    fn choice(&self, join: &Membership) -> Option<&GroupCandidate> {
        self.group_choices.iter().find(|candidate| candidate.membership.same_join(join))
    }

    /// Memberships that may be theirs: each with its reason, to be taken or not.
    fn group_questions_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let t = tokens(ui);
        for candidate in self.group_choices.iter().take(SHOWN) {
            let words = candidate.words();
            let (tone, ask) = if candidate.certain() {
                (Tone::Quiet, format!("{words}, {}", candidate.reason()))
            } else {
                (Tone::Hook, format!("Are these their groups? {words}, {}", candidate.reason()))
            };
            check_row(ui, tone, Icon::Bang, |ui| {
                ui.words(Face::Small, t.text, ask);
            });
            if ui
                .add(Push::link(format!("Take the groups of {}", candidate.membership.members.display())))
                .clicked()
            {
                view.send(MapAsk::TakeGroups(Box::new(candidate.membership.clone())));
            }
        }
    }
}
