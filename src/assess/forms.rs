//! The forms of values: addresses, countries, languages, time zones, URLs.

use serde_json::Value;
use unicode_normalization::char::is_combining_mark;

use crate::model::{is_country_code, is_time_zone};

/// A form that Okta's schema gives an attribute (`format`), or that its own attributes have without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An e-mail address.
    Email,
    /// An absolute URL.
    Url,
    /// ISO 3166-1 alpha-2.
    Country,
    /// As in `Accept-Language`: `en-US`.
    Language,
    /// `en_US`.
    Locale,
    /// An IANA name: `Europe/Prague`.
    TimeZone,
}

impl Form {
    /// The form of one of Okta's own attributes (okta-api.md 2.5). The login's is [`LoginForm`](super::LoginForm).
    pub(super) fn of_base(attribute: &str) -> Option<Self> {
        Some(match attribute {
            "email" | "secondEmail" => Self::Email,
            "profileUrl" => Self::Url,
            "countryCode" => Self::Country,
            "preferredLanguage" => Self::Language,
            "locale" => Self::Locale,
            "timezone" => Self::TimeZone,
            _ => return None,
        })
    }

    /// The form a property of Okta's schema names. `None` for none, and for those that Causeway does not check.
    pub(super) fn of_schema(property: &Value) -> Option<Self> {
        Some(match property.get("format")?.as_str()? {
            "email" => Self::Email,
            "uri" => Self::Url,
            "country-code" => Self::Country,
            "language-code" => Self::Language,
            "locale" => Self::Locale,
            "timezone" => Self::TimeZone,
            _ => return None,
        })
    }

    /// Whether a text has it.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Email => is_email(text),
            Self::Url => is_absolute_url(text),
            Self::Country => is_country_code(text),
            Self::Language => is_language(text),
            Self::Locale => is_locale(text),
            Self::TimeZone => is_time_zone(text),
        }
    }
}

/// The most characters before the `@` of an e-mail address (RFC 3696).
const LOCAL_PART: usize = 64;

/// An e-mail address as Okta takes it (RFC 3696; okta-api.md 2.5): ASCII alone. Narrower than a login.
fn is_email(text: &str) -> bool {
    text.is_ascii() && is_login(text) && text.find('@').is_some_and(|at| at <= LOCAL_PART)
}

/// What keeps a text from being an e-mail address, as what the text is.
pub(super) fn email_flaw(text: &str) -> &'static str {
    match text.rsplit_once('@') {
        _ if text.chars().any(char::is_whitespace) => "has a blank in it: no e-mail address has",
        Some((local, _)) if local.contains("..") => "has two dots together: no e-mail address has",
        Some((local, _)) if local.starts_with('.') || local.ends_with('.') => {
            "begins with a dot, or has one before the @: no e-mail address has"
        }
        Some((local, _)) if is_login(text) && local.len() > LOCAL_PART => {
            "has more than 64 characters before the @: no e-mail address has"
        }
        Some(_) if !text.is_ascii() && is_login(text) => {
            "has letters with marks or of another script: Okta takes plain ones (a to z) only in an e-mail address"
        }
        _ => "is not an e-mail address",
    }
}

/// A login as Okta takes it by default: one part before the last `@`, a domain with a dot after it. Non-ASCII letters are fine
/// (RFC 6531); white space and control characters are not.
pub(crate) fn is_login(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    let atom = |c: char| {
        c.is_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(c)
            || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
    };
    !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(atom)
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || is_combining_mark(c))
    };
    let mut labels = domain.split('.');
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && labels.all(label)
        && last.chars().count() >= 2
        && last.chars().any(char::is_alphabetic)
}

/// `en_US`: a language in small letters, perhaps a script, perhaps a country, joined by underscores.
fn is_locale(text: &str) -> bool {
    let language = text.split('_').next().unwrap_or_default();
    is_tag(text, '_', 2) && language.bytes().all(|b| b.is_ascii_lowercase())
}

/// `en-US`, or several with weights, as in `Accept-Language` (RFC 9110, 12.5.4): `en-US,en;q=0.8`.
fn is_language(text: &str) -> bool {
    text.split(',').all(|range| match range.split_once(';') {
        None => is_tag(range.trim(), '-', 1),
        Some((tag, weight)) => is_tag(tag.trim(), '-', 1) && is_weight(weight.trim()),
    })
}

/// `q=0.8`: zero to one, with at most three digits after the point.
fn is_weight(text: &str) -> bool {
    let Some(number) = text.strip_prefix("q=") else { return false };
    let (whole, digits) = number.split_once('.').unwrap_or((number, ""));
    let only = |digit: fn(&u8) -> bool| digits.len() <= 3 && digits.as_bytes().iter().all(digit);
    match whole {
        "0" => only(u8::is_ascii_digit),
        "1" => only(|b| *b == b'0'),
        _ => false,
    }
}

/// A language of two or three letters, and parts of `least` to eight letters or digits behind it.
fn is_tag(text: &str, separator: char, least: usize) -> bool {
    let mut parts = text.split(separator);
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts
            .all(|part| (least..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// An absolute URL with a host.
fn is_absolute_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Whether a value holds what a browser would take for markup.
pub(crate) fn holds_html(text: &str) -> bool {
    let starts_tag = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    text.match_indices('<').any(|(at, _)| starts_tag(&text[at + 1..]) && text[at..].contains('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "jan@example.com",
            "maire.o'neill@x.ie",
            "a+b@x.co.uk",
            "李伟@例え.jp",
            "дмитрий@почта.рф",
            "a/b@x.cz",
        ] {
            assert!(is_login(good), "{good}");
            assert_eq!(is_email(good), good.is_ascii(), "{good}");
        }
        for bad in [
            "",
            "jan",
            "jan@",
            "@x.cz",
            "jan@localhost",
            "jan@x..cz",
            ".jan@x.cz",
            "jan.@x.cz",
            "ja n@x.cz",
            "jan@x.cz ",
            "jan@-x.cz",
            "jan@x.1",
            "jan@x.c",
            "a@b@c.cz",
            "jan@x_y.cz",
            "Jan <jan@x.cz>",
            "jan@x.cz,eva@x.cz",
        ] {
            assert!(!is_login(bad) && !is_email(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_is_told_what_it_lacks() {
        for (text, words) in [
            ("iñes.roca@example.com", "letters with marks"),
            ("jo@bücher.example", "letters with marks"),
            ("j..berg@example.com", "two dots together"),
            ("jo.@example.com", "a dot"),
            (".jo@example.com", "a dot"),
            ("ada@example.com\u{a0}", "a blank"),
            ("a b@example.com", "a blank"),
            (&format!("{}@example.com", "x".repeat(65)), "64 characters"),
            ("jo", "is not an e-mail"),
        ] {
            assert!(!is_email(text) && email_flaw(text).contains(words), "{text}: {}", email_flaw(text));
        }
    }

    #[test]
    fn codes_of_places_and_languages() {
        let all = |form: Form, good: &[&str], bad: &[&str]| {
            for text in good {
                assert!(form.fits(text), "{form:?}: {text}");
            }
            for text in bad {
                assert!(!form.fits(text), "{form:?}: {text}");
            }
        };
        all(Form::Country, &["CZ", "US"], &["cz", "CZE", "C1", "XX", "UK", ""]);
        all(Form::Locale, &["en_US", "cs", "zh_Hans_CN"], &["en-US", "english", "EN_US", "en_U", "e", "en_"]);
        all(
            Form::Language,
            &["en-US", "cs", "zh-Hant-TW", "en-US,en;q=0.8, cs;q=0.3", "de;q=1.000"],
            &["en_US", "Czech language", "en;x", "en;q=2", "en;q=0.1234", "en,", ""],
        );
        all(Form::TimeZone, &["Europe/Prague", "UTC"], &["+02:00", "Prague", "Europe/"]);
        assert!(
            is_absolute_url("https://example.com/jan") && !is_absolute_url("/jan") && !is_absolute_url("jan")
        );
    }

    #[test]
    fn markup() {
        assert!(
            holds_html("<b>x</b>")
                && holds_html("a <script>")
                && !holds_html("a < b > c")
                && !holds_html("<3")
        );
    }
}
