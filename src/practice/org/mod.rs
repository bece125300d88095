//! The org itself: people, groups, hooks, schema and log, with the indexes that keep every lookup short.

mod groups;
mod hooks;
mod people;
mod restore;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use secrecy::SecretString;
use serde_json::Value;

use crate::practice::credential::Credential;
use crate::practice::events::Events;
use crate::practice::group::{Group, Hook};
use crate::practice::ids::{Ids, Kind};
use crate::practice::journal::ChangeKind;
use crate::practice::person::{Person, Provider, Status};
use crate::practice::schema::{Attributes, Schema};

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
    pub(in crate::practice) people: Vec<Option<Person>>,
    pub(in crate::practice) living: usize,
    by_login: HashMap<Box<str>, u32>,
    by_short: HashMap<Box<str>, Short>,
    /// Who has which e-mail address, folded; only while each is taken once.
    by_email: Option<HashMap<Box<str>, Vec<u32>>>,
    /// For each unique custom attribute, who has which value.
    unique: BTreeMap<String, HashMap<String, u32>>,
    pub(in crate::practice) groups: Vec<Option<Group>>,
    by_group_name: HashMap<Box<str>, u32>,
    pub(in crate::practice) hooks: Vec<Option<Hook>>,
    /// When a person last got a mail of the kind that may not come twice within 5 s.
    mailed: HashMap<u32, i64>,
    pub(in crate::practice) dirty: Dirty,
    /// How many changes were put on that list so far.
    pub(in crate::practice) marks: u64,
    pub(in crate::practice) journalled: bool,
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
    /// The program that asks, as the log names it.
    pub(crate) agent: String,
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
            by_email: None,
            unique: BTreeMap::new(),
            groups: Vec::new(),
            by_group_name: HashMap::new(),
            hooks: Vec::new(),
            mailed: HashMap::new(),
            dirty: Dirty::new(),
            marks: 0,
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
            self.marks += 1;
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
}

/// An attribute's text; empty when it has none.
pub(crate) fn text_of(profile: &Attributes, name: &str) -> String {
    profile.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
