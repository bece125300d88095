//! What is to be done with a person. Pure: the one place that decides.
//!
//! ```text
//! (what is wanted, what the org has, what we did before, the choices) ──decide──▶ Decision: operations, or why there are none
//! ```
//!
//! The check without sending counts what is decided here, and the import carries it out: they can't come to differ. What only Okta
//! can say (a refusal, a limit) is not decided here.

mod choices;
mod compare;
mod operation;
mod person;

pub use choices::{Choices, Existing, MOST_PILOT};
pub use compare::{differing, same_values};
pub use operation::{Change, Operation, Sent, set_by};
pub use person::{Account, Before, Conflict, Decision, Left, Rules, Standing, Wanted, decide, looks_first};

#[cfg(test)]
mod tests;
