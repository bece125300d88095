//! From columns whose meaning is known to rules with sensible changes.

use super::Taken;
use super::country;
use super::dates;
use super::dictionary::Meaning as M;
use super::looks::{self, Column, Kind};
use crate::mapping::transform::unpack;
use crate::mapping::types::{Rule, Target, Transform};
use crate::model::name_words::fold;

/// The rules, in the order of the columns. `active`: which columns say who is active, and how.
pub(super) fn rules(
    columns: &[Column<'_>],
    taken: &[Taken],
    active: Vec<(usize, Vec<Transform>)>,
) -> Vec<Rule> {
    let mut maker = Maker { columns, taken, rules: Vec::new() };
    for (at, changes) in active {
        maker.add(at, Target::IsActive, changes);
    }
    maker.sign_in();
    maker.names();
    maker.phones();
    maker.others();
    maker.rules.sort_by_key(|(at, _)| *at);
    maker.rules.into_iter().map(|(_, rule)| rule).collect()
}

struct Maker<'a> {
    columns: &'a [Column<'a>],
    taken: &'a [Taken],
    rules: Vec<(usize, Rule)>,
}

/// Names that say they hold the whole name, not perhaps a half of it.
const WHOLE: [&str; 10] =
    ["full", "complet", "voll", "volledig", "imienazwisko", "imieinazwisko", "prenom", "фио", "姓名", "氏名"];

impl Maker<'_> {
    fn of(&self, meaning: M) -> Option<usize> {
        self.taken.iter().find(|t| t.meaning == meaning).map(|t| t.at)
    }

    fn attribute(&self, name: &'static str) -> Option<usize> {
        self.of(M::Attribute(name))
    }

    fn has_rule(&self, name: &str) -> bool {
        self.rules.iter().any(|(_, rule)| matches!(&rule.target, Target::Attribute(a) if a == name))
    }

    fn add(&mut self, at: usize, target: Target, transforms: Vec<Transform>) {
        let column = Some(self.columns[at].name.to_owned());
        self.rules.push((at, Rule { column, target, transforms }));
    }

    fn set(&mut self, at: usize, name: &str, transforms: Vec<Transform>) {
        if !self.has_rule(name) {
            self.add(at, Target::Attribute(name.to_owned()), transforms);
        }
    }

    /// Okta's login must be an e-mail address unless the org says otherwise: a user name that is none stays behind when there is
    /// an address to sign in with.
    fn sign_in(&mut self) {
        let address = || vec![Transform::Trim, Transform::Lower];
        let mail_like = |at: usize| self.columns[at].share(looks::email) >= 0.5;
        let (login, email) = (self.attribute("login"), self.attribute("email"));
        let (login, email) = match (login, email) {
            (Some(login), Some(email)) if mail_like(login) => (Some(login), Some(email)),
            // Hardly anyone has an address: then the user name is what people know.
            (Some(login), Some(email))
                if self.columns[email].values.len() * 3 < self.columns[login].values.len() =>
            {
                (Some(login), Some(email))
            }
            (_, Some(email)) => (Some(email), Some(email)),
            (Some(login), None) => (Some(login), mail_like(login).then_some(login)),
            (None, None) => (None, None),
        };
        if let Some(at) = login {
            self.set(at, "login", address());
        }
        if let Some(at) = email {
            self.set(at, "email", address());
        }
    }

    fn names(&mut self) {
        let (first, last) = (self.attribute("firstName"), self.attribute("lastName"));
        let full = self.of(M::FullName);
        let display = self.attribute("displayName");
        if let Some(at) = first {
            self.set(at, "firstName", self.name_changes(at));
        }
        if let Some(at) = last {
            match self.infix() {
                // Dutch: `van der` in one column and `Berg` in another make one family name.
                Some(infix) => {
                    let join = Transform::Join {
                        columns: vec![self.columns[at].name.to_owned()],
                        separator: " ".to_owned(),
                    };
                    self.set(infix, "lastName", vec![Transform::Trim, join]);
                }
                None => self.set(at, "lastName", self.name_changes(at)),
            }
        }
        if let Some(at) = full.or(display) {
            let half = first.or(last).is_some_and(|other| full.is_some() && self.is_half(at, other));
            match (first, last) {
                (Some(_), None) if half => self.set(at, "lastName", self.name_changes(at)),
                (None, Some(_)) if half => self.set(at, "firstName", self.name_changes(at)),
                (first, last) => {
                    if first.is_none() {
                        self.set(at, "firstName", vec![Transform::GivenName]);
                    }
                    if last.is_none() {
                        self.set(at, "lastName", vec![Transform::FamilyName]);
                    }
                    self.set(display.unwrap_or(at), "displayName", vec![Transform::Trim]);
                }
            }
        }
    }

    /// Whether a column called `name` (nom, nome, nombre) holds only the half of the name that `other` does not.
    fn is_half(&self, at: usize, other: usize) -> bool {
        let (column, other) = (&self.columns[at], &self.columns[other]);
        let name = fold(column.name);
        if WHOLE.iter().any(|word| name.contains(word)) {
            return false;
        }
        // A whole name contains the other half; the columns' values stand in the same order, but empty ones are left out.
        let halves: Vec<_> =
            other.values.iter().filter_map(|v| v.as_text()).map(|t| t.trim().to_lowercase()).collect();
        let holds = |text: &str| {
            let text = text.to_lowercase();
            text.contains(char::is_whitespace)
                && halves
                    .iter()
                    .any(|half| !half.is_empty() && text.split_whitespace().any(|word| word == half))
        };
        column.share(holds) < 0.5
    }

    fn infix(&self) -> Option<usize> {
        let names = ["tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels"];
        self.columns.iter().position(|column| names.contains(&fold(column.name).as_str()))
    }

    /// White space off; names that all shout are written as people write them.
    fn name_changes(&self, at: usize) -> Vec<Transform> {
        let column = &self.columns[at];
        let cased = |text: &str| text.chars().filter(|c| c.is_uppercase() || c.is_lowercase()).count() > 2;
        let shouts = |text: &str| cased(text) && !text.chars().any(char::is_lowercase);
        let mut changes = vec![Transform::Trim];
        if column.values.len() > 1 && column.share(shouts) >= 0.8 {
            changes.push(Transform::TitleCase);
        }
        changes
    }

    /// A phone that does not say which is taken for the mobile one, which Okta can use to verify people.
    fn phones(&mut self) {
        let mut phones: Vec<(usize, &str)> = ["mobilePhone", "primaryPhone"]
            .into_iter()
            .filter_map(|name| self.attribute(name).map(|at| (at, name)))
            .collect();
        if let Some(at) = self.of(M::Phone) {
            let free = ["mobilePhone", "primaryPhone"]
                .into_iter()
                .find(|name| !phones.iter().any(|(_, n)| n == name));
            phones.extend(free.map(|name| (at, name)));
        }
        if phones.is_empty() {
            return;
        }
        let column = |at: usize| &self.columns[at];
        let locales: Vec<_> = ["locale", "preferredLanguage"]
            .into_iter()
            .filter_map(|n| self.attribute(n))
            .map(column)
            .collect();
        let country = country::of_phones(
            self.attribute("countryCode").map(column),
            &phones.iter().map(|(at, _)| column(*at)).collect::<Vec<_>>(),
            &locales,
            self.attribute("email").or(self.attribute("login")).map(column),
        );
        for (at, name) in phones {
            self.set(at, name, vec![Transform::Phone { country: country.clone() }]);
        }
    }

    fn others(&mut self) {
        for Taken { at, meaning } in self.taken.iter().copied() {
            let column = &self.columns[at];
            let trim = || vec![Transform::Trim];
            match meaning {
                M::Password => self.add(at, Target::Password, Vec::new()),
                M::Salt => self.add(at, Target::Salt, Vec::new()),
                M::LastSignIn => self.add(at, Target::LastSignIn, dates::moments(column)),
                M::Group => self.add(at, Target::Group, group_changes(column)),
                // Made above, or left behind on purpose.
                M::Active
                | M::Inactive
                | M::InactiveSince
                | M::FullName
                | M::Phone
                | M::Attribute(
                    "login" | "email" | "firstName" | "lastName" | "mobilePhone" | "primaryPhone",
                ) => {}
                M::Attribute("secondEmail") => {
                    self.set(at, "secondEmail", vec![Transform::Trim, Transform::Lower]);
                }
                M::Attribute("countryCode") => {
                    self.set(at, "countryCode", vec![Transform::Trim, Transform::Upper]);
                }
                M::Attribute(name @ ("locale" | "preferredLanguage")) => {
                    self.set(at, name, locale_changes(name, column));
                }
                M::Attribute(name) => self.set(at, name, trim()),
            }
        }
    }
}

/// Okta writes a locale `en_US` and a language `en-US`.
fn locale_changes(name: &str, column: &Column<'_>) -> Vec<Transform> {
    let (wrong, right) = if name == "locale" { ("-", "_") } else { ("_", "-") };
    let mut changes = vec![Transform::Trim];
    if column.share(|text| text.contains(wrong)) > 0.0 {
        changes.push(Transform::Replace { from: wrong.to_owned(), to: right.to_owned() });
    }
    changes
}

fn group_changes(column: &Column<'_>) -> Vec<Transform> {
    if column.kind() == Kind::List {
        return Vec::new();
    }
    if column.share(|text| unpack(text).is_some()) >= 0.3 {
        return vec![Transform::Unpack];
    }
    // A distinguished name has commas of its own.
    let names = column.share(|text| text.contains('=')) > 0.5;
    let separator = [";", "|", ","].into_iter().find(|mark| column.share(|text| text.contains(mark)) >= 0.1);
    match separator.filter(|_| !names) {
        Some(separator) => vec![Transform::SplitAll { separator: separator.to_owned() }],
        None => Vec::new(),
    }
}
