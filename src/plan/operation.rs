//! One change in Okta, and what takes it back.

use serde::{Deserialize, Serialize};

use serde_json::Value;

use crate::model::Profile;

/// One attribute that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Okta's name of it.
    pub attribute: String,
    /// The value before; none where it had none.
    pub from: Option<Value>,
    /// The value after; none takes it away (Okta's partial update clears what is `null`, okta-api.md 4).
    pub to: Option<Value>,
}

/// The values that changes set, as they are sent. What takes a value away is not in it.
pub fn set_by(changes: &[Change]) -> Profile {
    let mut profile = Profile::default();
    for change in changes {
        if let Some(value) = &change.to {
            profile.set(&change.attribute, value.clone());
        }
    }
    profile
}

/// With what a created person arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sent {
    /// The stored password, as a hash or as it is: they sign in with it.
    Password,
    /// Word that the password hook checks the first sign-in.
    Hook,
    /// Nothing: they set a new password.
    Nothing,
}

/// One change of one person in Okta. Groups go by their names: whoever carries the change out knows the ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Operation {
    /// Makes the account, in these groups.
    Create {
        /// Whether it becomes `ACTIVE` at once, or stays `STAGED`.
        activate: bool,
        /// With what.
        sent: Sent,
        /// The groups it is made in: as many as one call takes.
        groups: Vec<String>,
    },
    /// Sets these attributes; the others stay.
    SetAttributes {
        /// Each with its value before and after.
        changes: Vec<Change>,
    },
    /// Puts the account into a group.
    Join {
        /// The group.
        group: String,
    },
    /// Takes it out of a group.
    Leave {
        /// The group.
        group: String,
    },
    /// `STAGED` or `DEPROVISIONED` to `ACTIVE`.
    Activate,
    /// To `DEPROVISIONED`: signed out everywhere, and kept out.
    Deactivate,
    /// Deletes an account that is deactivated.
    Delete,
}

impl Operation {
    /// What takes this change back, in order. Empty for what can't be: a deleted account is gone with its id.
    pub fn inverse(&self) -> Vec<Self> {
        match self {
            Self::Create { .. } => vec![Self::Deactivate, Self::Delete],
            Self::SetAttributes { changes } => {
                let back = changes.iter().cloned();
                let back = back.map(|change| Change { from: change.to, to: change.from, ..change });
                vec![Self::SetAttributes { changes: back.collect() }]
            }
            Self::Join { group } => vec![Self::Leave { group: group.clone() }],
            Self::Leave { group } => vec![Self::Join { group: group.clone() }],
            Self::Activate => vec![Self::Deactivate],
            Self::Deactivate => vec![Self::Activate],
            Self::Delete => Vec::new(),
        }
    }
}
