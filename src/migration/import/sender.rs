//! What sending people needs, what became of one person, and what does not change on their way.

use std::sync::Arc;

use tokio::time::Instant;

use super::ask::Ask;
use super::groups::Groups;
use super::provenance::Witness;
use crate::migration::MigrationError;
use crate::model::{Outcome, OutcomeKind, PasswordSettings, Route};
use crate::okta::request::MOST_GROUP_IDS;
use crate::plan::{self, Before, Choices, Decision, Standing, Wanted};
use crate::workspace::{Did, Ready, Workspace};

/// What sending people needs.
pub(super) struct Sender {
    pub(super) ask: Arc<Ask>,
    pub(super) groups: Groups,
    pub(super) workspace: Workspace,
    pub(super) choices: Choices,
    pub(super) password: PasswordSettings,
    pub(super) witness: Witness,
    /// When this run began.
    pub(super) begun: Instant,
}

/// What became of one person in this run.
#[derive(Debug)]
pub(super) enum Sent {
    /// To put on record.
    Outcome(Outcome),
    /// The same with what was done, for the ledger.
    Did(Outcome, Did),
    /// To put on record too; and no create of this person is in Okta or on its way there.
    Unsent(Outcome),
    /// Stopped, and perhaps sent: they stay `sending`, and the next run asks Okta first.
    Unknown,
    /// The workspace failed, or the label group can't be had: the whole run ends.
    Broken(MigrationError),
}

/// Whether a create of a person may have gone through without our knowing.
pub(super) struct Doubt {
    /// When the last such create came to its end, or surely had.
    pub(super) last: Option<Instant>,
    /// Whether there was any.
    pub(super) ever: bool,
}

impl Doubt {
    /// What the stop of the run means for such a person.
    pub(super) fn stopped(&self) -> Sent {
        match self.last {
            Some(_) => Sent::Unknown,
            None => Sent::Outcome(Outcome::of(OutcomeKind::Waiting)),
        }
    }
}

/// What Okta takes.
pub(in crate::migration) const RULES: plan::Rules = plan::Rules { groups_in_create: MOST_GROUP_IDS };

/// Everything about one person that does not change on the way.
pub(super) struct Way<'a> {
    pub(super) ready: &'a Ready,
    pub(super) route: Route,
    /// Whether the account becomes `ACTIVE` at once.
    pub(super) activate: bool,
    /// The ids of the groups it is made in, the label group's first.
    pub(super) in_create: Vec<String>,
    /// The ids of the groups it joins afterwards.
    pub(super) joins: Vec<String>,
    /// Whether the creates sent so far carry a hash or the hook; `None` when they went by another choice.
    pub(super) imports: Option<bool>,
}

/// Decides what is to be done with someone.
pub(super) fn decide(ready: &Ready, standing: Standing<'_>, choices: &Choices) -> Decision {
    let wanted = Wanted { profile: &ready.profile, groups: &ready.groups, route: ready.route };
    let before = if ready.updating { Before::Updating } else { Before::Nothing };
    plan::decide(&wanted, standing, before, choices, RULES)
}
