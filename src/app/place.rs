//! Where the person looked last, so that a migration opens where it was left. Nothing else is kept of the window: what is
//! done and what comes next is worked out from what the workspace knows.

use serde::{Deserialize, Serialize};

use super::steps::StepId;
use crate::workspace::{PeopleFilter, PersonId, Sort};

/// The workspace's document with it.
pub(crate) const PLACE: &str = "window.place";

/// Where the person looked last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The page.
    pub step: Option<StepId>,
    /// What Review showed.
    pub review: Looked,
}

/// What a list of people showed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Looked {
    /// Who was shown.
    pub filter: PeopleFilter,
    /// In which order.
    pub sort: Sort,
    /// The one who was selected.
    pub person: Option<PersonId>,
    /// The first row in view.
    pub top: usize,
}
