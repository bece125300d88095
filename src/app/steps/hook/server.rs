//! The card of the server: whether it runs, its addresses, the secret.

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use super::{HookAsk, HookStep, Open, Sure, View, practice};
use crate::migration::hook::Tls;
use crate::migration::hook::public_uri;
use crate::migration::hook::service::Proxy;
use crate::model::Explain as _;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{Chip, Field, Push, Words as _, at_right, card, spread};

impl HookStep {
    pub(super) fn server_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        card(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_min_height(24.0);
                let (tone, icon, word) = match (self.is_running(), self.is_listening()) {
                    (true, true) => (Tone::Good, Icon::Check, "Running"),
                    (true, false) => (Tone::Quiet, Icon::Hourglass, "Starting"),
                    (false, _) if self.died.is_some() => (Tone::Bad, Icon::Bang, "Ended"),
                    (false, _) if self.elsewhere.is_some() => (Tone::Good, Icon::Check, "A service answers"),
                    (false, _) => (Tone::Quiet, Icon::Dash, "Not running"),
                };
                ui.add(Chip::new(tone, word).sign(icon));
                if let (false, Some(last)) = (self.is_running(), self.elsewhere) {
                    ui.words_cut(Face::Body, tokens(ui).muted, format!("last at {}", self.clock(last)));
                }
                if let (true, Some(since)) = (self.is_listening(), self.server.since) {
                    let busy = self.server.load.checking.min(self.server.workers);
                    let what = if ui.available_width() < 225.0 { "busy" } else { "workers busy" };
                    ui.words_cut(
                        Face::Body,
                        tokens(ui).muted,
                        format!("since {} · {busy} of {} {what}", self.clock(since), self.server.workers),
                    );
                }
            });
            let here = self.here();
            let change = |ui: &mut Ui| {
                if ui.add(Push::link("Change").name("Address and certificate")).clicked() {
                    view.send(HookAsk::Open(Open::Settings(Proxy::Nginx)));
                }
            };
            boxed_with(ui, "Address on this computer", change, |ui| {
                ui.words_cut(Face::Mono, tokens(ui).text, here);
            });
            if let Some(port) = self.other_port() {
                let set = self.settings.port;
                ui.words(
                    Face::Small,
                    tokens(ui).hook.text,
                    format!(
                        "Another program has port {set}, so this server took {port} until it stops. What is shown here for a proxy or a service uses {port}, too."
                    ),
                );
            }
            ui.add_space(size::TINY);
            if practice(view.facts) {
                boxed(ui, "Public address Okta will call", "", |ui| {
                    ui.words_cut(Face::Body, tokens(ui).muted, "none needed in practice");
                });
            } else {
                let error = match public_uri(&self.settings.public, &self.settings.path, false) {
                    Err(problem) if !self.settings.public.trim().is_empty() => {
                        Some(format!("{problem} {}", problem.advice()))
                    }
                    _ => None,
                };
                let field = Field::new("Public address Okta will call")
                    .hint("https://hook.example.com/pwhook")
                    .mono()
                    .error(error)
                    .show(ui, &mut self.settings.public);
                if field.lost_focus() {
                    self.draft = self.settings.clone();
                    view.send(HookAsk::Save);
                }
            }
            ui.add_space(size::TINY);
            self.secret_ui(ui, view);
            ui.add_space(size::TINY);
            let against = if self.is_listening() {
                self.server.against.clone()
            } else if self.settings.live {
                "the live source".to_owned()
            } else {
                "the passwords stored in the migration".to_owned()
            };
            ui.fine(format!("Checks against {against}."));
            self.certificate_ui(ui);
        });
    }

    fn secret_ui(&self, ui: &mut Ui, view: &mut View<'_>) {
        let beside = if self.place.is_empty() { "stored in the keychain" } else { self.place };
        let beside =
            if beside.starts_with("stored") { beside.to_owned() } else { format!("stored in {beside}") };
        boxed(ui, "Authorization header", &beside, |ui| {
            spread(
                ui,
                size::CONTROL_ROW,
                |ui| {
                    let text = match (self.shown, self.header()) {
                        (true, Some(header)) => header.as_str().to_owned(),
                        _ => "Basic ••••••••••••••••".to_owned(),
                    };
                    ui.words_cut(Face::Mono, tokens(ui).text, text);
                },
                |ui| {
                    at_right(ui, |ui| {
                        let word = if self.shown { "Cover" } else { "Show" };
                        if ui.add(Push::link(word).name(format!("{word} the secret"))).clicked() {
                            view.send(HookAsk::Show(!self.shown));
                        }
                        if ui.add(Push::link("Copy").name("Copy the secret")).clicked() {
                            view.send(HookAsk::CopySecret);
                        }
                        if ui.add(Push::link("Replace").name("Replace the secret")).clicked() {
                            view.send(HookAsk::Open(Open::Sure(Sure::Replace)));
                        }
                    });
                },
            );
        });
    }

    /// What is known of the certificate, and what is wrong with it.
    fn certificate_ui(&self, ui: &mut Ui) {
        let t = tokens(ui);
        if !self.is_listening() {
            return;
        }
        if let Some(certificate) = &self.server.status.certificate
            && self.settings.tls != Tls::Proxy
        {
            ui.fine(format!(
                "Certificate for {}, until {}.",
                certificate.names.join(", "),
                self.local(certificate.not_after).format("%Y-%m-%d")
            ));
        }
        for problem in &self.server.status.problems {
            ui.words(Face::Small, t.hook.text, problem.to_string());
        }
    }
}

/// A label over a box with something in it, and something to press beside the label.
fn boxed_with(ui: &mut Ui, label: &str, beside: impl FnOnce(&mut Ui), add: impl FnOnce(&mut Ui)) {
    spread(
        ui,
        Face::Label.line(),
        |ui| {
            ui.label_text(label);
        },
        beside,
    );
    framed(ui, add);
}

/// A label over a box with something in it.
fn boxed(ui: &mut Ui, label: &str, beside: &str, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let words = if beside.is_empty() { label.to_owned() } else { format!("{label} · {beside}") };
    ui.words_cut(Face::Label, t.muted, &words).on_hover_text(&words);
    framed(ui, add);
}

fn framed(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    Frame::new()
        .fill(t.panel)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(CornerRadius::same(size::CORNER))
        .inner_margin(Margin::symmetric(11, 3))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.set_min_height(size::CONTROL_ROW);
                add(ui);
            });
        });
}
