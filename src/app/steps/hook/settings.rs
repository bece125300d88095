//! Address, certificate, what is checked against: the dialog, with what to put in front of the server.

use egui::{ScrollArea, Ui};

use super::{HookAsk, HookStep, Open, View};
use crate::hook::HookPath;
use crate::migration::hook::Tls;
use crate::migration::hook::service::{Proxy, proxy};
use crate::ui::theme::{Face, size, tokens};
use crate::ui::widgets::{Dialog, DialogAnswer, Field, Words as _, choice_card, scrolled, segmented, switch};

impl HookStep {
    pub(super) fn settings_ui(&mut self, ui: &mut Ui, view: &mut View<'_>, front: Proxy) {
        let path = HookPath::new(&self.draft.path);
        let tls = self.draft.tls;
        let files = tls != Tls::Certificate
            || !(self.draft.certificate.trim().is_empty() || self.draft.key.trim().is_empty());
        let running = self.is_running();
        let ready = path.is_ok() && files && self.draft.port > 0 && !running;
        let mut dialog = Dialog::new("Address and certificate").width(640.0).yes("Save").ready(ready);
        if running {
            dialog = dialog.no("Close");
        }
        let room = (ui.ctx().content_rect().height() - 190.0).max(240.0);
        let answer = dialog.show(ui.ctx(), |ui| {
            if running {
                ui.fine("Stop the server to change these.");
            }
            scrolled(ui, ScrollArea::vertical().max_height(room).auto_shrink([false, true]), |ui| {
                ui.add_enabled_ui(!running, |ui| self.address_ui(ui, &path));
                ui.add_space(size::MEDIUM);
                ui.label_text("How calls reach it");
                ui.add_enabled_ui(!running, |ui| self.tls_ui(ui));
                ui.add_space(size::SMALL);
                if self.draft.tls == Tls::Proxy {
                    self.front_ui(ui, view, front);
                }
                ui.add_space(size::MEDIUM);
                ui.label_text("What passwords are checked against");
                ui.add_enabled_ui(!running, |ui| self.against_ui(ui));
            });
        });
        match answer {
            DialogAnswer::Yes => view.send(HookAsk::Save),
            DialogAnswer::No => view.send(HookAsk::Close),
            DialogAnswer::Open => {}
        }
    }

    fn address_ui(&mut self, ui: &mut Ui, path: &Result<HookPath, crate::hook::HookError>) {
        ui.horizontal_top(|ui| {
            let mut port = self.draft.port.to_string();
            if Field::new("Port").mono().width(110.0).show(ui, &mut port).changed() {
                let digits: String = port.chars().filter(char::is_ascii_digit).take(5).collect();
                self.draft.port = digits.parse().unwrap_or(0);
            }
            let error = path.as_ref().err().map(crate::model::Explain::advice);
            let width = ui.available_width();
            Field::new("Path").mono().error(error).width(width).show(ui, &mut self.draft.path);
        });
    }

    fn tls_ui(&mut self, ui: &mut Ui) {
        for (tls, title, note) in [
            (
                Tls::Proxy,
                "Behind a proxy or tunnel",
                "Plain HTTP that only this computer can reach. The proxy or tunnel in front has the public name and the certificate.",
            ),
            (
                Tls::Certificate,
                "With its own certificate",
                "One from a public certificate authority (CA), for the public name. Its files are read again when they are renewed.",
            ),
            (
                Tls::Trial,
                "With a trial certificate",
                "Self-signed, made at each start, for trying things out. Okta does not accept it.",
            ),
        ] {
            if choice_card(ui, title, "", note, self.draft.tls == tls).clicked() {
                self.draft.tls = tls;
            }
        }
        if self.draft.tls == Tls::Certificate {
            ui.add_space(size::TINY);
            Field::new("Certificate with its chain (PEM)")
                .hint("/etc/letsencrypt/live/hook.example.com/fullchain.pem")
                .mono()
                .show(ui, &mut self.draft.certificate);
            Field::new("Key (PEM, without a password)")
                .hint("/etc/letsencrypt/live/hook.example.com/privkey.pem")
                .mono()
                .show(ui, &mut self.draft.key);
        }
        if self.draft.tls != Tls::Proxy {
            ui.horizontal(|ui| {
                switch(ui, "Other computers can call it", &mut self.draft.everywhere);
                ui.body("Other computers can call it, not only this one");
            });
        }
    }

    fn front_ui(&self, ui: &mut Ui, view: &mut View<'_>, front: Proxy) {
        let mut chosen = front;
        let words = Proxy::ALL.map(|kind| (kind, kind.label()));
        ui.horizontal(|ui| {
            if segmented(ui, &mut chosen, &words) {
                view.send(HookAsk::Open(Open::Settings(chosen)));
            }
        });
        let host = self.draft.host().unwrap_or_default();
        let todo = proxy(front, &host, self.draft.bind(), &self.draft.path);
        ui.fine(&todo.words);
        code(ui, &format!("{} snippet", front.label()), &todo.command);
    }

    fn against_ui(&mut self, ui: &mut Ui) {
        for (live, title, note) in [
            (
                false,
                "The passwords stored in the migration",
                "Sealed when people were read. The source may be switched off; a password changed there since is not known.",
            ),
            (
                true,
                "The live source",
                "A fresh read of that person's row by the same mapping at each sign-in. Honors passwords changed since; the source must stay up.",
            ),
        ] {
            if choice_card(ui, title, "", note, self.draft.live == live).clicked() {
                self.draft.live = live;
            }
        }
    }
}

/// A text to copy, in a box.
pub(super) fn code(ui: &mut Ui, name: &str, text: &str) {
    let t = tokens(ui);
    egui::Frame::new()
        .fill(t.bg)
        .stroke(egui::Stroke::new(1.0, t.line))
        .corner_radius(egui::CornerRadius::same(size::CORNER))
        .inner_margin(egui::Margin::symmetric(10, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal_top(|ui| {
                let room = (ui.available_width() - 52.0).max(80.0);
                ui.allocate_ui(egui::vec2(room, 0.0), |ui| {
                    ui.vertical(|ui| {
                        ui.set_width(room);
                        ui.words(Face::MonoSmall, t.text, text.trim_end());
                    });
                });
                let push = crate::ui::widgets::Push::link("Copy").name(format!("Copy: {name}"));
                if ui.add(push).clicked() {
                    ui.ctx().copy_text(text.to_owned());
                }
            });
        });
}
