//! The cards at the left: the org, what was found there, and the speed.

use egui::Ui;

use super::{OktaAsk, OktaStep, domain_of, duration_words};
use crate::app::PracticeAsk;
use crate::app::steps::View;
use crate::migration::connect::{Check, TokenPlace, Verdict};
use crate::model::Explain as _;
use crate::okta::OrgUrl;
use crate::ui::theme::{Face, Icon, Tone, size, tokens};
use crate::ui::widgets::{
    Field, Push, Words as _, check_row, confirmed_by_enter, counted, number, problem_card, segmented, slider,
    waiting,
};

impl OktaStep {
    pub(super) fn connect_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let locked = view.facts.is_importing();
        ui.add_enabled_ui(!locked, |ui| {
            ui.horizontal(|ui| {
                let mut real = self.real;
                if segmented(ui, &mut real, &[(false, "Practice org"), (true, "My Okta org")]) {
                    view.send(OktaAsk::Real(real));
                }
            });
        });
        if self.real {
            self.real_ui(ui, view);
        } else {
            ui.muted("A pretend Okta org inside Causeway. It follows Okta's rules, limits and error messages, and checks passwords at sign-in.");
        }
        if self.is_connecting() {
            waiting(
                ui,
                if self.real {
                    "Asking Okta who you are and what the token is allowed to do"
                } else {
                    "Starting the practice org"
                },
            );
        }
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
            if !self.real {
                ui.horizontal(|ui| {
                    if ui.add(Push::plain("Try again")).clicked() {
                        view.send(OktaAsk::Connect);
                    }
                    self.empty_button(ui, view);
                });
            }
        }
        let Some(checked) = &self.checked else { return };
        ui.add_space(size::TINY);
        for check in &checked.checks {
            check_ui(ui, check);
        }
        self.found.ui(ui, view);
        if !self.real {
            ui.horizontal(|ui| {
                if ui.add(Push::plain("Look inside").icon(Icon::Eye)).clicked() {
                    view.send(PracticeAsk::Open);
                }
                self.empty_button(ui, view);
            });
        }
        if let Some(path) = &self.record {
            let words = "Who was sent to the other org is saved in a list".to_owned();
            check_ui(ui, &Check { verdict: Verdict::Good, words, advice: path.display().to_string() });
        }
        if let Some(before) = &checked.other_org {
            let (words, advice) = before_words(view.facts.import.done, before, self.real);
            check_ui(ui, &Check { verdict: Verdict::Fails, words, advice: advice.into() });
            let real = OrgUrl::parse(before).is_ok_and(|org| !org.is_practice());
            let word = if real { "Start over in this org…" } else { "Start over in this org" };
            let can = !locked && !self.starting_over.is_waiting();
            if ui.add(Push::plain(word).name("Start over in this org").enabled(can)).clicked() {
                view.send(OktaAsk::StartOver);
            }
        }
    }

    fn real_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let understood = OrgUrl::parse(&self.domain);
        let error = match &understood {
            Err(problem) if !self.domain.trim().is_empty() => Some(format!("{problem} {}", problem.advice())),
            _ => None,
        };
        let field = Field::new("Okta domain").hint("acme.okta.com").error(error).show(ui, &mut self.domain);
        if let Ok(url) = &understood
            && domain_of(url) != self.domain.trim()
        {
            ui.fine(format!("Understood as {}", domain_of(url)));
        }
        ui.add_space(size::TINY);
        let beside = match &self.place {
            Some(TokenPlace::Kept(place)) => format!("stored in {place}"),
            Some(TokenPlace::Session(_)) => "stored for this session only".to_owned(),
            None if self.no_keychain.is_some() => "will be stored for this session only".to_owned(),
            _ => "stored in this computer's keychain".to_owned(),
        };
        let hint = if matches!(self.place, Some(TokenPlace::Kept(_) | TokenPlace::Session(_))) {
            "•••••••• paste another to replace it"
        } else {
            "Security › API › Tokens in the Admin Console"
        };
        let token = Field::new("API token").beside(beside).password().hint(hint).show(ui, &mut self.token);
        if confirmed_by_enter(&field) {
            token.request_focus();
        }
        if let Some(TokenPlace::Session(why)) = &self.place {
            let t = tokens(ui);
            let words = format!(
                "{why} The token is in memory until Causeway closes, and in no file. Connecting again tries the keychain once more."
            );
            ui.words(Face::Small, t.hook.text, words);
        } else if let Some(problem) = &self.no_keychain {
            let t = tokens(ui);
            let words = format!(
                "{} You can go on: the token then stays in memory until Causeway closes, never in a file.",
                problem.what
            );
            ui.words(Face::Small, t.hook.text, words);
            if ui.add(Push::link("Look for the keychain again")).clicked() {
                view.send(OktaAsk::LookForKeychain);
            }
        }
        if self.token.is_empty()
            && let Some(id) = self.token_field.take()
        {
            // The undo history of a password field keeps what was typed.
            Field::forget(ui.ctx(), id);
        }
        if !self.token.is_empty() {
            self.token_field = Some(token.id);
        }
        let ready = understood.is_ok() && !self.is_connecting();
        let word = if self.checked.is_some() { "Connect again" } else { "Connect" };
        let push = ui.add(Push::plain(word).enabled(ready));
        if confirmed_by_enter(&token) && ready {
            push.request_focus();
        }
        if push.clicked() && ready {
            view.send(OktaAsk::Connect);
        }
    }

    pub(super) fn speed_ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ui.card_title("Speed");
        let mut share = self.choices.share;
        ui.fine("Share of Okta's rate limit");
        if slider(ui, "Share of Okta's rate limit", &mut share, 5..=100, 5, " %") {
            self.choices.share = share.clamp(1, 100);
        }
        let limit = self.checked.as_ref().and_then(|c| c.limit);
        let rate = u64::from(limit.unwrap_or(600)) * u64::from(self.choices.share) / 100;
        let people = view.facts.import.waiting;
        let time = duration_words(people, rate.max(1));
        let known = if limit.is_some() { "" } else { " at Okta's usual limit" };
        let share = format!(
            "Use up to {} % of the rate limit, so that live sign-ins keep the rest.",
            self.choices.share
        );
        ui.fine(if people == 0 {
            share
        } else {
            format!("{share} {} for {}{known}.", about(&time), counted(people, "person", "people"))
        });
        if rate > 0 {
            ui.fine(format!("{} people per minute.", number(rate)));
        }
    }
}

/// `About 2 h 41 min`; less than a minute is about enough by itself.
fn about(time: &str) -> String {
    if time.starts_with("less") { format!("L{}", &time[1..]) } else { format!("About {time}") }
}

/// What to say when people were sent to another org before.
fn before_words(many: u64, before: &str, real: bool) -> (String, &'static str) {
    let there = counted(many, "person was", "people were");
    let rehearsed = OrgUrl::parse(before).is_ok_and(|org| org.is_practice());
    match (rehearsed, real) {
        (true, true) => (
            format!("{there} sent to the practice org before"),
            "The rehearsal doesn't count here. Start over, and everyone waits to be sent to this org.",
        ),
        (true, false) => (
            format!("{there} sent to a practice org that is gone"),
            "That one was not saved. Start over to fill this one.",
        ),
        (false, _) => (
            format!("{there} sent to another org before: {before}"),
            "Continue with that org, or start over in this one. Nothing in the other org changes.",
        ),
    }
}

fn check_ui(ui: &mut Ui, check: &Check) {
    let (tone, icon) = match check.verdict {
        Verdict::Good => (Tone::Good, Icon::Check),
        Verdict::Warns => (Tone::Hook, Icon::Bang),
        Verdict::Fails => (Tone::Bad, Icon::Bang),
    };
    check_row(ui, tone, icon, |ui| {
        ui.body(&check.words);
        if !check.advice.is_empty() {
            ui.fine(&check.advice);
        }
    });
}
