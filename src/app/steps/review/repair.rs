//! Values with one plain repair, made right for everyone shown: the dialog, with what it would change.

use egui::Ui;

use super::ask::ReviewAsk;
use super::bulk::preview_ui;
use crate::app::jobs::{Jobs, Question};
use crate::app::steps::View;
use crate::assess::codes;
use crate::migration::review::{self as ask, Change};
use crate::ui::Problem;
use crate::ui::theme::size;
use crate::ui::widgets::{Dialog, DialogAnswer, Words as _, counted, problem_card, waiting};
use crate::workspace::{EditPreview, Who, Workspace};

/// What a finding's repair is called: on the button, and in the dialog. `None` for findings that only a person can settle.
pub(super) fn repair_words(finding: &str) -> Option<(&'static str, &'static str)> {
    match finding {
        codes::INVISIBLE_CHARACTERS | codes::CONTROL_CHARACTERS => {
            Some(("Remove", "What nobody can see is removed from their values."))
        }
        codes::COUNTRY_FORM | codes::LOCALE_FORM | codes::LANGUAGE_FORM | codes::TIMEZONE_FORM => {
            Some(("Repair", "Each code gets the form that Okta takes, where there is just one."))
        }
        codes::EMAIL_FORM => {
            Some(("Repair", "Blanks are removed, and domains written as the internet writes them."))
        }
        _ => None,
    }
}

/// The dialog's state, while it is open.
pub(super) struct RepairDialog {
    who: Who,
    count: u64,
    /// The finding it is about.
    finding: String,
    /// What it would change.
    preview: Option<EditPreview>,
    problem: Option<Problem>,
    asked: bool,
    looking: Question<EditPreview>,
}

impl RepairDialog {
    pub(super) fn open(who: Who, count: u64, finding: String) -> Self {
        let looking = Question::default();
        Self { who, count, finding, preview: None, problem: None, asked: false, looking }
    }

    /// Looks what would change.
    pub(super) fn logic(&mut self, jobs: &Jobs, workspace: Option<&Workspace>) {
        match self.looking.take() {
            Some(Ok(preview)) => self.preview = Some(preview),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        let Some(workspace) = workspace.filter(|_| !self.asked) else { return };
        self.asked = true;
        let (workspace, who) = (workspace.clone(), self.who.clone());
        let looking = async move { ask::preview_repair(&workspace, &who).await };
        self.looking.ask(jobs.ask("what a repair would do", looking));
    }

    /// Draws the dialog.
    pub(super) fn ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let Some((verb, words)) = repair_words(&self.finding) else { return };
        let whom = counted(self.count, "person", "people");
        let title = match verb {
            "Remove" => format!("Remove what can't be seen from {whom}"),
            _ => format!("Repair the values of {whom}"),
        };
        let changing = self.preview.as_ref().map_or(0, |preview| preview.changing);
        let existing = view.facts.existing;
        let dialog = Dialog::new(title).width(560.0).yes(verb).ready(changing > 0);
        let answer = dialog.show(ui.ctx(), |ui| {
            ui.body(format!(
                "{words} Everything that has a plain repair is repaired; one undo restores it all."
            ));
            ui.add_space(size::TINY);
            // Room for all that can be said, so that nothing jumps.
            ui.allocate_ui(egui::vec2(ui.available_width(), 240.0), |ui| {
                ui.set_min_height(240.0);
                if let Some(problem) = &self.problem {
                    problem_card(ui, problem);
                } else if let Some(preview) = &self.preview {
                    preview_ui(ui, preview, existing);
                } else {
                    waiting(ui, "Checking what would change");
                }
            });
        });
        match answer {
            DialogAnswer::Yes => {
                view.send(ReviewAsk::Change(Change::Repair(self.who.clone())));
                view.send(ReviewAsk::DropRepair);
            }
            DialogAnswer::No => view.send(ReviewAsk::DropRepair),
            DialogAnswer::Open => {}
        }
    }
}
