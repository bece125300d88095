//! Another token for a run that stands still because Okta no longer takes the one it has.

use egui::Ui;
use secrecy::SecretString;
use zeroize::{Zeroize as _, Zeroizing};

use super::ImportAsk;
use crate::app::PracticeAsk;
use crate::app::facts::Target;
use crate::app::jobs::Question;
use crate::app::steps::{View, Work};
use crate::migration::connect::{self as ask, TokenPlace};
use crate::okta::PauseReason;
use crate::ui::Problem;
use crate::ui::theme::{Icon, size};
use crate::ui::widgets::{Field, Push, Toast, card, confirmed_by_enter, problem_card};

/// The field for it, and the question whether Okta takes it.
#[derive(Default)]
pub(super) struct NewToken {
    typed: Zeroizing<String>,
    field: Option<egui::Id>,
    problem: Option<Problem>,
    trying: Question<TokenPlace>,
}

/// Whether another token may end such a pause.
pub(super) fn may_help(reason: PauseReason) -> bool {
    matches!(reason, PauseReason::Token | PauseReason::Rights)
}

impl NewToken {
    pub(super) fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let practice = view.facts.target == Target::Practice;
        card(ui, |ui| {
            if let Some(problem) = &self.problem {
                problem_card(ui, problem);
            }
            ui.horizontal(|ui| {
                let buttons = if practice { 330.0 } else { 190.0 };
                let width = (ui.available_width() - buttons).max(160.0);
                let field = Field::new("New API token")
                    .hide_label()
                    .hint("Paste a new API token")
                    .password()
                    .width(width)
                    .show(ui, &mut self.typed);
                if !self.typed.is_empty() {
                    self.field = Some(field.id);
                } else if let Some(id) = self.field.take() {
                    // The undo history of a password field keeps what was typed.
                    Field::forget(ui.ctx(), id);
                }
                let ready = !self.typed.trim().is_empty() && !self.trying.is_waiting();
                let word = if self.trying.is_waiting() { "Asking Okta…" } else { "Use it and resume" };
                let push = ui.add(Push::main(word).enabled(ready));
                if confirmed_by_enter(&field) && ready {
                    // People are sent again once it is used: that is the button's to say.
                    push.request_focus();
                }
                if push.clicked() && ready {
                    view.send(ImportAsk::UseToken);
                }
                if practice && ui.add(Push::plain("Look inside").icon(Icon::Eye)).clicked() {
                    view.send(PracticeAsk::Open);
                }
            });
        });
        ui.add_space(size::TINY);
    }

    /// Asks Okta whether it takes the token; if so the run has it from then on.
    pub(super) fn send(&mut self, work: &mut Work<'_>) {
        let Some(org) = work.jobs.org().cloned() else { return };
        let token = SecretString::from(self.typed.trim().to_owned());
        self.typed.zeroize();
        self.typed = Zeroizing::default();
        self.problem = None;
        let session: std::sync::Arc<dyn crate::secrets::SecretStore> = work.jobs.session();
        let stores = (work.jobs.secrets(), session);
        self.trying.ask(work.jobs.ask("try a new token", ask::replace_token(stores, org.client, token)));
    }

    /// Takes in the answer. Gives whether the run can go on.
    pub(super) fn logic(&mut self, work: &mut Work<'_>) -> bool {
        match self.trying.take() {
            Some(Ok(place)) => {
                self.problem = None;
                let words = match place {
                    TokenPlace::Kept(place) => format!("Going on with the new token, stored in {place}"),
                    TokenPlace::Session(_) => "Going on with the new token, for this session only".to_owned(),
                    TokenPlace::Practice => "Going on with the new token".to_owned(),
                };
                work.toast(Toast::good(words));
                true
            }
            Some(Err(problem)) => {
                self.problem = Some(problem);
                false
            }
            None => false,
        }
    }
}
