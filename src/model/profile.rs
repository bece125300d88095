//! The Okta profile and its 31 base attributes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A base attribute of Okta's default user profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Okta's name.
    pub name: &'static str,
    /// Okta requires it unless the org's schema says otherwise.
    pub required: bool,
    /// Least number of characters, where Okta documents one.
    pub min: Option<usize>,
    /// Greatest number of characters, where Okta documents one.
    pub max: Option<usize>,
}

const fn plain(name: &'static str) -> Attribute {
    Attribute { name, required: false, min: None, max: None }
}

const fn upto(name: &'static str, max: usize) -> Attribute {
    Attribute { name, required: false, min: None, max: Some(max) }
}

const fn needed(name: &'static str, min: usize, max: usize) -> Attribute {
    Attribute { name, required: true, min: Some(min), max: Some(max) }
}

/// Okta's 31 base attributes with their documented limits (Okta Management API, User profile), in the order screens list them.
pub const ATTRIBUTES: [Attribute; 31] = [
    needed("login", 5, 100),
    needed("email", 5, 100),
    needed("firstName", 1, 50),
    needed("lastName", 1, 50),
    plain("middleName"),
    plain("honorificPrefix"),
    plain("honorificSuffix"),
    plain("title"),
    plain("displayName"),
    plain("nickName"),
    plain("profileUrl"),
    upto("secondEmail", 100),
    upto("mobilePhone", 100),
    upto("primaryPhone", 100),
    upto("streetAddress", 1024),
    upto("city", 128),
    upto("state", 128),
    upto("zipCode", 50),
    upto("countryCode", 2),
    upto("postalAddress", 4096),
    plain("preferredLanguage"),
    plain("locale"),
    plain("timezone"),
    plain("userType"),
    plain("employeeNumber"),
    plain("costCenter"),
    plain("organization"),
    plain("division"),
    plain("department"),
    plain("managerId"),
    plain("manager"),
];

/// The base attribute of that name. `None` for a custom one.
pub fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|a| a.name == name)
}

/// A person's Okta profile: attribute names to JSON values. An attribute without a value is absent, never null or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(BTreeMap<String, serde_json::Value>);

impl Profile {
    /// Sets an attribute. Null and empty text remove it.
    pub fn set(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        let value = value.into();
        if value.is_null() || value.as_str().is_some_and(str::is_empty) {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value);
        }
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&serde_json::Value> {
        self.0.get(name)
    }

    /// The value of a text attribute.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(serde_json::Value::as_str)
    }

    /// The login, or nothing.
    pub fn login(&self) -> &str {
        self.text("login").unwrap_or_default()
    }

    /// The e-mail address, or nothing.
    pub fn email(&self) -> &str {
        self.text("email").unwrap_or_default()
    }

    /// What to call this person on screen: `displayName`, else first and last name, else the login. In Chinese, Japanese and Korean
    /// the family name comes first and nothing between, so that whoever looks for 李伟 finds him.
    pub fn display_name(&self) -> String {
        if let Some(name) = self.text("displayName") {
            return name.to_owned();
        }
        let both = [self.text("firstName"), self.text("lastName")];
        if let [Some(first), Some(last)] = both
            && first.chars().chain(last.chars()).all(is_east_asian)
        {
            return format!("{last}{first}");
        }
        let name = both.into_iter().flatten().collect::<Vec<_>>().join(" ");
        if name.is_empty() { self.login().to_owned() } else { name }
    }

    /// Attributes and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &serde_json::Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many attributes have a value.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a letter is Han, Kana or Hangul (the blocks of Unicode 16 that hold names).
fn is_east_asian(letter: char) -> bool {
    matches!(letter, '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_called_as_they_are_at_home() {
        for (first, last, name) in [
            ("伟", "李", "李伟"),
            ("민준", "김", "김민준"),
            ("さくら", "山田", "山田さくら"),
            ("Wei", "李", "Wei 李"),
            ("محمد", "علي", "محمد علي"),
            ("Zoë", "O'Neil", "Zoë O'Neil"),
        ] {
            let profile: Profile =
                serde_json::from_value(serde_json::json!({"firstName": first, "lastName": last})).unwrap();
            assert_eq!(profile.display_name(), name);
        }
    }
}
