//! What the org's password import hooks mean for us. There can only be one (okta-api.md 4.1).

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::okta::InlineHook;

/// What the workspace remembers of the hook it registered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HookNotes {
    /// The org's address: another org's hook is not this one.
    pub org: String,
    /// Okta's id. `None`: about to be registered, or taken away again.
    pub id: Option<String>,
    /// The address that was registered.
    pub uri: String,
    /// Which secret was registered: [`secret_mark`].
    pub secret: String,
}

/// Tells one secret from another without giving it away: four bytes of a hash over 32 random ones.
pub fn secret_mark(secret: &SecretString) -> String {
    let mut hash = Sha256::new();
    hash.update(b"causeway hook secret\0");
    hash.update(secret.expose_secret().as_bytes());
    hex::encode(&hash.finalize()[..4])
}

/// What our hook is called in the org: by it our own is known even when Okta's answer to registering it was lost.
pub fn hook_name(workspace_id: &str) -> String {
    format!("Causeway password import ({})", workspace_id.get(..8).unwrap_or(workspace_id))
}

/// What should be registered.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The address Okta calls.
    pub uri: String,
    /// The header's whole value.
    pub secret: SecretString,
}

/// Our hook, and what is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// As Okta has it.
    pub hook: InlineHook,
    /// Okta calls another address than the one wanted.
    pub other_address: bool,
    /// Okta sends another secret, or none, or it is not known which.
    pub other_secret: bool,
}

impl Ours {
    /// Whether Okta calls the right address with the right secret.
    pub fn fits(&self) -> bool {
        !self.other_address && !self.other_secret
    }
}

/// Whose password import hook the org has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// None.
    #[default]
    None,
    /// This migration's.
    Ours(Ours),
    /// Someone else's: never touched.
    Foreign(InlineHook),
}

impl Standing {
    /// Our hook, if there is one.
    pub fn ours(&self) -> Option<&Ours> {
        match self {
            Self::Ours(ours) => Some(ours),
            Self::None | Self::Foreign(_) => None,
        }
    }
}

/// Judges the org's password import hooks. `wanted` is the address and the mark of the secret; empty ones are not compared.
pub fn stand(
    hooks: &[InlineHook],
    notes: &HookNotes,
    org: &str,
    workspace_id: &str,
    wanted: Option<(&str, &str)>,
) -> Standing {
    let name = hook_name(workspace_id);
    let by_id = |hook: &InlineHook| notes.org == org && notes.id.as_deref() == Some(hook.id.as_str());
    let found = hooks.iter().find(|hook| by_id(hook)).or_else(|| hooks.iter().find(|hook| hook.name == name));
    let Some(hook) = found else {
        return hooks.first().cloned().map_or(Standing::None, Standing::Foreign);
    };
    let (uri, mark) = wanted.unwrap_or_default();
    // By the hook alone: a practice org has another port each time, and an org can have several addresses.
    let known = notes.id.as_deref() == Some(hook.id.as_str()) && notes.secret == mark;
    Standing::Ours(Ours {
        hook: hook.clone(),
        other_address: !uri.is_empty() && hook.uri() != uri,
        other_secret: !hook.has_secret() || !(known || mark.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: &str = "https://acme.okta.com";
    const ID: &str = "1f3a9c2e77aa";
    const URI: &str = "https://hook.corp.example/pwhook";

    fn notes() -> HookNotes {
        HookNotes { org: ORG.into(), id: Some("cal1".into()), uri: URI.into(), secret: "aabbccdd".into() }
    }

    fn judged(hooks: &[InlineHook], notes: &HookNotes) -> Standing {
        stand(hooks, notes, ORG, ID, Some((URI, "aabbccdd")))
    }

    #[test]
    fn none_ours_or_foreign() {
        assert_eq!(judged(&[], &notes()), Standing::None);
        let theirs = InlineHook::of("cal9", "AD bridge", "https://old.example/hook", true);
        assert_eq!(judged(std::slice::from_ref(&theirs), &notes()), Standing::Foreign(theirs));
        let ours = InlineHook::of("cal1", "renamed by someone", URI, true);
        let Standing::Ours(found) = judged(&[ours], &notes()) else { panic!("ours by its id") };
        assert!(found.fits());
    }

    #[test]
    fn ours_is_known_by_its_name_when_the_answer_was_lost_and_its_secret_is_sent_again() {
        let hook = InlineHook::of("cal2", &hook_name(ID), URI, true);
        let Standing::Ours(found) = judged(&[hook], &HookNotes { org: ORG.into(), ..HookNotes::default() })
        else {
            panic!("ours by its name")
        };
        assert!(!found.other_address && found.other_secret);
    }

    #[test]
    fn the_hook_of_another_migration_or_of_the_same_id_in_another_org_is_not_ours() {
        let other = InlineHook::of("cal3", &hook_name("99999999ffff"), URI, true);
        assert!(matches!(judged(&[other], &notes()), Standing::Foreign(_)));
        let elsewhere = HookNotes { org: "https://other.okta.com".into(), ..notes() };
        let hook = InlineHook::of("cal1", "Someone's", URI, true);
        assert!(matches!(judged(&[hook], &elsewhere), Standing::Foreign(_)));
    }

    #[test]
    fn the_same_hook_at_another_address_of_the_org_is_sent_the_same_secret() {
        let hook = InlineHook::of("cal1", &hook_name(ID), URI, true);
        let before = HookNotes { org: "http://127.0.0.1:40001".into(), ..notes() };
        let Standing::Ours(found) = judged(&[hook], &before) else { panic!("ours by its name") };
        assert!(found.fits());
    }

    #[test]
    fn another_address_or_secret_is_seen() {
        let moved = InlineHook::of("cal1", &hook_name(ID), "https://old.example/pwhook", true);
        let Standing::Ours(found) = judged(&[moved], &notes()) else { panic!("ours") };
        assert!(found.other_address && !found.other_secret);
        let hook = InlineHook::of("cal1", &hook_name(ID), URI, true);
        let Standing::Ours(found) = judged(&[hook], &HookNotes { secret: "00000000".into(), ..notes() })
        else {
            panic!("ours")
        };
        assert!(!found.other_address && found.other_secret);
    }

    #[test]
    fn a_mark_tells_secrets_apart_and_holds_nothing_of_them() {
        let a = secret_mark(&SecretString::from("Basic aaaa"));
        assert_eq!(a.len(), 8);
        assert_ne!(a, secret_mark(&SecretString::from("Basic aaab")));
    }
}
