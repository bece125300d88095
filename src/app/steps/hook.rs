//! The step Password hook. The server itself comes with a later version; until then the page says who waits for it.

use egui::Ui;

use super::{Action, Footer, Page, ReviewAsk, Step, StepId, View, Work};
use crate::app::Command;
use crate::app::facts::Facts;
use crate::app::theme::{Icon, Tone, size};
use crate::app::widgets::{Push, Words as _, card, check_row, counted};
use crate::model::Route;
use crate::workspace::{Disposition, PeopleFilter};

/// The step's state.
#[derive(Debug, Default)]
pub struct HookStep;

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookAsk {}

/// How many were created and wait for the hook.
fn waiting(facts: &Facts) -> u64 {
    facts.counts.created.iter().find(|(route, _)| *route == Route::Hook).map_or(0, |(_, n)| *n)
}

impl Page for HookStep {
    fn heading(&self, facts: &Facts) -> (String, String) {
        let title = match waiting(facts) {
            0 => "Nobody waits for the password hook".to_owned(),
            n => format!("{} for the password hook", counted(n, "person waits", "people wait")),
        };
        (title, "Okta asks the hook at a person's first sign-in, and keeps the password from then on.".into())
    }

    fn rail_line(&self, facts: &Facts) -> Option<String> {
        facts.import.begun.then(|| match waiting(facts) {
            0 if facts.import.waiting > 0 => "Optional".to_owned(),
            0 => "Not needed".to_owned(),
            _ => "Later".to_owned(),
        })
    }

    fn footer(&self, _: &Facts) -> Footer {
        Footer {
            back: true,
            note: "This version does not run the hook itself".into(),
            main: Some(Action::new("Continue", Command::GoTo(StepId::Finish))),
            ..Footer::default()
        }
    }

    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if waiting(view.facts) == 0 {
            return;
        }
        card(ui, |ui| {
            ui.set_max_width(720.0);
            ui.card_title("What this means for them");
            check_row(ui, Tone::Hook, Icon::Swap, |ui| {
                ui.body("They are in Okta, and can't sign in with a password until a password hook is registered there.");
            });
            check_row(ui, Tone::Hook, Icon::Swap, |ui| {
                ui.body("Causeway does not run that hook yet. Until it does, send them a password reset from Okta, or keep them out of a migration that can't wait.");
            });
            check_row(ui, Tone::Good, Icon::Check, |ui| {
                ui.body("Nothing is lost: their stored passwords stay sealed in this migration's file, ready for the hook.");
            });
            ui.add_space(size::TINY);
            if ui.add(Push::plain("Show them in Review")).clicked() {
                view.send(ReviewAsk::Show(PeopleFilter {
                    disposition: Some(Disposition::Hook),
                    ..PeopleFilter::default()
                }));
                view.send(Command::GoTo(StepId::Review));
            }
        });
    }
}

impl Step for HookStep {
    type Ask = HookAsk;

    fn handle(&mut self, ask: HookAsk, _: &mut Work<'_>) {
        match ask {}
    }
}
