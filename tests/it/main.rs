//! Integration tests: one binary, a module a topic.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what helps a test fails like a test")]

mod clear_text;
mod cli;
mod doubt;
mod exits;
mod exports;
mod found_okta;
mod found_passwords;
mod found_profiles;
mod going_out;
mod group_spellings;
mod groups;
mod halves;
mod hook;
mod hook_org;
mod hostile_files;
mod hostile_postgres;
mod kept_out;
mod keychain;
mod kill;
mod left_behind;
mod looks;
mod mapping;
mod nobody;
mod off_elsewhere;
mod outage;
mod password_cli;
mod password_formats;
mod person_keys;
mod plan;
mod practice;
mod refusals;
mod rooms;
mod rules;
mod salt_columns;
mod several_rows;
mod shared_names;
mod source_causes;
mod source_postgres;
mod spine;
mod support;
mod switch_tables;
mod switched_off;
mod trouble;
