//! The long jobs: read (source to workspace), check, import, report. Each is a plain async function with a progress sink and a
//! stop token; the window and the command line run the same ones.
//!
//! - [`read`]: source → mapping → assessment → workspace, as one all-or-nothing reading.
//! - [`suggest_for`]: a mapping suggested, with what only the source's values can say.
//! - [`rules`]: the org's own demands of a profile, and everyone assessed by them.
//! - [`group_names`]: how people's groups meet those in Okta.
//! - [`shared_names`]: groups that are several in the source and have one name.
//! - [`reading_notes`]: what else is to be known of the last reading.
//! - [`switches`]: columns that may say who is switched off, and that nothing reads.
//! - [`connect`]: the org, what its token may do, and where the token is kept.
//! - [`review`]: one person as they will be sent, and changes to people before they are.
//! - [`prove`]: known passwords, and the way they were stored.
//! - [`there`]: who is in Okta already.
//! - [`check`]: what an import would do, without a write.
//! - [`import`]: the engine that sends people to Okta, pausable and safe to kill.
//! - [`finish`], [`stragglers`]: those who never signed in through the hook get a new password.
//! - [`hook`]: the password hook in the org: registering it, proving it, and who has moved.
//! - [`report`] and [`people`]: what happened, and the review list, as files.

mod attribute_names;
mod carry;
mod choices;
mod context;
pub mod docs;
mod error;
mod mapping_doc;
mod person_key;
mod suggestion;

pub mod check;
pub mod connect;
pub mod finish;
pub mod group_names;
pub mod hook;
pub mod import;
mod org;
pub mod people;
pub mod pilot;
mod planned;
pub mod prove;
pub mod read;
pub mod reading_notes;
pub mod report;
pub mod review;
pub mod rules;
pub mod shared;
pub mod shared_names;
pub mod stragglers;
pub mod switches;
pub mod there;

pub use crate::plan::{Choices, Existing, MOST_PILOT};
pub use choices::{chosen_policy, default_label};
pub use error::MigrationError;
pub use mapping_doc::{keep_mapping, kept_mapping};
pub use org::other_org;
pub use org::{console_of, remember_address};
pub use person_key::{PersonKey, person_key};
pub use planned::{PlanTable, Planned, Step};
pub use suggestion::{
    Groups, Suggestion, all_halves, all_notes, group_choice_of, group_choices, suggest_for,
};
