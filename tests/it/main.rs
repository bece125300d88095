//! Integration tests: one binary, a module a topic.

mod keychain;
mod source_postgres;
mod support;
