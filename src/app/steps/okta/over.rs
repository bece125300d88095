//! Starting over in this org, after people were sent to another.

use egui::Ui;

use super::{OktaAsk, OktaStep};
use crate::app::steps::{View, Work};
use crate::migration::import::{StartedOver, record_and_start_over};
use crate::okta::OrgUrl;
use crate::ui::widgets::{Dialog, DialogAnswer, Toast, Words as _, counted};

impl OktaStep {
    /// The real org that people were sent to before, if it was one.
    fn real_before(&self) -> Option<&str> {
        let before = self.checked.as_ref()?.other_org.as_deref()?;
        (!OrgUrl::parse(before).is_ok_and(|org| org.is_practice())).then_some(before)
    }

    /// Starts over; asks first, where something about a real org would be forgotten.
    pub(super) fn start_over(&mut self, sure: bool, work: &mut Work<'_>) {
        if work.facts.is_importing() || self.starting_over.is_waiting() {
            return;
        }
        if !sure && self.real_before().is_some() {
            self.over = true;
            return;
        }
        self.over = false;
        let Some(workspace) = work.jobs.workspace().cloned() else { return };
        self.starting_over.ask(
            work.jobs.ask("start over", async move {
                record_and_start_over(&workspace, chrono::Utc::now()).await
            }),
        );
    }

    /// People wait again.
    pub(super) fn started_over(&mut self, over: &StartedOver, work: &mut Work<'_>) {
        self.record.clone_from(&over.record);
        if let Some(path) = &over.record {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            work.toast(Toast::good(format!(
                "Who was sent before is saved in “{name}”, beside this migration."
            )));
        }
    }

    /// The question before it.
    pub(super) fn over_ui(&self, ui: &Ui, view: &mut View<'_>) {
        let Some(before) = self.real_before().filter(|_| self.over) else { return };
        let org = self.checked.as_ref().map_or("this org", |checked| checked.name.as_str());
        let sent = view.facts.import.done + view.facts.import.failed;
        let whom = counted(sent, "person was", "people were");
        let dialog = Dialog::new(format!("Start over in {org}?")).yes("Start over").danger().width(520.0);
        let answer = dialog.show(ui.ctx(), |ui| {
            ui.body(format!("{whom} sent to {before}. Causeway forgets that, and all of them wait to be sent to {org}."));
            ui.body(format!(
                "In {before} nothing changes: anyone created there stays. But this migration can no longer continue, retry or undo anything there."
            ));
            ui.muted("A list of everyone sent, with outcome and Okta id, is written beside this migration's file first.");
        });
        match answer {
            DialogAnswer::Yes => view.send(OktaAsk::ConfirmStartOver),
            DialogAnswer::No => view.send(OktaAsk::Decline),
            DialogAnswer::Open => {}
        }
    }
}
