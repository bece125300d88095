//! The ledger: every operation at Okta, from the moment it is intended until it is done, and perhaps taken back.
//!
//! A person's operations are bound by the tag of what was sent of them (`bond/`): a row that was bent, moved or added makes that
//! person's record one that is not theirs. What was done with the org is bound a row at a time.
//!
//! What a person's outcome is follows from their rows alone ([`outcome_of`]); `people.outcome` and `memory.outcome` keep it at hand for
//! lists, and never say anything else.

mod org;
mod read;
mod state;
mod upgrade;
mod write;

pub(crate) use org::{end_group, intend_group, made_groups};
pub use state::outcome_of;
pub(crate) use upgrade::{drop_former, take_over};
pub(crate) use write::{begin_anew, end, fail, intend, intend_update, let_go, number_groups, record_reset};
