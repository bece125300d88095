//! What a run into Okta takes and leaves: who is ready, what was looked up beforehand, what was made.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{GroupCount, PersonId};
use crate::model::{Profile, Route, StoredPassword};

/// One run of the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// Someone to send, with everything needed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// Who.
    pub id: PersonId,
    /// The source's key.
    pub key: String,
    /// Their place in the source.
    pub row: u32,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// When this try was put on record.
    pub claimed: DateTime<Utc>,
    /// The run that claimed them.
    pub run: Option<RunId>,
    /// The profile with the edits.
    pub profile: Profile,
    /// Groups in the source's order.
    pub groups: Vec<String>,
    /// The best route for their password.
    pub route: Route,
    /// The route of the try on record.
    pub sent: Option<Route>,
    /// The scheme's id.
    pub scheme: String,
    /// The stored password, opened.
    pub stored: Option<StoredPassword>,
    /// Okta's id from an earlier try.
    pub okta_id: Option<String>,
    /// What Okta's log keeps of our creates of this person: the same for every try until it is known what became of them.
    pub mark: Option<String>,
    /// What Okta's clock showed before the first try whose end is not known.
    pub tried: Option<DateTime<Utc>>,
    /// An earlier try than this may have gone through.
    pub in_doubt: bool,
    /// Found in Okta by their login when it was looked at before the run.
    pub known_there: bool,
    /// An update of their account by an earlier try may have gone through.
    pub updating: bool,
}

/// Who may be claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everyone who goes and waits.
    Everyone,
    /// Only these, as far as they go and wait: a pilot.
    Only(Vec<PersonId>),
}

/// Whom a run would send, by what happens to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextRun {
    /// Created with the password they have.
    pub import: u64,
    /// Created, the password checked by the hook.
    pub hook: u64,
    /// Created, to set a new password.
    pub reset: u64,
    /// Found in Okta before: not created again.
    pub there: u64,
    /// The groups they are put into, the largest first: at most 50 of them.
    pub groups: Vec<GroupCount>,
    /// How many groups that are in all.
    pub all_groups: u64,
}

impl NextRun {
    /// How many people in all.
    pub fn people(&self) -> u64 {
        self.import + self.hook + self.reset + self.there
    }
}

/// What a run begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// The org's URL.
    pub org: String,
    /// The group everyone created is put in.
    pub label_group: Option<String>,
    /// The choices of step 4, as they were.
    pub choices: serde_json::Value,
}

/// A run on record.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When it ended. `None`: it runs, or the program ended in the middle.
    pub ended: Option<DateTime<Utc>>,
    /// How it ended, in a word of the caller's (`done`, `stopped`).
    pub how: Option<String>,
    /// What it began with.
    pub begun_with: NewRun,
}

/// A group in Okta that this migration uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OktaGroup {
    /// Its name.
    pub name: String,
    /// Okta's id. `None`: a create was about to be sent when this was written; ask Okta before sending another.
    pub okta_id: Option<String>,
    /// Whether this migration created it.
    pub created: bool,
}

/// Ten seconds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacePoint {
    /// When the ten seconds began.
    pub at: DateTime<Utc>,
    /// People done, in whichever way.
    pub done: u32,
    /// Those of them that failed.
    pub failed: u32,
    /// Answers of `429 Too Many Requests`.
    pub throttled: u32,
}

/// How somebody who waits is in Okta already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundThere {
    /// Okta's status.
    pub status: String,
    /// Okta's id.
    pub okta_id: String,
}

/// What another account in Okta has of a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhatIsTaken {
    /// A login that differs only in accents: to Okta it is the same.
    Login,
    /// The e-mail address.
    Email,
}

/// Someone who waits, and of whom another account in Okta has something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenThere {
    /// Who.
    pub person: PersonId,
    /// What.
    pub what: WhatIsTaken,
    /// Okta's id of the other account.
    pub okta_id: String,
    /// Its login.
    pub login: String,
}

/// Someone who waits and was found in Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// Who.
    pub person: PersonId,
    /// Okta's id.
    pub okta_id: String,
    /// Okta's status.
    pub status: String,
}
