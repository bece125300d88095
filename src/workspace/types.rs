//! What a workspace takes and gives.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{
    Assessed, Candidate, Columns, Finding, Outcome, OutcomeKind, Profile, Record, Route, RoutePolicy,
    Severity, StoredPassword, Value, counted,
};

/// A person in this workspace. Stays the same when the source is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u32);

/// One run of the import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

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

/// Which people a list shows. All given parts must hold; the default shows everyone present in the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PeopleFilter {
    /// In the name, login or e-mail, ignoring case and diacritics.
    pub search: String,
    /// What will happen to them.
    pub disposition: Option<Disposition>,
    /// The policy under which that is meant.
    pub policy: RoutePolicy,
    /// The id of the password scheme (`bcrypt`).
    pub scheme: Option<String>,
    /// Only those whose stored password has this short name: `bcrypt · 10`.
    pub scheme_label: Option<String>,
    /// A finding's code.
    pub finding: Option<String>,
    /// A group's name.
    pub group: Option<String>,
    /// Where they stand in the import; any of these. Empty: any at all.
    pub outcomes: Vec<OutcomeKind>,
    /// Present in the source, gone from it, or both.
    pub presence: Presence,
    /// Only those who wait and were found in Okta already.
    pub there: bool,
}

/// Whether people must be in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Found at the last reading.
    #[default]
    Present,
    /// Found before, but not at the last reading.
    Gone,
    /// Both.
    Any,
}

/// What a list is sorted by. Equal ones stand in the source's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The source's order.
    #[default]
    Row,
    /// The name shown, folded.
    Name,
    /// The login, folded.
    Login,
    /// The password scheme as shown.
    Scheme,
    /// Blocked or left out, and the route.
    Disposition,
    /// Where they stand in the import.
    Outcome,
    /// The gravest finding first.
    Findings,
    /// When the last run made something of them.
    Recorded,
}

/// What a list is sorted by, and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Greatest first.
    pub descending: bool,
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

/// How many people are what. Cheap to ask for however many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Everyone present in the source.
    pub total: u64,
    /// Those of `total` that come with their password.
    pub import: u64,
    /// Those of `total` that need the hook.
    pub hook: u64,
    /// Those of `total` that set a new password.
    pub reset: u64,
    /// Those of `total` that a finding blocks.
    pub blocked: u64,
    /// Those of `total` that are left out.
    pub left_out: u64,
    /// People gone from the source; not in `total`.
    pub gone: u64,
    /// Those of `gone` who are in Okta.
    pub gone_in_okta: u64,
    /// People in Okta of whom the source said something else at the last reading than when they were sent.
    pub changed_in_okta: u64,
    /// People by where they stand. `Waiting` counts only those who will go; the others count whoever they are of.
    pub outcomes: Vec<(OutcomeKind, u64)>,
    /// Of those created: by each route, as they were sent.
    pub created: Vec<(Route, u64)>,
    /// Password schemes, the most frequent first.
    pub schemes: Vec<SchemeCount>,
    /// Finding codes, the gravest first, then the most frequent.
    pub findings: Vec<FindingCount>,
    /// Groups, by name.
    pub groups: Vec<GroupCount>,
}

impl Counts {
    /// What became of people in the source since they were sent to Okta, and what to do about it, in sentences.
    pub fn since_sent_words(&self) -> Option<String> {
        let mut text = String::new();
        if self.changed_in_okta > 0 {
            let who = counted(self.changed_in_okta, "person in Okta has", "people in Okta have");
            text = format!("{who} changed in the source since they were sent. ");
        }
        if self.gone_in_okta > 0 {
            let who = counted(self.gone_in_okta, "person", "people");
            text = format!(
                "{text}{who} in Okta can no longer be found in the source, and their accounts stay. "
            );
        }
        (!text.is_empty())
            .then(|| format!("{text}Causeway doesn't bring such changes over yet: make them in Okta."))
    }

    /// How many will be imported, are being imported or were.
    pub fn ready(&self) -> u64 {
        self.import + self.hook + self.reset
    }

    /// How many stand here.
    pub fn outcome(&self, kind: OutcomeKind) -> u64 {
        self.outcomes.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n)
    }

    /// How many have this disposition.
    pub fn disposition(&self, disposition: Disposition) -> u64 {
        match disposition {
            Disposition::Import => self.import,
            Disposition::Hook => self.hook,
            Disposition::Reset => self.reset,
            Disposition::Blocked => self.blocked,
            Disposition::LeftOut => self.left_out,
        }
    }
}

impl Counts {
    /// How many have this disposition under a policy.
    pub fn disposition_under(&self, disposition: Disposition, policy: RoutePolicy) -> u64 {
        let same = Disposition::ALL.into_iter().filter(|best| best.under(policy) == disposition);
        same.map(|best| self.disposition(best)).sum()
    }

    /// How many were created by this route.
    pub fn created_by(&self, route: Route) -> u64 {
        self.created.iter().filter(|(sent, _)| *sent == route).map(|(_, n)| *n).sum()
    }
}

/// How many people have passwords of one scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemeCount {
    /// The scheme's id.
    pub scheme: String,
    /// As shown.
    pub label: String,
    /// The best route of each of them, and how many.
    pub routes: Vec<(Route, u64)>,
    /// People present.
    pub people: u64,
}

/// How many people have one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCount {
    /// The code.
    pub code: String,
    /// How grave.
    pub severity: Severity,
    /// People present.
    pub people: u64,
}

/// A reason why people can't be sent, are left out, or are worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCount {
    /// The finding's code.
    pub code: String,
    /// The attribute it is about.
    pub attribute: Option<String>,
    /// How many it is about.
    pub people: u64,
    /// Its words, of one of them.
    pub text: String,
    /// Whether they are the same for all of them.
    pub always: bool,
}

/// How many people are in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCount {
    /// The group's name.
    pub name: String,
    /// People present.
    pub people: u64,
}

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

/// How far the search index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SearchIndex {
    /// People in it.
    pub done: u64,
    /// People to be in it.
    pub total: u64,
    /// Whether it is complete and used.
    pub ready: bool,
    pub(crate) stop: bool,
}
