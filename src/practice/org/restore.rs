//! Putting a kept org together again.

use super::Org;
use super::groups::fold_name;
use crate::practice::group::{EVERYONE, Group, Hook};
use crate::practice::person::Person;

impl Org {
    /// How many numbers of people, groups and hooks have been given out.
    pub(in crate::practice) fn given_out(&self) -> [usize; 3] {
        [self.people.len(), self.groups.len(), self.hooks.len()]
    }

    /// After a restore: numbers given out before are not given again.
    pub(in crate::practice) fn skip_given_out(&mut self, [people, groups, hooks]: [usize; 3]) {
        self.people.resize_with(self.people.len().max(people), || None);
        self.groups.resize_with(self.groups.len().max(groups), || None);
        self.hooks.resize_with(self.hooks.len().max(hooks), || None);
    }

    /// Puts a restored person in its place.
    pub(in crate::practice) fn place_person(&mut self, number: u32, person: Person) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.people.len() <= at {
            self.people.resize_with(at + 1, || None);
        }
        self.index(number, &person.profile());
        self.living += 1;
        self.people[at] = Some(person);
    }

    /// Puts a restored group in its place.
    pub(in crate::practice) fn place_group(&mut self, number: u32, group: Group) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.groups.len() <= at {
            self.groups.resize_with(at + 1, || None);
        }
        self.by_group_name.insert(fold_name(&group.name).into_boxed_str(), number);
        self.groups[at] = Some(group);
    }

    /// Puts a restored hook in its place.
    pub(in crate::practice) fn place_hook(&mut self, number: u32, hook: Hook) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.hooks.len() <= at {
            self.hooks.resize_with(at + 1, || None);
        }
        self.hooks[at] = Some(hook);
    }

    /// After a restore: groups learn who is in them; memberships of groups that are gone are dropped.
    pub(in crate::practice) fn join_restored(&mut self) {
        for number in 0..self.people.len() {
            let Some(mut groups) =
                self.people[number].as_mut().map(|person| std::mem::take(&mut person.groups))
            else {
                continue;
            };
            groups.retain(|&group| group != EVERYONE && self.group(group).is_some());
            groups.sort_unstable();
            groups.dedup();
            for &group in &groups {
                if let (Some(group), Ok(number)) = (self.group_mut(group), u32::try_from(number)) {
                    group.members.insert(number);
                }
            }
            if let Some(person) = &mut self.people[number] {
                person.groups = groups;
            }
        }
    }
}
