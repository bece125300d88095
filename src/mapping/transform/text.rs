//! Changes of text: ends, case, length.

use std::borrow::Cow;

/// White space off both ends.
pub(super) fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// All letters small. Not by any language's own rules: a Turkish `I` becomes `i`.
pub(super) fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    // The common case needs no new text: most addresses are small already.
    let same = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if same { text } else { Cow::Owned(text.to_lowercase()) }
}

/// All letters capital.
pub(super) fn upper(text: Cow<'_, str>) -> Cow<'_, str> {
    let same = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_lowercase());
    if same { text } else { Cow::Owned(text.to_uppercase()) }
}

/// At most `most` characters; whether any were cut off.
pub(super) fn shorten(text: Cow<'_, str>, most: u32) -> (Cow<'_, str>, bool) {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    match text.char_indices().nth(most) {
        None => (text, false),
        Some((at, _)) => match text {
            Cow::Borrowed(text) => (Cow::Borrowed(&text[..at]), true),
            Cow::Owned(mut text) => {
                text.truncate(at);
                (Cow::Owned(text), true)
            }
        },
    }
}

/// Small words inside names that stay small where another word follows (`van der Berg`, `de la Cruz`).
const PARTICLES: [&str; 17] = [
    "van", "von", "vom", "zu", "zur", "zum", "der", "den", "de", "ter", "ten", "af", "av", "da", "das",
    "dos", "del",
];
/// Small words that stay small only after another word: at the start they may be a name of their own (`Le`, `Di`).
const INNER_PARTICLES: [&str; 12] =
    ["di", "du", "do", "la", "las", "los", "le", "della", "e", "y", "bin", "ibn"];

/// Names as people write them. Only words all small or all capital are changed.
pub(super) fn title_case(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut first = true;
    while !rest.is_empty() {
        let gap = rest.len() - rest.trim_start().len();
        out.push_str(&rest[..gap]);
        rest = &rest[gap..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let last = after.trim_start().is_empty();
        if !word.is_empty() {
            word_case(word, first, last, &mut out);
            first = false;
        }
        rest = after;
    }
    out
}

/// Whether a word's case tells nothing: all small or all capital.
fn plain_case(word: &str) -> bool {
    !(word.chars().any(char::is_uppercase) && word.chars().any(char::is_lowercase))
}

fn word_case(word: &str, first: bool, last: bool, out: &mut String) {
    let small = word.to_lowercase();
    let inner = !first && INNER_PARTICLES.contains(&small.as_str());
    if plain_case(word) && !last && (inner || PARTICLES.contains(&small.as_str())) {
        out.push_str(&small);
        return;
    }
    // Parts of a word: `Jean-Pierre`, `O'Neill`, `(bob)`.
    let mut start = 0;
    let mut mark = None;
    for (at, c) in word.char_indices() {
        if !c.is_alphanumeric() && !is_mark(c) {
            part_case(&word[start..at], mark, out);
            out.push(c);
            start = at + c.len_utf8();
            mark = Some(c);
        }
    }
    part_case(&word[start..], mark, out);
}

/// Combining accents belong to their letter.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn part_case(part: &str, mark: Option<char>, out: &mut String) {
    if !plain_case(part) {
        out.push_str(part);
        return;
    }
    let small = part.to_lowercase();
    let letters = small.chars().count();
    // `mary's`, `d'amico's`: one letter after an apostrophe starts no name.
    if matches!(mark, Some('\'' | '’')) && letters < 2 {
        out.push_str(&small);
        return;
    }
    if let Some(rest) = small.strip_prefix("mc").filter(|_| letters >= 5) {
        out.push_str("Mc");
        capital(rest, out);
    } else {
        capital(&small, out);
    }
}

fn capital(small: &str, out: &mut String) {
    let mut chars = small.chars();
    if let Some(c) = chars.next() {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) => out.push(one),
            // A letter whose capital is two letters (`ß`, `ŉ`) starts no name.
            _ => out.push(c),
        }
        out.push_str(chars.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_as_people_write_them() {
        for (from, to) in [
            ("o'neill", "O'Neill"),
            ("O’NEILL", "O’Neill"),
            ("MCDONALD", "McDonald"),
            ("mack", "Mack"),
            ("MacDonald", "MacDonald"),
            ("van der berg", "van der Berg"),
            ("VAN DER BERG", "van der Berg"),
            ("Van Dyke", "Van Dyke"),
            ("DE LA CRUZ", "de la Cruz"),
            ("LE", "Le"),
            ("le pen", "Le Pen"),
            ("jean-pierre  dupont", "Jean-Pierre  Dupont"),
            ("tomáš dvořák", "Tomáš Dvořák"),
            ("ДМИТРИЙ", "Дмитрий"),
            ("李伟", "李伟"),
            ("محمد", "محمد"),
            ("mary's", "Mary's"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
            ("(bob)", "(Bob)"),
            (" anna ", " Anna "),
            ("", ""),
        ] {
            assert_eq!(title_case(from), to, "{from}");
        }
    }

    #[test]
    fn cutting_counts_characters_not_bytes() {
        assert_eq!(shorten("Dvořák".into(), 4), ("Dvoř".into(), true));
        assert_eq!(shorten("李伟".into(), 2), ("李伟".into(), false));
        assert_eq!(shorten("a".into(), 0), ("".into(), true));
    }

    #[test]
    fn case_of_other_scripts() {
        assert_eq!(lower("ÄÖÜ@Example.COM".into()), "äöü@example.com");
        assert_eq!(upper("straße".into()), "STRASSE");
        assert!(matches!(lower("already.small@example.com".into()), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn title_case_twice_is_once(text in any::<String>()) {
            let once = title_case(&text);
            prop_assert_eq!(title_case(&once), once);
        }

        #[test]
        fn title_case_of_names_twice_is_once(text in "[a-zA-Z'’ßÀ-ž \\-]{0,24}") {
            let once = title_case(&text);
            prop_assert_eq!(title_case(&once), once);
        }

        #[test]
        fn trim_lower_and_shorten_twice_are_once(text in any::<String>(), most in 0_u32..40) {
            let trimmed = trim(Cow::Borrowed(&text)).into_owned();
            prop_assert_eq!(trim(Cow::Borrowed(&trimmed)), trimmed.as_str());
            let small = lower(Cow::Borrowed(&text)).into_owned();
            prop_assert_eq!(lower(Cow::Borrowed(&small)), small.as_str());
            let (short, _) = shorten(Cow::Borrowed(&text), most);
            prop_assert!(short.chars().count() <= most as usize);
            prop_assert!(text.starts_with(short.as_ref()));
        }
    }
}
