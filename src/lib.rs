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
//! The rooms, lowest first. What a room may use is all it uses, and no file of a room depends on itself by way of others, except
//! where `tests/it/rooms.rs`, which keeps this table, names a circle:
//!
//! | room | job | may use |
//! | --- | --- | --- |
//! | [`model`] | the words everyone shares | |
//! | [`files`] | files that only their owner reads, written whole | |
//! | [`secrets`] | the operating system's keychain; key files | `files`, `model` |
//! | [`password`] | recognise a stored password, convert it for Okta, verify a plaintext against it. Pure | `model` |
//! | [`mapping`] | columns to attributes: suggest, transform, apply. Pure | `model`, `password` |
//! | [`source`] | where people are today: one trait, one folder per kind | `model` |
//! | [`assess`] | decides each person's route and findings. Pure | `model`, `password` |
//! | [`plan`] | what is to be done with a person: the one place that decides. Pure | `assess`, `model` |
//! | [`workspace`] | the migration's memory, one SQLite file | `assess`, `files`, `model`, `secrets` |
//! | [`okta`] | the Okta API: requests, answers, errors, pace | `model` |
//! | [`hook`] | the password hook server: answers Okta at a person's first sign-in | `assess`, `mapping`, `model`, `password`, `secrets`, `source`, `workspace` |
//! | [`migration`] | the long jobs: read, check, import, finish | `assess`, `files`, `hook`, `mapping`, `model`, `okta`, `password`, `plan`, `secrets`, `source`, `workspace` |
//! | [`practice`] | a pretend Okta org and a sample company: two independent readings of Okta's rules check each other | `model`, for the world's codes alone |
//! | [`ui`] | how the window looks: colors, sizes, fonts, icons, and the parts of pages. Knows no word of migrations | `model`, for numbers, words and errors |
//! | [`app`] | the window | `assess`, `files`, `hook`, `mapping`, `migration`, `model`, `okta`, `password`, `plan`, `practice`, `secrets`, `source`, `ui`, `workspace` |
//! | [`cli`] | the same jobs without the window | `files`, `hook`, `mapping`, `migration`, `model`, `okta`, `password`, `plan`, `practice`, `secrets`, `source`, `workspace` |

pub mod files;
pub mod model;
pub mod secrets;

pub mod mapping;
pub mod password;

pub mod assess;
pub mod plan;
pub mod source;
pub mod workspace;

pub mod okta;

pub mod hook;
pub mod migration;

pub mod practice;

pub mod ui;

pub mod app;
pub mod cli;
