//! Every screen, driven by its labels as a screen reader sees them, and pictures compared.

mod people;
mod review;
mod shell;
mod support;
