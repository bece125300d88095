//! Somebody has the login: who, and why Okta refuses ours; and what is to be done about it.

use tokio::time::Instant;

use super::ask::Tries;
use super::lookup::Look;
use super::outcomes::{email_taken, failed, gave_up, taken_by_twin, unclear};
use super::provenance::{Expected, Provenance};
use super::sender::{Doubt, Sender, Sent, Way};
use crate::assess::same_login;
use crate::model::Outcome;
use crate::okta::{Refusal, User, Why};
use crate::plan;

impl Sender {
    /// Whoever has this login, where something may have been made a moment ago: nobody is only nobody once Okta has had time to
    /// find them since `since`. `patient`: until there is an answer, however long that takes.
    pub(super) async fn settled(&self, login: &str, since: Instant, patient: bool) -> Look {
        let mut asked = 0;
        loop {
            let tries = if patient { Tries::patient() } else { Tries::default() };
            let look = self.ask.look_up(login, tries).await;
            if !matches!(look, Look::Nobody) {
                return look;
            }
            if !self.ask.settle(since, &mut asked).await {
                return if self.ask.stop.is_cancelled() { Look::Stopped } else { Look::Nobody };
            }
        }
    }

    /// The login is taken, Okta says. That has four reasons (okta-api.md 2.5): ours from an earlier try, somebody who was there
    /// before, a login that differs only in accents, or an e-mail address that another account has.
    pub(super) async fn taken(&self, way: &Way<'_>, doubt: &Doubt, refusal: Refusal) -> Sent {
        let login = way.ready.profile.login();
        let mut look = self.settled(login, Instant::now(), doubt.ever).await;
        if matches!(look, Look::Nobody) {
            let tries = if doubt.ever { Tries::patient() } else { Tries::default() };
            look = self.ask.look_for_twin(login, tries).await;
        }
        match look {
            Look::Found(user) => self.found(way, doubt, *user).await,
            Look::Twin(user) => Sent::Outcome(taken_by_twin(&user, Some(refusal))),
            Look::Nobody => self.email_taken(way, doubt, refusal).await,
            // The last create was refused; an earlier one may not have been.
            Look::Stopped => doubt.stopped(),
            Look::Refused(other) => Sent::Outcome(failed(other)),
            Look::GaveUp(why) => Sent::Outcome(gave_up(why)),
        }
    }

    /// The login is taken, and nobody has it: then it is the e-mail address.
    async fn email_taken(&self, way: &Way<'_>, doubt: &Doubt, refusal: Refusal) -> Sent {
        let profile = &way.ready.profile;
        match self.ask.look_for_email(profile.email(), profile.login()).await {
            Some(user) if same_login(user.profile.login(), profile.login()) => self.found(way, doubt, user).await,
            Some(user) => Sent::Outcome(email_taken(profile.email(), &user, refusal)),
            None if self.ask.stop.is_cancelled() => doubt.stopped(),
            None => Sent::Outcome(Outcome {
                suggestion: Some(
                    "Okta says that this login is taken, and shows nobody who has it. It may be an account made a moment ago, or one \
                     that this token can't see: try again in a few minutes, or with a token of an admin who sees everyone."
                        .to_owned(),
                ),
                ..failed(refusal)
            }),
        }
    }

    /// Tried often enough; but the last try may have gone through.
    pub(super) async fn last_look(&self, way: &Way<'_>, doubt: &Doubt, why: Why) -> Sent {
        match self.settled(way.ready.profile.login(), Instant::now(), true).await {
            Look::Found(user) => self.found(way, doubt, *user).await,
            Look::Nobody | Look::Twin(_) | Look::Refused(_) => Sent::Outcome(gave_up(why)),
            Look::Stopped | Look::GaveUp(_) => Sent::Unknown,
        }
    }

    /// What a person found in Okta by their login means.
    pub(super) async fn found(&self, way: &Way<'_>, doubt: &Doubt, user: User) -> Sent {
        if !doubt.ever {
            return self.already_there(way, &user).await;
        }
        let expected = Expected {
            mark: way.ready.mark.as_deref(),
            since: way.ready.tried,
            same_values: plan::same_values(&way.ready.profile, &user.profile),
            imports: way.imports,
            groups: &way.in_create,
            labelled: self.choices.label_group.is_some(),
        };
        match self.witness.whose(&self.ask, &expected, &user).await {
            // The answer to the create, and with it the request's id, never came.
            Provenance::Ours(ours) => self.created(way, &ours, None).await,
            Provenance::Theirs => self.already_there(way, &user).await,
            Provenance::Unclear => Sent::Outcome(unclear(&user)),
            // Better asked again by the next run than wrongly put down.
            Provenance::Stopped => Sent::Unknown,
            Provenance::Refused(refusal) => Sent::Outcome(failed(refusal)),
        }
    }
}
