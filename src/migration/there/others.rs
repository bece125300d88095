//! What of people's another account in Okta has: the e-mail address, which an org may take only once, or a login that differs only in
//! accents (okta-api.md 2.5). Seen on the list of the org, or searched for, many people at a time.

use std::collections::HashMap;

use super::{Looker, NotKnown};
use crate::assess::{fold_login, same_login};
use crate::migration::MigrationError;
use crate::migration::import::ask::{Got, Tries};
use crate::migration::import::lookup::users;
use crate::okta::{Bucket, Request, User};
use crate::workspace::{PersonId, PersonRow, WhatIsTaken};

/// People searched for in one question: its address stays well below what servers take.
const AT_ONCE: usize = 20;

impl Looker {
    /// Notes whose address these accounts have, where they are not those people's own.
    pub(super) async fn others_have(&mut self, accounts: &[User]) -> Result<(), MigrationError> {
        let mut by_email: HashMap<String, Vec<&User>> = HashMap::new();
        for account in accounts {
            let email = fold_login(account.profile.email());
            if !email.is_empty() {
                by_email.entry(email).or_default().push(account);
            }
        }
        let emails: Vec<String> = by_email.keys().cloned().collect();
        for (person, login, email) in self.workspace.waiting_by_email(&emails).await? {
            let others = by_email.get(&email).into_iter().flatten();
            // Their own account, or one that is in the way by its login already.
            let mut others = others.filter(|account| fold_login(account.profile.login()) != login);
            if let Some(account) = others.next() {
                self.seen.takes(person, WhatIsTaken::Email, account);
            }
        }
        Ok(())
    }

    /// Searches for accounts that have something of these people's, of those who are not there themselves.
    pub(super) async fn ask_for_others(&mut self, rows: &[PersonRow]) -> Result<(), MigrationError> {
        let new: Vec<&PersonRow> = rows.iter().filter(|row| !self.seen.there.contains(&row.id)).collect();
        for some in new.chunks(AT_ONCE) {
            let ids: Vec<PersonId> = some.iter().map(|row| row.id).collect();
            let profiles = self.workspace.persons(&ids).await?;
            let emails: Vec<&str> =
                profiles.iter().map(|one| one.profile.email()).filter(|email| !email.is_empty()).collect();
            // A search ignores capitals and not accents: whoever is written without them is found by the folded login.
            let folded: Vec<String> = some
                .iter()
                .map(|row| fold_login(&row.login))
                .zip(some)
                .filter(|(folded, row)| !same_login(folded, &row.login))
                .map(|(folded, _)| folded)
                .collect();
            let logins: Vec<&str> = folded.iter().map(String::as_str).collect();
            if emails.is_empty() && logins.is_empty() {
                continue;
            }
            let question = Request::search_any(&emails, &logins);
            let why = match self.ask.list(question, Bucket::Users, &mut Tries::default(), users).await {
                Got::Done(accounts) => {
                    self.others_have(&accounts).await?;
                    self.twins_among(some, &accounts);
                    continue;
                }
                Got::Stopped => return Ok(()),
                Got::Missing => "Okta did not find its list of users".to_owned(),
                Got::Refused(refusal) | Got::Taken(refusal) => refusal.words,
                Got::Unsure(why) | Got::GaveUp(why) => why.words().to_owned(),
            };
            let before = self.seen.emails_not_known.take().map_or(0, |before| before.people);
            self.seen.emails_not_known = Some(NotKnown { people: before + some.len() as u64, why });
        }
        Ok(())
    }

    /// Notes whose login differs only in accents from one of these accounts'.
    fn twins_among(&mut self, rows: &[&PersonRow], accounts: &[User]) {
        for account in accounts {
            let theirs = account.profile.login();
            let twin = |row: &&&PersonRow| {
                fold_login(&row.login) == fold_login(theirs) && !same_login(&row.login, theirs)
            };
            if let Some(row) = rows.iter().find(twin) {
                self.seen.takes(row.id, WhatIsTaken::Login, account);
            }
        }
    }
}
