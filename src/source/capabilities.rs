//! What a kind of source can be asked.

/// What a kind can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "answers to questions that have nothing to do with each other"
)]
pub struct Capabilities {
    /// Whether it understands SQL: an administrator's own SELECT, and what is counted where the people are.
    pub sql: bool,
    /// Whether one person can be looked up as they are now: what the password hook needs to check live.
    pub find: bool,
    /// Whether there may be a password for it.
    pub password: bool,
    /// Whether it is a file on this computer.
    pub file: bool,
    /// Whether it may hold several tables.
    pub tables: bool,
}
