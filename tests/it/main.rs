//! Integration tests: one binary, a module a topic.

mod source_postgres;
mod support;
