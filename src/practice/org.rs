//! The org itself: people, groups, hooks, schema and log, with the indexes that keep every lookup short.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;

use super::credential::Credential;
use super::events::{Event, Events};
use super::group::{EVERYONE, Group, Hook};
use super::ids::{Ids, Kind};
use super::journal::ChangeKind;
use super::person::{Person, Provider, Status};
use super::refusal::Refusal;
use super::schema::{Attributes, Schema, is_blank};
use super::text::{fold, short_name};

/// The id of the one API token.
pub(crate) const TOKEN_ID: &str = "00TPracticeToken0001";

/// Who has a short name: sign-in by it works only while there is one.
enum Short {
    One(u32),
    Many(Vec<u32>),
}

/// What changed and has not been told to the journal yet: kind and number. Small, however often something changes.
type Dirty = BTreeSet<(ChangeKind, u64)>;

/// The org's state. One lock guards it; nothing slow happens under that lock.
pub(crate) struct Org {
    pub(crate) ids: Ids,
    pub(crate) seed: u64,
    pub(crate) created: i64,
    pub(crate) company: String,
    pub(crate) token: SecretString,
    pub(crate) token_revoked: bool,
    pub(crate) schema: Schema,
    pub(crate) events: Events,
    pub(super) people: Vec<Option<Person>>,
    pub(super) living: usize,
    by_login: HashMap<Box<str>, u32>,
    by_short: HashMap<Box<str>, Short>,
    /// For each unique custom attribute, who has which value.
    unique: HashMap<String, HashMap<String, u32>>,
    pub(super) groups: Vec<Option<Group>>,
    by_group_name: HashMap<Box<str>, u32>,
    pub(super) hooks: Vec<Option<Hook>>,
    /// When a person last got a mail of the kind that may not come twice within 5 s.
    mailed: HashMap<u32, i64>,
    pub(super) dirty: Dirty,
    pub(super) journalled: bool,
}

/// What a create asks for, read and checked as far as it goes without the org.
pub(crate) struct NewPerson {
    pub(crate) profile: Attributes,
    pub(crate) credential: Option<Credential>,
    pub(crate) provider: Provider,
    pub(crate) question: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) activate: bool,
    pub(crate) expire: bool,
}

impl Org {
    pub(crate) fn new(seed: u64, company: String, token: SecretString, now: i64) -> Self {
        let mut org = Self {
            ids: Ids::new(seed),
            seed,
            created: now,
            company,
            token,
            token_revoked: false,
            schema: Schema::new(now),
            events: Events::default(),
            people: Vec::new(),
            living: 0,
            by_login: HashMap::new(),
            by_short: HashMap::new(),
            unique: HashMap::new(),
            groups: Vec::new(),
            by_group_name: HashMap::new(),
            hooks: Vec::new(),
            mailed: HashMap::new(),
            dirty: Dirty::new(),
            journalled: false,
        };
        let mut everyone =
            Group::new("Everyone".to_owned(), Some("All users in your organization".to_owned()), now);
        everyone.built_in = true;
        org.groups.push(Some(everyone));
        org
    }

    /// The token's owner: id and login. Not one of the people.
    pub(crate) fn admin(&self) -> (String, String) {
        (self.ids.id(Kind::User, u32::MAX), "practice.admin@example.com".to_owned())
    }

    pub(crate) fn admin_person(&self) -> Person {
        let profile = serde_json::json!({ "login": "practice.admin@example.com", "email": "practice.admin@example.com", "firstName": "Practice", "lastName": "Admin" });
        let mut person = Person::new(profile.as_object().unwrap_or(&Attributes::new()), self.created);
        person.status = Status::Active;
        person.times.activated = self.created;
        person.times.status_changed = self.created;
        person.times.last_login = self.created;
        person.times.password_changed = self.created;
        person.credential = Some(Arc::new(Credential::Hook));
        person
    }

    pub(crate) fn mark(&mut self, kind: ChangeKind, number: u64) {
        if self.journalled {
            self.dirty.insert((kind, number));
        }
    }

    /// Revokes the token, or makes it good again.
    pub(crate) fn revoke_token(&mut self, revoked: bool) {
        self.token_revoked = revoked;
        self.mark(ChangeKind::Org, 0);
    }

    fn mark_person(&mut self, number: u32) {
        self.mark(ChangeKind::Person, u64::from(number));
    }

    // ── People ──

    pub(crate) fn user_id(&self, number: u32) -> String {
        self.ids.id(Kind::User, number)
    }

    pub(crate) fn person(&self, number: u32) -> Option<&Person> {
        self.people.get(usize::try_from(number).ok()?)?.as_ref()
    }

    /// A person to change: the caller is trusted to change it, so it counts as changed.
    pub(crate) fn person_mut(&mut self, number: u32) -> Option<&mut Person> {
        self.mark_person(number);
        self.people.get_mut(usize::try_from(number).ok()?)?.as_mut()
    }

    /// Finds by id, login, or a short name that only one has. Logins with `/` or `?` answer to their id only.
    pub(crate) fn find(&self, id_or_login: &str) -> Option<u32> {
        if let Some(number) = self.ids.number(Kind::User, id_or_login)
            && self.person(number).is_some()
        {
            return Some(number);
        }
        if id_or_login.contains(['/', '?']) {
            return None;
        }
        self.find_login(id_or_login)
    }

    /// Finds by login, or by a short name that only one has.
    pub(crate) fn find_login(&self, login: &str) -> Option<u32> {
        let folded = fold(login);
        if let Some(&number) = self.by_login.get(folded.as_str()) {
            return Some(number);
        }
        match self.by_short.get(folded.as_str()) {
            Some(Short::One(number)) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn find_or_refuse(&self, id_or_login: &str) -> Result<u32, Refusal> {
        self.find(id_or_login).ok_or_else(|| Refusal::not_found(id_or_login, "User"))
    }

    /// The people from a number on, oldest first.
    pub(crate) fn people_from(&self, first: u32) -> impl Iterator<Item = (u32, &Person)> {
        let from = usize::try_from(first).unwrap_or(usize::MAX).min(self.people.len());
        self.people[from..]
            .iter()
            .zip(first..)
            .filter_map(|(person, number)| person.as_ref().map(|person| (number, person)))
    }

    /// Makes a person, or says all that stands against it.
    pub(crate) fn create(&mut self, new: NewPerson, now: i64) -> Result<u32, Refusal> {
        let mut profile = new.profile;
        profile.retain(|_, value| !is_blank(value));
        if let Some(refusal) = self.schema.check(&profile).refusal("newUser") {
            return Err(refusal);
        }
        self.check_unused(&profile, None)?;
        let groups = self.group_numbers(&new.groups)?;
        let number = u32::try_from(self.people.len()).map_err(|_| Refusal::internal())?;
        let mut person = Person::new(&profile, now);
        person.provider = new.provider;
        person.question = new.question.map(String::into_boxed_str);
        person.groups.clone_from(&groups);
        if let Some(credential) = new.credential {
            person.credential = Some(Arc::new(credential));
            person.times.password_changed = now;
        }
        self.people.push(Some(person));
        self.living += 1;
        self.index(number, &profile);
        let id = self.user_id(number);
        let login = text_of(&profile, "login");
        self.events.push(Event::new("user.lifecycle.create").about(&id, &login), now);
        for group in groups {
            self.note_membership(group, number, true, now);
        }
        self.mark_person(number);
        if new.activate {
            self.activate(number, now);
            if new.expire
                && let Some(person) = self.person_mut(number)
            {
                person.set_status(Status::PasswordExpired, now);
            }
        }
        Ok(number)
    }

    /// Activates: with a password, or a provider that needs none, the person is ACTIVE; else PROVISIONED.
    pub(crate) fn activate(&mut self, number: u32, now: i64) {
        let Some(person) = self.person_mut(number) else { return };
        let ready =
            person.credential.is_some() || matches!(person.provider, Provider::Federation | Provider::Social);
        person.set_status(if ready { Status::Active } else { Status::Provisioned }, now);
        person.times.activated = now;
        self.note_person("user.lifecycle.activate", number, now);
    }

    /// Writes an event about a person.
    pub(crate) fn note_person(&mut self, kind: &str, number: u32, now: i64) {
        if let Some(person) = self.person(number) {
            let event = Event::new(kind).about(&self.user_id(number), &person.text("login"));
            self.events.push(event, now);
        }
    }

    /// Writes an event; the one a migration depends on is journalled too.
    pub(crate) fn note(&mut self, event: Event, now: i64) {
        let kept = event.kind.as_ref() == "user.import.password";
        let number = self.events.push(event, now);
        if kept {
            self.mark(ChangeKind::Event, number);
        }
    }

    /// Gives a person another profile, already merged.
    pub(crate) fn set_profile(
        &mut self,
        number: u32,
        mut profile: Attributes,
        now: i64,
    ) -> Result<(), Refusal> {
        profile.retain(|_, value| !is_blank(value));
        if let Some(refusal) = self.schema.check(&profile).refusal("profile") {
            return Err(refusal);
        }
        self.check_unused(&profile, Some(number))?;
        let Some(before) = self.person(number).map(Person::profile) else { return Ok(()) };
        self.unindex(number, &before);
        if let Some(person) = self.person_mut(number) {
            person.set_profile(&profile, now);
        }
        self.index(number, &profile);
        self.note_person("user.account.update_profile", number, now);
        Ok(())
    }

    /// Refuses a login, or a unique attribute's value, that another person has: deactivated people too.
    pub(crate) fn check_unused(&self, profile: &Attributes, by: Option<u32>) -> Result<(), Refusal> {
        const TAKEN: &str = "An object with this field already exists in the current organization";
        let login = fold(&text_of(profile, "login"));
        if self.by_login.get(login.as_str()).is_some_and(|&owner| Some(owner) != by) {
            return Err(Refusal::field("login", TAKEN));
        }
        for name in self.schema.unique() {
            if let Some(value) = profile.get(name)
                && let Some(owners) = self.unique.get(name)
                && owners.get(&value.to_string()).is_some_and(|&owner| Some(owner) != by)
            {
                return Err(Refusal::field(name, TAKEN));
            }
        }
        Ok(())
    }

    pub(super) fn index(&mut self, number: u32, profile: &Attributes) {
        let login = fold(&text_of(profile, "login"));
        if let Some(short) = short_name(&login) {
            match self.by_short.get_mut(short) {
                None => {
                    self.by_short.insert(short.into(), Short::One(number));
                }
                Some(Short::Many(owners)) => owners.push(number),
                Some(found @ Short::One(_)) => {
                    if let Short::One(first) = *found {
                        *found = Short::Many(vec![first, number]);
                    }
                }
            }
        }
        self.by_login.insert(login.into_boxed_str(), number);
        for name in self.schema.unique() {
            if let Some(value) = profile.get(name) {
                self.unique.entry(name.to_owned()).or_default().insert(value.to_string(), number);
            }
        }
    }

    fn unindex(&mut self, number: u32, profile: &Attributes) {
        let login = fold(&text_of(profile, "login"));
        self.by_login.remove(login.as_str());
        if let Some(short) = short_name(&login) {
            let left = match self.by_short.get_mut(short) {
                Some(Short::Many(owners)) => {
                    owners.retain(|&owner| owner != number);
                    match owners.as_slice() {
                        [last] => Some(Short::One(*last)),
                        _ => None,
                    }
                }
                _ => {
                    self.by_short.remove(short);
                    None
                }
            };
            if let Some(last) = left {
                self.by_short.insert(short.into(), last);
            }
        }
        for (name, owners) in &mut self.unique {
            if let Some(value) = profile.get(name) {
                owners.remove(&value.to_string());
            }
        }
    }

    /// Takes a changed schema over: values of removed attributes go, unique ones are indexed. Fails when people share a
    /// value that is to be unique.
    pub(crate) fn set_schema(&mut self, schema: Schema, removed: &[String], now: i64) -> Result<(), Refusal> {
        let mut unique = HashMap::new();
        for name in schema.unique() {
            let mut owners = HashMap::new();
            for (number, person) in self.people_from(0) {
                if let Some(value) = person.profile().get(name)
                    && owners.insert(value.to_string(), number).is_some()
                {
                    return Err(Refusal::field(name, "People share a value, so it cannot be made unique"));
                }
            }
            unique.insert(name.to_owned(), owners);
        }
        self.unique = unique;
        self.schema = schema;
        if !removed.is_empty() {
            let numbers: Vec<u32> = self.people_from(0).map(|(number, _)| number).collect();
            for number in numbers {
                let Some(mut profile) = self.person(number).map(Person::profile) else { continue };
                let before = profile.len();
                profile.retain(|name, _| !removed.contains(name));
                if profile.len() != before
                    && let Some(person) = self.person_mut(number)
                {
                    person.set_profile(&profile, now);
                }
            }
        }
        self.mark(ChangeKind::Org, 0);
        Ok(())
    }

    /// Deactivates. Memberships stay.
    pub(crate) fn deactivate(&mut self, number: u32, now: i64) {
        if let Some(person) = self.person_mut(number) {
            person.set_status(Status::Deprovisioned, now);
            self.note_person("user.lifecycle.deactivate", number, now);
        }
    }

    /// Deletes for good; the login is free again.
    pub(crate) fn remove(&mut self, number: u32, now: i64) {
        self.note_person("user.lifecycle.delete.initiated", number, now);
        self.note_person("user.lifecycle.delete.completed", number, now);
        self.mark_person(number);
        // The org's own entry tells how far numbers have got, so that no id is given twice after a restart.
        self.mark(ChangeKind::Org, 0);
        let Some(person) =
            usize::try_from(number).ok().and_then(|at| self.people.get_mut(at)).and_then(Option::take)
        else {
            return;
        };
        self.living -= 1;
        self.unindex(number, &person.profile());
        for group in &person.groups {
            if let Some(group) = self.group_mut(*group) {
                group.members.remove(&number);
            }
        }
        self.mailed.remove(&number);
    }

    /// Notes a mail to a person; refused when one went out less than 5 s before (okta-api.md 2.8).
    pub(crate) fn mail(&mut self, number: u32, now: i64) -> Result<(), Refusal> {
        if self.mailed.get(&number).is_some_and(|&last| now - last < 5000) {
            return Err(Refusal::mailed_just_now());
        }
        if self.mailed.len() > 100_000 {
            self.mailed.retain(|_, last| now - *last < 5000);
        }
        self.mailed.insert(number, now);
        Ok(())
    }

    // ── Groups ──

    pub(crate) fn group_id(&self, number: u32) -> String {
        self.ids.id(Kind::Group, number)
    }

    pub(crate) fn group(&self, number: u32) -> Option<&Group> {
        self.groups.get(usize::try_from(number).ok()?)?.as_ref()
    }

    fn group_mut(&mut self, number: u32) -> Option<&mut Group> {
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
    fn group_numbers(&self, ids: &[String]) -> Result<Vec<u32>, Refusal> {
        if ids.len() > 20 {
            return Err(Refusal::too_many_groups());
        }
        let mut numbers = Vec::with_capacity(ids.len());
        for id in ids {
            let number = self.find_group(id)?;
            if number == EVERYONE {
                let cause = format!("groupIds: {id} is not a group that people can be assigned to");
                return Err(Refusal::invalid("groupIds", vec![cause]));
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
        self.changeable_group(number)?;
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

    /// Refuses what only the org itself may change: Everyone.
    pub(crate) fn changeable_group(&self, number: u32) -> Result<(), Refusal> {
        if number == EVERYONE { Err(Refusal::no_permission()) } else { Ok(()) }
    }

    pub(crate) fn remove_group(&mut self, number: u32, now: i64) -> Result<(), Refusal> {
        self.changeable_group(number)?;
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
        self.changeable_group(group)?;
        let Some(person) = self.person_mut(number) else { return Ok(()) };
        if let Err(at) = person.groups.binary_search(&group) {
            person.groups.insert(at, group);
            self.note_membership(group, number, true, now);
        }
        Ok(())
    }

    /// Takes a person out of a group; fine when not in it.
    pub(crate) fn leave(&mut self, group: u32, number: u32, now: i64) -> Result<(), Refusal> {
        self.changeable_group(group)?;
        let Some(person) = self.person_mut(number) else { return Ok(()) };
        if let Ok(at) = person.groups.binary_search(&group) {
            person.groups.remove(at);
            self.note_membership(group, number, false, now);
        }
        Ok(())
    }

    fn note_membership(&mut self, number: u32, person: u32, joined: bool, now: i64) {
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

    // ── Hooks ──

    pub(crate) fn hook_id(&self, number: u32) -> String {
        self.ids.id(Kind::Hook, number)
    }

    pub(crate) fn hook(&self, number: u32) -> Option<&Hook> {
        self.hooks.get(usize::try_from(number).ok()?)?.as_ref()
    }

    pub(crate) fn find_hook(&self, id: &str) -> Result<u32, Refusal> {
        self.ids
            .number(Kind::Hook, id)
            .filter(|&number| self.hook(number).is_some())
            .ok_or_else(|| Refusal::not_found(id, "InlineHook"))
    }

    pub(crate) fn hooks(&self) -> impl Iterator<Item = (u32, &Hook)> {
        self.hooks.iter().zip(0..).filter_map(|(hook, number)| hook.as_ref().map(|hook| (number, hook)))
    }

    pub(crate) fn add_hook(&mut self, hook: Hook, now: i64) -> Result<u32, Refusal> {
        let number = u32::try_from(self.hooks.len()).map_err(|_| Refusal::internal())?;
        let event = Event::new("inline_hook.created").with("InlineHook", &self.hook_id(number), &hook.name);
        self.hooks.push(Some(hook));
        self.events.push(event, now);
        self.mark(ChangeKind::Hook, u64::from(number));
        Ok(number)
    }

    /// Puts another hook in a hook's place, or nothing; `kind` is the event.
    pub(crate) fn put_hook(&mut self, number: u32, hook: Option<Hook>, kind: &str, now: i64) {
        let id = self.hook_id(number);
        if let Some(place) = usize::try_from(number).ok().and_then(|at| self.hooks.get_mut(at)) {
            let name = hook.as_ref().or(place.as_ref()).map(|hook| hook.name.clone()).unwrap_or_default();
            let gone = hook.is_none();
            *place = hook;
            if gone {
                self.mark(ChangeKind::Org, 0);
            }
            self.events.push(Event::new(kind).with("InlineHook", &id, &name), now);
            self.mark(ChangeKind::Hook, u64::from(number));
        }
    }

    // ── Restoring ──

    /// How many numbers of people, groups and hooks have been given out.
    pub(super) fn given_out(&self) -> [usize; 3] {
        [self.people.len(), self.groups.len(), self.hooks.len()]
    }

    /// After a restore: numbers given out before are not given again.
    pub(super) fn skip_given_out(&mut self, [people, groups, hooks]: [usize; 3]) {
        self.people.resize_with(self.people.len().max(people), || None);
        self.groups.resize_with(self.groups.len().max(groups), || None);
        self.hooks.resize_with(self.hooks.len().max(hooks), || None);
    }

    /// Puts a restored person in its place.
    pub(super) fn place_person(&mut self, number: u32, person: Person) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.people.len() <= at {
            self.people.resize_with(at + 1, || None);
        }
        self.index(number, &person.profile());
        self.living += 1;
        self.people[at] = Some(person);
    }

    /// Puts a restored group in its place.
    pub(super) fn place_group(&mut self, number: u32, group: Group) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.groups.len() <= at {
            self.groups.resize_with(at + 1, || None);
        }
        self.by_group_name.insert(fold_name(&group.name).into_boxed_str(), number);
        self.groups[at] = Some(group);
    }

    /// Puts a restored hook in its place.
    pub(super) fn place_hook(&mut self, number: u32, hook: Hook) {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        if self.hooks.len() <= at {
            self.hooks.resize_with(at + 1, || None);
        }
        self.hooks[at] = Some(hook);
    }

    /// After a restore: groups learn who is in them; memberships of groups that are gone are dropped.
    pub(super) fn join_restored(&mut self) {
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

/// An attribute's text; empty when it has none.
pub(crate) fn text_of(profile: &Attributes, name: &str) -> String {
    profile.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Group names are the same without regard to case.
fn fold_name(name: &str) -> String {
    name.trim().to_lowercase()
}
