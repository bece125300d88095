//! The long jobs there are.

/// A long job: at most one of each runs at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LongJob {
    /// People being read from the source.
    Reading,
    /// People being sent to Okta.
    Import,
    /// The password hook's server.
    HookServer,
    /// The check without sending.
    Check,
    /// Looking who is in Okta already.
    WhoIsThere,
    /// Everyone being checked by the org's rules. Cut off, it goes on the next time.
    ByRules,
    /// Passwords being reset at the end.
    Resets,
    /// A search for the way a known password was stored.
    TryPassword,
    /// People being assessed by a statement about passwords.
    Assess,
}

impl LongJob {
    /// What the window calls it, where it names what is running.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reading => "Reading people",
            Self::Import => "import",
            Self::HookServer => "password hook",
            Self::Check => "check without sending",
            Self::WhoIsThere => "check who is already in Okta",
            Self::ByRules => "check everyone by the org's rules",
            Self::Resets => "password resets",
            Self::TryPassword => "Trying a password",
            Self::Assess => "Assessing people",
        }
    }

    /// Whether it only looks: nothing is lost when it is cut off, so it keeps nobody from leaving.
    pub fn only_looks(self) -> bool {
        matches!(self, Self::Check | Self::WhoIsThere | Self::ByRules)
    }

    /// Several of them, as a sentence lists them.
    pub fn list(all: &[Self]) -> String {
        all.iter().map(|work| work.words()).collect::<Vec<_>>().join(", ")
    }
}
