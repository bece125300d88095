//! Checking against the stored passwords that the workspace keeps, sealed.

use async_trait::async_trait;

use super::backend::{Found, Lookup};
use super::error::BackendError;
use crate::model::{HookReason, PasswordEvidence, StoredPassword};
use crate::workspace::{HookPerson, Workspace};

/// The stored passwords in a workspace.
#[derive(Debug, Clone)]
pub struct SealedLookup {
    workspace: Workspace,
}

impl SealedLookup {
    /// Of this workspace, opened either way. Its index of logins is kept right as long as it is open.
    pub fn new(workspace: Workspace) -> Self {
        workspace.keep_index();
        Self { workspace }
    }
}

#[async_trait]
impl Lookup for SealedLookup {
    async fn find(&self, login: &str) -> Result<Found, BackendError> {
        Ok(match choose(self.workspace.hook_find(login).await?) {
            Ok(person) => check(person.id.0, person.evidence),
            Err((person, why)) => Found::Nobody { person, why },
        })
    }

    async fn example(&self) -> Result<Option<StoredPassword>, BackendError> {
        Ok(self.workspace.hook_example().await?.and_then(|person| match person.evidence {
            PasswordEvidence::Stored(stored) => Some(stored),
            PasswordEvidence::None | PasswordEvidence::TooLarge | PasswordEvidence::AskSource => None,
        }))
    }

    async fn probe(&self) -> Result<(), BackendError> {
        self.workspace.hook_find("").await?;
        Ok(())
    }

    fn words(&self) -> String {
        "the passwords stored in the migration".to_owned()
    }
}

/// What there is to check for a person.
pub(super) fn check(person: u32, evidence: PasswordEvidence) -> Found {
    let person = Some(person);
    match evidence {
        PasswordEvidence::Stored(stored) => Found::Check { person, stored },
        PasswordEvidence::None => Found::Nobody { person, why: HookReason::NoPassword },
        PasswordEvidence::AskSource | PasswordEvidence::TooLarge => {
            Found::Nobody { person, why: HookReason::NotCheckable }
        }
    }
}

/// The one person a login stands for. Of several, the one who was sent to Okta: Okta can have only one.
pub(super) fn choose(people: Vec<HookPerson>) -> Result<HookPerson, (Option<u32>, HookReason)> {
    let alone = (people.len() == 1).then(|| people[0].id.0);
    let first = people.iter().map(standing).find(Result::is_err);
    let mut able: Vec<HookPerson> = people.into_iter().filter(|person| standing(person).is_ok()).collect();
    if able.len() > 1 {
        let mut sent: Vec<HookPerson> = able.into_iter().filter(|person| person.in_okta).collect();
        return if sent.len() == 1 { Ok(sent.remove(0)) } else { Err((None, HookReason::Several)) };
    }
    able.pop().ok_or((alone, first.and_then(Result::err).unwrap_or(HookReason::Unknown)))
}

/// Whether a person may sign in through the hook.
fn standing(person: &HookPerson) -> Result<(), HookReason> {
    if person.changed {
        Err(HookReason::ChangedOutside)
    } else if person.moved {
        Err(HookReason::Moved)
    } else if person.left_out && person.disabled {
        Err(HookReason::Disabled)
    } else if person.left_out {
        Err(HookReason::LeftOut)
    } else if person.gone {
        Err(HookReason::Gone)
    } else if !person.goes && !person.in_okta {
        Err(HookReason::Blocked)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::PersonId;

    fn person(id: u32) -> HookPerson {
        HookPerson {
            id: PersonId(id),
            key: id.to_string(),
            login_read: String::new(),
            identity: crate::assess::Identity::default(),
            gone: false,
            left_out: false,
            disabled: false,
            goes: true,
            in_okta: false,
            moved: false,
            changed: false,
            evidence: PasswordEvidence::None,
        }
    }

    #[test]
    fn each_standing_has_its_reason() {
        let who = |change: fn(&mut HookPerson)| {
            let mut person = person(7);
            change(&mut person);
            choose(vec![person]).map(|person| person.id.0).map_err(|(_, why)| why)
        };
        assert_eq!(who(|_| {}), Ok(7));
        assert_eq!(who(|p| p.left_out = true), Err(HookReason::LeftOut));
        assert_eq!(who(|p| (p.left_out, p.disabled) = (true, true)), Err(HookReason::Disabled));
        assert_eq!(who(|p| p.disabled = true), Ok(7), "put back by the administrator");
        assert_eq!(who(|p| p.gone = true), Err(HookReason::Gone));
        assert_eq!(who(|p| p.moved = true), Err(HookReason::Moved));
        assert_eq!(who(|p| (p.changed, p.in_okta) = (true, true)), Err(HookReason::ChangedOutside));
        assert_eq!(who(|p| p.goes = false), Err(HookReason::Blocked));
        assert_eq!(who(|p| (p.goes, p.in_okta) = (false, true)), Ok(7), "blocked after they were sent");
        assert_eq!(choose(vec![]), Err((None, HookReason::Unknown)));
    }

    #[test]
    fn of_several_the_one_in_okta_is_meant() {
        let sent = HookPerson { in_okta: true, goes: false, ..person(2) };
        assert_eq!(choose(vec![person(1), sent.clone(), person(3)]).unwrap().id.0, 2);
        assert_eq!(choose(vec![person(1), person(3)]), Err((None, HookReason::Several)));
        assert_eq!(choose(vec![sent.clone(), sent]), Err((None, HookReason::Several)));
        let out = HookPerson { left_out: true, ..person(1) };
        assert_eq!(choose(vec![out.clone(), person(3)]).unwrap().id.0, 3);
        assert_eq!(choose(vec![out.clone(), out]), Err((None, HookReason::LeftOut)));
    }
}
