//! What is to be done with one person.

use std::collections::HashSet;

use super::choices::{Choices, Existing};
use super::compare::differing;
use super::operation::{Operation, Sent};
use crate::model::{OktaStatus, Profile, Route, group_key, is_everyone};

/// A person as they are to be in Okta.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Their attributes.
    pub profile: &'a Profile,
    /// The source's groups, in order.
    pub groups: &'a [String],
    /// Their own best route, before the choices.
    pub route: Route,
}

/// An account in Okta that has the person's login.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// How it stands.
    pub status: OktaStatus,
    /// Its attributes.
    pub profile: &'a Profile,
}

/// What the org has of a person, as far as it was looked.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    /// Nobody has the login.
    Nobody,
    /// This account has it, and it is not of this migration's making.
    Here(Account<'a>),
    /// Nobody has it, but an account whose login differs only in accents, which Okta takes for the same (okta-api.md 2.5).
    Twin,
}

/// What this migration did with a person before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Before {
    /// Nothing whose end is known: they wait, or a crash cut them off.
    #[default]
    Nothing,
    /// An update of their account was sent, or was about to be, and its end is not known.
    Updating,
    /// They came to their end: created, found there, updated, or taken out again.
    Done,
    /// They failed, and nobody asked for another try.
    Failed,
}

/// What a target takes.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The most groups a create may name (okta-api.md 2.3: 20).
    pub groups_in_create: usize,
}

/// Why someone who is in Okta already is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Left {
    /// By choice.
    Unchanged,
    /// They would be updated, and nothing differs.
    NothingToUpdate,
    /// Nothing differs, since an earlier try updated them: its answer never came.
    UpdatedBefore,
    /// An earlier run sent them.
    SentBefore,
    /// An earlier run failed to, and nobody asked for another try.
    FailedBefore,
}

/// What an administrator has to settle first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conflict {
    /// In Okta, and kept out there.
    KeptOut(OktaStatus),
    /// Another account has a login that Okta takes for the same.
    LoginTaken,
}

/// What is to be done with a person.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// These, in order.
    Carry(Vec<Operation>),
    /// Nothing: they are there.
    Leave(Left),
    /// Nothing, before somebody looked.
    Conflict(Conflict),
}

/// Whether Okta is asked who has the login before a create goes out with a password: where it is as good as known that it would be
/// refused (`there_before`: they were found in Okta), or where whoever is there is to be updated. Someone whose create may have gone
/// through already is always asked about.
pub fn looks_first(choices: &Choices, there_before: bool) -> bool {
    there_before || choices.existing == Existing::Update
}

/// Decides what is to be done.
pub fn decide(
    wanted: &Wanted<'_>,
    standing: Standing<'_>,
    before: Before,
    choices: &Choices,
    rules: Rules,
) -> Decision {
    match before {
        Before::Nothing | Before::Updating => {}
        Before::Done => return Decision::Leave(Left::SentBefore),
        Before::Failed => return Decision::Leave(Left::FailedBefore),
    }
    match standing {
        Standing::Twin => Decision::Conflict(Conflict::LoginTaken),
        Standing::Here(account) if account.status.keeps_out() => {
            Decision::Conflict(Conflict::KeptOut(account.status))
        }
        Standing::Here(_) if choices.existing == Existing::Leave => Decision::Leave(Left::Unchanged),
        Standing::Here(account) => {
            let changes = differing(wanted.profile, account.profile);
            if changes.is_empty() {
                let updated = before == Before::Updating;
                Decision::Leave(if updated { Left::UpdatedBefore } else { Left::NothingToUpdate })
            } else {
                Decision::Carry(vec![Operation::SetAttributes { changes }])
            }
        }
        Standing::Nobody => Decision::Carry(arrival(wanted, choices, rules)),
    }
}

/// The create, and the groups beyond those it takes. The label group comes first: it is everybody's. Okta's own group of everyone is
/// nobody's to join, and two spellings that Okta takes for one are one.
fn arrival(wanted: &Wanted<'_>, choices: &Choices, rules: Rules) -> Vec<Operation> {
    let route = choices.policy.apply(wanted.route);
    let mut seen = HashSet::new();
    let named = choices.label_group.iter().chain(wanted.groups);
    let mut groups: Vec<String> =
        named.filter(|name| !is_everyone(name) && seen.insert(group_key(name))).cloned().collect();
    let beyond = groups.split_off(groups.len().min(rules.groups_in_create));
    let create = Operation::Create {
        // A person without a password who is activated is mailed at once: they stay staged.
        activate: choices.activate && route != Route::Reset,
        sent: match route {
            Route::Import => Sent::Password,
            Route::Hook => Sent::Hook,
            Route::Reset => Sent::Nothing,
        },
        groups,
    };
    std::iter::once(create).chain(beyond.into_iter().map(|group| Operation::Join { group })).collect()
}
