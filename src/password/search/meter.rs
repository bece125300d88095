//! How far a search is.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// Where a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Checking the reading as it stands.
    AsRead,
    /// One round, and products' own ways.
    OneRound,
    /// Digests repeated.
    ManyRounds,
    /// PBKDF2.
    Derived,
}

impl Stage {
    const ALL: [Self; 4] = [Self::AsRead, Self::OneRound, Self::ManyRounds, Self::Derived];

    /// What it does, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::AsRead => "Checking it as it is read now",
            Self::OneRound => "Trying digests, salts and orders",
            Self::ManyRounds => "Trying repeated digests",
            Self::Derived => "Trying PBKDF2 with every number of iterations",
        }
    }
}

/// How far a search is, and the way to stop it. Shared with whoever watches.
#[derive(Debug, Default)]
pub struct Meter {
    stage: AtomicU8,
    tried: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Meter {
    /// Ends the search soon: within milliseconds, or after the one derivation of a costly scheme that each core is at.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Where it is, how much of this stage is done, and of how much.
    pub fn now(&self) -> (Stage, u64, u64) {
        let stage = Stage::ALL.get(usize::from(self.stage.load(Ordering::Relaxed))).copied();
        let (tried, total) = (self.tried.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        (stage.unwrap_or(Stage::AsRead), tried, total)
    }

    pub(super) fn begin(&self, stage: Stage, total: usize) {
        self.tried.store(0, Ordering::Relaxed);
        self.total.store(total as u64, Ordering::Relaxed);
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    pub(super) fn count(&self) {
        self.tried.fetch_add(1, Ordering::Relaxed);
    }
}
