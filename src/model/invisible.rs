//! Characters that nobody can see, or that turn the order of what is seen round.
//!
//! A login with a zero-width space in it can't be typed, and an address with an override in it reads as another one. They come out
//! of web pages, spreadsheets and chat programs with what people copy. Which characters these are is Unicode's own word
//! (`Default_Ignorable_Code_Point`, `Bidi_Control`, general category `Cf`), by the `icu_properties` crate of the Unicode
//! Consortium.

use std::borrow::Cow;

use icu_properties::props::{
    BidiControl, DefaultIgnorableCodePoint, ExtendedPictographic, GeneralCategory, Ideographic,
    PrependedConcatenationMark, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Whether a character can't be seen, by itself: ignorable, turning text round, or of format. Blanks and control characters
/// are not meant. U+2800 counts too: the Braille pattern without a dot looks like nothing.
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || CodePointSetData::new::<BidiControl>().contains(c)
        || c == '\u{2800}'
        || (CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::Format
            && !CodePointSetData::new::<PrependedConcatenationMark>().contains(c))
}

/// Whether nothing of a text can be seen: blanks, control characters, and these. Empty text too.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Whether a text holds one, wherever it stands: how logins and addresses are judged.
pub fn holds_invisible(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_invisible)
}

/// Whether a text holds one that is no part of how names are written: [`without_invisible`] would change it.
pub fn holds_stray_invisible(text: &str) -> bool {
    holds_invisible(text) && strays(text).next().is_some()
}

/// The text without those that are no part of how it is written. Joiners between letters of scripts that need them (Persian,
/// Hindi, …), and selectors that choose the form of a Chinese character or a picture, belong to a name and stay.
pub fn without_stray_invisible(text: &str) -> Cow<'_, str> {
    if !holds_stray_invisible(text) {
        return Cow::Borrowed(text);
    }
    let stray: Vec<usize> = strays(text).collect();
    Cow::Owned(
        text.char_indices().filter(|(at, _)| stray.binary_search(at).is_err()).map(|(_, c)| c).collect(),
    )
}

/// The text without any of them.
pub fn without_invisible(text: &str) -> Cow<'_, str> {
    if holds_invisible(text) {
        Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Where those stand that are no part of how a text is written.
fn strays(text: &str) -> impl Iterator<Item = usize> {
    text.char_indices()
        .filter(|(at, c)| {
            is_invisible(*c) && {
                let before = text[..*at].chars().next_back();
                let after = text[*at + c.len_utf8()..].chars().next();
                !belongs(*c, before, after)
            }
        })
        .map(|(at, _)| at)
}

/// Whether one belongs to the characters beside it.
fn belongs(c: char, before: Option<char>, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    let picture = |c: char| CodePointSetData::new::<ExtendedPictographic>().contains(c);
    match c {
        // Zero width non-joiner and joiner: in scripts whose letters join, and the joiner in pictures made of several.
        '\u{200c}' | '\u{200d}' => after.is_some_and(|after| {
            let (one, other) = (script(before), script(after));
            let joins = |script: Script| script == Script::Inherited || JOINING.contains(&script);
            (joins(one) && joins(other) && (one != Script::Inherited || other != Script::Inherited))
                || (c == '\u{200d}'
                    && picture(after)
                    && (picture(before)
                        || before == '\u{fe0f}'
                        || ('\u{1f3fb}'..='\u{1f3ff}').contains(&before)))
        }),
        // Selectors choose the form of the character before them (UTS #37, UTS #51).
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            picture(before) || CodePointSetData::new::<Ideographic>().contains(before)
        }
        '\u{180b}'..='\u{180f}' => script(before) == Script::Mongolian,
        _ => false,
    }
}

fn script(c: char) -> Script {
    CodePointMapData::<Script>::new().get(c)
}

/// Scripts whose writing uses the joiners (Unicode Standard, chapters 9 and 12 to 17).
const JOINING: [Script; 24] = [
    Script::Arabic,
    Script::Syriac,
    Script::Nko,
    Script::Adlam,
    Script::Mongolian,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Khmer,
    Script::Myanmar,
    Script::Tibetan,
    Script::Balinese,
    Script::Javanese,
    Script::Thai,
    Script::Lao,
    Script::HanifiRohingya,
    Script::Thaana,
];

/// Every invisible character of a text by its number, `U+200B`, each once, in order of appearance.
pub fn invisible_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for c in text.chars().filter(|c| is_invisible(*c)) {
        let name = format!("U+{:04X}", u32::from(c));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind that people have met in the field.
    const KINDS: [char; 26] = [
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{17b4}',
        '\u{180e}',
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{200f}',
        '\u{202a}',
        '\u{202c}',
        '\u{202e}',
        '\u{2060}',
        '\u{2063}',
        '\u{2066}',
        '\u{2069}',
        '\u{206a}',
        '\u{2800}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{e0041}',
    ];

    #[test]
    fn every_kind_is_seen_and_taken_out() {
        for c in KINDS {
            let text = format!("ada{c}.x@example.com");
            assert!(is_invisible(c) && holds_invisible(&text), "{:04x}", u32::from(c));
            assert_eq!(without_invisible(&text), "ada.x@example.com", "{:04x}", u32::from(c));
            let name = format!("Ada{c}Muster");
            assert!(holds_stray_invisible(&name), "{:04x}", u32::from(c));
            assert_eq!(without_stray_invisible(&name), "AdaMuster", "{:04x}", u32::from(c));
            let ends = format!("{c}Ada{c}");
            assert_eq!(without_stray_invisible(&ends), "Ada", "{:04x}", u32::from(c));
        }
        assert!(is_blank(" \u{a0}\u{200b}\u{feff}") && is_blank("") && !is_blank(" x"));
        assert_eq!(invisible_names("a\u{200b}b\u{202e}\u{200b}"), ["U+200B", "U+202E"]);
    }

    #[test]
    fn what_can_be_seen_stays() {
        for name in [
            "Ada",
            "Tomáš Dvořák",
            "e\u{301}", // an accent of its own
            "李伟",
            "葛\u{e0100}城",     // a selected form of a Chinese character
            "علی\u{200c}رضا",    // Persian
            "न\u{94d}\u{200d}य", // Hindi, with a virama before the joiner
            "ශ\u{dca}\u{200d}රී", // Sinhala
            "👩\u{200d}💻",
            "❤\u{fe0f}",
            "\u{600}5", // an Arabic sign that is seen
            "a b\u{a0}c",
        ] {
            assert!(!holds_stray_invisible(name), "{name:?}");
            assert_eq!(without_stray_invisible(name), name);
        }
    }
}
