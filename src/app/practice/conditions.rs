//! The panel's last page: how fast the practice org answers, what it allows, and what goes wrong in it on purpose, so that an
//! administrator can rehearse a bad day too.

use std::sync::Arc;

use egui::Ui;
use secrecy::{ExposeSecret as _, SecretString};

use super::PracticeAsk;
use crate::app::command::Command;
use crate::app::jobs::Question;
use crate::app::steps::Work;
use crate::practice::{Chance, Faults, Latency, Limits, PracticeOrg};
use crate::ui::Problem;
use crate::ui::theme::{Tone, size};
use crate::ui::widgets::{Chip, Push, Words as _, drop_down, problem_card, spread};

/// What goes wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trouble {
    /// Nothing.
    #[default]
    Nothing,
    /// Every tenth answer is lost, after the org did what was asked.
    LostAnswers,
    /// Every fifth call fails with an error of Okta's own.
    Errors,
    /// Every tenth call is refused as one too many.
    TooMany,
    /// Every fifth answer takes five seconds longer.
    Slow,
    /// Nothing can be changed, as during Okta's maintenance.
    ReadOnly,
    /// A web page answers in Okta's place.
    WebPage,
    /// The token's owner loses the right to create people.
    NoRight,
    /// Every create of a person fails, while everything else works.
    CreatesFail,
    /// People and groups are not found for some seconds after they were created.
    Late,
    /// Each e-mail address is taken once only.
    UniqueEmail,
    /// Something set in another way.
    Other,
}

impl Trouble {
    const ALL: [Self; 11] = [
        Self::Nothing,
        Self::LostAnswers,
        Self::Errors,
        Self::TooMany,
        Self::Slow,
        Self::ReadOnly,
        Self::WebPage,
        Self::NoRight,
        Self::CreatesFail,
        Self::Late,
        Self::UniqueEmail,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing",
            Self::LostAnswers => "Every 10th answer is lost",
            Self::Errors => "Every 5th call fails",
            Self::TooMany => "Every 10th call is rate-limited (429)",
            Self::Slow => "Every 5th answer takes 5 s longer",
            Self::ReadOnly => "Read-only, as in maintenance",
            Self::WebPage => "A web page answers in its place",
            Self::NoRight => "The permission to create people is gone",
            Self::CreatesFail => "Creating people fails",
            Self::Late => "New people are found 5 s late",
            Self::UniqueEmail => "E-mail addresses must be unique",
            Self::Other => "Something else",
        }
    }

    fn faults(self) -> Faults {
        let none = Faults::default();
        match self {
            Self::Nothing | Self::Other => none,
            Self::LostAnswers => Faults { drop_after: Chance::Every(10), ..none },
            Self::Errors => Faults { server_error: Chance::Every(5), ..none },
            Self::TooMany => Faults { too_many: Chance::Every(10), ..none },
            Self::Slow => Faults { slow: Chance::Every(5), slow_ms: 5000, ..none },
            Self::ReadOnly => Faults { read_only: true, ..none },
            Self::WebPage => Faults { html: Chance::Always, ..none },
            Self::NoRight => {
                Faults { only: vec!["POST /api/v1/users".to_owned()], forbidden: Chance::Always, ..none }
            }
            Self::CreatesFail => Faults::creates_fail(),
            Self::Late => Faults { users_late_ms: 5000, groups_late_ms: 5000, lists_late_ms: 5000, ..none },
            Self::UniqueEmail => Faults { unique_email: true, ..none },
        }
    }

    fn of(faults: &Faults) -> Self {
        Self::ALL.into_iter().find(|trouble| trouble.faults() == *faults).unwrap_or(Self::Other)
    }
}

/// How the practice org is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// How long every answer takes, in milliseconds.
    pub latency_ms: u32,
    /// How many people may be created a minute.
    pub per_minute: u32,
    /// What goes wrong on purpose.
    pub trouble: Trouble,
    /// Whether the token was revoked.
    pub revoked: bool,
}

impl Conditions {
    fn of(org: &PracticeOrg) -> Self {
        Self {
            latency_ms: org.latency().fixed_ms,
            per_minute: org.limits().users,
            trouble: Trouble::of(&org.faults()),
            revoked: org.token_revoked(),
        }
    }

    /// Makes the org so. What stays as it is is not touched: running windows and chances go on.
    fn put(self, org: &PracticeOrg) {
        let now = Self::of(org);
        if self.latency_ms != now.latency_ms {
            org.set_latency(Latency::fixed(self.latency_ms));
        }
        if self.per_minute != now.per_minute {
            let usual = Limits::default();
            let limits = if self.per_minute == usual.users { usual } else { Limits::same(self.per_minute) };
            org.set_limits(limits);
        }
        if self.trouble != now.trouble {
            org.set_faults(self.trouble.faults());
        }
        if self.revoked != now.revoked {
            org.revoke_token(self.revoked);
        }
    }
}

/// The page's state.
#[derive(Default)]
pub(super) struct Panel {
    now: Option<Conditions>,
    token: Option<SecretString>,
    problem: Option<Problem>,
    looking: Question<Conditions>,
    making: Question<(SecretString, Conditions)>,
}

impl Panel {
    pub(super) fn look(&mut self, work: &Work<'_>, org: &Arc<PracticeOrg>) {
        let org = Arc::clone(org);
        self.looking.ask(work.jobs.ask_blocking("how the practice org is", move || Ok(Conditions::of(&org))));
    }

    pub(super) fn set(&mut self, work: &Work<'_>, wanted: Conditions) {
        let Some(org) = work.jobs.practice() else { return };
        self.now = Some(wanted);
        self.looking.ask(work.jobs.ask_blocking("set the practice org", move || {
            wanted.put(&org);
            Ok(Conditions::of(&org))
        }));
    }

    pub(super) fn new_token(&mut self, work: &Work<'_>) {
        let Some(org) = work.jobs.practice() else { return };
        self.making.ask(work.jobs.ask_blocking("make a token", move || {
            let token = org.new_token().map_err(|error| {
                Problem::new("No token could be made.", "Try again.").technical(error.to_string())
            })?;
            Ok((token, Conditions::of(&org)))
        }));
    }

    pub(super) fn logic(&mut self) {
        match self.looking.take() {
            Some(Ok(now)) => self.now = Some(now),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
        match self.making.take() {
            Some(Ok((token, now))) => (self.token, self.now) = (Some(token), Some(now)),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    pub(super) fn ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        ui.muted("Rehearse a slow network, a low rate limit or a bad day. Nothing here touches a real org.");
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
        }
        let Some(now) = self.now else { return };
        let mut wanted = now;
        ui.add_space(size::TINY);
        row(ui, "Answers take", |ui| {
            let mut options = vec![
                (0, "no time".to_owned()),
                (300, "300 ms".to_owned()),
                (1000, "1 s".to_owned()),
                (3000, "3 s".to_owned()),
            ];
            also(&mut options, now.latency_ms, |ms| format!("{ms} ms"));
            drop_down(ui, "Answers take", &mut wanted.latency_ms, &options);
        });
        row(ui, "People per minute", |ui| {
            let mut options: Vec<(u32, String)> =
                [100, 300, 600, 3000].map(|n| (n, crate::ui::widgets::number(u64::from(n)))).to_vec();
            also(&mut options, now.per_minute, |n| n.to_string());
            drop_down(ui, "People per minute", &mut wanted.per_minute, &options);
        });
        // Its words are long: they stand under what they are of.
        ui.body("What goes wrong");
        let mut options: Vec<(Trouble, String)> =
            Trouble::ALL.map(|trouble| (trouble, trouble.words().to_owned())).to_vec();
        if now.trouble == Trouble::Other {
            options.push((Trouble::Other, Trouble::Other.words().to_owned()));
        }
        drop_down(ui, "What goes wrong", &mut wanted.trouble, &options);
        if wanted != now {
            commands.push(PracticeAsk::Set(wanted).into());
        }
        ui.add_space(size::SMALL);
        ui.horizontal(|ui| {
            ui.body("API token");
            let (tone, word) = if now.revoked { (Tone::Bad, "Revoked") } else { (Tone::Good, "Good") };
            ui.add(Chip::new(tone, word));
        });
        ui.horizontal(|ui| {
            let word = if now.revoked { "Restore it" } else { "Revoke it" };
            if ui.add(Push::plain(word).name(format!("Token: {word}"))).clicked() {
                commands.push(PracticeAsk::Set(Conditions { revoked: !now.revoked, ..now }).into());
            }
            if ui.add(Push::plain("Make a new one")).clicked() {
                commands.push(PracticeAsk::NewToken.into());
            }
            if let Some(token) = &self.token
                && ui.add(Push::plain("Copy the new one")).clicked()
            {
                ui.ctx().copy_text(token.expose_secret().to_owned());
            }
        });
        ui.fine("A new token ends the old one. It opens this practice org and nothing else.");
    }
}

/// What is so now stands among the choices, however it came to be.
fn also(options: &mut Vec<(u32, String)>, now: u32, words: impl FnOnce(u32) -> String) {
    if options.iter().all(|(value, _)| *value != now) {
        options.push((now, words(now)));
    }
}

fn row(ui: &mut Ui, words: &str, add: impl FnOnce(&mut Ui)) {
    spread(
        ui,
        size::CONTROL,
        |ui| {
            ui.body(words);
        },
        add,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::Config;

    #[tokio::test]
    async fn what_is_chosen_is_what_the_org_does() {
        let org = PracticeOrg::start(Config::default()).await.unwrap();
        let usual = Conditions::of(&org);
        assert_eq!(
            usual,
            Conditions { latency_ms: 0, per_minute: 300, trouble: Trouble::Nothing, revoked: false }
        );
        for trouble in Trouble::ALL {
            let wanted = Conditions { latency_ms: 300, per_minute: 600, trouble, revoked: true };
            wanted.put(&org);
            assert_eq!(Conditions::of(&org), wanted);
        }
        usual.put(&org);
        assert_eq!((Conditions::of(&org), org.limits()), (usual, Limits::default()));
    }
}
