//! Text folded for comparison: case and diacritics taken away.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// The text as it is compared and searched: small letters, no diacritics, no white space at the ends.
///
/// `Tomáš.Dvořák@Example.com` and `tomas.dvorak@example.com` fold to the same text. Okta takes both for the same login.
pub fn fold(text: &str) -> String {
    let text = text.trim();
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let marks_off = |c: &char| canonical_combining_class(*c) == 0;
    // Twice: small letters may bring marks of their own (İ), and decomposed ones may be capital.
    let lower: String = text.nfkd().filter(marks_off).flat_map(char::to_lowercase).collect();
    lower.nfkd().filter(marks_off).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_diacritics_go_and_other_scripts_stay() {
        assert_eq!(fold(" Tomáš Dvořák "), "tomas dvorak");
        assert_eq!(fold("MÁIRE O'Neill"), "maire o'neill");
        assert_eq!(fold("李伟"), "李伟");
        assert_eq!(fold("Дмитрий"), "дмитрии");
        assert_eq!(fold("محمد"), "محمد");
    }
}
