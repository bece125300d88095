//! Who made an account that is found under a person's login, where a create of ours may have gone through.
//!
//! Nobody else's account is ever taken for ours, and none of ours for somebody else's. The proof is a mark of our own that Okta
//! keeps: each create names itself in its `User-Agent`, which Okta writes into its log beside the id of the account it made. Where
//! the log can't be read, or says nothing yet, everything that can be seen must fit: made since our first try (by Okta's clock,
//! never by this computer's), in the groups our create names, with the values and the kind of password we sent. Where that is not
//! enough either way, it is said so, and a person decides.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::ask::{Ask, Got, Silence, Tries};
use super::lookup::one_user;
use crate::okta::{Bucket, Creation, Group, Mark, Refusal, Reply, Request, User, creation_of};

/// How far `created` may lie before what Okta's clock showed: it may be in whole seconds, and of another of Okta's machines.
const SLACK: TimeDelta = TimeDelta::seconds(2);

/// An account that a create of ours made: nothing else is ever put on record as created.
#[derive(Debug)]
pub(super) struct OurAccount(User);

impl OurAccount {
    /// Okta answered our create with it.
    pub(super) fn answered(user: User) -> Self {
        Self(user)
    }

    /// The account.
    pub(super) fn user(&self) -> &User {
        &self.0
    }
}

/// Who made an account.
#[derive(Debug)]
pub(super) enum Provenance {
    /// A create of ours.
    Ours(OurAccount),
    /// Somebody else.
    Theirs,
    /// It could be either.
    Unclear,
    /// The run was stopped before there was an answer.
    Stopped,
    /// Okta refused to tell.
    Refused(Refusal),
}

/// What our creates of a person would have made.
pub(super) struct Expected<'a> {
    /// Their mark in Okta's log.
    pub(super) mark: Option<&'a str>,
    /// What Okta's clock showed before the first of them.
    pub(super) since: Option<DateTime<Utc>>,
    /// Whether the account found has every value we send.
    pub(super) same_values: bool,
    /// Whether they sent a hash or the hook. `None` when that is not known any more.
    pub(super) imports: Option<bool>,
    /// The groups they named.
    pub(super) groups: &'a [String],
    /// Whether the label group is among them.
    pub(super) labelled: bool,
}

/// When an account was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// Before our first try: not by it.
    Before,
    /// Since then.
    Since,
    /// Okta's clock was not known.
    Unknown,
}

/// Whether an account is in the groups that our creates name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Groups {
    /// In all, the label group among them.
    Labelled,
    /// In all, but they are groups that others are put into too.
    All,
    /// Not in all: a create puts people into its groups at once.
    Missing,
    /// They name none.
    None,
}

/// What Okta's log says of the create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Log {
    /// It bears our mark.
    Ours,
    /// It was another's.
    Another,
    /// Nothing that would tell.
    Silent,
}

/// What is known about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Evidence {
    made: Made,
    same_values: bool,
    same_password: bool,
    groups: Groups,
    /// `None`: not asked yet.
    log: Option<Log>,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Ours,
    Theirs,
    Unclear,
    AskLog,
}

impl Evidence {
    fn judge(self) -> Judgement {
        match self.log {
            Some(Log::Ours) => return Judgement::Ours,
            Some(Log::Another) => return Judgement::Theirs,
            _ if self.made == Made::Before => return Judgement::Theirs,
            Some(Log::Silent) | None => {}
        }
        let alike = self.same_values && self.same_password;
        match (self.groups, alike, self.made) {
            (Groups::Labelled, true, Made::Since) => Judgement::Ours,
            _ if self.log.is_none() => Judgement::AskLog,
            (Groups::Labelled, false, _) => Judgement::Unclear,
            (Groups::Missing, ..) | (_, false, _) => Judgement::Theirs,
            (Groups::Labelled, ..) | (.., Made::Since) => Judgement::Ours,
            _ => Judgement::Unclear,
        }
    }
}

/// What a run learns once and every judgement uses.
#[derive(Debug, Default)]
pub(super) struct Witness {
    /// The log can't be read with this token.
    no_log: AtomicBool,
    /// The id of the token's owner, as far as it can be found out.
    me: OnceCell<Option<String>>,
    /// How much later than `created` the `Date` of the same answer was, at least: more than a moment, and somebody on the way writes
    /// a `Date` of their own.
    lag: Mutex<Option<TimeDelta>>,
}

impl Witness {
    /// Takes in what the answer to a create says of Okta's clocks.
    pub(super) fn learn(&self, user: &User, date: Option<i64>) {
        let Some((created, date)) = user.created.zip(date.and_then(|d| DateTime::from_timestamp(d, 0)))
        else {
            return;
        };
        let lag = date - created;
        let mut least = self.lag.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *least = Some(least.map_or(lag, |least| least.min(lag)));
    }

    fn made(&self, created: Option<DateTime<Utc>>, since: Option<DateTime<Utc>>) -> Made {
        let Some((created, since)) = created.zip(since) else { return Made::Unknown };
        let lag = *self.lag.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let lag = lag.unwrap_or_default().max(TimeDelta::zero());
        if created < since - lag - SLACK { Made::Before } else { Made::Since }
    }
}

/// Whether an account has the kind of password our creates send, as far as can be seen.
fn same_password(imports: Option<bool>, user: &User) -> bool {
    match (imports, user.provider()) {
        (None, _) | (_, "") => true,
        // After a first sign-in, or a reset, Okta answers for the password itself.
        (Some(true), provider) => provider == "IMPORT" || provider == "OKTA" && user.has_signed_in(),
        (Some(false), provider) => provider == "OKTA",
    }
}

impl Witness {
    /// Who made the account `user`.
    pub(super) async fn whose(&self, ask: &Ask, expected: &Expected<'_>, user: &User) -> Provenance {
        let mut evidence = Evidence {
            made: self.made(user.created, expected.since),
            same_values: expected.same_values,
            same_password: same_password(expected.imports, user),
            groups: Groups::None,
            log: None,
        };
        if evidence.judge() == Judgement::Theirs {
            return Provenance::Theirs;
        }
        if !expected.groups.is_empty() {
            evidence.groups = match groups(ask, expected, &user.id).await {
                Ok(groups) => groups,
                Err(end) => return end,
            };
        }
        let judged = match evidence.judge() {
            Judgement::AskLog => {
                evidence.log = Some(self.log(ask, expected, user).await);
                if ask.stop.is_cancelled() && evidence.log == Some(Log::Silent) {
                    return Provenance::Stopped;
                }
                evidence.judge()
            }
            judged => judged,
        };
        match judged {
            Judgement::Ours => Provenance::Ours(OurAccount(user.clone())),
            Judgement::Theirs => Provenance::Theirs,
            Judgement::Unclear | Judgement::AskLog => Provenance::Unclear,
        }
    }

    /// What the log says of the create that made this account. It lags, so it is asked again where it knows nothing.
    async fn log(&self, ask: &Ask, expected: &Expected<'_>, user: &User) -> Log {
        let Some((mark, created)) = expected.mark.and_then(Mark::new).zip(user.created) else {
            return Log::Silent;
        };
        let question = Request::creations_of(&user.id, created - TimeDelta::minutes(2));
        let (since, mut asked) = (Instant::now(), 0);
        loop {
            if self.no_log.load(Ordering::Relaxed) {
                return Log::Silent;
            }
            match ask.aside(&question).await.map(|reply| creation_of(&reply, &user.id)) {
                Ok(Ok(Some(creation))) => return self.read(ask, &mark, &creation).await,
                Ok(Ok(None)) => {}
                // Not understood this once: it says nothing of this account, nor of the next.
                Ok(Err(())) | Err(Silence::NotNow) => return Log::Silent,
                // Not allowed to see it: so it will be with everybody's.
                Err(Silence::Refused) => {
                    self.no_log.store(true, Ordering::Relaxed);
                    return Log::Silent;
                }
            }
            if !ask.settle(since, &mut asked).await {
                return Log::Silent;
            }
        }
    }

    async fn read(&self, ask: &Ask, mark: &Mark, creation: &Creation) -> Log {
        match &creation.mark {
            Some(found) if found == mark => return Log::Ours,
            // Another migration's, or another copy of this one.
            Some(_) => return Log::Another,
            None => {}
        }
        // A proxy may write a `User-Agent` of its own. Then what is left is who did it, and that it was not done by hand.
        if !creation.by_token {
            return Log::Another;
        }
        let me = self.me.get_or_init(async || {
            let reply = ask.aside(&Request::me()).await.ok()?;
            one_user(&reply).map(|user| user.id)
        });
        match (me.await, &creation.actor) {
            (Some(me), Some(actor)) if me != actor => Log::Another,
            _ => Log::Silent,
        }
    }
}

/// Whether an account is in all groups that our creates name. Memberships lag: it is asked again where one is missing.
async fn groups(ask: &Ask, expected: &Expected<'_>, user: &str) -> Result<Groups, Provenance> {
    let question = Request::groups_of(user);
    let (since, mut asked) = (Instant::now(), 0);
    loop {
        let read = |reply: &Reply| reply.parse::<Vec<Group>>();
        let found = match ask.list(question.clone(), Bucket::Users, &mut Tries::patient(), read).await {
            Got::Done(groups) => groups,
            // Okta does not find the account by its id yet: that is no word about its groups.
            Got::Missing if ask.settle(since, &mut asked).await => continue,
            Got::Missing if ask.stop.is_cancelled() => return Err(Provenance::Stopped),
            Got::Missing => return Err(Provenance::Unclear),
            Got::Refused(refusal) | Got::Taken(refusal) => return Err(Provenance::Refused(refusal)),
            Got::Stopped | Got::Unsure(_) | Got::GaveUp(_) => return Err(Provenance::Stopped),
        };
        let is_in = |id: &String| found.iter().any(|group| group.id == *id);
        if expected.groups.iter().all(is_in) {
            return Ok(if expected.labelled { Groups::Labelled } else { Groups::All });
        }
        if !ask.settle(since, &mut asked).await {
            return if ask.stop.is_cancelled() { Err(Provenance::Stopped) } else { Ok(Groups::Missing) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FITS: Evidence = Evidence {
        made: Made::Since,
        same_values: true,
        same_password: true,
        groups: Groups::Labelled,
        log: None,
    };

    #[test]
    fn the_label_group_and_the_time_prove_it_together() {
        assert_eq!(FITS.judge(), Judgement::Ours);
        assert_eq!(Evidence { made: Made::Before, ..FITS }.judge(), Judgement::Theirs);
        for unsure in [
            Evidence { same_values: false, ..FITS },
            Evidence { same_password: false, ..FITS },
            Evidence { groups: Groups::All, ..FITS },
            Evidence { groups: Groups::Missing, ..FITS },
            Evidence { groups: Groups::None, ..FITS },
            Evidence { made: Made::Unknown, ..FITS },
        ] {
            assert_eq!(unsure.judge(), Judgement::AskLog, "{unsure:?}");
            assert_eq!(Evidence { log: Some(Log::Ours), ..unsure }.judge(), Judgement::Ours);
            assert_eq!(Evidence { log: Some(Log::Another), ..unsure }.judge(), Judgement::Theirs);
        }
    }

    #[test]
    fn where_the_log_is_silent_everything_must_fit() {
        let silent = Evidence { log: Some(Log::Silent), ..FITS };
        let bare = Evidence { groups: Groups::None, ..silent };
        assert_eq!(bare.judge(), Judgement::Ours);
        for theirs in [
            Evidence { made: Made::Before, ..bare },
            Evidence { same_values: false, ..bare },
            Evidence { same_password: false, ..bare },
            Evidence { groups: Groups::Missing, ..bare },
        ] {
            assert_eq!(theirs.judge(), Judgement::Theirs, "{theirs:?}");
        }
        for unclear in [Evidence { made: Made::Unknown, ..bare }, Evidence { same_values: false, ..silent }] {
            assert_eq!(unclear.judge(), Judgement::Unclear, "{unclear:?}");
        }
    }

    #[test]
    fn time_is_oktas_and_a_date_written_on_the_way_is_noticed() {
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0);
        let witness = Witness::default();
        assert_eq!(witness.made(at(0), at(0)), Made::Since);
        assert_eq!(witness.made(at(-2), at(0)), Made::Since, "whole seconds of another machine");
        assert_eq!(witness.made(at(-3), at(0)), Made::Before);
        assert_eq!((witness.made(None, at(0)), witness.made(at(0), None)), (Made::Unknown, Made::Unknown));
        // What a create's own answer says of both clocks: the one that `Date` is of is a quarter of an hour ahead.
        let user: User = serde_json::from_value(serde_json::json!({"id": "00u1", "created": at(0)})).unwrap();
        witness.learn(&user, at(905).map(|d| d.timestamp()));
        witness.learn(&user, at(900).map(|d| d.timestamp()));
        assert_eq!(witness.made(at(0), at(900)), Made::Since);
        assert_eq!(witness.made(at(-5), at(900)), Made::Before);
    }

    #[test]
    fn a_password_of_another_kind_is_not_from_our_create() {
        let user = |provider: &str, signed_in: bool| -> User {
            let last = signed_in.then_some("2026-05-11T15:26:08.000Z");
            serde_json::from_value(serde_json::json!({"id": "00u1", "lastLogin": last,
                "credentials": {"provider": {"type": provider}}}))
            .unwrap()
        };
        assert!(same_password(Some(true), &user("IMPORT", false)));
        assert!(same_password(Some(true), &user("OKTA", true)), "they have signed in since");
        assert!(!same_password(Some(true), &user("OKTA", false)), "made by hand");
        assert!(same_password(Some(false), &user("OKTA", false)));
        assert!(!same_password(Some(false), &user("IMPORT", false)));
        assert!(same_password(None, &user("IMPORT", false)) && same_password(Some(true), &user("", false)));
    }
}
