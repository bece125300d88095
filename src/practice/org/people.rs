//! People: found, made, changed, removed, and kept in the indexes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{NewPerson, Org, Short, text_of};
use crate::practice::events::Event;
use crate::practice::ids::Kind;
use crate::practice::journal::ChangeKind;
use crate::practice::person::{Person, Provider, Status};
use crate::practice::refusal::Refusal;
use crate::practice::schema::{Attributes, Schema, is_blank};
use crate::practice::text::{fold, short_name};

/// Characters that make Okta answer 400 to a login in a path, percent-encoded or not (okta-api.md 2.7).
const NOT_IN_PATHS: [char; 9] = ['/', '?', '[', ']', '\\', ';', '\n', '\r', '…'];

impl Org {
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

    /// Finds by id, login, or a short name that only one has. Logins that no path can carry answer to their id only.
    pub(crate) fn find(&self, id_or_login: &str) -> Option<u32> {
        if let Some(number) = self.ids.number(Kind::User, id_or_login)
            && self.person(number).is_some()
        {
            return Some(number);
        }
        if id_or_login.contains(NOT_IN_PATHS) {
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
        // Refused before anyone is looked for, so the answer does not tell whether there is such a person.
        if id_or_login.contains(NOT_IN_PATHS) {
            return Err(Refusal::not_in_a_path());
        }
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

    /// From now on each e-mail address is taken once only (okta-api.md 2.5), or not.
    pub(crate) fn keep_emails(&mut self, keep: bool) {
        if keep == self.by_email.is_some() {
            return;
        }
        self.by_email = keep.then(|| {
            let mut by_email: HashMap<Box<str>, Vec<u32>> = HashMap::new();
            for (number, person) in self.people_from(0) {
                by_email.entry(fold(&person.text("email")).into_boxed_str()).or_default().push(number);
            }
            by_email
        });
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
        self.events.push(Event::new("user.lifecycle.create").about(&id, &login).by_agent(&new.agent), now);
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
        // With self-service registration the refusal speaks of the login, though it is the e-mail that is taken.
        let email = fold(&text_of(profile, "email"));
        let owners = self.by_email.as_ref().and_then(|by_email| by_email.get(email.as_str()));
        if owners.is_some_and(|owners| owners.iter().any(|&owner| Some(owner) != by)) {
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
        if let Some(by_email) = &mut self.by_email {
            let email = fold(&text_of(profile, "email")).into_boxed_str();
            by_email.entry(email).or_default().push(number);
        }
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
            let left = if let Some(Short::Many(owners)) = self.by_short.get_mut(short) {
                owners.retain(|&owner| owner != number);
                match owners.as_slice() {
                    [last] => Some(Short::One(*last)),
                    _ => None,
                }
            } else {
                self.by_short.remove(short);
                None
            };
            if let Some(last) = left {
                self.by_short.insert(short.into(), last);
            }
        }
        if let Some(owners) = self
            .by_email
            .as_mut()
            .and_then(|by_email| by_email.get_mut(fold(&text_of(profile, "email")).as_str()))
        {
            owners.retain(|&owner| owner != number);
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
        let mut unique = BTreeMap::new();
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
}
