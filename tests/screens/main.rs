//! Every screen, driven by its labels as a screen reader sees them, and pictures compared.

mod shell;
mod support;
