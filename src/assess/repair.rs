//! Values that Okta refuses and that have one plain repair: what can't be seen is taken out, codes get the form Okta wants.

use super::forms::Form;
use super::schema::SchemaRules;
use crate::model::{
    attribute, country_of_alpha_3, is_country_code, without_invisible, without_stray_invisible,
    zone_of_windows,
};

/// The value that Okta would take in place of this one, if there is just one: without characters that nobody can see, without
/// blanks around it, a code in the form of its attribute. `None` where the value is right or only a person can tell.
pub fn repair(name: &str, text: &str, schema: &SchemaRules) -> Option<String> {
    let form = schema.rule(name).map_or_else(|| Form::of_base(name), |rule| rule.form);
    let exact = name == "login" || form.is_some();
    let seen = if exact { without_invisible(text) } else { without_stray_invisible(text) };
    let lines = has_lines(name);
    let mut plain: String = if seen.chars().any(|c| is_unwanted_control(c, lines)) {
        seen.chars().filter(|c| !is_unwanted_control(*c, lines)).collect()
    } else {
        seen.into_owned()
    };
    if (plain != text || exact) && plain.trim() != plain {
        plain = plain.trim().into();
    }
    if let Some(form) = form
        && !form.fits(&plain)
        && let Some(other) = in_form(form, &plain).filter(|other| form.fits(other))
    {
        plain = other;
    }
    let right = form.is_none_or(|form| form.fits(&plain))
        && (name != "login" || schema.login.fits(&plain) != Some(false));
    (plain != text && !plain.is_empty() && right).then_some(plain)
}

/// Whether an attribute's values may have lines: addresses, and an org's own attributes.
pub(super) fn has_lines(name: &str) -> bool {
    matches!(name, "streetAddress" | "postalAddress") || attribute(name).is_none()
}

/// Control characters. Line ends and tabs are fine where a value has lines.
pub(super) fn is_unwanted_control(c: char, lines: bool) -> bool {
    c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))
}

/// The text in the form wanted.
fn in_form(form: Form, text: &str) -> Option<String> {
    match form {
        Form::Email => ascii_domain(text),
        Form::Country => country(text),
        // `de_AT.UTF-8`, `de_AT@euro`, as operating systems write it.
        Form::Language => cased(text, '-'),
        Form::Locale => cased(text, '_'),
        Form::TimeZone => zone_of_windows(text).map(str::to_owned),
        Form::Url => None,
    }
}

/// An address with its domain as the internet writes it: `jo@bücher.example` → `jo@xn--bcher-kva.example`.
fn ascii_domain(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else { return None };
    Some(format!("{local}@{domain}"))
}

fn country(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    if upper == "UK" {
        return Some("GB".to_owned());
    }
    if is_country_code(&upper) {
        return Some(upper);
    }
    country_of_alpha_3(&upper).map(str::to_owned)
}

/// A language, script and country joined by a separator, each in the case it is written in.
fn cased(text: &str, separator: char) -> Option<String> {
    let bare = text.split(['.', '@', ',', ';']).next()?.trim();
    let parts: Vec<String> = bare
        .split(['-', '_'])
        .enumerate()
        .map(|(at, part)| match part.len() {
            _ if at == 0 => part.to_ascii_lowercase(),
            2 => part.to_ascii_uppercase(),
            4 => {
                let (first, rest) = part.split_at_checked(1).unwrap_or((part, ""));
                first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
            }
            _ => part.to_owned(),
        })
        .collect();
    Some(parts.join(&separator.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn repaired(name: &str, text: &str) -> Option<String> {
        repair(name, text, &SchemaRules::default())
    }

    #[test]
    fn codes_get_their_form() {
        for (name, text, expected) in [
            ("preferredLanguage", "de_AT", "de-AT"),
            ("preferredLanguage", "DE_at.UTF-8", "de-AT"),
            ("preferredLanguage", "zh_hant_tw", "zh-Hant-TW"),
            ("locale", "de-AT", "de_AT"),
            ("locale", "EN-us", "en_US"),
            ("locale", "cs_CZ.UTF-8", "cs_CZ"),
            ("timezone", "W. Europe Standard Time", "Europe/Berlin"),
            ("timezone", "Eastern Standard Time", "America/New_York"),
            ("countryCode", "AUT", "AT"),
            ("countryCode", "usa", "US"),
            ("countryCode", "cz", "CZ"),
            ("countryCode", " de ", "DE"),
            ("countryCode", "UK", "GB"),
            ("email", "x@b\u{fc}cher.example", "x@xn--bcher-kva.example"),
            ("email", "ada@example.com\u{a0}", "ada@example.com"),
        ] {
            assert_eq!(repaired(name, text).as_deref(), Some(expected), "{name} {text}");
        }
        for (name, text) in [
            ("preferredLanguage", "de-AT"),
            ("preferredLanguage", "Czech language"),
            ("locale", "english"),
            ("timezone", "Prague"),
            ("timezone", "Europe/Prague"),
            ("countryCode", "Austria"),
            ("countryCode", "XX"),
            ("email", "i\u{f1}es@example.com"),
            ("email", "j..berg@example.com"),
            ("firstName", "Ada"),
            ("firstName", "\u{200b}"),
            ("title", " lead "),
        ] {
            assert_eq!(repaired(name, text), None, "{name} {text}");
        }
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        for c in ['\u{200b}', '\u{feff}', '\u{ad}', '\u{202e}', '\u{2066}', '\u{200d}', '\u{7}', '\u{9f}'] {
            for (name, before, after) in [
                ("login", "ada", "@example.com"),
                ("email", "ada", "@example.com"),
                ("lastName", "Mus", "ter"),
                ("badge", "B", "1"),
            ] {
                let (text, whole) = (format!("{before}{c}{after}"), format!("{before}{after}"));
                assert_eq!(
                    repaired(name, &text).as_deref(),
                    Some(whole.as_str()),
                    "{name} {:04x}",
                    u32::from(c)
                );
            }
        }
        assert_eq!(repaired("firstName", "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}"), None);
        assert_eq!(repaired("postalAddress", "1 Way\nTown"), None);
    }

    proptest! {
        #[test]
        fn a_repair_needs_no_other(text in any::<String>(), name in proptest::sample::select(&["login", "email", "firstName", "locale", "timezone", "countryCode", "preferredLanguage", "badge"][..])) {
            if let Some(once) = repaired(name, &text) {
                prop_assert_eq!(repaired(name, &once), None);
            }
        }
    }
}
