//! Everyone a filter shows, a portion at a time: for exports and reports of any size.

use super::error::Result;
use super::open::Workspace;
use super::types::{PeopleFilter, PersonDetail, PersonId, Sort};

/// Portions of people in order. Holds four bytes a person and one portion.
pub struct Walk {
    workspace: Workspace,
    ids: Vec<PersonId>,
    at: usize,
}

impl Workspace {
    /// Begins to walk through everyone a filter shows.
    pub async fn walk(&self, filter: &PeopleFilter, sort: Sort) -> Result<Walk> {
        Ok(Walk { workspace: self.clone(), ids: self.order(filter, sort).await?, at: 0 })
    }
}

impl Walk {
    /// People a portion.
    const PORTION: usize = 500;

    /// How many people in all.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How many were given already.
    pub fn done(&self) -> usize {
        self.at
    }

    /// The next portion; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<PersonDetail>>> {
        let end = (self.at + Self::PORTION).min(self.ids.len());
        if self.at == end {
            return Ok(None);
        }
        let portion = self.workspace.persons(&self.ids[self.at..end]).await?;
        self.at = end;
        Ok(Some(portion))
    }
}
