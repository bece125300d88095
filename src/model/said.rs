//! What a foreign server says, as it is taken in: bounded, and nothing but text.

use serde::{Deserialize as _, Deserializer};

use super::invisible::without_stray_invisible;

/// The longest words that are kept, in characters: nobody reads more, and whoever answers decides how many come.
pub const LONGEST_SAID: usize = 500;
/// The longest name or word of a list: a code, a status, a login.
const LONGEST_WORD: usize = 120;

/// A server's own words, for the record and the screen: at most 500 characters, in one line, without control characters.
pub fn said(text: &str) -> String {
    bounded(text, LONGEST_SAID)
}

/// The same of a code or a name: at most 120 characters.
pub fn said_word(text: &str) -> String {
    bounded(text, LONGEST_WORD)
}

fn bounded(text: &str, most: usize) -> String {
    // Four bytes a character at most; what comes behind is not even looked at. Blanks and what is left out may stand between.
    let mut end = text.len().min(most * 16);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = without_stray_invisible(&text[..end]).into_owned();
    let mut kept = String::new();
    let mut count = 0;
    for word in start.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        for c in (!kept.is_empty()).then_some(' ').into_iter().chain(word.chars()) {
            if count == most {
                kept.push('…');
                return kept;
            }
            kept.push(c);
            count += 1;
        }
    }
    if end < text.len() {
        kept.push('…');
    }
    kept
}

/// Words of a server's JSON, taken in bounded. Null is nothing.
pub(crate) fn take_said<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| said(&text)).unwrap_or_default())
}

/// A word of a server's JSON, taken in bounded. Null is nothing.
pub(crate) fn take_word<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| said_word(&text)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_and_what_is_none_goes() {
        assert_eq!(said("Api validation failed: login"), "Api validation failed: login");
        assert_eq!(said(" \u{1b}[31mred\u{7}\r\n two  lines\u{0} "), "[31mred two lines");
        assert_eq!(said("Müller 李伟"), "Müller 李伟");
        assert_eq!(said(&"x".repeat(500)).chars().count(), 500);
        assert_eq!(said(&"é".repeat(100_000)), format!("{}…", "é".repeat(500)));
        assert_eq!(said_word(&"E".repeat(1000)).chars().count(), 121);
        assert_eq!(said(&" ".repeat(1_000_000)), "…");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_bounded_text(text in any::<String>(), times in 1_usize..300) {
            let kept = said(&text.repeat(times));
            prop_assert!(kept.chars().count() <= LONGEST_SAID + 1);
            prop_assert!(!kept.chars().any(char::is_control), "{kept:?}");
        }
    }
}
