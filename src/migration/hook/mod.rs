//! The password hook as the org knows it: whose hook is registered, registering ours, proving that it works, and who has moved.
//! The server itself is the room [`crate::hook`](crate); [`serve`] runs it, with the secret and settings that are [`kept`].
//!
//! - [`stand`]: what the org's hooks mean for us. Pure.
//! - [`look`], [`register()`], [`set_active`], [`remove`]: the calls, with what must be remembered on disk around them.
//! - [`service`]: the files that run the server without the window.
//! - [`sync`]: reads Okta's log for people whose password arrived.
//! - [`reach()`], [`stranger`], [`call`], [`execute`]: the test console; [`check`] and [`attempt`] put them together.
//! - [`follow`]: what was answered, as it happens.

mod act;
mod address;
mod console;
mod feed;
mod moved;
mod payload;
mod reach;
mod register;
mod run;
mod secret;
pub mod service;
mod settings;
mod standing;
mod try_it;

pub use act::{OrgAct, act, header, wanted, who_moved};
pub use address::{AddressProblem, public_uri};
pub use console::{Exchange, Said, call, execute, stranger};
pub use feed::{Feed, Followed, follow};
pub use moved::{MovedSummary, sync};
pub use payload::{Payload, payload, shown};
pub use reach::{HookCheck, Sign, reach};
pub use register::{look, register, remove, set_active};
pub use run::{ServerJob, ServerView, serve};
pub use secret::{Kept, kept, replace_secret};
pub use settings::{HookSettings, Tls, keep_settings};
pub use standing::{HookNotes, Ours, Standing, Wanted, hook_name, secret_mark, stand};
pub use try_it::{TryBy, attempt, check};
