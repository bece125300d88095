//! Findings about the profile: what Okta would refuse of it.

use std::borrow::Cow;

use serde_json::Value;

use super::codes;
use super::forms::{self, Form};
use super::repair::{has_lines, is_unwanted_control, repair};
use super::schema::{AttributeRule, AttributeType, Items, LoginForm, SchemaRules};
use crate::model::{
    Finding, Profile, Severity, attribute, holds_invisible, holds_stray_invisible, invisible_names, is_blank,
    looks_stored, without_invisible,
};

use Severity::{Blocks, Notes, Warns};

/// What an attribute is called on screen: Okta's own words for the common ones.
fn title(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(match name {
        "login" => "Login",
        "email" => "E-mail",
        "secondEmail" => "Second e-mail",
        "firstName" => "First name",
        "lastName" => "Last name",
        "middleName" => "Middle name",
        "displayName" => "Display name",
        "nickName" => "Nickname",
        "profileUrl" => "Profile URL",
        "mobilePhone" => "Mobile phone",
        "primaryPhone" => "Phone",
        "streetAddress" => "Street",
        "city" => "City",
        "state" => "State",
        "zipCode" => "ZIP code",
        "countryCode" => "Country",
        "postalAddress" => "Postal address",
        "preferredLanguage" => "Language",
        "locale" => "Locale",
        "timezone" => "Time zone",
        other => return Cow::Borrowed(other),
    })
}

/// All findings about a profile.
pub(super) fn findings(profile: &Profile, schema: &SchemaRules, out: &mut Vec<Finding>) {
    for name in schema.required() {
        if profile.get(name).is_none_or(|value| value.as_str().is_some_and(is_blank)) {
            let (code, text) = if name == "login" {
                (codes::LOGIN_MISSING, "No login: Okta has no people without one".to_owned())
            } else {
                (codes::REQUIRED_MISSING, format!("{} is missing; Okta requires it", title(name)))
            };
            out.push(Finding::new(Blocks, code, Some(name), text));
        }
    }
    for (name, value) in profile.iter() {
        if let Some(text) = value.as_str().filter(|text| is_blank(text)) {
            // A blank required value is told as missing already. Empty text is no value at all.
            if !text.is_empty() && !schema.rule(name).is_some_and(|rule| rule.required) {
                let words = format!("{} is blank and is left out", title(name));
                out.push(Finding::new(Notes, codes::BLANK_LEFT_OUT, Some(name), words));
            }
            continue;
        }
        invisible(name, value, schema, out);
        stored(name, value, out);
        match schema.rule(name) {
            Some(rule) => with_rule(name, value, rule, schema, out),
            None if schema.from_org => {
                let text =
                    format!("Okta's schema has no attribute {name}: create it, or leave the column behind");
                out.push(Finding::new(Blocks, codes::ATTRIBUTE_UNKNOWN, Some(name), text));
            }
            None => {
                let text =
                    format!("{name} is not one of Okta's own attributes: it has to be in the org's schema");
                out.push(Finding::new(Warns, codes::ATTRIBUTE_UNCHECKED, Some(name), text));
                notes_on_custom(name, value, out);
            }
        }
    }
}

fn with_rule(name: &str, value: &Value, rule: &AttributeRule, schema: &SchemaRules, out: &mut Vec<Finding>) {
    if !of_type(value, rule.kind) {
        let wanted = match rule.kind {
            AttributeType::String => "text",
            AttributeType::Boolean => "true or false",
            AttributeType::Number => "a number",
            AttributeType::Integer => "a whole number of 32 bits",
            AttributeType::Array(Items::String) => "a list of texts",
            AttributeType::Array(Items::Number) => "a list of numbers",
            AttributeType::Array(Items::Integer) => "a list of whole numbers of 32 bits",
        };
        let text = format!("{} has to be {wanted}", title(name));
        out.push(Finding::new(Blocks, codes::WRONG_TYPE, Some(name), text));
        return;
    }
    if !rule.allowed.is_empty() && !value.is_array() && !rule.allowed.contains(value) {
        let words = format!("{} is not one of the values Okta's schema lists", title(name));
        out.push(Finding::new(Blocks, codes::NOT_IN_LIST, Some(name), words));
    }
    range(name, value, rule, out);
    let Some(text) = value.as_str() else { return };
    length(name, text, rule, schema, out);
    let lines = has_lines(name);
    if text.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2)
        && text.chars().any(|c| is_unwanted_control(c, lines))
    {
        let what = if text.contains('\0') {
            "a NUL (zero) byte, which ends a text in some programs and is no character"
        } else {
            "control characters that nobody can see"
        };
        let words = format!("{} holds {what}", title(name));
        out.push(Finding::new(Blocks, codes::CONTROL_CHARACTERS, Some(name), words));
    }
    form(name, text, rule, schema, out);
    if attribute(name).is_none() {
        notes_on_custom(name, value, out);
    }
}

/// Characters that can't be seen: nobody can type such a login, and an address with one is another's. In a name they only warn.
fn invisible(name: &str, value: &Value, schema: &SchemaRules, out: &mut Vec<Finding>) {
    let found = |text: &str| {
        let exact = is_exact(name, schema);
        if exact { holds_invisible(text) } else { holds_stray_invisible(text) }
    };
    let text = match value {
        Value::String(text) => Some(text.as_str()).filter(|text| found(text)),
        Value::Array(values) => values.iter().filter_map(Value::as_str).find(|text| found(text)),
        _ => None,
    };
    let Some(text) = text else { return };
    let severity = if is_exact(name, schema) { Blocks } else { Warns };
    let which = invisible_names(text).join(", ");
    let words = format!("{} holds characters that nobody can see ({which})", title(name));
    out.push(Finding::new(severity, codes::INVISIBLE_CHARACTERS, Some(name), words));
}

/// A stored password among what everyone in the company may read: a row that lacks a cell, or a column that is mapped wrongly.
fn stored(name: &str, value: &Value, out: &mut Vec<Finding>) {
    let found = match value {
        Value::String(text) => is_stored(name, text),
        Value::Array(values) => values.iter().filter_map(Value::as_str).any(|text| is_stored(name, text)),
        _ => false,
    };
    if found {
        let words = format!(
            "{} looks like a stored password: see whether the row is shifted, or the column is the wrong one",
            title(name)
        );
        out.push(Finding::new(Blocks, codes::LOOKS_STORED, Some(name), words));
    }
}

/// Bare digests are stored passwords where names of people belong; elsewhere they may be numbers of something.
fn is_stored(name: &str, text: &str) -> bool {
    let of_a_person = matches!(
        name,
        "firstName" | "lastName" | "middleName" | "displayName" | "nickName" | "title" | "department"
    );
    let digest =
        || matches!(text.len(), 32 | 40 | 56 | 64 | 96 | 128) && text.bytes().all(|b| b.is_ascii_hexdigit());
    text.len() >= 20 && (looks_stored(text) || of_a_person && digest())
}

/// Whether a value has to be right to the letter: logins, and what has a form.
fn is_exact(name: &str, schema: &SchemaRules) -> bool {
    name == "login" || schema.rule(name).is_some_and(|rule| rule.form.is_some())
}

fn length(name: &str, text: &str, rule: &AttributeRule, schema: &SchemaRules, out: &mut Vec<Finding>) {
    // Bytes bound characters from above: most values need no counting.
    let short = rule.min.is_some_and(|min| text.len() < min * 4);
    let long = rule.max.is_some_and(|max| text.len() > max);
    if !short && !long {
        return;
    }
    // Characters, as JSON Schema counts them. Okta's own counting of characters beyond the BMP is not documented.
    let count = text.chars().count();
    if let Some(max) = rule.max.filter(|max| count > *max) {
        let words = format!("{} has {count} characters; Okta takes {max} at most", title(name));
        out.push(Finding::new(Blocks, codes::TOO_LONG, Some(name), words));
    }
    let unenforced = name == "login" && schema.login == LoginForm::Anything;
    if let Some(min) = rule.min.filter(|min| count < *min && !unenforced) {
        let words = format!("{} has {count} characters; Okta wants {min} at least", title(name));
        out.push(Finding::new(Blocks, codes::TOO_SHORT, Some(name), words));
    }
}

/// The range of a number.
fn range(name: &str, value: &Value, rule: &AttributeRule, out: &mut Vec<Finding>) {
    let Some(number) = value.as_f64() else { return };
    let least = rule.least.as_ref().filter(|least| least.as_f64().is_some_and(|least| number < least));
    let most = rule.most.as_ref().filter(|most| most.as_f64().is_some_and(|most| number > most));
    let words = match (least, most) {
        (Some(least), _) => format!("{} is {value}; Okta takes {least} or more", title(name)),
        (None, Some(most)) => format!("{} is {value}; Okta takes {most} or less", title(name)),
        (None, None) => return,
    };
    out.push(Finding::new(Blocks, codes::OUT_OF_RANGE, Some(name), words));
}

fn form(name: &str, text: &str, rule: &AttributeRule, schema: &SchemaRules, out: &mut Vec<Finding>) {
    if name == "login" {
        login(text, schema, out);
        return;
    }
    // What can't be seen is told already.
    let seen = without_invisible(text);
    let Some(form) = rule.form.filter(|form| !form.fits(&seen)) else { return };
    let (code, wanted) = match form {
        Form::Email => (codes::EMAIL_FORM, forms::email_flaw(&seen)),
        Form::Country => (codes::COUNTRY_FORM, "is not a country's code of two capital letters, such as CZ"),
        Form::Locale => (codes::LOCALE_FORM, "is not in the form en_US"),
        Form::Language => (codes::LANGUAGE_FORM, "is not in the form en-US"),
        Form::TimeZone => (codes::TIMEZONE_FORM, "is not a time zone's name, such as Europe/Prague"),
        Form::Url => (codes::URL_FORM, "is not a whole URL (https://…)"),
    };
    let fix =
        repair(name, text, schema).map(|right| format!("; “{right}” would be right")).unwrap_or_default();
    out.push(Finding::new(Blocks, code, Some(name), format!("{} {wanted}{fix}", title(name))));
}

fn login(text: &str, schema: &SchemaRules, out: &mut Vec<Finding>) {
    // What can't be seen is told already.
    match schema.login.fits(&without_invisible(text)) {
        Some(true) => {}
        Some(false) => {
            let words = match schema.login {
                LoginForm::Email => "Login is not an e-mail",
                _ => "Login holds characters that the org doesn't allow in logins",
            };
            out.push(Finding::new(Blocks, codes::LOGIN_FORM, Some("login"), words));
        }
        None => {
            let words = "The org has a rule of its own for logins, which only Okta can check";
            out.push(Finding::new(Warns, codes::PATTERN_UNCHECKED, Some("login"), words));
        }
    }
    if text.contains(UNADDRESSABLE) {
        let words = "Login holds / ? [ ] ; or \\: Okta can't find such a person by login";
        out.push(Finding::new(Warns, codes::LOGIN_UNADDRESSABLE, Some("login"), words));
    }
}

/// Characters that no path to a login can hold, percent-encoded or not (okta-api.md 2.7).
const UNADDRESSABLE: [char; 9] = ['/', '?', '[', ']', ';', '\\', '\n', '\r', '…'];

fn notes_on_custom(name: &str, value: &Value, out: &mut Vec<Finding>) {
    if value.as_str().is_some_and(forms::holds_html) {
        let words = format!("{name} holds HTML; Okta stores it as it is");
        out.push(Finding::new(Notes, codes::HTML, Some(name), words));
    }
}

fn of_type(value: &Value, kind: AttributeType) -> bool {
    match kind {
        AttributeType::String => value.is_string(),
        AttributeType::Boolean => value.is_boolean(),
        AttributeType::Number => value.is_number(),
        AttributeType::Integer => is_integer(value),
        AttributeType::Array(items) => {
            let fits: fn(&Value) -> bool = match items {
                Items::String => Value::is_string,
                Items::Number => Value::is_number,
                Items::Integer => is_integer,
            };
            value.as_array().is_some_and(|values| values.iter().all(fits))
        }
    }
}

/// A whole number of 32 bits (okta-api.md 2.6).
fn is_integer(value: &Value) -> bool {
    value.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
}
