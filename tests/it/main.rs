//! Integration tests: one binary, a module a topic.

mod cli;
mod keychain;
mod kill;
mod mapping;
mod practice;
mod source_causes;
mod source_postgres;
mod spine;
mod support;
