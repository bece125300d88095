//! How people's groups meet those that are in Okta: which would be made, which are there, and how Okta writes them.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::sync::watch;

use super::docs;
use super::import::ask::{Ask, Got, Tries};
use crate::model::{Phase, Progress, built_in_words, group_key, group_twins, is_everyone};
use crate::okta::{Group, GroupOfName};
use crate::workspace::{Workspace, WorkspaceError};

/// People's groups, and how they meet Okta's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct GroupsInOkta {
    /// Would be made, as most people's is written.
    pub to_make: Vec<String>,
    /// Are there, as Okta writes them.
    pub there: Vec<String>,
    /// Okta's own, such as Everyone: nobody can be put into them, so they are left out.
    pub built_in: Vec<String>,
    /// What is worth knowing of their spellings, a sentence each.
    pub notes: Vec<String>,
    /// Could not be looked up: they may be there or not.
    pub not_known: Vec<String>,
    /// Why, for one of them.
    pub not_known_why: Option<String>,
    /// How Okta writes the groups that people's are written otherwise, by people's spelling.
    #[serde(skip)]
    pub spelled: BTreeMap<String, String>,
}

/// What is known of people's groups without asking Okta, a sentence each. `groups`: names and how many people are in each.
pub fn notes_of<'n>(groups: impl IntoIterator<Item = (&'n str, u64)>) -> Vec<String> {
    let groups: Vec<(&str, u64)> = groups.into_iter().collect();
    let mut notes: Vec<String> =
        group_twins(groups.iter().copied()).iter().map(crate::model::GroupTwins::words).collect();
    if let Some((name, _)) = groups.iter().find(|(name, _)| is_everyone(name)) {
        notes.push(built_in_words(name));
    }
    notes
}

/// Looks each of these groups up in Okta. `groups`: names and how many people are in each. Nothing is written.
pub(super) async fn look(
    ask: &Ask,
    groups: &[(String, u64)],
    progress: &watch::Sender<Progress>,
) -> GroupsInOkta {
    let mut seen = GroupsInOkta {
        notes: notes_of(groups.iter().map(|(name, people)| (name.as_str(), *people))),
        ..GroupsInOkta::default()
    };
    let mut by_key: BTreeMap<String, Vec<&(String, u64)>> = BTreeMap::new();
    for group in groups {
        by_key.entry(group_key(&group.0)).or_default().push(group);
    }
    let all = by_key.len();
    for (done, mut spellings) in by_key.into_values().enumerate() {
        progress.send_replace(Progress {
            phase: Phase::Working,
            done: done as u64,
            total: Some(all as u64),
            note: Some("Checking which groups Okta has".to_owned()),
        });
        spellings.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        let Some((name, _)) = spellings.first() else { continue };
        if is_everyone(name) {
            seen.built_in.push(name.clone());
            continue;
        }
        let same = match ask.groups_named(name, &mut Tries::default()).await {
            Got::Done(groups) => groups,
            Got::Stopped => break,
            // Nothing follows for the group: whoever can't be asked about is not therefore missing.
            Got::Missing => {
                seen.unknown(name, "Okta did not find its list of groups".to_owned());
                continue;
            }
            Got::Refused(refusal) | Got::Taken(refusal) => {
                seen.unknown(name, refusal.words);
                continue;
            }
            Got::Unsure(why) | Got::GaveUp(why) => {
                seen.unknown(name, why.words().to_owned());
                continue;
            }
        };
        match Group::of_name(&same) {
            GroupOfName::Fill(group) => seen.meets(group.name(), &spellings),
            GroupOfName::BuiltIn => {
                seen.notes.push(built_in_words(name));
                seen.built_in.push(name.clone());
            }
            GroupOfName::Make => seen.to_make.push(name.clone()),
        }
    }
    seen
}

impl GroupsInOkta {
    /// A group that could not be looked up.
    fn unknown(&mut self, name: &str, why: String) {
        self.not_known.push(name.to_owned());
        self.not_known_why = Some(why);
    }

    /// A group is there, as Okta writes it.
    fn meets(&mut self, in_okta: &str, spellings: &[&(String, u64)]) {
        self.there.push(in_okta.to_owned());
        let others: Vec<&str> =
            spellings.iter().map(|(name, _)| name.as_str()).filter(|name| *name != in_okta).collect();
        if others.is_empty() {
            return;
        }
        let quoted: Vec<String> = others.iter().map(|name| format!("“{name}”")).collect();
        let goes = if others.len() == 1 { "goes" } else { "go" };
        self.notes.push(format!(
            "{} {goes} into “{in_okta}”, which is in Okta already: capitals don't count there.",
            quoted.join(" and ")
        ));
        self.spelled.extend(others.into_iter().map(|name| (name.to_owned(), in_okta.to_owned())));
    }
}

/// Keeps how Okta writes people's groups, for the review.
pub(super) async fn keep(workspace: &Workspace, seen: &GroupsInOkta) -> Result<(), WorkspaceError> {
    if seen.spelled.is_empty() {
        return workspace.remove_doc(docs::GROUP_SPELLINGS).await;
    }
    workspace.put_doc(docs::GROUP_SPELLINGS, &seen.spelled).await
}

/// A person's groups as the review shows them: as Okta writes them, with the source's spelling where that is another.
pub async fn as_in_okta(workspace: &Workspace, groups: &[String]) -> Result<Vec<String>, WorkspaceError> {
    let spelled: BTreeMap<String, String> = workspace.doc(docs::GROUP_SPELLINGS).await?.unwrap_or_default();
    let shown = |name: &String| match spelled.get(name) {
        Some(in_okta) => format!("{in_okta} (here {name})"),
        None => name.clone(),
    };
    Ok(groups.iter().map(shown).collect())
}
