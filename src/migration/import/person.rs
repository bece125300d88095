//! One person's way into Okta: what `plan` decides about them is carried out, and where a create may have gone through already, Okta
//! is asked first.

use tokio::time::Instant;

use super::ask::{Ask, Got, Tries};
use super::groups::NoGroups;
use super::lookup::Look;
use super::outcomes::{
    failed, gave_up, kept_out, left, no_label, of_user, refers_to_nothing, taken_by_twin, unwritable,
};
use super::provenance::OurAccount;
use super::sender::{Doubt, Sender, Sent, Way, decide};
use crate::assess::same_login;
use crate::model::{OktaStatus, Outcome, OutcomeKind, Route};
use crate::okta::{Mark, Reply, Request, User};
use crate::password::{self, OktaCredentials};
use crate::plan::{self, Account, Change, Conflict, Decision, Operation, Standing};
use crate::workspace::{Did, Joined, OperationState, Ready};

/// A create that met 404: one of the groups it names is not known. One made a moment ago will be.
#[derive(Default)]
struct UnknownGroups {
    since: Option<Instant>,
    asked: u32,
    /// The groups were looked up anew since.
    renewed: bool,
}

impl UnknownGroups {
    /// Waits before the create is sent again. False when it has been long enough, or the run was stopped.
    async fn wait(&mut self, ask: &Ask) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        ask.settle(since, &mut self.asked).await
    }
}

impl Sender {
    /// Sends one person. `unsure`: an earlier try may have gone through, the last of them before this moment.
    pub(super) async fn send(&self, ready: &Ready, unsure: Option<Instant>) -> Sent {
        // A try of an earlier claim surely had come to its end when this run began.
        let last = unsure.or_else(|| ready.in_doubt.then_some(self.begun));
        let mut doubt = Doubt { last, ever: last.is_some() };
        let sent = match self.try_send(ready, &mut doubt).await {
            Ok(sent) => sent,
            Err(NoGroups::Workspace(error)) => Sent::Broken(error.into()),
            // It is everybody's: nobody goes without it.
            Err(NoGroups::Refused(name, code, words)) if Some(&name) == self.choices.label_group.as_ref() => {
                Sent::Broken(no_label(&name, code, &words))
            }
            // Groups come before the create: whoever was not unsure before was not sent.
            Err(NoGroups::Stopped) => doubt.stopped(),
            Err(NoGroups::Refused(name, code, words)) if code.is_empty() => Sent::Outcome(Outcome {
                message: Some(format!(
                    "Nothing was sent: the group “{name}” had to be made first, but {words}."
                )),
                suggestion: Some(
                    "Try this person again later: Causeway first checks whether the group is there."
                        .to_owned(),
                ),
                ..Outcome::of(OutcomeKind::Failed)
            }),
            Err(NoGroups::Refused(name, code, words)) => Sent::Outcome(Outcome {
                code: Some(code).filter(|c| !c.is_empty()),
                message: Some(format!("The group “{name}” could not be made: {words}")),
                suggestion: Some(
                    "Fix the group's name in the source or in Map, or create it in Okta, then try again."
                        .to_owned(),
                ),
                ..Outcome::of(OutcomeKind::Failed)
            }),
        };
        match sent {
            // Whoever is found under their login from now on is somebody else's.
            Sent::Outcome(outcome)
                if !doubt.ever && matches!(outcome.kind, OutcomeKind::Waiting | OutcomeKind::Failed) =>
            {
                Sent::Unsent(outcome)
            }
            sent => sent,
        }
    }

    async fn try_send(&self, ready: &Ready, doubt: &mut Doubt) -> Result<Sent, NoGroups> {
        let route = self.choices.policy.apply(ready.route);
        let credentials = match password::credentials(ready.stored.as_ref(), &self.password, route) {
            Ok(credentials) => Some(credentials).filter(|c| !c.is_none()),
            Err(error) => {
                return Ok(Sent::Outcome(Outcome {
                    message: Some(format!("{error}. Nothing was sent.")),
                    suggestion: Some(
                        "Read the source again, so that this person is assessed again.".to_owned(),
                    ),
                    ..Outcome::of(OutcomeKind::Failed)
                }));
            }
        };
        let imports = matches!(credentials, Some(OktaCredentials::Hash(_) | OktaCredentials::Hook));
        // Whom a crash cut off was sent by the choice of that time.
        let mut sent_by = ready.sent.unwrap_or(route);
        let mut way = Way {
            ready,
            route,
            activate: false,
            in_create: Vec::new(),
            joins: Vec::new(),
            imports: (sent_by == route).then_some(imports),
        };
        // Whoever is known to be in Okta is not sent a password only to be refused, and no group is made for them.
        if doubt.last.is_none() && plan::looks_first(&self.choices, ready.known_there) {
            match self.ask.look_up(ready.profile.login(), Tries::patient()).await {
                Look::Found(user) => return Ok(self.already_there(&way, &user).await),
                Look::Twin(user) => return Ok(Sent::Outcome(taken_by_twin(&user, None))),
                Look::Stopped => return Ok(doubt.stopped()),
                // The create will tell.
                Look::Nobody | Look::Refused(_) => {}
                // Only an answer that makes no sense ends a patient question so: no password goes out on the strength of it.
                Look::GaveUp(why) => return Ok(Sent::Outcome(gave_up(why))),
            }
        }
        self.arrange(&mut way).await?;
        let Some(mut create) = way.create(credentials.as_ref()) else {
            return Ok(Sent::Outcome(unwritable()));
        };
        let mut tries = Tries::default();
        let mut unknown_groups = UnknownGroups::default();
        loop {
            if let Some(since) = doubt.last {
                match self.settled(ready.profile.login(), since, true).await {
                    Look::Found(user) => {
                        way.route = sent_by;
                        return Ok(self.found(&way, doubt, *user).await);
                    }
                    // Okta refuses ours for theirs, whatever became of it.
                    Look::Twin(user) => return Ok(Sent::Outcome(taken_by_twin(&user, None))),
                    Look::Nobody if sent_by != route => {
                        self.workspace.reroute(ready.id, route).await.map_err(NoGroups::Workspace)?;
                        sent_by = route;
                        way.imports = Some(imports);
                    }
                    Look::Nobody => {}
                    Look::Refused(refusal) => return Ok(Sent::Outcome(failed(refusal))),
                    // Only the stop of the run ends a patient question.
                    Look::Stopped | Look::GaveUp(_) => return Ok(Sent::Unknown),
                }
            }
            let read = |reply: &Reply| created_user(reply, ready.profile.login());
            match self.ask.call_as(&create, &mut tries, read).await {
                Got::Done(answer) => {
                    self.ask.break_row();
                    self.witness.learn(&answer.user, answer.date);
                    return Ok(self.created(&way, &OurAccount::answered(answer.user), answer.request).await);
                }
                Got::Unsure(_) => *doubt = Doubt { last: Some(Instant::now()), ever: true },
                Got::Taken(refusal) => return Ok(self.taken(&way, doubt, refusal).await),
                Got::Refused(refusal) => return Ok(Sent::Outcome(failed(refusal))),
                // Nothing was made: a group it names is not known yet, or not any more.
                Got::Missing if unknown_groups.wait(&self.ask).await => {}
                Got::Missing if self.ask.stop.is_cancelled() => {}
                Got::Missing if !unknown_groups.renewed => {
                    self.groups.renew(&way.in_create).await?;
                    self.arrange(&mut way).await?;
                    let Some(anew) = way.create(credentials.as_ref()) else {
                        return Ok(Sent::Outcome(unwritable()));
                    };
                    create = anew;
                    unknown_groups = UnknownGroups { renewed: true, ..UnknownGroups::default() };
                }
                Got::Missing => return Ok(Sent::Outcome(refers_to_nothing())),
                Got::GaveUp(why) => {
                    doubt.ever = true;
                    return Ok(self.last_look(&way, doubt, why).await);
                }
                Got::Stopped => return Ok(doubt.stopped()),
            }
            if self.ask.stop.is_cancelled() {
                return Ok(doubt.stopped());
            }
        }
    }

    /// What a create of this person is to be, with the ids of its groups.
    async fn arrange(&self, way: &mut Way<'_>) -> Result<(), NoGroups> {
        (way.in_create, way.joins) = (Vec::new(), Vec::new());
        let Decision::Carry(operations) = decide(way.ready, Standing::Nobody, &self.choices) else {
            return Ok(());
        };
        for operation in operations {
            match operation {
                Operation::Create { activate, groups, .. } => {
                    way.activate = activate;
                    let names: Vec<&str> = groups.iter().map(String::as_str).collect();
                    way.in_create = self.groups.ids(&names).await?;
                }
                Operation::Join { group } => {
                    let ids = self.groups.ids(&[&group]).await?;
                    // Two names may be one group's.
                    let new = ids.into_iter().filter(|id| !way.in_create.contains(id)).collect::<Vec<_>>();
                    way.joins.extend(new);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Created by us, by this request if that is known. What is left are the groups that did not fit into the create.
    pub(super) async fn created(&self, way: &Way<'_>, ours: &OurAccount, request: Option<String>) -> Sent {
        let user = ours.user();
        let mut refused = Vec::new();
        let mut did = Did { request, groups: Some(way.in_create.clone()), ..Did::default() };
        for group in &way.joins {
            let got =
                self.ask.call_settled(&Request::add_to_group(group, &user.id), &mut Tries::default()).await;
            let (state, request, why) = match got {
                Got::Done(reply) => (OperationState::Done, reply.request_id, None),
                // They are created, and the memberships are safe to repeat.
                Got::Stopped => return Sent::Unknown,
                Got::Refused(refusal) | Got::Taken(refusal) => {
                    (OperationState::Failed, None, Some(refusal.words))
                }
                Got::Missing => (OperationState::Failed, None, Some("the group is gone".to_owned())),
                Got::Unsure(why) | Got::GaveUp(why) => {
                    (OperationState::Unknown, None, Some(why.words().to_owned()))
                }
            };
            refused.extend(why);
            did.joins.push(Joined { group: group.clone(), state, request });
        }
        let mut outcome = of_user(OutcomeKind::Created, user);
        if !refused.is_empty() {
            outcome.message =
                Some(format!("Created, but {} groups refused: {}", refused.len(), refused.join("; ")));
            outcome.suggestion =
                Some("Put this person into the missing groups in the Admin Console.".to_owned());
        } else if way.route == Route::Reset {
            outcome.message = Some("No e-mail sent; they set a password when you activate them.".to_owned());
        }
        Sent::Did(outcome, did)
    }

    /// There before this migration: what is decided about them.
    pub(super) async fn already_there(&self, way: &Way<'_>, user: &User) -> Sent {
        let account = Account { status: OktaStatus::of(&user.status), profile: &user.profile };
        match decide(way.ready, Standing::Here(account), &self.choices) {
            Decision::Conflict(Conflict::KeptOut(status)) => {
                Sent::Outcome(kept_out(status, user, self.ask.client.console_of(&user.id)))
            }
            Decision::Conflict(Conflict::LoginTaken) => Sent::Outcome(taken_by_twin(user, None)),
            Decision::Leave(why) => Sent::Outcome(left(why, account.status, user)),
            Decision::Carry(operations) => self.carry(way, user, operations).await,
        }
    }

    /// Carries out what changes an account that was there.
    async fn carry(&self, way: &Way<'_>, user: &User, operations: Vec<Operation>) -> Sent {
        let changes: Vec<Change> = operations
            .into_iter()
            .flat_map(|operation| match operation {
                Operation::SetAttributes { changes } => changes,
                _ => Vec::new(),
            })
            .collect();
        let set = plan::set_by(&changes);
        let intended = self.workspace.intend_update(way.ready.id, &user.id, &user.profile, &set).await;
        if let Err(error) = intended {
            return Sent::Broken(error.into());
        }
        match self.ask.call_settled(&Request::update_user(&user.id, &set), &mut Tries::default()).await {
            Got::Done(reply) => {
                self.ask.break_row();
                let names: Vec<&str> = changes.iter().map(|change| change.attribute.as_str()).collect();
                let login = changes.iter().find(|change| change.attribute == "login");
                let login = login.and_then(|change| change.to.as_ref()?.as_str()).map(str::to_owned);
                let updated = of_user(OutcomeKind::Updated, user);
                let outcome = Outcome {
                    message: Some(format!("Updated: {}", names.join(", "))),
                    // From now on Okta asks about the new one.
                    login: login.or(updated.login),
                    ..updated
                };
                Sent::Did(outcome, Did { request: reply.request_id, ..Did::default() })
            }
            Got::Stopped => Sent::Unknown,
            Got::Refused(refusal) | Got::Taken(refusal) => {
                Sent::Outcome(Outcome { okta_id: Some(user.id.clone()), ..failed(refusal) })
            }
            Got::Missing => Sent::Outcome(Outcome {
                message: Some("This account was deleted from Okta just now.".to_owned()),
                suggestion: Some("Try again to create it.".to_owned()),
                ..Outcome::of(OutcomeKind::Failed)
            }),
            Got::Unsure(why) | Got::GaveUp(why) => {
                Sent::Did(gave_up(why), Did { unsure: true, ..Did::default() })
            }
        }
    }
}

impl Way<'_> {
    /// The create, marked for Okta's log.
    fn create(&self, credentials: Option<&OktaCredentials>) -> Option<Request> {
        let create = Request::create_user(&self.ready.profile, credentials, &self.in_create, self.activate)?;
        Some(create.marked(self.ready.mark.as_deref().and_then(Mark::new)))
    }
}

/// What a create answered.
#[derive(Debug)]
struct Answer {
    user: User,
    /// The `Date` of the answer.
    date: Option<i64>,
    /// Okta's id of the request.
    request: Option<String>,
}

/// The answer to a create. One of somebody else, or who can't have been made just now, is no answer: it is asked who has the login.
fn created_user(reply: &Reply, login: &str) -> Option<Answer> {
    let ours = |user: &User| {
        user.is_whole()
            && same_login(user.profile.login(), login)
            && !OktaStatus::of(&user.status).keeps_out()
    };
    let user = reply.parse::<User>().filter(ours)?;
    Some(Answer { user, date: reply.date, request: reply.request_id.clone() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use zeroize::Zeroizing;

    use super::*;

    fn answered(body: &Value) -> Option<Answer> {
        let reply = Reply {
            status: 200,
            request_id: None,
            limits: None,
            date: None,
            retry_after: None,
            next: None,
            json: true,
            body: Zeroizing::new(body.to_string().into_bytes()),
        };
        created_user(&reply, "anna@example.com")
    }

    #[test]
    fn a_create_is_answered_by_the_account_it_asked_for_or_not_at_all() {
        let user = |id: &str, status: &str, login: &str| {
            answered(&json!({"id": id, "status": status, "profile": {"login": login}}))
        };
        for login in ["anna@example.com", "Anna@Example.com"] {
            assert!(user("00u1abc", "STAGED", login).is_some(), "{login}");
        }
        for lie in [
            user("00u1abc", "ACTIVE", "ceo@example.com"),
            user("00u1abc", "ACTIVE", ""),
            user("", "ACTIVE", "anna@example.com"),
            user("../../groups/00g1", "ACTIVE", "anna@example.com"),
            user("00u1abc", "DEPROVISIONED", "anna@example.com"),
            answered(&json!({"id": "00u1abc"})),
            answered(&json!([])),
        ] {
            assert!(lie.is_none(), "{lie:?}");
        }
    }
}
