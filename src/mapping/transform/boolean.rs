//! Words for true and false.

use std::collections::HashSet;

/// The usual words for true: programs' habits, then languages.
const YES: &[&str] = &[
    "1",
    "true",
    "t",
    "yes",
    "y",
    "on",
    "enabled",
    "enable",
    "active",
    "activated",
    "valid",
    "ok",
    "live",
    "current",
    "unlocked",
    "open",
    "approved",
    "confirmed",
    "verified",
    "employed", //
    "ja",
    "j",
    "wahr",
    "aktiv",
    "aktiviert",
    "oui",
    "o",
    "vrai",
    "actif",
    "active",
    "si",
    "sí",
    "sì",
    "s",
    "sim",
    "verdadero",
    "verdadeiro",
    "vero",
    "activo",
    "activa",
    "ativo",
    "ativa",
    "attivo",
    "attiva",
    "waar",
    "actief",
    "tak",
    "prawda",
    "aktywny",
    "aktywna",
    "ano",
    "áno",
    "aktivní",
    "igen",
    "aktív",
    "da",
    "да",
    "активен",
    "включен",
    "kyllä",
    "evet",
    "aktif",
    "نعم",
    "نشط",
    "是",
    "真",
    "启用",
    "有效",
    "はい",
    "有効",
    "예",
];

/// The usual words for false.
const NO: &[&str] = &[
    "0",
    "false",
    "f",
    "no",
    "n",
    "off",
    "disabled",
    "disable",
    "inactive",
    "deactivated",
    "suspended",
    "locked",
    "blocked",
    "banned",
    "deleted",
    "removed",
    "terminated",
    "closed",
    "expired",
    "archived",
    "invalid",
    "left",
    "former", //
    "nein",
    "falsch",
    "inaktiv",
    "deaktiviert",
    "gesperrt",
    "non",
    "faux",
    "inactif",
    "desactivé",
    "désactivé",
    "bloqué",
    "não",
    "nao",
    "falso",
    "inactivo",
    "inactiva",
    "inativo",
    "inativa",
    "bloqueado",
    "inattivo",
    "inattiva",
    "nee",
    "onwaar",
    "inactief",
    "nie",
    "fałsz",
    "nieaktywny",
    "nieaktywna",
    "ne",
    "neaktivní",
    "nem",
    "inaktív",
    "нет",
    "неактивен",
    "отключен",
    "ei",
    "nej",
    "hayır",
    "pasif",
    "لا",
    "否",
    "假",
    "禁用",
    "停用",
    "无效",
    "いいえ",
    "無効",
    "아니오",
];

/// Words for true and false, ready to compare.
#[derive(Debug, Clone)]
pub(in crate::mapping) struct Words {
    yes: HashSet<String>,
    no: HashSet<String>,
}

impl Words {
    /// These words; the usual ones if both lists are empty.
    pub(in crate::mapping) fn new(yes: &[String], no: &[String]) -> Self {
        if yes.is_empty() && no.is_empty() {
            let all = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
            return Self { yes: all(YES), no: all(NO) };
        }
        let fold = |words: &[String]| words.iter().map(|w| w.trim().to_lowercase()).collect();
        Self { yes: fold(yes), no: fold(no) }
    }

    /// What a word means. `None`: neither.
    pub(in crate::mapping) fn read(&self, word: &str) -> Option<bool> {
        let word = bit(word.trim());
        let has = |set: &HashSet<String>, word: &str| set.contains(word);
        let is = |word: &str| match (has(&self.yes, word), has(&self.no, word)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            // In both lists: says nothing.
            _ => None,
        };
        let found = if word.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
            is(&word.to_lowercase())
        } else {
            is(word)
        };
        found.or_else(|| if word.is_empty() { None } else { is("*") })
    }
}

/// A bit column of MySQL or SQL Server is one byte, not a digit.
fn bit(word: &str) -> &str {
    match word {
        "\u{0}" => "0",
        "\u{1}" => "1",
        other => other,
    }
}

/// Whether a word is one of the usual ones, and which.
pub(in crate::mapping) fn usual(word: &str) -> Option<bool> {
    let word = bit(word.trim()).to_lowercase();
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(yes: &[&str], no: &[&str]) -> Words {
        let own = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        Words::new(&own(yes), &own(no))
    }

    #[test]
    fn the_usual_words_of_programs_and_languages() {
        let usual = words(&[], &[]);
        for word in ["1", "t", "TRUE", " Yes ", "aktiv", "Активен", "是", "Enabled", "ano"] {
            assert_eq!(usual.read(word), Some(true), "{word}");
        }
        for word in ["0", "f", "False", "no", "gesperrt", "disabled", "НЕТ", "否", "suspended"] {
            assert_eq!(usual.read(word), Some(false), "{word}");
        }
        for word in ["", "maybe", "2", "null"] {
            assert_eq!(usual.read(word), None, "{word}");
        }
    }

    #[test]
    fn a_bit_is_a_digit() {
        let usual = words(&[], &[]);
        assert_eq!((usual.read("\u{0}"), usual.read("\u{1}")), (Some(false), Some(true)));
        assert_eq!((super::usual("\u{0}"), super::usual("\u{1}")), (Some(false), Some(true)));
    }

    #[test]
    fn no_word_is_in_both_lists() {
        assert!(YES.iter().all(|word| !NO.contains(word)));
    }

    #[test]
    fn own_words_replace_the_usual_ones() {
        let own = words(&["A"], &["X", "Y"]);
        assert_eq!((own.read("a"), own.read("x"), own.read("yes")), (Some(true), Some(false), None));
    }

    #[test]
    fn any_and_no_value_can_be_told_apart() {
        // A column such as `deleted_at`: a value means gone.
        let gone = words(&[""], &["*"]);
        assert_eq!((gone.read(""), gone.read("2020-01-01")), (Some(true), Some(false)));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(word in any::<String>()) {
            let _ = words(&[], &[]).read(&word);
            prop_assert!(words(&[], &["*"]).read(&word).is_none_or(|yes| !yes));
        }
    }
}
