//! The administrator's choices of how people arrive.

use serde::{Deserialize, Serialize};

use crate::model::RoutePolicy;

/// What to do with people who are in Okta already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Existing {
    /// Leave them as they are.
    #[default]
    Leave,
    /// Update the attributes that differ. Their password, status and groups stay.
    Update,
}

/// The choices of step 4: how people arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// The route, over each person's own best one.
    pub policy: RoutePolicy,
    /// People who are in Okta already.
    pub existing: Existing,
    /// Whether people with a password (or the hook) become `ACTIVE` at once. Those who must set a new one are always left
    /// `STAGED`, since activating them would mail everyone at once (okta-api.md 2.2).
    pub activate: bool,
    /// At most so many people, chosen to cover every route, scheme and group; `None` for everyone.
    pub pilot: Option<u32>,
    /// The group everyone created is put into, for roll-back and watching; `None` for none.
    pub label_group: Option<String>,
    /// How much of Okta's allowance to use, in percent, 1–100.
    pub share: u8,
}

/// The largest pilot that makes sense: beyond it, it is a migration.
pub const MOST_PILOT: u32 = 1000;

impl Default for Choices {
    fn default() -> Self {
        Self {
            policy: RoutePolicy::Best,
            existing: Existing::Leave,
            activate: true,
            pilot: None,
            label_group: None,
            share: 80,
        }
    }
}
