//! Where the key of a new workspace goes when the keychain does not take it: asked before anything is made.

use egui::Ui;

use super::{Start, StartAsk};
use crate::app::jobs::{KeyPlace, NoKeychain};
use crate::app::steps::View;
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Dialog, DialogAnswer, Push, Words as _, choice_card, problem_card, waiting};

/// The question, while it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyless {
    /// Why the keychain did not take the key, and the file it could go to.
    pub why: NoKeychain,
    /// What is chosen.
    pub place: KeyPlace,
    /// What went wrong with the choice.
    pub problem: Option<Problem>,
}

/// Draws the question.
pub(super) fn dialog(ui: &Ui, start: &mut Start, view: &mut View<'_>) {
    let busy = start.is_busy();
    let Start { keyless: Some(keyless), .. } = start else { return };
    let dialog = Dialog::new("Where should the key to the passwords go?").yes("Store it there").ready(!busy);
    let answer = dialog.width(560.0).show(ui.ctx(), |ui| {
        let t = tokens(ui);
        ui.words(Face::Body, t.tone(Tone::Hook).text, &keyless.why.problem.what);
        ui.muted("Causeway encrypts the password hashes it reads and stores the key separately, in the keychain. Without a keychain, choose where the key goes. Nothing is created before you answer.");
        ui.add_space(size::TINY);
        ui.add_enabled_ui(!busy, |ui| {
            let file = format!(
                "Only your account can read it: {}. Anyone who has both this file and the migration's file can read the hashes.",
                keyless.why.file.display()
            );
            if choice_card(ui, "In a private file", "", &file, keyless.place == KeyPlace::File).clicked() {
                keyless.place = KeyPlace::File;
            }
            let session = "Only in memory. Once Causeway is closed, this migration can't be opened again: people who are in Okta stay there, but everyone must be read again.";
            if choice_card(ui, "For this session only", "", session, keyless.place == KeyPlace::Session).clicked() {
                keyless.place = KeyPlace::Session;
            }
        });
        ui.add_space(size::TINY);
        ui.words(Face::Strong, t.text, "Or fix the keychain");
        ui.muted(mend(&keyless.why.problem));
        if ui.add(Push::plain("Try the keychain again").icon(Icon::Again).enabled(!busy)).clicked() {
            view.send(StartAsk::Key(KeyPlace::Keychain));
        }
        if let Some(problem) = &keyless.problem {
            ui.add_space(size::SMALL);
            problem_card(ui, problem);
        }
        if busy {
            waiting(ui, "Trying");
        }
    });
    match answer {
        DialogAnswer::Yes if !busy => view.send(StartAsk::Key(keyless.place)),
        DialogAnswer::No if !busy => view.send(StartAsk::DropKey),
        DialogAnswer::Yes | DialogAnswer::No | DialogAnswer::Open => {}
    }
}

/// What to do about the keychain.
fn mend(problem: &Problem) -> &str {
    // The advice for those without a window names a key file and a restart; here both are at hand.
    if problem.next.starts_with("Start one") {
        "Start one (GNOME Keyring, KWallet), then try again."
    } else {
        &problem.next
    }
}
