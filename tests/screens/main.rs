//! Every screen, driven by its labels as a screen reader sees them, and pictures compared.

#![expect(clippy::unwrap_used, reason = "what helps a test fails like a test")]

mod files;
mod finish;
mod hook;
mod import;
mod keys;
mod map;
mod okta;
mod people;
mod repair;
mod review;
mod rows;
mod runs;
mod sample;
mod shell;
mod sizes;
mod source;
mod spoken;
mod start;
mod support;
mod who;
mod whole;
