//! Okta groups by name: looked up once, created once, remembered in the workspace.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::ask::{Ask, Got, Tries};
use crate::model::{group_key, is_everyone};
use crate::okta::{Group, GroupOfName, Reply, Request};
use crate::workspace::{Workspace, WorkspaceError};

/// What stands in the description of groups we make: how a group whose create was cut off is known as ours.
const DESCRIPTION: &str = "Made by Causeway for a migration";

/// A group's name in Okta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// Its id.
    Id(String),
    /// Okta's own, `Everyone` among them: nobody can be put into it.
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

/// What is known of one group. Its lock is held while it is looked up or made: a group must not be made by two at once.
#[derive(Debug, Default)]
struct Slot {
    known: Option<Known>,
    /// From an earlier run: its id. Asked about once, since someone may have deleted the group meanwhile.
    remembered: Option<String>,
    /// A create of it may have gone through, in this run or an earlier one.
    sent: bool,
}

/// The groups of a run.
pub(super) struct Groups {
    ask: Arc<Ask>,
    workspace: Workspace,
    /// The spelling of a group that most people have, by [`group_key`].
    spelled: HashMap<String, String>,
    /// By [`group_key`].
    slots: Mutex<HashMap<String, Arc<Mutex<Slot>>>>,
    /// Okta's own that people's groups are called like.
    left_out: std::sync::Mutex<BTreeSet<String>>,
}

impl Groups {
    /// With what the workspace remembers.
    pub(super) async fn new(ask: Arc<Ask>, workspace: Workspace) -> Result<Self, WorkspaceError> {
        let mut slots = HashMap::new();
        for group in workspace.okta_groups().await? {
            let sent = group.okta_id.is_none();
            let slot = Slot { known: None, remembered: group.okta_id, sent };
            slots.insert(group_key(&group.name), Arc::new(Mutex::new(slot)));
        }
        // Of several spellings the one that most people have is made, whoever comes first.
        let mut most: HashMap<String, (String, u64)> = HashMap::new();
        let mut left_out = BTreeSet::new();
        for group in workspace.counts().await?.groups {
            // Nobody is even asked to be put into it.
            if is_everyone(&group.name) {
                left_out.insert(group.name.trim().to_owned());
            }
            let known = most.entry(group_key(&group.name)).or_default();
            if group.people > known.1 {
                *known = (group.name, group.people);
            }
        }
        let spelled = most.into_iter().map(|(key, (name, _))| (key, name)).collect();
        Ok(Self {
            ask,
            workspace,
            slots: Mutex::new(slots),
            spelled,
            left_out: std::sync::Mutex::new(left_out),
        })
    }

    /// Which of people's groups are Okta's own, so that nobody was put into them.
    pub(super) fn left_out(&self) -> Vec<String> {
        self.left_out.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
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
        // Nobody can be put into Okta's own group; a token that doesn't see it must not make another.
        if is_everyone(name) {
            return Ok(Known::BuiltIn);
        }
        let folded = group_key(name);
        let name = self.spelled.get(&folded).map_or(name, String::as_str);
        let slot = Arc::clone(self.slots.lock().await.entry(folded).or_default());
        let mut slot = slot.lock().await;
        if let Some(found) = &slot.known {
            return Ok(found.clone());
        }
        let found = match self.still_there(&mut slot).await? {
            Some(id) => Known::Id(id),
            None => self.find_or_make(name, &mut slot.sent).await?,
        };
        if found == Known::BuiltIn {
            self.left_out.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        }
        // What only failed for now is tried again with the next person.
        if !matches!(&found, Known::Refused(code, _) if code.is_empty()) {
            slot.known = Some(found.clone());
        }
        Ok(found)
    }

    /// Looks again whether these groups are there, after a create that named them met 404 for too long. Those that are gone are
    /// looked up or made anew by whoever needs them next.
    pub(super) async fn renew(&self, ids: &[String]) -> Result<(), NoGroups> {
        let slots: Vec<Arc<Mutex<Slot>>> = self.slots.lock().await.values().cloned().collect();
        for slot in slots {
            let mut slot = slot.lock().await;
            let Some(Known::Id(id)) = &slot.known else { continue };
            if !ids.contains(id) {
                continue;
            }
            match self.ask.call(&Request::get_group(id), &mut Tries::patient()).await {
                Got::Missing => *slot = Slot::default(),
                Got::Stopped => return Err(NoGroups::Stopped),
                _ => {}
            }
        }
        Ok(())
    }

    /// The id that an earlier run remembered, if the group is still there.
    async fn still_there(&self, slot: &mut Slot) -> Result<Option<String>, NoGroups> {
        let Some(id) = &slot.remembered else { return Ok(None) };
        // One made a moment ago, by the run before, may not be known yet.
        match self.ask.call_settled(&Request::get_group(id), &mut Tries::patient()).await {
            Got::Done(_) => Ok(Some(id.clone())),
            // Only the stop of the run ends a patient question.
            Got::Stopped | Got::Unsure(_) | Got::GaveUp(_) => Err(NoGroups::Stopped),
            // Gone; or Okta won't say, and the list of groups tells.
            Got::Missing | Got::Refused(_) | Got::Taken(_) => {
                slot.remembered = None;
                Ok(None)
            }
        }
    }

    async fn find_or_make(&self, name: &str, sent: &mut bool) -> Result<Known, NoGroups> {
        let mut tries = Tries::default();
        loop {
            if let Some(known) = self.find(name, *sent).await? {
                return Ok(known);
            }
            self.workspace.intend_group(name).await.map_err(NoGroups::Workspace)?;
            *sent = true;
            let read = |reply: &Reply| {
                let group = reply.parse::<Group>().filter(|group| !group.id.is_empty())?;
                Some((group, reply.request_id.clone()))
            };
            let made = self.ask.call_as(&Request::create_group(name, DESCRIPTION), &mut tries, read).await;
            match made {
                Got::Done((group, request)) => {
                    self.remember(name, &group.id, true, request.as_deref()).await?;
                    return Ok(Known::Id(group.id));
                }
                // Made by an earlier try, or by someone else this very moment: look again.
                Got::Unsure(_) => {}
                Got::Taken(refusal) => {
                    if let Some(known) = self.find(name, true).await? {
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

    /// The group of exactly this name, ignoring case. `sent`: a create of ours may have made it, so that nobody is only nobody once
    /// Okta has had time to list it.
    async fn find(&self, name: &str, sent: bool) -> Result<Option<Known>, NoGroups> {
        let (since, mut asked) = (Instant::now(), 0);
        loop {
            let found = self.find_once(name, sent).await?;
            if found.is_some() || !sent || !self.ask.settle(since, &mut asked).await {
                return Ok(found);
            }
        }
    }

    async fn find_once(&self, name: &str, sent: bool) -> Result<Option<Known>, NoGroups> {
        let same = match self.ask.groups_named(name, &mut Tries::patient()).await {
            Got::Done(groups) => groups,
            Got::Stopped => return Err(NoGroups::Stopped),
            Got::Missing => Vec::new(),
            Got::Refused(refusal) | Got::Taken(refusal) => {
                return Ok(Some(Known::Refused(refusal.code, refusal.words)));
            }
            Got::Unsure(why) | Got::GaveUp(why) => {
                return Ok(Some(Known::Refused(String::new(), why.words().to_owned())));
            }
        };
        match Group::of_name(&same) {
            GroupOfName::Fill(group) => {
                let ours = sent && group.description() == DESCRIPTION;
                self.remember(name, &group.id, ours, None).await?;
                Ok(Some(Known::Id(group.id.clone())))
            }
            GroupOfName::BuiltIn => Ok(Some(Known::BuiltIn)),
            GroupOfName::Make => Ok(None),
        }
    }

    async fn remember(
        &self,
        name: &str,
        id: &str,
        created: bool,
        request: Option<&str>,
    ) -> Result<(), NoGroups> {
        self.workspace.record_group_by(name, id, created, request).await.map_err(NoGroups::Workspace)
    }
}
