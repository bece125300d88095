//! The question before a run into a real org: into which, who by what happens to them, which groups and label. Asked by the pages Okta
//! and Import alike.

use egui::Ui;

use super::{View, Work};
use crate::app::facts::Target;
use crate::app::jobs::Question;
use crate::app::people::{disposition_tone, disposition_word};
use crate::migration::import::{self as ask, For};
use crate::migration::{Choices, Existing};
use crate::okta::OrgUrl;
use crate::ui::Problem;
use crate::ui::theme::{Icon, Tone, size};
use crate::ui::widgets::{
    Dialog, DialogAnswer, Field, Words as _, check_row, counted, fact_row, number, problem_card, waiting,
};
use crate::workspace::{Disposition, NextRun};

/// Groups told by name before the others are only counted.
const NAMED: usize = 4;

/// A run into a real org that needs a yes first.
pub struct LiveRun {
    /// Who it is for.
    pub(super) scope: For,
    /// How they arrive.
    pub(super) choices: Choices,
    /// How many the page says it is for.
    many: u64,
    /// The org as the badge names it.
    name: String,
    /// Its address, where it is known.
    url: Option<OrgUrl>,
    /// The org's name as typed, where it must be.
    pub typed: String,
    /// Whom it would send.
    pub next: Option<NextRun>,
    problem: Option<Problem>,
    looking: Question<NextRun>,
}

impl LiveRun {
    /// Opens the question.
    pub(super) fn open(
        scope: For,
        many: u64,
        choices: Choices,
        url: Option<OrgUrl>,
        work: &Work<'_>,
    ) -> Self {
        let name = match &work.facts.target {
            Target::Live(name) if !name.is_empty() => name.clone(),
            Target::Live(_) => url.as_ref().map_or_else(|| "Okta".to_owned(), |url| url.host().to_owned()),
            Target::Practice => "the practice org".to_owned(),
        };
        let mut looking = Question::default();
        if let Some(workspace) = work.jobs.workspace().cloned() {
            let (scope, choices) = (scope.clone(), choices.clone());
            looking.ask(
                work.jobs.ask("who a run is for", async move {
                    ask::next_run(&workspace, &scope, &choices).await
                }),
            );
        }
        Self { scope, choices, many, name, url, typed: String::new(), next: None, problem: None, looking }
    }

    pub(super) fn logic(&mut self) {
        match self.looking.take() {
            Some(Ok(next)) => self.next = Some(next),
            Some(Err(problem)) => self.problem = Some(problem),
            None => {}
        }
    }

    /// Whether the org is one where people work, so that its name must be typed: any that is not known to be a preview.
    fn is_production(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.is_practice() && !url.is_preview())
    }

    /// Whether what was typed names the org: as the badge names it, by its domain, or by the first part of it.
    fn is_named(&self) -> bool {
        let host = self.url.as_ref().map_or("", OrgUrl::host);
        let typed = self.typed.trim();
        !typed.is_empty()
            && [self.name.as_str(), host, host.split('.').next().unwrap_or_default()]
                .iter()
                .any(|name| name.trim().eq_ignore_ascii_case(typed))
    }

    /// Draws the question.
    pub(super) fn ui(&mut self, ui: &Ui, view: &View<'_>) -> DialogAnswer {
        let many = self.next.as_ref().map_or(self.many, NextRun::people);
        let what = counted(many, "person", "people");
        let named = !self.is_production() || self.is_named();
        let ready = self.next.as_ref().is_some_and(|next| next.people() > 0) && named;
        let dialog = Dialog::new(format!("Import {what} into {}?", self.name))
            .yes(format!("Import {what}"))
            .no("Not yet")
            .ready(ready)
            .irreversible()
            .width(560.0);
        dialog.show(ui.ctx(), |ui| self.body_ui(ui, view))
    }

    fn body_ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        fact_row(ui, ASIDE, "Org", |ui| {
            ui.vertical(|ui| {
                ui.bold(&self.name);
                let kind = if self.is_production() { "a production org" } else { "a real org" };
                ui.fine(match &self.url {
                    Some(url) => format!("{}, {kind}", super::okta::domain_of(url)),
                    None => kind.to_owned(),
                });
            });
        });
        if let Some(problem) = &self.problem {
            problem_card(ui, problem);
        } else if let Some(next) = &self.next {
            self.next_ui(ui, next, view.facts.existing);
        } else {
            waiting(ui, "Counting who would be sent");
        }
        ui.add_space(size::TINY);
        ui.muted("They are created there, and nobody is sent an e-mail. You can pause or stop at any moment. Anyone already created stays in Okta.");
        if self.is_production() {
            ui.add_space(size::SMALL);
            let host = self.url.as_ref().map_or("", OrgUrl::host);
            Field::new("Type the org's name to import").hint(host).show(ui, &mut self.typed);
        }
    }

    fn next_ui(&self, ui: &mut Ui, next: &NextRun, existing: Existing) {
        fact_row(ui, ASIDE, "People", |ui| {
            ui.vertical(|ui| {
                let there = match existing {
                    Existing::Leave => "in Okta already, left unchanged",
                    Existing::Update => "in Okta already, profile updated",
                };
                let lines = [
                    (Disposition::Import, next.import),
                    (Disposition::Hook, next.hook),
                    (Disposition::Reset, next.reset),
                ]
                .map(|(what, n)| (disposition_tone(what), disposition_word(what), n));
                for (tone, words, n) in lines.into_iter().chain([(Tone::There, there, next.there)]) {
                    if n > 0 {
                        check_row(ui, tone, Icon::of(tone), |ui| {
                            ui.body(format!("{} · {words}", number(n)));
                        });
                    }
                }
                if next.people() == 0 {
                    ui.body("Nobody. There is nothing to send.");
                }
            });
        });
        fact_row(ui, ASIDE, "Groups", |ui| {
            ui.body(groups_words(next));
        });
        fact_row(ui, ASIDE, "Label group", |ui| {
            ui.body(match &self.choices.label_group {
                Some(label) => format!("{label}, for everyone created"),
                None => "None".to_owned(),
            });
        });
    }
}

/// Room for the words at the left, in points.
const ASIDE: f32 = 100.0;

/// `Sales (120), Finance (30) and 4 more`.
fn groups_words(next: &NextRun) -> String {
    if next.groups.is_empty() {
        return "None from the source".to_owned();
    }
    let named: Vec<String> =
        next.groups.iter().take(NAMED).map(|g| format!("{} ({})", g.name, number(g.people))).collect();
    let more = next.all_groups.saturating_sub(named.len() as u64);
    let named = named.join(", ");
    if more == 0 { named } else { format!("{named} and {} more", number(more)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::GroupCount;

    fn run(name: &str, url: &str, typed: &str) -> LiveRun {
        LiveRun {
            scope: For::Everyone,
            choices: Choices::default(),
            many: 1,
            name: name.into(),
            url: OrgUrl::parse(url).ok(),
            typed: typed.into(),
            next: None,
            problem: None,
            looking: Question::default(),
        }
    }

    #[test]
    fn a_production_org_is_named_by_hand_and_no_other() {
        for (url, production) in [
            ("acme.okta.com", true),
            ("sso.acme.com", true),
            ("acme.okta-emea.com", true),
            ("acme.oktapreview.com", false),
            ("http://127.0.0.1:41234", false),
        ] {
            assert_eq!(run("Acme", url, "").is_production(), production, "{url}");
        }
        for (typed, named) in [
            ("", false),
            ("  ", false),
            ("acme", true),
            (" ACME ", true),
            ("acme.okta.com", true),
            ("Acme Inc", false),
            ("acm", false),
            ("okta", false),
        ] {
            assert_eq!(run("Acme", "acme.okta.com", typed).is_named(), named, "{typed:?}");
        }
    }

    #[test]
    fn the_largest_groups_are_named_and_the_others_counted() {
        let groups = |n: usize| {
            (0..n).map(|at| GroupCount { name: format!("G{at}"), people: 1_000 }).collect::<Vec<_>>()
        };
        assert_eq!(groups_words(&NextRun::default()), "None from the source");
        let few = NextRun { groups: groups(2), all_groups: 2, ..NextRun::default() };
        assert_eq!(groups_words(&few), "G0 (1,000), G1 (1,000)");
        let many = NextRun { groups: groups(50), all_groups: 1_203, ..NextRun::default() };
        assert_eq!(groups_words(&many), "G0 (1,000), G1 (1,000), G2 (1,000), G3 (1,000) and 1,199 more");
    }
}
