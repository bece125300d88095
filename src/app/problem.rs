//! What went wrong, as a person sees it.

/// What went wrong: what happened, why, what to do next, in that order; the technical text apart. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// What happened, one sentence.
    pub what: String,
    /// Why, where it is known and not said already.
    pub why: String,
    /// What to do next.
    pub next: String,
    /// The driver's or system's own text.
    pub technical: String,
}

impl Problem {
    /// What happened, and what to do.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), ..Self::default() }
    }

    /// With the technical text.
    pub fn technical(mut self, text: impl Into<String>) -> Self {
        self.technical = text.into();
        self
    }

    /// A task that ended without an answer: it panicked, or the program is closing.
    pub fn interrupted() -> Self {
        Self::new(
            "Causeway stumbled over this.",
            "Try again. If it happens again, please report it with the log.",
        )
    }
}
