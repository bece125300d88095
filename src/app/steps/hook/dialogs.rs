//! What opens over the page: run as a service, try a sign-in, and the questions before something changes.

use std::path::PathBuf;

use egui::{ScrollArea, Ui};
use zeroize::Zeroizing;

use super::settings::code;
use super::{HookAsk, HookStep, Open, Sure, View, practice};
use crate::app::facts::Target;
use crate::app::invented;
use crate::app::people::sign_in_words;
use crate::migration::hook::TryBy;
use crate::migration::hook::service::{Kind, Proxy, ServiceFile, beside, file};
use crate::migration::hook::{Exchange, Said};
use crate::ui::Problem;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Push, Words as _, counted, number, problem_card, scrolled, segmented, tabs,
    waiting,
};

impl HookStep {
    pub(super) fn dialogs_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        match self.dialog {
            None => {}
            Some(Open::Settings(front)) => self.settings_ui(ui, view, front),
            Some(Open::Service(kind)) => self.service_ui(ui, view, kind),
            Some(Open::Try) => self.try_ui(ui, view),
            Some(Open::Sure(sure)) => self.sure_ui(ui, view, sure),
        }
    }

    fn service_ui(&self, ui: &mut Ui, view: &mut View<'_>, kind: Kind) {
        let workspace = view.facts.workspace.as_ref().map(|w| w.path.clone()).unwrap_or_default();
        let program = self.program.clone();
        let program =
            program.or_else(|| std::env::current_exe().ok()).unwrap_or_else(|| PathBuf::from("causeway"));
        let plan = self.in_use().plan(program, workspace).map_err(Problem::from);
        let room = (ui.ctx().content_rect().height() - 190.0).max(240.0);
        let answer = Dialog::new("Run as a service").no("Close").width(720.0).show(ui.ctx(), |ui| {
            ui.muted("The same server without the window. On this file it runs while the window is open too, and this page goes on showing what it answers. On a copy of the file it has a list of its own, and this window learns from Okta's log who has moved.");
            ui.add_space(size::TINY);
            let plan = match &plan {
                Ok(plan) => plan,
                Err(problem) => {
                    problem_card(ui, problem);
                    if ui.add(Push::plain("Address and certificate").name("Choose the certificate")).clicked() {
                        view.send(HookAsk::Open(Open::Settings(Proxy::Nginx)));
                    }
                    return;
                }
            };
            let mut chosen = kind;
            if tabs(ui, &mut chosen, &Kind::ALL.map(|kind| (kind, kind.label()))) {
                view.send(HookAsk::Open(Open::Service(chosen)));
            }
            scrolled(ui, ScrollArea::vertical().max_height(room - 70.0).auto_shrink([false, true]), |ui| {
                ui.label_text("Next to this window, while you are signed in");
                ui.fine("Stop the server here first: both listen at the same address. The service takes the secret and the key from the same place as this window.");
                code(ui, "beside the window", &beside(plan));
                ui.add_space(size::SMALL);
                service_file_ui(ui, kind, &file(kind, plan));
            });
        });
        if answer != DialogAnswer::Open {
            view.send(HookAsk::Close);
        }
    }

    fn try_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let here = practice(view.facts);
        let registered = self.okta_calls();
        let busy = self.questions.trying.is_waiting() || self.questions.signing.is_waiting();
        let room = (ui.ctx().content_rect().height() - 400.0).max(120.0);
        let answer = Dialog::new("Try a sign-in").no("Close").width(620.0).show(ui.ctx(), |ui| {
            ui.muted("Type someone's login and the password they have today. The password is used for this try and saved nowhere.");
            Field::new("Login").hint("li.wei@example.com").show(ui, &mut self.trial.login);
            let field = Field::new("Password").password().show(ui, &mut self.trial.password);
            let enter = crate::ui::widgets::confirmed_by_enter(&field);
            self.forget_typed(ui.ctx(), field.id);
            if view.facts.sample {
                self.offer_ui(ui);
            }
            ui.horizontal(|ui| {
                let ways = [(TryBy::Here, "Call this server as Okta does"), (TryBy::Okta, "By Okta's own test")];
                segmented(ui, &mut self.trial.by, if registered { &ways } else { &ways[..1] });
            });
            let ready = !self.trial.login.trim().is_empty() && !self.trial.password.is_empty() && !busy;
            ui.horizontal(|ui| {
                let can = ready && self.is_listening();
                if ui.add(Push::main("Try").enabled(can)).clicked() || (enter && can) {
                    view.send(HookAsk::Try);
                }
                let whole = Push::plain("Sign in at the practice org").enabled(ready && registered);
                if here && ui.add(whole).clicked() {
                    view.send(HookAsk::SignIn);
                }
            });
            if here {
                ui.fine("Try changes nothing. Signing in plays the whole first sign-in, and Okta has the password from then on.");
            } else {
                ui.fine("This changes nothing: Okta stores no password from a test.");
            }
            if busy {
                waiting(ui, "Waiting for the answer");
            }
            if let Some(result) = &self.trial.signed_in {
                let (tone, words) = sign_in_words(result);
                told(ui, tone, Icon::of(tone), &words);
            }
            if let Some(exchange) = &self.trial.exchange {
                exchange_ui(ui, exchange, room);
            }
        });
        if answer != DialogAnswer::Open {
            view.send(HookAsk::Close);
        }
    }

    /// Offers one of the sample company's people: who was typed, or somebody who waits for the hook.
    fn offer_ui(&mut self, ui: &mut Ui) {
        let typed = self.trial.login.trim();
        let typed = (!typed.is_empty()).then_some(typed);
        let Some(login) = invented::known(typed.or(self.trial.invented.as_deref())).map(str::to_owned) else {
            return;
        };
        if let Some(password) = invented::offer_ui(ui, &login) {
            self.trial.login = login;
            self.trial.password = Zeroizing::new(password.to_owned());
        }
    }

    fn sure_ui(&self, ui: &mut Ui, view: &mut View<'_>, sure: Sure) {
        let org = match &view.facts.target {
            Target::Practice => "the practice org".to_owned(),
            Target::Live(name) => name.clone(),
        };
        let waiting = self.feed.waiting;
        let people = counted(waiting, "person", "people");
        let (title, yes, danger, lines) = match sure {
            Sure::Register => (
                format!("Register the hook in {org}?"),
                format!("Register for {people}"),
                false,
                vec![
                    format!("Okta will ask {} when someone who waits for the hook signs in.", self.settings.public.trim()),
                    "It is active at once. This computer, and any proxy or tunnel in front of it, must stay up.".to_owned(),
                ],
            ),
            Sure::Deactivate => (
                format!("Stop {org} from calling the hook?"),
                if waiting > 0 { format!("Deactivate, {people} can't sign in") } else { "Deactivate".to_owned() },
                true,
                vec![
                    if waiting > 0 {
                        format!("{people} who have not signed in yet can't do so until it is active again.")
                    } else {
                        "Nobody waits for it.".to_owned()
                    },
                ],
            ),
            Sure::Remove => (
                format!("Remove the hook from {org}?"),
                if waiting > 0 { format!("Remove, {people} can't sign in") } else { "Remove".to_owned() },
                true,
                vec![
                    if waiting > 0 {
                        format!(
                            "{people} have not signed in yet. Without the hook they can't, until their password is reset: reset those first."
                        )
                    } else {
                        "Nobody waits for it any more.".to_owned()
                    },
                    "It is deactivated and deleted. Nobody's password in Okta changes.".to_owned(),
                ],
            ),
            Sure::Replace => (
                "Make a new secret?".to_owned(),
                "Replace".to_owned(),
                false,
                vec![
                    "The old one is accepted for one more day, so nobody is turned away.".to_owned(),
                    "Okta is told the new one at once, if the hook is registered. A service that runs elsewhere must be given it.".to_owned(),
                ],
            ),
            Sure::Stop => (
                "Stop the server while Okta calls it?".to_owned(),
                if waiting > 0 { format!("Stop, {people} can't sign in") } else { "Stop".to_owned() },
                true,
                vec![format!("{} whose first sign-in is still to come can't do so until it runs again.", number(waiting))],
            ),
        };
        let mut dialog = Dialog::new(title).yes(yes).no("Not now");
        if danger {
            dialog = dialog.danger();
        } else if sure == Sure::Replace {
            dialog = dialog.irreversible();
        }
        let answer = dialog.show(ui.ctx(), |ui| {
            for (nth, line) in lines.iter().enumerate() {
                if nth == 0 {
                    ui.body(line);
                } else {
                    ui.muted(line);
                }
            }
        });
        match answer {
            DialogAnswer::Yes => view.send(HookAsk::Confirm(sure)),
            DialogAnswer::No => view.send(HookAsk::Close),
            DialogAnswer::Open => {}
        }
    }
}

/// What to do to run it from the start of the computer, and the file for it.
fn service_file_ui(ui: &mut Ui, kind: Kind, service: &ServiceFile) {
    ui.label_text(if kind == Kind::Container {
        "On any number of servers".to_owned()
    } else {
        format!("From the start of the computer, on {}", kind.label())
    });
    ui.fine(service.about);
    ui.add_space(size::TINY);
    for (nth, step) in service.steps.iter().enumerate() {
        ui.horizontal_top(|ui| {
            // As wide for every number: the steps stand under one another.
            ui.allocate_ui(egui::vec2(14.0, Face::Body.line()), |ui| {
                ui.set_min_width(14.0);
                ui.label_text(format!("{}.", nth + 1));
            });
            ui.vertical(|ui| {
                ui.body(&step.words);
                if !step.command.is_empty() {
                    code(ui, &format!("step {}", nth + 1), &step.command);
                }
            });
        });
    }
    ui.add_space(size::TINY);
    ui.label_text(service.name);
    code(ui, service.name, &service.text);
}

fn told(ui: &mut Ui, tone: Tone, icon: Icon, words: &str) {
    let t = tokens(ui);
    ui.horizontal_top(|ui| {
        icon.show(ui, size::ICON, t.tone(tone).text);
        ui.words(Face::Body, t.tone(tone).text, words);
    });
}

/// One call and what came back.
fn exchange_ui(ui: &mut Ui, exchange: &Exchange, room: f32) {
    // As the list of sign-ins shows it.
    let (tone, icon) = match exchange.said {
        Said::Verified => (Tone::Good, Icon::Check),
        Said::Unverified => (Tone::Bad, Icon::Cross),
        Said::Neither => (Tone::Bad, Icon::Bang),
    };
    told(ui, tone, icon, &exchange.words());
    if !exchange.next.is_empty() {
        ui.fine(&exchange.next);
    }
    scrolled(
        ui,
        ScrollArea::vertical().id_salt("exchange").max_height(room).auto_shrink([false, true]),
        |ui| {
            ui.label_text("What came back");
            code(ui, "the answer", &exchange.answer);
            ui.label_text("What was asked, the password covered");
            code(ui, "the request", &exchange.request);
        },
    );
}
