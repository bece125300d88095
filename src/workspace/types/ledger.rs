//! What was done at Okta, one row an operation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{PersonId, RunId};
use crate::model::{Outcome, Profile};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Makes a person's account, in the groups that the request names.
    Create,
    /// Sets attributes of an account that was there.
    SetAttributes,
    /// Puts an account into a group by a request of its own.
    Join,
    /// Resets an account's password.
    Reset,
    /// Makes a group.
    MakeGroup,
    /// Adds an attribute to the org's profile.
    AddAttribute,
    /// Registers the password hook. Okta calls it from then on.
    RegisterHook,
    /// Changes the address or the secret of the hook.
    ChangeHook,
    /// Lets Okta call the hook.
    ActivateHook,
    /// Stops Okta from calling the hook.
    DeactivateHook,
    /// Takes the hook out of the org.
    DeleteHook,
}

impl OperationKind {
    /// All of them: those about people first.
    pub const ALL: [Self; 11] = [
        Self::Create,
        Self::SetAttributes,
        Self::Join,
        Self::Reset,
        Self::MakeGroup,
        Self::AddAttribute,
        Self::RegisterHook,
        Self::ChangeHook,
        Self::ActivateHook,
        Self::DeactivateHook,
        Self::DeleteHook,
    ];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::SetAttributes => "set_attributes",
            Self::Join => "join",
            Self::Reset => "reset_password",
            Self::MakeGroup => "make_group",
            Self::AddAttribute => "add_attribute",
            Self::RegisterHook => "register_hook",
            Self::ChangeHook => "change_hook",
            Self::ActivateHook => "activate_hook",
            Self::DeactivateHook => "deactivate_hook",
            Self::DeleteHook => "delete_hook",
        }
    }
}

/// How far an operation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationState {
    /// It is on disk that it will be sent; after a crash it may have gone through.
    Intended,
    /// Okta did it.
    Done,
    /// Okta refused it, or nothing was sent.
    Failed,
    /// It was done, and taken back.
    Undone,
    /// It was not needed: what it makes was there.
    There,
    /// It failed, and the person waits for another try.
    Released,
    /// Its end is not known, and will not be: before it is taken back, Okta is asked.
    Unknown,
}

impl OperationState {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Intended, Self::Done, Self::Failed, Self::Undone, Self::There, Self::Released, Self::Unknown];

    /// The word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
            Self::There => "was_there",
            Self::Released => "failed_and_waits",
            Self::Unknown => "not_known",
        }
    }
}

/// A group that an account was put into by this migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenGroup {
    /// Okta's id of it. `None`: which one it was is not known, since the record of it was changed by another program.
    pub okta_id: Option<String>,
    /// Its name then.
    pub name: Option<String>,
}

/// What an update found and set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// The whole profile before.
    pub profile: Profile,
    /// The values that were set. `None`: not known, from before there was a ledger.
    pub set: Option<Profile>,
}

/// One operation on a person's account.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Whose.
    pub person: PersonId,
    /// Which of theirs, from 1.
    pub nth: u32,
    /// What it does.
    pub kind: OperationKind,
    /// How far it came.
    pub state: OperationState,
    /// The run it belongs to. `None`: to none, or it is not known.
    pub run: Option<RunId>,
    /// When it was intended. `None`: not known, from before there was a ledger.
    pub at: Option<DateTime<Utc>>,
    /// When its end was known.
    pub ended: Option<DateTime<Utc>>,
    /// Okta's id of the account, where this operation learned it.
    pub okta_id: Option<String>,
    /// Okta's id of the request. `None`: its answer never came, or it is not known.
    pub request: Option<String>,
    /// The groups it put the account into, and that the account was not in before: of a create, those it names. `None`: an operation
    /// of another kind, one that was not done, or not known, from before there was a ledger.
    pub groups: Option<Vec<GivenGroup>>,
    /// What stood there before, of an update.
    pub before: Option<Before>,
}

/// One operation on the org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgOperation {
    /// Its number, in order.
    pub id: i64,
    /// What it does.
    pub kind: OperationKind,
    /// How far it came.
    pub state: OperationState,
    /// The run it belongs to.
    pub run: Option<RunId>,
    /// When it was intended. `None`: not known, from before there was a ledger.
    pub at: Option<DateTime<Utc>>,
    /// When its end was known.
    pub ended: Option<DateTime<Utc>>,
    /// The group's or attribute's name; the hook's address.
    pub what: String,
    /// Okta's id of it.
    pub okta_id: Option<String>,
    /// Okta's id of the request.
    pub request: Option<String>,
    /// The hook's address before.
    pub before: Option<String>,
}

/// What is about to be done with the org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrgIntent<'a> {
    /// What it does.
    pub kind: OperationKind,
    /// The group's or attribute's name; the hook's address.
    pub what: &'a str,
    /// Okta's id of what is there already.
    pub okta_id: Option<&'a str>,
    /// The hook's address before.
    pub before: Option<&'a str>,
}

/// What became of one person in a run, with what was done on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Who.
    pub person: PersonId,
    /// Where they stand now.
    pub outcome: Outcome,
    /// What was done.
    pub did: Did,
}

/// What was done with one person on the way to their outcome, beyond what the outcome says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Did {
    /// Okta's id of the request that made or updated the account. `None`: its answer never came.
    pub request: Option<String>,
    /// The groups that the create named, by Okta's id. `None`: nothing was created.
    pub groups: Option<Vec<String>>,
    /// Memberships by requests of their own.
    pub joins: Vec<Joined>,
    /// An update was sent and its end is not known.
    pub unsure: bool,
}

/// One membership by a request of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Okta's id of the group.
    pub group: String,
    /// How far it came.
    pub state: OperationState,
    /// Okta's id of the request.
    pub request: Option<String>,
}
