//! Findings about the profile: what Okta would refuse of it.

use std::borrow::Cow;

use serde_json::Value;

use super::codes;
use super::forms;
use super::schema::{AttributeRule, AttributeType, LoginForm, SchemaRules};
use crate::model::{Finding, Profile, Severity, attribute};

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
        if profile.get(name).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty())) {
            let (code, text) = if name == "login" {
                (codes::LOGIN_MISSING, "No login: Okta has no people without one".to_owned())
            } else {
                (codes::REQUIRED_MISSING, format!("{} is missing; Okta requires it", title(name)))
            };
            out.push(Finding::new(Blocks, code, Some(name), text));
        }
    }
    for (name, value) in profile.iter() {
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
            AttributeType::Array => "a list",
        };
        let text = format!("{} has to be {wanted}", title(name));
        out.push(Finding::new(Blocks, codes::WRONG_TYPE, Some(name), text));
        return;
    }
    let Some(text) = value.as_str() else { return };
    // A blank required value is told as missing already.
    if rule.required && text.trim().is_empty() {
        return;
    }
    length(name, text, rule, schema, out);
    if !rule.allowed.is_empty() && !rule.allowed.iter().any(|allowed| allowed == text) {
        let words = format!("{} is not one of the values Okta's schema lists", title(name));
        out.push(Finding::new(Blocks, codes::NOT_IN_LIST, Some(name), words));
    }
    let lines = matches!(name, "streetAddress" | "postalAddress") || attribute(name).is_none();
    if text.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2) && text.chars().any(|c| is_control(c, lines))
    {
        let words = format!("{} holds control characters that nobody can see", title(name));
        out.push(Finding::new(Blocks, codes::CONTROL_CHARACTERS, Some(name), words));
    }
    form(name, text, schema, out);
    if attribute(name).is_none() {
        notes_on_custom(name, value, out);
    }
}

/// Line ends and tabs are fine where a value has lines.
fn is_control(c: char, lines: bool) -> bool {
    c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))
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

fn form(name: &str, text: &str, schema: &SchemaRules, out: &mut Vec<Finding>) {
    let mut bad = |code, words: &str| out.push(Finding::new(Blocks, code, Some(name), words));
    match name {
        "login" => login(text, schema, out),
        "email" if !forms::is_email(text) => bad(codes::EMAIL_FORM, "E-mail is not an e-mail address"),
        "secondEmail" if !forms::is_email(text) => {
            bad(codes::EMAIL_FORM, "Second e-mail is not an e-mail address");
        }
        "countryCode" if !forms::is_country(text) => {
            bad(codes::COUNTRY_FORM, "Country is not a code of two capital letters, such as CZ");
        }
        "locale" if !forms::is_locale(text) => bad(codes::LOCALE_FORM, "Locale is not in the form en_US"),
        "preferredLanguage" if !forms::is_language(text) => {
            bad(codes::LANGUAGE_FORM, "Language is not in the form en-US");
        }
        "timezone" if !forms::is_timezone(text) => {
            bad(codes::TIMEZONE_FORM, "Time zone is not in the form Europe/Prague");
        }
        "profileUrl" if !forms::is_absolute_url(text) => {
            bad(codes::URL_FORM, "Profile URL is not a whole URL (https://…)");
        }
        _ => {}
    }
}

fn login(text: &str, schema: &SchemaRules, out: &mut Vec<Finding>) {
    match schema.login.fits(text) {
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
    if text.contains(['/', '?']) {
        let words = "Login holds / or ?: Okta can't find such a person by login";
        out.push(Finding::new(Warns, codes::LOGIN_UNADDRESSABLE, Some("login"), words));
    }
}

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
        AttributeType::Integer => value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        AttributeType::Array => value.is_array(),
    }
}
