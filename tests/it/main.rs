//! Integration tests: one binary, a module a topic.

mod keychain;
mod mapping;
mod practice;
mod source_causes;
mod source_postgres;
mod spine;
mod support;
