//! Checking against the live source: a fresh read of one person's row with the same mapping, so that a password changed
//! yesterday is honoured today.
//!
//! With a workspace, the login leads to the key that it remembers, and the row is read by that: fast, whatever the mapping makes
//! of the login, and for people whose login was changed since they were sent, by hand or in the source, too. The row must still be
//! that person's ([`same_person`](crate::assess::same_person)): a key that was given to someone else meanwhile lets nobody in.
//!
//! Without a workspace, or where people have no key, the source is asked by the column the login is mapped from
//! ([`ways`](super::ways)). Without a workspace nothing tells by which login someone was sent: whoever has another one in the source now
//! is not found by the old one.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;

use super::backend::{Found, Lookup};
use super::error::{BackendError, HookError};
use super::sealed::choose;
use super::ways::{Question, Way, questions, ways};
use crate::assess::{SamePerson, fold_login};
use crate::mapping::{Mapping, Plan};
use crate::model::{Candidate, Explain as _, HookReason, PasswordEvidence, Record, StoredPassword};
use crate::password::read;
use crate::source::Source;
use crate::workspace::{HookPerson, Workspace};

/// Rows looked at for one login.
const MOST: usize = 10;
/// Ways to write one login that are asked for, at most: each is a question to the source.
const WAYS: usize = 8;
/// Rows an example is taken from.
const SAMPLE: usize = 100;

/// The live source.
pub struct LiveLookup {
    source: Arc<dyn Source>,
    words: String,
    mapping: Mapping,
    /// None, and why: then only the key finds people.
    ways: Result<Vec<Way>, HookError>,
    plan: ArcSwapOption<Plan>,
    workspace: Option<Workspace>,
    /// Somebody's key, asked for where there is nobody: the answer takes as long.
    any_key: ArcSwapOption<String>,
}

impl LiveLookup {
    /// Of this source, called `words`, with this mapping. With a workspace, what was decided there holds too: people left out
    /// of the migration, blocked or moved are not let in. Without one nothing is kept anywhere.
    pub fn new(
        source: Arc<dyn Source>,
        words: &str,
        mapping: Mapping,
        workspace: Option<Workspace>,
    ) -> Result<Self, HookError> {
        if !source.can().find {
            return Err(HookError::NotLive { source_name: words.to_owned() });
        }
        let ways = match (ways(&mapping), &workspace) {
            (Err(error), None) => return Err(error),
            (ways, _) => ways,
        };
        // By the workspace's logins people are found here too.
        if let Some(workspace) = &workspace {
            workspace.keep_index();
        }
        Ok(Self {
            source,
            words: format!("{words}, live"),
            mapping,
            ways,
            plan: ArcSwapOption::empty(),
            workspace,
            any_key: ArcSwapOption::empty(),
        })
    }

    fn candidate(&self, record: &Record) -> Result<Candidate, BackendError> {
        let known = self.plan.load_full().filter(|plan| plan.columns() == &record.columns);
        if let Some(plan) = known {
            return Ok(plan.apply(record));
        }
        let plan = Plan::compile(&self.mapping, &record.columns).map_err(|error| BackendError {
            what: error.to_string(),
            advice: "The source's columns have changed. Map it again, then start the hook again.".into(),
            technical: None,
        })?;
        let candidate = plan.apply(record);
        self.plan.store(Some(Arc::new(plan)));
        Ok(candidate)
    }

    /// Everyone in the source whose login this is.
    async fn rows(&self, login: &str) -> Result<Vec<(Record, Candidate)>, BackendError> {
        let folded = fold_login(login);
        let mut asked: Vec<Question> = Vec::new();
        for way in self.ways.iter().flatten() {
            for question in questions(way, login) {
                if asked.len() < WAYS && !asked.contains(&question) {
                    asked.push(question);
                }
            }
        }
        let mut found: Vec<(Record, Candidate)> = Vec::new();
        for question in asked {
            let wanted: Vec<(&str, &str)> =
                question.iter().map(|(column, value)| (column.as_str(), value.as_str())).collect();
            let records = self.source.find_where(&self.mapping.selection, &wanted, MOST).await?;
            for record in records {
                let candidate = self.candidate(&record)?;
                if fold_login(candidate.profile.login()) == folded
                    && !found.iter().any(|(_, other)| other.key == candidate.key)
                {
                    found.push((record, candidate));
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// What there is for someone whom the workspace knows; `None`: the source can't be asked by the key.
    async fn by_key(
        &self,
        workspace: &Workspace,
        login: &str,
        person: &HookPerson,
    ) -> Result<Option<Found>, BackendError> {
        let Some(records) = self.source.find_key(&self.mapping.selection, &person.key).await? else {
            return Ok(None);
        };
        self.any_key.store(Some(Arc::new(person.key.clone())));
        let nobody = |why| Found::Nobody { person: Some(person.id.0), why };
        Ok(Some(match records.as_slice() {
            [] => nobody(HookReason::Gone),
            [record] => {
                let candidate = self.candidate(record)?;
                let now = fold_login(candidate.profile.login());
                if is_theirs(workspace, person, record, &candidate) {
                    check(Some(person), candidate)
                } else if now == fold_login(&person.login_read) || now == fold_login(login) {
                    nobody(HookReason::OtherPerson)
                } else {
                    nobody(HookReason::OtherLogin)
                }
            }
            _ => nobody(HookReason::Several),
        }))
    }

    /// Asks the source as for a person, for nothing: who is not let in must not be told by how soon the answer comes. Whether
    /// it can be asked so.
    async fn in_vain(&self, workspace: &Workspace, key: Option<String>) -> Result<bool, BackendError> {
        let key = match (key, self.any_key.load_full()) {
            (Some(key), _) => key,
            (None, Some(known)) => known.as_ref().clone(),
            (None, None) => match workspace.hook_example().await? {
                Some(person) => person.key,
                None => return Ok(false),
            },
        };
        let asked = self.source.find_key(&self.mapping.selection, &key).await?.is_some();
        if asked {
            self.any_key.store(Some(Arc::new(key)));
        }
        Ok(asked)
    }

    /// What there is by the login alone. `person` is whom the workspace knows by it.
    async fn by_login(
        &self,
        login: &str,
        known: Option<(&Workspace, &HookPerson)>,
    ) -> Result<Found, BackendError> {
        let person = known.map(|(_, person)| person);
        let id = person.map(|person| person.id.0);
        let mut found = self.rows(login).await?;
        let mut why = HookReason::Unknown;
        if let Some((workspace, person)) = known {
            why = HookReason::Gone;
            // Sent by another login than they have in the source.
            if fold_login(&person.login_read) != fold_login(login) {
                for row in self.rows(&person.login_read).await? {
                    if !found.iter().any(|(_, other)| other.key == row.1.key) {
                        found.push(row);
                    }
                }
            }
            // Theirs: whoever has the login by now may be somebody else.
            if !found.is_empty() {
                found.retain(|(record, candidate)| is_theirs(workspace, person, record, candidate));
                why = HookReason::OtherPerson;
            }
            if found.len() > 1 {
                found.retain(|(_, candidate)| candidate.key == person.key);
            }
        }
        if found.len() > 1 {
            return Ok(Found::Nobody { person: id, why: HookReason::Several });
        }
        let Some((_, candidate)) = found.pop() else { return Ok(Found::Nobody { person: id, why }) };
        Ok(check(person, candidate))
    }
}

/// Whether a row is still that of a person whom the workspace knows.
fn is_theirs(workspace: &Workspace, person: &HookPerson, record: &Record, candidate: &Candidate) -> bool {
    workspace.still_theirs(&person.identity, record, candidate) == SamePerson::Same
}

/// What there is to check, by the row as it is now.
fn check(person: Option<&HookPerson>, candidate: Candidate) -> Found {
    // Switched off already when they were read, and not left out: the administrator wants them all the same.
    let wanted = person.is_some_and(|person| person.disabled);
    let person = person.map(|person| person.id.0);
    match candidate.password {
        _ if candidate.active == Some(false) && !wanted => {
            Found::Nobody { person, why: HookReason::Disabled }
        }
        PasswordEvidence::Stored(stored) => Found::Check { person, stored },
        PasswordEvidence::None => Found::Nobody { person, why: HookReason::NoPassword },
        PasswordEvidence::AskSource | PasswordEvidence::TooLarge => {
            Found::Nobody { person, why: HookReason::NotCheckable }
        }
    }
}

#[async_trait]
impl Lookup for LiveLookup {
    async fn find(&self, login: &str) -> Result<Found, BackendError> {
        let Some(workspace) = &self.workspace else { return self.by_login(login, None).await };
        let known = workspace.hook_find(login).await?;
        let key = known.iter().find(|person| !person.changed).map(|person| person.key.clone());
        match choose(known) {
            Ok(person) => match self.by_key(workspace, login, &person).await? {
                Some(found) => Ok(found),
                None => self.by_login(login, Some((workspace, &person))).await,
            },
            Err((person, why)) => {
                if !self.in_vain(workspace, key).await? {
                    self.rows(login).await?;
                }
                Ok(Found::Nobody { person, why })
            }
        }
    }

    async fn example(&self) -> Result<Option<StoredPassword>, BackendError> {
        let sample = self.source.sample(&self.mapping.selection, SAMPLE).await?;
        let mut kinds: Vec<(String, usize, StoredPassword)> = Vec::new();
        for record in &sample.records {
            let PasswordEvidence::Stored(stored) = self.candidate(record)?.password else { continue };
            let reading = read(&stored, &self.mapping.password);
            let label = reading.label().into_owned();
            match kinds.iter_mut().find(|(known, ..)| *known == label) {
                Some((_, n, _)) => *n += 1,
                None => kinds.push((label, 1, stored)),
            }
        }
        Ok(kinds.into_iter().max_by_key(|(_, n, _)| *n).map(|(.., stored)| stored))
    }

    async fn probe(&self) -> Result<(), BackendError> {
        if let Some(workspace) = &self.workspace {
            // The migration's file, too: it may have been taken away.
            workspace.hook_find("").await?;
        }
        if let Some(workspace) = &self.workspace
            && self.in_vain(workspace, None).await?
        {
            return Ok(());
        }
        if let Err(error) = &self.ways {
            return Err(BackendError { what: error.to_string(), advice: error.advice(), technical: None });
        }
        self.rows("nobody@causeway.invalid").await?;
        Ok(())
    }

    fn words(&self) -> String {
        self.words.clone()
    }
}
