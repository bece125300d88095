//! Every screen, driven by its labels as a screen reader sees them, and pictures compared.

mod import;
mod map;
mod okta;
mod people;
mod review;
mod shell;
mod source;
mod start;
mod support;
mod whole;
