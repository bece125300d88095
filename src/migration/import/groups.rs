//! Okta groups by name: looked up once, created once, remembered in the workspace.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::ask::{Ask, Got, Tries};
use crate::okta::{Group, Request};
use crate::workspace::{Workspace, WorkspaceError};

/// What stands in the description of groups we make: how a group whose create was cut off is known as ours.
const DESCRIPTION: &str = "Made by Causeway for a migration";

/// A group's name in Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// Its id.
    Id(String),
    /// Everyone is in it anyhow (Okta's own `Everyone`).
    BuiltIn,
    /// Okta refused to make it: code and words.
    Refused(String, String),
}

/// Why a person's groups could not be told.
#[derive(Debug)]
pub(super) enum NoGroups {
    /// The run was stopped.
    Stopped,
    /// The workspace failed: the whole run ends.
    Workspace(WorkspaceError),
    /// Okta refused to make one: name, code, words.
    Refused(String, String, String),
}

/// The groups of a run.
pub(super) struct Groups {
    ask: Arc<Ask>,
    workspace: Workspace,
    /// By lower-case name. One lock for all: a group must not be made by two at once.
    known: Mutex<HashMap<String, Known>>,
    /// From an earlier run: name and id. Asked about once, since someone may have deleted the group meanwhile.
    remembered: HashMap<String, String>,
    /// Written by an earlier run before a create was sent: name, without an id.
    intended: Vec<String>,
}

impl Groups {
    /// With what the workspace remembers.
    pub(super) async fn new(ask: Arc<Ask>, workspace: Workspace) -> Result<Self, WorkspaceError> {
        let mut remembered = HashMap::new();
        let mut intended = Vec::new();
        for group in workspace.okta_groups().await? {
            match group.okta_id {
                Some(id) => {
                    remembered.insert(group.name.to_lowercase(), id);
                }
                None => intended.push(group.name.to_lowercase()),
            }
        }
        Ok(Self { ask, workspace, known: Mutex::default(), remembered, intended })
    }

    /// The ids of these groups, in order, without doubles and without those that hold everyone anyhow.
    pub(super) async fn ids(&self, names: &[&str]) -> Result<Vec<String>, NoGroups> {
        let mut ids: Vec<String> = Vec::new();
        for name in names {
            match self.resolve(name).await? {
                Known::Id(id) if !ids.contains(&id) => ids.push(id),
                Known::Id(_) | Known::BuiltIn => {}
                Known::Refused(code, words) => {
                    return Err(NoGroups::Refused((*name).to_owned(), code, words));
                }
            }
        }
        Ok(ids)
    }

    /// One group: remembered, found, or made.
    pub(super) async fn resolve(&self, name: &str) -> Result<Known, NoGroups> {
        let folded = name.to_lowercase();
        let mut known = self.known.lock().await;
        if let Some(found) = known.get(&folded) {
            return Ok(found.clone());
        }
        let found = match self.still_there(&folded).await? {
            Some(id) => Known::Id(id),
            None => self.find_or_make(name, &folded).await?,
        };
        // What only failed for now is tried again with the next person.
        if !matches!(&found, Known::Refused(code, _) if code.is_empty()) {
            known.insert(folded, found.clone());
        }
        Ok(found)
    }

    /// The id that an earlier run remembered, if the group is still there.
    async fn still_there(&self, folded: &str) -> Result<Option<String>, NoGroups> {
        let Some(id) = self.remembered.get(folded) else { return Ok(None) };
        let got = self.ask.call(&Request::get_group(id), &mut Tries::default()).await;
        match got {
            Got::Done(_) => Ok(Some(id.clone())),
            Got::Stopped => Err(NoGroups::Stopped),
            _ => Ok(None),
        }
    }

    async fn find_or_make(&self, name: &str, folded: &str) -> Result<Known, NoGroups> {
        let mut tries = Tries::default();
        let mut sent = self.intended.iter().any(|n| n == folded);
        loop {
            if let Some(known) = self.find(name, folded, sent).await? {
                return Ok(known);
            }
            self.workspace.intend_group(name).await.map_err(NoGroups::Workspace)?;
            sent = true;
            let made = self.ask.call(&Request::create_group(name, DESCRIPTION), &mut tries).await;
            match made {
                Got::Done(reply) => {
                    // Without an id in the answer: look it up like one whose answer was lost.
                    if let Some(group) = reply.parse::<Group>() {
                        self.remember(name, &group.id, true).await?;
                        return Ok(Known::Id(group.id));
                    }
                }
                // Made by an earlier try, or by someone else this very moment: look again.
                Got::Unsure(_) => {}
                Got::Taken(refusal) => {
                    if let Some(known) = self.find(name, folded, sent).await? {
                        return Ok(known);
                    }
                    return Ok(Known::Refused(refusal.code, refusal.words));
                }
                Got::Refused(refusal) => return Ok(Known::Refused(refusal.code, refusal.words)),
                Got::Missing => return Ok(Known::Refused("HTTP 404".to_owned(), "Not found".to_owned())),
                Got::GaveUp(why) => return Ok(Known::Refused(String::new(), why.words().to_owned())),
                Got::Stopped => return Err(NoGroups::Stopped),
            }
        }
    }

    /// The group of exactly this name, ignoring case. `sent`: a create of ours may have made it.
    async fn find(&self, name: &str, folded: &str, sent: bool) -> Result<Option<Known>, NoGroups> {
        let found = self.ask.call(&Request::groups_starting(name), &mut Tries::default()).await;
        let groups: Vec<Group> = match found {
            Got::Done(reply) => reply.parse().unwrap_or_default(),
            Got::Stopped => return Err(NoGroups::Stopped),
            Got::Missing => Vec::new(),
            Got::Refused(refusal) | Got::Taken(refusal) => {
                return Ok(Some(Known::Refused(refusal.code, refusal.words)));
            }
            Got::Unsure(why) | Got::GaveUp(why) => {
                return Ok(Some(Known::Refused(String::new(), why.words().to_owned())));
            }
        };
        let same: Vec<Group> = groups.into_iter().filter(|g| g.name().to_lowercase() == folded).collect();
        if let Some(group) = same.iter().find(|g| g.ours_to_fill()) {
            let ours = sent && group.description() == DESCRIPTION;
            self.remember(name, &group.id, ours).await?;
            return Ok(Some(Known::Id(group.id.clone())));
        }
        // A group of an app or directory may bear the same name; only Okta's own holds everyone.
        Ok(same.iter().any(|g| g.kind == "BUILT_IN").then_some(Known::BuiltIn))
    }

    async fn remember(&self, name: &str, id: &str, created: bool) -> Result<(), NoGroups> {
        self.workspace.record_group(name, id, created).await.map_err(NoGroups::Workspace)
    }
}
