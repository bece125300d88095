//! One person's way into Okta: look first if need be, create, adopt, leave or update, and the groups beyond the first twenty.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::ask::{Ask, Got, Tries};
use super::groups::{Groups, NoGroups};
use crate::assess::fold_login;
use crate::migration::{Choices, Existing};
use crate::model::{Outcome, OutcomeKind, PasswordSettings, Profile, Route};
use crate::okta::request::MOST_GROUP_IDS;
use crate::okta::{Group, Refusal, Request, User, Why};
use crate::password;
use crate::workspace::{Ready, Workspace, WorkspaceError};

/// How far Okta's clock may be off ours when a person found without a label group is judged to be ours.
const CLOCKS: TimeDelta = TimeDelta::minutes(10);

/// What sending people needs.
pub(super) struct Sender {
    pub(super) ask: Arc<Ask>,
    pub(super) groups: Groups,
    pub(super) workspace: Workspace,
    pub(super) choices: Choices,
    pub(super) password: PasswordSettings,
}

/// What became of one person in this run.
#[derive(Debug)]
pub(super) enum Sent {
    /// To put on record.
    Outcome(Outcome),
    /// Stopped, and perhaps sent: they stay `sending`, and the next run asks Okta first.
    Unknown,
    /// The workspace failed: the whole run ends.
    Broken(WorkspaceError),
}

/// Everything about one person that does not change on the way.
struct Way<'a> {
    ready: &'a Ready,
    route: Route,
    label: Option<String>,
    /// Ids in order, the label group's first.
    groups: Vec<String>,
}

impl Sender {
    /// Sends one person. `unsure`: an earlier try may have gone through.
    pub(super) async fn send(&self, ready: &Ready, unsure: bool) -> Sent {
        match self.try_send(ready, unsure).await {
            Ok(sent) => sent,
            Err(NoGroups::Workspace(error)) => Sent::Broken(error),
            // Groups come before the create: whoever was not unsure before was not sent.
            Err(NoGroups::Stopped) if unsure => Sent::Unknown,
            Err(NoGroups::Stopped) => Sent::Outcome(Outcome::of(OutcomeKind::Waiting)),
            Err(NoGroups::Refused(name, code, words)) => Sent::Outcome(Outcome {
                code: Some(code).filter(|c| !c.is_empty()),
                message: Some(format!("The group “{name}” could not be made: {words}")),
                suggestion: Some(
                    "Mend the group's name in the source or in Map, or make it in Okta, then try again."
                        .to_owned(),
                ),
                ..Outcome::of(OutcomeKind::Failed)
            }),
        }
    }

    async fn try_send(&self, ready: &Ready, mut unsure: bool) -> Result<Sent, NoGroups> {
        let route = self.choices.policy.apply(ready.route);
        let credentials = match password::credentials(ready.stored.as_ref(), &self.password, route) {
            Ok(credentials) => Some(credentials).filter(|c| !c.is_none()),
            Err(error) => {
                return Ok(Sent::Outcome(Outcome {
                    message: Some(format!("{error}. Nothing was sent.")),
                    suggestion: Some(
                        "Read the source again, so that this person is looked at anew.".to_owned(),
                    ),
                    ..Outcome::of(OutcomeKind::Failed)
                }));
            }
        };
        let label = match &self.choices.label_group {
            Some(name) => self.groups.ids(&[name.as_str()]).await?.pop(),
            None => None,
        };
        let names: Vec<&str> =
            self.choices.label_group.iter().chain(&ready.groups).map(String::as_str).collect();
        let groups = self.groups.ids(&names).await?;
        let mut way = Way { ready, route, label, groups };
        // A person without a password who is activated is mailed at once: they stay staged.
        let activate = self.choices.activate && route != Route::Reset;
        let in_create = &way.groups[..way.groups.len().min(MOST_GROUP_IDS)];

        let Some(create) = Request::create_user(&ready.profile, credentials.as_ref(), in_create, activate)
        else {
            return Ok(Sent::Outcome(Outcome {
                message: Some("This person's values can't be written as JSON. Nothing was sent.".to_owned()),
                ..Outcome::of(OutcomeKind::Failed)
            }));
        };
        let mut tries = Tries::default();
        // Whom a crash cut off was sent by the choice of that time.
        let mut sent_by = ready.sent.unwrap_or(route);
        loop {
            if unsure {
                match self.look_up(ready.profile.login(), Tries::patient()).await {
                    Look::Found(user) => {
                        way.route = sent_by;
                        return Ok(self.found(&way, &user).await);
                    }
                    Look::Nobody if sent_by != route => {
                        self.workspace.reroute(ready.id, route).await.map_err(NoGroups::Workspace)?;
                        sent_by = route;
                    }
                    Look::Nobody => {}
                    Look::Refused(refusal) => return Ok(Sent::Outcome(failed(refusal))),
                    // Only the stop of the run ends a patient question.
                    Look::Stopped | Look::GaveUp(_) => return Ok(Sent::Unknown),
                }
            }
            let got = self.ask.call(&create, &mut tries).await;
            match got {
                Got::Done(reply) => match reply.parse::<User>() {
                    Some(user) => {
                        self.ask.break_row();
                        return Ok(self.created(&way, &user).await);
                    }
                    // Success in a shape we can't read: whether it is, a look-up tells.
                    None => unsure = true,
                },
                Got::Unsure(_) => unsure = true,
                Got::Taken(refusal) => return Ok(self.taken(&way, unsure, refusal).await),
                Got::Refused(refusal) => return Ok(Sent::Outcome(failed(refusal))),
                Got::Missing => {
                    return Ok(Sent::Outcome(failed(Refusal {
                        code: "E0000007".to_owned(),
                        words: "Okta did not find something this person refers to, most likely a group"
                            .to_owned(),
                        suggestion: Some(
                            "Start the import again, so that groups are looked up anew.".to_owned(),
                        ),
                        known: true,
                    })));
                }
                Got::GaveUp(why) => return Ok(self.last_look(&way, why).await),
                Got::Stopped if unsure => return Ok(Sent::Unknown),
                Got::Stopped => return Ok(Sent::Outcome(Outcome::of(OutcomeKind::Waiting))),
            }
            if self.ask.stop.is_cancelled() {
                return Ok(Sent::Unknown);
            }
        }
    }

    /// The login is taken. Ours from an earlier try, or somebody who was there before.
    async fn taken(&self, way: &Way<'_>, unsure: bool, refusal: Refusal) -> Sent {
        // An earlier run may have given this person up while Okta went on and created them.
        let maybe_ours = unsure || way.ready.attempt > 1;
        let tries = if maybe_ours { Tries::patient() } else { Tries::default() };
        match self.look_up(way.ready.profile.login(), tries).await {
            Look::Found(user) if maybe_ours => self.found(way, &user).await,
            Look::Found(user) => self.already_there(way, &user).await,
            Look::Stopped if unsure => Sent::Unknown,
            // The create was refused: nothing is on its way.
            Look::Stopped => Sent::Outcome(Outcome::of(OutcomeKind::Waiting)),
            Look::Nobody => Sent::Outcome(Outcome {
                suggestion: Some(
                    "Someone in Okta has a login that differs only in accents or capitals: look for them in the Admin Console."
                        .to_owned(),
                ),
                ..failed(refusal)
            }),
            Look::Refused(other) => Sent::Outcome(failed(other)),
            Look::GaveUp(why) => Sent::Outcome(gave_up(why)),
        }
    }

    /// Tried often enough; but the last try may have gone through.
    async fn last_look(&self, way: &Way<'_>, why: Why) -> Sent {
        match self.look_up(way.ready.profile.login(), Tries::patient()).await {
            Look::Found(user) => self.found(way, &user).await,
            Look::Nobody | Look::Refused(_) => Sent::Outcome(gave_up(why)),
            Look::Stopped | Look::GaveUp(_) => Sent::Unknown,
        }
    }

    /// The person of that login in Okta, and nobody else: Okta also finds by the short name before the @.
    async fn look_up(&self, login: &str, mut tries: Tries) -> Look {
        let in_path = !login.contains(['/', '?', '#', '\\']) && !login.is_empty();
        let question = if in_path { Request::get_user(login) } else { Request::find_by_login(login) };
        let mut got = self.ask.call(&question, &mut tries).await;
        let found: Vec<User> = loop {
            got = match got {
                Got::Done(reply) => {
                    let users =
                        if in_path { reply.parse::<User>().map(|user| vec![user]) } else { reply.parse() };
                    match users {
                        Some(users) => break users,
                        // An answer in a shape we can't read says nothing about whether they are there.
                        None => match self.ask.again(Why::NotOkta, &mut tries).await {
                            Some(end) => end,
                            None => self.ask.call(&question, &mut tries).await,
                        },
                    }
                }
                Got::Missing => break Vec::new(),
                Got::Refused(refusal) | Got::Taken(refusal) => return Look::Refused(refusal),
                Got::Unsure(why) | Got::GaveUp(why) => return Look::GaveUp(why),
                Got::Stopped => return Look::Stopped,
            };
        };
        let asked = fold_login(login);
        found
            .into_iter()
            .find(|user| fold_login(user.profile.login()) == asked)
            .map_or(Look::Nobody, |user| Look::Found(Box::new(user)))
    }

    /// Whether a person found in Okta was made by a try of ours: in the label group, or, without one, made since this try
    /// began and exactly as we would have made them.
    async fn is_ours(&self, way: &Way<'_>, user: &User) -> Ours {
        if !same_values(&way.ready.profile, &user.profile) {
            return Ours::No;
        }
        if let Some(label) = &way.label {
            let (question, mut tries) = (Request::groups_of(&user.id), Tries::patient());
            loop {
                let groups = match self.ask.call(&question, &mut tries).await {
                    Got::Done(reply) => reply.parse::<Vec<Group>>(),
                    Got::Missing => return Ours::No,
                    Got::Refused(refusal) | Got::Taken(refusal) => return Ours::Refused(refusal),
                    Got::Stopped | Got::Unsure(_) | Got::GaveUp(_) => return Ours::Stopped,
                };
                match groups {
                    Some(groups) if groups.iter().any(|g| g.id == *label) => return Ours::Yes,
                    Some(_) => return Ours::No,
                    None if self.ask.again(Why::NotOkta, &mut tries).await.is_some() => return Ours::Stopped,
                    None => {}
                }
            }
        }
        if made_since(user.created, way.ready.claimed) { Ours::Yes } else { Ours::No }
    }

    /// What a person found in Okta means for one whose create may have gone through.
    async fn found(&self, way: &Way<'_>, user: &User) -> Sent {
        match self.is_ours(way, user).await {
            Ours::Yes => self.created(way, user).await,
            Ours::No => self.already_there(way, user).await,
            // Better asked again by the next run than wrongly put down.
            Ours::Stopped => Sent::Unknown,
            Ours::Refused(refusal) => {
                Sent::Outcome(Outcome { okta_id: Some(user.id.clone()), ..failed(refusal) })
            }
        }
    }

    /// Created by us. What is left are the groups that did not fit into the create.
    async fn created(&self, way: &Way<'_>, user: &User) -> Sent {
        let mut refused = Vec::new();
        for group in way.groups.iter().skip(MOST_GROUP_IDS) {
            let got = self.ask.call(&Request::add_to_group(group, &user.id), &mut Tries::default()).await;
            match got {
                Got::Done(_) => {}
                // They are created, and the memberships are safe to repeat.
                Got::Stopped => return Sent::Unknown,
                Got::Refused(refusal) | Got::Taken(refusal) => refused.push(refusal.words),
                Got::Missing => refused.push("the group is gone".to_owned()),
                Got::Unsure(why) | Got::GaveUp(why) => refused.push(why.words().to_owned()),
            }
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
        Sent::Outcome(outcome)
    }

    /// There before this migration: left, or updated where they differ.
    async fn already_there(&self, way: &Way<'_>, user: &User) -> Sent {
        let left = |message: &str| {
            Sent::Outcome(Outcome {
                message: Some(message.to_owned()),
                ..of_user(OutcomeKind::AlreadyThere, user)
            })
        };
        if self.choices.existing == Existing::Leave {
            return left("Left unchanged");
        }
        if user.status == "DEPROVISIONED" {
            return left("Deactivated in Okta, so nothing could be updated");
        }
        let changes = differing(&way.ready.profile, &user.profile);
        if changes.is_empty() {
            return left("Nothing to update");
        }
        if let Err(error) = self.workspace.remember_original(way.ready.id, &user.profile).await {
            return Sent::Broken(error);
        }
        let got = self.ask.call(&Request::update_user(&user.id, &changes), &mut Tries::default()).await;
        match got {
            Got::Done(_) => {
                self.ask.break_row();
                let names: Vec<&str> = changes.iter().map(|(name, _)| name).collect();
                Sent::Outcome(Outcome {
                    message: Some(format!("Updated: {}", names.join(", "))),
                    ..of_user(OutcomeKind::Updated, user)
                })
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
            Got::Unsure(why) | Got::GaveUp(why) => Sent::Outcome(gave_up(why)),
        }
    }
}

/// Whether a person found in Okta is of our making.
enum Ours {
    Yes,
    No,
    /// The run was stopped before there was an answer.
    Stopped,
    /// Okta refused to tell.
    Refused(Refusal),
}

/// What a look-up by login found.
enum Look {
    Found(Box<User>),
    Nobody,
    Stopped,
    Refused(Refusal),
    GaveUp(Why),
}

fn of_user(kind: OutcomeKind, user: &User) -> Outcome {
    Outcome {
        okta_id: Some(user.id.clone()),
        okta_status: Some(user.status.clone()).filter(|s| !s.is_empty()),
        ..Outcome::of(kind)
    }
}

fn failed(refusal: Refusal) -> Outcome {
    Outcome {
        code: Some(refusal.code),
        message: Some(refusal.words),
        suggestion: refusal.suggestion,
        ..Outcome::of(OutcomeKind::Failed)
    }
}

fn gave_up(why: Why) -> Outcome {
    Outcome {
        message: Some(format!("Tried several times, but {}.", why.words())),
        suggestion: Some("Try this person again later.".to_owned()),
        ..Outcome::of(OutcomeKind::Failed)
    }
}

/// Whether every attribute we send has the same value there. The login compares as Okta compares it.
fn same_values(ours: &Profile, theirs: &Profile) -> bool {
    differing(ours, theirs).iter().all(|(name, _)| name == "login")
        && fold_login(ours.login()) == fold_login(theirs.login())
}

/// The attributes of ours that differ there, without the login: it is how the person was found.
pub(in crate::migration) fn differing(ours: &Profile, theirs: &Profile) -> Profile {
    let mut changes = Profile::default();
    for (name, value) in ours.iter().filter(|(name, _)| *name != "login") {
        let same = theirs.get(name).is_some_and(|there| equal(value, there));
        if !same {
            changes.set(name, value.clone());
        }
    }
    changes
}

/// Equal values; numbers compare as numbers, since JSON knows one kind only.
fn equal(a: &Value, b: &Value) -> bool {
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}

fn made_since(created: Option<DateTime<Utc>>, claimed: DateTime<Utc>) -> bool {
    created.is_some_and(|created| created >= claimed - CLOCKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(pairs: &[(&str, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (name, value) in pairs {
            profile.set(name, *value);
        }
        profile
    }

    #[test]
    fn only_what_differs_is_updated_and_never_the_login() {
        let ours = profile(&[("login", "A@x.example"), ("firstName", "Máire"), ("city", "Cork")]);
        let theirs =
            profile(&[("login", "a@x.example"), ("firstName", "Maire"), ("city", "Cork"), ("title", "Dr")]);
        assert_eq!(differing(&ours, &theirs), profile(&[("firstName", "Máire")]));
        assert!(!same_values(&ours, &theirs));
        assert!(same_values(&profile(&[("login", "A@x.example"), ("city", "Cork")]), &theirs));
    }

    #[test]
    fn without_a_label_only_the_newly_made_are_ours() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        assert!(made_since(Some(now), now));
        assert!(made_since(Some(now - TimeDelta::minutes(5)), now));
        assert!(!made_since(Some(now - TimeDelta::minutes(11)), now));
        assert!(!made_since(None, now));
    }
}
