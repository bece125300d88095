//! Integration tests: one binary, a module a topic.

mod keychain;
mod mapping;
mod source_postgres;
mod support;
