//! The small window into the practice org: who is there, which groups, and signing in as someone.

mod conditions;

use std::sync::Arc;

use egui::{Context, ScrollArea, Ui};
use secrecy::SecretString;
use zeroize::{Zeroize as _, Zeroizing};

use super::command::Command;
use super::invented;
use super::jobs::{Answer, Question};
use super::people::sign_in_words;
use super::steps::Work;
use crate::practice::{GroupView, PeoplePage, PracticeOrg, SignIn, Status};
use crate::ui::theme::{Face, Icon, Tone, size, tokens, tokens_of};
use crate::ui::widgets::{Chip, Field, Push, Words as _, counted, number, scrolled, tabs};

use conditions::Conditions;

/// People a page.
const PAGE: usize = 50;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// The people.
    #[default]
    People,
    /// The groups.
    Groups,
    /// A sign-in page.
    SignIn,
    /// How fast the org is, and what goes wrong in it on purpose.
    Conditions,
}

/// The panel's state.
#[derive(Default)]
pub struct PracticePanel {
    /// Whether it is open.
    pub open: bool,
    /// What it shows.
    pub tab: Tab,
    /// The page of people shown.
    pub page: Option<PeoplePage>,
    /// The groups.
    pub groups: Vec<GroupView>,
    /// Who signs in.
    pub login: String,
    /// How the last sign-in ended.
    pub signed_in: Option<(String, SignIn)>,
    search: String,
    from: Vec<u32>,
    password: Zeroizing<String>,
    password_field: Option<egui::Id>,
    conditions: conditions::Panel,
    looking: Question<(PeoplePage, Vec<GroupView>)>,
    signing: Question<(String, SignIn)>,
}

/// What a person can ask of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PracticeAsk {
    /// Open it.
    Open,
    /// Close it.
    Close,
    /// Look again, from the first page.
    Look,
    /// The next page, from here.
    Next(u32),
    /// The page before.
    Before,
    /// Sign in as this person: fill in the login.
    As(String),
    /// Try the login and password typed.
    SignIn,
    /// Be so from now on.
    Set(Conditions),
    /// Take the token away and make another.
    NewToken,
}

impl From<PracticeAsk> for Command {
    fn from(ask: PracticeAsk) -> Self {
        Self::Practice(ask)
    }
}

impl PracticePanel {
    fn look(&mut self, work: &Work<'_>) {
        let Some(org) = work.jobs.practice() else { return };
        let (from, search) = (self.from.last().copied().unwrap_or(0), self.search.trim().to_owned());
        self.conditions.look(work, &org);
        self.looking.ask(work.jobs.ask_blocking("look into the practice org", move || {
            Ok((org.people(from, PAGE, &search), org.groups()))
        }));
    }

    /// Takes in answers.
    pub(super) fn logic(&mut self, _: &mut Work<'_>) {
        if let Some(Ok((page, groups))) = self.looking.take() {
            self.page = Some(page);
            self.groups = groups;
        }
        if let Some(Ok(result)) = self.signing.take() {
            self.signed_in = Some(result);
        }
        self.conditions.logic();
    }

    /// Carries out what was asked.
    pub(super) fn handle(&mut self, ask: PracticeAsk, work: &mut Work<'_>) {
        match ask {
            PracticeAsk::Open => {
                self.open = true;
                self.from.clear();
                self.look(work);
            }
            PracticeAsk::Close => self.open = false,
            PracticeAsk::Look => {
                self.from.clear();
                self.look(work);
            }
            PracticeAsk::Next(from) => {
                self.from.push(from);
                self.look(work);
            }
            PracticeAsk::Before => {
                self.from.pop();
                self.look(work);
            }
            PracticeAsk::As(login) => {
                self.login = login;
                self.signed_in = None;
                self.tab = Tab::SignIn;
            }
            PracticeAsk::Set(wanted) => self.conditions.set(work, wanted),
            PracticeAsk::NewToken => self.conditions.new_token(work),
            PracticeAsk::SignIn => {
                let Some(org) = work.jobs.practice() else { return };
                let login = self.login.trim().to_owned();
                let password = SecretString::from(self.password.as_str());
                self.password.zeroize();
                self.signing.ask(work.jobs.ask("sign in", sign_in(org, login, password)));
            }
        }
    }

    /// Draws it while it is open. `sample`: those to sign in are invented, and their passwords no secret.
    pub(super) fn show(&mut self, ctx: &Context, sample: bool, commands: &mut Vec<Command>) {
        if !self.open {
            return;
        }
        let t = tokens_of(ctx);
        let mut open = true;
        let frame =
            egui::Frame::window(&ctx.global_style()).fill(t.panel).inner_margin(egui::Margin::same(18));
        egui::Window::new("Practice org")
            .frame(frame)
            .collapsible(false)
            .resizable(true)
            .default_width(420.0)
            .default_height(460.0)
            // At the right, so that the rail and the page's beginning stay in sight.
            .default_pos(ctx.content_rect().right_top() + egui::vec2(-476.0, 28.0))
            .open(&mut open)
            .show(ctx, |ui| {
                let words = [
                    (Tab::People, "People"),
                    (Tab::Groups, "Groups"),
                    (Tab::SignIn, "Sign in as"),
                    (Tab::Conditions, "Conditions"),
                ];
                if tabs(ui, &mut self.tab, &words) {
                    commands.push(PracticeAsk::Look.into());
                }
                match self.tab {
                    Tab::People => self.people_ui(ui, commands),
                    Tab::Groups => self.groups_ui(ui),
                    Tab::SignIn => self.sign_in_ui(ui, sample, commands),
                    Tab::Conditions => self.conditions.ui(ui, commands),
                }
            });
        let escape = ctx.memory(|m| m.top_modal_layer().is_none() && m.focused().is_none())
            && ctx.input(|i| i.key_pressed(egui::Key::Escape));
        if !open || escape {
            commands.push(PracticeAsk::Close.into());
        }
    }

    fn people_ui(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 90.0;
            let field = Field::search("Search the practice org").width(width).show(ui, &mut self.search);
            let enter = crate::ui::widgets::confirmed_by_enter(&field);
            if ui.add(Push::plain("Look")).clicked() || enter {
                commands.push(PracticeAsk::Look.into());
            }
        });
        let Some(page) = &self.page else { return };
        ui.fine(counted(page.total as u64, "person in this org", "people in this org"));
        let room = (ui.available_height() - 44.0).max(160.0);
        scrolled(ui, ScrollArea::vertical().max_height(room).auto_shrink([false, false]), |ui| {
            for person in &page.people {
                let t = tokens(ui);
                ui.horizontal(|ui| {
                    ui.vertical(|ui| {
                        ui.set_width((ui.available_width() - 190.0).max(120.0));
                        ui.spacing_mut().item_spacing.y = 0.0;
                        ui.words_cut(Face::Body, t.text, &person.name);
                        ui.words_cut(Face::Small, t.muted, &person.login);
                    });
                    let tone = if person.status == Status::Active { Tone::Good } else { Tone::Quiet };
                    ui.add(Chip::new(tone, status_word(person.status)));
                    let push = Push::plain("Sign in").in_row().name(format!("Sign in as {}", person.login));
                    if ui.add(push).clicked() {
                        commands.push(PracticeAsk::As(person.login.clone()).into());
                    }
                });
            }
        });
        ui.horizontal(|ui| {
            if ui.add(Push::plain("Previous").in_row().enabled(!self.from.is_empty())).clicked() {
                commands.push(PracticeAsk::Before.into());
            }
            let next = page.next;
            if ui.add(Push::plain("Next").in_row().enabled(next.is_some())).clicked()
                && let Some(next) = next
            {
                commands.push(PracticeAsk::Next(next).into());
            }
        });
    }

    fn groups_ui(&self, ui: &mut Ui) {
        let t = tokens(ui);
        let rows = self.groups.len();
        ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, 26.0, rows, |ui, range| {
            for group in self.groups.get(range).unwrap_or_default() {
                ui.horizontal(|ui| {
                    ui.set_height(26.0);
                    Icon::People.show(ui, size::ICON, t.muted);
                    ui.body(&group.name);
                    ui.muted(number(group.members as u64));
                });
            }
        });
    }

    fn sign_in_ui(&mut self, ui: &mut Ui, sample: bool, commands: &mut Vec<Command>) {
        ui.muted("The practice org checks the password as Okta would: by the hash that was imported, or by asking the password hook.");
        Field::new("User name").show(ui, &mut self.login);
        let field = Field::new("Password").password().show(ui, &mut self.password);
        if self.password.is_empty() {
            if let Some(id) = self.password_field.take() {
                Field::forget(ui.ctx(), id);
            }
        } else {
            self.password_field = Some(field.id);
        }
        if sample {
            self.offer_ui(ui);
        }
        let enter = crate::ui::widgets::confirmed_by_enter(&field);
        let ready = !self.login.trim().is_empty() && !self.password.is_empty() && !self.signing.is_waiting();
        if (ui.add(Push::main("Sign in").enabled(ready)).clicked() || enter) && ready {
            commands.push(PracticeAsk::SignIn.into());
        }
        if let Some((login, result)) = &self.signed_in {
            let t = tokens(ui);
            let (tone, words) = sign_in_words(result);
            ui.horizontal_top(|ui| {
                Icon::of(tone).show(ui, size::ICON, t.tone(tone).text);
                // Upright, so that a long login wraps and does not widen the panel out of the window.
                ui.vertical(|ui| ui.words(Face::Body, t.tone(tone).text, format!("{login}: {words}")));
            });
        }
    }
}

impl PracticePanel {
    /// Offers one of the sample company's people: who was typed, or the first in this org.
    fn offer_ui(&mut self, ui: &mut Ui) {
        let typed = self.login.trim();
        let here = self.page.iter().flat_map(|page| &page.people).map(|person| person.login.as_str());
        let login = if typed.is_empty() { invented::known(here) } else { Some(typed) };
        let Some(login) = login.map(str::to_owned) else { return };
        if let Some(password) = invented::offer_ui(ui, &login) {
            self.login = login;
            self.password = Zeroizing::new(password.to_owned());
        }
    }
}

async fn sign_in(org: Arc<PracticeOrg>, login: String, password: SecretString) -> Answer<(String, SignIn)> {
    let result = org.sign_in(&login, &password).await;
    Ok((login, result))
}

/// Okta's status as people write it.
fn status_word(status: Status) -> String {
    format!("{status:?}").to_uppercase()
}
