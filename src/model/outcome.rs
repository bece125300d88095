//! What Okta did with a person.

use serde::{Deserialize, Serialize};

/// Where a person stands in the import. The workspace keeps one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Nothing was sent yet.
    Waiting,
    /// The intent is on disk and a request may be on its way. After a crash: ask Okta before anything else.
    Sending,
    /// Created by this migration.
    Created,
    /// There before this migration, left as they were.
    AlreadyThere,
    /// There before this migration, profile updated.
    Updated,
    /// Okta refused, in its own words.
    Failed,
    /// Created by this migration and taken out again.
    RolledBack,
}

impl OutcomeKind {
    /// All kinds, in the order of a person's life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Sending,
        Self::Created,
        Self::AlreadyThere,
        Self::Updated,
        Self::Failed,
        Self::RolledBack,
    ];

    /// The word used in files, tables and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Created => "created",
            Self::AlreadyThere => "already_there",
            Self::Updated => "updated",
            Self::Failed => "failed",
            Self::RolledBack => "rolled_back",
        }
    }

    /// The reverse of [`OutcomeKind::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What Okta did with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Where the person stands.
    pub kind: OutcomeKind,
    /// Okta's id of the person, if there is one.
    pub okta_id: Option<String>,
    /// The status Okta reported (`ACTIVE`, `STAGED`, …).
    pub okta_status: Option<String>,
    /// Okta's own error code (`E0000001`), for a failure.
    pub code: Option<String>,
    /// Okta's own words (summary and causes), or what went wrong on the way to Okta. Holds no secret.
    pub message: Option<String>,
    /// What to do about it, in our words.
    pub suggestion: Option<String>,
    /// The login of the account, as Okta answered; only on the way to the record, where it is not known otherwise.
    #[serde(default, skip_serializing)]
    pub login: Option<String>,
}

impl Outcome {
    /// An outcome of this kind with nothing else known yet.
    pub fn of(kind: OutcomeKind) -> Self {
        Self {
            kind,
            okta_id: None,
            okta_status: None,
            code: None,
            message: None,
            suggestion: None,
            login: None,
        }
    }
}
