//! What happens to a person's password.

use serde::{Deserialize, Serialize};

/// What happens to a person's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Okta takes the hash (or the clear text) as it is: the person signs in with the password they have.
    Import,
    /// The password is checked by the password import inline hook at the first sign-in.
    Hook,
    /// The person sets a new one.
    Reset,
}

impl Route {
    /// All routes, in the order screens show them.
    pub const ALL: [Self; 3] = [Self::Import, Self::Hook, Self::Reset];

    /// The word used in files, tables and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Hook => "hook",
            Self::Reset => "reset",
        }
    }

    /// The reverse of [`Route::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.as_str() == word)
    }
}

/// How people arrive: the administrator's choice for all, applied over each person's own best route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoutePolicy {
    /// The best route for each person.
    #[default]
    Best,
    /// Everyone with something to check against goes through the hook; no hash leaves this network.
    AllHook,
    /// Everyone must reset.
    AllReset,
}

impl RoutePolicy {
    /// The route a person takes under this policy, given their best one. Nobody without evidence can take the hook.
    pub fn apply(self, best: Route) -> Route {
        match (self, best) {
            (Self::Best, best) => best,
            (Self::AllHook, Route::Import | Route::Hook) => Route::Hook,
            (Self::AllHook, Route::Reset) | (Self::AllReset, _) => Route::Reset,
        }
    }
}
