//! The password hook as the org knows it: whose hook is registered, registering ours, proving that it works, and who has moved.
//! The server itself is the room [`crate::hook`](crate).
//!
//! - [`stand`]: what the org's hooks mean for us. Pure.
//! - [`look`], [`register()`], [`set_active`], [`remove`]: the calls, with what must be remembered on disk around them.
//! - [`service`]: the files that run the server without the window.
//! - [`sync`]: reads Okta's log for people whose password arrived.
//! - [`reach()`], [`stranger`], [`call`], [`execute`]: the test console.

mod address;
mod console;
mod moved;
mod payload;
mod reach;
mod register;
pub mod service;
mod standing;

pub use address::{AddressProblem, public_uri};
pub use console::{Exchange, Said, call, execute, stranger};
pub use moved::{MovedSummary, sync};
pub use payload::{Payload, payload, shown};
pub use reach::{HookCheck, Sign, reach};
pub use register::{look, register, remove, set_active};
pub use standing::{HookNotes, Ours, Standing, Wanted, hook_name, secret_mark, stand};
