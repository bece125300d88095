//! Whether an entry of the source is the person it stood for before: somebody changed, or somebody else who was given an old key.
//!
//! A key alone does not tell: numbers are given again, rows are numbered anew, a name leaves with one person and comes with another.
//! What stays with a person when one thing about them changes does: each trait speaks for or against, by how rarely it is shared and how
//! rarely it changes. Where they do not agree nobody guesses ([`SamePerson::Unsure`]): an administrator is asked.
//!
//! | trait | the same | another |
//! | --- | --- | --- |
//! | login | 2 | 1 |
//! | e-mail address, where it is not the login | 2 | 1 |
//! | first and last name | 2 (one of them, or a single name: 1) | 3 |
//! | number as an employee | 2 | 2 |
//! | stored password, salted | 2 | |
//! | when the entry was made | 2 (to the second) | 3 (more than a day apart) |
//!
//! The very same row in the source is the same person, whatever a changed mapping makes of it. Else the same: at least 2 for and at most 2 against, or at least 4 for and at most 3 against. Another: nothing for, and 3 or more
//! against. Everything between is not sure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::model::name_words::tokens;
use crate::model::{Columns, Profile, Value, fold};

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SamePerson {
    /// The same person, whatever of them changed.
    Same,
    /// It can't be told.
    Unsure,
    /// Another person.
    Other,
}

/// What tells a person from others, as far as it is known. Holds no password, only what one can be compared by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Their logins, folded: as read, as changed by hand, as sent.
    logins: BTreeSet<String>,
    emails: BTreeSet<String>,
    /// The words of their name, folded.
    name: BTreeSet<String>,
    number: Option<String>,
    made: Option<Made>,
    password: Option<[u8; 16]>,
    row: Option<[u8; 16]>,
}

/// When an entry was made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Made {
    /// As the source writes it.
    text: String,
    /// Days since 1970, where that can be told.
    day: Option<i64>,
    /// Whether it says a time of day: a date alone is shared by many.
    precise: bool,
}

impl Identity {
    /// Of a profile, and the source row it was made of. What a rule of the mapping gives everybody alike is nobody's name: words count
    /// only if they stand in the row.
    pub fn new(profile: &Profile, columns: &Columns, values: &[Value]) -> Self {
        let texts: Vec<String> = values
            .iter()
            .filter_map(Value::as_text)
            .map(|text| fold(&text))
            .filter(|t| !t.is_empty())
            .collect();
        let in_row = |word: &String| texts.iter().any(|text| text.contains(word.as_str()));
        let names = ["firstName", "lastName"].map(|name| profile.text(name).unwrap_or_default());
        let shown = if names.iter().all(|name| name.is_empty()) {
            profile.text("displayName").unwrap_or_default()
        } else {
            ""
        };
        let words = names.into_iter().chain([shown]).flat_map(|name| {
            fold(name).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
        });
        let number = profile.get("employeeNumber").map(|number| match number.as_str() {
            Some(text) => fold(text),
            None => number.to_string(),
        });
        Self {
            logins: some(profile.login()),
            emails: some(profile.email()),
            name: words.filter(|word| !word.is_empty()).filter(in_row).collect(),
            number: number.filter(|number| !number.is_empty()).filter(in_row),
            made: made(columns, values),
            ..Self::default()
        }
    }

    /// Of nothing but a login.
    pub fn of_login(login: &str) -> Self {
        Self { logins: some(login), ..Self::default() }
    }

    /// With another login and e-mail address of theirs.
    #[must_use]
    pub fn also(mut self, login: &str, email: &str) -> Self {
        self.logins.extend(some(login));
        self.emails.extend(some(email));
        self
    }

    /// With what their stored password can be compared by.
    #[must_use]
    pub fn with_password(mut self, password: Option<[u8; 16]>) -> Self {
        self.password = password;
        self
    }

    /// With what their whole row in the source can be compared by.
    #[must_use]
    pub fn with_row(mut self, row: Option<[u8; 16]>) -> Self {
        self.row = row;
        self
    }
}

fn some(text: &str) -> BTreeSet<String> {
    Some(fold(text)).filter(|text| !text.is_empty()).into_iter().collect()
}

/// How much speaks for it and how much against.
#[derive(Default)]
struct Scale {
    same: u32,
    other: u32,
}

impl Scale {
    fn weigh(&mut self, is: bool, same: u32, other: u32) {
        if is {
            self.same += same;
        } else {
            self.other += other;
        }
    }
}

/// Whether what stands here `now` is the person it was `before`.
pub fn same_person(before: &Identity, now: &Identity) -> SamePerson {
    // Nothing changed in the source, whatever the mapping makes of it by now.
    if before.row.is_some() && before.row == now.row {
        return SamePerson::Same;
    }
    let mut scale = Scale::default();
    let both = |a: &BTreeSet<String>, b: &BTreeSet<String>| !a.is_empty() && !b.is_empty();
    if both(&before.logins, &now.logins) {
        scale.weigh(!before.logins.is_disjoint(&now.logins), 2, 1);
    }
    // An address that is the login says nothing twice.
    let apart = |who: &Identity| !who.emails.is_subset(&who.logins);
    if both(&before.emails, &now.emails) && (apart(before) || apart(now)) {
        scale.weigh(!before.emails.is_disjoint(&now.emails), 2, 1);
    }
    if both(&before.name, &now.name) {
        match before.name.intersection(&now.name).count() {
            0 => scale.other += 3,
            // All words of the one, in whatever order, and at least two.
            n if n >= 2 && n == before.name.len().min(now.name.len()) => scale.same += 2,
            _ => scale.same += 1,
        }
    }
    if let (Some(before), Some(now)) = (&before.number, &now.number) {
        scale.weigh(before == now, 2, 2);
    }
    if before.password.is_some() && before.password == now.password {
        scale.same += 2;
    }
    if let (Some(before), Some(now)) = (&before.made, &now.made) {
        if before.text == now.text {
            scale.same += if now.precise { 2 } else { 0 };
        } else if let (Some(before), Some(now)) = (before.day, now.day)
            // Clocks of two zones are never further apart.
            && before.abs_diff(now) > 1
        {
            scale.other += 3;
        }
    }
    match (scale.same, scale.other) {
        (2.., ..=2) | (4.., ..=3) => SamePerson::Same,
        (0, 3..) => SamePerson::Other,
        _ => SamePerson::Unsure,
    }
}

/// When the entry was made, by a column that is named so: `created_at`, `date_joined`, `user_registered`, `whenCreated`.
fn made(columns: &Columns, values: &[Value]) -> Option<Made> {
    let named = columns.names().iter().position(|name| {
        let words = tokens(name);
        let has = |some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
        has(&[
            "created",
            "create",
            "creation",
            "joined",
            "registered",
            "registration",
            "regdate",
            "signup",
            "inserted",
        ]) && !has(&["by", "last", "ip", "from", "user_id", "login", "id", "updated", "modified"])
    })?;
    let value = values.get(named).filter(|value| !value.is_empty())?;
    if let Value::Time(at) = value {
        return Some(Made {
            text: at.to_rfc3339(),
            day: Some(at.timestamp().div_euclid(86_400)),
            precise: at.timestamp().rem_euclid(86_400) != 0,
        });
    }
    let text = value.as_text()?.trim().to_owned();
    let number = text.parse::<i64>().ok().filter(|n| *n > 100_000_000);
    // Milliseconds from 1973 on, else seconds.
    let seconds = number.map(|n| if n > 100_000_000_000 { n / 1000 } else { n });
    let date = || {
        let written = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
        Some(written.signed_duration_since(NaiveDate::default()).num_days())
    };
    Some(Made {
        day: seconds.map(|seconds| seconds.div_euclid(86_400)).or_else(date),
        precise: seconds.map_or_else(
            || text.contains(':') && !text.contains("00:00:00"),
            |seconds| seconds.rem_euclid(86_400) != 0,
        ),
        text,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Columns: login, mail, first, last, number, created_at.
    fn who(parts: [&str; 6]) -> Identity {
        let [login, mail, first, last, number, _] = parts;
        let mut profile = Profile::default();
        profile.set("login", login);
        profile.set("email", mail);
        profile.set("firstName", first);
        profile.set("lastName", last);
        profile.set("employeeNumber", number);
        let columns = Columns::new(["login", "mail", "first", "last", "number", "created_at"]);
        let values: Vec<Value> = parts.iter().map(|part| Value::Text((*part).to_owned())).collect();
        Identity::new(&profile, &columns, &values)
    }

    const ANN: [&str; 6] = ["ann@x", "ann@x", "Ann", "Smith", "", ""];

    #[test]
    fn who_only_changed_something_is_the_same() {
        for (before, now, why) in [
            (ANN, ["ann@new", "ann@new", "Ann", "Smith", "", ""], "another address, which is the login"),
            (ANN, ["ANN@X", "ann@x", "Ann", "Jones", "", ""], "married"),
            (
                ["ann", "ann@x", "Ann", "Smith", "", ""],
                ["asmith", "a@new", "Ann", "Smith", "", ""],
                "renamed",
            ),
            (["ann", "ann@x", "", "", "", ""], ["ann", "a@new", "", "", "", ""], "no names"),
            (ANN, ["ann@new", "ann@new", "Smith", "Ann", "", ""], "the names change places"),
            (
                ["ann@x", "ann@x", "Ann", "Smith", "", "2020-01-02 03:04:05"],
                ["jones@x", "jones@x", "Ann", "Jones", "", "2020-01-02 03:04:05"],
                "married, with a new address, in the same row",
            ),
            (
                ["ann@x", "ann@x", "Ann", "Smith", "4711", ""],
                ["jones@x", "jones@x", "Ann", "Jones", "4711", ""],
                "married, with the same number",
            ),
            (ANN, ["ann@x", "ann@x", "Ann", "Smith", "", "2024-05-06"], "a column more"),
            (
                ["ann", "info@x", "Ann", "Smith", "", ""],
                ["ann", "info@x", "Bob", "Jones", "", ""],
                "a post's account",
            ),
        ] {
            assert_eq!(same_person(&who(before), &who(now)), SamePerson::Same, "{why}");
            assert_eq!(same_person(&who(now), &who(before)), SamePerson::Same, "{why}, turned round");
        }
    }

    #[test]
    fn somebody_else_is_another() {
        for (before, now, why) in [
            (ANN, ["bob@x", "bob@x", "Bob", "Jones", "", ""], "everything differs"),
            (["ann", "ann@x", "Ann", "Smith", "", ""], ["bob", "bob@x", "Bob", "Jones", "", ""], "login too"),
            (
                ["ann@x", "ann@x", "", "", "", "2020-01-02 03:04:05"],
                ["bob@x", "bob@x", "", "", "", "2024-01-02 03:04:05"],
                "made later, names unknown",
            ),
        ] {
            assert_eq!(same_person(&who(before), &who(now)), SamePerson::Other, "{why}");
        }
    }

    #[test]
    fn what_does_not_agree_is_asked() {
        for (before, now, why) in [
            (ANN, ["jones@x", "jones@x", "Ann", "Jones", "", ""], "married, or another Ann"),
            (["ann@x", "ann@x", "", "", "", ""], ["bob@x", "bob@x", "", "", "", ""], "nothing but the login"),
            (ANN, ["ann@x", "ann@x", "Bob", "Jones", "", ""], "the same login, another name"),
            (
                ["ann@x", "ann@x", "Ann", "Smith", "", "2020-01-02 03:04:05"],
                ["ann@y", "ann@y", "Ann", "Smith", "", "2024-01-02 03:04:05"],
                "a namesake",
            ),
            (
                ["x", "team@x", "Ann", "Smith", "", ""],
                ["y", "team@x", "Bob", "Jones", "", ""],
                "a shared address",
            ),
        ] {
            assert_eq!(same_person(&who(before), &who(now)), SamePerson::Unsure, "{why}");
        }
    }

    #[test]
    fn a_name_that_the_mapping_gives_everybody_is_nobodys() {
        let who = |login: &str| {
            let mut profile = Profile::default();
            profile.set("login", login);
            profile.set("email", login);
            profile.set("firstName", "Not");
            profile.set("lastName", "Known");
            Identity::new(&profile, &Columns::new(["login"]), &[Value::Text(login.to_owned())])
        };
        assert_eq!(same_person(&who("ann@x"), &who("bob@x")), SamePerson::Unsure);
    }

    #[test]
    fn the_same_row_is_the_same_person_by_whatever_mapping() {
        let (one, other) = (Identity::of_login("ann"), Identity::of_login("ann.smith@x"));
        assert_eq!(same_person(&one, &other), SamePerson::Unsure);
        let (one, other) = (one.with_row(Some([1; 16])), other.with_row(Some([1; 16])));
        assert_eq!(same_person(&one, &other), SamePerson::Same);
        assert_eq!(same_person(&one, &Identity::of_login("bob").with_row(Some([2; 16]))), SamePerson::Unsure);
    }

    #[test]
    fn a_login_that_was_sent_counts_like_the_one_that_was_read() {
        let before = who(ANN).also("ann@corp", "");
        assert_eq!(same_person(&before, &Identity::of_login("Ann@Corp")), SamePerson::Same);
        assert_eq!(
            same_person(&Identity::of_login("ann@x"), &Identity::of_login("bob@x")),
            SamePerson::Unsure
        );
    }

    #[test]
    fn the_column_of_when_it_was_made_is_found_by_its_name() {
        let made_of = |name: &str, value: &str| made(&Columns::new([name]), &[Value::Text(value.to_owned())]);
        for name in
            ["created_at", "dateJoined", "USER_REGISTERED", "whenCreated", "createTimestamp", "creation_date"]
        {
            assert_eq!(made_of(name, "2020-01-02").and_then(|made| made.day), Some(18_263), "{name}");
        }
        for name in ["created_by", "last_login_created", "updated_at", "name", "recreate"] {
            assert_eq!(made_of(name, "2020-01-02"), None, "{name}");
        }
        for (value, day, precise) in [
            ("1577934245", Some(18_263), true),
            ("1577934245000", Some(18_263), true),
            ("2020-01-02T03:04:05Z", Some(18_263), true),
            ("2020-01-02 00:00:00", Some(18_263), false),
            ("yesterday", None, false),
        ] {
            let made = made_of("created", value).unwrap();
            assert_eq!((made.day, made.precise), (day, precise), "{value}");
        }
    }

    proptest! {
        /// Whatever a source writes: everyone is who they are, and who has nothing in common with another is never taken for them.
        #[test]
        fn everyone_is_who_they_are(parts in proptest::array::uniform6("\\PC{0,12}")) {
            let parts = parts.each_ref().map(String::as_str);
            let one = who(parts);
            if !one.logins.is_empty() {
                prop_assert_eq!(same_person(&one, &one), SamePerson::Same);
            }
            let other = who(["zz1@zz1", "zz2@zz2", "Zzfirst", "Zzlast", "zz3", ""]);
            prop_assert_ne!(same_person(&one, &other), SamePerson::Same);
        }
    }
}
