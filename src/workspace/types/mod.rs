//! What a workspace takes and gives: people, readings, changes by hand. Lists and runs have a file of their own.

mod ledger;
mod lists;
mod runs;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{
    Assessed, Candidate, Columns, Finding, Outcome, Profile, Record, Route, RoutePolicy, Severity, Value,
};

pub use ledger::{
    Before, Did, GivenGroup, Joined, Operation, OperationKind, OperationState, OrgIntent, OrgOperation,
    Recorded,
};
pub use lists::{
    Counts, FindingCount, GroupCount, PeopleFilter, Presence, ReasonCount, SchemeCount, SearchIndex, Sort,
    SortKey,
};
pub use runs::{
    FoundThere, NewRun, NextRun, OktaGroup, PacePoint, Ready, Run, RunId, Scope, TakenThere, There,
    WhatIsTaken,
};

/// A person in this workspace. Stays the same when the source is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u32);

/// What will happen to a person: the review's five colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Imported with the password they have.
    Import,
    /// Imported; the password is checked by the hook at the first sign-in.
    Hook,
    /// Imported; sets a new password.
    Reset,
    /// Not imported: a finding blocks.
    Blocked,
    /// Not imported: the administrator, or a rule, left them out.
    LeftOut,
}

impl Disposition {
    /// All five, in the order screens show them.
    pub const ALL: [Self; 5] = [Self::Import, Self::Hook, Self::Reset, Self::Blocked, Self::LeftOut];

    /// The word used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Hook => "hook",
            Self::Reset => "reset",
            Self::Blocked => "blocked",
            Self::LeftOut => "left_out",
        }
    }

    /// The reverse of [`Disposition::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == word)
    }

    /// Whether such a person is imported.
    pub fn goes(self) -> bool {
        matches!(self, Self::Import | Self::Hook | Self::Reset)
    }

    /// What will happen to them under a policy, given what the best route would make of them.
    #[must_use]
    pub fn under(self, policy: RoutePolicy) -> Self {
        let best = match self {
            Self::Import => Route::Import,
            Self::Hook => Route::Hook,
            Self::Reset => Route::Reset,
            Self::Blocked | Self::LeftOut => return self,
        };
        Self::of(false, false, policy.apply(best))
    }

    /// Left out beats blocked, blocked beats the route.
    pub fn of(left_out: bool, blocked: bool, route: Route) -> Self {
        match (left_out, blocked, route) {
            (true, _, _) => Self::LeftOut,
            (false, true, _) => Self::Blocked,
            (false, false, Route::Import) => Self::Import,
            (false, false, Route::Hook) => Self::Hook,
            (false, false, Route::Reset) => Self::Reset,
        }
    }
}

/// Decides a person's route and findings again after an edit. The workspace does not know how: the caller does.
pub trait Reassess: Send + Sync {
    /// Assesses a candidate.
    fn reassess(&self, candidate: Candidate) -> Assessed;
}

impl<F: Fn(Candidate) -> Assessed + Send + Sync> Reassess for F {
    fn reassess(&self, candidate: Candidate) -> Assessed {
        self(candidate)
    }
}

/// Makes a value right. The workspace does not know how: the caller does.
pub trait Repair: Send + Sync {
    /// The right value in place of this one of an attribute; `None` where it is right, or only a person can tell.
    fn repair(&self, attribute: &str, text: &str) -> Option<String>;
}

impl<F: Fn(&str, &str) -> Option<String> + Send + Sync> Repair for F {
    fn repair(&self, attribute: &str, text: &str) -> Option<String> {
        self(attribute, text)
    }
}

/// What a new workspace begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// What to call it on screen, e.g. `Intranet to Okta`.
    pub name: String,
}

/// What a reading is of. Kept with it, and shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReadingInfo {
    /// The source in a few words, without a password: `PostgreSQL · example_db`.
    pub source: String,
    /// The source's columns that hold passwords and salts, to be covered where a source row is shown.
    pub covered: Vec<String>,
    /// The columns that people are told apart by, where they were chosen; empty where the source's own key serves, or the login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
}

/// One person as read, mapped and assessed.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// The person.
    pub assessed: Assessed,
    /// The row they came from.
    pub record: Record,
    /// Left out unless the administrator puts them back (disabled in the source).
    pub leave_out: bool,
}

/// How a reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReadingSummary {
    /// People read.
    pub people: u64,
    /// Not there at the last reading.
    pub added: u64,
    /// Another profile, password, groups or active flag than at the last reading.
    pub changed: u64,
    /// The same as at the last reading.
    pub unchanged: u64,
    /// There at the last reading and no longer.
    pub gone: u64,
}

/// A reading on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastReading {
    /// What it was of.
    pub info: ReadingInfo,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended. `None`: it runs, or the program ended in the middle; what it had read was thrown away.
    pub ended: Option<DateTime<Utc>>,
    /// Whether it came to its end and its people are those in the workspace.
    pub complete: bool,
    /// What it found.
    pub summary: ReadingSummary,
}

/// Who a bulk action is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// These.
    These(Vec<PersonId>),
    /// Everyone a filter shows.
    All(PeopleFilter),
}

/// What to do with an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Give it this value; `None` takes the attribute away.
    Set(Option<serde_json::Value>),
    /// The source's value again.
    Clear,
}

/// What an edit of many people would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditPreview {
    /// How many it is for.
    pub people: u64,
    /// How many of them were looked at: the first 500 at most. What follows is of these.
    pub looked_at: u64,
    /// How many have another value now.
    pub changing: u64,
    /// Some of them.
    pub examples: Vec<EditExample>,
    /// How many Okta would refuse then, and would not now.
    pub newly_blocked: u64,
    /// How many Okta would no longer refuse.
    pub unblocked: u64,
    /// How many of those who would change are in Okta: sent, or found there before. It has no part in an edit here.
    pub in_okta: u64,
    /// What would be found about the attribute: how grave, in words, for how many.
    pub findings: Vec<(Severity, String, u64)>,
}

/// One of those who would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditExample {
    /// The name, or the login where there is none.
    pub name: String,
    /// The value now; null: none.
    pub before: serde_json::Value,
    /// The value then.
    pub after: serde_json::Value,
}

/// A person as a table shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Who.
    pub id: PersonId,
    /// Their place in the source, from 1.
    pub row: u32,
    /// The name shown.
    pub name: String,
    /// The login.
    pub login: String,
    /// The best route for their password, whether or not they go.
    pub route: Route,
    /// What will happen to them.
    pub disposition: Disposition,
    /// The scheme's id.
    pub scheme: String,
    /// The scheme as shown, e.g. `bcrypt · 10`.
    pub scheme_label: String,
    /// The gravest finding: how grave, and its text.
    pub finding: Option<(Severity, String)>,
    /// How many findings there are.
    pub findings: u32,
    /// What Okta did, with its words.
    pub outcome: Outcome,
    /// By which route they were created, or are being sent. `None` for everyone else.
    pub sent: Option<Route>,
    /// Whether some attribute was edited.
    pub edited: bool,
    /// Whether they wait and were found in Okta already.
    pub there: bool,
    /// Their entry was changed in the file by something other than this program, in this way: they are neither sent nor let in.
    pub changed: Option<&'static str>,
    /// How they are there, if they wait and were found.
    pub there_as: Option<FoundThere>,
    /// Whether they are gone from the source.
    pub gone: bool,
}

impl PersonRow {
    /// The route they took, or would take now under this policy.
    pub fn way(&self, policy: RoutePolicy) -> Route {
        self.sent.unwrap_or_else(|| policy.apply(self.route))
    }
}

/// Everything about one person, the password and the source row excepted.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonDetail {
    /// What tables show.
    pub row: PersonRow,
    /// The source's key.
    pub key: String,
    /// The profile Okta will get: as mapped, with the edits.
    pub profile: Profile,
    /// The profile as mapped.
    pub original: Profile,
    /// The attributes edited by hand, by name.
    pub edited: Vec<String>,
    /// Whether the administrator chose that they set a new password, whatever is stored.
    pub must_reset: bool,
    /// Groups in the source's order.
    pub groups: Vec<String>,
    /// All findings, the gravest first.
    pub findings: Vec<Finding>,
    /// What the source says of the account being switched on.
    pub active: Option<bool>,
    /// The last sign-in, if a column says. `Some(None)`: never.
    pub last_sign_in: Option<Option<DateTime<Utc>>>,
    /// Whether a stored password is kept, sealed.
    pub has_password: bool,
    /// How often sending was tried.
    pub attempts: u32,
    /// When the outcome was recorded.
    pub recorded: Option<DateTime<Utc>>,
}

/// A source row, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    /// The columns' names.
    pub columns: Columns,
    /// The values, one a column.
    pub values: Vec<Value>,
    /// For each column whether it holds a password or salt, to be covered until asked for.
    pub covered: Vec<bool>,
}

/// What was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// What had been done, in words: `Leave out 12 people`.
    pub words: String,
    /// How many people it was for.
    pub people: u64,
}

/// An attribute, and of what types people's values in it are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedAttribute {
    /// Its name.
    pub name: String,
    /// How many people have it.
    pub people: u64,
    /// How many of them as true or false.
    pub booleans: u64,
    /// As a whole number of 32 bits.
    pub integers: u64,
    /// As a number, whole ones included.
    pub numbers: u64,
    /// As a list.
    pub lists: u64,
}
