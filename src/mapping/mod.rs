//! Columns to Okta attributes: suggest, transform, apply. Pure, but for the clock that moments are compared with.
//!
//! A [`Mapping`] is what is edited, saved and loaded; a [`Plan`] is a mapping made ready for a reading's columns, and turns each
//! [`Record`](crate::model::Record) into a [`Candidate`](crate::model::Candidate). Findings made on the way have the codes of
//! [`codes`].

pub mod codes;

mod activity;
mod attribute_halves;
mod attribute_tables;
mod carry;
mod check;
mod custom;
mod error;
mod explain;
mod flow;
mod from_names;
mod guess;
mod halves;
mod json;
mod key;
mod nested;
mod notes;
mod plan;
mod preview;
mod row;
mod several;
mod suggest;
mod switch_tables;
mod transform;
mod types;

pub use activity::{Switch, SwitchFinder, unread_switches};
pub use attribute_halves::attribute_half;
pub use attribute_tables::AttributeTable;
pub use carry::{carry_over, columns_left};
pub use check::{MappingProblem, check, custom_attributes, mapped_columns, required_matched};
pub use custom::{attribute_name, is_attribute_name};
pub use error::MappingError;
pub use explain::{explain, explain_transform, target_words};
pub use guess::{
    Evidence, GroupCandidate, Guess, Link, group_candidates, guess_people, membership_words, selection_for,
};
pub use halves::{OtherHalf, SeveralRows, lacks_something, other_halves, people_in_select};
pub use json::VERSION;
pub use key::{as_written, key_candidates, keyed_by_login};
pub use notes::notes;
pub use plan::Plan;
pub use preview::{PreviewCell, PreviewRow, Shown, preview};
pub use several::{Several, several};

pub use suggest::{suggest, suggest_changes};
pub use switch_tables::{
    SwitchTable, SwitchTableKind, attribute_switch, says_kept_out, switch_tables, tables_of_attributes,
};
pub use types::{Mapping, Rule, Target, Transform};
