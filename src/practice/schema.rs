//! The user schema: which attributes a profile may have, and what Okta checks of their values (okta-api.md 2.5, 2.6).

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::text::{is_address, is_email};
use crate::model::{is_country_code, is_time_zone};

/// A person's attributes by name.
pub(crate) type Attributes = Map<String, Value>;

/// The 31 base attributes: name, title, least and most characters (0: no limit), format.
const BASE: [(&str, &str, u64, u64, &str); 31] = [
    ("login", "Username", 5, 100, ""),
    ("firstName", "First name", 1, 50, ""),
    ("lastName", "Last name", 1, 50, ""),
    ("middleName", "Middle name", 0, 0, ""),
    ("honorificPrefix", "Honorific prefix", 0, 0, ""),
    ("honorificSuffix", "Honorific suffix", 0, 0, ""),
    ("email", "Primary email", 5, 100, "email"),
    ("title", "Title", 0, 0, ""),
    ("displayName", "Display name", 0, 0, ""),
    ("nickName", "Nickname", 0, 0, ""),
    ("profileUrl", "Profile Url", 0, 0, "uri"),
    ("secondEmail", "Secondary email", 5, 100, "email"),
    ("mobilePhone", "Mobile phone", 0, 100, ""),
    ("primaryPhone", "Primary phone", 0, 100, ""),
    ("streetAddress", "Street address", 0, 1024, ""),
    ("city", "City", 0, 128, ""),
    ("state", "State", 0, 128, ""),
    ("zipCode", "Zip code", 0, 50, ""),
    ("countryCode", "Country code", 0, 2, "country-code"),
    ("postalAddress", "Postal Address", 0, 4096, ""),
    ("preferredLanguage", "Preferred language", 0, 0, "language-code"),
    ("locale", "Locale", 0, 0, "locale"),
    ("timezone", "Time zone", 0, 0, "timezone"),
    ("userType", "User type", 0, 0, ""),
    ("employeeNumber", "Employee number", 0, 0, ""),
    ("costCenter", "Cost center", 0, 0, ""),
    ("organization", "Organization", 0, 0, ""),
    ("division", "Division", 0, 0, ""),
    ("department", "Department", 0, 0, ""),
    ("managerId", "ManagerId", 0, 0, ""),
    ("manager", "Manager", 0, 0, ""),
];

/// The default user type's schema.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    /// Base attributes that may be left out: `firstName` and `lastName` can be made so.
    base: Attributes,
    custom: Attributes,
    pub(crate) last_updated: i64,
}

/// What is wrong with a profile.
#[derive(Debug, Default)]
pub(crate) struct Flaws {
    /// Attributes that the schema does not know.
    pub(crate) undefined: Vec<String>,
    /// A field and what is wrong with it.
    pub(crate) fields: Vec<(String, &'static str)>,
}

impl Flaws {
    /// The refusal these flaws lead to; `about` names the object (`newUser`, `profile`) for unknown attributes.
    pub(crate) fn refusal(&self, about: &str) -> Option<Refusal> {
        if !self.undefined.is_empty() {
            let causes = self
                .undefined
                .iter()
                .map(|name| format!("Property name '{name}' is not defined in profile"))
                .collect();
            return Some(Refusal::invalid(about, causes));
        }
        let (first, _) = self.fields.first()?;
        let causes = self.fields.iter().map(|(field, wrong)| format!("{field}: {wrong}")).collect();
        Some(Refusal::invalid(first, causes))
    }
}

impl Schema {
    pub(crate) fn new(now: i64) -> Self {
        let mut base = Attributes::new();
        for (name, title, least, most, format) in BASE {
            let required = matches!(name, "login" | "email" | "firstName" | "lastName");
            let action = if name == "login" { "READ_ONLY" } else { "READ_WRITE" };
            let mut property = json!({ "title": title, "type": "string" });
            if let Some(property) = property.as_object_mut() {
                if required {
                    property.insert("required".into(), json!(true));
                }
                if !format.is_empty() {
                    property.insert("format".into(), json!(format));
                }
                if least > 0 {
                    property.insert("minLength".into(), json!(least));
                }
                if most > 0 {
                    property.insert("maxLength".into(), json!(most));
                }
                property.insert("mutability".into(), json!("READ_WRITE"));
                property.insert("scope".into(), json!("NONE"));
                property.insert("permissions".into(), json!([{ "principal": "SELF", "action": action }]));
                property.insert("master".into(), json!({ "type": "PROFILE_MASTER" }));
            }
            base.insert(name.to_owned(), property);
        }
        Self { base, custom: Attributes::new(), last_updated: now }
    }

    /// The schema as Okta shows it; `id` is its address.
    pub(crate) fn view(&self, id: &str, created: &str, updated: &str) -> Value {
        let required = |of: &Attributes| -> Vec<String> {
            of.iter().filter(|(_, it)| it["required"] == true).map(|(name, _)| name.clone()).collect()
        };
        json!({
            "id": id,
            "$schema": "http://json-schema.org/draft-04/schema#",
            "name": "user", "title": "User",
            "description": "Okta user profile template with default permission settings",
            "lastUpdated": updated, "created": created,
            "definitions": {
                "custom": { "id": "#custom", "type": "object", "properties": self.custom, "required": required(&self.custom) },
                "base": { "id": "#base", "type": "object", "properties": self.base, "required": required(&self.base) },
            },
            "type": "object",
            "properties": { "profile": { "allOf": [{ "$ref": "#/definitions/custom" }, { "$ref": "#/definitions/base" }] } },
        })
    }

    /// What the journal keeps of it.
    pub(crate) fn keep(&self) -> Value {
        json!({ "base": self.base, "custom": self.custom, "lastUpdated": self.last_updated })
    }

    /// The schema again.
    pub(crate) fn restore(kept: &Value) -> Option<Self> {
        Some(Self {
            base: kept["base"].as_object()?.clone(),
            custom: kept["custom"].as_object()?.clone(),
            last_updated: kept["lastUpdated"].as_i64()?,
        })
    }

    /// Takes `POST` of a schema: adds, changes or (with `null`) removes custom attributes; of the base ones, the login's
    /// pattern and whether first and last name are required can be changed. Gives back the removed names.
    pub(crate) fn merge(&mut self, body: &Value, now: i64) -> Result<Vec<String>, Refusal> {
        let definitions = body["definitions"].as_object().ok_or_else(Refusal::not_well_formed)?;
        let mut changed = self.clone();
        let mut removed = Vec::new();
        if let Some(custom) = definitions.get("custom").and_then(|it| it["properties"].as_object()) {
            for (name, property) in custom {
                if property.is_null() {
                    changed.custom.shift_remove(name);
                    removed.push(name.clone());
                    continue;
                }
                changed.add(name, property)?;
            }
        }
        if let Some(base) = definitions.get("base").and_then(|it| it["properties"].as_object()) {
            for (name, property) in base {
                changed.change_base(name, property)?;
            }
        }
        changed.last_updated = now;
        *self = changed;
        Ok(removed)
    }

    fn add(&mut self, name: &str, property: &Value) -> Result<(), Refusal> {
        let wrong = |why: &str| Refusal::invalid(name, vec![format!("{name}: {why}")]);
        let mut letters = name.chars();
        let starts_well = letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
        if !starts_well || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(wrong(
                "Property names should only contain alphanumeric characters and underscores and must not start with a digit.",
            ));
        }
        let same = |known: &String| known.eq_ignore_ascii_case(name) && known != name;
        if self.base.keys().any(|known| known.eq_ignore_ascii_case(name)) || self.custom.keys().any(same) {
            return Err(wrong("An attribute with this name already exists"));
        }
        let kind = property["type"].as_str().unwrap_or_default();
        match kind {
            "string" | "boolean" | "number" | "integer" => {}
            "array"
                if matches!(property["items"]["type"].as_str(), Some("string" | "number" | "integer")) => {}
            _ => return Err(Refusal::not_well_formed()),
        }
        if let Some(known) = self.custom.get(name)
            && known["type"] != property["type"]
        {
            return Err(wrong("The type of an attribute cannot be changed"));
        }
        let unique = property["unique"] == true;
        let others = self
            .custom
            .iter()
            .filter(|(other, it)| other.as_str() != name && !it["unique"].is_null())
            .count();
        if unique && others >= 5 {
            return Err(wrong("No more than 5 attributes can be unique"));
        }
        let mut kept = property.as_object().cloned().unwrap_or_default();
        if !property["title"].is_string() {
            kept.insert("title".into(), json!(name));
        }
        for (field, usual) in [
            ("mutability", json!("READ_WRITE")),
            ("scope", json!("NONE")),
            ("permissions", json!([{ "principal": "SELF", "action": "READ_ONLY" }])),
            ("master", json!({ "type": "PROFILE_MASTER" })),
        ] {
            kept.entry(field).or_insert(usual);
        }
        if unique {
            kept.insert("unique".into(), json!("UNIQUE_VALIDATED"));
        } else if property["unique"] == false {
            kept.shift_remove("unique");
        }
        self.custom.insert(name.to_owned(), Value::Object(kept));
        Ok(())
    }

    fn change_base(&mut self, name: &str, property: &Value) -> Result<(), Refusal> {
        let read_only =
            || Refusal::invalid(name, vec![format!("{name}: Base attributes cannot be added or removed")]);
        let known = self.base.get_mut(name).and_then(Value::as_object_mut).ok_or_else(read_only)?;
        let property = property.as_object().ok_or_else(read_only)?;
        if matches!(name, "firstName" | "lastName")
            && let Some(required) = property.get("required").and_then(Value::as_bool)
        {
            known.insert("required".into(), json!(required));
        }
        if name == "login"
            && let Some(pattern) = property.get("pattern")
        {
            if pattern.is_null() {
                known.shift_remove("pattern");
            } else {
                known.insert("pattern".into(), pattern.clone());
            }
        }
        Ok(())
    }

    /// The custom attributes that must be unique.
    pub(crate) fn unique(&self) -> Vec<&str> {
        self.custom.iter().filter(|(_, it)| it["unique"].is_string()).map(|(name, _)| name.as_str()).collect()
    }

    /// The definition of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Value> {
        self.base.get(name).or_else(|| self.custom.get(name))
    }

    /// Checks a whole profile. Empty ones among the values count as left out.
    pub(crate) fn check(&self, profile: &Attributes) -> Flaws {
        let undefined = profile.keys().filter(|name| self.attribute(name).is_none()).cloned().collect();
        let mut flaws = Flaws { undefined, fields: Vec::new() };
        for (name, rule) in self.base.iter().chain(&self.custom) {
            // White space alone is no value where one is required.
            let empty = |value: &Value| {
                is_blank(value)
                    || rule["required"] == true && value.as_str().is_some_and(|text| text.trim().is_empty())
            };
            match profile.get(name).filter(|value| !empty(value)) {
                None if rule["required"] == true => {
                    flaws.fields.push((name.clone(), "The field cannot be left blank"));
                }
                None => {}
                Some(value) => {
                    let lines = self.custom.contains_key(name) || has_lines(name);
                    // Blanks alone fit no pattern, where empty text is no value (okta-api.md 2.5).
                    let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
                    let wrong = if blank { Some(WRONG_PATTERN) } else { flaw(name, rule, value) };
                    if let Some(wrong) = wrong.or_else(|| unseen(value, lines)) {
                        flaws.fields.push((name.clone(), wrong));
                    }
                }
            }
        }
        flaws
    }
}

/// Whether a value counts as none: `null`, or empty text.
pub(crate) fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

/// Base attributes whose values have lines.
fn has_lines(name: &str) -> bool {
    matches!(name, "streetAddress" | "postalAddress")
}

/// Control characters, which nobody sees; line ends and tabs are fine in values of several lines.
fn unseen(value: &Value, lines: bool) -> Option<&'static str> {
    let bad = |letter: char| letter.is_control() && !(lines && matches!(letter, '\n' | '\r' | '\t'));
    value.as_str().is_some_and(|text| text.contains(bad)).then_some(WRONG_PATTERN)
}

const WRONG_TYPE: &str = "The field has a value of the wrong type";
const WRONG_PATTERN: &str = "Does not match required pattern";

fn flaw(name: &str, rule: &Value, value: &Value) -> Option<&'static str> {
    if let Some(allowed) = rule["enum"].as_array()
        && rule["type"] != "array"
        && !allowed.contains(value)
    {
        return Some("The field must be one of the values of the enumeration");
    }
    match rule["type"].as_str().unwrap_or("string") {
        "boolean" => (!value.is_boolean()).then_some(WRONG_TYPE),
        "integer" => match value.as_i64() {
            Some(number) if i32::try_from(number).is_ok() => out_of_range(rule, value),
            _ => Some(WRONG_TYPE),
        },
        "number" if value.is_number() => out_of_range(rule, value),
        "array" => {
            let fits = |item: &Value| match rule["items"]["type"].as_str() {
                Some("integer") => item.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
                Some("number") => item.is_number(),
                _ => item.is_string(),
            };
            match value.as_array() {
                Some(items) if items.iter().all(fits) => None,
                _ => Some(WRONG_TYPE),
            }
        }
        "string" => match value.as_str() {
            Some(text) => text_flaw(name, rule, text),
            None => Some(WRONG_TYPE),
        },
        _ => Some(WRONG_TYPE),
    }
}

fn out_of_range(rule: &Value, value: &Value) -> Option<&'static str> {
    let number = value.as_f64()?;
    let under = rule["minimum"].as_f64().is_some_and(|least| number < least);
    let over = rule["maximum"].as_f64().is_some_and(|most| number > most);
    (under || over).then_some("The field is out of range")
}

fn text_flaw(name: &str, rule: &Value, text: &str) -> Option<&'static str> {
    let length = text.chars().count() as u64;
    let pattern = rule["pattern"].as_str();
    if name == "login" {
        let fits = pattern.map_or_else(|| is_email(text), |pattern| matches_set(pattern, text));
        if !fits {
            return Some(match pattern {
                None => "Username must be in the form of an email address",
                Some(_) => WRONG_PATTERN,
            });
        }
    }
    // A changed login pattern lifts the least length (okta-api.md 2.5).
    let least = if pattern == Some(".+") { None } else { rule["minLength"].as_u64() };
    if rule["maxLength"].as_u64().is_some_and(|most| length > most) {
        return Some("The field is too long");
    }
    if least.is_some_and(|least| length < least) {
        return Some("The field is too short");
    }
    let fits = match rule["format"].as_str() {
        Some("email") => is_address(text),
        Some("uri") => url::Url::parse(text).is_ok_and(|url| url.has_host()),
        Some("country-code") => is_country_code(text),
        Some("language-code") => is_language(text),
        Some("locale") => is_locale(text),
        Some("timezone") => is_time_zone(text),
        _ => true,
    };
    (!fits).then_some(WRONG_PATTERN)
}

/// A login pattern of Okta's two kinds: `.+`, or one character set such as `[-a-z0-9\._]+`. Others let everything pass.
fn matches_set(pattern: &str, text: &str) -> bool {
    let Some(set) = pattern.strip_prefix('[').and_then(|rest| rest.strip_suffix("]+")) else { return true };
    let mut letters = set.chars();
    let mut marks: Vec<(char, bool)> = Vec::new();
    while let Some(letter) = letters.next() {
        marks.push(if letter == '\\' { (letters.next().unwrap_or('\\'), true) } else { (letter, false) });
    }
    let mut allowed: Vec<(char, char)> = Vec::new();
    let mut rest = marks.as_slice();
    while let [(first, _), after @ ..] = rest {
        if let [('-', false), (last, _), after @ ..] = after {
            allowed.push((*first, *last));
            rest = after;
        } else {
            allowed.push((*first, *first));
            rest = after;
        }
    }
    text.chars().all(|letter| allowed.iter().any(|&(first, last)| (first..=last).contains(&letter)))
}

/// `en`, `en-US`, `zh-Hant-TW`, or a list as in an Accept-Language header (`en-US,en;q=0.8`).
fn is_language(text: &str) -> bool {
    let is_weight = |weight: &str| {
        let number = weight.trim().strip_prefix("q=").unwrap_or_default();
        number.len() <= 5
            && (number == "0" || number == "1" || number.starts_with("0.") || number.starts_with("1."))
            && number.parse::<f32>().is_ok_and(|weight| (0.0..=1.0).contains(&weight))
    };
    text.split(',').all(|range| {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let mut parts = tag.trim().split('-');
        is_weight(weight)
            && parts.next().is_some_and(|first| {
                (2..=3).contains(&first.len()) && first.chars().all(|it| it.is_ascii_alphabetic())
            })
            && parts.all(|part| {
                (1..=8).contains(&part.len()) && part.chars().all(|it| it.is_ascii_alphanumeric())
            })
    })
}

/// `en`, `en_US`, `zh_Hant_TW`.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split('_');
    parts.next().is_some_and(|first| {
        (2..=3).contains(&first.len()) && first.chars().all(|it| it.is_ascii_lowercase())
    }) && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|it| it.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(changes: &Value) -> Attributes {
        let mut profile = json!({ "login": "maire@example.com", "email": "maire@example.com", "firstName": "Máire", "lastName": "O'Neill" });
        for (name, value) in changes.as_object().unwrap() {
            profile[name] = value.clone();
        }
        profile.as_object().unwrap().clone()
    }

    fn wrong(schema: &Schema, changes: &Value) -> Vec<String> {
        let flaws = schema.check(&profile(changes));
        flaws.refusal("newUser").map(|it| it.causes).unwrap_or_default()
    }

    #[test]
    fn a_plain_profile_passes() {
        assert!(wrong(&Schema::new(0), &json!({})).is_empty());
        assert!(wrong(&Schema::new(0), &json!({ "firstName": "李伟", "mobilePhone": null, "title": "", "countryCode": "IE", "locale": "ga_IE",
            "preferredLanguage": "ga-IE", "timezone": "Europe/Dublin", "profileUrl": "https://example.com/m" })).is_empty());
    }

    #[test]
    fn each_rule_is_told_in_oktas_words() {
        let schema = Schema::new(0);
        let long = "x".repeat(51);
        for (changes, cause) in [
            (json!({ "firstName": long }), "firstName: The field is too long"),
            (json!({ "lastName": null }), "lastName: The field cannot be left blank"),
            (json!({ "lastName": "" }), "lastName: The field cannot be left blank"),
            (json!({ "login": "maire" }), "login: Username must be in the form of an email address"),
            (json!({ "login": format!("{}@example.com", "m".repeat(90)) }), "login: The field is too long"),
            (json!({ "email": "maire@@example" }), "email: Does not match required pattern"),
            (json!({ "secondEmail": "none" }), "secondEmail: The field is too short"),
            (json!({ "secondEmail": " " }), "secondEmail: Does not match required pattern"),
            (json!({ "mobilePhone": "  " }), "mobilePhone: Does not match required pattern"),
            (json!({ "title": "\u{a0}" }), "title: Does not match required pattern"),
            (json!({ "email": "iñes.roca@example.com" }), "email: Does not match required pattern"),
            (json!({ "email": "j..berg@example.com" }), "email: Does not match required pattern"),
            (json!({ "email": "jo.@example.com" }), "email: Does not match required pattern"),
            (json!({ "email": "ada@example.com\u{a0}" }), "email: Does not match required pattern"),
            (json!({ "secondEmail": "李伟@example.com" }), "secondEmail: Does not match required pattern"),
            (json!({ "countryCode": "Ireland" }), "countryCode: The field is too long"),
            (json!({ "countryCode": "XX" }), "countryCode: Does not match required pattern"),
            (json!({ "profileUrl": "example" }), "profileUrl: Does not match required pattern"),
            (json!({ "city": 12 }), "city: The field has a value of the wrong type"),
            (json!({ "notValid": "x" }), "Property name 'notValid' is not defined in profile"),
        ] {
            assert_eq!(wrong(&schema, &changes), [cause], "{changes}");
        }
    }

    #[test]
    fn fifty_letters_of_any_script_fit() {
        assert!(wrong(&Schema::new(0), &json!({ "firstName": "Д".repeat(50) })).is_empty());
    }

    #[test]
    fn custom_attributes_are_checked_by_their_type() {
        let mut schema = Schema::new(0);
        schema
            .merge(
                &json!({ "definitions": { "custom": { "properties": {
                    "legacyId": { "title": "Legacy id", "type": "string", "maxLength": 4 },
                    "floor": { "type": "integer", "minimum": 0 },
                    "remote": { "type": "boolean" },
                    "skills": { "type": "array", "items": { "type": "string" } },
                    "size": { "type": "string", "enum": ["S", "M"] },
                } } } }),
                1,
            )
            .unwrap();
        assert!(
            wrong(
                &schema,
                &json!({ "legacyId": "7", "floor": 3, "remote": true, "skills": ["sql"], "size": "M" })
            )
            .is_empty()
        );
        for bad in [
            json!({ "legacyId": "12345" }),
            json!({ "legacyId": 7 }),
            json!({ "floor": "3" }),
            json!({ "floor": -1 }),
            json!({ "floor": 5_000_000_000_i64 }),
            json!({ "remote": "true" }),
            json!({ "skills": "sql" }),
            json!({ "skills": [1] }),
            json!({ "size": "L" }),
        ] {
            assert_eq!(wrong(&schema, &bad).len(), 1, "{bad}");
        }
        schema
            .merge(&json!({ "definitions": { "custom": { "properties": { "floor": null } } } }), 2)
            .unwrap();
        assert_eq!(
            wrong(&schema, &json!({ "floor": 3 })),
            ["Property name 'floor' is not defined in profile"]
        );
    }

    #[test]
    fn a_schema_change_is_all_or_nothing() {
        let mut schema = Schema::new(0);
        for bad in [
            json!({ "definitions": { "custom": { "properties": { "good": { "type": "string" }, "Login": { "type": "string" } } } } }),
            json!({ "definitions": { "custom": { "properties": { "good": { "type": "string" }, "9x": { "type": "string" } } } } }),
            json!({ "definitions": { "custom": { "properties": { "good": { "type": "string" }, "odd": { "type": "map" } } } } }),
            json!({ "definitions": { "base": { "properties": { "shoeSize": { "type": "string" } } } } }),
            json!({}),
        ] {
            assert!(schema.merge(&bad, 1).is_err(), "{bad}");
        }
        assert!(schema.attribute("good").is_none());
    }

    #[test]
    fn names_can_be_made_optional_and_the_login_pattern_changed() {
        let mut schema = Schema::new(0);
        let change = json!({ "definitions": { "base": { "properties": { "lastName": { "required": false }, "login": { "pattern": ".+" } } } } });
        schema.merge(&change, 1).unwrap();
        assert!(wrong(&schema, &json!({ "lastName": null, "login": "may" })).is_empty());
        let change = json!({ "definitions": { "base": { "properties": { "login": { "pattern": "[-a-z0-9\\._]+" } } } } });
        schema.merge(&change, 2).unwrap();
        assert!(wrong(&schema, &json!({ "login": "tomas.dvorak-1_x" })).is_empty());
        assert_eq!(
            wrong(&schema, &json!({ "login": "tomas dvorak" })),
            ["login: Does not match required pattern"]
        );
    }
}
