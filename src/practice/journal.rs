//! What changed in the org, told to whoever keeps it: the org itself writes no file.

use std::fmt;

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
pub struct Change {
    /// What kind of entity.
    pub kind: ChangeKind,
    /// Its id, unique within the kind.
    pub id: String,
    /// Its whole content as JSON, password hashes and secrets included: seal it before it goes to disk.
    /// `None` when the entity was deleted.
    pub body: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .field("body", &self.body.as_ref().map(|body| body.len()))
            .finish()
    }
}
