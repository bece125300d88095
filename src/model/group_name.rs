//! Names of groups as Okta tells them apart: one place decides when two are the same group.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::{fold, without_stray_invisible};

/// A group's name as Okta compares it (okta-api.md 3): capitals don't count. Accents and blanks inside it do.
pub fn group_key(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // Composed, however the source writes accents; a sigma at a word's end is a sigma.
    name.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).nfc().collect()
}

/// Whether a group is Okta's own that everyone is in, whatever is sent: nobody can be put into it.
pub fn is_everyone(name: &str) -> bool {
    group_key(name) == "everyone"
}

/// What is said of a group that is one of Okta's own.
pub fn built_in_words(name: &str) -> String {
    format!("“{name}” is Okta's own group, which nobody can be put into: it is left out.")
}

/// Names that look like the same group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTwins {
    /// The one that most people have.
    pub most: String,
    /// The others.
    pub others: Vec<String>,
    /// They differ in capitals only: Okta takes them for one. Else in accents, blanks or what nobody can see, and stay apart.
    pub same: bool,
}

impl GroupTwins {
    /// What it means, as a sentence.
    pub fn words(&self) -> String {
        let all: Vec<String> =
            std::iter::once(&self.most).chain(&self.others).map(|name| format!("“{name}”")).collect();
        let all = all.join(" and ");
        if self.same {
            format!("{all} are one group in Okta, where capitals don't count. It is written “{}”.", self.most)
        } else {
            format!(
                "{all} differ only in accents, blanks or characters nobody can see. They stay separate groups."
            )
        }
    }
}

/// Which of these groups, with how many people are in each, look like the same.
pub fn group_twins<'n>(groups: impl IntoIterator<Item = (&'n str, u64)>) -> Vec<GroupTwins> {
    let mut by_key: BTreeMap<String, Vec<(&str, u64)>> = BTreeMap::new();
    for (name, people) in groups {
        let spellings = by_key.entry(group_key(name)).or_default();
        match spellings.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known += people,
            None => spellings.push((name, people)),
        }
    }
    let mut twins = Vec::new();
    let mut by_look: BTreeMap<String, Vec<(&str, u64)>> = BTreeMap::new();
    for mut spellings in by_key.into_values() {
        // Stable: of equally many the first stays first.
        spellings.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        let Some((most, _)) = spellings.first().copied() else { continue };
        let people = spellings.iter().map(|(_, people)| people).sum();
        by_look.entry(look(most)).or_default().push((most, people));
        twins.extend(twins_of(&spellings, true));
    }
    for mut names in by_look.into_values() {
        names.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        twins.extend(twins_of(&names, false));
    }
    twins
}

fn twins_of(names: &[(&str, u64)], same: bool) -> Option<GroupTwins> {
    let [(most, _), others @ ..] = names else { return None };
    let others: Vec<String> = others.iter().map(|(name, _)| (*name).to_owned()).collect();
    (!others.is_empty()).then(|| GroupTwins { most: (*most).to_owned(), others, same })
}

/// What a reader sees: no accents, one blank between words, nothing invisible.
fn look(name: &str) -> String {
    fold(&without_stray_invisible(name)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_do_not_count_in_any_script_and_all_else_does() {
        for (one, other, same) in [
            ("Sales", "SALES", true),
            (" Sales ", "sales", true),
            ("ÉQUIPE", "équipe", true),
            // Composed or not.
            ("E\u{301}quipe", "équipe", true),
            ("ОТДЕЛ", "отдел", true),
            ("ΟΜΑΔΕΣ", "ομαδες", true),
            ("Straẞe", "straße", true),
            ("Sales", "Sales EMEA", false),
            ("Équipe", "Equipe", false),
            ("Sales EMEA", "Sales  EMEA", false),
        ] {
            assert_eq!(group_key(one) == group_key(other), same, "{one} / {other}");
        }
        assert!(is_everyone("EVERYONE ") && !is_everyone("Everyone else"));
    }

    #[test]
    fn what_looks_like_one_group_is_told_with_all_spellings() {
        let told = |groups: &[(&str, u64)]| {
            group_twins(groups.iter().copied()).iter().map(GroupTwins::words).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&[("sales", 1), ("Sales", 40), ("SALES", 3), ("IT", 2)]),
            [
                "“Sales” and “SALES” and “sales” are one group in Okta, where capitals don't count. It is written “Sales”."
            ]
        );
        assert_eq!(
            told(&[("Équipe", 2), ("Equipe", 5), ("equipe", 1), ("Sales\u{a0}EMEA", 1), ("Sales EMEA", 2)]),
            [
                "“Equipe” and “equipe” are one group in Okta, where capitals don't count. It is written “Equipe”.",
                "“Equipe” and “Équipe” differ only in accents, blanks or characters nobody can see. They stay separate groups.",
                "“Sales EMEA” and “Sales\u{a0}EMEA” differ only in accents, blanks or characters nobody can see. They stay separate \
                 groups.",
            ]
        );
        assert_eq!(told(&[("Sales", 1), ("Sales", 1), ("Marketing", 1)]), [""; 0]);
    }
}
