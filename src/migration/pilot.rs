//! Who goes first: a few people who together show every route, scheme and group.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{MigrationError, docs};
use crate::model::{OutcomeKind, Route, RoutePolicy};
use crate::workspace::{PeopleFilter, PersonDetail, PersonId, Sort, Workspace};

/// At most so many people are looked at: the first hundred thousand show what there is.
const LOOK_AT: usize = 100_000;

/// A pilot that was begun, as the workspace keeps it until it has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Begun {
    size: u32,
    policy: RoutePolicy,
    people: Vec<PersonId>,
}

/// What earlier versions kept: who they are, and not what they were picked for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Begun(Begun),
    People(#[expect(dead_code, reason = "picked for choices nobody knows")] Vec<PersonId>),
}

/// Who the pilot is: of one that was begun by the same choices and not ended, the same people; else as [`pick`] picks them.
pub async fn who(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    match workspace.doc(docs::PILOT).await? {
        Some(Kept::Begun(begun)) if (begun.size, begun.policy) == (size, policy) => Ok(begun.people),
        _ => pick(workspace, policy, size).await,
    }
}

/// The same, kept until [`docs::PILOT`] is removed: cut short, the pilot goes on with the same people.
pub(super) async fn begin(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    let people = who(workspace, policy, size).await?;
    workspace.put_doc(docs::PILOT, &Begun { size, policy, people: people.clone() }).await?;
    Ok(people)
}

/// Picks a pilot of at most `size` people who still wait. Routes and schemes come first, then groups, then the rest in the
/// source's order.
pub async fn pick(
    workspace: &Workspace,
    policy: RoutePolicy,
    size: u32,
) -> Result<Vec<PersonId>, MigrationError> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let filter = PeopleFilter { outcomes: vec![OutcomeKind::Waiting], ..PeopleFilter::default() };
    let mut walk = workspace.walk(&filter, Sort::default()).await?;
    let mut picker = Picker::new(size);
    while let Some(people) = walk.next().await? {
        for person in people.iter().filter(|p| p.row.disposition.goes()) {
            picker.look(person, policy);
        }
        if walk.done() >= LOOK_AT {
            break;
        }
    }
    Ok(picker.done())
}

/// Three queues, each in the source's order.
#[derive(Default)]
struct Picker {
    size: usize,
    kinds: HashSet<(Route, String)>,
    groups: HashSet<String>,
    by_kind: Vec<PersonId>,
    by_group: Vec<PersonId>,
    rest: Vec<PersonId>,
}

impl Picker {
    fn new(size: usize) -> Self {
        Self { size, ..Self::default() }
    }

    fn look(&mut self, person: &PersonDetail, policy: RoutePolicy) {
        let kind = (policy.apply(person.row.route), person.row.scheme.clone());
        let new_kind = self.kinds.insert(kind);
        let mut new_group = false;
        for group in &person.groups {
            new_group |= self.groups.insert(group.to_lowercase());
        }
        let queue = if new_kind {
            &mut self.by_kind
        } else if new_group {
            &mut self.by_group
        } else {
            &mut self.rest
        };
        if queue.len() < self.size {
            queue.push(person.row.id);
        }
    }

    fn done(self) -> Vec<PersonId> {
        let mut picked: Vec<PersonId> =
            self.by_kind.into_iter().chain(self.by_group).chain(self.rest).take(self.size).collect();
        picked.sort();
        picked
    }
}
