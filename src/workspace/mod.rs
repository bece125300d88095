//! The migration's memory: one SQLite file (`*.causeway`). All SQL about our own data is here.
//!
//! [`Workspace`] is a cheap handle: clone it, use it from any task. One connection writes, a few read; every change is one
//! transaction, on disk when the call returns. What a question costs does not grow with the number of people, save where
//! told ([`Workspace::order`]).
//!
//! - Reading: [`Workspace::begin_reading`] gives a [`Reading`]; nothing of it is visible until [`Reading::finish`], and a
//!   reading that ends any other way leaves the former one as it was. Edits, leave-outs and outcomes belong to a person's
//!   key and outlive readings.
//! - Review: [`Workspace::counts`], [`Workspace::head`], [`Workspace::order`], [`Workspace::rows`], [`Workspace::person`].
//! - Edits: [`Workspace::set_attribute`], [`Workspace::repair`], [`Workspace::leave_out`], [`Workspace::put_back`],
//!   [`Workspace::must_reset`], [`Workspace::undo`].
//! - Password hook: [`Workspace::hook_find`], [`Workspace::record_hook_calls`]; [`Workspace::open_beside`] opens a workspace
//!   for it while a window holds it.
//! - Import: [`Workspace::claim`] puts the intent on disk before anything is sent, [`Workspace::record_with`] the outcome after.
//! - Ledger: [`Workspace::operations`] and [`Workspace::org_operations`] say what was done at Okta, and what was there before.
//!
//! What decides about a person is bound to them by a keyed tag (`bond/`, which says what is and what is not): whoever can write
//! the file without its key can't give one person's password to another.
//!
//! Stored passwords and source rows are sealed (`seal.rs`); the key is in a keychain or a key file, never here. Tokens and
//! database passwords are never in the file at all.

mod audit;
mod bond;
mod change;
mod codec;
mod docs;
mod edit;
mod error;
mod filter;
mod glance;
mod guessed;
mod guest;
mod held;
mod hook;
mod identity;
mod import;
mod keys;
mod ledger;
mod lists;
mod lock;
mod loose;
mod next_run;
mod numbers;
mod open;
mod people;
mod preview;
mod reading;
mod reasons;
mod reassess;
mod repair;
mod resets;
mod runs;
mod schema;
mod seal;
mod search;
mod shared;
mod steps;
mod store;
mod there;
mod twins;
mod types;
mod undo;
mod walk;

#[cfg(test)]
mod tests;

pub use audit::Audit;
pub use bond::CHANGED_OUTSIDE;
pub use error::WorkspaceError;
pub use glance::Glance;
pub use guessed::Guessed;
pub use held::{IDENTITY_NEW, IDENTITY_UNSURE};
pub use hook::{HookHour, HookPerson, HookTotals};
pub use keys::Keys;
pub use ledger::outcome_of;
pub use open::Workspace;
pub use reading::{Prepared, Preparer, Reading};
pub use reasons::LEFT_OUT_BY_HAND;
pub use resets::{Reset, Straggler};
pub use twins::{EMAIL_DUPLICATE, EMAIL_IN_OKTA, KEY_DUPLICATE, LOGIN_DUPLICATE, LOGIN_IN_OKTA};
pub use types::{
    Arrived, Before, CarriedAttribute, Counts, Did, Disposition, Edit, EditExample, EditPreview,
    FindingCount, FoundThere, GivenGroup, GroupCount, Joined, NewRun, NewWorkspace, NextRun, OktaGroup,
    Operation, OperationKind, OperationState, OrgIntent, OrgOperation, PacePoint, PastReading, PeopleFilter,
    PersonDetail, PersonId, PersonRow, Presence, ReadingInfo, ReadingSummary, Ready, ReasonCount, Reassess,
    Recorded, Repair, Run, RunId, SchemeCount, Scope, SearchIndex, Sort, SortKey, SourceRow, TakenThere,
    There, Undone, WhatIsTaken, Who,
};
pub use walk::Walk;
