//! The words everyone shares: records, candidates, stored passwords, routes, findings, outcomes.
//!
//! Values only: no I/O, no async, nothing that knows of a particular source or screen.

mod candidate;
mod catalog;
mod explain;
mod finding;
mod fold;
mod group_name;
mod hook;
mod invisible;
pub(crate) mod name_words;
mod okta_status;
mod outcome;
mod outgoing;
mod place;
mod places;
mod prepared;
mod profile;
mod progress;
mod record;
mod route;
mod said;
mod secret_columns;
mod selection;
mod settings;
mod stored;
mod words;
mod zones;

pub use candidate::{Assessed, Candidate, PasswordEvidence};
pub use catalog::{Catalog, Column, ForeignKey, Sample, Table};
pub use explain::Explain;
pub use finding::{Finding, Severity};
pub use fold::fold;
pub use group_name::{GroupTwins, built_in_words, group_key, group_twins, is_everyone};
pub use hook::{HookAnswer, HookCall, HookReason, TEST_REQUEST};
pub use invisible::{
    holds_invisible, holds_stray_invisible, invisible_names, is_blank, is_invisible, without_invisible,
    without_stray_invisible,
};
pub use okta_status::{OktaStatus, statuses_in_words};
pub use outcome::{Outcome, OutcomeKind};
pub use outgoing::{PrintableLog, csv_cell, csv_list, printable, printable_json};
pub use place::Place;
pub use places::{is_country_code, is_time_zone};
pub use prepared::{ColumnIs, Preparation, value_of};
pub use profile::{ATTRIBUTES, Attribute, Profile, attribute};
pub use progress::{Phase, Progress};
pub(crate) use record::KEY_SEPARATOR;
pub use record::{Columns, Record, Value};
pub use route::{Route, RoutePolicy};
pub use said::{LONGEST_SAID, said, said_word};
pub(crate) use said::{take_said, take_word};
pub use secret_columns::{holds_secrets, is_secret, looks_stored, names_secrets};
pub use selection::{ColumnName, Comparison, Condition, GroupName, Membership, People, Selection, TableName};
pub use settings::{
    Case, ChainStep, Firebase, HandsOn, Kdf, LetterCase, PasswordEncoding, PasswordSettings, SaltColumn,
    SecretName, SharedClearText, StatedDigest, StatedSecret,
};
pub use stored::{SaltOrder, SecretBytes, StoredPassword, TextEncoding};
pub use words::{counted, listed, number, people};
pub use zones::{country_of_alpha_3, zone_of_windows};
