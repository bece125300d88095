//! Full names into given and family names.

/// The two halves of a full name. Either may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Halves<'a> {
    pub(super) given: &'a str,
    pub(super) family: &'a str,
    /// Whether the halves were told apart by habit, not by anything written.
    pub(super) guessed: bool,
}

/// Words that begin a family name though others follow.
const PARTICLES: [&str; 30] = [
    "van", "von", "vom", "zu", "zur", "der", "den", "de", "del", "della", "di", "da", "das", "do", "dos",
    "du", "la", "le", "los", "las", "ter", "ten", "af", "av", "al", "el", "bin", "ibn", "ben", "mac",
];

/// Chinese family names of two characters.
const COMPOUND: [&str; 16] = [
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "夏侯", "皇甫", "尉迟", "公孙", "公孫", "慕容",
    "令狐", "司徒", "东方",
];

/// The halves of a full name.
///
/// - `Family, Given` where there is a comma;
/// - else the first particle after the first word begins the family name (`Anna van der Berg`); without one it is the last word
///   (`Anna Maria Berg`);
/// - two to four Chinese or Korean characters without a space: the first is the family name (two for the compound ones);
/// - one lone word is a given name.
pub(super) fn halves(full: &str) -> Halves<'_> {
    let full = full.trim();
    if let Some((family, given)) = full.split_once([',', '，', '、']) {
        let (given, family) = (given.trim(), family.trim());
        if !given.is_empty() && !family.is_empty() {
            return Halves { given, family, guessed: false };
        }
        return halves_of_words(if given.is_empty() { family } else { given });
    }
    halves_of_words(full)
}

fn halves_of_words(full: &str) -> Halves<'_> {
    // 李 伟 and 山田　太郎 put the family first.
    let cjk = !full.is_empty()
        && full.chars().all(|c| is_han(c) || is_hangul(c) || is_kana(c) || c.is_whitespace());
    let Some(first_end) = full.find(char::is_whitespace) else {
        return if cjk { one_cjk_word(full) } else { Halves { given: full, family: "", guessed: false } };
    };
    if cjk {
        let (family, given) = full.split_at(first_end);
        return Halves { given: given.trim(), family, guessed: false };
    }
    let mut words = full.split_whitespace().skip(1);
    let particle = words.find(|word| PARTICLES.contains(&word.to_lowercase().as_str()));
    let at = match particle {
        // A particle as the very last word is a family name by itself; either way it starts here.
        Some(word) => word.as_ptr() as usize - full.as_ptr() as usize,
        None => full
            .rfind(char::is_whitespace)
            .map_or(first_end, |at| at + full[at..].chars().next().map_or(0, char::len_utf8)),
    };
    let (given, family) = full.split_at(at);
    Halves { given: given.trim(), family: family.trim(), guessed: false }
}

fn one_cjk_word(full: &str) -> Halves<'_> {
    let count = full.chars().count();
    let all_han = full.chars().all(is_han);
    if !(2..=4).contains(&count) || !(all_han || full.chars().all(is_hangul)) {
        return Halves { given: full, family: "", guessed: false };
    }
    let compound = all_han && count > 2 && COMPOUND.iter().any(|name| full.starts_with(name));
    let at = full.char_indices().nth(if compound { 2 } else { 1 }).map_or(full.len(), |(at, _)| at);
    let (family, given) = full.split_at(at);
    Halves { given, family, guessed: true }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '々')
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_split_by_what_is_written() {
        for (full, given, family) in [
            ("Tomáš Dvořák", "Tomáš", "Dvořák"),
            ("Dvořák, Tomáš", "Tomáš", "Dvořák"),
            ("Anna Maria Berg", "Anna Maria", "Berg"),
            ("Anna van der Berg", "Anna", "van der Berg"),
            ("  Máire   O'Neill ", "Máire", "O'Neill"),
            ("João da Silva", "João", "da Silva"),
            ("Madonna", "Madonna", ""),
            ("Smith,", "Smith", ""),
            ("王 小明", "小明", "王"),
            ("山田　太郎", "太郎", "山田"),
            ("Дмитрий Иванович Соколов", "Дмитрий Иванович", "Соколов"),
            ("", "", ""),
        ] {
            let halves = halves(full);
            assert_eq!((halves.given, halves.family, halves.guessed), (given, family, false), "{full}");
        }
    }

    #[test]
    fn names_without_a_space_are_split_by_habit_and_say_so() {
        for (full, given, family) in [
            ("李伟", "伟", "李"),
            ("欧阳修", "修", "欧阳"),
            ("김민준", "민준", "김"),
            ("王小明", "小明", "王"),
        ] {
            assert_eq!(halves(full), Halves { given, family, guessed: true }, "{full}");
        }
        // Kana and longer names give nothing to split by.
        assert_eq!(halves("ナオミ"), Halves { given: "ナオミ", family: "", guessed: false });
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(full in any::<String>()) {
            let halves = halves(&full);
            let count = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert_eq!(count(halves.given) + count(halves.family), count(&full));
        }
    }
}
