//! What changed in the org, told to whoever keeps it: the org itself writes no file.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;
use zeroize::Zeroizing;

/// What kind of entity changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The org itself: its token, its marks in ids, its schema. One entity, id `org`.
    Org,
    /// A person, with credentials and memberships.
    Person,
    /// A group.
    Group,
    /// An inline hook, with its secret.
    Hook,
    /// A log event that a migration depends on: `user.import.password`.
    Event,
}

impl ChangeKind {
    /// The kind's name, for a table that keeps changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::Person => "person",
            Self::Group => "group",
            Self::Hook => "hook",
            Self::Event => "event",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Org, Self::Person, Self::Group, Self::Hook, Self::Event]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One entity as it now is, or that it is gone. The latest change of an entity replaces all earlier ones.
///
/// Drop it when it is kept, not before: [`super::PracticeOrg::stop`] waits for that, and so do the org's answers when
/// [`super::Config::answer_when_kept`] is set.
pub struct Change {
    /// What kind of entity.
    pub kind: ChangeKind,
    /// Its id, unique within the kind.
    pub id: String,
    /// Its whole content as JSON, password hashes and secrets included: seal it before it goes to disk.
    /// `None` when the entity was deleted.
    pub body: Option<Zeroizing<Vec<u8>>>,
    #[expect(dead_code, reason = "what counts is when it is dropped")]
    told: Option<Arc<Told>>,
}

impl Change {
    /// A change as it was kept.
    pub fn new(kind: ChangeKind, id: String, body: Option<Zeroizing<Vec<u8>>>) -> Self {
        Self { kind, id, body, told: None }
    }

    /// A change whose end (it is dropped) counts for `told`.
    pub(crate) fn telling(self, told: &Arc<Told>) -> Self {
        Self { told: Some(Arc::clone(told)), ..self }
    }
}

/// Held by the changes of one batch. When the last of them is dropped, whoever keeps them has kept them.
pub(crate) struct Told {
    kept: Arc<watch::Sender<u64>>,
    up_to: u64,
}

impl Told {
    pub(crate) fn new(kept: Arc<watch::Sender<u64>>, up_to: u64) -> Self {
        Self { kept, up_to }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.kept.send_if_modified(|kept| {
            let more = *kept < self.up_to;
            *kept = (*kept).max(self.up_to);
            more
        });
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("body", &self.body.as_ref().map(|body| body.len()))
            .finish_non_exhaustive()
    }
}
