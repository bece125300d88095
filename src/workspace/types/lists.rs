//! What a list of people is asked for, and what is counted of them.

use serde::{Deserialize, Serialize};

use super::Disposition;
use crate::model::{OutcomeKind, Route, RoutePolicy, Severity, counted};

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
