//! The country of phone numbers that name none.

use std::collections::BTreeMap;

use super::looks::{self, Column};

/// Where nothing tells.
const DEFAULT: &str = "US";

/// The country most people's phone numbers are from: told by a column of country codes, by the marks in the numbers, by numbers
/// written internationally, by locales, by the ends of e-mail addresses.
pub(super) fn of_phones(
    countries: Option<&Column<'_>>,
    phones: &[&Column<'_>],
    locales: &[&Column<'_>],
    emails: Option<&Column<'_>>,
) -> String {
    let named = countries
        .and_then(|column| most(column, |text| looks::country_code(text).then(|| text.to_ascii_uppercase())));
    let american =
        || phones.iter().any(|column| column.share(is_north_american) > 0.5).then(|| DEFAULT.to_owned());
    let international = || phones.iter().find_map(|column| most(column, calling_country));
    let locale = || locales.iter().find_map(|column| most(column, locale_country));
    let domain = || emails.and_then(|column| most(column, domain_country));
    named
        .or_else(american)
        .or_else(international)
        .or_else(locale)
        .or_else(domain)
        .unwrap_or_else(|| DEFAULT.to_owned())
}

/// The commonest of what the values tell, if more than a third of them tell it.
fn most(column: &Column<'_>, tells: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    for value in &column.values {
        if let Some(country) = value.as_text().and_then(|text| tells(text.trim())) {
            *counts.entry(country).or_default() += 1;
        }
    }
    let (country, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count * 3 > column.values.len() && country.parse::<phonenumber::country::Id>().is_ok())
        .then_some(country)
}

/// `123-555-1234`, `(123) 555-1234`, `123.555.1234`.
fn is_north_american(text: &str) -> bool {
    let groups: Vec<_> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).map(str::len).collect();
    !text.starts_with('+') && matches!(groups.as_slice(), [3, 3, 4] | [1, 3, 3, 4]) && !text.starts_with('0')
}

/// The country of a number with a plus, by its calling code.
fn calling_country(text: &str) -> Option<String> {
    if !text.starts_with('+') {
        return None;
    }
    let number = phonenumber::parse(None, text).ok()?;
    number.country().id().map(|id| id.as_ref().to_owned())
}

/// The `DE` of `de_DE`.
fn locale_country(text: &str) -> Option<String> {
    let country = text.rsplit(['_', '-']).next().filter(|_| text.contains(['_', '-']))?;
    looks::country_code(country).then(|| country.to_ascii_uppercase())
}

/// The country of an address's domain. Endings sold to everyone tell nothing.
fn domain_country(text: &str) -> Option<String> {
    let (_, ending) = text.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    match ending.as_str() {
        "uk" => Some("GB".to_owned()),
        "io" | "ai" | "co" | "me" | "tv" | "fm" | "cc" | "ly" | "to" | "gg" | "eu" => None,
        other => looks::country_code(other).then(|| other.to_ascii_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    fn guessed(phones: &[&str], countries: &[&str], emails: &[&str]) -> String {
        let values = |texts: &[&str]| texts.iter().map(|t| Value::Text((*t).to_owned())).collect::<Vec<_>>();
        let (phones, countries, emails) = (values(phones), values(countries), values(emails));
        let column = |values| Column { name: "x", type_name: String::new(), values };
        let phones = column(phones.iter().collect());
        let countries = column(countries.iter().collect());
        let emails = column(emails.iter().collect());
        of_phones(Some(&countries), &[&phones], &[], Some(&emails))
    }

    #[test]
    fn the_country_comes_from_what_tells_most() {
        assert_eq!(guessed(&["123-555-1234"], &[], &["a@example.com"]), "US");
        assert_eq!(guessed(&["089 1234567"], &["de", "DE", "AT"], &[]), "DE");
        assert_eq!(guessed(&["+420 777 123 456", "777 123 457"], &[], &["a@example.com"]), "CZ");
        assert_eq!(guessed(&["020 7946 0018"], &[], &["a@firm.co.uk"]), "GB");
        assert_eq!(guessed(&["12345678"], &["XX"], &["a@start.io"]), "US");
    }
}
