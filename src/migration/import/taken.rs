//! Somebody has the login: who, and why Okta refuses ours; and what is to be done about it.

use tokio::time::Instant;

use super::ask::Tries;
use super::lookup::Look;
use super::person::{Doubt, Sender, Sent, Way, failed, gave_up};
use super::provenance::{Expected, Provenance};
use crate::assess::same_login;
use crate::model::{Outcome, OutcomeKind};
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
            Provenance::Ours(ours) => self.created(way, &ours).await,
            Provenance::Theirs => self.already_there(way, &user).await,
            Provenance::Unclear => Sent::Outcome(unclear(&user)),
            // Better asked again by the next run than wrongly put down.
            Provenance::Stopped => Sent::Unknown,
            Provenance::Refused(refusal) => Sent::Outcome(failed(refusal)),
        }
    }
}

/// Nothing tells whose account it is.
fn unclear(user: &User) -> Outcome {
    Outcome {
        message: Some(format!(
            "Okta's answer to the create did not arrive, and an account with this login ({}) was made at that time. Nothing shows \
             whether this migration made it.",
            user.id
        )),
        suggestion: Some(
            "Look at the account in the Admin Console. If nobody uses it, delete it and try again; if somebody does, leave this \
             person out. With a token that may read the System Log, Causeway can tell."
                .to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// The login is taken by somebody whose login differs only in accents.
pub(super) fn taken_by_twin(theirs: &User, refusal: Option<Refusal>) -> Outcome {
    let words = refusal.as_ref().map(|refusal| format!(" Okta says: {}", refusal.words)).unwrap_or_default();
    Outcome {
        code: refusal.map(|refusal| refusal.code),
        message: Some(format!(
            "“{}” in Okta differs from this login only in accents, and Okta takes both for the same.{words}",
            theirs.profile.login()
        )),
        suggestion: Some(
            "If that is this person, leave them out. If it is somebody else, change the login in Review, then try again.".to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// The e-mail address is another account's, and this org takes each only once.
fn email_taken(email: &str, theirs: &User, refusal: Refusal) -> Outcome {
    Outcome {
        code: Some(refusal.code),
        message: Some(format!(
            "The e-mail address {email} belongs to another account in Okta, “{}”. With self-service registration switched on, Okta \
             takes each address only once, and says so of the login: {}",
            theirs.profile.login(),
            refusal.words
        )),
        suggestion: Some(
            "Give this person an e-mail address of their own in Review, or leave them out, then try again."
                .to_owned(),
        ),
        ..Outcome::of(OutcomeKind::Failed)
    }
}
