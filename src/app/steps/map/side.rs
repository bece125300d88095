//! The cards beside the table: one person as Okta will see them, groups, and what is still missing.

use egui::{ScrollArea, Ui};

use super::{MapAsk, MapStep};
use crate::app::steps::View;
use crate::mapping::{MappingProblem, explain};
use crate::model::{ATTRIBUTES, Assessed, Route, Severity};
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Card, Chip, Push, Words as _, check_row, counted, fact_row, number, scrolled};

impl MapStep {
    pub(super) fn side_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        scrolled(ui, ScrollArea::vertical().id_salt("map cards").auto_shrink(false), |ui| {
            ui.spacing_mut().item_spacing.y = 14.0;
            self.halves_ui(ui, view);
            if self.derived.switches().next().is_some() {
                Card::new().padding(18.0).show(ui, |ui| self.switches_ui(ui, view));
            }
            Card::new().padding(18.0).show(ui, |ui| self.preview_ui(ui, view));
            Card::new().padding(18.0).show(ui, |ui| self.passwords_ui(ui, view));
            Card::new().padding(18.0).show(ui, |ui| self.groups_ui(ui, view));
            if self.key.is_some() {
                Card::new().padding(18.0).show(ui, |ui| self.key_ui(ui, view));
            }
            Card::new().padding(18.0).show(ui, |ui| self.required_ui(ui));
        });
    }

    /// Columns that may say who is switched off: asked about before anyone is read.
    fn switches_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let t = tokens(ui);
        ui.bold("Who may sign in?");
        ui.fine("These columns may say who is switched off, and nothing reads them. Anyone switched off by one of them arrives active.");
        for switch in self.derived.switches() {
            check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                ui.words_cut(Face::Mono, t.text, &switch.column);
                ui.fine(switch.told());
                if switch.new_password() {
                    ui.fine("They must choose a new password at the next sign-in: their temporary password would move.");
                }
                ui.fine(if switch.unclear() {
                    "It isn't known which of its values switch people off. Used as it is, it would leave everyone out.".to_owned()
                } else {
                    format!(
                        "Used: {} of {} would be left out ({}).",
                        number(switch.off),
                        counted(switch.rows, "person", "people"),
                        explain(&switch.used())
                    )
                });
                ui.horizontal(|ui| {
                    let column = &switch.column;
                    if ui
                        .add(Push::plain("Use it").in_row().name(format!("Use {column} for Is active")))
                        .clicked()
                    {
                        view.send(MapAsk::Switch(Box::new(switch.used())));
                    }
                    let leave = Push::link("No, leave it").name(format!("No, leave {column} behind"));
                    if ui.add(leave).clicked() {
                        view.send(MapAsk::Switch(Box::new(switch.left())));
                    }
                });
            });
        }
    }

    fn preview_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let t = tokens(ui);
        let Some(person) = &self.derived.person else {
            ui.bold("As Okta will see them");
            ui.muted(self.derived.missing().unwrap_or_else(|| "There is no row to show.".into()));
            return;
        };
        let name = person.candidate.profile.display_name();
        let called = if name.is_empty() { "this person" } else { name.as_str() };
        ui.words_cut(Face::Strong, t.text, format!("As Okta will see {called}"));
        ui.spacing_mut().item_spacing.y = 0.0;
        for (attribute, value) in profile_rows(person) {
            fact_row(ui, 104.0, &attribute, |ui| {
                ui.words_cut(Face::Small, t.text, value);
            });
        }
        let (tone, words) = password_words(person);
        fact_row(ui, 104.0, "password", |ui| {
            ui.add(Chip::new(tone, words));
        });
        for finding in person.findings.iter().filter(|f| f.severity > Severity::Notes).take(3) {
            ui.add_space(6.0);
            let tone = if finding.severity == Severity::Blocks { Tone::Bad } else { Tone::Hook };
            ui.words(Face::Small, t.tone(tone).text, &finding.text);
        }
        ui.add_space(size::SMALL);
        let count = self.sample.as_ref().map_or(0, |s| s.records.len());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.add_enabled_ui(self.person > 0, |ui| {
                if ui.add(Push::icon_only(Icon::ChevronLeft, "Previous person")).clicked() {
                    view.send(MapAsk::Person(self.person.saturating_sub(1)));
                }
            });
            let words = match self.rows() {
                Some(rows) if rows > count as u64 => format!("{} of the first {count}", self.person + 1),
                _ => format!("{} of {count}", self.person + 1),
            };
            ui.fine(words);
            ui.add_enabled_ui(self.person + 1 < count, |ui| {
                if ui.add(Push::icon_only(Icon::ChevronRight, "Next person")).clicked() {
                    view.send(MapAsk::Person(self.person + 1));
                }
            });
        });
    }

    fn required_ui(&self, ui: &mut Ui) {
        let t = tokens(ui);
        let (matched, all) = self.derived.required;
        ui.words(Face::Strong, t.text, format!("{matched} of {all} required attributes matched"));
        ui.fine("Okta needs login, email, firstName and lastName.");
        // What the key is said about in its own card; those that are asked about have a card of their own.
        let said = |problem: &&MappingProblem| match problem {
            MappingProblem::LoginKey => self.key.is_none(),
            MappingProblem::Switch(_) => false,
            _ => true,
        };
        for problem in self.derived.problems.iter().filter(said) {
            let (tone, icon) =
                if problem.blocks() { (Tone::Bad, Icon::Bang) } else { (Tone::Hook, Icon::Bang) };
            check_row(ui, tone, icon, |ui| {
                ui.words(Face::Small, t.text, problem.to_string());
            });
        }
        let custom =
            self.mapping.as_ref().map(|m| crate::mapping::custom_attributes(m).len()).unwrap_or_default();
        if custom > 0 {
            ui.fine(format!(
                "{} must be in your org's schema. Step 4 checks that.",
                counted(custom as u64, "custom attribute", "custom attributes")
            ));
        }
    }
}

/// The profile as rows: Okta's own attributes in its order, then custom ones.
fn profile_rows(person: &Assessed) -> Vec<(String, String)> {
    let profile = &person.candidate.profile;
    let words = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let own = ATTRIBUTES.iter().filter_map(|a| profile.get(a.name).map(|v| (a.name.to_owned(), words(v))));
    let custom = profile
        .iter()
        .filter(|(name, _)| crate::model::attribute(name).is_none())
        .map(|(name, value)| (name.to_owned(), words(value)));
    own.chain(custom).collect()
}

fn password_words(person: &Assessed) -> (Tone, String) {
    let tone = match person.route {
        Route::Import => Tone::Good,
        Route::Hook => Tone::Hook,
        Route::Reset => Tone::Reset,
    };
    (tone, person.scheme_label.clone())
}
