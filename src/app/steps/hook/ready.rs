//! “Ready for people?”: the checks, and what can be done in the org.

use egui::Ui;

use super::{HookAsk, HookStep, Open, View, practice};
use crate::migration::hook::OrgAct;
use crate::migration::hook::service::Kind;
use crate::migration::hook::{HookCheck, Sign, Standing};
use crate::ui::theme::{Face, Icon, Tone, size};
use crate::ui::widgets::{Push, Words as _, card, check_row, number, spread, waiting};

impl HookStep {
    pub(super) fn ready_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        card(ui, |ui| {
            let can = self.can_check(practice(view.facts));
            spread(
                ui,
                24.0,
                |ui| {
                    ui.card_title("Ready for people?");
                },
                |ui| {
                    let push = Push::link("Check again").name("Check again").enabled(can);
                    if ui.add(push).clicked() {
                        view.send(HookAsk::Check);
                    }
                },
            );
            ui.add_space(size::TINY);
            if let (false, Some(last)) = (self.is_listening(), self.elsewhere) {
                check_row(ui, Tone::Good, Icon::Check, |ui| {
                    ui.body("A service answers, not this window");
                    ui.fine(format!("It answered a sign-in at {}.", self.clock(last)));
                });
            } else if !self.is_listening() {
                check_row(ui, Tone::Quiet, Icon::Dash, |ui| {
                    ui.body("The server is not running");
                    ui.fine("Start it first: Okta calls from the moment the hook is registered.");
                    if can {
                        ui.fine("A service that runs elsewhere is found by checking again.");
                    }
                });
            }
            if self.is_listening() || self.elsewhere.is_some() || self.is_checking() || self.checks.is_some()
            {
                self.found_ui(ui);
            }
            self.registered_ui(ui, view);
            if self.is_listening() {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    // As high as a line, so that the words stand beside the sign.
                    ui.spacing_mut().interact_size.y = Face::Body.line();
                    ui.horizontal_wrapped(|ui| {
                        ui.spacing_mut().item_spacing.x = 5.0;
                        ui.body("Runs only while this window is open");
                        if ui.add(Push::link("Run as a service")).clicked() {
                            view.send(HookAsk::Open(Open::Service(Kind::here())));
                        }
                    });
                });
            } else if ui.add(Push::link("Run as a service")).clicked() {
                view.send(HookAsk::Open(Open::Service(Kind::here())));
            }
            if let Some(moved) = self.moved.as_ref().filter(|moved| moved.not_stored > 0) {
                check_row(ui, Tone::Hook, Icon::Bang, |ui| {
                    let reason = moved.reason.clone().unwrap_or_default();
                    let whose = if moved.not_stored == 1 { "a right password" } else { "right passwords" };
                    ui.body(format!(
                        "Okta got {whose} and could not save {}",
                        if moved.not_stored == 1 {
                            "it".to_owned()
                        } else {
                            format!("them: {} people", number(moved.not_stored))
                        }
                    ));
                    ui.fine(format!("It tries again at their next sign-in. {reason}"));
                });
            }
        });
    }

    /// What the checks found.
    fn found_ui(&self, ui: &mut Ui) {
        if self.is_checking() {
            waiting(ui, "Calling the address with the secret and without it");
            return;
        }
        let Some(checks) = &self.checks else {
            check_row(ui, Tone::Quiet, Icon::Dash, |ui| {
                ui.body("Not checked yet");
                ui.fine("Checks that the address is reachable from the internet, that calls without the secret are rejected, and that Okta's test call succeeds.");
            });
            return;
        };
        for check in checks {
            found(ui, check);
        }
    }

    /// Whose hook the org has, and what can be done about it.
    fn registered_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let here = practice(view.facts);
        let org = if here { "the practice org" } else { "Okta" };
        if self.is_acting() {
            waiting(ui, format!("Asking {org}"));
            return;
        }
        match &self.standing {
            None if !view.facts.target_ready => {
                check_row(ui, Tone::Quiet, Icon::Dash, |ui| {
                    ui.body("Not connected to an org");
                    ui.fine("Connect in step 4 to register the hook.");
                });
            }
            None => {
                check_row(ui, Tone::Quiet, Icon::Dash, |ui| {
                    ui.body("Not known yet whether a hook is registered");
                });
            }
            Some(Standing::None) => {
                check_row(ui, Tone::Quiet, Icon::Dash, |ui| {
                    ui.body("No hook is registered");
                    if ui.add(Push::plain("Register in Okta").in_row().enabled(self.can_register())).clicked()
                    {
                        view.send(HookAsk::Org(OrgAct::Register));
                    }
                });
            }
            Some(Standing::Foreign(hook)) => {
                check_row(ui, Tone::Bad, Icon::Bang, |ui| {
                    ui.body(format!("Another password hook is registered: “{}”", hook.name));
                    ui.fine(format!("It calls {}", hook.uri()));
                    ui.fine("An org has only one, so Causeway leaves it alone. Ask the person who set it up; when it is no longer needed, delete it in the Admin Console under Workflow › Inline Hooks.");
                    if ui.add(Push::plain("Look again").in_row()).clicked() {
                        view.send(HookAsk::Org(OrgAct::Look));
                    }
                });
            }
            Some(Standing::Ours(ours)) => {
                let (tone, icon) = match (ours.fits(), ours.hook.is_active()) {
                    (true, true) => (Tone::Good, Icon::Check),
                    (false, _) => (Tone::Bad, Icon::Bang),
                    (true, false) => (Tone::Hook, Icon::Bang),
                };
                check_row(ui, tone, icon, |ui| {
                    let state = if ours.hook.is_active() { "ACTIVE" } else { "INACTIVE" };
                    ui.body(format!("Hook registered in Okta, {state}"));
                    if ours.other_address {
                        ui.fine(format!("Okta calls another address: {}", ours.hook.uri()));
                    }
                    if ours.other_secret {
                        ui.fine("Okta sends another secret.");
                    }
                    if !ours.hook.is_active() {
                        ui.fine("Okta does not call it: people who wait for the hook can't sign in.");
                    }
                    ui.add_space(2.0);
                    ui.horizontal_wrapped(|ui| {
                        if !ours.fits()
                            && ui
                                .add(Push::plain("Update in Okta").in_row().enabled(self.can_register()))
                                .clicked()
                        {
                            view.send(HookAsk::Org(OrgAct::Register));
                        }
                        let (word, to) =
                            if ours.hook.is_active() { ("Deactivate", false) } else { ("Activate", true) };
                        if ui.add(Push::plain(word).in_row()).clicked() {
                            view.send(HookAsk::Org(OrgAct::Active(to)));
                        }
                        if ui.add(Push::plain("Remove").name("Remove the hook").in_row()).clicked() {
                            view.send(HookAsk::Org(OrgAct::Remove));
                        }
                    });
                });
            }
        }
    }
}

/// One check.
fn found(ui: &mut Ui, check: &HookCheck) {
    let (tone, icon) = match check.sign {
        Sign::Good => (Tone::Good, Icon::Check),
        Sign::Warns => (Tone::Hook, Icon::Bang),
        Sign::Fails => (Tone::Bad, Icon::Bang),
    };
    check_row(ui, tone, icon, |ui| {
        let line = ui.body(&check.what);
        if !check.technical.is_empty() {
            line.on_hover_text(&check.technical);
        }
        if !check.next.is_empty() {
            ui.fine(&check.next);
        }
    });
}
