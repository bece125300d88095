//! Columns to Okta attributes: suggest, transform, apply. Pure.

mod plan;
mod types;

pub use types::{Mapping, Rule, Target, Transform};
