//! What a person can ask for in Review.

use crate::migration::review::Change;
use crate::workspace::{PeopleFilter, PersonId, Sort, Who};

/// What a person can ask for here.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewAsk {
    /// Show these people.
    Show(PeopleFilter),
    /// Show everyone, with this person selected.
    Reveal(PersonId),
    /// Sort them so.
    Sort(Sort),
    /// Select by place in the list.
    Select(usize, Select),
    /// Select nobody.
    Unselect,
    /// Something about the person in the panel.
    Inspect(InspectAsk),
    /// Something about the dialog that tries a known password.
    Trial(TrialAsk),
    /// Change people.
    Change(Change),
    /// Change several attributes of one person: name and new value.
    Save(PersonId, Vec<(String, String)>),
    /// Open the dialog that changes one attribute of these, so many people.
    Bulk(Who, u64),
    /// Close it.
    DropBulk,
    /// Open the dialog that repairs the values of these, so many people, for a finding.
    Repair(Who, u64, String),
    /// Close it.
    DropRepair,
    /// Write the people shown to a file of the person's choice.
    Export,
    /// In a narrow window: show what can be done for everyone shown, or no longer.
    ForAll(bool),
}

/// How a row is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Select {
    /// Alone.
    Only,
    /// Too, or no longer.
    Toggle,
    /// With everyone from where the range began.
    Extend,
    /// Not at all: the keyboard goes there.
    Move,
    /// Everyone shown; nobody, when everyone is.
    All,
}

/// What can be asked of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InspectAsk {
    /// Show this tab.
    Tab(Tab),
    /// Show what is covered on this tab.
    Uncover,
    /// Cover it again.
    Cover,
    /// Begin to edit the profile.
    Edit,
    /// Stop editing, keep nothing.
    Leave,
}

/// What the panel shows of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// The Okta profile.
    #[default]
    Profile,
    /// The exact request.
    Request,
    /// The row they came from.
    Source,
}

/// What can be asked of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialAsk {
    /// Open it for the person in the panel.
    Open,
    /// Try what was typed.
    Try,
    /// Stop the search.
    Stop,
    /// Type another password.
    Again,
    /// State the way that was found, for everybody.
    State,
    /// Close it; what was typed is wiped.
    Close,
    /// State again what was stated before.
    TakeBack,
}
