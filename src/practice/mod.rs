//! A pretend Okta org, and a sample company to move into it. Written from Okta's documented behaviour; uses no other room.
//!
//! [`PracticeOrg::start`] opens an org on a loopback port. It answers as Okta does: users, groups, memberships, inline
//! hooks, schema, log and sign-in, with Okta's checks, error bodies, paging, rate limits and headers. At a sign-in it
//! checks the imported hash by Okta's published rules with code of its own, so a wrong conversion shows as a person who
//! cannot sign in.
//!
//! A request's way: [`server`] (faults, token, limits, latency) → [`api`] (one file a family of paths) → [`org`] (the
//! state, behind one short lock). What Okta leaves undocumented is answered in the most likely way, and said so where it
//! is written.

mod api;
mod clock;
mod config;
mod credential;
mod dice;
mod error;
mod events;
mod faults;
mod group;
mod handle;
mod hook_call;
mod ids;
mod journal;
mod keep;
mod limits;
mod org;
mod person;
mod refusal;
pub mod sample;
mod schema;
mod scim;
mod secret;
mod server;
mod shared;
mod signin;
mod text;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Config, Latency, Limits};
pub use error::PracticeError;
pub use faults::{Chance, Faults};
pub use handle::{GroupView, HookView, PeoplePage, PersonView, PracticeOrg};
pub use journal::{Change, ChangeKind};
pub use person::{Provider, Status};
pub use shared::Counters;
pub use signin::SignIn;
