//! The Okta API: requests, answers, errors, pace. Knows nothing of sources or screens.
//!
//! - [`OrgUrl`]: the org's address, from whatever people paste.
//! - [`Client`]: typed calls; every one waits its turn at the [`Pace`] and comes back as a [`Reply`] or a [`Broken`] connection.
//! - [`judge()`]: what an answer means for the run. Pure: it neither waits nor counts.
//! - [`request`]: the bodies we send, and their covered rendering for screens.

mod advice;
mod bucket;
mod client;
mod error;
mod hooks;
mod judge;
mod logs;
mod pace;
mod reply;
pub mod request;
mod types;
mod url;

pub use bucket::Bucket;
pub use client::{Answered, Client, ClientSettings};
pub use error::OktaError;
pub use hooks::{HookRegistration, InlineHook, LONGEST_URI, PASSWORD_IMPORT};
pub(crate) use judge::unreadable;
pub use judge::{Call, PauseReason, Refusal, Verdict, Wait, Why, judge};
pub(crate) use logs::creation_of;
pub use logs::{Creation, LogPage, PasswordImported};
pub use pace::{Pace, PaceSettings, PaceView, Permit};
pub use reply::{Answer, Broken, ErrorBody, Limits, Reply};
pub use request::{Mark, Request};
pub use types::{ApiToken, Group, GroupOfName, OrgInfo, User, WellKnown};
pub use url::{OrgUrl, UrlProblem};
