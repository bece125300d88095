//! The step Finish: what was done, and the report of it.

mod reset;

use std::path::PathBuf;

use egui::{ScrollArea, Ui};

use super::{Footer, Page, Step, StepId, View, Work};
use crate::app::facts::{Facts, Target};
use crate::app::jobs::{Question, Wanted};
use crate::app::{Command, PracticeAsk};
use crate::migration::report::{self, Kind};
use crate::ui::Problem;
use crate::ui::theme::{Icon, Tone, size};
use crate::ui::widgets::{
    Push, Toast, Words as _, card, cells, check_row, counted, problem_card, scrolled, waiting,
};

pub use reset::{ResetAsk, Resets};

/// The step's state.
#[derive(Default)]
pub struct FinishStep {
    /// What went wrong with the report.
    pub problem: Option<Problem>,
    /// New passwords for those who never signed in through the hook.
    pub resets: Resets,
    wanted: Kind,
    picking: Question<Option<PathBuf>>,
    writing: Question<PathBuf>,
}

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FinishAsk {
    /// Write the report.
    Report(Kind),
    /// About the resets.
    Reset(ResetAsk),
}

impl Page for FinishStep {
    fn heading(&self, facts: &Facts) -> (String, String) {
        let tally = facts.tally();
        (
            format!("{} created", counted(tally.created(), "person was", "people were")),
            "Save the report: it says what happened to everyone.".into(),
        )
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        let over = facts.import.begun && facts.import.waiting == 0 && !facts.sent_elsewhere();
        over.then(|| "Report".to_owned())
    }

    fn footer(&self, facts: &Facts) -> Footer {
        let note = if facts.import.waiting > 0 {
            format!("{} to be sent", counted(facts.import.waiting, "person is still", "people are still"))
        } else {
            "This migration stays in its file; open it again at any time".to_owned()
        };
        Footer { back: true, note, ..Footer::default() }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
        }
        let tally = view.facts.tally();
        let hook = view.facts.hook;
        let still = hook.waiting.unwrap_or(tally.created_hook);
        let signed_in = hook.signed_in;
        let blocked = view.facts.counts.blocked;
        let left_out = view.facts.counts.left_out;
        cells(ui, &[1.0, 1.0], |ui, cell| {
            let area = ScrollArea::vertical().id_salt(("finish", cell)).auto_shrink([false, true]);
            scrolled(ui, area, |ui| {
                if cell == 0 {
                    card(ui, |ui| {
                        ui.card_title("What was done");
                        for (tone, icon, count, one, many) in [
                            (
                                Tone::Good,
                                Icon::Check,
                                tally.created_import,
                                "person signs in with the password they had",
                                "people sign in with the password they had",
                            ),
                            (
                                Tone::Good,
                                Icon::Check,
                                signed_in,
                                "person signed in through the password hook",
                                "people signed in through the password hook",
                            ),
                            (
                                Tone::Hook,
                                Icon::Swap,
                                still,
                                "person still to sign in through the password hook",
                                "people still to sign in through the password hook",
                            ),
                            (
                                Tone::Reset,
                                Icon::Again,
                                hook.reset,
                                "person never signed in and got a reset link",
                                "people never signed in and got a reset link",
                            ),
                            (
                                Tone::Reset,
                                Icon::Again,
                                tally.created_reset,
                                "person staged without a password: once activated in Okta, they set one",
                                "people staged without a password: once activated in Okta, they set one",
                            ),
                            (
                                Tone::There,
                                Icon::Equals,
                                tally.already_there,
                                "person was already there and is left unchanged",
                                "people were already there and are left unchanged",
                            ),
                            (
                                Tone::There,
                                Icon::Equals,
                                tally.updated,
                                "person was there already; their profile was updated",
                                "people were there already; their profile was updated",
                            ),
                            (
                                Tone::Bad,
                                Icon::Bang,
                                tally.failed,
                                "person failed; see Import for Okta's words",
                                "people failed; see Import for Okta's words",
                            ),
                            (
                                Tone::Bad,
                                Icon::Bang,
                                blocked,
                                "person blocked by a finding, not sent",
                                "people blocked by a finding, not sent",
                            ),
                            (
                                Tone::Quiet,
                                Icon::Dash,
                                left_out,
                                "person left out, not sent",
                                "people left out, not sent",
                            ),
                        ] {
                            if count > 0 {
                                check_row(ui, tone, icon, |ui| {
                                    ui.body(counted(count, one, many));
                                });
                            }
                        }
                    });
                } else {
                    self.report_ui(ui, view, tally.failed > 0);
                    self.hook_ui(ui, view, still);
                }
            });
        });
        self.resets.dialog_ui(ui, view);
    }

    fn logic(&mut self, work: &mut Work<'_>) {
        self.resets.logic(work);
        if let Some(Ok(Some(path))) = self.picking.take()
            && let Some(workspace) = work.jobs.workspace().cloned()
        {
            let kind = self.wanted;
            self.writing.ask(work.jobs.ask("write the report", report::write(workspace, kind, path)));
        }
        match self.writing.take() {
            Some(Ok(path)) => {
                self.problem = None;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                work.toast(Toast::good(format!("Report written to {name}")));
            }
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    fn opened(&mut self, _: &mut Work<'_>) {
        *self = Self::default();
    }
}

impl FinishStep {
    fn report_ui(&self, ui: &mut Ui, view: &mut View<'_>, failed: bool) {
        let busy = self.writing.is_waiting();
        card(ui, |ui| {
            ui.card_title("Report");
            ui.muted("Who was created, who was not and why. No password and no hash is in it.");
            ui.add_space(size::TINY);
            ui.horizontal_wrapped(|ui| {
                for (kind, words) in [
                    (Kind::Html, "Save as HTML"),
                    (Kind::Csv, "Save as CSV"),
                    (Kind::Failed, "Save only the failed"),
                ] {
                    let can = !busy && (kind != Kind::Failed || failed);
                    if ui.add(Push::plain(words).enabled(can)).clicked() {
                        view.send(FinishAsk::Report(kind));
                    }
                }
            });
            if busy {
                waiting(ui, "Writing the report");
            }
            if view.facts.target == Target::Practice {
                ui.add_space(size::SMALL);
                ui.muted("Look at the people in the practice org, and sign in as one of them.");
                if ui.add(Push::plain("Look inside the practice org").icon(Icon::Eye)).clicked() {
                    view.send(PracticeAsk::Open);
                }
            }
        });
    }

    /// What is left to do about the hook.
    fn hook_ui(&self, ui: &mut Ui, view: &mut View<'_>, still: u64) {
        let registered = view.facts.hook.registered;
        if !registered && still == 0 && !self.resets.is_begun() {
            return;
        }
        ui.add_space(4.0);
        card(ui, |ui| {
            ui.card_title("Ending the password hook");
            ui.muted(if still > 0 {
                "Leave the hook on until they have signed in. Before it is removed, reset the passwords of people who have not: without it they can't sign in."
            } else if registered {
                "Nobody waits for the hook any more: it can be removed from Okta."
            } else {
                "Nobody waits for the hook any more."
            });
            ui.add_space(size::TINY);
            self.resets.ui(ui, view, still);
            if (registered || still > 0) && ui.add(Push::plain("Go to the password hook")).clicked() {
                view.send(Command::GoTo(StepId::Hook));
            }
        });
    }
}

impl Step for FinishStep {
    type Ask = FinishAsk;

    fn handle(&mut self, ask: FinishAsk, work: &mut Work<'_>) {
        match ask {
            FinishAsk::Reset(ask) => self.resets.handle(ask, work),
            FinishAsk::Report(kind) => {
                self.wanted = kind;
                let name = kind.file_name().to_owned();
                self.picking.ask(work.jobs.pick(Wanted::Save { title: "Save the report", name }));
            }
        }
    }
}
