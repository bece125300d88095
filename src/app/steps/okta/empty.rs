//! Emptying the practice org, for another rehearsal.

use egui::Ui;

use super::{OktaAsk, OktaStep};
use crate::app::jobs::practice;
use crate::app::steps::{View, Work};
use crate::ui::widgets::{Dialog, DialogAnswer, Push, Words as _};

impl OktaStep {
    /// The button; dead while an import runs into the org.
    pub(super) fn empty_button(&self, ui: &mut Ui, view: &mut View<'_>) {
        let can = !view.facts.is_importing() && !self.is_connecting();
        if ui.add(Push::plain("Empty it…").name("Empty the practice org").enabled(can)).clicked() {
            view.send(OktaAsk::Empty);
        }
    }

    /// The question before it.
    pub(super) fn empty_ui(&self, ui: &Ui, view: &mut View<'_>) {
        if !self.emptying {
            return;
        }
        let answer = Dialog::new("Empty the practice org?").yes("Empty it").danger().show(ui.ctx(), |ui| {
            ui.body("Its people and groups are deleted. Everyone who was sent to it waits again.");
            ui.muted("Only the rehearsal is lost: your source, mapping and edits stay as they are.");
        });
        match answer {
            DialogAnswer::Yes => view.send(OktaAsk::ConfirmEmpty),
            DialogAnswer::No => view.send(OktaAsk::Decline),
            DialogAnswer::Open => {}
        }
    }

    pub(super) fn empty(&mut self, work: &mut Work<'_>) {
        self.emptying = false;
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        if self.real || work.facts.is_importing() {
            return;
        }
        self.checked = None;
        self.problem = None;
        self.tell_ready(work);
        work.jobs.forget_practice();
        let slot = work.jobs.practice_slot();
        self.starting_over.ask(work.jobs.ask("empty the practice org", practice::empty(workspace, slot)));
    }
}
