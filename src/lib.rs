//! Causeway moves people, with their passwords, out of a legacy user store into Okta.
//!
//! A record travels one way, and every stage takes a value and returns a value:
//!
//! ```text
//! legacy store ──read──▶ Record ──map──▶ Candidate ──assess──▶ Assessed ──▶ workspace (one SQLite file)
//!                                                                              │
//!                              Okta ◀──pace── import engine ◀── page of ready people
//!                               │                   └──▶ outcome of each ──▶ workspace
//!            first sign-in ─────┘
//! ```
//!
//! The rooms, lowest first. A room never imports from one further down this list:
//!
//! - [`model`]: the words everyone shares.
//! - [`files`]: files that only their owner reads, written whole.
//! - [`secrets`]: the operating system's keychain.
//! - [`password`]: recognise a stored password, convert it for Okta, verify a plaintext against it. Pure.
//! - [`mapping`]: columns to attributes: suggest, transform, apply. Pure.
//! - [`source`]: where people are today: one trait, one file per kind.
//! - [`assess`]: decides each person's route and findings. Pure.
//! - [`workspace`]: the migration's memory, one SQLite file.
//! - [`okta`]: the Okta API: requests, answers, errors, pace.
//! - [`hook`]: the password hook server: answers Okta at a person's first sign-in.
//! - [`migration`]: the long jobs: read, import.
//! - [`practice`]: a pretend Okta org and a sample company. Uses none of the rooms above, so that two independent
//!   readings of Okta's rules check each other.
//! - [`app`]: the window. [`cli`]: the same jobs without it.

pub mod files;
pub mod model;
pub mod secrets;

pub mod mapping;
pub mod password;

pub mod assess;
pub mod source;
pub mod workspace;

pub mod okta;

pub mod hook;
pub mod migration;

pub mod practice;

pub mod app;
pub mod cli;
