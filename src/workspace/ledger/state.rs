//! Numbers for the words of operations, and what follows from them. Never renumbered: files outlive programs.
//!
//! Kept free for what is to come: 4 to 8 for leaving a group, activating, deactivating and deleting an account.

use crate::model::OutcomeKind;
use crate::workspace::error::{Result, WorkspaceError};
use crate::workspace::types::{OperationKind, OperationState};

pub(crate) fn kind(kind: OperationKind) -> i64 {
    match kind {
        OperationKind::Create => 0,
        OperationKind::SetAttributes => 1,
        OperationKind::Join => 2,
        OperationKind::Reset => 3,
        OperationKind::MakeGroup => 20,
        OperationKind::AddAttribute => 21,
        OperationKind::RegisterHook => 22,
        OperationKind::ChangeHook => 23,
        OperationKind::ActivateHook => 24,
        OperationKind::DeactivateHook => 25,
        OperationKind::DeleteHook => 26,
    }
}

pub(crate) fn to_kind(number: i64) -> Result<OperationKind> {
    let found = OperationKind::ALL.into_iter().find(|known| kind(*known) == number);
    found.ok_or_else(|| bad("operation", number))
}

pub(crate) fn state(state: OperationState) -> i64 {
    match state {
        OperationState::Intended => 0,
        OperationState::Done => 1,
        OperationState::Failed => 2,
        OperationState::Undone => 3,
        OperationState::There => 4,
        OperationState::Released => 5,
        OperationState::Unknown => 6,
    }
}

pub(crate) fn to_state(number: i64) -> Result<OperationState> {
    let found = OperationState::ALL.into_iter().find(|known| state(*known) == number);
    found.ok_or_else(|| bad("state of an operation", number))
}

fn bad(what: &str, number: i64) -> WorkspaceError {
    WorkspaceError::damaged("a value is not one this program writes", format!("{what} {number}"))
}

/// How far the create of someone came whose outcome is this. `None`: nobody was sent.
pub(crate) fn of_outcome(outcome: OutcomeKind) -> Option<OperationState> {
    Some(match outcome {
        OutcomeKind::Waiting => return None,
        OutcomeKind::Sending => OperationState::Intended,
        OutcomeKind::Created => OperationState::Done,
        OutcomeKind::AlreadyThere | OutcomeKind::Updated => OperationState::There,
        OutcomeKind::Failed => OperationState::Failed,
        OutcomeKind::RolledBack => OperationState::Undone,
    })
}

/// What a person's outcome is by their operations, in order. Of all their creates at most one is not released: that one says it. An
/// update may be of an earlier try than the one that found it done.
pub fn outcome_of(operations: impl IntoIterator<Item = (OperationKind, OperationState)>) -> OutcomeKind {
    let (mut outcome, mut updated) = (OutcomeKind::Waiting, false);
    for (kind, state) in operations {
        match (kind, state) {
            (OperationKind::Create, OperationState::Intended | OperationState::Unknown) => {
                outcome = OutcomeKind::Sending;
            }
            (OperationKind::Create, OperationState::Done) => outcome = OutcomeKind::Created,
            (OperationKind::Create, OperationState::Failed) => outcome = OutcomeKind::Failed,
            (OperationKind::Create, OperationState::Undone) => outcome = OutcomeKind::RolledBack,
            (OperationKind::Create, OperationState::There) => outcome = OutcomeKind::AlreadyThere,
            (OperationKind::Create, OperationState::Released) => outcome = OutcomeKind::Waiting,
            (OperationKind::SetAttributes, OperationState::Done) => updated = true,
            _ => {}
        }
    }
    if outcome == OutcomeKind::AlreadyThere && updated { OutcomeKind::Updated } else { outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back_and_nothing_else_does() {
        for known in OperationKind::ALL {
            assert_eq!(to_kind(kind(known)).unwrap(), known);
        }
        for known in OperationState::ALL {
            assert_eq!(to_state(state(known)).unwrap(), known);
        }
        assert!(to_kind(9).is_err() && to_state(7).is_err() && to_state(-1).is_err());
    }

    #[test]
    fn an_outcome_is_what_the_operations_say() {
        for outcome in OutcomeKind::ALL {
            let mut operations: Vec<_> =
                of_outcome(outcome).map(|state| (OperationKind::Create, state)).into_iter().collect();
            if outcome == OutcomeKind::Updated {
                operations.push((OperationKind::SetAttributes, OperationState::Done));
            }
            assert_eq!(outcome_of(operations), outcome);
        }
        let create = |state| (OperationKind::Create, state);
        let set = |state| (OperationKind::SetAttributes, state);
        // Tried again after a failure; joined and reset besides.
        let tried = [
            create(OperationState::Released),
            create(OperationState::Done),
            (OperationKind::Join, OperationState::Failed),
            (OperationKind::Reset, OperationState::Done),
        ];
        assert_eq!(outcome_of(tried), OutcomeKind::Created);
        // An update whose end is not known says nothing.
        assert_eq!(
            outcome_of([create(OperationState::There), set(OperationState::Unknown)]),
            OutcomeKind::AlreadyThere
        );
        assert_eq!(
            outcome_of([create(OperationState::Failed), set(OperationState::Done)]),
            OutcomeKind::Failed
        );
    }
}
