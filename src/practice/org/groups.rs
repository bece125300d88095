//! Groups and memberships.

use super::Org;
use crate::practice::events::Event;
use crate::practice::group::{EVERYONE, Group};
use crate::practice::ids::Kind;
use crate::practice::journal::ChangeKind;
use crate::practice::refusal::Refusal;

impl Org {
    pub(crate) fn group_id(&self, number: u32) -> String {
        self.ids.id(Kind::Group, number)
    }

    pub(crate) fn group(&self, number: u32) -> Option<&Group> {
        self.groups.get(usize::try_from(number).ok()?)?.as_ref()
    }

    pub(super) fn group_mut(&mut self, number: u32) -> Option<&mut Group> {
        self.groups.get_mut(usize::try_from(number).ok()?)?.as_mut()
    }

    pub(crate) fn find_group(&self, id: &str) -> Result<u32, Refusal> {
        self.ids
            .number(Kind::Group, id)
            .filter(|&number| self.group(number).is_some())
            .ok_or_else(|| Refusal::not_found(id, "UserGroup"))
    }

    /// The groups from a number on, oldest first.
    pub(crate) fn groups_from(&self, first: u32) -> impl Iterator<Item = (u32, &Group)> {
        let from = usize::try_from(first).unwrap_or(usize::MAX).min(self.groups.len());
        self.groups[from..]
            .iter()
            .zip(first..)
            .filter_map(|(group, number)| group.as_ref().map(|group| (number, group)))
    }

    /// The numbers of groups that people may be put in at create.
    pub(super) fn group_numbers(&self, ids: &[String]) -> Result<Vec<u32>, Refusal> {
        if ids.len() > 20 {
            return Err(Refusal::too_many_groups());
        }
        let mut numbers = Vec::with_capacity(ids.len());
        for id in ids {
            let number = self.find_group(id)?;
            if number == EVERYONE {
                return Err(Refusal::unsupported());
            }
            numbers.push(number);
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn check_group_name(&self, name: &str, by: Option<u32>) -> Result<(), Refusal> {
        if self.by_group_name.get(fold_name(name).as_str()).is_some_and(|&owner| Some(owner) != by) {
            return Err(Refusal::field(
                "name",
                "An object with this field already exists in the current organization",
            ));
        }
        Ok(())
    }

    pub(crate) fn create_group(
        &mut self,
        name: String,
        description: Option<String>,
        now: i64,
    ) -> Result<u32, Refusal> {
        self.check_group_name(&name, None)?;
        let number = u32::try_from(self.groups.len()).map_err(|_| Refusal::internal())?;
        self.by_group_name.insert(fold_name(&name).into_boxed_str(), number);
        let event = Event::new("group.lifecycle.create").with("UserGroup", &self.group_id(number), &name);
        self.groups.push(Some(Group::new(name, description, now)));
        self.events.push(event, now);
        self.mark(ChangeKind::Group, u64::from(number));
        Ok(number)
    }

    pub(crate) fn change_group(
        &mut self,
        number: u32,
        name: String,
        description: Option<String>,
        now: i64,
    ) -> Result<(), Refusal> {
        changeable(number)?;
        self.check_group_name(&name, Some(number))?;
        let event = Event::new("group.profile.update").with("UserGroup", &self.group_id(number), &name);
        let folded = fold_name(&name).into_boxed_str();
        if let Some(group) = self.group_mut(number) {
            let before = fold_name(&group.name);
            group.name = name;
            group.description = description;
            group.last_updated = now;
            self.by_group_name.remove(before.as_str());
            self.by_group_name.insert(folded, number);
        }
        self.events.push(event, now);
        self.mark(ChangeKind::Group, u64::from(number));
        Ok(())
    }

    pub(crate) fn remove_group(&mut self, number: u32, now: i64) -> Result<(), Refusal> {
        changeable(number)?;
        self.mark(ChangeKind::Org, 0);
        let Some(group) =
            usize::try_from(number).ok().and_then(|at| self.groups.get_mut(at)).and_then(Option::take)
        else {
            return Ok(());
        };
        self.by_group_name.remove(fold_name(&group.name).as_str());
        for &member in &group.members {
            if let Some(person) = self.person_mut(member) {
                person.groups.retain(|&of| of != number);
            }
        }
        let event =
            Event::new("group.lifecycle.delete").with("UserGroup", &self.group_id(number), &group.name);
        self.events.push(event, now);
        self.mark(ChangeKind::Group, u64::from(number));
        Ok(())
    }

    /// Puts a person in a group; fine when already there.
    pub(crate) fn join(&mut self, group: u32, number: u32, now: i64) -> Result<(), Refusal> {
        changeable(group)?;
        let Some(person) = self.person_mut(number) else { return Ok(()) };
        if let Err(at) = person.groups.binary_search(&group) {
            person.groups.insert(at, group);
            self.note_membership(group, number, true, now);
        }
        Ok(())
    }

    /// Takes a person out of a group; fine when not in it.
    pub(crate) fn leave(&mut self, group: u32, number: u32, now: i64) -> Result<(), Refusal> {
        changeable(group)?;
        let Some(person) = self.person_mut(number) else { return Ok(()) };
        if let Ok(at) = person.groups.binary_search(&group) {
            person.groups.remove(at);
            self.note_membership(group, number, false, now);
        }
        Ok(())
    }

    pub(super) fn note_membership(&mut self, number: u32, person: u32, joined: bool, now: i64) {
        let login = self.person(person).map(|it| it.text("login")).unwrap_or_default();
        let (person_id, group_id) = (self.user_id(person), self.group_id(number));
        let Some(group) = self.group_mut(number) else { return };
        if joined {
            group.members.insert(person);
        } else {
            group.members.remove(&person);
        }
        group.membership_updated = now;
        let kind = if joined { "group.user_membership.add" } else { "group.user_membership.remove" };
        let event = Event::new(kind).about(&person_id, &login).with("UserGroup", &group_id, &group.name);
        self.events.push(event, now);
    }
}

/// Refuses what only the org itself may change: Everyone.
fn changeable(group: u32) -> Result<(), Refusal> {
    if group == EVERYONE { Err(Refusal::no_permission()) } else { Ok(()) }
}

/// Group names are the same without regard to case.
pub(super) fn fold_name(name: &str) -> String {
    name.trim().to_lowercase()
}
